"""What the exchange tells about messages: rows as values.

Queries of this room return these; pages and the API show them. A *message* is one received (or sent) body; it holds
envelopes and documents, each with its own findings, outcome and keys, and shows the worst of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hub.canonical.result import Cause, CauseKind
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key, Outcome
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct

Direction = Literal["in", "out"]
Validation = Literal["pending", "valid", "warnings", "rejected", "unreadable"]
Delivery = Literal["none", "ready", "sent", "delivered", "failed"]
Acknowledgement = Literal["none", "awaited", "accepted", "partly", "rejected", "overdue"]
ACKNOWLEDGEMENTS_BY_GRAVITY: tuple[Acknowledgement, ...] = (
    "none", "accepted", "awaited", "overdue", "partly", "rejected"
)  # fmt: skip
"""What stands for several is the last of these that any of them has: what is bad anywhere is told."""
Usage = Literal["production", "test", "information", "unclear"]
"""What an envelope says its documents are for. A syntax that has no word for it leaves that to the partner's file, and
says production."""
Debtor = Literal["partner", "us"]
DutyState = Literal[Acknowledgement, "done"]
"""Of a duty of theirs, what they said when they did it; of ours, that it is done."""
Judgement = Literal["first", "superseded", "duplicate", "conflict", "refused"]
Verdict = Literal["approve", "refuse"]

WaitsFor = Literal["earlier", "subject"]
"""What a document that changes something waits for: earlier messages of its partner, or what it is about."""

Event = Literal[
    "held",
    "waits",
    "waited-too-long",
    "processing-failed",
    "replay-asked",
    "resend-asked",
    "dealt-with",
    "noted",
    "fetched",
    "received",
    "approved",
    "refused",
    "sent",
    "delivered",
    "delivery-failed",
    "deliveries-stopped",
    "deliveries-resumed",
    "acknowledged",
    "acknowledgement-contradicted",
    "acknowledgement-overdue",
    "answer-overdue",
    "nobody-fetches",
]
"""What can happen to a message after its stages. What a partner is told of each stands in ``partner_view``."""


class StageTime(Struct):
    """When a message reached a stage."""

    stage: str  # received, mapped (all of it is read), finished (all of it has taken effect)
    at: datetime


class MessageRow(Struct):
    """One line of the message log."""

    id: str
    partner: str
    direction: Direction
    received_at: datetime
    syntax: str | None = None  # x12, xml, cxml, json, zip, unknown; None until opened
    document: str | None = None  # canonical name, "PurchaseOrder"; None until mapped
    wire: str | None = None  # the standard's own name, "850"; "850, 860" if mixed
    documents: int = 0  # how many documents the body holds
    test: bool = False
    size_bytes: int = 0
    sha256: str = ""
    content_type: str | None = None
    file_name: str | None = None  # as the partner called it; never a path of ours
    transport: str = ""
    idempotency_key: str | None = None
    stage: str = "received"
    validation: Validation = "pending"
    delivery: Delivery = "none"
    acknowledgement: Acknowledgement = "none"
    outcome: Outcome = "none"
    attention: Wording | None = None  # why a person should look; None when nobody need
    keys: list[Key] = []  # the first KEYS_SHOWN_MAX of them
    cause_kind: CauseKind | None = None  # outbound: because of what it was sent
    cause: str | None = None
    repeats: int = 0  # how often the same bytes came again
    verdict: Verdict | None = None  # outbound: what its receiver thinks of it

    @property
    def why(self) -> str | None:
        """Why a person should look, in English."""
        return None if self.attention is None else str(self.attention)

    @property
    def answers(self) -> str | None:
        """The message that it answers."""
        return self.cause if self.cause_kind == "message" else None


class MessagePage(Struct):
    """A page of the log; ``next`` continues it."""

    items: list[MessageRow]
    next: str | None = None


class EnvelopeRow(Struct):
    """One envelope received or sent. Every received number is kept, duplicates too."""

    message: str
    position: int  # in the message, from 1
    partner: str
    direction: Direction
    kind: str  # of its control reference: interchange (ISA13), document (what a map says it is known by)
    reference: str  # ISA13 without zeros
    sender: str  # with its qualifier, where the syntax has one: "01:123456789"
    receiver: str
    usage: Usage
    digest: str  # SHA-256 of what it means; of an old one, and of ours, of its bytes
    judgement: Judgement
    at: datetime
    first_message: str | None = None  # of a duplicate or conflict: where the number was first seen; of a first whose
    # number came round again: who had it before, and is ``superseded`` now


class DocumentRow(Struct):
    """One transaction set, XML document or JSON body of a message."""

    message: str
    position: int  # in the message, from 1
    partner: str
    direction: Direction
    kind: str  # 850
    envelope: int | None = None  # position of its envelope
    document: str | None = None  # PurchaseOrder
    release: str | None = None  # GS08 as sent: 004010
    reference: str | None = None  # its own number in its envelope: ST02
    subject_kind: str | None = None  # what it is about: purchase-order
    subject: str | None = None  # and how its sender calls that
    details: dict[str, str] | None = None  # what else only its syntax understands, by name; of X12 the group, "PO 41"
    test: bool = False
    validation: Validation = "pending"
    acknowledgement: Acknowledgement = "none"
    outcome: Outcome = "none"
    findings: list[Diagnostic] = []
    canonical: bytes | None = None  # JSON of the canonical document
    map_name: str | None = None
    map_digest: str | None = None
    schema_digest: str | None = None  # of the schema that judged it; of X12 that is its guide
    cause_kind: CauseKind | None = None  # outbound: because of what it was sent
    cause: str | None = None
    cause_position: int | None = None  # of the document in its message

    @property
    def about(self) -> Key | None:
        """What it is about, as one value."""
        return Key(kind=self.subject_kind, value=self.subject) if self.subject_kind and self.subject else None


class TimelineEntry(Struct):
    """Something that happened to a message. ``event`` is a stable word, ``text`` what is to be said of it."""

    at: datetime
    event: str
    text: Wording | None = None
    actor: str = "hub"  # hub, partner:<id>, person:<login>


class PersonNote(Struct):
    """That a person has seen to a message: when, who, and what they wrote of it."""

    at: datetime
    by: str  # login
    remark: Wording | None = None


class AttemptRow(Struct):
    """One try to hand a message over."""

    attempt: int
    started_at: datetime
    finished_at: datetime | None = None
    ok: bool | None = None  # None while under way, or when we died in it
    detail: Wording | None = None


class EarlierDelivery(Struct):
    """How an outbound message got to its receiver before it was sent once more."""

    number: int  # from 1
    state: Delivery
    ended_at: datetime  # when it was asked to be sent once more
    read_at: datetime | None = None
    received_at: datetime | None = None
    error: Wording | None = None


class DeliveryRow(Struct):
    """How an outbound message gets to its receiver. A verdict is of the message, however often it is sent."""

    message: str
    partner: str
    transport: str  # mailbox, folder
    state: Delivery
    attempts: int = 0
    next_attempt_at: datetime | None = None
    read_at: datetime | None = None  # mailbox: first fetched
    received_at: datetime | None = None  # the receiver said so
    verdict: Verdict | None = None
    verdict_reason: str | None = None
    error: Wording | None = None
    tries: list[AttemptRow] = []
    earlier: list[EarlierDelivery] = []  # oldest first


class Duty(Struct):
    """What is owed: an acknowledgement of what we sent, or an answer of ours that could not be given at once."""

    partner: str  # who owes it, or to whom we do
    debtor: Debtor
    kind: str  # as its wire names an acknowledgement; of ours the canonical document, or "answer" where nobody could
    # read what was asked
    because: Cause  # the message we sent; the document that asked
    due_at: datetime
    state: DutyState
    reference: str = ""  # what is acknowledged, as its syntax names it, or is answered, as the partner names it
    of_envelope: bool = False  # it speaks of an envelope, and of no document in it
    done_by: str | None = None  # the message that did it; None: a person did, by other means
    done_at: datetime | None = None


class MessageDetail(Struct):
    """Everything about one message but its bytes."""

    message: MessageRow
    findings: list[Diagnostic] = []  # about its envelopes, or why it could not be read at all
    envelopes: list[EnvelopeRow] = []
    documents: list[DocumentRow] = []
    stages: list[StageTime] = []
    timeline: list[TimelineEntry] = []  # oldest first, stages not among them
    delivery: DeliveryRow | None = None
    answers: list[MessageRow] = []  # outbound messages that answer this one
    duties: list[Duty] = []  # theirs for what we sent, ours for what we received


class MailboxItem(Struct):
    """A message that waits in a partner's mailbox."""

    id: str
    size_bytes: int
    sha256: str
    created_at: datetime
    document: str | None = None
    wire: str | None = None
    test: bool = False
    content_type: str | None = None
    file_name: str | None = None
    answers: str | None = None
    read_at: datetime | None = None


class MailboxPage(Struct):
    """What waits, oldest first; ``next`` continues it."""

    items: list[MailboxItem]
    next: str | None = None


class RefusedFileRow(Struct):
    """A file of a partner's folder that is set aside: it is no message, and nobody has taken it in."""

    id: str
    partner: str
    name: str
    at: datetime
    reason: Wording
    size_bytes: int | None = None
    sha256: str | None = None  # of what is kept of it
    dealt_with_at: datetime | None = None
    dealt_with_by: str | None = None
    remark: str | None = None  # what that person wrote of it

    @property
    def kept_as(self) -> str:
        """The folder in which it lies, below the root of all folders."""
        return f".hub/refused/{self.partner}/{self.id}"


class SearchHit(Struct):
    """A message found by one of its keys."""

    key: Key
    message: MessageRow


class Filters(Struct):
    """What a person asked the log for. ``None`` means "any"."""

    partner: str | None = None
    direction: Direction | None = None
    document: str | None = None  # canonical name or wire name
    status: str | None = None  # attention, or a word of one of the three statuses or of the outcome
    test: bool | None = None
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive
    q: str | None = None  # a business key, control number, message id or file name
