"""What arrived and no rule read: told as findings, and what bears on the answer put to the item it stands with.

A tree that was read and its ``Reading`` enter; findings, and the lists ``unweighed`` of the items, leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.formats.schema import Computed
from hub.formats.tree import UNKNOWN, Node, Value
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.mapping.reader_run import Reading, unread

ALL_OF = [(1 << count) - 2 for count in range(64)]
"""By how many values a place has: a bit for each of its parts. More than sixty are reckoned when they come."""


class Meanings(Protocol):
    """Who knows what an element says by its kind (``weighing``)."""

    def of(self, above: str, tag: str, element: int) -> str | None: ...

    def of_name(self, name: str) -> str | None:
        """Say what a place means that no schema of ours describes."""


def leftovers(X: Reading, root: Node, computed: dict[str, int], meanings: Meanings) -> None:
    """Report every element that arrived and that no rule read; what bears on the answer goes to its item as well."""
    seen, holders = X.seen, X.holders
    stack = [(root, root)]
    if X.schema.root.record.parts:  # the top of the document is a place that holds something itself
        _told(X, root, root.tag, root, seen.get(root, 0) | computed.get(root.tag, 0), meanings)
    while stack:
        above, holder = stack.pop()
        for tag, nodes in above.children.items():
            counted = computed.get(tag, 0)
            for node in nodes:
                if node.children:
                    stack.append((node, node if node in holders else holder))
                mask = seen.get(node, 0) | counted
                count = len(node.values)
                whole = ALL_OF[count] if count < len(ALL_OF) else (1 << count) - 2
                if mask & whole == whole:
                    continue
                _told(X, node, above.tag, holder, mask, meanings)


def _told(X: Reading, node: Node, above: str, holder: Node, mask: int, meanings: Meanings) -> None:
    """Report what stands in ``node`` and is not among the parts of ``mask``."""
    values, holders, tag = node.values, X.holders, node.tag
    for element in range(1, len(values)):
        if values[element] and not mask >> element & 1:
            text, foreign = _shown(values[element]), tag == UNKNOWN
            name = str(values[0])
            meaning = None
            if holders:
                meaning = meanings.of_name(name) if foreign else meanings.of(above, tag, element)
            if meaning is None:
                X.add(unread(X, node, element, 0, text, foreign=foreign))
            else:
                X.add(_unweighed(X, node, element, text, meaning))
                X.weigh(node if node in holders else holder, meaning, name if foreign else X.spelt(tag, element), text)


def _unweighed(X: Reading, node: Node, element: int, found: str, meaning: str) -> Diagnostic:
    return Diagnostic(
        code="MAP-UNWEIGHED",
        severity=Severity.WARNING,
        words={"meaning": meaning},
        location=X.locate(node, element, None, None),
        found=found,
    )


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return value
    return ":".join(v if isinstance(v, str) else ":".join(v) for v in value)


def computed_masks(computed: Sequence[Computed]) -> dict[str, int]:
    """Return by tag the bits of the parts the schema fills: map authors never count."""
    masks: dict[str, int] = {}
    for each in computed:
        masks[each.tag] = masks.get(each.tag, 0) | 1 << each.part
    return masks
