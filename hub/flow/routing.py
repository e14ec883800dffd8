"""Which of the maps that were agreed reads a document: by its set, its root element and namespace, its type."""

from __future__ import annotations

from collections.abc import Sequence

from hub.exchange.partners import Partner
from hub.flow.rules import Rules
from hub.formats.family import Family, OpenedDocument
from hub.mapping.library import Map


def agreed_maps(rules: Rules, partner: Partner, syntax: str) -> list[Map]:
    """Return the maps of a syntax for what the partner sends. Raises ``Misconfigured``."""
    maps = (rules.maps.map(name) for name in partner.sends.values())
    return [each for each in maps if each.family.name == syntax]


def is_of_release(map_: Map, release: str) -> bool:
    """Say whether a map reads documents of ``release``, as sent: it may name a convention behind it. Some say none."""
    return not release or not map_.schema.release or release.startswith(map_.schema.release)


def route(received: OpenedDocument, family: Family, maps: Sequence[Map], release: str = "") -> Map | None:
    """Return the map that reads a document; of several releases that of its own, where it says one."""
    maps = [each for each in maps if is_of_release(each, release)]
    schema = family.choose(received, [each.schema for each in maps])
    return next((each for each in maps if each.schema is schema), None)
