"""Answers in a mailbox that nobody can open: looked at by the clock, and a person is called, once for each partner.

A mailbox waits until its partner comes. Where no key that lives opens it, nobody ever comes, and nobody would be told:
to the partner all looks as if we had not answered, to us as if it had not looked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from hub.exchange.model import Event
from hub.exchange.recording import call_attention, note
from hub.exchange.tables import delivery, message, timeline
from hub.kernel.sentence import Phrase, Wording, declared

NOBODY_FETCHES: Event = "nobody-fetches"

declared(
    {
        f"mailbox/{NOBODY_FETCHES}": Phrase(
            message="no key opens the mailbox of {partner}: make one, or name another way out in its file"
        )
    }
)


def call_for_unfetched(conn: Connection, fetching: Collection[str], *, now: datetime) -> list[str]:
    """Call a person to the last message of each mailbox that nobody opens; ``fetching`` are who can open theirs.

    Return the messages. One is called for until somebody has dealt with it; after that, the next that is put there.
    """
    unopened = [partner for partner in _with_mail(conn) if partner not in fetching]
    return [called for partner in unopened if (called := _call(conn, partner, now)) is not None]


def _with_mail(conn: Connection) -> Iterator[str]:
    """Yield the partners for whom something waits in a mailbox: as many looks at the index as there are of them."""
    behind = ""
    while (partner := conn.execute(_NEXT, {"behind": behind}).scalar()) is not None:
        yield partner
        behind = partner


def _call(conn: Connection, partner: str, now: datetime) -> str | None:
    known = conn.execute(_CALLED, {"whose": partner}).one_or_none()
    newest: str = conn.execute(_NEWEST, {"whose": partner}).scalar_one()
    if known is not None and (known.attention is not None or known.id >= newest):
        return None
    why = Wording(key=f"mailbox/{NOBODY_FETCHES}", words={"partner": partner})
    call_attention(conn, newest, why)
    note(conn, newest, NOBODY_FETCHES, why, at=now)
    return newest


_WAITS = (delivery.c.next_attempt_at.is_(None), delivery.c.state == "ready")
_OF_PARTNER = (*_WAITS, delivery.c.partner == bindparam("whose"))
_NEXT = (
    select(delivery.c.partner)
    .where(*_WAITS, delivery.c.partner > bindparam("behind"))
    .order_by(delivery.c.partner)
    .limit(1)
)
_NEWEST = select(delivery.c.message).where(*_OF_PARTNER).order_by(delivery.c.message.desc()).limit(1)
_CALLED = (
    select(message.c.id, message.c.attention)
    .join(delivery, delivery.c.message == message.c.id)
    .join(timeline, timeline.c.message == message.c.id)
    .where(*_OF_PARTNER, timeline.c.event == NOBODY_FETCHES)
    .order_by(message.c.id.desc())
    .limit(1)
)
