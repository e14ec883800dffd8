"""Everything a message is judged by: partners, guides, maps, item masters. Read from configuration, never written.

What is wrong in one partner's files stops that partner; ``Misconfigured`` says where. Nothing here depends on
a message, so compiled guides and maps are kept.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache

from hub.business.orders.catalogue import Catalogue, DockCalendar
from hub.business.orders.catalogue_file import read_catalogue
from hub.exchange.partners import EnvelopeId, Partner, load_partners
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
        self._catalogues: dict[str, Catalogue] = {}
        self._docks: dict[str, DockCalendar] = {}

    def partner(self, partner_id: str) -> Partner:
        """Return the partner. Raises ``Misconfigured`` for one that is stopped or gone."""
        partner = self.partners.get(partner_id)
        if partner is None:
            raise self.partners.faults.get(partner_id) or Misconfigured(
                f"partner {partner_id} has no file", remedy=f"add partners/{partner_id}/partner.toml"
            )
        return partner

    def warm_up(self) -> None:
        """Compile every live partner's maps and guides now, so that the first message does not wait for it.

        What is at fault is left for the message that needs it, which is then held with the reason.
        """
        for partner in self.partners.all():
            for name in (*partner.sends.values(), *partner.receives.values()):
                self._compile(name, partner.id)
            with contextlib.suppress(Misconfigured):
                self.catalogue(partner.id)

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

    def catalogue(self, partner_id: str) -> Catalogue:
        """Return the partner's items and contract prices."""
        if partner_id not in self._catalogues:
            items, prices = (
                self.configuration.find(f"partners/{partner_id}/{name}.toml") for name in ("items", "prices")
            )
            self._catalogues[partner_id] = read_catalogue(partner_id, items, prices)
        return self._catalogues[partner_id]

    def dock(self, partner_id: str) -> DockCalendar:
        """Return the days on which the partner's dock is closed."""
        if partner_id not in self._docks:
            calendar = self.partner(partner_id).calendar
            closed = frozenset(range(7)) - {weekday - 1 for weekday in calendar.weekdays}  # ISO 1..7 to Monday = 0
            self._docks[partner_id] = DockCalendar(closed_weekdays=closed, holidays=frozenset(calendar.holidays))
        return self._docks[partner_id]


def agreed_with(partner: Partner) -> Agreed:
    """Return what the partner's file says was agreed."""
    envelope, sends = partner.envelope, frozenset(partner.sends)
    if envelope is None:
        return Agreed(nothing=True, sets=sends)
    return Agreed(
        parties=Parties(theirs=_address(envelope.theirs), ours=_address(envelope.ours)),
        releases=frozenset(release[:DIGITS] for release in envelope.releases),
        sets=sends,
        usage=partner.usage,
        leniency=frozenset(partner.leniency),
    )


def _address(named: EnvelopeId) -> Address:
    return Address(qualifier=named.qualifier, id=named.id, group=named.group_id)
