"""What SQLite sets aside while it works is in memory: nothing of the hub's lies in a folder that others use."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from hub.platform.database import Database

ROWS = 60_000  # some 12 MB to be sorted: more than SQLite keeps in memory by itself
WIDE = "printf('%0200d', (value * 7919) % 100003)"
NUMBERS = f"WITH RECURSIVE number(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number LIMIT {ROWS})"

READS = {
    "sorted": f"{NUMBERS} SELECT {WIDE} AS wide FROM number ORDER BY wide",
    "sorted the other way": f"{NUMBERS} SELECT {WIDE} AS wide FROM number ORDER BY wide DESC, value",
    "grouped": f"{NUMBERS} SELECT {WIDE} AS wide, count(*) FROM number GROUP BY wide",
    "each once": f"{NUMBERS} SELECT DISTINCT {WIDE} FROM number",
    "joined by union": f"{NUMBERS} SELECT {WIDE} FROM number UNION SELECT {WIDE} || 'x' FROM number",
    "without the others": f"{NUMBERS} SELECT {WIDE} FROM number EXCEPT SELECT 'x'",
    "counted each once": f"{NUMBERS} SELECT count(DISTINCT {WIDE}) FROM number",
    "in a window": f"{NUMBERS} SELECT row_number() OVER (ORDER BY {WIDE}) FROM number",
    "in a list": f"{NUMBERS} SELECT value FROM number WHERE {WIDE} IN (SELECT {WIDE} FROM number)",
    "kept aside": f"{NUMBERS}, kept AS MATERIALIZED (SELECT {WIDE} AS wide FROM number) "
    "SELECT count(*) FROM kept AS a JOIN kept AS b ON a.wide = b.wide",
}
WRITES = {
    "a temporary table": [f"CREATE TEMP TABLE aside AS {NUMBERS} SELECT {WIDE} AS wide FROM number"],
    "an index": [
        f"CREATE TABLE wide AS {NUMBERS} SELECT {WIDE} AS wide FROM number",
        "CREATE INDEX by_wide ON wide (wide)",
    ],
    "a change of every row": [
        f"CREATE TABLE once AS {NUMBERS} SELECT value, {WIDE} AS wide FROM number",
        "CREATE UNIQUE INDEX once_value ON once (value)",
        "UPDATE once SET value = -value, wide = wide || 'x'",
    ],
    "rows put in again": [
        f"CREATE TABLE twice AS {NUMBERS} SELECT value, {WIDE} AS wide FROM number",
        "INSERT INTO twice SELECT value, wide FROM twice ORDER BY wide",
    ],
}


@contextmanager
def watched() -> Iterator[set[str]]:
    """Look again and again which files of SQLite's own making this process has open; their names are gone by then."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.001):
            for number in os.listdir("/proc/self/fd"):
                try:
                    target = os.readlink(f"/proc/self/fd/{number}")
                except OSError:  # closed meanwhile
                    continue
                if "etilqs_" in target:
                    seen.add(target)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _read(statement: str) -> Callable[[Connection], int]:
    return lambda conn: sum(1 for _ in conn.execute(text(statement)))


@pytest.mark.parametrize("what", READS)
def test_a_read_sets_nothing_aside_in_a_file(sqlite_database: Database, what: str) -> None:
    with watched() as seen:
        assert sqlite_database.read_now(_read(READS[what])) > 0
    assert seen == set()


@pytest.mark.parametrize("how", ["looked at", "alone", "written"])
def test_on_every_kind_of_connection_nothing_is_set_aside_in_a_file(sqlite_database: Database, how: str) -> None:
    sqlite_database.write_now(lambda conn: conn.execute(text("CREATE TABLE any_row (value INTEGER)")))
    work = _read(READS["sorted"])
    with watched() as seen:
        if how == "looked at":
            assert asyncio.run(sqlite_database.look(work)) == ROWS
        else:
            assert (sqlite_database.alone if how == "alone" else sqlite_database.write_now)(work) == ROWS
    assert seen == set()


@pytest.mark.parametrize("what", WRITES)
def test_a_write_sets_nothing_aside_in_a_file(sqlite_database: Database, what: str) -> None:
    def work(conn: Connection) -> None:
        for statement in WRITES[what]:
            conn.execute(text(statement))

    with watched() as seen:
        sqlite_database.write_now(work)
    assert seen == set()


@pytest.mark.parametrize("what", ["sorted", "grouped", "kept aside"])
def test_the_test_would_notice(tmp_path: Path, what: str) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as usual, watched() as seen:
        usual.execute("PRAGMA temp_store = FILE")
        for _ in usual.execute(READS[what]):
            pass
    assert seen
