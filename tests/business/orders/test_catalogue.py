"""Item master and prices from files: what is read, and how each fault is told with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.business.orders.catalogue import DockCalendar, LeadTime
from hub.business.orders.catalogue_file import catalogue_faults, read_catalogue
from hub.kernel.errors import Misconfigured

PARTNERS = Path(__file__).parents[3] / "partners"

ITEMS = """\
[[item]]
number    = "M-1"
buyer     = "B-1"
name      = "Catheter hub"
unit      = "each"
units     = { box = 10 }
minimum   = 50
multiple  = 10
lead_time = { days = 18, days_per_lot = 12, lot = 1000 }

[[item.revision]]
level   = "D"
drawing = "C"
from    = 2026-05-01
"""
PRICES = """\
[[price]]
contract = "K-1"
item     = "M-1"
currency = "USD"
unit     = "each"
from     = 2026-01-01
to       = 2026-12-31
tolerance_percent = 0.5

[[price.tier]]
amount = 12.35

[[price.tier]]
from   = 10000
amount = 11.80
"""


def files(folder: Path, items: str = ITEMS, prices: str = PRICES) -> tuple[Path, Path]:
    (folder / "items.toml").write_text(items, encoding="utf-8")
    (folder / "prices.toml").write_text(prices, encoding="utf-8")
    return folder / "items.toml", folder / "prices.toml"


def test_items_and_prices_are_read_as_they_are_written(tmp_path: Path) -> None:
    catalogue = read_catalogue("customer", *files(tmp_path))
    item = catalogue.by_buyer("B-1")
    assert item is not None
    assert item is catalogue.by_number("M-1")
    assert (item.factor("box"), item.factor("each"), item.factor("case")) == (Decimal(10), Decimal(1), None)
    assert [revision.level for revision in item.current(date(2026, 5, 1))] == ["D"]
    assert item.current(date(2026, 4, 30)) == []
    price = catalogue.prices_of("M-1")[0]
    assert price.amount(Decimal(9_999)) == Decimal("12.35")
    assert price.amount(Decimal(10_000)) == Decimal("11.80")
    assert (price.covers(date(2026, 12, 31)), price.covers(date(2027, 1, 1))) == (True, False)
    assert price.tolerance_percent == Decimal("0.5")


def test_a_partner_without_the_files_has_an_empty_catalogue() -> None:
    catalogue = read_catalogue("customer", None, None)
    assert (catalogue.items, catalogue.prices) == ([], [])


FAULTS = [
    (
        "an unknown key",
        "items",
        "multiple  = 10",
        "mutliple  = 10",
        8,
        "unknown key mutliple",
        "did you mean multiple?",
    ),
    ("an unknown table", "items", "[[item]]", "[[itm]]", 1, "unknown key itm", "did you mean item?"),
    ("an unknown key of a revision", "items", "level   =", "levle   =", 12, "unknown key levle", "did you mean level?"),
    ("no buyer's number", "items", 'buyer     = "B-1"\n', "", 1, "buyer is missing", "add buyer = …"),
    ("a number that is none", "items", "minimum   = 50", 'minimum   = "50"', 7, "minimum is '50'", "write a number"),
    ("a negative minimum", "items", "minimum   = 50", "minimum   = -50", 7, "minimum is -50", "write a number"),
    (
        "a multiple of nothing",
        "items",
        "multiple  = 10",
        "multiple  = 0",
        8,
        "multiple is 0",
        "write a number from 0.000001 to ",
    ),
    ("a box of minus ten", "items", "box = 10", "box = -10", 6, "box is -10", "write a number from 0.000001 to "),
    (
        "the own unit among the others",
        "items",
        "box = 10",
        "each = 1",
        6,
        "units says how many each",
        "leave the item's",
    ),
    ("a lead time that is none", "items", "days = 18,", "", 9, "days is missing", "in calendar days"),
    ("a negative lead time", "items", "days = 18,", "days = -1,", 9, "days is -1", "a count of days"),
    ("lots without days", "items", "days_per_lot = 12, ", "", 9, "belong together", "say both or neither"),
    ("a day that is no day", "items", "from    = 2026-05-01", 'from = "May"', 14, "from is 'May'", "write a date"),
    (
        "a period that ends first",
        "items",
        "from    = 2026-05-01",
        "from = 2026-05-01\nto = 2026-04-01",
        15,
        "is before",
        "order",
    ),
    ("a text with spaces around", "items", '"B-1"', '" B-1"', 3, "buyer is ' B-1'", "write text"),
    ("the same item twice", "items", ITEMS, ITEMS + ITEMS, 16, "number M-1 stands twice", "keep one item"),
    (
        "the same revision twice",
        "items",
        "from    = 2026-05-01\n",
        '[[item.revision]]\nlevel = "D"\n',
        15,
        "revision D",
        "keep one",
    ),
    ("no TOML", "items", "[[item]]", "[[item", 1, "is not TOML", "mend the line"),
    (
        "an unknown key of a price",
        "prices",
        "currency =",
        "curency =",
        4,
        "unknown key curency",
        "did you mean currency?",
    ),
    ("a currency that is none", "prices", '"USD"', '"usd"', 4, "currency usd is no ISO 4217 code", "three capitals"),
    ("an item nobody makes", "prices", '"M-1"', '"M-11"', 3, "item M-11 is not in items.toml", "did you mean M-1?"),
    (
        "a unit the item has not",
        "prices",
        '"each"',
        '"case"',
        5,
        "case is no unit of M-1",
        "add it to the item's units",
    ),
    (
        "a negative price",
        "prices",
        "amount = 12.35",
        "amount = -12.35",
        11,
        "amount is -12.35",
        "a number from 0 to 1000000000",
    ),
    ("no amount", "prices", "amount = 12.35", "", 10, "amount is missing", "add amount"),
    ("no tier", "prices", PRICES[PRICES.index("[[price.tier]]") :], "", 1, "the price has no tier", "[[price.tier]]"),
    (
        "tiers out of order",
        "prices",
        "from   = 10000",
        "from   = 0",
        14,
        "tier from 0 does not follow",
        "sort the tiers",
    ),
    (
        "two prices for one day",
        "prices",
        PRICES,
        PRICES + PRICES.replace("2026-01-01", "2026-12-31"),
        18,
        "a second price",
        "end the earlier",
    ),
    ("a negative tolerance", "prices", "= 0.5", "= -0.5", 8, "tolerance_percent is -0.5", "a number from 0 to 100,"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "message", "remedy"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_a_fault_is_told_with_its_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, line: int, message: str, remedy: str
) -> None:
    texts = {"items": ITEMS, "prices": PRICES}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1)
    paths = files(tmp_path, **texts)
    faults = catalogue_faults("customer", *paths)
    fault = next((found for found in faults if message in found.message), None)
    assert fault is not None, [str(found) for found in faults]
    assert (fault.file, fault.line) == (str(tmp_path / f"{file}.toml"), line)
    assert remedy in (fault.remedy or "")
    with pytest.raises(Misconfigured):
        read_catalogue("customer", *paths)


def test_all_faults_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    items = ITEMS.replace("minimum   = 50", "minimum   = -50").replace('unit      = "each"', "unit = 3")
    faults = catalogue_faults("customer", *files(tmp_path, items=items))
    assert [fault.line for fault in faults if (fault.file or "").endswith("items.toml")] == [5, 7]


def test_periods_of_one_price_may_follow_each_other(tmp_path: Path) -> None:
    later = PRICES.replace("2026-12-31", "2027-12-31").replace("2026-01-01", "2027-01-01")
    assert catalogue_faults("customer", *files(tmp_path, prices=PRICES + later)) == []


@pytest.mark.parametrize("partner", sorted(path.name for path in PARTNERS.iterdir() if path.is_dir()))
def test_the_catalogue_of_every_partner_is_sound(partner: str) -> None:
    folder = PARTNERS / partner
    found = [path if path.exists() else None for path in (folder / "items.toml", folder / "prices.toml")]
    assert catalogue_faults(partner, *found) == []


@pytest.mark.parametrize(("quantity", "days"), [(1, 30), (1000, 30), (1001, 42), (5000, 78)])
def test_a_lead_time_counts_every_lot_begun(quantity: int, days: int) -> None:
    assert LeadTime(days=18, days_per_lot=12, lot=Decimal(1000)).until(Decimal(quantity)) == days


def test_a_dock_that_never_opens_stops_nobody() -> None:
    assert DockCalendar(closed_weekdays=frozenset(range(7))).next_open(date(2026, 11, 3)) == date(2026, 11, 3)
