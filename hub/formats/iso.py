"""Dates, times and truth as XML and JSON write them (ISO 8601, XML Schema part 2), and values, one into the other.

A text that is no such value gives ``None`` (reading), a value the part cannot hold gives ``None`` (writing); the
caller reports. Wall time stays wall time: a zone is kept as sent, never reckoned with.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from hub.formats.family import ValueReader, ValueWriter
from hub.formats.numbers import CACHED_MAX, read_number, read_whole, write_number, write_whole
from hub.formats.schema import Part
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

_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_DATE = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d){_ZONE}\Z", re.ASCII)
_TIME = re.compile(rf"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{{1,9}}))?)?{_ZONE}\Z", re.ASCII)


def reader(kind: str, part: Part | None) -> ValueReader:
    """Return what reads a ``kind`` of value."""
    return _READERS[kind]


def writer(kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
    """Return what writes a ``kind`` of value into ``part``, and whether it may not fit."""
    if kind == "Decimal" and part is not None and part.type == "whole":
        return _whole_decimal, True
    return _WRITERS[kind], False


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
    """Return day, wall time and zone of 2026-11-30T14:30:00+01:00; the day alone where no time is said."""
    day, clock, rest = text.partition("T")
    on = read_date(day)
    if on is None or not clock:
        return When(on=on) if on is not None else None
    at, found = read_time(rest), _TIME.match(rest)
    return When(on=on, at=at, zone=found[5]) if at is not None and found else None


def read_bool(text: str) -> bool | None:
    """Return what true, false, 1 and 0 say, and the words a code table gives them."""
    return {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}.get(text)


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
