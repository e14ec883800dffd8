"""A message of more documents than one portion: the same outcome, however often it is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.flow import inbound
from hub.flow.portions import DOCUMENTS_PER_PORTION
from tests.flow.at_work import AtWork
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
        patch.setattr(inbound, "_settle", _fails_at(portion, committed))
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


def _fails_at(portion: int, committed: bool) -> Callable[..., Any]:
    """Return a settlement that fails inside the transaction of one portion, or at the beginning of the next one's."""
    settle, calls = inbound._settle, iter(range(1, 100))

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
    assert len(hub.found("4500000001")) == 2, "the message and the answer"
