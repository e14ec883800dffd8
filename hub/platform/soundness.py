"""Whether what the hub stands on is sound: asked by probes every few seconds, so it is cheap and reads real pages.

In: the database, the data directory. Out: what is wrong in one sentence, for who runs the hub; None when all is well.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

from sqlalchemy import Connection, text

from hub.platform import schema
from hub.platform.database import Database

DISK_FREE_BYTES_MIN = 512 * 1024 * 1024  # two of the largest bodies under way, their rows, and the log of the database
LOOKED_AT = ("message", "job", "timeline")  # tables written by every message: first and last row of each
LOOK_SECONDS = 3.0  # then it counts as no answer: a probe waits no longer


async def database_fault(database: Database) -> str | None:
    """Read rows from where they are kept; say what stands in the way, or what the last write ended with."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await database.look(_read_rows)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the database did not answer as it should
        return str(fault) or type(fault).__name__
    return database.fault and f"the last write failed: {database.fault}"


async def storage_fault(data: Path) -> str | None:
    """Say whether bodies could not be stored in the data directory just now."""
    return await asyncio.to_thread(_storage_fault, data)


def _read_rows(conn: Connection) -> None:
    found = schema.current(conn)
    if found != schema.head():
        raise RuntimeError(f"the database is at revision {found}, this hub wants {schema.head()}")
    for table in LOOKED_AT:
        for order in ("ASC", "DESC"):
            conn.execute(text(f"SELECT * FROM {table} ORDER BY id {order} LIMIT 1")).one_or_none()


def _storage_fault(data: Path) -> str | None:
    folder = data / "blobs"
    while not folder.exists():  # made when it is first needed
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} cannot be written"
    free = shutil.disk_usage(folder).free
    if free < DISK_FREE_BYTES_MIN:
        return f"{free // 1_000_000} MB are free in {folder}, fewer than {DISK_FREE_BYTES_MIN // 1_000_000}"
    return None
