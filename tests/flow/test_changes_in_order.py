"""Changes before, beside and after their order come to the same, also with a large file in the slow lane between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.exchange.intake import WHOLE_BYTES_MAX
from hub.flow.rooms import ROOM_OF
from hub.flow.sequencing import WAIT_MAX
from tests.flow.amending import MADE, ROW
from tests.flow.at_work import AtWork
from tests.flow.overlay import NORTH, PARTNER, add_north, from_north, write
from tests.flow.wire import group, order, transaction

AMENDMENT = (
    "BAK*00*AD*{order}*20261120**{sequence}~CUR*SE*USD~PO1*10*100*EA*12.35**BP*AC-1001~"
    "ACK*IA*100*EA*017*20270315~CTT*1*100~"
)
ORDER = 4500098123
Wire = Callable[[int], bytes]
"""A message as it is sent under a control number."""


def an_order(number: int = ORDER) -> Wire:
    return lambda control: from_north(group(transaction(order(str(number))), number=control), number=control)


def a_change(sequence: int | str, number: int = ORDER, *, usage: str = "P") -> Wire:
    body = transaction(AMENDMENT.format(order=number, sequence=sequence), kind="855")
    return lambda control: from_north(group(body, functional="PR", number=control), number=control, usage=usage)


def a_large_file(first: int, orders: int = 460) -> Wire:
    """Return a message of the slow lane: orders of other numbers, or of ``ORDER`` where ``first`` is that."""
    sets = [transaction(order(str(first + n)), control=f"{n + 1:04d}") for n in range(orders)]
    return lambda control: from_north(group(*sets, number=control), number=control)


@pytest.fixture
def hub(hub_with: Callable[[Path], AtWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtWork:
    overlay = tmp_path / "overlay"
    add_north(overlay)
    both = PARTNER.format(usage="P").replace("[sends]", '[sends]\n855 = "x12/004010/855"')
    write(overlay, f"partners/{NORTH}/partner.toml", both)
    for document, room in ROW.items():
        monkeypatch.setitem(ROOM_OF, document, room)
    opened = hub_with(overlay)
    opened.hub.database.write_now(lambda conn: conn.execute(text(MADE)))
    return opened


def send_all(hub: AtWork, messages: Sequence[Wire]) -> list[str]:
    """Take in all messages, then let them be worked off, as a hub that has been down does."""
    taken = [hub.take_in(wire(control), NORTH) for control, wire in enumerate(messages, start=1)]
    hub.work()
    return taken


def amended(hub: AtWork, number: int = ORDER) -> list[int]:
    """Return the amendments of an order in the order in which they took effect."""
    query = text("SELECT sequence FROM amended WHERE number = :number ORDER BY rowid")
    return list(hub.hub.database.read_now(lambda conn: conn.execute(query, {"number": str(number)}).scalars()))


def outcomes(hub: AtWork, messages: Sequence[str]) -> list[str]:
    return [hub.detail(message).message.outcome for message in messages]


def nothing_waits(hub: AtWork) -> bool:
    return hub.hub.database.read_now(lambda conn: conn.execute(text("SELECT count(*) FROM waiting")).scalar()) == 0


@pytest.mark.parametrize("at", list(permutations(range(4))), ids=str)
def test_an_order_and_its_changes_come_to_the_same_in_whatever_order_they_were_sent(
    hub: AtWork, at: tuple[int, ...]
) -> None:
    messages = [an_order(), a_change(1), a_change(2), a_change(3)]
    taken = send_all(hub, [messages[each] for each in at])
    assert amended(hub)[-1] == 3
    assert amended(hub) == sorted(amended(hub))
    assert nothing_waits(hub)
    assert "none" not in outcomes(hub, taken)


@pytest.mark.parametrize("at", [0, 1, 2, 3], ids=lambda at: f"large file at {at}")
@pytest.mark.parametrize("holds_the_order", [True, False])
def test_they_do_with_a_large_file_in_the_slow_lane_between(hub: AtWork, at: int, holds_the_order: bool) -> None:
    messages = [a_change(1), a_change(2), a_change(3)]
    messages.insert(at, a_large_file(ORDER if holds_the_order else 4_600_000_000))
    if not holds_the_order:
        messages.append(an_order())
    assert len(messages[at](1)) > WHOLE_BYTES_MAX
    send_all(hub, messages)
    assert amended(hub) == [1, 2, 3]
    assert nothing_waits(hub)


def test_a_change_behind_a_large_file_waits_and_says_so(hub: AtWork) -> None:
    hub.send(an_order()(1), NORTH)
    large, change = hub.take_in(a_large_file(4_600_000_000)(2), NORTH), hub.take_in(a_change(1)(3), NORTH)
    hub.work()
    assert [entry.event for entry in hub.detail(change).timeline] == ["waits", "replay-asked"]
    assert outcomes(hub, [large, change]) == ["accepted", "changed"]


@pytest.mark.parametrize("stated", [False, True])
def test_changes_that_state_no_sequence_go_as_they_came(hub: AtWork, stated: bool) -> None:
    one = a_change("" if not stated else 7)
    taken = send_all(hub, [one, an_order()])
    assert outcomes(hub, taken) == ["changed", "accepted"]


def test_a_new_order_never_waits_for_a_change_that_does(hub: AtWork) -> None:
    (change,) = send_all(hub, [a_change(1, 4_500_099_999)])
    assert outcomes(hub, [change]) == ["none"]
    assert hub.send(an_order()(2), NORTH).message.outcome == "accepted"
    assert outcomes(hub, [change]) == ["none"]


def test_a_change_whose_order_does_not_come_is_a_persons_after_four_hours(hub: AtWork) -> None:
    (change,) = send_all(hub, [a_change(1)])
    assert hub.detail(change).message.why is None
    hub.clock.advance(WAIT_MAX - timedelta(seconds=1))
    hub.hub.database.write_now(lambda conn: hub.hub._look_at_waiting(conn, hub.clock.now()))
    assert outcomes(hub, [change]) == ["none"]
    hub.clock.advance(timedelta(seconds=1))
    hub.hub.database.write_now(lambda conn: hub.hub._look_at_waiting(conn, hub.clock.now()))
    found = hub.detail(change)
    assert found.message.outcome == "held"
    assert found.message.why == f"It is about purchase-order {ORDER}, which has not come"
    assert [entry.event for entry in found.timeline] == ["waits", "waited-too-long"]
    hub.send(an_order()(2), NORTH)
    assert hub.replay(change).message.outcome == "changed", "a person who has found the order processes it again"


def test_a_test_waits_for_the_test_of_its_order_and_not_for_the_real_one(hub: AtWork) -> None:
    taken = send_all(hub, [a_change(1, usage="T"), an_order()])
    assert outcomes(hub, taken) == ["none", "accepted"]


def test_a_change_that_waits_is_acknowledged_once_and_at_once(hub: AtWork) -> None:
    (change,) = send_all(hub, [a_change(1)])
    assert [each.kind for each in hub.answers(change)] == ["997"]
    hub.send(an_order()(2), NORTH)
    assert outcomes(hub, [change]) == ["changed"]
    assert [each.kind for each in hub.answers(change)] == ["997"]


def test_a_hub_that_starts_again_goes_on_with_what_waits(hub: AtWork) -> None:
    (change,) = send_all(hub, [a_change(1)])
    hub.reopen()
    hub.send(an_order()(2), NORTH)
    assert outcomes(hub, [change]) == ["changed"]


def test_a_message_that_nobody_can_read_lets_a_change_behind_it_pass(hub: AtWork) -> None:
    hub.send(an_order()(1), NORTH)
    taken = [hub.take_in(b"nothing that anybody can read", NORTH), hub.take_in(a_change(1)(3), NORTH)]
    hub.work()
    assert outcomes(hub, taken) == ["quarantined", "changed"]
