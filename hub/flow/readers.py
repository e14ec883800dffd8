"""Who reads a message: this process, or one beside it that leaves the event loop and the writer alone.

Reading, and preparing what a document comes to, is pure and half of the work, so it may be done anywhere. The process
beside is ``reader_process``: the same rules, made from the same configuration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
from msgspec.structs import replace

import hub
from hub.flow.documents import Document, Survey, is_test
from hub.flow.preparing import PreparedDocument, prepare, with_drafts
from hub.flow.rules import Rules
from hub.flow.syntax import Opened
from hub.flow.syntaxes import open_message
from hub.kernel.errors import Defect, HubError
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.platform.coalesced import Coalesced
from hub.platform.configuration import Configuration, find_configuration
from hub.platform.subprocesses import Subprocess

READER_MODULE = "hub.flow.reader_process"
MESSAGES_AT_ONCE = 32  # enough that one hop, and one stage after the other, pay; more would only wait for each other
BYTES_AT_ONCE = 128 * 1024  # and no more than two of the largest: what they hold is taken in on the event loop
SECONDS_MAX = 15.0  # for those; two of the largest take half a second where nothing else runs
ALONE_SECONDS_MAX = 5.0  # for one of them

log = structlog.get_logger("hub.flow.readers")


class ToRead(Struct):
    """A message to be read; ``now`` is told, so that whoever reads needs no clock."""

    message: str
    partner: str
    body: bytes
    now: datetime


class ReadMessage(Struct, tag="reading"):
    """A message as read: all of it."""

    survey: Survey
    documents: list[Document]
    prepared: dict[int, PreparedDocument] = {}  # by position of the document, where something could be


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


def read_messages(rules: Rules, asked: Sequence[ToRead]) -> list[ReadMessage | HubError]:
    """Read messages with their partners' maps and guides; of each what it holds, or why it could not be read.

    All go through one stage before the next: the processor then keeps its code at hand, which saves a sixth.
    """
    held: list[Any] = [None] * len(asked)
    for stage in (_open, _read, _prepare, _write):
        held = [
            each if isinstance(each, HubError) else _attempt(stage, rules, wanted, each)
            for wanted, each in zip(asked, held, strict=True)
        ]
    return held


def _attempt(stage: Callable[[Rules, ToRead, Any], Any], rules: Rules, wanted: ToRead, so_far: object) -> object:
    try:
        return stage(rules, wanted, so_far)
    except HubError as fault:
        return fault
    except Exception as fault:  # a bug of ours concerns this message and no other
        log.exception("could not read", message=wanted.message, partner=wanted.partner, fault=type(fault).__name__)
        return Defect(f"{type(fault).__name__}: {fault}")


def _open(rules: Rules, wanted: ToRead, _: None) -> Opened:
    return open_message(wanted.body, rules, wanted.partner)


def _read(rules: Rules, wanted: ToRead, opened: Opened) -> ReadMessage:
    return ReadMessage(survey=opened.survey, documents=list(opened.documents()))


def _prepare(rules: Rules, wanted: ToRead, reading: ReadMessage) -> ReadMessage:
    found = [(each.position, _prepared(rules, wanted, reading, each)) for each in reading.documents]
    prepared = {position: each for position, each in found if each is not None}
    return replace(reading, prepared=prepared) if prepared else reading


def _prepared(
    rules: Rules, wanted: ToRead, reading: ReadMessage, document: Document, unsaid: Wording | None = None
) -> PreparedDocument | None:
    """Return what a document comes to; as one that is held, where ``unsaid`` says why it cannot be answered."""
    envelope, partner = reading.survey.envelopes[document.envelope - 1], rules.partner(wanted.partner)
    test, message = is_test(envelope, partner), wanted.message
    return prepare(document, envelope.reference, rules, message, partner.id, test=test, now=wanted.now, unsaid=unsaid)


def _write(rules: Rules, wanted: ToRead, reading: ReadMessage) -> ReadMessage:
    """Write what will be due; where our configuration is at fault that is said when it is due."""
    written: dict[int, PreparedDocument] = {}
    for document in reading.documents:
        before = reading.prepared.get(document.position)
        if before is not None:
            held = partial(_prepared, rules, wanted, reading, document)
            found = with_drafts(rules, wanted.partner, before, held)
            if found is not None:
                written[document.position] = found
    return replace(reading, prepared=written)


def with_prepared(rules: Rules, wanted: ToRead, reading: ReadMessage) -> ReadMessage:
    """Return a portion of a message with what its documents come to, and our answers written."""
    return _write(rules, wanted, _prepare(rules, wanted, reading))


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
