"""What the API says of a message to a person of the factory. Bytes and canonical documents have addresses of their own.

A list inside an answer holds the first of it; ``counts`` says how many there are, and ``more`` where the others are: a
list with a cursor like every other. What a partner's key is told of the same is ``hub.web.api.partner_view``.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.exchange.model import (
    GROUP,
    Acknowledgement,
    Delivery,
    DeliveryRow,
    Direction,
    Duty,
    DutyState,
    EnvelopeRow,
    Judgement,
    MessageRow,
    StageTime,
    TimelineEntry,
    Usage,
    Validation,
)
from hub.exchange.parts import DocumentPart, MessageHead
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key, Outcome
from hub.kernel.struct import Struct
from hub.web.addresses import message_part
from hub.web.hub import Link

USAGES: dict[Usage, str] = {"production": "P", "test": "T", "information": "I", "unclear": ""}


class DocumentState(Struct):
    """One document of the message: ST … SE, an XML document, a JSON body."""

    position: int  # in the message, from 1
    kind: str  # 850
    document: str | None  # PurchaseOrder
    order_number: str | None
    set_control_number: str | None
    group_control_number: int | None
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
    attention: str | None
    keys: list[Key]
    answers_to: str | None  # outbound: id of the message it answers


class MessageList(Struct):
    """A part of the log; ``next`` goes into ``cursor`` and is null at the end."""

    items: list[MessageItem]
    next: str | None


class InterchangeState(Struct):
    """One envelope of a message."""

    message: str
    position: int
    partner: str
    direction: Direction
    kind: str  # of its reference: interchange
    reference: str
    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    control_number: int | None  # its reference, where that is a number: ISA13
    usage: str  # ISA15: T, P or I; "" where it could not be read
    digest: str
    judgement: Judgement
    at: datetime
    first_message: str | None


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
    interchanges: list[InterchangeState]
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


class InterchangeList(Struct):
    """Envelopes of a message."""

    items: list[InterchangeState]
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


def interchange_of(row: EnvelopeRow) -> InterchangeState:
    """Return an envelope as the API says it."""
    named = {"kind": row.kind, "reference": row.reference, "usage": USAGES[row.usage]}
    for party in ("sender", "receiver"):
        qualifier, _, named[party] = getattr(row, party).rpartition(":")
        named[f"{party}_qualifier"] = qualifier
    return InterchangeState(
        message=row.message,
        position=row.position,
        partner=row.partner,
        direction=row.direction,
        control_number=_number(row.reference),
        digest=row.digest,
        judgement=row.judgement,
        at=row.at,
        first_message=row.first_message,
        **named,
    )


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
        "interchanges": [interchange_of(each) for each in head.interchanges],
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


def _number(reference: str | None) -> int | None:
    """Return a reference as the number it is, where it is one."""
    return int(reference) if reference and reference.isdecimal() else None


def document_of(part: DocumentPart) -> DocumentState:
    """Return one document with the first of its findings."""
    row = part.document
    whole = len(row.findings) == part.finding_count
    address = message_part(row.message, "documents", row.position, "findings")
    said = {name: getattr(row, name) for name in DocumentState.__struct_fields__ if hasattr(row, name)}
    return DocumentState(
        **said,
        set_control_number=row.reference,
        group_control_number=_number((row.envelope or {}).get(GROUP)),
        counts={"findings": part.finding_count},
        more={} if whole else {"findings": address},
    )
