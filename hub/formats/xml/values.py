"""What XML can hold of a text."""

from __future__ import annotations

from hub.formats.signs import unfit_sign


def held(text: str) -> str | None:
    """Return what an element holds of ``text``: all of it; "" of blanks alone, None for what no XML may hold."""
    if unfit_sign(text) is not None:
        return None
    return text if text.strip(" \t\r\n") else ""
