"""A request that has a turn: it holds its place only while it computes. Who leaves during an answer is no fault.

In: the app, and the turn of a request. Out: the app, run in slices. Whatever it waits for, wherever that is written (a
hash, a reader of the database, a thread, the line), its place of the event loop is given back meanwhile and asked for
again: no route has to know of it, and none can forget it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import coroutine
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from hub.web.door.turn import Kind, Turn
from hub.web.door.turns import Turns
from hub.web.problems import MEDIA_TYPE, Problem, document

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


def in_turn(
    turns: Turns, turn: Turn, cycle: RequestResponseCycle, app: App, *, known_as: Kind, on_gone: Callable[[], None]
) -> App:
    """Return ``app`` such that it computes only in ``turn``. Once the gate knows who asks, he is no stranger: a person,
    or, where he has shown a key, of ``known_as``.

    ``on_gone`` hears of each who has left before his answer was complete.
    """

    async def work(scope: Any, receive: Any, send: Any) -> None:
        def computed() -> None:
            who = getattr(scope.get("user"), "kind", "anyone")
            if turn.kind is Kind.OTHER and who != "anyone":
                turns.known(turn, Kind.PERSON if who == "person" else known_as)
            turns.pause(turn)

        try:
            await _in_slices(turns, turn, _run(app, scope, receive, send), computed)
        except Exception as fault:
            if not cycle.disconnected:
                raise
            _log.debug("whoever asked has left during the answer", extra={"fault": type(fault).__name__})
        finally:
            if cycle.disconnected:
                on_gone()
            turns.worked(turn)

    return work


async def _run(app: App, scope: Any, receive: Any, send: Any) -> None:
    await app(scope, receive, send)


@coroutine
def _in_slices(
    turns: Turns, turn: Turn, work: Coroutine[Any, Any, None], computed: Callable[[], None]
) -> Generator[Any, Any, None]:
    """Run ``work`` from one thing it waits for to the next; ``computed`` is called before each wait."""
    fault: BaseException | None = None
    while True:
        try:
            waited = work.send(None) if fault is None else work.throw(fault)
        except StopIteration:
            return
        fault = None
        if waited is not None:  # else it lets others go first and waits for nothing
            computed()
        try:
            yield waited
            place = turns.again(turn) if waited is not None else None
            if place is not None:
                yield from place
        except BaseException as told:  # noqa: BLE001 - handed on to where it waits: it is told to end, most often
            fault = told
            turns.not_again(turn)


def busy(problem: Problem) -> App:
    """Return what answers ``problem`` and closes the line, whatever was asked, for next to nothing."""
    content = document(problem)
    fields = {"content-type": MEDIA_TYPE, "content-length": str(len(content)), "connection": "close", **problem.headers}
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return answer
