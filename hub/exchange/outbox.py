"""The outbox: messages we owe, written with what caused them and delivered later, at least once.

``put`` writes message, documents and delivery in the caller's transaction. A mailbox message then waits until its
receiver comes. Any other is claimed for an attempt, which is on record before anything is sent; a crash in between
leaves the attempt unfinished, and after ``ATTEMPT_LEASE`` the message is tried again under the same id. Of a partner
whose place is at fault nothing is claimed: what it is owed waits as a whole (``stopped``).

Sent once more, a message is delivered anew: how it was delivered before is kept beside it, and what its receiver
thought of it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import msgspec
from sqlalchemy import Connection, Integer, ScalarSelect, bindparam, delete, exists, func, insert, or_, select, update

from hub.canonical.result import Cause
from hub.exchange import envelopes, stopped
from hub.exchange.model import Acknowledgement, DocumentRow, EnvelopeRow, StageTime
from hub.exchange.recording import (
    FILE,
    KEYS_SHOWN_MAX,
    call_attention,
    kept_keys,
    note,
    put_documents,
    put_kept_keys,
)
from hub.exchange.stopped import Lane
from hub.exchange.storable import storable_said
from hub.exchange.tables import answering, delivery, delivery_attempt, earlier_delivery, message
from hub.kernel.errors import Conflict
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct
from hub.platform import blobs
from hub.platform.bells import ring
from hub.platform.blobs import Body
from hub.platform.columns import Instant
from hub.platform.lanes import NO_SHARES, Shares, owners_in_turn, owners_of, taken_in_turns
from hub.platform.statements import PreparedStatement

MAILBOX = "mailbox"
BELL = "outbox"
ATTEMPT_LEASE = timedelta(minutes=2)  # longer than any transport's own time limit
ATTEMPT_WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""Waits after the first, second … failed attempt: the schedule of Standard Webhooks 1.0, 75 hours in all."""
RESENT_AT_ONCE = 50  # answers, half a millisecond of the one writer each: a message may have two thousand
CLAIM_MAX = 50  # deliveries of one claim; a transport sends a handful at a time


class OutboundMessage(Struct):
    """A message of ours, complete: its body is final and its numbers are taken."""

    id: str
    partner: str
    transport: str  # mailbox, folder
    body: Body
    created_at: datetime
    syntax: str
    wire: str  # 855
    document: str | None = None  # OrderAcknowledgement
    test: bool = False
    content_type: str | None = None
    file_name: str | None = None
    because: Cause | None = None  # a message that it answers, or what else
    acknowledgement: Acknowledgement = "none"  # "awaited" when the receiver owes one
    envelopes: list[EnvelopeRow] = []
    documents: list[DocumentRow] = []
    keys: list[Key] = []  # by all of which it is found


class DueDelivery(Struct):
    """A delivery claimed for one attempt."""

    message: str
    partner: str
    transport: str
    attempt: int
    due_at: datetime  # where it stood among those that wait
    sha256: str
    size_bytes: int
    content_type: str | None = None
    file_name: str | None = None


def put_all(conn: Connection, outgoing: Sequence[OutboundMessage], shortened: Collection[str] = ()) -> None:
    """Write several messages and make them due, table by table; ``shortened`` as in ``put_kept_keys``."""
    keys = [kept_keys(each.keys) for each in outgoing]
    _MESSAGE.run_many(conn, [_row(each, own[:KEYS_SHOWN_MAX]) for each, own in zip(outgoing, keys, strict=True)])
    blobs.put(conn, *(each.body for each in outgoing))
    envelopes.enter_sent(conn, [row for each in outgoing for row in each.envelopes])
    put_documents(conn, [row for each in outgoing for row in each.documents])
    found_by = [(each.partner, each.id, [*own, *_name(each)]) for each, own in zip(outgoing, keys, strict=True)]
    put_kept_keys(conn, found_by, shortened)
    _DELIVERY.run_many(conn, [_due(each) for each in outgoing])
    if any(each.transport != MAILBOX for each in outgoing):
        ring(conn, BELL)


def _name(outgoing: OutboundMessage) -> list[Key]:
    """Return the key that is the name of its file: people read it on the page and in their own folder."""
    return kept_keys([Key(kind=FILE, value=outgoing.file_name)]) if outgoing.file_name else []


def claim(conn: Connection, *, now: datetime, limit: int = CLAIM_MAX, shares: Shares = NO_SHARES) -> list[DueDelivery]:
    """Return deliveries that are due, each with its attempt on record: partners in fair turns, of each oldest first.

    Those of partners that are stopped are left out.
    """

    def of_partner(partner: str, most: int) -> list[DueDelivery]:
        return _due_of(conn, partner, now, most)

    room, out = min(limit, CLAIM_MAX), stopped.lanes(conn)
    partners = [partner for partner in owners_in_turn(partial(_partners, conn), shares) if partner not in out]
    return _begin(conn, taken_in_turns(partners, of_partner, shares, room, most=room), now)


def claim_one(conn: Connection, lane: Lane, *, now: datetime) -> tuple[Lane | None, DueDelivery | None]:
    """Take a stopped lane, whose place was judged well, for a trial with the oldest answer that is due.

    No lane: another has it. No delivery: nothing is due.
    """
    mine = stopped.try_out(conn, lane, until=now + ATTEMPT_LEASE, now=now)
    claimed = _begin(conn, _due_of(conn, lane.partner, now, 1), now) if mine else []
    return mine, claimed[0] if claimed else None


def _partners(conn: Connection, behind: str | None) -> list[str]:
    query = _PARTNERS if behind is None else _PARTNERS_BEHIND
    return [partner for (partner,) in query.returned(conn, {} if behind is None else {"behind": behind})]


def _due_of(conn: Connection, partner: str, now: datetime, most: int) -> list[DueDelivery]:
    return [DueDelivery(**row._mapping) for row in conn.execute(_DUE, {"now": now, "whose": partner, "most": most})]


def _begin(conn: Connection, found: Sequence[DueDelivery], now: datetime) -> list[DueDelivery]:
    """Put the attempts on record."""
    claimed = [msgspec.structs.replace(due, attempt=due.attempt + 1) for due in found]
    if claimed:
        conn.execute(_CLAIM, [{"wanted": due.message, "again_at": now + ATTEMPT_LEASE} for due in claimed])
        rows = [{"message": due.message, "attempt": due.attempt, "started_at": now} for due in claimed]
        conn.execute(_ATTEMPT, rows)
    return claimed


def delivered(conn: Connection, due: DueDelivery, detail: Wording, *, now: datetime, confirmed: bool = False) -> None:
    """Record that the attempt succeeded: ``sent``, or ``delivered`` when the receiver confirmed it."""
    state: Literal["delivered", "sent"] = "delivered" if confirmed else "sent"
    _finish(conn, due, state=state, ok=True, detail=detail, now=now, again_at=None)
    note(conn, due.message, state, detail, at=now)


def failed(conn: Connection, due: DueDelivery, detail: Wording, *, now: datetime, final: bool = False) -> bool:
    """Record that the attempt failed and when the next is due; True when it was the last of this delivery."""
    tries = max(1, conn.execute(_TRIES, {"wanted": due.message}).scalar_one())
    last = final or tries > len(ATTEMPT_WAITS)
    again_at = None if last else now + ATTEMPT_WAITS[tries - 1]
    _finish(conn, due, state="failed" if last else "ready", ok=False, detail=detail, now=now, again_at=again_at)
    if last:
        call_attention(conn, due.message, Wording(key="delivery/given-up", words={"tries": tries, "detail": detail}))
    note(conn, due.message, "delivery-failed", detail, at=now)
    return last


def put_off(conn: Connection, due: DueDelivery) -> None:
    """Take back the attempt, which never began; the delivery is claimed again when its lease ends."""
    if conn.execute(_PUT_OFF, {"wanted": due.message, "mine": due.attempt}).rowcount == 1:
        conn.execute(_NO_ATTEMPT, {"wanted": due.message, "mine": due.attempt})


def put_back(conn: Connection, due: DueDelivery) -> None:
    """Take back an attempt that told nothing of its answer, which stands again where it stood."""
    values = {"wanted": due.message, "mine": due.attempt, "before": due.due_at}
    if conn.execute(_PUT_BACK, values).rowcount == 1:
        conn.execute(_NO_ATTEMPT, {"wanted": due.message, "mine": due.attempt})


def resend(conn: Connection, message_id: str, *, now: datetime, actor: str) -> bool:
    """Make a message due again, same id and same bytes; False when it has no delivery.

    What its receiver said is never erased: the receipt goes to the earlier deliveries, a verdict is final.
    """
    row = conn.execute(_CURRENT, {"wanted": message_id}).first()
    if row is None:
        return False
    if row.state != "ready" or row.read_at is not None:  # it had come to something
        conn.execute(_KEEP, {"wanted": message_id, "now": now})
    conn.execute(_RESEND_MAILBOX if row.transport == MAILBOX else _RESEND, {"wanted": message_id, "now": now})
    conn.execute(_STATE, {"wanted": message_id, "new_state": "ready"})
    note(conn, message_id, "resend-asked", None, at=now, actor=actor)
    ring(conn, BELL)
    return True


def resend_answers(conn: Connection, message_id: str, *, now: datetime) -> int:
    """Make the answers to an inbound message due again that had left: its sender asks as if they had not come.

    No more than ``RESENT_AT_ONCE``, those first that were sent least often, of them the oldest: who asks once more gets
    the next.
    """
    gone = conn.execute(_GONE_ANSWERS, {"wanted": message_id, "most": RESENT_AT_ONCE}).scalars().all()
    for answer in gone:
        resend(conn, answer, now=now, actor="hub")
    return len(gone)


def take_over(conn: Connection, *, now: datetime) -> int:
    """Make deliveries whose attempt broke off due now; how many. Only for who knows that no other sender lives.

    They stand before what was written after them. What is stopped is judged anew.
    """
    taken = conn.execute(_TAKE_OVER).rowcount
    stopped.judge_now(conn, now=now)
    return taken


def next_due(conn: Connection) -> datetime | None:
    """Return when the next attempt falls due; None when nothing waits but in mailboxes."""
    return conn.execute(_NEXT_DUE).scalar()


def anything_due(conn: Connection, *, now: datetime) -> bool:
    """Tell whether there is something to deliver, or a stopped lane to be judged."""
    due_at = next_due(conn)
    if due_at is None or due_at > now:
        return False
    out = stopped.lanes(conn)
    if not out or any(lane.again_at <= now for lane in out.values()):
        return True
    others = [partner for partner in _partners(conn, None) if partner not in out]
    return any(conn.execute(_IS_DUE, {"now": now, "whose": partner}).first() for partner in others)


def _finish(
    conn: Connection,
    due: DueDelivery,
    *,
    state: str,
    ok: bool,
    detail: Wording,
    now: datetime,
    again_at: datetime | None,
) -> None:
    values = {"wanted": due.message, "mine": due.attempt, "new_state": state, "again_at": again_at}
    what = storable_said(detail)
    if conn.execute(_FINISH, {**values, "why": None if ok else what}).rowcount != 1:
        raise Conflict(f"delivery {due.message} was claimed again after attempt {due.attempt}")
    conn.execute(_FINISH_ATTEMPT, {"wanted": due.message, "mine": due.attempt, "at": now, "well": ok, "what": what})
    conn.execute(_STATE, {"wanted": due.message, "new_state": state})


def _due(outgoing: OutboundMessage) -> dict[str, object]:
    return {
        "message": outgoing.id,
        "partner": outgoing.partner,
        "transport": outgoing.transport,
        "state": "ready",
        "attempts": 0,
        "next_attempt_at": None if outgoing.transport == MAILBOX else outgoing.created_at,
    }


def _row(outgoing: OutboundMessage, keys: list[Key]) -> dict[str, object]:
    return {
        "id": outgoing.id,
        "partner": outgoing.partner,
        "direction": "out",
        "received_at": outgoing.created_at,
        "syntax": outgoing.syntax,
        "document": outgoing.document,
        "wire": outgoing.wire,
        "documents": len(outgoing.documents),
        "test": outgoing.test,
        "size_bytes": outgoing.body.size_bytes,
        "sha256": outgoing.body.sha256,
        "content_type": outgoing.content_type,
        "file_name": outgoing.file_name,
        "transport": outgoing.transport,
        "stage": "finished",
        "stages": [StageTime(stage="finished", at=outgoing.created_at)],
        "validation": "valid",
        "delivery": "ready",
        "acknowledgement": outgoing.acknowledgement,
        "outcome": "none",
        "keys": keys,
        "cause_kind": outgoing.because.kind if outgoing.because else None,
        "cause": outgoing.because.id if outgoing.because else None,
        "repeats": 0,
    }


def _deliveries_before() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(earlier_delivery)
        .where(earlier_delivery.c.message == delivery.c.message)
        .correlate(delivery)
        .scalar_subquery()
    )


_MESSAGE = PreparedStatement(insert(message))
_DELIVERY = PreparedStatement(insert(delivery))
_ATTEMPT = insert(delivery_attempt)
_PARTNERS = PreparedStatement(owners_of(delivery.c.partner, delivery.c.next_attempt_at.is_not(None)))
_PARTNERS_BEHIND = PreparedStatement(
    owners_of(delivery.c.partner, delivery.c.next_attempt_at.is_not(None), delivery.c.partner > bindparam("behind"))
)
_DUE = (
    select(
        delivery.c.message,
        delivery.c.partner,
        delivery.c.transport,
        delivery.c.attempts.label("attempt"),
        delivery.c.next_attempt_at.label("due_at"),
        message.c.sha256,
        message.c.size_bytes,
        message.c.content_type,
        message.c.file_name,
    )
    .join(message, message.c.id == delivery.c.message)
    .where(delivery.c.partner == bindparam("whose"), delivery.c.next_attempt_at <= bindparam("now", type_=Instant))
    .order_by(delivery.c.next_attempt_at, delivery.c.message)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, of=delivery)
)
_IS_DUE = (
    select(delivery.c.message)
    .where(delivery.c.partner == bindparam("whose"), delivery.c.next_attempt_at <= bindparam("now", type_=Instant))
    .limit(1)
)
_CLAIM = (
    update(delivery)
    .where(delivery.c.message == bindparam("wanted"))
    .values(attempts=delivery.c.attempts + 1, next_attempt_at=bindparam("again_at", type_=Instant))
)
_FINISH = (
    update(delivery)
    .where(
        delivery.c.message == bindparam("wanted"),
        delivery.c.attempts == bindparam("mine"),
        delivery.c.next_attempt_at.is_not(None),
    )
    .values(state=bindparam("new_state"), next_attempt_at=bindparam("again_at", type_=Instant), error=bindparam("why"))
)
_FINISH_ATTEMPT = (
    update(delivery_attempt)
    .where(delivery_attempt.c.message == bindparam("wanted"), delivery_attempt.c.attempt == bindparam("mine"))
    .values(finished_at=bindparam("at", type_=Instant), ok=bindparam("well"), detail=bindparam("what"))
)
_PUT_OFF = (
    update(delivery)
    .where(
        delivery.c.message == bindparam("wanted"),
        delivery.c.attempts == bindparam("mine"),
        delivery.c.next_attempt_at.is_not(None),
    )
    .values(attempts=delivery.c.attempts - 1)
)
_PUT_BACK = _PUT_OFF.values(next_attempt_at=bindparam("before", type_=Instant))
_NO_ATTEMPT = delete(delivery_attempt).where(
    delivery_attempt.c.message == bindparam("wanted"), delivery_attempt.c.attempt == bindparam("mine")
)
_LAST_SENT_ANEW = (
    select(func.max(earlier_delivery.c.ended_at))
    .where(earlier_delivery.c.message == bindparam("wanted"))
    .scalar_subquery()
)
_TRIES = (
    select(func.count())
    .select_from(delivery_attempt)
    .where(
        delivery_attempt.c.message == bindparam("wanted"),
        or_(_LAST_SENT_ANEW.is_(None), delivery_attempt.c.started_at > _LAST_SENT_ANEW),
    )
)
_GONE_ANSWERS = (
    select(delivery.c.message)
    .join(message, message.c.id == delivery.c.message)
    .where(*answering(bindparam("wanted")), delivery.c.state.in_(("sent", "delivered")))
    .order_by(_deliveries_before(), delivery.c.message)
    .limit(bindparam("most", type_=Integer))
)
_STATE = update(message).where(message.c.id == bindparam("wanted")).values(delivery=bindparam("new_state"))
_CURRENT = (
    select(delivery.c.transport, delivery.c.state, delivery.c.read_at)
    .where(delivery.c.message == bindparam("wanted"))
    .with_for_update()  # its receiver may be saying something at this moment
)
_KEEP = insert(earlier_delivery).from_select(
    ["message", "number", "state", "read_at", "received_at", "error", "ended_at"],
    select(
        delivery.c.message,
        _deliveries_before() + 1,
        delivery.c.state,
        delivery.c.read_at,
        delivery.c.received_at,
        delivery.c.error,
        bindparam("now", type_=Instant),
    ).where(delivery.c.message == bindparam("wanted")),
)
_RESEND = (
    update(delivery)
    .where(delivery.c.message == bindparam("wanted"))
    .values(state="ready", next_attempt_at=bindparam("now", type_=Instant), error=None)
)
_RESEND_MAILBOX = (
    update(delivery)
    .where(delivery.c.message == bindparam("wanted"))
    .values(state="ready", read_at=None, received_at=None)  # never the verdict
)
_TAKE_OVER = (
    update(delivery)
    .where(
        delivery.c.next_attempt_at.is_not(None),
        exists().where(
            delivery_attempt.c.message == delivery.c.message,
            delivery_attempt.c.attempt == delivery.c.attempts,
            delivery_attempt.c.finished_at.is_(None),
        ),
    )
    .values(next_attempt_at=select(message.c.received_at).where(message.c.id == delivery.c.message).scalar_subquery())
)
_NEXT_DUE = (
    select(delivery.c.next_attempt_at)
    .where(delivery.c.next_attempt_at.is_not(None))
    .order_by(delivery.c.next_attempt_at)
    .limit(1)
)


declared({"delivery/given-up": Phrase(message="could not be delivered in {tries} attempts: {detail}")})
