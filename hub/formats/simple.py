"""What one value of XML or JSON may be: its type, its length, its digits, its codes; and what is wrong with a text.

A ``Simple`` enters and a function leaves that judges texts fast; ``fault`` says of a refused one why. Patterns are not
among it: those are judged by the partner's own schema, in a library that no text can keep busy.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal

from hub.formats.iso import WANTED, read_bool, read_date, read_time, read_when
from hub.formats.named_formats import FORMATS, wanted
from hub.formats.numbers import NUMBER, WHOLE
from hub.formats.schema import PartType
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct

NUMBER_CHARACTERS_MAX = 40  # 18 digits before the point and 18 behind it, with sign and point: 38
CODES_SHOWN_MAX = 12  # of a list in a remedy

KINDS: Mapping[str, str] = {
    "date": "date",
    "time": "time",
    "moment": "When",
    "number": "Decimal",
    "whole": "int",
    "flag": "bool",
}
"""The kind of value that each type of part is, as maps ask for it; of a text none."""


_READERS: dict[str, Callable[[str], object]] = {
    "date": read_date,
    "time": read_time,
    "moment": read_when,
    "flag": read_bool,
}
says_nothing: Callable[[str], object] = frozenset[str]().__contains__
"""What is said at once of a text (``usual``) where each has to be looked at."""


class Simple(Struct):
    """The type of one value."""

    type: PartType = "text"
    minimum: int = 0  # characters
    maximum: int = 0  # characters; 0 is unbounded, but for the limits of reading
    digits: int = 0  # of a number, before and behind the point; 0: as many as fit
    fraction: int | None = None  # digits behind the point
    low: Decimal | None = None  # least and greatest value, both allowed
    high: Decimal | None = None
    codes: tuple[str, ...] = ()
    format: str = ""  # of JSON Schema, one of ``FORMATS``


TEXT = Simple()


def accepts(simple: Simple) -> Callable[[str], bool]:
    """Return what says whether a text is such a value."""
    if simple.codes:
        return frozenset(simple.codes).__contains__
    if simple.type == "text" and not simple.format:
        low, high = max(simple.minimum, 1), simple.maximum or sys.maxsize
        return lambda text: low <= len(text) <= high
    reads = _READERS.get(simple.type)
    if reads is not None and not simple.maximum and simple.minimum <= 1:
        formed = FORMATS.get(simple.format)
        if formed is None:
            return lambda text: reads(text) is not None
        return lambda text: formed(text) and reads(text) is not None
    number = _usual_number(simple)
    if number is not None:
        return lambda text: number(text) is not None or fault(simple, text) is None
    return lambda text: fault(simple, text) is None


def usual(simple: Simple) -> Callable[[str], object]:
    """Return what says at once of a text, as most are written, that it is such a value; of others it says nothing.

    A text of which it is said has no blanks around it.
    """
    if simple.codes:
        return frozenset(code for code in simple.codes if code == code.strip()).__contains__
    reads = _READERS.get(simple.type)
    if reads is not None and not (simple.maximum or simple.minimum > 1 or simple.format):
        return reads
    return _usual_number(simple) or says_nothing


def fault(simple: Simple, text: str) -> tuple[str, str | Wording] | None:
    """Return the code of what is wrong with ``text`` and what was expected; None where nothing is."""
    if simple.codes:
        return None if text in simple.codes else ("GDE-VALUE-CODE", _some(simple.codes))
    if simple.maximum and len(text) > simple.maximum:
        return "GDE-VALUE-LONG", str(simple.maximum)
    if len(text) < simple.minimum:
        return "GDE-VALUE-SHORT", str(simple.minimum)
    if simple.type in ("number", "whole"):
        return _number_fault(simple, text)
    if simple.format and not FORMATS[simple.format](text):
        return "GDE-VALUE-TYPE", wanted(simple.format)
    reads = _READERS.get(simple.type)
    if reads is not None and reads(text) is None:
        return "GDE-VALUE-TYPE", WANTED[KINDS[simple.type]]
    return None


def _usual_number(simple: Simple) -> Callable[[str], object] | None:
    """Return what says of a number, as most are written, that none of the bounds can be broken; None where one may be.

    As many digits, with or without a point, as may stand in all, and no sign.
    """
    most = min(simple.digits or NUMBER_CHARACTERS_MAX, simple.maximum or NUMBER_CHARACTERS_MAX)
    bounded = simple.high is not None or (simple.low or 0) > (simple.type == "whole")
    if simple.type not in ("number", "whole") or bounded or simple.minimum > 1:
        return None
    fraction = 0 if simple.type == "whole" else most if simple.fraction is None else simple.fraction
    behind = min(fraction, (most - 1) // 2)
    ahead = most - behind - (behind > 0)
    point = rf"\.?[0-9]{{0,{behind}}}" if behind else ""  # no group, which is dear: 12. is a number, too
    first = (
        "[1-9]" if simple.type == "whole" or (simple.low or 0) > 0 else "[0-9]"
    )  # a whole one may be spelt otherwise
    return re.compile(rf"{first}[0-9]{{0,{ahead - 1}}}{point}").fullmatch


def _number_fault(simple: Simple, text: str) -> tuple[str, str] | None:
    kind = WANTED[KINDS[simple.type]]
    if len(text) > NUMBER_CHARACTERS_MAX:
        return "GDE-VALUE-LONG", str(NUMBER_CHARACTERS_MAX)
    if not (WHOLE if simple.type == "whole" else NUMBER).match(text):
        return "GDE-VALUE-TYPE", kind
    if simple.digits or simple.fraction is not None:
        whole, _, fraction = text.lstrip("+-").partition(".")
        whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
        if simple.fraction is not None and len(fraction) > simple.fraction:
            return "GDE-VALUE-DECIMALS", str(simple.fraction)
        if simple.digits and len(whole) + len(fraction) > simple.digits:
            return "GDE-VALUE-DIGITS", str(simple.digits)
    if simple.low is not None and Decimal(text) < simple.low:
        return "GDE-VALUE-LOW", str(simple.low)
    if simple.high is not None and Decimal(text) > simple.high:
        return "GDE-VALUE-HIGH", str(simple.high)
    return None


def _some(codes: tuple[str, ...]) -> str:
    more = f" … ({len(codes)})" if len(codes) > CODES_SHOWN_MAX else ""
    return ", ".join(codes[:CODES_SHOWN_MAX]) + more
