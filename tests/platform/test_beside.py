"""A process beside this one: what it is given comes back answered, whatever becomes of the process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.kernel.errors import Defect, Misconfigured
from hub.platform.beside import Beside
from tests.platform import child

pytestmark = pytest.mark.anyio

SECONDS_MAX = 20.0  # starting Python on a busy machine is slow; only the one test about time sets less


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def beside() -> AsyncIterator[Beside]:
    made = Beside(child.__name__, seconds_max=SECONDS_MAX)
    yield made
    await made.close()


async def test_every_item_has_its_answer_in_order(beside: Beside) -> None:
    assert await beside.run([1, 2, 3]) == [2, 4, 6]


async def test_several_who_ask_at_once_get_their_own_answers(beside: Beside) -> None:
    answers = await asyncio.gather(*(beside.run([number]) for number in range(10)))
    assert answers == [[2 * number] for number in range(10)]


async def test_a_fault_that_is_an_answer_comes_back_as_it_was_made(beside: Beside) -> None:
    good, fault = await beside.run([1, "misconfigured"])
    assert good == 2
    assert isinstance(fault, Misconfigured)
    assert str(fault) == "partner.toml:7: no such map; remedy: name another"


async def test_what_ends_the_process_fails_alone_and_its_neighbours_are_answered(beside: Beside) -> None:
    with capture_logs():
        answers = await beside.run([1, "die", 3])
    assert [answers[0], answers[2]] == [2, 6]
    assert isinstance(answers[1], Defect)
    assert await beside.run([4]) == [8], "another process has taken its place"


async def test_what_takes_too_long_fails_alone() -> None:
    beside = Beside(child.__name__, seconds_max=SECONDS_MAX)
    await beside.run([1])
    impatient = Beside(child.__name__, seconds_max=3.0)
    with capture_logs():
        (fault,) = await impatient.run(["sleep"])
    assert isinstance(fault, Defect)
    assert "took more than 3 s" in str(fault)
    await impatient.close()
    await beside.close()


async def test_a_process_that_was_killed_from_outside_is_replaced(beside: Beside) -> None:
    [there] = await beside.run(["pid"])
    os.kill(there, signal.SIGKILL)
    with capture_logs():
        [other] = await beside.run(["pid"])
    assert other != there


async def test_who_gives_up_waiting_does_not_leave_an_answer_to_the_next(beside: Beside) -> None:
    await beside.run([1])
    asking = asyncio.create_task(beside.run(["sleep"]))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await beside.run([21]) == [42]


async def test_printing_does_not_disturb_the_answers(beside: Beside) -> None:
    assert await beside.run(["print", 5]) == ["printprint", 10]


async def test_the_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.platform.child", "parent", stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    there = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    deadline = time.monotonic() + SECONDS_MAX
    while _lives(there) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert not _lives(there)


def _lives(process: int) -> bool:
    """Say whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
