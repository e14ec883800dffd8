"""Texts of X12 elements and values, one into the other, by X12.6: DT, TM, R and N.

One function each way per pair of types; a text that is no such value gives ``None`` (reading), a value the
element cannot hold gives ``None`` (writing); the caller reports.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

from hub.formats.family import ValueReader, ValueWriter
from hub.formats.numbers import (
    CACHED_MAX,
    WHOLE,
    read_bool,
    read_number,
    read_whole,
    write_bool,
    write_number,
    write_whole,
)
from hub.formats.schema import Part

_CENTURY_TURN = 50  # six-digit dates: 00–49 are 20xx, as the guides of those partners say
_SHORT_DATE = 6


def reader(kind: str, part: Part | None) -> ValueReader:
    """Return what reads a ``kind`` of value from ``part``."""
    if kind == "Decimal" and part is not None and part.type == "implied" and part.decimals:
        return read_implied(part.decimals)
    return _READERS[kind]


def writer(kind: str, part: Part | None) -> tuple[ValueWriter, bool]:
    """Return what writes a ``kind`` of value into ``part``, and whether it may not fit."""
    if kind == "date":
        return (write_short_date if part is not None and _is_short(part) else write_date), False
    if kind in ("Decimal", "int") and part is not None and part.type == "implied":
        return write_implied(part.decimals), True
    if kind == "Decimal" and part is not None and part.type == "number" and part.maximum:
        return write_within(part.maximum), False
    return _WRITERS[kind], False


def _is_short(part: Part) -> bool:
    return part.type == "date" and part.maximum == _SHORT_DATE


@functools.lru_cache(CACHED_MAX)
def read_date(text: str) -> date | None:
    """Return the day of CCYYMMDD or YYMMDD; ISO dates too, which some partners write into free text."""
    digits = text.replace("-", "") if len(text) == 10 else text
    if not WHOLE.match(digits):
        return None
    if len(digits) == 6:
        digits = ("20" if int(digits[:2]) < _CENTURY_TURN else "19") + digits
    if len(digits) != 8:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@functools.lru_cache(CACHED_MAX)
def read_time(text: str) -> time | None:
    """Return the wall time of HHMM, HHMMSS, HHMMSSD or HHMMSSDD."""
    if not WHOLE.match(text) or len(text) not in (4, 6, 7, 8):
        return None
    try:
        return time(int(text[:2]), int(text[2:4]), int(text[4:6] or 0), int(text[6:].ljust(2, "0") or 0) * 10_000)
    except ValueError:
        return None


@functools.cache
def read_implied(decimals: int) -> Callable[[str], Decimal | None]:
    """Return the reader of an N element with ``decimals`` implied decimals."""

    @functools.lru_cache(CACHED_MAX)
    def read(text: str) -> Decimal | None:
        number = Decimal(text).scaleb(-decimals) if WHOLE.match(text) else None
        return number.copy_abs() if number is not None and not number else number

    return read


def write_date(value: date) -> str:
    """Return CCYYMMDD."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def write_short_date(value: date) -> str:
    """Return YYMMDD, for guides whose date element holds six."""
    return write_date(value)[2:]


def write_time(value: time) -> str:
    """Return HHMM, HHMMSS or HHMMSSDD: as short as says it all."""
    text = f"{value.hour:02d}{value.minute:02d}"
    if value.second or value.microsecond:
        text += f"{value.second:02d}"
    return text + (f"{value.microsecond // 10_000:02d}" if value.microsecond else "")


@functools.cache
def write_within(digits_max: int) -> Callable[[Decimal], str]:
    """Return the writer of an R element: zeros that say nothing are dropped where it has more than ``digits_max``."""

    def write(value: Decimal) -> str:
        text = write_number(value)
        if len(text) <= digits_max or len(text.strip("-").replace(".", "")) <= digits_max or "." not in text:
            return text
        sign, size = ("-", text[1:]) if text.startswith("-") else ("", text)
        whole, _, places = size.partition(".")
        places = places.rstrip("0")
        whole = whole if whole != "0" or not places else ""
        return f"{sign}{whole}.{places}" if places else f"{sign}{whole}"

    return write


@functools.cache
def write_implied(decimals: int) -> Callable[[Decimal | int], str | None]:
    """Return the writer of an N element; a decimal it cannot hold gives ``None``, never a rounded number."""

    def write(value: Decimal | int) -> str | None:
        scaled = Decimal(value).scaleb(decimals)
        return str(int(scaled)) if scaled == scaled.to_integral_value() else None

    return write


_READERS: dict[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "Decimal": read_number,
    "int": read_whole,
    "bool": read_bool,
}
_WRITERS: dict[str, Callable[[Any], str | None]] = {
    "date": write_date,
    "time": write_time,
    "Decimal": write_number,
    "int": write_whole,
    "bool": write_bool,
}
