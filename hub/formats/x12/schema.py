"""A guide as a schema: what maps are bound to, in the words of no syntax.

In: a guide. Out: its ``GuideSchema``, which still knows the guide for the validator and ``compose``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hub.formats import schema
from hub.formats.schema import Part, PartType, Place, Record, Schema
from hub.formats.x12.guide import Element, Guide, Segment, Use
from hub.formats.x12.guides import GuideLibrary
from hub.kernel.errors import Defect

FAMILY = "x12"
ROOT_TAG = "ST"
WIRE = re.compile(r"x12/(\d{6})/([0-9A-Z]{3})\Z", re.ASCII)

_TYPES: dict[str, PartType] = {
    "AN": "text",
    "B": "text",
    "ID": "code",
    "DT": "date",
    "TM": "time",
    "R": "number",
    "composite": "parts",
}


class GuideSchema(Schema, kw_only=True):
    """A guide's schema, and the guide."""

    guide: Guide


class Guides(Protocol):
    """Where guides come from (``guides.GuideLibrary``)."""

    def guide(self, release: str, set: str, partner: str | None = None) -> Guide | None: ...


class GuideSchemas:
    """Finds the schemas of guides by the name maps give them: x12/004010/850. What it has compiled it keeps."""

    def __init__(self, guides: Guides) -> None:
        self.guides = guides
        self._compiled: dict[str, GuideSchema] = {}  # no more than there are guides

    @classmethod
    def of(cls, roots: Sequence[Path]) -> GuideSchemas:
        """Return what finds guides in configuration ``roots``."""
        return cls(GuideLibrary(roots))

    def find(self, wire: str, partner: str | None = None) -> GuideSchema | None:
        """Return the schema of the guide ``wire``, narrowed for ``partner``; None where there is none."""
        named = WIRE.match(wire)
        guide = self.guides.guide(named[1], named[2], partner) if named else None
        if guide is None:
            return None
        known = self._compiled.get(guide.digest)
        if known is None or known.guide is not guide:
            known = self._compiled[guide.digest] = schema_of(guide)
        return known


def schema_of(guide: Guide) -> GuideSchema:
    """Return ``guide`` as maps are bound to it."""
    return GuideSchema(
        family=FAMILY,
        wire=f"x12/{guide.release}/{guide.set}",
        kind=guide.set,
        root=Place(record=Record(tag=ROOT_TAG), children=tuple(map(_place, guide.uses))),
        release=guide.release,
        computed=tuple(schema.Computed(tag=c.tag, part=c.element, rule=c.rule, of=c.of) for c in guide.computed),
        codes=guide.codes,
        digest=guide.digest,
        guide=guide,
    )


def guide_of(found: Schema) -> Guide:
    """Return the guide that ``found`` was compiled from."""
    if not isinstance(found, GuideSchema):
        raise Defect(f"{found.wire} has no guide")
    return found.guide


def _place(use: Use) -> Place:
    return Place(
        record=_record(use.segment),
        required=use.required,
        maximum=use.loop_maximum if use.loop else use.maximum,
        children=tuple(map(_place, use.children)),
        nests=use.nests,
    )


def _record(segment: Segment) -> Record:
    group = segment.group
    return Record(
        tag=segment.tag,
        name=segment.name,
        parts=tuple(map(_part, segment.elements)),
        qualifier=segment.qualifier,
        group=schema.RepeatingGroup(first=group.first, size=group.size, last=group.last) if group else None,
    )


def _part(element: Element) -> Part:
    implied = element.type[0] == "N" and len(element.type) == 2
    return Part(
        key=element.number,
        name=element.name,
        type="implied" if implied else _TYPES[element.type],
        decimals=int(element.type[1]) if implied else 0,
        minimum=element.minimum,
        maximum=element.maximum,
        required=element.required,
        codes=element.codes,
        parts=tuple(map(_part, element.components)),
        repeat=element.repeat,
    )
