"""`make` finds a uv that works, and fetches one where there is none: by venv, or by pip into a folder."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

from tests.project.checkout import ROOT


@pytest.fixture
def finder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`.ci/find_uv.py` on a machine without uv, with a home of the test's own."""
    spec = importlib.util.spec_from_file_location("find_uv", ROOT / ".ci" / "find_uv.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HOME", tmp_path / ".uv")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("UV", raising=False)
    return module


def _uv(folder: Path, version: str) -> Path:
    """Write a program that says it is uv of ``version``."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "uv"
    program.write_text(f"#!/bin/sh\necho 'uv {version}'\n")
    program.chmod(0o755)
    return program


def test_the_machines_own_uv_is_taken(finder: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = _uv(tmp_path / "bin", "0.13.8 (x86_64)")
    assert finder.main() == 0
    assert capsys.readouterr().out.strip() == str(own)


@pytest.mark.parametrize("said", ["0.4.30", "'; exit 1; echo '"])
def test_one_that_is_too_old_or_does_not_run_is_passed_over(
    finder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    _uv(tmp_path / "bin", said)
    monkeypatch.setattr(finder, "_do", lambda command: bool(_uv(tmp_path / ".uv" / "bin", "0.13.8")))
    assert finder.main() == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / ".uv" / "bin" / "uv")


def test_without_venv_pip_puts_it_into_a_folder(
    finder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[list[str]] = []

    def do(command: list[str]) -> bool:
        tried.append(command)
        if "venv" in command:
            return False
        _uv(tmp_path / ".uv" / "bin", "0.13.8")
        return True

    monkeypatch.setattr(finder, "_do", do)
    assert finder.main() == 0
    assert tried[-1][tried[-1].index("--target") + 1] == str(tmp_path / ".uv")


def test_where_nothing_works_it_says_what_is_needed(
    finder: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(finder, "_do", lambda command: False)
    assert finder.main() == 2
    assert "either pip or venv" in capsys.readouterr().err
    assert not os.path.exists(finder.HOME)
