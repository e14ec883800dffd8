"""What the tidy tests look at: the files of this checkout as git knows them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("hub", "planning", ".ci", "benchmarks")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every tracked file that is there; the calling test is skipped where this is no git checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files are tracked cannot be told")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def python_files(*tops: str) -> Iterator[Path]:
    """Yield the tracked Python files under ``tops`` (all code of ours when none is named)."""
    for path in tracked_files():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in (tops or CODE):
            yield path


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of ``path``."""
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    """Return ``path`` as a reader of the checkout would write it."""
    return path.relative_to(ROOT).as_posix()
