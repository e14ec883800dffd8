"""The life of one received message, from stored bytes to stored answers. START READING HERE.

    open → validate → map → decide → answer → commit

The first three are pure and stand in ``reading``; what a partner agreed to is held against the envelopes in
``agreement``; what the factory decides stands in ``business``, who handles which document in ``handlers``, what we
write back in ``outbound`` and ``acknowledging``. Here they are put in order.

Effects, answers and their control numbers commit together or not at all, one portion of the message at a time. A
message that was interrupted, or is replayed, starts again at its first byte: what had taken effect is recognised and
does not take effect again. What is wrong with the message becomes findings and a verdict. What is wrong with us
(``Misconfigured``) holds the message until a person has mended it and asks for a replay. Nothing is lost either way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.exchange import interchanges, outbox, recording
from hub.exchange.intake import Received, received
from hub.exchange.model import Acknowledgement, DocumentRow, InterchangeRow, Judgement, Key, StageTime
from hub.exchange.partners import Partner
from hub.flow.acknowledging import acknowledge
from hub.flow.agreement import hold_against_agreement, is_test, with_number_judged
from hub.flow.arrivals import Arrival, Foreseen, Handled
from hub.flow.desk import Desk
from hub.flow.handlers import HANDLERS
from hub.flow.ordering import note_answer
from hub.flow.outbound import Occasion, Tray
from hub.flow.readers import ToRead
from hub.flow.reading import Document, Interchange, Survey, open_message
from hub.flow.rendering import Unsendable
from hub.flow.summary import Settled, Summary
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Conflict, Defect, Misconfigured, Unreadable
from hub.kernel.location import Location
from hub.kernel.struct import Struct
from hub.platform import jobs
from hub.platform.jobs import Fence, Job
from hub.platform.together import Together

DOCUMENTS_PER_PORTION = 50  # 50 orders of three lines hold the one writer for some 50 ms; intake waits no longer
LOADS_AT_ONCE = 64  # as many as a runner has in hand

KEYS_OF_AN_ANSWER = ("release", "seller-order")
"""What an answer is found by, beside its own numbers; items and contracts lead to the order, and from there to it."""

log = structlog.get_logger("hub.flow.inbound")


class Task(Struct):
    """One message at work."""

    message: Received
    fence: Fence
    stages: list[StageTime]

    @property
    def again(self) -> bool:
        """Whether an earlier run may have left something: it is a replay, or was interrupted."""
        return self.message.stage != "received" or self.message.outcome != "none" or self.fence.attempt > 1

    @property
    def finished_before(self) -> bool:
        """Whether an earlier run came to its end: what it acknowledged is not acknowledged again."""
        return self.message.stage == "finished"

    def reached(self, stage: str, at: datetime) -> Task:
        return replace(self, stages=[*self.stages, StageTime(stage=stage, at=at)])


class Portion(Struct):
    """Documents that take effect together, and the envelopes of their message."""

    survey: Survey
    documents: list[Document]
    last: bool
    foreseen: dict[int, Foreseen] = {}  # by position of the document


class Progress(Struct):
    """What the portions written so far have come to."""

    interchanges: list[Interchange] = []  # with what was found when their numbers were entered
    judgements: list[Judgement] = []
    summary: Summary = Summary()
    tests: dict[int, bool] = {}  # by position, what an earlier run took each document for: a test never becomes real


class Processing:
    """Takes messages through all their stages, each by itself; what they wait for together is asked for together."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loads: Together[Job, tuple[Task, bytes]] = Together(self._load_all, most=LOADS_AT_ONCE)

    async def whole(self, job: Job) -> None:
        """Take a message that is read at once, as most are, through all its stages."""
        task, body = await self._loads.ask(job)
        await _process(task, self._desk, _read_whole(task, body, self._desk))

    async def in_portions(self, job: Job) -> None:
        """Take a large message through all its stages; of these, one after the other."""
        task, body = await self._desk.database.read(partial(_load, self._desk, job))
        await _process(task, self._desk, _read_in_portions(task, body, self._desk))

    async def _load_all(self, claimed: list[Job]) -> list[tuple[Task, bytes] | Exception]:
        return await self._desk.database.read(partial(_load_all, self._desk, claimed))


async def _process(task: Task, desk: Desk, portions: AsyncIterator[Portion]) -> None:
    """Let what was read take effect, one portion after the other."""
    try:
        partner = desk.rules.partner(task.message.partner)
        progress = None
        async for portion in portions:
            if progress is None:
                task = task.reached("opened", desk.clock.now())
            read = task.reached("mapped", desk.clock.now())
            work = partial(_settle, desk, read, partner, portion, progress)
            progress = await desk.database.write(work, behind=True)
    except Unreadable as fault:
        await desk.database.write(partial(_quarantine, desk, task, fault))
    except Misconfigured as fault:
        log.error("message held", message=task.message.id, partner=task.message.partner, reason=str(fault))
        await desk.database.write(partial(_hold, desk, task, fault))


async def _read_whole(task: Task, body: bytes, desk: Desk) -> AsyncIterator[Portion]:
    """Read the message at once."""
    message = task.message
    wanted = ToRead(message=message.id, partner=message.partner, body=body, now=desk.clock.now())
    reading = await desk.reader.read(wanted)
    documents, last = reading.documents, False
    while not last:
        now, documents = documents[:DOCUMENTS_PER_PORTION], documents[DOCUMENTS_PER_PORTION:]
        last = not documents
        yield Portion(survey=reading.survey, documents=now, last=last, foreseen=reading.foreseen)


async def _read_in_portions(task: Task, body: bytes, desk: Desk) -> AsyncIterator[Portion]:
    """Read the message beside the event loop, no more at a time than takes effect at a time."""
    partner = desk.rules.partner(task.message.partner)
    opened = hold_against_agreement(await asyncio.to_thread(open_message, body), partner)
    documents, last = opened.documents(desk.rules, partner.id), False
    while not last:
        now = await asyncio.to_thread(list, islice(documents, DOCUMENTS_PER_PORTION))
        last = len(now) < DOCUMENTS_PER_PORTION
        yield Portion(survey=opened.survey, documents=now, last=last)


def _settle(
    desk: Desk, task: Task, partner: Partner, portion: Portion, before: Progress | None, conn: Connection
) -> Progress:
    return _Settlement(conn, desk, task, partner).settle(portion, before)


class _Settlement:
    """What follows from a portion of a message, inside one transaction."""

    def __init__(self, conn: Connection, desk: Desk, task: Task, partner: Partner) -> None:
        self._conn, self._desk, self._task, self._partner = conn, desk, task, partner
        self._now = desk.clock.now()
        self._tray = Tray(conn, desk, partner)
        self._answers: list[tuple[Handled, str]] = []

    def settle(self, portion: Portion, before: Progress | None) -> Progress:
        """Let the documents take effect, answer them, write it all down; with the last, complete the job."""
        progress = before or self._begin(portion.survey)
        settled = [
            self._settle_document(document, progress, portion.foreseen.get(document.position))
            for document in portion.documents
        ]
        rows = [each.row for each in settled]
        keys = [*_envelope_keys([] if before else portion.survey.interchanges), *recording.keys_of(rows)]
        keys += [key for each in settled for key in each.handled.keys]
        recording.put_documents(self._conn, rows)
        shown = recording.put_keys(self._conn, self._partner.id, self._task.message.id, keys)
        progress = replace(progress, summary=progress.summary.after(settled, shown))
        said = self._acknowledge(progress) if portion.last else []
        self._tray.send()
        for handled, message_id in self._answers:
            note_answer(self._conn, handled, message_id, self._now)
        if portion.last:
            self._finish(portion.survey, progress, said)
        else:
            self._keep_lease()
        return progress

    def _keep_lease(self) -> None:
        """Go on only while the job is ours: another worker may have begun the message anew."""
        if jobs.extend(self._conn, [self._task.fence], now=self._now) != 1:
            raise Conflict(f"job {self._task.fence.job} is in other hands")

    def _begin(self, survey: Survey) -> Progress:
        """Enter the interchanges' numbers; forget what an earlier run read, but not what it took for a test."""
        tests: dict[int, bool] = {}
        if self._task.again:
            tests = recording.tests_among(self._conn, self._task.message.id)
            recording.forget(self._conn, self._task.message.id)
        found = survey.interchanges
        restarts_after = self._partner.numbers_restart_after
        entered = [
            interchanges.enter(
                self._conn, self._interchange_row(each), refused=each.refused, restarts_after=restarts_after
            )
            for each in found
        ]
        for row in entered:
            if row.judgement == "duplicate" and row.first_message:
                outbox.resend_answers(self._conn, row.first_message, now=self._now)
        judged = [with_number_judged(each, row) for each, row in zip(found, entered, strict=True)]
        return Progress(interchanges=judged, judgements=[row.judgement for row in entered], tests=tests)

    def _settle_document(self, document: Document, progress: Progress, foreseen: Foreseen | None) -> Settled:
        judgement = progress.judgements[document.interchange.position - 1]
        test = progress.tests.get(document.position, is_test(document.interchange, self._partner))
        handled = self._take_effect(document, judgement, test, foreseen)
        guide = self._desk.rules.guide(document.release, document.kind, self._partner.id)
        return Settled(document=document, handled=handled, row=self._row(document, handled, test), guide=guide)

    def _take_effect(
        self, document: Document, judgement: Judgement, test: bool, foreseen: Foreseen | None
    ) -> Handled:
        """Let the document take effect, if it may, and answer it."""
        if judgement in ("duplicate", "conflict"):
            return Handled(outcome="duplicate" if judgement == "duplicate" else "quarantined")
        if document.refused:
            return Handled(outcome="refused")
        handler = HANDLERS.get(document.document or "")
        if handler is None or not document.takes_effect:
            return Handled(outcome="held", attention=_not_understood(document))
        arrival = Arrival.of(
            document, self._task.message.id, self._partner, test=test, now=self._now, foreseen=foreseen
        )
        return self._answer(arrival, handler(self._conn, self._desk.rules, arrival))

    def _answer(self, arrival: Arrival, handled: Handled) -> Handled:
        """Send what the handler owes. What cannot be written waits, unnumbered; the effect stands."""
        for message_id in handled.resend:
            outbox.resend(self._conn, message_id, now=self._now, actor="hub")
        occasion = Occasion(
            message=arrival.message,
            position=arrival.position,
            test=arrival.test,
            order_number=handled.order_number,
            keys=[key for key in handled.keys if key.kind in KEYS_OF_AN_ANSWER],
        )
        for content in handled.answers:
            try:
                message_id = self._tray.put(occasion, [content])
            except Unsendable as fault:
                why = f"The answer could not be written: {fault.findings[0].message}"
                return replace(handled, findings=handled.findings + fault.findings, attention=why)
            self._answers.append((handled, message_id))
        return handled

    def _acknowledge(self, progress: Progress) -> list[Acknowledgement]:
        """Acknowledge what is acknowledged for the first time; return what that says."""
        if self._task.finished_before:
            return []
        return [
            acknowledge(self._tray, self._task.message.id, self._partner, interchange, progress.summary.sets)
            for interchange, judgement in zip(progress.interchanges, progress.judgements, strict=True)
            if judgement != "duplicate"
        ]

    def _finish(self, survey: Survey, progress: Progress, said: Sequence[Acknowledgement]) -> None:
        """Write where the message stands and complete the job: the last thing of its transaction."""
        task = self._task.reached("finished", self._now)
        summary = progress.summary.with_envelopes(progress.interchanges)
        recording.record(self._conn, summary.processed(task.message, task.stages, said, survey, progress.interchanges))
        jobs.done(self._conn, task.fence)

    def _row(self, document: Document, handled: Handled, test: bool) -> DocumentRow:
        header = document.group.header if document.group else None
        return DocumentRow(
            message=self._task.message.id,
            position=document.position,
            partner=self._partner.id,
            direction="in",
            kind=document.kind,
            interchange=document.interchange.position,
            document=document.document,
            release=document.release or None,
            functional_group=header.functional_group if header else None,
            group_control_number=header.control_number if header else None,
            set_control_number=document.control_number or None,
            order_number=handled.order_number,
            test=test,
            validation=document.validation,
            outcome=handled.outcome,
            findings=document.findings + handled.findings,
            canonical=document.canonical,
            map_name=document.map_name,
            map_digest=document.map_digest,
            guide_digest=document.guide_digest,
        )

    def _interchange_row(self, interchange: Interchange) -> InterchangeRow:
        header = interchange.header
        return InterchangeRow(
            message=self._task.message.id,
            position=interchange.position,
            partner=self._partner.id,
            direction="in",
            sender_qualifier=header.sender_qualifier or "",
            sender=header.sender_id or "",
            receiver_qualifier=header.receiver_qualifier or "",
            receiver=header.receiver_id or "",
            control_number=header.control_number,
            usage=header.usage or "",
            digest=interchange.digest,
            judgement="first",
            at=self._now,
        )


def _quarantine(desk: Desk, task: Task, fault: Unreadable, conn: Connection) -> None:
    """Keep bytes that nobody could read, and tell someone."""
    finding = Diagnostic(
        code=fault.code,
        severity=Severity.INTERCHANGE,
        message=fault.message,
        location=Location(offset=fault.offset),
        remedy="Look at the bytes, and ask the partner what was meant",
    )
    recording.record(
        conn,
        recording.Processed(
            message=task.message.id,
            partner=task.message.partner,
            stages=task.reached("finished", desk.clock.now()).stages,
            validation="unreadable",
            outcome="quarantined",
            attention=f"Could not be read: {fault.message}",
            findings=[finding],
        ),
    )
    jobs.done(conn, task.fence)


def _hold(desk: Desk, task: Task, fault: Misconfigured, conn: Connection) -> None:
    """Put the message aside until what is wrong with us is mended; a replay takes it up again."""
    recording.hold(conn, task.message.id, f"Our configuration is at fault: {fault}")
    recording.note(conn, task.message.id, "held", str(fault), at=desk.clock.now())
    jobs.done(conn, task.fence)


def _load_all(desk: Desk, claimed: Sequence[Job], conn: Connection) -> list[tuple[Task, bytes] | Exception]:
    """Return each message and its body, or why there is none: what is wrong with one is not its neighbours' fault."""
    found: list[tuple[Task, bytes] | Exception] = []
    for job in claimed:
        try:
            found.append(_load(desk, job, conn))
        except (Defect, ValueError, TypeError, OSError) as fault:
            found.append(fault)
    return found


def _load(desk: Desk, job: Job, conn: Connection) -> tuple[Task, bytes]:
    """Return the message and its body."""
    message, content = received(conn, job.payload)
    stages = [StageTime(stage="received", at=message.received_at)]
    body = desk.blobs.get(conn, message.sha256) if content is None else bytes(content)
    return Task(message=message, fence=job.fence, stages=stages), body


def _not_understood(document: Document) -> str:
    """Say why a document that is sound in its syntax waits for a person."""
    reason = next((f.message for f in document.findings if f.severity.is_reject), None)
    return f"Not understood: {reason}" if reason else f"Nothing in the hub handles {document.kind} yet"


def _envelope_keys(found: Sequence[Interchange]) -> list[Key]:
    return [Key(kind="interchange", value=str(each.header.control_number)) for each in found]
