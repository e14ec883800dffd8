"""What a partner says about what we sent: weighed, put into words at our own segments, and noted on both messages.

An acknowledgement is never acknowledged itself. One that is about nothing we sent, or names a set that we did not
send, waits for a person.
"""

from __future__ import annotations

from itertools import islice

from hub.business.room import Arrived
from hub.canonical.acknowledgement import AcknowledgedInterchange, FunctionalAcknowledgement, SetVerdict
from hub.canonical.result import Result
from hub.exchange.acknowledgements import (
    SentGroup,
    SetWord,
    acknowledge_group,
    group_reference,
    match_interchange,
    sent_group,
)
from hub.exchange.messages import find_message
from hub.exchange.model import Acknowledgement
from hub.flow.syntax import UnitOfWork
from hub.flow.x12.framing import ACKNOWLEDGED_BY
from hub.flow.x12.guides import x12_rules
from hub.flow.x12.sentences import finding
from hub.flow.x12.their_notes import OurSet, group_notes, interchange_note, set_notes, without_earlier
from hub.flow.x12.weighing import Weighed, weigh
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.lenient import plain_number
from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.formats.x12.reader import read
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Unavailable, Unreadable
from hub.kernel.location import Location
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import Phrase, Word, declared
from hub.kernel.spelling import visible

declared(
    {
        "BUS-ACKNOWLEDGES-UNNAMED": Phrase(
            message="The acknowledgement names neither a group nor an interchange of ours",
            remedy="Ask the partner which message is meant",
        )
    }
)


ACKNOWLEDGEMENTS = "FA"  # group of 997 and 999: an answer to one is awaited by nobody
STRANGERS_MAX = 20  # sets named that we never sent; who names more speaks of another message

NOTHING_SENT = "BUS-ACKNOWLEDGES-NOTHING"


def take_functional_acknowledgement(at: UnitOfWork, arrived: Arrived) -> Result:
    """Record what the partner says about a group or an interchange of ours."""
    told = arrived.document
    assert isinstance(told, FunctionalAcknowledgement)
    if told.interchange is not None:
        return _take_interchange_acknowledgement(at, arrived, told, told.interchange)
    if told.group is None:  # of another syntax: every map of a 997 and 999 reads AK1
        return _acknowledges_unnamed()
    ours = sent_group(
        at.conn,
        arrived.partner.id,
        kinds=ACKNOWLEDGED_BY,
        reference=group_reference(told.group.kind, told.group.number),
    )
    if ours is None and told.group.kind == ACKNOWLEDGEMENTS:
        return _acknowledges_our_acknowledgement(told, told.group.number)
    if ours is None:
        words: dict[str, Word] = {"number": told.group.number, "kind": told.group.kind}
        return _acknowledges_nothing("group", words, told.group.number, "group.number")
    return _take_group_acknowledgement(at, arrived, told, ours)


def _take_group_acknowledgement(
    at: UnitOfWork, arrived: Arrived, told: FunctionalAcknowledgement, ours: SentGroup
) -> Result:
    place = Location(group=_group(told), tag="AK9")
    weighed = weigh(told, len(ours.sets), place)
    of_group = [*weighed.contradictions, *group_notes(told, place, rejects=weighed.verdict == "rejected")]
    sets, said, strangers = _said_of_sets(at, arrived, told, ours, weighed)
    found = [*of_group, *said]
    if weighed.verdict != "accepted" and not found:
        found = of_group = [_without_reason(weighed, place)]
    if weighed.with_errors and not found:
        found = of_group = [_errors_unnamed(place)]
    acknowledge_group(
        at.conn,
        arrived.partner.id,
        ours,
        weighed.verdict,
        said=weighed.said,
        sets=sets,
        findings=of_group,
        with_errors=weighed.with_errors,
        by=arrived.message,
        now=at.now,
    )
    counted = told.counts.received if told.counts else None
    if not strangers and weighed.verdict == "accepted" and (counted or 0) > len(ours.sets):
        strangers = [_counts_more(counted or 0, len(ours.sets), _group(told))]
    attention = strangers[0].message if strangers else None
    return Result(outcome="accepted", findings=[*found, *strangers], attention=attention)


def _said_of_sets(
    at: UnitOfWork, arrived: Arrived, told: FunctionalAcknowledgement, ours: SentGroup, weighed: Weighed
) -> tuple[list[SetWord], list[Diagnostic], list[Diagnostic]]:
    """Return the word on each set of ours, all that is said of them, and sets that are named and are not ours."""
    by_number = {plain_number(each.number or ""): each for each in told.sets}
    verdicts = {plain_number(number): verdict for number, verdict in weighed.sets.items()}
    noted = any(each.reason or each.segments for each in told.sets)
    bodies = _bodies(at, ours) if noted else {}
    words: list[SetWord] = []
    said: list[Diagnostic] = []
    for sent in ours.sets:
        number = plain_number(sent.control_number)
        verdict = verdicts.get(number, weighed.rest)
        about = by_number.get(number)
        notes: list[Diagnostic] = []
        if about is not None:
            guide = x12_rules(at.rules).guide(sent.release or "", sent.kind, arrived.partner.id)
            our_set = OurSet(
                kind=sent.kind, control_number=sent.control_number, sent=bodies.get(sent.position), guide=guide
            )
            place = Location(group=_group(told), set=sent.control_number)
            if verdict == "rejected" or about.reason or about.segments:
                notes = set_notes(about, our_set, place, rejects=verdict == "rejected")
            elif about.verdict == "accepted-with-errors":
                notes = [_errors_unnamed(place)]
        words.append(SetWord(position=sent.position, verdict=verdict, findings=without_earlier(sent.findings, notes)))
        said += notes
    known = {plain_number(sent.control_number): sent.kind for sent in ours.sets}
    strange = (each for number, each in by_number.items() if known.get(number) != each.kind)
    strangers = [_stranger(each, _group(told)) for each in islice(strange, STRANGERS_MAX)]
    return words, said, strangers


def _group(told: FunctionalAcknowledgement) -> int:
    assert told.group is not None
    return told.group.number


def _bodies(at: UnitOfWork, ours: SentGroup) -> dict[int, TransactionSet]:
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
    at: UnitOfWork, arrived: Arrived, told: FunctionalAcknowledgement, about: AcknowledgedInterchange
) -> Result:
    """Record a TA1. One that finds fault calls a person: whoever sent the interchange must put something right."""
    verdict: Acknowledgement = "rejected" if told.verdict == "rejected" else "accepted"
    with_errors = told.verdict == "accepted-with-errors"
    notes = [] if told.verdict == "accepted" else [interchange_note(about.number, told.verdict, told.reason)]
    word = "accepted with errors" if with_errors else verdict
    partner, reason = arrived.partner.id, told.reason
    ours = match_interchange(
        at.conn,
        partner,
        control_number=about.number,
        on=about.on,
        verdict=verdict,
        said=f"interchange {word} by {partner}" + (f", note {reason}" if reason else ""),
        findings=notes,
        by=arrived.message,
        now=at.now,
    )
    if ours is None:
        words: dict[str, Word] = {"number": f"{about.number:09d}", "day": str(about.on)}
        return _acknowledges_nothing("dated" if about.on else "", words, about.number, "interchange.number")
    return Result(outcome="accepted", findings=notes, attention=notes[0].message if notes else None)


def _acknowledges_nothing(case: str, words: dict[str, Word], number: int, path: str) -> Result:
    key = f"{NOTHING_SENT}/{case}" if case else NOTHING_SENT
    stray = finding(key, Severity.WARNING, Location(path=path), words, found=str(number))
    return Result(outcome="held", findings=[stray], attention=stray.message)


def _acknowledges_unnamed() -> Result:
    unnamed = Diagnostic(code="BUS-ACKNOWLEDGES-UNNAMED", severity=Severity.WARNING, location=Location(path="group"))
    return Result(outcome="held", findings=[unnamed], attention=unnamed.message)


def _acknowledges_our_acknowledgement(told: FunctionalAcknowledgement, number: int) -> Result:
    """Note what answers an acknowledgement of ours: nothing waits for it, and only a rejection is somebody's work."""
    rejects = weigh(told, len(told.sets) or 1, Location(group=number, tag="AK9")).verdict != "accepted"
    said = finding(
        "BUS-ACKNOWLEDGES-RECEIPT/rejected" if rejects else "BUS-ACKNOWLEDGES-RECEIPT",
        Severity.WARNING if rejects else Severity.NOTE,
        Location(path="group.number"),
        {"number": number},
        found=str(number),
    )
    return Result(outcome="accepted", findings=[said], attention=said.message if rejects else None)


def _counts_more(received: int, sent: int, control_number: int) -> Diagnostic:
    words: dict[str, Word] = {"received": received, "number": control_number, "sent": sent}
    at = Location(path="counts.received", tag="AK9", element=3)
    return finding(f"{NOTHING_SENT}/counts", Severity.WARNING, at, words, found=str(received))


def _stranger(told: SetVerdict, control_number: int) -> Diagnostic:
    kind, number = told.kind[:FOUND_CHARACTERS_MAX], (told.number or "")[:FOUND_CHARACTERS_MAX]
    words: dict[str, Word] = {"kind": visible(kind), "number": visible(number), "group": control_number}
    at = Location(path="sets", tag="AK2", element=2)
    return finding(f"{NOTHING_SENT}/set", Severity.WARNING, at, words, found=number)


def _without_reason(weighed: Weighed, place: Location) -> Diagnostic:
    severity = Severity.GROUP if weighed.verdict == "rejected" else Severity.WARNING
    return finding("ENV-OURS-GROUP/no-reason", severity, place, {})


def _errors_unnamed(place: Location) -> Diagnostic:
    return finding("ENV-OURS-GROUP/errors-unnamed", Severity.WARNING, place, {})
