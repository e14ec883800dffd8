"""Of what kind the values are that a map takes: which texts of the wire are spellings of one value.

A bound plan enters; a table leaves, by tag and part as the wire names them, for ``Family.said`` to compare two
documents with. A part that is taken as text anywhere, or compared with one, has one spelling: two texts are two values.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.formats.family import Kinds
from hub.formats.schema import Record
from hub.mapping.paths import Condition
from hub.mapping.plan import Plan, Rule, Take, Variant
from hub.mapping.shape import PAIRED, Shape, fields_of, leading

TEXT = "str"
_OF_ONE_PART = ("between",)  # codecs that take two values out of one text


def kinds_taken(plan: Plan) -> Kinds:
    """Return the kind of every part that a rule of ``plan`` reads, or asks for."""
    found: dict[tuple[str, str], str] = {}
    for record, number, kind in _taken(plan):
        place = (record.tag, record.parts[number - 1].key)
        found[place] = kind if found.setdefault(place, kind) == kind else TEXT
    return found


def _taken(plan: Plan) -> Iterator[tuple[Record, int, str]]:
    for variant in plan.variants:
        yield from _of_its_place(variant)
        for constant in variant.constants:
            yield from _by(constant.take, TEXT)
        for rule in variant.rules:
            if rule.reads:
                for take in rule.takes:
                    yield from _by(take, *_kinds(rule))


def _of_its_place(variant: Variant) -> Iterator[tuple[Record, int, str]]:
    for level in variant.outer:
        yield from _asked(level.place.record, level.step.conditions)
    if variant.step is not None:
        yield from _asked(variant.place.record, variant.step.conditions)


def _by(take: Take, *kinds: str) -> Iterator[tuple[Record, int, str]]:
    for step, place in zip(take.steps, take.places, strict=True):
        yield from _asked(place.record, step.conditions)
    yield from _asked(take.record, take.path.conditions)
    for index, number in enumerate(take.path.parts):
        yield take.record, number, kinds[min(index, len(kinds) - 1)]


def _asked(record: Record, conditions: tuple[Condition, ...]) -> Iterator[tuple[Record, int, str]]:
    for condition in conditions:
        yield record, condition.part, TEXT


def _kinds(rule: Rule) -> tuple[str, ...]:
    """Return the kind of each part that ``rule`` takes."""
    shape, struct = rule.shape, rule.shape.struct
    if any(bound.codec.name in _OF_ONE_PART for bound in rule.codecs):
        return (TEXT,)
    if shape.kind == "list":
        return (shape.item or TEXT,)
    if shape.kind != "struct" or struct is None:
        return (shape.kind,)
    fields, lead = fields_of(struct), leading(struct)
    return tuple(_plain(fields[name]) for name in PAIRED.get(struct, (lead,) if lead else ())) or (TEXT,)


def _plain(shape: Shape) -> str:
    """Return the kind of a value within a struct: a moment that is taken from a part of it is its day."""
    return "date" if shape.kind == "struct" else shape.kind
