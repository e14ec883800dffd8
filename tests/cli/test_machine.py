"""What the machine refuses a command is told in one sentence, with exit code 2, and no traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.main import run
from tests.security.accounts import HUB, as_account, only_as_root, place_for_all

HUB_COMMAND = [sys.executable, "-m", "hub"]


def _told(said: str) -> None:
    assert "Traceback" not in said
    lines = [line for line in said.splitlines() if line.startswith("hub: ")]
    assert len(lines) == 1, said


@pytest.mark.parametrize(
    "command",
    [["db", "upgrade"], ["serve", "--port", "0"], ["message", "list"], ["user", "list"], ["db", "backup", "{}/copy"]],
    ids=lambda command: " ".join(command[:2]),
)
@pytest.mark.parametrize("kind", ["a folder", "a link to nothing within"])
def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path, command: list[str], kind: str) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    if kind == "a folder":
        (data / "hub.db").mkdir()
    else:
        (data / "hub.db").symlink_to(data / "not" / "there")
    asked = [*HUB_COMMAND, *(part.format(tmp_path) for part in command), "--data", str(data)]
    ended = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2
    _told(ended.stderr)


def test_a_backup_for_which_there_is_no_room_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run(["db", "upgrade", "--data", str(data)]) == 0
    ended = subprocess.run(
        [*HUB_COMMAND, "db", "backup", str(tmp_path / "copy"), "--data", str(data)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 2
    _told(ended.stderr)


@pytest.mark.parametrize("command", [["message", "list"], ["user", "list"], ["db", "upgrade"], ["partner", "keys"]])
def test_a_database_of_another_account_is_told(command: list[str]) -> None:
    only_as_root()
    with place_for_all() as here:
        data = here / "data"
        assert run(["db", "upgrade", "--data", str(data)]) == 0
        os.chown(data, HUB, HUB)
        (data / "hub.db").chmod(0o600)  # root's, in a folder that is the hub's

        def ended() -> tuple[int, str]:
            done = subprocess.run([*HUB_COMMAND, *command, "--data", str(data)], capture_output=True, text=True)
            return done.returncode, done.stderr

        code, said = as_account(HUB, ended)
        assert code == 2
        _told(said)
