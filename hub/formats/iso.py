"""Dates, times and truth as XML and JSON write them (ISO 8601, XML Schema part 2), and values, one into the other.

A text that is no such value gives ``None`` (reading), a value the part cannot hold gives ``None`` (writing); the
caller reports. Wall time stays wall time: a zone is kept as sent, and reckoned with only where two texts are compared
(``alike``).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.formats.family import ValueReader, ValueWriter
from hub.formats.numbers import CACHED_MAX, read_number, read_whole, write_number, write_whole
from hub.formats.schema import Part
from hub.kernel.numbers import plain
from hub.kernel.sentence import Phrase, declared
from hub.kernel.words import When

WANTED: Mapping[str, str] = {
    "date": "a date like 2026-11-30",
    "time": "a time like 14:30:00",
    "When": "a date like 2026-11-30, or with its time: 2026-11-30T14:30:00+01:00",
    "Decimal": "a number like 12.50",
    "int": "a whole number",
    "bool": "true or false",
}
"""What a sender should write, by kind of value."""
declared({f"iso/{kind}": Phrase(message=wanted) for kind, wanted in WANTED.items()})

_ZONE = r"([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?"
_DATE = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d){_ZONE}\Z", re.ASCII)
_OFFSET = re.compile(r"(?:[Zz]|([+-])(\d\d):(\d\d))\Z", re.ASCII)
_TIME = re.compile(rf"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{{1,9}}))?)?{_ZONE}\Z", re.ASCII)

_END_OF_DAY = re.compile(r"24:00:00(?:\.0+)?(?=\Z|[Zz+-])", re.ASCII)


def reader(kind: str, part: Part | None) -> ValueReader:
    """Return what reads a ``kind`` of value."""
    return _READERS[kind]


def writer(kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
    """Return what writes a ``kind`` of value into ``part``, and whether it may not fit."""
    if kind == "Decimal" and part is not None and part.type == "whole":
        return _whole_decimal, True
    return _WRITERS[kind], False


class PlainFamily:
    """What families have in common that spell values so, and whose places are called as each partner calls them."""

    wanted: Mapping[str, str] = WANTED

    def names(self, roots: Sequence[Path]) -> Iterator[str]:
        """Yield nothing: a partner's own places are called as the partner calls them, in every language."""
        return iter(())

    def reader(self, kind: str, part: Part | None) -> ValueReader:
        """Return what reads a ``kind`` of value."""
        return reader(kind, part)

    def writer(self, kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
        """Return what writes a ``kind`` of value, and whether it may not fit."""
        return writer(kind, part)


@functools.lru_cache(CACHED_MAX)
def read_date(text: str) -> date | None:
    """Return the day of 2026-11-30; a zone behind it changes no day."""
    found = _DATE.match(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


@functools.lru_cache(CACHED_MAX)
def read_time(text: str) -> time | None:
    """Return the wall time of 14:30 or 14:30:05.25, whatever the zone behind it."""
    found = _TIME.match(text)
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0), _micro(found[4])) if found else None
    except ValueError:
        return None


@functools.lru_cache(CACHED_MAX)
def read_when(text: str) -> When | None:
    """Return day, wall time and zone of 2026-11-30T14:30:00+01:00; the day alone where no time is said. 24:00:00 is
    the end of the day before it, whose last second a clock can show."""
    day, clock, rest = text.upper().partition("T")
    rest = _END_OF_DAY.sub("23:59:59", rest)
    on = read_date(day)
    if on is None or not clock:
        return When(on=on) if on is not None else None
    at, found = read_time(rest), _TIME.match(rest)
    return When(on=on, at=at, zone=(found[5] or "").upper() or None) if at is not None and found else None


def read_bool(text: str) -> bool | None:
    """Return what true, false, 1 and 0 say, and the words a code table gives them."""
    return {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}.get(text)


def alike(kind: str, text: str) -> str:
    """Return ``text`` as every spelling of the same ``kind`` of value comes out: 9.50 and 9.5, one instant in any zone.

    What is no such value, and what is of no kind that has several spellings, stays as it is.
    """
    spells = _ALIKE.get(kind)
    return (spells(text) if spells is not None else None) or text


def at_utc(value: When) -> When:
    """Return a moment whose offset is said as the same one at UTC; without an offset a wall is all it has."""
    found = _OFFSET.match(value.zone or "")
    if value.at is None or not found:
        return value
    ahead = timedelta(hours=int(found[2] or 0), minutes=int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
    try:
        moment = datetime.combine(value.on, value.at) - ahead
    except OverflowError:  # the first and the last day that there are
        return value
    return When(on=moment.date(), at=moment.time(), zone="Z")


def write_date(value: date) -> str:
    """Return 2026-11-30."""
    return value.isoformat()


def write_time(value: time) -> str:
    """Return 14:30:00, with as many decimals as there are."""
    text = value.replace(microsecond=0).isoformat()
    return text + (f".{value.microsecond:06d}".rstrip("0") if value.microsecond else "")


def write_when(value: When) -> str:
    """Return the day, with time and zone where they are said."""
    if value.at is None:
        return write_date(value.on)
    return f"{write_date(value.on)}T{write_time(value.at)}{value.zone or ''}"


def write_bool(value: bool) -> str:
    """Return true or false."""
    return "true" if value else "false"


def _whole_decimal(value: Decimal) -> str | None:
    whole = value.to_integral_value()
    return str(int(whole)) if whole == value else None


def _alike_number(text: str) -> str | None:
    number = read_number(text)
    return None if number is None else plain(number)


def _alike_date(text: str) -> str | None:
    on, found = read_date(text), _DATE.match(text)
    return f"{on}{_alike_zone(found[4])}" if on is not None and found else None


def _alike_time(text: str) -> str | None:
    at, found = read_time(text), _TIME.match(text)
    return f"{write_time(at)}{_alike_zone(found[5])}" if at is not None and found else None


def _alike_when(text: str) -> str | None:
    when = read_when(text)
    return None if when is None else write_when(at_utc(when)) if when.at else _alike_date(text)


def _alike_zone(zone: str | None) -> str:
    return "" if not zone else "Z" if zone[1:] in ("", "00:00") else zone


def _alike_bool(text: str) -> str | None:
    said = read_bool(text)
    return None if said is None else write_bool(said)


def _micro(decimals: str | None) -> int:
    return int((decimals or "0")[:6].ljust(6, "0"))


_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "When": read_when,
    "Decimal": read_number,
    "int": read_whole,
    "bool": read_bool,
}
_WRITERS: dict[str, Callable[[Any], str | None]] = {
    "date": write_date,
    "time": write_time,
    "When": write_when,
    "Decimal": write_number,
    "int": write_whole,
    "bool": write_bool,
}
_ALIKE: dict[str, Callable[[str], str | None]] = {
    "date": _alike_date,
    "time": _alike_time,
    "When": _alike_when,
    "Decimal": _alike_number,
    "int": _alike_number,
    "bool": _alike_bool,
}
