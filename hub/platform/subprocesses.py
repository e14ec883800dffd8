"""A subprocess for work that would hold the event loop: lists of values in, lists of values out.

The child is a Python module that calls ``answer``. It first says its token; a child that says another than we expect
works by other rules than we do (its files have changed since we started) and is given nothing. A child that dies,
thinks for too long or says too much, is replaced; what it was given is then tried one by one, so that only what ended
it fails. A child that does not come up is nobody's fault: ``Unavailable``, and ``fault`` says why. It ends when we do,
however we end. A file that it may not open can be handed to it open (``run`` with ``handed``, ``taken`` in the child).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import structlog

import hub
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Defect, HubError, Overrun, Unavailable
from hub.kernel.sentence import Word, Wording
from hub.kernel.struct import Struct
from hub.platform.confinement import limit
from hub.platform.memory import share_arenas

LENGTH_BYTES = 8  # in front of every value; big-endian
START_SECONDS_MAX = 120.0  # a second where nothing else runs; more maps, and a machine that has just been started
PAUSE_SECONDS = 5.0  # between children that do not come up
STDERR = 2  # where the child's output goes in the end: its log is ours
TOKEN_BYTES_MAX = 1_024
ANSWERS_BYTES_MAX = 32 * 1024 * 1024  # of one list: twice what 128 KiB of the densest nonsense were measured to come to
SAID_BYTES = 64 * 1024  # of the child's output, passed on at a time
SAID_PAUSE_SECONDS = 0.25  # after each such piece: who says more waits, at the cost of its own time
LAST_WORDS_SECONDS = 1.0  # for what a child said before it ended

ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONMALLOC", "PYTHONHASHSEED")
"""What the child is told of our environment: it takes foreign bytes apart, and needs no password for that."""
HANDED = "SUBPROCESS_HANDED"  # number of the child's end of the way by which descriptors are handed over

log = structlog.get_logger("hub.platform.subprocesses")


class SentFault(Struct, tag="fault"):
    """An exception of ours on its way between two processes."""

    kind: str
    arguments: list[str]
    state: dict[str, str | int | float | dict[str, Word] | list[Diagnostic] | None]
    said: Wording | None = None  # by itself, as what follows: in ``state`` it could not be told from what stands there
    numbers: list[tuple[str, str]] | None = None

    @classmethod
    def of(cls, fault: HubError) -> SentFault:
        state = dict(vars(fault))
        said, numbers = state.pop("said", None), state.pop("numbers", None)
        arguments = [str(each) for each in fault.args]
        return cls(kind=type(fault).__name__, arguments=arguments, state=state, said=said, numbers=numbers)

    def exception(self) -> HubError:
        """Make the exception anew, past ``__init__``: the arguments of that are not those that ``Exception`` keeps."""
        kind = KINDS[self.kind]
        made = kind.__new__(kind)
        made.args = tuple(self.arguments)
        vars(made).update(self.state)
        by_themselves = {"said": self.said, "numbers": self.numbers}
        vars(made).update({name: each for name, each in by_themselves.items() if each is not None})
        return made


KINDS: dict[str, type[HubError]] = {kind.__name__: kind for kind in HubError.__subclasses__()}


class Subprocess:
    """Runs ``python -m module *arguments``, one list at a time. ``answers`` is the type of what it answers.

    Nothing but values of that type comes back, whatever foreign bytes have made of the child. ``seconds_max`` is how
    long a list may take, ``alone_seconds_max`` one item of a list that ended a child.
    """

    def __init__(
        self, module: str, *arguments: str, answers: Any, token: str, seconds_max: float, alone_seconds_max: float
    ) -> None:
        self.fault: str | None = None
        """Why there is no child that answers; None when all is well, or nobody has asked yet."""
        self._command = (sys.executable, "-P", "-m", module, *arguments)  # -P: a file where we stand is no module
        self._token = token
        self._decode = msgspec.msgpack.Decoder(list[answers | SentFault]).decode
        self._seconds_max, self._alone_seconds_max = seconds_max, alone_seconds_max
        self._child: _Child | None = None
        self._again_at = 0.0
        self._closed = False
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the child, unless it runs. Lists wait until it is ready."""
        if self._child is None:
            ours, theirs = socket.socketpair()
            handing, taking = socket.socketpair()
            with theirs, taking:
                process = subprocess.Popen(
                    self._command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=_environment() | {HANDED: str(taking.fileno())},
                    pass_fds=(taking.fileno(),),
                    start_new_session=True,
                )
            streams = await asyncio.open_connection(sock=ours)
            self._child = _Child(process, *streams, await _pass_on(process), handing)

    async def ready(self) -> None:
        """Return when the child has come up, or could not."""
        with contextlib.suppress(Unavailable):
            async with self._turn:
                await self._ready()

    async def run(self, items: Sequence[object], *, handed: int | None = None) -> list[Any]:
        """Return one answer for each item, in order: what the child's work returned, or the exception it gave.

        ``handed`` is a descriptor that the child may use as well, for one item that takes it.
        An item that ends the child, or takes too long, has a ``Defect`` for its answer; the others have theirs. Raises
        ``Unavailable`` when there is no child, or it is being stopped.
        """
        async with self._turn:
            try:
                return await self._ask(items, self._seconds_max, handed)
            except _Ended as fault:
                self._refuse_when_closed()
                log.error("the subprocess ended", module=self._command[3], items=len(items), reason=str(fault))
                if len(items) == 1:
                    return [fault.as_defect()]
            return [await self._alone(item) for item in items]

    async def close(self) -> None:
        """End the child at once, whatever it is at: it holds nothing that could be lost."""
        self._closed = True
        await self._end()

    async def _alone(self, item: object) -> object:
        try:
            return (await self._ask([item], self._alone_seconds_max))[0]
        except _Ended as fault:
            return fault.as_defect()
        except Unavailable as fault:  # for this one; those before it have their answers
            return fault

    async def _ask(self, items: Sequence[object], seconds_max: float, handed: int | None = None) -> list[Any]:
        child = await self._ready()
        try:
            async with asyncio.timeout(seconds_max):
                if handed is not None:
                    child.hand(handed)
                await child.send(items)
                answers = [_value(each) for each in self._decode(await child.receive(ANSWERS_BYTES_MAX))]
        except TimeoutError as fault:
            await self._end()
            raise _Ended(f"took more than {seconds_max:g} s", Overrun) from fault
        except _TooMuch as fault:
            await self._end()
            raise _Ended(str(fault)) from fault
        except (asyncio.IncompleteReadError, OSError) as fault:
            raise _Ended(f"ended with status {await self._end()}") from fault
        except (msgspec.MsgspecError, KeyError) as fault:
            raise _Ended(f"said what it may not ({fault}) and ended with status {await self._end()}") from fault
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for the next one's
            raise
        if len(answers) != len(items):
            raise _Ended(f"gave {len(answers)} answers to {len(items)} items, and status {await self._end()}")
        return answers

    async def _ready(self) -> _Child:
        """Return the child once it has said its token."""
        self._refuse_when_closed()
        if self._child is not None and self._child.ended:  # between two lists: killed from outside
            log.error("the subprocess has gone", module=self._command[3], status=await self._end())
        if self._child is not None and self._child.ready:
            return self._child
        if self._child is None and asyncio.get_running_loop().time() < self._again_at:
            raise Unavailable(f"no subprocess: {self.fault}", retry_after_seconds=PAUSE_SECONDS)
        self.fault = await self._come_up()
        if self.fault is not None or self._child is None:
            self._again_at = asyncio.get_running_loop().time() + PAUSE_SECONDS
            log.error("the subprocess does not come up", module=self._command[3], reason=self.fault)
            raise Unavailable(f"no subprocess: {self.fault}", retry_after_seconds=PAUSE_SECONDS)
        return self._child

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Unavailable("the subprocess has been stopped")

    async def _come_up(self) -> str | None:
        """Start the child and wait for its token; return why that did not go well."""
        try:
            await self.start()
            assert self._child is not None
            async with asyncio.timeout(START_SECONDS_MAX):
                said = (await self._child.receive(TOKEN_BYTES_MAX)).decode(errors="replace")
        except TimeoutError:
            await self._end()
            return f"it was not ready within {START_SECONDS_MAX:g} s"
        except _TooMuch as fault:
            await self._end()
            return str(fault)
        except (asyncio.IncompleteReadError, OSError) as fault:
            status = await self._end()
            return f"it ended with status {status}" if status is not None else str(fault)
        except asyncio.CancelledError:
            await self._end()
            raise
        if said != self._token:
            await self._end()
            return "its files have changed since this process was started; start this one again"
        self._child.ready = True
        return None

    async def _end(self) -> int | None:
        child, self._child = self._child, None
        return await child.end() if child else None


def _value(answer: object) -> object:
    return answer.exception() if isinstance(answer, SentFault) else answer


class _Child:
    """The process and our end of the socket to its standard input."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        passing_on: asyncio.Task[None],
        handing: socket.socket,
    ) -> None:
        self.ready = False
        self._process, self._reader, self._writer, self._passing_on = process, reader, writer, passing_on
        self._handing = handing

    @property
    def ended(self) -> bool:
        return self.ready and self._process.poll() is not None

    async def send(self, value: object) -> None:
        self._writer.write(_framed(_encode(value)))
        await self._writer.drain()

    def hand(self, descriptor: int) -> None:
        """Give it what ``descriptor`` leads to: one byte, which a child that is waited for always has room for."""
        socket.send_fds(self._handing, [b"."], [descriptor], socket.MSG_DONTWAIT)

    async def receive(self, bytes_max: int) -> bytes:
        """Return what it says next. Raises ``_TooMuch`` before it takes in more than ``bytes_max``."""
        length = int.from_bytes(await self._reader.readexactly(LENGTH_BYTES))
        if length > bytes_max:
            raise _TooMuch(f"wanted to say {length} bytes, of at most {bytes_max}")
        return await self._reader.readexactly(length)

    async def end(self) -> int:
        """Kill the process; return how it ended."""
        self._writer.close()
        self._handing.close()
        ended_before = self._process.poll()
        self._process.kill()
        status = await asyncio.to_thread(self._process.wait)
        await asyncio.wait([self._passing_on], timeout=LAST_WORDS_SECONDS)
        self._passing_on.cancel()
        return status if ended_before is None else ended_before


async def _pass_on(process: subprocess.Popen[bytes]) -> asyncio.Task[None]:
    """Begin to pass on to our own output what ``process`` says, until it has ended."""
    reader = asyncio.StreamReader(SAID_BYTES)
    way, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), process.stdout
    )

    async def pass_on() -> None:
        try:
            while piece := await reader.read(SAID_BYTES):
                with contextlib.suppress(OSError), open(STDERR, "wb", closefd=False) as ours:
                    ours.write(piece)
                if len(piece) == SAID_BYTES:
                    await asyncio.sleep(SAID_PAUSE_SECONDS)
        finally:
            way.close()

    return asyncio.create_task(pass_on())


class _TooMuch(Exception):
    """The child is about to say more than it may."""


class _Ended(Exception):
    """The child has died or was killed; says how."""

    def __init__(self, how: str, kind: type[Defect] = Defect) -> None:
        super().__init__(how)
        self._kind = kind

    def as_defect(self) -> Defect:
        return self._kind(f"the process that was at work on it {self}")


def answer(work: Callable[[list[Any]], Sequence[object]], asks: Any, token: str) -> None:
    """In the child, ready to work: say so, then answer lists of ``asks`` with ``work`` until there are no more."""
    decode = msgspec.msgpack.Decoder(list[asks]).decode
    share_arenas()
    with socket.socket(fileno=sys.stdin.fileno()) as ours, ours.makefile("rwb") as lists:
        threading.Thread(target=_end_with_parent, args=(ours.fileno(),), daemon=True).start()
        limit()
        lists.write(_framed(token.encode()))
        lists.flush()
        while length := lists.read(LENGTH_BYTES):
            answers = work(decode(lists.read(int.from_bytes(length))))
            told = [SentFault.of(each) if isinstance(each, HubError) else each for each in answers]
            lists.write(_framed(_encode(told)))
            lists.flush()


def taken() -> int:
    """In the child: return the descriptor that was handed over with what is being worked on."""
    with socket.socket(fileno=os.dup(int(os.environ[HANDED]))) as taking:
        _, descriptors, _, _ = socket.recv_fds(taking, 1, 1)
    return descriptors[0]


def _end_with_parent(ours: int) -> None:
    """Wait until the other end of the socket is gone, then end, even in the middle of work."""
    parent = select.poll()
    parent.register(ours, 0)  # a hang-up is always told
    parent.poll()
    os._exit(0)


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(LENGTH_BYTES) + message


_encode = msgspec.msgpack.Encoder().encode


def _environment() -> dict[str, str]:
    """Return the child's environment, in which the package is found where ours is."""
    told = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    return told | {"PYTHONPATH": str(Path(hub.__file__).parent.parent)}
