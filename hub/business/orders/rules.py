"""What a customer's orders are decided by, read from the files of that partner.

In: the configuration, and what a room may know of the partner. Out: ``OrderRules``, or every fault of the tables.
"""

from __future__ import annotations

from pathlib import Path

from hub.business.orders.catalogue import Catalogue, DockCalendar
from hub.business.orders.catalogue_file import catalogue_faults, read_catalogue
from hub.business.room import PartnerFacts
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct
from hub.platform.configuration import Configuration


class OrderRules(Struct):
    """What a customer's orders are decided by."""

    catalogue: Catalogue
    dock: DockCalendar


def read_rules(configuration: Configuration, partner: PartnerFacts) -> OrderRules:
    """Read the partner's items and contract prices. Raises ``Misconfigured``."""
    items, prices = _tables(configuration, partner.id)
    closed = frozenset(range(7)) - {weekday - 1 for weekday in partner.weekdays}  # ISO 1..7 to Monday = 0
    return OrderRules(
        catalogue=read_catalogue(partner.id, items, prices),
        dock=DockCalendar(closed_weekdays=closed, holidays=partner.holidays),
    )


def faults_of_tables(configuration: Configuration, partner: str) -> list[Misconfigured]:
    """Return every fault of the partner's items and contract prices."""
    return catalogue_faults(partner, *_tables(configuration, partner))


def _tables(configuration: Configuration, partner: str) -> tuple[Path | None, Path | None]:
    items, prices = (configuration.find(f"partners/{partner}/{name}.toml") for name in ("items", "prices"))
    return items, prices
