"""Bytes come back as they came, and a crash leaves nothing that matters."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from hub.kernel.errors import Defect
from hub.platform import blobs
from hub.platform.blobs import INLINE_BYTES_MAX, Blobs
from hub.platform.database import Database

SMALL, LARGE = b"small", os.urandom(1000) * (INLINE_BYTES_MAX // 1000 + 2)


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "content", [b"", SMALL, LARGE[:INLINE_BYTES_MAX], LARGE], ids=["none", "small", "edge", "large"]
)
def test_bytes_come_back_as_they_came(database: Database, tmp_path: Path, content: bytes) -> None:
    store = Blobs(tmp_path / "blobs")
    body = store.keep(content)
    assert (body.content is None) == (len(content) > INLINE_BYTES_MAX)
    database.write_now(lambda conn: blobs.put(conn, body))
    database.write_now(lambda conn: blobs.put(conn, store.keep(content)))  # the same again is one row
    assert database.read_now(lambda conn: store.get(conn, body.sha256)) == content


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=1000), max_size=20))
def test_a_body_in_pieces_is_the_body_whole(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    store = Blobs(tmp_path_factory.mktemp("blobs"))
    with store.upload() as upload:
        for piece in pieces:
            upload.write(piece)
        assert upload.finish() == store.keep(b"".join(pieces))


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with Blobs(tmp_path).upload() as upload:
        upload.write(LARGE)
        assert len(files(tmp_path)) == 1
    assert files(tmp_path) == []


def test_a_file_without_a_row_is_swept_after_an_hour_and_one_with_a_row_stays(
    sqlite_database: Database, tmp_path: Path
) -> None:
    store = Blobs(tmp_path / "blobs")
    kept, orphan = store.keep(LARGE), store.keep(LARGE + b"x")
    (tmp_path / "blobs" / "incoming" / "abandoned.part").write_bytes(b"half")
    sqlite_database.write_now(lambda conn: blobs.put(conn, kept))

    def sweep(later: float) -> int:
        return sqlite_database.read_now(lambda conn: store.sweep(conn, now=time.time() + later))

    assert sweep(60) == 0
    assert sweep(2 * blobs.ORPHAN_SECONDS) == 2
    assert files(tmp_path / "blobs") == [store.path(kept.sha256)]
    assert not store.path(orphan.sha256).exists()


def test_a_file_that_vanishes_while_sweeping_does_not_stop_the_sweep(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Blobs(tmp_path / "blobs")
    gone, orphan = sorted((store.keep(LARGE), store.keep(LARGE + b"x")), key=lambda body: body.sha256)
    glob = Path.glob

    def look_and_lose(folder: Path, pattern: str) -> list[Path]:
        found = list(glob(folder, pattern))
        store.path(gone.sha256).unlink()
        return found

    monkeypatch.setattr(Path, "glob", look_and_lose)
    later = time.time() + 2 * blobs.ORPHAN_SECONDS
    assert sqlite_database.read_now(lambda conn: store.sweep(conn, now=later)) == 1
    assert not store.path(orphan.sha256).exists()


def test_the_same_large_body_again_makes_its_file_young(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    path = store.path(store.keep(LARGE).sha256)
    os.utime(path, (0, 0))
    store.keep(LARGE)
    assert path.stat().st_mtime > time.time() - 60


def test_a_body_that_is_nowhere_is_a_defect(sqlite_database: Database, tmp_path: Path) -> None:
    def read(conn: Connection) -> bytes:
        return Blobs(tmp_path).get(conn, "0" * 64)

    with pytest.raises(Defect):
        sqlite_database.read_now(read)
