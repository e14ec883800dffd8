"""Small parts of a connection: what is said outside of any request, a pace, and a line that is closed gently."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from hub.web.problems import MEDIA_TYPE, Problem, document

FULL = Problem(503, "every connection the hub keeps is taken", code="busy", retry_after_seconds=1)


def answer_of(problem: Problem) -> bytes:
    """Return ``problem`` as the whole answer that ends a connection."""
    content = document(problem)
    fields = {"content-type": MEDIA_TYPE, "content-length": str(len(content)), "connection": "close", **problem.headers}
    lines = b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in fields.items())
    return STATUS_LINE[problem.status] + lines + b"\r\n" + content


class Pace:
    """So many bytes at that time."""

    __slots__ = ("at", "bytes")

    def __init__(self) -> None:
        self.start(None, 0)

    def start(self, at: float | None, count: int) -> None:
        self.at, self.bytes = at, count


class LingeringTransport:
    """The transport as a cycle sees it whose request is still coming: closing lingers."""

    __slots__ = ("_linger", "_transport")

    def __init__(self, transport: asyncio.Transport, linger: Callable[[], None]) -> None:
        self._transport, self._linger = transport, linger

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._linger()
