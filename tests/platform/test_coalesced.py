"""What is asked at the same moment is asked once, and each who asked hears his own answer."""

from __future__ import annotations

import asyncio

import pytest

from hub.platform.coalesced import Coalesced

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_what_is_asked_at_the_same_moment_is_one_call() -> None:
    calls: list[list[int]] = []

    async def double(items: list[int]) -> list[int | Exception]:
        calls.append(items)
        return [2 * item for item in items]

    together = Coalesced(double, most=3)
    assert await asyncio.gather(*(together.ask(number) for number in range(7))) == [0, 2, 4, 6, 8, 10, 12]
    assert calls == [[0, 1, 2], [3, 4, 5], [6]]


async def test_an_answer_that_is_a_fault_is_raised_for_who_asked_and_nobody_else() -> None:
    async def odd_only(items: list[int]) -> list[int | Exception]:
        return [item if item % 2 else ValueError(str(item)) for item in items]

    together = Coalesced(odd_only, most=10)
    one, two, three = await asyncio.gather(*(together.ask(n) for n in (1, 2, 3)), return_exceptions=True)
    assert (one, three) == (1, 3)
    assert isinstance(two, ValueError)


async def test_a_call_that_fails_fails_for_all_it_was_given() -> None:
    async def never(items: list[int]) -> list[int | Exception]:
        raise RuntimeError("no")

    together = Coalesced(never, most=2)
    answers = await asyncio.gather(*(together.ask(n) for n in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [RuntimeError] * 3


async def test_who_no_longer_waits_does_not_keep_the_others_from_their_answers() -> None:
    async def slow(items: list[int]) -> list[int | Exception]:
        await asyncio.sleep(0.05)
        return list(items)

    together = Coalesced(slow, most=10)
    gone, stays = asyncio.create_task(together.ask(1)), asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
