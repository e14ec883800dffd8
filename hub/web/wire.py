"""A message as it stands on the wire, cut into what a person can point at.

In: the bytes of a message and which of its documents is meant. Out: segments and elements with their names from the
guide, each with the place (``"5:3"``: segment 5, element 3) by which the views find one another. What is no X12 comes
as its lines (``"L16:0"``: line 16). Nothing here can fail: what cannot be named is shown without a name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from hub.exchange.model import DocumentRow
from hub.formats.x12.events import Event, GroupStart, InterchangeStart, TransactionSet
from hub.formats.x12.guide import Guide, Use
from hub.formats.x12.guide import Segment as GuideSegment
from hub.formats.x12.reader import read
from hub.formats.x12.separators import Separators
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Unreadable
from hub.kernel.struct import Struct
from hub.web.languages import N_

SEGMENTS_SHOWN_MAX = 150  # of one page: some thirty order lines; the rest is a page further
ELEMENTS_SHOWN_MAX = 2_000  # of one page, whatever the segments are
VALUE_SHOWN_MAX = 200  # characters of one element
TEXT_SHOWN_MAX = 20_000  # characters of a body that is no X12
LINES_SHOWN_MAX = 1_000  # of such a body
DEPTH_SHOWN_MAX = 3  # deeper loops are indented no further

ENVELOPE_NAMES = {
    "ISA": (
        N_("Interchange header"),
        (
            N_("Authorisation qualifier"),
            N_("Authorisation"),
            N_("Security qualifier"),
            N_("Security"),
            N_("Sender qualifier"),
            N_("Sender"),
            N_("Receiver qualifier"),
            N_("Receiver"),
            N_("Date"),
            N_("Time"),
            N_("Standard, or repetition separator"),
            N_("Version"),
            N_("Interchange control number"),
            N_("Acknowledgement requested"),
            N_("Usage: test or production"),
            N_("Component separator"),
        ),
    ),
    "GS": (
        N_("Functional group header"),
        (
            N_("Functional group"),
            N_("Sender"),
            N_("Receiver"),
            N_("Date"),
            N_("Time"),
            N_("Group control number"),
            N_("Agency"),
            N_("Release"),
        ),
    ),
    "ST": (
        N_("Transaction set header"),
        (N_("Transaction set"), N_("Set control number"), N_("Implementation")),
    ),
    "SE": (N_("Transaction set trailer"), (N_("Segments"), N_("Set control number"))),
    "GE": (N_("Functional group trailer"), (N_("Sets"), N_("Group control number"))),
    "IEA": (N_("Interchange trailer"), (N_("Groups"), N_("Interchange control number"))),
}


class GuideNames(Protocol):
    """Names of segments and elements (``hub.formats.x12.guides``)."""

    def guide(self, release: str, set: str, partner: str | None = None) -> Guide | None: ...


class ShownElement(Struct):
    """One element as sent. ``at`` is ``segment:element``."""

    label: str  # BEG03
    at: str
    value: str
    name: str = ""
    faulty: bool = False
    meaning: str = ""  # of a code


class ShownSegment(Struct):
    """One segment. ``position`` counts from ST = 1; the envelope has 0."""

    tag: str
    position: int
    at: str
    name: str = ""
    depth: int = 0  # of the loop it stands in
    unknown: bool = False  # not in the guide
    elements: list[ShownElement] = []


class Line(Struct):
    """One line of a body that is no X12."""

    number: int
    at: str
    text: str
    faulty: bool = False


class Wire(Struct):
    """What the page shows of a body."""

    segments: list[ShownSegment] = []
    lines: list[Line] = []  # of a body that is no X12
    element_separator: str = "*"
    segment_terminator: str = "~"
    encoding: str | None = None
    guide: str | None = None
    cut: bool = False  # there is more than is shown
    first: int = 1  # position of the first segment shown
    last: int = 0  # and of the last
    following: int | None = None  # where the next page begins
    before: int | None = None  # and the one before


def wire_of(body: bytes, document: DocumentRow | None, guides: GuideNames, *, first: int = 1) -> Wire:
    """Return ``body`` for the page: the document meant from its segment ``first`` on, with the envelope around it."""
    if document is not None and document.release is not None:
        try:
            found = _find(read(body), document.position)
        except Unreadable:
            found = None
        if found is not None:
            return _segments(body, *found, document=document, guides=guides, first=first)
    faulty = places_of(document.findings) if document is not None else set()
    return lines_of(body[: TEXT_SHOWN_MAX * 4].decode("utf-8", "replace"), faulty)


def lines_of(text: str, faulty: Collection[str] = ()) -> Wire:
    """Return the first lines of a body that is no X12; ``faulty`` are places of findings."""
    shown = [line.rstrip("\r") for line in text[:TEXT_SHOWN_MAX].split("\n")]
    numbered = enumerate(shown[:LINES_SHOWN_MAX], start=1)
    lines = [Line(number=n, at=at_line(n), text=line, faulty=at_line(n) in faulty) for n, line in numbered]
    return Wire(lines=lines, cut=len(text) > TEXT_SHOWN_MAX or len(shown) > LINES_SHOWN_MAX)


def at_line(number: int) -> str:
    """Return the place of a line, as the views name places."""
    return f"L{number}:0"


_Found = tuple[InterchangeStart, GroupStart, TransactionSet]


def _find(events: Iterator[Event], position: int) -> _Found | None:
    """Return the set at ``position`` in the message, with the headers before it."""
    start: InterchangeStart | None = None
    group: GroupStart | None = None
    seen = 0
    for event in events:
        if isinstance(event, InterchangeStart):
            start = event
        elif isinstance(event, GroupStart):
            group = event
        elif isinstance(event, TransactionSet):
            seen += 1
            if seen == position and start is not None and group is not None:
                return start, group, event
    return None


def _segments(
    body: bytes,
    start: InterchangeStart,
    group: GroupStart,
    found: TransactionSet,
    *,
    document: DocumentRow,
    guides: GuideNames,
    first: int,
) -> Wire:
    guide = guides.guide(found.release, found.kind, document.partner)
    theirs = document.direction == "in"
    faulty = places_of([each for each in document.findings if not (theirs and is_about_ours(each))])
    shown = [
        _envelope(_raw(body, start.offset, start.separators, start.encoding)),
        _envelope(_raw(body, group.offset, start.separators, start.encoding)),
    ]
    walk = _Walk(guide)
    first = max(1, min(first, len(found.segments)))
    elements, last = 0, first - 1
    for position, values in enumerate(found.segments[: first - 1 + SEGMENTS_SHOWN_MAX], start=1):
        if position < first:
            walk.pass_over(values[0])
        elif elements < ELEMENTS_SHOWN_MAX:
            shown.append(_segment(found.as_sent(position), position, walk, faulty))
            elements, last = elements + len(values), position
    return Wire(
        segments=shown,
        element_separator=start.separators.element,
        segment_terminator=start.separators.segment,
        encoding=found.encoding,
        guide=f"{guide.set} {guide.release}" if guide else None,
        first=first,
        last=last,
        following=last + 1 if last < len(found.segments) else None,
        before=max(1, first - SEGMENTS_SHOWN_MAX) if first > 1 else None,
    )


def _raw(body: bytes, offset: int, separators: Separators, encoding: str) -> list[str]:
    end = body.find(separators.segment.encode(encoding, "replace"), offset)
    text = body[offset : end if end >= 0 else offset].decode(encoding, "replace")
    return text.split(separators.element)


def _envelope(values: Sequence[str]) -> ShownSegment:
    """A segment around the set: its places are named by tag, for nothing canonical comes from it."""
    tag = values[0].strip()
    name, elements = ENVELOPE_NAMES.get(tag, ("", ()))
    return ShownSegment(
        tag=tag,
        position=0,
        at=f"{tag}:0",
        name=name,
        elements=[
            ShownElement(label=f"{tag}{n:02d}", at=f"{tag}:{n}", value=_short(value), name=_nth(elements, n))
            for n, value in enumerate(values[1:], start=1)
        ],
    )


def _segment(values: Sequence[str], position: int, walk: _Walk, faulty: set[str]) -> ShownSegment:
    tag = values[0]
    if tag in ENVELOPE_NAMES:
        envelope_name, names = ENVELOPE_NAMES[tag]
        known, depth, name = True, 0, envelope_name
    else:
        place, depth = walk.step(tag)
        names = tuple(element.name for element in place.elements) if place else ()
        known, name = place is not None, place.name if place else ""
    elements = []
    for number, value in enumerate(values[1:], start=1):
        at = f"{position}:{number}"
        elements.append(
            ShownElement(
                label=f"{tag}{number:02d}", at=at, value=_short(value), name=_nth(names, number), faulty=at in faulty
            )
        )
    return ShownSegment(
        tag=tag,
        position=position,
        at=f"{position}:0",
        name=name,
        depth=min(depth, DEPTH_SHOWN_MAX),
        unknown=not known,
        elements=elements,
    )


def _short(value: str) -> str:
    return value if len(value) <= VALUE_SHOWN_MAX else value[:VALUE_SHOWN_MAX] + "…"


def _nth(names: Sequence[str], number: int) -> str:
    return names[number - 1] if number <= len(names) else ""


def is_about_ours(finding: Diagnostic) -> bool:
    """Say whether a partner made it about what we sent: on their acknowledgement its place is not there."""
    return "-OURS-" in finding.code


def place_of(finding: Diagnostic) -> str | None:
    """Return where in the set ``finding`` stands, as the views name places."""
    at = finding.location
    if at.segment is None:
        return at_line(at.line) if at.line is not None and at.file is None else None
    return f"{finding.location.segment}:{finding.location.element or 0}"


def places_of(findings: Sequence[Diagnostic]) -> set[str]:
    return {place for finding in findings if (place := place_of(finding)) is not None}


class _Walk:
    """Follows a set through its guide, to know in which loop a segment stands. Forgiving: it only names."""

    def __init__(self, guide: Guide | None) -> None:
        self._stack: list[tuple[tuple[Use, ...], int]] = [(guide.uses, 0)] if guide else []
        self._anywhere = dict(_all_segments(guide.uses)) if guide else {}

    def pass_over(self, tag: str) -> None:
        """Take a segment that is not shown."""
        if tag not in ENVELOPE_NAMES:
            self.step(tag)

    def step(self, tag: str) -> tuple[GuideSegment | None, int]:
        """Return the guide's segment for the next ``tag`` and the depth of its loop; ``None`` when it has none."""
        for level in range(len(self._stack) - 1, -1, -1):
            uses, at = self._stack[level]
            for number in range(at, len(uses)):
                use = uses[number]
                if use.segment.tag != tag:
                    continue
                del self._stack[level + 1 :]
                self._stack[level] = (uses, number)
                if use.loop or use.children:
                    self._stack.append((use.children, 0))
                return use.segment, level
        return self._anywhere.get(tag), max(len(self._stack) - 1, 0)


def _all_segments(uses: Sequence[Use]) -> Iterator[tuple[str, GuideSegment]]:
    for use in uses:
        yield use.segment.tag, use.segment
        yield from _all_segments(use.children)
