"""How a body is written in bytes, where its first bytes can mean nothing else."""

from __future__ import annotations

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WITHOUT_MARK = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))  # an XML in UTF-16: nothing else begins so


def encoding_of(data: bytes) -> tuple[str | None, int]:
    """Return the encoding that the first bytes cannot but mean, and how many of them are a mark."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    return next(((encoding, 0) for start, encoding in WITHOUT_MARK if data.startswith(start)), (None, 0))
