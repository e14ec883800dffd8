"""What the hub has answered stands, whatever probes and commands look at its database meanwhile."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.kernel.errors import Unavailable
from hub.platform.backup import back_up
from hub.platform.database import Database
from hub.platform.soundness import database_fault
from tests.house import CHECKOUT

ANOTHER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode = WAL")
print(connection.execute("SELECT count(*) FROM noted").fetchone()[0])
connection.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def at_work(path: Path, sqlite_database: Database) -> Database:
    """A database that a hub has open, with its log."""
    sqlite_database.write_now(lambda conn: conn.execute(text("CREATE TABLE noted (number INTEGER)")))
    _note(sqlite_database, 0)
    return sqlite_database


def _note(database: Database, number: int) -> None:
    database.write_now(lambda conn: conn.execute(text("INSERT INTO noted VALUES (:n)"), {"n": number}))


def _another_process(path: Path) -> int:
    """Open the database in another process, as a command does, and close it: the number of rows it saw."""
    ended = subprocess.run([sys.executable, "-c", ANOTHER, str(path)], capture_output=True, text=True, check=True)
    return int(ended.stdout)


def _log(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_ino


def _probed(database: Database, path: Path, tmp_path: Path) -> None:
    assert asyncio.run(database_fault(database)) is None


def _read(database: Database, path: Path, tmp_path: Path) -> None:
    database.read_now(lambda conn: conn.execute(text("SELECT 1")))


def _looked_at_alone(database: Database, path: Path, tmp_path: Path) -> None:
    database.alone(lambda conn: conn.execute(text("SELECT count(*) FROM noted")))


def _opened_once_more(database: Database, path: Path, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{path}")
    other.read_now(lambda conn: conn.execute(text("SELECT 1")))
    other.close_now()


def _backed_up(database: Database, path: Path, tmp_path: Path) -> None:
    back_up(database, path.parent, tmp_path / "backup")


@pytest.mark.parametrize("look", [_probed, _read, _looked_at_alone, _opened_once_more, _backed_up])
@pytest.mark.parametrize("times", [1, 3])
def test_whatever_looks_at_the_database_the_log_of_the_hub_stays(
    look: Callable[[Database, Path, Path], None], times: int, at_work: Database, path: Path, tmp_path: Path
) -> None:
    before = _log(path)
    for number in range(times):
        look(at_work, path, tmp_path / str(number))
    assert _another_process(path) == 1
    assert _log(path) == before
    _note(at_work, 1)
    assert _another_process(path) == 2, "what was committed is seen by others"
    at_work.close_now()
    assert _another_process(path) == 2, "and stands when the hub has stopped"


def test_a_log_that_was_removed_all_the_same_is_noticed_before_anybody_is_answered(
    at_work: Database, path: Path
) -> None:
    """The planted defect: whoever opens and closes the file drops the locks by which others see that it is in use."""
    with path.open("rb"):
        pass
    _another_process(path)
    for number in (1, 2):
        with pytest.raises(Unavailable, match="log was removed"):
            _note(at_work, number)
    assert "log was removed" in str(asyncio.run(database_fault(at_work)))


@pytest.mark.parametrize("content", [b"", b"ISA*00*", b"\0" * 4096, b"SQLite format 2\0" + b"\0" * 4096])
def test_a_file_that_is_no_database_any_more_is_told(content: bytes, at_work: Database, path: Path) -> None:
    path.write_bytes(content)  # opens and closes the file, which this test may: nothing is written afterwards
    assert "is none" in str(asyncio.run(database_fault(at_work)))


def test_nothing_of_the_hub_opens_the_file_but_sqlite() -> None:
    source = (CHECKOUT / "hub/platform/sqlite.py").read_text()
    assert not re.search(r"\bopen\(|read_bytes|read_text|os\.open", source.replace("could not open", ""))


def test_a_sound_database_is_sound_in_its_main_file_too(at_work: Database, path: Path) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as conn:
        assert conn.execute("PRAGMA schema_version").fetchone()[0] > 0
