"""Messages read in a process beside the hub: the same outcome as read in the hub itself."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from hub.flow.readers import ReadBeside, Reading, read_message
from hub.flow.rules import Rules
from hub.kernel.errors import Misconfigured, Unreadable
from hub.platform import jobs
from hub.platform.configuration import find_configuration
from tests.flow.at_work import ACME, AtWork
from tests.flow.wire import group, interchange, order, transaction

BODIES = {
    "an order": interchange(group(transaction(order("4500000001")))),
    "two orders, one of them broken": interchange(
        group(transaction(order("4500000001")), transaction("BEG*00", control="0002"))
    ),
    "an order under another name": interchange(group(transaction(order("4500000001"))), sender="SOMEBODY"),
}


async def _read_beside(*asked: tuple[str, bytes]) -> list[Reading | BaseException]:
    reader = ReadBeside(None)
    answers = await asyncio.gather(*(reader.read(partner, body) for partner, body in asked), return_exceptions=True)
    await reader.close()
    return answers


def test_what_is_read_beside_is_what_is_read_here() -> None:
    rules = Rules(find_configuration(None))
    beside = asyncio.run(_read_beside(*((ACME, body) for body in BODIES.values())))
    assert beside == [read_message(rules, ACME, body) for body in BODIES.values()]


def test_what_cannot_be_read_is_told_and_its_neighbour_is_read() -> None:
    nonsense, nobody, good = asyncio.run(
        _read_beside((ACME, b"nonsense"), ("nobody", BODIES["an order"]), (ACME, BODIES["an order"]))
    )
    assert isinstance(nonsense, Unreadable)
    assert nonsense.code == "SYN-NOT-X12"
    assert isinstance(nobody, Misconfigured)
    assert isinstance(good, Reading)


@pytest.mark.parametrize("killed", [False, True], ids=["quietly", "though its reader was killed"])
def test_a_hub_that_serves_has_its_messages_read_beside_it(hub: AtWork, killed: bool) -> None:
    async def story() -> str:
        await hub.hub.start()
        if killed:
            vars(vars(vars(hub.hub.desk.reader)["_beside"])["_child"])["_process"].kill()
        accepted = await hub.hub.receive(ACME, BODIES["an order"], transport="http")
        async with asyncio.timeout(60):
            while await hub.hub.database.read(jobs.next_due):
                await asyncio.sleep(0.02)
        await hub.hub.stop()
        return accepted.message_id

    with capture_logs():
        message = hub.wait(story())
    hub.reopen()
    assert hub.detail(message).message.outcome == "accepted"
