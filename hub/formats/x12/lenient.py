"""Acknowledgements are read leniently: what a partner says about us is lost on nobody for how it spells a number. Pure.

An order is judged strictly, for its sender can send it again. An acknowledgement is never acknowledged: whoever sends
it does not hear that we could not read it, so all is read that can be understood. A number is a number, padded or
not; what is wrong with its notes is said, and takes nothing from its verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.formats.x12.acknowledge import ACKNOWLEDGEMENT_GROUP
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Guide
from hub.formats.x12.writer import SET_NUMBER_DIGITS_MIN
from hub.kernel.diagnostics import Diagnostic, Severity

NUMBER_LENGTH_MAX = 64  # as sent, padding and all; what is longer is no number that somebody padded

_NUMBERS: dict[str, tuple[int, ...]] = {
    "AK1": (2,),
    "AK3": (2, 4),
    "AK4": (2, 3),
    "AK5": (2, 3, 4, 5, 6),
    "AK9": (2, 3, 4, 5, 6, 7, 8, 9),
}
"""Elements that hold a number, or a code that is one."""

_UNSAID: dict[str, dict[int, str]] = {"AK2": {1: "000"}, "AK3": {1: "ZZZ", 2: "0"}}
"""What stands for a kind of set, a segment and its position that are left out: as we write what we cannot name."""

_CODES = {("AK5", 1), ("AK9", 1)}
_NEEDED = _CODES | {("AK1", 1), ("AK1", 2), ("AK2", 2)}
"""Elements without which nobody knows what is said of what; a fault anywhere else is noted only."""


def is_acknowledgement(guide: Guide) -> bool:
    """Say whether sets of this guide acknowledge what we sent."""
    return guide.functional_group == ACKNOWLEDGEMENT_GROUP


def with_plain_numbers(received: TransactionSet) -> None:
    """Write the numbers of an acknowledgement in their usual form, blanks and leading zeros off, where it was cut."""
    received.padded.clear()  # of an acknowledgement blanks mean nothing anywhere
    for values in received.segments:
        tag = values[0]
        if not tag.startswith("AK"):
            continue
        values[1:] = [value.strip() if len(value) <= NUMBER_LENGTH_MAX else value for value in values[1:]]
        for element in _NUMBERS.get(tag, ()):
            if element < len(values):
                values[element] = plain_number(values[element])
        for element, text in _UNSAID.get(tag, {}).items():
            if element < len(values):
                values[element] = values[element] or text
        if tag == "AK2" and len(values) > 2 and plain_number(values[2]).isdigit():
            values[2] = plain_number(values[2]).zfill(SET_NUMBER_DIGITS_MIN)


def plain_number(text: str) -> str:
    """Return a number without the blanks and zeros before it; any other text as it is.

    >>> plain_number(" 000000008 "), plain_number("0000"), plain_number("I9")
    ('8', '0', 'I9')
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or len(text) > NUMBER_LENGTH_MAX:
        return text
    return digits.lstrip("0") or "0"


def forgiving(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return what was found about an acknowledgement, as warnings where its verdicts can be read all the same."""
    return [replace(each, severity=Severity.WARNING) if _is_beside_the_point(each) else each for each in findings]


def _is_beside_the_point(finding: Diagnostic) -> bool:
    if finding.severity not in (Severity.VALUE, Severity.PART) or not finding.code.startswith("GDE-"):
        return False
    at = finding.location
    if finding.severity is Severity.PART:
        return finding.code in ("GDE-SEGMENT-UNKNOWN", "GDE-SEGMENT-NOT-IN-SET") or at.tag in ("AK3", "AK4")
    of_length = finding.code in ("GDE-ELEMENT-TOO-SHORT", "GDE-ELEMENT-TOO-LONG")
    return (at.tag, at.element) not in (_CODES if of_length else _NEEDED)
