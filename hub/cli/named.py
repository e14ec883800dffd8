"""Files that a person names on the command line: plain ones, of a size that can be read, or one line that says why not.

In: a path. Out: its bytes, or the file open to be read piece by piece. A pipe is not waited for, a device not read
without end, a folder told with how to name what is in it; each ends the command with exit code 2 before any work.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from hub.cli.output import shown
from hub.kernel.errors import Misconfigured

BYTES_MAX = 100 * 1024 * 1024  # as of a message that the hub takes in (HUB_BODY_BYTES_MAX)

KINDS = {
    stat.S_IFDIR: "a folder; name files in it",
    stat.S_IFIFO: "a pipe; write it into a file and name that",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}


class NamedFile(click.Path):
    """The type of an argument that names a file to be read."""

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path; end the command where it leads to nothing that can be read."""
        path = Path(value)
        why = _why_not(path)
        if why is not None:
            self.fail(f"'{shown(str(path))}' {why}", param, ctx)
        return path


NAMED_FILE = NamedFile()


def read_named(path: Path) -> bytes:
    """Return the bytes of a file that was named. Raises ``Misconfigured`` when it is none, or beyond reason."""
    with open_named(path) as file:
        data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise _refused(path, f"is larger than {BYTES_MAX} bytes")
    return data


@contextmanager
def open_named(path: Path) -> Iterator[BinaryIO]:
    """Give the file that was named, open. Raises ``Misconfigured`` as ``read_named`` does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise _refused(path, f"cannot be read: {said}") from fault
    with os.fdopen(descriptor, "rb") as file:
        why = _judged(os.fstat(descriptor))
        if why is not None:
            raise _refused(path, why)
        yield file


def _why_not(path: Path) -> str | None:
    try:
        why = _judged(path.stat())
    except FileNotFoundError:
        return "does not exist"
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
        return f"cannot be read: {fault.strerror if isinstance(fault, OSError) else fault}"
    if why is None and not os.access(path, os.R_OK):
        return "cannot be read; check its permissions"
    return why


def _judged(status: os.stat_result) -> str | None:
    """Return why what has this ``status`` is not read; None for a file of a size that can be."""
    if not stat.S_ISREG(status.st_mode):
        return f"is {KINDS.get(stat.S_IFMT(status.st_mode), 'not a file')}"
    return f"is larger than {BYTES_MAX} bytes" if status.st_size > BYTES_MAX else None


def _refused(path: Path, why: str) -> Misconfigured:
    return Misconfigured.told(why, file=str(path), remedy="name a plain file that can be read")
