"""Everything a message is judged by: partners, schemas, maps, what rooms decide by. Read, never written.

What is wrong in one partner's files stops that partner; ``Misconfigured`` says where. Nothing here depends on
a message, so what is compiled is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hub.business.room import AgreedParty, PartnerFacts, Room
from hub.canonical.result import EventKind
from hub.exchange.partners import Partner, load_partners
from hub.formats.families import SchemaLibrary
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, declared
from hub.kernel.words import Id
from hub.mapping.library import Map, MapLibrary
from hub.platform.configuration import Configuration

T = TypeVar("T")


class Rules:
    """The configuration as rules. Reads lazily, keeps what it has read."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.partners = load_partners(configuration)
        self.schemas = SchemaLibrary(configuration.roots)
        self.maps = MapLibrary(configuration.roots, self.schemas, strict=True)
        self._facts: dict[str, PartnerFacts] = {}
        self._listeners: dict[EventKind, tuple[str, ...]] = {}
        self._of_rooms: dict[tuple[str, str], Any] = {}  # by room and partner
        self._of_syntaxes: dict[Any, Any] = {}

    def partner(self, partner_id: str) -> Partner:
        """Return the partner. Raises ``Misconfigured`` for one that is stopped or gone."""
        partner = self.partners.get(partner_id)
        if partner is None:
            raise self.partners.faults.get(partner_id) or Misconfigured(
                "CFG/partner-has-no-file", partner_id=partner_id
            )
        return partner

    def of_syntax(self, make: Callable[[Rules], T]) -> T:
        """Return what a syntax judges by: what ``make`` made of these rules when it was first asked for."""
        if make not in self._of_syntaxes:
            self._of_syntaxes[make] = make(self)
        found: T = self._of_syntaxes[make]
        return found

    def outbound_map(self, partner_id: str, document: str) -> Map | None:
        """Return the map that writes canonical ``document`` for the partner."""
        for name in self.partner(partner_id).receives.values():
            chosen = self.maps.map(name)
            if chosen.document == document:
                return chosen
        return None

    def listeners(self, event: EventKind) -> tuple[str, ...]:
        """Return the partners that are told each time of such an event, or to whom that is owed."""
        if event not in self._listeners:
            self._listeners[event] = tuple(self.partners.listeners(event))
        return self._listeners[event]

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
                parties=tuple(
                    AgreedParty(role=each.role, id=Id(value=each.id, scheme=each.scheme)) for each in partner.parties
                ),
            )
        return self._facts[partner_id]

    def of_room(self, room: Room, partner_id: str) -> Any:
        """Return what a room decides the partner's documents by. Raises ``Misconfigured``."""
        key = room.name, partner_id
        if key not in self._of_rooms:
            self._of_rooms[key] = room.read_rules(self.configuration, self.facts(partner_id))
        return self._of_rooms[key]


declared(
    {
        "CFG/partner-has-no-file": Phrase(
            message="partner {partner_id} has no file", remedy="add partners/{partner_id}/partner.toml"
        ),
    }
)
