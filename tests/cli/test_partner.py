"""`hub partner`: listing, showing, checking and making partners, on a configuration of the test's own."""

from __future__ import annotations

import io
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


def test_nobody_is_written_in_front_of_a_partner_of_another_folder(overlay: Path, capsys: Captured) -> None:
    assert run(["partner", "new", "acme-cardio", *NEW_PARTNER]) == 2
    told = capsys.readouterr().err
    assert "acme-cardio is there already" in told
    assert "partners/acme-cardio/partner.toml" in told
    assert not (overlay / "partners" / "acme-cardio").exists()


@pytest.mark.parametrize("partner", ["aaa-first", "zzz-last"])
def test_nobody_is_written_who_signs_as_somebody_who_is_there(overlay: Path, capsys: Captured, partner: str) -> None:
    theirs = ["--theirs", "01:123456789", "--ours", "ZZ:MEDCM"]
    assert run(["partner", "new", partner, "--name", "Another", *theirs]) == 2
    assert "123456789" in capsys.readouterr().err
    assert not (overlay / "partners" / partner).exists()
    assert run(["partner", "check"]) == 0


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


BEFORE = """\
# What their people told us.
id        = "north-spine"
name      = "North [Spine] \\"Ltd\\""       # as they write it
usage     = "P"

time_zone = "UTC"
currency  = "USD"

[ envelope ]                             # X12
releases = ["004010"]                    # [envelope] of before

[envelope.theirs]                        # their DUNS number
qualifier = "01"
id        = "987654321"

[envelope.ours]
qualifier = "ZZ"
id        = "MEDCM"

[acknowledgements]
functional = "997"                       # every group
"""


def test_a_file_of_the_shape_before_is_rewritten_and_its_comments_stay(overlay: Path, capsys: Captured) -> None:
    file = _file(overlay, BEFORE)
    assert run(["partner", "check", "north-spine"]) == 1
    assert "hub partner migrate north-spine" in capsys.readouterr().err
    assert run(["partner", "migrate", "north-spine"]) == 0
    said = capsys.readouterr().out
    assert 'kind = "customer" is stated; [ envelope ] is [x12]; [envelope.theirs] is [[x12.theirs]]' in said
    expected = (
        BEFORE.replace("[envelope.ours]", "[x12.ours]")
        .replace("[acknowledgements]", "[x12.acknowledgements]")
        .replace("[envelope.theirs]  ", "[[x12.theirs]]     ")
        .replace("[ envelope ]", "[x12]       ")
        .replace('usage     = "P"', 'kind      = "customer"\nusage     = "P"')
    )
    assert file.read_text() == expected
    assert run(["partner", "check", "north-spine"]) == 0


def test_what_was_rewritten_is_left_alone_the_next_time(overlay: Path, capsys: Captured) -> None:
    file = _file(overlay, BEFORE)
    assert run(["partner", "migrate", "--kind", "carrier", str(overlay / "partners")]) == 0
    once = file.read_bytes()
    assert b'kind      = "carrier"' in once
    capsys.readouterr()
    assert run(["partner", "migrate", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == [{"file": str(file), "done": []}]
    assert file.read_bytes() == once
    assert [path.name for path in file.parent.iterdir()] == ["partner.toml"], "nothing is left beside it"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            '[ envelope ]                             # X12\nreleases = ["004010"]',
            'envelope = { theirs = { qualifier = "01", id = "987654321" }, ours = { qualifier = "ZZ", id = "M" } }\nX',
        ),
        (
            '[envelope.theirs]                        # their DUNS number\nqualifier = "01"\nid        = "987654321"\n',
            'theirs = { qualifier = "01", id = "987654321" } # in one line\r\n',
        ),
    ],
)
def test_tables_in_one_line_are_rewritten_too(overlay: Path, old: str, new: str) -> None:
    text = BEFORE.replace(old, new) if not new.endswith("X") else f"{BEFORE.partition('[ envelope')[0]}{new[:-1]}"
    file = _file(overlay, text)
    assert run(["partner", "migrate", "north-spine"]) == 0
    assert 'theirs = [{ qualifier = "01", id = "987654321" }]' in file.read_text()


def test_a_file_that_cannot_be_rewritten_is_left_as_it_is_and_named(overlay: Path, capsys: Captured) -> None:
    text = BEFORE.replace("[envelope.theirs]", "").replace('qualifier = "01"', 'theirs.qualifier = "01"', 1)
    file = _file(overlay, text.replace('id        = "987654321"', 'theirs.id = "987654321"'))
    before = file.read_bytes()
    assert run(["partner", "migrate", "north-spine"]) == 1
    assert f"{file}: the file is not written as this command can rewrite it" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_file_that_lies_by_itself_is_rewritten_as_whose_it_says(tmp_path: Path, capsys: Captured) -> None:
    lone = tmp_path / "sent-by-mail.toml"
    lone.write_text(BEFORE)
    assert run(["partner", "migrate", str(lone)]) == 0
    assert "[x12]" in lone.read_text()
    assert capsys.readouterr().err == ""


def test_a_new_partner_is_told_its_folders_in_the_data_folder_that_is_meant(
    overlay: Path, tmp_path: Path, capsys: Captured
) -> None:
    named = ["--name", "North Spine", "--syntax", "json", "--data", str(tmp_path / "elsewhere")]
    assert run(["partner", "new", "north-spine", *named]) == 0
    assert f"into {tmp_path / 'elsewhere'}" in capsys.readouterr().out


def test_a_place_without_a_partner_file_is_wrong_usage(overlay: Path, capsys: Captured) -> None:
    assert run(["partner", "migrate", "south-spine"]) == 2
    assert "no partner file at south-spine" in capsys.readouterr().err


def _file(overlay: Path, text: str) -> Path:
    file = overlay / "partners" / "north-spine" / "partner.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("syntax", ["xml", "json"])
def test_a_partner_of_xml_or_json_needs_no_envelope_and_starts_at_once(
    overlay: Path, capsys: Captured, syntax: str
) -> None:
    assert run(["partner", "new", "north-spine", "--name", "North Spine", "--syntax", syntax, "--currency", "EUR"]) == 0
    assert run(["partner", "check", "north-spine"]) == 0
    text = (overlay / "partners" / "north-spine" / "partner.toml").read_text()
    assert "x12" not in text
    assert f"schemas/{syntax}/north-spine/order." in text


def test_a_partner_of_cxml_begins_with_the_base_maps_and_who_signs(overlay: Path, capsys: Captured) -> None:
    named = ["--theirs", "NetworkId:AN01000000007", "--ours", "DUNS:387654321"]
    assert run(["partner", "new", "north-spine", "--name", "North Spine", "--syntax", "cxml", *named]) == 0
    assert run(["partner", "check", "north-spine"]) == 0
    assert run(["partner", "show", "north-spine"]) == 0
    said = capsys.readouterr().out
    assert "order by cxml/order" in said
    assert "NetworkId:AN01000000007" in said


def test_the_maps_of_a_new_partner_are_named_where_they_are_there(overlay: Path, capsys: Captured) -> None:
    named = [
        "--sends",
        "order=helix-diagnostics/order",
        "--receives",
        "order-response=helix-diagnostics/order-response",
    ]
    assert run(["partner", "new", "north-spine", "--name", "North Spine", "--syntax", "json", *named]) == 0
    assert run(["partner", "show", "north-spine"]) == 0
    assert "order by helix-diagnostics/order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "X12 needs --theirs and --ours"),
        (["--theirs", "ZZ:NORTHSPINE"], "X12 needs --theirs and --ours"),
        (["--syntax", "json", "--ours", "ZZ:MEDCM"], "has no envelope that is signed"),
        (["--syntax", "json", "--sends", "order"], "is not DOCUMENT=MAP"),
        (["--syntax", "json", "--sends", "order=nobody/order"], "there is no map nobody/order"),
        (["--theirs", "ZZ:A", "--ours", "ZZ:B", "--sends", "order=x"], "are of XML and JSON"),
        (["--syntax", "cxml"], "cXML needs --theirs and --ours"),
        (["--syntax", "cxml", "--theirs", "AN1", "--ours", "AN2"], "is not DOMAIN:IDENTITY"),
    ],
)
def test_what_a_syntax_lacks_or_does_not_have_is_said(
    overlay: Path, capsys: Captured, options: list[str], said: str
) -> None:
    assert run(["partner", "new", "north-spine", "--name", "North Spine", *options]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (overlay / "partners" / "north-spine").exists()


def test_a_secret_is_made_listed_and_revoked_and_what_it_is_is_said_once(data: list[str], capsys: Captured) -> None:
    capsys.readouterr()
    assert run(["partner", "secret", "meridian-cath", "--label", "network", *data]) == 0
    secret = capsys.readouterr().out.strip()
    assert len(secret) == 43
    assert run(["partner", "secrets", "--json", *data]) == 0
    listed = capsys.readouterr().out
    [found] = json.loads(listed)["items"]
    assert (found["partner"], found["label"], found.get("revoked_at")) == ("meridian-cath", "network", None)
    assert secret not in listed
    assert run(["partner", "revoke", found["id"], *data]) == 0
    assert run(["partner", "revoke", found["id"], *data]) == 1
    capsys.readouterr()
    run(["partner", "secrets", *data])
    assert "revoked" in capsys.readouterr().out


def test_a_secret_of_a_network_is_read_and_never_shown(
    data: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("their own 0815\n"))
    assert run(["partner", "secret", "meridian-cath", "--given", "--json", *data]) == 0
    said = capsys.readouterr()
    assert "0815" not in said.out + said.err
    assert set(json.loads(said.out)) == {"partner", "id", "expires_at"}
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run(["partner", "secret", "meridian-cath", "--given", *data]) == 2
    assert "8 to 200 characters" in capsys.readouterr().err


def test_a_third_secret_waits_until_one_is_revoked(data: list[str], capsys: Captured) -> None:
    for code in (0, 0, 1):
        assert run(["partner", "secret", "meridian-cath", *data]) == code
    assert "revoke one first" in capsys.readouterr().err
