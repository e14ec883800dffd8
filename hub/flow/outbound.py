"""From what is written to bytes that wait for the partner: number, address, store.

In: the segments of an answer (see ``rendering``) or of an acknowledgement. Out: a message in the outbox, its control
numbers taken in the caller's transaction. What cannot be written takes no number: a person is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.exchange import outbox
from hub.exchange.acknowledgements import expect
from hub.exchange.controls import Numbers
from hub.exchange.model import Acknowledgement, DocumentRow, ExpectedAcknowledgement, Key
from hub.exchange.partners import Partner
from hub.flow.desk import Desk
from hub.flow.rendering import Content, Unsendable, separators_of
from hub.flow.rows import interchange_row
from hub.formats.x12.acknowledge import ACKNOWLEDGEMENT_GROUP
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.writer import OutboundSet, write_interchange
from hub.kernel.diagnostics import Severity, worst
from hub.kernel.identity import new_id
from hub.kernel.struct import Struct
from hub.platform.blobs import Body

CONTENT_TYPE = "application/edi-x12"  # RFC 1767
ACKNOWLEDGED_BY = ("997", "999")


class Occasion(Struct):
    """Why something is sent: in answer to what, and whether it is a test."""

    message: str  # the inbound message that is answered
    position: int | None  # and its document
    test: bool
    order_number: str | None = None
    keys: list[Key] = []


class Tray:
    """What one transaction sends: numbered as it is put in, written table by table at the end."""

    def __init__(self, conn: Connection, desk: Desk, now: datetime) -> None:
        self._conn, self._desk, self._now = conn, desk, now
        self._numbers: dict[str, Numbers] = {}  # by partner
        self._outgoing: list[outbox.Outgoing] = []
        self._expected: list[ExpectedAcknowledgement] = []

    def lock(self, partners: Iterable[str]) -> None:
        """Take the numbers of several partners in one order: who locks so never waits for who waits for him."""
        for partner in sorted(partners):
            self._numbers_of(partner).next("interchange")

    def put(
        self,
        partner: Partner,
        occasion: Occasion,
        contents: Sequence[Content],
        *,
        interchange_acknowledgements: Sequence[Sequence[str]] = (),
    ) -> str:
        """Number ``contents`` as one group in one interchange; return the id of the message it will be.

        Raises ``Unsendable`` when the data cannot be written; then no number has been taken.
        """
        numbers = self._numbers_of(partner.id)
        local = self._now.astimezone(ZoneInfo(partner.time_zone))
        header = _interchange_header(partner, numbers.next("interchange"), occasion.test, contents, local)
        group = _group_header(partner, contents[0], numbers.next("group"), header) if contents else None
        written = write_interchange(
            header,
            [(group, _sets(contents))] if group else [],
            contents[0].segments.separators if contents else separators_of(partner),
            acknowledgements=interchange_acknowledgements,
        )
        if written.body is None:
            raise Unsendable(written.findings)
        numbers.take("interchange")
        if group:
            numbers.take("group")
        message_id = new_id()
        body = self._desk.blobs.keep(written.body)
        self._outgoing.append(_outgoing(message_id, partner, occasion, contents, header, group, body, self._now))
        if group and _owes_acknowledgement(partner, group):
            self._expected.append(_awaited(message_id, partner, group, self._now))
        return message_id

    def send(self) -> None:
        """Write everything into the outbox."""
        outbox.put_all(self._conn, self._outgoing)
        expect(self._conn, *self._expected)
        for numbers in self._numbers.values():
            numbers.save()

    def _numbers_of(self, partner: str) -> Numbers:
        if partner not in self._numbers:
            self._numbers[partner] = Numbers(self._conn, partner, self._desk.clock)
        return self._numbers[partner]


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
        interchanges=[
            interchange_row(
                header,
                message=message_id,
                position=1,
                partner=partner.id,
                direction="out",
                digest=body.sha256,
                at=now,
            )
        ],
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
