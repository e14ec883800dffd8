"""No sum, count or day that an order states is passed over, and numbers come back as anybody writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.business.orders.catalogue import Catalogue
from hub.business.orders.decide import Given, decide
from hub.business.orders.model import Decision, Effect, Source
from hub.business.orders.room import ORDERS
from hub.business.orders.sums import READABLE_MAX, in_cents
from hub.canonical.order import Charge, ListPrice, PurchaseOrder
from hub.canonical.shared import Totals, Unweighed
from hub.canonical.stored import decode_document
from hub.flow.rules import Rules
from hub.flow.syntaxes import open_message
from hub.kernel.identity import new_id
from hub.kernel.words import Money, Quantity, When
from hub.platform.configuration import Configuration
from tests.business.orders.from_wire import ITEM, TODAY, answered, order
from tests.business.orders.shop import DUE, HUB, agreed, costs, decided, line, schedule
from tests.business.orders.shop import order as asked
from tests.business.orders.test_samples import ROOT
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, transaction

WANTED = "DTM*002*20270305~"
ABSURD = [
    "99999999",
    "999999999999999999",  # eighteen digits, all that X12 has room for
    "-999999999999999999",
    "100000000000000000",
    "0.00000000000000001",
    "12345678901234567.8",
    "0",
    "-468.75",
    "-0",
    "468.770000000000000",
    "000000000000000001",
]


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.all_reasons} - {"BUS-NOT-PLANNED"}


@pytest.mark.parametrize("stated", ABSURD)
def test_an_absurd_total_is_said_as_any_other_that_differs(stated: str) -> None:
    got = answered(order(head=WANTED, foot=f"CTT*1~AMT*TT*{stated}~"))
    assert got.codes == {"BUS-TOTAL"}
    assert "its lines make 468.75" in got.reason("BUS-TOTAL")


@pytest.mark.parametrize("stated", ABSURD)
def test_an_absurd_amount_of_a_line_is_said_as_any_other_that_differs(stated: str) -> None:
    got = answered(order(head=WANTED, line=f"AMT*1*{stated}~"))
    assert got.codes == {"BUS-LINE-AMOUNT"}
    assert "make 468.75" in got.reason("BUS-LINE-AMOUNT")


@pytest.mark.parametrize("stated", ["468.75", "468.750000000000000", "000000000468.75", "468.76", "468.74", "468.745"])
def test_a_sum_that_is_right_to_the_cent_is_right_however_it_is_spelt(stated: str) -> None:
    assert answered(order(head=WANTED, line=f"AMT*1*{stated}~", foot=f"CTT*1~AMT*TT*{stated}~")).codes == set()


@pytest.mark.parametrize(
    "stated",
    [
        "1E+30",
        "1E+999999",
        "-1E+999999",
        "9E+99999",
        "1E-30",
        "1E+17",
        "12345678901234567890",
        "-1E-9",
        "0E-9",
        "1E+20",
    ],
)
def test_a_number_of_any_size_is_compared_and_costs_nothing(stated: str) -> None:
    money = Money(amount=Decimal(stated), currency="USD")
    decision = decided(asked(line(amount=money), total=Totals(payable=money)))
    assert codes(decision) == {"BUS-LINE-AMOUNT", "BUS-TOTAL"}
    assert all(len(reason.message) < 400 for reason in decision.all_reasons)


@pytest.mark.parametrize("stated", ["NaN", "sNaN", "Infinity", "-Infinity", "-NaN"])
def test_what_is_no_number_is_said_not_to_be_comparable(stated: str) -> None:
    money = Money(amount=Decimal(stated), currency="USD")
    decision = decided(asked(line(amount=money), total=Totals(payable=money)))
    assert codes(decision) == {"BUS-LINE-AMOUNT-UNCOMPARED", "BUS-TOTAL-UNCOMPARED"}


UNCOMPARED = [
    f"PO1*1*{ITEM.replace('1.875*PE', '*')}",  # no price: the contract's is filled in
    f"PO1*1*{ITEM.replace('1.875*PE', '1.875*SR')}",  # a basis nobody knows
    f"PO1*1*{ITEM.replace('1.875*PE', '1.875*PP')}",  # by the pound
    f"PO1*1*{ITEM}SAC*C*F050***1000~",
    f"PO1*1*{ITEM}PO1*2*{ITEM.replace('1.875*PE', '*')}",
    f"PO1*1*{ITEM.replace('1.875*PE', '1.875*PM')}",
    f"PO1*1*{ITEM}CUR*BY*EUR~",
    f"PO1*1*{ITEM}PO1*2*{ITEM}SAC*A*C310***500~",
    f"PO1*1*{ITEM.replace('250*EA', '*')}",
    f"PO1*1*{ITEM.replace('1.875*PE', '1.875*LE')}",
]


@pytest.mark.parametrize("lines", UNCOMPARED)
@pytest.mark.parametrize("stated", ["468.75", "99999", "999999999999999999"])
def test_a_total_that_nothing_can_be_compared_with_is_said(lines: str, stated: str) -> None:
    got = answered(order(head=WANTED, lines=lines, foot=f"CTT*{lines.count('PO1*')}~AMT*TT*{stated}~"))
    assert "BUS-TOTAL" not in got.codes
    assert f"stated as {stated}" in got.reason("BUS-TOTAL-UNCOMPARED")


@pytest.mark.parametrize("lines", [each for each in UNCOMPARED if each.count("PO1*") == 1])
def test_an_amount_of_a_line_that_nothing_can_be_compared_with_is_said(lines: str) -> None:
    got = answered(order(head=WANTED, lines=f"{lines}AMT*1*99999~"))
    assert "BUS-LINE-AMOUNT" not in got.codes
    assert "stated as 99999" in got.reason("BUS-LINE-AMOUNT-UNCOMPARED")


def money(amount: str, currency: str = "USD") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ({"lines": "6175"}, []),
        ({"lines": "6175", "payable": "6175"}, []),
        ({"lines": "6175", "payable": "7000"}, ["BUS-TOTAL"]),
        ({"lines": "7000", "payable": "6175"}, ["BUS-TOTAL"]),
        ({"before_tax": "7000"}, ["BUS-TOTAL"]),
        ({"with_tax": "7000"}, ["BUS-TOTAL"]),
        ({"lines": "6175", "tax": "100"}, ["BUS-TOTAL-UNCOMPARED"]),
        ({"lines": "6175", "tax": "100", "with_tax": "6275"}, ["BUS-TOTAL-UNCOMPARED"] * 2),
        ({"lines": "6170", "charges": "5", "payable": "6175"}, ["BUS-TOTAL"] + ["BUS-TOTAL-UNCOMPARED"] * 2),
        ({"allowances": "5"}, ["BUS-TOTAL-UNCOMPARED"]),
        ({"prepaid": "5"}, ["BUS-TOTAL-UNCOMPARED"]),
        ({"rounding": "0.01"}, ["BUS-TOTAL-UNCOMPARED"]),
        ({}, []),
    ],
)
def test_every_sum_of_a_total_is_compared_or_said_not_to_be(total: dict[str, str], said: list[str]) -> None:
    stated = Totals(**{name: money(amount) for name, amount in total.items()})
    found = [reason.code for reason in decided(asked(total=stated)).all_reasons if "TOTAL" in reason.code]
    assert found == said


def test_two_totals_that_are_both_wrong_are_told_apart() -> None:
    stated = Totals(lines=money("7000"), payable=money("7000"))
    found = [reason for reason in decided(asked(total=stated)).all_reasons if reason.code == "BUS-TOTAL"]
    assert [each.message for each in found] == [
        "the order's total of the lines is stated as 7000.00 USD, its lines make 6175.00 USD",
        "the order's amount to be paid is stated as 7000.00 USD, its lines make 6175.00 USD",
    ]
    assert [each.location.path for each in found] == ["total.lines", "total.payable"]


def test_charges_of_the_order_stand_between_its_lines_and_what_is_paid() -> None:
    total = Totals(lines=money("6175"), payable=money("6275"))
    decision = decided(asked(total=total, charges=[Charge(kind="charge", amount=money("100"))]))
    assert codes(decision) == {"BUS-CHARGE", "BUS-TOTAL-UNCOMPARED"}


def test_a_total_of_charges_is_a_charge_whoever_states_no_single_one() -> None:
    decision = decided(asked(total=Totals(charges=money("40"))))
    assert "BUS-CHARGE" in codes(decision)
    assert "BUS-CHARGE" not in codes(decided(asked(total=Totals(charges=money("0.00")))))


@pytest.mark.parametrize("currency", ["EUR", "CNY", "JPY", "GBP", "CHF", "CAD", "MXN", "SEK", "AUD", "INR"])
def test_an_amount_in_another_currency_than_the_price_is_refused_as_mixed(currency: str) -> None:
    decision = decided(asked(line(amount=money("6175", currency)), total=Totals(payable=money("6175", currency))))
    assert (codes(decision), decision.outcome) == ({"BUS-CURRENCY-MIXED"}, "refused")


def test_a_tax_may_be_stated_in_the_currency_of_the_tax_office() -> None:
    decision = decided(asked(total=Totals(tax=money("70", "EUR"))))
    assert (codes(decision), decision.outcome) == ({"BUS-TOTAL-UNCOMPARED"}, "accepted")


@pytest.mark.parametrize("start", ["1E+40", "999999999999999999", "NaN", "Infinity", "0.000000000000000001"])
@pytest.mark.parametrize("unit", ["each", "box"])
def test_a_further_price_from_a_quantity_nobody_can_reckon_with_is_compared_all_the_same(start: str, unit: str) -> None:
    steps = [
        ListPrice(
            kind="contract", amount=Decimal("12.35"), currency="USD", quantity=Quantity(value=Decimal(100), unit="each")
        ),
        ListPrice(
            kind="contract", amount=Decimal(7), currency="USD", quantity=Quantity(value=Decimal(start), unit=unit)
        ),
    ]
    assert codes(decided(asked(line(prices=steps)))) == {"BUS-PRICE-TWICE"}


@pytest.fixture
def north(tmp_path: Path) -> Rules:
    """Rules under which a partner has no map of its own."""
    add_north(tmp_path)
    return Rules(Configuration([tmp_path, ROOT]))


def from_the_book(rules: Rules, foot: str, lines: str = f"PO1*1*{ITEM}") -> Decision:
    """Return what is decided about an order that only the base map reads."""
    body = f"BEG*00*SA*4600000733**20261127*BPA-2026-017~{WANTED}{lines}{foot}"
    (document,) = open_message(from_north(group(transaction(body)), number=1), rules, NORTH).documents()
    assert document.canonical is not None
    read = decode_document("PurchaseOrder", document.canonical)
    assert isinstance(read, PurchaseOrder)
    given = Given(
        catalogue=rules.of_room(ORDERS, NORTH).catalogue, today=TODAY, source=Source(message="m"), order_id=new_id()
    )
    assert not any(found.code == "MAP-UNREAD" for found in document.findings)
    return decide(read, None, given)


LOST = ["CTT*1*77", "CTT*1*5000", "CTT*1*0", "CTT*1*249", "CTT*1*251", "CTT*1*-250", "CTT*1*250.5", "CTT*77", "CTT*2"]
LOST += ["CTT*0", "CTT*2*500", "CTT*1*2500", "CTT*1*25"]


@pytest.mark.parametrize("foot", LOST)
def test_a_partner_without_a_map_of_its_own_is_guarded_against_lost_lines_and_quantities(
    north: Rules, foot: str
) -> None:
    decision = from_the_book(north, f"{foot}~")
    assert codes(decision) == {"BUS-COUNT"}
    assert Effect.ASK_A_PERSON in decision.effects


@pytest.mark.parametrize(
    "foot", ["CTT*1*250", "CTT*1*250.000", "CTT*1*000250", "CTT*01*250", "CTT*1", "", "CTT*1*250."]
)
def test_totals_that_are_right_hold_nothing(north: Rules, foot: str) -> None:
    assert codes(from_the_book(north, f"{foot}~" if foot else "")) == set()


@pytest.mark.parametrize("parts", [(250,), (125, 125), (50, 200), (25,) * 10])
def test_the_sum_of_lines_that_only_have_schedules_is_that_of_the_schedules(parts: tuple[int, ...]) -> None:
    def stating(value: str) -> set[str]:
        lines = [line("10", quantity=None, schedules=[schedule(many * 10, DUE) for many in parts])]
        return codes(decided(asked(*lines, unweighed=[Unweighed(meaning="count", place="CTT02", value=value)])))

    assert "BUS-COUNT" not in stating("2500")
    assert "BUS-COUNT" in stating("2499")


OLD = [
    "00010101",
    "19000101",
    "19700101",
    "19991231",
    "20161127",
    "20241127",
    "20251128",
    "20250101",
    "20200229",
    "20251031",
]


@pytest.mark.parametrize("placed", OLD)
def test_an_order_of_long_ago_is_asked_about(placed: str) -> None:
    got = answered(order(head=WANTED).replace(b"*20261127*BPA", f"*{placed}*BPA".encode()))
    assert got.held
    assert got.codes == {"BUS-DATE-ORDER"}
    assert "more than a year" in got.reason("BUS-DATE-ORDER")


@pytest.mark.parametrize("placed", ["20261201", "20270228", "20280101", "20361127", "21000101", "99991231"])
def test_an_order_of_a_day_to_come_is_asked_about_at_the_prices_of_today(placed: str) -> None:
    got = answered(order(head=WANTED).replace(b"*20261127*BPA", f"*{placed}*BPA".encode()))
    assert got.held
    assert got.codes == {"BUS-DATE-ORDER"}


@pytest.mark.parametrize("placed", ["20251129", "20251130", "20260101", "20260601", "20261128", "20261129", "20261130"])
def test_an_order_placed_within_a_year_is_taken(placed: str) -> None:
    got = answered(order(head=WANTED).replace(b"*20261127*BPA", f"*{placed}*BPA".encode()))
    assert "BUS-DATE-ORDER" not in got.codes


@pytest.mark.parametrize(
    ("placed", "day"),
    [
        (date(2026, 11, 2), "12.35"),  # its own day
        (date(2026, 9, 30), "11"),
        (date(2025, 11, 3), "11"),  # a year ago
        (date(2025, 11, 2), "12.35"),  # what is older is priced by today
        (date(1900, 1, 1), "12.35"),
        (date(2026, 11, 4), "12.35"),
        (date(9999, 12, 31), "12.35"),
        (None, "12.35"),
    ],
)
def test_prices_are_those_of_the_day_of_the_order_or_else_of_today(placed: date | None, day: str) -> None:
    prices = [
        agreed("M-1", "each", ("0", "9"), end=date(2025, 10, 31)),
        agreed("M-1", "each", ("0", "11"), start=date(2025, 11, 1), end=date(2026, 9, 30)),
        agreed("M-1", "each", ("0", "12.35"), start=date(2026, 10, 1), end=date(2028, 12, 31)),
    ]
    got = decided(
        asked(line(price=costs(day)), placed=When(on=placed) if placed else None),
        catalogue=Catalogue("customer", [HUB], prices),
    )
    assert codes(got) <= {"BUS-DATE-ORDER"}


@pytest.mark.parametrize(
    ("sent", "back", "total"),
    [
        ("250", "250", "250"),
        ("250.000000000", "250", "250"),
        ("250.0", "250", "250"),
        ("250.", "250", "250"),
        ("0250.00", "250", "250"),
        ("000000000000250", "250", "250"),
        ("-0", "0", "0"),
        ("-0.00", "0", "0"),
        ("0.000000000", "0", "0"),
        ("0.50", "0.5", "5"),
        (".50", "0.5", "5"),
        ("12.50", "12.5", "125"),
        ("0.00000010", "0.0000001", "1"),
        ("-250.0", "-250", "250"),
        ("5000.000000000", "5000", "5000"),
    ],
)
def test_a_quantity_comes_back_without_idle_zeros_signs_of_nothing_or_exponents(
    sent: str, back: str, total: str
) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.replace('250*EA', f'{sent}*EA')}"))
    assert got.segments("PO1")[0][2] == back
    assert [each[2] for each in got.segments("ACK")] == [back]
    assert got.segments("CTT") == [["CTT", "1", total]]
    said = " ".join(f"{reason.message} {reason.found}" for reason in got.decision.all_reasons)
    assert "-0" not in said.replace("-01", "").replace("-03", "").replace("-04", "").replace("-05", "")
    assert "E-" not in said


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        ("1.875", "1.875"),
        ("1.8750", "1.8750"),
        ("01.875", "1.875"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("0.0000000", "0.0000000"),
    ],
)
def test_a_price_comes_back_with_the_decimals_it_was_sent_with(sent: str, back: str) -> None:
    got = answered(order(head=WANTED, lines=f"PO1*1*{ITEM.replace('1.875', sent)}"))
    assert got.segments("PO1")[0][4] == back


@pytest.mark.parametrize("amount", ["1E+20", "1E+25", "123456789012345678901", "-1E+20"])
def test_what_is_nobodys_money_is_written_out(amount: str) -> None:
    assert abs(Decimal(amount)) >= READABLE_MAX
    assert in_cents(Decimal(amount)).lstrip("-").isdigit()


def test_quantities_from_elsewhere_than_the_wire_come_back_the_same_way() -> None:
    for value, back in (("5E+2", "500"), ("500.00", "500"), ("-0", "0"), ("0E-9", "0"), ("1E-16", None), ("NaN", None)):
        found: Any = decided(asked(line(quantity=Quantity(value=Decimal(value), unit="each")))).answer
        quantity = found.lines[0].quantity
        assert (str(quantity.value) if quantity else None) == back
