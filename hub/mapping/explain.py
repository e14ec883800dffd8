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
    for origin in applied.provenance.origins if applied.provenance else ():
        if origin.path in said:
            told.add(origin.path)
            rows.append(
                Explained(
                    path=origin.path,
                    value=said[origin.path],
                    place=origin.place,
                    sent=map_.family.sent(received, origin.segment, origin.element, origin.component),
                    rule=origin.rule,
                    why=map_.compiled.plan.whys.get(re.sub(r"\[\d+\]", "", origin.path), ""),
                )
            )
    unsaid = [(path, value) for path, value in said.items() if path not in told]
    return rows + [Explained(path=path, value=value, place="not on the wire") for path, value in unsaid]


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


class RuleExplained(Struct):
    """One line of a map: what it says of which field."""

    field: str
    wire: list[str]  # the places it may take, the first that says something wins
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
            found.append(RuleExplained(field=field, wire=wire, way=way, where=str(rule.where)))
    return found
