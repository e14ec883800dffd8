"""The transaction in which portions of messages take effect: handled, rendered, numbered, queued, all or nothing.

    enter numbers → handle each document → write what was prepared → record → acknowledge → number and queue → complete

What becomes of each document ``handling`` says; here are the steps around it, in their order. Effects, answers and
their control numbers commit together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.canonical.result import Result
from hub.exchange import envelopes, outbox, recording
from hub.exchange.budgets import by_partner, spend
from hub.exchange.controls import one_at_a_time
from hub.exchange.duties import put_duties, read_at_last, renew_duties
from hub.exchange.model import DocumentRow, Duty, EnvelopeRow
from hub.exchange.partners import Partner
from hub.exchange.waiting import subject_stands
from hub.exchange.weights import RESENT, Amount
from hub.flow.documents import SUBJECTS, Document, Envelope, JudgedDocument, is_test
from hub.flow.drafts import Reply
from hub.flow.effects import Effects
from hub.flow.handling import Results
from hub.flow.keeping import envelope_keys
from hub.flow.owing import answer_duty
from hub.flow.portions import Portion, stored_amount
from hub.flow.progress import Progress, Unsettled
from hub.flow.replying import drafts_of, replied_amount
from hub.flow.rows import document_row, envelope_row
from hub.flow.rules import Rules
from hub.flow.services import Services
from hub.flow.standing import Claims, StandingVersions, prepared_of
from hub.flow.summary import Settled
from hub.flow.syntaxes import SYNTAXES
from hub.flow.tasks import complete
from hub.kernel.diagnostics import is_of_business
from hub.kernel.errors import Conflict
from hub.kernel.outcome import Key
from hub.platform import jobs

STANDS = frozenset({"accepted", "changed", "held"})
"""Outcomes after which what a document is about may stand: its room says whether it does."""


def settle(services: Services, group: Sequence[Unsettled], conn: Connection) -> list[Progress | None]:
    """Let portions of different messages take effect, step by step, and write down what came of them: all, or none.

    None for a message of a group whose effect is no longer what was prepared: it must be settled alone, for what
    decides it now holds the writer longer, and may rest on what its neighbours write.
    """
    one_at_a_time(conn, [unsettled.task.message.partner for unsettled in group])
    effects = Effects(conn, services.rules, services.blobs, services.clock)
    standing = StandingVersions(conn, [each for unsettled in group for each in prepared_of(unsettled)])
    settlements = [_Settlement(effects, standing, unsettled) for unsettled in group]
    if len(group) > 1:
        settlements = [each for each in settlements if each.stands()]
    for each in settlements:
        each.begin()
    for each in settlements:
        each.take_effect()
    effects.write_prepared()  # before anything points to it
    recording.put_documents(conn, [row for each in settlements for row in each.rows])
    recording.put_kept_keys(conn, [each.found_by() for each in settlements], SUBJECTS)
    put_duties(conn, [duty for each in settlements for duty in each.duties])
    for each in settlements:
        each.acknowledge()
    effects.outgoing.flush()  # with the acknowledgements that have come to the answers
    effects.note_sent()
    recording.record(conn, *(each.processed() for each in settlements if each.unsettled.portion.last))
    spend(conn, by_partner((each.partner.id, each.stored) for each in settlements), effects.now)
    for each in sorted(settlements, key=lambda each: each.unsettled.task.fence.job):  # as all who lock jobs do
        each.complete()
    progress = {each.unsettled.task.message.id: replace(each.progress, stored=each.stored) for each in settlements}
    return [progress.get(unsettled.task.message.id) for unsettled in group]


def replies_to(
    rules: Rules, partner: Partner, portion: Portion, progress: Progress, message: str, now: datetime
) -> list[Reply]:
    """Return what is said of the envelopes that are acknowledged with the portion."""
    envelopes = progress.envelopes[progress.acknowledged : portion.acknowledged]
    syntax = SYNTAXES[portion.survey.syntax]
    return [syntax.acknowledge(rules, partner, each, progress.summary.judged, message, now) for each in envelopes]


class _Settlement:
    """What follows from a portion of a message, inside one transaction: its steps, in order."""

    def __init__(self, effects: Effects, standing: StandingVersions, unsettled: Unsettled) -> None:
        self.unsettled = unsettled
        self.partner = effects.rules.partner(unsettled.task.message.partner)
        self.progress = unsettled.before or Progress()
        self.rows: list[DocumentRow] = []
        self.duties: list[Duty] = []  # of ours, new with this portion
        self.stored = Amount()  # with this portion
        self._effects, self._standing, self._message = effects, standing, unsettled.task.message
        self._claims = Claims(standing, unsettled, effects.rules, effects.now)
        self._results = Results(effects, self._claims, unsettled)
        self._keys: list[Key] = []
        self._stand: dict[tuple[Key, bool], None] = {}  # what its documents made or changed, and whether in a test
        self._new: list[Envelope] = []  # whose references are entered with this portion
        self._syntax = SYNTAXES[unsettled.portion.survey.syntax]

    def stands(self) -> bool:
        """Whether all of its documents still come to what was prepared."""
        return self._claims.all_hold()

    def begin(self) -> None:
        """Enter references of envelopes, and forget what an earlier run wrote of the documents of this portion."""
        if self.unsettled.task.again:
            self._forget()
        before, conn, now = self.progress, self._effects.conn, self._effects.now
        found = self.unsettled.portion.survey.envelopes[len(before.envelopes) : self.unsettled.portion.entered]
        entered = [self._entered(each) for each in found]
        again = {
            row.first_message
            for each, row in zip(found, entered, strict=True)
            if row and row.judgement == "duplicate" and row.first_message
            if not (each.of_a_document and envelopes.replaced(conn, row.first_message))  # a refusal that is overtaken
        }
        for first in sorted(again - before.resent):
            self.stored = self.stored.plus(RESENT.times(outbox.resend_answers(conn, first, now=now)))
        self._new = [
            self._syntax.with_number_judged(each, row) if row else each
            for each, row in zip(found, entered, strict=True)
        ]
        self.progress = replace(
            before,
            envelopes=[*before.envelopes, *self._new],
            judgements=[*before.judgements, *(row.judgement if row else "first" for row in entered)],
            resent=before.resent | again,
        )

    def _forget(self) -> None:
        """Forget no document before it is written anew: which of them were tests must survive an interruption."""
        conn, message, portion = self._effects.conn, self._message.id, self.unsettled.portion
        if self.unsettled.before is None:
            self.progress = Progress(tests=recording.tests_among(conn, message))
            recording.forget_keys(conn, message)
        before = self.progress.read
        read = portion.documents[-1].position if portion.documents else before
        recording.forget_documents(conn, message, after=before, to=None if portion.last else read)
        self.progress = replace(self.progress, read=read)

    def _entered(self, found: Envelope) -> EnvelopeRow | None:
        """Enter the control reference; where an envelope bears none there is nothing to be judged."""
        if not found.kind:
            return None
        row = envelope_row(
            found,
            message=self._message.id,
            partner=self.partner.id,
            direction="in",
            digest=found.digest,
            at=self._effects.now,
        )
        return envelopes.enter(
            self._effects.conn,
            row,
            refused=found.refused,
            numbered=found.numbered,
            of_a_document=found.of_a_document,
            restarts_after=self._syntax.restarts_after(self.partner),
            digest_of_bytes=found.digest_of_bytes,
        )

    def take_effect(self) -> None:
        """Let the documents take effect, and what we owe for them go out."""
        settled = [self._settled(document) for document in self.unsettled.portion.documents]
        kept, with_row = self.progress.kept.after(settled, self._message.size_bytes)
        self.rows = [each.row for each in with_row]
        self.stored = self.stored.plus(stored_amount([each.document for each in with_row], envelopes=len(self._new)))
        keys = envelope_keys(self._new)
        keys += [key for each in with_row for key in (*_about(each), *each.numbers)]
        keys += [key for each in settled for key in (*_about(each), *_names(each))]
        self._keys = recording.kept_keys(keys, recording.KEYS_MAX - self.progress.keys)
        self._owe(settled)
        summary = self.progress.summary.after(settled, self._keys)
        became = [(each.row.document, each.row.validation, each.row.outcome) for each in settled]
        known = self.progress.keys + len(self._keys)
        self.progress = replace(self.progress, summary=summary, kept=kept, keys=known, became=became)

    def _owe(self, settled: Sequence[Settled]) -> None:
        """Keep what we owe and cannot give yet; of what an earlier run kept, what is not owed any more is done."""
        minutes, now = self.partner.answers_due_minutes, self._effects.now
        message = self._message.id
        duties = [
            answer_duty(each, message, settled_.document.position, settled_.result.subject, minutes, now)
            for settled_ in settled
            for each in settled_.result.open_duties
            if minutes
        ]
        if not self.unsettled.task.again:
            self.duties = duties
            return
        portion, after = self.unsettled.portion, self.progress.owed
        to = None if portion.last else settled[-1].document.position if settled else after
        given_to = {self.partner.id, *self._results.told}
        renew_duties(self._effects.conn, message, duties, given_to, after=after, to=to, now=now)
        self.progress = replace(self.progress, owed=after if to is None else to)
        if portion.last:
            read_at_last(self._effects.conn, message, now)

    def _settled(self, document: Document) -> Settled:
        judgement, envelope = self.progress.judgements[document.envelope - 1], self.unsettled.envelope_of(document)
        before = self.progress.tests.judged(document.position, document.envelope)
        test = is_test(envelope, self.partner) if before is None else before
        result = self._results.of(document, judgement, test=test)
        if result.subject is not None and result.outcome in STANDS:
            self._stand[result.subject, test] = None
        syntax = self._syntax
        details = syntax.details(envelope, document)
        return Settled(
            document=document,
            result=result,
            row=document_row(document, envelope, details, result, self._message.id, self.partner.id, test=test),
            numbers=syntax.numbers(envelope, document),
            judged=self._with_room_heard(syntax.judged(document), document.position, result),
            place=partial(syntax.place, envelope, document),
        )

    def _with_room_heard(self, judged: JudgedDocument | None, position: int, result: Result) -> JudgedDocument | None:
        """Return what is said of a document, with why its room asks a person and lets no answer to it go out."""
        if judged is None or result.outcome not in ("duplicate", "held") or result.attention is None:
            return judged
        if position in self._results.answered:
            return judged
        return replace(judged, unanswered=[each for each in result.findings if is_of_business(each.code)])

    def found_by(self) -> tuple[str, str, list[Key]]:
        """Return the keys of this portion: the partner, the message, and by what it is found."""
        return self.partner.id, self._message.id, self._keys

    def acknowledge(self) -> None:
        """Acknowledge some envelopes for the first time; what an interrupted run told already is left out."""
        before, portion, effects = self.progress, self.unsettled.portion, self._effects
        if portion.acknowledged == before.acknowledged or self.unsettled.task.finished_before:
            return
        replies = portion.replies
        if replies is None:
            replies = replies_to(effects.rules, self.partner, portion, before, self._message.id, effects.now)
        first = [
            (position, each)
            for position, each in enumerate(replies, start=before.acknowledged + 1)
            if before.judgements[position - 1] != "duplicate"
        ]
        due = [each for position, each in first if not each.of_documents or position > self._message.acknowledged]
        alone = [*before.alone, *(each for each in due if not each.of_documents)]
        going_out = [*before.alone, *due] if portion.last else [each for each in due if each.of_documents]
        for draft in drafts_of(going_out, self._syntax.name, self._message.id, self.partner.id):
            effects.send(None, draft)
        self.stored = self.stored.plus(replied_amount(going_out))
        if not portion.last:
            recording.note_acknowledged(effects.conn, self._message.id, portion.acknowledged)
        known = [*before.acknowledgements, *(each.acknowledgement for _, each in first)]
        self.progress = replace(before, acknowledged=portion.acknowledged, acknowledgements=known, alone=alone)

    def processed(self) -> recording.Processed:
        """Return where the message stands, after its last portion."""
        task, survey = self.unsettled.task.reached("finished", self._effects.now), self.unsettled.portion.survey
        found = self.progress
        summary = found.summary.with_envelopes(found.envelopes, found.judgements)
        processed = summary.processed(task.message, task.stages, found.acknowledgements, survey, found.envelopes)
        return replace(processed, findings=processed.findings + found.kept.findings())

    def complete(self) -> None:
        """Complete the job with the last portion. Before, go on only while it is ours: another may have begun anew."""
        fence, conn = self.unsettled.task.fence, self._effects.conn
        if self.unsettled.portion.last:
            complete(conn, self.unsettled.task, self._effects.now)
        elif jobs.extend(conn, [fence], now=self._effects.now) != 1:
            raise Conflict(f"job {fence.job} is in other hands")
        subject_stands(conn, self.partner.id, self._stand, now=self._effects.now)


def _about(settled: Settled) -> list[Key]:
    """Return what a document is about, also of one that has no row of its own."""
    return [settled.row.about] if settled.row.about else []


def _names(settled: Settled) -> list[Key]:
    """Return what a document is found by: what its room says, else what could be read of it."""
    if settled.result.subject is not None:
        return settled.result.keys
    return [*settled.result.keys, *(Key(kind=kind, value=value) for kind, value in settled.document.numbers)]
