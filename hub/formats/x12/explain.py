"""Says what is wrong with the elements of one segment, in full and in words.

In: the segment as the guide has it and its values, composites and repetitions already cut. Out: the values as they
should be read (trailing separators gone) and every fault into the findings. This is the truth the generated code of
``segment_code`` is a shortcut for: it runs only for segments which that code does not accept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

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
from hub.formats.x12.guide_faults import SetFindings
from hub.kernel.sentence import Word, Wording

CODES_SHOWN_MAX = 12
"""Codes named in a finding when the list is this short; a longer one is better looked up in the guide."""

FREE_TEXT = frozenset({"3", "61", "352", "369", "933", "1551"})
"""Elements of words for people ("below 10^2 CFU"), by number: the sign of a repetition in one is a sign like any other.
Elsewhere it says that there are two values, where one is allowed: "07^08" is no item number."""

WANTED_KEPT_MAX = 4_096
"""What guides want of their elements, kept as it is said: four guides' worth of elements, all
of a form of their own."""


class SegmentPlace:
    """Where the findings of one segment stand."""

    __slots__ = ("findings", "loop", "position", "repetition", "tag")

    def __init__(
        self, findings: SetFindings, tag: str, position: int, loop: str | None, repetition: str | None = None
    ) -> None:
        self.findings = findings
        self.tag = tag
        self.position = position
        self.loop = loop
        self.repetition = repetition  # the sign that separates repetitions in this set

    def add(
        self,
        code: str,
        element: int | None = None,
        *,
        component: int | None = None,
        repetition: int | None = None,
        found: str | None = None,
        wanted: Wording | None = None,
        **words: Word,
    ) -> None:
        """Note fault ``code`` at a part of the segment."""
        self.findings.add(
            code, segment=self.position, tag=self.tag, loop=self.loop, element=element, component=component,
            repetition=repetition, found=found, expected=wanted, **words,
        )  # fmt: skip


def explain(segment: Segment, values: list[Value], codes: CodeLists, place: SegmentPlace) -> list[Value]:
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


def _explain_value(element: Element, value: Value, codes: CodeLists, place: SegmentPlace, number: int) -> None:
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


def _explain_one(
    element: Element, value: Value, codes: CodeLists, place: SegmentPlace, number: int, turn: int | None
) -> None:
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
    place: SegmentPlace,
    number: int,
    component: int | None,
    turn: int | None,
) -> None:
    """One fault at most for one value: a code of the wrong length is not also an unknown code."""
    code = _fault_of(element, text, codes)
    repeats = bool(place.repetition) and (place.repetition or "") in text and element.repeat == 1
    if code is None and (not repeats or element.type == "B" or element.number in FREE_TEXT):
        return
    if repeats:
        count = text.count(place.repetition or "") + 1
        place.add("GDE-TOO-MANY-REPETITIONS", number, component=component, label=element.name, count=count, most=1)
        return
    assert code is not None
    listed = codes[element.codes] if element.codes is not None else ()
    wanted = _expected(
        element.type, element.minimum, element.maximum, tuple(listed) if 0 < len(listed) <= CODES_SHOWN_MAX else ()
    )
    place.add(
        code, number, component=component, repetition=turn, found=text, wanted=wanted, **_words(code, element, text),
    )  # fmt: skip


def _words(code: str, element: Element, text: str) -> dict[str, Word]:
    """Return what fills the sentence of ``code``, and no more: findings are kept by the thousand."""
    words: dict[str, Word] = {"label": element.name}
    if code == "GDE-ELEMENT-CHARACTER" and (control := CONTROL.search(text)):
        words["control"] = f"0x{ord(control[0]):02X}"
    return words


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


@lru_cache(WANTED_KEPT_MAX)
def _expected(kind: str, low: int, high: int, codes: tuple[str, ...]) -> Wording:
    """What the guide wants, in words a person can act on; ``codes`` where they are few."""
    if kind == "DT":
        return Wording(key="guide/date-6" if high == 6 else "guide/date-8")
    if kind == "TM":
        return Wording(key="guide/time-4" if high == 4 else "guide/time-8")
    between: Word = str(low) if low == high else Wording(key="guide/from-to", words={"low": low, "high": high})
    length = {"length": between}
    if kind == "R":
        return Wording(key="guide/number", words=length)
    if kind[0] == "N":
        decimals = kind[1:]
        if decimals != "0":
            return Wording(key="guide/decimals", words={**length, "decimals": decimals})
        return Wording(key="guide/whole-number", words=length)
    if codes:
        return Wording(key="guide/codes", words={"codes": [*sorted(codes)]})
    return Wording(key="guide/text" if kind == "AN" else "guide/characters", words=length)


def _explain_note(segment: Segment, note: SyntaxNote, values: list[Value], place: SegmentPlace, told: set[int]) -> None:
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
        rule, broken = Wording(key="guide/goes-together", words={"elements": _names(segment.tag, said)}), missing
    elif note.kind == "R" and not said:
        rule = Wording(key="guide/one-of", words={"elements": _names(segment.tag, note.elements)})
        broken = missing[:1]
    elif note.kind == "C" and there(first):
        rule, broken = Wording(key="guide/demands", words={"element": _names(segment.tag, [first])}), missing
    elif note.kind == "L" and said == [first]:
        others = _names(segment.tag, note.elements[1:])
        rule = Wording(key="guide/demands-one", words={"element": _names(segment.tag, [first]), "elements": others})
        broken = missing[:1]
    else:
        return
    for number in broken:
        if number not in told:
            told.add(number)
            place.add("GDE-ELEMENT-CONDITION", number, label=segment.elements[number - 1].name, rule=rule)


def _names(tag: str, numbers: Sequence[int]) -> str:
    return ", ".join(f"{tag}{number:02d}" for number in numbers)
