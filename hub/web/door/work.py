"""A request that has a turn: when it asks for it, and what is told of it while it is worked on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from hub.web.door.turns import Turn, Turns

_log = logging.getLogger(__name__)

App = Callable[[Any, Any, Any], Awaitable[None]]


def is_promise(cycle: RequestResponseCycle) -> bool:
    """Tell whether the body of ``cycle`` is waited for before it has a turn, which it would hold while it comes.

    A body larger than any form is not: it is refused without being read.
    """
    if not cycle.more_body or len(cycle.body) > HIGH_WATER_LIMIT:
        return False
    fields = dict(cycle.scope["headers"])
    if b"transfer-encoding" in fields:
        return True
    return 0 < int(fields.get(b"content-length", b"0")) <= HIGH_WATER_LIMIT


def in_turn(turns: Turns, turn: Turn, cycle: RequestResponseCycle, app: App) -> App:
    """Return ``app`` such that ``turns`` hears how far it is. Who leaves during an answer is no fault of ours."""

    async def work(scope: Any, receive: Any, send: Any) -> None:
        async def said(message: Any) -> None:
            if message["type"] == "http.response.start":
                turns.answering(turn)
            await send(message)

        try:
            await app(scope, receive, said)
        except Exception as fault:
            if not cycle.disconnected:
                raise
            _log.debug("whoever asked has left during the answer", extra={"fault": type(fault).__name__})
        finally:
            turns.worked(turn)

    return work
