"""Arrangements: how a document is laid out before it is written, where a wire has lines of another cut than ours.

A document enters, the same document for that wire leaves, with a note of whatever is left out. A map names one under
``arranged`` in its header; the set is closed, as that of codecs is: no scripts. Arranging twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from hub.canonical.acknowledgement import AcknowledgedDocument, DocumentFault, FunctionalAcknowledgement
from hub.canonical.advice import Finding
from hub.canonical.order import AnsweredLine, OrderAcknowledgement, Promise
from hub.canonical.shared import Text
from hub.kernel.diagnostics import Diagnostic, Severity, is_of_form
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct

Arrange = Callable[[Struct], tuple[Struct, list[Diagnostic]]]

UNDECIDED = frozenset({"held", "received"})  # verdicts that say no more than that the order came
ON_HOLD = frozenset({"on-hold", "on-hold-incomplete", "on-hold-waiver-required"})
REJECTED = frozenset(
    {
        "deleted",
        "rejected",
        "rejected-not-available",
        "rejected-not-on-contract",
        "rejected-unit",
        "rejected-unknown-item",
    }
)
NO_PLACE = "NA"  # what is said for a place where a text has to stand
FAULTS_IN_ONE_TEXT_MAX = 20
ONE_TEXT_CHARACTERS_MAX = 4_000  # what a network shows of a status
AT_FAULT_IN_FORM, AT_FAULT_IN_MEANING = "form", "meaning"

declared(
    {
        "answer/leaves": Phrase(message="leaves our dock on {day}"),
        "MAP-LEFT-OUT/line": Phrase(
            message="line {number} is left out of this answer: it is not decided, and this wire cannot say so",
            remedy="nothing; decide the line, and tell the customer",
        ),
        "MAP-LEFT-OUT/lines": Phrase(
            message="this answer says no more than that the order came, so its lines are left out",
            remedy="nothing; decide the order, and tell the customer",
        ),
        "answer/accepted": Phrase(message="message {number} was read; what becomes of it is told by itself"),
        "answer/partly-accepted": Phrase(message="message {number} was taken; a person of ours looks at it"),
        "answer/rejected": Phrase(message="message {number} was refused: send it put right"),
        "answer/fault": Phrase(message="{code} at {at}: {said}"),
        "answer/more": Phrase(message="and {count} more"),
    }
)


def by_part(document: Struct) -> tuple[Struct, list[Diagnostic]]:
    """Return an answer to an order with one line for every part of a line, each numbered by itself.

    For a wire on which a line of an answer has one delivery, and refers to the line of the order. A line that waits for
    a person has no code there, and an answer that says no more than that the order came has no lines.
    """
    assert isinstance(document, OrderAcknowledgement)
    answer, found, lines = document, list[Diagnostic](), list[AnsweredLine]()
    if answer.verdict in UNDECIDED and answer.lines:
        found.append(Diagnostic(code="MAP-LEFT-OUT", case="lines", severity=Severity.NOTE))
    for index, line in enumerate(answer.lines):
        if answer.verdict in UNDECIDED:
            break
        for part in _parts(line):
            if part.status in ON_HOLD:
                found.append(_left_out(line, index))
            else:
                lines.append(replace(part, answer_line=str(len(lines) + 1)))
    return replace(answer, notes=_as_one(answer.notes), lines=lines), found


def _parts(line: AnsweredLine) -> Iterator[AnsweredLine]:
    """Yield a line once for each of its promises; what a part is told is its own reason, or all that the line is."""
    promises = line.promises or [Promise()]
    alone = len(promises) == 1
    own = not alone and any(each.reason for each in promises)
    for position, each in enumerate(promises):
        yield replace(
            line,
            quantity=each.quantity or (line.quantity if alone else None),
            status=each.status if each.status in ON_HOLD | REJECTED else line.status,
            promises=[Promise(deliver=each.deliver)] if each.deliver else [],
            notes=_as_one([*_reasons(line, each, position, own=own), *_leaves(each)]),
        )


def _reasons(line: AnsweredLine, promise: Promise, position: int, *, own: bool) -> list[Text]:
    if own:
        return [Text(text=promise.reason)] if promise.reason else []
    return line.notes if position == 0 else []


def _leaves(promise: Promise) -> list[Text]:
    """Say in words when something leaves us, where that is all we promise: a line has no place for it."""
    if promise.deliver or promise.ship is None or promise.ship.on is None:
        return []
    return [Text(text=str(Wording(key="answer/leaves", words={"day": str(promise.ship.on)})))]


def _as_one(notes: list[Text]) -> list[Text]:
    """Return notes as one, for a wire that has room for no more."""
    text = "\n".join(each.text for each in notes if each.text)
    return [Text(text=text)] if text else []


def _left_out(line: AnsweredLine, index: int) -> Diagnostic:
    return Diagnostic(
        code="MAP-LEFT-OUT",
        case="line",
        severity=Severity.NOTE,
        words={"number": line.number},
        location=Location(path=f"lines[{index}]"),
    )


def place_by_place(document: Struct) -> tuple[Struct, list[Diagnostic]]:
    """Return what is said of one received document with a reference to it, and one sentence for each place at fault.

    For a wire on which a document that has no number is called by the number of its message, which its sender was told
    as it came; what is wrong, and what helps, is one text; a code says no more than whether the form is at fault or
    what it says.
    """
    assert isinstance(document, FunctionalAcknowledgement)
    [judged] = document.documents or [AcknowledgedDocument(kind="", verdict=document.verdict)]
    number = judged.number or document.number
    faults = [_fault(fault, said) for fault in judged.faults for said in fault.findings]
    return replace(document, documents=[replace(judged, number=number, faults=faults)]), []


def _fault(fault: DocumentFault, said: Finding) -> DocumentFault:
    if said.code in (AT_FAULT_IN_FORM, AT_FAULT_IN_MEANING):
        return replace(fault, position=None, findings=[said])
    text = "; ".join(each for each in (said.text, said.remedy) if each)
    told = Finding(
        code=AT_FAULT_IN_FORM if is_of_form(said.code) else AT_FAULT_IN_MEANING,
        text=f"{text or said.code} ({said.code})",
    )
    return DocumentFault(place=fault.place or NO_PLACE, findings=[told])


def in_one_text(document: Struct) -> tuple[Struct, list[Diagnostic]]:
    """Return what is said of one received document as one text: what became of it, and each place at fault.

    For a wire that has room for nothing else. The message is named as its sender was told it when it came.
    """
    assert isinstance(document, FunctionalAcknowledgement)
    [judged] = document.documents or [AcknowledgedDocument(kind="", verdict=document.verdict)]
    if judged.text is not None:
        return document, []
    said = [Wording(key=f"answer/{judged.verdict}", words={"number": document.number or ""})]
    faults = [_in_words(fault, each) for fault in judged.faults for each in fault.findings]
    said += faults[:FAULTS_IN_ONE_TEXT_MAX]
    if len(faults) > FAULTS_IN_ONE_TEXT_MAX:
        said.append(Wording(key="answer/more", words={"count": len(faults) - FAULTS_IN_ONE_TEXT_MAX}))
    text = "\n".join(str(each) for each in said)[:ONE_TEXT_CHARACTERS_MAX]
    told = AcknowledgedDocument(kind="", verdict=judged.verdict, text=text)
    return FunctionalAcknowledgement(verdict=document.verdict, envelope=document.envelope, documents=[told]), []


def _in_words(fault: DocumentFault, said: Finding) -> Wording:
    text = "; ".join(each for each in (said.text, said.remedy) if each)
    return Wording(key="answer/fault", words={"code": said.code, "at": fault.place or NO_PLACE, "said": text})


ARRANGEMENTS: dict[str, tuple[type[Struct], Arrange]] = {
    "by-part": (OrderAcknowledgement, by_part),
    "in-one-text": (FunctionalAcknowledgement, in_one_text),
    "place-by-place": (FunctionalAcknowledgement, place_by_place),
}
"""By name, the documents that can be laid out so, and how."""
