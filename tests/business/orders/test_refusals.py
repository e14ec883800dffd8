"""What we refuse, and in which words: one sentence for each rule."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hub
from hub.business.orders.model import LineVerdict, Status
from hub.canonical.order import OrderLine
from hub.canonical.shared import Item, Split
from hub.kernel.diagnostics import Severity
from hub.kernel.words import Id, Quantity, When
from tests.business.orders.shop import DUE, codes, costs, decided, drawing, line, many, order, schedule, tube

CODES = Path(hub.__file__).parents[1] / "mappings" / "x12" / "codes.toml"


def also(value: str, scheme: str | None) -> Item:
    """Return an item that we take as ordered but for one further number."""
    return Item(buyer="B-1", revision="D", seller="M-1", others=[Id(value=value, scheme=scheme)])


REFUSED: list[tuple[str, OrderLine, dict[str, Any], str, str, str]] = [
    (
        "an item number we do not know",
        line(item=Item(buyer="B-9", revision="D")),
        {},
        "BUS-ITEM-UNKNOWN",
        "lines[0].item.buyer",
        "line 10: 'B-9' is not an item we make for you",
    ),
    ("no item number at all", line(item=None), {}, "BUS-ITEM-MISSING", "lines[0].item", "line 10: no item number"),
    (
        "their number and ours name two items",
        line(item=Item(buyer="B-1", revision="D", seller="M-2")),
        {},
        "BUS-ITEM-CONTRADICTS",
        "lines[0].item.seller",
        "line 10: 'B-1' and 'M-2' do not belong together: 'M-2' is B-2 with us, 'B-1' is M-1",
    ),
    (
        "two of their numbers that name two items",
        line(item=also("B-2", "buyer-part")),
        {},
        "BUS-ITEM-CONTRADICTS",
        "lines[0].item.others",
        "line 10: 'B-1' and 'B-2' do not belong together: 'B-2' is M-2 with us, 'B-1' is M-1",
    ),
    (
        "a second number that names nothing",
        line(item=also("B-77", "purchaser-item")),
        {},
        "BUS-ITEM-CONTRADICTS",
        "lines[0].item.others",
        "line 10: 'B-1' and 'B-77' do not belong together: 'B-77' is not known to us, 'B-1' is M-1",
    ),
    (
        "a second device identifier, of something else",
        line(item=also("703206980519", "gtin-12")),
        {},
        "BUS-UDI-MISMATCH",
        "lines[0].item.others",
        "line 10: device identifier '703206980519' is not known to us, 'B-1' has 00703206980502",
    ),
    (
        "two revisions at once",
        line(item=also("A", "engineering-change-level")),
        {},
        "BUS-REVISION-CONTRADICTS",
        "lines[0].item.others",
        "line 10: revisions 'D' and 'A' of B-1 ordered at once; orders are taken for D",
    ),
    (
        "the drawing revision of another level, beside the item numbers",
        line(item=also("A", "drawing-revision")),
        {},
        "BUS-DRAWING-REVISION",
        "lines[0].item.others",
        "line 10: drawing revision 'A' ordered, revision D of B-1 is made to drawing revision C",
    ),
    (
        "two drawing revisions of an item without a drawing on record",
        tube(
            item=Item(
                buyer="B-2", others=[Id(value="A", scheme="drawing-revision"), Id(value="B", scheme="drawing-revision")]
            )
        ),
        {},
        "BUS-DRAWING-REVISION",
        "lines[0].item.others",
        "line 10: drawing revisions 'A' and 'B' ordered at once for revision A of B-2",
    ),
    (
        "the device identifier of something else",
        line(item=Item(buyer="B-1", revision="D", udi_di="00703206980519")),
        {},
        "BUS-UDI-MISMATCH",
        "lines[0].item.udi_di",
        "line 10: device identifier '00703206980519' is not known to us, 'B-1' has 00703206980502",
    ),
    (
        "a revision that has ended, both named",
        line(item=Item(buyer="B-1", revision="C")),
        {},
        "BUS-REVISION-NOT-TAKEN",
        "lines[0].item.revision",
        "line 10: revision 'C' of B-1 ordered, which ended on 2026-06-30; orders are taken for D",
    ),
    (
        "a revision that has not begun, both named",
        line(item=Item(buyer="B-1", revision="G")),
        {},
        "BUS-REVISION-NOT-TAKEN",
        "lines[0].item.revision",
        "line 10: revision 'G' of B-1 ordered, which begins on 2030-01-01; orders are taken for D",
    ),
    (
        "a revision nobody told us of, both named",
        line(item=Item(buyer="B-1", revision="E")),
        {},
        "BUS-REVISION-UNKNOWN",
        "lines[0].item.revision",
        "line 10: revision 'E' of B-1 ordered, which we do not know; orders are taken for D",
    ),
    (
        "no revision where it may not be left out",
        line(item=Item(buyer="B-1")),
        {},
        "BUS-REVISION-MISSING",
        "lines[0].item.revision",
        "line 10: no revision of B-1 ordered; orders are taken for D",
    ),
    (
        "a drawing revision that does not belong to the revision",
        line(references=[drawing("B")]),
        {},
        "BUS-DRAWING-REVISION",
        "lines[0].references",
        "line 10: drawing revision 'B' ordered, revision D of B-1 is made to drawing revision C",
    ),
    (
        "a unit that was not agreed",
        line(quantity=many(5, "kilogram")),
        {},
        "BUS-UNIT",
        "lines[0].quantity.unit",
        "line 10: B-1 is not sold by the kilogram; agreed units are each, box",
    ),
    (
        "a price below the contract's",
        line(price=costs("11.90")),
        {},
        "BUS-PRICE-OFF-CONTRACT",
        "lines[0].price",
        "line 10: ordered at 11.90 USD each, contract K-1 says 12.35 USD each",
    ),
    (
        "a price above the contract's",
        line(price=costs("13")),
        {},
        "BUS-PRICE-OFF-CONTRACT",
        "lines[0].price",
        "line 10: ordered at 13.00 USD each, contract K-1 says 12.35 USD each",
    ),
    (
        "the right figure for the wrong unit",
        line(quantity=many(50, "box")),
        {},
        "BUS-PRICE-OFF-CONTRACT",
        "lines[0].price",
        "line 10: ordered at 12.35 USD per box, contract K-1 says 123.50 USD per box",
    ),
    (
        "the price of a smaller quantity",
        line(quantity=many(10_000)),
        {},
        "BUS-PRICE-OFF-CONTRACT",
        "lines[0].price",
        "line 10: ordered at 12.35 USD each, contract K-1 says 11.80 USD each",
    ),
    (
        "a contract without a price for the item",
        line(),
        {"contract": "K-9"},
        "BUS-CONTRACT-UNKNOWN",
        "lines[0].price",
        "line 10: contract 'K-9' has no price for B-1; we know K-1",
    ),
    (
        "an item whose price has run out",
        line(item=Item(buyer="B-3", revision="A"), price=costs("1.15")),
        {},
        "BUS-PRICE-NONE",
        "lines[0].price",
        "line 10: no contract price for B-3 on 2026-11-02",
    ),
    (
        "another currency than the contract's",
        line(price=costs("12.35", "EUR")),
        {"currency": "EUR"},
        "BUS-PRICE-CURRENCY",
        "lines[0].price",
        "line 10: ordered in 'EUR', the contract is in USD",
    ),
    (
        "another currency than the order's",
        line(price=costs("12.35", "EUR")),
        {},
        "BUS-CURRENCY-MIXED",
        "lines[0].price.currency",
        "line 10: ordered in 'EUR', the rest of the order in 'USD'",
    ),
    (
        "a quantity below the minimum",
        line(quantity=many(20)),
        {},
        "BUS-QUANTITY-BELOW-MINIMUM",
        "lines[0].quantity",
        "line 10: 20 each ordered, the minimum is 50 each",
    ),
    (
        "a quantity that is no multiple, told in both units",
        line(quantity=Quantity(value=Decimal("50.5"), unit="box")),
        {},
        "BUS-QUANTITY-MULTIPLE",
        "lines[0].quantity",
        "line 10: 50.5 box (505 each) ordered, we make multiples of 10 each",
    ),
    (
        "a quantity beyond what one line takes",
        line(quantity=many(50_000)),
        {},
        "BUS-QUANTITY-ABOVE-MAXIMUM",
        "lines[0].quantity",
        "line 10: 50000 each ordered, one line takes 20000 each at most",
    ),
    (
        "no quantity",
        line(quantity=None),
        {},
        "BUS-QUANTITY-MISSING",
        "lines[0].quantity",
        "line 10: no quantity, neither on the line nor as one sum of its schedules",
    ),
    (
        "a quantity of zero",
        line(quantity=many(0)),
        {},
        "BUS-QUANTITY-NOT-POSITIVE",
        "lines[0].quantity",
        "line 10: the quantity ordered, '0', is not above zero, or no number",
    ),
    (
        "a negative quantity",
        line(quantity=many(-100)),
        {},
        "BUS-QUANTITY-NOT-POSITIVE",
        "lines[0].quantity",
        "line 10: the quantity ordered, '-100', is not above zero, or no number",
    ),
    (
        "a day that is past",
        line(requested=When(on=date(2026, 10, 1))),
        {},
        "BUS-DATE-PAST",
        "lines[0].requested",
        "line 10: 500 each wanted on 2026-10-01 (delivery), which is past; today is 2026-11-03",
    ),
    (
        "a day in another generation",
        line(requested=When(on=date(2062, 3, 15))),
        {},
        "BUS-DATE-TOO-FAR",
        "lines[0].requested",
        "line 10: 500 each wanted on 2062-03-15 (delivery); we answer no further than 2029-11-02",
    ),
    (
        "one schedule of several in the past",
        line(schedules=[schedule(200, date(2026, 10, 1)), schedule(300, DUE)]),
        {},
        "BUS-DATE-PAST",
        "lines[0].schedules[0].due",
        "line 10: 200 each wanted on 2026-10-01 (delivery), which is past; today is 2026-11-03",
    ),
    (
        "schedules that make less than the line",
        line(schedules=[schedule(200, DUE), schedule(200, DUE)]),
        {},
        "BUS-PARTS-SUM",
        "lines[0].schedules",
        "line 10: its schedules make 400 each, the line says 500 each",
    ),
    (
        "a schedule of nothing",
        line(schedules=[schedule(500, DUE), schedule(0, DUE)]),
        {},
        "BUS-PART",
        "lines[0].schedules",
        "line 10: its schedules have a quantity that is not above zero or too long, or a unit not agreed",
    ),
    (
        "stores that make more than the line",
        line(splits=[Split(location=Id(value="S1"), quantity=many(600))]),
        {},
        "BUS-PARTS-SUM",
        "lines[0].splits",
        "line 10: its splits make 600 each, the line says 500 each",
    ),
]


@pytest.mark.parametrize(
    ("asked", "said", "code", "path", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused(asked: OrderLine, said: dict[str, Any], code: str, path: str, message: str) -> None:
    decision = decided(order(asked, **said))
    state = decision.lines[0].state
    reason = next(found for found in state.reasons if found.code == code)
    assert (decision.outcome, state.verdict, state.status) == ("refused", LineVerdict.REFUSED, Status.REFUSED)
    assert (reason.location.path, reason.message, reason.severity) == (path, message, Severity.PART)
    assert reason.remedy
    assert all(promise.deliver is None and promise.ship is None for promise in state.promises)
    assert message in (state.promises[0].reason or "")


@pytest.mark.parametrize("kind", ["Q9", None])
def test_a_number_of_a_kind_we_do_not_know_waits_for_a_person(kind: str | None) -> None:
    decision = decided(order(line(item=also("A", kind))))
    (reason,) = decision.lines[0].reasons
    assert (decision.outcome, reason.code) == ("held", "BUS-ITEM-QUALIFIER")
    assert reason.message == f"line 10: 'A' stands under '{kind or 'none'}', a kind of number we do not know"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("B-1", "buyer-part"),
        ("M-1", "seller-item"),
        ("D", "engineering-change-level"),
        ("C", "drawing-revision"),
        ("703206980502", "gtin-12"),
        ("X-5", "manufacturer-part"),
        ("Hub", "part-description"),
    ],
)
def test_a_further_number_that_agrees_or_tells_no_item_changes_nothing(value: str, kind: str) -> None:
    assert decided(order(line(item=also(value, kind)))).outcome == "accepted"


def test_every_word_of_the_x12_item_numbers_is_understood() -> None:
    words = tomllib.loads(CODES.read_text(encoding="utf-8"))["item-scheme"].values()
    held = [word for word in words if "BUS-ITEM-QUALIFIER" in codes(decided(order(line(item=also("X", word)))))]
    assert not held
