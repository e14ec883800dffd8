"""What happens when something that is owed is late. Looked at by the clock, and by nothing that can be switched off.

Of an acknowledgement that a partner owes us a person is told. Of an answer that we owe as well, with the reason for
which it waits; and where it waits for our configuration alone, it is tried once more before anybody comes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from hub.exchange.acknowledgements import show_worst
from hub.exchange.duties import ANSWER, late
from hub.exchange.model import Duty
from hub.exchange.recording import call_attention, note
from hub.exchange.replay import process_again
from hub.exchange.tables import message


def mark_overdue(conn: Connection, *, now: datetime) -> list[Duty]:
    """Find what is late, mark it and call for a person; return it."""
    found = late(conn, now=now)
    for duty in found:
        if duty.debtor == "us":
            _ring(conn, duty, now)
        else:
            _miss(conn, duty, now)
    return found


def _miss(conn: Connection, duty: Duty, now: datetime) -> None:
    """Say of what we sent that nobody has acknowledged it."""
    ours = duty.because.id
    why = f"no {duty.kind} for {duty.reference} by {duty.due_at:%Y-%m-%d %H:%M} UTC"
    show_worst(conn, ours)
    call_attention(conn, ours, why)
    note(conn, ours, "acknowledgement-overdue", why, at=now)


def _ring(conn: Connection, duty: Duty, now: datetime) -> None:
    """Call a person to what we owe, with the reason for which it waits; try it once more where that may help."""
    theirs = duty.because.id
    why = f"an answer was due by {duty.due_at:%Y-%m-%d %H:%M} UTC"
    waits_for = conn.execute(_ATTENTION, {"wanted": theirs}).scalar()
    call_attention(conn, theirs, f"{why}: {waits_for}" if waits_for else why)
    note(conn, theirs, "answer-overdue", why, at=now)
    if duty.kind == ANSWER:
        process_again(conn, theirs, now=now)


_ATTENTION = select(message.c.attention).where(message.c.id == bindparam("wanted"))
