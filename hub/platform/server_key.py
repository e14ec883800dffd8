"""A secret of this server's own, made at its first start: what it signs, it knows again after a restart.

In: the data directory. Out: 32 bytes from ``server.key`` there, readable by the hub's account alone. ``Misconfigured``
when the file is not as we write it. It may be removed while the hub stands: whoever has a login page open reloads it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from hub.kernel.errors import Misconfigured
from hub.kernel.identity import new_id

KEY_FILE = "server.key"
KEY_BYTES = 32


def server_key(data: Path) -> bytes:
    """Return the key of the hub in ``data``, made now if there is none."""
    file = data / KEY_FILE
    if not file.is_file():
        data.mkdir(parents=True, exist_ok=True)
        fresh = data / f".{KEY_FILE}.{new_id()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            written.write(secrets.token_bytes(KEY_BYTES))
        with contextlib.suppress(FileExistsError):  # another hub of this data was quicker
            os.link(fresh, file)
        fresh.unlink()
    with file.open("rb") as stored:
        key = stored.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise Misconfigured.told(
            f"{file} holds {len(key)} bytes and not {KEY_BYTES}", remedy="remove it, and start again"
        )
    return key
