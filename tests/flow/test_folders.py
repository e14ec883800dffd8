"""Files in, files out: taken once, answered whole, and tried again when the folder cannot be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.flow.delivering import Deliverer, transports
from tests.flow.at_work import AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, order, transaction

BODY = from_north(group(transaction(order("N-1"))), number=1)


@pytest.fixture
def north(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> AtWork:
    add_north(tmp_path / "overlay")
    return hub_with(tmp_path / "overlay")


def test_a_file_that_is_dropped_is_taken_and_its_answers_appear_whole(north: AtWork) -> None:
    dropped = north.drop("order 1.edi", BODY, NORTH)
    assert north.sweep() == 1
    assert not dropped.exists()
    (message,) = north.log(direction="in")
    assert (message.transport, message.file_name, message.outcome) == ("folder", "order 1.edi", "accepted")

    north.deliver()
    files = north.fetched_folder(NORTH)
    assert [each.message for each in files] == ["855-000000001.edi", "997-000000002.edi"]
    assert [each.body for each in files] == [each.body for each in north.answers(message.id)]
    assert all(each.body.endswith(b"~") for each in files)
    assert {row.delivery for row in north.log(direction="out", partner=NORTH)} == {"delivered"}


def test_the_same_file_dropped_twice_is_one_order_and_the_first_answers_again(north: AtWork) -> None:
    north.drop("order.edi", BODY, NORTH)
    north.sweep()
    north.deliver()
    before = [each.body for each in north.fetched_folder(NORTH)]
    for path in north.hub.places.outbox(NORTH).iterdir():
        path.unlink()  # the partner took them, and lost them

    north.drop("order.edi", BODY, NORTH)
    assert north.sweep() == 1
    north.deliver()
    assert [each.body for each in north.fetched_folder(NORTH)] == before
    assert len(north.orders()) == 1
    assert len(north.log(direction="in")) == 1


def test_a_round_of_deliveries_leaves_nobody_behind_who_is_woken_for_the_next(north: AtWork) -> None:
    north.drop("order.edi", BODY, NORTH)
    north.sweep()
    deliverer = Deliverer(north.hub.services, transports(north.hub.places))
    for _ in range(2):
        north.wait(deliverer.step())
    assert len(north.fetched_folder(NORTH)) == 2
    assert not vars(north.hub.database.bells)["_listeners"]["outbox"]


def test_where_nothing_is_due_nothing_is_written(north: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    async def written(*_: object, **__: object) -> None:
        raise AssertionError("the writer is asked for nothing")

    monkeypatch.setattr(north.hub.database, "write", written)
    north.deliver()


def test_a_delivery_that_fails_is_tried_again_and_arrives(north: AtWork) -> None:
    north.drop("order.edi", BODY, NORTH)
    north.sweep()
    out = north.hub.places.outbox(NORTH)
    out.rmdir()
    out.write_bytes(b"a file stands where the folder should be")
    north.deliver()
    late = north.log(direction="out", partner=NORTH)
    assert {row.delivery for row in late} == {"ready"}
    first = north.detail(late[0].id).delivery
    assert first is not None
    assert first.error

    out.unlink()
    north.deliver()
    assert not out.exists() or not list(out.iterdir()), "not before its time"
    north.later(seconds=6)
    north.deliver()
    assert len(north.fetched_folder(NORTH)) == 2
    assert {row.delivery for row in north.log(direction="out", partner=NORTH)} == {"delivered"}


def test_an_empty_file_and_a_hidden_name_do_no_harm(north: AtWork) -> None:
    north.drop("empty.edi", b"", NORTH)
    hidden = north.drop(".order.edi", BODY, NORTH)
    half = north.drop("order.edi.part", BODY, NORTH)
    assert north.sweep() == 1
    assert hidden.exists()
    assert half.exists()
    (message,) = north.log()
    assert (
        message.why
        == "Could not be read: the file is empty, or holds only blanks; send an interchange, from ISA to IEA"
    )
