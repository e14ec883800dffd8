"""Who reads a message: this process, or one beside it that leaves the event loop and the writer alone.

Reading, and preparing what a document comes to, is pure and half of the work, so it may be done anywhere. The process
beside is ``reader_process``: the same rules, made from the same configuration.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

import hub
from hub.flow.reading import ReadMessage, ToRead, read_messages
from hub.flow.rules import Rules
from hub.kernel.errors import HubError
from hub.platform.coalesced import Coalesced
from hub.platform.configuration import Configuration, find_configuration
from hub.platform.subprocesses import Subprocess

READER_MODULE = "hub.flow.reader_process"
MESSAGES_AT_ONCE = 32  # enough that one hop, and one stage after the other, pay; more would only wait for each other
BYTES_AT_ONCE = 128 * 1024  # and no more than two of the largest: what they hold is taken in on the event loop
SECONDS_MAX = 15.0  # for those; two of the largest take half a second where nothing else runs
ALONE_SECONDS_MAX = 5.0  # for one of them


class Reader(Protocol):
    """Opens, validates and maps a message that fits in memory many times over."""

    async def read(self, wanted: ToRead) -> ReadMessage:
        """Return what the message holds. Raises ``Unreadable``, or ``Misconfigured`` when we are at fault."""

    async def ready(self) -> None:
        """Return when messages can be read, or it is known that they cannot."""

    async def close(self) -> None:
        """Let go of what reading needs."""

    @property
    def fault(self) -> str | None:
        """Why nothing can be read now; None when all is well."""


class ReadHere:
    """Reads in this process, while everyone else waits."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def read(self, wanted: ToRead) -> ReadMessage:
        [read] = read_messages(self._rules, [wanted])
        if isinstance(read, HubError):
            raise read
        return read

    async def ready(self) -> None:
        """Nothing to wait for."""

    async def close(self) -> None:
        """Nothing to let go of."""

    @property
    def fault(self) -> str | None:
        return None


class ReadInSubprocess:
    """Reads in a process beside this one, by the same rules."""

    def __init__(self, config_path: str | None, *, log_level: str, account: str = "nobody") -> None:
        self._subprocess = Subprocess(
            READER_MODULE,
            log_level,
            config_path or "",
            account,
            answers=ReadMessage,
            token=token_of(find_configuration(config_path)),
            seconds_max=SECONDS_MAX,
            alone_seconds_max=ALONE_SECONDS_MAX,
        )
        self._coalesced: Coalesced[ToRead, ReadMessage] = Coalesced(
            self._read, most=MESSAGES_AT_ONCE, weigh=lambda wanted: len(wanted.body), weight_max=BYTES_AT_ONCE
        )

    @property
    def fault(self) -> str | None:
        return self._subprocess.fault

    async def start(self) -> None:
        """Let the process come up while others do something else."""
        await self._subprocess.start()

    async def read(self, wanted: ToRead) -> ReadMessage:
        return await self._coalesced.ask(wanted)

    async def ready(self) -> None:
        await self._subprocess.ready()

    async def close(self) -> None:
        await self._subprocess.close()

    async def _read(self, asked: list[ToRead]) -> list[ReadMessage | Exception]:
        return list(await self._subprocess.run(asked))


def token_of(configuration: Configuration) -> str:
    """Return what two processes share that read by the same rules: all their configuration, and our code that reads.

    Its own rooms alone: libraries it imports, and the rooms of storage, are of the installation that both start from.
    """
    package = Path(hub.__file__).parent
    code = sorted(path for room in READING_ROOMS for path in (package / room).rglob("*.py"))
    seen = "".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in code)
    return configuration.digest() + hashlib.sha256(seen.encode()).hexdigest()


READING_ROOMS = ("kernel", "canonical", "formats", "mapping", "exchange", "business", "flow")
