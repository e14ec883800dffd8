"""A process beside this one, for work that would hold the event loop: lists of values in, lists of values out.

The child is a Python module that calls ``answer``. It reads its standard input to the end, so it ends with whoever
started it, however that one ended. A child that dies, or thinks for too long, is replaced; what it was given is then
tried one by one, so that only what ended it fails.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import structlog

from hub.kernel.errors import Defect

LENGTH_BYTES = 8  # in front of every list; big-endian

log = structlog.get_logger("hub.platform.beside")


class Beside:
    """Runs ``python -m module *arguments``, one list at a time; ``seconds_max`` is how long a list may take."""

    def __init__(self, module: str, *arguments: str, seconds_max: float) -> None:
        self._command = (sys.executable, "-m", module, *arguments)
        self._seconds_max = seconds_max
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the child, unless it runs. Its answers come once it is ready."""
        if self._child is None:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us; the child ends when we have
            )

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
        child = self._child
        assert child is not None
        assert child.stdin is not None
        assert child.stdout is not None
        asked = pickle.dumps(items, pickle.HIGHEST_PROTOCOL)
        try:
            async with asyncio.timeout(self._seconds_max):
                child.stdin.write(len(asked).to_bytes(LENGTH_BYTES) + asked)
                await child.stdin.drain()
                length = int.from_bytes(await child.stdout.readexactly(LENGTH_BYTES))
                answered = await child.stdout.readexactly(length)
        except TimeoutError as fault:
            await self._end()
            raise _Ended(f"took more than {self._seconds_max:g} s") from fault
        except (asyncio.IncompleteReadError, OSError) as fault:
            status = await self._end()
            raise _Ended(f"ended with status {status}") from fault
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for the next one's
            raise
        answers: list[Any] = pickle.loads(answered)  # from our own child
        return answers

    async def _end(self) -> int | None:
        child, self._child = self._child, None
        if child is None:
            return None
        if child.returncode is None:
            child.kill()  # it holds nothing that could be lost
        return await child.wait()


class _Ended(Exception):
    """The child has died or was killed; says how."""


def answer(work: Callable[[list[Any]], Sequence[object]]) -> None:
    """In the child: answer lists with ``work`` until there are no more. What others print goes to the log instead."""
    asked: BinaryIO = sys.stdin.buffer
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as told:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        while length := asked.read(LENGTH_BYTES):
            items = pickle.loads(asked.read(int.from_bytes(length)))  # from our own parent
            answers = pickle.dumps(work(items), pickle.HIGHEST_PROTOCOL)
            told.write(len(answers).to_bytes(LENGTH_BYTES) + answers)
            told.flush()
