"""The life of one received message. START READING HERE.

    A message is received (stored, then acknowledged), opened by its syntax, validated against its schema, mapped to
    canonical documents, handled by the room of each document, and everything that room owes to anybody is rendered,
    numbered and queued in the same transaction.

| the sentence | is done in | by |
|---|---|---|
| received | ``hub.exchange.intake`` | whoever took it in, before its sender was told so |
| opened, validated, mapped | ``reading``, asked by ``portioning`` | its syntax, from the table ``syntaxes`` |
| prepared | ``preparing`` | the room of each document, by what the rules say |
| handled | ``handling``, in ``settling`` | the room of each document, from the table ``rooms`` |
| acknowledged | ``replying`` | its syntax, for each envelope |
| rendered | ``rendering`` | the map of whoever is owed something |
| numbered and queued | ``outgoing`` | the syntax of that map, and the outbox |

To read is pure work: it is done beside the server, and what a document comes to is already prepared there
(``preparing``). To settle is one transaction: all of it, or nothing. A message of very many documents is read and
settled in portions, one after the other; most messages are one portion.

A message that was interrupted, or is replayed, starts again at its first byte: what had taken effect is recognised and
does not take effect again. What is wrong with the message becomes findings and a verdict. What is wrong with us
(``Misconfigured``) holds the message until a person has mended it and asks for a replay. Nothing is lost either way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import structlog

from hub.flow.groups import Groups
from hub.flow.loading import Loading
from hub.flow.portioning import read_at_once, read_step_by_step
from hub.flow.portions import Portion
from hub.flow.progress import Unsettled
from hub.flow.quarantining import quarantine
from hub.flow.services import Services
from hub.flow.tasks import Task, hold
from hub.kernel.errors import Misconfigured, Unreadable
from hub.platform.jobs import Job

log = structlog.get_logger("hub.flow.inbound")


class Processing:
    """Takes messages through all their stages: those of the job that the runner has claimed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loading = Loading(services)
        self._groups = Groups(services)

    async def whole(self, job: Job) -> None:
        """Take a message that is read at once, as most are, through all its stages."""
        async with self._loading.small(job) as (task, body):
            await self._process(task, read_at_once(self._services, task, body))

    async def in_portions(self, job: Job) -> None:
        """Take a large message through all its stages, step by step: other large ones have their turns in between."""
        task, body = await self._loading.large(job)
        await self._process(task, read_step_by_step(self._services, task, body))

    async def _process(self, task: Task, read: AsyncIterator[Portion]) -> None:
        """Let what is read take effect, portion by portion: each is opened, validated and mapped when it is given."""
        try:
            await self._settle(task, read)
        except Unreadable as fault:  # the bytes hold no document at all
            await self._services.database.write(partial(quarantine, self._services, task, fault))
        except Misconfigured as fault:
            log.error("message held", message=task.message.id, partner=task.message.partner, reason=str(fault))
            await self._services.database.write(partial(hold, self._services, task, fault))

    async def _settle(self, task: Task, read: AsyncIterator[Portion]) -> None:
        """Have each portion handled, and what is owed for it rendered, numbered and queued: in one transaction."""
        mapped, progress = task, None
        async for portion in read:
            if progress is None or portion.documents:  # the last documents of a message are when all of it is
                mapped = task.reached("mapped", self._services.clock.now())
            progress = await self._groups.settle(Unsettled(task=mapped, portion=portion, before=progress))
