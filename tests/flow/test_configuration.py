"""What is wrong with us: a message waits, a person is told where to look, nobody else notices, a replay mends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork, assert_each_finding_helps, codes
from tests.flow.overlay import NORTH, add_north, change, from_north, short_numbers, write
from tests.flow.wire import group, interchange, of_kind, one_order, order, transaction

HubWith = Callable[[Path], AtWork]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    folder = tmp_path / "overlay"
    folder.mkdir()
    return folder


def test_a_code_of_the_standard_that_our_map_does_not_know_holds_the_order_until_it_does(
    hub_with: HubWith, overlay: Path
) -> None:
    hub = hub_with(overlay)
    body = interchange(group(transaction(order("4500098123").replace("*100*EA*12.35", "*100*FZ*12.35"))))
    held = hub.send(body)
    assert (held.message.validation, held.message.outcome) == ("warnings", "held")
    assert held.message.acknowledgement == "accepted", "the syntax is sound, and that is all a 997 says"
    assert str(held.message.why).startswith("Not understood: 'FZ' is not in table unit")
    assert "MAP-CODE" in codes(held)
    assert_each_finding_helps(held)
    assert [each.kind for each in hub.answers(held.message.id)] == ["997"]
    assert hub.orders() == []

    assert hub.replay(held.message.id).message.outcome == "held", "nothing has been mended yet"
    change(overlay, "mappings/x12/codes.toml", "[unit]\n", '[unit]\nFZ = "fluid-ounce-uk"\n')
    hub.reopen()
    mended = hub.replay(held.message.id)
    assert mended.message.outcome == "refused", "understood: this unit is not one we sell in"
    assert mended.message.acknowledgement == "accepted"
    assert [row.number for row in hub.orders()] == ["4500098123"]
    assert [each.kind for each in hub.answers(held.message.id)] == ["997", "855"]
    assert [each.number for each in hub.sent()] == [1, 2]


def test_a_replay_of_what_was_applied_changes_nothing(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"), file_name="order.edi")
    before = hub.order("4500098123")
    for _ in range(3):
        again = hub.replay(got.message.id)
        assert (again.message.outcome, again.message.acknowledgement) == ("accepted", "accepted")
    assert hub.order("4500098123") == before
    assert len(hub.sent()) == 2
    assert again.documents == got.documents
    assert again.envelopes == got.envelopes
    assert ("file", got.message.id) in hub.found("order.edi")


@pytest.mark.parametrize("named", ['order = "acme-cardio/850"', '850 = "helix-diagnostics/order"'])
def test_a_customer_is_not_refused_for_a_map_that_our_file_names_as_what_it_is_not(
    hub_with: HubWith, overlay: Path, named: str
) -> None:
    file = change(overlay, "partners/acme-cardio/partner.toml", '850 = "acme-cardio/850"', named)
    hub = hub_with(overlay)
    held = hub.send(one_order("4500098123"))
    assert (held.message.outcome, hub.sent()) == ("held", [])
    assert f"partner.toml:{file.read_text().splitlines().index(named) + 1}: under [sends] " in str(held.message.why)

    change(overlay, "partners/acme-cardio/partner.toml", "850 =", "850 =")
    hub.reopen()
    assert hub.replay(held.message.id).message.outcome == "accepted"


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("partners/acme-cardio/items.toml", "minimum   = 50", "minimun   = 50", 12),
        ("partners/acme-cardio/prices.toml", "amount = 12.35", "amount = twelve", 15),
        ("mappings/acme-cardio/850.toml", '"REF[CO]02"', '"REF[CO]0x"', 10),
        ("mappings/acme-cardio/855.toml", '"REF[CO]02"', '"REF[CO]0x"', 9),
    ],
)
def test_a_fault_in_a_partner_s_files_holds_its_messages_and_nobody_else_s(
    hub_with: HubWith, overlay: Path, name: str, old: str, new: str, line: int
) -> None:
    add_north(overlay)
    broken = change(overlay, name, old, new)
    hub = hub_with(overlay)

    held = hub.send(one_order("4500098123"))
    assert held.message.outcome == "held"
    assert f"{'/'.join(broken.parts[-2:])}:{line}: " in str(held.message.why)
    assert hub.sent() == []
    assert hub.orders() == []
    other = hub.send(from_north(group(transaction(order("N-1"))), number=1), partner=NORTH)
    assert other.message.outcome == "accepted"
    assert hub.backlog().dead == hub.backlog().ready == 0

    broken.unlink()
    hub.reopen()
    mended = hub.replay(held.message.id)
    assert (mended.message.outcome, mended.message.why) == ("accepted", None)
    assert [each.number for each in hub.sent()] == [1, 2]
    assert sorted(row.number for row in hub.orders()) == ["4500098123", "N-1"]


def test_a_partner_whose_file_is_faulty_is_stopped_alone_and_its_messages_wait(
    hub_with: HubWith, overlay: Path
) -> None:
    add_north(overlay)
    hub = hub_with(overlay)
    write(overlay, f"partners/{NORTH}/partner.toml", 'id = "north-valve"\nnmae = "North Valve"\n')
    waiting = hub.take_in(from_north(group(transaction(order("N-1"))), number=1), NORTH)
    hub.reopen()
    hub.work()
    held = hub.detail(waiting)
    assert held.message.outcome == "held"
    assert "partner.toml:2" in str(held.message.why)
    assert hub.send(one_order("4500098123")).message.outcome == "accepted"

    add_north(overlay)
    hub.reopen()
    assert hub.replay(waiting).message.outcome == "accepted"


def test_an_interchange_refused_for_our_mistake_is_taken_by_a_replay(hub_with: HubWith, overlay: Path) -> None:
    wrong = change(overlay, "partners/acme-cardio/partner.toml", '"123456789"', '"123456780"')
    hub = hub_with(overlay)
    refused = hub.send(one_order("4500098123"))
    assert refused.message.outcome == "refused"
    wrong.unlink()
    hub.reopen()
    mended = hub.replay(refused.message.id)
    assert mended.message.outcome == "accepted"
    assert [row.judgement for row in mended.envelopes] == ["first"]
    assert [row.number for row in hub.orders()] == ["4500098123"]


def test_an_answer_that_cannot_be_written_holds_the_order_and_takes_no_number(hub_with: HubWith, overlay: Path) -> None:
    """The partner's guide takes a shorter number in an answer than in an order."""
    short_numbers(overlay)
    hub = hub_with(overlay)
    got = hub.send(one_order("4500098123-7"))
    assert got.message.outcome == "held"
    assert str(got.message.why).startswith("Held: the answer could not be written: ")
    assert_each_finding_helps(got)
    assert [each.kind for each in hub.answers(got.message.id)] == ["997"]
    assert hub.order("4500098123-7").summary.status == "held"

    after = hub.send(one_order("4500098124", 102))
    assert {each.kind for each in hub.answers(after.message.id)} == {"997", "855"}
    assert [each.number for each in hub.sent()] == [1, 2, 3]
    assert sorted(each.group or 0 for each in hub.sent()) == [1, 2, 3]


def test_a_partner_in_test_is_answered_as_test_whatever_its_envelope_says(hub_with: HubWith, overlay: Path) -> None:
    add_north(overlay, usage="T")
    hub = hub_with(overlay)
    got = hub.send(from_north(group(transaction(order("N-1"))), number=1), partner=NORTH)
    assert got.message.test
    assert got.message.validation == "warnings"
    assert "ENV-USAGE-DIFFERS" in codes(got)
    assert_each_finding_helps(got)
    assert hub.orders()[0].test
    answers = hub.answers(got.message.id)
    assert len(of_kind(answers, "855")) == len(of_kind(answers, "997")) == 1
    assert all(each.test for each in answers)
