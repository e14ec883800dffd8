"""What is looked at in a partner's file before anything of X12 comes or goes: faults, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from hub.exchange.partners import Partner, file_of
from hub.flow.x12.framing import ACKNOWLEDGED_BY
from hub.flow.x12.rendering import another_release
from hub.flow.x12.sends import receives_at_fault, releases_unread, sends_at_fault, set_named
from hub.kernel.errors import Misconfigured
from hub.mapping.library import MapLibrary
from hub.platform.configuration import Configuration


def faults(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield what names a map as what it is not, and what is said to leave in another release than its map writes."""
    yield from sends_at_fault(partner, maps, configuration)
    yield from receives_at_fault(partner, maps, configuration)
    for kind, release in partner.x12.written_in.items() if partner.x12 else ():
        with suppress(Misconfigured):  # of the map: told with the maps
            written = maps.map(partner.receives[kind]).schema.release if kind in partner.receives else release
            if not release.startswith(written):
                yield another_release(partner, kind, release, written, file=file_of(configuration, partner.id))


def doubts(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield that acknowledgements are awaited which could not be taken, and sets in a release that no map reads."""
    x12 = partner.x12
    awaited = x12 is not None and x12.acknowledgements.functional_due_minutes > 0 and bool(partner.receives)
    if awaited and not any(set_named(key) in ACKNOWLEDGED_BY for key in partner.sends):
        yield Misconfigured.told(
            "acknowledgements of what we send are awaited, and [sends] has neither a 997 nor a 999 to take them by",
            code="CFG-NEVER-ACKNOWLEDGED",
            file=file_of(configuration, partner.id),
            remedy='add 997 = "x12/004010/997" under [sends],'
            " or functional_due_minutes = 0 under [x12.acknowledgements]",
        )
    yield from releases_unread(partner, maps, configuration)
