"""Writing X12 that says exactly what it was given, or nothing at all.

In: headers, sets as segments, control numbers (all decided by the caller) and the partner's
separators. Out: the bytes, or the findings that say why there are none. Counts, padding and trailers
are made here. No value can end an element or a segment: data with a separator or a control character
is refused, or changed by the one substitute the partner's policy names, and said so. What is written
reads back the same: ``read(write(x)) == x``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from hub.formats.tree import Value
from hub.formats.x12.headers import GroupHeader, InterchangeHeader, reference
from hub.formats.x12.limits import SEGMENTS_WRITTEN_MAX
from hub.formats.x12.outbound_faults import outbound
from hub.formats.x12.outbound_values import OutboundRules, encoded, rules_for
from hub.formats.x12.separators import Separators, has_repetition
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Defect
from hub.kernel.location import Location
from hub.kernel.struct import Struct

SET_NUMBER_DIGITS_MIN = 4  # ST02: AN 4/9
NOWHERE = Location()


class CleanSegments(Struct):
    """Segments judged before they are numbered, as text, and the rules it is clean by. Made by ``clean_segments``."""

    lines: list[str]
    separators: Separators
    encoding: str
    substitute: str | None


class OutboundSet(Struct):
    """One transaction set to be written: what stands between ST and SE, and its number.

    A segment is its tag and its elements. An element is text, a list of components, or a list of
    repetitions that are each a list of components.
    """

    kind: str  # ST01
    control_number: int  # ST02, written with four digits at least
    segments: Sequence[Sequence[Value]] | CleanSegments
    implementation: str | None = None  # ST03, from 005010 on


class WrittenInterchange(Struct):
    """The bytes, or why there are none; a substitution is a warning beside the bytes."""

    body: bytes | None
    findings: list[Diagnostic] = []


def write_interchange(
    header: InterchangeHeader,
    groups: Sequence[tuple[GroupHeader, Sequence[OutboundSet]]],
    separators: Separators,
    *,
    acknowledgements: Sequence[Sequence[str]] = (),
    encoding: str = "utf-8",
    substitute: str | None = None,
) -> WrittenInterchange:
    """Write one interchange: ISA, the TA1s of ``acknowledgements``, the groups, IEA.

    ``substitute`` replaces separators and control characters in data, where the partner's policy
    names one; without it they are refused.
    """
    writing = _Writing(rules_for(separators, encoding, substitute), header.control_number)
    writing.isa(header)
    for values in acknowledgements:
        writing.segment(
            values, Location(envelope=reference(header.control_number), tag=values[0][:3] if values else None)
        )
    for group, sets in groups:
        writing.group(group, sets)
    writing.add("IEA", str(len(groups)), f"{header.control_number:09d}")
    return writing.result()


def write_bare(
    sets: Sequence[OutboundSet], separators: Separators, *, encoding: str = "utf-8", substitute: str | None = None
) -> WrittenInterchange:
    """Write sets without an envelope, ``ST … SE`` one after the other."""
    writing = _Writing(rules_for(separators, encoding, substitute), None)
    for outbound_set in sets:
        writing.set(outbound_set, None)
    return writing.result()


def clean_segments(
    segments: Sequence[Sequence[Value]],
    separators: Separators,
    *,
    encoding: str = "utf-8",
    substitute: str | None = None,
) -> CleanSegments | None:
    """Judge what stands between ST and SE, to be written later under the same rules; None: there is something to say.

    What that is, ``write_bare`` says.
    """
    rules = rules_for(separators, encoding, substitute)
    if rules.findings:
        return None
    lines = []
    for values in segments:
        line = rules.clean_line(values)
        if line is None:
            line, findings = rules.line(values, NOWHERE)
            if findings:
                return None
        lines.append(line)
    return CleanSegments(lines=lines, separators=separators, encoding=encoding, substitute=substitute)


class _Writing:
    """The segments so far and what was found."""

    def __init__(self, rules: OutboundRules, number: int | None) -> None:
        self.rules = rules
        self.number = number
        self.lines: list[str] = []
        self.findings: list[Diagnostic] = list(rules.findings)

    def add(self, *elements: str) -> None:
        """Add a segment of elements known to be clean."""
        self.lines.append(self.rules.separators.element.join(elements))

    def isa(self, header: InterchangeHeader) -> None:
        """Add the interchange header, padded."""
        place = Location(envelope=reference(header.control_number), tag="ISA")
        separators = self.rules.separators
        self.findings += self.rules.number(header.control_number, place, 13)
        repeats = has_repetition(header.version)
        if separators.repetition and not repeats:
            self.findings.append(outbound("ENV-REPETITION-TOO-EARLY", place, element=11, version=header.version))
        self.findings += _missing(place, ((9, header.on), (10, header.at), (15, header.usage)))
        texts = (
            header.authorisation_qualifier or "", header.authorisation or "",
            header.security_qualifier or "", header.security or "",
            header.sender_qualifier or "", header.sender_id or "",
            header.receiver_qualifier or "", header.receiver_id or "",
            _date(header.on)[2:], _time(header.at)[:4],
            separators.repetition or header.standard or "U", header.version, f"{header.control_number:09d}",
            "1" if header.acknowledgement_requested else "0", header.usage or "",
        )  # fmt: skip
        judged = (*texts[:10], "", *texts[11:]) if separators.repetition and repeats else texts
        self.findings += self.rules.header_texts(judged, _ISA_LENGTHS, place)
        padded = [text.ljust(length) for text, length in zip(texts, _ISA_LENGTHS, strict=True)]
        self.add("ISA", *padded, separators.component or " ")

    def group(self, header: GroupHeader, sets: Sequence[OutboundSet]) -> None:
        """Add GS, its sets and GE."""
        place = Location(envelope=reference(self.number), group=reference(header.control_number), tag="GS")
        self.findings += self.rules.number(header.control_number, place, 6)
        self.findings += _missing(
            place, ((4, header.on), (5, header.at), (1, header.functional_group), (8, header.release))
        )
        number = str(header.control_number)
        texts = (
            header.functional_group, header.sender or "", header.receiver or "",
            _date(header.on), _time(header.at), number, header.agency, header.release,
        )  # fmt: skip
        self.findings += self.rules.header_texts(texts, _GS_LENGTHS, place)
        self.add("GS", *texts)
        seen: set[int] = set()
        for outbound_set in sets:
            if outbound_set.control_number in seen:
                self.findings.append(outbound("ENV-NUMBER-TWICE", place, number=outbound_set.control_number))
            seen.add(outbound_set.control_number)
            self.set(outbound_set, header.control_number)
        self.add("GE", str(len(sets)), number)

    def set(self, outbound_set: OutboundSet, group: int | None) -> None:
        """Add ST, the segments and SE with their count."""
        number = f"{outbound_set.control_number:0{SET_NUMBER_DIGITS_MIN}d}"
        first = len(self.lines)
        at = Location(envelope=reference(self.number), group=reference(group), document=number, segment=1, tag="ST")
        self.findings += self.rules.number(outbound_set.control_number, at, 2)
        self.findings += self.rules.header_text(outbound_set.kind, 3, at, 1)
        if len(outbound_set.kind) != 3:
            self.findings.append(outbound("ENV-HEADER-MISSING", at, element=1))
        implementation = [outbound_set.implementation] if outbound_set.implementation else []
        for text in implementation:
            self.findings += self.rules.header_text(text, 35, at, 3)
        self.add("ST", outbound_set.kind, number, *implementation)
        if isinstance(outbound_set.segments, CleanSegments):
            self.clean(outbound_set.segments)
        else:
            self.data(outbound_set.segments, group, number)
        count = len(self.lines) - first + 1
        if count > SEGMENTS_WRITTEN_MAX:
            self.findings.append(outbound("SYN-SET-TOO-LONG-TO-WRITE", at, count=SEGMENTS_WRITTEN_MAX))
        self.add("SE", str(count), number)

    def clean(self, segments: CleanSegments) -> None:
        """Add segments that are clean under these rules; under others nobody has looked at them."""
        judged = (segments.separators, segments.encoding, segments.substitute)
        if judged != (self.rules.separators, self.rules.encoding, self.rules.substitute):
            raise Defect("these segments were judged under other rules than they are written by")
        self.lines += segments.lines

    def data(self, segments: Sequence[Sequence[Value]], group: int | None, number: str) -> None:
        """Add segments as they are, each judged."""
        for position, values in enumerate(segments, start=2):
            line = self.rules.clean_line(values)
            if line is not None:
                self.lines.append(line)
                continue
            tag = str(values[0])[:3] if values else None
            self.segment(
                values,
                Location(
                    envelope=reference(self.number), group=reference(group), document=number, segment=position, tag=tag
                ),
            )

    def segment(self, values: Sequence[Value], at: Location) -> None:
        """Add one segment of data, each value judged."""
        line, findings = self.rules.line(values, at)
        self.findings += findings
        self.lines.append(line)

    def result(self) -> WrittenInterchange:
        """Return the bytes, unless something was refused."""
        if worst(self.findings) >= Severity.VALUE:
            return WrittenInterchange(body=None, findings=self.findings)
        end = self.rules.separators.segment + self.rules.separators.segment_suffix
        body, faults = encoded(end.join([*self.lines, ""]), self.rules.encoding, self.number)
        return WrittenInterchange(body=body, findings=self.findings + faults)


def _missing(place: Location, wanted: Sequence[tuple[int, object]]) -> list[Diagnostic]:
    return [outbound("ENV-HEADER-MISSING", place, element=element) for element, value in wanted if not value]


def _date(on: date | None) -> str:
    """Return GS04: CCYYMMDD."""
    return f"{on.year:04d}{on.month:02d}{on.day:02d}" if on else ""


def _time(at: time | None) -> str:
    """Return GS05: HHMM, with seconds or hundredths where there are any."""
    if at is None:
        return ""
    text = f"{at.hour:02d}{at.minute:02d}"
    if at.microsecond >= 10_000:
        return f"{text}{at.second:02d}{at.microsecond // 10_000:02d}"
    return f"{text}{at.second:02d}" if at.second else text


_ISA_LENGTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
"""ISA01 to ISA15: fixed lengths of the interchange header. ISA16 is the component separator."""

_GS_LENGTHS = (2, 15, 15, 8, 8, 9, 2, 12)
"""GS01 to GS08: greatest lengths."""
