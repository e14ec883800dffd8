"""Intake: a body enters, and is known before anyone is told so.

What enters is a body that is safe on disk or small enough for a row. What leaves is the id of its message: a new one,
or the first one's when its Idempotency-Key came before, or the same bytes a short while ago (its sender tries again):
then its answers that have left are due once more. Bytes that come again later are a new message; whether it is the
same one again, what it says tells when it is opened. ``Conflict`` when an Idempotency-Key comes again with other bytes.
The message, its bytes and the job to process it are written in the caller's one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.base import Executable

from hub.exchange.budgets import by_partner, spend
from hub.exchange.model import Acknowledgement, StageTime, Validation
from hub.exchange.outbox import resend_answers
from hub.exchange.recording import FILE, kept_keys, put_kept_keys
from hub.exchange.storable import storable, storable_name, storable_text
from hub.exchange.tables import message, recent_body
from hub.exchange.weights import RECEIVED, REPEATED, RESENT, Amount
from hub.kernel.errors import Conflict, Defect
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct
from hub.platform import blobs, jobs
from hub.platform.blobs import Body
from hub.platform.statements import PreparedStatement, unless_there

PROCESS, PROCESS_LARGE = "process-inbound", "process-large"
"""Kinds of the job that opens an inbound message, one kind by size; its payload is the message's id."""

WHOLE_BYTES_MAX = 64 * 1024
"""Of a message that is read at once: at most some 560 one-line orders, a fifth of a second. Larger ones are read in
portions, one portion at a time and one message of each partner: they would hold up the others, and fill memory."""

KEY_LENGTH_MAX = 255  # of an Idempotency-Key
SAME_BYTES_WINDOW = timedelta(minutes=10)  # of a partner without a file; senders try again within minutes
FORGOTTEN_AT_ONCE = 5_000  # bodies of one sweep: some 20 ms of the writer


class Incoming(Struct):
    """What a transport received, from a partner it has authenticated."""

    id: str  # a new id, given by the caller
    partner: str
    transport: str  # http, folder …
    body: Body
    received_at: datetime
    content_type: str | None = None
    file_name: str | None = None  # as the partner called it: shown, never used as a path
    idempotency_key: str | None = None
    same_bytes_window: timedelta = SAME_BYTES_WINDOW  # the same bytes within so long are the same message; 0: never


class Accepted(Struct):
    """``message_id`` is the first one's when ``duplicate``."""

    message_id: str
    duplicate: bool = False
    resent: int = 0  # answers to the first that its sender gets once more


class InboundMessage(Struct):
    """What processing needs to know of an inbound message."""

    id: str
    partner: str
    received_at: datetime
    stage: str
    outcome: str
    validation: Validation
    acknowledgement: Acknowledgement
    sha256: str
    size_bytes: int = 0
    acknowledged: int = 0  # envelopes of it, from the first, that a run that did not come to its end has acknowledged


def accept_all(conn: Connection, arrived: Sequence[Incoming]) -> list[Accepted | Conflict]:
    """Write messages and their jobs, table by table, or find those that came first with the same key or bytes.

    A ``Conflict`` of one is its own.
    """
    taken = _taken(conn, arrived)
    _spend(conn, arrived, taken)
    return taken


def _taken(conn: Connection, arrived: Sequence[Incoming]) -> list[Accepted | Conflict]:
    in_order = sorted(
        arrived, key=lambda each: (each.partner, each.body.identity)
    )  # so that no two wait for each other
    unlike = _claimed(conn, in_order)
    written = _INSERT.run_many(conn, [storable(message, _row(each)) for each in unlike])
    new = unlike if written == len(unlike) else _written(conn, unlike)
    blobs.put(conn, *(each.body for each in new))
    named = [(each, kept_keys([Key(kind=FILE, value=storable_name(each.file_name))])) for each in new if each.file_name]
    put_kept_keys(conn, [(each.partner, each.id, keys) for each, keys in named])
    jobs.enqueue_all(conn, [_job(each.id, each.partner, each.body.size_bytes, each.received_at) for each in new])
    ids = {each.id for each in new}
    return [Accepted(message_id=each.id) if each.id in ids else _known(conn, each) for each in arrived]


def forget_recent(conn: Connection, *, now: datetime) -> bool:
    """Forget bodies that are no longer recent, a portion of them; return whether there may be more."""
    return conn.execute(_FORGET, {"now": now}).rowcount >= FORGOTTEN_AT_ONCE


def _claimed(conn: Connection, arrived: Sequence[Incoming]) -> list[Incoming]:
    """Return those whose bytes came for the first time, or not for a while. What comes now waits for who claims them.

    Of several in ``arrived`` with the same bytes the first is asked for: the others find it.
    """
    first = {(each.partner, each.body.identity): each for each in reversed(arrived) if each.same_bytes_window}
    free = [each for each in arrived if not each.same_bytes_window]
    asked = [each for each in arrived if first.get((each.partner, each.body.identity)) is each]
    rows = [
        {
            "partner": each.partner,
            "sha256": each.body.identity,
            "message": each.id,
            "received_at": each.received_at,
            "same_until": each.received_at + each.same_bytes_window,
        }
        for each in asked
    ]
    if _CLAIM.run_many(conn, rows) != len(rows):
        asked = [each for each in asked if _RECENT.returned(conn, _bytes_of(each)) == [(each.id,)]]
    return [*asked, *free]


def _bytes_of(incoming: Incoming) -> dict[str, object]:
    return {"sender": incoming.partner, "digest": incoming.body.identity}


def _spend(conn: Connection, arrived: Sequence[Incoming], taken: Sequence[Accepted | Conflict]) -> None:
    """Count what was stored: last, behind the rows of messages, as processing locks them."""
    amounts = by_partner(
        (each.partner, stored_amount(accepted, each.body.size_bytes))
        for each, accepted in zip(arrived, taken, strict=True)
        if isinstance(accepted, Accepted)
    )
    if amounts:
        spend(conn, amounts, arrived[0].received_at)


def stored_amount(accepted: Accepted, size_bytes: int) -> Amount:
    """Return what taking in a body of this size has stored, or bringing back its answers where it came before."""
    return RESENT.times(accepted.resent).plus(REPEATED) if accepted.duplicate else received_amount(size_bytes)


def received_amount(size_bytes: int) -> Amount:
    """Return what taking in a body of this size stores, before anything is made of it."""
    return RECEIVED.plus(Amount(bytes=size_bytes))


def _written(conn: Connection, arrived: Sequence[Incoming]) -> list[Incoming]:
    """Return those whose rows stand: the key of the others came before."""
    return [each for each in arrived if _STANDS.returned(conn, {"wanted": each.id})]


def enqueue(conn: Connection, message_id: str, partner: str, size_bytes: int, *, now: datetime) -> None:
    """Write the job that processes the message."""
    jobs.enqueue_all(conn, [_job(message_id, partner, size_bytes, now)])


def _job(message_id: str, partner: str, size_bytes: int, now: datetime) -> jobs.NewJob:
    kind = PROCESS if size_bytes <= WHOLE_BYTES_MAX else PROCESS_LARGE
    return jobs.NewJob(kind=kind, payload=message_id, due_at=now, owner=partner)


def received(conn: Connection, message_id: str) -> tuple[InboundMessage, bytes | None]:
    """Return an inbound message and its body, if that stands in the database (a larger one is a file).

    Raises ``Defect`` when there is none: a job never points to nothing.
    """
    rows = _RECEIVED.returned(conn, {"wanted": message_id})
    if not rows:
        raise Defect(f"there is no inbound message {message_id}")
    partner, at, stage, outcome, validation, acknowledgement, sha256, size, acknowledged, content = rows[0]
    found = InboundMessage(
        id=message_id,
        partner=partner,
        received_at=datetime.fromisoformat(at) if isinstance(at, str) else at,  # SQLite keeps instants as text
        stage=stage,
        outcome=outcome,
        validation=validation,
        acknowledgement=acknowledgement,
        sha256=sha256,
        size_bytes=size,
        acknowledged=acknowledged,
    )
    return found, content


def _row(incoming: Incoming) -> dict[str, object]:
    return {
        "id": incoming.id,
        "partner": incoming.partner,
        "direction": "in",
        "received_at": incoming.received_at,
        "syntax": None,
        "document": None,
        "wire": None,
        "documents": 0,
        "test": False,
        "size_bytes": incoming.body.size_bytes,
        "sha256": incoming.body.sha256,
        "came_as": incoming.body.came_as,
        "content_type": incoming.content_type or None,
        "file_name": storable_name(incoming.file_name) if incoming.file_name else None,
        "transport": incoming.transport,
        "idempotency_key": incoming.idempotency_key,
        "stage": "received",
        "stages": [StageTime(stage="received", at=incoming.received_at)],
        "validation": "pending",
        "delivery": "none",
        "acknowledgement": "none",
        "outcome": "none",
        "attention": None,
        "keys": [],
        "answers": None,
        "repeats": 0,
    }


def _known(conn: Connection, incoming: Incoming) -> Accepted | Conflict:
    """Return the first message of this key, or of these bytes; the key is asked first."""
    key = storable_text(incoming.idempotency_key, KEY_LENGTH_MAX) if incoming.idempotency_key else None
    values = {"sender": incoming.partner, "key": key, "digest": incoming.body.identity}
    first = conn.execute(_BY_KEY, values).one_or_none() if key else None
    if first is not None and first.identity != incoming.body.identity:
        conn.execute(_GIVE_BACK, {"own": incoming.id, **_bytes_of(incoming)})
        return Conflict(f"the Idempotency-Key came before with other bytes, in message {first.id}")
    if first is not None:
        conn.execute(_PASS_ON, {"own": incoming.id, "first": first.id, **_bytes_of(incoming)})
    first = first or conn.execute(_BY_BYTES, values).one_or_none()
    if first is None:  # the one with the same bytes before it was no message: its key was another's
        return _taken(conn, [incoming])[0]
    _REPEATED.run(conn, {"first": first.id, "key": key})
    resent = resend_answers(conn, first.id, now=incoming.received_at)
    return Accepted(message_id=first.id, duplicate=True, resent=resent)


_IDENTITY = func.coalesce(message.c.came_as, message.c.sha256).label("identity")
_BY_KEY = select(message.c.id, _IDENTITY).where(
    message.c.partner == bindparam("sender"), message.c.idempotency_key == bindparam("key")
)
_OF_BYTES = (recent_body.c.partner == bindparam("sender"), recent_body.c.sha256 == bindparam("digest"))
_BY_BYTES = select(message.c.id, _IDENTITY).join(recent_body, recent_body.c.message == message.c.id).where(*_OF_BYTES)
_RECENT = PreparedStatement(select(recent_body.c.message).where(*_OF_BYTES))
_CLAIMED_BY_OWN = (*_OF_BYTES, recent_body.c.message == bindparam("own"))
_GIVE_BACK = delete(recent_body).where(*_CLAIMED_BY_OWN)
_PASS_ON = update(recent_body).where(*_CLAIMED_BY_OWN).values(message=bindparam("first"))
_RECEIVED = PreparedStatement(
    select(
        message.c.partner,
        message.c.received_at,
        message.c.stage,
        message.c.outcome,
        message.c.validation,
        message.c.acknowledgement,
        message.c.sha256,
        message.c.size_bytes,
        message.c.acknowledged_to,
        blobs.blob.c.content,
    )
    .join(blobs.blob, blobs.blob.c.sha256 == message.c.sha256)
    .where(message.c.id == bindparam("wanted"), message.c.direction == "in")
)
_INSERT = unless_there(message)
_STANDS = PreparedStatement(select(message.c.id).where(message.c.id == bindparam("wanted")))
_REPEATED = PreparedStatement(
    update(message)
    .where(message.c.id == bindparam("first"))
    .values(
        repeats=message.c.repeats + 1,
        idempotency_key=func.coalesce(message.c.idempotency_key, bindparam("key", type_=String)),
    )
)


def _claim(dialect: str) -> Executable:
    made = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(recent_body)
    return made.on_conflict_do_update(
        index_elements=["partner", "sha256"],
        set_={name: made.excluded[name] for name in ("message", "received_at", "same_until")},
        where=recent_body.c.same_until <= made.excluded.received_at,
    )


_CLAIM = PreparedStatement(_claim)
_FORGET = delete(recent_body).where(
    tuple_(recent_body.c.partner, recent_body.c.sha256).in_(
        select(recent_body.c.partner, recent_body.c.sha256)
        .where(recent_body.c.same_until <= bindparam("now"))
        .order_by(recent_body.c.same_until)
        .limit(FORGOTTEN_AT_ONCE)
    )
)
