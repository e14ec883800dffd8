"""`hub map diff` shows what a map says otherwise than another, and what that does to documents."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection

from hub.cli.main import run
from hub.cli.map import map_
from hub.exchange import recording
from hub.exchange.model import DocumentRow
from hub.formats.families import SchemaLibrary
from hub.mapping.library import MapLibrary
from hub.platform.database import Database
from tests.exchange.story import incoming
from tests.stored import accept

CHECKOUT = Path(__file__).resolve().parents[2]
ACME = CHECKOUT / "mappings/acme-cardio/850.toml"
ORDER = CHECKOUT / "mappings/acme-cardio/850/cases/the reference order/input.edi"
ANSWER = CHECKOUT / "mappings/x12/004010/855/cases/accepted as ordered/input.json"

LIBRARY = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT]))

Captured = pytest.CaptureFixture[str]


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(map_, ["diff", *(str(argument) for argument in arguments)])


def compared(*arguments: str | Path) -> dict[str, Any]:
    done = called(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def changed(tmp_path: Path, *edits: tuple[str, str], file: Path = ACME) -> Path:
    """Return a copy of a map outside the configuration, with ``edits`` made in it: another version of it."""
    text = file.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "other.toml"
    path.write_text(text)
    return path


def test_a_partners_map_is_compared_with_the_map_it_extends() -> None:
    done = called("acme-cardio/850")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "acme-cardio/850 against x12/004010/850: 4 added, 1 changed, 1 removed"
    at = lines.index("~ currency  (acme-cardio/850.toml:9)")
    assert lines[at + 1 : at + 3] == [
        "    was  CUR[BY]02 or CUR[SE]02 or CUR02 | assume:USD",
        "    now  CUR[BY]02 | default:USD",
    ]
    assert "+ requirements[kind = quality].at  (acme-cardio/850.toml:13)" in lines
    assert any(line.startswith("- customer_reference  (x12/004010/850.toml:") for line in lines)


def test_machines_get_every_change_with_its_place() -> None:
    told = compared("acme-cardio/850")
    assert (told["old"], told["new"]) == ("x12/004010/850", "acme-cardio/850")
    assert "effects" not in told
    (project,) = [change for change in told["changes"] if change["rule"] == "project"]
    assert project == {"change": "added", "rule": "project", "where": "acme-cardio/850.toml:10", "now": "REF[CO]02"}


def test_a_map_against_itself_says_the_same() -> None:
    done = called("acme-cardio/850", "acme-cardio/850")
    assert done.stdout == "acme-cardio/850 against acme-cardio/850: says the same\n"


def test_another_version_is_a_file_anywhere_and_what_is_only_spelt_otherwise_is_no_change(tmp_path: Path) -> None:
    other = changed(
        tmp_path,
        ('"CUR[BY]02 | default:USD"    # they say it in every order', '" CUR[BY]02 |  default:USD"'),
        ('project            = "REF[CO]02"', 'project = "REF[CO]02"  # said twice'),
    )
    assert compared(other, "acme-cardio/850")["changes"] == []


def test_what_changed_between_two_versions_is_told_with_its_reason(tmp_path: Path) -> None:
    other = changed(
        tmp_path,
        ('project            = "REF[CO]02"', 'project = "REF[PR]02"\nwhy.project = "guide 2.1: PR since May"'),
    )
    (change,) = compared("acme-cardio/850", other)["changes"]
    assert (change["change"], change["was"], change["now"]) == ("changed", "REF[CO]02", "REF[PR]02")
    assert change["why"] == "guide 2.1: PR since May"
    assert change["where"] == f"{other}:10"


def test_codes_of_the_partner_are_compared_code_by_code(tmp_path: Path) -> None:
    other = changed(tmp_path, ("[[each.requirements]]", '[codes.unit]\nZ9 = "our-crate"\n\n[[each.requirements]]'))
    (change,) = compared("acme-cardio/850", other)["changes"]
    assert (change["change"], change["rule"], change["now"]) == ("added", "codes.unit.Z9", "our-crate")


def test_a_rule_that_stands_elsewhere_is_moved_for_the_first_takes_the_segment(tmp_path: Path) -> None:
    base = CHECKOUT / "mappings/x12/004010/850.toml"
    line = 'customer_reference   = "REF[CO]02"\n'
    other = changed(tmp_path, (line, ""), ("[fields]\n", f"[fields]\n{line}"), file=base)
    (change,) = compared("x12/004010/850", other)["changes"]
    assert (change["change"], change["rule"]) == ("moved", "customer_reference")
    assert (change["was"], change["now"]) == ("after currency", "first")


def test_the_effect_on_a_file_is_told_by_field() -> None:
    done = called("acme-cardio/850", "--on", ORDER)
    assert "1 of 1 documents come out differently" in done.stdout
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("project ")]
    assert row.split()[:4] == ["project", "1", "(nothing)", "PRJ-771"]


OF_CUSTOMERS = (
    ("acme-cardio/850", "acme-cardio/samples/order.edi"),
    ("borealis-ortho/850", "borealis-ortho/samples/order.edi"),
    ("helix-diagnostics/order", "helix-diagnostics/samples/order.json"),
    ("meridian-cath/order", "meridian-cath/samples/order.xml"),
    ("nordlys-implants/order", "nordlys-implants/samples/order.xml"),
    ("summit-surgical/order", "summit-surgical/samples/order.xml"),
)


@pytest.mark.parametrize(("name", "sample"), OF_CUSTOMERS, ids=[name for name, _ in OF_CUSTOMERS])
def test_the_effect_on_a_customers_order_is_told_whatever_is_found_in_it(name: str, sample: str) -> None:
    base = [] if LIBRARY.files.base(name) else [name]  # one that extends no other is compared with itself
    effects = compared(*base, name, "--on", CHECKOUT / "partners" / sample)["effects"]
    assert effects["documents"] == 1
    fields = [effect["field"] for effect in effects.get("effects", [])]
    assert len(fields) == len(set(fields)) >= effects.get("different", 0)
    assert not [field for field in fields if "document " in field or "envelope " in field], "one place in any message"


def test_customers_whose_order_is_tried_are_all_there_are() -> None:
    with_samples = {folder.parent.name for folder in CHECKOUT.glob("partners/*/samples")}
    assert {sample.split("/")[0] for _, sample in OF_CUSTOMERS} == with_samples


def test_one_field_of_many_lines_is_told_once_and_what_is_found_belongs_to_it(tmp_path: Path) -> None:
    other = changed(tmp_path, ("[[each.requirements]]", '[codes.unit]\nEA = "each-one"\n\n[[each.requirements]]'))
    effects = compared("acme-cardio/850", other, "--on", ORDER)["effects"]
    (unit,) = [effect for effect in effects["effects"] if effect["field"] == "lines.quantity.unit"]
    assert (unit["documents"], unit["was"], unit["now"]) == (1, "each", "each-one")
    other = changed(tmp_path, ("[fields]\n", '[fields]\nextensions.kind = "BEG02"\nkind = ""\n'))
    effects = compared("acme-cardio/850", other, "--on", ORDER)["effects"]
    assert {effect["field"] for effect in effects["effects"]} == {"kind", "extensions.kind"}


def test_the_effect_on_what_we_send_is_told_by_segment(tmp_path: Path) -> None:
    base = CHECKOUT / "mappings/x12/004010/855.toml"
    other = changed(tmp_path, ('"REF[VN]02"', '"REF[IV]02"'), file=base)
    effects = compared("x12/004010/855", other, "--on", ANSWER)["effects"]
    assert (effects["documents"], effects["different"]) == (1, 1)
    (effect,) = effects["effects"]
    assert (effect["field"], effect["was"][:7], effect["now"][:7]) == ("REF", "REF*VN*", "REF*IV*")


def test_the_last_stored_messages_are_tried_those_of_the_partner_alone(
    data: list[str], sqlite_database: Database, capsys: Captured
) -> None:
    def store(conn: Connection, partner: str, content: bytes) -> None:
        message = accept(conn, incoming(content, partner)).message_id
        row = DocumentRow(message=message, position=1, partner=partner, direction="in", kind="850")
        recording.put_documents(conn, [row])

    for number, partner in enumerate(("acme-cardio", "acme-cardio", "north-spine")):
        content = ORDER.read_bytes() + b"\n" * number
        sqlite_database.write_now(partial(store, partner=partner, content=content))
    for last, documents in (("1", 1), ("9", 2)):
        assert run(["map", "diff", "acme-cardio/850", "--last", last, *data, "--json"]) == 0
        effects = json.loads(capsys.readouterr().out)["effects"]
        assert (effects["documents"], effects["different"]) == (documents, documents)


def test_a_name_mistyped_suggests_the_nearest(capsys: Captured) -> None:
    assert run(["map", "diff", "acme-cardio/580"]) == 2
    assert "did you mean acme-cardio/850?" in capsys.readouterr().err
    assert run(["map", "diff", "x12/004010/85", "acme-cardio/850"]) == 2
    assert "did you mean x12/004010/85" in capsys.readouterr().err


def test_a_map_that_extends_none_needs_a_second_and_two_of_different_sets_have_no_common_effect(
    capsys: Captured,
) -> None:
    assert run(["map", "diff", "x12/004010/850"]) == 2
    assert "name the one to compare it with" in capsys.readouterr().err
    assert run(["map", "diff", "x12/004010/850", "x12/004010/855", "--on", str(ORDER)]) == 2
    assert called("one", "two", "three").exit_code == 2
    assert compared("x12/004010/850", "x12/004010/855")["changes"][0] == {
        "change": "changed",
        "rule": "map.document",
        "where": "x12/004010/855.toml:4",
        "was": "PurchaseOrder",
        "now": "OrderAcknowledgement",
    }
