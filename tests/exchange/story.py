"""Rows for tests: an order that came in, and the answer that goes out."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection

from hub.canonical.result import Cause
from hub.exchange import intake, outbox, recording
from hub.exchange.model import DocumentRow, EnvelopeRow, StageTime
from hub.kernel.identity import new_id
from hub.kernel.outcome import Key
from hub.kernel.sentence import as_written
from hub.platform.blobs import Body
from tests.stored import accept, put_keys

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def body(content: bytes) -> Body:
    return Body(sha256=sha256(content).hexdigest(), size_bytes=len(content), content=content)


def incoming(content: bytes = b"ISA", partner: str = "acme-cardio", **more: str) -> intake.Incoming:
    return intake.Incoming(
        id=new_id(),
        partner=partner,
        transport="http",
        body=body(content),
        received_at=NOW,
        **more,  # type: ignore[arg-type]
    )


def envelope(message: str, number: int, content: bytes = b"ISA", partner: str = "acme-cardio") -> EnvelopeRow:
    return EnvelopeRow(
        message=message,
        position=1,
        partner=partner,
        direction="in",
        kind="interchange",
        reference=str(number),
        sender="01:123456789",
        receiver="ZZ:MEDCM",
        usage="production",
        digest=sha256(content).hexdigest(),
        judgement="first",
        at=NOW,
    )


def number_keys(row: DocumentRow) -> list[Key]:
    """Return what an X12 document is found by, as the flow says it."""
    group = (row.details or {}).get("group", "").rpartition(" ")[2]
    numbers = [("group", group), ("set", row.reference)]
    return [*([row.about] if row.about else ()), *(Key(kind=kind, value=value) for kind, value in numbers if value)]


def receive_order(conn: Connection, order: str, partner: str = "acme-cardio", attention: str | None = None) -> str:
    """Take in an order and record it as accepted; return its message's id."""
    accepted = accept(conn, incoming(f"{partner} {order}".encode(), partner))
    row = DocumentRow(
        message=accepted.message_id,
        position=1,
        partner=partner,
        direction="in",
        kind="850",
        document="PurchaseOrder",
        reference="0001",
        subject_kind="purchase-order",
        subject=order,
        details={"group": "PO 7"},
        validation="valid",
        outcome="accepted",
    )
    recording.put_documents(conn, [row])
    keys = [Key(kind="item", value="CM-77-1001"), *number_keys(row)]
    processed = recording.Processed(
        message=accepted.message_id,
        partner=partner,
        stages=[StageTime(stage="received", at=NOW), StageTime(stage="finished", at=NOW)],
        validation="valid",
        outcome="accepted",
        syntax="x12",
        wire="850",
        document="PurchaseOrder",
        attention=attention and as_written(attention),
        keys=put_keys(conn, partner, accepted.message_id, keys),
        documents=1,
    )
    recording.record(conn, processed)
    return accepted.message_id


def answer(conn: Connection, order: str, answers: str, partner: str = "acme-cardio", transport: str = "mailbox") -> str:
    """Put the 855 for an order into the outbox; return its message's id."""
    message = new_id()
    row = DocumentRow(
        message=message,
        position=1,
        partner=partner,
        direction="out",
        kind="855",
        document="OrderAcknowledgement",
        reference="0001",
        subject_kind="purchase-order",
        subject=order,
        details={"group": "PR 41"},
        validation="valid",
        acknowledgement="awaited",
        cause_kind="message",
        cause=answers,
        cause_position=1,
    )
    outgoing = outbox.OutboundMessage(
        id=message,
        partner=partner,
        transport=transport,
        body=body(message.encode()),
        created_at=NOW,
        syntax="x12",
        wire="855",
        document="OrderAcknowledgement",
        because=Cause(kind="message", id=answers),
        acknowledgement="awaited",
        documents=[row],
        keys=number_keys(row),
    )
    outbox.put_all(conn, [outgoing])
    return message
