"""Folders: what is taken, what is left alone, and that a delivery is whole or absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.kernel.errors import Unavailable
from hub.transport import folder

NOW = 1_800_000_000.0


class Intake:
    """Stands where the hub's intake stands: keeps what it is given, or refuses."""

    def __init__(self, *, available: bool = True) -> None:
        self.taken: list[tuple[str, bytes, str | None]] = []
        self.available = available
        self.message_id = "m"
        self.duplicate = False

    async def __call__(
        self,
        partner: str,
        body: bytes,
        *,
        transport: str,
        file_name: str | None = None,
        content_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> Intake:
        if not self.available:
            raise Unavailable("disk full")
        self.taken.append((partner, body, file_name))
        return self


def drop(root: Path, name: str, body: bytes = b"ISA", *, age_seconds: float = 10) -> Path:
    path = folder.inbox(root, "alpha") / name
    path.write_bytes(body)
    os.utime(path, (NOW - age_seconds, NOW - age_seconds))
    return path


def watcher(root: Path, intake: Intake, *, limit_bytes: int = 1000) -> folder.FolderWatcher:
    folder.prepare(root, ["alpha"])
    return folder.FolderWatcher(root, lambda: ["alpha"], intake, limit_bytes=limit_bytes, clock=lambda: NOW)


@pytest.mark.anyio
async def test_a_complete_file_is_taken_once_and_leaves_the_folder(tmp_path: Path) -> None:
    intake = Intake()
    watch = watcher(tmp_path, intake)
    dropped = drop(tmp_path, "order.edi", b"ISA*00")
    assert await watch.sweep() == 1
    assert intake.taken == [("alpha", b"ISA*00", "order.edi")]
    assert not dropped.exists()
    assert await watch.sweep() == 0


@pytest.mark.anyio
@pytest.mark.parametrize("name", [".hidden", "order.edi.part", "ORDER.TMP", "~lock"])
async def test_a_file_under_an_unfinished_name_is_left_alone(tmp_path: Path, name: str) -> None:
    watch = watcher(tmp_path, intake := Intake())
    dropped = drop(tmp_path, name)
    assert await watch.sweep() == 0
    assert intake.taken == []
    assert dropped.exists()


@pytest.mark.anyio
async def test_a_file_still_being_written_is_left_for_the_next_sweep(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake())
    drop(tmp_path, "order.edi", age_seconds=0.5)
    assert await watch.sweep() == 0
    assert intake.taken == []


@pytest.mark.anyio
async def test_a_link_out_of_the_folder_is_never_followed(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake())
    secret = tmp_path / "secret"
    secret.write_bytes(b"key")
    os.symlink(secret, folder.inbox(tmp_path, "alpha") / "order.edi")
    assert await watch.sweep() == 0
    assert intake.taken == []


@pytest.mark.anyio
async def test_a_file_stays_when_the_hub_cannot_store_it(tmp_path: Path) -> None:
    watch = watcher(tmp_path, Intake(available=False))
    dropped = drop(tmp_path, "order.edi")
    assert await watch.sweep() == 0
    assert dropped.exists()


@pytest.mark.anyio
async def test_a_file_over_the_limit_is_set_aside_and_its_neighbours_are_taken(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake(), limit_bytes=5)
    drop(tmp_path, "big.edi", b"123456", age_seconds=20)
    drop(tmp_path, "small.edi", b"12345")
    assert await watch.sweep() == 1
    assert [body for _, body, _ in intake.taken] == [b"12345"]
    assert (tmp_path / "alpha" / "refused" / "big.edi").read_bytes() == b"123456"


def test_a_delivery_appears_whole_and_a_second_one_replaces_it(tmp_path: Path) -> None:
    out = folder.outbox(tmp_path, "alpha")
    path = folder.deliver(out, "855-000000001.edi", b"one")
    assert path.read_bytes() == b"one"
    folder.deliver(out, "855-000000001.edi", b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in out.iterdir()] == ["855-000000001.edi"]
