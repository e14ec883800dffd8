"""A partner whose interchange numbers begin anew: agreed in its file, its old numbers are new ones after a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.kernel.diagnostics import Severity
from tests.flow.at_work import AtWork, assert_each_finding_helps, codes, findings
from tests.flow.dialects import json_order
from tests.flow.overlay import change
from tests.flow.wire import of_kind, one_order
from tests.house import CHECKOUT

FILE = "partners/acme-cardio/partner.toml"
ACME, MERIDIAN = "acme-cardio", "meridian-cath"
PAYLOAD = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()
LENIENT = '\nleniency = ["number-may-restart"]'
X12 = """
[x12.ours]
qualifier = "ZZ"
id        = "MEDCM"

[[x12.theirs]]
qualifier = "ZZ"
id        = "MERIDIANCATH"
"""
AGREED = 'leniency  = ["test-in-production"'


@pytest.fixture
def hub(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> AtWork:
    change(tmp_path / "overlay", FILE, AGREED, AGREED + ', "number-may-restart"')
    return hub_with(tmp_path / "overlay")


def test_an_old_number_around_other_bytes_is_taken_as_a_new_one_and_said_so(hub: AtWork) -> None:
    first = hub.send(one_order("4500098123"))
    hub.later(days=61)
    other = hub.send(one_order("4500098124"))
    assert (other.message.validation, other.message.outcome, other.message.why) == ("valid", "accepted", None)
    assert [row.number for row in hub.orders()] == ["4500098124", "4500098123"]
    assert {sent.kind for sent in hub.answers(other.message.id)} == {"997", "855"}
    (note,) = [each for each in findings(other) if each.code == "ENV-INTERCHANGE-NUMBER-RESTARTED"]
    assert note.severity is Severity.NOTE
    assert first.message.id in str(note.remedy)
    assert [row.judgement for row in hub.detail(first.message.id).envelopes] == ["superseded"]


def test_before_that_it_is_quarantined_as_ever(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    hub.later(days=60)
    other = hub.send(one_order("4500098124"))
    assert other.message.outcome == "quarantined"
    assert "ENV-INTERCHANGE-NUMBER-TAKEN" in codes(other)
    assert_each_finding_helps(other)


def test_a_replay_of_either_changes_nothing(hub: AtWork) -> None:
    first = hub.send(one_order("4500098123"))
    hub.later(days=61)
    other = hub.send(one_order("4500098124"))
    for each in (first, other):
        again = hub.replay(each.message.id)
        assert (again.message.outcome, again.message.why) == (each.message.outcome, each.message.why)
        assert {*codes(again)} == {*codes(each)}
    assert len(hub.orders()) == 2
    assert len(of_kind(hub.sent(), "855")) == 2


def test_an_order_sent_again_under_an_old_number_is_still_no_second_order(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    hub.later(days=61)
    again = hub.send(one_order("4500098123", wish=1))
    assert again.message.outcome == "duplicate"
    assert len(hub.orders()) == 1


def test_the_time_is_the_partners_own(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> None:
    path = change(tmp_path / "overlay", FILE, AGREED, AGREED + ', "number-may-restart"')
    path.write_text(path.read_text().replace("[x12]\n", "[x12]\nnumbers_restart_after_days = 10\n"))
    hub = hub_with(tmp_path / "overlay")
    hub.send(one_order("4500098123"))
    hub.later(days=11)
    assert hub.send(one_order("4500098124")).message.outcome == "accepted"


def test_what_the_same_partner_sends_in_json_never_begins_anew(
    hub_with: Callable[[Path], AtWork], tmp_path: Path
) -> None:
    path = change(tmp_path / "overlay", FILE, AGREED, AGREED + ', "number-may-restart"')
    path.write_text(path.read_text().replace("[sends]", '[sends]\norder = "helix-diagnostics/order"'))
    hub = hub_with(tmp_path / "overlay")
    ordered = {"lineNo": 1, "partNo": "AC-1001", "revision": "D", "size": {"amount": 500, "unit": "each"}}
    said = {"agreement": "BPA-2026-017", "currency": "USD", "items": [{**ordered, "netPrice": 12.35}]}
    in_json = hub.send(json_order("N-1", **said), ACME)
    in_x12 = hub.send(one_order("4500098123"))
    hub.later(days=61)
    assert (in_json.message.validation, in_json.message.outcome) == ("valid", "accepted"), codes(in_json)
    assert hub.send(json_order("N-1", **said, remarks=["hurry"]), ACME).message.outcome == "quarantined"
    assert hub.send(one_order("4500098124")).message.outcome == "accepted"
    assert [row.judgement for row in hub.detail(in_json.message.id).envelopes] == ["first"]
    assert [row.judgement for row in hub.detail(in_x12.message.id).envelopes] == ["superseded"]


def test_nor_does_a_payload_of_cxml(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> None:
    path = change(tmp_path / "overlay", f"partners/{MERIDIAN}/partner.toml", "\nid ", LENIENT + "\nid ")
    path.write_text(path.read_text() + X12)
    hub = hub_with(tmp_path / "overlay")
    first = hub.send(PAYLOAD, MERIDIAN)
    hub.later(days=61)
    other = hub.send(PAYLOAD.replace(b'quantity="200"', b'quantity="201"'), MERIDIAN)
    assert (first.message.outcome, other.message.outcome) == ("accepted", "quarantined")
    assert "ENV-IDENTITY-TAKEN" in codes(other)
