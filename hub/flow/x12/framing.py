"""A draft becomes one interchange of ours: addressed, numbered, written.

Its numbers are taken in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.exchange.controls import Numbers
from hub.exchange.partner_x12 import EnvelopeId
from hub.exchange.partners import Partner
from hub.flow.drafts import Content, Draft
from hub.flow.identities import meant_by
from hub.flow.syntax import DueAcknowledgement, Framed
from hub.flow.x12.envelopes import GROUP, INTERCHANGE, details_of, group_reference, keys_of, sent_envelope
from hub.flow.x12.guides import agreed_envelope
from hub.flow.x12.rendering import segments_of, separators_of
from hub.flow.x12.ta1 import ta1_of
from hub.formats.x12.acknowledge import ACKNOWLEDGEMENT_GROUP
from hub.formats.x12.headers import GroupHeader, InterchangeHeader, version_of
from hub.formats.x12.survey import TA1
from hub.formats.x12.writer import CleanSegments, OutboundSet, write_interchange
from hub.kernel.errors import Defect

CONTENT_TYPE = "application/edi-x12"  # RFC 1767
ACKNOWLEDGED_BY = ("997", "999")


def frame(partner: Partner, draft: Draft, numbers: Numbers, now: datetime) -> Framed:
    """Return the draft in one interchange, its contents one group."""
    contents = draft.contents
    segments = [segments_of(content.body) for content in contents]
    local = now.astimezone(ZoneInfo(partner.time_zone))
    to = meant_by(agreed_envelope(partner).theirs, draft.to)
    header = _interchange_header(partner, to, numbers.take(INTERCHANGE), draft, local)
    group = _group_header(partner, to, contents[0], numbers.take(GROUP), header) if contents else None
    written = write_interchange(
        header,
        [(group, _sets(contents, segments))] if group else [],
        segments[0].separators if segments else separators_of(partner, _release(partner, draft)),
        acknowledgements=[ta1_of(each) for each in draft.envelope_acknowledgements],
    )
    if written.body is None:  # a draft is clean, and what envelopes bear is looked at as partner files are loaded
        raise Defect(f"cannot write to {partner.id}: {'; '.join(each.message for each in written.findings)}")
    kind = contents[0].kind if contents else TA1
    own = [f"{number:04d}" for number in range(1, len(contents) + 1)]
    return Framed(
        body=written.body,
        content_type=CONTENT_TYPE,
        file_name=f"{kind}-{header.control_number:09d}.edi",
        kind=kind,
        envelope=sent_envelope(header),
        numbers=own,
        details=details_of(group.functional_group, group.control_number) if group else None,
        keys=keys_of(group.control_number, *own) if group else [],
        awaits=_awaited(group, partner) if group and _is_owed(partner, group) else None,
    )


def _interchange_header(
    partner: Partner, to: EnvelopeId, number: int, draft: Draft, local: datetime
) -> InterchangeHeader:
    x12 = agreed_envelope(partner)
    return InterchangeHeader(
        sender_qualifier=x12.ours.qualifier,
        sender_id=x12.ours.id,
        receiver_qualifier=to.qualifier,
        receiver_id=to.id,
        control_number=number,
        version=version_of(_release(partner, draft)),
        usage="T" if draft.test else "P",
        on=local.date(),
        at=local.time().replace(second=0, microsecond=0, tzinfo=None),
    )


def _release(partner: Partner, draft: Draft) -> str:
    """Return the release of the draft's contents; of one that says something of an envelope alone, the first agreed."""
    return draft.contents[0].release if draft.contents else agreed_envelope(partner).releases[0]


def _group_header(
    partner: Partner, to: EnvelopeId, content: Content, number: int, header: InterchangeHeader
) -> GroupHeader:
    return GroupHeader(
        functional_group=content.group,
        sender=agreed_envelope(partner).ours.group_id,
        receiver=to.group_id,
        on=header.on,
        at=header.at,
        control_number=number,
        release=content.release,
    )


def _sets(contents: Sequence[Content], segments: Sequence[CleanSegments]) -> list[OutboundSet]:
    return [
        OutboundSet(kind=content.kind, control_number=number, segments=own)
        for number, (content, own) in enumerate(zip(contents, segments, strict=True), start=1)
    ]


def _awaited(group: GroupHeader, partner: Partner) -> DueAcknowledgement:
    """Return that a 997 of the group is owed us, or a 999."""
    reference = group_reference(group.functional_group, group.control_number)
    return DueAcknowledgement(kind=ACKNOWLEDGED_BY[0], reference=reference, due_within=_due_within(partner))


def _is_owed(partner: Partner, group: GroupHeader) -> bool:
    """Whether the partner owes us a 997: never for an acknowledgement, and not when none is agreed."""
    return group.functional_group != ACKNOWLEDGEMENT_GROUP and _due_within(partner) > timedelta()


def _due_within(partner: Partner) -> timedelta:
    return timedelta(minutes=agreed_envelope(partner).acknowledgements.functional_due_minutes)
