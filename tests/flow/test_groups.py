"""Messages that wait together take effect together, and none of them notices the others."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from structlog.testing import capture_logs

from hub.exchange import replay
from hub.flow import groups, settling
from hub.flow.groups import SETTLED_AT_ONCE
from hub.flow.portions import DOCUMENTS_PER_PORTION
from hub.kernel.errors import Unavailable
from hub.kernel.scope import EVERYONE
from hub.platform import jobs
from tests.conftest import NOW
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.test_any_day import DAYS, FAULTS, MESSAGES, _holds
from tests.flow.wire import Sent, acknowledgement, group, interchange, line, of_kind, one_order, order, transaction
from tests.house import CHECKOUT
from tests.stored import FrozenClock

SAMPLES = [path.read_bytes() for path in (CHECKOUT / "partners/acme-cardio/samples").glob("*.edi")]
ORDERS = 40
OURS = re.compile(r"SO-\d{6}-[0-9A-Z]{10}")

HubWith = Callable[[Path], AtWork]


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages each transaction settled that was not undone."""
    settle, sizes = groups.settle, list[int]()

    def counting(services: Any, group: Sequence[Any], conn: Connection) -> Any:
        progress = settle(services, group, conn)
        sizes.append(len(group))
        return progress

    monkeypatch.setattr(groups, "settle", counting)
    return sizes


@pytest.fixture
def other(tmp_path: Path, clock: FrozenClock, sqlite_template: Path) -> Iterator[AtWork]:
    """A second hub, to compare with."""
    at_work = AtWork(tmp_path / "other", clock, sqlite_template)
    yield at_work
    at_work.close()


def orders_waiting(hub: AtWork, count: int, *, first: int = 1) -> dict[int, str]:
    """Let orders wait together; return their messages by the number that is theirs and their envelopes'."""
    return {n: hub.take_in(one_order(f"45{n:08d}", n)) for n in range(first, first + count)}


def each_once(hub: AtWork, messages: dict[int, str]) -> None:
    """Each message is one order and has one 855 and one 997, its own; no control number is lost or given twice."""
    numbers = {n: f"45{n:08d}" for n in messages}
    assert sorted(row.number for row in hub.orders() if row.partner == ACME) == sorted(numbers.values())
    for n, message in messages.items():
        detail = hub.detail(message)
        assert (detail.message.outcome, detail.message.why) == ("accepted", None)
        answers = hub.answers(message)
        (answered,), (acknowledged,) = of_kind(answers, "855"), of_kind(answers, "997")
        assert len(answers) == 2
        assert answered.one("BAK")[3] == numbers[n]
        assert acknowledged.one("AK1") == ["AK1", "PO", str(n)]
        page = hub.order(numbers[n])
        assert [noted.source.message for noted in page.documents] == [message, answered.message]
        assert page.summary.seller_order is not None
        assert len(page.lines) == 1
        assert len(page.lines[0].line.promises) == 1
        found = {found for _, found in hub.found(page.summary.seller_order)}
        assert found >= {message, answered.message}
        assert len(found) == 3, "and what the plant is told"
    without_gap(hub, 2 * len(messages))


def without_gap(hub: AtWork, count: int, partner: str = ACME) -> None:
    """Of what we sent to the partner, interchanges and groups are numbered from one on."""
    sent = hub.sent(partner)
    assert [each.number for each in sent] == list(range(1, count + 1))
    assert sorted(each.group or 0 for each in sent) == list(range(1, count + 1))


def test_forty_orders_that_wait_together_are_each_taken_and_answered_once(hub: AtWork, settled: list[int]) -> None:
    messages = orders_waiting(hub, ORDERS)
    with capture_logs() as logged:
        hub.work()
    assert [entry for entry in logged if entry["log_level"] in ("warning", "error")] == [], "no job is said to fail"
    each_once(hub, messages)
    assert settled == [SETTLED_AT_ONCE, ORDERS - SETTLED_AT_ONCE]
    assert hub.jobs() == []
    assert set(hub.waiting()) == {each.message for each in hub.sent()}
    assert {row.id for row in hub.log(status="awaited")} == {each.message for each in of_kind(hub.sent(), "855")}


def test_orders_that_wait_together_are_answered_as_each_is_alone(
    hub: AtWork, other: AtWork, settled: list[int]
) -> None:
    """What a new order comes to, of every kind there is a sample of; they have different numbers."""
    bodies = list({_ordered(body): body for body in SAMPLES}.values())
    together = [hub.take_in(body) for body in bodies]
    hub.work()
    assert max(settled) > len(bodies) // 2
    alone = [other.send(body).message.id for body in bodies]
    for one, same in zip(together, alone, strict=True):
        assert _verdict(hub, one) == _verdict(other, same)
        assert sorted(map(_said, hub.answers(one))) == sorted(map(_said, other.answers(same)))
        assert _page(hub, one) == _page(other, same)
    assert len(hub.sent()) == len(other.sent())
    without_gap(hub, len(hub.sent()))


def _ordered(body: bytes) -> bytes:
    return body.split(b"BEG*")[1].split(b"*")[2]


def _verdict(hub: AtWork, message: str) -> tuple[object, ...]:
    detail = hub.detail(message)
    row = detail.message
    kinds = sorted((key.kind, OURS.sub("ours", key.value)) for key in row.keys)
    shown = [(each.outcome, each.validation, each.findings, each.canonical, each.test) for each in detail.documents]
    return row.outcome, row.validation, row.acknowledgement, row.why, kinds, shown, detail.findings


def _said(answer: Sent) -> list[str]:
    """Return what stands between ST and SE, but for our number for the order."""
    return [OURS.sub("ours", "*".join(segment)) for segment in answer.segments[3:-3]]


def _page(hub: AtWork, message: str) -> list[object]:
    numbers = [row.subject for row in hub.detail(message).documents if row.subject]
    pages = [hub.order(number) for number in numbers if hub.orders(number=number)]
    history = [[(entry.kind, entry.text) for entry in page.history] for page in pages]
    return [*history, *((page.lines, page.reasons, page.notes, page.requirements) for page in pages)]


@pytest.mark.parametrize("step", ["document_row", "drafts_of"], ids=["its effect", "its acknowledgement"])
def test_a_message_that_cannot_be_settled_harms_no_neighbour_and_is_tried_again(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch, settled: list[int], step: str
) -> None:
    messages = orders_waiting(hub, 10)
    poisoned = messages.pop(4)
    works = getattr(settling, step)

    def fails_for_one(*arguments: Any, **more: Any) -> Any:
        if poisoned in arguments:
            raise RuntimeError("a fault of ours that no test has found")
        return works(*arguments, **more)

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(settling, step, fails_for_one)
        hub.work()
    each_once(hub, messages)
    assert settled == [1] * 9
    assert hub.detail(poisoned).message.stage == "received"
    assert hub.answers(poisoned) == []
    [waiting] = hub.jobs()
    assert (waiting.payload, waiting.attempts, waiting.excused) == (poisoned, 1, 0)
    assert "a fault of ours" in str(waiting.error)

    hub.later(minutes=30)
    hub.work()
    each_once(hub, messages | {4: poisoned})
    assert hub.jobs() == []


def test_orders_whose_database_is_away_wait_and_no_attempt_is_spent(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = orders_waiting(hub, 5)

    def away(*_: object) -> None:
        raise Unavailable("locked", retry_after_seconds=1)

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(groups, "settle", away)
        hub.work()
    assert [(job.state, job.attempts, job.excused) for job in hub.jobs()] == [("ready", 1, 1)] * 5
    assert hub.sent() == []
    hub.later(seconds=2)
    hub.work()
    each_once(hub, messages)


def test_a_job_that_another_worker_has_taken_over_loses_only_itself(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch, settled: list[int]
) -> None:
    """While one of the messages is read its lease ends, and another worker claims it."""
    messages = orders_waiting(hub, 10)
    lost = messages.pop(4)
    reader = hub.hub.services.reader
    read = reader.read

    async def read_slowly(wanted: Any) -> Any:
        reading = await read(wanted)
        if wanted.message == lost:
            hub.hub.database.write_now(lambda conn: _claimed_by_another(conn, hub, lost))
        return reading

    with monkeypatch.context() as patch, capture_logs() as logged:
        patch.setattr(reader, "read", read_slowly)
        hub.work()
    assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == ["job lost"]
    each_once(hub, messages)
    assert settled == [1] * 9
    assert hub.detail(lost).message.stage == "received"
    [running] = hub.jobs()
    assert (running.payload, running.state, running.attempts) == (lost, "running", 2), "it is the other worker's"

    hub.later(seconds=jobs.LEASE.total_seconds() + 1)  # the other one was killed
    hub.work()
    each_once(hub, messages | {4: lost})


def _claimed_by_another(conn: Connection, hub: AtWork, message: str) -> None:
    late = hub.clock.now()
    conn.exec_driver_sql(
        "UPDATE job SET due_at = ? WHERE payload = ?", (f"{late.isoformat('T', 'microseconds')[:26]}Z", message)
    )
    [claimed] = jobs.claim(conn, ["process-inbound"], worker="another", now=late)
    assert claimed.payload == message


def test_orders_of_two_partners_that_wait_together_each_have_their_own_partners_numbers(
    hub_with: HubWith, tmp_path: Path, settled: list[int]
) -> None:
    add_north(tmp_path / "overlay")
    hub = hub_with(tmp_path / "overlay")
    ours: dict[int, str] = {}
    theirs: dict[int, str] = {}
    for n in range(1, 11):  # the same envelope numbers, and of every second order the same number
        ours |= orders_waiting(hub, 1, first=n)
        number = f"{'45' if n % 2 else '99'}{n:08d}"
        theirs[n] = hub.take_in(from_north(group(transaction(order(number)), number=n), number=n), NORTH)
    hub.work()
    assert settled == [20]
    each_once(hub, ours)
    odd = {n: message for n, message in theirs.items() if n % 2}
    for n, message in theirs.items():
        (answered,), (acknowledged,) = (of_kind(hub.answers(message), kind) for kind in ("855", "997"))
        assert hub.order(answered.one("BAK")[3], NORTH).source.message == message
        assert acknowledged.one("AK1")[2] == str(n)
        assert answered.one("ISA")[8] == acknowledged.one("ISA")[8] == "NORTHVALVE     "
        assert (answered.one("BAK")[3] == f"45{n:08d}") == (n in odd)
    without_gap(hub, 20, NORTH)
    assert len(hub.orders()) == 20


def test_what_was_not_foreseen_is_settled_rightly_beside_orders_that_were(hub: AtWork) -> None:
    """The partner's 997s, a replay, a cancellation, an order that is no X12, and the number of an envelope again."""
    before = orders_waiting(hub, 5)
    hub.work()
    groups = {each.message: each.group for each in of_kind(hub.sent(), "855")}
    fetched = hub.fetch_all()

    after = orders_waiting(hub, 12, first=11)
    told = [hub.take_in(acknowledgement(g or 0, control=900 + (g or 0))) for g in groups.values()]
    hub.hub.database.write_now(
        lambda conn: replay.ask_replay(conn, EVERYONE, before[2], actor="person:ada", reason=None, now=hub.clock.now())
    )
    cancelled = hub.take_in(one_order("4500000001", 801, purpose="01"))
    unreadable = hub.take_in(b"<order>")
    once_more = hub.take_in(one_order("4500000003", 3) + b"\r\n")
    refused = hub.take_in(one_order("4500000099", 802).replace(b"IEA*1*", b"IEA*2*"))
    hub.work()

    assert {hub.detail(message).message.outcome for message in told} == {"accepted"}
    assert {hub.detail(message).message.acknowledgement for message in groups} == {"accepted"}
    assert hub.detail(before[2]).message.outcome == "accepted"
    assert hub.detail(cancelled).message.outcome == "held"
    assert "cancel" in str(hub.detail(cancelled).message.why)
    assert hub.detail(unreadable).message.validation == "unreadable"
    assert hub.detail(once_more).message.outcome == "duplicate"
    assert hub.answers(once_more) == []
    assert set(fetched) & set(hub.waiting()) == {each.message for each in hub.answers(before[3])}
    assert hub.detail(refused).message.outcome == "refused"
    assert [each.kind for each in hub.answers(refused)] == ["TA1"]
    assert [each.kind for each in hub.answers(cancelled)] == ["997"]
    assert sorted(row.number for row in hub.orders()) == [f"45{n:08d}" for n in (*before, *after)]
    for n, message in (before | after).items():
        assert [each.one("BAK")[3] for each in of_kind(hub.answers(message), "855")] == [f"45{n:08d}"]
        assert [each.one("AK1")[2] for each in of_kind(hub.answers(message), "997")] == [str(n)]
    sent = hub.sent()
    assert [each.number for each in sent] == list(range(1, len(sent) + 1))
    assert hub.jobs() == []


def test_messages_of_many_orders_and_of_few_wait_together_and_none_loses_any(hub: AtWork, settled: list[int]) -> None:
    """One of them has more orders than take effect at a time, others several, one of which is refused."""
    many = [transaction(order(f"46{n:08d}"), control=f"{n:04d}") for n in range(1, DOCUMENTS_PER_PORTION + 8)]
    long = hub.take_in(interchange(group(*many, number=1), number=1))
    bad = transaction(order("4700000002", lines=line(10, quantity="HUNDRED")), control="0002")
    mixed = hub.take_in(
        interchange(
            group(transaction(order("4700000001")), bad, transaction(order("4700000003"), control="0003")), number=2
        )
    )
    pair = hub.take_in(interchange(group(transaction(order("4800000001")), bad, number=3), number=3))
    few = orders_waiting(hub, 5, first=11)
    hub.work()
    assert max(settled) >= len(few) + 1
    assert [row.outcome for row in hub.detail(mixed).documents] == ["accepted", "refused", "accepted"]
    assert [each.one("BAK")[3] for each in of_kind(hub.answers(mixed), "855")] == ["4700000001", "4700000003"]
    assert [ak5[1] for each in of_kind(hub.answers(mixed), "997") for ak5 in each.all("AK5")] == ["A", "R", "A"]
    assert [row.outcome for row in hub.detail(pair).documents] == ["accepted", "refused"]
    assert [each.one("BAK")[3] for each in of_kind(hub.answers(pair), "855")] == ["4800000001"]
    assert len(of_kind(hub.answers(long), "855")) == hub.detail(long).message.documents == len(many)
    (acknowledged,) = of_kind(hub.answers(long), "997")
    assert acknowledged.one("AK9")[1:] == ["A", *[str(len(many))] * 3]
    for n, message in few.items():
        assert [each.one("BAK")[3] for each in of_kind(hub.answers(message), "855")] == [f"45{n:08d}"]
    without_gap(hub, (len(many) + 1) + (2 + 1) + (1 + 1) + 2 * len(few))


@pytest.mark.parametrize(
    ("again", "outcome", "answered"),
    [
        (one_order("4500000001", 1) + b"\r\n", "duplicate", []),
        (one_order("4500000002", 1), "quarantined", ["TA1"]),
    ],
    ids=["the same", "another"],
)
def test_an_interchange_of_the_same_number_that_waits_together_with_the_first_takes_no_effect(
    hub: AtWork, again: bytes, outcome: str, answered: list[str]
) -> None:
    first = hub.take_in(one_order("4500000001", 1))
    messages = orders_waiting(hub, 3, first=11)
    later = hub.take_in(again)
    hub.work()
    assert hub.detail(first).message.outcome == "accepted"
    assert hub.detail(later).message.outcome == outcome
    assert [row.first_message for row in hub.detail(later).envelopes] == [first]
    assert [each.kind for each in hub.answers(later)] == answered
    assert sorted(row.number for row in hub.orders()) == [f"45{n:08d}" for n in (1, *messages)]
    sent = hub.sent()
    assert [each.number for each in sent] == list(range(1, 9 + len(answered)))
    assert set(hub.waiting()) == {each.message for each in sent}


PURPOSES = st.lists(st.sampled_from(["00", "00", "07", "01"]), min_size=14, max_size=14)


@given(day=MESSAGES, purposes=PURPOSES, controls=st.sampled_from([0, 1]))
@settings(max_examples=DAYS, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_waits_together_each_order_is_made_once_and_no_number_is_lost(
    sqlite_template: Path, day: list[tuple[int, str, str]], purposes: list[str], controls: int
) -> None:
    """A day's messages, and copies and cancellations among them; those of one order have one control number or many."""
    with tempfile.TemporaryDirectory() as data, capture_logs():
        hub = AtWork(Path(data), FrozenClock(NOW), sqlite_template)
        try:
            for at, (number, fault, _) in enumerate(day):
                body = one_order(f"450000000{number}", 100 + number + 10 * at * controls, purpose=purposes[at])
                hub.take_in(FAULTS[fault](body))
            hub.work()
            _holds(hub)
        finally:
            hub.close()
