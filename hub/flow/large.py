"""Large messages are read a portion at a time, and share one turn among them.

What such a message holds is never in memory as a whole: its envelopes are surveyed first, then one portion is read
while the one before takes effect. One of each partner is at work at a time, and all of them go step by step in turns,
so a message of few orders is done after a few steps of any other's, however long that one takes altogether.

A hub that serves has the bytes taken apart in a confined process (``LargeInSubprocess``): what comes back are
documents of known types. What they come to is prepared here, in threads, from those.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from msgspec.structs import replace

from hub.flow.large_steps import BEGUN_AT_ONCE, EVENTS_IN_A_STEP, Step, StepResult
from hub.flow.portions import portions
from hub.flow.readers import token_of
from hub.flow.reading import ReadMessage, ToRead, with_prepared
from hub.flow.rules import Rules
from hub.flow.syntax import Opened
from hub.flow.syntaxes import open_message
from hub.formats.body import Bytes
from hub.kernel.identity import new_id
from hub.platform.configuration import find_configuration
from hub.platform.subprocesses import Subprocess
from hub.platform.turnstile import Turnstile

T = TypeVar("T")

SWITCH_SECONDS = 0.0005
"""A thread that computes lets others go on after so long. The event loop and the writer wait for it at each of their
many small steps: at Python's 5 ms an order would wait a second. It costs something, and is for the time of reading."""

LARGE_AT_ONCE = 8  # messages, each of another partner; each holds its envelopes and a portion, some 10 MB at the most
LARGE_MODULE = "hub.flow.large_process"
STEP_SECONDS_MAX = 120.0  # a portion of one set of the most segments; ten seconds where nothing else runs


class LargeReader(Protocol):
    """Reads large messages, step by step."""

    def read(self, wanted: ToRead, body: Bytes, at: Path | None) -> AsyncIterator[tuple[ReadMessage, bool]]:
        """Give a message portion by portion; with each, whether it is the last. ``at`` is the file that it is.

        ``now`` of ``wanted`` is when the message was begun: what was prepared on the day before is decided anew. Raises
        what ``open_message`` does, and ``Misconfigured`` for a stopped partner.
        """

    async def run(self, step: Callable[[], T]) -> T:
        """Return what ``step`` does, in this process and in its turn."""

    async def close(self) -> None:
        """Let go of what reading needs."""

    @property
    def fault(self) -> str | None:
        """Why no large message can be read now; None when all is well."""


class LargeHere:
    """Reads large messages in threads of its own, one of them at a time."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._threads = ThreadPoolExecutor(LARGE_AT_ONCE, thread_name_prefix="hub-large")
        self._turn = Turnstile()
        self._steps = 0  # under way
        self._usual = sys.getswitchinterval()

    async def read(self, wanted: ToRead, body: Bytes, at: Path | None) -> AsyncIterator[tuple[ReadMessage, bool]]:
        def survey() -> Opened:
            pause = self._turn.pass_on
            return open_message(body, self._rules, wanted.partner, every=EVENTS_IN_A_STEP, pause=pause)

        opened = await self.run(survey)
        cut = portions(opened.documents())

        def read() -> tuple[ReadMessage, bool]:
            documents, last = next(cut)
            reading = ReadMessage(survey=opened.survey, documents=documents)
            return with_prepared(self._rules, wanted, reading), last

        last = False
        while not last:
            reading, last = await self.run(read)
            yield reading, last

    async def run(self, step: Callable[[], T]) -> T:
        def within() -> T:
            with self._turn:
                return step()

        self._steps += 1
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, within)
        finally:
            self._steps -= 1
            if not self._steps:
                sys.setswitchinterval(self._usual)

    async def close(self) -> None:
        """Nothing to let go of: threads end with their work."""

    @property
    def fault(self) -> str | None:
        return None


class LargeInSubprocess:
    """Has large messages read in a confined process, which comes up with the first of them.

    One that ends the process fails, and counts an attempt; the others that were at work are begun anew, and count none.
    """

    def __init__(self, rules: Rules, config_path: str | None, *, log_level: str, account: str = "nobody") -> None:
        self._rules = rules
        self._here = LargeHere(rules)
        self._places = asyncio.Semaphore(BEGUN_AT_ONCE)
        self._subprocess = Subprocess(
            LARGE_MODULE,
            log_level,
            config_path or "",
            account,
            answers=StepResult,
            token=token_of(find_configuration(config_path)),
            seconds_max=STEP_SECONDS_MAX,
            alone_seconds_max=STEP_SECONDS_MAX,
        )

    async def read(self, wanted: ToRead, body: Bytes, at: Path | None) -> AsyncIterator[tuple[ReadMessage, bool]]:
        async with self._places:
            name = new_id()
            result = await self._begin(Step(name=name, partner=wanted.partner, begins=True), body, at)
            go_on = Step(name=name, partner=wanted.partner)
            while result.survey is None:
                result = await self._ask(go_on)
            survey = result.survey
            while not result.last:
                result = await self._ask(go_on)
                reading = ReadMessage(survey=survey, documents=result.documents)
                yield await self.run(partial(with_prepared, self._rules, wanted, reading)), result.last

    async def run(self, step: Callable[[], T]) -> T:
        return await self._here.run(step)

    async def close(self) -> None:
        await self._subprocess.close()

    @property
    def fault(self) -> str | None:
        return self._subprocess.fault

    async def _begin(self, step: Step, body: Bytes, at: Path | None) -> StepResult:
        """Send the message, or hand over the file that it is."""
        if isinstance(body, bytes) or at is None:
            return await self._ask(replace(step, body=bytes(body)))
        descriptor = os.open(at, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return await self._ask(step, descriptor)
        finally:
            os.close(descriptor)

    async def _ask(self, step: Step, handed: int | None = None) -> StepResult:
        [answer] = await self._subprocess.run([step], handed=handed)
        if isinstance(answer, Exception):
            raise answer
        result: StepResult = answer
        return result
