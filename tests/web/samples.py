"""A day's messages in a small hub, written through the exchange's own functions: what the pages are shown with."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from hub.canonical.result import Cause
from hub.exchange import envelopes, outbox, recording
from hub.exchange.intake import Incoming
from hub.exchange.model import DocumentRow, EnvelopeRow, StageTime, Validation
from hub.exchange.outbox import OutboundMessage
from hub.exchange.recording import Processed
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.identity import new_id
from hub.kernel.location import Location
from hub.kernel.outcome import Key, Outcome
from hub.kernel.sentence import as_written
from hub.web.hub import Link
from tests.exchange.story import number_keys
from tests.stored import accept, put_keys
from tests.web.small_hub import SmallHub

HOLE = re.compile(r"\{(\w+)[^}]*\}")
SAMPLES = Path(__file__).parents[2] / "partners" / "acme-cardio" / "samples"
ORDER = (SAMPLES / "order.edi").read_bytes()
CANONICAL = json.dumps(
    {
        "document": "PurchaseOrder",
        "version": 1,
        "number": "4500098123",
        "purpose": "original",
        "kind": "release",
        "release": "0001",
        "contract": "BPA-2026-017",
        "currency": "USD",
        "placed": {"on": "2026-11-02"},
        "parties": [{"role": "buyer", "name": "Acme Cardio Inc", "id": {"value": "123456789", "scheme": "duns"}}],
        "lines": [
            {
                "number": "10",
                "item": {"buyer": "AC-1001", "revision": "D", "seller": "CM-77-1001"},
                "quantity": {"value": "5000", "unit": "each"},
                "price": {"amount": "12.35", "currency": "USD"},
                "schedules": [
                    {"quantity": {"value": "2000", "unit": "each"}, "due": {"on": "2026-12-15"}},
                    {"quantity": {"value": "3000", "unit": "each"}, "due": {"on": "2027-01-15"}},
                ],
            }
        ],
    }
).encode()
RULES = "mappings/x12/004010/850.toml"
LINKS = [
    Link(path=path, segment=segment, tag=tag, element=element, rule=f"{RULES}:{line}")
    for path, segment, tag, element, line in (
        ("purpose", 2, "BEG", 1, 9),
        ("kind", 2, "BEG", 2, 10),
        ("number", 2, "BEG", 3, 8),
        ("release", 2, "BEG", 4, 11),
        ("placed.on", 2, "BEG", 5, 12),
        ("contract", 2, "BEG", 6, 13),
        ("currency", 3, "CUR", 2, 14),
        ("parties[0].role", 11, "N1", 1, 22),
        ("parties[0].name", 11, "N1", 2, 23),
        ("parties[0].id", 11, "N1", 3, 24),
        ("parties[0].id", 11, "N1", 4, 24),
        ("lines[0].number", 15, "PO1", 1, 40),
        ("lines[0].quantity", 15, "PO1", 2, 41),
        ("lines[0].quantity", 15, "PO1", 3, 41),
        ("lines[0].price.amount", 15, "PO1", 4, 42),
        ("lines[0].item.buyer", 15, "PO1", 7, 43),
        ("lines[0].item.revision", 15, "PO1", 9, 44),
        ("lines[0].item.seller", 15, "PO1", 11, 45),
        ("lines[0].schedules[0].quantity", 19, "SCH", 1, 60),
        ("lines[0].schedules[0].due.on", 19, "SCH", 6, 61),
        ("lines[0].schedules[1].quantity", 20, "SCH", 1, 60),
        ("lines[0].schedules[1].due.on", 20, "SCH", 6, 61),
    )
]
FINDING = Diagnostic(
    code="GDE-ELEMENT-TOO-LONG",
    severity=Severity.VALUE,
    told="BEG03 has 26 characters, at most 22 are allowed",
    location=Location(envelope="101", group="101", document="0001", segment=2, tag="BEG", element=3),
    advised="send the purchase order number in 22 characters or fewer",
    standard="5",
    found="4500098123-AND-FAR-TOO-LONG",
    expected="1 to 22 characters",
)


def fill(hub: SmallHub) -> str:
    """Write the day; return the id of the order that everything was fine with."""
    hub.links = LINKS
    now = hub.clock.now()
    order = receive(hub, ORDER, now - timedelta(minutes=4), "4500098123", 101, outcome="changed")
    answer(hub, order, "997", "FunctionalAcknowledgement", now - timedelta(minutes=3, seconds=59), 401)
    answer(hub, order, "855", "OrderAcknowledgement", now - timedelta(minutes=3, seconds=59), 402, order="4500098123")
    for n in range(12):
        number = f"45000981{30 + n}"
        body = ORDER.replace(b"4500098123", number.encode()).replace(b"000000101", f"{110 + n:09d}".encode())
        words: tuple[Validation, Outcome] = (("valid", "accepted"), ("warnings", "changed"), ("valid", "accepted"))[
            n % 3
        ]
        receive(hub, body, now - timedelta(hours=1 + 3 * n), number, 110 + n, validation=words[0], outcome=words[1])
    bad = ORDER.replace(b"4500098123", b"4500098123-AND-FAR-TOO-LONG")
    receive(
        hub,
        bad,
        now - timedelta(minutes=26),
        "4500098123-AND-FAR-TOO-LONG",
        102,
        validation="rejected",
        outcome="none",
        findings=[FINDING],
        attention="the document was rejected",
    )
    receive(
        hub,
        ORDER + b"\n",
        now - timedelta(minutes=50),
        "4500098123",
        103,
        outcome="held",
        attention="order 4500098123 came again under a new control number",
    )
    return order


def receive(
    hub: SmallHub,
    body: bytes,
    at: datetime,
    number: str,
    control_number: int,
    *,
    partner: str = "acme-cardio",
    validation: Validation = "valid",
    outcome: Outcome = "accepted",
    findings: list[Diagnostic] | None = None,
    attention: str | None = None,
) -> str:
    """Take in ``body`` and record what became of it."""
    message = new_id()
    row = _order_row(message, partner, number, control_number, validation, outcome, findings or [])
    keys = [
        Key(kind="purchase-order", value=number),
        Key(kind="item", value="AC-1001"),
        Key(kind="interchange", value=str(control_number)),
    ]
    incoming = Incoming(
        id=message,
        partner=partner,
        transport="http",
        body=hub.blobs.keep(body),
        received_at=at,
        content_type="application/edi-x12",
    )

    def work(conn: Connection) -> str:
        accepted = accept(conn, incoming)
        assert not accepted.duplicate
        envelopes.enter(conn, _envelope(message, partner, control_number, at))
        recording.put_documents(conn, [row])
        put_keys(conn, partner, message, keys)
        recording.record(conn, _processed(row, at, keys, attention))
        return message

    return hub.database.write_now(work)


def _order_row(
    message: str,
    partner: str,
    number: str,
    control_number: int,
    validation: Validation,
    outcome: Outcome,
    findings: list[Diagnostic],
) -> DocumentRow:
    return DocumentRow(
        message=message,
        position=1,
        partner=partner,
        direction="in",
        kind="850",
        envelope=1,
        document="PurchaseOrder",
        release="004010",
        details={"group": f"PO {control_number}"},
        reference="0001",
        subject_kind="purchase-order",
        subject=number,
        validation=validation,
        outcome=outcome,
        findings=findings,
        canonical=CANONICAL if validation != "rejected" else None,
        map_name="acme-cardio/850",
        map_digest="5f2c9a7e11d04b6f",
    )


def _processed(row: DocumentRow, at: datetime, keys: list[Key], attention: str | None) -> Processed:
    """Return what the log says of a message with that one document, seven milliseconds a stage."""
    names = ("received", "mapped", "finished")
    return Processed(
        message=row.message,
        partner=row.partner,
        stages=[StageTime(stage=name, at=at + timedelta(milliseconds=7 * n)) for n, name in enumerate(names)],
        validation=row.validation,
        outcome=row.outcome,
        acknowledgement="rejected" if row.validation == "rejected" else "accepted",
        syntax="x12",
        wire=row.kind,
        document=row.document,
        attention=attention and as_written(attention),
        keys=keys,
        documents=1,
    )


def answer(
    hub: SmallHub,
    to: str,
    wire: str,
    document: str,
    at: datetime,
    control_number: int,
    *,
    partner: str = "acme-cardio",
    order: str | None = None,
) -> str:
    """Put an answer of ours into the partner's mailbox."""
    message = new_id()
    body = (
        f"ISA*00*          *00*          *ZZ*MEDCM          *01*123456789      *261120*1200*U*00401*"
        f"{control_number:09d}*0*P*>~GS*FA*MEDCM*123456789*20261120*1200*{control_number}*X*004010~"
        f"ST*{wire}*0001~AK1*PO*101~AK9*A*1*1*1~SE*4*0001~GE*1*{control_number}~IEA*1*{control_number:09d}~"
    ).encode()
    row = DocumentRow(
        message=message,
        position=1,
        partner=partner,
        direction="out",
        kind=wire,
        envelope=1,
        document=document,
        release="004010",
        details={"group": f"FA {control_number}"},
        reference="0001",
        subject_kind="purchase-order" if order else None,
        subject=order,
        validation="valid",
        cause_kind="message" if to else None,
        cause=to,
        cause_position=1,
    )

    def work(conn: Connection) -> None:
        outgoing = OutboundMessage(
            id=message,
            partner=partner,
            transport="mailbox",
            body=hub.blobs.keep(body),
            created_at=at,
            syntax="x12",
            wire=wire,
            document=document,
            because=Cause(kind="message", id=to) if to else None,
            acknowledgement="awaited" if wire == "855" else "none",
            content_type="application/edi-x12",
            envelopes=[_envelope(message, partner, control_number, at, direction="out")],
            documents=[row],
            keys=[*number_keys(row), Key(kind="interchange", value=str(control_number))],
        )
        outbox.put_all(conn, [outgoing])

    hub.database.write_now(work)
    return message


def _envelope(message: str, partner: str, number: int, at: datetime, *, direction: str = "in") -> EnvelopeRow:
    theirs, ours = "01:123456789", "ZZ:MEDCM"
    sender, receiver = (theirs, ours) if direction == "in" else (ours, theirs)
    return EnvelopeRow(
        message=message,
        position=1,
        partner=partner,
        direction="in" if direction == "in" else "out",
        kind="interchange",
        reference=str(number),
        sender=sender,
        receiver=receiver,
        usage="production",
        digest=message,
        judgement="first",
        at=at,
    )
