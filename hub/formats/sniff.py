"""Which syntax a message is in, told from its first bytes.

In: the head of a body (four kilobytes are plenty). Out: the syntax's name, ``unknown`` when nothing
fits. A guess by outer marks alone: whether the rest keeps the promise is for that syntax's reader.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal

Syntax = Literal["x12", "edifact", "xml", "json", "zip", "unknown"]

HEAD_BYTES = 4096
"""What a caller should hand over: room for a mail header or a job card before an ISA."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with files, and empty
_STARTS: tuple[tuple[Syntax, re.Pattern[str]], ...] = (
    ("x12", re.compile(r"(?:ISA|GS|ST)(?=[^A-Za-z0-9\s])")),
    ("edifact", re.compile(r"UNA.{4}[ .,]|UN[BHG](?=[^A-Za-z0-9\s])", re.DOTALL)),
    ("xml", re.compile(r"<(?:[?!]|[A-Za-z_])")),
    ("json", re.compile(r"\[|\{\s*(?:\"|\}|\Z)")),
)
_LATER: tuple[tuple[Syntax, re.Pattern[str]], ...] = (
    ("x12", re.compile(r"(?<![A-Za-z0-9])ISA([^A-Za-z0-9\s])[0-9A-Z]{2}\1")),
    ("edifact", re.compile(r"(?<![A-Za-z0-9])UNB[^A-Za-z0-9\s](?:UNO[A-Z]|KECA)")),
)
"""What may stand behind bytes that mean nothing."""


def sniff(head: bytes) -> Syntax:
    """Return the syntax that ``head`` begins, past a byte order mark and blanks."""
    if head.startswith(_ZIP):
        return "zip"
    text = _text(head[:HEAD_BYTES]).lstrip(" \t\r\n\x00\ufeff")
    for syntax, start in _STARTS:
        if start.match(text):
            return syntax
    return next((syntax for syntax, mark in _LATER if mark.search(text)), "unknown")


def _text(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
