"""Values that bring along what stands beside them: a quantity its unit, an id its scheme, an amount its currency.

Where a wire has names, the schema says which part says in what another is (``Part.beside``): an attribute of the
element. A bound rule enters; the rule that takes both leaves, so that a map writes one path. A moment that stands in
one part is one value.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.formats.schema import Part
from hub.kernel.words import Id, Quantity, When
from hub.mapping.plan import Rule, Take
from hub.mapping.shape import PAIRED, Shape, leading, takes_currency


def currency_beside(rule: Rule) -> str | None:
    """Return the path of the currency that stands beside the amount ``rule`` reads; None where none does."""
    struct, source = rule.shape.struct, rule.source
    if rule.shape.kind != "struct" or struct is None or not takes_currency(struct) or len(rule.takes) != 1:
        return None
    part = _single(rule.takes[0])
    if part is None or not part.beside:
        return None
    path, name = rule.takes[0].path.text, part.beside.rpartition("/")[2]
    arrow = {"in": "< ", "out": "> ", "both": ""}[source.direction]
    return arrow + (name if path == "." else f"{path}/{name}")


def bring_along(rule: Rule) -> None:
    """Let a rule for a quantity or an id take its unit or scheme too, and one for a moment take it whole."""
    struct = rule.shape.struct
    if rule.shape.kind != "struct" or rule.listed:
        return
    if struct is When and all((part := _single(take)) is not None and part.type == "moment" for take in rule.takes):
        rule.shape = Shape(kind="When", struct=None, required=rule.shape.required)
    if struct in (Quantity, Id) and struct is not None:
        rule.takes = [_with_beside(take, first=PAIRED[struct][0] == leading(struct)) for take in rule.takes]


def _with_beside(take: Take, *, first: bool) -> Take:
    part = _single(take)
    number = take.record.number_of(part.beside) if part is not None and part.beside else 0
    if not number:
        return take
    value = take.path.parts[0]
    parts = (value, number) if first else (number, value)
    return Take(replace(take.path, parts=parts), take.anchor, take.steps, take.places, take.own)


def _single(take: Take) -> Part | None:
    """Return the part a rule takes, where it takes one."""
    return take.record.parts[take.path.parts[0] - 1] if len(take.path.parts) == 1 else None
