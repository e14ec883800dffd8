"""Why something was not written, as a table: the words and the remedy. Most refuse; some only say what was done."""

from __future__ import annotations

from msgspec.structs import replace

from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.marks import marked
from hub.kernel.sentence import Phrase, Word, declared, quoted


def outbound(
    code: str, at: Location, *, element: int | None = None, component: int | None = None, found: str | None = None,
    **words: Word,
) -> Diagnostic:  # fmt: skip
    """Return the diagnostic for refusal ``code`` of the table, at ``element`` of ``at``."""
    if found and len(found) > FOUND_CHARACTERS_MAX:
        words["found"] = quoted(found)  # of what is kept nobody could tell that there was more
    return Diagnostic(
        code=code,
        severity=_SEVERITIES.get(code, Severity.VALUE),
        words=words or None,
        location=replace(at, element=element, component=component) if element is not None else at,
        found=found[:FOUND_CHARACTERS_MAX] if found else None,
    )


_SEVERITIES = {
    "SYN-SUBSTITUTED": Severity.WARNING,
    "SYN-HEADER-BROKEN": Severity.WARNING,
    "SYN-OTHER-SEPARATORS": Severity.NOTE,
}

REFUSALS = {
    "SYN-SEPARATOR-IN-DATA": (
        "the value {found} contains {character}, which separates in this interchange",
        "take [x12.separators] out of the partner's file if they read separators out of ISA, or agree on some that "
        "data never contains; then replay the message",
    ),
    "SYN-CONTROL-IN-DATA": (
        "the value {found} contains the control character {character}",
        "ask where the value comes from, and take it out there",
    ),
    "SYN-SUBSTITUTED": (
        "in the value {found} separators or control characters were replaced by '{substitute}'",
        "none needed if the partner agreed; else take [x12.separators] out of the partner's file, so that others "
        "are chosen, or name another x12.substitute",
    ),
    "SYN-OTHER-SEPARATORS": (
        "the data contains {characters}, which usually separates; other separators were written",
        "none needed: ISA says which; state [x12.separators] in the partner's file if they must never change",
    ),
    "SYN-HEADER-BROKEN": (
        "a value contained a whole interchange header; its first letter was replaced by '{substitute}'",
        "ask the partner what the value is meant to be",
    ),
    "SYN-NOT-ENCODABLE": (
        "a character of the interchange cannot be written in {encoding}",
        "agree with the partner on UTF-8, or spell the text in letters that {encoding} has",
    ),
    "SYN-AMBIGUOUS-ENCODING": (
        "the interchange written in {encoding} would be read as UTF-8", "agree with the partner on UTF-8",
    ),
    "SYN-HEADER-IN-DATA": ("a value contains a whole interchange header", "take it out of the data"),
    "SYN-TAG": (
        "{found} is no tag of a segment that may stand here", "correct the map or the guide that made it",
    ),
    "SYN-COMPOSITE": (
        "the value has parts, but the interchange has no {name} separator to keep them apart",
        "name the separator in the partner file",
    ),
    "SYN-SET-TOO-LONG-TO-WRITE": ("the set has more than {count} segments", "split the document"),
    "ENV-HEADER-TEXT": (
        "{found} does not fit here: at most {length} characters, no separators, no blanks at its ends",
        "correct the envelope ids and codes in the partner file",
    ),
    "ENV-HEADER-MISSING": ("a value the envelope demands is missing", "give it in the partner file"),
    "ENV-NUMBER-RANGE": (
        "the control number {number} is not between 1 and 999999999", "take the number from the partner's sequence",
    ),
    "ENV-NUMBER-TWICE": (
        "the set control number {number} is used twice in the group", "give each set of a group its own number",
    ),
    "ENV-SEPARATORS": (
        "the separators cannot be used: {why}",
        "name separators in the partner file that differ and are ASCII, and no letters, digits or blanks",
    ),
    "ENV-REPETITION-TOO-EARLY": (
        "a repetition separator is named, but version {version} has none", "name none before version 00402",
    ),
}  # fmt: skip
"""Refusals on the way out: what is said, and who can do what."""

WITHIN = {
    "separator/component": "component",
    "separator/repetition": "repetition",
    "separators/substitute": "the substitute is itself a separator or a control character",
    "separators/not-usable": "{sign} is not one ASCII character that data never contains",
    "separators/equal": "two of them are equal",
    "separators/suffix": "only a line end may follow the segment terminator",
    "separators/line-end": "a line end that terminates segments is not followed by another",
}
declared({code: Phrase(message=message, remedy=remedy) for code, (message, remedy) in REFUSALS.items()})
declared({key: Phrase(message=message) for key, message in WITHIN.items()})
marked("ours", *(REFUSALS.keys() - _SEVERITIES.keys()))
