"""What documents come to is worked out where they are read, outside any transaction, and our answers are written there.

Whether it still stands is asked in the transaction (see ``settling``). What is wrong with our configuration is said
when the document takes effect, not here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, datetime

from msgspec.structs import replace

from hub.business.room import Arrived, DocumentRef, Standing
from hub.canonical.result import EVENTS, Cause, Result
from hub.canonical.stored import decode_document
from hub.flow.documents import Document
from hub.flow.drafts import Draft
from hub.flow.rendering import Unsaid, withheld, written
from hub.flow.rooms import ROOM_OF, Writes
from hub.flow.rules import Rules
from hub.flow.telling import told_of
from hub.kernel.clock import day_in
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct


class PreparedDocument(Struct):
    """What one document comes to, as long as what it rests on stands."""

    rests_on: list[Standing]
    day: date  # at the partner's
    writes: Writes
    result: Result
    drafts: list[Draft] = []  # what ``result`` owes, written


def arrived(
    document: Document, reference: str, rules: Rules, message: str, partner: str, *, test: bool, now: datetime
) -> Arrived:
    """Return a document that takes effect, as its handler is given it; ``reference`` is its envelope's."""
    assert document.document is not None
    assert document.canonical is not None
    return Arrived(
        document=decode_document(document.document, document.canonical),
        partner=rules.facts(partner),
        message=message,
        position=document.position,
        reference=reference or None,
        test=test,
        now=now,
    )


def prepare(
    document: Document,
    reference: str,
    rules: Rules,
    message: str,
    partner: str,
    *,
    test: bool,
    now: datetime,
    unsaid: Wording | None = None,
) -> PreparedDocument | None:
    """Return what the document comes to; None where its room prepares nothing, or where that depends on what stands.

    ``unsaid`` is why what it came to before could not be written: its room holds it then.
    """
    room = ROOM_OF.get(document.document or "")
    if room is None or not document.takes_effect:
        return None
    with contextlib.suppress(Misconfigured):
        given = arrived(document, reference, rules, message, partner, test=test, now=now)
        given = given if unsaid is None else replace(given, unsaid=unsaid)
        found = room.prepare(given, rules.of_room(room, partner))
        if found is not None:
            assert isinstance(found.writes, Writes)
            return PreparedDocument(rests_on=found.rests_on, day=found.day, writes=found.writes, result=found.result)
    return None


def with_drafts(
    rules: Rules, partner: str, prepared: PreparedDocument, held: Callable[[Wording], PreparedDocument | None]
) -> PreparedDocument | None:
    """Return the same with all that is due written; None where our configuration is at fault.

    Where what answers it cannot be written, what it comes to is prepared anew by ``held``, which is told why.
    """
    with contextlib.suppress(Misconfigured):
        try:
            result, drafts = written(rules, prepared.result, partner)
        except Unsaid as fault:
            waits = held(fault.why)
            return waits and replace(waits, result=withheld(waits.result, fault))
        return replace(prepared, result=result, drafts=drafts)
    return None


def is_of(
    prepared: PreparedDocument, document: Document, rules: Rules, message: str, partner: str, *, test: bool
) -> bool:
    """Whether it is of this very document, and of nothing else: whoever prepared it may be another process.

    What it sends goes to the partner who sent the document, because of it, or tells who listens of what happened; and
    it asks for nothing to be sent again.
    """
    room, result = ROOM_OF.get(document.document or ""), prepared.result
    if room is None or result.due or result.resend or result.events:
        return False
    because = Cause(kind="message", id=message, position=document.position)
    if any(duty.partner != partner for duty in prepared.result.open_duties):
        return False
    answers = [draft for draft in prepared.drafts if draft.because.kind == "message"]
    if any((draft.partner, draft.because, draft.test) != (partner, because, test) for draft in answers):
        return False
    if not all(is_told(draft, rules, test=test) for draft in prepared.drafts if draft.because.kind != "message"):
        return False
    origin = DocumentRef(partner=partner, message=message, position=document.position, test=test)
    return room.document_of(prepared.writes) == origin


def is_told(draft: Draft, rules: Rules, *, test: bool) -> bool:
    """Whether a draft tells a partner of an event that its file says it is told of."""
    kind = draft.because.id.partition(":")[0]
    happened = draft.because.kind == "event" and not draft.record
    return happened and kind in EVENTS and draft.partner in told_of(rules, kind, test=test or draft.test)


def is_of_today(prepared: PreparedDocument, rules: Rules, partner: str, now: datetime) -> bool:
    """Whether it was worked out on the day that it still is at the partner's."""
    return prepared.day == day_in(rules.partner(partner).time_zone, now)
