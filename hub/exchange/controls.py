"""Control numbers we give: one row per partner and kind, taken in the transaction that writes the document.

Whatever undoes the document puts the number back, so there is no gap; whoever takes the next one waits for the
commit (SQLite: one writer; PostgreSQL: the row's lock), so there is no duplicate.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, Integer, String, bindparam, select, text

from hub.exchange.tables import control_number
from hub.kernel.clock import Clock
from hub.platform.columns import Instant
from hub.platform.statements import Prepared

Kind = Literal["interchange", "group", "set"]

NUMBER_MAX = 999_999_999
"""ISA13 is exactly nine digits (X12 element I12, N0 9/9); GS06 and ST02 hold at most nine (28, 329)."""


def take_number(conn: Connection, partner: str, kind: Kind, clock: Clock) -> int:
    """Return the next number for ``partner``: 1 to ``NUMBER_MAX``, then 1 again. Zero is never given (our rule)."""
    return take_numbers(conn, partner, kind, 1, clock)[0]


def take_numbers(conn: Connection, partner: str, kind: Kind, count: int, clock: Clock) -> list[int]:
    """Return the next ``count`` numbers, in order, for the sets or groups of one interchange."""
    values = {"partner": partner, "kind": kind, "count": count, "at": clock.now()}
    last: int = _TAKE.returned(conn, values)[0][0]
    return [(last - count + n) % NUMBER_MAX + 1 for n in range(count)]


def last_number(conn: Connection, partner: str, kind: Kind) -> int | None:
    """Return the number given last; None when none was."""
    return conn.execute(_LAST, {"whose": partner, "which": kind}).scalar()


_TAKE = Prepared(
    text(
        f"""INSERT INTO control_number (partner, kind, last, taken_at) VALUES (:partner, :kind, :count, :at)
    ON CONFLICT (partner, kind) DO UPDATE
    SET last = (control_number.last + :count - 1) % {NUMBER_MAX} + 1, taken_at = excluded.taken_at
    RETURNING last"""
    ).bindparams(
        bindparam("partner", type_=String),
        bindparam("kind", type_=String),
        bindparam("count", type_=Integer),
        bindparam("at", type_=Instant),
    )
)
_LAST = select(control_number.c.last).where(
    control_number.c.partner == bindparam("whose"), control_number.c.kind == bindparam("which")
)
