"""A value of somebody's in a sentence: what cannot be seen in it is written out, so that two that look alike do not.

In: any text. Out: the same, with blanks of other widths, signs of no width and control signs as ``\\xa0``, ``\\u200b``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BYTE = 0x100
FOUND_CHARACTERS_MAX = 99
"""Of an offending value: enough to recognise it, too little to fill a page with."""
_WITH_NAMESPACE = re.compile(r"\{([^{}]*)\}(.+)")  # as libraries of XML write a name


def spelled(text: str) -> str:
    """Return ``text`` with every sign that cannot be seen written out.

    >>> spelled("AC-1002"), spelled("AC-1002\\u200b"), spelled("a\\x1fb\\xa0")
    ('AC-1002', 'AC-1002\\\\u200b', 'a\\\\x1fb\\\\xa0')
    """
    return text if text.isprintable() else "".join(map(_sign, text))


def visible(value: str) -> str:
    """Return a partner's value for a sentence that has the quotation marks itself: a bounded part, spelled out.

    >>> visible("WHEN\\x1fREADY")
    'WHEN\\\\x1fREADY'
    """
    shown = value[:FOUND_CHARACTERS_MAX]
    return f"{spelled(shown)}…" if len(value) > len(shown) else spelled(shown)


def as_written_among(name: str, others: Iterable[str]) -> str:
    """Return the name of a document as it stands in it; with its namespace where only that tells it from ``others``.

    >>> as_written_among("{urn:a}Despatch", ["{urn:b}Order"]), as_written_among("{urn:a}Order", ["{urn:b}Order"])
    ('Despatch', 'Order (urn:a)')
    """
    found = _WITH_NAMESPACE.fullmatch(name)
    written = found[2] if found else name
    alike = any(other != name and other.rpartition("}")[2] == written for other in others)
    return f"{written} ({found[1]})" if found and alike else written


def _sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < BYTE else f"\\u{code:04x}"
