"""`hub message` finds a message by any number it carries, and asks for it to be processed or delivered again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.platform.database import Database
from tests.exchange.story import answer, receive_order

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def order(sqlite_database: Database) -> str:
    return sqlite_database.write_now(lambda conn: receive_order(conn, "4500098123", attention="price off contract"))


@pytest.fixture
def answered(sqlite_database: Database, order: str) -> str:
    return sqlite_database.write_now(lambda conn: answer(conn, "4500098123", order))


def test_the_log_is_listed_as_the_interface_says(data: list[str], order: str, capsys: Captured) -> None:
    assert run(["message", "list", *data, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in listed["items"]] == [order]
    assert listed["next"] is None


def test_a_page_says_how_to_go_on(data: list[str], order: str, answered: str, capsys: Captured) -> None:
    run(["message", "list", *data, "--limit", "1"])
    said = capsys.readouterr()
    assert order in said.out
    cursor = said.err.split()[-1]
    run(["message", "list", *data, "--cursor", cursor])
    assert answered in capsys.readouterr().out


def test_a_cursor_of_ones_own_making_is_wrong_usage(data: list[str], order: str) -> None:
    assert run(["message", "list", *data, "--cursor", "mine"]) == 2


def test_nothing_found_is_said_and_is_no_fault(data: list[str], order: str, capsys: Captured) -> None:
    assert run(["message", "list", *data, "no-such-number"]) == 0
    assert "No such messages" in capsys.readouterr().err


def test_a_message_is_shown_by_the_order_number_it_alone_carries(data: list[str], order: str, capsys: Captured) -> None:
    assert run(["message", "show", *data, "4500098123"]) == 0
    said = capsys.readouterr().out
    assert order in said
    assert "price off contract" in said
    assert "finished" in said


def test_a_number_that_two_messages_carry_lists_both(
    data: list[str], order: str, answered: str, capsys: Captured
) -> None:
    assert run(["message", "show", *data, "4500098123"]) == 1
    said = capsys.readouterr().out
    assert order in said
    assert answered in said


def test_the_bytes_come_back_exactly(data: list[str], order: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["message", "show", *data, order, "--raw"]) == 0
    assert capfdbinary.readouterr().out == b"acme-cardio 4500098123"


def test_a_replay_is_asked_for_with_who_and_why(data: list[str], order: str, capsys: Captured) -> None:
    assert run(["message", "replay", *data, order, "--reason", "price list was late"]) == 0
    capsys.readouterr()
    run(["message", "show", *data, order])
    said = capsys.readouterr().out
    assert "replay-asked" in said
    assert "price list was late (shell:" in said


def test_what_we_sent_is_not_processed_again_but_resent(data: list[str], answered: str, capsys: Captured) -> None:
    assert run(["message", "replay", *data, answered]) == 1
    assert "resend it" in capsys.readouterr().err
    assert run(["message", "resend", *data, answered]) in (0, 1)


@pytest.mark.parametrize("command", ["show", "replay", "resend"])
def test_a_message_that_is_not_there_ends_with_1(data: list[str], command: str, capsys: Captured) -> None:
    assert run(["message", command, *data, "0193"]) == 1
    assert "0193" in capsys.readouterr().err


def test_a_folder_without_a_hub_is_wrong_usage(tmp_path: Path, capsys: Captured) -> None:
    assert run(["message", "list", "--data", str(tmp_path / "elsewhere")]) == 2
    assert "hub serve" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()
