"""A process beside this one, for work that would hold the event loop: lists of values in, lists of values out.

The child is a Python module that calls ``answer``. Its standard input is a socket to us, so it ends with whoever
started it, however that one ended. A child that dies, or thinks for too long, is replaced; what it was given is then
tried one by one, so that only what ended it fails.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from hub.kernel.errors import Defect

LENGTH_BYTES = 8  # in front of every list; big-endian

log = structlog.get_logger("hub.platform.beside")


class Beside:
    """Runs ``python -m module *arguments``, one list at a time; ``seconds_max`` is how long a list may take."""

    def __init__(self, module: str, *arguments: str, seconds_max: float) -> None:
        self._command = (sys.executable, "-m", module, *arguments)
        self._seconds_max = seconds_max
        self._child: _Child | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the child, unless it runs. Its answers come once it is ready."""
        if self._child is None:
            ours, theirs = socket.socketpair()
            with theirs:
                process = subprocess.Popen(
                    self._command, stdin=theirs.fileno(), start_new_session=True
                )  # Ctrl-C is for us
            self._child = _Child(process, *await asyncio.open_connection(sock=ours))

    async def run(self, items: Sequence[object]) -> list[Any]:
        """Return one answer for each item, in order: what the child's work returned, or the exception it gave.

        An item that ends the child, or takes too long, has a ``Defect`` for its answer; the others have theirs.
        """
        async with self._turn:
            try:
                return await self._ask(items)
            except _Ended as fault:
                log.error("the process beside ended", command=self._command[2], items=len(items), reason=str(fault))
            return [await self._alone(item) for item in items]

    async def close(self) -> None:
        """Let the child end."""
        async with self._turn:
            await self._end()

    async def _alone(self, item: object) -> object:
        try:
            return (await self._ask([item]))[0]
        except _Ended as fault:
            return Defect(f"the process that was at work on it {fault}")

    async def _ask(self, items: Sequence[object]) -> list[Any]:
        await self.start()
        assert self._child is not None
        try:
            async with asyncio.timeout(self._seconds_max):
                return await self._child.ask(items)
        except TimeoutError as fault:
            await self._end()
            raise _Ended(f"took more than {self._seconds_max:g} s") from fault
        except (asyncio.IncompleteReadError, OSError) as fault:
            status = await self._end()
            raise _Ended(f"ended with status {status}") from fault
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for the next one's
            raise

    async def _end(self) -> int | None:
        child, self._child = self._child, None
        return await child.end() if child else None


class _Child:
    """The process and our end of the socket."""

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer

    async def ask(self, items: Sequence[object]) -> list[Any]:
        asked = pickle.dumps(items, pickle.HIGHEST_PROTOCOL)
        self._writer.write(len(asked).to_bytes(LENGTH_BYTES) + asked)
        await self._writer.drain()
        length = int.from_bytes(await self._reader.readexactly(LENGTH_BYTES))
        answers: list[Any] = pickle.loads(await self._reader.readexactly(length))  # from our own child
        return answers

    async def end(self) -> int:
        """Kill the process, which holds nothing that could be lost; return how it ended."""
        self._writer.close()
        ended_before = self._process.poll()
        self._process.kill()
        status = await asyncio.to_thread(self._process.wait)
        return status if ended_before is None else ended_before


class _Ended(Exception):
    """The child has died or was killed; says how."""


def answer(work: Callable[[list[Any]], Sequence[object]]) -> None:
    """In the child: answer lists with ``work`` until there are no more."""
    with socket.socket(fileno=sys.stdin.fileno()) as ours, ours.makefile("rwb") as lists:
        while length := lists.read(LENGTH_BYTES):
            items = pickle.loads(lists.read(int.from_bytes(length)))  # from our own parent
            answers = pickle.dumps(work(items), pickle.HIGHEST_PROTOCOL)
            lists.write(len(answers).to_bytes(LENGTH_BYTES) + answers)
            lists.flush()
