"""Backup and restore of everything the hub must keep: the database and the bodies beside it.

A backup is a folder: ``hub.db`` (a consistent copy, taken while the hub runs), ``blobs/`` and nothing else. On
PostgreSQL its own tools do this better; we say which. Restore writes into a data directory that has no database yet.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hub.kernel.errors import Misconfigured
from hub.platform.at_rest import own_folder
from hub.platform.database import SQLITE_FILE, Database

BLOBS = "blobs"
TEMPORARY = ".part"  # a body that is still arriving
PAGES_AT_ONCE = 2_000  # 8 MB between breaths, so that the server's writer is not kept waiting


def back_up(database: Database, data: Path, target: Path) -> Path:
    """Copy database and blobs into the folder ``target``, which must be new or empty; return it.

    Blobs are copied after the database: a body whose row is in the copy is in the copy; more do no harm.
    """
    source = _sqlite_path(
        database, f"pg_dump --format=custom --file={target / 'hub.dump'} <url>, then copy {data / BLOBS}"
    )
    _refuse_full(target)
    own_folder(target, "the folder of the backup")
    os.close(_new_file(target / SQLITE_FILE))  # closed to others before anything is in it
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target / SQLITE_FILE)) as copy:
        live.backup(copy, pages=PAGES_AT_ONCE)
    _check(target / SQLITE_FILE)
    _copy_blobs(data / BLOBS, target / BLOBS)
    return target


def restore(backup: Path, data: Path) -> None:
    """Put a backup into the data directory ``data``. Raises ``Misconfigured`` when a database is there already."""
    if not os.path.lexists(backup / SQLITE_FILE):
        raise Misconfigured.told(
            "is no backup: it has no database", file=str(backup), remedy="name the folder of a backup"
        )
    if (data / SQLITE_FILE).exists():
        raise Misconfigured.told(
            "has a database", file=str(data), remedy="stop the hub and move the old data away first"
        )
    _refuse_odd_entries(backup)
    _check(backup / SQLITE_FILE)
    own_folder(data)
    _copy_blobs(backup / BLOBS, data / BLOBS)
    arriving = data / f"{SQLITE_FILE}.restoring"
    arriving.unlink(missing_ok=True)  # of a restore that broke off
    _copy(backup / SQLITE_FILE, arriving)
    arriving.rename(data / SQLITE_FILE)  # last: a restore that broke off leaves no database to start on


def _sqlite_path(database: Database, remedy: str) -> Path:
    if database.sqlite_path is None:
        raise Misconfigured.told("PostgreSQL is backed up by its own tools", remedy=remedy)
    if not database.sqlite_path.exists():
        raise Misconfigured.told(
            "there is no database here", file=str(database.sqlite_path), remedy="run: hub db upgrade"
        )
    return database.sqlite_path


def _refuse_full(target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise Misconfigured.told("is not empty", file=str(target), remedy="back up into a new folder")


def _refuse_odd_entries(backup: Path) -> None:
    """Raise ``Misconfigured`` when the backup holds anything that we would not have written.

    What a link, a pipe or a file with a second name leads to is not what was backed up, and would be copied into the
    hub: a file of this machine that a partner may then fetch.
    """
    if stat.S_ISLNK((backup / BLOBS).lstat().st_mode if os.path.lexists(backup / BLOBS) else 0):
        _refuse(backup / BLOBS, "a link")
    for path in (backup / SQLITE_FILE, *_files(backup / BLOBS)):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            _refuse(path, "a link")
        if not stat.S_ISREG(status.st_mode):
            _refuse(path, "no file")
        if status.st_nlink > 1:
            _refuse(path, "a file with a second name")


def _refuse(path: Path, what: str) -> None:
    raise Misconfigured.told(
        f"is {what}, which no backup of ours holds",
        file=str(path),
        remedy="use a backup that nobody else could write into",
    )


def _copy_blobs(source: Path, target: Path) -> None:
    for path in _files(source):
        if path.suffix != TEMPORARY:
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError, FileExistsError):
                _copy(path, copy)  # gone: no row named it; there: under the hash of its bytes it is the same file
    for folder in sorted(target.rglob("*")) if target.is_dir() else ():
        if folder.is_dir():
            folder.chmod(stat.S_IRWXU)


def _files(folder: Path) -> Iterator[Path]:
    """Yield what lies in ``folder`` and below, itself no link; folders are gone into, links never."""
    for above, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(above, name))]
        yield from (Path(above, name) for name in (*names, *links))


def _copy(source: Path, target: Path) -> None:
    """Copy one file, which is no link, to ``target``, which is not there."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file, os.fdopen(_new_file(target), "wb") as copy:
        shutil.copyfileobj(file, copy)


def _new_file(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        verdict = str(fault)
    if verdict != "ok":
        raise Misconfigured.told(f"is damaged: {verdict}", file=str(path), remedy="use another backup")
