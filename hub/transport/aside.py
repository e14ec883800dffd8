"""Files that are set aside, to be looked at by a person: with no secret in them that nobody may keep.

A file is never written to, for it may be its sender's still, or another's by a second name: where there is a secret in
its beginning, what is kept is a copy without it; where one may stand behind its beginning, a copy of that alone.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Awaitable, Callable
from hashlib import file_digest

from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.platform.blobs import HEAD_BYTES

COPIED_BYTES_MAX = 100 * 1024 * 1024  # of a larger one the beginning is kept: what is wrong with it is its size
COPY = ".copy"

Blots = Callable[[bytes], tuple[bytes, bool]]
"""Returns the beginning of a body without its secrets, and whether nothing behind it may be kept."""


class KeptFile(Struct):
    """What is kept of a file: its bytes are counted and known, where it is a file and can be read."""

    size_bytes: int | None = None
    sha256: str | None = None  # of what is kept; None as well of one so large that nobody waits for it


class RefusedFile(Struct):
    """A file of a partner's that is set aside: what it is called, and why."""

    id: str  # of the folder in which it is kept
    partner: str
    name: str
    reason: Wording
    kept: KeptFile = KeptFile()


TellAside = Callable[[RefusedFile], Awaitable[None]]
"""Hears of a file before it is set aside; of one that a crash left in hand, twice."""


async def told_nobody(_: RefusedFile) -> None:
    """Tell nobody."""


def nothing_to_blot(head: bytes) -> tuple[bytes, bool]:
    """Return the beginning of a body as it is."""
    return head, False


def without_secrets(name: str, folder: int, blots: Blots) -> bool:
    """Keep in place of the file ``name`` in the open ``folder`` a copy without its secrets; False: it stays as it is.

    What is no file, or has a second name, is not opened.
    """
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        return False
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
        head = file.read(HEAD_BYTES)
        kept, is_all = blots(head)
        if kept == head and not (is_all and status.st_size > len(head)):
            return False
        makes = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(COPY, makes, stat.S_IRUSR | stat.S_IWUSR, dir_fd=folder), "wb") as copy:
            copy.write(kept)
            if status.st_size <= COPIED_BYTES_MAX and not is_all:
                shutil.copyfileobj(file, copy)
    os.rename(COPY, name, src_dir_fd=folder, dst_dir_fd=folder)
    return True


def kept_of(name: str, folder: int) -> KeptFile:
    """Return size and digest of the file ``name`` in the open ``folder``; of what is no file, or two, nothing."""
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        return KeptFile()
    if status.st_size > COPIED_BYTES_MAX:
        return KeptFile(size_bytes=status.st_size)
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
        return KeptFile(size_bytes=status.st_size, sha256=file_digest(file, "sha256").hexdigest())
