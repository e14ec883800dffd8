"""Places as they open while a document is written: new ones, those that items share, and what is filled into them.

A ``Writing`` and nodes enter; the tree grows. What finds no place, or another number than it says, is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.formats.tree import Node, Value
from hub.mapping.reader_run import Trail
from hub.mapping.writer_run import Template, Writing


def new(above: Node, tag: str, template: Template) -> Node:
    """Open a place beneath ``above``, after those of its tag."""
    node = loose_node(tag, template)
    above.children.setdefault(tag, []).append(node)
    return node


def loose_node(tag: str, template: Template) -> Node:
    """Return a place that stands nowhere yet."""
    if tuple in map(type, template):  # a composite
        return Node(tag, 0, [list(v) if isinstance(v, tuple) else v for v in template])
    return Node(tag, 0, list(template))


def frozen(node: Node, X: Writing) -> Any:
    """Return all that stands in and beneath a place, comparable."""
    values = tuple(v if isinstance(v, str) else repr(v) for v in node.values)
    beneath = tuple((tag, tuple(frozen(n, X) for n in nodes)) for tag, nodes in node.children.items())
    group = X.groups.get(node)
    return values, beneath, tuple(group[2]) if group else ()


def share(
    X: Writing, above: Node, selector: str, draft: Node, key: Any, room: tuple[str, int], group_room: int
) -> Node:
    """Return the outer place an item stands in: one that says the same and has room, or a new one.

    ``key`` is None for a step at which items say nothing: any open place will do.
    """
    places = X.shared.setdefault((above, selector), {})
    node = places.get(key)
    if node is None and key is None and places:
        node = next(iter(places.values()))  # one that says something says nothing against it
    if node is not None and not _full(X, node, room, group_room):
        return node
    open_place = places.get(None)
    if key is not None and open_place is not None and not _full(X, open_place, room, group_room):
        del places[None]
        places[key] = open_place
        _pour(draft, open_place)
        return open_place
    above.children.setdefault(draft.tag, []).append(draft)
    places[key] = draft
    return draft


def adopt(X: Writing, above: Node, selector: str, node: Node | None) -> None:
    """Let the items of a list share a place that a line has opened."""
    if node is not None:
        places = X.shared.setdefault((above, selector), {})
        if node not in places.values():
            places.setdefault(None, node)


def _full(X: Writing, node: Node, room: tuple[str, int], group_room: int) -> bool:
    tag, most = room
    if group_room:
        group = X.groups.get(node)
        return group is not None and len(group[2]) >= group_room
    return bool(most) and len(node.children.get(tag, ())) >= most


def _pour(draft: Node, node: Node) -> None:
    for at, value in enumerate(draft.values):
        if value and at:
            node.values[at] = value
    for tag, nodes in draft.children.items():
        node.children.setdefault(tag, []).extend(nodes)


def numbered(X: Writing, selector: str, said: object, number: int, trail: Trail, *, fresh: bool) -> None:
    """Count a new outer place; the number the model gives it must be the one it will be read with."""
    if not fresh:
        return
    X.numbers[selector] = X.numbers.get(selector, 0) + 1
    if said is not None and str(said) != str(X.numbers[selector]):
        X.fault("MAP-NUMBER", number, trail, said=str(said), place=X.numbers[selector])


def fill(
    X: Writing,
    texts: list[str],
    places: Sequence[tuple[Node | None, Any]],
    number: int,
    trail: Trail,
) -> None:
    """Write a list over its places, in order.

    A place is (node beneath which it stands, (steps (tag, template), elements, component, most nodes,
    repetitions)); what is left over is reported.
    """
    at = 0
    for above, (steps, elements, component, most, repeats) in places:
        opened = 0
        while at < len(texts) and above is not None and (not most or opened < most):
            node = above
            for tag, template in steps:
                node = new(node, tag, template)
            opened += 1
            if repeats:
                node.values[elements[0]] = list(texts[at : at + repeats])
                at += repeats
            else:
                for element in elements:
                    if at < len(texts):
                        if component:
                            X.part(node, element, component, texts[at], number, trail)
                        else:
                            node.values[element] = texts[at]
                        at += 1
            if not steps:
                break
    if at < len(texts):
        X.fault("MAP-FULL/values", number, trail, found=texts[at], left=len(texts) - at, count=len(texts))


def place_groups(X: Writing) -> None:
    """Put the groups of every segment where they stand."""
    for node, (first, _, standing) in X.groups.items():
        values: list[Value] = node.values
        values += [""] * (first + len(standing) - len(values))
        values[first : first + len(standing)] = standing
