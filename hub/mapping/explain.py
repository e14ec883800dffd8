"""A document explained: every field with its value, its place on the wire and the rule that read it.

What ``apply`` gave with provenance enters; rows leave, in wire order. Fields that nothing on the wire says
(an assumed currency) stand last, without a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from hub.formats.x12.events import TransactionSet
from hub.kernel.struct import Struct
from hub.mapping.library import Applied, Map
from hub.mapping.provenance import Origin


class Explained(Struct):
    """One field of the document."""

    path: str
    value: str
    place: str = ""  # segment 20 PO103
    sent: str = ""
    rule: str = ""
    why: str = ""


def explained(map_: Map, applied: Applied, received: TransactionSet) -> list[Explained]:
    """Return every field ``applied`` says of the set ``received``; it was asked for provenance."""
    said = dict(leaves(msgspec.to_builtins(applied.document), ""))
    rows: list[Explained] = []
    told: set[str] = set()
    for origin in applied.provenance.origins if applied.provenance else ():
        if origin.path in said:
            told.add(origin.path)
            part = f"-{origin.component}" if origin.component else ""
            rows.append(
                Explained(
                    path=origin.path,
                    value=said[origin.path],
                    place=f"segment {origin.segment} {origin.tag}{origin.element:02d}{part}",
                    sent=_sent(received, origin),
                    rule=origin.rule,
                    why=map_.compiled.plan.whys.get(re.sub(r"\[\d+\]", "", origin.path), ""),
                )
            )
    unsaid = [(path, value) for path, value in said.items() if path not in told]
    return rows + [Explained(path=path, value=value, place="not on the wire") for path, value in unsaid]


def _sent(received: TransactionSet, origin: Origin) -> str:
    values = received.segments[origin.segment - 1]
    text = values[origin.element] if origin.element < len(values) else ""
    between = received.separators.component
    parts = text.split(between) if origin.component and between else [text]
    return parts[min(origin.component or 1, len(parts)) - 1]


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
