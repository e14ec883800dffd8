"""`docs/planning.md` as a newcomer follows it: its shell lines, its Python lines and its example, literally."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from planning.bench import generate
from tests.planning.cli.conftest import Hub, Saved

DOCUMENT = Path(__file__).parents[3] / "docs" / "planning.md"


def block(heading: str) -> str:
    """Return the first indented block under a heading."""
    part = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1]
    found = re.search(r"(?:^ {4}.*\n|^\n(?= {4}))+", part, flags=re.MULTILINE)
    assert found, heading
    return "\n".join(line[4:] for line in found[0].strip("\n").splitlines())


def test_its_shell_lines_run(hub: Hub, saved: Saved, tmp_path: Path) -> None:
    saved("problem.json", generate.problem("small", 1))  # the document's own is four times as large
    ran = []
    for line in block("From the shell, in a minute").splitlines():
        words = shlex.split(line.replace("--seconds 10", "--effort 100"), comments=True)
        if words[0] == "echo":
            assert words[2] == ">"
            (tmp_path / words[3]).write_text(words[1])
        elif words[0] == "hub":
            assert hub(*words[2:]).code == 0, line
            ran.append(words[2])
        else:
            assert words[:3] == ["python", "-m", "planning.bench.generate"]
    assert ran == ["warm", "solve", "check", "show", "whatif", "whatif"]


def test_its_lines_of_python_run(saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved("problem.json", generate.problem("small", 1))
    monkeypatch.chdir(tmp_path)
    lines = block("From Python, in a few lines").replace("effort=200_000", "effort=500")
    known: dict[str, Any] = {}
    with contextlib.redirect_stdout(None):
        exec(compile(lines, str(DOCUMENT), "exec"), known)
    assert known["firm"].plan.assignments


def test_its_example_of_a_problem_is_one(hub: Hub, saved: Saved) -> None:
    problem = saved("problem.json", json.loads(block("A problem as JSON")))
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50)
    assert (told.code, told.err) == (0, "")
    assert "1 planned, 0 late, 0 unplanned" in told.out
    assert hub("check", problem, "plan.json").code == 0
