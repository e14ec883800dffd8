"""A message of the reference conversation as its partner would send it today, in whatever syntax it is.

In: the sample, what the conversation says of it, a day and how often it was played before. Out: the message with every
date moved by as many days, and the numbers that must be new counted up. ``Misconfigured`` when the sample does not hold
what the conversation says of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from xml.etree import ElementTree

import msgspec

from hub.cli.conversation import PlayedMessage
from hub.formats.sniff import sniff
from hub.formats.tree import Value
from hub.formats.x12.events import GroupStart, InterchangeStart, TransactionSet
from hub.formats.x12.guide import Element, Guide, Segment, Use
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.reader import read
from hub.formats.x12.separators import Separators
from hub.formats.x12.writer import OutboundSet, write_interchange
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct

Header = TypeVar("Header", InterchangeHeader, GroupHeader)
ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)\Z")
DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
"""ISO 8601, as XML and JSON write a day, with a time behind it or without."""


class Played(Struct):
    """A message as it is sent today."""

    body: bytes
    moved_days: int
    numbers: dict[str, str]  # the fresh elements, as sent


class Scene(Protocol):
    """A message that can be sent again on another day."""

    def play(self, now: datetime, turn: int) -> Played:
        """Return the message as sent ``now``, at the partner's; ``turn`` counts the playings from 0."""


def scene_of(body: bytes, step: PlayedMessage, guides: GuideLibrary, partner: str) -> Scene:
    """Return the sample ``body`` of ``step`` as a scene of its syntax."""
    syntax = sniff(body)
    if syntax in ("xml", "cxml"):
        return TextScene(body, step, _elements_of(body, step))
    if syntax == "json":
        return TextScene(body, step, _members_of(body, step))
    return InterchangeScene(body, step, guides, partner)


class TextScene:
    """A message in XML or JSON: dates and numbers change where they stand in its text, and nothing else does."""

    def __init__(self, body: bytes, step: PlayedMessage, value_at: Callable[[str], str]) -> None:
        self._text = body.decode()
        self._numbers = {place: value_at(place) for place in step.fresh}
        self._placed = date.fromisoformat(value_at(step.placed)[:10])

    def play(self, now: datetime, turn: int) -> Played:
        """Return the message as sent ``now``."""
        shift = now.date() - self._placed
        text = DAY.sub(lambda found: (date.fromisoformat(found[0]) + shift).isoformat(), self._text)
        numbers = {place: _counted(number, turn) for place, number in self._numbers.items()}
        for place, number in self._numbers.items():
            text = text.replace(number, numbers[place])
        return Played(body=text.encode(), moved_days=shift.days, numbers=numbers)


def _elements_of(body: bytes, step: PlayedMessage) -> Callable[[str], str]:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as fault:
        raise Misconfigured.told(f"is no XML: {fault}", file=step.send) from fault

    def text_at(path: str) -> str:
        element, _, attribute = path.partition("@")
        steps = [f"{{*}}{name}" for name in element.split("/") if name]
        found = root.find("/".join(steps)) if steps else root
        text = None if found is None else found.get(attribute) if attribute else found.text
        if not text:
            raise Misconfigured.told(f"the message has no {path}", file=step.send, remedy="such as Header/OrderNumber")
        return text

    return text_at


def _members_of(body: bytes, step: PlayedMessage) -> Callable[[str], str]:
    whole = json.loads(body)

    def text_at(pointer: str) -> str:
        at = whole
        for name in pointer.split("/")[1:]:
            at = at.get(name) if isinstance(at, dict) else None
        if not isinstance(at, str):
            raise Misconfigured.told(f"the message has no text at {pointer}", file=step.send, remedy="such as /orderId")
        return at

    return text_at


class InterchangeScene:
    """A message of one interchange with one set, taken apart so that it can be sent again on another day."""

    def __init__(self, body: bytes, step: PlayedMessage, guides: GuideLibrary, partner: str) -> None:
        self._step = step
        self._interchange, self._separators, self._group, self._set = _take_apart(body, step)
        guide = guides.guide(self._group.release, self._set.kind, partner)
        if guide is None:
            raise Misconfigured.told(f"there is no guide for {self._set.kind}", file=step.send)
        self._dates = _date_elements(guide)
        self._placed = _day(_element(self._set, step.placed, step.send))

    def play(self, now: datetime, turn: int) -> Played:
        """Return the message as sent ``now``, at the partner's; ``turn`` counts the playings from 0."""
        shift = now.date() - self._placed
        segments = [self._moved(values, shift) for values in self._set.body]
        numbers = {name: _counted(_element(self._set, name, self._step.send), turn) for name in self._step.fresh}
        for name, number in numbers.items():
            tag, at = _named(name, self._step.send)
            next(values for values in segments if values[0] == tag)[at] = number
        header, group = _renumbered(self._interchange, turn, now), _renumbered(self._group, turn, now)
        sets = [OutboundSet(kind=self._set.kind, control_number=1, segments=segments)]
        written = write_interchange(header, [(group, sets)], self._separators)
        if written.body is None:
            raise Misconfigured.told(written.findings[0].message, file=self._step.send)
        return Played(body=written.body, moved_days=shift.days, numbers=numbers)

    def _moved(self, values: list[str], shift: timedelta) -> list[Value]:
        dated = self._dates.get(values[0], frozenset())
        return [f"{_day(value) + shift:%Y%m%d}" if at in dated and value else value for at, value in enumerate(values)]


def _renumbered(header: Header, turn: int, now: datetime) -> Header:
    at = now.time().replace(second=0, microsecond=0)  # ISA10 and GS05 are sent to the minute
    return msgspec.structs.replace(header, control_number=header.control_number + turn, on=now.date(), at=at)


def _take_apart(body: bytes, step: PlayedMessage) -> tuple[InterchangeHeader, Separators, GroupHeader, TransactionSet]:
    starts: list[InterchangeStart] = []
    groups: list[GroupStart] = []
    sets: list[TransactionSet] = []
    for event in read(body):
        if isinstance(event, InterchangeStart):
            starts.append(event)
        elif isinstance(event, GroupStart):
            groups.append(event)
        elif isinstance(event, TransactionSet):
            sets.append(event)
    if not len(starts) == len(groups) == len(sets) == 1:
        raise Misconfigured.told("a step sends one interchange with one transaction set", file=step.send)
    return starts[0].header, starts[0].separators, groups[0].header, sets[0]


def _date_elements(guide: Guide) -> dict[str, frozenset[int]]:
    """Return, by tag, the elements that hold a date."""
    found: dict[str, frozenset[int]] = {}
    waiting: list[Use] = list(guide.uses)
    while waiting:
        use = waiting.pop()
        waiting += use.children
        found[use.segment.tag] = frozenset(_dated(use.segment))
    return found


def _dated(segment: Segment) -> list[int]:
    return [at for at, element in enumerate(segment.elements, start=1) if _is_date(element)]


def _is_date(element: Element) -> bool:
    return element.type == "DT"


def _named(name: str, file: str) -> tuple[str, int]:
    found = ELEMENT.match(name)
    if found is None:
        raise Misconfigured.told(f"{name} names no element", file=file, remedy="such as BEG03")
    return found[1], int(found[2])


def _element(set: TransactionSet, name: str, file: str) -> str:
    tag, at = _named(name, file)
    values = next((values for values in set.body if values[0] == tag and len(values) > at), None)
    if values is None:
        raise Misconfigured.told(f"the message has no {name}", file=file)
    return values[at]


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _counted(text: str, turn: int) -> str:
    """Count up the digits at the end: 4500098123 becomes 4500098124 at the second playing."""
    head = text.rstrip("0123456789")
    digits = text[len(head) :]
    return f"{head}{int(digits or '0') + turn:0{len(digits)}d}" if turn else text
