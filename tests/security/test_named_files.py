"""What a person names on the command line is a plain file, and text: anything else is one clear line, at once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.cli.main import run

SECONDS_MAX = 60  # beyond it the command hangs; it takes one
READING: dict[str, list[str]] = {
    "x12 check": ["x12", "check", "{}"],
    "x12 check, the second of two": ["x12", "check", __file__, "{}"],
    "map apply": ["map", "apply", "x12/004010/850", "{}"],
    "map render": ["map", "render", "x12/004010/855", "{}"],
    "map explain": ["map", "explain", "{}"],
    "map explain by a map": ["map", "explain", "x12/004010/850", "{}"],
    "map coverage": ["map", "coverage", "x12/004010/850", "{}"],
    "map diff": ["map", "diff", "acme-cardio/850", "--on", "{}"],
    "map new": ["map", "new", "--from", "{}", "--partner", "north-spine"],
    "send": ["send", "{}", "--partner", "acme-cardio", "--key", "hub_x", "--url", "http://127.0.0.1:1"],
    "plan show": ["plan", "show", "{}"],
    "plan solve": ["plan", "solve", "{}"],
}


def _pipe(at: Path) -> Path:
    os.mkfifo(at)
    return at


def _socket(at: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_UNIX) as listening:
        patch.chdir(at.parent)
        listening.bind(at.name)
    return at


def _folder(at: Path) -> Path:
    at.mkdir()
    return at


def _link(to: str) -> Callable[[Path], Path]:
    def make(at: Path) -> Path:
        at.symlink_to(to)
        return at

    return make


def _sparse(at: Path) -> Path:
    at.write_bytes(b"ISA")
    os.truncate(at, 1 << 40)
    return at


ODD: dict[str, Callable[[Path], Path]] = {
    "a pipe": _pipe,
    "a socket": _socket,
    "a folder": _folder,
    "zeros without end": lambda at: Path("/dev/zero"),
    "noise without end": lambda at: Path("/dev/urandom"),
    "the terminal": lambda at: Path("/dev/tty"),
    "a link to zeros": _link("/dev/zero"),
    "a link to a folder": _link("."),
    "a link to nothing": _link("nothing"),
    "a link to itself": _link("it"),
    "nothing": lambda at: at,
    "a terabyte of nothing": _sparse,
}


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_plain_file_is_one_line_and_exit_code_2(
    tmp_path: Path, command: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ODD[kind](tmp_path / "it")
    assert run([part.format(path) for part in READING[command]]) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    told = [line for line in said.err.splitlines() if str(path) in line]
    assert len(told) == 1, said.err
    assert said.out == ""


@pytest.mark.parametrize("command", ["x12 check", "map apply", "send"])
def test_a_pipe_is_not_waited_for_by_the_real_command_either(tmp_path: Path, command: str) -> None:
    path = _pipe(tmp_path / "pipe")
    ended = subprocess.run(
        [sys.executable, "-m", "hub", *(part.format(path) for part in READING[command])],
        capture_output=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert ended.returncode == 2
    assert b"is a pipe" in ended.stderr


SAYING: dict[str, list[str]] = {
    "partner new, its name": ["partner", "new", "x-y", "--name", "{}", "--theirs", "ZZ:A", "--ours", "ZZ:B"],
    "partner new, its id": ["partner", "new", "{}", "--name", "N", "--theirs", "ZZ:A", "--ours", "ZZ:B"],
    "partner new, theirs": ["partner", "new", "x-y", "--name", "N", "--theirs", "ZZ:{}", "--ours", "ZZ:B"],
    "partner new, the zone": ["partner", "new", "x-y", "--name", "N", "--theirs", "ZZ:A", "--ours", "ZZ:B",
                              "--time-zone", "{}"],
    "partner new, the currency": ["partner", "new", "x-y", "--name", "N", "--theirs", "ZZ:A", "--ours", "ZZ:B",
                                  "--currency", "{}"],
    "partner show": ["partner", "show", "{}"],
    "partner check": ["partner", "check", "{}"],
    "partner key": ["partner", "key", "acme-cardio", "--label", "{}"],
    "partner keys": ["partner", "keys", "{}"],
    "partner revoke": ["partner", "revoke", "{}"],
    "user add": ["user", "add", "{}", "--name", "Ada", "--role", "viewer"],
    "user add, the name": ["user", "add", "ada", "--name", "{}", "--role", "viewer"],
    "message show": ["message", "show", "{}"],
    "message replay": ["message", "replay", "{}"],
    "map test": ["map", "test", "{}"],
    "map apply": ["map", "apply", "{}", __file__],
    "x12 check": ["x12", "check", __file__, "--guide", "{}"],
}  # fmt: skip
NO_TEXT = [
    "\udcff",
    "a\udc80b",
    "\ud83d",
    "a\nb",
    "\x1b[2J",
    "a\x01b",
    "\x7f",
    "\x85",
    "a\tb",
    "\r",
]


@pytest.mark.parametrize("command", SAYING)
@pytest.mark.parametrize("text", NO_TEXT, ids=ascii)
def test_an_argument_that_is_no_text_is_one_line_and_exit_code_2(
    tmp_path: Path, command: str, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configuration").mkdir()
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path / "configuration"))
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "data"))
    assert run([part.format(text) for part in SAYING[command]]) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert "Error" in said.err or said.err.startswith("hub: ")
    assert text not in said.err + said.out, "it reaches no terminal"
    assert not list((tmp_path / "configuration").iterdir())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "name", [b"\xff.edi", b"a\nb.edi", b"\x1b[2J.edi", "\u202eide.edi".encode(), "订单.edi".encode()]
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_file_is_read_whatever_its_name_and_the_name_is_shown_harmless(
    tmp_path: Path, name: bytes, form: list[str]
) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "wb") as file:
        file.write(b"no X12 at all")
    ended = subprocess.run(
        [sys.executable, "-m", "hub", "x12", "check", path, *form],
        capture_output=True,
        check=False,
        timeout=SECONDS_MAX,
    )
    assert ended.returncode == 1, ended.stderr
    shown = (ended.stdout + ended.stderr).decode()
    assert "not-x12" in shown
    assert not set(shown) & {"\x1b", "\u202e"}
    assert "Traceback" not in shown
