"""What a partner's acknowledgement notes about what we sent, in words, at our own segments. Pure.

In: the canonical acknowledgement, and what we sent as it was sent. Out: findings that can be read without the code
lists and without counting segments: shown on the acknowledgement and on our message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from hub.canonical.acknowledgement import AcknowledgedDocument, DocumentFault, FunctionalAcknowledgement
from hub.canonical.advice import Finding
from hub.flow.x12.sentences import NO_NOTE, finding, named
from hub.formats.x12.acknowledgement_codes import (
    CODE_CHARACTERS_MAX,
    said_by,
)
from hub.formats.x12.element_notes import element_at, segment_at
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Guide
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word, quoted
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


def interchange_note(number: str, verdict: str, code: str | None) -> Diagnostic:
    """Return what a TA1 finds wrong with our interchange."""
    with_faults = verdict == "accepted-with-errors"
    words: dict[str, Word] = {"number": number.zfill(9), "note": visible(code) if code else NO_NOTE}
    return finding(
        "ENV-OURS-REFUSED/with-faults" if with_faults else "ENV-OURS-REFUSED",
        Severity.WARNING if with_faults else Severity.ENVELOPE,
        Location(envelope=number, path="verdict", tag="TA1", element=5),
        {**words, **said_by("interchange", code)},
        standard=code,
        found=verdict,
        expected="accepted",
    )


def group_notes(theirs: FunctionalAcknowledgement, ours: Location, *, rejects: bool) -> list[Diagnostic]:
    """Return what the acknowledgement finds wrong with our group as a whole (AK905)."""
    if theirs.reason is None:
        return []
    severity = Severity.GROUP if rejects else Severity.WARNING
    code = theirs.reason[:CODE_CHARACTERS_MAX] if theirs.reason else None
    return [finding("ENV-OURS-GROUP", severity, ours, said_by("group", theirs.reason), standard=code)]


def set_notes(theirs: AcknowledgedDocument, ours: OurSet, at: Location, *, rejects: bool) -> list[Diagnostic]:
    """Return what the acknowledgement finds wrong with a set of ours: its segments, their elements, then the whole."""
    found = list(islice(_segment_notes(theirs.faults, ours, at, rejects=rejects), NOTES_MAX))
    own = theirs.reason and not (theirs.reason == "5" and found)  # 5 only says that something is said of its segments
    if own or (rejects and not found):
        words: dict[str, Word] = {"kind": ours.kind, "number": ours.control_number, **said_by("set", theirs.reason)}
        code = theirs.reason[:CODE_CHARACTERS_MAX] if theirs.reason else None
        found.append(
            finding("SYN-OURS-SET", Severity.DOCUMENT if rejects else Severity.WARNING, at, words, standard=code)
        )
    return found


def _segment_notes(
    faults: Sequence[DocumentFault], ours: OurSet, at: Location, *, rejects: bool
) -> Iterator[Diagnostic]:
    for fault in faults:
        theirs = fault.place or ""
        position = _meant(ours, fault)
        values = _segment(ours, position)
        tag = values[0] if values else theirs[:FOUND_CHARACTERS_MAX]
        place = _in_segment(at, position, tag)
        known = segment_at(ours.guide, tag)
        if fault.reason not in (None, "8") or not fault.findings:
            other = None if theirs == tag else visible(theirs)
            words: dict[str, Word] = {"named": named(visible(tag), known.name if known else None)}
            words |= said_by("segment", fault.reason) | ({"other": other} if other else {})
            yield finding(
                "SYN-OURS-SEGMENT/called" if other else "SYN-OURS-SEGMENT",
                Severity.PART if rejects else Severity.WARNING,
                place,
                words,
                standard=fault.reason[:CODE_CHARACTERS_MAX] if fault.reason else None,
                found=theirs[:FOUND_CHARACTERS_MAX],
            )
        for noted in fault.findings:
            yield _element_note(noted, values, ours, place, rejects=rejects)


def _element_note(noted: Finding, values: Sequence[str], ours: OurSet, at: Location, *, rejects: bool) -> Diagnostic:
    tag, number = at.tag or "", noted.element or 0
    known = element_at(ours.guide, tag, number, noted.component)
    place = f"{tag}{number:02d}" + (f"-{noted.component}" if noted.component else "")
    sent = _value(values, number, noted.component, ours)
    found = noted.found or sent
    differs = noted.found is not None and sent is not None and noted.found.strip() != sent.strip()
    words: dict[str, Word] = {"named": named(place, known.name if known else None)}
    words |= said_by("element", noted.code) | ({"sent": visible(sent or "")} if differs else {})
    key = "SYN-OURS-ELEMENT" if found else "SYN-OURS-ELEMENT/nothing"
    if found and len(found) > FOUND_CHARACTERS_MAX:
        words["found"] = quoted(found)  # of what is kept nobody could tell that there was more
    return finding(
        "SYN-OURS-ELEMENT/differs" if differs and found else key,
        Severity.VALUE if rejects else Severity.WARNING,
        Location(
            envelope=at.envelope,
            group=at.group,
            document=at.document,
            segment=at.segment,
            tag=at.tag,
            element=number or None,
            component=noted.component,
        ),
        words,
        standard=noted.code[:CODE_CHARACTERS_MAX] or None,
        found=found[:FOUND_CHARACTERS_MAX] if found else None,
    )


def _meant(ours: OurSet, fault: DocumentFault) -> int:
    """Return the place of the segment they mean: where AK301 and AK302 differ, the nearest of that name.

    Some count from the segment after ST, some count what they kept; the name they have read off the segment itself.
    """
    position = fault.position or 0
    if _segment(ours, position)[:1] in ((), [fault.place]):
        return position
    segments = ours.sent.segments if ours.sent else []
    named = [place for place, values in enumerate(segments, start=1) if values[0] == fault.place]
    return min(named, key=lambda place: abs(place - position), default=position)


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
    return Location(envelope=at.envelope, group=at.group, document=at.document, segment=position, tag=tag[:3] or None)


def without_earlier(findings: Sequence[Diagnostic], theirs: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return what we found ourselves, and what the newest acknowledgement says: an earlier one is overtaken."""
    return [*(each for each in findings if OURS not in each.code), *theirs]


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
