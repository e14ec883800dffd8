"""Files of one partner that are in hand: moved out of its folder, read, and let go of when they are surely whole.

A sender may still hold a file open that we have moved, and write on. Where the system tells (``F_SETLEASE``, for files
of our own account and for root), a file waits until nobody can write to it any more, and for a moment more
(``CLOSED_AFTER_SECONDS``). Where it does not, a file counts as whole when nobody has written to it for
``SETTLED_AFTER_SECONDS``, before and after it was read. What may still grow is then kept until it is a minute old, and
if it has grown by then, all of it is taken once more, with a warning. No byte is lost.

What the hub may not open stays where it lies: in hand nobody could reach it, neither its sender nor we.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from io import FileIO
from itertools import islice

from hub.kernel.identity import new_id
from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.struct import Struct
from hub.platform.shortage import shortage
from hub.transport.aside import Blots, KeptFile, kept_of, without_secrets
from hub.transport.blocked import Blocked
from hub.transport.places import HANDED, IN, REFUSED, TAKING, Places

SETTLED_AFTER_SECONDS = 2.0  # senders that write in place pause less than this between writes
CLOSED_AFTER_SECONDS = 0.5  # nobody has it open: a script that appends to it opens it again within milliseconds
WATCHED_SECONDS = 60.0  # a file that was handed over is kept until its last byte is so old
FILES_PER_SWEEP_MAX = 250  # moved at one look into a partner's folder: some 20 ms; the rest waits for the next
FILES_IN_HAND_MAX = 2_000  # of one partner, among them those that wait for their senders; more stay where they are
FILES_WATCHED_MAX = 5_000  # of one partner; beyond it the oldest are let go of: a sweep looks at each of them
FILES_REFUSED_MAX = 1_000  # of one partner, kept to be looked at; of more the oldest are removed
REFUSED_BYTES_MAX = 1024 * 1024 * 1024  # of those: ten of the largest messages
ENTRIES_LOOKED_AT_MAX = 100_000  # of one folder and look: a fifth of a second
UNREADABLE_LOOKED_AT_MAX = 5_000  # files of one look that cannot be opened: 50 ms; more than any client leaves behind
UNFINISHED_SUFFIXES = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".writing")


SECOND_NAME = "refused/second-name"
declared(
    {
        "refused/no-file": Phrase(message="not a file"),
        SECOND_NAME: Phrase(message="has a second name, under which it may be changed"),
        "refused/too-large": Phrase(message="more than {most} bytes"),
        "refused/unreadable": Phrase(message="it cannot be read"),
    }
)


class FileInHand(Struct):
    """A file in hand: its name as its sender gave it, in a folder of its own."""

    partner: str
    own: str
    name: str

    @property
    def shown(self) -> str:
        """The name as text."""
        return shown(self.name)


UNREADABLE = "TRN-FOLDER-UNREADABLE"
READABLE_AGAIN = "let the hub's account read what is dropped there: docs/operations.md, Folders"


class UnreadableFiles(Struct):
    """Files that lie in a partner's folder and are not opened by the hub: how many, the first, and why."""

    files: int
    first: str
    why: str

    def __str__(self) -> str:
        which = f"{self.files}, {self.first!r} first"
        return f"{UNREADABLE}: files stay in the folder, for the hub does not read them ({which}): {self.why}"


class FolderContents(Struct):
    """What lies in a partner's folder: names of complete files, oldest first, and those that cannot be read."""

    complete: list[str]
    unreadable: UnreadableFiles | None = None


def complete_files(folder: int, now: float) -> FolderContents:
    """Return which files in the open ``folder`` are complete.

    ``now`` is in seconds of the file system's clock. A file is complete when its name is not that of an unfinished one
    and nobody has written to it for a while (``OpenFile.settled``). Links, folders, pipes, devices and hidden files are
    left alone; what cannot be opened is counted, and so is a file that keeps a second name.
    """

    def found() -> Iterator[tuple[float, str, float, bool]]:
        with os.scandir(folder) as entries:
            for entry in islice(entries, ENTRIES_LOOKED_AT_MAX):
                if entry.name.startswith((".", "~")) or entry.name.lower().endswith(UNFINISHED_SUFFIXES):
                    continue
                with contextlib.suppress(FileNotFoundError):  # gone since we looked
                    status = entry.stat(follow_symlinks=False)
                    why, quiet = refused(status), now - written_at(status)
                    if why in (None, SECOND_NAME) and quiet >= CLOSED_AFTER_SECONDS:
                        yield status.st_mtime, entry.name, quiet, why is not None

    complete: list[str] = []
    unreadable: list[tuple[str, OSError | None]] = []
    for _, name, quiet, doubled in sorted(found()):
        if len(complete) >= FILES_PER_SWEEP_MAX or len(unreadable) >= UNREADABLE_LOOKED_AT_MAX:
            break
        if doubled:
            if quiet >= SETTLED_AFTER_SECONDS:  # who moves a file by linking it takes the other name away at once
                unreadable.append((name, None))
            continue
        try:
            closed = _can_be_read(name, folder)
        except (FileNotFoundError, NotAMessage):  # another stands there since we looked, or none
            continue
        except OSError as fault:
            if shortage(fault) is not None:  # ours, and no fault of the file
                raise
            unreadable.append((name, fault))
        else:
            if closed or quiet >= SETTLED_AFTER_SECONDS:
                complete.append(name)
    return FolderContents(complete=complete, unreadable=_told(unreadable))


def _can_be_read(name: str, folder: int) -> bool:
    """Open the file and let go of it: whether nobody has it open to write. Raises ``OSError`` when it cannot be."""
    with contextlib.closing(_open(name, folder)) as file:
        return file.closed_by_sender is True


def _told(unreadable: list[tuple[str, OSError | None]]) -> UnreadableFiles | None:
    if not unreadable:
        return None
    name, fault = unreadable[0]
    if fault is None:
        why = "a file that has a second name is not opened"
    else:
        held = isinstance(fault, BlockingIOError)
        why = "their sender holds a lease" if held else fault.strerror or "cannot be opened"
    return UnreadableFiles(files=len(unreadable), first=shown(name), why=why)


def shown(name: str) -> str:
    """Return the name of a file as text: bytes that are no UTF-8 are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def refused(status: os.stat_result) -> str | None:
    """Return the sentence that says why what has this ``status`` is no message; None when it may be one."""
    if not stat.S_ISREG(status.st_mode):
        return "refused/no-file"
    return SECOND_NAME if status.st_nlink > 1 else None


def written_at(status: os.stat_result) -> float:
    """Return when the file was last written to. A time its sender set may lie ahead; its change does not."""
    return min(status.st_mtime, status.st_ctime)


class Hand:
    """What the hub has in hand of ``partner``. Each call works on the disk: not for the event loop."""

    def __init__(self, places: Places, partner: str) -> None:
        self._places = places
        self._partner = partner

    def lying(self) -> list[FileInHand]:
        """Return the files in hand, first taken first; remove folders that a crash left empty."""
        found: list[FileInHand] = []
        with self._places.own(TAKING, self._partner, make=True) as hand:
            for own in heapq.nsmallest(FILES_IN_HAND_MAX, os.listdir(hand)):  # ids sort by time
                names = _names(own, hand)
                found += [FileInHand(partner=self._partner, own=own, name=name) for name in names]
                if not names:
                    _forget(own, hand)
        return found

    def take(self, now: float, room: int) -> tuple[list[FileInHand], UnreadableFiles | None]:
        """Move up to ``room`` complete files out of the partner's folder, where it cannot put others in their place.

        With them, what stays there because it cannot be read.
        """
        taken: list[FileInHand] = []
        barred: OSError | None = None
        with (
            self._places.own(TAKING, self._partner, make=True) as hand,
            self._places.of(self._partner, IN) as inbox,
        ):
            lying = complete_files(inbox, now)
            for name in lying.complete[:room]:
                own = new_id()
                os.mkdir(own, stat.S_IRWXU, dir_fd=hand)
                try:
                    os.rename(name, f"{own}/{name}", src_dir_fd=inbox, dst_dir_fd=hand)
                except OSError as fault:
                    _forget(own, hand)
                    barred = barred if isinstance(fault, FileNotFoundError) else fault
                else:
                    taken.append(FileInHand(partner=self._partner, own=own, name=name))
            if barred is not None and not taken:  # else it is told when they have been handed over
                raise barred
        return taken, lying.unreadable

    def unreadable(self, now: float) -> UnreadableFiles | None:
        """Return what lies in the partner's folder, if it is there, and cannot be read; nothing is moved."""
        try:
            with self._places.of(self._partner, IN) as inbox:
                return complete_files(inbox, now).unreadable
        except Blocked:
            return None

    def opened(self, held: FileInHand) -> OpenFile:
        """Return the file, open. Raises ``NotAMessage`` for what is no file, which is not opened at all."""
        with self._places.own(TAKING, self._partner, held.own) as own:
            return _open(held.name, own)

    def put_back(self, held: FileInHand) -> bool:
        """Put a file back where its sender left it; False when another stands there by now, and it stays in hand."""
        with (
            self._places.own(TAKING, self._partner) as hand,
            self._places.of(self._partner, IN) as inbox,
        ):
            if _is_there(held.name, inbox):
                return False
            os.rename(f"{held.own}/{held.name}", held.name, src_dir_fd=hand, dst_dir_fd=inbox)
            _forget(held.own, hand)
        return True

    def remove(self, held: FileInHand) -> None:
        """Let go of a file that was handed over."""
        with self._places.own(TAKING, self._partner) as hand:
            _empty(held.own, hand)

    def watch(self, held: FileInHand, status: os.stat_result) -> None:
        """Keep a file that was handed over as ``status`` says, until its sender has surely let go of it."""
        with (
            self._places.own(TAKING, self._partner) as hand,
            self._places.own(HANDED, self._partner, make=True) as handed,
        ):
            seen = f"{held.own}.{status.st_size}.{status.st_mtime_ns}"
            os.rename(held.own, seen, src_dir_fd=hand, dst_dir_fd=handed)

    def look_after(self, now: float) -> list[FileInHand]:
        """Let go of watched files that are old enough; return those that have grown, which are in hand again."""
        grown = []
        with (
            self._places.own(TAKING, self._partner, make=True) as hand,
            self._places.own(HANDED, self._partner, make=True) as handed,
        ):
            watched = sorted(os.listdir(handed))
            spare = len(watched) - FILES_WATCHED_MAX
            for position, own in enumerate(watched):
                for name in _names(own, handed):
                    status = os.stat(f"{own}/{name}", dir_fd=handed, follow_symlinks=False)
                    before = own.split(".")
                    if [str(status.st_size), str(status.st_mtime_ns)] != before[1:]:
                        os.rename(own, before[0], src_dir_fd=handed, dst_dir_fd=hand)
                        grown.append(FileInHand(partner=self._partner, own=before[0], name=name))
                    elif position < spare or _surely_whole(f"{own}/{name}", handed, now - written_at(status)):
                        _empty(own, handed)
        return grown

    def without_secrets(self, held: FileInHand, blots: Blots) -> KeptFile:
        """Return what is kept of what is no message, whatever it is: what ``blots`` finds in it is not."""
        with self._places.own(TAKING, self._partner, held.own) as own, contextlib.suppress(PermissionError):
            without_secrets(held.name, own, blots)
            return kept_of(held.name, own)
        return KeptFile()

    def set_aside(self, held: FileInHand) -> None:
        """Move what is no message among the refused."""
        with (
            self._places.own(TAKING, self._partner) as hand,
            self._places.own(REFUSED, self._partner, make=True) as aside,
        ):
            os.rename(held.own, held.own, src_dir_fd=hand, dst_dir_fd=aside)

    def bound_refused(self) -> int:
        """Remove the oldest of what was set aside beyond what is kept of it; return how many."""
        removed = kept = kept_bytes = 0
        with self._places.own(REFUSED, self._partner, make=True) as aside:
            for own in sorted(os.listdir(aside), reverse=True):  # ids sort by time
                found = [os.stat(f"{own}/{name}", dir_fd=aside, follow_symlinks=False) for name in _names(own, aside)]
                size = sum(min(each.st_size, each.st_blocks * 512) for each in found)  # what it takes: holes take none
                if kept < FILES_REFUSED_MAX and kept_bytes + size <= REFUSED_BYTES_MAX:
                    kept, kept_bytes = kept + 1, kept_bytes + size
                else:
                    shutil.rmtree(own, dir_fd=aside, ignore_errors=True)
                    removed += 1
        return removed


class NotAMessage(Exception):
    """What lies there is refused; says why."""

    def __init__(self, key: str, **words: Word) -> None:
        self.said = Wording(key=key, words=words)
        super().__init__(str(self.said))


class OpenFile:
    """A file that is open, as it was when it was opened."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._descriptor = file.fileno()
        self.status = os.fstat(self._descriptor)
        _refuse(self.status)
        self.closed_by_sender = _closed_for_writing(self._descriptor)
        """Whether nobody can write to it any more; None where the system does not tell."""

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    def settled(self, now: float) -> bool:
        """Tell whether its sender seems to have finished."""
        quiet = now - written_at(self.status)
        return self.closed_by_sender is not False and quiet >= (
            CLOSED_AFTER_SECONDS if self.closed_by_sender else SETTLED_AFTER_SECONDS
        )

    def read(self, limit_bytes: int) -> bytes:
        """Return its bytes. Raises ``NotAMessage`` when there are more than ``limit_bytes``, and reads none of them."""
        if self.status.st_size > limit_bytes:
            raise NotAMessage("refused/too-large", most=limit_bytes)
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            return file.read(self.status.st_size + 1)

    def unchanged(self) -> bool:
        """Tell whether it is now as it was when it was opened."""
        now = os.fstat(self._descriptor)
        return (now.st_size, now.st_mtime_ns) == (self.status.st_size, self.status.st_mtime_ns)

    def surely_whole(self, now: float) -> bool:
        """Tell whether it need not be watched once it was handed over."""
        quiet = now - written_at(self.status)
        return quiet >= WATCHED_SECONDS or (self.closed_by_sender is True and quiet >= SETTLED_AFTER_SECONDS)


def _surely_whole(path: str, folder: int, quiet: float) -> bool:
    """Tell whether a watched file need be watched no more, when nobody has written to it for ``quiet`` seconds."""
    if quiet >= WATCHED_SECONDS:
        return True
    if quiet < SETTLED_AFTER_SECONDS:
        return False
    try:
        return _can_be_read(path, folder)
    except (OSError, NotAMessage):
        return False


def _open(name: str, folder: int) -> OpenFile:
    """Open a file to be read. Raises ``NotAMessage`` for what is none, ``OSError`` for what cannot be opened.

    Where a partner may put another in its place between the look and the opening, neither a link is followed nor a
    pipe waited for, and what was opened is looked at once more.
    """
    _refuse(os.stat(name, dir_fd=folder, follow_symlinks=False))
    file = FileIO(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder))
    try:
        return OpenFile(file)
    except BaseException:
        file.close()
        raise


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _refuse(status: os.stat_result) -> None:
    if (why := refused(status)) is not None:
        raise NotAMessage(why)


def _closed_for_writing(descriptor: int) -> bool | None:
    """Tell whether nobody has the file open to write; None where the system does not say.

    A lease can be had only on a file that nobody writes to, and is given back at once. Whoever opened the file in
    between would be announced by a signal: by one that is ignored, not by SIGIO, which would end the process.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return False
    except OSError:  # not ours, or a file system without leases
        return None
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return True


def _names(own: str, folder: int) -> list[str]:
    """Return what lies in the folder ``own`` of ours; nothing when it is gone or none."""
    try:
        descriptor = os.open(own, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):  # another hub on the same folders has tidied it
        return []
    try:
        return os.listdir(descriptor)
    finally:
        os.close(descriptor)


def _empty(own: str, folder: int) -> None:
    for name in _names(own, folder):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{own}/{name}", dir_fd=folder)
    _forget(own, folder)


def _forget(own: str, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.rmdir(own, dir_fd=folder)
