"""Data that is moved away under a running hub: everybody is told to come later, and nothing is made in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.kernel.errors import Unavailable
from hub.platform import schema
from hub.platform.blobs import INLINE_BYTES_MAX, Blobs
from hub.platform.database import SQLITE_FILE, Database, open_database

LARGE = b"x" * (INLINE_BYTES_MAX + 1)


def _write(database: Database) -> None:
    asyncio.run(database.write(lambda conn: conn.exec_driver_sql("DELETE FROM blob")))


def _read(database: Database) -> None:
    asyncio.run(database.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM message").scalar_one()))


AWAY: dict[str, Callable[[Path], object]] = {
    "the whole directory": lambda data: data.rename(data.with_name("away")),
    "the file alone": lambda data: (data / SQLITE_FILE).rename(data / "away.db"),
    "the file and its log": lambda data: [each.rename(data / f"away{each.suffix}") for each in data.glob("hub.db*")],
}


@pytest.mark.parametrize("away", AWAY)
@pytest.mark.parametrize("first", ["write", "read", "a large body"])
def test_whoever_asks_is_told_to_come_later_and_nothing_is_made_anew(tmp_path: Path, away: str, first: str) -> None:
    data = tmp_path / "var"
    data.mkdir(mode=0o700)
    database = open_database(data, None)
    schema.upgrade(database)
    _write(database)
    AWAY[away](data)
    blobs = Blobs(data / "blobs")
    uses: dict[str, Callable[[], object]] = {
        "write": lambda: _write(database),
        "read": lambda: _read(database),
        "a large body": lambda: blobs.keep(LARGE),
    }
    for use in (first, *uses):
        if use == "a large body" and away != "the whole directory":
            blobs.keep(LARGE)  # it has a place, and is referred to by nothing that cannot be written
        elif use == "write" and away == "the file alone":
            _write(database)  # the log is where it was: what is committed is in the file that was moved
        else:
            with pytest.raises(Unavailable):
                uses[use]()
    assert not (data / SQLITE_FILE).exists()
    assert data.exists() == (away != "the whole directory")
    database.close_now()


@pytest.mark.parametrize("away", ["the whole directory"])
def test_what_is_put_back_is_read_again(tmp_path: Path, away: str) -> None:
    data = tmp_path / "var"
    data.mkdir(mode=0o700)
    database = open_database(data, None)
    schema.upgrade(database)
    AWAY[away](data)
    with pytest.raises(Unavailable):
        _read(database)
    (tmp_path / "away").rename(data)
    _read(database)
    database.close_now()
