"""Planning problems from the field, solved from the shell: each is planned, or told why not, as is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import run

PROBLEMS = Path(__file__).parent / "planning"
PATHS = {path.stem.partition("-")[0]: path for path in sorted(PROBLEMS.glob("*.json"))}


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, Path]]:
    """Every problem solved once: the exit code, and where its plan is."""
    folder = tmp_path_factory.mktemp("plans")
    found = {}
    for name, path in PATHS.items():
        plan = folder / f"{name}.json"
        found[name] = (run(["plan", "solve", str(path), "--out", str(plan), "--seconds", "2"]), plan)
    return found
