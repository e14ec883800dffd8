"""Whoever has a folder anywhere on the way to ours leads us nowhere: the way is judged name by name, as it is gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.cli.stored import actor
from hub.kernel.errors import Misconfigured
from hub.platform.at_rest import make_way_to, own_folder, refuse_foreign
from hub.transport.blocked import Blocked
from hub.transport.places import Places
from tests.security.accounts import PARTNER, only_as_root, place_for_all


@pytest.fixture
def here() -> Iterator[Path]:
    """A folder of ours (``p``), another of ours (``own``), one of a partner (``ev``), one open to all (``open``)."""
    only_as_root()
    with place_for_all() as found:
        for name in ("p", "own/s", "ev/s", "open/s"):
            (found / name).mkdir(parents=True)
        for path in (found, found / "p", found / "own", found / "own/s"):
            path.chmod(0o711)
        for name in ("ev", "ev/s"):
            os.chown(found / name, PARTNER, PARTNER)
        (found / "open").chmod(0o777)
        yield found


def _link(here: Path, name: str, to: str) -> str:
    (here / name).symlink_to(to)
    return f"{name}/var"


LED_AWAY: dict[str, Callable[[Path], str]] = {
    "a link goes into another's folder and out again": lambda here: _link(here, "l", "ev/s/../../p"),
    "and is absolute": lambda here: _link(here, "l", f"{here}/ev/s/../../p"),
    "and goes in one step only": lambda here: _link(here, "l", "ev/../p"),
    "and has points in it": lambda here: _link(here, "l", "./ev/./s/../.././p"),
    "what is named goes there itself": lambda here: "ev/s/../../p/var",
    "and by way of ours": lambda here: "p/../ev/s/../../p/var",
    "a link leads to a link": lambda here: (_link(here, "m", "ev/s/../../p"), _link(here, "l", "m"))[1],
    "a link is left by its parent": lambda here: (_link(here, "m", "ev/s"), _link(here, "l", "m/../../p"))[1],
    "and what is named leaves it": lambda here: (_link(here, "m", "ev/s"), "m/../../p/var")[1],
    "a folder that is open to all": lambda here: _link(here, "l", "open/s/../../p"),
    "named, and open to all": lambda here: "open/s/../../p/var",
    "a link of another's within": lambda here: (
        (here / "ev" / "k").symlink_to(".."),
        _link(here, "l", "ev/k/p"),
    )[1],
    "a link in a folder of ours": lambda here: (
        (here / "own" / "k").symlink_to("../ev/s/../../p"),
        "own/k/var",
    )[1],
}  # fmt: skip


@pytest.mark.parametrize("how", LED_AWAY)
def test_a_way_through_anothers_folder_is_refused_however_it_comes_back(here: Path, how: str) -> None:
    place = f"{here}/{LED_AWAY[how](here)}"
    for keep in (
        lambda: own_folder(Path(place)),
        lambda: Places(Path(place)).prepare(["alpha"]),
        lambda: refuse_foreign(Path(place), "it"),
    ):
        with pytest.raises(Misconfigured, match=r"belongs to another account|others may write into"):
            keep()
    assert not list((here / "p").iterdir()), "nothing was made before it was judged"


OURS: dict[str, Callable[[Path], str]] = {
    "plain": lambda here: "p/var",
    "a link": lambda here: _link(here, "l", "p"),
    "an absolute link": lambda here: _link(here, "l", f"{here}/p"),
    "in and out of ours": lambda here: _link(here, "l", "own/s/../../p"),
    "named so": lambda here: "own/s/../../p/var",
    "a link to a link": lambda here: (_link(here, "m", "own/s/../../p"), _link(here, "l", "m"))[1],
    "a link that is left by its parent": lambda here: (_link(here, "m", "own/s"), "m/../../p/var")[1],
    "what is not there yet": lambda here: "p/a/../b/var",
    "points": lambda here: "./p/././var",
    "the root and back": lambda here: f"../../../../../../..{here}/p/var",
}


@pytest.mark.parametrize("how", OURS)
def test_a_way_of_our_own_is_gone_as_the_system_goes_it(here: Path, how: str) -> None:
    place = Path(f"{here}/{OURS[how](here)}")
    own_folder(place)
    assert Path(os.path.realpath(place)).is_relative_to(here / "p")
    folders = place.with_name("folders")
    assert Places(folders).prepare(["alpha"]) == {}
    assert Path(os.path.realpath(folders / "alpha" / "in")).is_relative_to(here / "p")


def test_the_way_is_made_where_it_leads_and_not_where_its_letters_point(here: Path) -> None:
    (here / "m").symlink_to("own/s")
    make_way_to(here / "m" / ".." / "new" / "var")
    assert (here / "own" / "new").is_dir()
    assert not (here / "new").exists()


def _other_root(here: Path) -> None:
    (here / "p" / "folders").rename(here / "p" / "before")
    (here / "p" / "folders").mkdir(mode=0o711)


CHANGED: dict[str, Callable[[Path], object]] = {
    "another folder is put in its place": _other_root,
    "a link to another is put in its place": lambda here: (
        (here / "p" / "folders").rename(here / "p" / "before"),
        (here / "p" / "folders").symlink_to(here / "own"),
    ),
    "it is given to another": lambda here: os.chown(here / "p" / "folders", PARTNER, PARTNER),
    "it is opened to all": lambda here: (here / "p" / "folders").chmod(0o777),
    "the link that led there leads elsewhere": lambda here: (
        (here / "l").unlink(),
        (here / "l").symlink_to("own"),
        (here / "own" / "folders").mkdir(mode=0o711),
    ),
}


@pytest.mark.parametrize("how", CHANGED)
@pytest.mark.parametrize("use", ["put an answer", "take a file", "look", "our own"])
def test_a_root_that_is_another_than_at_the_start_is_not_used(here: Path, how: str, use: str) -> None:
    (here / "l").symlink_to("p")
    places = Places(here / "l" / "folders")
    places.prepare(["alpha"])
    CHANGED[how](here)
    uses: dict[str, Callable[[], object]] = {
        "put an answer": lambda: places.of("alpha", "out", make=True).__enter__(),
        "take a file": lambda: places.of("alpha", "in").__enter__(),
        "look": lambda: places.fault_of("alpha"),
        "our own": lambda: places.own("taking", make=True).__enter__(),
    }
    with pytest.raises(Misconfigured, match="root of the partners' folders"):
        uses[use]()
    assert isinstance(places.fault_of_way_out("alpha"), Blocked)
    assert not list((here / "own").glob("**/alpha"))


def test_a_root_that_is_the_same_as_at_the_start_is_used_on(here: Path) -> None:
    places = Places(here / "p" / "folders")
    places.prepare(["alpha"])
    (here / "p" / "folders").rename(here / "p" / "moved")
    (here / "p" / "moved").rename(here / "p" / "folders")
    assert places.fault_of("alpha") is None


OWN = {
    "the hub's folder is another's": lambda ours: os.chown(ours, PARTNER, PARTNER),
    "that of answers is": lambda ours: os.chown(ours / "writing", PARTNER, PARTNER),
    "that of files in hand is": lambda ours: os.chown(ours / "taking", PARTNER, PARTNER),
    "that of watched files is": lambda ours: os.chown(ours / "handed", PARTNER, PARTNER),
    "that of refused files is": lambda ours: os.chown(ours / "refused", PARTNER, PARTNER),
    "the hub's folder is a link": lambda ours: (ours.rename(ours.with_name("x")), ours.symlink_to("x")),
    "a link to a closed folder of others": lambda ours: (ours.rename(ours.with_name("x")), ours.symlink_to("/root")),
    "that of answers is a link": lambda ours: ((ours / "writing").rmdir(), (ours / "writing").symlink_to("taking")),
    "that of files in hand is a link": lambda ours: ((ours / "taking").rmdir(), (ours / "taking").symlink_to("..")),
    "that of answers is a file": lambda ours: ((ours / "writing").rmdir(), (ours / "writing").write_bytes(b"")),
    "the hub's folder is a file": lambda ours: (ours.rename(ours.with_name("x")), ours.write_bytes(b"")),
}  # fmt: skip


@pytest.mark.parametrize("how", OWN)
def test_the_hubs_own_folder_is_its_own_and_check_says_what_serving_says(
    here: Path, how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders, data = here / "p" / "folders", here / "p" / "var"
    Places(folders).prepare(["alpha"])
    mode = os.stat("/root").st_mode if os.path.isdir("/root") else 0
    OWN[how](folders / ".hub")  # type: ignore[no-untyped-call]
    monkeypatch.setenv("HUB_FOLDERS", str(folders))
    assert run(["db", "upgrade", "--data", str(data)]) == 0
    with pytest.raises(Misconfigured):
        Places(folders).prepare(["alpha"])
    capsys.readouterr()
    assert run(["check", "--data", str(data)]) in (1, 2)
    assert "HUB_FOLDERS" in capsys.readouterr().err
    assert mode in (0, os.stat("/root").st_mode), "what a link leads to keeps its mode"


@pytest.mark.parametrize("uid", [12_345, 65_000, 2**31 - 2])
def test_an_account_that_stands_in_no_list_acts_under_its_number(uid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: uid)
    assert actor() == f"shell:{uid}"
