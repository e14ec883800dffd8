"""Nobody who tries passwords keeps the next person out of the login: who asked least is hashed next, and few wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.security.passwords import CHECKS_AT_ONCE
from hub.web.hashing import WAITING_MAX, HashTurns
from hub.web.problems import Problem

pytestmark = pytest.mark.anyio

OWN = "192.0.2.7"


class Desk:
    """Hashes that end when told, and what came of each caller."""

    def __init__(self) -> None:
        self.turns = HashTurns(lambda: 0.0)
        self.hashed: list[str] = []
        self.refused: list[str] = []
        self.answers: set[tuple[int, str]] = set()
        self.go_on = asyncio.Semaphore(0)

    async def ask(self, address: str, gone: asyncio.Event | None = None) -> None:
        line = gone or asyncio.Event()

        async def receive() -> Any:
            await line.wait()
            return {"type": "http.disconnect"}

        try:
            async with self.turns.turn(address, receive):
                self.hashed.append(address)
                await self.go_on.acquire()
        except Problem as problem:
            self.refused.append(address)
            self.answers.add((problem.status, problem.headers["retry-after"]))

    def begin(self, address: str, gone: asyncio.Event | None = None) -> asyncio.Task[None]:
        return asyncio.create_task(self.ask(address, gone))

    async def end(self, *tasks: asyncio.Task[None]) -> None:
        for _ in tasks:
            self.go_on.release()
        await asyncio.gather(*tasks, return_exceptions=True)


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("addresses", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("rounds", [2, 5, 20])
async def test_a_person_who_comes_for_the_first_time_is_next(addresses: int, rounds: int) -> None:
    desk = Desk()
    first = [desk.begin(f"127.0.0.{n}") for _ in range(2) for n in range(addresses)]
    await desk.end(*first)
    others = [desk.begin(f"127.0.0.{n}") for _ in range(rounds) for n in range(addresses)]
    await settled()
    before = len(desk.hashed)
    mine = desk.begin(OWN)
    await settled()
    desk.go_on.release()
    await settled()
    assert OWN not in desk.refused
    assert OWN in desk.hashed[: before + 1]
    await desk.end(mine, *others)


async def test_beyond_a_length_the_answer_is_later_at_once_and_nothing_is_hashed() -> None:
    desk = Desk()
    tasks = [desk.begin("127.0.0.1") for _ in range(100)]
    await settled()
    assert len(desk.hashed) == CHECKS_AT_ONCE
    assert desk.answers == {(503, "2")}
    assert len(desk.refused) == 100 - CHECKS_AT_ONCE - WAITING_MAX
    await desk.end(*tasks)
    assert len(desk.hashed) == CHECKS_AT_ONCE + WAITING_MAX


@pytest.mark.parametrize("how", ["gone", "cancelled"])
@pytest.mark.parametrize("count", [1, 3, WAITING_MAX])
async def test_what_was_abandoned_is_never_hashed(how: str, count: int) -> None:
    desk, gone = Desk(), asyncio.Event()
    busy = [desk.begin(f"127.0.1.{n}") for n in range(CHECKS_AT_ONCE)]
    await settled()
    left = [desk.begin(f"127.0.0.{n}", gone) for n in range(count)]
    await settled()
    if how == "gone":
        gone.set()
    else:
        for task in left:
            task.cancel()
    await settled()
    await desk.end(*busy)
    assert all(task.done() for task in left)
    assert len(desk.hashed) == CHECKS_AT_ONCE
    later = desk.begin(OWN)
    await desk.end(later)
    assert desk.hashed[-1] == OWN
