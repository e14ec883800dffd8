"""Whatever is written for one message is written in portions, and a message has a most of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from hub.exchange.outbox import RESENT_AT_ONCE
from hub.flow import groups
from hub.flow import portions as cutting
from hub.flow.portions import (
    DOCUMENTS_ACKNOWLEDGED_AT_ONCE,
    DOCUMENTS_PER_PORTION,
    ENVELOPES_ACKNOWLEDGED_AT_ONCE,
    ENVELOPES_PER_PORTION,
    PORTION_WEIGHT_MAX,
    weight_of,
)
from hub.formats.x12.limits import GROUPS_PER_MESSAGE_MAX, INTERCHANGES_PER_MESSAGE_MAX, SETS_PER_MESSAGE_MAX
from tests.flow.at_work import AtWork
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction

MANY = 2 * ENVELOPES_PER_PORTION + 30
MANY_SETS = DOCUMENTS_ACKNOWLEDGED_AT_ONCE


@pytest.fixture
def portions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every portion that was settled."""
    settle, seen = groups.settle, list[Any]()

    def noting(services: Any, company: Any, conn: Connection) -> Any:
        seen.extend(due.portion for due in company)
        return settle(services, company, conn)

    monkeypatch.setattr(groups, "settle", noting)
    return seen


def assert_small(portions: list[Any]) -> None:
    """No transaction held more than it may."""
    entered = acknowledged = 0
    for portion in portions:
        assert portion.entered - entered <= ENVELOPES_PER_PORTION
        assert portion.acknowledged - acknowledged <= ENVELOPES_ACKNOWLEDGED_AT_ONCE
        assert len(portion.documents) <= DOCUMENTS_PER_PORTION
        weights = [weight_of(document) for document in portion.documents]
        assert len(weights) <= 1 or sum(weights) <= PORTION_WEIGHT_MAX
        entered, acknowledged = max(entered, portion.entered), portion.acknowledged
    assert [portion.last for portion in portions] == [False] * (len(portions) - 1) + [True]


def empty(number: int, wish: int = 0) -> bytes:
    """Return an interchange that no 997 answers: what is in it acknowledges something itself."""
    return interchange(group(number=number, functional="FA"), number=number, wish=wish)


def test_many_interchanges_are_entered_and_acknowledged_in_portions(hub: AtWork, portions: list[Any]) -> None:
    got = hub.send(b"".join(one_order(f"45{n:08d}", n) for n in range(1, MANY + 1)))
    assert_small(portions)
    assert got.message.outcome == "accepted"
    assert sorted(row.number for row in hub.orders()) == [f"45{n:08d}" for n in range(MANY - 199, MANY + 1)]
    told = hub.hub.database.read_now(
        lambda conn: conn.exec_driver_sql("SELECT wire FROM message WHERE direction = 'out'").scalars().all()
    )
    assert Counter(told) == {"855": MANY, "997": MANY, "OrderAcknowledgement": MANY}  # the plant is told


@pytest.mark.parametrize("count", [1, 2, ENVELOPES_ACKNOWLEDGED_AT_ONCE, ENVELOPES_ACKNOWLEDGED_AT_ONCE + 1, MANY])
def test_interchanges_of_which_there_is_but_a_ta1_share_one_answer(
    hub: AtWork, portions: list[Any], count: int
) -> None:
    got = hub.send(b"".join(empty(n, wish=1) for n in range(1, count + 1)))
    assert_small(portions)
    [answer] = hub.answers(got.message.id)
    assert [int(ta1[1]) for ta1 in answer.all("TA1")] == list(range(1, count + 1))
    assert answer.kind == "TA1"


def test_of_tests_and_real_ones_each_kind_has_its_own(hub: AtWork) -> None:
    body = b"".join(empty(n, wish=1).replace(b"*1*P*", b"*1*T*" if n % 2 else b"*1*P*") for n in range(1, 31))
    answers = hub.answers(hub.send(body).message.id)
    assert sorted((each.test, len(each.all("TA1"))) for each in answers) == [(False, 15), (True, 15)]


@pytest.mark.parametrize("portion", range(1, 12))
@pytest.mark.parametrize("committed", [False, True], ids=["undone", "committed"])
def test_an_interruption_anywhere_repeats_and_loses_nothing(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch, portion: int, committed: bool
) -> None:
    """Numbers, orders and acknowledgements are each there once, whichever transaction the power failed in."""
    monkeypatch.setattr(cutting, "ENVELOPES_PER_PORTION", 3)
    monkeypatch.setattr(cutting, "ENVELOPES_ACKNOWLEDGED_AT_ONCE", 2)
    bodies = [one_order(f"45{n:08d}", n) if n % 3 else empty(n, wish=1) for n in range(1, 11)]
    message = hub.take_in(b"".join(bodies))
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(groups, "settle", _fails_at(portion, committed))
        hub.work()
    hub.later(minutes=30)
    hub.work()
    assert hub.detail(message).message.stage == "finished"
    assert hub.jobs() == []
    orders = [n for n in range(1, 11) if n % 3]
    assert sorted(row.number for row in hub.orders()) == [f"45{n:08d}" for n in orders]
    sent = hub.sent()
    assert sorted(each.one("BAK")[3] for each in of_kind(sent, "855")) == [f"45{n:08d}" for n in orders]
    assert sorted(int(each.one("AK1")[2]) for each in of_kind(sent, "997")) == orders
    [alone] = of_kind(sent, "TA1")
    assert [int(ta1[1]) for ta1 in alone.all("TA1")] == [3, 6, 9]
    assert [each.number for each in sent] == list(range(1, len(sent) + 1))
    assert [row.judgement for row in hub.detail(message).envelopes] == ["first"] * 10


def _fails_at(portion: int, committed: bool) -> Callable[..., Any]:
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


def test_numbers_that_came_before_are_recognised_however_many_there_are(hub: AtWork) -> None:
    first = hub.send(b"".join(empty(n, wish=1) for n in range(1, MANY + 1)))
    again = hub.send(b"".join(empty(n, wish=1) for n in range(1, MANY + 1)) + b"\n")
    assert again.message.outcome == first.message.outcome
    assert {row.judgement for row in again.envelopes} == {"duplicate"}
    assert {row.first_message for row in again.envelopes} == {first.message.id}
    assert hub.answers(again.message.id) == []
    dressed = hub.send(empty(5, wish=1).replace(b"IEA*", b"\nIEA*"))
    assert [row.judgement for row in dressed.envelopes] == ["duplicate"]
    taken = hub.send(empty(5, wish=1).replace(b"*0600*U", b"*0601*U"))
    assert [row.judgement for row in taken.envelopes] == ["conflict"]


@pytest.mark.parametrize(
    ("sets", "lines"),
    [(30, 60), (200, 20), (60, 1), (3, 400)],
    ids=["many findings", "a whole batch", "a few more than a portion", "long ones"],
)
def test_portions_are_cut_by_what_they_weigh(hub: AtWork, portions: list[Any], sets: int, lines: int) -> None:
    bad = "".join(line(n, quantity="MANY") for n in range(1, lines + 1))
    got = hub.send(
        interchange(
            group(*(transaction(order(f"45{n:08d}", lines=bad), control=f"{n:04d}") for n in range(1, sets + 1)))
        )
    )
    assert_small(portions)
    assert got.message.documents == sets
    [told] = of_kind(hub.answers(got.message.id), "997")
    assert told.one("AK9")[1:5] == ["R", str(sets), str(sets), "0"]


@pytest.mark.parametrize("sets", [MANY_SETS, MANY_SETS + 1, 3 * MANY_SETS])
def test_a_group_of_many_sets_is_acknowledged_whole(hub: AtWork, portions: list[Any], sets: int) -> None:
    orders = (transaction(order(f"45{n:08d}"), control=f"{n:04d}") for n in range(1, sets + 1))
    got = hub.send(interchange(group(*orders)))
    assert_small(portions)
    assert (portions[-1].replies is not None) == (sets > MANY_SETS), "long ones are written beforehand"
    [told] = _told(hub, got.message.id)
    assert told.one("AK9")[1:] == ["A", str(sets), str(sets), str(sets)]
    assert [ak2[2] for ak2 in told.all("AK2")] == [f"{n:04d}" for n in range(1, sets + 1)]


def _told(hub: AtWork, message: str) -> list[Any]:
    ids = hub.hub.database.read_now(
        lambda conn: (
            conn.exec_driver_sql("SELECT id FROM message WHERE cause = ? AND wire = '997'", (message,)).scalars().all()
        )
    )
    return [hub._sent(each) for each in ids]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"".join(empty(n) for n in range(1, INTERCHANGES_PER_MESSAGE_MAX + 2)), "ENV-TOO-MANY-INTERCHANGES"),
        (interchange(*(group(number=n) for n in range(1, GROUPS_PER_MESSAGE_MAX + 2))), "ENV-TOO-MANY-GROUPS"),
        (interchange(group("ST*850*1~" * (SETS_PER_MESSAGE_MAX + 1))), "ENV-TOO-MANY-SETS"),
        (interchange(group("ST*850*1~" * 100_000)), "ENV-TOO-MANY-SETS"),
    ],
    ids=["interchanges", "groups", "sets", "a megabyte of junk"],
)
def test_a_message_of_too_many_is_refused_unread(hub: AtWork, body: bytes, code: str) -> None:
    got = hub.send(body)
    assert (got.message.validation, got.message.outcome) == ("unreadable", "quarantined")
    assert [finding.code for finding in got.findings] == [code]
    assert got.documents == []
    assert got.envelopes == []
    assert hub.answers(got.message.id) == []
    assert got.message.why is not None


def test_bytes_that_come_again_bring_back_so_many_answers_at_a_time(hub: AtWork) -> None:
    """Whoever hands in the same large message again and again never makes us send all of its answers at once."""
    count = 2 * RESENT_AT_ONCE + 7
    body = b"".join(interchange(group(number=n), number=n) for n in range(1, count + 1))
    hub.send(body)
    fetched: list[str] = []
    while some := hub.fetch_all():
        fetched += some
    assert len(fetched) == count
    for expected in (RESENT_AT_ONCE, 2 * RESENT_AT_ONCE, count, count):
        hub.take_in(body)
        assert len(hub.waiting()) == min(expected, 200)
