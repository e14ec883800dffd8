"""What two parties agreed on, held against the envelopes that arrive. Pure: a header and the agreement, to findings.

What is ``None`` was not agreed on, and anything goes: the shell knows of no agreement unless it is told a partner. A
finding of severity INTERCHANGE refuses the interchange, one of severity GROUP the group.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hub.formats.x12.faults import finding
from hub.formats.x12.guides import RELEASE
from hub.formats.x12.headers import GroupHeader, InterchangeHeader, reference
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.formats.x12.survey import Interchange
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.struct import Struct

DIGITS = 6  # of a release: what follows in GS08 names a convention of the sender


class X12Identity(Struct):
    """How an envelope names a party."""

    qualifier: str  # ISA05, ISA07
    id: str  # ISA06, ISA08
    group: str  # GS02, GS03


class Parties(Struct):
    """Who writes to whom."""

    theirs: list[X12Identity]  # one for each of their identities, at least one
    ours: X12Identity

    def signed_by(self, qualifier: str | None, sender: str | None) -> list[X12Identity]:
        """Return their identities that are nearest to what signed: those that match, else one to compare it with."""
        matching = [each for each in self.theirs if (each.qualifier, each.id) == (qualifier, sender)]
        return matching or [max(self.theirs, key=lambda each: (each.id == sender, each.qualifier == qualifier))]


class Agreed(Struct):
    """What was agreed with the sender of an interchange."""

    parties: Parties | None = None
    releases: frozenset[str] | None = None  # six digits each
    sets: frozenset[str] | None = None  # ST01 of what the sender may send
    usage: str | None = None  # T or P
    leniency: frozenset[str] = frozenset()  # names of what is forgiven
    nothing: bool = False  # no X12 at all was agreed on with this sender: every interchange is refused


ANYTHING = Agreed()


def hold(interchange: Interchange, agreed: Agreed) -> Interchange:
    """Return the interchange with what is not as agreed among its findings and those of its groups."""
    groups = [
        replace(group, findings=group.findings + about_group(group.header, interchange.header, agreed))
        for group in interchange.groups
    ]
    return replace(
        interchange, findings=interchange.findings + about_interchange(interchange.header, agreed), groups=groups
    )


def about_interchange(header: InterchangeHeader, agreed: Agreed) -> list[Diagnostic]:
    """Return what is not as agreed in ISA."""
    at = Location(envelope=reference(header.control_number), tag="ISA", element=6)
    if agreed.nothing:
        return [finding("ENV-NOTHING-AGREED", at)]
    found = [] if agreed.parties is None else list(_strangers(header, agreed.parties))
    if agreed.usage is not None and header.usage is not None and header.usage != agreed.usage:
        found.append(_other_usage(header, agreed.usage, agreed.leniency))
    return found


def about_group(header: GroupHeader, interchange: InterchangeHeader, agreed: Agreed) -> list[Diagnostic]:
    """Return what is not as agreed in GS."""
    at = Location(envelope=reference(interchange.control_number), group=reference(header.control_number), tag="GS")
    found: list[Diagnostic] = []
    release = RELEASE.match(header.release)
    if agreed.releases is not None and (release is None or release[0] not in agreed.releases):
        listed = ", ".join(sorted(agreed.releases))
        where = replace(at, element=8)
        found.append(finding("ENV-RELEASE-NOT-AGREED", where, found=header.release, expected=listed))
    if agreed.parties is None or "group-sender-may-differ" in agreed.leniency:
        return found
    signed = agreed.parties.signed_by(interchange.sender_qualifier, interchange.sender_id)
    senders, receivers = [each.group for each in signed], [agreed.parties.ours.group]
    for element, named, due in ((2, header.sender, senders), (3, header.receiver, receivers)):
        if named not in due:
            found.append(_another_party(replace(at, element=element), named, ", ".join(due)[:FOUND_CHARACTERS_MAX]))
    return found


def _strangers(header: InterchangeHeader, parties: Parties) -> Iterator[Diagnostic]:
    """Yield a finding for each qualifier and id that is another's: TA105 tells them apart."""
    theirs = parties.signed_by(header.sender_qualifier, header.sender_id)[0]
    rows = (
        ("ENV-SENDER-QUALIFIER", 5, header.sender_qualifier, theirs.qualifier),
        ("ENV-SENDER-NOT-PARTNER", 6, header.sender_id, theirs.id),
        ("ENV-RECEIVER-QUALIFIER", 7, header.receiver_qualifier, parties.ours.qualifier),
        ("ENV-RECEIVER-NOT-US", 8, header.receiver_id, parties.ours.id),
    )
    for code, element, named, due in rows:
        if named != due:
            at = Location(envelope=reference(header.control_number), tag="ISA", element=element)
            yield finding(code, at, found=named, expected=due)


def _another_party(at: Location, named: str | None, due: str) -> Diagnostic:
    """A group for or from somebody else: AK905 has no code for it."""
    return finding("ENV-GROUP-PARTY", at, found=named, expected=due)


def _other_usage(header: InterchangeHeader, usage: str, leniency: frozenset[str]) -> Diagnostic:
    """A test from a partner in production, or the other way round: taken as test, and said so."""
    forgiven = "test-in-production" if (usage, header.usage) == ("P", "T") else "usage-may-differ"
    at = Location(envelope=reference(header.control_number), tag="ISA", element=15)
    key = "ENV-USAGE-DIFFERS/meant" if header.usage == "T" else "ENV-USAGE-DIFFERS"
    told = finding(key, at, found=header.usage, expected=usage)
    return replace(told, severity=Severity.NOTE) if leniency & {forgiven, "usage-may-differ"} else told
