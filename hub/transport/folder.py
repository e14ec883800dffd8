"""Files that partners drop and fetch: ``<data>/folders/<partner>/{in,out}``.

A file enters when it is complete, and leaves ``in`` only after the hub's commit. What lies in a folder
is data: it is never executed, never loaded as configuration, its name never becomes a path of ours.
A crash between commit and removal hands the same bytes over twice, which intake recognises.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from hub.kernel.errors import Unavailable
from hub.transport.receive import Receive

SWEEP_SECONDS = 1.0  # a person who drops a file looks for the answer within seconds
SETTLED_AFTER_SECONDS = 2.0  # senders that write in place pause less than this between writes
FILES_PER_SWEEP_MAX = 500  # one partner's pile must not keep the others waiting; the rest waits a sweep
UNFINISHED_SUFFIXES = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".writing")

log = structlog.get_logger("hub.transport.folder")


def inbox(root: Path, partner: str) -> Path:
    """Return the folder into which ``partner`` drops files."""
    return root / partner / "in"


def outbox(root: Path, partner: str) -> Path:
    """Return the folder from which ``partner`` fetches files."""
    return root / partner / "out"


def prepare(root: Path, partners: Iterable[str]) -> None:
    """Make the folders of ``partners`` below ``root``."""
    for partner in partners:
        for folder in (inbox(root, partner), outbox(root, partner)):
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
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and now - status.st_mtime >= SETTLED_AFTER_SECONDS:
                found.append((status.st_mtime, Path(entry.path)))
    return [path for _, path in sorted(found)][:FILES_PER_SWEEP_MAX]


def read_file(path: Path, limit_bytes: int) -> bytes | None:
    """Return the bytes of ``path``, or None when there are more than ``limit_bytes``. Never follows a link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
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

    async def run(self) -> None:
        """Sweep until cancelled. A folder that cannot be read today is tried again at the next sweep."""
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Take every complete file once; return how many were taken."""
        taken = 0
        for partner in self._partners():
            try:
                for path in complete_files(inbox(self._root, partner), self._clock()):
                    taken += await self._take(partner, path)
            except (OSError, Unavailable) as fault:
                log.warning("folder not taken", partner=partner, reason=str(fault))
        return taken

    async def _take(self, partner: str, path: Path) -> bool:
        body = await asyncio.to_thread(read_file, path, self._limit_bytes)
        if body is None:
            await asyncio.to_thread(self._set_aside, path)
            log.warning("file too large, set aside", partner=partner, limit_bytes=self._limit_bytes)
            return False
        await self._receive(partner, body, transport="folder", file_name=path.name)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return True

    @staticmethod
    def _set_aside(path: Path) -> None:
        refused = path.parent.parent / "refused"
        refused.mkdir(exist_ok=True)
        path.rename(refused / path.name)
