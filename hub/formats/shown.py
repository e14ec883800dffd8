"""A partner's value as it stands in a sentence: of bounded length, with nothing in it that would steer a screen."""

from __future__ import annotations

from hub.kernel.spelling import spelled

FOUND_CHARACTERS_MAX = 99
"""Of an offending value: enough to recognise it, too little to fill a page with."""


def visible(value: str) -> str:
    """Return a partner's value for a sentence that has the quotation marks itself.

    >>> visible("WHEN\\x1fREADY")
    'WHEN\\\\x1fREADY'
    """
    shown = value[:FOUND_CHARACTERS_MAX]
    return f"{spelled(shown)}…" if len(value) > len(shown) else spelled(shown)
