"""Messages read in a process beside the hub: the same outcome as read in the hub itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from hub.exchange import intake
from hub.flow import readers, tasks
from hub.flow.documents import Document, Survey
from hub.flow.readers import ReadInSubprocess
from hub.flow.reading import ReadMessage, ToRead, read_messages
from hub.flow.rules import Rules
from hub.kernel.errors import Misconfigured, Unreadable
from hub.platform import jobs, subprocesses
from hub.platform.configuration import find_configuration
from tests.flow.at_work import ACME, AtWork
from tests.flow.wire import group, interchange, one_order, order, transaction

BODIES = {
    "an order": interchange(group(transaction(order("4500000001")))),
    "two orders, one of them broken": interchange(
        group(transaction(order("4500000001")), transaction("BEG*00", control="0002"))
    ),
    "an order under another name": interchange(group(transaction(order("4500000001"))), sender="SOMEBODY"),
}


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _wanted(body: bytes, partner: str = ACME) -> ToRead:
    return ToRead(message="message-1", partner=partner, body=body, now=NOW)


async def _read_beside(*asked: ToRead) -> list[ReadMessage | BaseException]:
    reader = ReadInSubprocess(None, log_level="warning")
    answers = await asyncio.gather(*(reader.read(wanted) for wanted in asked), return_exceptions=True)
    await reader.close()
    return answers


def test_what_is_read_beside_is_what_is_read_here() -> None:
    rules = Rules(find_configuration(None))
    wanted = [_wanted(body) for body in BODIES.values()]
    beside = asyncio.run(_read_beside(*wanted))
    assert [_without_ids(each) for each in beside] == [_without_ids(each) for each in read_messages(rules, wanted)]


def _without_ids(reading: ReadMessage | BaseException) -> tuple[Survey, list[Document], list[str]]:
    """Return what was read and prepared, but for the ids of orders, which no two readers give alike."""
    assert isinstance(reading, ReadMessage)
    prepared = []
    for position, each in reading.prepared.items():
        order = each.writes.rows.order
        assert order.seller_order
        prepared.append(f"{position}: {each!r}".replace(order.id, "ID").replace(order.seller_order, "NUMBER"))
    return reading.survey, reading.documents, prepared


@pytest.mark.parametrize("many", ["interchange acknowledgements", "groups"])
def test_what_travels_between_the_processes_grows_with_the_message_and_no_faster(many: str) -> None:
    rules = Rules(find_configuration(None))

    def travels(count: int) -> int:
        ta1s = [f"TA1*{number:09d}*261120*1200*A*000" for number in range(1, count + 1)]
        groups = [group(transaction(order(f"45{number:08d}")), number=number) for number in range(1, count + 1)]
        body = interchange(*(groups if many == "groups" else ["~".join([*ta1s, ""])]))
        [read] = read_messages(rules, [_wanted(body)])
        assert isinstance(read, ReadMessage)
        assert len(read.documents) == count
        return len(msgspec.msgpack.encode(read))

    assert travels(200) < 2.2 * travels(100)


def test_what_cannot_be_read_is_told_and_its_neighbour_is_read() -> None:
    nonsense, nobody, good = asyncio.run(
        _read_beside(_wanted(b"nonsense"), _wanted(BODIES["an order"], "nobody"), _wanted(BODIES["an order"]))
    )
    assert isinstance(nonsense, Unreadable)
    assert nonsense.code == "ENV-NO-INTERCHANGE"
    assert isinstance(nobody, Misconfigured)
    assert isinstance(good, ReadMessage)


@pytest.mark.parametrize("killed", [False, True], ids=["quietly", "though its reader was killed"])
def test_a_hub_that_serves_has_its_messages_read_beside_it(hub: AtWork, killed: bool) -> None:
    async def story() -> str:
        await hub.hub.start()
        if killed:
            await hub.hub.services.reader.read(_wanted(BODIES["two orders, one of them broken"]))
            process = vars(vars(vars(hub.hub.services.reader)["_subprocess"])["_child"])["_process"]
            process.kill()
            process.wait()
        accepted = await hub.hub.receive(ACME, BODIES["an order"], transport="http")
        async with asyncio.timeout(60):
            while (left := await hub.hub.database.read(jobs.backlog)).ready or left.running:
                await asyncio.sleep(0.02)
        await hub.hub.stop()
        return accepted.message_id

    with capture_logs():
        message = hub.wait(story())
    hub.reopen()
    assert hub.detail(message).message.outcome == "accepted"


def test_a_message_that_ends_its_reader_keeps_nobody_else_from_being_read(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The second of three messages kills whoever reads it: a fault of ours that no test has found."""
    bodies = [one_order(f"450000000{n}", control=n) for n in (1, 2, 3)]
    (tmp_path / "poisoned.py").write_text(POISONED)
    monkeypatch.setattr(readers, "READER_MODULE", "poisoned")
    monkeypatch.setattr(subprocesses, "_environment", lambda: {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"})

    async def story() -> list[str]:
        hub.hub.services.reader = ReadInSubprocess(None, log_level="warning")
        sent = [(await hub.hub.receive(ACME, body, transport="http")).message_id for body in bodies]
        await hub.hub.runner.drain()
        await hub.hub.services.reader.close()
        return sent

    with capture_logs():
        sent = hub.wait(story())
    assert [hub.detail(message).message.outcome for message in sent] == ["accepted", "none", "accepted"]
    [waiting] = hub.jobs()
    assert (waiting.payload, waiting.attempts) == (sent[1], 1)
    assert "ended with status 3" in (waiting.error or "")


POISONED = """
import os
from hub.flow import reader_process

read = reader_process.read_messages

def poisoned(rules, asked):
    return os._exit(3) if any(b"4500000002" in each.body for each in asked) else read(rules, asked)

reader_process.read_messages = poisoned
reader_process.main()
"""


def test_a_hub_whose_configuration_has_changed_reads_nothing_by_the_new_rules(hub: AtWork, tmp_path: Path) -> None:
    overlay = tmp_path / "config" / "partners" / ACME
    overlay.mkdir(parents=True)

    async def story() -> None:
        reader = ReadInSubprocess(str(tmp_path / "config"), log_level="warning")
        (overlay / "prices.toml").write_text("# another price list\n")
        hub.hub.services.reader = reader
        await hub.hub.receive(ACME, BODIES["an order"], transport="http")
        await hub.hub.runner.drain()
        assert [(check.ok, check.detail) for check in await hub.hub.checks() if check.name == "reader"] == [
            (False, "its files have changed since this process was started; start this one again")
        ]
        await reader.close()

    with capture_logs():
        hub.wait(story())
    [waiting] = hub.jobs()
    assert (waiting.attempts, waiting.excused) == (1, 1), "it waits for us, and no attempt is spent"


def test_what_is_wrong_with_one_stored_message_is_not_its_neighbours_fault(hub: AtWork) -> None:
    sent = [hub.take_in(one_order(f"450000000{n}", control=n)) for n in (1, 2, 3)]
    hub.hub.database.write_now(
        lambda conn: conn.exec_driver_sql("UPDATE message SET received_at = 'garbage' WHERE id = ?", (sent[1],))
    )
    with capture_logs():
        hub.work()
    assert [job.payload for job in hub.jobs()] == [sent[1]]


def test_a_small_message_does_not_wait_for_the_large_ones_before_it(
    hub: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "WHOLE_BYTES_MAX", 10_000)
    finished: list[str] = []
    done = jobs.done

    def noting(conn: Connection, fence: jobs.Fence) -> None:
        payload = conn.exec_driver_sql("SELECT payload FROM job WHERE id = ?", (fence.job,)).scalar_one()
        done(conn, fence)
        finished.append(payload)

    monkeypatch.setattr(tasks.jobs, "done", noting)
    sets = [transaction(order(f"46{n:08d}"), control=f"{n:04d}") for n in range(1, 500)]
    large = [hub.take_in(interchange(group(*sets[n::3], number=n + 1), number=n + 1)) for n in range(3)]
    small = hub.take_in(one_order("4500000001", control=9))
    hub.work()
    assert sorted(finished) == sorted([*large, small])
    assert finished.index(small) < 2, "at most the one that had been begun is before it"
