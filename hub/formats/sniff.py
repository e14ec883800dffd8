"""Which other syntax a message is in, told from its first bytes by marks that nothing else begins with.

In: the head of a body. Out: the syntax's name, or ``None``. Whether there is X12 in the bytes is not guessed here: that
the X12 reader decides, which looks for an ISA wherever it may stand.
"""

from __future__ import annotations

import re
from typing import Literal

from hub.formats.encodings import encoding_of

Syntax = Literal["edifact", "cxml", "xml", "json", "zip"]

SNIFFED_BYTES = 4096
"""Bytes of the head that are looked at: a mark stands before all else but a byte order mark and blanks."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with files, and empty
_STARTS: tuple[tuple[Syntax, re.Pattern[str]], ...] = (
    ("edifact", re.compile(r"UNA.{4}[ .,]|UN[BHG](?=[^A-Za-z0-9 \t\r\n])", re.DOTALL)),
    (
        "cxml",
        re.compile(
            r"(?:\s++|<\?.*?\?\s*+>|<!--.*?-->)*+"
            r"(?:<!DOCTYPE\s[^>\[]*?\bcXML\b|(?:<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?>\s*+)?<(?:[\w.-]+:)?cXML[\s/>])",
            re.DOTALL | re.IGNORECASE,
        ),
    ),  # its root element, or a DTD of it
    (
        "cxml",
        re.compile(
            r"(?:--[^\r\n]{1,70}\r?\n(?=[!-9;-~]{1,100}:|\r?\n)"
            r"|(?:[!-9;-~]{1,100}:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*?Content-Type:\s*multipart/)"
            r".*?(?:<(?:[\w.-]+:)?cXML[\s/>]|Content-Type:\s*(?:text|application)/(?:[\w.-]+\+)?xml\b)",
            re.DOTALL | re.IGNORECASE,
        ),
    ),  # a multipart body of which one part is XML: nothing else of ours comes so
    ("xml", re.compile(r"<(?:[?!]|[A-Za-z_])")),
    ("json", re.compile(r"\[\s*(?:[\[{\"\]]|\Z)|\{\s*(?:\"|\}|\Z)")),
)
_LATER = re.compile(r"(?<![A-Za-z0-9])UNB[^A-Za-z0-9 \t\r\n](?:UNO[A-Z]|KECA)")
"""An EDIFACT interchange behind bytes that mean nothing; where an ISA stands too, the X12 reader has the word."""


def sniff(head: bytes) -> Syntax | None:
    """Return the syntax other than X12 that ``head`` begins, past a byte order mark and blanks."""
    if head.startswith(_ZIP):
        return "zip"
    text = _text(head[:SNIFFED_BYTES]).lstrip(" \t\r\n\x00\ufeff")
    found = next((syntax for syntax, start in _STARTS if start.match(text)), None)
    return found or ("edifact" if "ISA" not in text and _LATER.search(text) else None)


def _text(head: bytes) -> str:
    encoding, skip = encoding_of(head)
    return head[skip:].decode(encoding or "latin-1", "replace")
