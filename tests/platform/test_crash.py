"""Killed at every failpoint of the store: what was answered stands, what was not is gone or done again, once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

import hub
from hub.kernel.errors import Misconfigured
from hub.platform import blobs, failpoints
from hub.platform.blobs import INLINE_BYTES_MAX, Blobs
from hub.platform.database import Database

WORKER = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from hub.kernel.clock import SystemClock
from hub.platform import blobs, jobs
from hub.platform.blobs import Blobs
from hub.platform.database import Database
from tests.stored import enqueue
from hub.platform.runner import Runner

folder = Path(sys.argv[1])
database, store, clock = Database(f"sqlite:///{folder}/hub.db"), Blobs(folder / "blobs"), SystemClock()

async def handle(job):
    def effect(conn):
        enqueue(conn, "effect", job.payload, now=clock.now())
        jobs.done(conn, job.fence)
    await database.write(effect)

async def story():
    runner = Runner(database, {"test": handle}, clock, worker="w")
    runner.start()
    for number in range(20):
        def work(conn, body=store.keep(b"x" * int(sys.argv[2]) + str(number).encode()), number=number):
            blobs.put(conn, body)
            enqueue(conn, "test", str(number), now=clock.now())
        await database.write(work)
        print(number, flush=True)
    await asyncio.sleep(0.5)
    await runner.stop()
    await database.close()

asyncio.run(story())
"""


def run(folder: Path, failpoint: str, size: int = 10) -> tuple[int, list[str]]:
    """Run the worker with a failpoint; return how it ended and what it had answered."""
    environment = {**os.environ, "HUB_FAILPOINT": failpoint, "PYTHONPATH": str(Path(hub.__file__).parent.parent)}
    command = [sys.executable, "-c", WORKER, str(folder), str(size)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stdout.split()


STORE_POINTS = [
    "before-commit:3",
    "before-commit:15",
    "after-commit-before-answer:4",
    "between-claim-and-effect:2",
    "after-effect-before-release:5",
]


@pytest.mark.parametrize("failpoint", STORE_POINTS)
def test_answered_means_kept_and_done_once(sqlite_database: Database, failpoint: str) -> None:
    assert sqlite_database.sqlite_path is not None
    ended, answered = run(sqlite_database.sqlite_path.parent, failpoint)
    assert ended == -signal.SIGKILL

    def payloads(conn: Connection) -> list[str]:
        return list(conn.execute(text("SELECT payload FROM job")).scalars())

    kept = sqlite_database.read_now(payloads)
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))  # each is waiting, or has had its effect; never both


def test_a_crash_between_file_and_row_leaves_an_orphan_that_is_swept(sqlite_database: Database) -> None:
    assert sqlite_database.sqlite_path is not None
    folder = sqlite_database.sqlite_path.parent
    ended, answered = run(folder, "after-blob-write:3", INLINE_BYTES_MAX)
    assert (ended, answered) == (-signal.SIGKILL, ["0", "1"])
    store = Blobs(folder / "blobs")

    def sweep(conn: Connection) -> int:
        rows = conn.execute(text("SELECT sha256 FROM blob")).scalars().all()
        assert all(store.get(conn, sha256) for sha256 in rows)
        return store.sweep(conn, now=time.time() + 2 * blobs.ORPHAN_SECONDS)

    assert sqlite_database.read_now(sweep) == 1


def test_a_crash_before_the_rename_leaves_only_a_temporary_file(sqlite_database: Database) -> None:
    assert sqlite_database.sqlite_path is not None
    folder = sqlite_database.sqlite_path.parent
    ended, answered = run(folder, "before-blob-rename:1", INLINE_BYTES_MAX)
    assert (ended, answered) == (-signal.SIGKILL, [])
    assert [path.suffix for path in (folder / "blobs").rglob("*") if path.is_file()] == [blobs.TEMPORARY]


def test_without_a_failpoint_everything_is_done(sqlite_database: Database) -> None:
    assert sqlite_database.sqlite_path is not None
    ended, answered = run(sqlite_database.sqlite_path.parent, "")
    assert (ended, answered) == (0, [str(number) for number in range(20)])
    kinds = sqlite_database.read_now(lambda conn: set(conn.execute(text("SELECT kind FROM job")).scalars()))
    assert kinds == {"effect"}


def test_every_failpoint_that_is_reached_is_listed() -> None:
    root = Path(hub.__file__).parent
    source = "".join(path.read_text() for path in root.rglob("*.py") if path.name != "failpoints.py")
    reached = set(re.findall(r"""failpoints\.reach\("([a-z-]+)"\)""", source))
    ours = {point.partition(":")[0] for point in STORE_POINTS} | {"after-blob-write", "before-blob-rename"}
    assert ours <= reached <= set(failpoints.POINTS)


@pytest.mark.parametrize("request_", ["nonsense", "before-commit:x", "before-commit:-1"])
def test_an_unknown_failpoint_is_refused(request_: str) -> None:
    with pytest.raises(Misconfigured, match="names no failpoint"):
        failpoints.arm(request_)
