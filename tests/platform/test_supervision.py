"""A loop goes on whatever a round raises, tells how it stands, and ends when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from hub.kernel.errors import Unavailable
from hub.platform.supervision import Loop


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.platform.supervision.PAUSE_AFTER_FAULT_SECONDS", 0.0)


async def run_until(loop: Loop, ready: Callable[[], bool]) -> None:
    task = asyncio.create_task(loop.run())
    async with asyncio.timeout(10):
        while not ready():
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.anyio
@pytest.mark.parametrize("raised", [ValueError("no"), OSError("disk"), Unavailable("locked")])
async def test_a_loop_goes_on_after_a_round_that_raised_and_counts_it(raised: Exception) -> None:
    rounds, counted = [], []

    async def work() -> None:
        rounds.append(1)
        if len(rounds) < 3:
            raise raised

    loop = Loop("folders", work, on_fault=lambda name, fault: counted.append((name, fault)))
    await run_until(loop, lambda: len(rounds) > 3)
    assert counted == [("folders", type(raised).__name__)] * 2
    assert loop.fault is None


@pytest.mark.anyio
async def test_a_loop_whose_last_round_raised_says_so() -> None:
    async def work() -> None:
        raise ValueError("no")

    loop = Loop("folders", work)
    await run_until(loop, lambda: loop.fault is not None)
    assert loop.fault == "ValueError"
