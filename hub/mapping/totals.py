"""Totals: sums and counts over the wire, stated when writing, compared when reading.

A tree and the map's totals enter; the totals' elements are filled, or compared with what the sender stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from hub.formats.tree import Node
from hub.kernel.diagnostics import Severity
from hub.mapping.plan import Total
from hub.mapping.reader_run import Reading, component, fits
from hub.mapping.source import Step
from hub.mapping.values import read_number
from hub.mapping.writer_run import Writing, new

Conditions = tuple[tuple[int, int, str], ...]


def state(totals: Sequence[Total], root: Node, writing: Writing) -> None:
    """Write every total that has something to add up."""
    for total in totals:
        for loop in _loops(root, total.loop):
            reckoned = _reckon(total, loop)
            if reckoned is None:
                continue
            node = _first(loop, total.target.steps[-1])
            element = total.target.elements[0]
            if node is None:
                node = new(loop, total.target.steps[-1].tag, (total.target.steps[-1].tag,))
            node.values += [""] * (element + 1 - len(node.values))
            writing.put(node, element, _text(reckoned, total), total.number, None)


def compare(totals: Sequence[Total], root: Node, reading: Reading) -> None:
    """Note every total that is stated otherwise than it is."""
    for total in totals:
        for loop in _loops(root, total.loop):
            node = _first(loop, total.target.steps[-1])
            element = total.target.elements[0]
            if node is None or not node.element(element):
                continue
            reading.seen[node] = reading.seen.get(node, 0) | 1 << element
            stated = component(node.element(element), total.target.component or 1)
            reckoned = _reckon(total, loop)
            number = read_number(stated)
            wanted = reckoned.scaleb(total.decimals) if reckoned is not None else None
            if number is None or number != (wanted or Decimal(0)):
                reading.differing.append((f"{node.tag}{element:02d}", stated))
                message = f"states {stated}, but the {total.operation} is {reckoned or 0}"
                reading.note(
                    "MAP-TOTAL",
                    Severity.WARNING,
                    message,
                    total.number,
                    None,
                    node,
                    element,
                    remedy="ask the sender which is right",
                    found=stated,
                    expected=str(reckoned or 0),
                )


def _reckon(total: Total, loop: Node) -> Decimal | None:
    added: Decimal | None = None
    for node in _beneath(loop, total.source.steps):
        if total.operation == "count":
            added = (added or Decimal(0)) + 1
            continue
        text = component(node.element(total.source.elements[0]), total.source.component or 1)
        number = read_number(text)
        if number is not None:
            added = (added or Decimal(0)) + number
    return added


def _text(number: Decimal, total: Total) -> str:
    scaled = number.scaleb(total.decimals)
    return format(scaled.quantize(Decimal(1)) if scaled == scaled.to_integral_value() else scaled, "f")


def _loops(root: Node, steps: tuple[Step, ...]) -> Iterator[Node]:
    yield from _beneath(root, steps) if steps else iter((root,))


def _beneath(above: Node, steps: tuple[Step, ...]) -> Iterator[Node]:
    """Yield the places that fit: the first step at any depth beneath, the others directly below it."""
    found: list[Node] = []
    _anywhere(above, steps[0].tag, _conditions(steps[0]), found)
    for node in found:
        yield from _down(node, steps[1:])


def _down(node: Node, steps: tuple[Step, ...]) -> Iterator[Node]:
    if not steps:
        yield node
        return
    for child in node.children.get(steps[0].tag, ()):
        if fits(child, _conditions(steps[0])):
            yield from _down(child, steps[1:])


def _anywhere(above: Node, tag: str, conditions: Conditions, found: list[Node]) -> None:
    for name, nodes in above.children.items():
        for node in nodes:
            if name == tag and fits(node, conditions):
                found.append(node)
            if node.children:
                _anywhere(node, tag, conditions, found)


def _first(loop: Node, step: Step) -> Node | None:
    return next((n for n in loop.children.get(step.tag, ()) if fits(n, _conditions(step))), None)


def _conditions(step: Step) -> Conditions:
    return tuple((c.element, c.component or 0, c.value) for c in step.conditions)


__all__: list[Any] = ["compare", "state"]
