"""Turns a tree into the segments of a set: in guide order, with what the guide computes filled in.

In: the node of the set, as a mapping rendered it or as ``validate`` read it. Out: what stands between ST and SE, ready
for the writer, and a finding for each segment the guide has no place for (it is left out) or allows less often (it is
written, and the finding refuses the set). What is computed is never taken from the tree: HL01, HL02, HL04, LX01,
CTT01, LS01 and LE01 follow from what is written. CTT and LE are written where the guide has them even if the tree
does not, because nothing but a count or a name is needed to say them.
"""

from __future__ import annotations

from operator import attrgetter

from hub.formats.tree import UNKNOWN, Node, Value
from hub.formats.x12.guide import ComputedElement, Guide
from hub.formats.x12.guide_faults import SetFindings, in_loop
from hub.formats.x12.hierarchy import DEPTH_MAX
from hub.formats.x12.places import GuidePlace
from hub.formats.x12.validate import compile_guide
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.sentence import Word
from hub.kernel.struct import Struct


class Composed(Struct):
    """The segments between ST and SE, each a tag and its elements, and what does not fit the guide."""

    segments: list[list[Value]]
    findings: list[Diagnostic] = []


def compose(root: Node, guide: Guide) -> Composed:
    """Return the segments of ``root``'s children in the order of ``guide``; ``root`` itself is not changed."""
    composing = _Composing(guide)
    composing.write_beneath(root, compile_guide(guide).root)
    for made, computed in composing.counts:
        _put(made, computed.element, str(sum(segment[0] == computed.of for segment in composing.segments)))
    for segment in composing.segments:
        _trim(segment)
    return Composed(segments=composing.segments, findings=composing.findings.items)


class _Composing:
    """One set on its way out."""

    def __init__(self, guide: Guide) -> None:
        self.segments: list[list[Value]] = []
        self.counts: list[tuple[list[Value], ComputedElement]] = []  # filled when all is written
        self.findings = SetFindings(None, None, "")
        self.levels = 0  # HL written so far
        self.computed: dict[str, list[ComputedElement]] = {}
        for each in guide.computed:
            self.computed.setdefault(each.tag, []).append(each)

    def write_beneath(self, node: Node, loop: GuidePlace) -> None:
        """Write the children of ``node`` that stand in wire order; levels that nest are written by ``write_level``."""
        children, places = node.children, loop.children
        if not children and self.computed.keys().isdisjoint(places):
            return
        if not children.keys() <= places.keys():
            for tag, strays in children.items():
                if tag not in places and not (loop.nests and tag == loop.tag):
                    self._no_place(strays, loop)
        wanted = [places[tag] for tag in children if tag in places]
        wanted += [places[tag] for tag in self.computed if tag in places and tag not in children]
        for place in sorted(wanted, key=_INDEX):
            nodes = children.get(place.tag) or self._unasked(place, loop)
            if place.nests:
                for child in nodes:
                    self.write_level(child, place, None, 1)
                continue
            if place.maximum and len(nodes) > place.maximum:
                self._too_often(place, loop)
            for number, child in enumerate(nodes, 1):
                self._write(child, place, loop, number)

    def write_level(self, node: Node, place: GuidePlace, parent: str | None, depth: int) -> None:
        """Write an HL with what stands beneath it, then the levels nested in it."""
        self.levels += 1
        if place.maximum and self.levels == place.maximum + 1:
            self._too_often(place, None)
        number = str(self.levels)
        nested = node.children.get(place.tag, [])
        values = list(node.values)
        for each in self.computed.get(node.tag, ()):
            if _is_used(place, each):
                told = {"number": number, "parent": parent or "", "children": "1" if nested else "0"}
                _put(values, each.element, told.get(each.rule, ""))
        self.segments.append(values)
        self.write_beneath(node, place)
        if nested and depth >= DEPTH_MAX:
            self._add("GDE-HL-TOO-DEEP", place, element=2, most=DEPTH_MAX)
            return
        for child in nested:
            self.write_level(child, place, number, depth + 1)

    def _write(self, node: Node, place: GuidePlace, loop: GuidePlace, number: int) -> None:
        values = list(node.values)
        for each in self.computed.get(node.tag, ()):
            if not _is_used(place, each):
                continue
            if each.rule == "count":
                self.counts.append((values, each))
            elif each.rule == "number":
                _put(values, each.element, str(number))
            elif each.rule == "loop":
                _put(values, each.element, _bounded(place if place.opens else loop))
        self.segments.append(values)
        if place.opens:
            self.write_beneath(node, place)
        else:
            for strays in node.children.values():
                self._no_place(strays, place)

    def _unasked(self, place: GuidePlace, loop: GuidePlace) -> list[Node]:
        """The segment that says only what is computed, where the guide has one: CTT, and LE in an LS loop."""
        if place.nests:
            return []
        rules = [each.rule for each in self.computed.get(place.tag, ())]
        if "count" in rules or ("loop" in rules and loop.tag and not place.opens):
            return [Node(place.tag, 0, [place.tag])]
        return []

    def _too_often(self, place: GuidePlace, loop: GuidePlace | None) -> None:
        code = "GDE-LOOP-TOO-OFTEN" if place.opens else "GDE-SEGMENT-TOO-OFTEN"
        self._add(code, place, label=place.name, most=place.maximum, where=in_loop(loop.tag if loop else None))

    def _add(self, code: str, place: GuidePlace, element: int | None = None, **words: Word) -> None:
        self.findings.add(
            code,
            segment=len(self.segments) + 2,
            tag=place.tag,
            loop=place.tag if place.opens else None,
            element=element,
            **words,  # type: ignore[arg-type]
        )

    def _no_place(self, strays: list[Node], loop: GuidePlace) -> None:
        for stray in strays:
            tag = str(stray.values[0]) if stray.tag == UNKNOWN else stray.tag
            self.findings.add(
                "GDE-NO-PLACE", segment=len(self.segments) + 2, tag=tag, loop=loop.tag or None,
                where=in_loop(loop.tag if loop else None), found=tag,
            )  # fmt: skip


def _is_used(place: GuidePlace, computed: ComputedElement) -> bool:
    return place.use is not None and place.use.segment.elements[computed.element - 1].used


def _bounded(loop: GuidePlace) -> str:
    """The name of the loop that LS and LE bound: its first segment's."""
    return next((child.tag for child in loop.children.values() if child.opens), "") if loop.tag else ""


def _put(values: list[Value], element: int, value: str) -> None:
    values.extend([""] * (element + 1 - len(values)))
    values[element] = value


def _trim(values: list[Value]) -> None:
    """Drop what says nothing at the end: of the segment, and of each composite and repetition in it."""
    if list in map(type, values):
        values[:] = [value if isinstance(value, str) else _without_end(value) for value in values]
    while len(values) > 1 and not values[-1]:
        values.pop()


def _without_end(value: list[str] | list[list[str]]) -> Value:
    last = len(value)
    while last and not any(value[last - 1]):
        last -= 1
    return [_inner(part) for part in value[:last]] or ""  # type: ignore[return-value]


def _inner(part: str | list[str]) -> str | list[str]:
    if isinstance(part, str):
        return part
    last = len(part)
    while last and not part[last - 1]:
        last -= 1
    return part[:last]


_INDEX = attrgetter("index")
