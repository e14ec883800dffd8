"""Totals: sums and counts over the wire, stated when writing, compared when reading.

A tree and the map's totals enter; the totals' elements are filled, or compared with what the sender stated. A hash
total (data element 347) is summed without regard to decimal points and signs, and loses its leftmost digits where it
has too many; any other total that does not fit an optional element is left out. So no total of ours fails an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

from hub.formats.numbers import read_number, write_number
from hub.formats.tree import Node
from hub.kernel.diagnostics import Severity
from hub.mapping.paths import PathStep
from hub.mapping.places_run import new
from hub.mapping.plan import Total
from hub.mapping.reader_run import Conditions, Reading, component, fits
from hub.mapping.writer_run import Writing

PLAIN_DIGITS_MAX = 18  # of a number that is added up as it stands: more than any quantity has
_EXACT = Context(prec=100)  # digits: 100,000 numbers of 18 digits, wherever their points stand, have 41 at most


def state(totals: Sequence[Total], root: Node, writing: Writing) -> None:
    """Write every total that has something to add up and can be said in its element."""
    for total in totals:
        for loop in _loops(root, total.loop):
            added = _added_up(total, loop)
            text = _text(added, total) if added is not None else None
            if text is None:
                continue
            node = _target(loop, total)
            element = total.target.parts[0]
            if node is None:
                node = new(loop, total.target.steps[-1].tag, (total.target.steps[-1].tag,))
            node.values += [""] * (element + 1 - len(node.values))
            writing.put(node, element, text, total.number, None)


def compare(totals: Sequence[Total], root: Node, reading: Reading) -> None:
    """Note every total that is stated otherwise than it is, by whichever way of adding up it may be stated."""
    for total in totals:
        for loop in _loops(root, total.loop):
            node = _target(loop, total)
            element = total.target.parts[0]
            if node is None or not node.element(element):
                continue
            reading.seen[node] = reading.seen.get(node, 0) | 1 << element
            stated = component(node.element(element), total.target.component or 1)
            added = _added_up(total, loop) or Added()
            if not _says(read_number(stated), added, total):
                reading.differing.append((reading.spelt(node.tag, element), stated))
                reckoned = added.plain
                reading.note(
                    "MAP-TOTAL", Severity.WARNING, total.number, None, node, element, found=stated,
                    expected=str(reckoned or 0), operation=total.operation,
                )  # fmt: skip


class Added:
    """What numbers add up to: as they are, without their signs, and without signs and decimal points."""

    def __init__(self, whole: int = 0) -> None:
        """``whole`` is what numbers without either add up to."""
        self.plain = self.unsigned = self.hashed = Decimal(whole)

    def add(self, number: Decimal) -> None:
        """Take one more number in, with the decimals it was written with."""
        size = number.copy_abs()
        exponent = size.as_tuple().exponent
        digits = size.scaleb(-exponent, _EXACT) if isinstance(exponent, int) and exponent < 0 else size
        self.plain = _EXACT.add(self.plain, number)
        self.unsigned = _EXACT.add(self.unsigned, size)
        self.hashed = _EXACT.add(self.hashed, digits)


def _added_up(total: Total, loop: Node) -> Added | None:
    """Return what stands beneath ``loop``, added up; None where nothing does."""
    found = _beneath(loop, total.source.steps)
    if total.operation == "count":
        return Added(len(found)) if found else None
    part, inner = total.source.parts[0], total.source.component or 1
    there, whole, others = False, 0, []
    for node in found:
        text = component(node.element(part), inner)
        if len(text) <= PLAIN_DIGITS_MAX and text.isdecimal() and text.isascii():
            there, whole = True, whole + int(text)
        elif (number := read_number(text)) is not None:
            others.append(number)
    if not there and not others:
        return None
    added = Added(whole)
    for number in others:
        added.add(number)
    return added


def _text(added: Added, total: Total) -> str | None:
    """Return the total as its element says it; None where an optional element cannot."""
    if total.hashed:
        return write_number(_truncated(added.hashed, total.digits_max))
    scaled = added.plain.scaleb(total.decimals, _EXACT)
    text = write_number(scaled.quantize(Decimal(1), context=_EXACT) if scaled == scaled.to_integral_value() else scaled)
    fits_in = total.required or not total.digits_max or len(text.strip("-").replace(".", "")) <= total.digits_max
    return text if fits_in else None


def _says(number: Decimal | None, added: Added, total: Total) -> bool:
    """Whether ``number`` states the total. Of a hash total senders keep signs and points, or not."""
    if not total.hashed:
        return number == added.plain.scaleb(total.decimals, _EXACT)
    ways = (added.plain, added.unsigned, added.hashed)
    return number in ways or number in [_truncated(each, total.digits_max) for each in ways]


def _truncated(number: Decimal, digits_max: int) -> Decimal:
    """Return ``number`` without its sign and the leftmost of too many digits."""
    _, digits, exponent = number.as_tuple()
    if not digits_max or not isinstance(exponent, int):
        return number.copy_abs()
    return Decimal((0, digits[-digits_max:], exponent))


def _loops(root: Node, steps: tuple[PathStep, ...]) -> list[Node]:
    return _beneath(root, steps) if steps else [root]


def _beneath(above: Node, steps: tuple[PathStep, ...]) -> list[Node]:
    """Return the places that fit, in their order: the first step at any depth beneath, the others directly below it."""
    found: list[Node] = []
    _anywhere(above, steps[0].tag, _conditions(steps[0]), found)
    for step in steps[1:]:
        conditions = _conditions(step)
        found = [
            n for place in found for n in place.children.get(step.tag, ()) if not conditions or fits(n, conditions)
        ]
    return found


def _anywhere(above: Node, tag: str, conditions: Conditions, found: list[Node]) -> None:
    for name, nodes in above.children.items():
        named = name == tag
        for node in nodes:
            if named and fits(node, conditions):
                found.append(node)
            if node.children:
                _anywhere(node, tag, conditions, found)


def _target(loop: Node, total: Total) -> Node | None:
    """Return the place that holds the total: in the loop, or the loop itself."""
    return _first(loop, total.target.steps[-1]) if total.target.steps else loop


def _first(loop: Node, step: PathStep) -> Node | None:
    return next((n for n in loop.children.get(step.tag, ()) if fits(n, _conditions(step))), None)


def _conditions(step: PathStep) -> Conditions:
    return tuple((c.part, c.component or 0, c.value) for c in step.conditions) if step.conditions else ()


__all__: list[Any] = ["compare", "state"]
