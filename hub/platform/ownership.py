"""One process serves one data directory: who else tries is told so at once.

The embedded SQLite database and the folders beside it have one server, which may therefore take up at its start
whatever a dead one left in hand, without waiting for a lease to end. In: the data directory. Out: a lock that lasts
until it is released or the process is gone, however it went. Commands need none: they only read and write rows.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from hub.kernel.errors import Misconfigured
from hub.platform.at_rest import own_folder

LOCK_FILE = "serving.lock"


class Ownership:
    """The lock on ``data``. Raises ``Misconfigured`` when another process has it."""

    def __init__(self, data: Path) -> None:
        own_folder(data)
        self._descriptor = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace")
            os.close(self._descriptor)
            raise Misconfigured.told(
                f"another hub (process {holder}) serves {data}", remedy="stop it, or choose another --data"
            ) from fault
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another process have it. The file stays: removing it would let two hold one each."""
        os.close(self._descriptor)
