"""Reads a customer's ``items.toml`` and ``prices.toml``.

In: the two paths. Out: a ``Catalogue``, or every fault with file, line and remedy: an unknown key (with the nearest
name), a value of the wrong kind, a negative number, the same number twice, two prices for one day. A catalogue with a
fault is not used at all: half a price list is worse than none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
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
from hub.kernel.errors import Misconfigured
from hub.platform.toml_lines import Key, Lines, read_toml

Read = TypeVar("Read", CatalogueItem, ContractPrice)

LEAD_TIME_DAYS_MAX = 3 * 365  # longer than any contract of ours runs
NUMBER_MIN, NUMBER_MAX = Decimal("0.000001"), Decimal(1_000_000_000)  # of one part in a million, to a year's output
DECIMALS_MAX = 9
PERCENT_MAX = Decimal(100)
FIRST_YEAR, LAST_YEAR = 2000, 2099
TEXT_CHARACTERS_MAX = 200
ONE_LINE = re.compile(f"[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]{{1,{TEXT_CHARACTERS_MAX}}}")
ITEMS_MAX, PRICES_MAX = 20_000, 50_000  # what 4 MB of such files hold
REVISIONS_MAX, TIERS_MAX, UNITS_MAX = 100, 100, 50  # of one item or price
FAULTS_MAX = 200  # of one file; whoever has more has the wrong file


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
    path: Path | None, read: Callable[[_File, dict[str, Any]], list[Read]], faults: list[Misconfigured]
) -> list[Read]:
    """Return what ``read`` makes of ``path``, nothing without a path; add what is wrong to ``faults``, by line."""
    if path is None:
        return []
    try:
        tables, lines = read_toml(path)
        file = _File(str(path), lines)
        made = read(file, tables)
    except Exception as fault:  # noqa: BLE001 - one partner's file, whatever it does to its reader, stops that one
        faults.append(Misconfigured.of(fault, file=str(path), code="CFG-CATALOGUE"))
        return []
    faults += sorted(file.faults, key=lambda fault: fault.line or 0)
    return made


class _File:
    """One file being read, and the faults found in it."""

    def __init__(self, name: str, lines: Lines) -> None:
        self.name = name
        self.lines = lines
        self.faults: list[Misconfigured] = []

    def fault(self, key: Key, message: str, remedy: str) -> None:
        line = self.lines.of(key) or self.lines.of((*key, 0))  # a list of tables stands where its first one does
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Misconfigured(message, code="CFG-VALUE", file=self.name, line=line, remedy=remedy))

    def tables(self, owner: dict[str, Any], key: Key, most: int) -> list[tuple[Key, dict[str, Any]]]:
        """Return the tables of the list at ``key``, each with its key; more than ``most`` are a fault."""
        found = owner.get(str(key[-1]), [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.fault(key, f"{key[-1]} is not a list of tables", f"write [[{'.'.join(_names(key))}]]")
            return []
        if len(found) > most:
            self.fault(key, f"more than {most} of {key[-1]}", "split the file, or leave out what has ended")
        found = found[:most]
        return [((*key, index), entry) for index, entry in enumerate(found)]

    def known(self, table: dict[str, Any], key: Key, names: Iterable[str]) -> None:
        """Report every key of ``table`` that is none of ``names``, with the nearest that is."""
        allowed = sorted(names)
        for name in table:
            if name not in allowed:
                near = difflib.get_close_matches(name[:TEXT_CHARACTERS_MAX], allowed, n=1)
                remedy = f"did you mean {near[0]}?" if near else f"use one of {', '.join(allowed)}"
                self.fault((*key, name), f"unknown key {name[:TEXT_CHARACTERS_MAX]}", remedy)


class _Table:
    """One table being read: each method takes a key and reports what is wrong with its value."""

    def __init__(self, file: _File, key: Key, values: dict[str, Any], names: Iterable[str]) -> None:
        self._file = file
        self.key = key
        self.values = values
        file.known(values, key, names)

    def fault(self, name: str, message: str, remedy: str) -> None:
        self._file.fault((*self.key, name), message, remedy)

    def text(self, name: str) -> str | None:
        value = self._taken(name, _is_text, f"text of at most {TEXT_CHARACTERS_MAX} characters on one line")
        return value if isinstance(value, str) else None

    def required(self, name: str) -> str:
        """Return the text at ``name``; a fault and an empty text when it is not there."""
        if name not in self.values:
            self.fault(name, f"{name} is missing", f"add {name} = …")
        return self.text(name) or ""

    def flag(self, name: str) -> bool:
        return self._taken(name, lambda found: isinstance(found, bool), "true or false") is True

    def day(self, name: str) -> date | None:
        value = self._taken(name, _is_day, f"a date from {FIRST_YEAR} to {LAST_YEAR} (2026-01-31)")
        return value if isinstance(value, date) else None

    def days(self, name: str, default: int | None = None) -> int:
        """Return a count of calendar days; required when there is no default."""
        if name not in self.values and default is None:
            self.fault(name, f"{name} is missing", f"add {name} = … in calendar days")
        value = self._taken(
            name,
            lambda found: isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= LEAD_TIME_DAYS_MAX,
            f"a count of days from 0 to {LEAD_TIME_DAYS_MAX}",
        )
        return value if isinstance(value, int) else default or 0

    def number(
        self, name: str, default: Decimal | None = None, *, zero: bool = False, most: Decimal = NUMBER_MAX
    ) -> Decimal | None:
        """Return an exact number above zero, or not below it where ``zero`` may be said."""
        least = Decimal(0) if zero else NUMBER_MIN
        value = self._taken(
            name,
            lambda found: _is_number(found) and (NUMBER_MIN <= found <= most or (zero and found == 0)),
            f"a number from {least} to {most}, of at most {DECIMALS_MAX} decimals",
        )
        return default if value is None else Decimal(value)

    def period(self) -> tuple[date | None, date | None]:
        """Return the days ``from`` and ``to``; either may be open."""
        start, end = self.day("from"), self.day("to")
        if start and end and end < start:
            self.fault("to", f"to {end} is before from {start}", "put the two days in order")
        return start, end

    def _taken(self, name: str, fits: Callable[[Any], bool], wanted: str) -> Any:
        value = self.values.get(name)
        if value is None or fits(value):
            return value
        self.fault(name, f"{name} is {_shown(value)}, not {wanted}", f"write {wanted}")
        return None


def _items(file: _File, tables: dict[str, Any]) -> list[CatalogueItem]:
    file.known(tables, (), ["item"])
    made: list[CatalogueItem] = []
    seen: dict[tuple[str, str], CatalogueItem] = {}
    for key, values in file.tables(tables, ("item",), ITEMS_MAX):
        item = _item(file, key, values)
        made.append(item)
        for name, value in (("number", item.number), ("buyer", item.buyer), ("udi_di", item.udi_di)):
            if value and seen.setdefault((name, value), item) is not item:
                file.fault((*key, name), f"{name} {value} stands twice", "keep one item for each number")
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


def _item(file: _File, key: Key, values: dict[str, Any]) -> CatalogueItem:
    table = _Table(file, key, values, _ITEM_KEYS)
    unit = table.required("unit")
    minimum = table.number("minimum", Decimal(0), zero=True, most=LINE_MAXIMUM) or Decimal(0)
    maximum = table.number("maximum", LINE_MAXIMUM, most=LINE_MAXIMUM) or LINE_MAXIMUM
    if maximum < minimum:
        table.fault("maximum", f"maximum {maximum} is below minimum {minimum}", "put the two in order")
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


def _factors(file: _File, item: _Table, own: str) -> dict[str, Decimal]:
    values = item.values.get("units", {})
    if not isinstance(values, dict):
        item.fault("units", "units is not a table", "write units = { box = 10 }")
        return {}
    if len(values) > UNITS_MAX or not all(_is_text(word) for word in values):
        item.fault("units", f"units are more than {UNITS_MAX}, or not each a word", "write units = { box = 10 }")
        return {}
    table = _Table(file, (*item.key, "units"), values, values)
    if own in values:
        table.fault(own, f"units says how many {own} are in one {own}", "leave the item's own unit out")
    return {word: factor for word in values if (factor := table.number(word)) is not None}


def _lead_time(file: _File, item: _Table) -> LeadTime:
    values = item.values.get("lead_time")
    if not isinstance(values, dict):
        item.fault("lead_time", "lead_time is missing or no table", "write lead_time = { days = 30 }")
        return LeadTime(days=0)
    table = _Table(file, (*item.key, "lead_time"), values, ("days", "days_per_lot", "lot"))
    if ("days_per_lot" in values) != ("lot" in values):
        table.fault("lot", "days_per_lot and lot belong together", "say both or neither")
    return LeadTime(
        days=table.days("days"),
        days_per_lot=table.days("days_per_lot", 0),
        lot=table.number("lot", Decimal(1)) or Decimal(1),
    )


def _revisions(file: _File, item: _Table) -> list[Revision]:
    made: list[Revision] = []
    for key, values in file.tables(item.values, (*item.key, "revision"), REVISIONS_MAX):
        table = _Table(file, key, values, ("level", "drawing", "from", "to"))
        start, end = table.period()
        revision = Revision(level=table.required("level"), drawing=table.text("drawing"), start=start, end=end)
        if any(other.level == revision.level for other in made):
            table.fault("level", f"revision {revision.level} stands twice", "keep one")
        made.append(revision)
    if not made:
        item.fault("revision", "the item has no revision", "add [[item.revision]] with its level")
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


def _prices(file: _File, tables: dict[str, Any], items: list[CatalogueItem]) -> list[ContractPrice]:
    file.known(tables, (), ["price"])
    by_number = {item.number: item for item in items}
    made: list[ContractPrice] = []
    by_terms: dict[tuple[str, str, str], list[ContractPrice]] = {}
    for key, values in file.tables(tables, ("price",), PRICES_MAX):
        table = _Table(file, key, values, _PRICE_KEYS)
        price = _price(file, table)
        item = by_number.get(price.item)
        if price.item and item is None:
            near = difflib.get_close_matches(price.item, by_number, n=1)
            remedy = f"did you mean {near[0]}?" if near else "add it to items.toml first"
            table.fault("item", f"item {price.item} is not in items.toml", remedy)
        if item and price.unit and item.factor(price.unit) is None:
            table.fault("unit", f"{price.unit} is no unit of {item.number}", "add it to the item's units")
        alike = by_terms.setdefault((price.contract, price.item, price.currency), [])
        if any(_overlap(price, other) for other in alike):
            table.fault(
                "item",
                f"a second price of {price.item} in contract {price.contract}, {price.currency}, for the same days",
                "end the earlier price before this one begins",
            )
        alike.append(price)
        made.append(price)
    return made


def _price(file: _File, table: _Table) -> ContractPrice:
    start, end = table.period()
    currency = table.required("currency")
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        table.fault("currency", f"currency {currency} is no ISO 4217 code", "write three capitals, such as USD")
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


def _tiers(file: _File, price: _Table) -> list[Tier]:
    made: list[Tier] = []
    for key, values in file.tables(price.values, (*price.key, "tier"), TIERS_MAX):
        table = _Table(file, key, values, ("from", "amount"))
        amount = table.number("amount", zero=True)
        if amount is None and "amount" not in values:
            table.fault("amount", "amount is missing", "add amount = …")
        start = table.number("from", Decimal(0), zero=True) or Decimal(0)
        if made and start <= made[-1].start:
            table.fault("from", f"tier from {start} does not follow the one from {made[-1].start}", "sort the tiers")
        made.append(Tier(start=start, amount=amount or Decimal(0)))
    if not made:
        price.fault("tier", "the price has no tier", "add [[price.tier]] with its amount")
    return made


def _overlap(one: ContractPrice, other: ContractPrice) -> bool:
    return (one.start or date.min) <= (other.end or date.max) and (other.start or date.min) <= (one.end or date.max)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return False
    exponent = Decimal(value).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS_MAX  # NaN and infinity have a letter there


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() == value and bool(ONE_LINE.fullmatch(value))


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime) and FIRST_YEAR <= value.year <= LAST_YEAR


def _shown(value: object) -> str:
    """Return ``value`` as a fault shows it: its beginning, on one line."""
    if isinstance(value, (str, bool)):
        return repr(value)[:TEXT_CHARACTERS_MAX]
    return str(value)[:TEXT_CHARACTERS_MAX] if isinstance(value, (int, Decimal, date)) else type(value).__name__


def _names(key: Key) -> list[str]:
    return [part for part in key if isinstance(part, str)]
