"""Every fault a guide can find in a document, as a table, and the list they are collected in.

The standard's code is from AK304 where the severity is a segment's and from AK403 where it is an element's.
"""

from __future__ import annotations

from collections.abc import Collection

from hub.formats.x12.faults import X12Fault
from hub.formats.x12.headers import reference
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.marks import marked
from hub.kernel.sentence import Phrase, Word, Wording, declared

REJECTS_MAX = 1000
"""Rejecting faults listed one by one for one set: more than a person reads and more AK3 than a partner reads; what
comes after is counted, so that a file of a million faults costs the memory of a thousand."""

WARNINGS_MAX = 100
"""Warnings listed for one set; they have their own bound, so that they never push out a fault that rejects."""

FOUND_CHARACTERS_MAX = 200
"""Of a wrong value, what a finding keeps; AK404 takes 99."""

_SEGMENT, _ELEMENT, _WARNING = Severity.PART, Severity.VALUE, Severity.WARNING


def _fault(severity: Severity, standard: str | None, message: str, remedy: str) -> X12Fault:
    return X12Fault(severity=severity, standard=standard, message=message, remedy=remedy)


FAULTS = declared({
    "GDE-SEGMENT-UNKNOWN": _fault(
        _SEGMENT, "1", "{found} is no segment of this release",
        "leave it out, or agree on it so that the guide knows it"
    ),
    "GDE-SEGMENT-NAMELESS": _fault(
        _SEGMENT, "1", "a segment begins with its element separator: it has no identifier",
        "begin every segment with its identifier, and end each with one terminator",
    ),
    "GDE-SEGMENT-UNEXPECTED": _fault(
        _SEGMENT, "2", "{tag} has no place here: it belongs in {loops:or}, which is not open",
        "send the segment that opens its loop before it",
    ),
    "GDE-SEGMENT-MISSING": _fault(
        _SEGMENT, "3", "{tag} ({label}) is missing {where}", "send it where the guide has it"
    ),
    "GDE-LOOP-TOO-OFTEN": _fault(
        _SEGMENT, "4", "the {tag} loop ({label}) comes more than {most} times {where}", "send at most {most}"
    ),
    "GDE-SEGMENT-TOO-OFTEN": _fault(
        _SEGMENT, "5", "{tag} ({label}) comes more than {most} times {where}", "send at most {most}"
    ),
    "GDE-SEGMENT-NOT-IN-SET": _fault(
        _SEGMENT, "6", "{tag} has no place in a {set}", "leave it out, or agree on it so that the guide knows it"
    ),
    "GDE-SEGMENT-ORDER": _fault(
        _SEGMENT, "7", "{tag} ({label}) comes after {after}, but belongs before it", "send it before {after}"
    ),
    "GDE-NO-PLACE": _fault(
        _SEGMENT, "6", "{tag} cannot be written {where}: the guide has no place for it",
        "map it to a place of the guide, or add it to the partner's guide",
    ),
    "GDE-ELEMENT-MISSING": _fault(_ELEMENT, "1", "{place} ({label}) is missing", "send it: the guide demands it"),
    "GDE-ELEMENT-CONDITION": _fault(
        _ELEMENT, "2", "{place} ({label}) is missing: {rule}", "send it, or leave the others out"
    ),
    "GDE-TOO-MANY-ELEMENTS": _fault(
        _ELEMENT, "3", "{tag} has {count} elements, the guide knows {most}", "end the segment after {tag}{most:02d}"
    ),
    "GDE-TOO-MANY-COMPONENTS": _fault(
        _ELEMENT, "13", "{place} ({label}) has {count} components, the guide knows {most}",
        "send at most {most}; check that the component separator does not occur in the data",
    ),
    "GDE-TOO-MANY-REPETITIONS": _fault(
        _ELEMENT, "12", "{place} ({label}) comes {count} times, the guide allows {most}",
        "send at most {most}; check that the repetition separator does not occur in the data",
    ),
    "GDE-ELEMENT-NOT-USED": _fault(
        _ELEMENT, "3", "{place} ({label}) = {found}, but the guide that was agreed does not use it", "leave it out"
    ),
    "GDE-ELEMENT-TOO-SHORT": _fault(
        _ELEMENT, "4", "{place} ({label}) = {found} is too short", "send {expected}"
    ),
    "GDE-ELEMENT-TOO-LONG": _fault(_ELEMENT, "5", "{place} ({label}) = {found} is too long", "send {expected}"),
    "GDE-ELEMENT-CHARACTER": _fault(
        _ELEMENT, "6", "{place} ({label}) = {found} holds the control character {control}, which is no text",
        "send {expected}; where a letter or quotation mark was meant, agree on UTF-8",
    ),
    "GDE-COMPONENT-SEPARATOR": _fault(
        _WARNING, "6", "{place} = {found} contains {character}, the component separator of ISA16",
        "put a character into ISA16 that your data never contains",
    ),
    "GDE-ELEMENT-NUMBER": _fault(
        _ELEMENT, "6", "{place} ({label}) = {found} is not a number",
        "send {expected}: digits alone, no sign but a leading minus where one is allowed, no comma, no blank",
    ),
    "GDE-NUMBER-IMPLIED-POINT": _fault(
        _ELEMENT, "6", "{place} ({label}) = {found} has a decimal point, which is implied here and never sent",
        "send {expected}",
    ),
    "GDE-NUMBER-NOT-WHOLE": _fault(
        _ELEMENT, "6", "{place} ({label}) = {found} has a decimal point, and must be a whole number", "send {expected}"
    ),
    "GDE-NUMBER-PADDED": _fault(
        _ELEMENT, "6", "{place} ({label}) = {found} has a blank behind it, and a number is not padded",
        "send the digits alone, or agree on the leniency padded-numbers",
    ),
    "GDE-DATE-PADDED": _fault(
        _ELEMENT, "8", "{place} ({label}) = {found} has a blank behind it, and a date is not padded",
        "send the digits alone, or agree on the leniency padded-numbers",
    ),
    "GDE-TIME-PADDED": _fault(
        _ELEMENT, "9", "{place} ({label}) = {found} has a blank behind it, and a time is not padded",
        "send the digits alone, or agree on the leniency padded-numbers",
    ),
    "GDE-ELEMENT-BLANK": _fault(
        _ELEMENT, "6", "{place} ({label}) holds only spaces", "send a value: the guide demands it"
    ),
    "GDE-ELEMENT-CODE": _fault(
        _ELEMENT, "7", "{place} = {found} is not a code for {label} in this guide",
        "send a code the guide lists, or agree on this one so that it is added",
    ),
    "GDE-ELEMENT-DATE": _fault(
        _ELEMENT, "8", "{place} ({label}) = {found} is not a day of the calendar", "send {expected}"
    ),
    "GDE-ELEMENT-TIME": _fault(_ELEMENT, "9", "{place} ({label}) = {found} is not a time of day", "send {expected}"),
    "GDE-ELEMENT-EXCLUDED": _fault(
        _ELEMENT, "10", "{place} ({label}) may not stand beside {others}", "send only one of them"
    ),
    "GDE-HL-NUMBER-TWICE": _fault(
        _ELEMENT, "7", "HL01 = {found} is the number of an earlier level too", "give every level its own number"
    ),
    "GDE-HL-PARENT-MISSING": _fault(
        _ELEMENT, "7", "HL02 = {found} is not the number of any level", "name the level above by its HL01, or none"
    ),
    "GDE-HL-PARENT-LATER": _fault(
        _ELEMENT, "7", "HL02 = {found} names a level that comes only later", "send a level before those beneath it"
    ),
    "GDE-HL-PARENT-CIRCLE": _fault(
        _ELEMENT, "7", "HL02 = {found} leads back to this level itself", "name the level above by its HL01"
    ),
    "GDE-HL-TOO-DEEP": _fault(
        _ELEMENT, "7", "this level stands more than {most} levels deep", "nest fewer levels"
    ),
    "GDE-TRAILING-SEPARATOR": _fault(
        _WARNING, None, "{tag} ends with separators and no value; read as if they were not there",
        "end the segment after its last value",
    ),
    "GDE-COUNT": _fault(
        _WARNING, None, "{place} says {found}, but there are {expected} {of}", "check that no {of} was lost"
    ),
    "GDE-LINES-MISSING": _fault(
        _WARNING, None, "{place} says {found}, but only {expected} {of} arrived: a line may be missing",
        "ask whether all lines were sent",
    ),
    "GDE-LOOP-NAME": _fault(
        _WARNING, None, "LE01 = {found} does not close LS01 = {expected}", "send the same loop identifier in both"
    ),
    "GDE-MORE-FINDINGS": _fault(
        Severity.NOTE, None, "{found} more findings of this set are not listed",
        "repair those listed first and send the set again",
    ),
})  # fmt: skip

WITHIN = {
    "guide/in-loop": Phrase(message="in the {loop} loop"),
    "guide/in-set": Phrase(message="in the set"),
    "guide/loop": Phrase(message="the {loop} loop"),
    "guide/date-6": Phrase(message="a date as YYMMDD"),
    "guide/date-8": Phrase(message="a date as CCYYMMDD"),
    "guide/time-4": Phrase(message="a time as HHMM"),
    "guide/time-8": Phrase(message="a time as HHMM or HHMMSS"),
    "guide/number": Phrase(message="a number of {length} digits"),
    "guide/whole-number": Phrase(message="a whole number of {length} digits"),
    "guide/decimals": Phrase(message="a whole number of {length} digits, the last {decimals} of them decimals"),
    "guide/codes": Phrase(message="one of {codes}"),
    "guide/characters": Phrase(message="{length} characters"),
    "guide/text": Phrase(message="{length} characters of text without control characters"),
    "guide/from-to": Phrase(message="{low} to {high}"),
    "guide/goes-together": Phrase(message="it goes together with {elements}"),
    "guide/one-of": Phrase(message="one of {elements} must be sent"),
    "guide/demands": Phrase(message="{element} demands it"),
    "guide/demands-one": Phrase(message="{element} demands one of {elements}"),
    "guide/no-blank": Phrase(message="no blank behind it"),
}
declared(WITHIN)
marked("ours", "GDE-NO-PLACE")
marked("asked", "GDE-LINES-MISSING")
marked("calling", "GDE-LINES-MISSING")
"""What stands within those sentences: where, and what the guide wants."""


def in_loop(tag: str | None) -> Wording:
    """Return where a segment is missing, or has no place."""
    return Wording(key="guide/in-loop", words={"loop": tag}) if tag else Wording(key="guide/in-set")


FORGIVEN = {
    "padded-numbers": {"GDE-NUMBER-PADDED", "GDE-DATE-PADDED", "GDE-TIME-PADDED"},
    "segments-out-of-order": {"GDE-SEGMENT-ORDER"},
}
"""What can be forgiven a partner, by the name in its file: told as a warning, and read all the same."""


class SetFindings:
    """The faults of one set, in the order found, bounded in number; what does not fit is counted."""

    __slots__ = ("_envelope", "_forgiven", "_group", "_set", "items", "rejects", "unlisted", "warnings")

    def __init__(self, interchange: int | None, group: int | None, set: str, leniency: Collection[str] = ()) -> None:
        self._forgiven = [FORGIVEN[name] for name in leniency if name in FORGIVEN]
        self._envelope = reference(interchange)
        self._group = reference(group)
        self._set = set or None
        self.items: list[Diagnostic] = []
        self.rejects = 0
        self.warnings = 0
        self.unlisted = 0

    @property
    def full(self) -> bool:
        """Whether the bound on rejecting faults is reached: from here on faults are only counted."""
        return self.rejects >= REJECTS_MAX

    def add(
        self,
        code: str,
        *,
        segment: int,
        tag: str,
        loop: str | None,
        element: int | None = None,
        component: int | None = None,
        repetition: int | None = None,
        found: str | None = None,
        expected: str | Wording | None = None,
        **words: Word,
    ) -> None:
        """Note fault ``code`` of the table at that place; ``words`` are what its sentence names."""
        fault = FAULTS[code]
        severity = Severity.WARNING if any(code in codes for codes in self._forgiven) else fault.severity
        if not self._has_room(severity):
            return
        self.items.append(
            Diagnostic(
                code=code,
                severity=severity,
                words=words or None,
                location=Location(
                    envelope=self._envelope, group=self._group, document=self._set, segment=segment, tag=tag,
                    loop=loop, element=element, component=component, repetition=repetition,
                ),
                standard=fault.standard,
                found=found[:FOUND_CHARACTERS_MAX] if found else None,
                expected=expected,
            )
        )  # fmt: skip

    def _has_room(self, severity: Severity) -> bool:
        if severity.is_reject:
            room = self.rejects < REJECTS_MAX
            self.rejects += room
        else:
            room = self.warnings < WARNINGS_MAX
            self.warnings += room
        self.unlisted += not room
        return room

    def finished(self) -> list[Diagnostic]:
        """Return the findings in document order, closed by a note on how many more there were."""
        self.items.sort(key=lambda finding: (finding.location.segment or 0, finding.location.element or 0))
        if self.unlisted:
            self.items.append(
                Diagnostic(
                    code="GDE-MORE-FINDINGS",
                    severity=Severity.NOTE,
                    words={"found": self.unlisted},
                    location=Location(envelope=self._envelope, group=self._group, document=self._set),
                    found=str(self.unlisted),
                )
            )
        return self.items
