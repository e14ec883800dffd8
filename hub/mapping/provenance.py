"""Where every field came from: canonical path → place, part and rule; and back.

A reading notes only which places each item stood in; this lays the notes out when someone looks. ``origins``
is a list of frozen Structs, ready for JSON: what a page needs to light up what belongs together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from hub.formats.family import Family
from hub.formats.tree import Node, Value
from hub.kernel.location import Location
from hub.kernel.struct import Struct
from hub.mapping.plan import Plan, Rule, Take, Variant
from hub.mapping.reader_run import Conditions, component, find_all, fits, trail_text
from hub.mapping.runsteps import run_steps
from hub.mapping.shape import PAIRED

NOTE_HEAD = 4  # variant, trail, own node, group; the nodes of the variant's places follow


class Origin(Struct):
    """One value's way: ``path`` in the document, its place on the wire, the rule that read it."""

    path: str  # lines[2].quantity.unit
    segment: int  # position in the set, ST = 1
    tag: str
    element: int
    component: int | None = None
    at: str | None = None  # XPath or JSON pointer, where the wire has no segments
    line: int | None = None
    rule: str = ""  # north-spine/850.toml:14

    @property
    def place(self) -> str:
        """The place in words: segment 20 PO103, line 7 /Order/Line[2]/Quantity."""
        if self.at is not None:
            return str(Location(at=self.at, line=self.line))
        at = Location(segment=self.segment, tag=self.tag, element=self.element, component=self.component)
        return str(at)


class Origins:
    """The origins of one document."""

    def __init__(self, plan: Plan, layout: dict[int, tuple[Any, ...]], trace: Sequence[Any]) -> None:
        self._plan = plan
        self._layout = layout  # by variant: the selectors whose nodes stand in a note, in order
        self._trace = trace  # one flat list of notes: nothing for the collector to walk

    @cached_property
    def origins(self) -> list[Origin]:
        """Every field that came from the wire, in wire order."""
        found: list[Origin] = []
        at = 0
        while at < len(self._trace):
            number, trail, own, group = self._trace[at : at + NOTE_HEAD]
            variant, layout = self._plan.variants[number], self._layout[number]
            nodes = self._trace[at + NOTE_HEAD : at + NOTE_HEAD + len(layout)]
            at += NOTE_HEAD + len(layout)
            sites = dict(zip(layout, nodes, strict=True))
            prefix = trail_text(trail)
            for rule in variant.rules:
                if rule.reads:
                    found += _origins(rule, variant, sites, own, group, prefix, self._plan.family)
        return sorted(found, key=lambda origin: (origin.segment, origin.element, origin.component or 0))

    def of(self, path: str) -> list[Origin]:
        """Return where the field ``path``, or what stands beneath it, came from."""
        return [o for o in self.origins if o.path == path or o.path.startswith((f"{path}.", f"{path}["))]

    def at(self, segment: int, element: int | None = None) -> list[Origin]:
        """Return the fields that came from a segment, or from one of its elements."""
        return [o for o in self.origins if o.segment == segment and (element is None or o.element == element)]


def _origins(
    rule: Rule, variant: Variant, sites: dict[Any, Node | None], own: Node, group: int, prefix: str, family: Family
) -> list[Origin]:
    where = str(rule.where)
    if rule.listed:
        return _listed(rule, own, prefix + rule.field, where, family)
    for take in rule.takes:
        node = sites.get(take.selector)
        if node is None or take.path.number or not fits(node, _beside(take)):
            continue
        elements = _elements(take, node, group)
        said = [e for e in elements if component(node.element(e), take.path.component or 1)]
        if said:
            names = _names(rule, elements)
            return [
                _origin(family, f"{prefix}{rule.field}{names[elements.index(e)]}", node, e, take.path.component, where)
                for e in said
            ]
    return []


def _listed(rule: Rule, own: Node, path: str, where: str, family: Family) -> list[Origin]:
    found: list[Origin] = []
    for take in rule.takes:
        for node in find_all(own, run_steps(take.steps), None, {}) if take.steps else [own]:
            for element in take.path.parts:
                if _said(node.element(element)):
                    index = f"[{len(found)}]" if rule.shape.kind == "list" else ""
                    found.append(_origin(family, path + index, node, element, None, where))
    return found


def _origin(family: Family, path: str, node: Node, part: int, component: int | None, rule: str) -> Origin:
    at = family.locate(node, part, component, None)
    return Origin(
        path=path,
        segment=node.position,
        tag=node.tag,
        element=part,
        component=component,
        at=at.at,
        line=at.line,
        rule=rule,
    )


def _elements(take: Take, node: Node, group: int) -> list[int]:
    path, repeats = take.path, take.record.group
    if path.member is not None:
        return [group + path.member - 1]
    if path.qualifier is not None and repeats is not None:
        starts = range(repeats.first, min(len(node.values), repeats.last + 1), repeats.size)
        return [next((at + 1 for at in starts if node.values[at] == path.qualifier), 0)]
    return list(path.parts)


def _names(rule: Rule, elements: Sequence[int]) -> list[str]:
    struct = rule.shape.struct
    if len(elements) == 2 and struct in PAIRED:
        return [f".{name}" for name in PAIRED[struct]]
    return [""] * len(elements)


def _beside(take: Take) -> Conditions:
    return tuple((c.part, c.component or 0, c.value) for c in take.path.conditions)


def _said(value: Value) -> bool:
    return bool(value) if isinstance(value, str) else any(_said(part) for part in value)
