"""What we say to an order: new, a copy, taken, an instruction; and what the answer gives back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from hub.business.orders.catalogue import Catalogue
from hub.business.orders.decide import Given, decide, digest_of
from hub.business.orders.model import Effect, EventKind, OrderState, Source, Verdict
from hub.business.orders.our_number import seller_order_number
from hub.business.orders.sentences import SENTENCES
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.canonical.shared import Item, Party, Reference, Requirement, Totals
from hub.kernel.sentence import as_written
from hub.kernel.words import Money, When
from tests.business.orders.shop import (
    CATALOGUE,
    FIRST,
    ORDER_ID,
    SECOND,
    TODAY,
    codes,
    costs,
    decided,
    line,
    many,
    order,
    schedule,
    tube,
)


def standing(asked: PurchaseOrder, source: Source = FIRST) -> OrderState:
    state = decided(asked, source=source).state
    assert state is not None
    return state


def test_a_new_order_is_recorded_answered_and_handed_to_planning() -> None:
    decision = decided(order())
    assert decision.effects == [Effect.RECORD_ORDER, Effect.SAY_IT_STANDS]
    assert [event.kind for event in decision.events] == [EventKind.RECEIVED, EventKind.ACCEPTED]
    assert decision.answer is not None
    assert decision.answer.order.number == "4500098123"


def test_a_confirming_order_is_an_order() -> None:
    assert decided(order(purpose="confirm")).effects == [Effect.RECORD_ORDER, Effect.SAY_IT_STANDS]


def test_an_order_that_says_no_purpose_is_an_order() -> None:
    assert decided(order(purpose=None)).effects == [Effect.RECORD_ORDER, Effect.SAY_IT_STANDS]


@pytest.mark.parametrize("purpose", ["original", "confirm"])
def test_an_order_whose_number_is_taken_is_a_duplicate_and_a_person_is_asked_with_both_shown(purpose: str) -> None:
    known = standing(order())
    decision = decided(order(purpose=purpose), known, source=SECOND)
    reason = decision.reasons[0]
    assert (decision.outcome, decision.effects) == ("duplicate", [Effect.ASK_A_PERSON])
    assert decision.state is None
    assert decision.answer is None
    assert decision.order_id == known.id
    assert reason.message == (
        "the same order 4500098123 again (under 102, message message-2);"
        " the first (under 101, message message-1) stands"
    )


def test_a_second_order_that_differs_says_in_what() -> None:
    known = standing(order(line("10"), line("20")))
    changed = order(line("10", quantity=many(600), price=costs("12.00")), line("30"))
    message = decided(changed, known, source=SECOND).reasons[0].message
    assert message.endswith(
        "the second differs: line 10 quantity 500 each became 600 each; line 10 price 12.35 USD became 12.00 USD;"
        " line 30 is new; line 20 is gone"
    )


def test_a_second_order_that_differs_outside_its_lines_is_not_said_to_be_the_same() -> None:
    known = standing(order())
    message = decided(order(contract="K-2"), known, source=SECOND).reasons[0].message
    assert message.endswith("the second differs")


@pytest.mark.parametrize("purpose", ["original", "confirm", None])
def test_what_comes_after_an_order_was_refused_is_decided_in_its_place(purpose: str | None) -> None:
    known = standing(order(line(quantity=many(20))))
    assert known.status == "refused"
    decision = decided(order(purpose=purpose), known, source=SECOND)
    assert (decision.outcome, decision.order_id, decision.instead_of) == ("accepted", known.id, FIRST)
    assert decision.state is not None
    assert (decision.state.source, decision.state.version) == (SECOND, 2)
    assert decision.answer is not None
    assert decision.answer.answer_number == f"{known.seller_order}-2"


def test_nothing_of_a_refused_order_stands_in_the_way_of_one_that_came_before_it() -> None:
    """It was worked off later, as the large ones are: nothing stands under the number."""
    known = standing(order(line(quantity=many(20))), source=SECOND)
    assert decided(order(), known, source=FIRST).outcome == "accepted"


@pytest.mark.parametrize("purpose", ["cancel", "change", "replace", "request-for-proposal"])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_instruction_sent_as_an_order_waits_for_a_person(purpose: str, is_known: bool) -> None:
    known = standing(order()) if is_known else None
    decision = decided(order(purpose=purpose), known, source=SECOND)
    assert (decision.outcome, decision.effects) == ("held", [Effect.ASK_A_PERSON])
    assert decision.answer is None
    assert decision.state is None
    assert codes(decision) == {"BUS-INSTRUCTION"}
    assert len(decision.events) == (1 if is_known else 0)


def test_what_is_said_of_an_order_that_was_refused_does_not_call_it_standing() -> None:
    """Nor a copy of it the first of its number: one came, and nothing of it stands."""
    refused = standing(order(line(quantity=many(20))), source=FIRST)
    assert refused.status == "refused"
    [asked] = decided(order(purpose="cancel"), refused, source=SECOND).reasons
    assert asked.message.endswith("all of which was refused")
    copy = decided(order(purpose="duplicate"), refused, source=SECOND)
    [first] = [each for each in copy.reasons if each.code == "BUS-COPY-FIRST"]
    assert "has arrived before" not in first.message


def test_nobody_is_sent_to_an_order_change_which_is_not_taken() -> None:
    assert not [key for key, said in SENTENCES.items() if "order change" in said.remedy]
    assert not [key for key, said in SENTENCES.items() if "send a forecast" in said.remedy]


def test_two_orders_of_one_message_under_one_number_are_told_apart_by_their_places() -> None:
    first, second = (Source(message="m-1", position=at, reference="0001") for at in (1, 2))
    [found] = decided(order(), standing(order(), source=first), source=second).reasons
    assert "document 1 of it" in found.message
    assert "document 2 of it" in found.message


def test_a_copy_gets_the_first_answer_again() -> None:
    decision = decided(order(purpose="duplicate"), standing(order()), source=SECOND)
    assert (decision.outcome, decision.effects) == ("duplicate", [Effect.REPEAT_ANSWER])


def test_a_person_is_asked_about_a_copy_that_says_something_else() -> None:
    decision = decided(order(line(quantity=many(600)), purpose="duplicate"), standing(order()), source=SECOND)
    assert decision.effects == [Effect.ASK_A_PERSON]
    assert codes(decision) == {"BUS-ORDER-DUPLICATE"}


def test_a_copy_that_is_the_first_to_arrive_is_taken_as_the_order() -> None:
    decision = decided(order(purpose="duplicate"))
    assert decision.effects == [Effect.RECORD_ORDER, Effect.SAY_IT_STANDS]
    assert codes(decision) == {"BUS-COPY-FIRST"}


def test_the_same_document_decided_again_does_nothing_twice() -> None:
    """Whoever could not be told then that it stands is told now; that nobody hears it twice its sender sees to."""
    decision = decided(order(), standing(order()), source=FIRST)
    assert (decision.outcome, decision.effects, decision.events) == ("accepted", [Effect.SAY_IT_STANDS], [])
    assert decision.state is None


def test_an_order_that_is_read_otherwise_now_is_told_to_nobody() -> None:
    assert decided(order(), standing(order(line(quantity=many(600)))), source=FIRST).effects == []


def test_the_same_document_is_decided_anew_where_nothing_of_it_stands() -> None:
    refused = standing(order(line(item=Item(buyer="B-9"))))
    decision = decided(order(), refused, source=FIRST)
    assert decision.state is not None
    assert (decision.outcome, decision.state.version, decision.state.id) == ("accepted", 2, refused.id)


@pytest.mark.parametrize(
    ("asked", "outcome", "effects"),
    [
        (order(line(item=Item(buyer="B-9"))), "refused", []),
        (order(line(quantity=many("NaN"))), "refused", []),
        (order(line(requested=When(on=date(2026, 10, 1)))), "refused", []),
        (order(line(price=costs("12.35", basis="per-wish"))), "held", [Effect.ASK_A_PERSON]),
        (
            order(line("1"), line("2", price=costs("12.35", basis="per-wish"))),
            "changed",
            [Effect.ASK_A_PERSON, Effect.SAY_IT_STANDS],
        ),
    ],
    ids=["refused", "no number", "refused for a day past", "held", "held in part"],
)
def test_what_comes_out_the_same_is_not_said_twice(asked: PurchaseOrder, outcome: str, effects: list[Effect]) -> None:
    tomorrow = decided(asked, standing(asked), source=FIRST, today=TODAY + timedelta(days=1))
    assert (tomorrow.outcome, tomorrow.effects) == (outcome, effects)
    assert (tomorrow.state, tomorrow.answer, tomorrow.events) == (None, None, [])


@pytest.mark.parametrize("asked", [order(), order(line(item=Item(buyer="B-9")))], ids=["accepted", "refused"])
def test_an_order_whose_answer_was_never_sent_is_answered_when_it_is_decided_again(asked: PurchaseOrder) -> None:
    first = decided(asked)
    again = decided(asked, standing(asked), source=FIRST, answered=False)
    assert (again.effects[0], again.state, again.answer) == (Effect.SEND_ANSWER, None, first.answer)


def test_an_unanswered_order_that_is_read_otherwise_now_waits_for_a_person() -> None:
    again = decided(order(line("10"), line("20")), standing(order()), source=FIRST, answered=False)
    assert (again.effects, again.answer) == ([Effect.ASK_A_PERSON], None)
    assert "BUS-UNANSWERED" in codes(again)


def test_a_copy_of_an_unanswered_order_is_answered() -> None:
    copy = decided(order(purpose="duplicate"), standing(order()), source=SECOND, answered=False)
    assert (copy.outcome, copy.effects) == ("duplicate", [Effect.SEND_ANSWER])
    assert copy.answer == decided(order()).answer


def test_an_order_that_asks_for_no_answer_stands_without_one_and_its_history_says_so() -> None:
    decision = decided(order(acknowledgement="none"))
    assert (decision.outcome, decision.effects) == ("accepted", [Effect.RECORD_ORDER, Effect.SAY_IT_STANDS])
    assert (decision.answer, decision.verdict) == (None, Verdict.ACCEPTED)
    assert decision.events[-1].text.endswith("accepted: 1; not answered, as the buyer asks for no answer")


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([line("1"), line("2", item=Item(buyer="B-9"))], Verdict.CHANGED),
        ([line(price=None)], Verdict.CHANGED),
        ([line(item=Item(buyer="B-9"))], Verdict.REFUSED),
        ([line(price=costs("12.35", basis="per-wish"))], Verdict.HELD),
    ],
    ids=["refused in part", "price filled in", "refused", "held"],
)
def test_what_differs_is_told_to_a_buyer_who_asks_for_no_answer(lines: list[OrderLine], verdict: Verdict) -> None:
    decision = decided(order(*lines, acknowledgement="none"))
    assert decision.verdict is verdict
    assert decision.answer == decided(order(*lines)).answer


@pytest.mark.parametrize("wish", ["with-exceptions-only", "with-detail-no-changes", "rejected-without-detail", "XX"])
def test_any_other_wish_is_answered_in_full(wish: str) -> None:
    assert decided(order(acknowledgement=wish)).answer == decided(order()).answer


def test_an_order_that_asks_for_no_answer_has_none_however_often_it_is_decided() -> None:
    asked = order(acknowledgement="none")
    again = decided(asked, standing(asked), source=FIRST, answered=False)
    assert (again.outcome, again.effects, again.answer) == ("accepted", [Effect.SAY_IT_STANDS], None)


def test_a_buyer_who_was_told_a_refusal_is_told_that_the_order_is_taken_now() -> None:
    asked = order(acknowledgement="none")
    told = decided(asked, catalogue=Catalogue("customer", [], [])).state
    again = decided(asked, told, source=FIRST)
    assert again.outcome == "accepted"
    assert again.answer is not None


def test_a_copy_of_an_order_that_asked_for_no_answer_is_answered() -> None:
    known = standing(order(acknowledgement="none"))
    copy = decided(order(purpose="duplicate", acknowledgement="none"), known, source=SECOND, answered=False)
    assert copy.effects == [Effect.SEND_ANSWER]
    assert copy.answer == decided(order()).answer


def test_a_test_is_answered_as_one_and_never_planned() -> None:
    decision = decided(order(), test=True)
    assert decision.test
    assert decision.state is not None
    assert decision.state.test
    assert decision.effects == [Effect.RECORD_ORDER]
    assert all(event.text.startswith("test: ") for event in decision.events)


def test_an_order_of_several_lines_is_accepted_in_part() -> None:
    decision = decided(order(line("10"), line("20", quantity=many(20))))
    assert (decision.verdict, decision.outcome) == (Verdict.CHANGED, "changed")
    assert [answer.promises[0].status for answer in decision.answer.lines] == ["accepted", "rejected"]  # type: ignore[union-attr]


def test_an_order_held_in_part_is_answered_and_shown_to_a_person() -> None:
    decision = decided(order(line("10"), line("20", price=costs("12.35", basis="per-wish"))))
    assert decision.effects == [Effect.RECORD_ORDER, Effect.ASK_A_PERSON, Effect.SAY_IT_STANDS]
    assert decision.outcome == "changed"


def test_an_order_without_lines_is_refused() -> None:
    decision = decided(replace(order(), lines=[]))
    assert (decision.outcome, decision.verdict) == ("refused", Verdict.REFUSED)
    assert codes(decision) == {"BUS-NO-LINES"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (order(number=None), "BUS-NO-NUMBER"),
        (order(number="4" * 101), "BUS-NUMBER-UNUSABLE"),
        (order(number="45\x00"), "BUS-NUMBER-UNUSABLE"),
        (order(release="r\n"), "BUS-NUMBER-UNUSABLE"),
        (order(currency="U" * 101), "BUS-NUMBER-UNUSABLE"),
    ],
)
def test_an_order_that_cannot_be_filed_waits_for_a_person(asked: PurchaseOrder, code: str) -> None:
    decision = decided(asked)
    assert (decision.outcome, decision.state, codes(decision)) == ("held", None, {code})


def test_a_stated_total_is_compared_to_the_cent_of_a_line_and_not_trusted() -> None:
    def with_total(amount: str) -> set[str]:
        return codes(decided(order(total=Totals(payable=Money(amount=Decimal(amount), currency="USD")))))

    assert with_total("6175") == set()
    assert with_total("6175.01") == set()
    assert with_total("6175.02") == {"BUS-TOTAL"}


def test_an_order_without_a_currency_takes_the_only_one_of_its_contract() -> None:
    decision = decided(order(line(price=None), currency=None))
    assert decision.state is not None
    assert decision.state.currency == "USD"
    assert decision.answer is not None
    assert decision.answer.currency == "USD"


def test_the_answer_gives_back_what_the_buyer_needs_to_find_the_order() -> None:
    references = [Reference(kind="project", value="PRJ-771")]
    seller = Party(role="seller", name="Contract Manufacturer")
    asked = order(release="0001", references=references, extensions={"department": "7"}, project="PRJ-771")
    given = Given(catalogue=CATALOGUE, today=TODAY, source=FIRST, order_id=ORDER_ID, seller=seller)
    answer = decide(asked, None, given).answer
    assert answer is not None
    assert (answer.order.number, answer.order.release) == ("4500098123", "0001")
    assert answer.order.placed == When(on=date(2026, 11, 2))
    assert (answer.references, answer.extensions, answer.project) == (references, {"department": "7"}, "PRJ-771")
    assert answer.parties == [seller]
    assert answer.seller_order == seller_order_number(ORDER_ID)
    assert answer.issued == When(on=TODAY)


def test_each_line_comes_back_in_the_buyers_words_with_our_number() -> None:
    asked = line("0010", item=Item(buyer="B-1", revision="D"), extensions={"colour": "blue"})
    answer = decided(order(asked)).answer
    assert answer is not None
    back = answer.lines[0]
    assert (back.number, back.quantity, back.price) == ("0010", many(500), costs("12.35"))
    assert back.item == Item(buyer="B-1", seller="M-1", revision="D")
    assert back.extensions == {"colour": "blue"}


def test_special_process_requirements_stay_with_the_order_and_the_line() -> None:
    coc = Requirement(kind="certificate", text="CoC with every shipment")
    clean = Requirement(kind="cleanliness", specification="SPEC-7")
    state = standing(order(line(requirements=[clean]), requirements=[coc]))
    assert (state.requirements, state.lines[0].requirements) == ([coc], [clean])


def test_the_digest_tells_orders_apart_by_content_and_not_by_purpose() -> None:
    assert digest_of(order()) == digest_of(order(purpose="duplicate"))
    assert digest_of(order()) != digest_of(order(line(quantity=many(600))))


@pytest.mark.parametrize("number", ["1795165200", "m-1@buyer.example"])
def test_a_copy_under_another_id_of_its_message_gets_the_first_answer_again(number: str) -> None:
    known = standing(order(message_id="1795165199"))
    copy = order(purpose="duplicate", message_id=number)
    source = replace(SECOND, reference=number)
    assert decided(copy, known=known, source=source).effects == [Effect.REPEAT_ANSWER]


def test_what_a_buyer_says_beside_is_ordered_although_it_reads_like_the_id_of_the_message() -> None:
    assert FIRST.reference is not None
    assert digest_of(order(extensions={"lot": FIRST.reference})) != digest_of(order())


def test_an_order_recorded_before_its_message_had_an_id_is_known_again_with_one() -> None:
    assert digest_of(order(message_id="m-1@buyer.example")) == digest_of(order())


def test_two_currencies_never_stand_in_one_order() -> None:
    decision = decided(order(line("10"), tube("20", price=costs("3.4725", "EUR"))))
    standing_currencies = {
        one.state.price.currency
        for one in decision.lines
        if one.state.price and one.state.acknowledged != many(0, "metre")
    }
    assert standing_currencies == {"USD"}


def test_the_reference_conversation_is_answered_as_its_item_data_says() -> None:
    parts = [schedule(2000, date(2026, 12, 15)), schedule(3000, date(2027, 1, 15))]
    decision = decided(order(line(quantity=many(5000), schedules=parts)))
    answer = decision.answer
    assert answer is not None
    assert answer.verdict == "accepted-with-changes"
    said = [(p.status, p.quantity, p.deliver and p.deliver.on) for p in answer.lines[0].promises]
    assert said == [
        ("accepted", many(2000), date(2026, 12, 15)),
        ("date-rescheduled", many(3000), date(2027, 1, 20)),
    ]


# what cannot be said --------------------------------------------------------------------------------------------------


UNSAID = Given(
    catalogue=CATALOGUE, today=TODAY, source=FIRST, order_id=ORDER_ID, unsaid=as_written("BAK03 is too long")
)


@pytest.mark.parametrize("asked", [line(), line(item=Item(buyer="NO-SUCH", revision="D"))], ids=["promised", "refused"])
def test_what_cannot_be_answered_is_held_and_nobody_is_told(asked: OrderLine) -> None:
    held = decide(order(asked), None, UNSAID)
    assert (held.outcome, held.answer) == ("held", None)
    assert held.effects == [Effect.RECORD_ORDER, Effect.ASK_A_PERSON]
    assert held.state is not None
    assert (held.state.status, held.state.verdict) == ("held", Verdict.HELD)
    [reason] = [each for each in held.state.reasons if each.code == "BUS-UNSAID"]
    assert reason.message == "our answer could not be written: BAK03 is too long"
    assert held.events[-1].kind is EventKind.HELD


def test_replayed_it_is_decided_as_if_it_came_for_the_first_time_and_in_vain_it_changes_nothing() -> None:
    held = decide(order(line()), None, UNSAID).state
    assert held is not None
    again = decide(order(line()), held, UNSAID, answered=False)
    assert (again.outcome, again.state, again.answer, again.events) == ("held", None, None, [])
    assert again.effects == [Effect.ASK_A_PERSON]
    mended = decide(order(line()), held, replace(UNSAID, unsaid=None), answered=False)
    assert mended.state is not None
    assert (mended.outcome, mended.state.id, mended.state.version) == ("accepted", held.id, 2)
    assert mended.effects == [Effect.RECORD_ORDER, Effect.SAY_IT_STANDS]
    assert mended.answer is not None


def test_of_a_number_that_cannot_be_filed_it_is_said_what_is_wrong_with_it() -> None:
    [long] = [each.message for each in decided(order(number="4" * 101)).reasons]
    [odd] = [each.message for each in decided(order(number="45\x00")).reasons]
    assert long == "the order's number has 101 characters, and 100 are kept at most"
    assert odd == "the order's number holds \\x00, a sign that cannot be printed"
