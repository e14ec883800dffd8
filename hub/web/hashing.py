"""Who may have a password hashed next: a tenth of a second of a core each, so few at a time and few that wait.

In: the address that asks, and its line. Out: a turn, or ``Problem`` 503 with Retry-After at once. Whoever has asked
least lately is next, so a person who comes for the first time passes all who try one password after another; where the
queue is full, whoever has asked most gives way. One whose line has ended is dropped before anything is hashed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from litestar.types import Receive

from hub.security.passwords import CHECKS_AT_ONCE
from hub.web.attempts import GUESSES_SECONDS, PER_ADDRESS, PER_SITE, Guesses
from hub.web.networks import SITE_SHARE, network_of, site_of
from hub.web.problems import Problem

WAITING_MAX = 16  # eight turns of two: a second for whoever is last
RETRY_SECONDS = 2.0


class _Waiter:
    def __init__(self, asked: int, serial: int) -> None:
        self.rank = (asked, serial)
        self.turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()  # False: gives way


class HashTurns:
    """The queue before the hashes. One per process, used on the event loop only."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._lately = Guesses(PER_ADDRESS, GUESSES_SECONDS, monotonic)
        self._of_sites = Guesses(PER_SITE, GUESSES_SECONDS, monotonic)
        self._running = 0
        self._serial = 0
        self._waiting: list[_Waiter] = []

    def require_chance(self, address: str) -> None:
        """Raise ``Problem`` 503 when too many wait, and ``address`` would give way: nothing else is done for it."""
        if len(self._waiting) >= WAITING_MAX and self._asked(address) >= max(each.rank[0] for each in self._waiting):
            raise _too_many()

    def _asked(self, address: str) -> int:
        of_site = self._of_sites.count(site_of(address))
        return max(self._lately.count(network_of(address)), of_site // SITE_SHARE)

    @asynccontextmanager
    async def turn(self, address: str, receive: Receive) -> AsyncIterator[None]:
        """Hold a turn while the block runs. Raises ``Problem`` 503 when too many wait, or the caller has gone."""
        asked = self._asked(address)
        self._lately.add(network_of(address))
        self._of_sites.add(site_of(address))
        if self._running < CHECKS_AT_ONCE and not self._waiting:
            self._running += 1
        else:
            await self._wait(asked, receive)
        try:
            yield
        finally:
            self._running -= 1
            self._next()

    async def _wait(self, asked: int, receive: Receive) -> None:
        self._serial += 1
        mine = _Waiter(asked, self._serial)
        self._waiting.append(mine)
        if len(self._waiting) > WAITING_MAX:
            last = max(self._waiting, key=lambda each: each.rank)
            self._waiting.remove(last)
            last.turn.set_result(False)
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait((mine.turn, gone), return_when=asyncio.FIRST_COMPLETED)
            if not mine.turn.done():
                raise Problem(503, "the line has ended", code="busy", retry_after_seconds=RETRY_SECONDS)
            if not mine.turn.result():
                raise _too_many()
        except BaseException:
            if mine in self._waiting:
                self._waiting.remove(mine)
            elif mine.turn.done() and mine.turn.result():  # given, and not taken any more
                self._running -= 1
                self._next()
            raise
        finally:
            gone.cancel()

    def _next(self) -> None:
        while self._waiting and self._running < CHECKS_AT_ONCE:
            first = min(self._waiting, key=lambda each: each.rank)
            self._waiting.remove(first)
            self._running += 1
            first.turn.set_result(True)


def _too_many() -> Problem:
    return Problem(503, "too many log in at once", code="busy", retry_after_seconds=RETRY_SECONDS)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
