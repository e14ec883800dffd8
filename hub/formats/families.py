"""The syntaxes that maps can be written for, in one table, and where their schemas are found.

A further one has a folder beside ``x12`` and a row here; all that it takes is counted in docs/development.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.formats.cxml.family import CxmlFamily
from hub.formats.family import Family, Schemas
from hub.formats.json.family import JsonFamily
from hub.formats.schema import Schema
from hub.formats.x12.family import X12Family
from hub.formats.xml.family import XmlFamily

FAMILIES: dict[str, Family] = {family.name: family for family in (X12Family(), XmlFamily(), CxmlFamily(), JsonFamily())}


class SchemaLibrary:
    """The schemas of every family, by the name maps give them."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._finders = {name: family.schemas(roots) for name, family in FAMILIES.items()}

    def of(self, family: str) -> Schemas:
        """Return what finds the schemas of one family."""
        return self._finders[family]

    def find(self, wire: str, partner: str | None = None) -> Schema | None:
        """Return the schema ``wire``, as ``partner`` narrows it; None where no family has one."""
        found = (finder.find(wire, partner) for finder in self._finders.values())
        return next((schema for schema in found if schema is not None), None)


def family_of(schema: Schema) -> Family:
    """Return who reads and writes documents of ``schema``."""
    return FAMILIES[schema.family]
