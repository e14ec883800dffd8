# ruff: noqa: E501 — a rule, and what is said of it, is one line
"""Every source form of the language, both ways, on a small guide."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.kernel.words import Id, Period, Quantity, When
from tests.mapping.small import Doc, Line, Note, back, codes, given, wire

BEG = "BEG*00*A"


def both_ways(map_, text: str, document: Doc) -> None:  # type: ignore[no-untyped-def]
    """The wire reads as the document, without a finding, and the document writes as the wire."""
    applied = map_.apply(wire(text))
    assert applied.document == document
    assert applied.findings == []
    assert back(map_, document) == [line.strip() for line in text.strip().splitlines()]


def test_an_element_is_a_field(tmp_path: Path) -> None:
    both_ways(given(tmp_path, '[fields]\nkind = "BEG01"\nnumber = "BEG02"'), BEG, Doc(kind="00", number="A"))


def test_the_types_of_wire_and_model_decide_the_conversion(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\nplaced.on = "BEG04"\ncurrency = "BEG08"\ntotal.amount = "BEG05"\ncount = "BEG06"\n'
        'flag = "BEG03 | code:yes-no"\n[codes.yes-no]\nY = "yes"\nN = "no"',
    )
    document = map_.apply(wire("BEG*00**Y*20261102*61750*7**USD")).document
    assert isinstance(document, Doc)
    assert document.placed == When(on=date(2026, 11, 2))
    assert document.total is not None
    assert document.total.amount == Decimal("617.50")
    assert (document.count, document.flag) == (7, True)
    assert back(map_, document) == ["BEG*00**Y*20261102*61750*7**USD"]


def test_a_component_is_a_field(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nmethod = "MEA04-1"\nvalue = "MEA03"')
    text = "BEG\nLIN*1\nMEA***2.5*MM>10"
    applied = map_.apply(wire(text))
    assert applied.document == Doc(lines=[Line(number="1", method="MM", value=Decimal("2.5"))])
    assert [(f.code, f.location.element, f.location.component) for f in applied.findings] == [("MAP-UNREAD", 4, 2)]


def test_a_bare_condition_is_on_the_qualifying_element(tmp_path: Path) -> None:
    both_ways(
        given(tmp_path, '[fields]\nkind = "BEG01"\ncontract = "REF[CT]02"'),
        "BEG*00\nREF*CT*C-1",
        Doc(kind="00", contract="C-1"),
    )


def test_several_conditions_all_hold(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ntext = "N9[ZZ,02=REASON]/MSG01"')
    both_ways(map_, "BEG*00\nN9*ZZ*REASON\nMSG*because", Doc(kind="00", text="because"))


def test_a_line_takes_the_first_place_that_fits_whole(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ntext = "N9[ZZ]/MSG01"')
    applied = map_.apply(wire("BEG*00\nN9*ZZ*first\nN9*ZZ\nMSG*here"))
    assert applied.document == Doc(kind="00", text="here")
    assert [f.found for f in applied.findings] == ["ZZ", "first"]


def test_of_several_ways_down_the_first_that_there_is_leads_on(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ntext = "LIN/TMD/MEA01"\nother = "LIN/TMD[02=B]/MEA02"')
    said = "BEG*00\nLIN*1\nTMD*x*A\nLIN*2\nTMD*y*A\nMEA*first\nTMD*z*B\nMEA*p*this\nLIN*3\nTMD*z*B\nMEA*last*no"
    assert map_.apply(wire(said)).document == Doc(kind="00", text="first", other="this")


def test_an_element_is_read_only_beside_the_value_it_asks_for(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\nplaced.on = "DTM02[01=004]"')
    both_ways(map_, "BEG*00\nDTM*004*20261102", Doc(kind="00", placed=When(on=date(2026, 11, 2))))
    other = map_.apply(wire("BEG*00\nDTM*011*20261102"))
    assert other.document == Doc(kind="00")
    assert codes(other.findings) == ["MAP-UNREAD", "MAP-UNREAD"]


def test_a_qualifier_finds_its_value_in_any_group(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nbuyer = "LIN~BP"\nseller = "LIN~VP"')
    applied = map_.apply(wire("BEG\nLIN*1*VP*ours*XX*odd*BP*theirs"))
    assert applied.document == Doc(lines=[Line(number="1", buyer="theirs", seller="ours")])
    assert [(f.location.element, f.found) for f in applied.findings] == [(4, "XX"), (5, "odd")]
    assert back(map_, Doc(lines=[Line(number="1", buyer="a", seller="b")]))[-1] == "LIN*1*BP*a*VP*b"


def test_two_elements_are_a_quantity_or_an_id_or_a_period(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\n[each.lines]\nat = "LIN"\nnumber = "LIN01"\nquantity = "SN102,03"\n[each.lines.each.others]\n'
        'at = "REF"\nscheme = "REF01"\nvalue = "REF02"\n[codes.unit]\nEA = "each"',
    )
    document = Doc(
        kind="00",
        lines=[
            Line(number="1", quantity=Quantity(value=Decimal("5"), unit="each"), others=[Id(value="v", scheme="S")])
        ],
    )
    both_ways(map_, "BEG*00\nLIN*1\nSN1**5*EA\nREF*S*v", document)


def test_a_period_may_be_open(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\nwindow.start.on = "DTM[064]02"\nwindow.end.on = "DTM[063]02"')
    both_ways(map_, "BEG*00\nDTM*063*20261220", Doc(kind="00", window=Period(end=When(on=date(2026, 12, 20)))))


def test_a_star_takes_every_place_and_closes_gaps(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ntexts = "N1/N3*01,02"')
    applied = map_.apply(wire("BEG*00\nN1*ST\nN3*one*two\nN3**three"))
    assert isinstance(applied.document, Doc)
    assert applied.document.texts == ["one", "two", "three"]


def test_a_star_with_a_condition_takes_every_place_that_fits(tmp_path: Path) -> None:
    both_ways(
        given(tmp_path, '[fields]\nkind = "BEG01"\ntexts = "REF[SE]*02"'),
        "BEG*00\nREF*SE*S1\nREF*SE*S2",
        Doc(kind="00", texts=["S1", "S2"]),
    )


def test_a_star_after_the_element_takes_its_repetitions(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ntexts = "EB03*"')
    applied = map_.apply(wire("BEG*00\nEB***A^B^C"))
    assert applied.document == Doc(kind="00", texts=["A", "B", "C"])
    assert applied.findings == []
    rendered = map_.render(applied.document)
    assert rendered.root is not None
    assert rendered.root.children["EB"][0].values[3] == ["A", "B", "C"]


def test_the_first_that_holds_something_is_read_and_the_first_is_written(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ncontract = "BEG03 or REF[CT]02"')
    assert map_.apply(wire("BEG*00**X\nREF*CT*Y")).document == Doc(kind="00", contract="X")
    assert map_.apply(wire("BEG*00\nREF*CT*Y")).document == Doc(kind="00", contract="Y")
    assert back(map_, Doc(kind="00", contract="Y")) == ["BEG*00**Y"]


def test_what_a_fallback_did_not_need_is_left_to_the_list(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\ncontract = "BEG03 or REF[CT]02"\n[each.notes]\nat = "REF"\nkind = "REF01"\ntext = "REF02"',
    )
    applied = map_.apply(wire("BEG*00**X\nREF*CT*Y"))
    assert applied.document == Doc(kind="00", contract="X", notes=[Note(kind="CT", text="Y")])
    assert applied.findings == []


def test_a_list_may_stand_in_several_places_in_order(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\ntexts = "BEG02 then BEG03 then REF[XX]*02"')
    both_ways(map_, "BEG*00*a*b\nREF*XX*c\nREF*XX*d", Doc(kind="00", texts=["a", "b", "c", "d"]))


def test_a_word_is_set_when_reading_and_required_when_writing(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nnumber = "BEG02"\nkind = "= order"')
    assert map_.apply(wire("BEG**A")).document == Doc(number="A", kind="order")
    assert codes(map_.render(Doc(number="A", kind="other")).findings) == ["MAP-WORD"]


def test_a_guard_lets_a_line_read_and_write_only_then(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, '[fields]\nkind = "BEG01"\ncontract = "BEG03 when kind = 00"\nnumber = "BEG03 when kind = 01"'
    )
    both_ways(map_, "BEG*00**X", Doc(kind="00", contract="X"))
    both_ways(map_, "BEG*01**X", Doc(kind="01", number="X"))
    rendered = map_.render(Doc(kind="01", contract="X"))
    assert codes(rendered.findings) == ["MAP-UNSAID"]


def test_one_way_lines_run_one_way(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\nnumber = "< BEG02"\ncontract = "> BEG03"')
    assert map_.apply(wire("BEG*00*A")).document == Doc(kind="00", number="A")
    assert codes(map_.apply(wire("BEG*00**B")).findings) == ["MAP-UNREAD"]
    assert back(map_, Doc(kind="00", contract="B")) == ["BEG*00**B"]
    assert codes(map_.render(Doc(kind="00", number="A")).findings) == ["MAP-UNSAID"]


def test_words_are_named_by_the_map_and_others_are_unsaid(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\nwords.department = "REF[DP]02"')
    both_ways(map_, "BEG*00\nREF*DP*0441", Doc(kind="00", words={"department": "0441"}))
    assert [f.location.path for f in map_.render(Doc(words={"room": "1"})).findings] == ["words.room"]


def test_an_item_may_read_the_top_of_the_document(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01"\n[each.lines]\nat = "LIN"\nnumber = "LIN01"\norder = "/BEG02"')
    document = Doc(kind="00", lines=[Line(number="1", order="PO"), Line(number="2", order="PO")])
    both_ways(map_, "BEG*00*PO\nLIN*1\nLIN*2", document)
    apart = Doc(kind="00", lines=[Line(number="1", order="PO"), Line(number="2")])
    assert codes(map_.render(apart).findings) == ["MAP-SHARED"]


@pytest.mark.parametrize("text", ["BEG*00*A*\x01", "BEG", "LIN*1", "ZZZ*1", "BEG*00*A\nHL*1**S\nHL*9*8*O\nHL*1*1*I"])
def test_no_wire_makes_a_map_raise(tmp_path: Path, text: str) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\nplaced.on = "BEG04"\n[each.lines]\nat = "HL[S]/HL[O]?/HL[I]"\nnumber = "LIN01"',
    )
    map_.apply(wire(text))


def test_too_many_findings_are_counted_and_keep_their_weight(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nquantity = "SN102,03"\n[codes.unit]\nEA = "each"'
    )
    applied = map_.apply(wire("BEG\n" + "\n".join(["LIN*1", "SN1**5*KK"] * 1500)))
    assert len(applied.findings) == 1001
    assert str(applied.findings[-1]).startswith("MAP-MORE value: 500 more findings are not listed")
