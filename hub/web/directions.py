"""Text from outside on a page: it turns nothing around that stands beside it.

In: whatever an expression of a template comes to. Out: the same, with signs that steer the direction of writing shown
as ``\\u202e``, as the command line and the log show them; and a text written from right to left kept apart by the
signs that ``<bdi>`` stands for (U+2068, U+2069), which unlike it also work in attributes and titles. Every expression
of every template passes here, so that none has to remember. What a browser sends back to us as it is, the value of a
field, is marked ``| verbatim``.
"""

from __future__ import annotations

import re
from typing import TypeVar

from markupsafe import Markup, escape

T = TypeVar("T")

_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile(  # blocks of Unicode 16 whose letters are of Bidi_Class R or AL
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
ISOLATE, END = "\u2068", "\u2069"


class Verbatim(Markup):
    """A value that stays as it is: escaped for HTML, and for nothing else."""


def verbatim(value: object) -> Verbatim:
    """Return ``value`` for the ``value`` of a field."""
    return Verbatim(escape(value))


def isolated(value: T) -> T | str:
    """Return what an expression of a template comes to, as it may stand on the page."""
    if not isinstance(value, str) or value.isascii() or isinstance(value, Verbatim):
        return value
    if _STEERING.search(value):
        shown = _STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", value)
        return Markup(shown) if isinstance(value, Markup) else isolated(shown)
    if isinstance(value, Markup) or not _RIGHT_TO_LEFT.search(value):
        return value
    return f"{ISOLATE}{value}{END}"
