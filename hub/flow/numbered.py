"""By which number people ask for a document whose body says it by a path: what its map calls its number.

Also of a document that has faults, and of one that its sender was never agreed to send: whoever else sends such has a
map that knows where the number stands.
"""

from __future__ import annotations

from contextlib import suppress

from hub.business.rooms import ROOMS
from hub.exchange.partners import Partner
from hub.flow.routing import agreed_maps, route
from hub.flow.rules import Rules
from hub.formats.family import Family, OpenedDocument
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct

NUMBERED = {name: room.subject_kind for room in ROOMS for name in room.handles if room.subject_kind}
"""By document, the kind of number that people ask for it by."""


def numbers_of(name: str, document: Struct | None) -> list[tuple[str, str]]:
    """Return the number of a canonical document, as its room calls that kind; nothing where it says none."""
    kind, number = NUMBERED.get(name), getattr(document, "number", None)
    return [(kind, number)] if kind and isinstance(number, str) else []


def numbers_said(name: str, document: Struct | None) -> list[tuple[str, str]]:
    """Return all by which people ask for a canonical document that takes no effect, as far as it could be read."""
    if document is None:
        return []
    said = [number for room in ROOMS if name in room.handles for number in room.numbers(document)]
    return [*numbers_of(name, document), *((each.kind, each.value) for each in said)]


def numbers_before_the_break(
    begun: OpenedDocument, family: Family, rules: Rules, partner: Partner
) -> list[tuple[str, str]]:
    """Return by what a body that breaks off is asked for, as the map says it that was agreed for what has begun."""
    with suppress(Misconfigured):  # it is told by what can be read
        map_ = route(begun, family, agreed_maps(rules, partner, family.name))
        if map_ is not None:
            return numbers_said(map_.document, map_.apply(family.check(begun, map_.schema).root).document)
    return []


def numbers_of_others(received: OpenedDocument, family: Family, rules: Rules) -> list[tuple[str, str]]:
    """Return the number of a document that its sender does not send, read by the map of somebody who does."""
    for partner in rules.partners.all():
        with suppress(Misconfigured):
            map_ = route(received, family, agreed_maps(rules, partner, family.name))
            if map_ is not None:
                return numbers_of(map_.document, map_.apply(family.check(received, map_.schema).root).document)
    return []
