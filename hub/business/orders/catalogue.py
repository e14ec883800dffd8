"""What a customer may order from us, and for what price: item master and contract prices, by customer.

In: nothing, these are values; ``catalogue_file`` reads them from the partner's folder. Out: lookups that say what was
found and never guess. Quantities without a unit are in the item's own unit (``CatalogueItem.unit``).
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from hub.kernel.struct import Struct

_ONE, _ONE_DAY = Decimal(1), timedelta(days=1)

LINE_MAXIMUM = Decimal(1_000_000)
"""What one line may ask for where the item says nothing: a year of our largest line (4,000 a day, 250 days)."""


class Revision(Struct):
    """One engineering level of the buyer's, and the days on which orders for it are taken, both inclusive."""

    level: str
    drawing: str | None = None  # revision of the drawing that belongs to it
    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class LeadTime(Struct):
    """Calendar days from the order to the buyer's dock: a fixed part, and a part for every lot begun."""

    days: int
    days_per_lot: int = 0
    lot: Decimal = Decimal(1)

    def until(self, quantity: Decimal) -> int:
        """Return the days until the last of ``quantity`` arrives; ``quantity`` counts what goes before it in the line.

        >>> LeadTime(days=18, days_per_lot=12, lot=Decimal(1000)).until(Decimal(2000))
        42
        """
        lots = int((quantity / self.lot).to_integral_value(ROUND_CEILING)) if self.days_per_lot else 0
        return self.days + self.days_per_lot * lots


class CatalogueItem(Struct):
    """One item we make for this customer."""

    number: str  # ours
    buyer: str
    name: str
    unit: str  # the item's own unit; every factor, minimum and multiple counts in it
    lead_time: LeadTime
    revisions: list[Revision]
    factors: dict[str, Decimal] = {}  # of the item's own unit in one of each other unit
    udi_di: str | None = None
    minimum: Decimal = Decimal(0)
    multiple: Decimal = Decimal(1)
    maximum: Decimal = LINE_MAXIMUM
    revision_may_be_omitted: bool = False

    def factor(self, unit: str) -> Decimal | None:
        """Return how many of the item's own unit are in one ``unit``, exact; none when that is not agreed."""
        return _ONE if unit == self.unit else self.factors.get(unit)

    def revision(self, level: str) -> Revision | None:
        return next((revision for revision in self.revisions if revision.level == level), None)

    def current(self, day: date) -> list[Revision]:
        """Return the revisions for which orders are taken on ``day``."""
        return [revision for revision in self.revisions if revision.covers(day)]


class Tier(Struct):
    """The price from a quantity on; the quantity is a line's, in the item's own unit."""

    start: Decimal
    amount: Decimal


class ContractPrice(Struct):
    """What one item costs under one contract, in one currency, between two days (both inclusive).

    An amount is for ``per`` of ``unit``. A price ordered is taken as agreed when it differs by no more than
    every tolerance stated: none stated means not at all.
    """

    contract: str
    item: str  # our number
    currency: str  # ISO 4217
    unit: str
    tiers: list[Tier]  # by start, ascending
    per: Decimal = Decimal(1)
    start: date | None = None
    end: date | None = None
    tolerance_percent: Decimal | None = None  # of the contract price
    tolerance_amount: Decimal | None = None  # per ``per`` of ``unit``

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def amount(self, quantity: Decimal) -> Decimal | None:
        """Return the amount for a line of ``quantity`` (item's own unit); none below the first tier."""
        reached = [tier.amount for tier in self.tiers if tier.start <= quantity]
        return reached[-1] if reached else None


class DockCalendar(Struct):
    """The days on which the buyer's dock takes nothing. Moves only dates that we choose."""

    closed_weekdays: frozenset[int] = frozenset()  # Monday = 0
    holidays: frozenset[date] = frozenset()

    def next_open(self, day: date) -> date:
        """Return ``day``, or the first day after it on which the dock is open.

        Looks a year ahead at most: a dock that is never open must not stop us.
        """
        candidate = day
        for _ in range(366):
            if candidate.weekday() not in self.closed_weekdays and candidate not in self.holidays:
                return candidate
            candidate += _ONE_DAY
        return day

    def last_open(self, first: date, last: date) -> date:
        """Return the last day from ``first`` to ``last`` on which the dock is open; ``last`` where none of them is.

        Looks a year back at most, as ``next_open`` looks ahead.
        """
        candidate = last
        for _ in range(366):
            if candidate < first:
                break
            if candidate.weekday() not in self.closed_weekdays and candidate not in self.holidays:
                return candidate
            candidate -= _ONE_DAY
        return last


ALWAYS_OPEN = DockCalendar()


class Catalogue:
    """Item master and prices of one customer, by every number that names an item."""

    def __init__(self, partner: str, items: list[CatalogueItem], prices: list[ContractPrice]) -> None:
        self.partner = partner
        self.items = items
        self.prices = prices
        self._by_buyer = {item.buyer: item for item in items}
        self._by_number = {item.number: item for item in items}
        self._by_udi = {item.udi_di: item for item in items if item.udi_di}
        self._contracts = {price.contract for price in prices}
        self._prices: dict[str, list[ContractPrice]] = {}
        for price in prices:
            self._prices.setdefault(price.item, []).append(price)

    def by_buyer(self, number: str) -> CatalogueItem | None:
        return self._by_buyer.get(number)

    def by_number(self, number: str) -> CatalogueItem | None:
        return self._by_number.get(number)

    def by_udi(self, device_identifier: str) -> CatalogueItem | None:
        return self._by_udi.get(device_identifier)

    def prices_of(self, item: str) -> list[ContractPrice]:
        """Return every price of our item ``item``, whatever its contract, currency and days."""
        return self._prices.get(item, [])

    def has_contract(self, name: str) -> bool:
        """Say whether any price is of the contract ``name``."""
        return name in self._contracts

    def only_currency(self, contract: str | None) -> str | None:
        """Return the currency of every price of ``contract`` (of all when none is named); none when they differ."""
        found = {price.currency for price in self.prices if contract in (None, price.contract)}
        return found.pop() if len(found) == 1 else None
