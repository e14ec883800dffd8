"""The life of one received message. START READING HERE.

    A message is received (stored, then acknowledged), opened by its syntax, validated against its schema, mapped to
    canonical documents, handled by the room of each document, and everything that room owes to anybody is rendered,
    numbered and queued in the same transaction.

Opened, validated and mapped it is by its syntax (``syntaxes``), and what it comes to is prepared (``preparing``): pure
work, done beside the server (``readers``, ``large``). Handled, rendered, numbered and queued it is in ``settling``, one
portion at a time, by the rooms of ``rooms``. Here the two are put in order.

A message that was interrupted, or is replayed, starts again at its first byte: what had taken effect is recognised and
does not take effect again. What is wrong with the message becomes findings and a verdict. What is wrong with us
(``Misconfigured``) holds the message until a person has mended it and asks for a replay. Nothing is lost either way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import structlog
from msgspec.structs import replace

from hub.canonical.result import Cause
from hub.flow.groups import Groups
from hub.flow.portions import ACKNOWLEDGED_AT_ONCE, ENVELOPES_PER_PORTION, SETS_ANSWERED_AT_ONCE, portions
from hub.flow.quarantining import quarantine
from hub.flow.readers import ToRead
from hub.flow.services import Services
from hub.flow.settling import Portion, Progress, Unsettled, replies_to
from hub.flow.syntaxes import syntax_of
from hub.flow.tasks import Task, hold, load_all, load_large
from hub.formats.body import Bytes
from hub.kernel.errors import Misconfigured, Unreadable
from hub.platform.budget import Shares
from hub.platform.coalesced import Coalesced
from hub.platform.jobs import Job

LOADS_AT_ONCE = 256  # as many as a runner has in hand
WHOLE_DOCUMENTS_MAX = 600  # of a message that is read at once: as many as orders of one line; of junk it can hold 7,000
BODY_BYTES_IN_HAND_MAX = 2 * 1024 * 1024  # read, a message of one-line orders takes 75 times its size in memory
BODY_BYTES_OF_ONE_MAX = 256 * 1024  # of one partner: a second of reading, so that nobody waits longer behind it

log = structlog.get_logger("hub.flow.inbound")


class Processing:
    """Takes messages through all their stages, each by itself; what they wait for together is asked for together."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loads: Coalesced[Job, tuple[Task, bytes]] = Coalesced(self._load_all, most=LOADS_AT_ONCE)
        self._in_hand = Shares(BODY_BYTES_IN_HAND_MAX, of_one=BODY_BYTES_OF_ONE_MAX)
        self._groups = Groups(services)

    async def whole(self, job: Job) -> None:
        """Take a message that is read at once, as most are, through all its stages."""
        task, body = await self._loads.ask(job)
        async with self._in_hand.share(len(body), task.message.partner):
            many = syntax_of(body, self._services.rules, task.message.partner).holds_many(body, WHOLE_DOCUMENTS_MAX)
            await self._process(task, self._read_in_portions(task, body) if many else self._read_whole(task, body))

    async def in_portions(self, job: Job) -> None:
        """Take a large message through all its stages, step by step: other large ones have their turns in between."""
        task, body = await self._services.database.read(partial(load_large, self._services, job))
        await self._process(task, self._read_in_portions(task, body))

    async def _process(self, task: Task, read: AsyncIterator[Portion]) -> None:
        """Let what was read take effect, one portion after the other."""
        clock, database, progress = self._services.clock, self._services.database, None
        mapped = task
        try:
            async for portion in _with_envelopes_cut(task, read):
                if progress is None or portion.documents:  # the last documents of a message are when all of it is
                    mapped = task.reached("mapped", clock.now())
                if progress is not None and _many_are_told(task, portion, progress):
                    portion = await self._with_replies(task, portion, progress)
                progress = await self._groups.settle(Unsettled(task=mapped, portion=portion, before=progress))
        except Unreadable as fault:
            await database.write(partial(quarantine, self._services, task, fault))
        except Misconfigured as fault:
            log.error("message held", message=task.message.id, partner=task.message.partner, reason=str(fault))
            await database.write(partial(hold, self._services, task, fault))

    async def _load_all(self, claimed: list[Job]) -> list[tuple[Task, bytes] | Exception]:
        return await self._services.database.read(partial(load_all, self._services, claimed))

    async def _read_whole(self, task: Task, body: bytes) -> AsyncIterator[Portion]:
        """Read the message at once, and with it what its documents come to."""
        reading = await self._services.reader.read(self._to_read(task, body))
        for documents, last in portions(reading.documents):
            yield Portion(survey=reading.survey, documents=documents, last=last, prepared=reading.prepared)

    async def _read_in_portions(self, task: Task, body: Bytes) -> AsyncIterator[Portion]:
        """Have the message read beside the event loop, no more at a time than takes effect at a time."""
        at = None if isinstance(body, bytes) else self._services.blobs.path(task.message.sha256)
        async for reading, last in self._services.large.read(self._to_read(task, b""), body, at):
            yield Portion(survey=reading.survey, documents=reading.documents, last=last, prepared=reading.prepared)

    def _to_read(self, task: Task, body: bytes) -> ToRead:
        message = task.message
        return ToRead(message=message.id, partner=message.partner, body=body, now=self._services.clock.now())

    async def _with_replies(self, task: Task, portion: Portion, progress: Progress) -> Portion:
        """Write long acknowledgements before the transaction that numbers them."""
        rules = self._services.rules
        partner = rules.partner(task.message.partner)
        because, now = Cause(kind="message", id=task.message.id), self._services.clock.now()
        replies = await self._services.large.run(partial(replies_to, rules, partner, portion, progress, because, now))
        return replace(portion, replies=replies)


async def _with_envelopes_cut(task: Task, read: AsyncIterator[Portion]) -> AsyncIterator[Portion]:
    """Cut envelopes into portions as well: numbers are entered before any document, acknowledgements go after all.

    Most messages are one portion. Of ``read`` the last is marked so; which is the last of all is said here.
    """
    entered = documents = 0
    async for portion in read:
        count = len(portion.survey.envelopes)
        while count - entered > ENVELOPES_PER_PORTION:
            entered += ENVELOPES_PER_PORTION
            yield Portion(survey=portion.survey, entered=entered)
        entered = count
        documents += len(portion.documents)
        few = count <= ACKNOWLEDGED_AT_ONCE and documents <= SETS_ANSWERED_AT_ONCE
        last = portion.last and (few or task.finished_before)
        yield replace(portion, entered=count, acknowledged=count if last else 0, last=last)
        if portion.last and not last:
            for done in range(ACKNOWLEDGED_AT_ONCE, count + ACKNOWLEDGED_AT_ONCE, ACKNOWLEDGED_AT_ONCE):
                so_far = min(done, count)
                yield Portion(survey=portion.survey, entered=count, acknowledged=so_far, last=so_far == count)


def _many_are_told(task: Task, portion: Portion, progress: Progress) -> bool:
    """Say whether long acknowledgements go out with the portion: never twice."""
    return (
        portion.acknowledged > 0 and not task.finished_before and len(progress.summary.outcomes) > SETS_ANSWERED_AT_ONCE
    )
