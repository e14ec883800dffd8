"""uvicorn's server with our door: its connections are counted, and looked at every second."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from hub.web.door.connection import kept_by
from hub.web.door.keeper import Keeper
from hub.web.door.limits import Limits

FINISH_SECONDS = 20  # for requests under way at SIGTERM; container engines wait 10 to 30 seconds before they kill
LOOK_EVERY_TICKS = 10  # a tick is a tenth of a second


class Server(uvicorn.Server):
    """Serves ``app`` within ``limits``. ``on_started`` is called once it answers."""

    def __init__(
        self,
        app: Callable[..., Any],
        limits: Limits,
        *,
        backlog: int,
        on_started: Callable[[], None] = lambda: None,
        look_every_ticks: int = LOOK_EVERY_TICKS,
    ) -> None:
        self.keeper = Keeper(limits, proxies=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                http=kept_by(self.keeper),
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
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def on_tick(self, counter: int) -> bool:
        if counter % self._look_every_ticks == 0:
            self.keeper.look(asyncio.get_running_loop().time())
        return await super().on_tick(counter)
