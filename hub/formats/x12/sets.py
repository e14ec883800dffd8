"""One set made from its bytes, with everything the envelope can tell about it.

In: the bytes from ST to SE and whose they are. Out: a ``TransactionSet`` with its findings: counts
and numbers of SE, characters that are no text, segments beyond the limits. It is made whatever the
bytes; a set too long to keep is made of its ST alone.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from hub.formats.x12.characters import WINDOWS_1252
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.faults import finding
from hub.formats.x12.headers import read_number
from hub.formats.x12.limits import FINDINGS_PER_SET_MAX, Limits
from hub.formats.x12.segments import CutSegments, cut
from hub.formats.x12.separators import WireSeparators
from hub.formats.x12.walk import Walker
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Wording, quoted
from hub.kernel.struct import Struct

OPENING_SEGMENTS = 6  # kept of a set that is too long to keep: its number stands in the second
OPENING_CHARACTERS_MAX = 4096  # of each of them: a beginning segment is some 200 characters at the most
TAG_CHARACTERS_MAX = 3
GLUED = re.compile(r"SE[0-9]")
SEGMENT_COUNT_DIGITS_MAX = 10  # SE01: N0, up to ten digits


class Belongs(Struct):
    """Whose set it is: the numbers for its places, and the release it is read under."""

    interchange: int | None
    group: int | None
    release: str


def make_set(
    raw: bytes, walker: Walker, belongs: Belongs, limits: Limits, *, offset: int, closed: bool, fault: str = ""
) -> TransactionSet:
    """Return the set that ``raw`` holds; ``closed`` says whether it ends with SE, ``fault`` why it is cut short."""
    if raw.count(walker.wire.segment) > limits.segments_per_set:  # before cutting: a list of empty ones costs as much
        fault = fault or "SYN-SET-TOO-LONG"
    text, encoding, separators = walker.text(_head(raw, walker.wire) if fault else raw)
    if walker.wrapped:
        text = text.replace("\r", "").replace("\n", "")
    parts = cut(text, separators)
    lines = parts.lines
    if not fault and len(raw) > limits.segment_bytes and max(map(len, lines)) > limits.segment_bytes:
        fault = "SYN-SEGMENT-TOO-LONG"
    beginning = [line for line in lines[1:OPENING_SEGMENTS] if len(line) <= OPENING_CHARACTERS_MAX] if fault else []
    if fault:
        lines = lines[:1]
    made = TransactionSet(
        lines, separators, encoding=encoding, release=belongs.release,
        interchange=belongs.interchange, group=belongs.group, offset=offset, end=offset + len(raw),
        mixed=separators.component is not None and separators.component in text,
    )  # fmt: skip
    place = _Place(made, lines)
    made.findings += _faults_of_numbers(made, place)
    if fault:
        made.forgo(beginning)
        count, unit = _limit_of(fault, raw, walker.wire, limits)
        made.findings.append(finding(fault, place.at(), count=count, unit=unit))
        return made
    made.findings += _faults_of_trailer(place, separators.element) if closed else [_not_closed(place)]
    if encoding == WINDOWS_1252:
        made.findings.append(finding("SYN-NOT-UTF-8", place.at()))
    made.padded = parts.padded
    made.findings += _faults_of_form(parts, place)
    if text.count(separators.element) > limits.elements_per_segment:
        made.findings += _faults_of_size(lines, separators.element, place, limits)
    if b"\x00" in raw:
        made.findings.append(_fault_of_nul(place))
    return made


class _Place:
    """Makes the places of one set's findings."""

    def __init__(self, owner: TransactionSet, lines: list[str]) -> None:
        self.owner = owner
        self.lines = lines

    def at(self, segment: int | None = None, element: int | None = None) -> Location:
        """Return the place of ``segment`` (ST = 1), or of the whole set."""
        tag = None
        if segment is not None:
            named = self.lines[segment - 1].split(self.owner.separators.element, 1)[0]
            tag = named if len(named) <= TAG_CHARACTERS_MAX else None  # cut, it would look like an element
        return self.owner.place(segment, tag, element)


def _head(raw: bytes, wire: WireSeparators) -> bytes:
    """Return ST and what follows at once: of a set that is not kept, only its numbers are wanted."""
    return wire.segment.join(raw.split(wire.segment, OPENING_SEGMENTS)[:OPENING_SEGMENTS])


BYTES, SEGMENTS = Wording(key="envelope/bytes"), Wording(key="envelope/segments")


def _limit_of(fault: str, raw: bytes, wire: WireSeparators, limits: Limits) -> tuple[int, Wording]:
    if fault == "SYN-SEGMENT-TOO-LONG":
        return limits.segment_bytes, BYTES
    if raw.count(wire.segment) > limits.segments_per_set:
        return limits.segments_per_set, SEGMENTS
    return limits.set_bytes, BYTES


def _faults_of_numbers(made: TransactionSet, place: _Place) -> list[Diagnostic]:
    kind, number = made.kind, made.control_number
    findings = []
    if not (len(kind) == 3 and kind.isascii() and kind.isalnum()):
        findings.append(finding("ENV-SET-KIND", place.at(1, 1), found=kind))
    if not (0 < len(number) <= 9 and number.isprintable()):
        findings.append(finding("ENV-SET-NUMBER", place.at(1, 2), found=number))
    return findings


def _faults_of_trailer(place: _Place, element: str) -> list[Diagnostic]:
    lines = place.lines
    trailer = [piece.strip() for piece in lines[-1].split(element)] + ["", ""]
    findings = []
    if read_number(trailer[1], SEGMENT_COUNT_DIGITS_MAX) != len(lines):
        findings.append(
            finding("ENV-SEGMENT-COUNT-MISMATCH", place.at(len(lines), 1), found=trailer[1], expected=str(len(lines)))
        )
    number = place.owner.control_number
    if number and trailer[2] != number:  # with a number that is not there nothing can be compared
        findings.append(finding("ENV-SET-NUMBER-MISMATCH", place.at(len(lines), 2), found=trailer[2], expected=number))
    return findings


def _not_closed(place: _Place) -> Diagnostic:
    """Say that SE is missing; or that it is there and glued to its count."""
    last = place.lines[-1]
    at = place.at(len(place.lines))
    if len(place.lines) == 1 or not GLUED.match(last):
        return finding("ENV-SET-NOT-CLOSED", at)
    glued = replace(at, tag=None)  # SE5 would look like an element
    return replace(finding("ENV-SET-NOT-CLOSED/glued", glued, found=last), found=None, words={"found": quoted(last)})


def _faults_of_form(parts: CutSegments, place: _Place) -> list[Diagnostic]:
    findings = []
    if parts.empty:
        findings.append(finding("SYN-EMPTY-SEGMENT", place.at(), count=parts.empty))
    if parts.padded:
        first = min(parts.padded)
        made = finding("SYN-TRAILING-BLANKS", place.at(first), count=len(parts.padded))
        findings.append(made)
    if parts.trailing:
        findings.append(finding("SYN-TRAILING-SEPARATOR", place.at(parts.trailing[0]), count=len(parts.trailing)))
    broken = parts.broken[:FINDINGS_PER_SET_MAX]
    findings += [finding("SYN-LINE-END-IN-SEGMENT", place.at(segment)) for segment in broken]
    if len(parts.broken) > FINDINGS_PER_SET_MAX:
        findings.append(finding("SYN-MORE-FINDINGS", place.at(parts.broken[FINDINGS_PER_SET_MAX])))
    return findings


def _faults_of_size(lines: list[str], element: str, place: _Place, limits: Limits) -> list[Diagnostic]:
    findings: list[Diagnostic] = []
    for number, line in enumerate(lines, start=1):
        if len(findings) >= FINDINGS_PER_SET_MAX:
            findings.append(finding("SYN-MORE-FINDINGS", place.at(number)))
            break
        if len(line) > limits.elements_per_segment and line.count(element) > limits.elements_per_segment:
            elements, most = line.count(element), limits.elements_per_segment
            findings.append(finding("SYN-TOO-MANY-ELEMENTS", place.at(number), elements=elements, count=most))
    return findings


def _fault_of_nul(place: _Place) -> Diagnostic:
    """Refuse a set with NUL bytes; other control characters are the guide's to judge, element by element."""
    segment = next((n for n, line in enumerate(place.lines, start=1) if "\x00" in line), None)
    return finding("SYN-NUL-IN-SET", place.at(segment))
