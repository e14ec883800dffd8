"""Whoever gets hold of the process that reads messages can compute there and no more, and costs a bounded sum."""

from __future__ import annotations

import asyncio
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.kernel.errors import Defect, Unavailable
from hub.platform.subprocesses import ANSWERS_BYTES_MAX, Subprocess
from tests.conftest import missing
from tests.security import hostile_reader
from tests.security.accounts import only_as_root, place_for_all

NOBODY = "nobody"


def hostile(how: str, *, account: str = "root", seconds: float = 20.0) -> Subprocess:
    return Subprocess(
        hostile_reader.__name__, how, account, answers=str, token=hostile_reader.TOKEN, seconds_max=seconds,
        alone_seconds_max=seconds,
    )  # fmt: skip


def tries(*tricks: str, account: str = "root") -> list[object]:
    async def act() -> list[object]:
        beside = hostile("confined", account=account)
        try:
            return await beside.run(tricks)
        finally:
            await beside.close()

    return asyncio.run(act())


@pytest.fixture
def landlock() -> None:
    if ctypes.CDLL(None).syscall(444, None, 0, 1) < 6:
        missing("the kernel has no Landlock of version 6")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hub.db"
    path.write_bytes(b"everything")
    return path


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def tries_with(path: Path, *tricks: str, account: str) -> list[object]:
    """Return what each trick says of the file at ``path``, which is handed over open, as a large message is."""

    async def act() -> list[object]:
        beside = hostile("confined", account=account)
        told: list[object] = []
        try:
            for trick in tricks:
                handed = os.open(path, os.O_RDONLY)
                try:
                    told += await beside.run([trick], handed=handed)
                finally:
                    os.close(handed)
            return told
        finally:
            await beside.close()

    return asyncio.run(act())


def test_a_file_that_is_handed_to_it_open_is_read_and_nothing_else_is_done_with_it(
    landlock: None, database: Path
) -> None:
    only_as_root()
    kept = database.stat()
    read = "read what was handed over: everything"
    told = tries_with(
        database, read, *(f"with what was handed over: {how}" for how in hostile_reader.HANDED), read, account=NOBODY
    )
    assert told[0] == told[-1] == "done"
    assert all(str(each).startswith("refused") for each in told[1:-1]), told
    assert database.read_bytes() == b"everything"
    assert (database.stat().st_mode, database.stat().st_uid) == (kept.st_mode, kept.st_uid)


def test_what_was_handed_over_before_is_not_taken_for_what_comes_after(tmp_path: Path) -> None:
    async def act() -> list[object]:
        beside = hostile("confined")
        told: list[object] = []
        try:
            for number in range(20):
                path = tmp_path / f"{number}"
                path.write_text(f"body {number}")
                handed = os.open(path, os.O_RDONLY)
                try:
                    told += await beside.run([f"read what was handed over: body {number}"], handed=handed)
                finally:
                    os.close(handed)
            return told
        finally:
            await beside.close()

    assert asyncio.run(act()) == ["done"] * 20


OF_FILES = ["read", "list", "write", "append", "remove", "rename", "link", "make a folder"]


@pytest.mark.parametrize("trick", OF_FILES)
def test_it_cannot_touch_the_database_though_it_has_the_account_of_the_hub(
    landlock: None, database: Path, trick: str
) -> None:
    at = database.parent if trick == "list" else database
    assert tries(f"{trick}: {at}") == ["refused: PermissionError"]
    assert database.read_bytes() == b"everything"
    assert [path.name for path in database.parent.iterdir()] == ["hub.db"]


@pytest.mark.parametrize(
    "trick",
    ["run: /bin/true", "run: /bin/sh", "connect: {port}", "listen", "signal: {parent}", "look into: {parent}",
     "read the environment of: {parent}", "trace: {parent}", "read: /etc/passwd", "read: /etc/shadow",
     "write: /dev/shm/hub-was-here", "write: /tmp/hub-was-here", "list: /", "list: /proc"],
)  # fmt: skip
def test_it_reaches_nothing_outside_itself(landlock: None, port: int, trick: str) -> None:
    told = tries(trick.format(port=port, parent=os.getpid()))
    assert told == ["refused: PermissionError"]
    assert not Path("/tmp/hub-was-here").exists()


@pytest.mark.parametrize("trick", ["take memory: 1000000000", "take memory: 300000000", "open many"])
def test_it_takes_no_more_of_the_machine_than_is_set_aside_for_it(trick: str) -> None:
    [told] = tries(trick)
    assert isinstance(told, str)
    assert told.startswith("refused"), told


@pytest.mark.parametrize("module", ["colorsys", "encodings.cp037", "wave", "hub.kernel.words", "zoneinfo._tzpath"])
def test_what_is_read_late_of_code_and_library_is_still_read(module: str) -> None:
    assert tries(f"import late: {module}") == ["done"]


@pytest.mark.parametrize(
    "trick",
    ["read: {data}/hub.db", "list: {data}", "write: {data}/hub.db", "write: {data}/new", "append: {data}/hub.db",
     "remove: {data}/hub.db", "rename: {data}/hub.db", "signal: {parent}", "trace: {parent}", "fork",
     "start a thread", "become: 0", "raise its limits", "take memory: 1000000000", "open many"],
)  # fmt: skip
def test_where_the_hub_is_root_it_has_an_account_of_its_own_and_may_nothing(trick: str) -> None:
    only_as_root()
    with place_for_all() as here:
        data = here / "data"
        data.mkdir(mode=0o700)
        (data / "hub.db").write_bytes(b"everything")
        person = pwd.getpwnam(NOBODY)
        if not _may_read_the_code(person.pw_uid):
            missing(f"{NOBODY} cannot read the code where it stands")
        who, told = tries("who are you", trick.format(data=data, parent=os.getpid()), account=NOBODY)
        assert who == f"{person.pw_uid} {person.pw_gid} []"
        assert str(told).startswith("refused"), told
        assert (data / "hub.db").read_bytes() == b"everything"


def _may_read_the_code(uid: int) -> bool:
    from tests.security.accounts import as_account

    def look() -> bool:
        try:
            os.listdir(Path(hostile_reader.__file__).parents[2] / "hub")
            os.listdir(Path(os.__file__).parent)
        except PermissionError:
            return False
        return True

    return as_account(uid, look)


def test_an_account_that_is_not_there_is_told_and_the_messages_are_read() -> None:
    only_as_root()
    assert str(tries("who are you", account="no-such-account")[0]).startswith("0 0 ")


@pytest.mark.parametrize("lie", hostile_reader.LIES)
def test_what_it_says_costs_the_hub_no_more_than_is_allowed(lie: str) -> None:
    """The 32 MiB of an answer, read and decoded, and time: however long it is and whatever it says it were."""

    async def act() -> object:
        beside = hostile(lie, seconds=2.0)
        try:
            return (await beside.run(["anything"]))[0]
        except Unavailable as fault:
            return fault
        finally:
            await beside.close()

    with pytest.MonkeyPatch.context() as patch, capture_logs():
        patch.setattr("hub.platform.subprocesses.START_SECONDS_MAX", 10.0)
        patch.setattr("hub.platform.subprocesses.STDERR", os.open(os.devnull, os.O_WRONLY))
        with _Peak() as peak:
            told = asyncio.run(act())
    assert isinstance(told, Defect | Unavailable)
    assert peak.grown < 3 * ANSWERS_BYTES_MAX


@pytest.mark.parametrize("length", [1, 1_000, 1_000_000, 30_000_000])
def test_a_long_answer_that_is_allowed_arrives_whole(length: int) -> None:
    assert tries(f"grow: {length}") == ["x" * length]


def test_what_it_prints_arrives_and_keeps_it_from_nothing() -> None:
    assert tries("talk: 300", "who are you")[0] == "done"


class _Peak:
    """How much more memory this process held at most than when it began."""

    def __enter__(self) -> _Peak:
        self._began, self._most, self._ended = _resident(), 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def grown(self) -> int:
        return self._most - self._began

    def _watch(self) -> None:
        while not self._ended.is_set():
            self._most = max(self._most, _resident())
            time.sleep(0.005)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


OF_A_HUB = """
import asyncio, sys
from tests.security.test_reader_confined import hostile

async def main():
    beside = hostile("confined", account=sys.argv[1])
    await beside.run(["read: /nothing"])
    print(beside._child._process.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("stopped", [False, True], ids=["at work", "stopped"])
@pytest.mark.parametrize("account", ["root", NOBODY])
def test_it_does_not_outlive_a_hub_that_is_killed(account: str, stopped: bool) -> None:
    only_as_root()
    parent = subprocess.Popen([sys.executable, "-c", OF_A_HUB, account], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        if stopped:
            os.kill(child, signal.SIGSTOP)
        parent.kill()
        parent.communicate(timeout=60)
        for _ in range(600):
            if _is_gone(child):
                break
            time.sleep(0.05)
        assert _is_gone(child)
    finally:
        if not _is_gone(child):
            os.kill(child, signal.SIGKILL)


def _is_gone(process: int) -> bool:
    """Gone, or dead and waiting for somebody to ask how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in ("Z", "X")
    except FileNotFoundError:
        return True
