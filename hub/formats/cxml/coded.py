"""Sees a secret that is written in a coding of which nothing tells, as the value of a form is: nobody blots it out.

In: the first bytes of a body, without what ``blots`` has found. Out: whether an element begins in it that nobody keeps,
once base64, per cent signs or references to signs are undone. No reader of ours undoes them, so nothing of it is read.
"""

from __future__ import annotations

import re
from base64 import b64encode
from html import unescape
from urllib.parse import unquote_to_bytes

from hub.formats.cxml.blots import SPELT, blotted
from hub.formats.cxml.mime import pieces

CODED_OVER = 3  # codings one over the other: a form of a form
RUN_BYTES = 24  # of less, base64 says no element with anything in it
_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(sign if sign in _SIGNS else 0x20 for sign in range(256))
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")


def _in_base64(text: bytes) -> set[bytes]:
    """Return the signs of base64 that ``text`` alone decides, wherever among three bytes it begins."""
    found = set[bytes]()
    for before in range(3):
        signs = b64encode(bytes(before) + text + b"\x00\x00")
        found.add(signs[-(-before * 8 // 6) : (before + len(text)) * 8 // 6])
    return found


_IN_BASE64 = [
    signs
    for name in SPELT
    for opener in (b"<", b":")
    for width in (1, 2)
    for signs in _in_base64(bytes(width - 1).join(bytes((sign,)) for sign in opener + name.encode()))
]


def opens_in_base64(text: bytes) -> bool:
    """Say whether such an element begins in a run of base64, wherever in ``text`` that stands."""
    words = text.translate(_OTHERS, b"\r\n").split()
    runs = b"".join([each for each in words if len(each) >= RUN_BYTES])
    return any(signs in runs for signs in _IN_BASE64) if runs else False


def hides_a_secret(head: bytes) -> bool:
    """Say whether a secret stands in a body that begins with ``head``, and in a coding of which nothing there tells."""
    return any(_hides(piece.content) for piece in pieces(head))


def _hides(content: bytes) -> bool:
    for _ in range(CODED_OVER):
        if opens_in_base64(content):
            return True
        plain = unquote_to_bytes(content) if b"%" in content and _PERCENT.search(content) else content
        if b"&#" in plain or b"&amp;#" in plain:
            plain = unescape(plain.decode("latin-1")).encode("latin-1", "replace")
        if plain == content:
            return False
        if blotted(plain)[0] != plain:
            return True
        content = plain
    return False
