"""The life of one received message, from stored bytes to stored answers. START READING HERE.

    where it is read (``readers``):      open → validate → map → foresee what a new order comes to → write its answer
    in the transaction (``_settle``):    enter numbers → take effect as foreseen, or decide now → acknowledge → commit

Opening, validating and mapping stand in ``reading``; what a partner agreed to is held against the envelopes in
``agreement``; who handles which document in ``handlers``; what follows from an order in ``ordering``, by the rules of
``business``; what we write back in ``rendering``, ``outbound`` and ``acknowledging``. Here they are put in order.
Messages of which all was foreseen are settled together, in company; any other alone.

Effects, answers and their control numbers commit together or not at all, one portion of the message at a time. A
message that was interrupted, or is replayed, starts again at its first byte: what had taken effect is recognised and
does not take effect again. What is wrong with the message becomes findings and a verdict. What is wrong with us
(``Misconfigured``) holds the message until a person has mended it and asks for a replay. Nothing is lost either way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.exchange import interchanges, outbox, recording
from hub.exchange.budgets import by_partner, spend
from hub.exchange.model import Acknowledgement, DocumentRow, InterchangeRow, Judgement, Key
from hub.exchange.partners import Partner
from hub.exchange.recording import TestsBefore
from hub.exchange.weights import RESENT, Amount
from hub.flow.acknowledging import Reply, acknowledge, acknowledged_amount, reply_to
from hub.flow.agreement import is_test, with_number_judged
from hub.flow.arrivals import Arrival, Foreseen, Handled, NotInCompany, Workplace
from hub.flow.desk import Desk
from hub.flow.handlers import HANDLERS
from hub.flow.keeping import Kept, envelope_keys, keys_of_left_out
from hub.flow.large import LargeReader
from hub.flow.ordering import note_answers
from hub.flow.outbound import Occasion, Tray
from hub.flow.portions import (
    ACKNOWLEDGED_AT_ONCE,
    ENVELOPES_PER_PORTION,
    SETS_ANSWERED_AT_ONCE,
    portions,
    stored_amount,
)
from hub.flow.readers import ToRead
from hub.flow.reading import Document, not_understood
from hub.flow.rendering import Unsendable
from hub.flow.rows import document_row, interchange_row
from hub.flow.rules import Rules
from hub.flow.summary import Settled, Summary
from hub.flow.tasks import Task, complete, hold, load_all, load_large, quarantine
from hub.formats.x12.survey import Bytes, Interchange, Survey
from hub.kernel.errors import Conflict, Misconfigured, Unreadable
from hub.kernel.struct import Struct
from hub.platform import jobs
from hub.platform.budget import Budget
from hub.platform.jobs import Job
from hub.platform.together import Answers, Together, each_alone, one_by_one

LOADS_AT_ONCE = 256  # as many as a runner has in hand
WHOLE_SETS_MAX = 600  # of a message that is read at once: as many as orders of one line; of junk it can hold 7,000
BODY_BYTES_IN_HAND_MAX = 2 * 1024 * 1024  # read, a message of one-line orders takes 75 times its size in memory
BODY_BYTES_OF_ONE_MAX = 256 * 1024  # of one partner: a second of reading, so that nobody waits longer behind it
SETTLED_AT_ONCE = 32  # an order costs a third of what it costs alone; they hold the writer for some 30 ms
DOCUMENTS_IN_COMPANY_MAX = 2  # of each: most messages hold one order
CANONICAL_BYTES_IN_COMPANY_MAX = 8 * 1024  # of each: ten lines; what is longer holds the writer as long as the rest

KEYS_OF_AN_ANSWER = ("release", "seller-order")
"""What an answer is found by, beside its own numbers; items and contracts lead to the order, and from there to it."""

log = structlog.get_logger("hub.flow.inbound")


class Portion(Struct):
    """What takes effect in one transaction: some of a message's envelopes, documents or acknowledgements, or all."""

    survey: Survey
    documents: list[Document] = []
    foreseen: dict[int, Foreseen] = {}  # by position of the document
    entered: int = 0  # interchanges whose numbers are entered with it, or were before: so many, from the first
    acknowledged: int = 0  # interchanges that are acknowledged with it, or were before
    replies: list[Reply] | None = None  # what is said of them, where that was written beforehand
    last: bool = False


class Progress(Struct):
    """What the portions written so far have come to."""

    interchanges: list[Interchange] = []  # with what was found when their numbers were entered
    judgements: list[Judgement] = []
    resent: frozenset[str] = frozenset()  # messages whose answers were sent once more
    summary: Summary = Summary()
    kept: Kept = Kept()
    tests: TestsBefore = TestsBefore()  # what an earlier run took each document for: a test never becomes real
    keys: int = 0  # by which it is found
    read: int = 0  # position of the last document
    acknowledged: int = 0  # interchanges
    said: list[Acknowledgement] = []  # of them
    stored: Amount = Amount()  # with the last portion
    alone: list[Reply] = []  # those of which there is but a TA1: they go out together, with the last portion


class Due(Struct):
    """A portion of a message that takes effect now, and what the portions before it have come to."""

    task: Task
    portion: Portion
    before: Progress | None

    @property
    def in_company(self) -> bool:
        """Whether it may be settled beside others: a whole message, small, and all of its effect was foreseen."""
        documents, foreseen = self.portion.documents, self.portion.foreseen
        whole = self.before is None and self.portion.last
        if self.task.again or not whole or len(documents) > DOCUMENTS_IN_COMPANY_MAX:
            return False
        if sum(len(each.canonical or b"") for each in documents) > CANONICAL_BYTES_IN_COMPANY_MAX:
            return False
        return all(each.position in foreseen for each in documents if each.takes_effect)


class Processing:
    """Takes messages through all their stages, each by itself; what they wait for together is asked for together."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loads: Together[Job, tuple[Task, bytes]] = Together(self._load_all, most=LOADS_AT_ONCE)
        self._in_hand = Budget(BODY_BYTES_IN_HAND_MAX, of_one=BODY_BYTES_OF_ONE_MAX)
        self._large = LargeReader(desk.rules)
        self._company: Together[Due, Progress] = Together(self._settle_company, most=SETTLED_AT_ONCE)

    async def whole(self, job: Job) -> None:
        """Take a message that is read at once, as most are, through all its stages."""
        task, body = await self._loads.ask(job)
        async with self._in_hand.share(len(body), task.message.partner):
            if body.count(b"ST") <= WHOLE_SETS_MAX:  # whatever separates, and wherever the first interchange begins
                await self._process(task, _read_whole(task, body, self._desk))
            else:
                await self._process(task, _read_in_portions(task, body, self._desk, self._large))

    async def in_portions(self, job: Job) -> None:
        """Take a large message through all its stages, step by step: other large ones have their turns in between."""
        task, body = await self._desk.database.read(partial(load_large, self._desk, job))
        await self._process(task, _read_in_portions(task, body, self._desk, self._large))

    async def _process(self, task: Task, read: AsyncIterator[Portion]) -> None:
        """Let what was read take effect, one portion after the other."""
        desk, progress = self._desk, None
        try:
            async for portion in _planned(task, read):
                if progress is None:
                    task = task.reached("opened", desk.clock.now())
                elif _many_are_told(task, portion, progress):
                    portion = await self._with_replies(task, portion, progress)
                due = Due(task=task.reached("mapped", desk.clock.now()), portion=portion, before=progress)
                progress = await self._company.ask(due) if due.in_company else (await self._write([due]))[0]
        except Unreadable as fault:
            await desk.database.write(partial(quarantine, desk, task, fault))
        except Misconfigured as fault:
            log.error("message held", message=task.message.id, partner=task.message.partner, reason=str(fault))
            await desk.database.write(partial(hold, desk, task, fault))

    async def _with_replies(self, task: Task, portion: Portion, progress: Progress) -> Portion:
        """Write long acknowledgements before the transaction that numbers them."""
        partner = self._desk.rules.partner(task.message.partner)
        return replace(
            portion, replies=await self._large.run(partial(_replies, self._desk.rules, partner, portion, progress))
        )

    async def _load_all(self, claimed: list[Job]) -> list[tuple[Task, bytes] | Exception]:
        return await self._desk.database.read(partial(load_all, self._desk, claimed))

    async def _write(self, due: list[Due]) -> list[Progress]:
        written = await self._desk.database.write(partial(_settle, self._desk, due), behind=True)
        for each, progress in zip(due, written, strict=True):
            self._desk.stored(each.task.message.partner, progress.stored)
        return written

    async def _settle_company(self, company: list[Due]) -> Answers[Progress]:
        """Let them take effect in one transaction; if one of them cannot, each in its own."""
        try:
            return await self._write(company)
        except NotInCompany as fault:
            rest = [due for due in company if due.task.message.id not in fault.messages]
            apart = [due for due in company if due.task.message.id in fault.messages]
            found = [*(await self._settle_company(rest) if rest else []), *await one_by_one(self._write, apart)]
            told = dict(zip([due.task.message.id for due in rest + apart], found, strict=True))
            return [told[due.task.message.id] for due in company]
        except Exception as fault:  # noqa: BLE001 - who it concerns hears of it when it is alone
            return await each_alone(self._write, company, fault)


async def _planned(task: Task, read: AsyncIterator[Portion]) -> AsyncIterator[Portion]:
    """Cut envelopes into portions as well: numbers are entered before any document, acknowledgements go after all.

    Most messages are one portion. Of ``read`` the last is marked so; which is the last of all is said here.
    """
    entered = documents = 0
    async for portion in read:
        count = len(portion.survey.interchanges)
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
                told = min(done, count)
                yield Portion(survey=portion.survey, entered=count, acknowledged=told, last=told == count)


def _many_are_told(task: Task, portion: Portion, progress: Progress) -> bool:
    """Say whether long acknowledgements go out with the portion: never twice."""
    return portion.acknowledged > 0 and not task.finished_before and len(progress.summary.sets) > SETS_ANSWERED_AT_ONCE


def _replies(rules: Rules, partner: Partner, portion: Portion, progress: Progress) -> list[Reply]:
    """Return what is said of the interchanges that are acknowledged with the portion."""
    told = progress.interchanges[progress.acknowledged : portion.acknowledged]
    return [reply_to(partner, each, progress.summary.sets, rules) for each in told]


async def _read_whole(task: Task, body: bytes, desk: Desk) -> AsyncIterator[Portion]:
    """Read the message at once, and with it what its orders come to."""
    message = task.message
    wanted = ToRead(message=message.id, partner=message.partner, body=body, now=desk.clock.now())
    reading = await desk.reader.read(wanted)
    for documents, last in portions(reading.documents):
        yield Portion(survey=reading.survey, documents=documents, last=last, foreseen=reading.foreseen)


async def _read_in_portions(task: Task, body: Bytes, desk: Desk, large: LargeReader) -> AsyncIterator[Portion]:
    """Read the message beside the event loop, no more at a time than takes effect at a time."""
    wanted = ToRead(message=task.message.id, partner=task.message.partner, body=b"", now=desk.clock.now())
    opened = await large.open(wanted, body)
    async for reading, last in large.portions(wanted, opened):
        yield Portion(survey=reading.survey, documents=reading.documents, last=last, foreseen=reading.foreseen)


def _settle(desk: Desk, company: Sequence[Due], conn: Connection) -> list[Progress]:
    """Let portions of different messages take effect, step by step, and write down what came of them: all, or none."""
    now = desk.clock.now()
    tray = Tray(conn, desk, now)
    at = Workplace(conn, desk.rules, desk.blobs, now, in_company=len(company) > 1)
    settlements = [_Settlement(at, tray, due) for due in company]
    tray.lock({each.partner.id for each in settlements})  # first: whoever locks numbers last could wait for us
    for each in settlements:
        each.begin()
    apart = [each.due.task.message.id for each in settlements if not each.take_effect()]
    if apart:
        raise NotInCompany(apart)
    at.filing.write()  # the lines of orders, before anything points to them
    recording.put_documents(conn, [row for each in settlements for row in each.rows()])
    recording.put_kept_keys(conn, [each.keys() for each in settlements])
    for each in settlements:
        each.acknowledge()
    tray.send()  # with the 997s that have come to the 855s
    note_answers(conn, [answer for each in settlements for answer in each.answers], now)
    recording.record(conn, *(each.processed() for each in settlements if each.due.portion.last))
    spend(conn, by_partner((each.partner.id, each.stored) for each in settlements), now)
    for each in sorted(settlements, key=lambda each: each.due.task.fence.job):  # as all who lock jobs do
        each.let_go()
    return [replace(each.progress, stored=each.stored) for each in settlements]


class _Settlement:
    """What follows from a portion of a message, inside one transaction: its steps, in order."""

    def __init__(self, at: Workplace, tray: Tray, due: Due) -> None:
        self.due = due
        self.partner = at.rules.partner(due.task.message.partner)
        self.progress = due.before or Progress()
        self.answers: list[tuple[Handled, str]] = []
        self._at, self._tray, self._message = at, tray, due.task.message
        self._rows: list[DocumentRow] = []
        self.stored = Amount()  # with this portion
        self._keys: list[Key] = []
        self._new: list[Interchange] = []  # whose numbers are entered with this portion

    def begin(self) -> None:
        """Enter numbers of interchanges, and forget what an earlier run wrote of the documents of this portion."""
        if self.due.task.again:
            self._forget()
        before = self.progress
        found = self.due.portion.survey.interchanges[len(before.interchanges) : self.due.portion.entered]
        entered = [self._entered(each) for each in found]
        again = {row.first_message for row in entered if row.judgement == "duplicate" and row.first_message}
        for first in sorted(again - before.resent):
            resent = outbox.resend_answers(self._at.conn, first, now=self._at.now)
            self.stored = self.stored.plus(RESENT.times(resent))
        judged = [with_number_judged(each, row) for each, row in zip(found, entered, strict=True)]
        self._new = judged
        self.progress = replace(
            before,
            interchanges=[*before.interchanges, *judged],
            judgements=[*before.judgements, *(row.judgement for row in entered)],
            resent=before.resent | again,
        )

    def _forget(self) -> None:
        """Forget no document before it is written anew: which of them were tests must survive an interruption."""
        conn, message, portion = self._at.conn, self._message.id, self.due.portion
        if self.due.before is None:
            self.progress = Progress(tests=recording.tests_among(conn, message))
            recording.forget_keys(conn, message)
        before = self.progress.read
        read = portion.documents[-1].position if portion.documents else before
        recording.forget_documents(conn, message, after=before, to=None if portion.last else read)
        self.progress = replace(self.progress, read=read)

    def _entered(self, found: Interchange) -> InterchangeRow:
        row = interchange_row(
            found.header,
            message=self._message.id,
            position=found.position,
            partner=self.partner.id,
            direction="in",
            digest=found.digest,
            at=self._at.now,
        )
        return interchanges.enter(
            self._at.conn,
            row,
            refused=found.refused,
            numbered=found.numbered,
            restarts_after=self.partner.numbers_restart_after,
            digest_of_bytes=found.digest_of_bytes,
        )

    def take_effect(self) -> bool:
        """Let the documents take effect, put what we owe for them into the tray; False when that takes being alone."""
        try:
            settled = [self._became(document) for document in self.due.portion.documents]
        except NotInCompany:
            return False
        kept, with_row = self.progress.kept.after(settled, self._message.size_bytes)
        self._rows = [each.row for each in with_row]
        self.stored = self.stored.plus(stored_amount([each.document for each in with_row], envelopes=len(self._new)))
        keys = envelope_keys(self._new)
        keys += recording.keys_of(self.rows())
        keys += [key for each in settled for key in (*keys_of_left_out(each.row), *_names(each))]
        self._keys = recording.kept_keys(keys, recording.KEYS_MAX - self.progress.keys)
        summary = self.progress.summary.after(settled, self._keys)
        known = self.progress.keys + len(self._keys)
        self.progress = replace(self.progress, summary=summary, kept=kept, keys=known)
        return True

    def acknowledge(self) -> None:
        """Acknowledge some interchanges for the first time; what an interrupted run told already is left out."""
        before, portion = self.progress, self.due.portion
        if portion.acknowledged == before.acknowledged or self.due.task.finished_before:
            return
        replies = (
            _replies(self._at.rules, self.partner, portion, before) if portion.replies is None else portion.replies
        )
        first = [
            (position, each)
            for position, each in enumerate(replies, start=before.acknowledged + 1)
            if before.judgements[position - 1] != "duplicate"
        ]
        due = [each for position, each in first if not each.contents or position > self._message.acknowledged]
        alone = [*before.alone, *(each for each in due if not each.contents)]
        told = [*before.alone, *due] if portion.last else [each for each in due if each.contents]
        acknowledge(self._tray, self._message.id, self.partner, told)
        self.stored = self.stored.plus(acknowledged_amount(told))
        if not portion.last:
            recording.note_acknowledged(self._at.conn, self._message.id, portion.acknowledged)
        said = [*before.said, *(each.said for _, each in first)]
        self.progress = replace(before, acknowledged=portion.acknowledged, said=said, alone=alone)

    def let_go(self) -> None:
        """Complete the job with the last portion. Before, go on only while it is ours: another may have begun anew."""
        fence = self.due.task.fence
        if self.due.portion.last:
            complete(self._at.conn, self.due.task)
        elif jobs.extend(self._at.conn, [fence], now=self._at.now) != 1:
            raise Conflict(f"job {fence.job} is in other hands")

    def rows(self) -> list[DocumentRow]:
        return self._rows

    def keys(self) -> tuple[str, str, list[Key]]:
        return self.partner.id, self._message.id, self._keys

    def processed(self) -> recording.Processed:
        """Return where the message stands, after its last portion."""
        task, survey, found = self.due.task.reached("finished", self._at.now), self.due.portion.survey, self.progress
        summary = found.summary.with_envelopes(found.interchanges)
        processed = summary.processed(task.message, task.stages, found.said, survey, found.interchanges)
        return replace(processed, findings=processed.findings + found.kept.findings())

    def _became(self, document: Document) -> Settled:
        judgement = self.progress.judgements[document.interchange.position - 1]
        before = self.progress.tests.judged(document.position, document.interchange.position)
        test = is_test(document.interchange, self.partner) if before is None else before
        handled = self._handle(document, judgement, test)
        guide = self._at.rules.guide(document.release, document.kind, self.partner.id)
        row = document_row(document, handled, self._message.id, self.partner.id, test=test)
        return Settled(document=document, handled=handled, row=row, guide=guide)

    def _handle(self, document: Document, judgement: Judgement, test: bool) -> Handled:
        """Let the document take effect, if it may, and answer it."""
        if judgement in ("duplicate", "conflict"):
            return Handled(outcome="duplicate" if judgement == "duplicate" else "quarantined")
        if document.refused:
            return Handled(outcome="refused")
        handler = HANDLERS.get(document.document or "")
        if handler is None or not document.takes_effect:
            return Handled(outcome="held", attention=not_understood(document))
        foreseen = self.due.portion.foreseen.get(document.position)
        arrival = Arrival.of(document, self._message.id, self.partner, test=test, now=self._at.now, foreseen=foreseen)
        return self._answer(arrival, handler(self._at, arrival))

    def _answer(self, arrival: Arrival, handled: Handled) -> Handled:
        """Send what the handler owes. What cannot be written waits, unnumbered; the effect stands."""
        for message_id in handled.resend:
            outbox.resend(self._at.conn, message_id, now=self._at.now, actor="hub")
        occasion = Occasion(
            message=arrival.message,
            position=arrival.position,
            test=arrival.test,
            order_number=handled.order_number,
            keys=[key for key in handled.keys if key.kind in KEYS_OF_AN_ANSWER],
        )
        for content in handled.answers:
            try:
                message_id = self._tray.put(self.partner, occasion, [content])
            except Unsendable as fault:
                return handled.unanswered(fault)
            self.answers.append((handled, message_id))
            if handled.order_id:
                self._at.answering.add(handled.order_id)
        return handled


def _names(settled: Settled) -> list[Key]:
    """Return what a document is found by: what its handler says, else what could be read of it."""
    if settled.handled.order_number is not None:
        return settled.handled.keys
    return [*settled.handled.keys, *(Key(kind=kind, value=value) for kind, value in settled.document.numbers)]
