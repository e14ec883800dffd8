"""A message is taken up: its row and its bytes. Small ones are loaded many at a time, and few of them lie in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from sqlalchemy import Connection

from hub.exchange.intake import received
from hub.exchange.model import StageTime
from hub.flow.services import Services
from hub.flow.tasks import Task
from hub.formats.body import Bytes
from hub.kernel.errors import Defect
from hub.platform.budget import Shares
from hub.platform.coalesced import Coalesced
from hub.platform.jobs import Job

LOADS_AT_ONCE = 256  # as many as a runner has in hand
BODY_BYTES_IN_HAND_MAX = 2 * 1024 * 1024  # read, a message of one-line orders takes 75 times its size in memory
BODY_BYTES_OF_ONE_MAX = 256 * 1024  # of one partner: a second of reading, so that nobody waits longer behind it


class Loading:
    """Loads messages for the jobs that are about them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._small: Coalesced[Job, tuple[Task, bytes]] = Coalesced(self._load_all, most=LOADS_AT_ONCE)
        self._in_hand = Shares(BODY_BYTES_IN_HAND_MAX, of_one=BODY_BYTES_OF_ONE_MAX)

    @asynccontextmanager
    async def small(self, job: Job) -> AsyncIterator[tuple[Task, bytes]]:
        """Give a message and its body, once there is room in memory for what is read of it."""
        task, body = await self._small.ask(job)
        async with self._in_hand.share(len(body), task.message.partner):
            yield task, body

    async def large(self, job: Job) -> tuple[Task, Bytes]:
        """Return a message and its body, which may stay where it lies."""
        return await self._services.database.read(partial(_load_large, self._services, job))

    async def _load_all(self, claimed: list[Job]) -> list[tuple[Task, bytes] | Exception]:
        return await self._services.database.read(partial(_load_all, self._services, claimed))


def _load_all(services: Services, claimed: Sequence[Job], conn: Connection) -> list[tuple[Task, bytes] | Exception]:
    """Return each message and its body, or why there is none: what is wrong with one is not its neighbours' fault."""
    found: list[tuple[Task, bytes] | Exception] = []
    for job in claimed:
        try:
            task, content = _task(job, conn)
            body = services.blobs.get(conn, task.message.sha256) if content is None else content
            found.append((task, body))
        except (Defect, ValueError, TypeError, OSError) as fault:
            found.append(fault)
    return found


def _load_large(services: Services, job: Job, conn: Connection) -> tuple[Task, Bytes]:
    task, content = _task(job, conn)
    return task, services.blobs.look_into(task.message.sha256) if content is None else content


def _task(job: Job, conn: Connection) -> tuple[Task, bytes | None]:
    message, content = received(conn, job.payload)
    stages = [StageTime(stage="received", at=message.received_at)]
    return Task(message=message, fence=job.fence, stages=stages), None if content is None else bytes(content)
