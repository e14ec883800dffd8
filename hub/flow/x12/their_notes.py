"""What a partner's acknowledgement notes about what we sent, in words, at our own segments. Pure.

In: the canonical acknowledgement, and what we sent as it was sent. Out: findings that can be read without the code
lists and without counting segments: shown on the acknowledgement and on our message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from hub.canonical.acknowledgement import FunctionalAcknowledgement, SegmentFault, SetVerdict
from hub.canonical.advice import Finding
from hub.formats.x12.acknowledgement_codes import (
    CODE_CHARACTERS_MAX,
    ELEMENT,
    GROUP,
    INTERCHANGE,
    SEGMENT,
    SET,
    said_by,
)
from hub.formats.x12.element_notes import element_at, segment_at
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Guide
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import quoted
from hub.kernel.spelling import visible
from hub.kernel.struct import Struct

NOTES_MAX = 100  # of one acknowledgement; who reads a hundred has found the fault, and the canonical document has all
OURS = "-OURS-"
"""In the code of every finding that a partner made about what we sent: its place is in our message."""


class OurSet(Struct):
    """A transaction set that we sent, as its partner got it."""

    kind: str
    control_number: str
    sent: TransactionSet | None = None  # None: it cannot be read any more
    guide: Guide | None = None


def interchange_note(number: int, verdict: str, code: str | None) -> Diagnostic:
    """Return what a TA1 finds wrong with our interchange."""
    said = {"accepted-with-errors": "took with faults"}.get(verdict, "refused")
    note = code or "none"
    why, remedy = said_by(INTERCHANGE, code)
    return Diagnostic(
        code="ENV-OURS-REFUSED",
        severity=Severity.WARNING if verdict == "accepted-with-errors" else Severity.INTERCHANGE,
        told=f"The partner {said} our interchange {number:09d}, note {note}: {why}",
        location=Location(interchange=number, path="verdict", tag="TA1", element=5),
        advised=remedy,
        standard=code,
        found=verdict,
        expected="accepted",
    )


def group_notes(told: FunctionalAcknowledgement, ours: Location, *, rejects: bool) -> list[Diagnostic]:
    """Return what the acknowledgement finds wrong with our group as a whole (AK905)."""
    if told.reason is None:
        return []
    why, remedy = said_by(GROUP, told.reason)
    return [
        Diagnostic(
            code="ENV-OURS-GROUP",
            severity=Severity.GROUP if rejects else Severity.WARNING,
            told=f"The partner says of our group: {why}",
            location=ours,
            advised=remedy,
            standard=told.reason[:CODE_CHARACTERS_MAX] if told.reason else None,
        )
    ]


def set_notes(told: SetVerdict, ours: OurSet, at: Location, *, rejects: bool) -> list[Diagnostic]:
    """Return what the acknowledgement finds wrong with a set of ours: its segments, their elements, then the whole."""
    found = list(islice(_segment_notes(told.segments, ours, at, rejects=rejects), NOTES_MAX))
    own = told.reason and not (told.reason == "5" and found)  # 5 only says that something is said of its segments
    if own or (rejects and not found):
        why, remedy = said_by(SET, told.reason)
        found.append(
            Diagnostic(
                code="SYN-OURS-SET",
                severity=Severity.SET if rejects else Severity.WARNING,
                told=f"The partner says of our {ours.kind} {ours.control_number}: {why}",
                location=at,
                advised=remedy,
                standard=told.reason[:CODE_CHARACTERS_MAX] if told.reason else None,
            )
        )
    return found


def _segment_notes(
    faults: Sequence[SegmentFault], ours: OurSet, at: Location, *, rejects: bool
) -> Iterator[Diagnostic]:
    for fault in faults:
        position = _meant(ours, fault)
        values = _segment(ours, position)
        tag = values[0] if values else fault.segment[:FOUND_CHARACTERS_MAX]
        place = _in_segment(at, position, tag)
        known = segment_at(ours.guide, tag)
        named = f"{tag} ({known.name})" if known else tag
        if fault.reason not in (None, "8") or not fault.elements:
            why, remedy = said_by(SEGMENT, fault.reason)
            other = None if fault.segment == tag else fault.segment[:FOUND_CHARACTERS_MAX]
            yield Diagnostic(
                code="SYN-OURS-SEGMENT",
                severity=Severity.SEGMENT if rejects else Severity.WARNING,
                told=f"The partner says of our segment {named}: {why}" + (f"; they call it {other}" if other else ""),
                location=place,
                advised=remedy,
                standard=fault.reason[:CODE_CHARACTERS_MAX] if fault.reason else None,
                found=fault.segment[:FOUND_CHARACTERS_MAX],
            )
        for noted in fault.elements:
            yield _element_note(noted, values, ours, place, rejects=rejects)


def _element_note(noted: Finding, values: Sequence[str], ours: OurSet, at: Location, *, rejects: bool) -> Diagnostic:
    tag, number = at.tag or "", noted.element or 0
    known = element_at(ours.guide, tag, number, noted.component)
    place = f"{tag}{number:02d}" + (f"-{noted.component}" if noted.component else "")
    named = f"{place} ({known.name})" if known else place
    sent = _value(values, number, noted.component, ours)
    found = noted.found or sent
    why, remedy = said_by(ELEMENT, noted.code)
    differs = noted.found is not None and sent is not None and noted.found.strip() != sent.strip()
    ours_was = visible(sent or "")
    return Diagnostic(
        code="SYN-OURS-ELEMENT",
        severity=Severity.ELEMENT if rejects else Severity.WARNING,
        told=(
            f"The partner says of our {named} = {quoted(found)}: {why}"
            if found
            else f"The partner says of our {named}: {why}"
        )
        + (f"; we sent '{ours_was}'" if differs else ""),
        location=Location(
            interchange=at.interchange,
            group=at.group,
            set=at.set,
            segment=at.segment,
            tag=at.tag,
            element=number or None,
            component=noted.component,
        ),
        advised=remedy,
        standard=noted.code[:CODE_CHARACTERS_MAX] or None,
        found=found[:FOUND_CHARACTERS_MAX] if found else None,
    )


def _meant(ours: OurSet, fault: SegmentFault) -> int:
    """Return the place of the segment they mean: where AK301 and AK302 differ, the nearest of that name.

    Some count from the segment after ST, some count what they kept; the name they have read off the segment itself.
    """
    if _segment(ours, fault.position)[:1] in ((), [fault.segment]):
        return fault.position
    segments = ours.sent.segments if ours.sent else []
    named = [place for place, values in enumerate(segments, start=1) if values[0] == fault.segment]
    return min(named, key=lambda place: abs(place - fault.position), default=fault.position)


def _segment(ours: OurSet, position: int) -> Sequence[str]:
    segments = ours.sent.segments if ours.sent else []
    return segments[position - 1] if 0 < position <= len(segments) else ()


def _value(values: Sequence[str], element: int, component: int | None, ours: OurSet) -> str | None:
    """Return what we wrote at that place; None where there is nothing."""
    if not 0 < element < len(values):
        return None
    text = values[element]
    separator = ours.sent.separators.component if ours.sent else None
    if component and separator:
        parts = text.split(separator)
        text = parts[component - 1] if component <= len(parts) else ""
    return text or None


def _in_segment(at: Location, position: int, tag: str) -> Location:
    return Location(interchange=at.interchange, group=at.group, set=at.set, segment=position, tag=tag[:3] or None)


def without_earlier(findings: Sequence[Diagnostic], told: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return what we found ourselves, and what the newest acknowledgement says: an earlier one is overtaken."""
    return [*(each for each in findings if OURS not in each.code), *told]


WORDS: Mapping[str, str] = {
    "accepted": "accepted",
    "accepted-with-errors": "accepted with errors",
    "partly-accepted": "accepted in part",
    "rejected": "rejected",
    "rejected-authentication": "rejected, its authentication failed",
    "rejected-validity": "rejected, its validity could not be shown",
    "rejected-unreadable": "rejected, it could not be deciphered",
}
"""The words of the table ``ack`` as they stand in a sentence."""
