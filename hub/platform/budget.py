"""So much at a time, by weight: what is under way together never weighs more than a total.

In: the weight of a piece of work. Out: its turn, in the order in which it was asked for. What weighs more than the
total goes by itself. Used on one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class Budget:
    """Gives shares of ``total``."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._spent = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @contextlib.asynccontextmanager
    async def share(self, weight: int) -> AsyncIterator[None]:
        """Wait until ``weight`` is free; it is spent until the block is left."""
        weight = min(weight, self._total)
        if self._waiting or self._spent + weight > self._total:
            await self._turn(weight)
        else:
            self._spent += weight
        try:
            yield
        finally:
            self._spent -= weight
            self._let_in()

    async def _turn(self, weight: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((weight, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn had come
                self._spent -= weight
            elif (weight, turn) in self._waiting:  # unless who left has passed it over
                self._waiting.remove((weight, turn))
            self._let_in()
            raise

    def _let_in(self) -> None:
        """Give their turn to those who fit now, the first first."""
        while self._waiting and self._spent + self._waiting[0][0] <= self._total:
            weight, turn = self._waiting.popleft()
            if not turn.done():
                self._spent += weight
                turn.set_result(None)
