"""What was backed up while the hub ran comes back whole, elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.exchange import intake
from hub.kernel.errors import Misconfigured
from hub.platform import schema
from hub.platform.backup import back_up, restore
from hub.platform.blobs import INLINE_BYTES_MAX, Blobs
from hub.platform.database import Database, open_database
from tests.exchange.story import NOW
from tests.stored import accept


def receive(database: Database, store: Blobs, content: bytes) -> str:
    incoming = intake.Incoming(
        id=content[:8].hex(), partner="acme-cardio", transport="http", body=store.keep(content), received_at=NOW
    )
    database.write_now(lambda conn: accept(conn, incoming))
    return incoming.body.sha256


def test_a_backup_taken_while_the_hub_runs_comes_back(sqlite_database: Database, tmp_path: Path) -> None:
    store = Blobs(tmp_path / "blobs")
    contents = [b"small", b"large" * INLINE_BYTES_MAX]
    hashes = [receive(sqlite_database, store, content) for content in contents]
    back_up(sqlite_database, tmp_path, tmp_path / "backup")
    receive(sqlite_database, store, b"after the backup")
    restore(tmp_path / "backup", tmp_path / "other")
    other = open_database(tmp_path / "other")
    schema.verify(other)
    other_store = Blobs(tmp_path / "other" / "blobs")
    assert [other.read_now(lambda conn, h=h: other_store.get(conn, h)) for h in hashes] == contents  # type: ignore[misc]
    other.close_now()


def test_a_restore_never_writes_over_a_database(sqlite_database: Database, tmp_path: Path) -> None:
    sqlite_database.write_now(lambda conn: None)
    back_up(sqlite_database, tmp_path, tmp_path / "backup")
    with pytest.raises(Misconfigured, match="has a database"):
        restore(tmp_path / "backup", tmp_path)
    with pytest.raises(Misconfigured, match="is not empty"):
        back_up(sqlite_database, tmp_path, tmp_path / "backup")
    with pytest.raises(Misconfigured, match="is no backup"):
        restore(tmp_path / "nothing", tmp_path / "other")


def test_a_damaged_backup_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    sqlite_database.write_now(lambda conn: None)
    copy = back_up(sqlite_database, tmp_path, tmp_path / "backup") / "hub.db"
    damaged = bytearray(copy.read_bytes())
    damaged[8192:12288] = b"\xff" * 4096
    copy.write_bytes(damaged)
    with pytest.raises(Misconfigured, match="is damaged"):
        restore(tmp_path / "backup", tmp_path / "other")
    assert not (tmp_path / "other" / "hub.db").exists()


def test_postgresql_is_sent_to_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="pg_dump"):
        back_up(Database("postgresql://hub@localhost/hub"), tmp_path, tmp_path / "backup")
