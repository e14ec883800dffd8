"""`hub message` finds a message by any number it carries, and asks for it to be processed or delivered again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from hub.cli.main import run
from hub.exchange import envelopes
from hub.exchange.tables import message
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Wording
from hub.platform.database import Database
from tests.exchange.story import answer, envelope, receive_order

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


def test_the_log_says_in_words_why_a_person_is_called(
    data: list[str], sqlite_database: Database, capsys: Captured
) -> None:
    why = Wording(key="call/not-written", words={"message": "no room for it"})
    sqlite_database.write_now(lambda conn: receive_order(conn, "4500098124"))
    sqlite_database.write_now(lambda conn: conn.execute(update(message).values(attention=why)))
    assert run(["message", "list", *data]) == 0
    said = capsys.readouterr().out
    assert "could not be written: no room for it" in said
    assert "call/not-written" not in said


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


def test_a_number_that_several_messages_carry_says_which_to_open_and_why_a_person_is_called(
    data: list[str], sqlite_database: Database, order: str, answered: str, capsys: Captured
) -> None:
    why = Wording(key="call/not-understood", words={"reason": "'ZZZ' is not in table unit"})
    sqlite_database.write_now(lambda conn: conn.execute(update(message).values(attention=why)))
    assert run(["message", "show", *data, "4500098123"]) == 1
    said = capsys.readouterr()
    assert "Not understood: 'ZZZ' is not in table unit" in said.out
    assert "call/not-understood" not in said.out
    assert f"`hub message show {order}`" in said.err
    capsys.readouterr()
    assert run(["message", "show", *data, order]) == 0


def test_every_table_of_messages_names_the_order(data: list[str], order: str, answered: str, capsys: Captured) -> None:
    for command in (["message", "list", *data], ["message", "show", *data, "4500098123"]):
        run(command)
        head, *rows = capsys.readouterr().out.splitlines()
        assert "number" in head
        assert len([row for row in rows if "PO 4500098123" in row]) == 2


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


def test_what_was_found_about_the_whole_message_is_shown_and_which_came_first(
    data: list[str], sqlite_database: Database, order: str, capsys: Captured
) -> None:
    first = sqlite_database.write_now(lambda conn: receive_order(conn, "4500098000"))
    taken = Diagnostic(
        code="ENV-INTERCHANGE-NUMBER-TAKEN",
        severity=Severity.ENVELOPE,
        told="interchange number 7 came before with other bytes",
        location=Location(segment=1, tag="ISA", element=13),
        advised="Send it under a new number",
    )

    def find_fault(conn: Connection) -> None:
        envelopes.enter(conn, envelope(first, 7, b"ISA a"))
        envelopes.enter(conn, envelope(order, 7, b"ISA b"))
        conn.execute(update(message).where(message.c.id == order).values(findings=[taken]))

    sqlite_database.write_now(find_fault)
    assert run(["message", "show", *data, order]) == 0
    said = capsys.readouterr().out
    for words in (taken.code, taken.message, "Send it under a new number", "ISA13", first, "PO 4500098123"):
        assert words in said
    assert run(["message", "show", *data, order, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == taken.code


def test_each_document_says_what_became_of_it_and_each_answer_what_it_answers(
    data: list[str], order: str, answered: str, capsys: Captured
) -> None:
    assert run(["message", "show", *data, order]) == 0
    said = capsys.readouterr().out
    assert "850 0001 PO 4500098123: accepted" in said
    assert f"answered by 855 PO 4500098123 {answered}" in said


@pytest.mark.parametrize(
    "word", ["hold", "Held", "reject", "warning", "done", "attentions", "", "all", "none ", "late"]
)
def test_a_status_that_is_none_is_said_with_those_there_are(
    data: list[str], order: str, word: str, capsys: Captured
) -> None:
    assert run(["message", "list", *data, "--status", word]) == 2
    said = capsys.readouterr().err
    assert "attention, " in said
    assert "held" in said


@pytest.mark.parametrize("word", ["attention", "held", "rejected", "overdue", "accepted", "valid", "failed"])
def test_a_status_that_is_one_is_asked_for(data: list[str], order: str, word: str) -> None:
    assert run(["message", "list", *data, "--status", word]) == 0


@pytest.mark.parametrize("partner", ["acme", "ACME-CARDIO", "acme-cardio ", "x"])
def test_a_partner_that_is_none_is_said_with_those_there_are(
    data: list[str], order: str, partner: str, capsys: Captured
) -> None:
    assert run(["message", "list", *data, "--partner", partner]) == 2
    assert "acme-cardio" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["replay", "resend"])
def test_a_number_in_place_of_an_id_names_the_messages_that_carry_it(
    data: list[str], order: str, answered: str, command: str, capsys: Captured
) -> None:
    assert run(["message", command, *data, "4500098123"]) == 1
    said = capsys.readouterr().err
    assert f"hub message replay {order}" in said
    assert f"hub message resend {answered}" in said


def test_what_was_received_is_not_resent_but_replayed(data: list[str], order: str, capsys: Captured) -> None:
    assert run(["message", "resend", *data, order]) == 1
    assert f"hub message replay {order}" in capsys.readouterr().err
