"""The reference conversation of a partner: ``partners/<id>/conversation.toml`` and the messages it names.

In: the configuration, a day and how often the conversation was played before. Out: messages as the partner would send
them today, with every date moved by as many days and the numbers that must be new counted up. ``Misconfigured`` when a
file is missing or does not hold what the conversation says of it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

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
from hub.platform.configuration import Configuration

Header = TypeVar("Header", InterchangeHeader, GroupHeader)
ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)\Z")


class PlayedMessage(Struct):
    """One message the partner sends, and the kinds of answers it waits for."""

    says: str  # what a person would say is happening
    send: str  # file in the partner's folder
    placed: str  # the element whose date becomes today: BEG05
    fresh: list[str] = []  # elements that count up at every playing: BEG03
    expect: list[str] = []  # 997, 855


class Conversation(Struct):
    """What is played, step by step, as one partner."""

    title: str
    steps: list[PlayedMessage]
    next: str | None = None  # file in the partner's folder: what a person may hand in afterwards


class Played(Struct):
    """A message as it is sent today."""

    body: bytes
    moved_days: int
    numbers: dict[str, str]  # the fresh elements, as sent


def conversations(configuration: Configuration) -> dict[str, Conversation]:
    """Return every partner's conversation by the partner's id."""
    found: dict[str, Conversation] = {}
    for partner in configuration.folders("partners"):
        name = f"partners/{partner}/conversation.toml"
        if configuration.find(name) is None:
            continue
        try:
            found[partner] = msgspec.toml.decode(configuration.read(name), type=Conversation)
        except msgspec.DecodeError as fault:
            raise Misconfigured(str(fault), file=name, remedy="see the reference partner's file") from fault
    return found


class Scene:
    """A message of one interchange with one set, taken apart so that it can be sent again on another day."""

    def __init__(self, body: bytes, step: PlayedMessage, guides: GuideLibrary, partner: str) -> None:
        self._step = step
        self._interchange, self._separators, self._group, self._set = _take_apart(body, step)
        guide = guides.guide(self._group.release, self._set.kind, partner)
        if guide is None:
            raise Misconfigured(f"there is no guide for {self._set.kind}", file=step.send)
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
            raise Misconfigured(written.findings[0].message, file=self._step.send)
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
        raise Misconfigured("a step sends one interchange with one transaction set", file=step.send)
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
        raise Misconfigured(f"{name} names no element", file=file, remedy="such as BEG03")
    return found[1], int(found[2])


def _element(set: TransactionSet, name: str, file: str) -> str:
    tag, at = _named(name, file)
    values = next((values for values in set.body if values[0] == tag and len(values) > at), None)
    if values is None:
        raise Misconfigured(f"the message has no {name}", file=file)
    return values[at]


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _counted(text: str, turn: int) -> str:
    """Count up the digits at the end: 4500098123 becomes 4500098124 at the second playing."""
    head = text.rstrip("0123456789")
    digits = text[len(head) :]
    return f"{head}{int(digits or '0') + turn:0{len(digits)}d}" if turn else text
