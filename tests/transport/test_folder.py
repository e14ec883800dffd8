"""Folders: what is taken, what is left alone, and that a delivery is whole or absent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hub.kernel.errors import Unavailable
from hub.transport import folder, hand
from hub.transport.places import Places

NOW = 1_700_000_000.0  # past: what the file system itself notes is later, and does not count


class Intake:
    """Stands where the hub's intake stands: keeps what it is given, or refuses."""

    def __init__(self, *, available: bool = True) -> None:
        self.taken: list[tuple[str, bytes, str | None]] = []
        self.keys: list[str | None] = []  # with which it was asked, whatever it said
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
        self.keys.append(idempotency_key)
        if not self.available:
            raise Unavailable("disk full")
        self.taken.append((partner, body, file_name))
        return self


def drop(root: Path, name: str, body: bytes = b"ISA", *, age_seconds: float = 10) -> Path:
    path = Places(root).inbox("alpha") / name
    path.write_bytes(body)
    os.utime(path, (NOW - age_seconds, NOW - age_seconds))
    return path


def in_hand(root: Path) -> list[Path]:
    return sorted(taking(root).glob("*/*"))


def taking(root: Path) -> Path:
    """Where files lie while they are in hand."""
    return root / ".hub" / "taking" / "alpha"


def refused(root: Path) -> list[Path]:
    """What was set aside."""
    return sorted((root / ".hub" / "refused" / "alpha").glob("*/*"))


def prepared(root: Path) -> Places:
    """The folders of one partner, in a root of their own."""
    places = Places(root)
    assert places.prepare(["alpha"]) == {}
    return places


def watcher(root: Path, intake: Intake, *, limit_bytes: int = 1000) -> folder.FolderWatcher:
    return folder.FolderWatcher(prepared(root), lambda: ["alpha"], intake, limit_bytes=limit_bytes, clock=lambda: NOW)


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
    drop(tmp_path, "order.edi", age_seconds=0.25)
    assert await watch.sweep() == 0
    assert intake.taken == []


@pytest.mark.anyio
async def test_a_file_keeps_its_key_until_it_is_taken_and_another_of_the_same_bytes_has_its_own(
    tmp_path: Path,
) -> None:
    intake = Intake(available=False)
    watch = watcher(tmp_path, intake)
    drop(tmp_path, "stock.edi")
    await watch.sweep()
    intake.available = True
    await watcher(tmp_path, intake).sweep()  # as after a death in between, however long ago
    drop(tmp_path, "stock.edi")
    await watcher(tmp_path, intake).sweep()
    refused_key, taken_key, other_key = intake.keys
    assert refused_key == taken_key
    assert taken_key != other_key
    assert len(intake.taken) == 2


@pytest.mark.anyio
async def test_a_link_out_of_the_folder_is_never_followed(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake())
    secret = tmp_path / "secret"
    secret.write_bytes(b"key")
    os.symlink(secret, Places(tmp_path).inbox("alpha") / "order.edi")
    assert await watch.sweep() == 0
    assert intake.taken == []


@pytest.mark.anyio
async def test_a_file_stays_when_the_hub_cannot_store_it_and_is_taken_later(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake(available=False))
    drop(tmp_path, "order.edi", b"ISA*00")
    assert await watch.sweep() == 0
    assert [path.name for path in in_hand(tmp_path)] == ["order.edi"]
    intake.available = True
    assert await watch.sweep() == 1
    assert intake.taken == [("alpha", b"ISA*00", "order.edi")]
    assert in_hand(tmp_path) == []


@pytest.mark.anyio
async def test_what_a_crash_left_in_hand_is_taken_first(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake())
    drop(tmp_path, "new.edi", b"new")
    left = taking(tmp_path) / "0192" / "left.edi"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"left")
    os.utime(left, (NOW - 10, NOW - 10))
    (taking(tmp_path) / "0193").mkdir()  # a crash between the folder and the file
    assert await watch.sweep() == 2
    assert [body for _, body, _ in intake.taken] == [b"left", b"new"]
    assert list(taking(tmp_path).iterdir()) == []


@pytest.mark.anyio
async def test_a_file_put_in_place_of_one_being_taken_is_not_lost(tmp_path: Path) -> None:
    class Replaced(Intake):
        async def __call__(self, partner: str, body: bytes, **more: Any) -> Intake:
            if not self.taken:
                drop(tmp_path, "fresh", b"two").rename(Places(tmp_path).inbox("alpha") / "order.edi")
            return await super().__call__(partner, body, **more)

    watch = watcher(tmp_path, intake := Replaced())
    drop(tmp_path, "order.edi", b"one")
    assert await watch.sweep() == 1
    assert await watch.sweep() == 1
    assert [body for _, body, _ in intake.taken] == [b"one", b"two"]


@pytest.mark.anyio
async def test_a_file_put_in_place_before_it_is_moved_waits_until_it_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = NOW
    watch = folder.FolderWatcher(
        prepared(tmp_path), lambda: ["alpha"], intake := Intake(), limit_bytes=9, clock=lambda: now
    )
    dropped = drop(tmp_path, "order.edi", b"one")
    look = hand.complete_files

    def look_too_early(inbox: int, at: float) -> hand.FolderContents:
        found = look(inbox, at)
        drop(tmp_path, "fresh", b"two", age_seconds=0).rename(dropped)
        monkeypatch.setattr(hand, "complete_files", look)
        return found

    monkeypatch.setattr(hand, "complete_files", look_too_early)
    assert await watch.sweep() == 0
    now += hand.SETTLED_AFTER_SECONDS
    assert await watch.sweep() == 1
    assert intake.taken == [("alpha", b"two", "order.edi")]


@pytest.mark.anyio
async def test_one_file_that_intake_cannot_bear_keeps_nobody_waiting_and_is_tried_again_later(tmp_path: Path) -> None:
    class Choking(Intake):
        choked = 0

        async def __call__(self, partner: str, body: bytes, **more: Any) -> Intake:
            if body == b"bad" and self.choked == 0:
                self.choked += 1
                raise ValueError("no")
            return await super().__call__(partner, body, **more)

    now = NOW
    watch = folder.FolderWatcher(
        prepared(tmp_path), lambda: ["alpha"], intake := Choking(), limit_bytes=9, clock=lambda: now
    )
    drop(tmp_path, "bad.edi", b"bad", age_seconds=20)
    drop(tmp_path, "good.edi", b"good")
    assert await watch.sweep() == 1
    assert await watch.sweep() == 0
    now += folder.AGAIN_AFTER_SECONDS
    assert await watch.sweep() == 1
    assert [body for _, body, _ in intake.taken] == [b"good", b"bad"]


@pytest.mark.anyio
async def test_one_partner_whose_folder_is_missing_keeps_no_other_waiting(tmp_path: Path) -> None:
    watch = folder.FolderWatcher(
        prepared(tmp_path), lambda: ["absent", "alpha"], intake := Intake(), limit_bytes=9, clock=lambda: NOW
    )
    drop(tmp_path, "order.edi")
    assert await watch.sweep() == 1
    assert len(intake.taken) == 1


@pytest.mark.anyio
async def test_a_file_whose_name_is_no_text_is_taken_under_a_clean_one(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake())
    drop(tmp_path, os.fsdecode(b"order\xff.edi"))
    drop(tmp_path, "n" * 255)
    assert await watch.sweep() == 2
    assert {name for _, _, name in intake.taken} == {"order\ufffd.edi", "n" * 255}


@pytest.mark.anyio
async def test_a_pipe_or_a_link_in_hand_is_set_aside_and_never_opened(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake())
    lying = taking(tmp_path)
    (lying / "1").mkdir(parents=True)
    (lying / "2").mkdir()
    os.mkfifo(lying / "1" / "order.edi")
    os.symlink("/etc/hostname", lying / "2" / "order.edi")
    assert await watch.sweep() == 0
    assert intake.taken == []
    assert [path.parent.name for path in refused(tmp_path)] == ["1", "2"]


@pytest.mark.anyio
async def test_a_file_over_the_limit_is_set_aside_and_its_neighbours_are_taken(tmp_path: Path) -> None:
    watch = watcher(tmp_path, intake := Intake(), limit_bytes=5)
    drop(tmp_path, "big.edi", b"123456", age_seconds=20)
    drop(tmp_path, "small.edi", b"12345")
    assert await watch.sweep() == 1
    assert [body for _, body, _ in intake.taken] == [b"12345"]
    assert [path.read_bytes() for path in refused(tmp_path)] == [b"123456"]


def test_a_delivery_appears_whole_and_a_second_one_replaces_it(tmp_path: Path) -> None:
    places = prepared(tmp_path)
    path = places.outbox("alpha") / folder.deliver(places, "alpha", "855-000000001.edi", b"one")
    assert path.read_bytes() == b"one"
    folder.deliver(places, "alpha", "855-000000001.edi", b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["855-000000001.edi"]
