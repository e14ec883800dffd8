"""Control numbers we give: one row per partner and kind, taken in the transaction that writes the document.

Whatever undoes the document puts the number back, so there is no gap; whoever takes the next one waits for the
commit (SQLite: one writer; PostgreSQL: the row's lock), so there is no duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, String, bindparam, func, select, update

from hub.exchange.tables import control_number
from hub.kernel.clock import Clock
from hub.platform.columns import Instant
from hub.platform.statements import PreparedStatement, unless_there

LOCKS = "hub.settling:"  # in front of the partner's id: what else takes advisory locks takes others

NUMBER_MAX = 999_999_999
"""The strictest who asks for numbers that follow each other: ISA13 of X12 is exactly nine digits (I12, N0 9/9)."""


def one_at_a_time(conn: Connection, partners: Iterable[str]) -> None:
    """Let no other transaction settle messages of these partners until this one ends.

    What they say is about the same orders and answers of ours, in any order: on PostgreSQL two of them could wait for
    each other in a circle. SQLite has one writer. Who locks in one order never waits for who waits for him.
    """
    if conn.dialect.name == "postgresql":
        for partner in sorted(set(partners)):
            conn.execute(_ONE_AT_A_TIME, {"partner": LOCKS + partner})


class Numbers:
    """The numbers for one partner, within one transaction: read once, given one by one, written back once.

    A kind is what a syntax numbers, by the syntax's own name for it; its row stands from its first number on.
    Reading takes the rows' locks, so nobody else gives a number until the transaction ends. ``save`` must come before
    it does; a number that was not ``take``n, or whose transaction is undone, is given to the next.
    """

    def __init__(self, conn: Connection, partner: str, clock: Clock) -> None:
        self._conn, self._partner, self._clock = conn, partner, clock
        self._last: dict[str, int] = {}
        self._taken: set[str] = set()

    def next(self, kind: str) -> int:
        """Return the number that follows: 1 to ``NUMBER_MAX``, then 1 again. Zero is never given (our rule)."""
        if not self._last:
            self._last = self._read()
        if kind not in self._last:
            self._begin(kind)
        return self._last[kind] % NUMBER_MAX + 1

    def take(self, kind: str) -> int:
        """Return the number that follows, and count it as given."""
        number = self.next(kind)
        self._last[kind] = number
        self._taken.add(kind)
        return number

    def save(self) -> None:
        """Write back what was taken."""
        now = self._clock.now()
        rows = [
            {"whose": self._partner, "which": kind, "given": self._last[kind], "at": now}
            for kind in sorted(self._taken)
        ]
        _SAVE.run_many(self._conn, rows)

    def _read(self) -> dict[str, int]:
        return dict(_LOCK.returned(self._conn, {"whose": self._partner}))

    def _begin(self, kind: str) -> None:
        """Begin the partner's numbers of a kind, unless another has meanwhile; what was taken here stays taken."""
        _BEGIN.run_many(
            self._conn, [{"partner": self._partner, "kind": kind, "last": 0, "taken_at": self._clock.now()}]
        )
        self._last = self._read() | {taken: self._last[taken] for taken in self._taken}


_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("partner", type_=String), 0)))
_LOCK = PreparedStatement(
    select(control_number.c.kind, control_number.c.last)
    .where(control_number.c.partner == bindparam("whose"))
    .order_by(control_number.c.kind)  # who locks in one order never waits for who waits for him
    .with_for_update()  # SQLite has one writer and needs no lock; SQLAlchemy leaves it out there
)
_BEGIN = unless_there(control_number)
_SAVE = PreparedStatement(
    update(control_number)
    .where(control_number.c.partner == bindparam("whose"), control_number.c.kind == bindparam("which"))
    .values(last=bindparam("given"), taken_at=bindparam("at", type_=Instant))
)
