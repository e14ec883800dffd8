"""An interchange as the neutral envelope of the flow, and back. Pure.

What the flow enters, judges and shows is spelt out; ISA, GS and what answers to them need travel as details.
"""

from __future__ import annotations

from typing import Final

import msgspec

from hub.exchange.model import Usage
from hub.flow.documents import DocumentGroup, Envelope, Identity, Survey
from hub.formats.x12 import survey
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.separators import Separators
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct

INTERCHANGE: Final = "interchange"
"""The kind of ISA13, by which an interchange is entered and found."""

GROUP: Final = "group"
"""The kind of GS06, by which documents are found; among a document's details the name of its group."""

SET = "set"
"""The kind of ST02."""

_USAGES: dict[str | None, Usage] = {"P": "production", "T": "test", "I": "information"}


class InterchangeDetails(Struct):
    """What only X12 understands of an interchange."""

    header: InterchangeHeader
    tells: bool


class GroupDetails(Struct):
    """What only X12 understands of a group."""

    header: GroupHeader
    stated: int | None
    received: int


_encode = msgspec.msgpack.Encoder().encode
_interchange = msgspec.msgpack.Decoder(InterchangeDetails).decode
_group = msgspec.msgpack.Decoder(GroupDetails).decode


def survey_of(found: survey.InterchangeSurvey) -> Survey:
    """Return what envelopes X12 has found as the flow knows them."""
    return Survey(syntax=found.syntax, envelopes=[envelope_of(each) for each in found.interchanges], stray=found.stray)


def envelope_of(found: survey.Interchange) -> Envelope:
    """Return the interchange as an envelope."""
    header = found.header
    return Envelope(
        position=found.position,
        kind=INTERCHANGE,
        reference=str(header.control_number),
        numbered=found.numbered,
        sender=Identity(id=header.sender_id or "", qualifier=header.sender_qualifier or ""),
        receiver=Identity(id=header.receiver_id or "", qualifier=header.receiver_qualifier or ""),
        usage=_USAGES.get(header.usage, "unclear"),
        digest=found.digest,
        digest_of_bytes=found.digest_of_bytes,
        findings=found.findings,
        groups=[_group_of(each) for each in found.groups],
        details=_encode(InterchangeDetails(header=header, tells=found.tells)),
    )


def interchange_of(envelope: Envelope) -> survey.Interchange:
    """Return the envelope as the interchange it was, with all that was found since; its TA1s are documents by now."""
    details = _interchange(envelope.details)
    return survey.Interchange(
        position=envelope.position,
        header=details.header,
        separators=Separators(),
        digest=envelope.digest,
        digest_of_bytes=envelope.digest_of_bytes,
        findings=envelope.findings,
        groups=[_x12_group_of(each, envelope.position) for each in envelope.groups],
        tells=details.tells,
    )


def _group_of(found: survey.Group) -> DocumentGroup:
    details = GroupDetails(header=found.header, stated=found.stated, received=found.received)
    return DocumentGroup(
        number=found.number,
        kind=found.header.functional_group,
        reference=str(found.header.control_number),
        findings=found.findings,
        details=_encode(details),
    )


def _x12_group_of(group: DocumentGroup, interchange: int) -> survey.Group:
    details = _group(group.details)
    return survey.Group(
        number=group.number,
        interchange=interchange,
        header=details.header,
        findings=group.findings,
        stated=details.stated,
        received=details.received,
    )


def sent_envelope(header: InterchangeHeader) -> Envelope:
    """Return an interchange of ours as an envelope; nobody asks for more of it."""
    return Envelope(
        position=1,
        kind=INTERCHANGE,
        reference=str(header.control_number),
        sender=Identity(id=header.sender_id or "", qualifier=header.sender_qualifier or ""),
        receiver=Identity(id=header.receiver_id or "", qualifier=header.receiver_qualifier or ""),
        usage=_USAGES.get(header.usage, "unclear"),
    )


def group_reference(kind: str, number: int | str) -> str:
    """Return what a group is acknowledged by: GS01 and GS06."""
    return f"{kind} {number}"


def details_of(kind: str, number: int | str) -> dict[str, str]:
    """Return what X12 alone says of the documents of a group."""
    return {GROUP: group_reference(kind, number)}


def keys_of(group: int | str, *sets: str) -> list[Key]:
    """Return by which numbers documents of a group are found; "" where something has none."""
    found = [(GROUP, str(group)), *((SET, number) for number in sets)]
    return [Key(kind=kind, value=value) for kind, value in found if value]
