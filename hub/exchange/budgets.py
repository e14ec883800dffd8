"""What each partner may have stored in a day: bytes and rows, counted as they are written, refused before they come.

What is counted is an estimate by weight (``weights``). Counts stand in the database by hour, in the transactions that
store; ``Budgets`` holds the last 24 of them in memory, so that asking costs nothing. A partner over its budget is told
to come later, over HTTP before its body is read, and its files are left lying in its folder: nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.base import Executable

from hub.exchange.weights import Amount
from hub.platform.database import metadata
from hub.platform.statements import Prepared

HOURS = 24  # of the window that slides
KEPT_HOURS = 7 * 24  # so long a person can still ask what a partner has stored
HOUR_SECONDS = 3_600

spent_in_hour = Table(
    "spent_in_hour",
    metadata,
    Column("partner", String(40), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # since 1970
    Column("bytes", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


Spent = Mapping[str, Mapping[int, Amount]]
"""By partner and hour."""


def spend(conn: Connection, amounts: Mapping[str, Amount], now: datetime) -> None:
    """Count what the caller's transaction stores; partners in one order, as all who lock rows do."""
    hour = hour_of(now)
    rows = [
        {"partner": partner, "hour": hour, "bytes": amount.bytes, "rows": amount.rows}
        for partner, amount in sorted(amounts.items())
    ]
    for row in rows:
        _SPEND.run(conn, row)


def spent(conn: Connection, now: datetime) -> dict[str, dict[int, Amount]]:
    """Return what was stored in the window."""
    found: dict[str, dict[int, Amount]] = {}
    for row in conn.execute(_SPENT, {"since": hour_of(now) - HOURS + 1}):
        found.setdefault(row.partner, {})[row.hour] = Amount(bytes=row.bytes, rows=row.rows)
    return found


def sweep(conn: Connection, now: datetime) -> None:
    """Forget counts that nobody asks for any more."""
    conn.execute(_FORGET, {"before": hour_of(now) - KEPT_HOURS})


def hour_of(at: datetime) -> int:
    """Return the hour since 1970."""
    return int(at.astimezone(UTC).timestamp()) // HOUR_SECONDS


class Budgets:
    """Who is over its budget. ``limit`` says what a partner may have stored in a day."""

    def __init__(self, limit: Callable[[str], Amount]) -> None:
        self._limit = limit
        self._spent: dict[str, dict[int, Amount]] = {}

    def read(self, spent: Spent) -> None:
        """Take what the database says: it knows what others have counted."""
        self._spent = {partner: dict(hours) for partner, hours in spent.items()}

    def count(self, partner: str, amount: Amount, now: datetime) -> None:
        """Add what was stored since the database was read."""
        hours = self._spent.setdefault(partner, {})
        hours[hour_of(now)] = hours.get(hour_of(now), Amount()).plus(amount)

    def over(self, now: datetime) -> set[str]:
        """Return the partners from whom nothing is taken now."""
        return {partner for partner in self._spent if self.wait(partner, now) is not None}

    def wait(self, partner: str, now: datetime) -> timedelta | None:
        """Return how long ``partner`` must wait until enough of what it has stored is a day old; None: it need not."""
        limit, this = self._limit(partner), hour_of(now)
        hours = {hour: own for hour, own in self._spent.get(partner, {}).items() if this - HOURS < hour <= this}
        total = _sum(hours.values())
        if total.bytes < limit.bytes and total.rows < limit.rows:
            return None
        for hour in sorted(hours):
            total = Amount(bytes=total.bytes - hours[hour].bytes, rows=total.rows - hours[hour].rows)
            if total.bytes < limit.bytes and total.rows < limit.rows:
                free_at = datetime.fromtimestamp((hour + HOURS) * HOUR_SECONDS, UTC)
                return free_at - now
        return timedelta(hours=1)  # a budget of nothing


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for each in amounts:
        total = total.plus(each)
    return total


def _add(dialect: str) -> Executable:
    made = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(spent_in_hour)
    return made.on_conflict_do_update(
        index_elements=["partner", "hour"],
        set_={
            "bytes": spent_in_hour.c.bytes + made.excluded.bytes,
            "rows": spent_in_hour.c.rows + made.excluded.rows,
        },
    )


_SPEND = Prepared(_add)
_SPENT = select(spent_in_hour).where(spent_in_hour.c.hour >= bindparam("since"))
_FORGET = delete(spent_in_hour).where(spent_in_hour.c.hour < bindparam("before"))
