"""A partner's value as it stands in a sentence: of bounded length, with nothing in it that would steer a screen."""

from __future__ import annotations

FOUND_CHARACTERS_MAX = 99
"""Of an offending value: enough to recognise it, too little to fill a page with."""


def visible(value: str) -> str:
    """Return a partner's value for a sentence that has the quotation marks itself.

    >>> visible("WHEN\\x1fREADY")
    'WHEN\\\\x1fREADY'
    """
    shown = value[:FOUND_CHARACTERS_MAX]
    text = shown if shown.isprintable() else "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    return f"{text}…" if len(value) > len(shown) else text
