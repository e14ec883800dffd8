"""What the API says of a message to a person of the factory. Bytes and canonical documents have addresses of their own.

A list inside an answer holds the first of it; ``counts`` says how many there are, and ``more`` where the others are: a
list with a cursor like every other. What a partner's key is told of the same is ``hub.web.api.partner_view``.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.exchange.model import (
    Acknowledgement,
    Delivery,
    DeliveryRow,
    Direction,
    Duty,
    DutyState,
    EnvelopeRow,
    MessageRow,
    StageTime,
    TimelineEntry,
    Validation,
)
from hub.exchange.parts import DocumentPart, MessageHead
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key, Outcome
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.web.addresses import message_part
from hub.web.hub import Link


class DocumentState(Struct):
    """One document of the message: ST … SE, an XML document, a JSON body."""

    position: int  # in the message, from 1
    kind: str  # 850
    document: str | None  # PurchaseOrder
    subject: Key | None  # what it is about
    reference: str | None  # its own number in its envelope: ST02
    details: dict[str, str] | None  # what else its envelope says of it: GS01 and GS06
    test: bool
    validation: Validation
    acknowledgement: Acknowledgement
    outcome: Outcome
    findings: list[Diagnostic]
    map_name: str | None
    map_digest: str | None
    counts: dict[str, int]
    more: dict[str, str]


class MessageItem(Struct):
    """One line of the message log."""

    id: str
    partner: str
    direction: Direction
    received_at: datetime
    syntax: str | None
    document: str | None
    wire: str | None
    test: bool
    size_bytes: int
    sha256: str
    content_type: str | None
    file_name: str | None
    transport: str
    stage: str
    validation: Validation
    delivery: Delivery
    acknowledgement: Acknowledgement
    outcome: Outcome
    attention: Wording | None
    keys: list[Key]
    answers_to: str | None  # outbound: id of the message it answers


class MessageList(Struct):
    """A part of the log; ``next`` goes into ``cursor`` and is null at the end."""

    items: list[MessageItem]
    next: str | None


class AcknowledgementState(Struct):
    """What a partner owes us for a message of ours."""

    kind: str  # 997, 999, TA1
    message: str
    reference: str  # what it acknowledges, as its syntax names it: "PR 41" is GS01 and GS06, "41" ISA13
    due_at: datetime
    state: DutyState
    acknowledged_by: str | None  # their message


class MessageState(MessageItem):
    """Where one message stands: its line of the log, and the first of everything beneath it."""

    findings: list[Diagnostic]  # about its envelopes, or why it could not be read at all
    documents: list[DocumentState]
    envelopes: list[EnvelopeRow]
    answers: list[str]  # ids of our messages that answer it
    delivery_state: DeliveryRow | None  # outbound: attempts, receipt, verdict
    acknowledgements: list[AcknowledgementState]
    counts: dict[str, int]  # of each list, and of the timeline
    more: dict[str, str]  # of each list that goes on: where it is whole


class DocumentList(Struct):
    """Documents of a message; ``next`` goes into ``cursor`` and is null at the end."""

    items: list[DocumentState]
    next: str | None


class FindingList(Struct):
    """Findings about a document, or about the envelopes of a message."""

    items: list[Diagnostic]
    next: str | None


class EnvelopeList(Struct):
    """Envelopes of a message."""

    items: list[EnvelopeRow]
    next: str | None


class AcknowledgementList(Struct):
    """What we wait for, or waited for, because of a message."""

    items: list[AcknowledgementState]
    next: str | None


class Provenance(Struct):
    """Where canonical fields of one document stand on the wire, in wire order."""

    items: list[Link]
    next: str | None
    map: str | None
    map_digest: str | None


class Timeline(Struct):
    """The stages a message reached, and what else happened to it; oldest first."""

    stages: list[StageTime]
    items: list[TimelineEntry]
    next: str | None


def item_of(row: MessageRow) -> MessageItem:
    """Return one line of the log as the API says it."""
    said = {name: getattr(row, name) for name in MessageItem.__struct_fields__ if hasattr(row, name)}
    return MessageItem(**said, answers_to=row.answers)


def acknowledgement_of(duty: Duty) -> AcknowledgementState:
    """Return a duty of theirs as the API says it."""
    return AcknowledgementState(
        kind=duty.kind,
        message=duty.because.id,
        reference=duty.reference,
        due_at=duty.due_at,
        state=duty.state,
        acknowledged_by=duty.done_by,
    )


def state_of(head: MessageHead) -> MessageState:
    """Return what the API says of the message in ``head``."""
    lists: dict[str, list[object]] = {
        "findings": [*head.findings],
        "documents": [document_of(each) for each in head.documents],
        "envelopes": [*head.envelopes],
        "answers": [answer.id for answer in head.answers],
        "acknowledgements": [acknowledgement_of(each) for each in head.duties],
    }
    cut = [name for name, items in lists.items() if len(items) < head.counts[name]]
    return MessageState(
        **msgspec.structs.asdict(item_of(head.message)),
        **lists,  # type: ignore[arg-type]  # each is what its name says
        delivery_state=head.delivery,
        counts=head.counts,
        more={name: message_part(head.message.id, name) for name in cut},
    )


def document_of(part: DocumentPart) -> DocumentState:
    """Return one document with the first of its findings."""
    row = part.document
    whole = len(row.findings) == part.finding_count
    address = message_part(row.message, "documents", row.position, "findings")
    said = {name: getattr(row, name) for name in DocumentState.__struct_fields__ if hasattr(row, name)}
    return DocumentState(
        **said | {"subject": row.about},
        counts={"findings": part.finding_count},
        more={} if whole else {"findings": address},
    )
