"""What the machine is short of: room on a disk, open files, memory. Nobody's fault, and over when there is some again.

In: an exception of whatever was tried. Out: ``Unavailable`` when the machine was short, so that a job keeps its
attempts, a partner is told to come again, and nothing is given up; None for every other exception.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from hub.kernel.errors import Unavailable

RETRY_AFTER_SECONDS = 5.0  # a disk is not emptied sooner, and what waits for descriptors should not crowd for them
CAUSES_MAX = 10  # exceptions behind an exception that are looked at

SHORT = {
    errno.ENOSPC: "no room on the disk",
    errno.EDQUOT: "no room on the disk",
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files",
    errno.ENOMEM: "no memory",
}
SQLITE_SHORT = {
    "SQLITE_FULL": "no room on the disk",
    "SQLITE_CANTOPEN": "the database file cannot be opened",
    "SQLITE_NOMEM": "no memory",
    "SQLITE_IOERR": "the disk gives errors",
}


def shortage(fault: BaseException) -> Unavailable | None:
    """Return ``Unavailable`` when ``fault``, or what caused it, was that the machine is short of something."""
    cause: BaseException | None = fault
    for _ in range(CAUSES_MAX):
        if cause is None:
            return None
        why = _why(cause)
        if why is not None:
            return Unavailable(f"the machine is short of something: {why}", retry_after_seconds=RETRY_AFTER_SECONDS)
        cause = getattr(cause, "orig", None) or cause.__cause__ or cause.__context__  # the driver's, in SQLAlchemy's
    return None


@contextmanager
def told_as_unavailable() -> Iterator[None]:
    """Raise what the machine is short of as ``Unavailable``; everything else as it is."""
    try:
        yield
    except OSError as fault:
        if (short := shortage(fault)) is not None:
            raise short from fault
        raise


def _why(fault: BaseException) -> str | None:
    if isinstance(fault, OSError):
        return SHORT.get(fault.errno or 0)
    if isinstance(fault, sqlite3.Error):
        name = str(getattr(fault, "sqlite_errorname", ""))  # SQLITE_CANTOPEN_ISDIR and the like begin as their kind
        return next((why for kind, why in SQLITE_SHORT.items() if name.startswith(kind)), None)
    return None
