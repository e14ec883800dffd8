"""Turns a tree into the segments of a set: in guide order, with what the guide computes filled in.

In: the node of the set, as a mapping rendered it or as ``validate`` read it. Out: what stands between ST and SE, ready
for the writer, and a finding for each segment the guide has no place for (it is left out) or allows less often (it is
written, and the finding refuses the set). What is computed is never taken from the tree: HL01, HL02, HL04, LX01,
CTT01, LS01 and LE01 follow from what is written. CTT and LE are written where the guide has them even if the tree
does not, because nothing but a count or a name is needed to say them.
"""

from __future__ import annotations

from hub.formats.tree import UNKNOWN, Node, Value
from hub.formats.x12.guide import Computed, Guide, Use
from hub.formats.x12.guide_faults import Findings
from hub.formats.x12.hierarchy import DEPTH_MAX
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.struct import Struct


class Composed(Struct):
    """The segments between ST and SE, each a tag and its elements, and what does not fit the guide."""

    segments: list[list[Value]]
    findings: list[Diagnostic] = []


def compose(root: Node, guide: Guide) -> Composed:
    """Return the segments of ``root``'s children in the order of ``guide``; ``root`` itself is not changed."""
    composing = _Composing(guide)
    composing.write_beneath(root, guide.uses, None)
    for made, computed in composing.counts:
        _put(made, computed.element, str(sum(segment[0] == computed.of for segment in composing.segments)))
    return Composed(segments=[_trimmed(segment) for segment in composing.segments], findings=composing.findings.items)


class _Composing:
    """One set on its way out."""

    def __init__(self, guide: Guide) -> None:
        self.segments: list[list[Value]] = []
        self.counts: list[tuple[list[Value], Computed]] = []  # filled when all is written
        self.findings = Findings(None, None, "")
        self.levels = 0  # HL written so far
        self._places: dict[int, dict[str, Use]] = {}
        self.computed: dict[str, list[Computed]] = {}
        for each in guide.computed:
            self.computed.setdefault(each.tag, []).append(each)

    def write_beneath(self, node: Node, uses: tuple[Use, ...], loop: Use | None) -> None:
        """Write the children of ``node`` that stand in wire order; levels that nest are written by ``write_level``."""
        places = self._places_of(uses)
        for tag, strays in node.children.items():
            if tag not in places and not (loop and loop.nests and tag == loop.segment.tag):
                self._no_place(strays, loop)
        for tag, use in places.items():
            nodes = node.children.get(tag, ())
            if not nodes and tag not in self.computed:
                continue
            most = use.loop_maximum if use.loop else use.maximum
            if use.nests:
                for child in nodes:
                    self.write_level(child, use, None, 1)
                continue
            if most and len(nodes) > most:
                self._too_often(use, most, loop)
            for number, child in enumerate(nodes or self._unasked(use, loop), 1):
                self._write(child, use, loop, number)

    def _places_of(self, uses: tuple[Use, ...]) -> dict[str, Use]:
        """Return ``uses`` by tag, laid out once for all the loops of one kind."""
        places = self._places.get(id(uses))  # the guide keeps ``uses`` alive, so its id stays its own
        if places is None:
            places = self._places[id(uses)] = {use.segment.tag: use for use in uses}
        return places

    def write_level(self, node: Node, use: Use, parent: str | None, depth: int) -> None:
        """Write an HL with what stands beneath it, then the levels nested in it."""
        self.levels += 1
        if use.loop_maximum and self.levels == use.loop_maximum + 1:
            self._too_often(use, use.loop_maximum, None)
        number = str(self.levels)
        nested = node.children.get(use.segment.tag, [])
        values = list(node.values)
        for each in self.computed.get(node.tag, ()):
            if use.segment.elements[each.element - 1].used:
                told = {"number": number, "parent": parent or "", "children": "1" if nested else "0"}
                _put(values, each.element, told.get(each.rule, ""))
        self.segments.append(values)
        self.write_beneath(node, use.children, use)
        if nested and depth >= DEPTH_MAX:
            self._add("GDE-HL-TOO-DEEP", use, element=2, most=DEPTH_MAX)
            return
        for child in nested:
            self.write_level(child, use, number, depth + 1)

    def _write(self, node: Node, use: Use, loop: Use | None, number: int) -> None:
        values = list(node.values)
        for each in self.computed.get(node.tag, ()):
            if not use.segment.elements[each.element - 1].used:
                continue
            if each.rule == "count":
                self.counts.append((values, each))
            elif each.rule == "number":
                _put(values, each.element, str(number))
            elif each.rule == "loop":
                _put(values, each.element, _bounded(use if use.loop else loop))
        self.segments.append(values)
        if use.loop:
            self.write_beneath(node, use.children, use)
        elif node.children:
            for strays in node.children.values():
                self._no_place(strays, use)

    def _unasked(self, use: Use, loop: Use | None) -> list[Node]:
        """The segment that says only what is computed, where the guide has one: CTT, and LE in an LS loop."""
        rules = [each.rule for each in self.computed.get(use.segment.tag, ())]
        if "count" in rules or ("loop" in rules and loop is not None and not use.loop):
            return [Node(use.segment.tag)]
        return []

    def _too_often(self, use: Use, most: int, loop: Use | None) -> None:
        code = "GDE-LOOP-TOO-OFTEN" if use.loop else "GDE-SEGMENT-TOO-OFTEN"
        self._add(code, use, label=use.segment.name, most=most, where=_where(loop))

    def _add(self, code: str, use: Use, element: int | None = None, **words: object) -> None:
        tag = use.segment.tag
        self.findings.add(
            code,
            segment=len(self.segments) + 2,
            tag=tag,
            loop=tag if use.loop else None,
            element=element,
            **words,  # type: ignore[arg-type]
        )

    def _no_place(self, strays: list[Node], loop: Use | None) -> None:
        for stray in strays:
            tag = str(stray.values[0]) if stray.tag == UNKNOWN else stray.tag
            self.findings.add(
                "GDE-NO-PLACE", segment=len(self.segments) + 2, tag=tag, loop=loop.segment.tag if loop else None,
                where=_where(loop), found=tag,
            )  # fmt: skip


def _where(loop: Use | None) -> str:
    return f"in the {loop.segment.tag} loop" if loop else "in the set"


def _bounded(loop: Use | None) -> str:
    """The name of the loop that LS and LE bound: its first segment's."""
    return next((child.segment.tag for child in loop.children if child.loop), "") if loop else ""


def _put(values: list[Value], element: int, value: str) -> None:
    values.extend([""] * (element + 1 - len(values)))
    values[element] = value


def _trimmed(values: list[Value]) -> list[Value]:
    """Drop what says nothing at the end: of the segment, and of each composite and repetition in it."""
    kept: list[Value] = [value if isinstance(value, str) else _without_end(value) for value in values]
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return kept


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
