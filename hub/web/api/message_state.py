"""Everything the API says of one message. Bytes, canonical documents and provenance have addresses of their own."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.exchange.model import (
    Acknowledgement,
    Delivery,
    DeliveryRow,
    Direction,
    ExpectedAcknowledgement,
    InterchangeRow,
    Key,
    MessageDetail,
    MessagePage,
    Outcome,
    Validation,
)
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.struct import Struct


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


class MessageState(MessageItem):
    """Where one message stands: its line of the log, and everything beneath it."""

    findings: list[Diagnostic]  # about its envelopes, or why it could not be read at all
    documents: list[DocumentState]
    interchanges: list[InterchangeRow]
    answers: list[str]  # ids of our messages that answer it
    delivery_state: DeliveryRow | None  # outbound: attempts, receipt, verdict
    acknowledgements: list[ExpectedAcknowledgement]


def list_of(page: MessagePage) -> MessageList:
    """Return a part of the log as the API says it."""
    return MessageList(items=[_item(msgspec.structs.asdict(row)) for row in page.items], next=page.next)


def _item(row: dict[str, object]) -> MessageItem:
    said = {name: row[name] for name in MessageItem.__struct_fields__ if name in row}
    return msgspec.convert({**said, "answers_to": row["answers"]}, MessageItem)


def state_of(detail: MessageDetail) -> MessageState:
    """Return what the API says of the message in ``detail``."""
    row = msgspec.structs.asdict(detail.message)
    said = {name: row[name] for name in MessageState.__struct_fields__ if name in row}
    said |= {
        "findings": detail.findings,
        "documents": [_document(msgspec.structs.asdict(each)) for each in detail.documents],
        "interchanges": detail.interchanges,
        "answers": [answer.id for answer in detail.answers],
        "answers_to": detail.message.answers,
        "delivery_state": detail.delivery,
        "acknowledgements": detail.expected,
    }
    return MessageState(**said)


def _document(row: dict[str, object]) -> DocumentState:
    return msgspec.convert({name: row[name] for name in DocumentState.__struct_fields__}, DocumentState)
