"""From what we have to say to bytes that wait for the partner: render, check, number, store.

In: a canonical document, or the segments of an acknowledgement. Out: a message in the outbox, its control numbers
taken in the caller's transaction. What cannot be written as the partner's guide wants it takes no number: it is kept
as it is, and a person is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.canonical.stored import encode_document
from hub.exchange import outbox
from hub.exchange.acknowledgements import expect
from hub.exchange.controls import Numbers
from hub.exchange.model import Acknowledgement, DocumentRow, ExpectedAcknowledgement, InterchangeRow, Key
from hub.exchange.partners import Partner
from hub.flow.desk import Desk
from hub.formats.tree import Value
from hub.formats.x12.acknowledge import ACKNOWLEDGEMENT_GROUP
from hub.formats.x12.compose import compose
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.separators import Separators
from hub.formats.x12.validate import Validator
from hub.formats.x12.writer import OutboundSet, write_bare, write_interchange
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Misconfigured
from hub.kernel.identity import new_id
from hub.kernel.struct import Struct
from hub.platform.blobs import Body

CONTENT_TYPE = "application/edi-x12"  # RFC 1767
ACKNOWLEDGED_BY = ("997", "999")


class Content(Struct):
    """What stands between ST and SE, checked and ready to be numbered."""

    kind: str  # ST01
    functional_group: str  # GS01
    release: str  # GS08
    segments: Sequence[Sequence[Value]]
    document: str | None = None  # canonical name
    canonical: bytes | None = None
    map_name: str | None = None
    map_digest: str | None = None
    guide_digest: str | None = None
    findings: list[Diagnostic] = []


class Occasion(Struct):
    """Why something is sent: in answer to what, and whether it is a test."""

    message: str  # the inbound message that is answered
    position: int | None  # and its document
    test: bool
    order_number: str | None = None
    keys: list[Key] = []


class Unsendable(Exception):
    """What we have to say cannot be said in this partner's guide; ``findings`` say why."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings


def render(desk: Desk, partner: Partner, document: Struct) -> Content:
    """Write a canonical document in the partner's words and hold it against the partner's guide. Stores nothing.

    Raises ``Unsendable`` when the map or the guide refuses what we have to say.
    """
    name = type(document).__name__
    chosen = desk.rules.outbound_map(partner.id, name)
    if chosen is None:
        raise Misconfigured(f"no map writes {name} for {partner.id}", remedy="name one under [receives]")
    kind, map_ = chosen
    release = map_.wire.split("/")[1]
    guide, validator = desk.rules.guide(release, kind, partner.id), desk.rules.validator(release, kind, partner.id)
    if guide is None or validator is None:
        raise Misconfigured(f"there is no guide for {map_.wire}", remedy=f"add schemas/{map_.wire}.toml")
    rendered = map_.render(document)
    composed = compose(rendered.root, guide) if rendered.root else None
    segments = composed.segments if composed else []
    findings = rendered.findings + (composed.findings if composed else [])
    if composed and not worst(findings).is_reject:
        findings = findings + _held_against_guide(validator, kind, segments, separators_of(partner), release)
    if worst(findings).is_reject:
        raise Unsendable(findings)
    return Content(
        kind=kind,
        functional_group=guide.functional_group,
        release=release,
        segments=segments,
        document=name,
        canonical=encode_document(document),
        map_name=map_.name,
        map_digest=map_.digest,
        guide_digest=guide.digest,
        findings=findings,
    )


class Tray:
    """What one transaction sends to one partner: numbered as it is put in, written table by table at the end."""

    def __init__(self, conn: Connection, desk: Desk, partner: Partner) -> None:
        self._conn, self._desk, self._partner = conn, desk, partner
        self._now = desk.clock.now()
        self._local = self._now.astimezone(ZoneInfo(partner.time_zone))
        self._numbers = Numbers(conn, partner.id, desk.clock)
        self._outgoing: list[outbox.Outgoing] = []
        self._expected: list[ExpectedAcknowledgement] = []

    def put(
        self,
        occasion: Occasion,
        contents: Sequence[Content],
        *,
        interchange_acknowledgements: Sequence[Sequence[str]] = (),
    ) -> str:
        """Number ``contents`` as one group in one interchange; return the id of the message it will be.

        Raises ``Unsendable`` when the data cannot be written; then no number has been taken.
        """
        numbers = self._numbers
        header = _interchange_header(self._partner, numbers.next("interchange"), occasion.test, contents, self._local)
        group = _group_header(self._partner, contents[0], numbers.next("group"), header) if contents else None
        written = write_interchange(
            header,
            [(group, _sets(contents))] if group else [],
            separators_of(self._partner),
            acknowledgements=interchange_acknowledgements,
        )
        if written.body is None:
            raise Unsendable(written.findings)
        numbers.take("interchange")
        if group:
            numbers.take("group")
        message_id = new_id()
        body = self._desk.blobs.keep(written.body)
        self._outgoing.append(_outgoing(message_id, self._partner, occasion, contents, header, group, body, self._now))
        if group and _owes_acknowledgement(self._partner, group):
            self._expected.append(_awaited(message_id, self._partner, group, self._now))
        return message_id

    def send(self) -> None:
        """Write everything into the outbox."""
        outbox.put_all(self._conn, self._outgoing)
        expect(self._conn, *self._expected)
        self._numbers.save()


def separators_of(partner: Partner) -> Separators:
    """Return the separators we write to the partner."""
    assert partner.envelope is not None
    chosen = partner.envelope.separators
    return Separators(
        element=chosen.element,
        segment=chosen.segment,
        component=chosen.component,
        repetition=chosen.repetition,
        segment_suffix=chosen.line_end,
    )


def _held_against_guide(
    validator: Validator, kind: str, segments: Sequence[Sequence[Value]], separators: Separators, release: str
) -> list[Diagnostic]:
    """Return what the guide says; where it refuses, first what the writer says: a separator in the data looks worse."""
    findings = validator.check(_as_set(kind, segments, separators, release)).findings
    if not worst(findings).is_reject:
        return findings
    return write_bare([OutboundSet(kind=kind, control_number=1, segments=segments)], separators).findings + findings


def _as_set(kind: str, segments: Sequence[Sequence[Value]], separators: Separators, release: str) -> TransactionSet:
    """Return composed segments as the validator takes them."""
    element, component = separators.element, separators.component or ""
    lines = [element.join(v if isinstance(v, str) else _joined(v, component) for v in values) for values in segments]
    return TransactionSet(
        [element.join(("ST", kind, "0001")), *lines, element.join(("SE", str(len(lines) + 2), "0001"))],
        separators,
        release=release,
    )


def _joined(value: list[str] | list[list[str]], component: str) -> str:
    return component.join(part if isinstance(part, str) else component.join(part) for part in value)


def _interchange_header(
    partner: Partner, number: int, test: bool, contents: Sequence[Content], local: datetime
) -> InterchangeHeader:
    assert partner.envelope is not None
    release = contents[0].release if contents else partner.envelope.releases[0]
    return InterchangeHeader(
        sender_qualifier=partner.envelope.ours.qualifier,
        sender_id=partner.envelope.ours.id,
        receiver_qualifier=partner.envelope.theirs.qualifier,
        receiver_id=partner.envelope.theirs.id,
        control_number=number,
        version=release[:5],  # ISA12 is the release of the envelope: 00401 around 004010
        usage="T" if test else "P",
        on=local.date(),
        at=local.time().replace(second=0, microsecond=0, tzinfo=None),
    )


def _group_header(partner: Partner, content: Content, number: int, header: InterchangeHeader) -> GroupHeader:
    assert partner.envelope is not None
    return GroupHeader(
        functional_group=content.functional_group,
        sender=partner.envelope.ours.group_id,
        receiver=partner.envelope.theirs.group_id,
        on=header.on,
        at=header.at,
        control_number=number,
        release=content.release,
    )


def _sets(contents: Sequence[Content]) -> list[OutboundSet]:
    return [
        OutboundSet(kind=content.kind, control_number=number, segments=content.segments)
        for number, content in enumerate(contents, start=1)
    ]


def _outgoing(
    message_id: str,
    partner: Partner,
    occasion: Occasion,
    contents: Sequence[Content],
    header: InterchangeHeader,
    group: GroupHeader | None,
    body: Body,
    now: datetime,
) -> outbox.Outgoing:
    acknowledgement: Acknowledgement = "awaited" if group and _owes_acknowledgement(partner, group) else "none"
    rows = [
        _document_row(message_id, position, partner, occasion, content, group, acknowledgement)
        for position, content in enumerate(contents, start=1)
        if group
    ]
    kind = contents[0].kind if contents else "TA1"
    return outbox.Outgoing(
        id=message_id,
        partner=partner.id,
        transport=partner.outbound(),
        body=body,
        created_at=now,
        syntax="x12",
        wire=kind,
        document=contents[0].document if contents else "FunctionalAcknowledgement",
        test=occasion.test,
        content_type=CONTENT_TYPE,
        file_name=f"{kind}-{header.control_number:09d}.edi",
        answers=occasion.message,
        acknowledgement=acknowledgement,
        interchanges=[_interchange_row(message_id, partner, header, body, now)],
        documents=rows,
        keys=occasion.keys,
    )


def _document_row(
    message_id: str,
    position: int,
    partner: Partner,
    occasion: Occasion,
    content: Content,
    group: GroupHeader,
    acknowledgement: Acknowledgement,
) -> DocumentRow:
    return DocumentRow(
        message=message_id,
        position=position,
        partner=partner.id,
        direction="out",
        kind=content.kind,
        interchange=1,
        document=content.document,
        release=content.release,
        functional_group=content.functional_group,
        group_control_number=group.control_number,
        set_control_number=f"{position:04d}",
        order_number=occasion.order_number,
        test=occasion.test,
        validation="warnings" if worst(content.findings) >= Severity.WARNING else "valid",
        acknowledgement=acknowledgement,
        findings=content.findings,
        canonical=content.canonical,
        map_name=content.map_name,
        map_digest=content.map_digest,
        guide_digest=content.guide_digest,
        answers_message=occasion.message,
        answers_position=occasion.position,
    )


def _interchange_row(
    message_id: str, partner: Partner, header: InterchangeHeader, body: Body, now: datetime
) -> InterchangeRow:
    return InterchangeRow(
        message=message_id,
        position=1,
        partner=partner.id,
        direction="out",
        sender_qualifier=header.sender_qualifier or "",
        sender=header.sender_id or "",
        receiver_qualifier=header.receiver_qualifier or "",
        receiver=header.receiver_id or "",
        control_number=header.control_number,
        usage=header.usage or "P",
        digest=body.sha256,
        judgement="first",
        at=now,
    )


def _owes_acknowledgement(partner: Partner, group: GroupHeader) -> bool:
    """Whether the partner owes us a 997: never for an acknowledgement, and not when none is agreed."""
    return group.functional_group != ACKNOWLEDGEMENT_GROUP and partner.acknowledgements.functional_due_minutes > 0


def _awaited(message_id: str, partner: Partner, group: GroupHeader, now: datetime) -> ExpectedAcknowledgement:
    return ExpectedAcknowledgement(
        partner=partner.id,
        kind=ACKNOWLEDGED_BY[0],
        message=message_id,
        functional_group=group.functional_group,
        control_number=group.control_number,
        due_at=now + timedelta(minutes=partner.acknowledgements.functional_due_minutes),
        state="awaited",
    )
