"""Duties: what is owed, by whom, because of what, until when. Written in the transaction that creates them.

A partner owes us an acknowledgement of what we sent; we owe a partner an answer that cannot be given yet, for it waits
for a person or for our configuration. What is given in the same transaction is no duty. What happens at the due time is
in ``overdue``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Integer, bindparam, insert, select, update

from hub.canonical.result import Cause
from hub.exchange.model import Duty
from hub.exchange.tables import owed
from hub.platform.columns import Instant
from hub.platform.statements import PreparedStatement

OVERDUE_MAX = 500  # of one look at the clock; the rest comes with the next
POSITION_MAX = 2**31 - 1  # of a document, as its column has it
ANSWER = "answer"
"""What we owe for a message of which nobody knows yet what it holds: whatever answers it."""


def put_duties(conn: Connection, duties: Iterable[Duty]) -> None:
    """Write duties, and with it start their clocks."""
    _INSERT.run_many(conn, [_row(each) for each in duties])


def duties_because_of(conn: Connection, message_id: str) -> list[Duty]:
    """Return what is owed, or was, because of one message: theirs for what we sent, ours for what we received."""
    return [duty_of(row._mapping) for row in conn.execute(_BECAUSE, {"wanted": message_id})]


def duty_of(row: Mapping[Any, Any]) -> Duty:
    """Return a row as the duty it is."""
    own = {name: value for name, value in row.items() if name in Duty.__struct_fields__}
    because = Cause(kind=row["cause_kind"], id=row["cause"], position=row["cause_position"])
    return Duty(**own, because=because)


def renew_duties(
    conn: Connection,
    message_id: str,
    duties: Sequence[Duty],
    given_to: Collection[str],
    *,
    after: int,
    to: int | None,
    now: datetime,
) -> None:
    """Write our duties for documents of a message that is processed again, from behind ``after`` up to and with ``to``.

    What is still owed goes on by its first clock. What is not owed any more to partners of ``given_to`` is done; to
    whom nothing was given it stays owed.
    """
    values = {"wanted": message_id, "after": after, "to": POSITION_MAX if to is None else to}
    open_: dict[tuple[str, str, int], int] = {
        (row.partner, row.kind, row.cause_position): row.id for row in conn.execute(_OPEN, values)
    }
    new = [each for each in duties if open_.pop((each.partner, each.kind, each.because.position or 0), None) is None]
    for done in (id for (partner, _, _), id in open_.items() if partner in given_to):
        conn.execute(_DONE, {"which": done, "by": message_id, "now": now})
    put_duties(conn, new)


def owe_answer(conn: Connection, duty: Duty) -> None:
    """Write that we owe an answer for a whole message, unless that is known."""
    if conn.execute(_WHOLE, {"wanted": duty.because.id}).first() is None:
        put_duties(conn, [duty])


def read_at_last(conn: Connection, message_id: str, now: datetime) -> None:
    """Say that a message could be processed: of what we owe for it, each document tells from now on."""
    conn.execute(_WHOLE_DONE, {"wanted": message_id, "by": message_id, "now": now})


def dealt_with(conn: Connection, message_id: str, now: datetime) -> None:
    """Say that a person has done what we owe because of a message, by whatever means."""
    conn.execute(_ALL_DONE, {"wanted": message_id, "now": now})


def late(conn: Connection, *, now: datetime) -> list[Duty]:
    """Return what is late and was not known to be, the oldest first, and mark it: it is found once."""
    rows = conn.execute(_LATE, {"now": now, "most": OVERDUE_MAX}).all()
    for row in rows:
        conn.execute(_OVERDUE, {"wanted": row.id})
    return [replace(duty_of(row._mapping), state="overdue") for row in rows]


def _row(duty: Duty) -> dict[str, object]:
    because = duty.because
    plain = {name: getattr(duty, name) for name in _PLAIN}
    return {**plain, "cause_kind": because.kind, "cause": because.id, "cause_position": because.position}


_PLAIN = tuple(name for name in Duty.__struct_fields__ if name != "because")
_UNDONE = owed.c.state.in_(("awaited", "overdue"))
_INSERT = PreparedStatement(insert(owed))
_BECAUSE = select(owed).where(owed.c.cause == bindparam("wanted")).order_by(owed.c.id)
_OURS = (owed.c.cause == bindparam("wanted"), owed.c.debtor == "us", _UNDONE)
_OPEN = select(owed.c.id, owed.c.partner, owed.c.kind, owed.c.cause_position).where(
    *_OURS, owed.c.cause_position > bindparam("after"), owed.c.cause_position <= bindparam("to")
)
_WHOLE = select(owed.c.id).where(*_OURS, owed.c.cause_position.is_(None))
_GIVEN = {"state": "done", "done_at": bindparam("now", type_=Instant)}
_DONE = update(owed).where(owed.c.id == bindparam("which")).values(**_GIVEN, done_by=bindparam("by"))
_WHOLE_DONE = update(owed).where(*_OURS, owed.c.cause_position.is_(None)).values(**_GIVEN, done_by=bindparam("by"))
_ALL_DONE = update(owed).where(*_OURS).values(**_GIVEN)
_LATE = (
    select(owed)
    .where(owed.c.state == "awaited", owed.c.due_at <= bindparam("now", type_=Instant))
    .order_by(owed.c.due_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)  # what is being answered at this moment is not late
)
_OVERDUE = update(owed).where(owed.c.id == bindparam("wanted"), owed.c.state == "awaited").values(state="overdue")
