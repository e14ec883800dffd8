"""The body of a request, of which the beginning can be looked at before it is taken in.

In: a request. Out: its first bytes, which are held in memory, then its pieces, from the first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request

from hub.platform.blobs import HEAD_BYTES
from hub.web.own_words import HEAD


class RequestBody:
    """A body on its way in. It is looked at any number of times and taken once."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self._request = request
        self._coming = request.stream()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._has_ended = False
        self._head: bytes | None = None

    async def look(self) -> bytes:
        """Return the first ``HEAD_BYTES``, or all there are. Raises ``Problem`` 400 when it breaks off."""
        if self._head is not None:
            return self._head
        while self._held_bytes < HEAD_BYTES and not self._has_ended:
            piece = await anext(self._coming, None)
            if piece is None:
                self._has_ended = True
            elif piece:
                self._held.append(piece)
                self._held_bytes += len(piece)
        self._head = b"".join(self._held)[:HEAD_BYTES]
        self._request.scope["state"][HEAD] = self._head
        return self._head

    async def remember_beginning(self) -> None:
        """Leave the beginning with the request, for a refusal in the syntax that it begins in. Raises as ``look``."""
        await self.look()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield all of it, piece by piece."""
        for piece in self._held:
            yield piece
        self._held = []
        async for piece in self._coming:
            if piece:
                yield piece
