"""Everything a message is judged by: partners, guides, maps, what rooms decide by. Read, never written.

What is wrong in one partner's files stops that partner; ``Misconfigured`` says where. Nothing here depends on
a message, so compiled guides and maps are kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from hub.business.room import PartnerFacts, Room
from hub.exchange.partner_x12 import EnvelopeId
from hub.exchange.partners import Partner, load_partners
from hub.formats.families import SchemaLibrary
from hub.formats.x12.agreed import DIGITS, Address, Agreed, Parties
from hub.formats.x12.guide import Guide
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.schema import GuideSchemas
from hub.formats.x12.validate import Validator, compile_guide
from hub.kernel.errors import Misconfigured
from hub.mapping.library import Map, MapLibrary
from hub.platform.configuration import Configuration

COMPILED_GUIDES_MAX = 2_000  # 20 sets for 100 partners that narrow them all


class Rules:
    """The configuration as rules. Reads lazily, keeps what it has read."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.partners = load_partners(configuration)
        self.guides = GuideLibrary(configuration.roots)
        self.schemas = SchemaLibrary(configuration.roots, x12=GuideSchemas(self.guides))
        self.maps = MapLibrary(configuration.roots, self.schemas, strict=True)
        self.guide = lru_cache(COMPILED_GUIDES_MAX)(self._guide)
        self.validator = lru_cache(COMPILED_GUIDES_MAX)(self._validator)
        self._agreed: dict[str, Agreed] = {}
        self._facts: dict[str, PartnerFacts] = {}
        self._of_rooms: dict[tuple[str, str], Any] = {}  # by room and partner

    def partner(self, partner_id: str) -> Partner:
        """Return the partner. Raises ``Misconfigured`` for one that is stopped or gone."""
        partner = self.partners.get(partner_id)
        if partner is None:
            raise self.partners.faults.get(partner_id) or Misconfigured(
                f"partner {partner_id} has no file", remedy=f"add partners/{partner_id}/partner.toml"
            )
        return partner

    def warm_up(self, rooms: Sequence[Room]) -> None:
        """Read and compile what every live partner's messages need now, so that the first does not wait for it.

        What is at fault is left for the message that needs it, which is then held with the reason.
        """
        for partner in self.partners.all():
            for name in (*partner.sends.values(), *partner.receives.values()):
                self._compile(name, partner.id)
            for room in rooms:
                with contextlib.suppress(Misconfigured):
                    self.of_room(room, partner.id)

    def _compile(self, map_name: str, partner_id: str) -> None:
        with contextlib.suppress(Misconfigured):
            wire = self.maps.map(map_name)
            self.validator(wire.schema.release, wire.kind, partner_id)

    def _guide(self, release: str, kind: str, partner_id: str) -> Guide | None:
        """Return the guide of set ``kind`` in ``release`` (GS08 as sent), narrowed for the partner."""
        return self.guides.guide(release, kind, partner_id)

    def _validator(self, release: str, kind: str, partner_id: str) -> Validator | None:
        guide = self.guide(release, kind, partner_id)
        try:
            return compile_guide(guide) if guide else None
        except Exception as fault:
            own = f"partners/{partner_id}/guides/{kind}.toml"
            file = own if guide and guide.partner else f"schemas/x12/{release}/{kind}.toml"
            raise Misconfigured.of(fault, file=file, code="CFG-GUIDE") from fault

    def inbound_map(self, partner_id: str, kind: str) -> Map | None:
        """Return the map that reads set ``kind`` from the partner, if one is named in its file."""
        name = self.partner(partner_id).sends.get(kind)
        return self.maps.map(name) if name else None

    def outbound_map(self, partner_id: str, document: str) -> tuple[str, Map] | None:
        """Return the wire name and the map that writes canonical ``document`` for the partner."""
        for kind, name in self.partner(partner_id).receives.items():
            chosen = self.maps.map(name)
            if chosen.document == document:
                return kind, chosen
        return None

    def agreed(self, partner_id: str) -> Agreed:
        """Return what was agreed with the partner about what it sends."""
        if partner_id not in self._agreed:
            self._agreed[partner_id] = agreed_with(self.partner(partner_id))
        return self._agreed[partner_id]

    def facts(self, partner_id: str) -> PartnerFacts:
        """Return what rooms may know of the partner."""
        if partner_id not in self._facts:
            partner = self.partner(partner_id)
            self._facts[partner_id] = PartnerFacts(
                id=partner.id,
                time_zone=partner.time_zone,
                currency=partner.currency,
                weekdays=frozenset(partner.calendar.weekdays),
                holidays=frozenset(partner.calendar.holidays),
            )
        return self._facts[partner_id]

    def of_room(self, room: Room, partner_id: str) -> Any:
        """Return what a room decides the partner's documents by. Raises ``Misconfigured``."""
        key = room.name, partner_id
        if key not in self._of_rooms:
            self._of_rooms[key] = room.read_rules(self.configuration, self.facts(partner_id))
        return self._of_rooms[key]


def agreed_with(partner: Partner) -> Agreed:
    """Return what the partner's file says was agreed."""
    x12, sends = partner.x12, frozenset(partner.sends)
    if x12 is None:
        return Agreed(nothing=True, sets=sends)
    return Agreed(
        parties=Parties(theirs=[_address(each) for each in x12.theirs], ours=_address(x12.ours)),
        releases=frozenset(release[:DIGITS] for release in x12.releases),
        sets=sends,
        usage=partner.usage,
        leniency=frozenset(partner.leniency),
    )


def _address(named: EnvelopeId) -> Address:
    return Address(qualifier=named.qualifier, id=named.id, group=named.group_id)
