"""A document explained: every field with its value, its place on the wire and the rule that read it.

What ``apply`` gave with provenance enters; rows leave, in wire order. Fields that nothing on the wire says
(an assumed currency) stand last, without a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hub.formats.family import OpenedDocument
from hub.kernel.struct import Struct
from hub.mapping.library import Applied, Map
from hub.mapping.plan import Rule


class Explained(Struct):
    """One field of the document."""

    path: str
    value: str
    place: str = ""  # segment 20 PO103
    sent: str = ""
    rule: str = ""
    why: str = ""


def explained(map_: Map, applied: Applied, received: OpenedDocument) -> list[Explained]:
    """Return every field ``applied`` says of the document ``received``; it was asked for provenance."""
    said = dict(leaves(msgspec.to_builtins(applied.document), ""))
    rows: list[Explained] = []
    told: set[str] = set()
    origins = list(applied.provenance.origins) if applied.provenance else []
    exact = {origin.path for origin in origins}
    for origin in origins:
        for path in _meant(origin.path, said, exact):
            told.add(path)
            rows.append(
                Explained(
                    path=path,
                    value=said[path],
                    place=origin.place,
                    sent=map_.family.sent(received, origin.segment, origin.element, origin.component),
                    rule=origin.rule,
                    why=map_.compiled.plan.whys.get(_without_numbers(origin.path), ""),
                )
            )
    assumed = {
        f"{variant.name}.{rule.field}".removeprefix("."): rule
        for variant in map_.compiled.plan.variants
        for rule in variant.rules
        if _otherwise(rule)
    }
    unsaid = [(path, value) for path, value in said.items() if path not in told]
    return rows + [_not_read(path, value, map_, assumed.get(_without_numbers(path))) for path, value in unsaid]


def _not_read(path: str, value: str, map_: Map, rule: Rule | None) -> Explained:
    """Return a field that no place says: what its rule assumes, or what follows from others."""
    if rule is None:
        return Explained(path=path, value=value, place="not on the wire")
    why = map_.compiled.plan.whys.get(_without_numbers(path), "")
    return Explained(path=path, value=value, place="not on the wire: assumed", rule=str(rule.where), why=why)


def _meant(path: str, said: dict[str, str], exact: set[str]) -> list[str]:
    """Return the fields that the value at ``path`` holds: itself, or the parts of a moment, a party, an amount."""
    if path in said:
        return [path]
    return [each for each in said if each.startswith((f"{path}.", f"{path}[")) and each not in exact]


def _without_numbers(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every value beneath ``value`` (JSON, as Python has it) with its path: ``lines[0].quantity.unit``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, str(value)


def _otherwise(rule: Rule) -> str:
    """Return what a rule says where the wire says nothing."""
    return next((each.argument for each in rule.codecs if each.codec.name in ("assume", "default")), "")


class RuleExplained(Struct):
    """One line of a map: what it says of which field."""

    field: str
    wire: list[str]  # the places it may take, the first that says something wins
    otherwise: str  # what its absence means: a code, "#" for the running number, "" for nothing
    way: str  # both, in, out
    where: str


def rules_of(map_: Map) -> list[RuleExplained]:
    """Return the rules of a map, in the order in which it says them."""
    found: list[RuleExplained] = []
    for variant in map_.compiled.plan.variants:
        for rule in variant.rules:
            wire = [
                map_.family.spelt(map_.schema, take.record.tag, part) for take in rule.takes for part in take.path.parts
            ]
            field = f"{variant.name}.{rule.field}" if variant.name else rule.field
            way = "both" if rule.reads and rule.writes else "in" if rule.reads else "out"
            row = RuleExplained(field=field, wire=wire, otherwise=_otherwise(rule), way=way, where=str(rule.where))
            found.append(row)
    return found
