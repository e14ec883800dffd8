"""The tables of the exchange. Rows are written and read by the file that bears the noun's name."""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import (
    BindParameter,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    select,
)

from hub.exchange import model
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key, Outcome
from hub.platform.columns import LONG, Instant, Json, WordingText
from hub.platform.database import metadata

ID = String(36)  # UUIDv7 as text
PARTNER = String(40)
REFERENCE = String(200)  # what an envelope is known by: a control number, the id of a payload
PARTY = String(160)  # a name in an envelope, with its qualifier
CAUSE = String(80)  # id of a message or an event, or who a person is
WORD = String(20)  # a word of one of the statuses


def _one_of(column: str, words: object) -> CheckConstraint:
    """Refuse any other word. Not ``IN``: SQLite builds a list of three or more anew for each row, in 2 µs."""
    spelled_out = " OR ".join(f"{column} = '{word}'" for word in get_args(words))
    return CheckConstraint(spelled_out, name=column)


REMARK_LENGTH_MAX = 500  # a few sentences; whoever has more to say keeps it where they keep letters

refused_file = Table(
    "refused_file",
    metadata,
    Column("id", ID, primary_key=True),
    Column("partner", PARTNER, nullable=False),
    Column("name", String(255), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", WordingText, nullable=False),
    Column("size_bytes", LONG),
    Column("sha256", String(64)),
    Column("dealt_with_at", Instant),
    Column("dealt_with_by", String(120)),
    Column("remark", String(REMARK_LENGTH_MAX)),
)
Index("ix_refused_file_partner", refused_file.c.partner, refused_file.c.id)
Index(
    "ix_refused_file_open",
    refused_file.c.id,
    sqlite_where=refused_file.c.dealt_with_at.is_(None),
    postgresql_where=refused_file.c.dealt_with_at.is_(None),
)

message = Table(
    "message",
    metadata,
    Column("id", ID, primary_key=True),
    Column("partner", PARTNER, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("syntax", String(10)),
    Column("document", String(60)),
    Column("wire", String(60)),
    Column("documents", Integer, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("size_bytes", LONG, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content_type", String(200)),
    Column("file_name", String(255)),
    Column("transport", String(20), nullable=False),
    Column("idempotency_key", String(255)),
    Column("stage", WORD, nullable=False),
    Column("stages", Json(list[model.StageTime]), nullable=False),
    Column("validation", WORD, nullable=False),
    Column("delivery", WORD, nullable=False),
    Column("acknowledgement", WORD, nullable=False),
    Column("outcome", WORD, nullable=False),
    Column("attention", WordingText),
    Column("keys", Json(list[Key]), nullable=False),
    Column("findings", Json(list[Diagnostic])),  # about its envelopes; NULL: none
    Column("cause_kind", WORD),
    Column("cause", CAUSE),
    Column("repeats", Integer, nullable=False),
    Column("came_as", String(64)),  # digest of what came, under the server's key; NULL: all of it is kept
    Column("acknowledged_to", Integer, nullable=False, server_default="0"),  # of its envelopes, while it is at work
    _one_of("direction", model.Direction),
    _one_of("validation", model.Validation),
    _one_of("delivery", model.Delivery),
    _one_of("acknowledgement", model.Acknowledgement),
    _one_of("outcome", Outcome),
)


def _partial(name: str, *columns: Column[object], where: object, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


Index("ix_message_partner_id", message.c.partner, message.c.id)
_partial(
    "uq_message_idempotency_key",
    message.c.partner,
    message.c.idempotency_key,
    where=message.c.idempotency_key.is_not(None),
    unique=True,
)
_partial("ix_message_attention", message.c.id, where=message.c.attention.is_not(None))
_partial(
    "ix_message_partner_attention", message.c.partner, message.c.id, where=message.c.attention.is_not(None)
)  # without it a partner's log would walk all its messages for the few at its head
_partial("ix_message_cause", message.c.cause, where=message.c.cause.is_not(None))


def answering(message_id: str | BindParameter[str]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for messages of ours that answer one of theirs."""
    return message.c.cause == message_id, message.c.cause_kind == "message"


recent_body = Table(
    "recent_body",
    metadata,
    Column("partner", PARTNER, primary_key=True),
    Column("sha256", String(64), primary_key=True),  # of the bytes as they came: see ``Body.identity``
    Column("message", ID, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("same_until", Instant, nullable=False),
    Index("ix_recent_body_same_until", "same_until"),
    sqlite_with_rowid=False,
)  # the same bytes from the same partner are the same message until then; later their identity is asked

waiting = Table(
    "waiting",
    metadata,
    Column("message", ID, ForeignKey("message.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("partner", PARTNER, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("waits_for", String(10), nullable=False),
    Column("subject_kind", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("sequence", LONG, nullable=False),
    Column("until", Instant, nullable=False),
    Index("ix_waiting_partner", "partner", "waits_for", "message"),
    Index("ix_waiting_subject", "partner", "subject", "subject_kind", "sequence", "message", "position"),
    Index("ix_waiting_until", "until"),
    _one_of("waits_for", model.WaitsFor),
    sqlite_with_rowid=False,
)  # documents that change something, and may not take effect yet

envelope = Table(
    "envelope",
    metadata,
    Column("message", ID, ForeignKey("message.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("partner", PARTNER, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("kind", WORD, nullable=False),
    Column("reference", REFERENCE, nullable=False),
    Column("sender", PARTY, nullable=False),
    Column("receiver", PARTY, nullable=False),
    Column("usage", WORD, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("judgement", String(10), nullable=False),
    Column("first_message", ID),
    Column("at", Instant, nullable=False),
    _one_of("judgement", model.Judgement),
)
_partial(
    "uq_envelope_reference",
    envelope.c.partner,
    envelope.c.reference,
    envelope.c.sender,
    envelope.c.receiver,
    envelope.c.kind,
    where=(envelope.c.judgement == "first") & (envelope.c.direction == "in"),
    unique=True,
)  # ours may come round again after 999,999,999; theirs where the partner's file allows it, else a person looks

_partial(
    "ix_envelope_superseded",
    envelope.c.partner,
    envelope.c.reference,
    where=envelope.c.judgement == "superseded",
)  # bytes from before a partner's numbers restarted are still known

document = Table(
    "document",
    metadata,
    Column("message", ID, ForeignKey("message.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("envelope", Integer),
    Column("partner", PARTNER, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("document", String(60)),
    Column("release", String(20)),
    Column("reference", String(80)),
    Column("subject_kind", String(40)),
    Column("subject", String(80)),
    Column("details", Json(dict[str, str])),
    Column("test", Boolean, nullable=False),
    Column("validation", WORD, nullable=False),
    Column("acknowledgement", WORD, nullable=False),
    Column("outcome", WORD, nullable=False),
    Column("findings", Json(list[Diagnostic]), nullable=False),
    Column("canonical", LargeBinary),
    Column("map_name", String(120)),
    Column("map_digest", String(64)),
    Column("schema_digest", String(64)),
    Column("cause_kind", WORD),
    Column("cause", CAUSE),
    Column("cause_position", Integer),
    _one_of("validation", model.Validation),
    _one_of("acknowledgement", model.Acknowledgement),
    _one_of("outcome", Outcome),
)

search_key = Table(
    "search_key",
    metadata,
    Column("folded", String(120), primary_key=True),  # value in capitals, for the search box
    Column("message", ID, ForeignKey("message.id"), primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("partner", PARTNER, nullable=False),
    Column("value", String(120), nullable=False),
    sqlite_with_rowid=False,  # the key is the row: one tree instead of two
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", LONG, primary_key=True, autoincrement=True),
    Column("message", ID, ForeignKey("message.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("event", String(40), nullable=False),
    Column("text", WordingText),
    Column("actor", String(80), nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("message", ID, ForeignKey("message.id"), primary_key=True),
    Column("partner", PARTNER, nullable=False),
    Column("transport", String(20), nullable=False),
    Column("state", WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant),  # NULL: in a mailbox, where the partner comes for it
    Column("read_at", Instant),
    Column("received_at", Instant),
    Column("verdict", String(10)),
    Column("verdict_reason", Text),
    Column("error", WordingText),
    _one_of("state", model.Delivery),
    _one_of("verdict", model.Verdict),
)
_partial(
    "ix_delivery_due",
    delivery.c.next_attempt_at,
    delivery.c.message,
    where=delivery.c.next_attempt_at.is_not(None),
)
_partial(
    "ix_delivery_lane",
    delivery.c.partner,
    delivery.c.next_attempt_at,
    delivery.c.message,
    where=delivery.c.next_attempt_at.is_not(None),
)
_partial(
    "ix_delivery_mailbox",
    delivery.c.partner,
    delivery.c.message,
    where=delivery.c.next_attempt_at.is_(None) & (delivery.c.state == "ready"),
)

MESSAGE_ROW: list[ColumnElement[Any]] = [
    *(message.c[name] for name in model.MessageRow.__struct_fields__ if name in message.c),
    select(delivery.c.verdict).where(delivery.c.message == message.c.id).correlate(message).scalar_subquery()
    .label("verdict"),
]  # fmt: skip
"""What is selected for one line of the log."""

earlier_delivery = Table(
    "earlier_delivery",
    metadata,
    Column("message", ID, ForeignKey("delivery.message"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", WORD, nullable=False),
    Column("read_at", Instant),
    Column("received_at", Instant),
    Column("error", WordingText),
    Column("ended_at", Instant, nullable=False),  # when it was asked to be sent once more
    _one_of("state", model.Delivery),
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("message", ID, ForeignKey("delivery.message"), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("ok", Boolean),
    Column("detail", WordingText),
)

stopped_lane = Table(
    "stopped_lane",
    metadata,
    Column("partner", PARTNER, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("rounds", Integer, nullable=False),  # in which the place was found at fault; only grows while it is
    Column("again_at", Instant, nullable=False),
    Column("reason", WordingText, nullable=False),
    Column("message", ID, nullable=False),  # the answer that stands for all that wait
    sqlite_with_rowid=False,
)  # no row: nothing is known to be in the way of what the partner is owed

control_number = Table(
    "control_number",
    metadata,
    Column("partner", PARTNER, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("last", Integer, nullable=False),
    Column("taken_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

owed = Table(
    "owed",
    metadata,
    Column("id", LONG, primary_key=True, autoincrement=True),
    Column("partner", PARTNER, nullable=False),
    Column("debtor", WORD, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("reference", String(120), nullable=False),
    Column("of_envelope", Boolean, nullable=False, server_default=false()),
    Column("cause_kind", WORD, nullable=False),
    Column("cause", CAUSE, nullable=False, index=True),
    Column("cause_position", Integer),
    Column("due_at", Instant, nullable=False),
    Column("state", WORD, nullable=False),
    Column("done_by", ID),
    Column("done_at", Instant),
    _one_of("debtor", model.Debtor),
    _one_of("state", model.DutyState),
)
Index("ix_owed_reference", owed.c.partner, owed.c.reference)
_partial("ix_owed_due", owed.c.due_at, where=owed.c.state == "awaited")
