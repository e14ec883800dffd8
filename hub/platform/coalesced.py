"""What many ask at the same time becomes one call, or one write.

``Coalesced``: a job's tasks all come to their next step in one turn of the event loop; one hop to a thread or a process
then serves them all. ``CoalescedWrites``: what is asked while the writer is busy goes with the next write. What fails
for all is asked again for each alone where that may help (``each_alone``).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection

from hub.kernel.errors import Defect, Unavailable
from hub.platform.database import Database

A = TypeVar("A")
B = TypeVar("B")

Answers = Sequence[B | Exception]
"""One for each thing asked, in order; an exception is raised for who asked it, and for nobody else."""

RETRY_AFTER_SECONDS = 1.0

log = structlog.get_logger("hub.platform.coalesced")


async def each_alone(call: Callable[[list[A]], Awaitable[Answers[B]]], asked: list[A], fault: Exception) -> Answers[B]:
    """Return the answers of a ``call`` for each, after one for all of them ended with ``fault``, which concerns one.

    ``Unavailable`` concerns nobody, and all.
    """
    if isinstance(fault, Unavailable) or len(asked) == 1:
        return [fault] * len(asked)
    log.info("asked again one by one", asked=len(asked), reason=type(fault).__name__)
    return await one_by_one(call, asked)


async def one_by_one(call: Callable[[list[A]], Awaitable[Answers[B]]], asked: list[A]) -> Answers[B]:
    """Return the answers of a ``call`` for each alone: what one ends with is its own."""

    async def alone(item: A) -> B | Exception:
        try:
            return (await call([item]))[0]
        except Exception as own:  # noqa: BLE001 - handed on to who asked
            return own

    return await asyncio.gather(*(alone(item) for item in asked))


class Coalesced(Generic[A, B]):
    """Hands what is asked to ``call``, at most ``most`` at a time, and those not above ``weight_max`` together.

    What ``call`` raises, all it was given hear.
    """

    def __init__(
        self,
        call: Callable[[list[A]], Awaitable[Answers[B]]],
        *,
        most: int,
        weigh: Callable[[A], int] = lambda item: 0,
        weight_max: int = 0,
    ) -> None:
        self._call = call
        self._most, self._weigh, self._weight_max = most, weigh, weight_max
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
        for some in self._parts(waiting):
            call = asyncio.create_task(self._answer(some))
            self._calls.add(call)  # the event loop itself keeps tasks only weakly
            call.add_done_callback(self._calls.discard)

    def _parts(self, waiting: list[tuple[A, asyncio.Future[B]]]) -> Iterator[list[tuple[A, asyncio.Future[B]]]]:
        """Cut what waits into what one call takes."""
        part: list[tuple[A, asyncio.Future[B]]] = []
        weight = 0
        for each in waiting:
            own = self._weigh(each[0])
            if part and (len(part) >= self._most or weight + own > self._weight_max):
                yield part
                part, weight = [], 0
            part.append(each)
            weight += own
        yield part

    async def _answer(self, asked: list[tuple[A, asyncio.Future[B]]]) -> None:
        try:
            answers = await self._call([item for item, _ in asked])
            if len(answers) != len(asked):
                raise Defect(f"{len(answers)} answers to {len(asked)} who asked")
        except Exception as fault:  # noqa: BLE001 - handed on to everyone who waits
            answers = [fault] * len(asked)
        _tell(asked, answers)


class CoalescedWrites(Generic[A, B]):
    """Hands what is asked to ``work`` in one write: all that has come by the time the write has its turn.

    At most ``most`` go with one write. Where more than ``waiting_max`` wait, the next hears ``Unavailable``.
    """

    def __init__(
        self,
        database: Database,
        work: Callable[[Connection, list[A]], Answers[B]],
        *,
        most: int,
        waiting_max: int,
    ) -> None:
        self._database, self._work = database, work
        self._most, self._waiting_max = most, waiting_max
        self._lock = threading.Lock()  # what is asked on the event loop is taken by the writer
        self._open: list[tuple[A, asyncio.Future[B]]] | None = None
        self._waiting = 0
        self._writes: set[asyncio.Task[None]] = set()

    async def ask(self, item: A) -> B:
        """Return the answer to ``item`` once it is durable."""
        if self._waiting >= self._waiting_max:
            raise Unavailable("too many writes are waiting", retry_after_seconds=RETRY_AFTER_SECONDS)
        answer: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        with self._lock:
            asked = self._open
            if asked is None or len(asked) >= self._most:
                asked = self._open = []
            asked.append((item, answer))
        if len(asked) == 1:
            write = asyncio.create_task(self._write(asked))
            self._writes.add(write)  # the event loop itself keeps tasks only weakly
            write.add_done_callback(self._writes.discard)
        self._waiting += 1
        try:
            return await answer
        finally:
            self._waiting -= 1

    async def _write(self, asked: list[tuple[A, asyncio.Future[B]]]) -> None:
        try:
            answers = await self._database.write(lambda conn: self._work(conn, self._take(asked)))
        except Exception as fault:  # noqa: BLE001 - handed on to everyone whom it concerns
            answers = await each_alone(self._alone, self._take(asked), fault)
        except asyncio.CancelledError:
            self._take(asked)  # nobody joins what will not be written
            for _, waiting in asked:
                waiting.cancel()
            raise
        _tell(asked, answers)

    def _take(self, asked: list[tuple[A, asyncio.Future[B]]]) -> list[A]:
        """Return what goes with this write; who asks from now on goes with the next."""
        with self._lock:
            if self._open is asked:
                self._open = None
            return [item for item, _ in asked]

    async def _alone(self, items: list[A]) -> Answers[B]:
        return await self._database.write(lambda conn: self._work(conn, items))


def _tell(asked: Sequence[tuple[A, asyncio.Future[B]]], answers: Answers[B]) -> None:
    for (_, waiting), answer in zip(asked, answers, strict=True):
        if waiting.done():  # cancelled by who asked
            continue
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)
