"""One interchange read from ISA to IEA: groups and sets as events, and every fault of the envelope.

In: a window that stands at an ISA that was read. Out: its events. The envelope is a small grammar
(ISA, service segments, groups of sets, IEA), and ``_STEPS`` at the end says what each segment does
when it comes. What should not be there is counted; what should be there and is not closes what is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from hub.formats.x12.events import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    ServiceSegment,
)  # fmt: skip
from hub.formats.x12.faults import finding
from hub.formats.x12.headers import (
    GroupHeader,
    InterchangeHeader,
    group_header,
    interchange_header,
    read_number,
    reference,
    same_number,
)
from hub.formats.x12.isa import Isa
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX, Limits
from hub.formats.x12.scan import Window
from hub.formats.x12.sets import Belongs, make_set
from hub.formats.x12.walk import EnvelopeSegment, Walker
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location

COUNT_DIGITS_MAX = 6  # GE01; IEA01 has five


STRAY_SEGMENTS_LOOKED_AT_MAX = 100
"""Segments outside any set that are cut one by one; after so many, all up to the next envelope segment are passed."""


class _Group:
    """The functional group that is open."""

    def __init__(self, header: GroupHeader, number: str) -> None:
        self.header = header
        self.number = number  # GS06 as sent
        self.received = 0
        self.numbers: set[str] = set()
        self.findings: list[Diagnostic] = []


class EnvelopeReading:
    """Groups and sets, with or without an interchange around them."""

    def __init__(self, walker: Walker, limits: Limits, number: int | None) -> None:
        self.walker = walker
        self.number = number
        self.received = 0
        self.findings: list[Diagnostic] = []
        self._limits = limits
        self._group: _Group | None = None
        self._group_numbers: set[str] = set()
        self._stray: tuple[int, str, Location] | None = None
        self._nul: Location | None = None  # the first one
        self._holds_ta1 = False

    def body(self) -> Iterator[Event | str]:
        """Yield the events up to the segment that ends this envelope; last its tag, "" at the end of the file."""
        while True:
            self.walker.compact()
            tag = self.walker.next_tag()
            if tag is None or tag in ("ISA", "IEA"):
                yield from self.close_left_open()
                yield tag or ""
                return
            step = _STEPS.get(tag, EnvelopeReading.step_stray)
            yield from step(self)

    def step_set(self) -> Iterator[Event]:
        """ST: read on to SE, or to whatever ends the set instead."""
        walker, group = self.walker, self._group
        offset, boundary = walker.offset, walker.boundary(walker.place)
        closed = boundary.tag == "SE"
        if boundary.fault:
            raw = bytes(walker.window.data[walker.place : walker.place + self._limits.segment_bytes])
            walker.place = boundary.body_end
            closed = walker.skip_to_envelope()[0] == "SE"
            if closed:
                walker.take()
        elif closed:
            raw = walker.take_set(boundary.place)
        else:
            raw = walker.take_until(boundary.body_end)
            walker.place = boundary.place
        if group is not None and self._is_beyond(group):
            return
        belongs = self._belongs()
        made = make_set(raw, walker, belongs, self._limits, offset=offset, closed=closed, fault=boundary.fault)
        if b"\x00" in raw:
            self._saw_nul(offset)
        del raw  # it may be all of a long set, and the reader stands here until the set is done with
        at = made.place(segment=1, tag="ST", element=2)
        if group is None:
            made.findings += self.faults_outside_group(at)
        else:
            made.findings += self._repeats(group, made.control_number, at)
        yield made

    def _belongs(self) -> Belongs:
        header = self._group.header if self._group else None
        number, release = (header.control_number, header.release) if header else (None, "")
        return Belongs(interchange=self.number, group=number, release=release)

    def faults_outside_group(self, at: Location) -> list[Diagnostic]:
        """Return what is wrong with a set that stands in no group."""
        fault = finding("ENV-SET-OUTSIDE-GROUP", at)
        if not any(f.code == fault.code for f in self.findings):
            self.findings.append(fault)
        return [fault]

    def step_group_start(self) -> Iterator[Event]:
        """GS: open a group, closing the one that was left open."""
        yield from self.close_left_open()
        segment = self.taken()
        header, findings = group_header(segment.elements, self.number)
        place = Location(envelope=reference(self.number), group=reference(header.control_number), tag="GS")
        if any(f.code in ("ENV-GROUP-KIND", "ENV-GROUP-NUMBER") for f in findings):
            self.findings.append(finding("ENV-GROUP-INVALID", place))
        sent = segment.elements[6].strip()[:FOUND_CHARACTERS_MAX] if len(segment.elements) > 6 else ""
        number = sent if read_number(sent) is None else str(header.control_number)
        if number in self._group_numbers:
            findings.append(finding("ENV-GROUP-NUMBER-REPEATED", place, found=number))
        elif number and len(self._group_numbers) < self._limits.groups_per_interchange:
            self._group_numbers.add(number)
        self.received += 1
        self._group = _Group(header, number)
        yield GroupStart(header=header, interchange=self.number, offset=segment.offset, findings=findings)

    def step_group_end(self) -> Iterator[Event]:
        """GE: close the group and compare; without one open it is a stray segment."""
        group = self._group
        if group is None:
            yield from self.step_stray()
            return
        trailer = [*self.taken().elements, "", ""]
        stated, place = read_number(trailer[1], COUNT_DIGITS_MAX), self.at_group("GE")
        faults = []
        if stated != group.received:
            faults.append(
                finding("ENV-SET-COUNT-IN-GROUP", place, found=trailer[1].strip(), expected=str(group.received))
            )
        elif group.received == 0:
            faults.append(finding("ENV-GROUP-EMPTY", place))
        if group.number and not same_number(group.number, trailer[2]):
            found = trailer[2].strip()
            faults.append(finding("ENV-GROUP-NUMBER-MISMATCH", place, found=found, expected=group.number))
        yield from self.close_group(*faults, stated=stated)

    def step_service(self) -> Iterator[Event]:
        """TA1, ISB, ISE: given as they are; inside a group they are stray."""
        if self._group is not None:
            yield from self.step_stray()
            return
        segment = self.taken()
        self._holds_ta1 = self._holds_ta1 or segment.elements[0] == "TA1"
        yield ServiceSegment(values=segment.elements, interchange=self.number, offset=segment.offset)

    def step_stray(self) -> Iterator[Event]:
        """Count a segment that stands where none may stand."""
        segment = self.taken()
        place = Location(
            envelope=reference(self.number),
            group=reference(self._group.header.control_number if self._group else None),
            tag=segment.elements[0][:3].strip() or None,
            offset=segment.offset,
        )
        count, first, at = self._stray or (0, segment.elements[0], place)
        if count > STRAY_SEGMENTS_LOOKED_AT_MAX:
            count += self.walker.skip_to_envelope()[1]
        self._stray = (count + 1, first, at)
        yield from ()

    def close_group(self, *faults: Diagnostic, stated: int | None = None) -> Iterator[Event]:
        """Yield the end of the open group, if one is open, with ``faults``."""
        group, self._group = self._group, None
        if group is not None:
            findings = [*group.findings, *faults]
            yield GroupEnd(header=group.header, stated=stated, received=group.received, findings=findings)

    def close_left_open(self) -> Iterator[Event]:
        """Yield the end of a group that should have been closed by now, if one is open."""
        if self._group is not None:
            yield from self.close_group(finding("ENV-GROUP-NOT-CLOSED", self.at_group()))

    def last_findings(self) -> list[Diagnostic]:
        """Return what is to be said of the envelope as a whole."""
        findings = list(self.findings)
        if self._stray:
            count, first, at = self._stray
            findings.append(finding("ENV-SEGMENT-OUTSIDE", at, found=first, count=count))
        if self._nul:
            findings.append(finding("SYN-NUL", self._nul))
        return findings

    def at_group(self, tag: str | None = None) -> Location:
        """Return the place of the open group, or of its trailer."""
        number = self._group.header.control_number if self._group else None
        return Location(envelope=reference(self.number), group=reference(number), tag=tag)

    def taken(self, *, ends_at_line_end: bool = False) -> EnvelopeSegment:
        """Take the envelope segment that comes next."""
        segment = self.walker.take(ends_at_line_end=ends_at_line_end)
        if segment.has_nul:
            self._saw_nul(segment.offset)
        return segment

    def _saw_nul(self, offset: int) -> None:
        self._nul = self._nul or Location(envelope=reference(self.number), offset=offset)

    def _is_beyond(self, group: _Group) -> bool:
        """Count the set; say whether it is one too many, which is then not given."""
        group.received += 1
        if group.received == self._limits.sets_per_group + 1:
            most = self._limits.sets_per_group
            group.findings.append(finding("SYN-TOO-MANY-SETS", self.at_group(), count=most))
        return group.received > self._limits.sets_per_group

    def _repeats(self, group: _Group, number: str, at: Location) -> list[Diagnostic]:
        if not number:
            return []
        if number in group.numbers:
            return [finding("ENV-SET-NUMBER-REPEATED", at, found=number)]
        group.numbers.add(number)
        return []


class InterchangeReading(EnvelopeReading):
    """One interchange, from the ISA that was found to its IEA."""

    def __init__(self, window: Window, isa: Isa, place: int, limits: Limits, findings: list[Diagnostic]) -> None:
        self.header, faults = interchange_header(isa.elements)
        walker = Walker(window, isa.separators, limits, wrapped=isa.wrapped)
        super().__init__(walker, limits, self.header.control_number)
        self._isa = isa
        self._offset = window.base + place
        walker.place = place + isa.length
        own = [_with_number(f, self.header) for f in isa.findings]
        self._start_findings = [*findings, *own, *faults]

    @property
    def place(self) -> int:
        """Where in the window the reading stands."""
        return self.walker.place

    def events(self) -> Iterator[Event]:
        """Yield the interchange's events; of one whose separators are unsound only the start."""
        yield InterchangeStart(
            header=self.header,
            separators=self.walker.separators,
            encoding=self._isa.encoding,
            offset=self._offset,
            findings=self._start_findings,
        )
        if self._isa.is_sound:
            ended_by = ""
            for event in self.body():
                if isinstance(event, str):
                    ended_by = event
                else:
                    yield event
            yield self._end(ended_by)

    def end_of_refused(self, offset: int) -> InterchangeEnd:
        """Return the end of an interchange whose body was passed over up to ``offset``."""
        return InterchangeEnd(header=self.header, stated=None, received=0, end=offset)

    def _end(self, tag: str) -> InterchangeEnd:
        stated: int | None = None
        place = Location(envelope=reference(self.number), tag="IEA")
        faults: list[Diagnostic] = []
        if tag != "IEA":
            code = "ENV-INTERCHANGE-RUN-OVER" if tag else "ENV-INTERCHANGE-NOT-CLOSED"
            faults.append(finding(code, Location(envelope=reference(self.number), offset=self.walker.offset)))
        else:
            segment = self.taken(ends_at_line_end=True)
            trailer = [*segment.elements, "", ""]
            stated = read_number(trailer[1], COUNT_DIGITS_MAX)
            if stated != self.received:
                fault = finding(
                    "ENV-GROUP-COUNT-MISMATCH", place, found=trailer[1].strip(), expected=str(self.received)
                )
                of_ta1 = self._holds_ta1 and self.received == 0  # many count the TA1: nothing is lost, all was read
                faults.append(replace(fault, severity=Severity.WARNING) if of_ta1 else fault)
            number = self._isa.elements[13].strip()
            if number and not same_number(number, trailer[2]):
                faults.append(
                    finding("ENV-INTERCHANGE-NUMBER-MISMATCH", place, found=trailer[2].strip(), expected=number)
                )
            if not segment.terminated:
                faults.append(finding("ENV-NO-LAST-TERMINATOR", place))
        findings = [*self.last_findings(), *faults]
        return InterchangeEnd(
            header=self.header, stated=stated, received=self.received, end=self.walker.offset, findings=findings
        )


def _with_number(fault: Diagnostic, header: InterchangeHeader) -> Diagnostic:
    place = replace(fault.location, envelope=reference(header.control_number))
    return replace(fault, location=place)


_STEPS: dict[str, Callable[[EnvelopeReading], Iterator[Event]]] = {
    "GS": EnvelopeReading.step_group_start,
    "ST": EnvelopeReading.step_set,
    "GE": EnvelopeReading.step_group_end,
    "TA1": EnvelopeReading.step_service,
    "TA3": EnvelopeReading.step_service,
    "ISB": EnvelopeReading.step_service,
    "ISE": EnvelopeReading.step_service,
}
