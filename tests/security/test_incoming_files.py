"""What a partner drops is taken whole or not at all: nothing else is read, and nothing it is still writing is cut."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.transport import hand
from hub.transport.folder import FolderWatcher
from hub.transport.places import Places
from tests.security.accounts import HUB, PARTNER, as_account, only_as_root, place_for_all

LATER = 4_000_000_000.0  # every file is settled then, and old
SECRET = b"ISA*the partner's rival"


class Intake:
    """Keeps what it is given, and lets a sender go on meanwhile."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.bodies: list[bytes] = []
        self.message_id, self.duplicate = "m", False
        self._meanwhile = meanwhile

    async def __call__(self, partner: str, body: bytes, **more: Any) -> Intake:
        self.bodies.append(body)
        if len(self.bodies) == 1:
            self._meanwhile()
        return self


def sweeps(root: Path, intake: Intake, now: float = LATER, *, times: int = 1) -> list[bytes]:
    """Look into the folders so many times; return all that was handed over."""
    watcher = FolderWatcher(Places(root), lambda: ["alpha"], intake, limit_bytes=1000, clock=lambda: now)
    for _ in range(times):
        asyncio.run(watcher.sweep())
    return intake.bodies


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    places = Places(tmp_path / "folders")
    places.prepare(["alpha"])
    return places.inbox("alpha")


def _pipe(at: Path, secret: Path) -> None:
    os.mkfifo(at)


def _socket(at: Path, secret: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        folder = os.open(at.parent, os.O_RDONLY | os.O_DIRECTORY)  # the whole path may be longer than a socket's name
        try:
            listening.bind(f"/proc/self/fd/{folder}/{at.name}")
        finally:
            os.close(folder)


def _folder(at: Path, secret: Path) -> None:
    at.mkdir()
    (at / "order.edi").write_bytes(SECRET)


ODD: dict[str, Callable[[Path, Path], object]] = {
    "a link": lambda at, secret: at.symlink_to(secret),
    "a relative link": lambda at, secret: at.symlink_to(os.path.relpath(secret, at.parent)),
    "a link to a folder": lambda at, secret: at.symlink_to(secret.parent),
    "a link to nothing": lambda at, secret: at.symlink_to("nothing"),
    "a link to a device": lambda at, secret: at.symlink_to("/dev/zero"),
    "a link to itself": lambda at, secret: at.symlink_to(at.name),
    "a second name of another's file": lambda at, secret: os.link(secret, at),
    "a pipe nobody writes to": _pipe,
    "a socket": _socket,
    "a folder": _folder,
    "a file over the limit": lambda at, secret: at.write_bytes(b"x" * 1001),
    "a sparse file of a terabyte": lambda at, secret: (at.write_bytes(b""), os.truncate(at, 1 << 40)),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_file_of_the_partners_own_is_never_read_and_keeps_no_neighbour_waiting(
    inbox: Path, tmp_path: Path, kind: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)
    ODD[kind](inbox / "order.edi", secret)
    (inbox / "good.edi").write_bytes(b"good")
    with capture_logs():
        assert sweeps(tmp_path / "folders", Intake(), times=3) == [b"good"]
    assert secret.read_bytes() == SECRET


@pytest.mark.parametrize("kind", ODD)
def test_what_was_put_in_place_of_a_file_at_the_last_moment_is_set_aside_unread(
    inbox: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET)
    look = hand.complete_files

    def look_and_lose(folder: int, now: float) -> hand.FolderContents:
        found = look(folder, now)
        (inbox / "order.edi").unlink(missing_ok=True)
        ODD[kind](inbox / "order.edi", secret)
        monkeypatch.setattr(hand, "complete_files", look)
        return found

    (inbox / "order.edi").write_bytes(b"good")
    monkeypatch.setattr(hand, "complete_files", look_and_lose)
    with capture_logs():
        assert sweeps(tmp_path / "folders", Intake(), times=3) == []
    assert [path.name for path in (tmp_path / "folders" / ".hub" / "refused" / "alpha").glob("*/*")] == ["order.edi"]
    assert secret.read_bytes() == SECRET


@pytest.mark.parametrize(
    "name",
    [b"order.edi", b"with blank.edi", b"\xff\xfe.edi", b"n" * 255, "订单.edi".encode(), b"-rf", b"a\nb.edi",
     b"a\x1b[2J", "\u202eide.redro".encode(), b"$(id)", b"..edi".lstrip(b"."), b"order.edi;rm"],
)  # fmt: skip
def test_a_file_is_taken_once_and_let_go_of_whatever_its_name(inbox: Path, tmp_path: Path, name: bytes) -> None:
    (inbox / os.fsdecode(name)).write_bytes(b"ISA")
    assert sweeps(tmp_path / "folders", Intake(), times=3) == [b"ISA"]
    assert not list(inbox.iterdir())
    assert not list((tmp_path / "folders" / ".hub").rglob("*/*/*/*"))


@pytest.mark.parametrize("pieces", [1, 2, 3, 7])
@pytest.mark.parametrize("how", ["wb", "ab", "r+b"])
def test_a_file_that_its_sender_still_has_open_waits_however_long_the_sender_pauses(
    inbox: Path, tmp_path: Path, pieces: int, how: str
) -> None:
    intake = Intake()
    (inbox / "order.edi").touch()
    with (inbox / "order.edi").open(how, buffering=0) as sender, capture_logs() as told:
        for _ in range(pieces):
            sender.write(b"piece ")
            assert sweeps(tmp_path / "folders", intake, times=2) == []
    assert sweeps(tmp_path / "folders", intake, times=2) == [b"piece " * pieces]
    assert {entry["event"] for entry in told} == {"file waits"}
    assert len(told) == pieces, "once by each watcher, not at every look"


def test_a_file_that_is_open_to_be_read_by_its_sender_is_taken(inbox: Path, tmp_path: Path) -> None:
    (inbox / "order.edi").write_bytes(b"ISA")
    with (inbox / "order.edi").open("rb"):
        assert sweeps(tmp_path / "folders", Intake()) == [b"ISA"]


CHANGES: dict[str, Callable[[int], object]] = {
    "a byte more": lambda sender: os.write(sender, b"2"),
    "much more": lambda sender: os.write(sender, b"2" * 900),
    "cut": lambda sender: os.ftruncate(sender, 2),
    "emptied": lambda sender: os.ftruncate(sender, 0),
    "other bytes of the same length": lambda sender: os.pwrite(sender, b"X", 1),
    "longer, with nothing written": lambda sender: os.ftruncate(sender, 100),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", ["while it is read", "while it is taken in", "after it was taken"])
def test_where_nobody_tells_who_writes_a_file_that_changes_is_taken_whole_and_the_operator_is_told(
    change: str, when: str
) -> None:
    """The hub and the partner have accounts of their own, so the hub cannot see that the file is open."""
    only_as_root()
    with place_for_all() as here:
        places = Places(here / "folders")
        as_account_of_the_hub(here, lambda: places.prepare(["alpha"]))
        os.chown(places.inbox("alpha").parent, HUB, PARTNER)
        places.inbox("alpha").parent.chmod(0o710)
        os.chown(places.inbox("alpha"), HUB, PARTNER)
        places.inbox("alpha").chmod(0o770)
        path = places.inbox("alpha") / "order.edi"
        as_account(PARTNER, lambda: path.write_bytes(b"ISA half"))
        path.chmod(0o644)
        sender = os.open(path, os.O_WRONLY)
        os.lseek(sender, 0, os.SEEK_END)
        os.utime(path, (1_000_000_000, 1_000_000_000))

        def act() -> tuple[list[bytes], list[str]]:
            intake = Intake((lambda: CHANGES[change](sender)) if when == "while it is taken in" else lambda: None)
            with capture_logs() as told, pytest.MonkeyPatch.context() as patch:
                if when == "while it is read":
                    read = hand.OpenFile.read

                    def reads(self: hand.OpenFile, limit_bytes: int) -> bytes:
                        patch.setattr(hand.OpenFile, "read", read)
                        body = read(self, limit_bytes)
                        CHANGES[change](sender)
                        return body

                    patch.setattr(hand.OpenFile, "read", reads)
                sweeps(here / "folders", intake, now=1_000_000_030.0)
                if when == "after it was taken":
                    CHANGES[change](sender)
                sweeps(here / "folders", intake, now=LATER, times=2)
            return intake.bodies, [entry["event"] for entry in told if "grew" in entry["event"]]

        bodies, told = as_account(HUB, act)
        os.close(sender)
        whole = {"a byte more": b"ISA half2", "much more": b"ISA half" + b"2" * 900, "cut": b"IS", "emptied": b"",
                 "other bytes of the same length": b"IXA half",
                 "longer, with nothing written": b"ISA half" + b"\0" * 92}[change]  # fmt: skip
        assert bodies == ([whole] if when == "while it is read" else [b"ISA half", whole])
        assert len(told) == (0 if when == "while it is read" else 1)
        assert not list((here / "folders" / ".hub").rglob("*/*/*/*")), "and nothing stays"


def as_account_of_the_hub(here: Path, act: Callable[[], object]) -> None:
    here.chmod(0o1777)
    as_account(HUB, act)
    here.chmod(0o711)


def test_a_file_that_was_handed_over_young_is_let_go_of_when_it_is_a_minute_old(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand, "_closed_for_writing", lambda descriptor: None)  # as on a network file system
    (inbox / "order.edi").write_bytes(b"ISA")
    os.utime(inbox / "order.edi", (1_000_000_000, 1_000_000_000))
    handed = tmp_path / "folders" / ".hub" / "handed" / "alpha"
    intake = Intake()
    for now, kept in [(5, 1), (30, 1), (59, 1), (60, 0), (90, 0)]:
        assert sweeps(tmp_path / "folders", intake, now=1_000_000_000.0 + now) == [b"ISA"]
        assert len(list(handed.iterdir())) == kept, now


@pytest.mark.parametrize("ahead", [1, 60, 3_600, 86_400, 10**9])
def test_a_file_whose_time_lies_ahead_is_taken_all_the_same(inbox: Path, tmp_path: Path, ahead: int) -> None:
    (inbox / "order.edi").write_bytes(b"ISA")
    written = (inbox / "order.edi").stat().st_ctime
    os.utime(inbox / "order.edi", (written + ahead, written + ahead))
    now = (inbox / "order.edi").stat().st_ctime + hand.SETTLED_AFTER_SECONDS
    intake = Intake()
    for step in (0, hand.SETTLED_AFTER_SECONDS + 1):  # moving it is a change, too
        sweeps(tmp_path / "folders", intake, now=now + step + 1)
    assert intake.bodies == [b"ISA"]


def test_no_more_is_in_hand_than_can_be_looked_at_and_the_rest_waits_where_it_is(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.transport.folder.FILES_IN_HAND_MAX", 5)
    files = [inbox / f"{number}.edi" for number in range(12)]
    senders = []
    for path in files:
        path.write_bytes(b"half")
        senders.append(path.open("ab"))
    with capture_logs():
        assert sweeps(tmp_path / "folders", Intake(), times=4) == []
    assert len(list(inbox.iterdir())) == 7
    for sender in senders:
        sender.close()
    assert len(sweeps(tmp_path / "folders", Intake(), times=4)) == 12
