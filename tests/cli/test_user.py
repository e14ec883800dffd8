"""`hub user` and `hub partner key`: who gets in, by what they were given, shown once and stored nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hub.access import people
from hub.access.keys import check_key
from hub.cli.main import run
from hub.cli.stored import note_address, settings_for
from hub.kernel.clock import SystemClock
from hub.platform.database import Database
from hub.security.tokens import read_key
from tests.cli.conftest import NEW_PARTNER

Captured = pytest.CaptureFixture[str]
ADA = ["user", "add", "Ada@plant.example", "--name", "Ada", "--role", "account-manager"]


def test_a_new_person_gets_a_link_that_names_them_and_no_password(
    data: list[str], sqlite_database: Database, capsys: Captured
) -> None:
    assert run([*ADA, *data, "--json"]) == 0
    added = json.loads(capsys.readouterr().out)
    token = added["link"].partition("?token=")[2]
    person = sqlite_database.read_now(lambda conn: people.find_person(conn, added["login"]))
    assert person is not None
    assert not person.has_password
    assert person.partners is None
    now = person.created_at
    invited = sqlite_database.read_now(lambda conn: people.find_link(conn, token, now=now))
    assert invited == person


def test_the_link_leads_to_where_the_hub_of_these_data_serves(data: list[str], capsys: Captured) -> None:
    note_address(settings_for(Path(data[1]), port=8123))
    assert run([*ADA, *data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["link"].startswith("http://127.0.0.1:8123/welcome?")


def test_the_link_starts_with_the_public_address(
    data: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.plant.example/")
    run([*ADA, *data])
    assert re.search(r"https://hub\.plant\.example/welcome\?token=\S{20,}", capsys.readouterr().out)


def test_a_login_that_is_taken_is_refused(data: list[str], capsys: Captured) -> None:
    run([*ADA, *data])
    assert run([*ADA, *data]) == 1
    assert "already" in capsys.readouterr().err


def test_a_role_that_is_none_is_wrong_usage_and_the_roles_are_named(data: list[str], capsys: Captured) -> None:
    assert run([*ADA[:-1], "wizard", *data]) == 2
    assert "account-manager" in capsys.readouterr().err


def test_a_new_link_ends_the_one_before(data: list[str], sqlite_database: Database, capsys: Captured) -> None:
    run([*ADA, *data, "--json"])
    first = json.loads(capsys.readouterr().out)["link"].partition("?token=")[2]
    assert run(["user", "link", "ada@plant.example", *data]) == 0
    person = sqlite_database.read_now(lambda conn: people.find_person(conn, "ada@plant.example"))
    assert person is not None
    assert sqlite_database.read_now(lambda conn: people.find_link(conn, first, now=person.created_at)) is None


def test_a_disabled_person_stays_in_the_list(data: list[str], capsys: Captured) -> None:
    run([*ADA, *data])
    assert run(["user", "disable", "ada@plant.example", *data]) == 0
    capsys.readouterr()
    run(["user", "list", *data])
    assert "disabled" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["link", "disable"])
def test_somebody_unknown_ends_with_1(data: list[str], command: str, capsys: Captured) -> None:
    assert run(["user", command, "nobody", *data]) == 1
    assert "there is no nobody" in capsys.readouterr().err


def test_the_roles_say_what_they_permit(capsys: Captured) -> None:
    assert run(["user", "roles", "--json"]) == 0
    rows = {row["role"]: row["permissions"] for row in json.loads(capsys.readouterr().out)["items"]}
    assert "order:read" in rows["account-manager"]


def test_a_key_is_printed_alone_and_opens_the_partners_door(
    data: list[str], overlay: Path, sqlite_database: Database, capsys: Captured
) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    capsys.readouterr()
    assert run(["partner", "key", "north-spine", *data]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"hub_[a-z2-7]{8}_[0-9A-Za-z]{43}\n", said.out)
    assert not said.err
    presented = read_key(said.out.strip())
    assert presented is not None
    now = SystemClock().now()
    found = sqlite_database.read_now(lambda conn: check_key(conn, presented, now))
    assert found is not None
    assert found.partner == "north-spine"


def test_a_revoked_key_is_listed_as_such_and_a_third_needs_one_revoked(
    data: list[str], overlay: Path, capsys: Captured
) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    capsys.readouterr()
    run(["partner", "key", "north-spine", *data])
    first = capsys.readouterr().out.strip()
    run(["partner", "key", "north-spine", *data])
    assert run(["partner", "key", "north-spine", *data]) == 1
    assert "revoke one first" in capsys.readouterr().err
    assert run(["partner", "revoke", first, *data]) == 0
    assert run(["partner", "revoke", first, *data]) == 1
    capsys.readouterr()
    run(["partner", "keys", "north-spine", *data])
    said = capsys.readouterr().out
    assert said.count("live") == 1
    assert said.count("revoked") == 1
    assert first not in said


def test_there_is_no_key_for_a_partner_who_is_not_there(data: list[str], overlay: Path, capsys: Captured) -> None:
    assert run(["partner", "key", "nobody", *data]) == 2
    assert "there is no partner nobody" in capsys.readouterr().err
