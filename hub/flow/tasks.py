"""A message at work, and how it is put aside when there is nothing more to be done."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.exchange import recording
from hub.exchange.duties import owe_answer
from hub.exchange.intake import PROCESS, PROCESS_LARGE, InboundMessage
from hub.exchange.model import StageTime
from hub.exchange.waiting import message_is_through
from hub.flow.owing import UNKNOWN_DUE_MINUTES, whole_duty
from hub.flow.services import Services
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Word, Wording, as_written
from hub.kernel.struct import Struct
from hub.platform import jobs
from hub.platform.jobs import Fence

ALL_ACKNOWLEDGED = 2**31 - 1  # in place of a count of envelopes, where nobody can count them any more


class Task(Struct):
    """One message at work."""

    message: InboundMessage
    fence: Fence
    stages: list[StageTime]

    @property
    def again(self) -> bool:
        """Whether an earlier run may have left something: it is a replay, or was interrupted."""
        return self.message.stage != "received" or self.message.outcome != "none" or self.fence.attempt > 1

    @property
    def finished_before(self) -> bool:
        """Whether an earlier run came to its end: what it acknowledged is not acknowledged again.

        A run that could read nothing acknowledged nothing, unless one before it had.
        """
        acknowledged = self.message.validation != "unreadable" or self.message.acknowledged == ALL_ACKNOWLEDGED
        return self.message.stage == "finished" and acknowledged

    def reached(self, stage: str, at: datetime) -> Task:
        return replace(self, stages=[*self.stages, StageTime(stage=stage, at=at)])


def complete(conn: Connection, task: Task, now: datetime) -> None:
    """Complete the job; one that was given up before for the same message is no longer of any use.

    What waited for the message has its turn.
    """
    jobs.done(conn, task.fence)
    if task.again:
        jobs.forget_dead(conn, (PROCESS, PROCESS_LARGE), task.message.id)
    message_is_through(conn, task.message.partner, now=now)


def hold(services: Services, task: Task, fault: Misconfigured, conn: Connection) -> None:
    """Put the message aside until what is wrong with us is mended; a replay takes it up again.

    It is owed an answer: when that is overdue, the message is tried once more, and a person is called again.
    """
    now, partner = services.clock.now(), services.rules.partners.get(task.message.partner)
    minutes = partner.answers_due_minutes if partner else UNKNOWN_DUE_MINUTES
    recording.hold(conn, task.message.id, Wording(key="call/configuration", words={"fault": fault.wording}))
    if minutes:
        owe_answer(conn, whole_duty(task.message.id, task.message.partner, minutes, now))
    recording.note(conn, task.message.id, "held", fault.wording, at=now)
    complete(conn, task, now)


def give_up(job: jobs.Job, why: str, conn: Connection, now: datetime) -> None:
    """Call a person to the message of a job that was given up."""
    words: dict[str, Word] = {"tries": job.fence.counted, "reason": why}
    recording.call_attention(conn, job.payload, Wording(key="call/given-up", words=words))
    recording.note(conn, job.payload, "processing-failed", as_written(why), at=now)
