"""`hub db`: a database is made, brought up to date, copied while it is in use, and brought back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.exchange.messages import find_message
from hub.kernel.scope import EVERYONE
from hub.platform.database import Database, open_database
from tests.exchange.story import receive_order

Captured = pytest.CaptureFixture[str]


def test_a_database_is_made_and_then_is_up_to_date(tmp_path: Path, capsys: Captured) -> None:
    assert run(["db", "upgrade", "--data", str(tmp_path), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["before"] is None
    run(["db", "upgrade", "--data", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out) == {"before": made["after"], "after": made["after"]}


def test_a_backup_taken_under_a_running_hub_brings_its_messages_back(
    data: list[str], sqlite_database: Database, tmp_path: Path
) -> None:
    order = sqlite_database.write_now(lambda conn: receive_order(conn, "4500098123"))
    assert run(["db", "backup", str(tmp_path / "backup"), *data]) == 0
    assert run(["db", "restore", str(tmp_path / "backup"), "--data", str(tmp_path / "restored")]) == 0
    restored = open_database(tmp_path / "restored")
    assert restored.read_now(lambda conn: find_message(conn, EVERYONE, order)) is not None
    restored.close_now()


def test_a_restore_never_overwrites(data: list[str], tmp_path: Path, capsys: Captured) -> None:
    run(["db", "backup", str(tmp_path / "backup"), *data])
    assert run(["db", "restore", str(tmp_path / "backup"), *data]) == 2
    assert "move the old data away first" in capsys.readouterr().err


def test_a_backup_does_not_mix_with_another(data: list[str], tmp_path: Path, capsys: Captured) -> None:
    run(["db", "backup", str(tmp_path / "backup"), *data])
    assert run(["db", "backup", str(tmp_path / "backup"), *data]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_what_is_no_backup_is_refused(tmp_path: Path, capsys: Captured) -> None:
    assert run(["db", "restore", str(tmp_path), "--data", str(tmp_path / "new")]) == 2
    assert "is no backup" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
