"""Who serves a data directory holds it alone, until it lets go or is gone; what a dead one had in hand is taken up."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from hub.kernel.errors import Misconfigured
from hub.platform import jobs
from hub.platform.database import Database
from hub.platform.ownership import Ownership
from tests.stored import FrozenClock, enqueue


def test_a_second_server_is_refused_and_told_who_holds_the_data(tmp_path: Path) -> None:
    first = Ownership(tmp_path)
    with pytest.raises(Misconfigured, match=rf"another hub \(process {os.getpid()}\) serves"):
        Ownership(tmp_path)
    first.release()
    Ownership(tmp_path).release()


def test_a_killed_server_holds_nothing(tmp_path: Path) -> None:
    dies = "import os, sys; from pathlib import Path; from hub.platform.ownership import Ownership;"
    dies += "Ownership(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    ended = subprocess.run([sys.executable, "-c", dies, str(tmp_path)], check=False)
    assert ended.returncode == -9
    Ownership(tmp_path).release()


def test_a_job_in_dead_hands_is_due_at_once_and_its_attempt_counts(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    database.write_now(lambda conn: enqueue(conn, "test", "a", now=now))
    database.write_now(lambda conn: enqueue(conn, "test", "later", now=now, run_at=now + timedelta(hours=1)))
    [held] = database.write_now(lambda conn: jobs.claim(conn, ["test"], worker="dead", now=now))
    assert database.write_now(lambda conn: jobs.claim(conn, ["test"], worker="new", now=now)) == []
    assert database.write_now(lambda conn: jobs.take_over(conn, now=now)) == 1
    [again] = database.write_now(lambda conn: jobs.claim(conn, ["test"], worker="new", now=now))
    assert (again.payload, again.attempts) == (held.payload, 2)
