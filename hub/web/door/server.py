"""uvicorn's server with our door: its connections are accepted and counted by us, and looked at every second."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import uvicorn

from hub.web.door.accepting import Acceptor
from hub.web.door.connection import kept_by
from hub.web.door.keeper import NOBODY, Keeper, Known
from hub.web.door.limits import ConnectionLimits

FINISH_SECONDS = 20  # for requests under way at SIGTERM; container engines wait 10 to 30 seconds before they kill
LOOK_EVERY_TICKS = 10  # a tick is a tenth of a second

Loop: TypeAlias = Literal["auto", "asyncio", "uvloop"]


class Server(uvicorn.Server):
    """Serves ``app`` within ``limits``.

    ``known`` tells who was let in lately, ``on_started`` is called once it answers, and ``loop`` says which event loop
    it runs on: ``auto`` is uvloop where there is one.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        limits: ConnectionLimits,
        *,
        backlog: int,
        known: Known = NOBODY,
        on_started: Callable[[], None] = lambda: None,
        look_every_ticks: int = LOOK_EVERY_TICKS,
        loop: Loop = "auto",
    ) -> None:
        proxies = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
        self.keeper = Keeper(limits, proxies, known)
        self._kept = kept_by(self.keeper)
        self._acceptors: list[Acceptor] = []
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                loop=loop,
                http=self._kept,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=backlog,
                timeout_keep_alive=limits.idle_seconds,
                timeout_graceful_shutdown=FINISH_SECONDS,
            )
        )
        self._on_started = on_started
        self._look_every_ticks = look_every_ticks

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, then accept from ``sockets``, which uvicorn is not told of."""
        await super().startup([])
        if not self.started:
            return
        self._acceptors = [Acceptor(each, self.config.backlog, self.keeper, self._protocol) for each in sockets or ()]
        for acceptor in self._acceptors:
            acceptor.open()
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, and let what is under way finish."""
        for acceptor in self._acceptors:
            acceptor.close()
        for acceptor in self._acceptors:
            await acceptor.wait_closed()
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        return self._kept(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def on_tick(self, counter: int) -> bool:
        if counter % self._look_every_ticks == 0:
            self.keeper.look(asyncio.get_running_loop().time())
        return await super().on_tick(counter)
