"""Bytes as text: UTF-8 where they are that, else Windows-1252, which is what the rest of the world's programs write.

Windows-1252 holds all of ISO 8859-1 that is text, and quotation marks, dashes and the euro sign where that has control
characters nobody sends. Five of its bytes have no meaning; they stay the control characters they are there. So any
bytes can be read, and nothing can go wrong.
"""

from __future__ import annotations

import codecs

UTF_8 = "utf-8"
WINDOWS_1252 = "windows-1252"
_UNDEFINED_AS_CONTROLS = "hub.x12.controls"


def encoding_of(raw: bytes | bytearray) -> str:
    """Return the encoding that ``raw`` is in (ASCII is UTF-8 too)."""
    return UTF_8 if is_utf_8(raw) else WINDOWS_1252


def is_utf_8(raw: bytes | bytearray) -> bool:
    """Say whether ``raw`` can be read as UTF-8."""
    if raw.isascii():
        return True
    try:
        raw.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def decoded(raw: bytes | bytearray, encoding: str) -> str:
    """Return ``raw`` as text in ``encoding``, which is what ``encoding_of`` said of it or of what it stands in."""
    return raw.decode(encoding, _UNDEFINED_AS_CONTROLS if encoding == WINDOWS_1252 else "replace")


def _as_control(fault: UnicodeError) -> tuple[str, int]:
    assert isinstance(fault, UnicodeDecodeError)
    return "".join(map(chr, fault.object[fault.start : fault.end])), fault.end


codecs.register_error(_UNDEFINED_AS_CONTROLS, _as_control)
