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
from hub.kernel.sentence import Phrase, Word, Wording, declared


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
    words: dict[str, Word] = {"document": duty.kind, "reference": duty.reference, "due_at": _moment(duty.due_at)}
    why = Wording(key="owed/by-them", words=words)
    show_worst(conn, ours)
    call_attention(conn, ours, why)
    note(conn, ours, "acknowledgement-overdue", why, at=now)


def _ring(conn: Connection, duty: Duty, now: datetime) -> None:
    """Call a person to what we owe, with the reason for which it waits; try it once more where that may help."""
    theirs = duty.because.id
    why = Wording(key="owed/by-us", words={"due_at": _moment(duty.due_at)})
    waits_for: Wording | None = conn.execute(_ATTENTION, {"wanted": theirs}).scalar()
    told = Wording(key="owed/waiting", words={"why": why, "waits_for": waits_for}) if waits_for else why
    call_attention(conn, theirs, told)
    note(conn, theirs, "answer-overdue", why, at=now)
    if duty.kind == ANSWER:
        process_again(conn, theirs, now=now)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


declared(
    {
        "owed/by-them": Phrase(message="no {document} for {reference} by {due_at} UTC"),
        "owed/by-us": Phrase(message="an answer was due by {due_at} UTC"),
        "owed/waiting": Phrase(message="{why}: {waits_for}"),
    }
)

_ATTENTION = select(message.c.attention).where(message.c.id == bindparam("wanted"))
