"""A window that slides over the bytes of a file: filled in chunks, emptied from the front.

Places are counted from the window's start; ``base`` is the byte of the file that stands there.
Nothing is moved unless asked for, so places stay good between a ``fill`` and the next ``drop``.
"""

from __future__ import annotations

from typing import BinaryIO


class Window:
    """What of the file is in memory now."""

    def __init__(self, source: BinaryIO, chunk_bytes: int) -> None:
        self.data = bytearray()
        self.base = 0
        self._source = source
        self._chunk_bytes = chunk_bytes
        self._ended = False

    def fill(self) -> bool:
        """Read one more chunk; say whether there was any."""
        if self._ended:
            return False
        chunk = self._source.read(self._chunk_bytes)
        if not chunk:
            self._ended = True
            return False
        self.data += chunk
        return True

    def want(self, place: int) -> bool:
        """Read until the byte before ``place`` is in the window; say whether it is."""
        while len(self.data) < place:
            if not self.fill():
                return False
        return True

    def drop(self, place: int) -> None:
        """Forget what stands before ``place``."""
        del self.data[:place]
        self.base += place
