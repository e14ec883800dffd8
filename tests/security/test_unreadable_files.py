"""A file that the hub may not open stays where its partner left it, is told once, and is taken when it can be read."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.transport import hand
from hub.transport.folder import FolderWatcher
from hub.transport.hand import FileInHand, Hand
from hub.transport.places import Places
from tests.security.accounts import HUB, PARTNER, as_account, only_as_root, place_for_all
from tests.security.test_incoming_files import Intake

LATER = 4_000_000_000.0


@pytest.fixture
def places() -> Iterator[Places]:
    """Folders of an account of the hub's own, in which partner alpha, of another account, may write."""
    only_as_root()
    with place_for_all() as here:
        root = here / "folders"
        root.mkdir()
        os.chown(root, HUB, HUB)
        root.chmod(0o711)
        found = Places(root)
        as_account(HUB, lambda: found.prepare(["alpha", "beta"]))
        for partner in ("alpha", "beta"):
            os.chown(root / partner, HUB, PARTNER)
            (root / partner).chmod(0o710)
            os.chown(root / partner / "in", HUB, PARTNER)
            (root / partner / "in").chmod(0o770)
        yield found


def drop(places: Places, name: str, *, mode: int = 0o644, partner: str = "alpha", owner: int = PARTNER) -> Path:
    path = places.inbox(partner) / name
    path.write_bytes(b"ISA " + os.fsencode(name))
    os.chown(path, owner, owner)
    path.chmod(mode)
    return path


def swept(places: Places, act: Callable[[int], object] = lambda round_: None, *, times: int = 3) -> list[list[str]]:
    """Sweep as the hub's account, ``act`` as root before each; return bodies, events, and who cannot be read."""
    taken: list[str] = []
    told: list[str] = []
    last: list[str] = []
    for round_ in range(times):
        act(round_)

        def sweep() -> tuple[list[str], list[str], list[str]]:
            intake = Intake()
            watcher = FolderWatcher(places, lambda: ["alpha", "beta"], intake, limit_bytes=99, clock=lambda: LATER)
            with capture_logs() as said:
                for _ in range(4):
                    asyncio.run(watcher.sweep())
            return (
                [body.decode() for body in intake.bodies],
                [str(entry["event"]) for entry in said],
                [f"{partner} {each.files} {each.first}" for partner, each in watcher.unreadable.items()],
            )

        some, events, last = as_account(HUB, sweep)
        taken += some
        told += events
    return [taken, told, last]


@pytest.mark.parametrize("mode", [0o000, 0o200, 0o600, 0o640, 0o620, 0o400, 0o100, 0o711, 0o622, 0o060])
def test_a_file_without_the_right_to_read_it_stays_and_its_neighbours_are_taken(places: Places, mode: int) -> None:
    locked = drop(places, "locked.edi", mode=mode)
    drop(places, "open.edi")
    drop(places, "other.edi", partner="beta")
    taken, told, unreadable = swept(places, times=1)
    assert sorted(taken) == ["ISA open.edi", "ISA other.edi"]
    assert locked.exists(), "where its partner can reach it"
    assert told == ["files not taken: they cannot be read"], "once, and not at every look"
    assert unreadable == ["alpha 1 locked.edi"]


@pytest.mark.parametrize("files", [1, 2, 10, 300, 2_100])
def test_however_many_cannot_be_read_those_that_can_are_taken_and_one_line_says_so(places: Places, files: int) -> None:
    for number in range(files):
        drop(places, f"{number:05d}.edi", mode=0)
    drop(places, "open.edi")
    taken, told, unreadable = swept(places, times=1)
    assert taken == ["ISA open.edi"]
    assert told == ["files not taken: they cannot be read"]
    assert unreadable == [f"alpha {files} 00000.edi"]
    assert len(list(places.inbox("alpha").iterdir())) == files


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o444, 0o664])
def test_it_is_taken_when_it_can_be_read(places: Places, mode: int) -> None:
    locked = drop(places, "locked.edi", mode=0)
    taken, _, unreadable = swept(places, lambda round_: locked.chmod(mode) if round_ == 1 else None, times=2)
    assert taken == ["ISA locked.edi"]
    assert unreadable == []


def test_that_it_can_be_read_again_is_said_once(places: Places) -> None:
    locked = drop(places, "locked.edi", mode=0)
    os.chown(locked, HUB, HUB)

    def sweep() -> list[str]:
        watcher = FolderWatcher(places, lambda: ["alpha"], Intake(), limit_bytes=99, clock=lambda: LATER)
        with capture_logs() as said:
            for round_ in range(6):
                if round_ == 3:
                    locked.chmod(0o600)
                asyncio.run(watcher.sweep())
        return [str(entry["event"]) for entry in said]

    assert as_account(HUB, sweep) == ["files not taken: they cannot be read", "files can be read again"]


@pytest.mark.parametrize("taken_by", ["an earlier version", "a look before it was locked"])
@pytest.mark.parametrize("again", [False, True], ids=["its place is free", "another stands there"])
def test_what_is_in_hand_and_cannot_be_read_goes_back_or_is_set_aside(
    places: Places, taken_by: str, again: bool
) -> None:
    own = places.root / ".hub" / "taking" / "alpha" / "0001"
    own.mkdir(parents=True)
    locked = own / "locked.edi"
    locked.write_bytes(b"ISA")
    locked.chmod(0)
    os.chown(locked, PARTNER, PARTNER)
    for folder in (own.parent, own):
        os.chown(folder, HUB, HUB)
    if again:
        drop(places, "locked.edi", mode=0)
    taken, told, _ = swept(places, times=1)
    assert taken == []
    assert not list(own.parent.iterdir()), "nothing is kept where nobody can reach it"
    aside = list((places.root / ".hub" / "refused" / "alpha").glob("*/*"))
    assert [path.name for path in aside] == (["locked.edi"] if again else [])
    assert (places.inbox("alpha") / "locked.edi").exists()
    assert not [event for event in told if event == "file not taken"]


@pytest.mark.parametrize("files", [1, 3, 40])
def test_a_file_on_which_its_sender_holds_a_lease_stays_until_the_lease_is_gone(places: Places, files: int) -> None:
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    held = []
    for number in range(files):
        descriptor = os.open(drop(places, f"{number:02d}.edi", owner=0, mode=0o666), os.O_RDWR)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        held.append(descriptor)

    def let_go(round_: int) -> None:
        while round_ == 1 and held:
            os.close(held.pop())

    drop(places, "open.edi")
    taken, told, unreadable = swept(places, let_go, times=1)
    assert taken == ["ISA open.edi"]
    assert told == ["files not taken: they cannot be read"]
    assert unreadable == [f"alpha {files} 00.edi"]
    taken, _, unreadable = swept(places, lambda round_: let_go(1), times=1)
    assert (len(taken), unreadable) == (files, [])


def test_no_more_of_them_are_looked_at_than_a_look_bears(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand, "UNREADABLE_LOOKED_AT_MAX", 7)
    for number in range(20):
        drop(places, f"{number:02d}.edi", mode=0)
    found = as_account(HUB, lambda: Hand(places, "alpha").unreadable(LATER))
    assert found is not None
    assert found.files == 7


@pytest.mark.parametrize("name", ["plain.edi", "with blank.edi", "\udcff.edi", "a\nb.edi", "\x1b[2J.edi", "订单.edi"])
def test_what_check_and_probes_say_of_it_is_one_line_that_names_no_path(places: Places, name: str) -> None:
    drop(places, name, mode=0)
    found = as_account(HUB, lambda: Hand(places, "alpha").unreadable(LATER))
    said = str(found)
    assert said.startswith("TRN-FOLDER-UNREADABLE: ")
    assert said.isprintable()
    assert str(places.root) not in said


def test_a_folder_that_is_not_there_holds_nothing_unreadable(tmp_path: Path) -> None:
    assert Hand(Places(tmp_path), "alpha").unreadable(LATER) is None
    assert FileInHand(partner="a", own="b", name="\udcff").shown == "\ufffd"
