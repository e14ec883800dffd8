"""Looks behind the beginning of a body for what nobody is to keep (``blots``): there it cannot be blotted out any more.

In: the beginning, then piece by piece what follows. Out: whether an element begins in it that holds a secret or a card,
in whatever encoding and coding of mail ``blots`` would see it. What is found has not been written anywhere.
"""

from __future__ import annotations

import re
from base64 import b64encode

from hub.formats.cxml.blots import IN_EBCDIC, NAMES

OVERLAP_BYTES = 400  # four bytes for each sign of the longest name, thrice where each is quoted, and what surrounds it

_NAMES = [name.encode() for name in NAMES]
_OPENED = re.compile(rb"[<:](?:" + b"|".join(_NAMES) + rb")(?=[\s/>])")  # with a prefix, or without
_QUOTED = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]*\r?\n)")
_LINE_ENDS = re.compile(rb"[\r\n]+")


def _in_base64(text: bytes) -> set[bytes]:
    """Return the signs of base64 that ``text`` alone decides, wherever among three bytes it begins."""
    found = set[bytes]()
    for before in range(3):
        signs = b64encode(bytes(before) + text + b"\x00\x00")
        found.add(signs[-(-before * 8 // 6) : (before + len(text)) * 8 // 6])
    return found


_IN_BASE64 = [
    signs
    for name in _NAMES
    for opener in (b"<", b":")
    for width in (1, 2)
    for signs in _in_base64(bytes(width - 1).join(bytes((sign,)) for sign in opener + name))
]


class SecretWatch:
    """What follows the beginning of one body."""

    def __init__(self, head: bytes) -> None:
        self._before = head[-OVERLAP_BYTES:]
        self._is_in_base64 = self._is_quoted = False
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
        return self._is_in_base64 and any(signs in _LINE_ENDS.sub(b"", window) for signs in _IN_BASE64)

    def _note_codings(self, text: bytes) -> None:
        lowered = text.lower()
        self._is_in_base64 = self._is_in_base64 or b"base64" in lowered
        self._is_quoted = self._is_quoted or b"quoted-printable" in lowered


def _opens(before: bytes, window: bytes) -> bool:
    """Say whether such an element begins in ``window``, and not all of its name stood in ``before``."""
    if not any(name in window for name in _NAMES):
        return False
    return any(found.end() >= len(before) for found in _OPENED.finditer(window))


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes((int(found[1], 16),)) if found[1] is not None else b""
