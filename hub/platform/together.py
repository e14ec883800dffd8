"""What many ask in one turn of the event loop becomes one call.

A job's tasks all come to their next step at the same moment; one hop to a thread or a process then serves them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from hub.kernel.errors import Defect

A = TypeVar("A")
B = TypeVar("B")

Answers = Sequence[B | Exception]
"""One for each thing asked, in order; an exception is raised for who asked it, and for nobody else."""


class Together(Generic[A, B]):
    """Hands what is asked to ``call``, at most ``most`` at a time. What ``call`` raises, all it was given hear."""

    def __init__(self, call: Callable[[list[A]], Awaitable[Answers[B]]], *, most: int) -> None:
        self._call = call
        self._most = most
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._calls: set[asyncio.Task[None]] = set()

    async def ask(self, item: A) -> B:
        """Return the answer to ``item``."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[B] = loop.create_future()
        self._waiting.append((item, answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._pass_on)
        return await answer

    def _pass_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for first in range(0, len(waiting), self._most):
            call = asyncio.create_task(self._answer(waiting[first : first + self._most]))
            self._calls.add(call)  # the event loop itself keeps tasks only weakly
            call.add_done_callback(self._calls.discard)

    async def _answer(self, asked: list[tuple[A, asyncio.Future[B]]]) -> None:
        try:
            answers = await self._call([item for item, _ in asked])
            if len(answers) != len(asked):
                raise Defect(f"{len(answers)} answers to {len(asked)} who asked")
        except Exception as fault:  # noqa: BLE001 - handed on to everyone who waits
            answers = [fault] * len(asked)
        for (_, waiting), answer in zip(asked, answers, strict=True):
            if waiting.done():  # cancelled by who asked
                continue
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)
