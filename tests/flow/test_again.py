"""What comes twice: the same bytes, the same number, the same order. Nothing takes effect twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.exchange import mailbox
from hub.exchange.model import Verdict
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE
from tests.flow.at_work import ACME, AtWork, assert_each_finding_helps, codes
from tests.flow.wire import group, interchange, of_kind, one_order, order, transaction

FIRST = one_order("4500098123")


def test_the_same_bytes_twice_are_one_order_and_the_first_answers_are_offered_again(hub: AtWork) -> None:
    first = hub.send(FIRST)
    fetched = hub.fetch_all()
    assert hub.waiting() == []

    again = hub.send(FIRST)
    assert again.message.id == first.message.id
    assert again.message.repeats == 1
    assert hub.waiting() == fetched, "the same messages, not new ones"
    assert len(hub.orders()) == 1
    assert len(hub.sent()) == 2


@pytest.mark.parametrize("minutes", [11, 60, 24 * 60, 400 * 24 * 60])
def test_the_same_bytes_later_are_a_message_of_their_own_that_names_the_first(hub: AtWork, minutes: int) -> None:
    first = hub.send(FIRST)
    fetched = hub.fetch_all()
    hub.clock.advance(timedelta(minutes=minutes))

    again = hub.send(FIRST)
    assert again.message.id != first.message.id
    assert again.message.outcome == "duplicate"
    assert [(row.judgement, row.first_message) for row in again.envelopes] == [("duplicate", first.message.id)]
    assert hub.waiting() == fetched, "the first answers once more"
    assert len(hub.orders()) == 1


def test_the_same_interchange_with_a_line_end_behind_it_is_recognised_by_its_number(hub: AtWork) -> None:
    first = hub.send(FIRST)
    fetched = hub.fetch_all()

    again = hub.send(FIRST + b"\r\n")
    assert again.message.id != first.message.id
    assert again.message.outcome == "duplicate"
    assert again.message.attention is None
    assert [(row.judgement, row.first_message) for row in again.envelopes] == [("duplicate", first.message.id)]
    assert [row.outcome for row in again.documents] == ["duplicate"]
    assert hub.waiting() == fetched
    assert hub.answers(again.message.id) == []
    assert len(hub.orders()) == 1


def test_a_number_that_came_before_around_other_bytes_is_quarantined_and_shown(hub: AtWork) -> None:
    first = hub.send(FIRST)
    other = hub.send(one_order("4500098124"))
    assert (other.message.validation, other.message.outcome) == ("rejected", "quarantined")
    assert "Interchange control number 101 came before with other content" in str(other.message.why)
    assert other.message.id in {row.id for row in hub.log(status="attention")}
    assert [(row.judgement, row.first_message) for row in other.envelopes] == [("conflict", first.message.id)]
    assert "ENV-INTERCHANGE-NUMBER-TAKEN" in codes(other)
    assert_each_finding_helps(other)
    (answer,) = hub.answers(other.message.id)
    assert answer.one("TA1") == ["TA1", "000000101", "261120", "0600", "R", "025"]
    assert [row.number for row in hub.orders()] == ["4500098123"]


@pytest.mark.parametrize("purpose", ["00", "06"])
def test_an_order_that_exists_under_a_new_control_number_is_held_with_both_shown(hub: AtWork, purpose: str) -> None:
    first = hub.send(FIRST)
    again = hub.send(one_order("4500098123", 102, purpose=purpose))
    assert again.message.outcome == "duplicate"
    assert again.message.acknowledgement == "accepted"
    assert first.message.id in str(again.message.why)
    assert again.message.id in str(again.message.why)
    assert [each.kind for each in hub.answers(again.message.id)] == ["997"]
    assert len(hub.orders()) == 1
    _seen_from_the_order(hub, {first.message.id, again.message.id})


@pytest.mark.parametrize(("purpose", "word"), [("01", "cancel"), ("05", "replace"), ("04", "change")])
@pytest.mark.parametrize("known", [True, False], ids=["known order", "unknown order"])
def test_an_instruction_sent_as_an_order_waits_for_a_person(hub: AtWork, purpose: str, word: str, known: bool) -> None:
    if known:
        hub.send(FIRST)
    got = hub.send(one_order("4500098123", 102, purpose=purpose))
    assert (got.message.outcome, got.message.acknowledgement) == ("held", "accepted")
    assert word in str(got.message.why)
    assert [each.kind for each in hub.answers(got.message.id)] == ["997"]
    assert [row.status for row in hub.orders()] == (["accepted"] if known else [])
    assert_each_finding_helps(got)


def test_a_copy_that_says_so_gets_the_first_answer_again(hub: AtWork) -> None:
    first = hub.send(FIRST)
    hub.fetch_all()
    copy = hub.send(one_order("4500098123", 102, purpose="07"))
    assert (copy.message.outcome, copy.message.why) == ("duplicate", None)
    assert [each.kind for each in hub.answers(copy.message.id)] == ["997"]
    (answer,) = of_kind(hub.answers(first.message.id), "855")
    assert answer.message in hub.waiting()
    asked = [entry.actor for entry in hub.detail(answer.message).timeline if entry.event == "resend-asked"]
    assert asked == ["hub"]
    assert len(hub.orders()) == 1


def test_a_copy_that_says_something_else_is_held(hub: AtWork) -> None:
    hub.send(FIRST)
    body = order("4500098123", purpose="07").replace("*100*", "*200*")
    got = hub.send(interchange(group(transaction(body)), number=102))
    assert got.message.outcome == "duplicate"
    assert got.message.why is not None
    assert "200" in got.message.why


def test_a_copy_that_arrives_first_is_decided(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", purpose="07"))
    assert got.message.outcome == "accepted"
    assert {each.kind for each in hub.answers(got.message.id)} == {"997", "855"}
    assert "BUS-COPY-FIRST" in codes(got)


def test_two_orders_of_one_number_in_one_message_are_one_order(hub: AtWork) -> None:
    body = interchange(group(transaction(order("4500098123")), transaction(order("4500098123"), control="0002")))
    got = hub.send(body)
    assert [row.outcome for row in got.documents] == ["accepted", "duplicate"]
    assert len(of_kind(hub.answers(got.message.id), "855")) == 1


def test_an_order_and_its_copy_in_one_message_are_answered_once(hub: AtWork) -> None:
    copy = transaction(order("4500098123", purpose="07"), control="0002")
    got = hub.send(interchange(group(transaction(order("4500098123")), copy)))
    assert [row.outcome for row in got.documents] == ["accepted", "duplicate"]
    assert sorted(each.kind for each in hub.answers(got.message.id)) == ["855", "997"]
    assert got.message.why is None


def test_a_test_interchange_is_marked_and_answered_as_test_and_never_planned(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", usage="T"))
    assert got.message.test
    assert all(row.test for row in got.documents)
    answers = hub.answers(got.message.id)
    assert {each.kind for each in answers} == {"997", "855"}
    assert all(each.test for each in answers)
    assert all(row.test for row in hub.log(direction="out"))
    (known,) = hub.orders()
    assert known.test
    assert "ENV-USAGE-DIFFERS" in codes(got)
    assert got.message.validation == "valid", "this partner is allowed to: their release tests run beside production"


def test_a_test_order_never_touches_the_real_order_of_its_number(hub: AtWork) -> None:
    hub.send(FIRST)
    got = hub.send(one_order("4500098123", 102, usage="T"))
    assert got.message.outcome == "accepted"
    assert sorted(row.test for row in hub.orders()) == [False, True]


def _seen_from_the_order(hub: AtWork, messages: set[str]) -> None:
    shown = {document.source.message for document in hub.order("4500098123").documents}
    assert messages <= shown


def test_an_answer_that_was_approved_stays_so_when_its_order_is_handed_in_again(hub: AtWork) -> None:
    body = one_order("4500098123")
    (ours,) = of_kind(hub.answers(hub.send(body).message.id), "855")

    def say(verdict: Verdict) -> bool:
        return hub.hub.database.write_now(
            lambda conn: mailbox.received(conn, EVERYONE, ACME, ours.message, now=hub.clock.now(), verdict=verdict)
        )

    assert say("approve")
    for _ in range(3):
        hub.send(body)
        assert ours.message in hub.waiting()
        with pytest.raises(Conflict, match="approve was said"):
            say("refuse")
        assert say("approve")
    shown = hub.detail(ours.message).delivery
    assert shown is not None
    assert (shown.verdict, len(shown.earlier)) == ("approve", 3)


def test_three_orders_of_one_number_in_one_message_are_one_order_and_two_that_ask_for_a_person(hub: AtWork) -> None:
    sets = [transaction(order("4500098123"), control=f"{n:04d}") for n in (1, 2, 3)]
    got = hub.send(interchange(group(*sets)))
    assert [each.outcome for each in got.documents] == ["accepted", "duplicate", "duplicate"]
    assert len(hub.orders(number="4500098123")) == 1
