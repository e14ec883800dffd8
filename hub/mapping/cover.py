"""What a map's rules write of a struct, and the test for what they do not.

A variant's rules enter; a tree of covered fields leaves, and the Python that says whether an item says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.order import AnsweredLine, OrderAcknowledgement, Promise
from hub.mapping.emit import attribute
from hub.mapping.plan import Variant
from hub.mapping.shape import fields_of, takes_currency

UNWEIGHED = "unweighed"  # the list that keeps what a reading did not weigh (``weighing``)
SUMMED_UP = "status"
"""What a line says in sum and its promises say one by one: a wire that says one of them has said both."""
SAID_TWICE = frozenset({(Promise, "reason")})  # in a note of its line, too: few wires have room beside a promise
OWN: Mapping[type[msgspec.Struct], tuple[str, ...]] = {
    OrderAcknowledgement: ("answer_number",),
    FunctionalAcknowledgement: ("number", "issued"),
}
"""What we number and date each answer with: few wires have a place for it, and by ours nobody asks."""
VERDICT = "verdict"  # of an acknowledgement: what those on its documents come to


Cover = dict[str, Any]  # field → True, or what is covered beneath it


def coverage(variant: Variant) -> Cover:
    """Return the fields the variant's rules and lists write."""
    covered: Cover = {}
    for rule in variant.rules:
        if rule.writes:
            _cover(covered, rule.field)
    for listing in variant.lists:
        _cover(covered, listing.name)
    if variant.said_by is not None:
        _cover(covered, variant.said_by[0])
    for own in OWN.get(variant.struct, ()):
        _cover(covered, own)
    if variant.struct is FunctionalAcknowledgement and "documents" in covered:
        _cover(covered, VERDICT)
    if variant.struct is AnsweredLine:
        _cover(covered, SUMMED_UP)
    above = variant.above
    if variant.struct is Promise and above is not None and any(rule.field == SUMMED_UP for rule in above.rules):
        _cover(covered, SUMMED_UP)
    return _with_currencies(variant.struct, covered)


def says_more(struct: type[msgspec.Struct], covered: Cover, name: str, whole: bool) -> str:
    """Return the Python that is true when ``name`` says a field that nothing covers; "" when it cannot."""
    tests: list[str] = []
    for field, shape in fields_of(struct).items():
        if field == UNWEIGHED or (struct, field) in SAID_TWICE:
            continue  # of our reading, or said elsewhere: nothing to tell anybody
        cover = covered.get(field)
        value = attribute(name, field)
        if cover is True:
            continue
        if cover is None:
            tests.append(value if shape.kind in ("list", "words") else f"{value} is not None")
        elif shape.kind == "words":
            tests.append(f"not {set(cover)!r}.issuperset({value})")
        elif shape.struct is not None:
            inner = says_more(shape.struct, cover, value, False)
            if inner:
                tests.append(f"({value} is not None and ({inner}))")
    return " or ".join(tests)


def _cover(covered: Cover, field: str) -> None:
    first, _, rest = field.partition(".")
    if not rest:
        covered[first] = True
        return
    beneath = covered.setdefault(first, {})
    if isinstance(beneath, dict):
        _cover(beneath, rest)


def _with_currencies(struct: type[msgspec.Struct], covered: Cover) -> Cover:
    """An amount that is written covers its currency: it is the document's, and checked to be."""
    shapes = fields_of(struct)
    if takes_currency(struct) and covered.get("amount") is True:
        covered.setdefault("currency", True)
    for name, cover in covered.items():
        inner = shapes[name].struct
        if isinstance(cover, dict) and inner is not None and shapes[name].kind == "struct":
            _with_currencies(inner, cover)
    return covered
