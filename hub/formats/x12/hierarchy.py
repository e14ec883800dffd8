"""Places the HL loops of one set beneath their parents, as HL02 says and not as they follow each other.

In: each HL node in wire order. Out: the node it stands beneath. What can go wrong: a number used twice, a parent that
does not exist, comes later or is in the end the level itself, a nesting deeper than anyone ships; such a level stands
at the top, so that nothing of the document is lost.
"""

from __future__ import annotations

from hub.formats.tree import Node
from hub.formats.x12.guide_faults import SetFindings

DEPTH_MAX = 32
"""Shipments nest five or six levels (shipment, order, tare, pack, item, unit), bills of material perhaps twenty.
Whoever walks the tree may do so by recursion because of this bound."""

NUMBER, PARENT = 1, 2  # HL01, HL02


class Hierarchy:
    """The HL levels of one set seen so far."""

    def __init__(self, top: Node, findings: SetFindings) -> None:
        self._top = top
        self._findings = findings
        self._levels: dict[str, tuple[Node, int, int]] = {}  # HL01 → node, depth, number of the orphan on top or -1
        self._orphans: list[tuple[Node, str]] = []  # a parent not seen when they came, with its number
        self.count = 0

    def parent_of(self, node: Node) -> Node:
        """Return what ``node`` stands beneath, and remember it for those that come after."""
        self.count += 1
        number, above = _text(node, NUMBER), _text(node, PARENT)
        parent, depth, orphan = self._top, 1, -1
        if above and above in self._levels:
            parent, depth, orphan = self._levels[above]
            depth += 1
            if depth > DEPTH_MAX:
                self._add("GDE-HL-TOO-DEEP", node, PARENT, most=DEPTH_MAX, found=above)
                parent, depth = self._top, 1
        elif above:
            orphan = len(self._orphans)
            self._orphans.append((node, above))
        if number and number in self._levels:
            self._add("GDE-HL-NUMBER-TWICE", node, NUMBER, found=number)
        elif number:
            self._levels[number] = (node, depth, orphan)
        return parent

    def finish(self) -> None:
        """Report the levels whose parent was not there when they came, now that all are known."""
        if not self._orphans:
            return
        tops = [self._levels[above][2] if above in self._levels else -1 for _, above in self._orphans]
        circular = _on_a_circle(tops)
        for index, (node, above) in enumerate(self._orphans):
            if above not in self._levels:
                code = "GDE-HL-PARENT-MISSING"
            else:
                code = "GDE-HL-PARENT-CIRCLE" if index in circular else "GDE-HL-PARENT-LATER"
            self._add(code, node, PARENT, found=above)

    def _add(self, code: str, node: Node, element: int, *, found: str, **words: object) -> None:
        self._findings.add(
            code,
            segment=node.position,
            tag=node.tag,
            loop=node.tag,
            element=element,
            found=found,
            **words,  # type: ignore[arg-type]
        )


def _text(node: Node, element: int) -> str:
    value = node.element(element)
    return value if isinstance(value, str) else ""


def _on_a_circle(follow: list[int]) -> set[int]:
    """Return the members of circles in the graph where each ``i`` leads to ``follow[i]`` (-1: nowhere)."""
    state = [0] * len(follow)  # the walk that reached it first, from 1
    found: set[int] = set()
    for start in range(len(follow)):
        at = start
        while at >= 0 and not state[at]:
            state[at] = start + 1
            at = follow[at]
        if at >= 0 and state[at] == start + 1:
            first = at
            while at not in found:
                found.add(at)
                at = follow[at]
            assert at == first
    return found
