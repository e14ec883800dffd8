"""What the hub keeps is its own: no other account of the machine reads it, whatever the mask of who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hub.cli.main import run
from hub.platform.settings import load
from tests.security.accounts import PARTNER, as_account, only_as_root, place_for_all

HUB_COMMAND = [sys.executable, "-m", "hub"]
OPEN = [0o755, 0o750, 0o711, 0o701, 0o710, 0o704, 0o740, 0o777, 0o1777, 0o2770, 0o702, 0o720]
COMMANDS: dict[str, list[str]] = {
    "serve": ["serve", "--port", "0"],
    "demo": ["demo", "--no-serve", "--port", "1"],
    "db upgrade": ["db", "upgrade"],
    "db backup": ["db", "backup", "{}/copy"],
    "check": ["check"],
    "user add": ["user", "add", "ada", "--name", "Ada", "--role", "viewer"],
    "user list": ["user", "list"],
    "partner key": ["partner", "key", "acme-cardio"],
    "partner keys": ["partner", "keys"],
    "message list": ["message", "list"],
    "message show": ["message", "show", "1"],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    assert run(["db", "upgrade", "--data", str(made)]) == 0
    return made


def others_may(path: Path) -> list[str]:
    """Return what in ``path``, itself included, is open to the group or to others."""
    return [str(each) for each in (path, *path.rglob("*")) if each.lstat().st_mode & 0o077]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("mode", [0o755, 0o2770])
def test_no_command_works_on_data_that_others_may_enter_and_each_says_what_mends_it(
    data: Path, tmp_path: Path, command: str, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data.chmod(mode)
    capsys.readouterr()
    assert run([*(part.format(tmp_path) for part in COMMANDS[command]), "--data", str(data)]) in (1, 2)
    said = capsys.readouterr().err
    assert "open to other accounts" in said
    assert f"chmod 700 {data}" in said
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("mode", OPEN)
def test_every_way_of_being_open_is_refused_and_the_command_that_is_told_mends_it(
    data: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data.chmod(mode)
    assert run(["user", "list", "--data", str(data)]) == 2
    remedy = capsys.readouterr().err.partition("chmod")[2].split("\n")[0]
    subprocess.run(["sh", "-c", f"chmod{remedy}"], check=True)
    assert run(["user", "list", "--data", str(data)]) == 0
    assert others_may(data) == []


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o027, 0o077])
@pytest.mark.parametrize("above", ["", "not/there/yet/"])
def test_what_commands_make_is_closed_whatever_the_mask(tmp_path: Path, mask: int, above: str) -> None:
    data = tmp_path / f"{above}data"

    def hub(*arguments: str) -> None:
        subprocess.run(
            [*HUB_COMMAND, *arguments, "--data", str(data)], umask=mask, check=True, capture_output=True, timeout=120
        )

    hub("db", "upgrade")
    hub("user", "add", "ada", "--name", "Ada", "--role", "viewer")
    hub("db", "backup", str(tmp_path / "copy"))
    subprocess.run(
        [*HUB_COMMAND, "db", "restore", str(tmp_path / "copy"), "--data", str(tmp_path / "again")],
        umask=mask,
        check=True,
        capture_output=True,
    )
    for made in (data, tmp_path / "copy", tmp_path / "again"):
        assert (made / "hub.db").is_file()
        assert others_may(made) == []
    if above:
        assert (tmp_path / "not").stat().st_mode & 0o777 == 0o711, "partners pass there on the way to their folders"


def test_a_command_leaves_the_mask_of_who_called_it_as_it_was(data: Path) -> None:
    before = os.umask(0o022)
    try:
        run(["user", "list", "--data", str(data)])
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_what_a_server_keeps_cannot_be_read_by_another_account() -> None:
    """The database, its log, a large body, one that is still arriving, the lock; and nothing can be listed."""
    only_as_root()
    with place_for_all() as here:
        data = here / "data"
        key = msgspec.json.decode(_said("partner", "key", "acme-cardio", "--json", "--data", str(data), first=data))
        command = [*HUB_COMMAND, "serve", "--data", str(data), "--port", "0", "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, umask=0o000)
        assert process.stdout is not None
        try:
            url = msgspec.json.decode(process.stdout.readline())["url"]
            sent = urllib.request.Request(
                f"{url}/inbound/acme-cardio",
                data=b"x" * 400_000,
                headers={"Authorization": f"Bearer {key['key']}", "Content-Type": "application/edi-x12"},
            )
            assert urllib.request.urlopen(sent, timeout=60).status == 202
            names = {path.name for path in data.rglob("*") if path.is_file()}
            assert {"hub.db", "hub.db-wal", "serving.lock"} < names
            assert any(len(name) == 64 for name in names), "the body is a file"
            paths = sorted(data.rglob("*"))

            def tried() -> list[str]:
                open_to_me = [
                    str(path) for path in paths if _may(path.read_bytes) or _may(lambda p=path: os.listdir(p))
                ]
                return open_to_me + ([str(data)] if _may(lambda: os.listdir(data)) else [])

            assert as_account(PARTNER, tried) == []
            assert others_may(data) == []
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


def _may(act: Callable[[], object]) -> bool:
    try:
        act()
    except PermissionError:
        return False
    return True


def _said(*arguments: str, first: Path) -> bytes:
    subprocess.run([*HUB_COMMAND, "db", "upgrade", "--data", str(first)], check=True, capture_output=True)
    return subprocess.run([*HUB_COMMAND, *arguments], check=True, capture_output=True).stdout


ODD: dict[str, Callable[[Path, Path], object]] = {
    "a link in the place of the database": lambda backup, secret: _instead(backup / "hub.db").symlink_to(secret),
    "a pipe in the place of the database": lambda backup, secret: os.mkfifo(_instead(backup / "hub.db")),
    "a folder in the place of the database": lambda backup, secret: _instead(backup / "hub.db").mkdir(),
    "a second name of the database": lambda backup, secret: os.link(backup / "hub.db", backup / "more.db"),
    "a link to a file among the bodies": lambda backup, secret: _body(backup).symlink_to(secret),
    "a relative link": lambda backup, secret: _body(backup).symlink_to("../../../secret"),
    "a link to nothing": lambda backup, secret: _body(backup).symlink_to("nothing"),
    "a link to a device": lambda backup, secret: _body(backup).symlink_to("/dev/zero"),
    "a link to a folder": lambda backup, secret: _body(backup).symlink_to(secret.parent),
    "a link in the place of a folder": lambda backup, secret: (backup / "blobs" / "cd").symlink_to(secret.parent),
    "a link in the place of all bodies": lambda backup, secret: (backup / "blobs").symlink_to(secret.parent),
    "a second name of another file": lambda backup, secret: os.link(secret, _body(backup)),
    "a pipe among the bodies": lambda backup, secret: os.mkfifo(_body(backup)),
}


def _instead(path: Path) -> Path:
    path.unlink()
    return path


def _body(backup: Path) -> Path:
    folder = backup / "blobs" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / ("ab" * 32)


@pytest.mark.parametrize("kind", ODD)
def test_a_backup_that_holds_what_we_would_not_have_written_is_refused_and_nothing_is_copied(
    data: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, secret = tmp_path / "copy", tmp_path / "outside" / "secret"
    secret.parent.mkdir()
    secret.write_bytes(b"secret")
    assert run(["db", "backup", str(backup), "--data", str(data)]) == 0
    if kind == "a link in the place of a folder":
        (backup / "blobs").mkdir(exist_ok=True)
    ODD[kind](backup, secret)
    assert run(["db", "restore", str(backup), "--data", str(tmp_path / "again")]) == 2
    assert "which no backup of ours holds" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_the_place_of_the_partners_folders_is_said_by_the_settings() -> None:
    assert load({"HUB_DATA": "/srv/hub/data"}).folders_root == Path("/srv/hub/data-folders")
    assert load({"HUB_DATA": "/srv/hub/data/"}).folders_root == Path("/srv/hub/data-folders")
    assert load({"HUB_DATA": "/srv/x/../hub"}).folders_root == Path("/srv/hub-folders")
    assert load({"HUB_FOLDERS": "/srv/edi"}).folders_root == Path("/srv/edi")
    assert load({}).folders_root == Path.cwd() / "var-folders"
    assert load({"HUB_DATA": "."}).folders_root == Path(f"{Path.cwd()}-folders")
