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
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.exchange import interchanges, outbox, recording
from hub.exchange.messages import find_message, stages_of
from hub.exchange.model import DocumentRow, InterchangeRow, Judgement, Key, MessageRow, StageTime
from hub.exchange.partners import Partner
from hub.flow.acknowledging import acknowledge, hold_against_agreement
from hub.flow.agreement import is_test, number_taken
from hub.flow.desk import Desk
from hub.flow.handlers import HANDLERS, Arrival, Handled, note_answer
from hub.flow.outbound import Occasion, Unsendable, encode_document, render, send
from hub.flow.reading import KEPT_EVENTS_BYTES_MAX, Document, Interchange, Opened, open_message
from hub.flow.summary import Settled, Summary, validation_of
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Defect, Misconfigured, Unreadable
from hub.kernel.location import Location
from hub.kernel.scope import EVERYONE
from hub.kernel.struct import Struct
from hub.platform import jobs
from hub.platform.jobs import Fence, Job

DOCUMENTS_PER_PORTION = 50  # 50 orders of three lines hold the one writer for some 50 ms; intake waits no longer


class Task(Struct):
    """One message at work."""

    message: MessageRow
    fence: Fence
    stages: list[StageTime]

    @property
    def again(self) -> bool:
        """Whether an earlier run came to an end: what it acknowledged is not acknowledged again."""
        return self.message.stage == "finished"


class Progress(Struct):
    """What the portions written so far have come to."""

    interchanges: list[Interchange] = []  # with what was found when their numbers were entered
    judgements: list[Judgement] = []
    summary: Summary = Summary()


async def process(job: Job, desk: Desk) -> None:
    """Take one message through all its stages."""
    task, body = await desk.database.read(partial(_load, desk, job))
    try:
        partner = desk.rules.partner(task.message.partner)
        opened = hold_against_agreement(open_message(body), partner)
        task = _reached(task, desk, "opened")
        documents = opened.documents(desk.rules, partner.id)
        progress, last = None, False
        while not last:
            portion, last = await _next_portion(documents, large=len(body) > KEPT_EVENTS_BYTES_MAX)
            work = partial(_settle, desk, _reached(task, desk, "mapped"), partner, opened, portion, progress, last)
            progress = await desk.database.write(work)
    except Unreadable as fault:
        await desk.database.write(partial(_quarantine, desk, task, fault))
    except Misconfigured as fault:
        await desk.database.write(partial(_hold, desk, task, fault))


async def _next_portion(documents: Iterator[Document], *, large: bool) -> tuple[list[Document], bool]:
    """Read, validate and map the next documents; a large message does so beside the event loop."""
    take = islice(documents, DOCUMENTS_PER_PORTION)
    portion = await asyncio.to_thread(list, take) if large else list(take)
    return portion, len(portion) < DOCUMENTS_PER_PORTION


def _settle(
    desk: Desk,
    task: Task,
    partner: Partner,
    opened: Opened,
    portion: Sequence[Document],
    before: Progress | None,
    last: bool,
    conn: Connection,
) -> Progress:
    """Write everything that follows from a portion, in the caller's transaction."""
    progress = before or _begin(conn, desk, task, partner, opened)
    settled = []
    for document in portion:
        number = document.interchange.position - 1
        handled = _take_effect(conn, desk, task, partner, document, progress, number)
        settled.append(Settled(document=document, handled=handled, row=_row(task, partner, document, handled)))
    rows = [each.row for each in settled]
    recording.put_documents(conn, rows)
    keys = [*_envelope_keys(opened if before is None else None), *recording.keys_of(rows)]
    keys += [key for each in settled for key in each.handled.keys]
    summary = progress.summary.after(settled, recording.put_keys(conn, partner.id, task.message.id, keys))
    progress = replace(progress, summary=summary)
    if last:
        _finish(conn, desk, task, partner, opened, progress)
    else:
        jobs.extend(conn, [task.fence], now=desk.clock.now())
    return progress


def _begin(conn: Connection, desk: Desk, task: Task, partner: Partner, opened: Opened) -> Progress:
    """Enter the interchanges' numbers; forget what an earlier run read."""
    recording.forget(conn, task.message.id)
    entered = [
        interchanges.enter(conn, _interchange_row(task, partner, each, desk)) for each in opened.survey.interchanges
    ]
    judged = [
        number_taken(each, row.first_message) if row.judgement == "conflict" else each
        for each, row in zip(opened.survey.interchanges, entered, strict=True)
    ]
    for row in entered:
        if row.judgement == "duplicate" and row.first_message:
            outbox.resend_answers(conn, row.first_message, now=desk.clock.now())
    return Progress(interchanges=judged, judgements=[row.judgement for row in entered])


def _take_effect(
    conn: Connection, desk: Desk, task: Task, partner: Partner, document: Document, progress: Progress, number: int
) -> Handled:
    """Let the document take effect, if it may, and send what we owe for it."""
    if progress.judgements[number] != "first":
        return Handled(outcome="duplicate" if progress.judgements[number] == "duplicate" else "quarantined")
    if document.rejected or document.interchange.refused or (document.group and document.group.refused):
        return Handled(outcome="refused")
    handler = HANDLERS.get(type(document.canonical).__name__)
    if document.canonical is None or handler is None or document.misunderstood:
        return Handled(outcome="held", attention=_not_understood(document))
    arrival = Arrival(
        message=task.message.id,
        position=document.position,
        interchange_control_number=document.interchange.header.control_number,
        partner=partner,
        document=document.canonical,
        test=is_test(document.interchange, partner),
        now=desk.clock.now(),
    )
    return _answer(conn, desk, arrival, handler(conn, desk, arrival))


def _answer(conn: Connection, desk: Desk, arrival: Arrival, handled: Handled) -> Handled:
    """Send what the handler owes. What cannot be written waits, unnumbered; the effect stands."""
    occasion = Occasion(
        partner=arrival.partner,
        message=arrival.message,
        position=arrival.position,
        test=arrival.test,
        order_number=handled.order_number,
        keys=handled.keys,
    )
    for message_id in handled.resend:
        outbox.resend(conn, message_id, now=arrival.now, actor="hub")
    for document in handled.answers:
        try:
            message_id = send(conn, desk, occasion, [render(desk, arrival.partner, document)])
        except Unsendable as fault:
            why = f"The answer could not be written: {fault.findings[0].message}"
            return replace(handled, findings=handled.findings + fault.findings, attention=why)
        note_answer(conn, arrival, handled, message_id)
    return handled


def _finish(conn: Connection, desk: Desk, task: Task, partner: Partner, opened: Opened, progress: Progress) -> None:
    """Acknowledge, write where the message stands, and complete the job: the last thing of its transaction."""
    said = [
        acknowledge(conn, desk, task.message.id, partner, interchange, progress.summary.sets)
        for interchange, judgement in zip(progress.interchanges, progress.judgements, strict=True)
        if judgement != "duplicate" and not task.again
    ]
    task = _reached(task, desk, "finished")
    summary = progress.summary.with_envelopes(progress.interchanges)
    recording.record(conn, summary.processed(task.message, task.stages, said, opened.survey, progress.interchanges))
    jobs.done(conn, task.fence)


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
            stages=_reached(task, desk, "finished").stages,
            validation="unreadable",
            outcome="quarantined",
            attention=f"Could not be read: {fault.message}",
            findings=[finding],
        ),
    )
    jobs.done(conn, task.fence)


def _hold(desk: Desk, task: Task, fault: Misconfigured, conn: Connection) -> None:
    """Put the message aside until what is wrong with us is mended; a replay takes it up again."""
    recording.record(
        conn,
        recording.Processed(
            message=task.message.id,
            partner=task.message.partner,
            stages=task.stages,
            validation="pending",
            outcome="held",
            attention=f"Our configuration is at fault: {fault}",
        ),
    )
    recording.note(conn, task.message.id, "held", str(fault), at=desk.clock.now())
    jobs.done(conn, task.fence)


def _load(desk: Desk, job: Job, conn: Connection) -> tuple[Task, bytes]:
    message = find_message(conn, EVERYONE, job.payload)
    if message is None:
        raise Defect(f"job {job.id} is about message {job.payload}, which is not there")
    stages = [stage for stage in stages_of(conn, message.id) if stage.stage == "received"]
    return Task(message=message, fence=job.fence, stages=stages), desk.blobs.get(conn, message.sha256)


def _reached(task: Task, desk: Desk, stage: str) -> Task:
    return replace(task, stages=[*task.stages, StageTime(stage=stage, at=desk.clock.now())])


def _not_understood(document: Document) -> str:
    """Say why a document that is sound in its syntax waits for a person."""
    reason = next((f.message for f in document.findings if f.severity.is_reject), None)
    return f"Not understood: {reason}" if reason else f"Nothing in the hub handles {document.kind} yet"


def _envelope_keys(opened: Opened | None) -> list[Key]:
    found = opened.survey.interchanges if opened else []
    return [Key(kind="interchange", value=str(each.header.control_number)) for each in found]


def _row(task: Task, partner: Partner, document: Document, handled: Handled) -> DocumentRow:
    findings = document.findings + handled.findings
    canonical = document.canonical
    return DocumentRow(
        message=task.message.id,
        position=document.position,
        partner=partner.id,
        direction="in",
        kind=document.kind,
        interchange=document.interchange.position,
        document=type(canonical).__name__ if canonical else None,
        release=document.release or None,
        functional_group=document.group.header.functional_group if document.group else None,
        group_control_number=document.group.header.control_number if document.group else None,
        set_control_number=document.control_number or None,
        order_number=handled.order_number,
        test=is_test(document.interchange, partner),
        validation=validation_of(document.findings),
        outcome=handled.outcome,
        findings=findings,
        canonical=encode_document(canonical) if canonical else None,
        map_name=document.map_name,
        map_digest=document.map_digest,
        guide_digest=document.guide.digest if document.guide else None,
    )


def _interchange_row(task: Task, partner: Partner, interchange: Interchange, desk: Desk) -> InterchangeRow:
    header = interchange.header
    return InterchangeRow(
        message=task.message.id,
        position=interchange.position,
        partner=partner.id,
        direction="in",
        sender_qualifier=header.sender_qualifier or "",
        sender=header.sender_id or "",
        receiver_qualifier=header.receiver_qualifier or "",
        receiver=header.receiver_id or "",
        control_number=header.control_number,
        usage=header.usage or "",
        digest=interchange.digest,
        judgement="first",
        at=desk.clock.now(),
    )
