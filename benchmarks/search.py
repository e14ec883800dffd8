"""The search box at a million messages: server time of a page of hits, by every kind of number, worst of many.

Run: .venv/bin/python -m benchmarks.search [--messages N] [--rounds N] [--keep DIR]. Builds a database of N messages
(order, 997 and 855 in turn, of 200 partners) directly with SQL on SQLite in a temporary folder, asks as the page and
the API ask, each time for another number, and prints a table. Nothing compares: the bound is the project's. Ends with 1
when the worst of any row is over it. ``--keep`` builds into a folder that stays and is found again.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

from hub.exchange.messages import list_messages, search
from hub.exchange.model import Filters
from hub.kernel.scope import EVERYONE, Scope, only
from hub.platform import schema
from hub.platform.database import SQLITE_FILE, Database

BOUND_MS = 50.0
PARTNERS = 200
ITEMS = 2_000
ATTENTION_EVERY = 997  # one message in so many waits for a person
Asked = Callable[[random.Random, int], str]

ROWS: dict[str, tuple[Scope, Asked]] = {
    "order number": (EVERYONE, lambda dice, most: f"45{dice.randrange(most // 3):08d}"),
    "release": (EVERYONE, lambda dice, most: f"REL-{dice.randrange(most // 3)}"),
    "interchange number": (EVERYONE, lambda dice, most: str(dice.randrange(most))),
    "file name": (EVERYONE, lambda dice, most: f"orders-{dice.randrange(most // 3) * 3}.edi"),
    "item, on many orders": (EVERYONE, lambda dice, most: f"IT-{dice.randrange(ITEMS)}"),
    "group number, of all partners": (EVERYONE, lambda dice, most: str(dice.randrange(1, 1000))),
    "set number, on every message": (EVERYONE, lambda dice, most: "0001"),
    "beginning, of a few": (EVERYONE, lambda dice, most: f"45{dice.randrange(most // 3):08d}"[:8]),
    "beginning, of most": (EVERYONE, lambda dice, most: "450"),
    "nothing": (EVERYONE, lambda dice, most: f"NONE-{dice.randrange(most)}"),
    "a partner's own: order number": (only("partner-7"), lambda dice, most: f"45{dice.randrange(most // 3):08d}"),
    "a partner's own: set number": (only("partner-7"), lambda dice, most: "0001"),
    "a partner's own: beginning": (only("partner-7"), lambda dice, most: "450"),
}


def main() -> int:
    """Build, measure, print; return 1 when a bound is missed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=200)
    arguments.add_argument("--keep", type=Path)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = asked.keep or Path(folder)
        database = _built(data / SQLITE_FILE, asked.messages)
        try:
            return _measure(database, asked.messages, asked.rounds)
        finally:
            database.close_now()


def _measure(database: Database, most: int, rounds: int) -> int:
    missed = False
    print(f"{'searched for':<34}{'log median':>12}{'log worst':>11}{'box median':>12}{'box worst':>11}  ms")
    for name, (scope, number) in ROWS.items():
        dice = random.Random(name)
        shown: list[str] = []
        for listed in (True, False):
            times = sorted(_timed(database, scope, number(dice, most), listed) for _ in range(rounds))
            missed |= times[-1] > BOUND_MS
            shown += [f"{times[len(times) // 2]:.1f}", f"{times[-1]:.1f}"]
        print(f"{name:<34}{shown[0]:>12}{shown[1]:>11}{shown[2]:>12}{shown[3]:>11}")
    print(f"bound: {BOUND_MS:.0f} ms, worst of {rounds}")
    return 1 if missed else 0


def _timed(database: Database, scope: Scope, number: str, listed: bool) -> float:
    """Return the milliseconds of one search: as the log asks, or as the command that shows one message asks."""
    began = time.perf_counter()
    if listed:
        database.read_now(lambda conn: list_messages(conn, scope, Filters(q=number), limit=50))
    else:
        database.read_now(lambda conn: search(conn, scope, number))
    return (time.perf_counter() - began) * 1000


def _built(path: Path, most: int) -> Database:
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    if database.read_now(lambda conn: conn.execute(text("SELECT count(*) FROM message")).scalar()) == most:
        return database
    print(f"building {most} messages ...", file=sys.stderr)

    def work(conn: Connection) -> None:
        for statement in (_MESSAGES, _KEYS):
            conn.exec_driver_sql(statement.replace("{most}", str(most)))

    database.write_now(work)
    return database


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {most})"
_ID = "printf('01a0%08x-0000-7000-8000-%012x', i / 4096, i)"  # sorts as it was made, as UUIDv7 does
_PARTNER = f"'partner-' || (i / 3 % {PARTNERS})"
_MESSAGES = f"""
INSERT INTO message (id, partner, direction, received_at, syntax, document, wire, documents, test, size_bytes, sha256,
    file_name, transport, stage, stages, validation, delivery, acknowledgement, outcome, attention, keys, repeats)
{_NUMBERS}
SELECT {_ID}, {_PARTNER}, iif(i % 3 = 0, 'in', 'out'), '2026-11-20T12:00:00.000000Z', 'x12',
    iif(i % 3 = 0, 'PurchaseOrder', 'OrderAcknowledgement'), iif(i % 3 = 0, '850', '855'), 1, 0, 1800,
    printf('%064x', i), iif(i % 3 = 0, 'orders-' || i || '.edi', NULL), 'http', 'finished', '[]', 'valid', 'none',
    'none', 'accepted', iif(i % {ATTENTION_EVERY} = 0, 'a person should look', NULL),
    json_array(json_object('kind', 'purchase-order', 'value', printf('45%08d', i / 3)),
        json_object('kind', 'interchange', 'value', '' || i)), 0
FROM n
"""
_KEYS = f"""
INSERT INTO search_key (folded, message, kind, partner, value)
{_NUMBERS},
k(value, kind, i) AS (
    SELECT printf('45%08d', i / 3), 'purchase-order', i FROM n WHERE i % 3 <> 1
    UNION ALL SELECT 'REL-' || (i / 3), 'release', i FROM n WHERE i % 3 = 0
    UNION ALL SELECT 'IT-' || (i / 3 % {ITEMS}), 'item', i FROM n WHERE i % 3 = 0
    UNION ALL SELECT 'orders-' || i || '.edi', 'file', i FROM n WHERE i % 3 = 0
    UNION ALL SELECT '' || i, 'interchange', i FROM n
    UNION ALL SELECT '' || (i % 999 + 1), 'group', i FROM n
    UNION ALL SELECT '0001', 'set', i FROM n
)
SELECT upper(value) AS folded, {_ID} AS message, kind, {_PARTNER}, value FROM k ORDER BY folded, message, kind
"""

if __name__ == "__main__":
    raise SystemExit(main())
