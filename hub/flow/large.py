"""Large messages are read here, a portion at a time, and share one turn among them.

What such a message holds is never in memory as a whole: its envelopes are surveyed first, then one portion is read
while the one before takes effect. One of each partner is at work at a time, and all of them go step by step in turns,
so a message of few orders is done after a few steps of any other's, however long that one takes altogether.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hub.flow.agreement import hold_against_agreement
from hub.flow.portions import portions
from hub.flow.readers import Reading, ToRead, with_prepared
from hub.flow.reading import Opened, open_message
from hub.flow.rules import Rules
from hub.formats.x12.survey import Bytes
from hub.platform.turnstile import Turnstile

T = TypeVar("T")

SWITCH_SECONDS = 0.0005
"""A thread that computes lets others go on after so long. The event loop and the writer wait for it at each of their
many small steps: at Python's 5 ms an order would wait a second. It costs something, and is for the time of reading."""

LARGE_AT_ONCE = 8  # messages, each of another partner; each holds its envelopes and a portion, some 10 MB at the most
EVENTS_IN_A_TURN = 200  # of the survey: some 10 ms, then another message has its turn


class LargeReader:
    """Reads large messages in threads of its own, one of them at a time."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._threads = ThreadPoolExecutor(LARGE_AT_ONCE, thread_name_prefix="hub-large")
        self._turn = Turnstile()
        self._steps = 0  # under way
        self._usual = sys.getswitchinterval()

    async def open(self, wanted: ToRead, body: Bytes) -> Opened:
        """Survey the message. Raises what ``open_message`` does, and ``Misconfigured`` for a stopped partner."""
        partner = self._rules.partner(wanted.partner)

        def survey() -> Opened:
            opened = open_message(body, paced=lambda events: self._turn.paced(events, EVENTS_IN_A_TURN))
            return hold_against_agreement(opened, partner)

        return await self.run(survey)

    async def portions(self, wanted: ToRead, opened: Opened) -> AsyncIterator[tuple[Reading, bool]]:
        """Read the documents, no more at a time than takes effect at a time; with each portion, whether it is the last.

        ``now`` of ``wanted`` is when the message was begun: what was prepared on the day before is decided anew.
        """
        cut = portions(opened.documents(self._rules, wanted.partner))

        def read() -> tuple[Reading, bool]:
            documents, last = next(cut)
            reading = Reading(survey=opened.survey, documents=documents)
            return with_prepared(self._rules, wanted, reading), last

        last = False
        while not last:
            reading, last = await self.run(read)
            yield reading, last

    async def run(self, step: Callable[[], T]) -> T:
        """Return what ``step`` does, in this reader's turn."""

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
