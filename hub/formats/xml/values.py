"""What XML can hold of a text."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def held(text: str) -> str | None:
    """Return what an element holds of ``text``: all of it; "" of blanks alone, None for what no XML may hold."""
    if _ILLEGAL.search(text):
        return None
    return text if text.strip(" \t\r\n") else ""
