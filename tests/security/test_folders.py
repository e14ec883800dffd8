"""Nothing is opened by name in a folder somebody else writes to: whatever a partner puts there harms itself alone."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hub.kernel.errors import Misconfigured
from hub.platform.settings import load
from hub.transport.blocked import Blocked
from hub.transport.folder import deliver
from hub.transport.places import Places
from tests.flow.at_work import AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, order, transaction
from tests.security.accounts import HUB, PARTNER, STRANGER, as_account, only_as_root, place_for_all

BODY = from_north(group(transaction(order("N-1"))), number=1)
ANSWERS = ("855-000000001.edi", "997-000000002.edi")


@pytest.fixture
def north(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> AtWork:
    add_north(tmp_path / "overlay")
    return hub_with(tmp_path / "overlay")


@pytest.fixture
def hub_with(tmp_path: Path, clock: object, sqlite_template: Path) -> Iterator[Callable[[Path], AtWork]]:
    made: list[AtWork] = []

    def make(overlay: Path) -> AtWork:
        made.append(AtWork(tmp_path / "data", clock, sqlite_template, overlay))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.close()


def _fifo(at: Path, victim: Path) -> None:
    os.mkfifo(at)


def _socket(at: Path, victim: Path) -> None:
    here = os.getcwd()
    os.chdir(at.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(at.name)
    finally:
        os.chdir(here)


def _loop(at: Path, victim: Path) -> None:
    at.symlink_to(at.name)


def _folder(at: Path, victim: Path) -> None:
    at.mkdir()


def _full_folder(at: Path, victim: Path) -> None:
    at.mkdir()
    (at / "more").write_bytes(b"")


def _read_only(at: Path, victim: Path) -> None:
    at.write_bytes(b"mine")
    at.chmod(0)


IN_THE_WAY: dict[str, Callable[[Path, Path], None]] = {
    "a link to the victim": lambda at, victim: at.symlink_to(victim),
    "a link by a way around": lambda at, victim: at.symlink_to(os.path.relpath(victim, at.parent)),
    "a link to nothing": lambda at, victim: at.symlink_to(victim.with_name("new")),
    "a link to a folder": lambda at, victim: at.symlink_to(victim.parent),
    "a link to itself": _loop,
    "a link to a device": lambda at, victim: at.symlink_to("/dev/full"),
    "a second name of the victim": lambda at, victim: os.link(victim, at),
    "a pipe": _fifo,
    "a socket": _socket,
    "an empty folder": _folder,
    "a full folder": _full_folder,
    "a file nobody may read": _read_only,
}


@pytest.mark.parametrize("kind", IN_THE_WAY)
@pytest.mark.parametrize("name", ["{}", ".{}.writing"])
def test_what_a_partner_puts_where_an_answer_comes_is_replaced_or_told_and_never_followed(
    north: AtWork, tmp_path: Path, kind: str, name: str
) -> None:
    victim = tmp_path / "victims" / "victim.txt"
    victim.parent.mkdir()
    victim.write_bytes(b"theirs")
    north.drop("order.edi", BODY, NORTH)
    out = north.hub.places.outbox(NORTH)
    IN_THE_WAY[kind](out / name.format(ANSWERS[0]), victim)
    north.sweep()
    with capture_logs():
        north.deliver()
    assert victim.read_bytes() == b"theirs"
    assert [path.name for path in victim.parent.iterdir()] == ["victim.txt"]
    assert not list((north.folders / ".hub" / "writing").iterdir())
    (out / ANSWERS[1]).read_bytes()
    late = next(row for row in north.log(direction="out", partner=NORTH) if row.file_name == ANSWERS[0])
    if kind.endswith("folder") and kind.startswith("a") and name == "{}" and "link" not in kind:
        told = north.detail(late.id).delivery
        assert told is not None
        assert str(told.error) == "TRN-FOLDER-NAME: a folder stands under the name of the file"
    else:
        assert late.delivery == "delivered"
        assert (out / ANSWERS[0]).lstat().st_nlink == 1
        assert (out / ANSWERS[0]).read_bytes().startswith(b"ISA")


SIDES = ["", "in", "out"]
INSTEAD: dict[str, Callable[[Path, Path], None]] = {
    "a link": lambda at, elsewhere: at.symlink_to(elsewhere),
    "a link within": lambda at, elsewhere: at.symlink_to("."),
    "a link to nothing": lambda at, elsewhere: at.symlink_to("nowhere"),
    "a link to itself": _loop,
    "a file": lambda at, elsewhere: at.write_bytes(b""),
    "a pipe": _fifo,
    "a socket": _socket,
}


@pytest.mark.parametrize("kind", INSTEAD)
@pytest.mark.parametrize("side", SIDES)
def test_what_stands_for_a_partners_folder_stops_its_partner_and_no_other(tmp_path: Path, kind: str, side: str) -> None:
    places = Places(tmp_path / "folders")
    places.prepare(["alpha", "beta"])
    elsewhere = tmp_path / "elsewhere"
    for name in ("in", "out"):
        (elsewhere / name).mkdir(parents=True)
        (elsewhere / name / "secret.edi").write_bytes(b"secret")
        os.utime(elsewhere / name / "secret.edi", (1, 1))
    for path in (places.inbox("alpha"), places.outbox("alpha")):
        if side in ("", path.name):
            path.rmdir()
    at = tmp_path / "folders" / "alpha" / side
    if side == "":
        at.rmdir()
    INSTEAD[kind](at, elsewhere / side)
    before = sorted(elsewhere.rglob("*"))

    def send(partner: str) -> str:
        try:
            return deliver(places, partner, "855.edi", b"ISA")
        except Blocked as fault:
            return str(fault)

    assert set(places.prepare(["alpha", "beta"])) == {"alpha"}, "and the start goes on"
    if side != "in":
        assert re.match("TRN-FOLDER-(LINK|GONE)", send("alpha")), "and no path is told"
    assert send("beta") == "855.edi"
    if side != "out":
        with pytest.raises(Blocked, match="TRN-FOLDER-LINK"), places.of("alpha", "in"):
            pass
    assert sorted(elsewhere.rglob("*")) == before


def test_a_partner_with_its_own_account_destroys_nothing_though_it_owns_its_folder() -> None:
    only_as_root()
    with place_for_all() as here:
        data = here / "data"
        data.mkdir(mode=0o700)
        (data / "hub.db").write_bytes(b"the database")
        places = Places(here / "data-folders")
        places.prepare(["alpha"])
        for path in (places.outbox("alpha"), places.inbox("alpha"), places.inbox("alpha").parent):
            os.chown(path, PARTNER, PARTNER)
        out = places.outbox("alpha")

        def attack() -> list[str]:
            for number in range(1, 20):
                (out / f"855-{number:09d}.edi").symlink_to("../../../data/hub.db")
                (out / f".855-{number:09d}.edi.writing").symlink_to(data / "hub.db")
            refused = []
            for act in (lambda: (data / "hub.db").read_bytes(), lambda: os.listdir(here / "data-folders")):
                try:
                    act()
                except PermissionError:
                    refused.append("refused")
            return refused

        assert as_account(PARTNER, attack) == ["refused", "refused"]
        for number in range(1, 20):
            deliver(places, "alpha", f"855-{number:09d}.edi", b"ISA")
        assert (data / "hub.db").read_bytes() == b"the database"
        fetched = as_account(PARTNER, lambda: (out / "855-000000019.edi").read_bytes())
        assert fetched == b"ISA", "its account may fetch what was put there for it"
        as_account(PARTNER, lambda: (out / "855-000000019.edi").unlink())
        with pytest.raises(PermissionError):
            as_account(STRANGER, lambda: (out / "855-000000018.edi").read_bytes())


@pytest.mark.parametrize(
    ("owner", "mode", "reads"),
    [
        ((PARTNER, PARTNER), 0o700, {PARTNER}),
        ((PARTNER, PARTNER), 0o750, {PARTNER}),
        ((PARTNER, STRANGER), 0o750, {PARTNER, STRANGER}),
        ((HUB, PARTNER), 0o2770, {HUB, PARTNER}),
        ((HUB, PARTNER), 0o770, {HUB, PARTNER}),
        ((HUB, STRANGER), 0o770, {HUB, STRANGER}),
        ((HUB, HUB), 0o700, {HUB}),
        ((0, 0), 0o700, set()),
        ((0, 0), 0o755, {HUB, PARTNER, STRANGER}),
        ((0, PARTNER), 0o3770, {PARTNER}),
    ],
)
def test_an_answer_is_read_by_whom_its_folder_was_given_to(owner: tuple[int, int], mode: int, reads: set[int]) -> None:
    only_as_root()
    with place_for_all() as here:
        places = Places(here / "folders")
        places.prepare(["alpha"])
        os.chown(places.outbox("alpha"), *owner)
        places.outbox("alpha").chmod(mode)
        deliver(places, "alpha", "855.edi", b"ISA")
        places.prepare(["alpha"])
        status = places.outbox("alpha").stat()
        assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (*owner, mode), "as the operator said"
        places.outbox("alpha").parent.chmod(0o711)  # what the file itself is open to, with no folder before it

        def may_read() -> bool:
            try:
                return (places.outbox("alpha") / "855.edi").read_bytes() == b"ISA"
            except PermissionError:
                return False

        assert {uid for uid in (HUB, PARTNER, STRANGER) if as_account(uid, may_read)} == reads


OPENED = [0o755, 0o711, 0o701, 0o704, 0o702, 0o777, 0o1777, 0o2775, 0o3771, 0o705, 0o751, 0o707]


@pytest.mark.parametrize("mode", OPENED, ids=oct)
def test_a_folder_that_others_may_enter_takes_and_gives_nothing_until_it_is_closed(north: AtWork, mode: int) -> None:
    """Opened while the hub runs, or before it starts: told in the log, in the delivery and to our people."""
    own = north.folders / NORTH
    north.drop("order.edi", BODY, NORTH)
    own.chmod(mode)
    with capture_logs() as told:
        north.sweep()
    said = [line for line in told if line["log_level"] == "warning"]
    assert [(line["event"], line["partner"]) for line in said] == [("folder not taken", NORTH)]
    assert "TRN-FOLDER-OPEN" in said[0]["reason"]
    assert (own / "in" / "order.edi").exists()
    with pytest.raises(Blocked, match="TRN-FOLDER-OPEN"):
        deliver(north.hub.places, NORTH, "855.edi", b"ISA")
    assert not list((own / "out").iterdir())
    assert set(north.hub.places.prepare([NORTH])) == {NORTH}
    parts = {check.name: check for check in north.wait(north.hub.checks())}
    assert parts["partners"].ok, "it stops nobody else"
    assert f"{NORTH}: TRN-FOLDER-OPEN" in (parts["partners"].detail or "")
    own.chmod(0o700)
    north.sweep()
    assert not (own / "in" / "order.edi").exists()
    assert "TRN-FOLDER" not in str(north.wait(north.hub.checks()))


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o775, 0o757, 0o733, 0o722, 0o712, 0o720, 0o3771, 0o2773])
def test_a_root_into_which_others_may_write_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    root = tmp_path / "folders"
    root.mkdir()
    root.chmod(mode)
    with pytest.raises(Misconfigured, match="others than the hub may write") as refused:
        Places(root).prepare(["alpha"])
    assert refused.value.remedy is not None
    assert refused.value.remedy.startswith(f"chmod 711 {root}")


@pytest.mark.parametrize(
    "folders",
    ["{}", "{}/folders", "{}/a/b", "{}/../data", "{}/../data/x", "/", "{}/.", "{}/..", "{}/../../..", "{}//x"],
)
def test_the_folders_of_partners_never_lie_within_the_data_of_the_hub(tmp_path: Path, folders: str) -> None:
    data = tmp_path / "data"
    with pytest.raises(Misconfigured, match="HUB_FOLDERS"):
        load({"HUB_DATA": str(data), "HUB_FOLDERS": folders.format(data)})
    assert load({"HUB_DATA": str(data)}).folders_root == tmp_path / "data-folders"


def test_the_hubs_own_folders_are_closed_whatever_the_mask_and_stay_so(tmp_path: Path) -> None:
    places = Places(tmp_path / "folders")
    places.prepare(["alpha"])
    (tmp_path / "folders" / ".hub").chmod(0o755)
    places.prepare(["alpha"])
    modes = {
        path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o777
        for path in (tmp_path / "folders", *(tmp_path / "folders").rglob("*"))
    }
    assert modes.pop("folders") == 0o711
    assert set(modes.values()) == {0o700}, modes
