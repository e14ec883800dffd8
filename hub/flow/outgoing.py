"""From what is written to bytes that wait for the partner: number, address, store.

In: drafts (see ``rendering``, ``acknowledging``). Out: messages in the outbox, their control numbers taken in the
caller's transaction. What could not be written is no draft, so nothing here fails that takes a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.exchange import outbox
from hub.exchange.acknowledgements import expect
from hub.exchange.controls import Numbers
from hub.exchange.model import Acknowledgement, DocumentRow, ExpectedAcknowledgement
from hub.exchange.partners import Partner
from hub.flow.rendering import Content, Draft, separators_of
from hub.flow.rows import interchange_row
from hub.flow.rules import Rules
from hub.formats.x12.acknowledge import ACKNOWLEDGEMENT_GROUP
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.writer import OutboundSet, write_interchange
from hub.kernel.clock import Clock
from hub.kernel.diagnostics import Severity, worst
from hub.kernel.errors import Defect
from hub.kernel.identity import new_id
from hub.platform.blobs import Blobs, Body

CONTENT_TYPE = "application/edi-x12"  # RFC 1767
ACKNOWLEDGED_BY = ("997", "999")


class Outgoing:
    """What one transaction sends: kept as it is put in, numbered and written table by table at the end.

    Numbers are locked partner by partner in one order, so that who waits for a number never holds another's that is
    waited for.
    """

    def __init__(self, conn: Connection, rules: Rules, blobs: Blobs, clock: Clock, now: datetime) -> None:
        self._conn, self._rules, self._blobs, self._clock, self._now = conn, rules, blobs, clock, now
        self._drafts: dict[str, list[tuple[str, Draft]]] = {}  # by partner, with the ids they will have

    def put(self, draft: Draft) -> str:
        """Keep a message of ours; return the id it will have."""
        message_id = new_id()
        self._drafts.setdefault(draft.partner, []).append((message_id, draft))
        return message_id

    def flush(self) -> None:
        """Number what was put in, and write it into the outbox."""
        messages: list[outbox.Outgoing] = []
        expected: list[ExpectedAcknowledgement] = []
        for partner_id in sorted(self._drafts):
            partner, numbers = self._rules.partner(partner_id), Numbers(self._conn, partner_id, self._clock)
            for message_id, draft in self._drafts[partner_id]:
                message, awaited = self._numbered(message_id, partner, draft, numbers)
                messages.append(message)
                expected += awaited
            numbers.save()
        self._drafts = {}
        outbox.put_all(self._conn, messages)
        expect(self._conn, *expected)

    def _numbered(
        self, message_id: str, partner: Partner, draft: Draft, numbers: Numbers
    ) -> tuple[outbox.Outgoing, list[ExpectedAcknowledgement]]:
        """Return the message in one interchange, its contents one group, and the acknowledgement it is owed."""
        contents = draft.contents
        local = self._now.astimezone(ZoneInfo(partner.time_zone))
        header = _interchange_header(partner, numbers.take("interchange"), draft, local)
        group = _group_header(partner, draft, numbers.take("group"), header) if contents else None
        written = write_interchange(
            header,
            [(group, _sets(contents))] if group else [],
            contents[0].segments.separators if contents else separators_of(partner),
            acknowledgements=draft.interchange_acknowledgements,
        )
        if written.body is None:  # a draft is clean, and what envelopes bear is looked at as partner files are loaded
            raise Defect(f"cannot write to {partner.id}: {'; '.join(each.message for each in written.findings)}")
        body = self._blobs.keep(written.body)
        awaited = [_awaited(message_id, partner, group, self._now)] if group and _is_owed(partner, group) else []
        return _outgoing(message_id, partner, draft, header, group, body, self._now), awaited


def _interchange_header(partner: Partner, number: int, draft: Draft, local: datetime) -> InterchangeHeader:
    x12, contents = partner.x12, draft.contents
    assert x12 is not None
    to, release = draft.to or x12.theirs[0], contents[0].release if contents else x12.releases[0]
    return InterchangeHeader(
        sender_qualifier=x12.ours.qualifier,
        sender_id=x12.ours.id,
        receiver_qualifier=to.qualifier,
        receiver_id=to.id,
        control_number=number,
        version=release[:5],  # ISA12 is the release of the envelope: 00401 around 004010
        usage="T" if draft.test else "P",
        on=local.date(),
        at=local.time().replace(second=0, microsecond=0, tzinfo=None),
    )


def _group_header(partner: Partner, draft: Draft, number: int, header: InterchangeHeader) -> GroupHeader:
    x12, content = partner.x12, draft.contents[0]
    assert x12 is not None
    return GroupHeader(
        functional_group=content.functional_group,
        sender=x12.ours.group_id,
        receiver=(draft.to or x12.theirs[0]).group_id,
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
    draft: Draft,
    header: InterchangeHeader,
    group: GroupHeader | None,
    body: Body,
    now: datetime,
) -> outbox.Outgoing:
    contents = draft.contents
    acknowledgement: Acknowledgement = "awaited" if group and _is_owed(partner, group) else "none"
    rows = [
        _document_row(message_id, position, partner, draft, content, group, acknowledgement)
        for position, content in enumerate(contents, start=1)
        if group
    ]
    kind = contents[0].kind if contents else "TA1"
    return outbox.Outgoing(
        id=message_id,
        partner=partner.id,
        transport=partner.outbound(kind),
        body=body,
        created_at=now,
        syntax="x12",
        wire=kind,
        document=contents[0].document if contents else "FunctionalAcknowledgement",
        test=draft.test,
        content_type=CONTENT_TYPE,
        file_name=f"{kind}-{header.control_number:09d}.edi",
        answers=_answered(draft),
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
        keys=draft.keys,
    )


def _document_row(
    message_id: str,
    position: int,
    partner: Partner,
    draft: Draft,
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
        order_number=draft.subject.value if draft.subject else None,
        test=draft.test,
        validation="warnings" if worst(content.findings) >= Severity.WARNING else "valid",
        acknowledgement=acknowledgement,
        findings=content.findings,
        canonical=content.canonical,
        map_name=content.map_name,
        map_digest=content.map_digest,
        guide_digest=content.guide_digest,
        answers_message=_answered(draft),
        answers_position=draft.because.position,
    )


def _answered(draft: Draft) -> str | None:
    """Return the message that is answered, if it is one that is."""
    return draft.because.id if draft.because.kind == "message" else None


def _is_owed(partner: Partner, group: GroupHeader) -> bool:
    """Whether the partner owes us a 997: never for an acknowledgement, and not when none is agreed."""
    return group.functional_group != ACKNOWLEDGEMENT_GROUP and _due_within(partner) > timedelta()


def _due_within(partner: Partner) -> timedelta:
    assert partner.x12 is not None
    return timedelta(minutes=partner.x12.acknowledgements.functional_due_minutes)


def _awaited(message_id: str, partner: Partner, group: GroupHeader, now: datetime) -> ExpectedAcknowledgement:
    return ExpectedAcknowledgement(
        partner=partner.id,
        kind=ACKNOWLEDGED_BY[0],
        message=message_id,
        functional_group=group.functional_group,
        control_number=group.control_number,
        due_at=now + _due_within(partner),
        state="awaited",
    )
