"""A machine that is short of room or of open files costs nobody anything but time: nothing is given up for it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from hub.kernel.errors import Unavailable
from hub.platform import jobs
from hub.platform.blobs import INLINE_BYTES_MAX, Blobs
from hub.platform.database import Database
from hub.platform.jobs import Job
from hub.platform.runner import Runner
from hub.platform.shortage import shortage
from tests.conftest import NOW
from tests.stored import FrozenClock, enqueue


def _of_sqlite(name: str, message: str) -> sqlite3.Error:
    fault = sqlite3.OperationalError(message)
    fault.sqlite_errorname = name
    return fault


def _wrapped(fault: Exception) -> Exception:
    return OperationalError("INSERT", {}, fault)


def _because_of(fault: Exception) -> Exception:
    try:
        raise ValueError("could not") from fault
    except ValueError as made:
        return made


SHORT: dict[str, Exception] = {
    "no room": OSError(errno.ENOSPC, "No space left on device"),
    "no room for this account": OSError(errno.EDQUOT, "Disk quota exceeded"),
    "too many files of the process": OSError(errno.EMFILE, "Too many open files"),
    "too many files of the machine": OSError(errno.ENFILE, "Too many open files in system"),
    "no memory": OSError(errno.ENOMEM, "Cannot allocate memory"),
    "the database is full": _of_sqlite("SQLITE_FULL", "database or disk is full"),
    "the database cannot be opened": _of_sqlite("SQLITE_CANTOPEN", "unable to open database file"),
    "the log cannot be opened": _of_sqlite("SQLITE_CANTOPEN_DIRTYWAL", "unable to open database file"),
    "the disk fails": _of_sqlite("SQLITE_IOERR_WRITE", "disk I/O error"),
    "as SQLAlchemy tells it": _wrapped(_of_sqlite("SQLITE_FULL", "database or disk is full")),
    "as the cause of another": _because_of(OSError(errno.EMFILE, "Too many open files")),
}
OTHERWISE: dict[str, Exception] = {
    "a bug": ValueError("no"),
    "a file that is not there": FileNotFoundError(errno.ENOENT, "No such file or directory"),
    "a file that is closed": PermissionError(errno.EACCES, "Permission denied"),
    "a broken connection": ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    "a row that is there": _wrapped(_of_sqlite("SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed")),
    "a damaged database": _of_sqlite("SQLITE_CORRUPT", "database disk image is malformed"),
    "a text that says so": ValueError("database or disk is full"),
}


@pytest.mark.parametrize("what", [*SHORT, *OTHERWISE])
def test_a_job_keeps_its_attempts_when_the_machine_is_short_and_spends_them_on_its_own_faults(
    database: Database, what: str
) -> None:
    clock = FrozenClock(NOW)
    raised = SHORT.get(what) or OTHERWISE[what]

    async def handle(job: Job) -> None:
        raise raised

    async def story() -> jobs.Backlog:
        runner = Runner(database, {"test": handle}, clock, worker="w")
        for _ in range(2 * jobs.ATTEMPTS_MAX):
            await runner.drain()
            clock.advance(timedelta(minutes=10))
        backlog = await database.read(jobs.backlog)
        await database.close()
        return backlog

    database.write_now(lambda conn: enqueue(conn, "test", "it", now=NOW))
    with capture_logs():
        backlog = asyncio.run(story())
    assert (backlog.ready, backlog.dead) == ((1, 0) if what in SHORT else (0, 1))


@pytest.mark.parametrize("behind", [False, True])
def test_a_full_database_is_told_as_a_matter_of_time_and_works_again_with_room(
    sqlite_database: Database, behind: bool
) -> None:
    def more(conn: Connection, *, room: int = 0) -> None:
        pages = conn.execute(text("PRAGMA page_count")).scalar_one()
        conn.execute(text(f"PRAGMA max_page_count = {pages + room}"))  # what the disk has left, in effect
        conn.execute(text("INSERT INTO filler VALUES (zeroblob(1000000))"))

    async def story() -> None:
        await sqlite_database.write(lambda conn: conn.execute(text("CREATE TABLE filler (content BLOB)")))
        for _ in range(3):
            with pytest.raises(Unavailable):
                await sqlite_database.write(more, behind=behind)
        await sqlite_database.write(partial(more, room=10_000), behind=behind)
        await sqlite_database.close()

    asyncio.run(story())


WITHOUT_FILES: dict[str, Callable[[Database, Path], object]] = {
    "reads": lambda database, path: database.read_now(lambda conn: conn.execute(text("SELECT 1")).scalar()),
    "writes": lambda database, path: database.write_now(lambda conn: None),
    "keeps a large body": lambda database, path: Blobs(path / "blobs").keep(b"x" * (INLINE_BYTES_MAX + 1)),
}


@pytest.mark.parametrize("what", WITHOUT_FILES)
def test_without_a_file_to_open_it_is_unavailable_and_afterwards_all_is_well(
    sqlite_database: Database, tmp_path: Path, what: str
) -> None:
    """In a process of its own, whose limit is what it has open."""
    (tmp_path / "blobs" / "incoming").mkdir(parents=True)
    child = os.fork()
    if child == 0:
        told = 1
        try:
            allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
            free = os.dup(2)
            os.close(free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, allowed[1]))
            try:
                WITHOUT_FILES[what](sqlite_database, tmp_path)
            except Unavailable:
                resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
                with contextlib.suppress(Unavailable):  # one more may have been refused before it was tried again
                    WITHOUT_FILES[what](sqlite_database, tmp_path)
                WITHOUT_FILES[what](sqlite_database, tmp_path)
                told = 0
        finally:
            os._exit(told)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_cause_that_has_no_end_is_not_followed_for_ever() -> None:
    fault: Exception = OSError(errno.ENOSPC, "far down")
    for _ in range(100):
        fault = _because_of(fault)
    assert shortage(fault) is None
    round_about = ValueError("a")
    round_about.__cause__ = round_about
    assert shortage(round_about) is None
