"""A data folder and a configuration of the test's own, as arguments and environment of the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.platform.database import Database

NEW_PARTNER = ["--name", "North Spine", "--theirs", "ZZ:NORTHSPINE", "--ours", "ZZ:MEDCM"]


@pytest.fixture
def data(tmp_path: Path, sqlite_database: Database) -> list[str]:
    """The arguments that name a data folder; its database stays open, as under a running hub."""
    return ["--data", str(tmp_path)]


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The last root of the configuration: new partners go there."""
    folder = tmp_path / "configuration"
    folder.mkdir()
    monkeypatch.setenv("HUB_CONFIG_PATH", str(folder))
    return folder
