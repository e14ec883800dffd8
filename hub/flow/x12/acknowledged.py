"""What a partner says about what we sent: weighed, put into words at our own segments, and noted on both messages.

An acknowledgement is never acknowledged itself. One that is about nothing we sent, or names a set that we did not
send, waits for a person.
"""

from __future__ import annotations

from itertools import islice

from sqlalchemy import Connection

from hub.business.room import Arrived
from hub.canonical.acknowledgement import (
    AcknowledgedDocument,
    AcknowledgedEnvelope,
    AcknowledgedGroup,
    FunctionalAcknowledgement,
)
from hub.canonical.result import Result
from hub.exchange.acknowledgements import (
    AcknowledgedDocuments,
    DocumentVerdict,
    about_what,
    acknowledge_documents,
    acknowledge_envelope,
    message_of_envelope,
    sent_documents,
)
from hub.exchange.messages import find_message
from hub.exchange.model import Acknowledgement
from hub.flow.acknowledged import take_unnamed_acknowledgement
from hub.flow.syntax import UnitOfWork
from hub.flow.x12.envelopes import INTERCHANGE, group_reference
from hub.flow.x12.framing import ACKNOWLEDGED_BY
from hub.flow.x12.guides import x12_rules
from hub.flow.x12.sentences import finding
from hub.flow.x12.their_notes import OurSet, group_notes, interchange_note, set_notes, without_earlier
from hub.flow.x12.weighing import Weighed, weigh
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.lenient import plain_number
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.formats.x12.reader import read
from hub.formats.x12.survey import TA1
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Unavailable, Unreadable
from hub.kernel.location import Location
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.spelling import visible

ACKNOWLEDGEMENTS = "FA"  # group of 997 and 999: an answer to one is awaited by nobody
STRANGERS_MAX = 20  # sets named that we never sent; who names more speaks of another message

NOTHING_SENT = "BUS-ACKNOWLEDGES-NOTHING"


def take_functional_acknowledgement(at: UnitOfWork, arrived: Arrived) -> Result:
    """Record what the partner says about a group or an interchange of ours."""
    theirs = arrived.document
    assert isinstance(theirs, FunctionalAcknowledgement)
    if theirs.envelope is not None:
        return _take_interchange_acknowledgement(at, arrived, theirs, theirs.envelope)
    if theirs.group is None:  # a partner's own map that does not read AK1
        return take_unnamed_acknowledgement(at, arrived)
    ours = _sent_in(at.conn, arrived.partner.id, theirs.group)
    if ours is None and theirs.group.kind == ACKNOWLEDGEMENTS:
        return _acknowledges_our_acknowledgement(theirs, theirs.group.number)
    if ours is None:
        words: dict[str, Word] = {"number": theirs.group.number, "kind": theirs.group.kind}
        return _acknowledges_nothing("group", words, str(theirs.group.number), "group.number")
    return _take_group_acknowledgement(at, arrived, theirs, ours)


def message_spoken_of(conn: Connection, partner: str, theirs: FunctionalAcknowledgement) -> str | None:
    """Return the message of ours of whose group (997, 999) or interchange (TA1) something is said."""
    if theirs.group is not None:
        ours = _sent_in(conn, partner, theirs.group)
        return ours.message if ours else None
    about = theirs.envelope
    if about is None:
        return None
    return message_of_envelope(conn, partner, kind=INTERCHANGE, reference=about.reference, on=about.on)


def _sent_in(conn: Connection, partner: str, group: AcknowledgedGroup) -> AcknowledgedDocuments | None:
    """Return our sets of a group that is acknowledged; None when we sent no such group."""
    reference = group_reference(group.kind, group.number)
    return sent_documents(conn, partner, kinds=ACKNOWLEDGED_BY, reference=reference)


def _take_group_acknowledgement(
    at: UnitOfWork, arrived: Arrived, theirs: FunctionalAcknowledgement, ours: AcknowledgedDocuments
) -> Result:
    place = Location(group=str(_group(theirs)), tag="AK9")
    weighed = weigh(theirs, len(ours.documents), place)
    of_group = [*weighed.contradictions, *group_notes(theirs, place, rejects=weighed.verdict == "rejected")]
    verdicts, of_sets, strangers = _verdicts_on_sets(at, arrived, theirs, ours, weighed)
    found = [*of_group, *of_sets]
    if weighed.verdict != "accepted" and not found:
        found = of_group = [_without_reason(weighed, place)]
    if weighed.with_errors and not found:
        found = of_group = [_errors_unnamed(place)]
    acknowledge_documents(
        at.conn,
        arrived.partner.id,
        ours,
        weighed.verdict,
        in_words=Wording(key="theirs/said", words={"status": weighed.in_words, "partner": arrived.partner.id}),
        documents=verdicts,
        findings=of_group,
        with_errors=weighed.with_errors,
        by=arrived.message,
        now=at.now,
    )
    counted = theirs.counts.received if theirs.counts else None
    if counted is not None and counted > len(ours.documents) and not strangers and weighed.verdict == "accepted":
        strangers = [_counts_more(counted, len(ours.documents), _group(theirs))]
    attention = strangers[0].wording if strangers else None
    about = [key for sent in ours.documents for key in sent.about]
    return Result(outcome="accepted", findings=[*found, *strangers], keys=about, attention=attention)


def _verdicts_on_sets(
    at: UnitOfWork, arrived: Arrived, theirs: FunctionalAcknowledgement, ours: AcknowledgedDocuments, weighed: Weighed
) -> tuple[list[DocumentVerdict], list[Diagnostic], list[Diagnostic]]:
    """Return the verdict on each set of ours, all that is noted of them, and sets that are named and are not ours."""
    by_number = {plain_number(each.number or ""): each for each in theirs.documents}
    weighed_sets = {plain_number(number): verdict for number, verdict in weighed.sets.items()}
    bodies = _bodies(at, ours) if any(each.faults for each in theirs.documents) else {}
    verdicts: list[DocumentVerdict] = []
    noted: list[Diagnostic] = []
    for sent in ours.documents:
        number = plain_number(sent.reference)
        verdict = weighed_sets.get(number, weighed.rest)
        about = by_number.get(number)
        notes: list[Diagnostic] = []
        if about is not None:
            guide = x12_rules(at.rules).guide(sent.release or "", sent.kind, arrived.partner.id)
            our_set = OurSet(kind=sent.kind, control_number=sent.reference, sent=bodies.get(sent.position), guide=guide)
            place = Location(group=str(_group(theirs)), document=sent.reference)
            if verdict == "rejected" or about.reason or about.faults:
                notes = set_notes(about, our_set, place, rejects=verdict == "rejected")
            elif about.verdict == "accepted-with-errors":
                notes = [_errors_unnamed(place)]
        findings = without_earlier(sent.findings, notes)
        verdicts.append(DocumentVerdict(position=sent.position, verdict=verdict, findings=findings))
        noted += notes
    known = {plain_number(sent.reference): sent.kind for sent in ours.documents}
    strange = (each for number, each in by_number.items() if known.get(number) != each.kind)
    strangers = [_stranger(each, _group(theirs)) for each in islice(strange, STRANGERS_MAX)]
    return verdicts, noted, strangers


def _group(theirs: FunctionalAcknowledgement) -> int:
    assert theirs.group is not None
    return theirs.group.number


def _bodies(at: UnitOfWork, ours: AcknowledgedDocuments) -> dict[int, TransactionSet]:
    """Return our sets as they were sent, by their position; none when the bytes cannot be had any more."""
    message = find_message(at.conn, EVERYONE, ours.message)
    if message is None:
        return {}
    try:
        body = at.blobs.get(at.conn, message.sha256)
        sets = [event for event in read(body) if isinstance(event, TransactionSet)]
    except (Unreadable, Unavailable, OSError):
        return {}
    return dict(enumerate(sets, start=1))


def _take_interchange_acknowledgement(
    at: UnitOfWork, arrived: Arrived, theirs: FunctionalAcknowledgement, about: AcknowledgedEnvelope
) -> Result:
    """Record a TA1. One that finds fault calls a person: whoever sent the interchange must put something right."""
    verdict: Acknowledgement = "rejected" if theirs.verdict == "rejected" else "accepted"
    with_errors = theirs.verdict == "accepted-with-errors"
    notes = [] if theirs.verdict == "accepted" else [interchange_note(about.reference, theirs.verdict, theirs.reason)]
    word = "accepted with errors" if with_errors else verdict
    partner, reason = arrived.partner.id, theirs.reason
    ours = acknowledge_envelope(
        at.conn,
        partner,
        kind=TA1,
        envelope_kind=INTERCHANGE,
        reference=about.reference,
        on=about.on,
        verdict=verdict,
        in_words=_said_of_interchange(word, partner, reason),
        findings=notes,
        by=arrived.message,
        now=at.now,
    )
    if ours is None:
        words: dict[str, Word] = {"number": about.reference.zfill(9), "day": str(about.on)}
        return _acknowledges_nothing("dated" if about.on else "", words, about.reference, "envelope.reference")
    attention = notes[0].wording if notes else None
    return Result(outcome="accepted", findings=notes, keys=about_what(at.conn, ours), attention=attention)


def _said_of_interchange(status: str, partner: str, reason: str | None) -> Wording:
    words: dict[str, Word] = {"status": status, "partner": partner}
    if reason:
        return Wording(key="theirs/interchange-noted", words={**words, "reason": reason})
    return Wording(key="theirs/interchange", words=words)


def _acknowledges_nothing(case: str, words: dict[str, Word], number: str, path: str) -> Result:
    key = f"{NOTHING_SENT}/{case}" if case else NOTHING_SENT
    stray = finding(key, Severity.WARNING, Location(path=path), words, found=number)
    return Result(outcome="held", findings=[stray], attention=stray.wording)


def _acknowledges_our_acknowledgement(theirs: FunctionalAcknowledgement, number: int) -> Result:
    """Note what answers an acknowledgement of ours: nothing waits for it, and only a rejection is somebody's work."""
    rejects = weigh(theirs, len(theirs.documents) or 1, Location(group=str(number), tag="AK9")).verdict != "accepted"
    said = finding(
        "BUS-ACKNOWLEDGES-RECEIPT/rejected" if rejects else "BUS-ACKNOWLEDGES-RECEIPT",
        Severity.WARNING if rejects else Severity.NOTE,
        Location(path="group.number"),
        {"number": number},
        found=str(number),
    )
    return Result(outcome="accepted", findings=[said], attention=said.wording if rejects else None)


def _counts_more(received: int, sent: int, control_number: int) -> Diagnostic:
    words: dict[str, Word] = {"received": received, "number": control_number, "sent": sent}
    at = Location(path="counts.received", tag="AK9", element=3)
    return finding(f"{NOTHING_SENT}/counts", Severity.WARNING, at, words, found=str(received))


def _stranger(theirs: AcknowledgedDocument, control_number: int) -> Diagnostic:
    kind, number = theirs.kind[:FOUND_CHARACTERS_MAX], (theirs.number or "")[:FOUND_CHARACTERS_MAX]
    words: dict[str, Word] = {"kind": visible(kind), "number": visible(number), "group": control_number}
    at = Location(path="documents", tag="AK2", element=2)
    return finding(f"{NOTHING_SENT}/set", Severity.WARNING, at, words, found=number)


def _without_reason(weighed: Weighed, place: Location) -> Diagnostic:
    severity = Severity.GROUP if weighed.verdict == "rejected" else Severity.WARNING
    return finding("ENV-OURS-GROUP/no-reason", severity, place, {})


def _errors_unnamed(place: Location) -> Diagnostic:
    return finding("ENV-OURS-GROUP/errors-unnamed", Severity.WARNING, place, {})


declared(
    {
        "theirs/said": Phrase(message="{status} by {partner}"),
        "theirs/interchange": Phrase(message="interchange {status} by {partner}"),
        "theirs/interchange-noted": Phrase(message="interchange {status} by {partner}, note {reason}"),
    }
)
