"""A text of XML or JSON taken apart for people: every character of it in order, each piece with its place.

Unlike a reader it refuses nothing: what is cut off, broken or no such text at all is given as far as it can be told.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

DEPTH_TOLD_MAX = 64  # deeper places are not told apart: what business sends nests some fourteen

Kind = Literal["place", "part", "list", "name", "value", "end", "sign", "blank"]
"""``place`` begins what has something beneath, ``list`` what is only counted, ``part`` an element that holds one value.
``name`` and ``value`` are of the place they stand in, ``end`` ends one of the first three."""


class Token(NamedTuple):
    """One piece of the text."""

    kind: Kind
    text: str
    at: str = ""  # XPath without [1], or JSON pointer
    label: str = ""  # its last step
    breaks: bool = False  # whoever lays the text out begins a line with it


def place_of(at: str) -> str:
    """Return an XPath or pointer as views name it: one word, in which the first of several is as the only one.

    Attributes are named without prefix there; of those that a path may name with one, XML's own is in use.
    """
    return re.sub(r"\s", "%20", at.replace("[1]", "").replace("/@xml:", "/@"))
