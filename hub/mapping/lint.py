"""What a map may say by the rules of the language and still must not: lines that cannot run both ways.

A bound ``Plan`` and its tables enter, faults leave; a map with any of them does not load.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from hub.canonical.words import VOCABULARIES
from hub.formats.schema import Place
from hub.kernel.sentence import Wording
from hub.mapping.codecs import ONE_WAY, Bound
from hub.mapping.faults import MapFault, map_fault, near_or
from hub.mapping.paths import PathStep
from hub.mapping.plan import Plan, Rule, Variant
from hub.mapping.readvalue import absent_value
from hub.mapping.scan import Where
from hub.mapping.shape import fields_of
from hub.mapping.spec import RESERVED
from hub.mapping.tables import CodeMap


def lint(plan: Plan, tables: dict[str, CodeMap]) -> list[MapFault]:
    """Return every rule of ``plan`` that could lose, confuse or invent something."""
    faults: list[MapFault] = []
    for variant in plan.variants:
        faults += _reserved(variant)
        for rule in variant.rules:
            faults += _lossy(rule)
            faults += _tables(rule, tables)
            faults += _absences(rule, variant, plan, tables)
            faults += _guards(rule, variant, plan)
        faults += _plain_twice(variant)
        faults += _overlaps(variant)
        faults += _too_many(variant, plan)
    return _once(faults)


def _lossy(rule: Rule) -> Iterator[MapFault]:
    for bound in rule.codecs:
        if bound.codec.name in ONE_WAY and rule.source.direction == "both":
            yield map_fault("MAP-LINT-LOSSY", rule.where, name=bound.codec.name)


def _tables(rule: Rule, tables: dict[str, CodeMap]) -> Iterator[MapFault]:
    for bound in rule.codecs:
        table = tables[bound.table] if bound.table else None
        if table is None:
            continue
        if rule.source.direction == "both":
            for word, where in table.doubles.items():
                yield map_fault("MAP-LINT-REVERSE", where, name=table.name, word=word)
        if not bound.passes:
            for word, where in table.strange.items():
                yield strange_word(word, where, table.name)
        if bound.passes:
            for code, where in table.loose.items():
                yield map_fault("MAP-LINT-LOOSE", where, name=table.name, code=code)


def strange_word(word: str, where: Where, name: str) -> MapFault:
    """Return that the vocabulary ``name`` has no such word, with the nearest."""
    near = difflib.get_close_matches(word, VOCABULARIES[name], n=1)
    any_word = Wording(key="map/any-word", words={"name": name})
    return map_fault("MAP-LINT-WORD", where, word=word, name=name, advice=near_or(near, any_word, "map/near-quoted"))


def _absences(rule: Rule, variant: Variant, plan: Plan, tables: dict[str, CodeMap]) -> Iterator[MapFault]:
    currency = variant is plan.root and rule.field == "currency"  # the unit of every amount; it must be something
    for bound in rule.codecs:
        if bound.codec.stage == "absent" and not rule.shape.required and not currency:
            yield map_fault("MAP-LINT-ABSENT/unsaid", rule.where, field=rule.field, name=bound.codec.name)
        elif bound.codec.stage == "absent" and not _holds(rule, bound, tables, plan):
            yield map_fault(
                "MAP-LINT-ABSENT/cannot-hold",
                rule.where,
                field=rule.field,
                argument=bound.argument,
                kind=rule.shape.kind,
            )


def _holds(rule: Rule, bound: Bound, tables: dict[str, CodeMap], plan: Plan) -> bool:
    """Say whether what absence means is of the field's type; # is a running number."""
    if bound.argument == "#":
        return rule.shape.kind in ("int", "str")
    after = rule.codecs[rule.codecs.index(bound) + 1 :]
    return absent_value(bound.argument, after, rule.shape, tables, plan.family) is not None


def _guards(rule: Rule, variant: Variant, plan: Plan) -> Iterator[MapFault]:
    fields = [rule.source.guard.field] if rule.source.guard else []
    fields += [bound.field for bound in rule.codecs if bound.field]
    for field in fields:
        rules = [r for r in (*variant.rules, *plan.root.rules) if r.field == field]
        decided = variant.said_by is not None and variant.said_by[0] == field
        if not decided and not any(r.source.guard is None and r.source.direction == "both" for r in rules):
            yield map_fault("MAP-LINT-GUARD", rule.where, field=field)


def _reserved(variant: Variant) -> Iterator[MapFault]:
    for name in fields_of(variant.struct):
        if name in RESERVED and variant.where is not None:
            yield map_fault("MAP-LINT-RESERVED", variant.where, name=variant.struct.__name__, name2=name)


def _plain_twice(variant: Variant) -> Iterator[MapFault]:
    """A plain line and a plain list on one tag: nobody could say which segment is whose."""
    listed = {
        place.step.tag for listing in variant.lists for place in listing.variants
        if place.step is not None and not place.outer and not place.step.conditions
    }  # fmt: skip
    for rule in variant.rules:
        for take in rule.takes:
            plain = len(take.steps) == 1 and take.anchor.kind == "own" and not take.steps[0].conditions
            if plain and take.steps[0].tag in listed and not take.path.conditions and take is rule.takes[0]:
                tag = take.steps[0].tag
                yield map_fault("MAP-LINT-PLAIN", rule.where, tag=tag)


def _overlaps(variant: Variant) -> Iterator[MapFault]:
    """Two conditioned selectors that one segment could satisfy."""
    claims: list[tuple[PathStep, Where]] = [
        (take.steps[0], rule.where)
        for rule in variant.rules
        for take in rule.takes
        if take.steps and take.anchor.kind == "own" and take.steps[0].conditions
    ]
    claims += [
        (place.step, place.where or Where(file="", line=0))
        for listing in variant.lists
        for place in listing.variants
        if place.step is not None and not place.outer and place.step.conditions
    ]
    for index, (step, _) in enumerate(claims):
        for other, where in claims[index + 1 :]:
            if step.tag == other.tag and step.conditions != other.conditions and not _exclusive(step, other):
                yield map_fault("MAP-LINT-OVERLAP", where, step=str(step), other=str(other))


def _exclusive(step: PathStep, other: PathStep) -> bool:
    asked = {(c.part, c.component): c.value for c in step.conditions}
    return any((c.part, c.component) in asked and _apart(asked[c.part, c.component], c.value) for c in other.conditions)


def _apart(one: str | None, other: str | None) -> bool:
    """Say whether no value is both: any value at all (None) is apart from none alone."""
    return "" in (one, other) and one != other if None in (one, other) else one != other


def _too_many(variant: Variant, plan: Plan) -> Iterator[MapFault]:
    """Two places of a tag of which the guide allows one."""
    seen: dict[tuple[str, ...], tuple[PathStep, ...]] = {}
    for rule in variant.rules:
        take = rule.takes[0] if rule.takes and rule.writes else None
        if take is None or not take.steps or take.anchor.kind != "own" or _most(take.places[-1]) != 1:
            continue
        tags = tuple(step.tag for step in take.steps)
        bare = tuple(PathStep(tag=step.tag, conditions=step.conditions) for step in take.steps)
        if seen.setdefault(tags, bare) != bare and _same_above(seen[tags], bare):
            yield map_fault("MAP-LINT-ONE", rule.where, tags=tags[-1])


def _same_above(one: tuple[PathStep, ...], other: tuple[PathStep, ...]) -> bool:
    return one[:-1] == other[:-1]


def _most(place: Place) -> int:
    return place.maximum


def _once(faults: list[MapFault]) -> list[MapFault]:
    return list({str(fault): fault for fault in faults}.values())
