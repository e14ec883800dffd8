"""Data and separators made to fit each other, so that what somebody wrote in an order does not keep the answer to it.

A separator is chosen anew for each interchange: its header says which it is. So where the data contains one that was
agreed, another is taken. Where the partner's file fixes them, text that people read has the substitute the file names
in place of each, and a finding says which value was changed; a number, a reference or a code is never changed, for two
of them would become one: what holds such a one is refused. The partner's own signs go first, nothing is lost quietly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from hub.formats.tree import Value
from hub.formats.x12.element_types import CONTROL
from hub.formats.x12.guide import Element
from hub.formats.x12.isa import WHOLE_ISA
from hub.formats.x12.outbound_faults import outbound
from hub.formats.x12.outbound_values import OutboundRules, rules_for
from hub.formats.x12.separators import REPETITION_SIGNS, Separators
from hub.formats.x12.writer import CleanSegments, clean_segments
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.location import Location
from hub.kernel.struct import Struct

ENCODING = "utf-8"
SUBSTITUTE = "?"  # of the basic character set of X12, and seen by whoever reads the value; a blank would not be
_CANDIDATES = {"element": "*|^!", "segment": "~'`", "component": ">:<\\", "repetition": REPETITION_SIGNS}
_LAST = "\x1d\x1c\x1f\x1e"
"""Separators of ASCII itself: data is written without control characters, so that one of them is always free."""
TEXT_FOR_PEOPLE = frozenset({"19", "61", "79", "93", "166", "352", "369", "387", "790", "791", "933", "1551"})
"""Data elements of X12 that hold prose: city, message, description, name, address line, routing, title. Whoever reads
them reads a sign that was replaced for what it is; all others are compared: with an order, a catalogue, a list."""


class Fitted(Struct):
    """What stands between ST and SE as it will be written, and what had to be done for it; None: why it cannot be."""

    segments: CleanSegments | None
    findings: list[Diagnostic] = []


def fitted(
    segments: Sequence[Sequence[Value]],
    agreed: Separators,
    elements: Mapping[str, Sequence[Element]],
    *,
    fixed: bool,
    substitute: str = SUBSTITUTE,
    envelope: str = "",
) -> Fitted:
    """Return ``segments`` clean, with the ``agreed`` separators where that can be.

    ``elements`` are those of the guide, by tag. ``fixed`` says that the partner takes no other separators; then
    ``substitute`` stands for each in text for people. ``envelope`` is all that will stand in the headers, which may
    contain no separator either.
    """
    clean = clean_segments(segments, agreed, encoding=ENCODING)
    if clean is not None:
        return _without_header(clean, substitute)
    there = CONTROL.sub("", "".join((envelope, *_texts(segments))))
    separators = agreed if fixed else _apart_from(set(there), agreed)
    found = _substituted(segments, separators, elements, substitute)
    if separators == agreed or found.segments is None:
        return found
    said = outbound("SYN-OTHER-SEPARATORS", Location(tag="ISA"), characters=_named(agreed, separators))
    return replace(found, findings=[said, *found.findings])


def _substituted(
    segments: Sequence[Sequence[Value]], separators: Separators, elements: Mapping[str, Sequence[Element]], sign: str
) -> Fitted:
    """Return the segments with ``sign`` for what would separate in text for people; elsewhere that is refused."""
    strict = rules_for(separators, ENCODING, None)
    changing = rules_for(separators, ENCODING, sign if sign not in separators.all else " ")
    findings, lines = list(strict.findings), []
    for position, values in enumerate(segments, start=2):
        line = strict.clean_line(values)
        if line is None:
            line, said = _line(values, position, elements, strict, changing)
            findings += said
        lines.append(line)
    if worst(findings) > Severity.WARNING:
        return Fitted(segments=None, findings=findings)
    clean = CleanSegments(lines=lines, separators=separators, encoding=ENCODING, substitute=None)
    found = _without_header(clean, sign)
    return replace(found, findings=[*findings, *found.findings])


def _line(
    values: Sequence[Value],
    position: int,
    elements: Mapping[str, Sequence[Element]],
    strict: OutboundRules,
    changing: OutboundRules,
) -> tuple[str, list[Diagnostic]]:
    tag = str(values[0])[:3] if values else ""
    at, written, changes = Location(segment=position, tag=tag or None), list(values), []
    for number, element in enumerate(elements.get(tag, ()), start=1):
        text = written[number] if number < len(written) else None
        if isinstance(text, str) and element.number in TEXT_FOR_PEOPLE:
            written[number], said = changing.text(text, at, number)
            changes += said
    line, refused = strict.line(written, at)
    return line, changes + refused


def _without_header(clean: CleanSegments, substitute: str) -> Fitted:
    """Return the segments, a whole interchange header in the data broken: a reader would begin anew at it."""
    if not any("ISA" in line for line in clean.lines):
        return Fitted(segments=clean)
    end = clean.separators.segment + clean.separators.segment_suffix
    text = end.join(clean.lines)
    body = text.encode(ENCODING, "replace")
    places = [found.start() for found in re.finditer(b"ISA", body) if WHOLE_ISA.match(body, found.start())]
    if not places:
        return Fitted(segments=clean)
    for place in reversed(places):
        body = body[:place] + substitute.encode() + body[place + 1 :]
    changed = replace(clean, lines=body.decode(ENCODING).split(end))
    return Fitted(segments=changed, findings=[outbound("SYN-HEADER-BROKEN", Location(), substitute=substitute)])


def _apart_from(there: set[str], agreed: Separators) -> Separators:
    """Return the agreed separators, but for those that are ``there`` in the data: for each the first that is free."""
    taken = there | {sign for sign in agreed.all if sign not in there}
    chosen: dict[str, str] = {}
    for name, candidates in _CANDIDATES.items():
        sign = getattr(agreed, name)
        if sign in there:
            chosen[name] = next(each for each in candidates + _LAST if each not in taken)
            taken.add(chosen[name])
    return replace(agreed, **chosen)


def _named(agreed: Separators, other: Separators) -> str:
    """Return the agreed separators that the data contains."""
    return " ".join(sign for sign in agreed.all if sign not in other.all)


def _texts(values: Iterable[Value | Sequence[Value]]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            yield from _texts(value)
