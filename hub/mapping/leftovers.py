"""What arrived and no rule read: told as findings, and what bears on the answer put to the item it stands with.

A tree that was read and its ``Reading`` enter; findings, and the lists ``unweighed`` of the items, leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from hub.formats.schema import Computed
from hub.formats.tree import UNKNOWN, Node
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.sentence import Word
from hub.mapping.reader_run import Reading, unread
from hub.mapping.sentences import finding
from hub.mapping.twice import FieldPlaces, FieldValue, shown

PATTERNS_MAX = 1_024  # sets of parts that rules leave of a place, kept: a map has some hundred; of 512 parts 4 MB


class Meanings(Protocol):
    """Who knows what an element says by its kind (``weighing``)."""

    def of(self, above: str, tag: str, element: int) -> str | None: ...

    def of_foreign(self, name: str, at: str, value: str) -> str | None:
        """Say what a place means that no schema of ours describes."""

    def named(self, tag: str, element: int, values: Sequence[object]) -> str:
        """Say by what name beside it a value is told."""

    def of_value(self, tag: str, name: str, value: str) -> str | None:
        """Say what a value means that is told by a name."""

    def bears_on_nothing(self, above: str, tag: str, element: int) -> bool:
        """Say whether the map itself says that an element bears on nothing."""


Above = tuple[Node, Any]
"""A place and what stands above it, to the top of the document."""


def leftovers(X: Reading, root: Node, computed: dict[str, int], meanings: Meanings, once: FieldPlaces) -> None:
    """Report every element that arrived and that no rule read; what bears on the answer goes to its item as well."""
    seen, watched = X.seen, once.watched
    stack: list[Above] = [(root, None)]
    if X.schema.root.record.parts:  # the top of the document is a place that holds something itself
        _told(X, root, None, seen.get(root, 0) | computed.get(root.tag, 0), meanings, once)
    while stack:
        above = stack.pop()
        for tag, nodes in above[0].children.items():
            counted = computed.get(tag, 0) if computed else 0
            if len(nodes) > 1 and tag in watched:
                _kept_again(X, nodes, above, meanings, once)
            for node in nodes:
                if node.children:
                    stack.append((node, above))
                values, mask = node.values, seen.get(node, 0) | counted
                for element in _parts_left(len(values), mask):
                    if values[element]:
                        _told(X, node, above, mask, meanings, once)
                        break


@lru_cache(PATTERNS_MAX)
def _parts_left(count: int, mask: int) -> tuple[int, ...]:
    """Return which of a place's values, ``count`` with its tag, are not among the parts of ``mask``."""
    return tuple(element for element in range(1, count) if not mask >> element & 1)


def _kept_again(X: Reading, nodes: Sequence[Node], above: Above, meanings: Meanings, once: FieldPlaces) -> None:
    """Report what a list keeps though it is said a second time, differently."""
    for node in nodes:
        way = _way(node, above)
        for element in range(1, len(node.values)):
            text = shown(node.values[element])
            again = once.again(X, way, element) if text else None
            if again is not None and again.taken != text:
                _told_again(X, way, element, text, again, meanings)


def _told_again(
    X: Reading, way: Sequence[Node], element: int, text: str, again: FieldValue, meanings: Meanings
) -> bool:
    """Report a place said again: the same is a note; else its item is held. False where it is told as any other."""
    above, node = way[-2].tag, way[-1]
    meaning = meanings.of(above, node.tag, element)
    same = again.taken == text
    if meanings.bears_on_nothing(above, node.tag, element) or (same and meaning is not None):
        return False  # an amount or a day said twice alike may be two of them
    words: dict[str, Word] = {"field": again.field}
    key, severity = ("MAP-SAID-TWICE/same", Severity.NOTE) if same else ("MAP-SAID-TWICE", Severity.WARNING)
    place = X.locate(node, element, None, None)
    X.add(finding(key, severity, place, words, found=text, expected=None if same else again.taken))
    if not same:
        at, spelt = _holder(X, way), X.spelt(node.tag, element)
        X.weigh(at, meaning or again.field, spelt, text, field=again.field, taken=again.taken)
    return True


def _way(node: Node, above: Above | None) -> list[Node]:
    """Return the places from the top down to ``node``."""
    way = [node]
    while above is not None:
        way.append(above[0])
        above = above[1]
    return way[::-1]


def _holder(X: Reading, way: Sequence[Node]) -> Node:
    """Return the item that what stands at the end of ``way`` is said of."""
    return next((node for node in reversed(way) if node in X.holders), way[0])


def _told(X: Reading, node: Node, above: Above | None, mask: int, meanings: Meanings, once: FieldPlaces) -> None:
    """Report what stands in ``node`` and is not among the parts of ``mask``."""
    values, tag, foreign = node.values, node.tag, node.tag == UNKNOWN
    left = [element for element in _parts_left(len(values), mask) if values[element]]
    if not left:
        return
    way, beneath = _way(node, above), above[0].tag if above is not None else tag
    for element in left:
        text = shown(values[element])
        if above is not None and not foreign:
            again = once.again(X, way, element)
            if again is not None and _told_again(X, way, element, text, again, meanings):
                continue
        name, meaning, called = str(values[0]), None, ""
        if X.holders and foreign:
            meaning = meanings.of_foreign(name, X.locate(node, element, None, None).at or "", text)
        elif X.holders:
            meaning = meanings.of(beneath, tag, element)
            called = meanings.named(tag, element, values)
            meaning = meaning or (meanings.of_value(tag, called, text) if called else None)
        if meaning is None:
            X.add(unread(X, node, element, 0, text, foreign=foreign))
        else:
            X.add(_unweighed(X, node, element, text, meaning))
            place = name if foreign else X.spelt(tag, element) + (f"[@name={called}]" if called else "")
            X.weigh(_holder(X, way), meaning, place, text)


def _unweighed(X: Reading, node: Node, element: int, found: str, meaning: str) -> Diagnostic:
    return Diagnostic(
        code="MAP-UNWEIGHED",
        severity=Severity.WARNING,
        words={"meaning": meaning},
        location=X.locate(node, element, None, None),
        found=found,
    )


def computed_masks(computed: Sequence[Computed]) -> dict[str, int]:
    """Return by tag the bits of the parts the schema fills: map authors never count."""
    masks: dict[str, int] = {}
    for each in computed:
        masks[each.tag] = masks.get(each.tag, 0) | 1 << each.part
    return masks
