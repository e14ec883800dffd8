"""So much at a time, by weight: what is under way together never weighs more than a total, nor one owner's than a part.

In: the weight of a piece of work, and whose it is. Out: its turn. Owners take turns, each's work in the order in which
it was asked for; who has spent its part waits and keeps nobody else waiting. What weighs more than the part goes when
nothing else of its owner is under way. Used on one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator

Turn = tuple[int, asyncio.Future[None]]


class Shares:
    """Gives shares of ``total``; of one owner no more than ``of_one`` at a time, which is all of it if not said."""

    def __init__(self, total: int, *, of_one: int | None = None) -> None:
        self._total = total
        self._of_one = min(total, of_one or total)
        self._spent: Counter[str] = Counter()  # by owner
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()  # the owner whose turn is next first

    @contextlib.asynccontextmanager
    async def share(self, weight: int, owner: str = "") -> AsyncIterator[None]:
        """Wait until ``weight`` is free for ``owner``; it is spent until the block is left."""
        weight = min(weight, self._of_one)
        if (
            owner not in self._waiting
            and self._next() is None
            and self._fits_owner(owner, weight)
            and self._fits(weight)
        ):
            self._spent[owner] += weight
        else:
            await self._turn(owner, weight)
        try:
            yield
        finally:
            self._give_back(owner, weight)
            self._let_in()

    async def _turn(self, owner: str, weight: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append((weight, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn had come
                self._give_back(owner, weight)
            elif (weight, turn) in self._waiting.get(owner, ()):  # unless who left has passed it over
                self._waiting[owner].remove((weight, turn))
                self._forget_if_idle(owner)
            self._let_in()
            raise

    def _let_in(self) -> None:
        """Give their turn to those who fit now, one of each owner after the other."""
        while (owner := self._next()) is not None and self._fits(self._waiting[owner][0][0]):
            weight, turn = self._waiting[owner].popleft()
            self._waiting.move_to_end(owner)
            self._forget_if_idle(owner)
            if not turn.done():
                self._spent[owner] += weight
                turn.set_result(None)

    def _next(self) -> str | None:
        """Return the first who waits and has not spent its part; who is next waits until the total has room for it."""
        return next((owner for owner, some in self._waiting.items() if self._fits_owner(owner, some[0][0])), None)

    def _fits(self, weight: int) -> bool:
        return self._spent.total() + weight <= self._total

    def _fits_owner(self, owner: str, weight: int) -> bool:
        return self._spent[owner] + weight <= self._of_one

    def _give_back(self, owner: str, weight: int) -> None:
        self._spent[owner] -= weight
        if not self._spent[owner]:
            del self._spent[owner]

    def _forget_if_idle(self, owner: str) -> None:
        if not self._waiting[owner]:
            del self._waiting[owner]
