"""What we say to a line that is taken, changed or held: one sentence for each rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.business.orders.catalogue import Catalogue, DockCalendar
from hub.business.orders.model import Basis, LineVerdict, Status, Verdict
from hub.canonical.order import Component, OrderLine
from hub.canonical.shared import Charge, Item
from hub.kernel.words import Money, Period, When
from tests.business.orders.shop import (
    CATALOGUE,
    DUE,
    TODAY,
    agreed,
    codes,
    costs,
    decided,
    drawing,
    line,
    many,
    order,
    schedule,
    tube,
)


def test_a_line_that_agrees_with_everything_is_accepted_as_ordered() -> None:
    decision = decided(order())
    state = decision.lines[0].state
    assert (decision.verdict, decision.outcome) == (Verdict.ACCEPTED, "accepted")
    assert (state.verdict, state.status) == (LineVerdict.ACCEPTED, Status.ACCEPTED)
    assert state.promises[0].deliver == DUE
    assert state.promises[0].basis is Basis.REQUESTED
    assert codes(decision) == set()


def test_every_promise_says_that_no_plan_stands_behind_it() -> None:
    decision = decided(order(line(requested=When(on=date(2026, 11, 5)))))
    assert decision.answer is not None
    assert decision.answer.lines[0].notes[0].text == "500 each on 2026-12-03: lead time of 30 days, not yet planned"
    assert "BUS-NOT-PLANNED" in {reason.code for reason in decision.reasons}


SOON = When(on=date(2026, 11, 5))
"""Within the lead time of all items."""
NOTHING = Money(amount=Decimal("0.00"), currency="USD")


@pytest.mark.parametrize(
    "charge",
    [Charge(kind="charge", amount=NOTHING), Charge(kind="none"), Charge(kind="charge", handling="part-of-price")],
)
def test_a_charge_that_comes_to_nothing_holds_nobody_up(charge: Charge) -> None:
    assert decided(order(line(charges=[charge]), charges=[charge])).outcome == "accepted"


def test_what_a_charge_comes_to_is_said_with_its_cents() -> None:
    freight = Charge(kind="charge", amount=Money(amount=Decimal(40), currency="USD"))
    [said] = [each for each in decided(order(line(), charges=[freight])).reasons if each.code == "BUS-CHARGE"]
    assert said.message == "the order adds a charge of 40.00 USD that no contract price of ours knows"


@pytest.mark.parametrize(("asked", "outcome"), [(True, "changed"), (None, "changed")])
def test_a_line_that_may_come_late_is_promised_late(asked: bool | None, outcome: str) -> None:
    assert decided(order(line(requested=SOON, backorder=asked))).outcome == outcome


def test_a_line_that_may_not_come_late_and_does_not_is_accepted() -> None:
    assert decided(order(line(backorder=False))).outcome == "accepted"


HELD: list[tuple[str, OrderLine, dict[str, Any], str]] = [
    (
        "a change to the bill of materials for this order only",
        line(components=[Component(relation="substitute", item=Item(buyer="P-2"))]),
        {},
        "BUS-BOM-CHANGED",
    ),
    ("an allowance on the line", line(charges=[Charge(kind="allowance", service="C310")]), {}, "BUS-ALLOWANCE"),
    ("a discount on the line", line(discount=Money(amount=Decimal(5), currency="USD")), {}, "BUS-ALLOWANCE"),
    ("an allowance on the order", line(), {"charges": [Charge(kind="allowance")]}, "BUS-ALLOWANCE"),
    (
        "freight on the order",
        line(),
        {"charges": [Charge(kind="charge", amount=Money(amount=Decimal(40), currency="USD"))]},
        "BUS-CHARGE",
    ),
    ("a surcharge on the line", line(charges=[Charge(kind="charge", percent=Decimal("2.5"))]), {}, "BUS-CHARGE"),
    ("a charge without a sum", line(charges=[Charge(kind="service", service="D240")]), {}, "BUS-CHARGE"),
    ("a line that may not come late, and would", line(requested=SOON, backorder=False), {}, "BUS-BACKORDER"),
    ("an order of repairs", line(), {"kind": "repair-and-return"}, "BUS-KIND"),
    ("a price for something we do not understand", line(price=costs("12.35", basis="per-wish")), {}, "BUS-PRICE-BASIS"),
    (
        "a device identifier for an item that has none with us",
        tube(item=Item(buyer="B-2", revision="A", udi_di="00703206980519")),
        {},
        "BUS-UDI-UNKNOWN",
    ),
]


@pytest.mark.parametrize(("asked", "said", "code"), [case[1:] for case in HELD], ids=[case[0] for case in HELD])
def test_held_for_a_person(asked: OrderLine, said: dict[str, Any], code: str) -> None:
    decision = decided(order(asked, **said))
    state = decision.lines[0].state
    assert (decision.outcome, decision.verdict) == ("held", Verdict.HELD)
    assert (state.verdict, state.status, state.acknowledged) == (LineVerdict.HELD, Status.HELD, None)
    assert code in codes(decision)


def test_held_when_no_contract_is_named_and_two_have_a_price() -> None:
    prices = [*CATALOGUE.prices, agreed("M-1", "each", ("0", "12.00"), contract="K-2")]
    decision = decided(order(contract=None), catalogue=Catalogue("customer", CATALOGUE.items, prices))
    assert codes(decision) == {"BUS-CONTRACT-UNCLEAR"}
    assert decision.outcome == "held"


def test_held_when_the_customer_has_no_item_master_at_all() -> None:
    decision = decided(order(), catalogue=Catalogue("customer", [], []))
    assert codes(decision) == {"BUS-NO-CATALOGUE"}
    assert decision.outcome == "held"


ACCEPTED: list[tuple[str, OrderLine]] = [
    ("a price per box", line(quantity=many(50, "box"), price=costs("123.50"))),
    ("a price per each on a line of boxes", line(quantity=many(50, "box"), price=costs("12.35", basis="per-each"))),
    ("a price per hundred", line(price=costs("1235.00", basis="per-hundred"))),
    ("a price for so many", line(price=costs("24.70", per=many(2)))),
    ("a price for the whole line", line(price=costs("6175", basis="total"))),
    ("a price with idle zeros", line(price=costs("12.350"))),
    ("our number alone", line(item=Item(seller="M-1", revision="D"))),
    ("the device identifier alone", line(item=Item(udi_di="00703206980502", revision="D"))),
    ("the drawing revision that belongs to the revision", line(references=[drawing("C")])),
    ("a component that is only listed", line(components=[Component(relation="included", item=Item(buyer="P-1"))])),
    ("centimetres of what is sold by the metre", tube(quantity=many(10_000, "centimetre"), price=costs("0.034725"))),
    ("only the last day of a window", line(requested=None, window=Period(end=When(on=DUE)))),
    ("schedules and no quantity of its own", line(quantity=None, schedules=[schedule(200, DUE), schedule(300, DUE)])),
    ("schedules in another unit", line(schedules=[schedule(20, DUE, "box"), schedule(300, DUE)])),
]


@pytest.mark.parametrize("asked", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_accepted_as_ordered(asked: OrderLine) -> None:
    decision = decided(order(asked))
    assert codes(decision) == set()
    assert decision.verdict is Verdict.ACCEPTED


def test_a_price_within_the_tolerance_is_taken_as_ordered_and_noted() -> None:
    decision = decided(order(line(price=costs("12.34"))))
    state = decision.lines[0].state
    assert codes(decision) == {"BUS-PRICE-TOLERATED"}
    assert state.price == costs("12.34")
    assert decision.verdict is Verdict.ACCEPTED


def test_a_tolerance_is_the_smaller_of_those_stated() -> None:
    assert decided(order(line(price=costs("12.33")))).outcome == "refused"


def test_a_line_without_a_price_gets_the_contracts_and_says_so() -> None:
    decision = decided(order(line(price=None, quantity=many(50, "box"))))
    state = decision.lines[0].state
    assert (state.status, state.price) == (Status.PRICE_CHANGED, costs("123.5"))
    assert str(state.price.amount if state.price else None) == "123.50", "with the decimals of the contract"
    assert codes(decision) == {"BUS-PRICE-FILLED"}
    assert decision.verdict is Verdict.CHANGED


def test_a_revision_that_may_be_left_out_is_filled_and_said() -> None:
    decision = decided(order(tube(item=Item(buyer="B-2"))))
    assert decision.answer is not None
    assert decision.answer.lines[0].item == Item(buyer="B-2", seller="M-2", revision="A")
    assert decision.lines[0].state.status is Status.CHANGED
    assert codes(decision) == {"BUS-REVISION-FILLED"}


def test_a_day_within_the_lead_time_is_moved_to_its_end() -> None:
    decision = decided(order(line(requested=When(on=date(2026, 11, 20)))))
    state = decision.lines[0].state
    assert state.status is Status.RESCHEDULED
    assert (state.promises[0].deliver, state.promises[0].basis) == (date(2026, 12, 3), Basis.LEAD_TIME)
    assert [reason.code for reason in state.reasons] == ["BUS-DATE-LEAD-TIME"]


def test_today_is_not_past_and_the_last_day_of_the_horizon_is_not_too_far() -> None:
    assert decided(order(line(requested=When(on=TODAY)))).outcome == "changed"
    assert decided(order(line(requested=When(on=date(2029, 11, 2))))).outcome == "accepted"


def test_a_line_without_a_day_takes_the_orders_and_else_the_lead_time() -> None:
    of_order = decided(order(line(requested=None), requested=When(on=DUE)))
    of_none = decided(order(line(requested=None)))
    assert of_order.lines[0].state.promises[0].deliver == DUE
    assert of_none.lines[0].state.promises[0].deliver == date(2026, 12, 3)
    assert codes(of_none) == {"BUS-DATE-FILLED"}
    assert of_none.verdict is Verdict.ACCEPTED


def test_each_schedule_is_promised_by_itself_and_waits_for_those_before_it() -> None:
    parts = [schedule(3000, date(2027, 1, 15)), schedule(2000, date(2026, 12, 15))]
    decision = decided(order(line(quantity=many(5000), schedules=parts)))
    late, early = decision.lines[0].state.promises
    assert (early.status, early.deliver, early.quantity) == (Status.ACCEPTED, date(2026, 12, 15), many(2000))
    assert (late.status, late.deliver, late.quantity) == (Status.RESCHEDULED, date(2027, 1, 20), many(3000))
    assert decision.lines[0].state.status is Status.RESCHEDULED


def test_a_day_of_shipment_is_promised_as_a_day_of_shipment() -> None:
    asked = line(requested=None, schedules=[schedule(500, DUE, kind="shipment")])
    promise = decided(order(asked)).lines[0].state.promises[0]
    assert (promise.ship, promise.deliver) == (DUE, None)


def test_a_day_we_choose_falls_on_an_open_day_of_the_dock() -> None:
    dock = DockCalendar(closed_weekdays=frozenset({5, 6}), holidays=frozenset({date(2026, 12, 3)}))
    promise = decided(order(line(requested=None)), calendar=dock).lines[0].state.promises[0]
    assert promise.deliver == date(2026, 12, 4)


def test_two_changes_to_one_line_are_told_as_changes() -> None:
    asked = line(price=None, quantity=many(5000), schedules=[schedule(2000, DUE), schedule(3000, date(2026, 12, 24))])
    state = decided(order(asked)).lines[0].state
    assert state.status is Status.CHANGED
    assert [promise.status for promise in state.promises] == [Status.PRICE_CHANGED, Status.CHANGED]


def test_a_refused_line_is_told_all_that_is_wrong_with_it_at_once() -> None:
    asked = line(
        item=Item(buyer="B-1", revision="C"), price=costs("9"), quantity=many(20), requested=When(on=date(2026, 1, 2))
    )
    assert codes(decided(order(asked))) == {
        "BUS-REVISION-NOT-TAKEN",
        "BUS-PRICE-OFF-CONTRACT",
        "BUS-QUANTITY-BELOW-MINIMUM",
        "BUS-DATE-PAST",
    }


def test_a_line_number_on_two_lines_refuses_both() -> None:
    decision = decided(order(line("10"), line("10"), line("20")))
    assert [one.verdict for one in decision.lines] == [LineVerdict.REFUSED, LineVerdict.REFUSED, LineVerdict.ACCEPTED]
    assert decision.verdict is Verdict.CHANGED


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN", "1E+1000000", "1E-1000000", "0." + "3" * 40])
def test_a_number_no_one_can_reckon_with_is_refused_and_harms_nothing(value: str) -> None:
    for asked in (
        line(quantity=many(value)),
        line(price=costs(value)),
        line(schedules=[schedule(1, DUE), schedule(1, DUE)]),
    ):
        assert decided(order(asked)).outcome == "refused"


def test_what_a_line_states_as_its_amount_is_compared_and_not_trusted() -> None:
    decision = decided(order(line(amount=Money(amount=Decimal("6200"), currency="USD"))))
    assert codes(decision) == {"BUS-LINE-AMOUNT"}
    assert decision.verdict is Verdict.ACCEPTED


def test_an_unknown_number_close_to_a_known_one_asks_whether_that_is_meant() -> None:
    decision = decided(order(line(item=Item(buyer="B-11", revision="D"))))
    assert "check whether B-1 is meant" in (decision.lines[0].reasons[0].remedy or "")
