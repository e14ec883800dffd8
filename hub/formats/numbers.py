"""Numbers as plain text, the same on every wire: exact, with their decimals as sent, never in exponents, and a
zero has no sign.

Text enters and a number leaves, or None where the text is none; and back. Bounded by what calls: a part has a length.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal

from hub.kernel.numbers import written

CACHED_MAX = 8192  # distinct numbers kept; orders repeat theirs, memory stays under 2 MB
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)\Z", re.ASCII)
ZERO = re.compile(r"-[0.]+\Z")
WHOLE = re.compile(r"[+-]?\d+\Z", re.ASCII)


@functools.lru_cache(CACHED_MAX)
def read_number(text: str) -> Decimal | None:
    """Return the number, exact and with its decimals as sent."""
    if not NUMBER.match(text):
        return None
    return Decimal(text).copy_abs() if ZERO.match(text) else Decimal(text)


@functools.lru_cache(CACHED_MAX)
def read_whole(text: str) -> int | None:
    """Return a whole number; ``10.0`` is one, ``10.5`` is not."""
    if WHOLE.match(text):
        return int(text)
    number = read_number(text)
    return int(number) if number is not None and number == number.to_integral_value() else None


def read_bool(text: str) -> bool | None:
    """Return yes or no, in the words a code table gives them."""
    return {"yes": True, "no": False, "true": True, "false": False}.get(text)


def write_number(value: Decimal) -> str:
    """Return the number without exponent, decimals kept."""
    return written(value)


def write_whole(value: int) -> str:
    """Return a whole number."""
    return str(value)


def write_bool(value: bool) -> str:
    """Return the word of tables for yes and no."""
    return "yes" if value else "no"
