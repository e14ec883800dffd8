"""Files that partners drop and fetch: ``<folders>/<partner>/{in,out}``, see ``places``.

A file enters when it is complete: it is moved out of ``in`` into a folder of ours, where its partner cannot put another
in its place, read there, and removed only after the hub's commit (``hand``). What a crash or a fault leaves in hand is
taken first by the next sweep; bytes handed over twice intake recognises. What lies in a folder is data: it is never
executed, never loaded as configuration, and its name is a path only within a folder of its own.

Partners are served in fair turns (``piles``): some files of all of them at a time, handed in together, so that intake
writes them together; a large file goes beside, alone. How much one partner has dropped costs another a turn, not more.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import structlog

from hub.kernel.errors import Defect, Misconfigured, RefusedBody, Unavailable
from hub.kernel.identity import new_id
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.transport.aside import Blots, RefusedFile, TellAside, nothing_to_blot, told_nobody
from hub.transport.blocked import NAME_HELD, Blocked
from hub.transport.hand import FILES_IN_HAND_MAX, FileInHand, Hand, NotAMessage, OpenFile, UnreadableFiles
from hub.transport.piles import WaitingFiles
from hub.transport.places import OUT, WRITING, Places, fault_of_place, may_write
from hub.transport.receive import Receive

SWEEP_SECONDS = 0.5  # a person who drops a file looks for the answer within seconds
FILES_AT_ONCE = 64  # handed in together: what intake writes at once, some 50 ms of it
BYTES_AT_ONCE = 4 * 1024 * 1024  # of them, held in memory
LARGE_BYTES = 256 * 1024  # above it a body is a file of its own, synced to the disk: it goes alone, one at a time
COSTLY_LOOK_SECONDS = 0.05  # of computing: ten thousand entries; of such folders one is looked into at a time
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


class FolderState(Struct):
    """What a look at a partner's folders found."""

    files: list[FileInHand] = []
    grown: list[FileInHand] = []
    unreadable: UnreadableFiles | None = None
    removed: int = 0
    fault: Exception | None = None
    cost_seconds: float = 0.0


class OpenedFile:
    """A file in hand that was opened: with its bytes, or with why there are none yet."""

    def __init__(self, held: FileInHand) -> None:
        self.held = held
        self.file: OpenFile | None = None
        self.body: bytes | None = None  # None as well when its sender has not finished
        self.large = False  # it goes alone
        self.grew = False  # while it was taken
        self.fault: BaseException | None = None

    def read(self, hand: Hand, now: float, limit_bytes: int, *, alone: bool) -> None:
        """Open and read it. Raises ``NotAMessage`` and ``OSError``."""
        self.file = file = hand.opened(self.held)
        if not file.settled(now):
            return
        if not alone and LARGE_BYTES < file.status.st_size <= limit_bytes:
            self.large = True
            return
        body = file.read(limit_bytes)
        self.body = body if file.unchanged() else None  # it is being written after all


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
        blots: Blots = nothing_to_blot,
        tell_aside: TellAside = told_nobody,
    ) -> None:
        """``blots`` takes secrets out of what is set aside; ``tell_aside`` hears of it."""
        self._places = places
        self._blots = blots
        self._tell_aside = tell_aside
        self._partners = partners
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._piles = WaitingFiles()
        self._taken = 0
        self._looked_at: dict[str, float] = {}  # partner → when, in this sweep
        self._costly: dict[str, None] = {}  # partners whose folders take long to look at, in turns
        self._again_at: dict[FileInHand, float] = {}  # files at which intake failed unexpectedly
        self._set_aside: set[str] = set()  # partners of whom something was, since what is kept of it was bounded
        self._told: dict[object, str] = {}  # of partners and files, what was said last
        self.unreadable: dict[str, UnreadableFiles] = {}
        """Partners in whose folders files lie that the hub may not open, at the last look."""

    async def sweep(self) -> int:
        """Take every complete file once; return how many were taken.

        It lasts until nothing waits; who is through with his own is looked at again meanwhile. A folder or file that
        cannot be taken today is tried again by a later sweep, and keeps nobody else waiting.
        """
        before = self._taken
        self._looked_at.clear()
        await self._look()
        aside: asyncio.Task[None] | None = None
        try:
            while True:
                if aside is not None and aside.done():
                    aside.result()
                    aside = None
                if aside is None and self._piles.next_large() is not None:
                    aside = asyncio.create_task(self._take_large())
                if some := self._piles.next(FILES_AT_ONCE):
                    await self._take(some)
                elif aside is not None:
                    await asyncio.wait({aside}, timeout=SWEEP_SECONDS)
                else:
                    break
                await self._look()
        finally:
            if aside is not None:
                aside.cancel()
                await asyncio.gather(aside, return_exceptions=True)
        return self._taken - before

    async def _look(self) -> None:
        """Look into the folders of partners of whom nothing waits, each once in ``SWEEP_SECONDS``."""
        partners, now = list(self._partners()), time.monotonic()
        self._piles.keep_only(partners)
        due = [
            partner
            for partner in partners
            if partner not in self._piles and now - self._looked_at.get(partner, -SWEEP_SECONDS) >= SWEEP_SECONDS
        ]
        costly = [partner for partner in self._costly if partner in due]
        due = [partner for partner in due if partner not in self._costly] + costly[:1]
        looks = await asyncio.gather(*(asyncio.to_thread(self._look_at, partner) for partner in due))
        for partner, looked in zip(due, looks, strict=True):
            self._looked_at[partner] = now
            self._costly.pop(partner, None)
            if looked.cost_seconds > COSTLY_LOOK_SECONDS:
                self._costly[partner] = None
            self._piles.add(partner, looked.files)
            self._tell_of_look(partner, looked)

    def _look_at(self, partner: str) -> FolderState:
        """Return what an earlier sweep left in hand, then what is new and now in hand as well."""
        hand, now, begun = Hand(self._places, partner), self._clock(), time.thread_time()
        files: list[FileInHand] = []
        grown: list[FileInHand] = []
        unreadable, removed, fault = None, 0, None
        try:
            if partner in self._set_aside:  # once in a while: it costs a look at all that is kept
                self._set_aside.discard(partner)
                removed = hand.bound_refused()
            grown = hand.look_after(now)
            files = hand.lying()
            if (room := FILES_IN_HAND_MAX - len(files)) > 0:
                new, unreadable = hand.take(now, room)
                files = files + new
        except Exception as why:  # noqa: BLE001 - told by ``_tell_of_look``; it concerns this partner alone
            fault = why
        return FolderState(
            files=files,
            grown=grown,
            unreadable=unreadable,
            removed=removed,
            fault=fault,
            cost_seconds=time.thread_time() - begun,
        )

    def _tell_of_look(self, partner: str, looked: FolderState) -> None:
        for held in looked.grown:
            log.warning("file grew after it was taken: all of it is taken again", partner=partner, file_name=held.shown)
        if looked.removed:
            log.warning(
                "files set aside removed: the oldest, beyond what is kept", partner=partner, files=looked.removed
            )
        fault = looked.fault
        if fault is None:
            self._told.pop(partner, None)
            self._tell_of_unreadable(partner, looked.unreadable)
        elif isinstance(fault, (Blocked, Misconfigured, OSError, Unavailable)):
            self._tell_once(partner, str(fault), partial(log.warning, "folder not taken", partner=partner))
        else:
            log.error("folder not taken", partner=partner, fault=type(fault).__name__, exc_info=fault)

    def _tell_of_unreadable(self, partner: str, found: UnreadableFiles | None) -> None:
        """Say once that files wait which the hub may not open, and once that they wait no more."""
        about = (partner, "unreadable")
        if found is not None:
            self.unreadable[partner] = found
            told = partial(
                log.warning,
                "files not taken: they cannot be read",
                partner=partner,
                file_name=found.first,
                files=found.files,
            )
            self._tell_once(about, found.why, told)
        elif self.unreadable.pop(partner, None) is not None:
            self._told.pop(about, None)
            log.info("files can be read again", partner=partner)

    async def _take_large(self) -> None:
        """Hand over large files, one after the other."""
        while (held := self._piles.next_large()) is not None:
            try:
                await self._take([held], alone=True)
            finally:
                self._piles.large_done(held)

    async def _take(self, files: Sequence[FileInHand], *, alone: bool = False) -> None:
        """Hand over files that are in hand, together; each ends in a way of its own."""
        now = self._clock()
        due = [held for held in files if self._again_at.get(held, 0.0) <= now]
        opened, later = await asyncio.to_thread(self._open, due, alone=alone)
        try:
            self._piles.put_back(later)
            read = [each for each in opened if each.body is not None]
            told = await asyncio.gather(*(self._hand_over(each) for each in read), return_exceptions=True)
            for each, fault in zip(read, told, strict=True):
                each.fault = fault
            await asyncio.to_thread(self._let_go, [each for each in read if each.fault is None])
            for each in opened:
                await self._end(each)
        finally:
            for each in opened:
                if each.file is not None:
                    each.file.close()

    def _open(self, files: Sequence[FileInHand], *, alone: bool) -> tuple[list[OpenedFile], list[FileInHand]]:
        """Read files; return them, and those whose turn is later: behind a large one, or more than goes at once."""
        opened: list[OpenedFile] = []
        later: list[FileInHand] = []
        held_up: set[str] = set()
        size = 0
        for held in files:
            if held.partner in held_up or size > BYTES_AT_ONCE:
                later.append(held)
                continue
            each = OpenedFile(held)
            opened.append(each)
            try:
                each.read(Hand(self._places, held.partner), self._clock(), self._limit_bytes, alone=alone)
            except Exception as fault:  # noqa: BLE001 - judged by ``_end``: it concerns this file alone
                each.fault = fault
            size += len(each.body or b"")
            if each.large:
                held_up.add(held.partner)
        return opened, later

    async def _hand_over(self, each: OpenedFile) -> None:
        if each.body is not None:
            held = each.held  # a file that was handed over when we died is handed over again, whenever we come back
            key = f"folder {held.own} {len(each.body)}"
            await self._receive(held.partner, each.body, transport="folder", file_name=held.shown, idempotency_key=key)

    def _let_go(self, handed: Sequence[OpenedFile]) -> None:
        """Let go of files that were handed over, or watch what may still grow."""
        for each in handed:
            hand, file = Hand(self._places, each.held.partner), each.file
            try:
                if file is None or not file.unchanged():
                    each.grew = True
                elif file.surely_whole(self._clock()):
                    hand.remove(each.held)
                else:
                    hand.watch(each.held, file.status)
            except Exception as fault:  # noqa: BLE001 - judged by ``_end``
                each.fault = fault

    async def _end(self, each: OpenedFile) -> None:
        """Do what is left to do with a file, by what came of it."""
        held, fault, partner = each.held, each.fault, each.held.partner
        if fault is None:
            self._note(each)
            return
        if isinstance(fault, Unavailable):  # the hub takes nothing now
            self._piles.drop(partner)
            told = partial(log.warning, "folder not taken", partner=partner)
            self._tell_once((partner, "intake"), str(fault), told)
            return
        self._again_at.pop(held, None)
        if isinstance(fault, FileNotFoundError):  # another hub on the same folders has taken it
            return
        if isinstance(fault, (NotAMessage, RefusedBody)):
            await self._put_aside(held, fault.said)
        elif each.file is None and isinstance(fault, BlockingIOError):
            self._say_that_it_waits(held, "its sender holds a lease")
        elif each.file is None and isinstance(fault, PermissionError):
            if not await asyncio.to_thread(Hand(self._places, partner).put_back, held):
                await self._put_aside(held, Wording(key="refused/unreadable"))
        elif isinstance(fault, Exception):
            kind = type(fault).__name__
            told = partial(
                log.error, "file not taken", partner=partner, file_name=held.shown, fault=kind, exc_info=fault
            )
            self._tell_once((partner, kind), str(fault), told)
            self._again_at[held] = self._clock() + AGAIN_AFTER_SECONDS
        else:
            raise fault

    def _note(self, each: OpenedFile) -> None:
        """Note what came of a file with which nothing was wrong."""
        held = each.held
        if each.large:
            self._piles.set_large(held)
        elif each.body is None:
            if each.file is not None and each.file.closed_by_sender is False:
                self._say_that_it_waits(held, "its sender still has it open")
        else:
            self._taken += 1
            for about in (held, (held.partner, "intake")):
                self._told.pop(about, None)
            self._again_at.pop(held, None)
            if each.grew:
                told = "file grew while it was taken: all of it is taken again"
                log.warning(told, partner=held.partner, file_name=held.shown)

    async def _put_aside(self, held: FileInHand, reason: Wording) -> None:
        """Set a file aside once it is on record; where it cannot be recorded now, it stays in hand."""
        hand = Hand(self._places, held.partner)
        kept = await asyncio.to_thread(hand.without_secrets, held, self._blots)
        told = RefusedFile(id=held.own, partner=held.partner, name=held.shown, reason=reason, kept=kept)
        try:
            await self._tell_aside(told)
        except Unavailable as fault:
            self._tell_once(held, str(fault), partial(log.warning, "file waits", partner=held.partner))
            return
        await asyncio.to_thread(hand.set_aside, held)
        log.warning("file set aside", partner=held.partner, file_name=held.shown, reason=str(reason))
        self._set_aside.add(held.partner)

    def _say_that_it_waits(self, held: FileInHand, why: str) -> None:
        self._tell_once(held, why, partial(log.info, "file waits", partner=held.partner, file_name=held.shown))

    def _tell_once(self, about: object, reason: str, tell: Callable[..., object]) -> None:
        """Tell it unless it was told before: a sweep comes every second."""
        if self._told.get(about) != reason:
            if len(self._told) >= TOLD_MAX:
                self._told.clear()
            self._told[about] = reason
            tell(reason=reason)
