"""What was agreed with a partner about documents, as somebody reads it: in or out, by which map and schema."""

from __future__ import annotations

from hub.exchange.model import Direction
from hub.exchange.partners import Partner
from hub.flow.rules import Rules
from hub.formats.families import FAMILIES
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct


class AgreedDocument(Struct):
    """One kind of document that goes in or out."""

    kind: str  # how its wire names it: 850, order
    direction: Direction
    syntax: str = ""  # x12, xml, cxml, json
    document: str | None = None  # canonical; None where its map is at fault
    map: str | None = None  # None: our own JSON, which no map writes
    schema: str | None = None
    version: int | None = None  # of the map
    digest: str | None = None

    @property
    def called(self) -> str:
        """Its syntax, as people write it."""
        return called(self.syntax) if self.syntax else ""


def called(syntax: str) -> str:
    """Return how people write the name of a syntax."""
    return FAMILIES[syntax].called


def agreed_documents(partner: Partner, rules: Rules) -> list[AgreedDocument]:
    """Return the documents of a partner's file, theirs first; a map at fault is named, and no more is told of it."""
    found: list[AgreedDocument] = []
    tables: tuple[tuple[Direction, dict[str, str]], ...] = (("in", partner.sends), ("out", partner.receives))
    for direction, maps in tables:
        found += [_agreed(kind, direction, name, rules) for kind, name in sorted(maps.items())]
    own = partner.json.canonical if partner.json else []
    return found + [AgreedDocument(kind=name, direction="out", syntax="json", document=name) for name in own]


def _agreed(kind: str, direction: Direction, name: str, rules: Rules) -> AgreedDocument:
    try:
        map_ = rules.maps.map(name)
    except Misconfigured:
        return AgreedDocument(kind=kind, direction=direction, map=name)
    return AgreedDocument(
        kind=kind,
        direction=direction,
        syntax=map_.family.name,
        document=map_.document,
        map=name,
        schema=map_.schema.wire,
        version=map_.version,
        digest=map_.digest,
    )
