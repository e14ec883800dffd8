"""Whether what the hub stands on is sound: asked by probes every few seconds, so it is cheap and reads real pages.

In: the database, the data directory. Out: what is wrong in one sentence, for who runs the hub; None when all is well.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sqlalchemy import Connection, text

from hub.platform import schema
from hub.platform.database import Database

DISK_FREE_BYTES_MIN = 512 * 1024 * 1024  # two of the largest bodies under way, their rows, and the log of the database
FILES_FREE_MIN = 1_000  # a message, an answer and a file in hand are some files each: a few minutes of them
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


async def storage_fault(data: Path, folders: Path | None = None) -> str | None:
    """Say whether bodies could not be stored in the data directory just now, or files in the partners' ``folders``."""
    return await asyncio.to_thread(_storage_fault, data, folders)


def _read_rows(conn: Connection) -> None:
    found = schema.current(conn)
    if found != schema.head():
        raise RuntimeError(f"the database is at revision {found}, this hub wants {schema.head()}")
    for table in LOOKED_AT:
        for order in ("ASC", "DESC"):
            conn.execute(text(f"SELECT * FROM {table} ORDER BY id {order} LIMIT 1")).one_or_none()


def _storage_fault(data: Path, folders: Path | None) -> str | None:
    if not data.is_dir():
        return f"{data} is not there"
    blobs = data / "blobs"  # made when it is first needed
    places = [blobs if blobs.exists() else data]
    if folders is not None and folders.exists():  # made at the start; what is in the way there is told of partners
        places.append(folders)
    return next((fault for place in places if (fault := _fault_of(place)) is not None), None)


def _fault_of(folder: Path) -> str | None:
    """Say what stands in the way of files in ``folder``: rights, room, or how many the file system takes."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} cannot be written"
    status = os.statvfs(folder)
    free = status.f_bavail * status.f_frsize
    if free < DISK_FREE_BYTES_MIN:
        return f"{free // 1_000_000} MB are free in {folder}, fewer than {DISK_FREE_BYTES_MIN // 1_000_000}"
    if status.f_files and status.f_favail < FILES_FREE_MIN:  # 0: the file system makes room for them as it goes
        return f"{status.f_favail} more files can be made in {folder}, fewer than {FILES_FREE_MIN}"
    return None
