"""The tree that formats build and mappings read, the same for every syntax.

A node is a segment, or a loop seen as its first segment with what stands beneath it, or a whole
transaction set (an XML element, a JSON object). A path step therefore never has to know whether
the guide calls something a loop: ``N1/N3`` descends either way.
"""

from __future__ import annotations

import msgspec

UNKNOWN = "?"
"""Key under which a node keeps, in wire order, the segments its guide does not know."""

Value = str | list[str] | list[list[str]]
"""An element as read: text ("" is absent), the components of a composite, or repetitions of either.
Which of them it is follows from the guide alone, never from the data."""


class Node(msgspec.Struct, eq=False, gc=False):
    """One place in a document.

    ``values[0]`` is the tag and ``values[n]`` element ``n``; trailing elements may be missing.
    ``position`` counts segments in the transaction set from ST = 1; a node being written has 0.
    ``children`` holds what stands beneath by tag, each list in wire order.

    It knows nothing of what stands above it: there is no cycle in a tree, and the collector of cycles need not see it.
    Unlike a value it grows, and is the same as itself alone.
    """

    tag: str
    position: int
    values: list[Value]
    children: dict[str, list[Node]] = {}

    def add(self, child: Node) -> Node:
        """Put ``child`` beneath this node, after those of its tag; return it."""
        self.children.setdefault(child.tag, []).append(child)
        return child

    def element(self, number: int) -> Value:
        """Return element ``number``, or "" when the segment ends before it."""
        return self.values[number] if number < len(self.values) else ""

    def __repr__(self) -> str:
        beneath = {tag: len(nodes) for tag, nodes in self.children.items()}
        return f"Node({'*'.join(str(v) for v in self.values)} @{self.position}{' ' + str(beneath) if beneath else ''})"
