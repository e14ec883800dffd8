"""A process beside this one: what it is given comes back answered, whatever becomes of the process."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.kernel.errors import Defect, Misconfigured, Overrun, Unavailable, Unreadable
from hub.platform.subprocesses import Subprocess
from tests.platform import child

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def started(*arguments: str, token: str = child.TOKEN, seconds: float = 20.0, alone: float = 20.0) -> Subprocess:
    return Subprocess(
        child.__name__, *arguments, answers=child.ANSWERS, token=token, seconds_max=seconds, alone_seconds_max=alone
    )


@pytest.fixture
async def process() -> AsyncIterator[Subprocess]:
    made = started()
    yield made
    await made.close()


async def test_every_item_has_its_answer_in_order(process: Subprocess) -> None:
    assert await process.run([1, 2, 3]) == [2, 4, 6]


async def test_several_who_ask_at_once_get_their_own_answers(process: Subprocess) -> None:
    answers = await asyncio.gather(*(process.run([number]) for number in range(10)))
    assert answers == [[2 * number] for number in range(10)]


async def test_a_fault_that_is_an_answer_comes_back_as_it_was_made(process: Subprocess) -> None:
    good, fault = await process.run([1, "misconfigured"])
    assert good == 2
    assert isinstance(fault, Misconfigured)
    assert str(fault) == "partner.toml:7: no such map; remedy: name another"


async def test_what_could_be_read_of_a_body_comes_back_with_the_fault_in_it(process: Subprocess) -> None:
    (fault,) = await process.run(["unreadable"])
    assert isinstance(fault, Unreadable)
    assert (fault.syntax, fault.reference, fault.numbers) == ("xml", "17", [("item", "A"), ("item", "B")])
    assert [(each.code, each.location.line) for each in fault.found] == [("SYN-XML-EMPTY", 1)]


async def test_what_ends_the_process_fails_alone_and_its_neighbours_are_answered(process: Subprocess) -> None:
    with capture_logs():
        answers = await process.run([1, "die", 3])
    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], Defect)
    assert await process.run([4]) == [8], "another process has taken its place"


async def test_an_answer_of_another_type_than_agreed_is_not_taken_and_its_neighbours_are(
    process: Subprocess,
) -> None:
    with capture_logs():
        answers = await process.run([1, "another type", 3])
    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], Defect)
    assert "said what it may not" in str(answers[1])


async def test_one_item_that_ends_the_process_is_not_given_to_another(process: Subprocess) -> None:
    starts: list[int] = []
    start = Subprocess.start

    async def counting(self: Subprocess) -> None:
        starts.append(1)
        await start(self)

    with pytest.MonkeyPatch.context() as patch, capture_logs():
        patch.setattr(Subprocess, "start", counting)
        (fault,) = await process.run(["die"])
    assert isinstance(fault, Defect)
    assert not isinstance(fault, Overrun)
    assert "ended with status 3" in str(fault)
    assert len(starts) == 1


async def test_what_takes_too_long_fails_and_its_neighbours_are_answered() -> None:
    impatient = started(seconds=3.0, alone=1.5)
    with capture_logs():
        answers = await impatient.run([1, "sleep", 3])
    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], Overrun)
    assert "took more than 1.5 s" in str(answers[1])
    await impatient.close()


async def test_the_time_a_process_takes_to_come_up_is_not_the_time_of_its_work() -> None:
    late = started("slow", seconds=1.0)
    assert await late.run([1]) == [2]
    await late.close()


async def test_a_process_that_does_not_come_up_is_nobodys_fault_and_is_not_tried_again_at_once() -> None:
    broken = started("broken")
    with capture_logs() as told:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await broken.run([1, 2])
    assert broken.fault == "it ended with status 7"
    assert len(told) == 1, "the second was told so without another start"


async def test_a_process_that_works_by_other_rules_is_given_nothing() -> None:
    other = started(token="rules of an hour ago")
    with capture_logs(), pytest.raises(Unavailable):
        await other.run([1])
    assert other.fault == "its files have changed since this process was started; start this one again"


async def test_a_process_is_ended_at_once_whatever_it_is_at() -> None:
    busy = started(seconds=600.0)
    await busy.run([1])
    asking = asyncio.create_task(busy.run(["sleep", 2]))
    await asyncio.sleep(0.1)
    with capture_logs():
        async with asyncio.timeout(10):
            await busy.close()
            with pytest.raises(Unavailable):
                await asking


async def test_a_file_where_the_hub_was_started_is_no_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    elsewhere = started()
    assert await elsewhere.run([1]) == [2]
    await elsewhere.close()


async def test_the_process_is_told_no_secret(process: Subprocess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:secret@db/hub")
    assert await process.run(["secret"]) == [None]


async def test_a_process_that_was_killed_from_outside_is_replaced(process: Subprocess) -> None:
    [there] = await process.run(["pid"])
    descriptor = os.pidfd_open(there)
    os.kill(there, signal.SIGKILL)
    await asyncio.to_thread(select.select, [descriptor], [], [], 60)
    os.close(descriptor)
    with capture_logs():
        [other] = await process.run(["pid"])
    assert isinstance(other, int)
    assert other != there


async def test_who_gives_up_waiting_does_not_leave_an_answer_to_the_next(process: Subprocess) -> None:
    await process.run([1])
    asking = asyncio.create_task(process.run(["sleep"]))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await process.run([21]) == [42]


async def test_printing_does_not_disturb_the_answers(process: Subprocess) -> None:
    assert await process.run(["print", 5]) == ["printprint", 10]


async def test_the_process_ends_with_the_one_that_started_it_even_at_work() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.platform.child", "parent", stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    there = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    deadline = time.monotonic() + 60
    while _lives(there) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert not _lives(there)


def _lives(process: int) -> bool:
    """Say whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
