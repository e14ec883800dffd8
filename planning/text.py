"""The bytes of a JSON file, however an editor or a shell has saved them: with a mark before them, or in UTF-16."""

from __future__ import annotations

import codecs

_ZEROS = (b"{\x00", b"[\x00", b"\x00{", b"\x00[", b"\x00\x00")
"""What a file begins with that has two or four bytes for each character, and no mark."""


def as_utf_8(data: bytes | str) -> bytes:
    """Return ``data`` as UTF-8 without a byte order mark.

    Raises:
        ValueError: it is UTF-16 or UTF-32, which JSON is not read from.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, *_ZEROS)):
        raise ValueError("the file is UTF-16 or UTF-32; save it as UTF-8")
    return data.removeprefix(codecs.BOM_UTF8)
