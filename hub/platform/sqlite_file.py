"""Whether the file of a database still begins as one, asked beside SQLite and without harm to its locks.

A process loses every lock it has on a file when it closes any descriptor of it, whoever had opened it (POSIX). Were the
file opened and closed beside SQLite, the next command that ends would take itself for the last one on the database and
remove the log from under the hub. So each file that was looked at stays open until all of SQLite's are closed.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

MAGIC = b"SQLite format 3\0"  # how the file begins


class Beginning:
    """Reads the first bytes of the file at ``path``; ``close`` only when no connection to it is open any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._open: dict[tuple[int, int], int] = {}  # by device and inode: one, unless the file was replaced

    def is_database(self) -> bool:
        """Raises ``OSError`` when there is no file."""
        with self._lock:
            status = os.stat(self._path)
            key = status.st_dev, status.st_ino
            if key not in self._open:
                self._open[key] = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            return os.pread(self._open[key], len(MAGIC), 0) == MAGIC

    def close(self) -> None:
        with self._lock:
            for descriptor in self._open.values():
                os.close(descriptor)
            self._open.clear()
