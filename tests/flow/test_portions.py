"""A message of more documents than one portion: the same outcome, however often it is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.flow import groups
from hub.flow.portions import DOCUMENTS_PER_PORTION, ENVELOPES_ACKNOWLEDGED_AT_ONCE
from tests.flow.at_work import AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, interchange, of_kind, order, transaction

ORDERS = 2 * DOCUMENTS_PER_PORTION + 3


@pytest.fixture
def body() -> bytes:
    sets = [transaction(order(f"45{n:08d}"), control=f"{n:04d}") for n in range(1, ORDERS + 1)]
    return interchange(group(*sets))


def test_a_long_message_is_taken_in_portions_and_acknowledged_once(hub: AtWork, body: bytes) -> None:
    got = hub.send(body)
    assert (got.message.outcome, got.message.documents) == ("accepted", ORDERS)
    _each_order_once(hub, got.message.id)


@pytest.mark.parametrize(
    ("portion", "committed"),
    [(1, False), (2, False), (3, False), (1, True), (2, True)],
)
def test_an_interruption_between_portions_repeats_nothing(
    hub: AtWork, body: bytes, portion: int, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = hub.take_in(body)
    with monkeypatch.context() as patch:
        patch.setattr(groups, "settle", _fails_at(portion, committed))
        with capture_logs() as told:  # the default of structlog prints every value of every frame
            hub.work()
        assert [entry["event"] for entry in told] == ["job failed"]
    interrupted = hub.detail(message)
    assert interrupted.message.stage == "received"
    assert hub.backlog().ready == 1, "it will be tried again"

    hub.later(minutes=30)
    hub.work()
    assert hub.detail(message).message.outcome == "accepted"
    _each_order_once(hub, message)


@pytest.mark.parametrize(("portion", "committed"), [(2, True), (2, False), (3, False)])
def test_an_interruption_between_acknowledgements_repeats_none_and_loses_none(
    hub: AtWork, portion: int, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of interchanges of which not all are acknowledged at once; one bears nothing, and has a TA1 alone."""
    numbers = range(1, ENVELOPES_ACKNOWLEDGED_AT_ONCE + 3)
    sent = [interchange(group(transaction(order(f"45{n:08d}")), number=n), number=n) for n in numbers]
    message = hub.take_in(b"".join([interchange(number=900, wish=1), *sent]))
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(groups, "settle", _fails_at(portion, committed))
        hub.work()
    assert hub.detail(message).message.stage == "received"
    hub.later(minutes=30)
    hub.work()
    got = hub.detail(message).message
    assert (got.outcome, got.acknowledgement) == ("accepted", "accepted")
    answers = hub.answers(message)
    assert sorted(int(each.one("AK1")[2]) for each in of_kind(answers, "997")) == list(numbers)
    assert [each.one("TA1")[1] for each in of_kind(answers, "TA1")] == ["000000900"]


@pytest.mark.parametrize("crash", range(1, 7), ids="crash {}".format)
@pytest.mark.parametrize("committed", [True, False], ids=["after the portion", "within the portion"])
@pytest.mark.parametrize("sets", ["one interchange", "an interchange each portion"])
def test_a_test_stays_a_test_wherever_its_replay_after_going_live_is_interrupted(
    hub_with: Callable[[Path], AtWork],
    tmp_path: Path,
    crash: int,
    committed: bool,
    sets: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_north(tmp_path / "overlay", usage="T")
    hub = hub_with(tmp_path / "overlay")
    body = _one(ORDERS) if sets == "one interchange" else _several(ORDERS)
    done = hub.send(body, partner=NORTH)
    sent = len(hub.sent(NORTH))
    add_north(tmp_path / "overlay", usage="P")
    hub.reopen()
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(groups, "settle", _fails_at(1 + (crash - 1) % 3, committed))
        hub.replay(done.message.id)
        if crash > 3:  # and it is interrupted once more, further on or sooner
            patch.setattr(groups, "settle", _fails_at(1 + crash % 3, committed))
            hub.later(minutes=30)
            hub.work()
    hub.later(minutes=30)
    hub.work()
    got = hub.detail(done.message.id)
    assert (got.message.outcome, len(got.documents)) == ("accepted", ORDERS)
    assert all(row.test for row in got.documents)
    assert [row.test for row in hub.orders()] == [True] * ORDERS
    assert len(hub.sent(NORTH)) == sent, "nothing is said anew"
    assert len(hub.found(f"N-{ORDERS}")) == 3, "the message, its 997 and the answer"


def test_a_message_interrupted_while_its_partner_goes_live_is_a_test_to_its_end(
    hub_with: Callable[[Path], AtWork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_north(tmp_path / "overlay", usage="T")
    hub = hub_with(tmp_path / "overlay")
    message = hub.take_in(_one(ORDERS), NORTH)
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(groups, "settle", _fails_at(1, committed=True))
        hub.work()
    add_north(tmp_path / "overlay", usage="P")
    hub.reopen()
    hub.later(minutes=30)
    hub.work()
    assert hub.detail(message).message.test
    assert [row.test for row in hub.orders()] == [True] * ORDERS


def _one(orders: int) -> bytes:
    return from_north(group(*(_north(n) for n in range(1, orders + 1))), number=1)


def _several(orders: int) -> bytes:
    """Return them in three interchanges, none of which ends with a portion."""
    cuts = [range(1, 31), range(31, 91), range(91, orders + 1)]
    groups = [group(*(_north(n) for n in cut), number=number) for number, cut in enumerate(cuts, start=1)]
    return b"".join(from_north(own, number=number) for number, own in enumerate(groups, start=1))


def _north(number: int) -> str:
    return transaction(order(f"N-{number}"), control=f"{number:04d}")


def _fails_at(portion: int, committed: bool) -> Callable[..., Any]:
    """Return a settlement that fails inside the transaction of one portion, or at the beginning of the next one's."""
    settle, calls = groups.settle, iter(range(1, 100))

    def failing(*arguments: Any) -> Any:
        number = next(calls)
        if committed and number == portion + 1:
            raise RuntimeError("the power has gone")
        progress = settle(*arguments)
        if not committed and number == portion:
            raise RuntimeError("the power has gone")
        return progress

    return failing


def _each_order_once(hub: AtWork, message: str) -> None:
    wanted = [f"45{n:08d}" for n in range(1, ORDERS + 1)]
    assert sorted(row.number for row in hub.orders()) == wanted
    sent = hub.sent()
    assert [each.number for each in sent] == list(range(1, ORDERS + 2))
    assert sorted(each.one("BAK")[3] for each in of_kind(sent, "855")) == wanted
    (acknowledged,) = of_kind(sent, "997")
    assert acknowledged.one("AK9")[1:] == ["A", str(ORDERS), str(ORDERS), str(ORDERS)]
    assert len(hub.detail(message).documents) == ORDERS
    assert len(hub.found("4500000001")) == 4, "the message, its 997, the answer, what the plant is told"
