"""Who reads a message: this process, or one beside it that leaves the event loop and the writer alone.

Reading is pure and a quarter of the work, so it may be done anywhere. The process beside is ``reader_process``: the
same rules, made from the same configuration.
"""

from __future__ import annotations

from typing import Protocol

from hub.flow.agreement import hold_against_agreement
from hub.flow.reading import Document, Survey, open_message
from hub.flow.rules import Rules
from hub.kernel.struct import Struct
from hub.platform.beside import Beside
from hub.platform.together import Together

PROCESS = "hub.flow.reader_process"
MESSAGES_AT_ONCE = 16  # one hop costs what reading half a message costs; more at once would only wait for each other
SECONDS_MAX = 30.0  # for those; a thousand times what they take, and time for a process that has just been started


class Reading(Struct):
    """A message as read: all of it."""

    survey: Survey
    documents: list[Document]


class Reader(Protocol):
    """Opens, validates and maps a message that fits in memory many times over."""

    async def read(self, partner: str, body: bytes) -> Reading:
        """Return what the message holds. Raises ``Unreadable``, or ``Misconfigured`` when we are at fault."""

    async def close(self) -> None:
        """Let go of what reading needs."""


def read_message(rules: Rules, partner: str, body: bytes) -> Reading:
    """Read a message with the partner's maps and guides, and hold it against what the partner agreed to."""
    known = rules.partner(partner)
    opened = hold_against_agreement(open_message(body), known)
    return Reading(survey=opened.survey, documents=list(opened.documents(rules, partner)))


class ReadHere:
    """Reads in this process, while everyone else waits."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def read(self, partner: str, body: bytes) -> Reading:
        return read_message(self._rules, partner, body)

    async def close(self) -> None:
        """Nothing to let go of."""


class ReadBeside:
    """Reads in a process beside this one."""

    def __init__(self, config_path: str | None) -> None:
        self._beside = Beside(PROCESS, config_path or "", seconds_max=SECONDS_MAX)
        self._together: Together[tuple[str, bytes], Reading] = Together(self._beside.run, most=MESSAGES_AT_ONCE)

    async def start(self) -> None:
        await self._beside.start()

    async def read(self, partner: str, body: bytes) -> Reading:
        return await self._together.ask((partner, body))

    async def close(self) -> None:
        await self._beside.close()
