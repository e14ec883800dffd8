"""Folders of an earlier version lay within the data directory: they are moved once, and nothing in them is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.transport.moving import move_in
from hub.transport.places import Places
from tests.conftest import missing
from tests.security.accounts import HUB, PARTNER, STRANGER, as_account, only_as_root, place_for_all

OLD = {
    "in/order.edi": b"dropped, and not yet taken",
    "in/订单 1.edi": b"of another name",
    "in/order.edi.part": b"half",
    "out/855-000000001.edi": b"not yet fetched",
    ".taking/0192/left.edi": b"in hand when it was stopped",
    ".taking/0193/right.edi": b"as well",
    "refused/big.edi": b"refused",
    "refused/0194/big.edi": b"refused, of the same name",
}
NEW = {
    "alpha/in/order.edi",
    "alpha/in/订单 1.edi",
    "alpha/in/order.edi.part",
    "alpha/out/855-000000001.edi",
    ".hub/taking/alpha/0192/left.edi",
    ".hub/taking/alpha/0193/right.edi",
    ".hub/refused/alpha/0194/big.edi",
}


@pytest.fixture(params=["beside it", "on another file system"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Where the folders are to be."""
    if request.param == "beside it":
        yield tmp_path / "data-folders"
        return
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        missing("there is no second file system at /dev/shm")
    made = Path(tempfile.mkdtemp(prefix="hub-folders-", dir=memory))
    yield made / "folders"
    shutil.rmtree(made)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    for name, body in OLD.items():
        path = tmp_path / "data" / "folders" / "alpha" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return tmp_path / "data" / "folders"


def lying(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize("begun", [False, True], ids=["before its first start", "after its first start"])
def test_all_that_lay_there_lies_in_the_new_place_and_the_old_one_is_gone(old: Path, root: Path, begun: bool) -> None:
    places = Places(root)
    places.prepare(["alpha"] if begun else [])
    moved = move_in(old, places)
    assert (moved.partners, moved.left) == (["alpha"], [])
    assert not old.exists()
    found = lying(root)
    assert set(found) - NEW == {name for name in found if name.endswith("/big.edi") and "0194" not in name}
    assert sorted(found.values()) == sorted(OLD.values())
    assert {(root / name).stat().st_mtime for name in found} == {1_000_000_000.0}, "as old as they were"
    assert places.prepare(["alpha"]) == {}


def test_owner_and_mode_that_an_operator_gave_to_a_folder_stay(old: Path, root: Path) -> None:
    (old / "alpha" / "out").chmod(0o770)
    (old / "alpha" / "in").chmod(0o730)
    if os.geteuid() == 0:
        os.chown(old / "alpha" / "out", 65_534, 65_534)
    before = {side: (old / "alpha" / side).stat() for side in ("in", "out")}
    places = Places(root)
    places.prepare([])
    move_in(old, places)
    for side, status in before.items():
        now = (root / "alpha" / side).stat()
        assert (now.st_mode, now.st_uid, now.st_gid) == (status.st_mode, status.st_uid, status.st_gid)


OPEN = [
    (0o755, 0o755, 0o644),
    (0o755, 0o750, 0o644),
    (0o711, 0o755, 0o644),
    (0o701, 0o705, 0o604),
    (0o777, 0o777, 0o666),
    (0o1777, 0o1777, 0o666),
    (0o2775, 0o2775, 0o664),
    (0o705, 0o703, 0o606),
    (0o704, 0o755, 0o644),
    (0o702, 0o755, 0o644),
    (0o775, 0o770, 0o640),
    (0o751, 0o1733, 0o604),
]


@pytest.mark.parametrize(("own", "side", "file"), OPEN, ids=[f"{own:o} {side:o} {file:o}" for own, side, file in OPEN])
@pytest.mark.parametrize("begun", [False, True], ids=["before its first start", "after its first start"])
def test_what_was_open_within_the_closed_data_directory_is_open_to_nobody_where_all_may_pass(
    old: Path, root: Path, own: int, side: int, file: int, begun: bool
) -> None:
    (old / "alpha" / "out" / "855-000000001.edi").chmod(file)
    for name in ("in", "out"):
        (old / "alpha" / name).chmod(side)
    (old / "alpha").chmod(own)
    places = Places(root)
    places.prepare(["alpha"] if begun else [])
    moved = move_in(old, places)
    assert (moved.partners, moved.left, moved.closed) == (["alpha"], [], ["alpha"])
    for path in (root / "alpha", root / "alpha" / "in", root / "alpha" / "out"):
        assert path.stat().st_mode & 0o007 == 0
    assert places.prepare(["alpha"]) == {}
    assert places.fault_of("alpha") is None


def test_another_account_reads_nothing_of_what_was_moved(root: Path, old: Path) -> None:
    only_as_root()
    with place_for_all() as here:
        earlier = here / "data" / "folders"
        shutil.copytree(old, earlier)
        for path in (earlier, *earlier.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (here / "data").chmod(0o700)
        places = Places(here / "data-folders")
        places.prepare([])
        move_in(earlier, places)
        paths = sorted((here / "data-folders").rglob("*"))
        assert any(path.name.startswith("855") for path in paths)

        def read() -> list[str]:
            found = []
            for path in paths:
                with contextlib.suppress(PermissionError):
                    found.append(str(path) if path.is_file() and path.read_bytes() else "")
            return [name for name in found if name]

        assert as_account(STRANGER, read) == []


def test_a_folder_that_cannot_be_closed_stays_where_it_was_and_is_told(old: Path, root: Path) -> None:
    """The hub is no root, and the folder is its partner's."""
    only_as_root()
    with place_for_all() as here:
        earlier = here / "data" / "folders"
        for side in ("in", "out"):
            (earlier / "alpha" / side).mkdir(parents=True)
        (earlier / "alpha").chmod(0o755)
        os.chown(here, HUB, HUB)
        for path in (here / "data", earlier):
            os.chown(path, HUB, HUB)
        os.chown(earlier / "alpha", PARTNER, PARTNER)

        def move() -> tuple[list[str], list[str]]:
            places = Places(here / "data-folders")
            places.prepare([])
            moved = move_in(earlier, places)
            return moved.partners, moved.left

        assert as_account(HUB, move) == ([], ["alpha"])
        assert (earlier / "alpha" / "out").is_dir()


def test_what_was_put_into_the_new_place_meanwhile_stays_and_the_old_is_told(old: Path, root: Path) -> None:
    places = Places(root)
    places.prepare(["alpha"])
    (places.inbox("alpha") / "order.edi").write_bytes(b"newer")
    moved = move_in(old, places)
    assert (moved.partners, moved.left) == ([], ["alpha"])
    assert (places.inbox("alpha") / "order.edi").read_bytes() == b"newer"
    assert lying(old) == {"alpha/in/order.edi": OLD["in/order.edi"]}


@pytest.mark.parametrize(
    "at", ["alpha", "alpha/in", "alpha/out", "alpha/.taking", "alpha/refused", "alpha/.taking/0192"]
)
def test_a_link_that_a_partner_has_put_there_leads_nowhere(old: Path, root: Path, tmp_path: Path, at: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "in").mkdir(parents=True)
    (elsewhere / "in" / "secret.edi").write_bytes(b"secret")
    shutil.rmtree(old / at)
    (old / at).symlink_to(elsewhere if at == "alpha" else elsewhere / "in")
    places = Places(root)
    places.prepare(["alpha"])
    move_in(old, places)
    assert (elsewhere / "in" / "secret.edi").read_bytes() == b"secret"
    assert b"secret" not in lying(root).values()


@pytest.mark.parametrize("kind", ["link", "pipe", "second name"])
def test_what_is_no_plain_file_is_not_copied_to_another_file_system(
    old: Path, root: Path, tmp_path: Path, kind: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    at = old / "alpha" / "in" / "odd.edi"
    if kind == "link":
        at.symlink_to(secret)
    elif kind == "pipe":
        os.mkfifo(at)
    else:
        os.link(secret, at)
    places = Places(root)
    places.prepare(["alpha"])
    move_in(old, places)
    if root.parent != tmp_path:
        assert b"secret" not in lying(root).values()
        assert os.path.lexists(at), "it stays where it was"
    assert secret.read_bytes() == b"secret"
