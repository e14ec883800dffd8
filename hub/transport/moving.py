"""The folders of an earlier version, ``<data>/folders``, moved to where partners' folders lie now.

They lay within the data directory, which no other account may enter any more. At start-up each is renamed as it is,
owner and mode included, but for what others might do: the new place is passed by all, and what was open within a closed
folder would be open to everybody there. Where that cannot be (a folder of its partner is there already, or another file
system), its files are moved one by one. What is no plain file, or is still being written, stays and is told.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.kernel.identity import is_partner_id, new_id
from hub.kernel.struct import Struct
from hub.transport.blocked import Blocked
from hub.transport.hand import SETTLED_AFTER_SECONDS, refused, written_at
from hub.transport.places import IN, OUT, REFUSED, TAKING, WRITING, Places, walked

OLD_TAKING, OLD_REFUSED, OLD_UNFINISHED = ".taking", "refused", ".writing"


class Moved(Struct):
    """What came of it."""

    partners: list[str] = []
    left: list[str] = []
    """Partners of whom something stays in the old folder."""
    closed: list[str] = []
    """Partners whose folder was open to others, and was closed to them before it was moved."""


def move_in(old: Path, places: Places) -> Moved:
    """Move the partners' folders below ``old`` to ``places``, which are prepared; remove what is then empty."""
    moved: list[str] = []
    left: list[str] = []
    closed: list[str] = []
    with walked_path(old) as within:
        for partner in sorted(os.listdir(within)):
            if not is_partner_id(partner):
                continue
            with contextlib.suppress(OSError, Blocked):  # one that cannot be closed stays where it is
                with walked(within, partner) as folder:
                    if _close(folder):
                        closed.append(partner)
                _move_partner(partner, within, places)
            (left if _is_there(partner, within) else moved).append(partner)
    with contextlib.suppress(OSError):
        old.rmdir()
    return Moved(partners=moved, left=left, closed=closed)


@contextmanager
def walked_path(path: Path) -> Iterator[int]:
    """Give the folder ``path``, open; the way there is the operator's."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _close(folder: int) -> bool:
    """Take from others what they may do in the partner's folder and its sides; tell whether they could enter it."""
    was_open = _closed_to_others(folder)
    for side in (IN, OUT):
        with contextlib.suppress(OSError), walked(folder, side) as there:  # the folder above it is closed in any case
            _closed_to_others(there)
    return was_open


def _closed_to_others(folder: int) -> bool:
    mode = stat.S_IMODE(os.fstat(folder).st_mode)
    if mode & stat.S_IRWXO:
        os.fchmod(folder, mode & ~stat.S_IRWXO)
    return bool(mode & stat.S_IRWXO)


def _move_partner(partner: str, old: int, places: Places) -> None:
    with walked(old, partner) as folder, contextlib.suppress(FileNotFoundError):
        _take_over_hand(partner, folder, places)
    with walked_path(places.root) as root:
        if not _is_there(partner, root) or _only_empty(partner, root):
            try:
                os.rename(partner, partner, src_dir_fd=old, dst_dir_fd=root)
            except OSError as fault:
                if fault.errno not in (errno.EXDEV, errno.EACCES, errno.EPERM, errno.ENOTEMPTY, errno.EEXIST):
                    raise
            else:
                return
    with walked(old, partner) as folder:
        for side in (IN, OUT):
            with contextlib.suppress(FileNotFoundError), walked(folder, side) as source:
                with places.of(partner, side, make=True) as target:
                    _like(source, target)
                    _move_files(source, target, places)
                with contextlib.suppress(OSError):  # something stays
                    os.rmdir(side, dir_fd=folder)
    os.rmdir(partner, dir_fd=old)


def _take_over_hand(partner: str, folder: int, places: Places) -> None:
    """Move what was in hand, and what was refused, into the folders of ours."""
    for name, to in ((OLD_TAKING, TAKING), (OLD_REFUSED, REFUSED)):
        with contextlib.suppress(FileNotFoundError), walked(folder, name) as source:
            with places.own(to, partner, make=True) as target:
                for entry in os.listdir(source):
                    if stat.S_ISDIR(os.stat(entry, dir_fd=source, follow_symlinks=False).st_mode):
                        own = entry
                        with walked(source, entry) as inner:
                            _move_each(inner, own, target, places)
                        with contextlib.suppress(OSError):
                            os.rmdir(entry, dir_fd=source)
                    else:
                        _move_one(source, entry, new_id(), target, places)
            with contextlib.suppress(OSError):
                os.rmdir(name, dir_fd=folder)


def _move_each(source: int, own: str, target: int, places: Places) -> None:
    for entry in os.listdir(source):
        _move_one(source, entry, own, target, places)


def _move_one(source: int, name: str, own: str, target: int, places: Places) -> None:
    """Move one file into the folder ``own`` of ours."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(own, stat.S_IRWXU, dir_fd=target)
    with walked(target, own) as into:
        _move_file(source, name, into, places)


def _move_files(source: int, target: int, places: Places) -> None:
    for name in os.listdir(source):
        if name.endswith(OLD_UNFINISHED) and name.startswith("."):
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=source)  # of a delivery that broke off; it is tried again
        elif not _is_there(name, target):
            _move_file(source, name, target, places)


def _move_file(source: int, name: str, target: int, places: Places) -> None:
    """Rename the file, or copy it where it lies on another file system."""
    try:
        os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            return
        _copy(source, name, target, places)


def _copy(source: int, name: str, target: int, places: Places) -> None:
    before = os.stat(name, dir_fd=source, follow_symlinks=False)
    if refused(before) is not None or time.time() - written_at(before) < SETTLED_AFTER_SECONDS:
        return
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=source)
    with os.fdopen(descriptor, "rb") as file, places.own(WRITING, make=True) as writing:
        unfinished = new_id()
        new = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=writing)
        with os.fdopen(new, "wb") as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            _like(descriptor, new)
            os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
            os.fsync(new)
        after = os.fstat(descriptor)
        if refused(after) is not None or after.st_size != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
            os.unlink(unfinished, dir_fd=writing)
            return
        os.rename(unfinished, name, src_dir_fd=writing, dst_dir_fd=target)
        os.fsync(target)
        os.unlink(name, dir_fd=source)


def _like(source: int, target: int) -> None:
    """Give ``target`` owner and mode of ``source``, as far as we may."""
    status = os.fstat(source)
    with contextlib.suppress(PermissionError):
        os.fchown(target, status.st_uid, status.st_gid)
        os.fchmod(target, stat.S_IMODE(status.st_mode) & 0o777)


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _only_empty(partner: str, root: int) -> bool:
    """Remove the partner's new folder if nothing was put into it yet; tell whether it is gone."""
    with contextlib.suppress(OSError):
        with walked(root, partner) as folder:
            for side in (IN, OUT):
                with contextlib.suppress(FileNotFoundError):
                    os.rmdir(side, dir_fd=folder)
        os.rmdir(partner, dir_fd=root)
        return True
    return False
