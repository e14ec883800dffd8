"""What the reader says, one after the other: the envelope opening and closing, and one transaction set at a time.

::

    InterchangeStart                ISA
      ServiceSegment*               TA1, ISB, ISE (before the first group)
      GroupStart                    GS
        TransactionSet*             ST … SE
      GroupEnd                      GE
    InterchangeEnd                  IEA
    Stray                           bytes outside any interchange

Every start has its end, also when the file stops in between. A finding stands with the event during
which it was made; whoever applies a set's effects waits for the ends, for they can refuse the whole.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

from hub.formats.x12.headers import GroupHeader, InterchangeHeader, reference
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.formats.x12.separators import Separators
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.struct import Struct


class InterchangeStart(Struct):
    """An interchange begins. When its separators cannot be trusted, a finding says so and only the end follows."""

    header: InterchangeHeader
    separators: Separators
    encoding: str  # of ISA: "utf-8" (ASCII is that too) or "windows-1252"; each set says its own
    offset: int  # byte at which ISA begins
    findings: list[Diagnostic] = []


class ServiceSegment(Struct):
    """A segment of the interchange's own, between ISA and the first GS: TA1, ISB, ISE."""

    values: list[str]
    interchange: int | None
    offset: int


class GroupStart(Struct):
    """A functional group begins."""

    header: GroupHeader
    interchange: int | None
    offset: int
    findings: list[Diagnostic] = []


class GroupEnd(Struct):
    """A functional group ends, with GE or without."""

    header: GroupHeader
    stated: int | None  # GE01
    received: int
    findings: list[Diagnostic] = []


class InterchangeEnd(Struct):
    """An interchange ends, with IEA or without."""

    header: InterchangeHeader
    stated: int | None  # IEA01
    received: int  # functional groups
    end: int  # byte after its last
    findings: list[Diagnostic] = []


class Stray(Struct):
    """Bytes that belong to no interchange, before, between or after: reported, not lost."""

    offset: int
    length: int
    findings: list[Diagnostic]


class TransactionSet:
    """One ST … SE, as sent; its segments are cut into elements when first asked for.

    ``segments[0]`` is ST and, unless a finding says that the set was not closed, ``segments[-1]`` is
    SE; position ``n`` of a Location is ``segments[n - 1]``. A segment is its tag and its elements,
    trailing empty ones dropped, composites and repetitions still in one piece. Empty segments are
    gone, line ends too, and blanks behind a value.
    """

    __slots__ = (
        "_beginning", "_lines", "_mixed", "_segments", "control_number", "encoding", "end", "findings", "group",
        "implementation", "interchange", "is_kept", "kind", "offset", "padded", "release", "separators",
    )  # fmt: skip

    def __init__(
        self,
        lines: list[str],
        separators: Separators,
        *,
        encoding: str = "utf-8",
        release: str = "",
        interchange: int | None = None,
        group: int | None = None,
        offset: int = 0,
        end: int = 0,
        findings: list[Diagnostic] | None = None,
        mixed: bool | None = None,
    ) -> None:
        """``mixed`` says whether the component separator stands in the set's text; None: it is looked for."""
        header = lines[0].split(separators.element)
        self.kind = header[1].strip() if len(header) > 1 else ""  # ST01: "850"
        self.control_number = header[2].strip() if len(header) > 2 else ""  # ST02 as sent
        self.implementation = (header[3].strip() or None) if len(header) > 3 else None  # ST03
        self.separators = separators
        self.encoding = encoding
        self.release = release  # GS08 as sent; "" for a bare set
        self.interchange = interchange  # ISA13
        self.group = group  # GS06
        self.is_kept = True  # False: it passed a limit, only ST is here and a finding says why; no guide can judge it
        self.offset = offset  # byte in the message at which ST begins
        self.end = end  # byte after the set's last
        self.padded: dict[int, str] = {}  # by position: segments as sent that had blanks behind a value
        self.findings: list[Diagnostic] = [] if findings is None else findings
        self._lines: list[str] | None = lines
        self._mixed = mixed
        self._beginning: list[str] = []
        self._segments: list[list[str]] = []

    @property
    def segments(self) -> list[list[str]]:
        """The segments from ST to SE, each a list of tag and elements."""
        if self._lines is not None:
            self._segments = _cut_into_elements(self._lines, self.separators.element)
            self._lines = None
        return self._segments

    def tags(self) -> Iterator[str]:
        """Yield the tags from ST to SE; of a set that was not looked into yet, nothing is cut for it."""
        if self._lines is None:
            return (segment[0] for segment in self._segments)
        return (line.partition(self.separators.element)[0] for line in self._lines)

    def opening(self, most: int) -> list[list[str]]:
        """Return the first ``most`` segments behind ST; of a set that is not kept, those that were put aside."""
        if not self.is_kept:
            return [line.split(self.separators.element) for line in self._beginning[:most]]
        if self._lines is None:
            return self._segments[1 : most + 1]
        return [line.split(self.separators.element) for line in self._lines[1 : most + 1]]

    def forgo(self, beginning: list[str]) -> None:
        """Give up all but ST, the set being too long to keep; ``beginning`` are segments by which it is found."""
        self.is_kept = False
        self._beginning = beginning

    def let_go(self) -> None:
        """Hold nothing of it any more: it was read, and others are read while what it came to is on its way."""
        self._lines, self._segments, self.padded = None, [], {}

    def meaning(self) -> str:
        """Return the whole set in one way of writing, whatever separates and dresses it: alike means the same."""
        lines, element = self._lines, self.separators.element
        if lines is None:
            return "\x1e".join("\x1d".join(segment) for segment in self._segments)
        return "\x1e".join(lines).replace(element, "\x1d")

    def as_sent(self, position: int) -> list[str]:
        """Return the tag and elements of the segment at ``position``, with the blanks that stand behind them."""
        if position in self.padded:
            return self.padded[position].split(self.separators.element)
        return self.segments[position - 1]

    @property
    def body(self) -> list[list[str]]:
        """The segments between ST and SE."""
        segments = self.segments
        return segments[1:-1] if len(segments) > 1 and segments[-1][0] == "SE" else segments[1:]

    def holds_components(self) -> bool:
        """Say whether the component separator stands anywhere in the set, be it data or separator."""
        between = self.separators.component
        if not between:
            return False
        if self._mixed is None:
            self._mixed = self._holds(between)
        return self._mixed

    def holds_repetitions(self) -> bool:
        """Say whether the repetition separator stands anywhere in the set."""
        between = self.separators.repetition
        return bool(between) and self._holds(between or "")

    def _holds(self, sign: str) -> bool:
        lines = self._lines if self._lines is not None else ["".join(values) for values in self._segments]
        return any(sign in line for line in lines)

    def place(self, segment: int | None = None, tag: str | None = None, element: int | None = None) -> Location:
        """Return a place in this set, or the set itself."""
        has_name = bool(self.control_number) or segment is not None or self.interchange is not None
        return Location(
            envelope=reference(self.interchange),
            group=reference(self.group),
            document=self.control_number[:FOUND_CHARACTERS_MAX] or None,
            segment=segment,
            tag=tag,
            element=element,
            offset=None if has_name else self.offset,
        )

    def __len__(self) -> int:
        return len(self._segments) if self._lines is None else len(self._lines)

    def __repr__(self) -> str:
        return f"TransactionSet({self.kind} {self.control_number}, {len(self)} segments)"


def _cut_into_elements(lines: list[str], separator: str) -> list[list[str]]:
    if len(lines) < LONG_SET_SEGMENTS or not gc.isenabled():
        return [line.split(separator) for line in lines]
    gc.disable()
    try:
        return [line.split(separator) for line in lines]
    finally:
        gc.enable()


LONG_SET_SEGMENTS = 5_000
"""From here on a set is cut with the cyclic collector paused: lists of text hold no cycles, yet it would walk
all of them again each time some more were made (measured: four times the cost at 400,000 segments)."""

Event = InterchangeStart | ServiceSegment | GroupStart | TransactionSet | GroupEnd | InterchangeEnd | Stray
