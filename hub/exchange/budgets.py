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

from hub.exchange.partners import Budget, Partner
from hub.exchange.weights import Amount
from hub.kernel.struct import Struct
from hub.platform.database import metadata
from hub.platform.settings import Settings
from hub.platform.statements import PreparedStatement

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


def by_partner(amounts: Iterable[tuple[str, Amount]]) -> dict[str, Amount]:
    """Return what each partner stores in all."""
    found: dict[str, Amount] = {}
    for partner, amount in amounts:
        found[partner] = found.get(partner, Amount()).plus(amount)
    return found


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


def limit_of(partner: Partner | None, settings: Settings) -> Amount:
    """Return what of a partner may be stored in 24 hours; of one whose file says nothing of it as of everybody."""
    own = partner.budget if partner else Budget()
    return own.over(bytes_per_day=settings.partner_bytes_per_day, rows_per_day=settings.partner_rows_per_day)


class Usage(Struct):
    """What a partner has stored in the last 24 hours, and what it may."""

    partner: str
    bytes: int
    bytes_per_day: int
    rows: int
    rows_per_day: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more is taken from it meanwhile."""
        return self.bytes >= self.bytes_per_day or self.rows >= self.rows_per_day


def usages(conn: Connection, limits: Mapping[str, Amount], now: datetime) -> list[Usage]:
    """Return what each of these partners has stored, and may, by name."""
    found = spent(conn, now)
    return [usage_of(partner, _sum(found.get(partner, {}).values()), limits[partner]) for partner in sorted(limits)]


def usage_of(partner: str, stored: Amount, limit: Amount) -> Usage:
    """Return what is stored, held against what may be."""
    return Usage(
        partner=partner, bytes=stored.bytes, bytes_per_day=limit.bytes, rows=stored.rows, rows_per_day=limit.rows
    )


class Budgets:
    """Who is over its budget. ``limit`` says what a partner may have stored in a day.

    What this process stores is counted when it is committed; what others beside it store is known once it is read.
    """

    def __init__(self, limit: Callable[[str], Amount]) -> None:
        self._limit = limit
        self._spent: dict[str, dict[int, Amount]] = {}
        self._meanwhile: list[tuple[str, Amount, datetime]] | None = None

    def begin_reading(self) -> None:
        """Remember what is counted from now on: what is about to be read may not have it yet."""
        self._meanwhile = []

    def read(self, spent: Spent) -> None:
        """Take what the database says: it knows what others have counted.

        What was counted meanwhile is added. Some of it may be there already: counted twice until the next reading, it
        ends a budget too early by so much, and never too late.
        """
        meanwhile, self._meanwhile = self._meanwhile or [], None
        self._spent = {partner: dict(hours) for partner, hours in spent.items()}
        for partner, amount, at in meanwhile:
            self.count(partner, amount, at)

    def count(self, partner: str, amount: Amount, now: datetime) -> None:
        """Add what was stored since the database was read."""
        if self._meanwhile is not None:
            self._meanwhile.append((partner, amount, now))
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


_SPEND = PreparedStatement(_add)
_SPENT = select(spent_in_hour).where(spent_in_hour.c.hour >= bindparam("since"))
_FORGET = delete(spent_in_hour).where(spent_in_hour.c.hour < bindparam("before"))
