"""What the partner says about what we sent, and what we say when it says nothing."""

from __future__ import annotations

import pytest

from hub.exchange.model import MessageDetail
from tests.flow.at_work import AtWork, assert_each_finding_helps, codes
from tests.flow.wire import acknowledgement, group, interchange, of_kind, one_order, transaction

DUE_HOURS = 24  # partner.toml: functional_due_minutes


@pytest.mark.parametrize(
    ("verdict", "status"), [("A", "accepted"), ("E", "accepted"), ("R", "rejected"), ("P", "partly")]
)
def test_their_acknowledgement_is_shown_on_our_answer(hub: AtWork, verdict: str, status: str) -> None:
    answer, number = _answered_order(hub)
    assert answer.message.acknowledgement == "awaited"

    told = hub.send(acknowledgement(number, verdict=verdict))
    assert (told.message.outcome, told.message.attention) == ("accepted", None)
    assert told.message.acknowledgement == "none"
    assert hub.answers(told.message.id) == [], "an acknowledgement is never acknowledged"

    shown = hub.detail(answer.message.id)
    assert shown.message.acknowledgement == status
    assert [(each.state, each.control_number) for each in shown.expected] == [(status, number)]
    assert (shown.message.attention is not None) == (status in ("rejected", "partly"))
    if shown.message.attention:
        assert told.message.id in shown.message.attention


def test_the_same_acknowledgement_twice_says_it_once(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    hub.send(acknowledgement(number))
    hub.send(acknowledgement(number) + b"\n")
    events = [entry.event for entry in hub.detail(answer.message.id).timeline]
    assert events.count("acknowledged") == 1


def test_an_acknowledgement_of_a_group_never_sent_waits_for_a_person(hub: AtWork) -> None:
    told = hub.send(acknowledgement(4711))
    assert told.message.outcome == "held"
    assert told.message.attention == "Group PR 4711 was never sent to this partner"
    assert codes(told) >= {"BUS-ACKNOWLEDGES-NOTHING"}
    assert_each_finding_helps(told)
    assert hub.sent() == []


def test_a_broken_acknowledgement_is_shown_and_not_acknowledged(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    body = f"AK1*PR*{number}~AK9*MAYBE*1*1*1~"
    told = hub.send(interchange(group(transaction(body, kind="997"), number=900, functional="FA"), number=900))
    assert (told.message.validation, told.message.outcome) == ("rejected", "refused")
    assert told.message.attention is not None
    assert hub.answers(told.message.id) == []
    assert hub.detail(answer.message.id).message.acknowledgement == "awaited"


def test_an_acknowledgement_that_does_not_come_is_overdue_and_a_person_is_told(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    hub.later(hours=DUE_HOURS, seconds=-1)
    hub.look_at_the_clock()
    assert hub.detail(answer.message.id).message.acknowledgement == "awaited"

    hub.later(seconds=1)
    hub.look_at_the_clock()
    late = hub.detail(answer.message.id)
    assert late.message.acknowledgement == "overdue"
    assert late.message.attention == f"no 997 for group {number} by 2026-11-21 12:00 UTC"
    assert late.message.id in {row.id for row in hub.log(status="attention")}

    hub.look_at_the_clock()
    assert [entry.event for entry in hub.detail(answer.message.id).timeline].count("acknowledgement-overdue") == 1
    hub.send(acknowledgement(number))
    assert hub.detail(answer.message.id).message.acknowledgement == "accepted"


def test_nobody_owes_us_an_acknowledgement_of_an_acknowledgement(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    (ours,) = of_kind(hub.answers(got.message.id), "997")
    assert hub.detail(ours.message).message.acknowledgement == "none"
    hub.later(days=3)
    hub.look_at_the_clock()
    assert hub.detail(ours.message).message.acknowledgement == "none"


def test_a_ta1_is_given_where_it_is_asked_for(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", wish=1))
    answers = hub.answers(got.message.id)
    (acknowledged,) = of_kind(answers, "997")
    assert acknowledged.one("TA1") == ["TA1", "000000101", "261120", "0600", "A", "000"]
    assert [segment[0] for segment in acknowledged.segments][:3] == ["ISA", "TA1", "GS"]


@pytest.mark.parametrize("verdict", ["R", "E"])
def test_a_ta1_against_an_interchange_of_ours_calls_a_person(hub: AtWork, verdict: str) -> None:
    _answered_order(hub)
    told = hub.send(_with_ta1(f"TA1*000000001*261120*0600*{verdict}*006~"))
    assert told.message.attention == f"The partner answers our interchange 000000001 with {verdict}, note 006"
    assert codes(told) == {"ENV-OURS-REFUSED"}
    assert_each_finding_helps(told)
    assert hub.answers(told.message.id) == []


def test_a_ta1_that_all_is_well_calls_nobody(hub: AtWork) -> None:
    _answered_order(hub)
    told = hub.send(_with_ta1("TA1*000000001*261120*0600*A*000~"))
    assert (told.message.validation, told.message.attention) == ("valid", None)


def _with_ta1(segment: str) -> bytes:
    return interchange(number=900).replace(b"IEA*", segment.encode() + b"IEA*")


def _answered_order(hub: AtWork) -> tuple[MessageDetail, int]:
    """Send an order; return our answer and the number of its group."""
    got = hub.send(one_order("4500098123"))
    (answer,) = of_kind(hub.answers(got.message.id), "855")
    assert answer.group is not None
    return hub.detail(answer.message), answer.group
