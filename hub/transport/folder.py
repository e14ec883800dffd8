"""Files that partners drop and fetch: ``<data>/folders/<partner>/{in,out}``.

A file enters when it is complete: it is moved out of ``in`` into ``.taking``, where its partner cannot put another in
its place, read there, and removed only after the hub's commit. What a crash or a fault leaves in ``.taking`` is taken
first by the next sweep; bytes handed over twice intake recognises. What lies in a folder is data: it is never executed,
never loaded as configuration, and its name is a path only within a folder of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

import structlog

from hub.kernel.errors import Unavailable
from hub.kernel.identity import new_id
from hub.transport.receive import Receive

SWEEP_SECONDS = 1.0  # a person who drops a file looks for the answer within seconds
SETTLED_AFTER_SECONDS = 2.0  # senders that write in place pause less than this between writes
FILES_PER_SWEEP_MAX = 500  # one partner's pile must not keep the others waiting; the rest waits a sweep
AGAIN_AFTER_SECONDS = 60.0  # a file at which intake failed unexpectedly: it may be mended, and must not fill the log
UNFINISHED_SUFFIXES = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".writing")

log = structlog.get_logger("hub.transport.folder")


def inbox(root: Path, partner: str) -> Path:
    """Return the folder into which ``partner`` drops files."""
    return root / partner / "in"


def outbox(root: Path, partner: str) -> Path:
    """Return the folder from which ``partner`` fetches files."""
    return root / partner / "out"


def taking(root: Path, partner: str) -> Path:
    """Return the folder in which files of ``partner`` lie while they are taken, each in a folder of its own."""
    return root / partner / ".taking"


def prepare(root: Path, partners: Iterable[str]) -> None:
    """Make the folders of ``partners`` below ``root``."""
    for partner in partners:
        for folder in (inbox(root, partner), outbox(root, partner), taking(root, partner)):
            folder.mkdir(parents=True, exist_ok=True)


def complete_files(folder: Path, now: float) -> list[Path]:
    """Return the files in ``folder`` that are complete, oldest first.

    ``now`` is in seconds of the file system's clock. A file is complete when its name is not that of
    an unfinished one and nobody has written to it for ``SETTLED_AFTER_SECONDS``. Links, folders,
    devices and hidden files are left alone.
    """
    found: list[tuple[float, Path]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~")) or entry.name.lower().endswith(UNFINISHED_SUFFIXES):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # gone since we looked
                continue
            if stat.S_ISREG(status.st_mode) and now - status.st_mtime >= SETTLED_AFTER_SECONDS:
                found.append((status.st_mtime, Path(entry.path)))
    return [path for _, path in sorted(found)][:FILES_PER_SWEEP_MAX]


def read_file(path: Path, limit_bytes: int) -> bytes | None:
    """Return the bytes of ``path``, or None when there are more than ``limit_bytes``. Never follows a link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # never waits for who writes a pipe
    with os.fdopen(descriptor, "rb") as file:
        body = file.read(limit_bytes + 1)
    return body if len(body) <= limit_bytes else None


def deliver(folder: Path, name: str, body: bytes) -> Path:
    """Put ``body`` into ``folder`` under ``name``, whole or not at all; return its path.

    ``name`` is ours and the same at every retry, so a second delivery replaces the first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{name}.writing"
    with open(unfinished, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    final = folder / name
    os.replace(unfinished, final)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return final


class FolderWatcher:
    """Looks into every partner's inbox again and again, and hands complete files to ``receive``."""

    def __init__(
        self,
        root: Path,
        partners: Callable[[], Iterable[str]],
        receive: Receive,
        *,
        limit_bytes: int,
        clock: Callable[[], float],
    ) -> None:
        self._root = root
        self._partners = partners
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._again_at: dict[Path, float] = {}  # files at which intake failed unexpectedly

    async def sweep(self) -> int:
        """Take every complete file once; return how many were taken.

        A folder or file that cannot be taken today is tried again by a later sweep, and keeps nobody else waiting.
        """
        taken = 0
        for partner in self._partners():
            try:
                async for _ in self._taken(partner):
                    taken += 1
            except (OSError, Unavailable) as fault:
                log.warning("folder not taken", partner=partner, reason=str(fault))
            except Exception as fault:
                log.exception("folder not taken", partner=partner, fault=type(fault).__name__)
        return taken

    async def _taken(self, partner: str) -> AsyncIterator[Path]:
        """Take what an earlier sweep left in hand, then what is new; yield each file that was taken."""
        hand = taking(self._root, partner)
        await asyncio.to_thread(hand.mkdir, exist_ok=True)
        for path in await asyncio.to_thread(_in_hand, hand):
            if await self._take(partner, path):
                yield path
        for path in await asyncio.to_thread(complete_files, inbox(self._root, partner), self._clock()):
            held = await asyncio.to_thread(_take_in_hand, path, hand)
            if held is not None and await self._take(partner, held):
                yield held

    async def _take(self, partner: str, path: Path) -> bool:
        """Hand over one file that is in hand. Raises ``Unavailable`` when the hub takes nothing now."""
        if self._again_at.get(path, 0.0) > self._clock():
            return False
        try:
            return await self._hand_over(partner, path)
        except Unavailable:
            raise
        except Exception as fault:
            log.exception("file not taken", partner=partner, file_name=file_name(path), fault=type(fault).__name__)
            self._again_at[path] = self._clock() + AGAIN_AFTER_SECONDS
            return False

    async def _hand_over(self, partner: str, path: Path) -> bool:
        status = await asyncio.to_thread(path.lstat)
        if not stat.S_ISREG(status.st_mode):
            return await self._refuse(partner, path, "not a file")
        if self._clock() - status.st_mtime < SETTLED_AFTER_SECONDS:
            return False  # another than we looked at, put in its place meanwhile, and perhaps still being written
        body = await asyncio.to_thread(read_file, path, self._limit_bytes)
        if body is None:
            return await self._refuse(partner, path, f"more than {self._limit_bytes} bytes")
        await self._receive(partner, body, transport="folder", file_name=file_name(path))
        self._again_at.pop(path, None)
        await asyncio.to_thread(_remove, path)
        return True

    async def _refuse(self, partner: str, path: Path, why: str) -> bool:
        await asyncio.to_thread(_set_aside, path)
        log.warning("file set aside", partner=partner, file_name=file_name(path), reason=why)
        return False


def file_name(path: Path) -> str:
    """Return the name of ``path`` as text: bytes that are no UTF-8 are replaced."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _take_in_hand(path: Path, hand: Path) -> Path | None:
    """Move ``path`` into a new folder in ``hand`` and return where it lies; None when it is gone."""
    own = hand / new_id()
    own.mkdir()
    try:
        return path.rename(own / path.name)
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):  # another hub on the same folders has tidied it
            own.rmdir()
        return None


def _in_hand(hand: Path) -> list[Path]:
    """Return the files that lie in ``hand``, first taken first; remove folders that a crash left empty."""
    found: list[Path] = []
    for own in sorted(hand.iterdir()):  # ids sort by time
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            lying = list(own.iterdir())
            found += lying
            if not lying:
                own.rmdir()
    return found


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.parent.rmdir()


def _set_aside(path: Path) -> None:
    """Move a file that is in hand among the refused; with its own folder where one of its name lies there already."""
    refused = path.parent.parent.parent / "refused"
    refused.mkdir(exist_ok=True)
    if os.path.lexists(refused / path.name):
        path.parent.rename(refused / path.parent.name)
    else:
        path.rename(refused / path.name)
        path.parent.rmdir()
