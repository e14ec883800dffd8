"""A finding as its sender is told it: in an acknowledgement, and in what a partner's key is shown. Pure.

Remedies are written for who can act on them. Of what a map, a file of ours or an envelope of ours is at fault for, that
is a person of ours: to a partner "add it to the table" is no help, and none of its business. So of such findings a
partner is told another sentence, declared under the key of the finding with ``/to-partner`` behind it; where there is
none, what the finding weighs and that we look at it.
"""

from __future__ import annotations

from hub.business.rooms import ROOMS
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.sentence import CHECKED, Phrase, Wording, declared, templates
from hub.kernel.struct import Struct

TO_PARTNER = "to-partner"
"""The case of a sentence that is for partners, where another is for us."""
STAGES_OF_PARTNERS = ("ENV", "SYN", "GDE", "BUS")
"""Stages whose sentences are about the partner's document and made for its sender: 997 and 855 say the same."""
OURS_TO_MEND = frozenset(
    {
        "ENV-HEADER-MISSING", "ENV-HEADER-TEXT", "ENV-NUMBER-RANGE", "ENV-NUMBER-TWICE", "ENV-OURS-CONTRADICTION",
        "ENV-OURS-GROUP", "ENV-OURS-REFUSED", "ENV-SEPARATORS", "ENV-TA1-UNREADABLE", "GDE-EMPTY", "GDE-LINES-MISSING",
        "GDE-NO-PLACE", "SYN-AMBIGUOUS-ENCODING", "SYN-COMPOSITE", "SYN-CONTROL-IN-DATA", "SYN-HEADER-BROKEN",
        "SYN-HEADER-IN-DATA", "SYN-NOT-ENCODABLE", "SYN-OTHER-SEPARATORS", "SYN-OURS-ELEMENT", "SYN-OURS-SEGMENT",
        "SYN-OURS-SET", "SYN-SEPARATOR-IN-DATA", "SYN-SET-TOO-LONG-TO-WRITE", "SYN-SUBSTITUTED", "SYN-TAG",
        "SYN-TOO-MANY-SETS",
    }
)  # fmt: skip
"""Findings of those stages about what we write, or what a person of ours asks the partner by other means."""
ASKED_CODES = frozenset[str]().union(*(room.asked_codes for room in ROOMS))
"""Reasons for which a person of ours looks: their remedies are for that person."""

declared(
    {
        "told/rejected": Phrase(message="this could not be taken as it stands"),
        "told/doubted": Phrase(message="this was taken, and something about it is not certain"),
        "told/noted": Phrase(message="this was noticed, and nothing is refused for it"),
        "told/with-us": Phrase(message="nothing; the factory looks at it"),
        "told/nothing": Phrase(message="nothing"),
        "told/placed": Phrase(message="{said} (line {line}, column {column})"),
    }
)
declared(
    {
        f"{key}/{TO_PARTNER}": Phrase(message=message, remedy=remedy)
        for key, (message, remedy) in {
            "MAP-VALUE": ("'{text}' is not {wanted}", "write {wanted}, or ask us what is meant here"),
            "MAP-CODE": ("'{text}' is no code that was agreed with us", "write an agreed code, or have it agreed"),
            "MAP-CURRENCY": ("an amount without a currency: neither it nor the document says one", "say the currency"),
            "MAP-REQUIRED": (
                "something is missing without which nothing here stands",
                "nothing; the factory looks at it",
            ),
            "MAP-MORE": ("{count} more findings are not listed", "mend the first ones and send the document again"),
            "ENV-INTERCHANGE-NUMBER-RESTARTED": (
                "this number came before, in message {before}, and is taken as the first of a new count",
                "nothing, if your numbers have restarted",
            ),
            "ENV-USAGE-DIFFERS": (
                "ISA15 says something else than was agreed, and what is sent is taken as a test",
                "put ISA15 right, or tell us that you go live",
            ),
        }.items()
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
        return FindingSentence(message=own.message, remedy=own.remedy, expected=found.expected)
    if found.code.partition("-")[0] not in STAGES_OF_PARTNERS:
        with_us = "told/nothing" if found.severity is Severity.NOTE else "told/with-us"
        return FindingSentence(message=_in_general(found.severity), remedy=_said(with_us), expected=None)
    ours = found.code in ASKED_CODES or found.code in OURS_TO_MEND
    return FindingSentence(
        message=found.message, remedy=_said("told/with-us") if ours else found.remedy, expected=found.expected
    )


def _own_case(found: Diagnostic) -> Diagnostic | None:
    """Return the finding in the sentence that is declared for partners; None where none is."""
    if found.told is not None:  # as an earlier hub stored it: it has no words to fill another sentence with
        return None
    known = templates()
    for own in (TO_PARTNER, CHECKED):
        case = f"{found.case}-{own}" if found.case else own
        if f"{found.code}/{case}" in known:
            return found.with_case(case)
    return None


def _in_general(severity: Severity) -> str:
    """Return what is said in place of a sentence made for us: no more than the finding weighs."""
    if severity.is_reject:
        return _said("told/rejected")
    return _said("told/doubted" if severity is Severity.WARNING else "told/noted")


def placed(told: FindingSentence, found: Diagnostic) -> str:
    """Return the sentence with line and column, where the finding has both: few wires have a place for a column."""
    at = found.location
    if at.line is None or at.column is None:
        return told.message
    return _said("told/placed", said=told.message, line=at.line, column=at.column)


def _said(key: str, **words: str | int) -> str:
    return str(Wording(key=key, words={**words}))
