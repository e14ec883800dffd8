"""What the hub keeps is reached through nobody else's hands: a folder is renamed with all that is in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.kernel.errors import Misconfigured
from hub.platform.at_rest import own_folder
from hub.transport.places import Places
from tests.security.accounts import HUB, PARTNER, as_account, only_as_root, place_for_all


@pytest.fixture
def above() -> Iterator[Path]:
    only_as_root()
    with place_for_all() as here:
        (here / "srv" / "hub").mkdir(parents=True)
        for path in (here, here / "srv", here / "srv" / "hub"):
            path.chmod(0o711)
        yield here


def _given(path: Path, mode: int | None = None) -> None:
    os.chown(path, PARTNER, PARTNER)
    if mode is not None:
        path.chmod(mode)


def _through_a_link(here: Path, link: Path) -> None:
    """What is named leads on by a link."""
    shutil.move(here / "srv", here / "elsewhere")
    link.symlink_to(here / "elsewhere")
    if link != here / "srv":
        (here / "srv").symlink_to(link)


def _link_of_another(here: Path) -> None:
    _through_a_link(here, here / "srv")
    os.lchown(here / "srv", PARTNER, PARTNER)


def _link_in_an_open_folder(here: Path) -> None:
    (here / "open").mkdir()
    (here / "open").chmod(0o777)
    _through_a_link(here, here / "open" / "link")


def _link_of_another_in_a_sticky_folder(here: Path) -> None:
    (here / "open").mkdir()
    (here / "open").chmod(0o1777)
    _through_a_link(here, here / "open" / "link")
    os.lchown(here / "open" / "link", PARTNER, PARTNER)


FOREIGN: dict[str, Callable[[Path], None]] = {
    "another owns the folder above": lambda here: _given(here / "srv" / "hub"),
    "another owns one further up": lambda here: _given(here / "srv"),
    "another owns it and may not write": lambda here: _given(here / "srv", 0o555),
    "another owns it and it is sticky": lambda here: _given(here / "srv", 0o1755),
    "all may write into the one above": lambda here: (here / "srv" / "hub").chmod(0o777),
    "all may write further up": lambda here: (here / "srv").chmod(0o757),
    "others alone may write": lambda here: (here / "srv").chmod(0o703),
    "a group of others may write": lambda here: (
        os.chown(here / "srv", 0, PARTNER),
        (here / "srv").chmod(0o775),
    )[1],
    "a group of others may write and all pass": lambda here: (
        os.chown(here / "srv" / "hub", 0, PARTNER),
        (here / "srv" / "hub").chmod(0o2731),
    )[1],
    "a link is another's": _link_of_another,
    "a link lies where all may write": _link_in_an_open_folder,
    "a link of another in a sticky folder": _link_of_another_in_a_sticky_folder,
    "what a link leads to is another's": lambda here: (
        _through_a_link(here, here / "srv"),
        _given(here / "elsewhere"),
    )[0],
}


@pytest.mark.parametrize("how", FOREIGN)
def test_nothing_is_kept_where_another_could_put_its_own_in_the_place(above: Path, how: str) -> None:
    FOREIGN[how](above)
    kept = above / "srv" / "hub" / "var"
    for keep in (
        lambda: own_folder(kept),
        lambda: own_folder(kept, "the folder of the backup"),
        lambda: Places(kept).prepare(["alpha"]),
    ):
        with pytest.raises(Misconfigured, match=r"belongs to another account|others may write into") as refused:
            keep()
        assert str(above) in str(refused.value)
        assert (refused.value.remedy or "").startswith(("chown root", "chmod go-w"))
    assert not kept.exists()


@pytest.mark.parametrize("begun", [False, True], ids=["new", "used"])
@pytest.mark.parametrize("what", ["data", "folders", "backup"])
def test_each_place_itself_is_the_hubs_or_roots(above: Path, what: str, begun: bool) -> None:
    place = above / "srv" / what
    if begun:
        own_folder(place) if what != "folders" else Places(place).prepare([])
    else:
        place.mkdir(mode=0o700 if what != "folders" else 0o711)
    os.chown(place, PARTNER, PARTNER)
    with pytest.raises(Misconfigured, match="belongs to another account"):
        own_folder(place) if what != "folders" else Places(place).prepare(["alpha"])


WELL: dict[str, Callable[[Path], None]] = {
    "as it is": lambda here: None,
    "root's, and all may read": lambda here: (here / "srv").chmod(0o755),
    "the hub's own": lambda here: os.chown(here / "srv", HUB, HUB),
    "sticky and open to all": lambda here: (here / "srv").chmod(0o1777),
    "sticky and open to a group": lambda here: (here / "srv").chmod(0o1775),
    "root's, with root's own group": lambda here: (here / "srv").chmod(0o775),
    "a link of root's": lambda here: _through_a_link(here, here / "srv"),
    "a link of the hub's": lambda here: (
        _through_a_link(here, here / "srv"),
        os.lchown(here / "srv", HUB, HUB),
    )[0],
    "a link that is relative": lambda here: (
        shutil.move(here / "srv", here / "elsewhere"),
        (here / "srv").symlink_to("./elsewhere"),
    )[1],
    "setgid": lambda here: (here / "srv").chmod(0o2755),
}


@pytest.mark.parametrize("how", WELL)
def test_an_account_that_is_not_root_keeps_its_data_below_its_own_and_roots_folders(above: Path, how: str) -> None:
    WELL[how](above)
    os.chown(above / "srv" / "hub", HUB, HUB)

    def keep() -> None:
        own_folder(above / "srv" / "hub" / "var")
        own_folder(above / "srv" / "hub" / "not" / "there" / "yet")
        Places(above / "srv" / "hub" / "folders").prepare(["alpha"])

    as_account(HUB, keep)


def test_links_in_a_circle_are_told_and_not_followed_for_ever(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(Misconfigured):
        own_folder(tmp_path / "a" / "var")


def test_check_names_the_place_and_what_mends_it(above: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = above / "srv" / "hub" / "var"
    assert run(["db", "upgrade", "--data", str(data)]) == 0
    os.chown(above / "srv", PARTNER, PARTNER)
    capsys.readouterr()
    assert run(["check", "--data", str(data)]) in (1, 2)
    said = capsys.readouterr().err
    assert f"{above / 'srv'} belongs to another account" in said
    assert f"chown root {above / 'srv'}" in said
