"""One fault concerns one message: deliveries go on, a person is called, and the hub says how its loops stand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.exchange import outbox
from hub.exchange.outbox import DueDelivery
from hub.flow.delivering import AT_ONCE, CLAIM_LASTS, Deliverer, DeliveryWay
from hub.kernel.errors import Unavailable
from hub.kernel.sentence import Wording, as_written
from hub.platform import jobs
from hub.platform.blobs import Blobs
from hub.transport.folder import FolderWatcher
from tests.exchange.story import answer, receive_order
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, order, transaction

BODY = from_north(group(transaction(order("N-1"))), number=1)


@pytest.fixture
def owing(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> AtWork:
    """A hub that owes two files: the 855 and the 997."""
    add_north(tmp_path / "overlay")
    hub = hub_with(tmp_path / "overlay")
    hub.drop("order.edi", BODY, NORTH)
    hub.sweep()
    return hub


def states(hub: AtWork) -> list[str]:
    return sorted(row.delivery for row in hub.log(direction="out", partner=NORTH))


def deliver(hub: AtWork, way: Callable[[DueDelivery, bytes], Wording]) -> None:
    hub.wait(Deliverer(hub.hub.services, {"folder": DeliveryWay(deliver=way)})._deliver_due())


def test_a_transport_that_fails_unexpectedly_fails_one_delivery(owing: AtWork) -> None:
    tried: list[str] = []

    def choke_once(due: DueDelivery, body: bytes) -> Wording:
        tried.append(due.message)
        if len(tried) == 1:
            raise ValueError("the payload")
        return as_written("there")

    deliver(owing, choke_once)
    assert states(owing) == ["delivered", "ready"]
    delivery = owing.detail(tried[0]).delivery
    assert delivery is not None
    assert str(delivery.error) == "fault in the hub: ValueError"


def test_a_body_that_cannot_be_read_fails_one_delivery(owing: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    read, asked = Blobs.get, []

    def fail_once(self: Blobs, conn: Connection, sha256: str) -> bytes:
        asked.append(sha256)
        if len(asked) == 1:
            raise FileNotFoundError(2, "No such file")
        return read(self, conn, sha256)

    monkeypatch.setattr(Blobs, "get", fail_once)
    deliver(owing, lambda due, body: as_written("there"))
    assert states(owing) == ["delivered", "ready"]


def test_a_delivery_that_another_took_over_meanwhile_keeps_no_other_waiting(owing: AtWork) -> None:
    sent: list[str] = []

    def lose_the_first(due: DueDelivery, body: bytes) -> Wording:
        sent.append(due.message)
        if len(sent) == 1:
            later = owing.clock.now() + outbox.ATTEMPT_LEASE
            owing.hub.database.write_now(lambda conn: outbox.claim(conn, now=later, limit=1))
        return as_written("there")

    deliver(owing, lose_the_first)
    assert len(sent) == 2
    assert "delivered" in states(owing)


def test_a_database_that_is_away_for_one_mark_keeps_no_other_waiting(
    owing: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, marked = outbox.delivered, []

    def away_once(*values: object, **more: object) -> None:
        marked.append(1)
        if len(marked) == 1:
            raise Unavailable("locked")
        mark(*values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "delivered", away_once)
    deliver(owing, lambda due, body: as_written("there"))
    assert states(owing) == ["delivered", "ready"]


def test_deliveries_are_not_begun_when_their_lease_may_end_under_way(owing: AtWork) -> None:
    sent: list[str] = []

    def slow(due: DueDelivery, body: bytes) -> Wording:
        sent.append(due.message)
        owing.later(seconds=CLAIM_LASTS.total_seconds() + 1)
        return as_written("there")

    deliver(owing, slow)
    assert len(sent) == 1
    owing.later(seconds=outbox.ATTEMPT_LEASE.total_seconds())
    deliver(owing, slow)
    assert len(set(sent)) == 2
    assert states(owing) == ["delivered", "delivered"]


def test_of_more_partners_than_are_served_at_once_each_is_served_before_one_is_done(hub: AtWork) -> None:
    partners = [f"partner-{n:02d}" for n in range(AT_ONCE + 2)]

    def owe(conn: Connection) -> None:
        for number in ("PO-1", "PO-2", "PO-3"):
            for partner in partners:
                answer(conn, number, receive_order(conn, number, partner), partner, transport="folder")

    hub.hub.database.write_now(owe)
    deliverer = Deliverer(hub.hub.services, {"folder": DeliveryWay(deliver=lambda due, body: as_written("there"))})
    for _ in range(2):
        hub.wait(deliverer._deliver_due())
    served = [row.partner for row in hub.log(direction="out") if row.delivery == "delivered"]
    assert (len(served), set(served)) == (2 * AT_ONCE, set(partners))


def test_a_message_whose_processing_is_given_up_calls_a_person(hub: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    async def choke(job: jobs.Job) -> None:
        raise ValueError("the payload of a partner")

    monkeypatch.setattr(hub.hub.runner, "_handlers", dict.fromkeys(hub.hub.runner._handlers, choke))
    message = hub.take_in(b"ISA", ACME)
    for _ in range(jobs.ATTEMPTS_MAX):
        hub.work()
        hub.later(seconds=jobs.BACKOFF_MAX.total_seconds())
    assert_given_up(hub, message, "ValueError")


def test_a_message_that_takes_its_worker_down_each_time_calls_a_person(hub: AtWork) -> None:
    message = hub.take_in(b"ISA", ACME)
    kinds = list(hub.hub.runner._handlers)
    for _ in range(jobs.ATTEMPTS_MAX):
        now = hub.clock.now()
        hub.hub.database.write_now(lambda conn, now=now: jobs.claim(conn, kinds, worker="w", now=now))  # type: ignore[misc]
        hub.later(seconds=jobs.LEASE.total_seconds() + 1)
    hub.work()
    assert_given_up(hub, message, "worker ended")


def assert_given_up(hub: AtWork, message: str, why: str) -> None:
    detail = hub.detail(message)
    assert hub.backlog().dead == 1
    assert detail.message.why is not None
    assert why in detail.message.why
    assert "payload" not in detail.message.why
    [told] = [entry for entry in detail.timeline if entry.event == "processing-failed"]
    assert told.text is not None
    assert why in str(told.text)


def test_a_hub_at_work_says_how_each_of_its_loops_stands(hub: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.bootstrap.warm_up", lambda rules, rooms: None)

    async def choke(watcher: FolderWatcher) -> int:
        raise OSError("the disk is gone")

    def faults_of_folders() -> float | None:
        labels = {"loop": "folders", "fault": "OSError"}
        return hub.hub.registry.get_sample_value("hub_loop_faults_total", labels)

    monkeypatch.setattr(FolderWatcher, "sweep", choke)

    async def look() -> dict[str, tuple[bool, str | None]]:
        await hub.hub.start()
        async with asyncio.timeout(30):
            while not faults_of_folders():
                await asyncio.sleep(0.01)
        checks = await hub.hub.checks()
        await hub.hub.stop()
        return {check.name: (check.ok, check.detail) for check in checks}

    well, broken = (True, None), (False, "OSError")
    assert hub.wait(look()) == {
        "database": well,
        "storage": well,
        "partners": well,
        "reader": well,
        "jobs": well,
        "jobs given up": well,
        "budgets": well,
        "leases": well,
        "deliveries": well,
        "folders": broken,
        "housekeeping": well,
    }
