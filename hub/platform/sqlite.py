"""SQLite: one writer thread with group commit, and readers beside it.

Works wait in one bounded queue, those last that nobody outside waits for. The writer takes what is there, runs each in
its own SAVEPOINT inside one ``BEGIN IMMEDIATE`` transaction, and commits once: one fsync pays for many messages. A work
that raises is rolled back alone. Nobody is told anything before COMMIT has returned; when COMMIT fails, all of the
group get ``Unavailable``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event
from sqlalchemy import Engine as SqlalchemyEngine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from hub.kernel.errors import Defect, Misconfigured, Unavailable
from hub.platform import failpoints
from hub.platform.bells import Bells, Work
from hub.platform.shortage import shortage

T = TypeVar("T")

QUEUE_WORKS_MAX = 4_000  # of every kind; more waiting than that is better told "later" (intake has its own bound)
GROUP_WORKS_MAX = 256  # measured: the gain of a shared fsync is spent long before this
GROUP_SECONDS_MIN = 0.005  # a group may grow this long even where commits are instant
GROUP_SECONDS_MAX = 0.040  # and stops here, so that the first in it does not wait for the last
COMMITS_WORTH = 4  # in between, it grows as long as four commits take: a fifth of the time then goes to the disk
STATEMENTS_KEPT = 512  # compiled by SQLite and kept; a message takes some sixty different ones
AHEAD_IN_A_ROW_MAX = 4  # works that pass one that waits behind: what they bring must be worked off, too
RETRY_AFTER_SECONDS = 1.0
READERS = 4  # pages and API; two cores do not serve more at once
BUSY_MILLISECONDS = 5_000  # a command may hold the write lock while the server runs
WRITER_CACHE_KIB = 32_768
CHECKPOINT_PAGES = 8_000  # 32 MB of log: hot index pages are then written to the file once, not at every 4 MB
OF_THE_FILE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN")
HALF_WRITTEN = "SQLITE_CORRUPT"  # what the file looks like past its log while that is written back
GONE = "the file of the database is not where it was; put it back, or stop the hub and start it again"
LOG_BYTES_MAX = 128 * 1024 * 1024  # the log is cut back to this after a checkpoint


class SqliteEngine:
    """Runs works on the SQLite file at ``path``."""

    def __init__(self, path: Path, bells: Bells) -> None:
        self._path = path
        self._bells = bells
        self._lock = threading.Lock()
        self._closed = False
        self._writer: _Writer | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="hub-reader")
        self._read_engine = _engine(path, _prepare_reader, pool_size=READERS)
        self._faults = _Faults()

    async def write(self, work: Work[T], *, behind: bool = False) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._running_writer().submit(_Pending(work, future, loop), behind=behind)
        return await future

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read_while_serving, work)

    async def look(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._look_now, work)

    @property
    def fault(self) -> str | None:
        return self._faults.last

    def _look_now(self, work: Work[T]) -> T:
        _refuse_what_is_no_database(self._path)  # a reader that is open may go on from its memory for a while
        engine = _engine(self._path, _prepare_reader)
        try:
            with engine.connect() as conn:
                return work(conn)
        finally:
            engine.dispose()

    def write_now(self, work: Work[T]) -> T:
        future: Future[T] = Future()
        self._running_writer().submit(_Pending(work, future, None))
        return future.result()

    def _read_while_serving(self, work: Work[T]) -> T:
        """Read as ``read_now``; a file that has gone meanwhile is a matter of later, and none of who asked."""
        if not self._path.exists():
            raise Unavailable(GONE, retry_after_seconds=RETRY_AFTER_SECONDS)
        return self.read_now(work)

    def read_now(self, work: Work[T]) -> T:
        if not self._path.exists():
            raise Misconfigured.told("there is no database here", file=str(self._path), remedy="run: hub db upgrade")
        try:
            with self._read_engine.connect() as conn:
                return work(conn)
        except Exception as fault:
            if (short := shortage(fault)) is not None:
                raise short from fault
            raise

    def alone(self, work: Work[T]) -> T:
        engine = _engine(self._path, _prepare_writer)
        try:
            with engine.connect() as conn:
                return work(conn)
        finally:
            engine.dispose()

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close_now)

    def close_now(self) -> None:
        with self._lock:
            self._closed = True
            if self._writer:
                self._writer.stop()
                self._writer = None
        self._readers.shutdown()
        self._read_engine.dispose()

    def _running_writer(self) -> _Writer:
        writer = self._writer
        if writer is None:
            with self._lock:
                if self._closed:  # and perhaps another hub's by now
                    raise Unavailable("the database has been closed", retry_after_seconds=RETRY_AFTER_SECONDS)
                writer = self._writer = self._writer or _Writer(self._path, self._bells, self._faults)
        return writer


def _refuse_what_is_no_database(path: Path) -> None:
    """Raise ``Unavailable`` when the file at ``path`` does not begin as a database does.

    SQLite reads it, past its own log and memory. **Nobody else may open the file in a process that has it open:** POSIX
    drops all locks of a process on a file when it closes any descriptor of it, and the next command to close the
    database would take itself for the last, and remove the log from under the hub.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as conn:
            (version,) = conn.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as fault:
        if fault.sqlite_errorname == HALF_WRITTEN:  # the log is being written back: the rows that are read next tell
            return
        raise Unavailable(
            f"the file of the database is none: {fault}", retry_after_seconds=RETRY_AFTER_SECONDS
        ) from fault
    if not version:  # an empty file is an empty database to SQLite, and none to us
        raise Unavailable("the file of the database is none: it is empty", retry_after_seconds=RETRY_AFTER_SECONDS)


class _Faults:
    """What the last writes ended with, when it was the file that failed them; None when it was not."""

    def __init__(self) -> None:
        self.last: str | None = None

    def note(self, group: Sequence[_Pending]) -> None:
        """Take in a group that was committed: a work in it may have met a broken page."""
        self.last = next(
            (str(each.fault) for each in group if each.fault is not None and _is_of_file(each.fault)), None
        )


def _is_of_file(fault: BaseException) -> bool:
    cause: BaseException | None = fault
    while cause is not None and not hasattr(cause, "sqlite_errorname"):
        cause = cause.orig if isinstance(cause, DBAPIError) else cause.__cause__
    return str(getattr(cause, "sqlite_errorname", "")).startswith(OF_THE_FILE)


class _Pending:
    """A work and whom to tell."""

    __slots__ = ("fault", "future", "loop", "result", "work")

    def __init__(self, work: Work[Any], future: Any, loop: asyncio.AbstractEventLoop | None) -> None:
        self.work = work
        self.future = future
        self.loop = loop
        self.result: object = None
        self.fault: BaseException | None = None


class _Queue:
    """Two lanes, each in order: what was put behind lets others pass, but not for ever. None, the wish to stop, too."""

    def __init__(self) -> None:
        self._tokens: queue.SimpleQueue[None] = queue.SimpleQueue()  # one for each entry of either lane
        self._ahead: deque[_Pending | None] = deque()
        self._behind: deque[_Pending | None] = deque()
        self._passed = 0

    def put(self, pending: _Pending | None, *, behind: bool = False) -> None:
        (self._behind if behind or pending is None else self._ahead).append(pending)
        self._tokens.put(None)

    def get(self) -> _Pending | None:
        """Wait for an entry and take it."""
        self._tokens.get()
        return self._take()

    def get_nowait(self) -> _Pending | None:
        """Take an entry. Raises ``queue.Empty`` when there is none."""
        self._tokens.get_nowait()
        return self._take()

    def length(self) -> int:
        return self._tokens.qsize()

    def _take(self) -> _Pending | None:
        waits = bool(self._behind) and self._behind[0] is not None
        if self._ahead and not (waits and self._passed >= AHEAD_IN_A_ROW_MAX):
            self._passed += 1
            return self._ahead.popleft()
        self._passed = 0
        return self._behind.popleft()


class _LogLost(Exception):
    """The log of the database is no longer the one we write."""


class _Writer(threading.Thread):
    """The one thread that writes."""

    def __init__(self, path: Path, bells: Bells, faults: _Faults) -> None:
        super().__init__(name="hub-writer", daemon=True)
        self._faults = faults
        self._path = path
        self._log_path = f"{path}-wal"
        self._log: int | None = None  # its inode, since the file was opened
        self._log_lost = False  # for good: only a new start gives the file a log that others see
        self._engine = _engine(path, _prepare_writer)
        self._bells = bells
        self._queue = _Queue()
        self._stopped = False
        self._commit_seconds = 0.0
        self.start()

    def submit(self, pending: _Pending, *, behind: bool = False) -> None:
        """Put a work in the queue. Raises ``Unavailable`` when the queue is full or the writer has stopped."""
        if self._stopped or self._queue.length() >= QUEUE_WORKS_MAX:
            raise Unavailable("too many writes are waiting", retry_after_seconds=RETRY_AFTER_SECONDS)
        self._queue.put(pending, behind=behind)

    def stop(self) -> None:
        """Finish what is in the queue, then end."""
        self._stopped = True
        self._queue.put(None)
        self.join()

    def run(self) -> None:
        more, opened = True, False
        while more:
            try:
                if opened and not self._path.exists():  # opened again it would be made anew, and empty
                    raise sqlite3.OperationalError(GONE)
                with self._engine.connect() as conn:
                    opened = True
                    self._log = None
                    while more and not conn.closed:
                        more = self._take_group(conn)
            except (DBAPIError, sqlite3.Error) as fault:  # could not open the file
                more = self._refuse_waiting(fault)
        self._engine.dispose()

    def _take_group(self, conn: Connection) -> bool:
        """Wait for a work, run it and those beside it, commit, tell. False when asked to stop."""
        first = self._queue.get()
        if first is None:
            return False
        group: list[_Pending] = []
        try:
            more = self._run_group(conn, first, group)
        except Exception as fault:  # noqa: BLE001 - whatever it was, the group was not committed and must hear of it
            more = not (
                self._stopped and not self._queue.length()
            )  # the wish to stop may have been taken with the group
            conn.invalidate()
            conn.close()
            for pending in group or [first]:
                pending.fault = _unavailable(fault)
            self._faults.last = str(fault)
        else:
            self._faults.note(group)
            failpoints.reach("after-commit-before-answer")
        _tell(group or [first])
        return more

    def _run_group(self, conn: Connection, first: _Pending, group: list[_Pending]) -> bool:
        grows = min(max(COMMITS_WORTH * self._commit_seconds, GROUP_SECONDS_MIN), GROUP_SECONDS_MAX)
        deadline = time.monotonic() + grows
        more = True
        pending: _Pending | None = first
        with conn.begin():  # BEGIN IMMEDIATE, see _engine; COMMIT at the end
            raw: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]
            self._refuse_without_log()
            while pending is not None:
                group.append(pending)
                _run_in_savepoint(conn, raw, pending)
                if len(group) >= GROUP_WORKS_MAX or time.monotonic() > deadline:
                    break
                try:
                    pending = self._queue.get_nowait()
                except queue.Empty:
                    break
                more = pending is not None
            failpoints.reach("before-commit")
            ran = time.monotonic()
        self._commit_seconds += (time.monotonic() - ran - self._commit_seconds) / 8  # a mean that forgets
        self._bells.sound(conn)
        return more

    def _refuse_without_log(self) -> None:
        """Raise when another process has removed the log we write: what is committed then would be gone at a restart.

        Nothing does that while we hold our locks; should it happen all the same, nobody is told that his order stands.
        """
        try:
            log = os.stat(self._log_path).st_ino
        except FileNotFoundError:
            log = None
        self._log_lost = self._log_lost or log is None or self._log not in (None, log)
        if self._log_lost:
            raise _LogLost("its log was removed by another process; stop the hub, and start it again")
        self._log = log

    def _refuse_waiting(self, fault: Exception) -> bool:
        """Answer the next work with ``Unavailable``: the file cannot be opened now. False when asked to stop."""
        pending = self._queue.get()
        if pending is None:
            return False
        pending.fault = _unavailable(fault)
        self._faults.last = str(fault)
        _tell([pending])
        return True


def _run_in_savepoint(conn: Connection, raw: sqlite3.Connection, pending: _Pending) -> None:
    """Run one work of a group. Raises only when the whole transaction is lost (disk full, I/O error)."""
    raw.execute("SAVEPOINT work")
    try:
        pending.result = pending.work(conn)
    except Exception as fault:
        pending.fault = shortage(fault) or fault
        if pending.fault is not fault:
            pending.fault.__cause__ = fault
        if not raw.in_transaction:
            raise
        raw.execute("ROLLBACK TO work")
    if not raw.in_transaction or not conn.in_transaction():
        raise Defect("a work ended the transaction it was given")
    raw.execute("RELEASE work")


def _unavailable(fault: Exception) -> Exception:
    if isinstance(fault, Defect):
        return fault
    refusal = Unavailable(f"the database did not commit: {fault}", retry_after_seconds=RETRY_AFTER_SECONDS)
    refusal.__cause__ = fault
    return refusal


def _tell(group: list[_Pending]) -> None:
    """Hand results and faults to whoever waits; one call per event loop, not one per work."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Pending]] = {}
    for pending in group:
        if pending.loop is None:
            _settle(pending)
        else:
            by_loop.setdefault(pending.loop, []).append(pending)
    for loop, told in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, told)


def _settle_all(group: list[_Pending]) -> None:
    for pending in group:
        _settle(pending)


def _settle(pending: _Pending) -> None:
    if pending.future.done():  # cancelled by who waited; the work stands
        return
    if pending.fault is not None:
        pending.future.set_exception(pending.fault)
    else:
        pending.future.set_result(pending.result)


def _engine(
    path: Path, prepare: Callable[[sqlite3.Connection], None], pool_size: int | None = None
) -> SqlalchemyEngine:
    options: dict[str, Any] = {"poolclass": NullPool} if pool_size is None else {"pool_size": pool_size}
    connect = {"check_same_thread": False, "cached_statements": STATEMENTS_KEPT}
    engine = create_engine(f"sqlite:///{path}", connect_args=connect, **options)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own would be deferred
        connection.execute("PRAGMA temp_store = MEMORY")  # a file would lie in a folder of everybody's, under /tmp
        prepare(connection)

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        # To the driver itself, whose type SQLAlchemy does not tell: every group and every read begins here.
        # Deferred transactions that read first and write later fail with "database is locked" whatever the timeout.
        driver: sqlite3.Connection = conn.connection.driver_connection  # type: ignore[assignment]
        driver.execute("BEGIN" if prepare is _prepare_reader else "BEGIN IMMEDIATE")

    return engine


def _prepare_writer(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL was measured to lose answered commits in a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # else INSERT OR REPLACE slips past the audit triggers
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES_MAX}")


def _prepare_reader(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA query_only = ON")
