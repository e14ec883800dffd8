"""What the element types of X12 allow, as tests on one value.

In: the text of an element. Out: yes or no, or which code of AK403 is broken. Lengths of numbers are digits alone:
sign and decimal point do not count (X12.6).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""Control characters (C0, DEL, C1): never part of an element of text."""

REAL = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
INTEGER = re.compile(r"-?\d+", re.ASCII)
DIGITS = re.compile(r"\d+", re.ASCII)

REMEMBERED_MAX = 4096
"""Dates and times kept with their verdict: a year of days and the minutes of a working day fit, and no more memory."""

LENGTHS_OF_TIME = frozenset({4, 6, 7, 8})  # HHMM, HHMMSS, HHMMSSD, HHMMSSDD
LENGTHS_OF_DATE = frozenset({6, 8})  # YYMMDD, CCYYMMDD

TOO_SHORT, TOO_LONG, BAD_CHARACTER = "4", "5", "6"


@lru_cache(REMEMBERED_MAX)
def is_date(text: str) -> bool:
    """Say whether ``text`` (CCYYMMDD or YYMMDD) is a day of the calendar; callers have bounded its length."""
    if len(text) not in LENGTHS_OF_DATE or not DIGITS.fullmatch(text):
        return False
    # Which century YYMMDD means is the reader's affair; 2000 has every day a year can have.
    year = int(text[:-4]) if len(text) > SHORT_DATE else 2000 + int(text[:2])
    try:
        date(year, int(text[-4:-2]), int(text[-2:]))
    except ValueError:
        return False
    return True


SHORT_DATE = 6


@lru_cache(REMEMBERED_MAX)
def is_time(text: str) -> bool:
    """Say whether ``text`` is a time of the 24-hour clock, HHMM[SS[D[D]]]; callers have bounded its length."""
    if len(text) not in LENGTHS_OF_TIME or not DIGITS.fullmatch(text):
        return False
    return text[:2] < "24" and text[2:4] < "60" and (len(text) == 4 or text[4:6] < "60")


def number_fault(text: str, minimum: int, maximum: int, *, real: bool) -> str | None:
    """Return what is wrong with a number as AK403 code ("4", "5", "6"), or None.

    >>> number_fault("-12.50", 1, 4, real=True), number_fault("12.5", 1, 4, real=False)
    (None, '6')
    """
    if not (REAL if real else INTEGER).fullmatch(text):
        return BAD_CHARACTER
    digits = len(text) - text.count("-") - text.count(".")
    if digits < minimum:
        return TOO_SHORT
    return TOO_LONG if digits > maximum else None


def is_number(text: str, minimum: int, maximum: int, real: bool) -> bool:
    """Say whether ``text`` is a number of ``minimum`` to ``maximum`` digits."""
    return number_fault(text, minimum, maximum, real=real) is None
