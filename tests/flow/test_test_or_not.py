"""Who is made a test without saying so is told, and a person is called; what says nothing readable is not taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork, codes, findings
from tests.flow.overlay import NORTH, add_north, change, from_north
from tests.flow.wire import group, of_kind, one_order, order, transaction

HubWith = Callable[[Path], AtWork]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "overlay"


@pytest.mark.parametrize("wish", [0, 1])
@pytest.mark.parametrize("usage", ["p", "t", "i", " ", "X", "0", "1", "-", "?", "D"])
def test_a_usage_that_is_none_refuses_the_interchange(hub: AtWork, usage: str, wish: int) -> None:
    got = hub.send(one_order("4500098123", usage=usage, wish=wish))
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert "ENV-USAGE" in codes(got)
    assert got.message.why is not None
    assert got.message.why.startswith("Refused: the usage indicator (ISA15) is ")
    (answer,) = hub.answers(got.message.id)
    assert answer.one("TA1")[4:] == ["R", "020"]
    assert hub.orders() == []
    put_right = hub.send(one_order("4500098123"))
    assert put_right.message.outcome == "accepted", "what was refused takes no number"


def test_information_is_taken_as_a_test_and_a_person_called(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", usage="I"))
    assert got.message.test
    assert got.message.why == "ISA15 says 'I', the partner's file says 'P'; it is taken as a test"


def test_who_says_test_is_believed_without_a_call(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", usage="T"))
    assert (got.message.test, got.message.why) == (True, None)


def test_who_says_production_in_production_is_no_test(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    assert (got.message.test, got.message.why) == (False, None)


@pytest.mark.parametrize("usage", ["P", "I"])
def test_a_partner_in_test_that_says_otherwise_is_told_to_a_person(
    hub_with: HubWith, overlay: Path, usage: str
) -> None:
    add_north(overlay, usage="T")
    hub = hub_with(overlay)
    got = hub.send(from_north(group(transaction(order("N-1"))), number=1, usage=usage), NORTH)
    assert got.message.test
    assert "ENV-USAGE-DIFFERS" in codes(got)
    assert got.message.why == f"ISA15 says '{usage}', the partner's file says 'T'; it is taken as a test"
    assert all(each.test for each in of_kind(hub.answers(got.message.id), "855"))


def test_a_partner_in_test_that_says_test_is_not_told_anything(hub_with: HubWith, overlay: Path) -> None:
    add_north(overlay, usage="T")
    got = hub_with(overlay).send(from_north(group(transaction(order("N-1"))), number=1, usage="T"), NORTH)
    assert (got.message.test, got.message.why) == (True, None)


def test_whom_the_file_forgives_gets_a_note_and_nobody_is_called(hub_with: HubWith, overlay: Path) -> None:
    change(overlay, "partners/acme-cardio/partner.toml", '["test-in-production"]', '["usage-may-differ"]')
    got = hub_with(overlay).send(one_order("4500098123", usage="I"))
    assert (got.message.test, got.message.why) == (True, None)
    assert [f.severity.name for f in findings(got) if f.code == "ENV-USAGE-DIFFERS"] == ["NOTE"]
