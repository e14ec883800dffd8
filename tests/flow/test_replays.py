"""A replay does no harm: what was a test stays one, what was acknowledged stays so, and one message is one job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.exchange import replay
from hub.flow import groups, reading, rendering
from hub.flow.portions import DOCUMENTS_PER_PORTION
from hub.flow.rendering import Unsendable
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Unreadable
from hub.kernel.scope import EVERYONE
from hub.platform import jobs
from tests.flow.at_work import AtWork, findings
from tests.flow.overlay import NORTH, add_north, change, from_north
from tests.flow.wire import group, interchange, line, of_kind, one_order, order, transaction

HubWith = Callable[[Path], AtWork]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "overlay"


def test_an_order_of_a_partner_in_test_stays_a_test_when_it_is_replayed_after_going_live(
    hub_with: HubWith, overlay: Path
) -> None:
    add_north(overlay, usage="T")
    hub = hub_with(overlay)
    got = hub.send(from_north(group(transaction(order("N-1"))), number=1), partner=NORTH)
    add_north(overlay, usage="P")
    hub.reopen()
    again = hub.replay(got.message.id)
    assert again.message.test
    assert [(row.number, row.test) for row in hub.orders()] == [("N-1", True)]
    assert all(each.test for each in hub.sent(NORTH))


def test_real_orders_of_which_nothing_was_kept_are_no_tests_when_they_are_replayed(hub: AtWork) -> None:
    faulty = order("N-1").replace("*100*EA", "*+1*EA", 1)
    got = hub.send(interchange(group(*(transaction(faulty, control=f"{n:04d}") for n in range(1, 101)))))
    again = hub.replay(got.message.id)
    assert len(again.documents) < 100
    assert not again.message.test


def test_what_does_not_say_production_is_taken_as_a_test(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", usage="I"))
    assert got.message.test
    assert any(finding.location.element == 15 for finding in findings(got))
    assert [row.test for row in hub.orders()] == [True]
    assert all(each.test for each in hub.sent())


def test_a_fault_of_ours_during_a_replay_leaves_what_was_found_out(hub_with: HubWith, overlay: Path) -> None:
    add_north(overlay)
    hub = hub_with(overlay)
    done = hub.send(one_order("4500098123"))
    broken = change(overlay, "partners/acme-cardio/items.toml", "minimum   = 50", "minimun   = 50")
    hub.reopen()
    held = hub.replay(done.message.id)
    assert held.message.outcome == "held"
    assert (held.message.stage, held.message.acknowledgement) == ("finished", "accepted")
    broken.unlink()
    hub.reopen()
    mended = hub.replay(done.message.id)
    assert (mended.message.outcome, mended.message.why) == ("accepted", None)
    assert len(hub.sent()) == 2, "one 855 and one 997, whatever happened since"


def test_a_message_replayed_is_found_by_every_number_it_was_found_by_before(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    ours = hub.order("4500098123").summary.seller_order
    assert ours is not None
    for _ in range(2):
        assert ("seller-order", got.message.id) in hub.found(ours)
        assert hub.replay(got.message.id).message.keys == got.message.keys


def test_a_message_that_is_read_otherwise_since_is_found_by_what_it_says_and_not_by_what_it_was_taken_for(
    hub_with: HubWith, overlay: Path
) -> None:
    rule = 'number               = "BEG03"'
    misread = change(overlay, "mappings/x12/004010/850.toml", rule, 'number = "BEG05"')
    hub = hub_with(overlay)
    got = hub.send(one_order("4500098123", purpose="04"))
    assert ("purchase-order", got.message.id) in hub.found("20261120")
    misread.unlink()
    hub.reopen()
    hub.replay(got.message.id)
    assert ("purchase-order", got.message.id) in hub.found("4500098123")
    assert ("purchase-order", got.message.id) not in hub.found("20261120")


def test_a_message_asked_for_twice_is_processed_once(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    for _ in range(3):
        hub.hub.database.write_now(
            lambda conn: replay.ask_replay(
                conn, EVERYONE, got.message.id, actor="person:ada", reason=None, now=hub.clock.now()
            )
        )
    assert hub.backlog().ready == 1


@pytest.mark.parametrize(("item", "outcome"), [("BP*AC-1001*EC*D*EC*A", "refused"), ("BP*AC-1001*EC*D*F4*A", "held")])
def test_an_order_refused_or_held_is_answered_once_however_often_it_is_replayed(
    hub: AtWork, item: str, outcome: str
) -> None:
    got = hub.send(one_order("4500098123", lines=line(10, item=item)))
    first = (got.message.outcome, got.message.why, len(hub.sent()))
    assert first[0] == outcome
    hub.later(days=1)
    again = hub.replay(got.message.id)
    assert (again.message.outcome, again.message.why, len(hub.sent())) == first


def test_an_answer_that_could_not_be_written_is_sent_by_the_replay_and_by_no_other(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsendable(*_: object) -> None:
        raise Unsendable([Diagnostic(code="GDE-TEST", severity=Severity.PART, told="no room for it")])

    with monkeypatch.context() as patch:
        patch.setattr(rendering, "render", unsendable)
        got = hub.send(one_order("4500098123"))
    assert of_kind(hub.sent(), "855") == []
    for _ in range(2):
        again = hub.replay(got.message.id)
        assert (again.message.outcome, again.message.why) == ("accepted", None)
        assert len(of_kind(hub.sent(), "855")) == 1
    assert len(hub.orders()) == 1


@pytest.mark.parametrize("read_before", [False, True], ids=["never read", "read once"])
@pytest.mark.parametrize("in_vain", [1, 3])
def test_a_message_that_could_not_be_read_is_acknowledged_once_it_can_be(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch, read_before: bool, in_vain: int
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise Unreadable("ENV-EMPTY")

    message = hub.take_in(one_order("4500098123"))
    if read_before:
        hub.work()
    with monkeypatch.context() as patch:
        patch.setattr(reading, "open_message", unreadable)
        hub.work()
        for _ in range(in_vain):
            assert hub.replay(message).message.outcome == "quarantined"
    for _ in range(2):
        assert hub.replay(message).message.outcome == "accepted"
        assert sorted(each.kind for each in hub.sent()) == ["855", "997"]


def test_a_message_given_up_after_some_portions_is_finished_by_a_replay(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = DOCUMENTS_PER_PORTION + 5
    sets = [transaction(order(f"45{n:08d}"), control=f"{n:04d}") for n in range(1, orders + 1)]
    message = hub.take_in(interchange(group(*sets)))
    settle, calls = groups.settle, iter(range(100))

    def first_portion_only(*values: Any) -> Any:
        if next(calls) % 2:
            raise RuntimeError("a bug")
        return settle(*values)

    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(groups, "settle", first_portion_only)
        for _ in range(jobs.ATTEMPTS_MAX):
            hub.work()
            hub.later(seconds=jobs.BACKOFF_MAX.total_seconds())
    assert hub.backlog().dead == 1
    got = hub.replay(message)
    assert (got.message.outcome, len(got.documents)) == ("accepted", orders)
    assert hub.backlog().dead == 0
    assert len(hub.orders()) == orders


def test_a_replay_that_comes_to_its_end_takes_away_the_job_that_was_given_up(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def choke(job: jobs.Job) -> None:
        raise ValueError("a bug")

    other = hub.take_in(one_order("4500098124", 102))
    message = hub.take_in(one_order("4500098123"))
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(hub.hub.runner, "_handlers", dict.fromkeys(hub.hub.runner._handlers, choke))
        for _ in range(jobs.ATTEMPTS_MAX):
            hub.work()
            hub.later(seconds=jobs.BACKOFF_MAX.total_seconds())
    assert hub.backlog().dead == 2
    assert hub.replay(message).message.outcome == "accepted"
    assert [job.payload for job in hub.jobs()] == [other], "the other is still given up"
