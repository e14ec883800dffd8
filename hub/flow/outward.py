"""A finding as its sender is told it: in an acknowledgement, and in what a partner's key is shown. Pure.

Remedies are written for who can act on them. Of what a map, a file of ours or an envelope of ours is at fault for, that
is a person of ours: to a partner "add it to the table" is no help, and none of its business. So of such findings a
partner is told another sentence, declared under the key of the finding with ``/to-partner`` behind it; where there is
none, what the finding weighs and that we look at it.
"""

from __future__ import annotations

from hub.business.rooms import ROOMS
from hub.flow.outward_sentences import OF_ALL_CASES, TO_PARTNER
from hub.kernel.diagnostics import FORM, Diagnostic, Severity
from hub.kernel.marks import is_marked
from hub.kernel.sentence import CHECKED, Phrase, Wording, declared, templates
from hub.kernel.struct import Struct

STAGES_OF_PARTNERS = FORM | {"BUS"}
"""Stages whose sentences are about the partner's document and made for its sender: 997 and 855 say the same."""
ASKED_CODES = frozenset[str]().union(*(room.asked_codes for room in ROOMS))
"""Reasons for which a person of ours looks: their remedies are for that person."""

declared(
    {
        "told/rejected": Phrase(message="this could not be taken as it stands"),
        "told/doubted": Phrase(message="this was taken, and something about it is not certain"),
        "told/noted": Phrase(message="this was noticed, and nothing is refused for it"),
        "told/nothing": Phrase(message="you need do nothing"),
        "told/placed": Phrase(message="{said} (line {line}, column {column})"),
    }
)


class FindingSentence(Struct):
    """What a partner is told of a finding, in English."""

    message: str
    remedy: str | None
    expected: str | None


def told_to_partner(found: Diagnostic) -> FindingSentence:
    """Return the sentence of a finding where it is made for partners, its remedy where that is the partner's."""
    own = _own_case(found)
    if own is not None:
        return FindingSentence(message=own.message, remedy=own.remedy, expected=found.asked_for)
    if found.code.partition("-")[0] not in STAGES_OF_PARTNERS or is_marked("ours", found.code):
        with_us = "told/nothing" if found.severity is Severity.NOTE else "told/with-us"
        return FindingSentence(message=_in_general(found.severity), remedy=_said(with_us), expected=None)
    ours = found.code in ASKED_CODES or is_marked("asked", found.code)
    return FindingSentence(
        message=found.message, remedy=_said("told/with-us") if ours else found.remedy, expected=found.asked_for
    )


def _own_case(found: Diagnostic) -> Diagnostic | None:
    """Return the finding in the sentence that is declared for partners; None where none is."""
    if found.told is not None:  # as an earlier hub stored it: it has no words to fill another sentence with
        return None
    known = templates()
    cases = [f"{found.case}-{own}" if found.case else own for own in (TO_PARTNER, CHECKED)]
    if found.code in OF_ALL_CASES:
        cases.append(TO_PARTNER)
    case = next((each for each in cases if f"{found.code}/{each}" in known), None)
    return None if case is None else found.with_case(case)


def _in_general(severity: Severity) -> str:
    """Return what is said in place of a sentence made for us: no more than the finding weighs."""
    if severity.is_reject:
        return _said("told/rejected")
    return _said("told/doubted" if severity is Severity.WARNING else "told/noted")


def placed(sentence: FindingSentence, found: Diagnostic) -> str:
    """Return the sentence with line and column, where the finding has both: few wires have a place for a column."""
    at = found.location
    if at.line is None or at.column is None:
        return sentence.message
    return _said("told/placed", said=sentence.message, line=at.line, column=at.column)


def _said(key: str, **words: str | int) -> str:
    return str(Wording(key=key, words={**words}))
