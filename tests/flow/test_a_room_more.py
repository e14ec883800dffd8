"""A new room is one row and one file: what it takes is handled, and all that it owes to others goes out, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hub.flow.rooms import ROOM_OF
from hub.platform import jobs
from tests.flow.at_work import ACME, AtWork
from tests.flow.dialects import HELIX, SUMMIT
from tests.flow.overlay import from_north, write
from tests.flow.relays import ROW, SUPPLIER, TOLD, add_supplier_and_customers, worked_off_until
from tests.flow.wire import Sent, group, transaction

ANSWER = (
    "BAK*00*AD*{order}*20261119*****20261120~CUR*SE*USD~REF*VN*CM-77~"
    "PO1*10*100*EA*12.35**BP*AC-1001~ACK*IA*100*EA*017*20270315~CTT*1*100~"
)
SHORT_NUMBERS = 'extends = "x12/004010/855"\n[elements]\n"BAK03" = { maximum = 8 }\n'
DEATHS_MAX = 12  # commits of one message are its claim, its effect, and what is noted of it


def body(number: int = 1, order: int = 4500098123) -> bytes:
    """Return the supplier's answer to an order, in an interchange of that number."""
    answer = ANSWER.format(order=order)
    return from_north(group(transaction(answer, kind="855"), functional="PR", number=number), number=number)


@pytest.fixture
def hub(hub_with: Callable[[Path], AtWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtWork:
    add_supplier_and_customers(tmp_path / "overlay")
    for document, room in ROW.items():
        monkeypatch.setitem(ROOM_OF, document, room)
    return hub_with(tmp_path / "overlay")


def told(hub: AtWork) -> dict[str, list[Sent]]:
    """Return what each of the three was sent, oldest first."""
    rows = {partner: hub.log(direction="out", partner=partner) for partner in TOLD}
    return {
        partner: [hub._sent(row.id) for row in sorted(found, key=lambda row: row.id)] for partner, found in rows.items()
    }


def answers(hub: AtWork, message: str) -> int:
    """Return to how many of the three something was sent because of the message."""
    return sum(row.partner in TOLD for row in hub.detail(message).answers)


def test_without_the_row_nobody_handles_the_document(hub: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    for document in ROW:
        monkeypatch.delitem(ROOM_OF, document)
    got = hub.send(body(), SUPPLIER)
    assert got.message.outcome == "held"
    assert not any(told(hub).values())


def test_what_a_room_owes_to_three_partners_goes_to_each_in_its_own_syntax_and_words(hub: AtWork) -> None:
    got = hub.send(body(), SUPPLIER)
    assert (got.message.validation, got.message.outcome) == ("valid", "accepted")
    assert [each.kind for each in hub.sent(SUPPLIER)] == ["997"]
    [x12], [xml], [json_] = told(hub).values()
    assert (x12.one("BAK")[3], x12.one("REF")[1:], x12.number) == ("4500098123", ["VN", "CM-77"], 1)
    response = ElementTree.fromstring(xml.body)
    assert response.findtext("{*}Header/{*}OrderNumber") == "4500098123"
    assert response.findtext("{*}Header/{*}SupplierOrderNumber") == "CM-77"
    assert {name: json.loads(json_.body)[name] for name in ("orderId", "supplierOrderId")} == {
        "orderId": "4500098123",
        "supplierOrderId": "CM-77",
    }
    for partner, syntax in zip(TOLD, ("x12", "xml", "json"), strict=True):
        [row] = hub.log(direction="out", partner=partner)
        assert row.syntax == syntax
        assert row.id in {each.id for each in got.answers}
        assert ("purchase-order", row.id) in hub.found("4500098123")


def test_what_one_of_them_cannot_be_written_calls_a_person_and_the_others_are_told(
    hub_with: Callable[[Path], AtWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_supplier_and_customers(tmp_path / "overlay")
    write(tmp_path / "overlay", f"partners/{ACME}/guides/855.toml", SHORT_NUMBERS)
    for document, room in ROW.items():
        monkeypatch.setitem(ROOM_OF, document, room)
    hub = hub_with(tmp_path / "overlay")
    got = hub.send(body(), SUPPLIER)
    assert {partner: len(each) for partner, each in told(hub).items()} == {ACME: 0, SUMMIT: 1, HELIX: 1}
    assert got.message.why is not None
    assert "could not be written" in got.message.why


@pytest.mark.parametrize("point", ["before-commit", "after-commit-before-answer"])
def test_a_death_at_any_moment_leaves_all_of_it_or_nothing(hub: AtWork, point: str) -> None:
    """The process that works off a message ends at its first commit; that of the next message at its second; and so on
    until one comes to its end."""
    left = set()
    for commit in range(1, DEATHS_MAX):
        message = hub.take_in(body(commit), SUPPLIER)
        ended = worked_off_until(f"{point}:{commit}", hub)
        sent = answers(hub, message)
        assert sent in (0, len(TOLD)), f"{point}:{commit}"
        assert bool(sent) == (hub.detail(message).message.outcome == "accepted")
        left.add(sent)
        hub.hub.database.write_now(lambda conn: jobs.take_over(conn, now=hub.clock.now()))
        hub.later(hours=1)
        hub.work()
        assert answers(hub, message) == len(TOLD)
        if ended == 0:
            break
    assert ended == 0, "no message came to its end"
    assert left == {0, len(TOLD)}
    assert [each.number for each in told(hub)[ACME]] == list(range(1, commit + 1))
