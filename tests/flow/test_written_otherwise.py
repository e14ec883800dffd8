"""Numbers that are one to a person, and acknowledgements of what was not sent or needs none."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork, codes
from tests.flow.wire import acknowledgement, group, interchange, of_kind, one_order, order, transaction

SPELLINGS = [
    ("46550001", "0046550001"),
    ("0046550001", "46550001"),
    ("4655", "00004655"),
    ("00004655", "4655"),
    ("0000004655", "00004655"),
    ("46550001", " 46550001"),
    ("46550001", "   0046550001"),
    ("PO-77A", "po-77a"),
    ("PO-77A", "Po-77a"),
    ("PO-77A", "  PO-77A"),
    ("7", "0000000007"),
    ("00501", "501"),
    ("po-77a", "PO-77A"),
    ("  PO-77A", "PO-77A"),
    ("x520", "X520"),
]
OTHERS = [
    ("46550001", "46550010"),
    ("46550001", "4655000"),
    ("46550001", "4655-0001"),
    ("46550001", "46550001A"),
    ("46550001", "146550001"),
    ("46550100", "465501"),
    ("PO-77A", "PO-77B"),
    ("PO-0077", "PO-77"),
    ("4600000733", "4600000734"),
    ("0", "00000001"),
]


@pytest.mark.parametrize(("first", "second"), SPELLINGS)
def test_an_order_that_stands_under_another_spelling_of_its_number_holds_the_second(
    hub: AtWork, first: str, second: str
) -> None:
    assert hub.send(one_order(first, 101)).message.outcome == "accepted"
    again = hub.send(one_order(second, 102))
    assert again.message.outcome == "held"
    assert again.message.why is not None
    assert f"stands already as '{first.rstrip()}'" in again.message.why


@pytest.mark.parametrize(("first", "second"), SPELLINGS)
def test_so_it_does_whichever_comes_first_and_in_one_body(hub: AtWork, first: str, second: str) -> None:
    assert hub.send(one_order(second, 101)).message.outcome == "accepted"
    assert hub.send(one_order(first, 102)).message.outcome == "held"
    sets = [transaction(order(each.strip() + "1"), control=f"{n:04d}") for n, each in enumerate((first, second), 1)]
    both = hub.send(interchange(group(*sets), number=103))
    assert [row.outcome for row in both.documents] == [
        "accepted",
        "held" if first.strip() != second.strip() else "duplicate",
    ]


@pytest.mark.parametrize(("first", "second"), OTHERS)
def test_another_number_is_another_order(hub: AtWork, first: str, second: str) -> None:
    for number, control in ((first, 101), (second, 102)):
        assert hub.send(one_order(number, control)).message.outcome == "accepted"


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("1", "001", "held"),
        ("0007", "7", "held"),
        ("A1", "a1", "held"),
        ("1", "2", "accepted"),
        ("10", "1", "accepted"),
        ("1", "01 ", "held"),
    ],
)
def test_so_are_releases_of_one_order(hub: AtWork, first: str, second: str, outcome: str) -> None:
    bodies = [_release(first, 101), _release(second, 102)]
    assert [hub.send(body).message.outcome for body in bodies] == ["accepted", outcome]


def test_both_releases_are_named_where_one_may_be_the_other(hub: AtWork) -> None:
    hub.send(_release("1", 101))
    why = hub.send(_release("001", 102)).message.why or ""
    assert "order '4600000733 release 001' stands already as '4600000733 release 1'" in why


def test_both_spellings_in_one_interchange_are_one_order_and_a_question(hub: AtWork) -> None:
    sets = [transaction(order(number), control=f"000{at}") for at, number in enumerate(("46550001", "0046550001"), 1)]
    told = hub.send(interchange(group(*sets)))
    assert [each.outcome for each in told.documents] == ["accepted", "held"]


def test_a_spelling_of_an_order_that_was_refused_or_is_a_test_is_no_question(hub: AtWork) -> None:
    hub.send(one_order("46550001", 101, lines="PO1*10*100*EA*12.35*CT*BP*NOTHING~"))
    hub.send(one_order("46550002", 102, usage="T"))
    assert hub.send(one_order("0046550001", 103)).message.outcome == "accepted"
    assert hub.send(one_order("0046550002", 104)).message.outcome == "accepted"


def _release(release: str, control: int) -> bytes:
    text = one_order("4600000733", control).decode()
    return text.replace("BEG*00*SA*4600000733**", f"BEG*00*RL*4600000733*{release}*").encode()


@pytest.mark.parametrize("verdict", ["A", "E"])
def test_an_answer_to_our_acknowledgement_is_noted_and_calls_nobody(hub: AtWork, verdict: str) -> None:
    told = hub.send(one_order("4600000733"))
    ours = of_kind(hub.answers(told.message.id), "997")[0]
    assert ours.group is not None
    noted = hub.send(_about_ours(ours.group, verdict))
    assert (noted.message.outcome, noted.message.why) == ("accepted", None)
    assert codes(noted) == {"BUS-ACKNOWLEDGES-RECEIPT"}


def test_a_rejection_of_our_acknowledgement_is_somebodys_work(hub: AtWork) -> None:
    ours = of_kind(hub.answers(hub.send(one_order("4600000733")).message.id), "997")[0]
    assert ours.group is not None
    told = hub.send(_about_ours(ours.group, "R"))
    assert told.message.why == f"The partner rejects our acknowledgement, group {ours.group}"
    assert hub.answers(told.message.id) == []


def _about_ours(number: int, verdict: str) -> bytes:
    return acknowledgement(number, functional="FA", verdict=verdict).replace(b"AK2*855*", b"AK2*997*")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("AK2*850*0001~AK5*A~AK9*A*1*1*1~", "Set 850 0001 was never sent"),
        ("AK2*856*0001~AK5*A~AK9*A*1*1*1~", "Set 856 0001 was never sent"),
        ("AK2*850*1~AK5*A~AK9*A*1*1*1~", "Set 850 0001 was never sent"),
        ("AK9*A*2*2*2~", "counts 2 sets"),
        ("AK9*A*9*9*9~", "counts 9 sets"),
        ("AK2*855*0001~AK5*A~AK9*A*2*2*2~", "counts 2 sets"),
    ],
)
def test_who_acknowledges_more_or_other_than_was_sent_is_asked(hub: AtWork, body: str, said: str) -> None:
    ours = of_kind(hub.answers(hub.send(one_order("4600000733")).message.id), "855")[0]
    text = f"AK1*PR*{ours.group}~{body}"
    told = hub.send(interchange(group(transaction(text, kind="997"), number=900, functional="FA"), number=900))
    assert told.message.why is not None
    assert said in told.message.why
    assert "BUS-ACKNOWLEDGES-NOTHING" in codes(told)
