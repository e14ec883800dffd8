"""``hub map``: what comes out where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import run
from hub.cli.map import map_
from tests.flow.overlay import write

CHECKOUT = Path(__file__).resolve().parents[2]
CASES = CHECKOUT / "mappings/acme-cardio/850/cases"
ORDER = CASES / "the reference order/input.edi"
ANSWER = CHECKOUT / "mappings/x12/004010/855/cases/accepted as ordered/input.json"


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(map_, [str(argument) for argument in arguments])


def test_apply_prints_one_line_of_json_for_each_set() -> None:
    done = called("apply", "acme-cardio/850", ORDER)
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert (document["document"], document["version"], document["number"]) == ("PurchaseOrder", 1, "4500098123")
    assert document["lines"][0]["quantity"] == {"value": "5000", "unit": "each"}
    assert document["placed"] == {"on": "2026-11-02"}
    assert document["requirements"][0]["kind"] == "quality"


def test_apply_takes_a_set_without_its_envelope(tmp_path: Path) -> None:
    bare = tmp_path / "bare.edi"
    text = ORDER.read_text()
    bare.write_text(text[text.index("ST*") : text.index("GE*")])
    assert json.loads(called("apply", "x12/004010/850", bare).stdout)["number"] == "4500098123"


def test_a_reject_is_told_on_stderr_and_ends_with_one(tmp_path: Path) -> None:
    odd = tmp_path / "odd.edi"
    odd.write_text(ORDER.read_text().replace("*5000*EA*", "*5000*FZ*"))
    done = called("apply", "acme-cardio/850", odd)
    assert done.exit_code == 1
    assert "MAP-CODE value" in done.stderr
    assert "segment 15 PO103 lines[0].quantity.unit: 'FZ' is not in table unit" in done.stderr
    assert json.loads(done.stdout)["lines"][0]["number"] == "10"


def test_a_set_of_another_kind_is_a_finding() -> None:
    done = called("apply", "acme-cardio/855", ORDER)
    assert done.exit_code == 1
    assert "850 where the map acme-cardio/855 reads 855" in done.stderr


def test_render_writes_the_same_bytes_every_time() -> None:
    first = called("render", "acme-cardio/855", ANSWER)
    assert first.exit_code == 0
    assert first.stdout == called("render", "acme-cardio/855", ANSWER).stdout
    assert first.stdout.startswith(
        "ISA*00*          *00*          *ZZ*MEDCM          *01*123456789      *260101*1200*U*00401*000000001*0*P*>~"
    )
    assert "~ST*855*0001~BAK*00*AD*PO-1*20261103*2~" not in first.stdout
    assert "ST*855*0001" in first.stdout


def test_render_signs_as_told_or_not_at_all() -> None:
    told = called("render", "x12/004010/855", ANSWER, "--sender", "01:123", "--receiver", "ZZ:YOU")
    assert "*01*123            *ZZ*YOU            *" in told.stdout
    bare = called("render", "x12/004010/855", ANSWER, "--bare")
    assert bare.stdout.startswith("ST*855*0001~BAK*")
    assert called("render", "x12/004010/855", ANSWER, "--sender", "nonsense:").exit_code == 2


def test_what_is_applied_and_rendered_is_the_same_order(tmp_path: Path) -> None:
    canonical = tmp_path / "order.json"
    canonical.write_text(called("apply", "acme-cardio/850", ORDER).stdout)
    wire = called(
        "render", "acme-cardio/850", canonical, "--sender", "01:123456789", "--receiver", "ZZ:MEDCM", "--bare"
    )
    assert wire.exit_code == 0
    text = ORDER.read_text().replace("\n", "")
    assert wire.stdout.strip() == text[text.index("ST*") : text.index("GE*")]


def test_a_document_that_is_none_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"document": "PurchaseOrder", "version": 1, "lines": [{"number": 10}]}')
    assert run(["map", "render", "acme-cardio/850", str(wrong)]) == 2
    wrong.write_text('{"document": "Purchase"}')
    assert run(["map", "render", "acme-cardio/850", str(wrong)]) == 2


def test_missing_maps_and_files_end_with_two() -> None:
    assert run(["map", "apply", "acme-cardio/851", str(ORDER)]) == 2
    assert called("apply", "acme-cardio/850", "nowhere.edi").exit_code == 2


def test_the_cases_of_all_maps_are_run() -> None:
    done = called("test", "acme-cardio/850")
    assert done.exit_code == 0
    assert "ok   acme-cardio/850: the reference order" in done.stdout


def test_lint_is_silent_about_our_own_maps() -> None:
    done = called("lint")
    assert (done.exit_code, done.stdout) == (0, "")


def test_explain_shows_value_place_and_rule() -> None:
    done = called("explain", ORDER)
    assert done.exit_code == 0
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("lines[0].quantity.unit")]
    assert row.split() == ["lines[0].quantity.unit", "each", "segment", "15", "PO103", "EA", row.split()[-1]]
    assert row.split()[-1].startswith("x12/004010/850.toml:")


def test_the_parts_of_a_moment_stand_where_the_moment_does_and_what_is_assumed_names_its_rule() -> None:
    done = called("explain", CHECKOUT / "partners/helix-diagnostics/samples/order.json", "--json")
    rows = {each["path"]: each for each in json.loads(done.stdout)["items"]}
    for part in ("on", "at", "zone"):
        assert rows[f"placed.{part}"]["place"].endswith("/createdAt")
    assert rows["currency"]["place"] == "not on the wire: assumed"
    assert rows["currency"]["rule"].startswith("helix-diagnostics/order.toml:")
    fields = json.loads(called("fields", "helix-diagnostics/order", "--json").stdout)["items"]
    assert [each["otherwise"] for each in fields if each["field"] == "currency"] == ["EUR"]


@pytest.mark.parametrize(
    ("partner", "base"),
    [
        ("helix-diagnostics", "helix-diagnostics/order"),
        ("summit-surgical", "summit-surgical/order"),
        ("nordlys-implants", "ubl/order"),
    ],
)
def test_a_new_map_begins_with_the_one_that_reads_the_sample_whatever_its_syntax(partner: str, base: str) -> None:
    file = next((CHECKOUT / "partners" / partner / "samples").glob("order.*"))
    done = called("new", "--from", file, "--partner", "north-spine")
    assert done.exit_code == 0
    assert f'extends = "{base}"' in done.stdout


def test_coverage_names_rules_that_no_case_fires() -> None:
    done = called("coverage", "acme-cardio/855")
    assert done.exit_code == 0
    assert "rules fired in 1 sets" in done.stdout
    assert "never fired: contacts.name  x12/shared.toml:" in done.stdout
    assert "never said: valid_until" in done.stdout


def test_a_new_map_is_proposed_from_samples(tmp_path: Path) -> None:
    odd = tmp_path / "odd.edi"
    odd.write_text(
        ORDER.read_text().replace("ITD*01*3*****45", "ITD*01*3*****45*******T").replace("*5000*EA*", "*5000*FZ*")
    )
    done = called("new", "--from", odd, "--partner", "north-spine")
    assert done.exit_code == 0
    assert 'extends = "x12/004010/850"' in done.stdout
    assert "# extensions.itd14 = \"ITD14\"    # 'T'" in done.stdout
    assert '# [codes.unit]\n# "FZ" = ""' in done.stdout
    assert called("new", "--from", odd, "--partner", "North Spine").exit_code == 2


def test_a_sample_is_valid_and_says_much(tmp_path: Path) -> None:
    for name in ("x12/004010/850", "x12/004010/855", "x12/004010/997"):
        done = called("sample", name)
        assert done.exit_code == 0
        made = tmp_path / "sample.edi"
        made.write_text(done.stdout)
        again = called("apply", name, made)
        assert (again.exit_code, again.stderr) == (0, "")
        assert json.loads(again.stdout) == json.loads(called("sample", name, "--canonical").stdout)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("acme-cardio/850", b"dear sirs", "ENV-NO-INTERCHANGE envelope: byte 0"),
        ("summit-surgical/order", b"<Order><Number>1</Order>", "SYN-XML-BROKEN message: line 1 column 25"),
        ("meridian-cath/order", b"<cXML><Request>", "SYN-XML-BROKEN message: line 1 column 16"),
        ("helix-diagnostics/order", b'{"a": 1, "a": 2}', "SYN-JSON-TWICE message: line 1 column 7 /a"),
    ],
    ids=["X12", "XML", "cXML", "JSON"],
)
def test_a_file_that_holds_no_document_is_told_with_its_place_whatever_its_syntax(
    tmp_path: Path, name: str, body: bytes, said: str
) -> None:
    (tmp_path / "file").write_bytes(body)
    done = called("apply", name, tmp_path / "file")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


DIALECTS = {
    "summit-surgical": ("order.xml", "Header/OrderNumber", "number"),
    "meridian-cath": ("order.xml", "Extrinsic", "project"),
    "helix-diagnostics": ("order.json", "orderId", "number"),
}


@pytest.mark.parametrize("partner", DIALECTS)
def test_a_file_in_a_partner_s_own_syntax_is_explained_by_its_map_without_naming_it(partner: str) -> None:
    file = CHECKOUT / "partners" / partner / "samples" / DIALECTS[partner][0]
    done = called("explain", file)
    assert done.exit_code == 0
    assert f"{partner}/order.toml:" in done.stdout
    assert "lines[1].quantity.unit" in done.stdout


@pytest.mark.parametrize("partner", DIALECTS)
def test_the_fields_of_a_map_are_listed_with_their_places_and_rules(partner: str) -> None:
    _, place, field = DIALECTS[partner]
    done = called("fields", f"{partner}/order", "--json")
    [found] = [each for each in json.loads(done.stdout)["items"] if each["field"] == field]
    assert [each.rpartition("/")[2] for each in found["wire"]] == [place.rpartition("/")[2]]
    assert (found["way"], found["where"].partition(":")[0]) == ("both", f"{partner}/order.toml")


def test_the_code_of_a_map_is_printed_as_it_runs() -> None:
    reads, writes = called("source", "helix-diagnostics/order"), called("source", "helix-diagnostics/order", "--write")
    assert "def read(root, X):" in reads.stdout
    assert "def write(" in writes.stdout


def test_a_map_is_tried_on_a_partner_s_json_as_what_it_is() -> None:
    file = CHECKOUT / "partners" / "helix-diagnostics" / "samples" / "order.json"
    done = called("diff", "helix-diagnostics/order", "helix-diagnostics/order", "--on", file)
    assert done.exit_code == 0
    assert "0 of 1 documents come out differently" in done.stdout


def test_what_is_written_for_a_partner_has_the_envelope_that_was_agreed(tmp_path: Path) -> None:
    case = CHECKOUT / "mappings/borealis-ortho/855/cases"
    answer = next(case.glob("*/input.json"))
    lines = called("render", "borealis-ortho/855", answer).stdout.splitlines()
    assert lines[1].startswith("GS|PR|MEDCM|BOREALIS|"), "their name in groups, and a line for each segment"
    lines = called("sample", "borealis-ortho/850").stdout.splitlines()
    assert lines[0].split("|")[6::2][:2] == ["BOREALISORTHO  ", "MEDCM          "], "they sign what they send"
    assert lines[1].startswith("GS|PO|BOREALIS|MEDCM|")
    made = tmp_path / "sample.edi"
    made.write_text("\n".join(lines))
    again = called("apply", "borealis-ortho/850", made)
    assert (again.exit_code, again.stderr) == (0, "")


@pytest.mark.parametrize("name", ["x12/004010/850", "acme-cardio/855", "ubl/order", "cxml/order"])
def test_coverage_names_each_rule_once(name: str) -> None:
    lines = called("coverage", name).stdout.splitlines()
    assert len(lines) == len(set(lines))


def test_lint_warns_of_a_word_that_no_vocabulary_has_where_any_may_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (CHECKOUT / "mappings/acme-cardio/850.toml").read_text()
    write(tmp_path, "mappings/acme-cardio/850.toml", text + '\n[codes.reference]\nQQ9 = "custmer-order"\n')
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path))
    done = called("lint", "acme-cardio/850")
    assert done.exit_code == 0
    assert "warning: acme-cardio/850.toml:" in done.stdout
    assert (
        "'custmer-order' is no word of the vocabulary reference; remedy: did you mean 'customer-order'?" in done.stdout
    )


def test_what_a_buyer_says_beyond_cxml_is_proposed_by_its_name() -> None:
    done = called(
        "new", "--from", CHECKOUT / "partners" / "meridian-cath" / "samples" / "order.xml", "--partner", "east-valve"
    )
    assert 'extends = "cxml/order"' in done.stdout
    assert '= "OrderRequestHeader/Extrinsic[@name=Project]"' in done.stdout


def test_what_holds_an_order_while_nothing_reads_it_is_never_proposed_as_an_extension(tmp_path: Path) -> None:
    said = "<Extrinsic name='Cancel after'>2026-12-01</Extrinsic><Extrinsic name='Colour'>red</Extrinsic><Extrinsic"
    odd = tmp_path / "odd.xml"
    order = CHECKOUT / "partners" / "meridian-cath" / "samples" / "order.xml"
    odd.write_text(order.read_text().replace("<Extrinsic", said, 1))
    told = called("new", "--from", odd, "--partner", "east-valve").stdout
    proposed, _, held = told.partition("holds the order")
    assert "Extrinsic[@name=Colour]" in proposed
    assert "Cancel after" not in proposed
    assert "Revision" not in proposed
    assert "# Says a day: requested, valid_until" in held
    assert "#     OrderRequestHeader/Extrinsic[@name=Cancel after]    # '2026-12-01'" in held
    assert "# Says a revision: item.revision" in held
    assert "extensions" not in held


def test_lint_warns_of_a_table_that_no_rule_asks_and_of_a_reason_that_nobody_would_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (CHECKOUT / "mappings/acme-cardio/850.toml").read_text()
    slips = '\n[codes.unti]\n"ZZ" = "each"\n\n[codes.colour]\n"R" = "red"\n\n[why]\ncurency = "they say it"\n'
    write(tmp_path, "mappings/acme-cardio/850.toml", text + slips)
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path))
    done = called("lint", "acme-cardio/850")
    line = text.count("\n") + 3
    assert done.exit_code == 0, "a warning is no fault"
    assert [each.partition("850.toml:")[2] for each in done.stdout.splitlines()] == [
        f"{line}:9: MAP-LINT-UNASKED no rule asks the table unti; remedy: did you mean 'unit'?",
        f"{line + 3}:8: MAP-LINT-UNASKED no rule asks the table colour; remedy: leave it out",
        f"{line + 6}:12: MAP-LINT-WHY no rule reads curency: its reason would never be shown; "
        "remedy: did you mean 'currency'?",
    ]


def test_lint_warns_of_what_bears_on_the_promise_read_where_nothing_weighs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (CHECKOUT / "mappings/meridian-cath/order.toml").read_text()
    read = 'extensions.colour = "OrderRequestHeader/Extrinsic[@name=Colour]"\n'
    read += 'extensions.until = "OrderRequestHeader/Extrinsic[@name=Cancel after]"\n'
    write(tmp_path, "mappings/meridian-cath/order.toml", text.replace("[fields]\n", f"[fields]\n{read}", 1))
    x12 = (CHECKOUT / "mappings/acme-cardio/850.toml").read_text()
    read = 'extensions.late = "DTM[177]02"\nextensions.state = "REF[R1]02"\nextensions.name = "REF[DP]02"\n'
    write(tmp_path, "mappings/acme-cardio/850.toml", x12.replace("[fields]\n", f"[fields]\n{read}", 1))
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path))
    done = called("lint", "meridian-cath/order", "acme-cardio/850")
    warned = [line.partition(": MAP-LINT-WEIGHED ")[2] for line in done.stdout.splitlines()]
    assert done.exit_code == 0, "a warning is no fault"
    assert [each.partition(", where nothing")[0] for each in warned] == [
        "`OrderRequestHeader/Extrinsic[@name=Cancel after]` says a date, and is read into extensions.until",
        "`DTM[177]02` says a date, and is read into extensions.late",
        "`REF[R1]02` says a revision, and is read into extensions.state",
    ]
    none = '\n[codes.unread]\n"Extrinsic[@name=Cancel after]" = "none"\n'
    path = tmp_path / "mappings/meridian-cath/order.toml"
    path.write_text(path.read_text() + none)
    assert called("lint", "meridian-cath/order").stdout == ""
