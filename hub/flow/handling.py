"""What becomes of a document: left as it is, written as it was prepared, or handled by its room on what stands.

What cannot be said is no promise: where the answer to its sender cannot be written, all that the room did is undone,
and the room holds the document for a person instead. Nobody is told anything then, its sender no more than others.
Processed again, once the map is mended or the order agreed otherwise, all of it is said, and once.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.business.room import Arrived, Room
from hub.canonical.result import Result
from hub.exchange import outbox, recording
from hub.exchange.model import Judgement
from hub.exchange.parts import is_told
from hub.exchange.waiting import Waiting, must_wait, wait, waits_no_longer
from hub.flow.documents import Document, not_understood
from hub.flow.drafts import Draft
from hub.flow.effects import Effects
from hub.flow.owing import owed_for
from hub.flow.preparing import PreparedDocument, arrived
from hub.flow.progress import Unsettled
from hub.flow.rendering import Unsaid, withheld, written
from hub.flow.rooms import ROOM_OF, Handler, handler_of
from hub.flow.sequencing import as_it_would_wait
from hub.flow.standing import Claims
from hub.flow.syntaxes import SYNTAXES
from hub.kernel.outcome import Outcome
from hub.kernel.sentence import as_written

UNTOUCHED: dict[Judgement, Outcome] = {"duplicate": "duplicate", "conflict": "quarantined"}
"""What becomes of a document whose envelope came before, or contradicts one that did: nobody acts on it."""


class Results:
    """What becomes of the documents of one portion, as they take effect one after the other."""

    def __init__(self, effects: Effects, claims: Claims, unsettled: Unsettled) -> None:
        self._effects, self._claims, self._unsettled = effects, claims, unsettled
        self.answered: set[int] = set()  # positions of documents to which an answer goes out
        self.told: set[str] = set()  # partners who listen, and have heard what they are owed
        self._message, self._again = unsettled.task.message, unsettled.task.again
        self._partner = effects.rules.partner(self._message.partner)
        self._syntax = SYNTAXES[unsettled.portion.survey.syntax]

    def of(self, document: Document, judgement: Judgement, *, test: bool) -> Result:
        """Let the document take effect, if it may, and say what became of it."""
        if judgement in UNTOUCHED:
            return Result(outcome=UNTOUCHED[judgement])
        if document.refused:
            return Result(outcome="refused")
        handle = handler_of(document.document, self._syntax)
        if handle is None or not document.takes_effect:
            owed = owed_for(document, self._effects.rules, self._partner.id)
            return Result(outcome="held", attention=not_understood(document), open_duties=owed)
        prepared = self._claims.of(document, test=test)
        return self._on_what_stands(document, handle, test) if prepared is None else self._kept(document, prepared)

    def _kept(self, document: Document, prepared: PreparedDocument) -> Result:
        """Write what was prepared, with whatever else there is of the kind."""
        room = ROOM_OF[document.document or ""]
        self._effects.keep(room, prepared.writes)
        return self._sent(document, room, prepared.result, prepared.drafts)

    def _on_what_stands(self, document: Document, handle: Handler, test: bool) -> Result:
        """Have the document handled now, unless it has to wait for what comes before it."""
        effects, room = self._effects, ROOM_OF.get(document.document or "")
        effects.write_prepared()  # it may rest on that
        reference, message = self._unsettled.envelope_of(document).reference, self._message.id
        given = arrived(document, reference, effects.rules, message, self._partner.id, test=test, now=effects.now)
        change = as_it_would_wait(room, given)
        if change is not None and must_wait(effects.conn, change):
            return self._waits(change)
        result, drafts = handled(effects, handle, given)
        self._claims.forget()
        if change is not None and result.waits:
            return self._waits(replace(change, waits_for="subject"))
        if change is not None and self._again:
            waits_no_longer(effects.conn, message, document.position)
        return self._sent(document, room, result, drafts)

    def _waits(self, change: Waiting) -> Result:
        """Put the document down as one that waits, and leave it undecided."""
        conn, subject = self._effects.conn, change.subject
        wait(conn, change)
        if not self._again:
            said = as_written(f"{subject.kind} {subject.value}")
            recording.note(conn, change.message, "waits", said, at=self._effects.now)
        return Result(outcome="none", subject=subject)

    def _sent(self, document: Document, room: Room | None, result: Result, drafts: Sequence[Draft]) -> Result:
        """Let go out what is owed, and again what the room asks for. Its sender is answered where it sent from.

        Nobody else has the sender's name: what others are told goes to the first of theirs. Who listens hears of an
        event once, however often its message is processed.
        """
        for message in result.resend:
            outbox.resend(self._effects.conn, message, now=self._effects.now, actor="hub")
        to = self._syntax.identity(self._partner, self._unsettled.envelope_of(document), document)
        for draft in drafts:
            if draft.because.kind == "event":
                self.told.add(draft.partner)
                if self._again and is_told(self._effects.conn, draft.partner, draft.because.id):
                    continue
            elif draft.partner == self._partner.id:
                self.answered.add(document.position)
            self._effects.send(room, draft if to is None else replace(draft, to=to))
        return result


def handled(effects: Effects, handle: Handler, given: Arrived) -> tuple[Result, list[Draft]]:
    """Let a document take effect, and return what became of it, with all that is due written."""
    sender = given.partner.id
    try:
        with effects.conn.begin_nested():
            return written(effects.rules, handle(effects, given), sender)
    except Unsaid as fault:
        held = handle(effects, replace(given, unsaid=fault.why))
        return withheld(held, fault), []
