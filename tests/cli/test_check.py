"""`hub check` finds every fault in one run, each with its file and line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from hub.access.keys import make_key
from hub.access.shared_secrets import put_secret
from hub.business.rooms import RIGHTS
from hub.cli.main import run
from hub.kernel.clock import SystemClock
from hub.platform.database import Database
from tests.cli.conftest import NEW_PARTNER
from tests.house import CHECKOUT

Captured = pytest.CaptureFixture[str]


def _check(capsys: Captured, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    capsys.readouterr()
    code = run(["check", "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)["faults"]


def test_what_we_ship_is_sound(tmp_path: Path, capsys: Captured) -> None:
    assert _check(capsys, "--data", str(tmp_path)) == (0, [])


def test_faults_of_every_kind_are_found_in_one_run(overlay: Path, tmp_path: Path, capsys: Captured) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    run(["partner", "new", "south-spine", *NEW_PARTNER[:3], "ZZ:SOUTHSPINE", *NEW_PARTNER[4:]])
    north, south = (overlay / "partners" / name for name in ("north-spine", "south-spine"))
    (north / "partner.toml").write_text((north / "partner.toml").read_text() + '\n[colour]\nof = "blue"\n')
    (south / "partner.toml").write_text(
        (south / "partner.toml").read_text().replace("x12/004010/850", "south-spine/850")
    )
    (south / "items.toml").write_text("[[item]]\nnumbr = 1\n")
    (south / "guides").mkdir()
    (south / "guides" / "850.toml").write_text('extends = "x12/004010/850"\ncolour = "blue"\n')
    code, faults = _check(capsys, "--data", str(tmp_path))
    assert code == 1
    assert {fault["what"] for fault in faults} >= {"partners", "maps", "tables", "guides"}
    assert all(fault["file"] for fault in faults)
    unknown = next(fault for fault in faults if fault["what"] == "partners")
    assert unknown["line"] == len((north / "partner.toml").read_text().splitlines()) - 1


@pytest.mark.parametrize(("table", "right", "wrong"), [
    ("sends", '850 = "x12/004010/850"', '850 = "x12/004010/580"'),
    ("receives", '855 = "x12/004010/855"', '855 = "x12/04010/855"'),
])  # fmt: skip
def test_a_map_that_is_not_there_is_told_with_its_line_and_what_may_be_meant(
    overlay: Path, tmp_path: Path, capsys: Captured, table: str, right: str, wrong: str
) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    file = overlay / "partners" / "north-spine" / "partner.toml"
    lines = file.read_text().splitlines()
    [at] = [number for number, line in enumerate(lines, 1) if line.startswith(right)]
    file.write_text("\n".join(lines).replace(right, wrong))
    code, faults = _check(capsys, "--data", str(tmp_path))
    [fault] = [each for each in faults if "which is not there" in str(each["message"])]
    assert (code, fault["line"]) == (1, at)
    assert str(fault["remedy"]).startswith(f"did you mean x12/004010/{right[:3]}?")


def test_a_key_of_a_partner_who_is_gone_is_a_fault(
    data: list[str], sqlite_database: Database, overlay: Path, capsys: Captured
) -> None:
    now = SystemClock().now()
    sqlite_database.write_now(lambda conn: make_key(conn, "long-gone", now=now, actor="test", scopes=RIGHTS.of_keys))
    code, faults = _check(capsys, *data)
    assert code == 1
    assert [fault["what"] for fault in faults] == ["keys"]


def test_an_old_database_is_a_fault_with_its_remedy(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "hub.db").touch()
    code, faults = _check(capsys, "--data", str(tmp_path))
    assert code == 1
    assert {fault["remedy"] for fault in faults} == {"run: hub db upgrade"}


def test_an_overlay_that_is_not_there_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path / "nowhere"))
    assert run(["check", "--data", str(tmp_path)]) == 2


@pytest.mark.parametrize(
    ("change", "warned"),
    [
        (("", ""), False),
        (("997 = ", "# 997 = "), True),
        (("997 = ", "999 = "), False),
    ],
)
@pytest.mark.parametrize(
    ("minutes", "awaited"),
    [("", True), ("functional_due_minutes = 60\n", True), ("functional_due_minutes = 0\n", False)],
)
def test_a_partner_whose_acknowledgements_could_not_be_taken_is_warned_of(
    overlay: Path, tmp_path: Path, capsys: Captured, change: tuple[str, str], warned: bool, minutes: str, awaited: bool
) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    file = overlay / "partners" / "north-spine" / "partner.toml"
    text = file.read_text().replace("[x12.acknowledgements]\n", f"[x12.acknowledgements]\n{minutes}")
    file.write_text(text.replace(*change) if change[0] else text)
    capsys.readouterr()
    run(["check", "--json", "--data", str(tmp_path)])
    told = [each for each in json.loads(capsys.readouterr().out)["warnings"] if "north-spine" in each["file"]]
    assert [each["code"] for each in told] == (["CFG-NEVER-ACKNOWLEDGED"] if warned and awaited else [])
    assert all(each["remedy"] and each["file"] for each in told)


@pytest.mark.parametrize("agreed", [False, True])
def test_a_customer_whose_orders_may_name_anybody_is_warned_of(
    overlay: Path, tmp_path: Path, capsys: Captured, agreed: bool
) -> None:
    target = overlay / "partners" / "nordlys-implants"
    shutil.copytree(CHECKOUT / "partners" / "nordlys-implants", target)
    text = (target / "partner.toml").read_text()
    if not agreed:
        begins, ends = text.index("[[parties]]"), text.index("[[transports]]")
        (target / "partner.toml").write_text(text[:begins] + text[ends:])
    run(["check", "--json", "--data", str(tmp_path)])
    told = [each for each in json.loads(capsys.readouterr().out)["warnings"] if "nordlys" in each["file"]]
    assert [each["code"] for each in told] == ([] if agreed else ["CFG-WHOEVER-IS-NAMED"])


def checked(overlay: Path, data: Path, capsys: Captured, *changes: tuple[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return what is found, once the file of a new partner has been changed."""
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    file = overlay / "partners" / "north-spine" / "partner.toml"
    text = file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text)
    capsys.readouterr()
    run(["check", "--json", "--data", str(data)])
    found: dict[str, list[dict[str, Any]]] = json.loads(capsys.readouterr().out)
    return found


BOTH_RELEASES = ('releases = ["004010"]', 'releases = ["004010", "005010"]')


def test_a_release_that_is_agreed_and_that_no_map_of_the_set_reads_is_warned_of(
    overlay: Path, tmp_path: Path, capsys: Captured
) -> None:
    found = checked(overlay, tmp_path, capsys, BOTH_RELEASES)
    told = [each for each in found["warnings"] if "north-spine" in each["file"]]
    assert [each["code"] for each in told] == ["CFG-SENDS"] * 2
    assert told[0]["message"] == (
        "under [sends] x12/004010/850 reads release 004010, and 005010 is agreed too: a set 850 of it is held"
    )
    assert all(each["line"] and each["remedy"] for each in told)


def test_a_release_that_has_its_own_line_is_read(overlay: Path, tmp_path: Path, capsys: Captured) -> None:
    more = '[sends]\n850-005010 = "x12/005010/850"\n997-005010 = "x12/005010/997"'
    found = checked(overlay, tmp_path, capsys, BOTH_RELEASES, ("[sends]", more))
    assert [each for each in (*found["warnings"], *found["faults"]) if "north-spine" in str(each["file"])] == []


def test_a_document_that_is_said_to_leave_in_another_release_than_its_map_s_is_a_fault(
    overlay: Path, tmp_path: Path, capsys: Captured
) -> None:
    leaves = ("[x12]\n", '[x12]\nwritten_in = { 855 = "005010", 997 = "005010" }\n')
    found = checked(overlay, tmp_path, capsys, leaves)
    (told,) = [each for each in found["faults"] if each["what"] == "maps"]
    assert told["message"] == "855 is written in 005010 by the file of north-spine, and its map writes 004010"


@pytest.mark.parametrize(
    ("old", "new", "message", "remedy"),
    [
        (
            '850 = "x12/004010/850"',
            '850 = "helix-diagnostics/order"',
            "under [sends] 850 is a set of X12, and helix-diagnostics/order reads JSON",
            'order = "helix-diagnostics/order"',
        ),
        (
            '850 = "x12/004010/850"',
            'order = "x12/004010/850"',
            "under [sends] order names x12/004010/850, which reads the set 850",
            'write 850 = "x12/004010/850"',
        ),
        (
            '850 = "x12/004010/850"',
            '850 = "x12/005010/850"',
            "under [sends] x12/005010/850 reads release 005010, and [x12] agrees 004010",
            "add 005010 to releases under [x12]",
        ),
        (
            '850 = "x12/004010/850"',
            '850-005010 = "x12/004010/850"',
            "under [sends] 850-005010 names x12/004010/850, which reads release 004010",
            'write 850-004010 = "x12/004010/850"',
        ),
        (
            '997 = "x12/004010/997"',
            '997 = "x12/004010/997"\n850-004010 = "acme-cardio/850"',
            "under [sends] 850-004010 names acme-cardio/850 for what x12/004010/850 reads already: "
            "set 850, release 004010",
            "leave one of the two out",
        ),
        (
            '855 = "x12/004010/855"',
            '855-004010 = "x12/004010/855"',
            "under [receives] 855-004010 names x12/004010/855, which writes the set 855",
            'write 855 = "x12/004010/855"',
        ),
    ],
)
def test_a_map_that_is_named_as_what_it_does_not_read_is_a_fault_with_its_line(
    overlay: Path, tmp_path: Path, capsys: Captured, old: str, new: str, message: str, remedy: str
) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    file = overlay / "partners" / "north-spine" / "partner.toml"
    file.write_text(file.read_text().replace(old, new))
    lines = file.read_text().splitlines()
    line = next(number for number, each in enumerate(lines, start=1) if new.splitlines()[-1] in each)
    code, faults = _check(capsys, "--data", str(tmp_path))
    (told,) = [fault for fault in faults if fault["what"] == "maps"]
    assert code == 1
    table = "CFG-RECEIVES" if "[receives]" in message else "CFG-SENDS"
    assert (told["code"], told["message"], told["line"]) == (table, message, line)
    assert str(told["file"]).endswith("north-spine/partner.toml")
    assert remedy in str(told["remedy"])


@pytest.mark.parametrize(
    ("new", "message", "remedy"),
    [
        (
            '856 = "x12/004010/855"',
            "under [receives] 856 names x12/004010/855, which writes the set 855",
            'write 855 = "x12/004010/855"',
        ),
        (
            '855 = "ubl/order-response"',
            "under [receives] 855 is a set of X12, and ubl/order-response writes XML",
            'such as order-response = "ubl/order-response"',
        ),
        (
            'order-response = "ubl/order-response"\n855 = "x12/004010/855"',
            "under [receives] 855 names x12/004010/855 for what ubl/order-response writes already "
            "(OrderAcknowledgement), so it never writes",
            "leave one of the two out",
        ),
    ],
)
def test_a_map_that_is_named_as_what_it_does_not_write_is_a_fault_with_its_line(
    overlay: Path, tmp_path: Path, capsys: Captured, new: str, message: str, remedy: str
) -> None:
    run(["partner", "new", "north-spine", *NEW_PARTNER])
    file = overlay / "partners" / "north-spine" / "partner.toml"
    file.write_text(file.read_text().replace('855 = "x12/004010/855"', new))
    last = new.splitlines()[-1]
    line = next(number for number, each in enumerate(file.read_text().splitlines(), start=1) if last in each)
    code, faults = _check(capsys, "--data", str(tmp_path))
    told = [fault for fault in faults if fault["what"] == "maps" and fault["code"] == "CFG-RECEIVES"]
    assert code == 1
    assert [(each["message"], each["line"]) for each in told] == [(message, line)]
    assert remedy in str(told[0]["remedy"])


def test_a_map_of_x12_for_a_partner_with_whom_none_was_agreed_is_a_fault(
    overlay: Path, tmp_path: Path, capsys: Captured
) -> None:
    own = overlay / "partners" / "helix-diagnostics"
    own.mkdir(parents=True)
    agreed = (CHECKOUT / "partners" / "helix-diagnostics" / "partner.toml").read_text()
    (own / "partner.toml").write_text(agreed.replace("[sends]", '[sends]\n850 = "x12/004010/850"'))
    code, faults = _check(capsys, "--data", str(tmp_path))
    (told,) = [fault for fault in faults if fault["what"] == "maps"]
    assert code == 1
    assert told["message"] == "under [sends] x12/004010/850 reads X12, and the file has no [x12]"


def test_maps_of_cxml_for_a_partner_of_whom_nobody_knows_who_signs_it_are_a_fault(
    overlay: Path, tmp_path: Path, capsys: Captured
) -> None:
    own = overlay / "partners" / "meridian-cath"
    own.mkdir(parents=True)
    agreed = (CHECKOUT / "partners" / "meridian-cath" / "partner.toml").read_text()
    (own / "partner.toml").write_text(agreed[: agreed.index("[[cxml.theirs]]")] + agreed[agreed.index("[sends]") :])
    run(["check", "--json", "--data", str(tmp_path)])
    (told,) = [each for each in json.loads(capsys.readouterr().out)["faults"] if each["what"] == "maps"]
    assert told["message"] == "nothing says who signs cXML with this partner"
    assert "[[cxml.theirs]]" in told["remedy"]


def test_who_has_to_sign_and_has_no_secret_is_a_fault_and_so_is_a_secret_of_nobody(
    data: list[str], sqlite_database: Database, overlay: Path, capsys: Captured
) -> None:
    own = overlay / "partners" / "meridian-cath"
    own.mkdir(parents=True)
    agreed = (CHECKOUT / "partners" / "meridian-cath" / "partner.toml").read_text()
    (own / "partner.toml").write_text(agreed.replace("[cxml.ours]", "[cxml]\nshared_secret = true\n\n[cxml.ours]"))
    sqlite_database.write_now(
        lambda conn: put_secret(conn, "long-gone", "$argon2id$", now=SystemClock().now(), actor="test")
    )
    code, faults = _check(capsys, *data)
    assert code == 1
    assert [fault["what"] for fault in faults] == ["secrets", "secrets"]
    assert faults[1]["code"] == "CFG-NO-SECRET"
    run(["partner", "secret", "meridian-cath", *data])
    run(["partner", "key", "meridian-cath", *data])
    assert len(_check(capsys, *data)[1]) == 1


def test_a_network_that_only_signs_and_whose_answers_wait_in_a_mailbox_is_a_fault(
    data: list[str], overlay: Path, capsys: Captured
) -> None:
    assert _check(capsys, *data)[0] == 0
    run(["partner", "secret", "meridian-cath", *data])
    code, (fault,) = _check(capsys, *data)
    assert (code, fault["code"]) == (1, "CFG-NOBODY-FETCHES")
    assert "nobody can fetch it" in str(fault["message"])
    run(["partner", "key", "meridian-cath", *data])
    assert _check(capsys, *data) == (0, [])


def test_answers_that_leave_by_a_folder_wait_for_no_key(
    data: list[str], sqlite_database: Database, overlay: Path, capsys: Captured
) -> None:
    own = overlay / "partners" / "meridian-cath"
    own.mkdir(parents=True)
    agreed = (CHECKOUT / "partners" / "meridian-cath" / "partner.toml").read_text()
    (own / "partner.toml").write_text(agreed.replace('kind = "mailbox"', 'kind = "folder"'))
    run(["partner", "secret", "meridian-cath", *data])
    assert _check(capsys, *data) == (0, [])
