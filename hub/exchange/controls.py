"""Control numbers we give: one row per partner and kind, taken in the transaction that writes the document.

Whatever undoes the document puts the number back, so there is no gap; whoever takes the next one waits for the
commit (SQLite: one writer; PostgreSQL: the row's lock), so there is no duplicate.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, String, bindparam, select, text, update

from hub.exchange.tables import control_number
from hub.kernel.clock import Clock
from hub.platform.columns import Instant
from hub.platform.statements import Prepared

Kind = Literal["interchange", "group"]
KINDS: tuple[Kind, ...] = ("interchange", "group")

NUMBER_MAX = 999_999_999
"""ISA13 is exactly nine digits (X12 element I12, N0 9/9); GS06 and ST02 hold at most nine (28, 329)."""


class Numbers:
    """The numbers for one partner, within one transaction: read once, given one by one, written back once.

    Reading takes the rows' locks, so nobody else gives a number until the transaction ends. ``save`` must come before
    it does; a number that was not ``take``n, or whose transaction is undone, is given to the next.
    """

    def __init__(self, conn: Connection, partner: str, clock: Clock) -> None:
        self._conn, self._partner, self._clock = conn, partner, clock
        self._last: dict[str, int] | None = None
        self._taken: set[str] = set()

    def next(self, kind: Kind) -> int:
        """Return the number that follows: 1 to ``NUMBER_MAX``, then 1 again. Zero is never given (our rule)."""
        if self._last is None:
            values = {"partner": self._partner, "at": self._clock.now()}
            self._last = {found[0]: found[1] for found in _OPEN.returned(self._conn, values)}
        return self._last[kind] % NUMBER_MAX + 1

    def take(self, kind: Kind) -> int:
        """Return the number that follows, and count it as given."""
        number = self.next(kind)
        assert self._last is not None
        self._last[kind] = number
        self._taken.add(kind)
        return number

    def save(self) -> None:
        """Write back what was taken."""
        last = self._last or {}
        _SAVE.run_many(
            self._conn,
            [{"whose": self._partner, "which": kind, "given": last[kind]} for kind in KINDS if kind in self._taken],
        )


def last_number(conn: Connection, partner: str, kind: Kind) -> int | None:
    """Return the number given last; None when none was."""
    return conn.execute(_LAST, {"whose": partner, "which": kind}).scalar()


_OPEN = Prepared(
    text(
        """INSERT INTO control_number (partner, kind, last, taken_at)
    VALUES (:partner, 'interchange', 0, :at), (:partner, 'group', 0, :at)
    ON CONFLICT (partner, kind) DO UPDATE SET taken_at = excluded.taken_at
    RETURNING kind, last"""
    ).bindparams(bindparam("partner", type_=String), bindparam("at", type_=Instant))
)
_SAVE = Prepared(
    update(control_number)
    .where(control_number.c.partner == bindparam("whose"), control_number.c.kind == bindparam("which"))
    .values(last=bindparam("given"))
)
_LAST = select(control_number.c.last).where(
    control_number.c.partner == bindparam("whose"), control_number.c.kind == bindparam("which")
)
