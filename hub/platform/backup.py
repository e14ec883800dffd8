"""Backup and restore of everything the hub must keep: the database and the bodies beside it.

A backup is a folder: ``hub.db`` (a consistent copy, taken while the hub runs), ``blobs/`` and nothing else. On
PostgreSQL its own tools do this better; we say which. Restore writes into a data directory that has no database yet.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from hub.kernel.errors import Misconfigured
from hub.platform.database import SQLITE_FILE, Database

BLOBS = "blobs"
PAGES_AT_ONCE = 2_000  # 8 MB between breaths, so that the server's writer is not kept waiting


def back_up(database: Database, data: Path, target: Path) -> Path:
    """Copy database and blobs into the folder ``target``, which must be new or empty; return it.

    Blobs are copied after the database: a body whose row is in the copy is in the copy; more do no harm.
    """
    source = _sqlite_path(
        database, f"pg_dump --format=custom --file={target / 'hub.dump'} <url>, then copy {data / BLOBS}"
    )
    _refuse_full(target)
    target.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target / SQLITE_FILE)) as copy:
        live.backup(copy, pages=PAGES_AT_ONCE)
    _check(target / SQLITE_FILE)
    if (data / BLOBS).is_dir():
        shutil.copytree(data / BLOBS, target / BLOBS, ignore=shutil.ignore_patterns("*.part"))
    return target


def restore(backup: Path, data: Path) -> None:
    """Put a backup into the data directory ``data``. Raises ``Misconfigured`` when a database is there already."""
    if not (backup / SQLITE_FILE).is_file():
        raise Misconfigured("is no backup: it has no database", file=str(backup), remedy="name the folder of a backup")
    if (data / SQLITE_FILE).exists():
        raise Misconfigured("has a database", file=str(data), remedy="stop the hub and move the old data away first")
    _check(backup / SQLITE_FILE)
    data.mkdir(parents=True, exist_ok=True)
    if (backup / BLOBS).is_dir():
        shutil.copytree(backup / BLOBS, data / BLOBS, dirs_exist_ok=True)
    arriving = data / f"{SQLITE_FILE}.restoring"
    shutil.copyfile(backup / SQLITE_FILE, arriving)
    arriving.rename(data / SQLITE_FILE)  # last: a restore that broke off leaves no database to start on


def _sqlite_path(database: Database, remedy: str) -> Path:
    if database.sqlite_path is None:
        raise Misconfigured("PostgreSQL is backed up by its own tools", remedy=remedy)
    if not database.sqlite_path.exists():
        raise Misconfigured("there is no database here", file=str(database.sqlite_path), remedy="run: hub db upgrade")
    return database.sqlite_path


def _refuse_full(target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise Misconfigured("is not empty", file=str(target), remedy="back up into a new folder")


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        verdict = str(fault)
    if verdict != "ok":
        raise Misconfigured(f"is damaged: {verdict}", file=str(path), remedy="use another backup")
