"""Says what is wrong with the elements of one segment, in full and in words.

In: the segment as the guide has it and its values, composites and repetitions already cut. Out: the values as they
should be read (trailing separators gone) and every fault into the findings. This is the truth the generated code of
``segment_code`` is a shortcut for: it runs only for segments which that code does not accept.
"""

from __future__ import annotations

from hub.formats.tree import Value
from hub.formats.x12.element_types import (
    BAD_CHARACTER,
    CONTROL,
    REAL,
    TOO_LONG,
    TOO_SHORT,
    is_date,
    is_time,
    number_fault,
)
from hub.formats.x12.guide import CodeLists, Element, Segment, SyntaxNote
from hub.formats.x12.guide_faults import Findings

CODES_SHOWN_MAX = 12
"""Codes named in a finding when the list is this short; a longer one is better looked up in the guide."""


class Place:
    """Where the findings of one segment stand."""

    __slots__ = ("findings", "loop", "position", "tag")

    def __init__(self, findings: Findings, tag: str, position: int, loop: str | None) -> None:
        self.findings = findings
        self.tag = tag
        self.position = position
        self.loop = loop

    def add(self, code: str, element: int | None = None, **words: object) -> None:
        self.findings.add(code, segment=self.position, tag=self.tag, loop=self.loop, element=element, **words)  # type: ignore[arg-type]


def explain(segment: Segment, values: list[Value], codes: CodeLists, place: Place) -> list[Value]:
    """Add every fault of ``values`` to the findings of ``place``; return the values without trailing separators."""
    kept, trailing = _without_trailing(values)
    if trailing:
        place.add("GDE-TRAILING-SEPARATOR")
    most = len(segment.elements)
    if len(kept) > most + 1:
        place.add("GDE-TOO-MANY-ELEMENTS", most + 1, count=len(kept) - 1, most=most, found=_text(kept[most + 1]))
    for number, element in enumerate(segment.elements, 1):
        value = kept[number] if number < len(kept) else ""
        if value:
            _explain_value(element, value, codes, place, number)
        elif element.required:
            place.add("GDE-ELEMENT-MISSING", number, label=element.name)
    told = {number for number, element in enumerate(segment.elements, 1) if element.required}
    for note in segment.notes:
        _explain_note(segment, note, kept, place, told)
    return kept


def _without_trailing(values: list[Value]) -> tuple[list[Value], bool]:
    """Drop empty elements at the end and empty components at the end of composites; say whether there were any."""
    cleaned = [_trimmed(value) if isinstance(value, list) else value for value in values]
    while len(cleaned) > 1 and not cleaned[-1]:
        cleaned.pop()
    return cleaned, cleaned != values


def _trimmed(value: list[str] | list[list[str]]) -> Value:
    last = len(value)
    while last and not any(value[last - 1]):
        last -= 1
    return value[:last] or ""


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    return ":".join(part if isinstance(part, str) else ":".join(part) for part in value)


def _explain_value(element: Element, value: Value, codes: CodeLists, place: Place, number: int) -> None:
    if not element.used:
        place.add("GDE-ELEMENT-NOT-USED", number, label=element.name, found=_text(value))
    elif element.repeat > 1:
        if len(value) > element.repeat:
            place.add("GDE-TOO-MANY-REPETITIONS", number, label=element.name, count=len(value), most=element.repeat)
        for turn, one in enumerate(value, 1):
            if one:
                _explain_one(element, one if isinstance(one, str) else list(one), codes, place, number, turn)
    else:
        _explain_one(element, value, codes, place, number, None)


def _explain_one(element: Element, value: Value, codes: CodeLists, place: Place, number: int, turn: int | None) -> None:
    if isinstance(value, str) and not element.components:
        _explain_text(element, value, codes, place, number, None, turn)
        return
    parts = element.components
    if len(value) > len(parts):
        place.add(
            "GDE-TOO-MANY-COMPONENTS", number, label=element.name, count=len(value), most=len(parts),
            repetition=turn, found=_text(value),
        )  # fmt: skip
    for index, part in enumerate(parts, 1):
        text = value[index - 1] if index <= len(value) else ""
        if text and not part.used:
            place.add("GDE-ELEMENT-NOT-USED", number, component=index, label=part.name, found=str(text))
        elif text:
            _explain_text(part, str(text), codes, place, number, index, turn)
        elif part.required:
            place.add("GDE-ELEMENT-MISSING", number, component=index, repetition=turn, label=part.name)


def _explain_text(
    element: Element,
    text: str,
    codes: CodeLists,
    place: Place,
    number: int,
    component: int | None,
    turn: int | None,
) -> None:
    """One fault at most for one value: a code of the wrong length is not also an unknown code."""
    code = _fault_of(element, text, codes)
    if code:
        place.add(
            code, number, component=component, repetition=turn, label=element.name, found=text,
            expected=_expected(element, codes), control=_control_in(text),
        )  # fmt: skip


def _control_in(text: str) -> str:
    """Return the first control character of ``text`` as its number; most texts have none."""
    found = CONTROL.search(text)
    return f"0x{ord(found[0]):02X}" if found else ""


def _fault_of(element: Element, text: str, codes: CodeLists) -> str | None:
    kind = element.type
    if kind == "R" or kind[0] == "N":
        fault = number_fault(text, element.minimum, element.maximum, real=kind == "R")
        return {None: None, TOO_SHORT: "GDE-ELEMENT-TOO-SHORT", TOO_LONG: "GDE-ELEMENT-TOO-LONG"}.get(
            fault, _no_number(kind, text) if fault == BAD_CHARACTER else None
        )
    if len(text) > element.maximum:
        return "GDE-ELEMENT-TOO-LONG"
    if len(text) < element.minimum:
        return "GDE-ELEMENT-TOO-SHORT"
    if kind == "B":
        return None
    if CONTROL.search(text):
        return "GDE-ELEMENT-CHARACTER"
    if kind == "DT":
        return None if is_date(text) else "GDE-ELEMENT-DATE"
    if kind == "TM":
        return None if is_time(text) else "GDE-ELEMENT-TIME"
    if element.codes is not None:
        return None if text in codes[element.codes] else "GDE-ELEMENT-CODE"
    return "GDE-ELEMENT-BLANK" if element.required and text.isspace() else None


def _no_number(kind: str, text: str) -> str:
    if kind[0] != "N" or not REAL.fullmatch(text):
        return "GDE-ELEMENT-NUMBER"
    return "GDE-NUMBER-NOT-WHOLE" if kind in ("N", "N0") else "GDE-NUMBER-IMPLIED-POINT"


def _expected(element: Element, codes: CodeLists) -> str:
    """What the guide wants, in words a person can act on."""
    low, high = element.minimum, element.maximum
    length = str(low) if low == high else f"{low} to {high}"
    if element.type == "DT":
        return "a date as " + ("YYMMDD" if high == 6 else "CCYYMMDD")
    if element.type == "TM":
        return "a time as HHMM" + ("" if high == 4 else " or HHMMSS")
    if element.type == "R":
        return f"a number of {length} digits"
    if element.type[0] == "N":
        decimals = element.type[1:]
        return f"a whole number of {length} digits" + (
            f", the last {decimals} of them decimals" if decimals != "0" else ""
        )
    if element.codes is not None and len(codes[element.codes]) <= CODES_SHOWN_MAX:
        return "one of " + ", ".join(sorted(codes[element.codes]))
    return f"{length} characters" + (" of text without control characters" if element.type == "AN" else "")


def _explain_note(segment: Segment, note: SyntaxNote, values: list[Value], place: Place, told: set[int]) -> None:
    """Add what ``note`` finds; an element in ``told`` is named as missing already, and one mention is enough."""

    def there(number: int) -> bool:
        return number < len(values) and bool(values[number])

    said = [number for number in note.elements if there(number)]
    missing = [number for number in note.elements if number not in said]
    if note.kind == "E":
        for number in said[1:]:
            place.add(
                "GDE-ELEMENT-EXCLUDED", number, label=segment.elements[number - 1].name,
                others=_names(segment.tag, [n for n in said if n != number]), found=_text(values[number]),
            )  # fmt: skip
        return
    first = note.elements[0]
    if note.kind == "P" and said:
        rule, broken = f"it goes together with {_names(segment.tag, said)}", missing
    elif note.kind == "R" and not said:
        rule, broken = f"one of {_names(segment.tag, list(note.elements))} must be sent", missing[:1]
    elif note.kind == "C" and there(first):
        rule, broken = f"{_names(segment.tag, [first])} demands it", missing
    elif note.kind == "L" and said == [first]:
        rule = f"{_names(segment.tag, [first])} demands one of {_names(segment.tag, list(note.elements[1:]))}"
        broken = missing[:1]
    else:
        return
    for number in broken:
        if number not in told:
            told.add(number)
            place.add("GDE-ELEMENT-CONDITION", number, label=segment.elements[number - 1].name, rule=rule)


def _names(tag: str, numbers: list[int]) -> str:
    return ", ".join(f"{tag}{number:02d}" for number in numbers)
