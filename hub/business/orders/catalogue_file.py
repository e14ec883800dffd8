"""Reads a customer's ``items.toml`` and ``prices.toml``.

In: the two paths. Out: a ``Catalogue``, or every fault with file, line and remedy: an unknown key (with the nearest
name), a value of the wrong kind, a negative number, the same number twice, two prices for one day. A catalogue with a
fault is not used at all: half a price list is worse than none.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from hub.business.orders.catalogue import (
    LINE_MAXIMUM,
    Catalogue,
    CatalogueItem,
    ContractPrice,
    LeadTime,
    Revision,
    Tier,
)
from hub.business.orders.catalogue_table import CatalogueFile, CatalogueTable, is_text
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, Word, declared
from hub.platform.toml_lines import Key, read_toml

Read = TypeVar("Read", CatalogueItem, ContractPrice)


PERCENT_MAX = Decimal(100)
ITEMS_MAX, PRICES_MAX = 20_000, 50_000  # what 4 MB of such files hold
REVISIONS_MAX, TIERS_MAX, UNITS_MAX = 100, 100, 50  # of one item or price


def read_catalogue(partner: str, items: Path | None, prices: Path | None) -> Catalogue:
    """Return the catalogue of ``partner``. Raises the first fault; ``catalogue_faults`` gives them all.

    A partner without the files has an empty catalogue: its orders wait for a person.
    """
    catalogue, faults = _read(partner, items, prices)
    if faults:
        raise faults[0]
    return catalogue


def catalogue_faults(partner: str, items: Path | None, prices: Path | None) -> list[Misconfigured]:
    """Return every fault of the two files, in the order of their lines; none for a catalogue that can be used."""
    return _read(partner, items, prices)[1]


def _read(partner: str, items: Path | None, prices: Path | None) -> tuple[Catalogue, list[Misconfigured]]:
    faults: list[Misconfigured] = []
    master = _read_file(items, _items, faults)
    agreed = _read_file(prices, lambda file, tables: _prices(file, tables, master), faults)
    return Catalogue(partner, master, agreed), faults


def _read_file(
    path: Path | None, read: Callable[[CatalogueFile, dict[str, Any]], list[Read]], faults: list[Misconfigured]
) -> list[Read]:
    """Return what ``read`` makes of ``path``, nothing without a path; add what is wrong to ``faults``, by line."""
    if path is None:
        return []
    try:
        tables, lines = read_toml(path)
        file = CatalogueFile(str(path), lines)
        made = read(file, tables)
    except Exception as fault:  # noqa: BLE001 - one partner's file, whatever it does to its reader, stops that one
        faults.append(Misconfigured.of(fault, file=str(path), code="CFG-CATALOGUE"))
        return []
    faults += sorted(file.faults, key=lambda fault: fault.line or 0)
    return made


def _items(file: CatalogueFile, tables: dict[str, Any]) -> list[CatalogueItem]:
    file.known(tables, (), ["item"])
    made: list[CatalogueItem] = []
    seen: dict[tuple[str, str], CatalogueItem] = {}
    for key, values in file.tables(tables, ("item",), ITEMS_MAX):
        item = _item(file, key, values)
        made.append(item)
        for name, value in (("number", item.number), ("buyer", item.buyer), ("udi_di", item.udi_di)):
            if value and seen.setdefault((name, value), item) is not item:
                file.fault((*key, name), "stands-twice", name=name, value=value)
    return made


_ITEM_KEYS = [
    "number",
    "buyer",
    "name",
    "unit",
    "units",
    "udi_di",
    "minimum",
    "multiple",
    "maximum",
    "revision_may_be_omitted",
    "lead_time",
    "revision",
]


def _item(file: CatalogueFile, key: Key, values: dict[str, Any]) -> CatalogueItem:
    table = CatalogueTable(file, key, values, _ITEM_KEYS)
    unit = table.required("unit")
    minimum = table.number("minimum", Decimal(0), zero=True, most=LINE_MAXIMUM) or Decimal(0)
    maximum = table.number("maximum", LINE_MAXIMUM, most=LINE_MAXIMUM) or LINE_MAXIMUM
    if maximum < minimum:
        table.fault("maximum", "maximum-is-below-minimum", maximum=str(maximum), minimum=str(minimum))
    return CatalogueItem(
        number=table.required("number"),
        buyer=table.required("buyer"),
        name=table.required("name"),
        unit=unit,
        factors=_factors(file, table, unit),
        udi_di=table.text("udi_di"),
        minimum=minimum,
        multiple=table.number("multiple", Decimal(1)) or Decimal(1),
        maximum=maximum,
        revision_may_be_omitted=table.flag("revision_may_be_omitted"),
        lead_time=_lead_time(file, table),
        revisions=_revisions(file, table),
    )


def _factors(file: CatalogueFile, item: CatalogueTable, own: str) -> dict[str, Decimal]:
    values = item.values.get("units", {})
    if not isinstance(values, dict):
        item.fault("units", "units-is-not-table")
        return {}
    if len(values) > UNITS_MAX or not all(is_text(word) for word in values):
        item.fault("units", "units-are-more-than", units_max=UNITS_MAX)
        return {}
    table = CatalogueTable(file, (*item.key, "units"), values, values)
    if own in values:
        table.fault(own, "units-says-how-many", own=own)
    return {word: factor for word in values if (factor := table.number(word)) is not None}


def _lead_time(file: CatalogueFile, item: CatalogueTable) -> LeadTime:
    values = item.values.get("lead_time")
    if not isinstance(values, dict):
        item.fault("lead_time", "lead-time-is-missing")
        return LeadTime(days=0)
    table = CatalogueTable(file, (*item.key, "lead_time"), values, ("days", "days_per_lot", "lot"))
    if ("days_per_lot" in values) != ("lot" in values):
        table.fault("lot", "days-per-lot-lot")
    return LeadTime(
        days=table.days("days"),
        days_per_lot=table.days("days_per_lot", 0),
        lot=table.number("lot", Decimal(1)) or Decimal(1),
    )


def _revisions(file: CatalogueFile, item: CatalogueTable) -> list[Revision]:
    made: list[Revision] = []
    for key, values in file.tables(item.values, (*item.key, "revision"), REVISIONS_MAX):
        table = CatalogueTable(file, key, values, ("level", "drawing", "from", "to"))
        start, end = table.period()
        revision = Revision(level=table.required("level"), drawing=table.text("drawing"), start=start, end=end)
        if any(other.level == revision.level for other in made):
            table.fault("level", "revision-stands-twice", level=revision.level)
        made.append(revision)
    if not made:
        item.fault("revision", "item-has-no-revision")
    return made


_PRICE_KEYS = [
    "contract",
    "item",
    "currency",
    "unit",
    "per",
    "from",
    "to",
    "tolerance_percent",
    "tolerance_amount",
    "tier",
]


def _prices(file: CatalogueFile, tables: dict[str, Any], items: list[CatalogueItem]) -> list[ContractPrice]:
    file.known(tables, (), ["price"])
    by_number = {item.number: item for item in items}
    made: list[ContractPrice] = []
    by_terms: dict[tuple[str, str, str], list[ContractPrice]] = {}
    for key, values in file.tables(tables, ("price",), PRICES_MAX):
        table = CatalogueTable(file, key, values, _PRICE_KEYS)
        price = _price(file, table)
        item = by_number.get(price.item)
        if price.item and item is None:
            near = difflib.get_close_matches(price.item, by_number, n=1)
            words: dict[str, Word] = {"near": near[0]} if near else {}
            table.fault("item", "item-unknown-near" if near else "item-unknown", item=price.item, **words)
        if item and price.unit and item.factor(price.unit) is None:
            table.fault("unit", "is-no-unit", unit=price.unit, number=item.number)
        alike = by_terms.setdefault((price.contract, price.item, price.currency), [])
        if any(_overlap(price, other) for other in alike):
            table.fault(
                "item", "second-price-contract-for", item=price.item, contract=price.contract, currency=price.currency
            )
        alike.append(price)
        made.append(price)
    return made


def _price(file: CatalogueFile, table: CatalogueTable) -> ContractPrice:
    start, end = table.period()
    currency = table.required("currency")
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        table.fault("currency", "currency-is-no-iso", currency=currency)
    return ContractPrice(
        contract=table.required("contract"),
        item=table.required("item"),
        currency=currency,
        unit=table.required("unit"),
        per=table.number("per", Decimal(1)) or Decimal(1),
        start=start,
        end=end,
        tolerance_percent=table.number("tolerance_percent", zero=True, most=PERCENT_MAX),
        tolerance_amount=table.number("tolerance_amount", zero=True),
        tiers=_tiers(file, table),
    )


def _tiers(file: CatalogueFile, price: CatalogueTable) -> list[Tier]:
    made: list[Tier] = []
    for key, values in file.tables(price.values, (*price.key, "tier"), TIERS_MAX):
        table = CatalogueTable(file, key, values, ("from", "amount"))
        amount = table.number("amount", zero=True)
        if amount is None and "amount" not in values:
            table.fault("amount", "amount-is-missing")
        start = table.number("from", Decimal(0), zero=True) or Decimal(0)
        if made and start <= made[-1].start:
            table.fault("from", "tier-from-does-not", start=str(start), start2=str(made[-1].start))
        made.append(Tier(start=start, amount=amount or Decimal(0)))
    if not made:
        price.fault("tier", "price-has-no-tier")
    return made


def _overlap(one: ContractPrice, other: ContractPrice) -> bool:
    return (one.start or date.min) <= (other.end or date.max) and (other.start or date.min) <= (one.end or date.max)


declared(
    {
        "CFG-VALUE/item-unknown-near": Phrase(
            message="item {item} is not in items.toml", remedy="did you mean {near}?"
        ),
        "CFG-VALUE/item-unknown": Phrase(
            message="item {item} is not in items.toml", remedy="add it to items.toml first"
        ),
        "CFG-VALUE/maximum-is-below-minimum": Phrase(
            message="maximum {maximum} is below minimum {minimum}", remedy="put the two in order"
        ),
        "CFG-VALUE/units-is-not-table": Phrase(message="units is not a table", remedy="write units = {{ box = 10 }}"),
        "CFG-VALUE/units-are-more-than": Phrase(
            message="units are more than {units_max}, or not each a word", remedy="write units = {{ box = 10 }}"
        ),
        "CFG-VALUE/units-says-how-many": Phrase(
            message="units says how many {own} are in one {own}", remedy="leave the item's own unit out"
        ),
        "CFG-VALUE/lead-time-is-missing": Phrase(
            message="lead_time is missing or no table", remedy="write lead_time = {{ days = 30 }}"
        ),
        "CFG-VALUE/days-per-lot-lot": Phrase(
            message="days_per_lot and lot belong together", remedy="say both or neither"
        ),
        "CFG-VALUE/item-has-no-revision": Phrase(
            message="the item has no revision", remedy="add [[item.revision]] with its level"
        ),
        "CFG-VALUE/currency-is-no-iso": Phrase(
            message="currency {currency} is no ISO 4217 code", remedy="write three capitals, such as USD"
        ),
        "CFG-VALUE/price-has-no-tier": Phrase(
            message="the price has no tier", remedy="add [[price.tier]] with its amount"
        ),
        "CFG-VALUE/revision-stands-twice": Phrase(message="revision {level} stands twice", remedy="keep one"),
        "CFG-VALUE/is-no-unit": Phrase(message="{unit} is no unit of {number}", remedy="add it to the item's units"),
        "CFG-VALUE/second-price-contract-for": Phrase(
            message="a second price of {item} in contract {contract}, {currency}, for the same days",
            remedy="end the earlier price before this one begins",
        ),
        "CFG-VALUE/amount-is-missing": Phrase(message="amount is missing", remedy="add amount = …"),
        "CFG-VALUE/tier-from-does-not": Phrase(
            message="tier from {start} does not follow the one from {start2}", remedy="sort the tiers"
        ),
        "CFG-VALUE/stands-twice": Phrase(message="{name} {value} stands twice", remedy="keep one item for each number"),
    }
)
