"""Two orders for one press, as files; and the command called as from a shell, with what it said and how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.cli.main import run


def order(name: str, due: int) -> dict[str, Any]:
    operation = {"id": f"{name}-10", "alternatives": [{"resource": "press", "minutes": 10}]}
    return {"id": name, "release": 0, "due": due, "weight": 1, "operations": [operation]}


def two_orders() -> dict[str, Any]:
    """A is due before its ten minutes are over, so it is late whatever is done; B is not."""
    return {
        "format": "planning-problem/1",
        "resources": [{"id": "press", "kind": "machine"}],
        "orders": [order("A", 5), order("B", 100)],
    }


class Told(msgspec.Struct, frozen=True):
    """How a command ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Hub = Callable[..., Told]


@pytest.fixture
def hub(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """``hub plan …`` in a folder of its own; numbers may stand among the arguments."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Told:
        capsys.readouterr()
        code = run(["plan", *map(str, arguments)])
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return call


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Save something as JSON, or text as it is; return the file."""

    def save(name: str, value: Any) -> Path:
        file = tmp_path / name
        file.write_text(value if isinstance(value, str) else json.dumps(value))
        return file

    return save


Saved = Callable[[str, Any], Path]


@pytest.fixture
def problem(saved: Saved) -> Path:
    return saved("problem.json", two_orders())


@pytest.fixture
def planned(hub: Hub, problem: Path, tmp_path: Path) -> Path:
    """The plan of ``problem``."""
    assert hub("solve", problem, "-o", "plan.json", "--effort", 50).code == 0
    return tmp_path / "plan.json"


def left_behind(folder: Path) -> list[str]:
    """Files that a command began and did not finish."""
    return [file.name for file in folder.iterdir() if "unfinished" in file.name]
