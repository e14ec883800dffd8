"""Texts of the wire and values of the model, one into the other.

One function each way per pair of types; a text that is no such value gives ``None`` (reading), a value the
wire cannot hold gives ``None`` (writing); the caller reports. Whose rules: X12.6 for DT, TM, R and N.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

from hub.kernel.words import Quantity

CACHED_MAX = 8192  # distinct dates and numbers kept; orders repeat theirs, memory stays under 2 MB
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)\Z", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+\Z", re.ASCII)
_CENTURY_TURN = 50  # six-digit dates: 00–49 are 20xx, as the guides of those partners say


@functools.lru_cache(CACHED_MAX)
def read_date(text: str) -> date | None:
    """Return the day of CCYYMMDD or YYMMDD; ISO dates too, which some partners write into free text."""
    digits = text.replace("-", "") if len(text) == 10 else text
    if not _WHOLE.match(digits):
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
    if not _WHOLE.match(text) or len(text) not in (4, 6, 7, 8):
        return None
    try:
        return time(int(text[:2]), int(text[2:4]), int(text[4:6] or 0), int(text[6:].ljust(2, "0") or 0) * 10_000)
    except ValueError:
        return None


@functools.lru_cache(CACHED_MAX)
def read_number(text: str) -> Decimal | None:
    """Return the number of an R element, exact and with its decimals as sent."""
    return Decimal(text) if _NUMBER.match(text) else None


@functools.lru_cache(CACHED_MAX)
def read_whole(text: str) -> int | None:
    """Return a whole number; ``10.0`` is one, ``10.5`` is not."""
    if _WHOLE.match(text):
        return int(text)
    number = read_number(text)
    return int(number) if number is not None and number == number.to_integral_value() else None


def read_bool(text: str) -> bool | None:
    """Return yes or no, in the words a code table gives them."""
    return {"yes": True, "no": False, "true": True, "false": False}.get(text)


def read_implied(decimals: int) -> Callable[[str], Decimal | None]:
    """Return the reader of an N element with ``decimals`` implied decimals."""

    @functools.lru_cache(CACHED_MAX)
    def read(text: str) -> Decimal | None:
        return Decimal(text).scaleb(-decimals) if _WHOLE.match(text) else None

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


def write_number(value: Decimal) -> str:
    """Return the number without exponent, decimals kept."""
    return format(value, "f")


@functools.lru_cache(CACHED_MAX)
def write_within(digits_max: int) -> Callable[[str], str]:
    """Return what drops from the text of a number the zeros that say nothing, where it has more than ``digits_max``."""

    def write(text: str) -> str:
        if len(text.strip("-").replace(".", "")) <= digits_max or "." not in text:
            return text
        sign, size = ("-", text[1:]) if text.startswith("-") else ("", text)
        whole, _, places = size.partition(".")
        places = places.rstrip("0")
        whole = whole if whole != "0" or not places else ""
        return f"{sign}{whole}.{places}" if places else f"{sign}{whole}"

    return write


def write_whole(value: int) -> str:
    return str(value)


def write_bool(value: bool) -> str:
    """Return the word of tables for yes and no."""
    return "yes" if value else "no"


def write_implied(decimals: int) -> Callable[[Decimal | int], str | None]:
    """Return the writer of an N element; a decimal it cannot hold gives ``None``, never a rounded number."""

    def write(value: Decimal | int) -> str | None:
        scaled = Decimal(value).scaleb(decimals)
        return str(int(scaled)) if scaled == scaled.to_integral_value() else None

    return write


def pad(text: str, width: int) -> str:
    """Return ``text`` zero-filled, as ``padded:N`` writes it.

    >>> pad("4711", 10)
    '0000004711'
    """
    return text.rjust(width, "0")


def unpad(text: str) -> str:
    """Return ``text`` without leading zeros; a zero stays.

    >>> unpad("0000004711")
    '4711'
    """
    return text.lstrip("0") or "0"


def fold(text: str, width: int) -> list[str]:
    """Return ``text`` in pieces of at most ``width`` characters, lines first.

    No piece ends in a blank that stands between words: behind a value it would be lost, before one it is data.

    >>> fold("sterile only", 8)
    ['sterile', ' only']
    """
    pieces: list[str] = []
    for line in text.split("\n"):
        at = 0
        while at < len(line):
            piece = line[at : at + width]
            if at + width < len(line):
                piece = piece.rstrip(" ") or piece
            pieces.append(piece)
            at += len(piece)
    return pieces


def read_pack(quantity: Quantity, factors: tuple[tuple[str, Decimal, str], ...]) -> Quantity:
    """Return pieces for packs: five boxes of ten each are fifty each; other units stay."""
    for pack, count, unit in factors:
        if quantity.unit == pack:
            return Quantity(value=quantity.value * count, unit=unit)
    return quantity


def write_pack(quantity: Quantity, factors: tuple[tuple[str, Decimal, str], ...]) -> Quantity:
    """Return packs for pieces where they fill packs exactly."""
    for pack, count, unit in factors:
        if quantity.unit == unit and not quantity.value % count:
            return Quantity(value=Decimal(int(quantity.value / count)), unit=pack)
    return quantity
