"""The mailbox: messages that wait for a partner who comes for them.

A partner lists, fetches, and says ``received``; only that ends the waiting, so a fetch that broke off loses nothing.
With ``received`` it may approve or refuse. Said twice the same is the same; said otherwise is a ``Conflict``, also
after the message was sent once more: a verdict is final.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, select, update

from hub.exchange.model import Event, MailboxItem, MailboxPage, Verdict
from hub.exchange.recording import call_attention, note
from hub.exchange.tables import delivery, message
from hub.kernel.errors import Conflict
from hub.kernel.scope import Scope
from hub.kernel.sentence import Phrase, Word, Wording, as_written, declared
from hub.platform.scoped import visible

PAGE_MAX = 200
REASON_LENGTH_MAX = 2_000


def waiting(
    conn: Connection, scope: Scope, partner: str, *, cursor: str | None = None, limit: int = 100
) -> MailboxPage:
    """Return what waits for ``partner``, oldest first."""
    limit = max(1, min(limit, PAGE_MAX))
    wanted = (
        _ITEMS.where(
            delivery.c.partner == partner,
            delivery.c.next_attempt_at.is_(None),
            delivery.c.state == "ready",
            delivery.c.message > (cursor or ""),
            visible(scope, delivery.c.partner),
        )
        .order_by(delivery.c.message)
        .limit(limit + 1)
    )
    items = [MailboxItem(**row._mapping) for row in conn.execute(wanted)]
    return MailboxPage(items=items[:limit], next=items[limit - 1].id if len(items) > limit else None)


def find(conn: Connection, scope: Scope, partner: str, message_id: str) -> MailboxItem | None:
    """Return one message of the mailbox, received or not; None when there is none in scope."""
    row = conn.execute(_ITEMS.where(*_mine(scope, partner, message_id))).one_or_none()
    return None if row is None else MailboxItem(**row._mapping)


def fetched(conn: Connection, scope: Scope, partner: str, message_id: str, *, now: datetime) -> MailboxItem | None:
    """Return the message and remember when it was fetched first."""
    item = find(conn, scope, partner, message_id)
    if item is not None and item.read_at is None:
        conn.execute(update(delivery).where(delivery.c.message == message_id).values(read_at=now))
        note(conn, message_id, "fetched", None, at=now, actor=f"partner:{partner}")
    return item


def received(
    conn: Connection,
    scope: Scope,
    partner: str,
    message_id: str,
    *,
    now: datetime,
    verdict: Verdict | None = None,
    reason: str | None = None,
) -> bool:
    """Record that the partner has the message, and what it thinks of it; False when there is none in scope.

    Raises ``Conflict`` when another verdict stands. A refusal calls for a person.
    """
    asked = select(delivery).where(*_mine(scope, partner, message_id)).with_for_update()  # of two verdicts, one stands
    row = conn.execute(asked).one_or_none()
    if row is None:
        return False
    if row.verdict is not None and verdict not in (None, row.verdict):
        raise Conflict(f"{row.verdict} was said of {message_id} before")
    is_new = verdict is not None and row.verdict is None
    if row.received_at is not None and not is_new:
        return True
    values: dict[str, object] = {"state": "delivered", "received_at": row.received_at or now}
    if is_new:
        values |= {"verdict": verdict, "verdict_reason": reason[:REASON_LENGTH_MAX] if reason else None}
    conn.execute(update(delivery).where(delivery.c.message == message_id).values(**values))
    conn.execute(update(message).where(message.c.id == message_id).values(delivery="delivered"))
    said, why = (verdict, reason) if is_new else (None, None)  # the standing verdict was told when it was said
    note(conn, message_id, _EVENTS[said], as_written(why) if why else None, at=now, actor=f"partner:{partner}")
    if said == "refuse":
        words: dict[str, Word] = {"partner": partner, "reason": reason[:200]} if reason else {"partner": partner}
        call_attention(conn, message_id, Wording(key="refused/because" if reason else "refused", words=words))
    return True


def _mine(scope: Scope, partner: str, message_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        delivery.c.message == message_id,
        delivery.c.partner == partner,
        delivery.c.transport == "mailbox",
        visible(scope, delivery.c.partner),
    )


_EVENTS: dict[Verdict | None, Event] = {None: "received", "approve": "approved", "refuse": "refused"}
_ITEMS = select(
    message.c.id,
    message.c.document,
    message.c.wire,
    message.c.test,
    message.c.size_bytes,
    message.c.sha256,
    message.c.content_type,
    message.c.file_name,
    case((message.c.cause_kind == "message", message.c.cause)).label("answers"),
    message.c.received_at.label("created_at"),
    delivery.c.read_at,
).join(delivery, delivery.c.message == message.c.id)


declared(
    {
        "refused": Phrase(message="{partner} refuses it"),
        "refused/because": Phrase(message="{partner} refuses it: {reason}"),
    }
)
