"""How much one caller, and all of them, may read at a time.

A page or an answer is bounded, and still some take a tenth of a second of a reader, or read a message again. In: the
wish to read. Out: a place, given back when the block ends; or ``Problem`` 429 or 503 with Retry-After. Nobody takes all
places, and one reader of the database always stays free for what is small.

A body, which may be a hundred megabytes and is fetched in pieces as the caller takes them, has places of its own, held
until the last byte is out or the caller is gone: whoever does not read what they asked for keeps no page waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Receive, Scope, Send

from hub.web.caller import caller_of
from hub.web.problems import Problem, busy

AT_ONCE = 3  # of all callers: one less than SQLite has readers (``hub.platform.sqlite.READERS``)
CALLER_AT_ONCE = 2
CALLER_WAITING_MAX = 64  # under way or waiting: a script that asks for the state of a batch at once
WAITING_MAX = 500  # of all callers; beyond it whoever comes is better told "later"
WAITING_SECONDS_MAX = 30.0  # for a place: whoever waits longer is better told "later"
RETRY_SECONDS = 2.0
BODIES_AT_ONCE = 16  # a piece of 256 KiB and a descriptor each
KEPT = "places_kept"


class Reads:
    """Counts heavy reads. One per process, used on the event loop only."""

    def __init__(self, at_once: int = AT_ONCE, waiting_seconds_max: float = WAITING_SECONDS_MAX) -> None:
        self._waiting_seconds_max = waiting_seconds_max
        self._all = asyncio.Semaphore(at_once)
        self._own: dict[str, asyncio.Semaphore] = {}
        self._asked: dict[str, int] = {}

    @property
    def asked(self) -> int:
        """How many hold a place or wait for one."""
        return sum(self._asked.values())

    @asynccontextmanager
    async def place(self, caller: str) -> AsyncIterator[None]:
        """Hold a place for ``caller`` while the block runs; wait for one when there are few before."""
        asked = self._asked.get(caller, 0)
        if asked >= CALLER_WAITING_MAX:
            raise busy(f"{asked} of your requests are under way", RETRY_SECONDS)
        if self.asked >= WAITING_MAX:
            raise Problem(503, "too much is being read", code="busy", retry_after_seconds=RETRY_SECONDS)
        self._asked[caller] = asked + 1
        own = self._own.setdefault(caller, asyncio.Semaphore(CALLER_AT_ONCE))
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(self._waiting_seconds_max):
                        await held.enter_async_context(own)
                        await held.enter_async_context(self._all)
                except TimeoutError:
                    raise Problem(
                        503, "no place has become free", code="busy", retry_after_seconds=RETRY_SECONDS
                    ) from None
                yield
        finally:
            self._asked[caller] -= 1
            if not self._asked[caller]:
                del self._asked[caller], self._own[caller]


@asynccontextmanager
async def reading(connection: ASGIConnection[Any, Any, Any, Any]) -> AsyncIterator[None]:
    """Hold a place for whoever asks, as the gate found."""
    reads: Reads = connection.app.state.reads
    async with reads.place(caller_of(connection).actor):
        yield


class PlacesKept:
    """The layer of the app that gives back, once a request has ended in whatever way, the places it was to keep."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app."""
        async with AsyncExitStack() as kept:
            scope.setdefault("state", {})[KEPT] = kept
            await self._app(scope, receive, send)


async def keep_body_place(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Hold a place for a body until the whole answer is out, or nobody takes it any more."""
    bodies: Reads = connection.app.state.bodies
    kept: AsyncExitStack = connection.scope["state"][KEPT]
    await kept.enter_async_context(bodies.place(caller_of(connection).actor))
