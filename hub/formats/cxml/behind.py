"""Looks behind the beginning of a body for what nobody is to keep (``blots``): there it cannot be blotted out any more.

In: the beginning, then piece by piece what follows. Out: whether an element begins in it that holds a secret or a card,
in whatever encoding and coding ``blots`` or ``coded`` would see it. What is found has not been written anywhere.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from hub.formats.cxml.blots import ESCAPED, IN_EBCDIC, NAMES
from hub.formats.cxml.coded import opens_in_base64, opens_in_hex

OVERLAP_BYTES = 400  # four bytes for each sign of the longest name, thrice where each is quoted, and what surrounds it

_NAMES = [name.lower().encode() for name in NAMES]
_OPENED = re.compile(  # with a prefix, or without
    rb"(?:[<:]|" + ESCAPED + rb")(?:" + b"|".join(_NAMES) + rb")(?=[\s/>&])", re.IGNORECASE
)
_QUOTED = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n)")


class SecretWatch:
    """What follows the beginning of one body."""

    def __init__(self, head: bytes) -> None:
        self._before = head[-OVERLAP_BYTES:]
        self._is_quoted = False
        self._note_codings(head)

    def shows(self, piece: bytes) -> bool:
        """Say whether in what came so far, ``piece`` the last of it, an element begins that nobody keeps."""
        before, window = self._before, self._before + piece
        self._note_codings(window)
        self._before = window[-OVERLAP_BYTES:]
        if _opens(before, window) or any(name in window for name in IN_EBCDIC):
            return True
        if b"\x00" in window and _opens(before.replace(b"\x00", b""), window.replace(b"\x00", b"")):
            return True
        if self._is_quoted and _opens(_QUOTED.sub(_byte, before), _QUOTED.sub(_byte, window)):
            return True
        if b"%" in window and _opens(unquote_to_bytes(before), unquote_to_bytes(window)):
            return True
        return opens_in_base64(window) or opens_in_hex(window)

    def _note_codings(self, text: bytes) -> None:
        lowered = text.lower()
        self._is_quoted = self._is_quoted or b"quoted-printable" in lowered


def _opens(before: bytes, window: bytes) -> bool:
    """Say whether such an element begins in ``window``, and not all of its name stood in ``before``."""
    lowered = window.lower()
    if not any(name in lowered for name in _NAMES):
        return False
    return any(found.end() >= len(before) for found in _OPENED.finditer(window))


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes((int(found[1], 16),)) if found[1] is not None else b""
