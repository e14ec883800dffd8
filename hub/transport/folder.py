"""Files that partners drop and fetch: ``<folders>/<partner>/{in,out}``, see ``places``.

A file enters when it is complete: it is moved out of ``in`` into a folder of ours, where its partner cannot put another
in its place, read there, and removed only after the hub's commit (``hand``). What a crash or a fault leaves in hand is
taken first by the next sweep; bytes handed over twice intake recognises. What lies in a folder is data: it is never
executed, never loaded as configuration, and its name is a path only within a folder of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial

import structlog

from hub.kernel.errors import Defect, Misconfigured, Unavailable
from hub.kernel.identity import new_id
from hub.transport.blocked import NAME_HELD, Blocked
from hub.transport.hand import FILES_IN_HAND_MAX, FILES_PER_SWEEP_MAX, FileInHand, Hand, NotAMessage, OpenFile
from hub.transport.places import OUT, WRITING, Places, fault_of_place, may_write
from hub.transport.receive import Receive

SWEEP_SECONDS = 1.0  # a person who drops a file looks for the answer within seconds
AGAIN_AFTER_SECONDS = 60.0  # what went wrong: it may be mended, and must not fill the log
TOLD_MAX = 10_000  # files and partners of which something was told that is not told again; then all is told anew

DEFAULT_ACCESS, ACCESS = "system.posix_acl_default", "system.posix_acl_access"

log = structlog.get_logger("hub.transport.folder")


def deliver(places: Places, partner: str, name: str, body: bytes) -> str:
    """Put ``body`` into the partner's folder under ``name``, whole or not at all; return ``name``.

    It is written in a folder of ours and moved when it is on the disk. ``name`` is ours and the same at every retry, so
    a second delivery replaces the first; a link of that name is replaced, never followed. Raises ``Blocked`` when what
    lies in the partner's folder is in the way, or the hub's own folders cannot be used.
    """
    if name in ("", ".", "..") or "/" in name:
        raise Defect("the name of an answer is no file's name")
    unfinished = new_id()
    try:
        with places.own(WRITING, make=True) as writing, places.of(partner, OUT, make=True) as out:
            try:
                _write(unfinished, writing, body, out)
                _move(unfinished, writing, name, out)
            except OSError:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(unfinished, dir_fd=writing)
                raise
            os.fsync(out)
    except (Misconfigured, OSError) as fault:
        raise fault_of_place(fault) from fault
    return name


def _move(unfinished: str, writing: int, name: str, out: int) -> None:
    """Move the file to its name. Raises ``Blocked`` when it is but what stands there that cannot be replaced."""
    try:
        os.rename(unfinished, name, src_dir_fd=writing, dst_dir_fd=out)
    except PermissionError as fault:  # an immutable file, or another's where a sticky bit protects it
        if may_write(out) and _is_there(name, out):
            raise Blocked(NAME_HELD) from fault
        raise


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True


def _write(name: str, folder: int, body: bytes, out: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, stat.S_IRUSR | stat.S_IWUSR, dir_fd=folder), "wb") as file:
        file.write(body)
        file.flush()
        _give(file.fileno(), out)
        os.fsync(file.fileno())


def _give(file: int, folder: int) -> None:
    """Let those read the file who may enter its folder: owner, group, others, and whom the folder's ACL names.

    A file that is moved into a folder has its own owner and mode; one that is made there has its maker's and the ACL.
    """
    into = os.fstat(folder)
    if os.geteuid() == 0:
        os.fchown(file, into.st_uid, into.st_gid)
    elif into.st_gid != os.fstat(file).st_gid:
        with contextlib.suppress(PermissionError):  # a group we are not in
            os.fchown(file, -1, into.st_gid)
    os.fchmod(file, stat.S_IRUSR | stat.S_IWUSR | (into.st_mode & (stat.S_IRGRP | stat.S_IROTH)))
    if hasattr(os, "getxattr"):
        with contextlib.suppress(OSError):  # no ACL, or a file system without
            os.setxattr(file, ACCESS, os.getxattr(folder, DEFAULT_ACCESS))


class FolderWatcher:
    """Looks into every partner's inbox again and again, and hands complete files to ``receive``."""

    def __init__(
        self,
        places: Places,
        partners: Callable[[], Iterable[str]],
        receive: Receive,
        *,
        limit_bytes: int,
        clock: Callable[[], float],
    ) -> None:
        self._places = places
        self._partners = partners
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._again_at: dict[FileInHand, float] = {}  # files at which intake failed unexpectedly
        self._set_aside: set[str] = set()  # partners of whom something was, since what is kept of it was bounded
        self._told: dict[object, str] = {}  # of partners and files, what was said last

    async def sweep(self) -> int:
        """Take every complete file once; return how many were taken.

        A folder or file that cannot be taken today is tried again by a later sweep, and keeps nobody else waiting.
        """
        taken = 0
        for partner in self._partners():
            try:
                async for _ in self._taken(partner):
                    taken += 1
                self._told.pop(partner, None)
                await self._bound_refused(partner)
            except (Blocked, Misconfigured, OSError, Unavailable) as fault:
                self._tell_once(partner, str(fault), partial(log.warning, "folder not taken", partner=partner))
            except Exception as fault:
                log.exception("folder not taken", partner=partner, fault=type(fault).__name__)
        return taken

    async def _bound_refused(self, partner: str) -> None:
        """Once a sweep: each time costs a look at all that is kept."""
        if partner in self._set_aside:
            self._set_aside.discard(partner)
            if removed := await asyncio.to_thread(Hand(self._places, partner).bound_refused):
                log.warning("files set aside removed: the oldest, beyond what is kept", partner=partner, files=removed)

    async def _taken(self, partner: str) -> AsyncIterator[FileInHand]:
        """Take what an earlier sweep left in hand, then what is new; yield each file that was taken."""
        hand = Hand(self._places, partner)
        for held in await asyncio.to_thread(hand.look_after, self._clock()):
            log.warning("file grew after it was taken: all of it is taken again", partner=partner, file_name=held.shown)
        lying = await asyncio.to_thread(hand.lying)
        for held in lying:
            if await self._take(hand, held):
                yield held
        room = min(FILES_IN_HAND_MAX - len(lying), FILES_PER_SWEEP_MAX)
        for held in await asyncio.to_thread(hand.take, self._clock(), room) if room > 0 else ():
            if await self._take(hand, held):
                yield held

    async def _take(self, hand: Hand, held: FileInHand) -> bool:
        """Hand over one file that is in hand. Raises ``Unavailable`` when the hub takes nothing now."""
        if self._again_at.get(held, 0.0) > self._clock():
            return False
        try:
            return await self._hand_over(hand, held)
        except NotAMessage as fault:
            self._again_at.pop(held, None)
            await asyncio.to_thread(hand.set_aside, held)
            log.warning("file set aside", partner=held.partner, file_name=held.shown, reason=str(fault))
            self._set_aside.add(held.partner)
        except FileNotFoundError:  # another hub on the same folders has taken it
            self._again_at.pop(held, None)
        except Unavailable:
            raise
        except Exception as fault:
            log.exception("file not taken", partner=held.partner, file_name=held.shown, fault=type(fault).__name__)
            self._again_at[held] = self._clock() + AGAIN_AFTER_SECONDS
        return False

    async def _hand_over(self, hand: Hand, held: FileInHand) -> bool:
        with contextlib.ExitStack() as opened:
            file = await asyncio.to_thread(opened.enter_context, hand.opened(held))
            if not file.settled(self._clock()):
                self._say_that_it_waits(held, file)
                return False
            body = await asyncio.to_thread(file.read, self._limit_bytes)
            if not file.unchanged():
                return False  # it is being written after all
            await self._receive(held.partner, body, transport="folder", file_name=held.shown)
            self._again_at.pop(held, None)
            self._told.pop(held, None)
            if not file.unchanged():
                log.warning(
                    "file grew while it was taken: all of it is taken again",
                    partner=held.partner,
                    file_name=held.shown,
                )
            elif file.surely_whole(self._clock()):
                await asyncio.to_thread(hand.remove, held)
            else:
                await asyncio.to_thread(hand.watch, held, file.status)
            return True

    def _say_that_it_waits(self, held: FileInHand, file: OpenFile) -> None:
        if file.closed_by_sender is False:
            told = partial(log.info, "file waits", partner=held.partner, file_name=held.shown)
            self._tell_once(held, "its sender still has it open", told)

    def _tell_once(self, about: object, reason: str, tell: Callable[..., object]) -> None:
        """Tell it unless it was told before: a sweep comes every second."""
        if self._told.get(about) != reason:
            if len(self._told) >= TOLD_MAX:
                self._told.clear()
            self._told[about] = reason
            tell(reason=reason)
