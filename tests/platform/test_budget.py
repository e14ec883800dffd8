"""What is under way together never weighs more than was allowed, whoever leaves and however."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from hub.platform.budget import Shares

TOTAL = 10
WORKS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.booleans()), max_size=30)


class Watched:
    """Works with a share of a budget, and what was seen of it."""

    def __init__(self) -> None:
        self.budget = Shares(TOTAL)
        self.under_way: list[int] = []
        self.most = 0
        self.done: list[int] = []

    async def work(self, number: int, weight: int, turns: int) -> None:
        async with self.budget.share(weight):
            self.under_way.append(min(weight, TOTAL))
            self.most = max(self.most, sum(self.under_way))
            try:
                for _ in range(turns):
                    await asyncio.sleep(0)
            finally:
                self.under_way.remove(min(weight, TOTAL))
        self.done.append(number)


@given(WORKS)
def test_all_who_are_not_called_off_get_their_turn_and_never_too_much_at_a_time(
    works: Sequence[tuple[int, int, bool]],
) -> None:
    async def story() -> Watched:
        seen = Watched()
        tasks = [
            asyncio.create_task(seen.work(number, weight, turns)) for number, (weight, turns, _) in enumerate(works)
        ]
        await asyncio.sleep(0)
        for task, (_, _, called_off) in zip(tasks, works, strict=True):
            if called_off:
                task.cancel()
                await asyncio.sleep(0)
        async with asyncio.timeout(20):
            await asyncio.gather(*tasks, return_exceptions=True)
            async with seen.budget.share(TOTAL):  # all of it is free again
                pass
        return seen

    seen = asyncio.run(story())
    assert seen.most <= TOTAL
    assert {number for number, (_, _, called_off) in enumerate(works) if not called_off} <= set(seen.done)


def test_who_waits_is_not_passed_by_who_is_lighter() -> None:
    async def story() -> list[int]:
        seen = Watched()
        works = [seen.work(0, 8, 3), seen.work(1, 8, 1), seen.work(2, 1, 1)]
        await asyncio.gather(*works)
        return seen.done

    assert asyncio.run(story()) == [0, 1, 2]


def test_what_weighs_more_than_all_goes_by_itself() -> None:
    async def story() -> Watched:
        seen = Watched()
        await asyncio.gather(seen.work(0, 3, 2), seen.work(1, 99, 2), seen.work(2, 3, 2))
        return seen

    seen = asyncio.run(story())
    assert seen.done == [0, 1, 2]
    assert seen.most == TOTAL


def test_all_called_off_at_once_leave_nothing_behind() -> None:
    async def story() -> list[object]:
        seen = Watched()
        tasks = [asyncio.create_task(seen.work(number, 8, 5)) for number in range(4)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(20), seen.budget.share(TOTAL):
            return [*ended]

    assert [type(each) for each in asyncio.run(story())] == [asyncio.CancelledError] * 4
