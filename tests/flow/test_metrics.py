"""Whoever watches the hub reads its numbers over HTTP, and each that is declared is fed by what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from hub.exchange.outbox import DueDelivery
from hub.flow.delivering import Deliverer, DeliveryWay
from hub.kernel.sentence import Wording, as_written
from hub.platform.supervision import Loop
from hub.transport.folder import FolderWatcher
from hub.web.app import create_app
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, line, one_order, order, transaction

FAR = 4_000_000_000.0  # every file is settled then
TOKEN = "a-token-of-twenty-signs-or-more"
Numbers = dict[str, dict[tuple[str, ...], float]]


def numbers_over_http(hub: AtWork) -> Numbers:
    """Return what ``/metrics`` says: by name of the sample, its values by their labels."""
    hub.hub.settings = replace(hub.hub.settings, metrics_token=TOKEN)

    async def scrape() -> str:
        app = httpx.ASGITransport(app=create_app(hub.hub))
        async with httpx.AsyncClient(transport=app, base_url="http://hub") as prometheus:
            answered = await prometheus.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert answered.status_code == 200
        return answered.text

    found: Numbers = {}
    for family in text_string_to_metric_families(hub.wait(scrape())):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


@pytest.fixture
def hub(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> AtWork:
    add_north(tmp_path / "overlay")
    return hub_with(tmp_path / "overlay")


def test_documents_are_counted_by_what_became_of_them(hub: AtWork) -> None:
    hub.send(one_order("4500098001", 101))
    hub.send(one_order("4500098002", 102, lines=line(10) + line(20, item="BP*AC-9999")))
    hub.send(one_order("4500098003", 103, lines="PO1*10*HUNDRED*EA*12.35*CT*BP*AC-1001*EC*D~"))
    assert numbers_over_http(hub)["hub_documents_processed_total"] == {
        ("PurchaseOrder", "accepted", ACME, "valid"): 1,
        ("PurchaseOrder", "changed", ACME, "valid"): 1,
        ("unknown", "refused", ACME, "rejected"): 1,
    }


def test_the_time_a_message_took_is_measured_from_its_receipt_to_its_last_answer(hub: AtWork) -> None:
    hub.take_in(one_order("4500098001", 101))
    hub.later(seconds=3)
    hub.work()
    numbers = numbers_over_http(hub)
    assert numbers["hub_processing_seconds_count"] == {(): 1}
    assert numbers["hub_processing_seconds_sum"] == {(): 3}


def test_attempts_to_deliver_are_counted_by_how_they_went(hub: AtWork) -> None:
    hub.send(from_north(group(transaction(order("4500098001"))), number=1), NORTH)
    tried: list[str] = []

    def fail_once(due: DueDelivery, body: bytes) -> Wording:
        tried.append(due.message)
        if len(tried) == 1:
            raise ValueError("its name is no name there")
        return as_written("there")

    hub.wait(Deliverer(hub.hub.services, {"folder": DeliveryWay(deliver=fail_once)})._deliver_due())
    assert numbers_over_http(hub)["hub_deliveries_total"] == {
        (NORTH, "failed", "folder"): 1,
        (NORTH, "delivered", "folder"): 1,
    }


def test_every_number_that_is_declared_is_fed(hub: AtWork) -> None:
    declared = {family.name for family in hub.hub.registry.collect()}
    hub.send(from_north(group(transaction(order("4500098001"))), number=1), NORTH)
    hub.hub.places.prepare([NORTH])
    hub.deliver()
    (hub.hub.places.inbox(NORTH) / "order.edi").write_bytes(b"x" * 100)
    told = hub.hub.file_refused
    watcher = FolderWatcher(
        hub.hub.places, lambda: [NORTH], hub.hub.receive, limit_bytes=99, clock=lambda: FAR, tell_aside=told
    )
    hub.wait(watcher.sweep())
    hub.take_in(one_order("4500098002", 102))
    hub.wait(hub.hub._keep_house())

    async def choke() -> None:
        raise OSError("the disk is gone")

    async def one_bad_round() -> None:
        task = asyncio.create_task(Loop("folders", choke, on_fault=hub.hub.metrics.count_loop_fault).run())
        while not hub.hub.registry.get_sample_value("hub_loop_faults_total", {"loop": "folders", "fault": "OSError"}):
            await asyncio.sleep(0)
        task.cancel()

    hub.wait(one_bad_round())
    numbers = numbers_over_http(hub)
    fed = {name for name, samples in numbers.items() if any(samples.values())}
    ends = ("", "_total", "_count")
    assert {name for name in declared if not any(name + end in fed for end in ends)} == set()
