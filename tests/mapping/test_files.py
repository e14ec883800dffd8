# ruff: noqa: E501 — a rule, and what is said of it, is one line
"""Map files: extending, sharing, and what is said about their faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.kernel.errors import Misconfigured
from hub.mapping.scan import scan
from tests.mapping.small import Doc, Line, back, given, library, wire

HEAD = '[map]\ndocument = "Doc"\nwire = "x12/004010/999"\n'
BASE = (
    HEAD
    + '[fields]\nkind = "BEG01"\nnumber = "BEG02"\nplaced.on = "BEG04"\n[each.lines]\nat = "LIN"\nnumber = "LIN01"\nbuyer = "LIN~BP"\n'
)


def faults(folder: Path, text: str) -> list[str]:
    return [str(fault) for fault in library(folder, small=HEAD + text).faults("small")]


def test_lines_keep_their_number_and_their_order() -> None:
    entries = scan(
        '# a comment\n[fields]\nb.c = "X01"  # why\n\n"d" = "Y"\n[[each.x]]\nat = [\n  "A",\n  "B",\n]\n', "f.toml"
    )
    shown = [(entry.where.line, entry.table, entry.key, entry.value) for entry in entries if entry.key]
    assert shown == [
        (3, ("fields",), ("b", "c"), "X01"),
        (5, ("fields",), ("d",), "Y"),
        (7, ("each", "x"), ("at",), ["A", "B"]),
    ]
    assert entries[1].where.column == 8


def test_a_partner_states_only_the_difference(tmp_path: Path) -> None:
    over = '[map]\nextends = "base"\n[fields]\nnumber = "BEG03"\nplaced = ""\n[each.lines]\nseller = "LIN~VP"\n'
    map_ = library(tmp_path, base=BASE, acme__over=over).map("acme/over")
    applied = map_.apply(wire("BEG*00*x*N*20261102\nLIN*1*BP*b*VP*v"))
    assert applied.document == Doc(kind="00", number="N", lines=[Line(number="1", buyer="b", seller="v")])
    assert [finding.found for finding in applied.findings] == ["x", "20261102"]


def test_bases_may_have_bases(tmp_path: Path) -> None:
    files = {
        "a": BASE,
        "b": '[map]\nextends = "a"\n[fields]\nnumber = "BEG03"\n',
        "c": '[map]\nextends = "b"\n[each.lines]\nbuyer = ""\n',
    }
    map_ = library(tmp_path, **files).map("c")
    assert back(map_, Doc(kind="00", number="N", lines=[Line(number="1")])) == ["BEG*00**N", "LIN*1"]


def test_a_field_said_whole_replaces_its_parts_and_the_other_way_round(tmp_path: Path) -> None:
    parts = HEAD + '[each.lines]\nat = "LIN"\nquantity.value = "SN102"\nquantity.unit = "SN103"\n'
    whole = '[map]\nextends = "base"\n[each.lines]\nquantity = "SN102,03"\n[codes.unit]\nEA = "each"\n'
    again = '[map]\nextends = "whole"\n[each.lines]\nquantity.value = "SN102"\nquantity.unit = "SN103"\n'
    maps = library(tmp_path, base=parts, whole=whole, again=again)
    text = wire("BEG\nLIN\nSN1**5*EA")
    units = []
    for name in ("base", "whole", "again"):
        document = maps.map(name).apply(text).document
        assert isinstance(document, Doc)
        assert document.lines[0].quantity is not None
        units.append(document.lines[0].quantity.unit)
    assert units == ["EA", "each", "EA"]


def test_a_list_may_be_removed(tmp_path: Path) -> None:
    base = HEAD + '[fields]\nkind = "BEG01"\n[each.notes]\nat = "N9"\ntext = "N902"\n'
    maps = library(tmp_path, base=base, over='[map]\nextends = "base"\n[fields]\nnotes = ""\n')
    assert maps.map("over").apply(wire("BEG*00\nN9*ZZ*x")).document == Doc(kind="00")


def test_sources_of_one_list_merge_by_their_word(tmp_path: Path) -> None:
    base = (
        HEAD
        + '[[each.notes]]\nat = "N9"\nkind = "= note"\ntext = "N902"\n[[each.notes]]\nat = "REF"\nkind = "= reference"\ntext = "REF02"\n'
    )
    over = '[map]\nextends = "base"\n[[each.notes]]\nkind = "= reference"\ntext = "REF03"\n'
    document = library(tmp_path, base=base, over=over).map("over").apply(wire("BEG\nREF*X*a*b\nN9*X*n")).document
    assert isinstance(document, Doc)
    assert [(note.kind, note.text) for note in document.notes] == [("reference", "b"), ("note", "n")]


def test_codes_merge_by_key_and_the_familys_table_comes_last(tmp_path: Path) -> None:
    base = HEAD + '[fields]\nkind = "BEG01 | code:t"\n[codes.t]\nA = "base"\nB = "base-b"\n'
    maps = library(
        tmp_path,
        base=base,
        over='[map]\nextends = "base"\n[codes.t]\nA = "over"\n',
        x12__codes='[t]\nA = "family"\nC = "family-c"\n',
    )
    read = [maps.map("over").apply(wire(f"BEG*{code}")).document for code in "ABC"]
    assert read == [Doc(kind="over"), Doc(kind="base-b"), Doc(kind="family-c")]


def test_a_shared_table_is_where_a_list_starts_from(tmp_path: Path) -> None:
    shared = '[line]\nat = "LIN"\nnumber = "LIN01"\nbuyer = "LIN~BP"\n[line.each.notes]\nat = "REF"\ntext = "REF02"\n'
    map_ = given(tmp_path, '[each.lines]\nlike = "line"\nbuyer = ""\nseller = "LIN~VP"', x12__shared=shared)
    document = map_.apply(wire("BEG\nLIN*1*VP*v\nREF*X*r")).document
    assert isinstance(document, Doc)
    assert (document.lines[0].seller, document.lines[0].notes[0].text) == ("v", "r")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[fields]\nnumber = "BEGO2"', "small.toml:5:11: MAP-PATH `BEGO2` is not in x12/004010/999; remedy: did you mean `BEG02`?"),
        ('[fields]\nnumber = "BEG12"', "small.toml:5:11: MAP-PATH `BEG12` is not in x12/004010/999: BEG ends with BEG08; remedy: did you mean `BEG08`?"),
        ('[fields]\nnumber = "RFE02"', "small.toml:5:11: MAP-PATH `RFE02` is not in x12/004010/999: no RFE beneath the top of the document; remedy: did you mean `REF02`?"),
        ('[fields]\nnumbr = "BEG02"', "small.toml:5:10: MAP-FIELD 'numbr' is not a field of Doc; remedy: did you mean 'number'?"),
        ('[each.line]\nat = "LIN"', "small.toml:4:1: MAP-FIELD 'line' is not a list of Doc; remedy: did you mean [each.lines]?"),
        ('[fields]\nkind = "BEG01 | cod:t"', "small.toml:5:9: MAP-PATH no codec 'cod'; remedy: did you mean code?"),
        ('[fields]\nkind = "BEG01 | code:purpse"\n[codes.purpose]\n"00" = "x"', "small.toml:5:9: MAP-PATH no code table 'purpse'; remedy: did you mean purpose?"),
        ('[field]\nnumber = "BEG02"', "small.toml:4:1: MAP-KEY 'field' is not a key of the mapping language; remedy: use one of map, fields, const, totals, each, codes, why"),
        ('[fields]\nnumber = 12', "small.toml:5:10: MAP-KEY 'number' must be text in quotes: codes keep their zeros that way; remedy: put the value in quotes"),
        ('[fields]\nplaced = "BEG04"', "small.toml:5:11: MAP-PATH 'placed' has parts; remedy: say placed.on, placed.at, placed.zone"),
        ('[each.lines]\nnumber = "LIN01"', "small.toml:4:1: MAP-AT [each.lines] stands nowhere; remedy: say at"),
        ('[fields]\nnumber = "REF02 | trim"', "small.toml:5:11: MAP-LINT-LOSSY trim loses something, so the line cannot run both ways; remedy: make two lines of it: \"< …\" and \"> …\""),
        ('[fields]\nnumber = "BEG02 | default:X"', "small.toml:5:11: MAP-LINT-ABSENT 'number' may be absent, so default would say what nobody said; remedy: leave the codec out"),
        ('[fields]\nnumber = "REF02"\n[each.notes]\nat = "REF"\ntext = "REF03"', "small.toml:5:11: MAP-LINT-PLAIN a line and a list both stand at REF without a condition; remedy: give the line a condition: REF[…]"),
        ('[fields]\nnumber = "REF[A]02"\nkind = "REF[02=X]03"', "small.toml:6:9: MAP-LINT-OVERLAP REF[01=A] and REF[02=X] can fit the same segment; remedy: make them differ in one element"),
        ('[fields]\nnumber = "CUR[A]02"\nkind = "CUR[B]02"', "small.toml:6:9: MAP-LINT-ONE the guide allows one CUR here; this line and another want one each; remedy: join them with 'or', or drop one"),
        ('[fields]\nkind = "BEG01 | code:t"\n[codes.t]\nA = "x"\nB = "x"', "small.toml:8:6: MAP-LINT-REVERSE table t has two codes for 'x' and does not say which is written; remedy: add [codes.t.reverse] x = \"…\""),
        ('[fields]\nkind = "BEG01 | code:t+"\n[codes.t]\nA = "B"\nB = "C"', "small.toml:8:6: MAP-LINT-LOOSE in table t the code B is also a word: with + they cannot be told apart; remedy: choose another word"),
        ('[fields]\nnumber = "BEG02 when kind = 1"\nkind = "< BEG01"', "small.toml:5:11: MAP-LINT-GUARD 'kind' is not read by an unguarded line that runs both ways; remedy: add a line for kind, or guard by another field"),
    ],
)  # fmt: skip
def test_a_fault_names_the_line_and_what_was_meant(tmp_path: Path, text: str, said: str) -> None:
    assert faults(tmp_path, text) == [said]


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    text = '[fields]\nnumbr = "BEG02"\nkind = "BEG99"\ncontract = "BEG03 | nope"\n[oops]\na = "b"'
    assert [fault.split(":")[1] for fault in faults(tmp_path, text)] == ["8", "5", "6", "7"]
    with pytest.raises(Misconfigured, match=r"and 3 more: hub map lint small"):
        library(tmp_path).map("small")


def test_bad_toml_names_its_line(tmp_path: Path) -> None:
    assert faults(tmp_path, "[fields]\nnumber = BEG02")[0].startswith("small.toml:5:")


def test_an_unknown_map_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as raised:
        library(tmp_path, acme__order=BASE).map("acme/ordr")
    assert raised.value.remedy == "did you mean acme/order?"


def test_a_circle_of_bases_is_a_fault(tmp_path: Path) -> None:
    maps = library(tmp_path, a='[map]\nextends = "b"\n', b='[map]\nextends = "a"\n')
    assert "extends itself" in str(maps.faults("a")[0])


def test_a_map_without_cases_does_not_load_in_production(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="has no cases"):
        library(tmp_path, strict=True, small=BASE).map("small")


def test_text_of_a_map_never_becomes_code(tmp_path: Path) -> None:
    evil = "__import__('os').abort()"
    text = f'[fields]\nkind = "BEG01"\nnumber = "REF[{evil}]02"\nwords.\'x\\"];boom\' = \'REF[a\\"b]02\'\n'
    try:
        map_ = given(tmp_path, text)
    except Misconfigured:
        return
    assert map_.apply(wire("BEG*00\nREF*x*y")).document == Doc(kind="00")


def test_the_same_content_is_compiled_once(tmp_path: Path) -> None:
    maps = library(tmp_path, small=BASE)
    assert maps.map("small") is maps.map("small")
    assert maps.map("small").digest == library(tmp_path, small=BASE).map("small").digest


def test_all_maps_are_checked_at_once(tmp_path: Path) -> None:
    maps = library(tmp_path, good=BASE, bad=HEAD + '[fields]\nkind = "BEG99"\n')
    assert [str(fault) for fault in maps.check()] == [
        "bad.toml:5: `BEG99` is not in x12/004010/999: BEG ends with BEG08; remedy: did you mean `BEG08`?",
        "bad.toml: map bad has no cases; remedy: add bad/cases/<sentence>/input.edi",
        "good.toml: map good has no cases; remedy: add good/cases/<sentence>/input.edi",
    ]
