"""Laws that hold for every order, whatever it says."""

from __future__ import annotations

import textwrap
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.business.orders.answer import NOTE_LINE_LENGTH_MAX, in_lines
from hub.business.orders.model import Decision, Effect, LineVerdict, Status, Verdict
from hub.canonical.order import OrderLine, PurchaseOrder, Schedule
from hub.canonical.shared import Item
from hub.kernel.words import Price, Quantity, When
from tests.business.orders.shop import BARE, CATALOGUE, FIRST, HUB, SECOND, TODAY, TUBE, decided

UNITS = st.sampled_from(["each", "box", "metre", "foot", "kilogram"])
NUMBERS = st.one_of(
    st.sampled_from(
        [Decimal(value) for value in ("0", "-1", "NaN", "10", "50", "500", "505", "1000", "20000", "1E+30")]
    ),
    st.decimals(min_value=-10, max_value=30_000, places=2),
)
QUANTITIES = st.builds(lambda value, unit: Quantity(value=value, unit=unit), NUMBERS, UNITS)
DAYS = st.one_of(
    st.none(), st.integers(-5, 1200).map(lambda days: When(on=TODAY + timedelta(days=days))), st.just(When(on=date.max))
)
PRICES = st.builds(
    Price,
    amount=st.one_of(st.sampled_from([Decimal("12.35"), Decimal("3.4725"), Decimal("1.15")]), NUMBERS),
    currency=st.sampled_from(["USD", "USD", "EUR"]),
    per=st.one_of(st.none(), QUANTITIES),
    basis=st.sampled_from([None, "contract", "per-each", "total", "per-wish"]),
)
ITEMS = st.builds(
    Item,
    buyer=st.sampled_from([None, "B-1", "B-2", "B-3", "B-9"]),
    seller=st.sampled_from([None, None, "M-1", "M-2"]),
    revision=st.sampled_from([None, "A", "C", "D", "Z"]),
)
SCHEDULES = st.lists(st.builds(Schedule, quantity=QUANTITIES, due=DAYS), max_size=3)
LINES = st.builds(
    OrderLine,
    number=st.sampled_from(["10", "20", "30", "40"]),
    item=st.one_of(st.none(), ITEMS),
    quantity=st.one_of(st.none(), QUANTITIES),
    price=st.one_of(st.none(), PRICES),
    requested=DAYS,
    schedules=SCHEDULES,
)


@st.composite
def sound_lines(draw: st.DrawFn) -> OrderLine:
    """A line that may well be accepted: of one item, in its units, with schedules that add up."""
    item = draw(st.sampled_from([HUB, TUBE, BARE]))
    parts = draw(st.lists(st.integers(5, 100), min_size=1, max_size=4))
    schedules = [
        Schedule(quantity=Quantity(value=Decimal(part * 10), unit=item.unit), due=draw(DAYS)) for part in parts
    ]
    return OrderLine(
        number=str(draw(st.integers(1, 9999))),
        item=Item(buyer=item.buyer, revision=draw(st.sampled_from(["D", "A"]))),
        quantity=Quantity(value=Decimal(sum(parts) * 10), unit=item.unit),
        price=draw(st.one_of(st.none(), PRICES)),
        schedules=schedules,
    )


ORDERS = st.builds(
    PurchaseOrder,
    number=st.just("4500098123"),
    contract=st.sampled_from([None, "K-1", "K-1", "K-9"]),
    currency=st.sampled_from([None, "USD", "USD", "EUR"]),
    requested=DAYS,
    lines=st.lists(st.one_of(LINES, sound_lines()), max_size=4),
)


def in_own_unit(quantity: Quantity, number: str) -> Decimal:
    item = CATALOGUE.by_number(number)
    assert item is not None
    factor = item.factor(quantity.unit)
    assert factor is not None
    return quantity.value * factor


def taken(decision: Decision) -> list[LineVerdict]:
    return [line.verdict for line in decision.lines]


@settings(max_examples=300, deadline=None)
@given(ORDERS)
def test_every_line_gets_exactly_one_decision_and_one_answer(order: PurchaseOrder) -> None:
    decision = decided(order)
    assert [line.state.number for line in decision.lines] == [line.number for line in order.lines]
    assert [line.state.position for line in decision.lines] == list(range(1, len(order.lines) + 1))
    assert decision.answer is not None
    assert [line.number for line in decision.answer.lines] == [line.number for line in order.lines]
    assert all(line.promises for line in decision.answer.lines)


@settings(max_examples=300, deadline=None)
@given(ORDERS)
def test_what_is_promised_is_what_was_ordered_or_nothing(order: PurchaseOrder) -> None:
    for line in decided(order).lines:
        state = line.state
        if line.verdict in (LineVerdict.ACCEPTED, LineVerdict.CHANGED):
            assert state.acknowledged == state.ordered
            assert state.base is not None
            assert state.item is not None
            parts = [in_own_unit(part.quantity, state.item) for part in state.promises if part.quantity]
            assert sum(parts) == state.base.value
            assert all(part.deliver is not None and part.deliver >= TODAY for part in state.promises)
        else:
            assert state.base is None
            assert [part.status for part in state.promises] == [state.status]
            assert all(part.deliver is None and part.ship is None for part in state.promises)
            assert state.acknowledged is None or state.acknowledged.value == 0


@settings(max_examples=200, deadline=None)
@given(ORDERS, st.booleans())
def test_deciding_twice_says_the_same(order: PurchaseOrder, test: bool) -> None:
    assert str(decided(order, test=test)) == str(decided(order, test=test))  # as text: NaN is not itself


@settings(max_examples=300, deadline=None)
@given(ORDERS)
def test_currencies_never_mix_in_what_is_accepted(order: PurchaseOrder) -> None:
    prices = {
        line.state.price.currency
        for line in decided(order).lines
        if line.verdict in (LineVerdict.ACCEPTED, LineVerdict.CHANGED) and line.state.price
    }
    assert len(prices) <= 1


@settings(max_examples=200, deadline=None)
@given(ORDERS)
def test_whatever_is_refused_or_held_says_why_and_what_to_do(order: PurchaseOrder) -> None:
    decision = decided(order)
    assert all(reason.code.startswith("BUS-") for reason in decision.all_reasons)
    assert all(reason.remedy and reason.location.path for reason in decision.all_reasons)
    for line in decision.lines:
        if line.verdict is not LineVerdict.ACCEPTED:
            assert line.reasons


@settings(max_examples=200, deadline=None)
@given(ORDERS)
def test_the_verdict_on_the_order_follows_from_its_lines(order: PurchaseOrder) -> None:
    decision = decided(order)
    stands = {LineVerdict.ACCEPTED, LineVerdict.CHANGED} & set(taken(decision))
    assert (decision.verdict in (Verdict.ACCEPTED, Verdict.CHANGED)) == bool(stands)
    assert (Effect.SAY_IT_STANDS in decision.effects) == bool(stands)
    if decision.verdict is Verdict.ACCEPTED:
        assert all(line.state.status is Status.ACCEPTED for line in decision.lines)


@settings(max_examples=100, deadline=None)
@given(ORDERS, ORDERS)
def test_a_number_that_is_taken_never_changes_what_stands(first: PurchaseOrder, second: PurchaseOrder) -> None:
    known = decided(first).state
    assert known is not None
    again = decided(second, known, source=SECOND)
    if known.status == "refused":
        alone = decided(second)
        assert again.outcome == alone.outcome
        assert again.effects == alone.effects
        return
    assert again.state is None
    assert again.answer is None
    assert again.outcome == "duplicate"
    assert known.source == FIRST


@given(st.text(st.one_of(st.sampled_from(" \t\n-\u00a0a"), st.characters()), min_size=1, max_size=600))
def test_a_reason_is_cut_into_lines_as_any_text_is(reason: str) -> None:
    assert in_lines(reason) == textwrap.wrap(reason, NOTE_LINE_LENGTH_MAX)
