"""From bytes to portions: a reader is asked for a message, at once or step by step.

Most messages are read at once and are one portion. What is large, or of very many documents, is read step by step, no
more at a time than takes effect at a time. Raises ``Unreadable``, or ``Misconfigured`` when we are at fault.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from hub.flow.portions import Portion, portions, with_envelopes_cut
from hub.flow.reading import ToRead
from hub.flow.services import Services
from hub.flow.syntaxes import syntax_of
from hub.flow.tasks import Task
from hub.formats.body import Bytes

WHOLE_DOCUMENTS_MAX = 600  # of a message that is read at once: as many as orders of one line; of junk it can hold 7,000


def read_at_once(services: Services, task: Task, body: bytes) -> AsyncIterator[Portion]:
    """Read a small message; one that may hold very many documents step by step all the same."""
    if syntax_of(body, services.rules, task.message.partner).holds_many(body, WHOLE_DOCUMENTS_MAX):
        return read_step_by_step(services, task, body)
    return with_envelopes_cut(_whole(services, task, body), finished_before=task.finished_before)


def read_step_by_step(services: Services, task: Task, body: Bytes) -> AsyncIterator[Portion]:
    """Read a large message: other large ones have their turns in between."""
    return with_envelopes_cut(_stepwise(services, task, body), finished_before=task.finished_before)


async def _whole(services: Services, task: Task, body: bytes) -> AsyncIterator[Portion]:
    reading = await services.reader.read(_to_read(services, task, body))
    for documents, last in portions(reading.documents):
        yield Portion(survey=reading.survey, documents=documents, last=last, prepared=reading.prepared)


async def _stepwise(services: Services, task: Task, body: Bytes) -> AsyncIterator[Portion]:
    at = None if isinstance(body, bytes) else services.blobs.path(task.message.sha256)
    async for reading, last in services.large.read(_to_read(services, task, b""), body, at):
        yield Portion(survey=reading.survey, documents=reading.documents, last=last, prepared=reading.prepared)


def _to_read(services: Services, task: Task, body: bytes) -> ToRead:
    message = task.message
    return ToRead(message=message.id, partner=message.partner, body=body, now=services.clock.now())
