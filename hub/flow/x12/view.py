"""A set for people: its segments with their names from the guide, and the envelope around it.

Nothing here can fail: what cannot be named is shown without a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from hub.exchange.model import DocumentRow
from hub.flow.rules import Rules
from hub.flow.views import (
    BODY_READ_MAX,
    DEPTH_SHOWN_MAX,
    View,
    ViewEntry,
    ViewLine,
    ViewTerms,
    ViewText,
    ViewValue,
    lines_of,
    short,
)
from hub.flow.x12.guides import x12_rules
from hub.formats.x12.characters import decoded, encoding_of
from hub.formats.x12.envelope_names import ENVELOPE_NAMES
from hub.formats.x12.events import Event, GroupStart, InterchangeStart, TransactionSet
from hub.formats.x12.guide import Guide, Use
from hub.formats.x12.guide import Segment as GuideSegment
from hub.formats.x12.reader import read
from hub.formats.x12.schema import FAMILY
from hub.formats.x12.separators import Separators
from hub.kernel.errors import Misconfigured, Unreadable
from hub.kernel.sentence import Phrase, declared

SEGMENTS_SHOWN_MAX = 150  # of one page: some thirty order lines; the rest is a page further
ELEMENTS_SHOWN_MAX = 2_000  # of one page, whatever the segments are
TERMS = ViewTerms(syntax=FAMILY)
declared(
    {
        "view-x12/all": Phrase(message="Segments of this document"),
        "view-x12/some": Phrase(message="Segments {first} to {last}"),
        "view-x12/earlier": Phrase(message="Earlier segments"),
        "view-x12/later": Phrase(message="Later segments"),
        "view-x12/unknown": Phrase(message="Not in the guide"),
        "view-x12/unnamed": Phrase(message="Names are known once the message has been opened with a guide."),
    }
)

_Found = tuple[InterchangeStart, GroupStart, TransactionSet]


def view(row: DocumentRow | None, body: bytes, rules: Rules, faulty: set[str], *, first: int, cut: bool) -> View:
    """Return the set that ``row`` is of from its segment ``first`` on; of what is no set, the lines."""
    if row is not None and row.release is not None and len(body) <= BODY_READ_MAX and not cut:
        with suppress(Unreadable):
            found = _find(read(body), row.position)
            if found is not None:
                return _segments(body, *found, guide=_guide_of(found[2], row, rules), faulty=faulty, first=first)
    return lines_of(body.decode("utf-8", "replace"), faulty, cut=cut)


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


def _guide_of(found: TransactionSet, row: DocumentRow, rules: Rules) -> Guide | None:
    """Return the guide of a set as agreed with its partner; None where there is none, or it is at fault."""
    with suppress(Misconfigured):
        return x12_rules(rules).guide(found.release, found.kind, row.partner)
    return None


def _segments(
    body: bytes,
    start: InterchangeStart,
    group: GroupStart,
    found: TransactionSet,
    *,
    guide: Guide | None,
    faulty: set[str],
    first: int,
) -> View:
    walk = _Walk(guide)
    shown = [
        _envelope(_raw(body, start.offset, start.separators, start.encoding)),
        _envelope(_raw(body, group.offset, start.separators, start.encoding)),
    ]
    first = max(1, min(first, len(found.segments)))
    elements, last = 0, first
    for position, values in enumerate(found.segments[: first - 1 + SEGMENTS_SHOWN_MAX], start=1):
        if position < first:
            walk.pass_over(values[0])
        elif elements < ELEMENTS_SHOWN_MAX:
            shown.append(_segment(found.as_sent(position), position, walk, faulty))
            elements, last = elements + len(values), position
    return View(
        terms=TERMS,
        lines=[_line(each, start.separators) for each in shown],
        entries=shown,
        encoding=found.encoding,
        schema=f"{guide.set} {guide.release}" if guide else None,
        first=first,
        last=last,
        following=last + 1 if last < len(found.segments) else None,
        before=max(1, first - SEGMENTS_SHOWN_MAX) if first > 1 else None,
    )


def _line(segment: ViewEntry, separators: Separators) -> ViewLine:
    """Return a segment as it was sent."""
    texts = [ViewText(text=segment.tag, at=segment.at, label=segment.tag, name=segment.name, mark="tag")]
    for each in segment.values:
        texts.append(ViewText(text=separators.element, mark="sign"))
        if each.value:
            texts.append(ViewText(text=each.value, at=each.at, label=each.label, name=each.name, faulty=each.faulty))
    texts.append(ViewText(text=separators.segment, mark="sign"))
    return ViewLine(number=segment.number, texts=texts)


def _raw(body: bytes, offset: int, separators: Separators, encoding: str) -> list[str]:
    end = body.find(separators.segment.encode(encoding, "replace"), offset)
    raw = body[offset : max(end, offset)]
    return decoded(raw, encoding_of(raw)).split(separators.element)


def _envelope(values: Sequence[str]) -> ViewEntry:
    """A segment around the set: its places are named by tag, for nothing canonical comes from it."""
    tag = values[0].strip()
    name, elements = ENVELOPE_NAMES.get(tag, ("", ()))
    return ViewEntry(tag=tag, at=f"{tag}:0", name=name, folded=True, values=_values(tag, tag, values, elements, set()))


def _segment(values: Sequence[str], position: int, walk: _Walk, faulty: set[str]) -> ViewEntry:
    tag = values[0]
    if tag in ENVELOPE_NAMES:
        envelope_name, names = ENVELOPE_NAMES[tag]
        known, depth, name = True, 0, envelope_name
    else:
        place, depth = walk.step(tag)
        names = tuple(element.name for element in place.elements) if place else ()
        known, name = place is not None or not walk.is_guided, place.name if place else ""
    return ViewEntry(
        tag=tag,
        at=f"{position}:0",
        name=name,
        number=position,
        depth=min(depth, DEPTH_SHOWN_MAX),
        unknown=not known,
        faulty=f"{position}:0" in faulty,
        values=_values(tag, str(position), values, names, faulty),
    )


def _values(tag: str, place: str, values: Sequence[str], names: Sequence[str], faulty: set[str]) -> list[ViewValue]:
    return [
        ViewValue(
            label=f"{tag}{number:02d}",
            at=f"{place}:{number}",
            value=short(value),
            name=names[number - 1] if number <= len(names) else "",
            faulty=f"{place}:{number}" in faulty,
        )
        for number, value in enumerate(values[1:], start=1)
    ]


class _Walk:
    """Follows a set through its guide, to know in which loop a segment stands. Forgiving: it only names."""

    def __init__(self, guide: Guide | None) -> None:
        self._stack: list[tuple[tuple[Use, ...], int]] = [(guide.uses, 0)] if guide else []
        self._anywhere = dict(_all_segments(guide.uses)) if guide else {}
        self.is_guided = guide is not None

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
                if use.children:
                    self._stack.append((use.children, 0))
                return use.segment, level
        return self._anywhere.get(tag), max(len(self._stack) - 1, 0)


def _all_segments(uses: Sequence[Use]) -> Iterator[tuple[str, GuideSegment]]:
    for use in uses:
        yield use.segment.tag, use.segment
        yield from _all_segments(use.children)
