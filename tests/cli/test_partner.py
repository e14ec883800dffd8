"""`hub partner`: listing, showing, checking and making partners, on a configuration of the test's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.cli.main import run
from tests.cli.conftest import NEW_PARTNER

Captured = pytest.CaptureFixture[str]


def test_a_new_partner_is_sound_in_test_and_listed(overlay: Path, capsys: Captured) -> None:
    assert run(["partner", "new", "north-spine", *NEW_PARTNER]) == 0
    assert run(["partner", "check", "north-spine"]) == 0
    capsys.readouterr()
    run(["partner", "list", "--json"])
    listed = {found["id"]: found for found in json.loads(capsys.readouterr().out)["items"]}
    assert listed["north-spine"]["usage"] == "T"
    assert (overlay / "partners" / "north-spine" / "README.md").is_file()


def test_what_the_file_states_is_shown(overlay: Path, capsys: Captured) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    capsys.readouterr()
    assert run(["partner", "show", "north-spine"]) == 0
    assert "envelope theirs  ZZ:NORTHSPINE" in capsys.readouterr().out


def test_a_partner_who_is_there_already_is_left_alone(overlay: Path, capsys: Captured) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    assert run(["partner", "new", "north-spine", *NEW_PARTNER]) == 2
    assert "there already" in capsys.readouterr().err


def test_a_name_with_quotes_is_still_toml(overlay: Path) -> None:
    assert run(["partner", "new", "quoted", "--name", 'The "Quoted" \\ 心脏', *NEW_PARTNER[2:]]) == 0


def test_a_new_partner_that_would_not_load_leaves_nothing_behind(overlay: Path, capsys: Captured) -> None:
    assert run(["partner", "new", "north-spine", *NEW_PARTNER, "--time-zone", "Moon/Base"]) == 2
    assert "Moon/Base" in capsys.readouterr().err
    assert not (overlay / "partners" / "north-spine").exists()


@pytest.mark.parametrize("bad", ["North", "../etc", "a--b", "x" * 41])
def test_an_id_that_could_be_no_folder_is_refused(overlay: Path, bad: str) -> None:
    assert run(["partner", "new", bad, *NEW_PARTNER]) == 2
    assert not (overlay / "partners").exists()


def test_a_fault_is_named_with_file_and_line(overlay: Path, capsys: Captured) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    file = overlay / "partners" / "north-spine" / "partner.toml"
    file.write_text(file.read_text().replace("currency  =", "curency  ="))
    capsys.readouterr()
    assert run(["partner", "check", "--json"]) == 1
    said = capsys.readouterr()
    (fault,) = json.loads(said.out)["faults"]
    assert fault["file"] == str(file)
    assert file.read_text().splitlines()[fault["line"] - 1].startswith("curency")
    assert "did you mean 'currency'" in said.err


def test_an_unknown_partner_is_wrong_usage_and_the_known_ones_are_named(overlay: Path, capsys: Captured) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    assert run(["partner", "show", "south-spine"]) == 2
    assert "north-spine" in capsys.readouterr().err
