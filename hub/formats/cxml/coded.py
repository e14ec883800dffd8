"""Sees a secret that is written in a coding of which nothing tells, as the value of a form is: nobody blots it out.

In: the first bytes of a body, without what ``blots`` has found. Out: whether an element begins in it that nobody keeps,
once base64 (twice, too), hex, per cent signs, references to signs or escapes of JSON are undone. No reader of ours
undoes them there, so nothing of it is read.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote_to_bytes

from hub.formats.cxml.blots import SPELT, blotted
from hub.formats.cxml.mime import pieces

CODED_OVER = 3  # codings one over the other: a form of a form
RUN_BYTES = 24  # of less, base64 says no element with anything in it
RUN_OF_TWO_BYTES = 40  # nor base64 of base64
_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(sign if sign in _SIGNS else 0x20 for sign in range(256))
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPED = re.compile(rb"\\u00([0-9A-Fa-f]{2})")


def in_base64(text: bytes) -> set[bytes]:
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
    for signs in in_base64(bytes(width - 1).join(bytes((sign,)) for sign in opener + name.encode()))
]
_IN_BASE64_TWICE = sorted({signs for once in _IN_BASE64 for signs in in_base64(once)})
_IN_HEX = [
    bytes(width - 1).join(bytes((sign,)) for sign in opener + name.encode()).hex().encode()
    for name in SPELT
    for opener in (b"<", b":")
    for width in (1, 2)
]


def runs_of_base64(text: bytes, least: int) -> bytes:
    """Return what may be base64 in ``text``: its runs of such signs of ``least`` or more, on whatever lines."""
    return b" ".join(each for each in text.translate(_OTHERS, b"\r\n").split() if len(each) >= least)


def opens_in_base64(text: bytes) -> bool:
    """Say whether such an element begins in a run of base64, or of base64 of that, wherever in ``text`` that stands."""
    runs = runs_of_base64(text, RUN_BYTES)
    if not runs:
        return False
    if any(signs in runs for signs in _IN_BASE64):
        return True
    longer = runs_of_base64(runs, RUN_OF_TWO_BYTES)
    return any(signs in longer for signs in _IN_BASE64_TWICE) if longer else False


def opens_in_hex(text: bytes) -> bool:
    """Say whether such an element begins in ``text``, in hex."""
    lowered = text.lower()
    return any(signs in lowered for signs in _IN_HEX)


def layers(content: bytes) -> Iterator[bytes]:
    """Yield ``content``, and what it says once its codings are undone, one after the other."""
    yield content
    for _ in range(CODED_OVER):
        plain = unquote_to_bytes(content) if b"%" in content and _PERCENT.search(content) else content
        if b"&#" in plain or b"&amp;" in plain:
            plain = unescape(plain.decode("latin-1")).encode("latin-1", "replace")
        if b"\\u00" in plain:
            plain = _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), plain)
        if plain == content:
            return
        yield (content := plain)


def hides_a_secret(head: bytes) -> bool:
    """Say whether a secret stands in a body that begins with ``head``, and in a coding of which nothing there tells."""
    return any(_hides(piece.content) for piece in pieces(head))


def _hides(content: bytes) -> bool:
    return any(
        opens_in_base64(layer) or opens_in_hex(layer) or (number > 0 and blotted(layer)[0] != layer)
        for number, layer in enumerate(layers(content))
    )
