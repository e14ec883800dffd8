"""What the partner says about what we sent, and what we say when it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.exchange.model import MessageDetail
from hub.formats.x12.survey import TA1S_MAX
from tests.flow.at_work import AtWork, assert_each_finding_helps, codes
from tests.flow.overlay import change, write
from tests.flow.wire import acknowledgement, group, interchange, of_kind, one_order, transaction

DUE_HOURS = 24  # partner.toml: functional_due_minutes
FUNCTIONAL = "FunctionalAcknowledgement"
OpenOver = Callable[[Path], AtWork]


@pytest.mark.parametrize(
    ("verdict", "status"), [("A", "accepted"), ("E", "accepted"), ("R", "rejected"), ("P", "partly")]
)
def test_their_acknowledgement_is_shown_on_our_answer(hub: AtWork, verdict: str, status: str) -> None:
    answer, number = _answered_order(hub)
    assert answer.message.acknowledgement == "awaited"

    told = hub.send(acknowledgement(number, verdict=verdict))
    assert (told.message.outcome, told.message.why) == ("accepted", None)
    assert told.message.acknowledgement == "none"
    assert hub.answers(told.message.id) == [], "an acknowledgement is never acknowledged"

    shown = hub.detail(answer.message.id)
    assert shown.message.acknowledgement == status
    assert [(each.state, each.reference) for each in shown.duties] == [(status, f"PR {number}")]
    assert (shown.message.why is not None) == (status in ("rejected", "partly"))
    if shown.message.why:
        assert told.message.id in shown.message.why


def test_the_same_acknowledgement_twice_says_it_once(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    hub.send(acknowledgement(number))
    hub.send(acknowledgement(number) + b"\n")
    events = [entry.event for entry in hub.detail(answer.message.id).timeline]
    assert events.count("acknowledged") == 1


def test_an_acknowledgement_of_a_group_never_sent_waits_for_a_person(hub: AtWork) -> None:
    told = hub.send(acknowledgement(4711))
    assert told.message.outcome == "held"
    assert told.message.why == "Group 4711 (PR) was never sent to this partner"
    assert codes(told) >= {"BUS-ACKNOWLEDGES-NOTHING"}
    assert_each_finding_helps(told)
    assert hub.sent() == []


def test_a_broken_acknowledgement_is_shown_and_not_acknowledged(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    body = f"AK1*PR*{number}~AK9*MAYBE*1*1*1~"
    told = hub.send(interchange(group(transaction(body, kind="997"), number=900, functional="FA"), number=900))
    assert (told.message.validation, told.message.outcome) == ("rejected", "refused")
    assert told.message.why is not None
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
    assert late.message.why == f"no 997 for PR {number} by 2026-11-21 12:00 UTC"
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


@pytest.mark.parametrize(("said", "calls"), [("AK9*A*1**1~", False), ("AK9*A~", False), ("AK9*A*1*1*0~", True)])
def test_what_answers_our_acknowledgement_calls_a_person_only_where_it_rejects(
    hub: AtWork, said: str, calls: bool
) -> None:
    hub.send(one_order("4500098123"))
    (ours,) = of_kind(hub.sent(), "997")
    body = transaction(f"AK1*FA*{ours.group}~{said}", kind="997")
    told = hub.send(interchange(group(body, number=900, functional="FA"), number=900))
    assert (told.message.outcome, told.message.attention is not None) == ("accepted", calls)


def test_what_a_map_of_their_own_reads_no_group_of_waits_for_a_person(tmp_path: Path, hub_with: OpenOver) -> None:
    own = '[map]\ndocument = "FunctionalAcknowledgement"\nwire = "x12/004010/997"\nversion = 1\n'
    write(tmp_path, "mappings/acme-cardio/997.toml", f'{own}[fields]\nverdict = "AK901 | code:ack"\n')
    change(tmp_path, "partners/acme-cardio/partner.toml", '"x12/004010/997"', '"acme-cardio/997"')
    hub = hub_with(tmp_path)
    hub.send(one_order("4500098123"))
    said = transaction("AK1*PR*1~AK9*A*1*1*1~", kind="997")
    told = hub.send(interchange(group(said, number=900, functional="FA"), number=900))
    assert (told.message.outcome, "BUS-ACKNOWLEDGES-UNNAMED" in codes(told)) == ("held", True)
    assert told.message.attention is not None


def test_a_ta1_is_given_where_it_is_asked_for(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", wish=1))
    answers = hub.answers(got.message.id)
    (acknowledged,) = of_kind(answers, "997")
    assert [segment[0] for each in answers for segment in each.segments].count("TA1") == 1
    assert acknowledged.one("TA1") == ["TA1", "000000101", "261120", "0600", "A", "000"]
    assert [segment[0] for segment in acknowledged.segments][:3] == ["ISA", "TA1", "GS"]


def test_of_several_interchanges_that_ask_for_a_ta1_each_gets_one(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", wish=1) + interchange(number=102, wish=1))
    given = [segment[1] for each in hub.answers(got.message.id) for segment in each.segments if segment[0] == "TA1"]
    assert sorted(given) == ["000000101", "000000102"]


def test_a_ta1_that_refuses_our_interchange_calls_a_person_to_both_messages(hub: AtWork) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_ta1("R", note="006"))
    assert (told.message.outcome, told.message.document, told.message.wire) == ("accepted", FUNCTIONAL, "TA1")
    assert told.message.why == (
        "The partner refused our interchange 000000001, note 006: the sender id (ISA06) is not one they know"
    )
    assert codes(told) == {"ENV-OURS-REFUSED"}
    assert_each_finding_helps(told)
    assert hub.answers(told.message.id) == [], "an acknowledgement is never acknowledged"

    shown = hub.detail(answer.message.id)
    assert shown.message.acknowledgement == "rejected"
    assert shown.message.why == f"acme-cardio rejected what we sent (acknowledgement {told.message.id})"
    assert [each.acknowledgement for each in shown.documents] == ["rejected"]
    assert _acknowledged(shown) == ["interchange rejected by acme-cardio, note 006"]


@pytest.mark.parametrize(("note", "told"), [("*000", ", note 000"), ("", "")])
def test_a_ta1_that_takes_our_interchange_is_told_in_the_timeline_of_ours(hub: AtWork, note: str, told: str) -> None:
    answer, _ = _answered_order(hub)
    hub.send(_with_ta1(f"TA1*000000001*261120*0600*A{note}~"))
    assert _acknowledged(hub.detail(answer.message.id)) == [f"interchange accepted by acme-cardio{told}"]


def test_what_was_refused_with_its_envelope_is_not_overdue_as_well(hub: AtWork) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_ta1("R", note="006"))
    hub.later(hours=2 * DUE_HOURS)
    hub.look_at_the_clock()
    shown = hub.detail(answer.message.id)
    assert shown.message.acknowledgement == "rejected"
    assert told.message.id in (shown.message.why or "")


def test_what_was_refused_and_is_accepted_since_calls_a_person_who_asks_which_holds(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    hub.send(_ta1("R", note="006"))
    told = hub.send(acknowledgement(number, control=901))
    _assert_asked(hub, answer.message.id, "rejected", "accepted", told.message.id)


@pytest.mark.parametrize("first", "ARP")
@pytest.mark.parametrize("since", "ARP")
def test_of_two_verdicts_the_first_stands_and_the_list_says_what_the_page_says(
    hub: AtWork, first: str, since: str
) -> None:
    answer, number = _answered_order(hub)
    hub.send(acknowledgement(number, verdict=first))
    before = hub.detail(answer.message.id)
    told = hub.send(acknowledgement(number, verdict=since, control=901))
    if first != since:
        _assert_asked(hub, answer.message.id, WORDS[first], WORDS[since], told.message.id)
    shown = hub.detail(answer.message.id)
    (listed,) = [each for each in hub.log(direction="out") if each.id == answer.message.id]
    assert listed.acknowledgement == shown.message.acknowledgement == WORDS[first]
    assert [each.acknowledgement for each in shown.documents] == [each.acknowledgement for each in before.documents]
    assert listed.why == shown.message.why
    assert first == since or listed.why


def test_an_envelope_that_is_refused_after_what_is_in_it_was_taken_leaves_that_taken(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    hub.send(acknowledgement(number, control=901))
    told = hub.send(_ta1("R", note="006"))
    _assert_asked(hub, answer.message.id, "accepted", "rejected", told.message.id)
    assert [each.acknowledgement for each in hub.detail(answer.message.id).documents] == ["accepted"]


def test_a_contradiction_that_a_person_has_dealt_with_calls_nobody_when_it_is_replayed(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    hub.send(acknowledgement(number, verdict="R"))
    told = hub.send(acknowledgement(number, control=901))
    hub.dealt_with(answer.message.id)
    hub.replay(told.message.id)
    shown = hub.detail(answer.message.id)
    assert (shown.message.acknowledgement, shown.message.why) == ("rejected", None)
    assert [each.event for each in shown.timeline].count("acknowledgement-contradicted") == 1


WORDS = {"A": "accepted", "R": "rejected", "P": "partly"}


def _assert_asked(hub: AtWork, ours: str, first: str, since: str, by: str) -> None:
    shown = hub.detail(ours).message
    said = {"accepted": "accepted", "rejected": "rejected", "partly": "partly accepted"}
    assert shown.acknowledgement == first
    assert shown.why == f"acme-cardio: {said[first]}, {said[since]} since (acknowledgement {by}): ask which holds"


@pytest.mark.parametrize(
    ("verdict", "note", "word", "said"),
    [
        ("A", "000", "accepted", None),
        (
            "E",
            "018",
            "accepted with errors",
            "The partner took with faults our interchange 000000001, note 018: "
            "its control number (ISA13) is not one they take",
        ),
    ],
)
def test_a_ta1_that_takes_our_interchange_is_noted_and_the_997_still_awaited(
    hub: AtWork, verdict: str, note: str, word: str, said: str | None
) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_ta1(verdict, note=note))
    assert (told.message.validation, told.message.why) == ("warnings" if said else "valid", said)
    shown = hub.detail(answer.message.id)
    assert (shown.message.acknowledgement, shown.message.why) == ("awaited", None)
    assert _acknowledged(shown) == [f"interchange {word} by acme-cardio, note {note}"]


@pytest.mark.parametrize(("verdict", "status"), [("A", "none"), ("R", "rejected")])
def test_a_ta1_about_our_997_refuses_it_or_leaves_it_as_it_is(hub: AtWork, verdict: str, status: str) -> None:
    _answered_order(hub)
    (ours,) = of_kind(hub.sent(), "997")
    hub.send(_ta1(verdict, about=ours.number))
    assert hub.detail(ours.message).message.acknowledgement == status


def test_a_ta1_replayed_says_nothing_twice_and_calls_nobody_again(hub: AtWork) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_ta1("R", note="006"))
    hub.dealt_with(answer.message.id)
    again = hub.replay(told.message.id)
    assert (again.message.outcome, again.message.why) == (told.message.outcome, told.message.why)
    shown = hub.detail(answer.message.id)
    assert (shown.message.acknowledgement, shown.message.why) == ("rejected", None)
    assert len(_acknowledged(shown)) == 1


def test_an_acknowledgement_replayed_says_nothing_anew_beside_a_later_one(hub: AtWork) -> None:
    answer, number = _answered_order(hub)
    first = hub.send(acknowledgement(number, verdict="R"))
    hub.send(acknowledgement(number, verdict="A", control=901))
    for _ in range(2):
        hub.replay(first.message.id)
    shown = hub.detail(answer.message.id)
    assert shown.message.acknowledgement == "rejected"
    assert _acknowledged(shown) == ["rejected by acme-cardio"]
    assert [each.event for each in shown.timeline].count("acknowledgement-contradicted") == 1


@pytest.mark.parametrize(("about", "day"), [(4711, "261120"), (1, "251120")])
def test_a_ta1_about_an_interchange_never_sent_that_day_waits_for_a_person(hub: AtWork, about: int, day: str) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_ta1("R", about=about, day=day))
    on = f"20{day[:2]}-{day[2:4]}-{day[4:]}"
    assert told.message.outcome == "held"
    assert told.message.why == f"Interchange {about:09d} of {on} was never sent to this partner"
    assert codes(told) == {"BUS-ACKNOWLEDGES-NOTHING"}
    assert_each_finding_helps(told)
    assert hub.detail(answer.message.id).message.acknowledgement == "awaited"


@pytest.mark.parametrize("day", ["261119", "261121", "", "000000"])
def test_a_ta1_may_write_the_day_of_another_zone_or_none(hub: AtWork, day: str) -> None:
    answer, _ = _answered_order(hub)
    hub.send(_ta1("R", day=day))
    assert hub.detail(answer.message.id).message.acknowledgement == "rejected"


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ("TA1*000000001*261120*0600*X*006~", "TA104 says X; it must be A, E or R"),
        ("TA1*1A*261120*0600*R*006~", "TA101 says 1A; it must be a control number of up to nine digits"),
        ("TA1~", "TA101 says nothing; it must be a control number of up to nine digits"),
    ],
)
def test_a_ta1_that_cannot_be_read_is_shown_and_changes_nothing(hub: AtWork, segment: str, said: str) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_with_ta1(segment))
    assert (told.message.validation, told.message.outcome) == ("rejected", "refused")
    assert told.message.why == f"Rejected: {said}"
    assert_each_finding_helps(told)
    assert hub.answers(told.message.id) == []
    assert hub.detail(answer.message.id).message.acknowledgement == "awaited"


def test_a_ta1_beside_orders_leaves_them_and_their_acknowledgement_as_they_are(hub: AtWork) -> None:
    answer, _ = _answered_order(hub)
    body = one_order("4500098124", 102).replace(b"GS*PO", b"TA1*000000001*261120*0600*R*006~GS*PO")
    got = hub.send(body)
    assert [(each.position, each.kind) for each in got.documents] == [(1, "850"), (2, "TA1")]
    (said,) = of_kind(hub.answers(got.message.id), "997")
    assert said.one("AK9") == ["AK9", "A", "1", "1", "1"]
    assert hub.detail(answer.message.id).message.acknowledgement == "rejected"


def test_what_a_refused_interchange_says_about_ours_is_not_believed(hub: AtWork) -> None:
    answer, _ = _answered_order(hub)
    hub.send(_with_ta1("TA1*000000001*261120*0600*R*006~").replace(b"IEA*0*", b"IEA*1*").replace(b"01*123", b"01*999"))
    assert hub.detail(answer.message.id).message.acknowledgement == "awaited"


def test_of_too_many_ta1_in_one_interchange_the_first_count(hub: AtWork) -> None:
    answer, _ = _answered_order(hub)
    told = hub.send(_with_ta1("TA1*000000001*261120*0600*A*000~" * (TA1S_MAX + 1)))
    assert "ENV-TOO-MANY-TA1" in codes(told)
    assert told.message.documents == TA1S_MAX
    assert len(_acknowledged(hub.detail(answer.message.id))) == 1


def _ta1(verdict: str, *, about: int = 1, day: str = "261120", note: str = "000") -> bytes:
    return _with_ta1(f"TA1*{about:09d}*{day}*0600*{verdict}*{note}~")


def _acknowledged(shown: MessageDetail) -> list[str | None]:
    """Return what the timeline says was said about the message."""
    return [str(entry.text) for entry in shown.timeline if entry.event == "acknowledged"]


def _with_ta1(segment: str) -> bytes:
    return interchange(number=900).replace(b"IEA*", segment.encode() + b"IEA*")


def _answered_order(hub: AtWork) -> tuple[MessageDetail, int]:
    """Send an order; return our answer and the number of its group."""
    got = hub.send(one_order("4500098123"))
    (answer,) = of_kind(hub.answers(got.message.id), "855")
    assert answer.group is not None
    return hub.detail(answer.message), answer.group
