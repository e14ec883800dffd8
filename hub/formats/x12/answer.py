"""The interchange that answers an interchange: TA1 and one 997 per group, addressed back to the sender.

In: what was received and found, an instant, control numbers. Out: the bytes, or ``None`` when nothing
is due. For the shell, where nothing is stored; a running hub takes its numbers from the database.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from hub.formats.x12.acknowledge import (
    ACKNOWLEDGEMENT_GROUP,
    acknowledge_group,
    acknowledge_interchange,
    wants_interchange_acknowledgement,
)
from hub.formats.x12.check import ReceivedInterchange
from hub.formats.x12.guides import RELEASE
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.outbound_values import unusable_separators
from hub.formats.x12.separators import USUAL_SEPARATORS, Separators
from hub.formats.x12.survey import Group
from hub.formats.x12.writer import OutboundSet, WrittenInterchange, write_interchange

USUAL_VERSION = "00401"
USUAL_RELEASE = "004010"
ID_CHARACTERS_MAX = 15  # ISA06, ISA08, GS02, GS03: an id sent longer is cut, so that the answer is X12


def answer(received: ReceivedInterchange, at: datetime, *, control_number: int = 1) -> WrittenInterchange | None:
    """Return the answering interchange, or ``None`` when neither a TA1 nor a 997 is due.

    A refused interchange gets its TA1 alone: its groups were not taken. ``at`` is the sender's wall.
    """
    whole = received.interchange
    separators = readable_separators(whole.separators)
    asked = not whole.only_tells and wants_interchange_acknowledgement(whole.header, whole.findings)
    notes = [acknowledge_interchange(whole.header, whole.findings)] if asked else []
    groups = [] if whole.refused else _groups(received, at, separators)
    if not notes and not groups:
        return None
    return write_interchange(_header_back(whole.header, at, control_number), groups, separators, acknowledgements=notes)


def readable_separators(separators: Separators) -> Separators:
    """Return the sender's separators with a line end for people, or the usual ones when theirs cannot be written."""
    if unusable_separators(separators):
        separators = USUAL_SEPARATORS
    ends_line = separators.segment in ("\n", "\r") or separators.segment_suffix
    return separators if ends_line else replace(separators, segment_suffix="\n")


def _groups(
    received: ReceivedInterchange, at: datetime, separators: Separators
) -> list[tuple[GroupHeader, list[OutboundSet]]]:
    groups: list[tuple[GroupHeader, list[OutboundSet]]] = []
    for group in received.interchange.groups:
        outcomes = received.outcomes.get(group.number, [])
        told = acknowledge_group(
            group.header,
            outcomes,
            group.findings,
            stated=group.stated,
            control_number=1,
            separators=separators,
            release=_spoken(group),
        )
        if told is not None:
            groups.append((_group_back(group, at, len(groups) + 1), [told]))
    return groups


def _header_back(header: InterchangeHeader, at: datetime, control_number: int) -> InterchangeHeader:
    is_version = len(header.version) == 5 and header.version.isascii() and header.version.isdigit()
    return InterchangeHeader(
        control_number=control_number,
        sender_qualifier=header.receiver_qualifier,
        sender_id=_cut(header.receiver_id),
        receiver_qualifier=header.sender_qualifier,
        receiver_id=_cut(header.sender_id),
        usage=header.usage or "P",
        version=header.version if is_version else USUAL_VERSION,
        standard=header.standard if header.standard and header.standard.isalpha() else "U",
        on=at.date(),
        at=at.time(),
    )


def _group_back(group: Group, at: datetime, control_number: int) -> GroupHeader:
    header = group.header
    return GroupHeader(
        functional_group=ACKNOWLEDGEMENT_GROUP,
        control_number=control_number,
        release=_spoken(group),
        sender=_cut(header.receiver),
        receiver=_cut(header.sender),
        on=at.date(),
        at=at.time().replace(second=0, microsecond=0),
        agency=header.agency if header.agency in ("X", "T") else "X",
    )


def _cut(id_as_sent: str | None) -> str | None:
    return id_as_sent[:ID_CHARACTERS_MAX].strip() or None if id_as_sent else None


def _spoken(group: Group) -> str:
    """Return the release in which a group is answered: its own, unless that is none or was refused."""
    named = RELEASE.match(group.header.release)
    refused = any(found.code == "ENV-RELEASE-NOT-AGREED" for found in group.findings)
    return USUAL_RELEASE if named is None or refused else named[0]
