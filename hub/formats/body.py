"""The bytes of a message: in memory, or as a file that is looked into where it lies.

What was read of such a file is let go of at once: mapped pages count as memory of the process, and eight messages of
100 MB at work would be 800 MB of it, padding or not.
"""

from __future__ import annotations

import hashlib
import io
import mmap
from typing import BinaryIO, cast

Bytes = bytes | mmap.mmap

STRIDE_BYTES = 1024 * 1024  # hashed at a time; a multiple of the size of every page


def source(body: Bytes) -> BinaryIO:
    """Return what a reader reads ``body`` from, at its beginning."""
    return io.BytesIO(body) if isinstance(body, bytes) else cast(BinaryIO, Passing(body))


def sha256(body: Bytes, start: int, end: int) -> str:
    """Return the digest of the bytes from ``start`` to ``end``."""
    if isinstance(body, bytes):
        return hashlib.sha256(memoryview(body)[start:end]).hexdigest()
    digest = hashlib.sha256()
    passing = Passing(body, start)
    while start < end and (piece := passing.read(min(STRIDE_BYTES, end - start))):
        digest.update(piece)
        start += len(piece)
    return digest.hexdigest()


class Passing:
    """Reads a file that is mapped from front to back, and keeps none of it mapped."""

    def __init__(self, body: mmap.mmap, place: int = 0) -> None:
        self._body = body
        self._place = place

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; none at the end."""
        end = len(self._body) if size < 0 else min(self._place + size, len(self._body))
        piece = self._body[self._place : end]
        self._place = end
        self._let_go(end)
        return piece

    def _let_go(self, end: int) -> None:
        """Unmap the whole pages before ``end``, from the first: the system maps those around what is read, too.

        The bytes are where they were when they are looked at again.
        """
        whole = end if end == len(self._body) else end - end % mmap.PAGESIZE
        if whole and hasattr(mmap, "MADV_DONTNEED"):
            self._body.madvise(mmap.MADV_DONTNEED, 0, whole)
