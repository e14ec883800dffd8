"""The plant is told of every real order that stands, once, in the transaction that answers the customer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.canonical.order import OrderAcknowledgement
from hub.canonical.stored import decode_document
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import change
from tests.flow.wire import of_kind, one_order

OpenOver = Callable[[Path], AtWork]
PLANT = "plant-erp"


def told(hub: AtWork) -> list[dict[str, Any]]:
    """Return what waits for the plant, oldest first."""
    ids = sorted(hub.waiting(PLANT))
    shas = [hub.detail(each).message.sha256 for each in ids]
    bodies = hub.hub.database.read_now(lambda conn: [hub.hub.blobs.get(conn, sha) for sha in shas])
    return [json.loads(each) for each in bodies]


def test_the_plant_hears_of_an_order_in_the_hubs_own_json_what_the_buyer_said_and_what_we_promise(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    (notice,) = told(hub)
    order = hub.order("4500098123").summary
    assert (notice["document"], notice["version"]) == ("OrderAcknowledgement", 1)
    assert (notice["order"]["number"], notice["verdict"], notice["seller_order"]) == (
        "4500098123", "accepted-no-change", order.seller_order,
    )  # fmt: skip
    assert notice["lines"][0]["promises"][0]["quantity"]["value"] == "100"
    assert {"role": "buyer", "id": {"value": ACME, "scheme": "mutually-defined"}} in notice["parties"]
    (message,) = hub.waiting(PLANT)
    ours = hub.detail(message)
    assert ours.message.content_type == "application/vnd.hub.OrderAcknowledgement+json"
    assert (ours.message.syntax, ours.message.wire, ours.message.test) == ("json", "OrderAcknowledgement", False)
    assert ours.message.acknowledgement == "none"
    assert ours.duties == []
    assert isinstance(decode_document("OrderAcknowledgement", json.dumps(notice, separators=(",", ":")).encode()),
                      OrderAcknowledgement)  # fmt: skip
    assert [each.message for each in hub.sent()] == [each.message for each in hub.answers(got.message.id)], (
        "it is no answer to the customer"
    )


def test_it_is_found_by_the_order_and_shown_with_why_it_was_sent(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    (message,) = hub.waiting(PLANT)
    assert ("purchase-order", message) in hub.found("4500098123")
    row = hub.detail(message).message
    assert (row.cause_kind, row.answers) == ("event", None)
    assert str(row.cause).startswith("order-accepted:")


@pytest.mark.parametrize(
    ("what", "more"),
    [("a test", {"usage": "T"}), ("held", {"purpose": "01"}), ("refused", {"lines": "PO1*10*100*EA*12.35*CT*BP*NO~"})],
)
def test_what_is_not_to_be_made_is_not_told(hub: AtWork, what: str, more: dict[str, str]) -> None:
    got = hub.send(one_order("4500098123", **more))
    assert got.documents[0].outcome == {"a test": "accepted", "held": "held", "refused": "refused"}[what]
    assert told(hub) == []


def test_an_order_that_comes_again_or_is_replayed_is_told_once(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    hub.send(one_order("4500098123") + b"\n")
    hub.send(one_order("4500098123", 102, purpose="07"))
    hub.replay(got.message.id)
    assert len(told(hub)) == 1


def test_an_order_that_stands_only_after_a_replay_is_told_then(hub_with: OpenOver, tmp_path: Path) -> None:
    items = change(tmp_path, f"partners/{ACME}/items.toml", "AC-1001", "AC-9999")
    hub = hub_with(tmp_path)
    got = hub.send(one_order("4500098123"))
    assert (got.documents[0].outcome, told(hub)) == ("refused", [])
    items.unlink()
    hub.reopen()
    hub.replay(got.message.id)
    assert [each["verdict"] for each in told(hub)] == ["accepted-no-change"]


def test_many_orders_at_once_are_each_told_and_answered(hub: AtWork) -> None:
    for number in range(12):
        hub.take_in(one_order(f"45000981{number:02}", 101 + number))
    hub.work()
    assert sorted(each["order"]["number"] for each in told(hub)) == [f"45000981{number:02}" for number in range(12)]
    assert len(of_kind(hub.sent(), "855")) == 12


def test_what_is_not_told_is_not_sent(hub_with: OpenOver, tmp_path: Path) -> None:
    file = Path(change(tmp_path, f"partners/{PLANT}/partner.toml", "[[tells]]", "[[tells]]"))
    text = file.read_text()
    start = text.index("[[tells]]")
    file.write_text(text[:start] + text[text.index("[[transports]]") :])
    hub = hub_with(tmp_path)
    hub.send(one_order("4500098123"))
    assert told(hub) == []
    assert len(hub.sent()) == 2


def test_the_plant_may_have_it_by_folder(hub_with: OpenOver, tmp_path: Path) -> None:
    change(tmp_path, f"partners/{PLANT}/partner.toml", 'kind = "mailbox"', 'kind = "folder" ')
    hub = hub_with(tmp_path)
    hub.hub.places.prepare([PLANT])
    hub.send(one_order("4500098123"))
    hub.deliver()
    (file,) = hub.hub.places.outbox(PLANT).glob("*.json")
    assert json.loads(file.read_bytes())["order"]["number"] == "4500098123"


FAULTS = {
    "a map that is not there": ("[[tells]]", '[receives]\nnotice = "plant/none"\n\n[[tells]]'),
    "a field that nobody knows": ("currency  =", "curency   ="),
    "no TOML at all": ("[[tells]]", "[json\n[[tells]]"),
}
NAMED = {
    "a map that is not there": "plant/none",
    "a field that nobody knows": "curency",
    "no TOML at all": f"partners/{PLANT}/partner.toml",
}


@pytest.mark.parametrize("case", FAULTS)
def test_who_could_not_be_told_is_told_once_when_their_file_is_mended_and_the_message_processed_again(
    hub_with: OpenOver, tmp_path: Path, case: str
) -> None:
    """A fault in the files of who listens is no matter of the customer's: the order stands and is answered."""
    old, new = FAULTS[case]
    file = change(tmp_path, f"partners/{PLANT}/partner.toml", old, new)
    hub = hub_with(tmp_path)
    got = hub.send(one_order("4500098123"))
    assert (got.message.outcome, hub.order("4500098123").summary.status) == ("accepted", "accepted")
    assert [each.kind for each in hub.answers(got.message.id)].count("855") == 1
    assert told(hub) == []
    file.write_text(file.read_text().replace(new, old))
    hub.reopen()
    for _ in range(2):
        again = hub.replay(got.message.id)
        assert (again.message.outcome, len(told(hub))) == ("accepted", 1)
    assert [duty for duty in again.duties if duty.debtor == "us" and duty.state != "done"] == []
    assert len(of_kind(hub.sent(), "855")) == 1


@pytest.mark.parametrize("case", FAULTS)
def test_what_a_listener_could_not_be_told_stays_owed_until_they_are(
    hub_with: OpenOver, tmp_path: Path, case: str
) -> None:
    old, new = FAULTS[case]
    change(tmp_path, f"partners/{PLANT}/partner.toml", old, new)
    hub = hub_with(tmp_path)
    got = hub.send(one_order("4500098123"))
    for each in (got, hub.replay(got.message.id)):
        owed = [(duty.partner, duty.kind, duty.state) for duty in each.duties if duty.debtor == "us"]
        assert (PLANT, "OrderAcknowledgement", "awaited") in owed
        assert each.message.attention is not None
        assert NAMED[case] in str(each.message.why)


def test_what_waits_for_a_listeners_file_calls_nobody_for_a_test(hub_with: OpenOver, tmp_path: Path) -> None:
    change(tmp_path, f"partners/{PLANT}/partner.toml", *FAULTS["a field that nobody knows"])
    got = hub_with(tmp_path).send(one_order("4500098123", usage="T"))
    assert (got.message.outcome, got.message.attention) == ("accepted", None)
