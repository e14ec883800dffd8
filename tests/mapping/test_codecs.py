# ruff: noqa: E501 — a rule, and what is said of it, is one line
"""Codecs, tables, constants and totals."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hub.kernel.words import Money, Period, Quantity, When
from hub.mapping.codecs import CODECS
from hub.mapping.values import fold
from tests.mapping.small import Credit, Doc, Line, back, codes, day, given, wire

KIND = '[fields]\nkind = "BEG01"\n'


def test_a_code_becomes_its_word_and_comes_back(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01 | code:t"\n[codes.t]\n"00" = "original"')
    assert map_.apply(wire("BEG*00")).document == Doc(kind="original")
    assert back(map_, Doc(kind="original")) == ["BEG*00"]


def test_an_unknown_code_is_located_with_its_remedy(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nquantity = "SN102,03"\n[codes.unit]\nEA = "each"'
    )
    applied = map_.apply(wire("BEG\nLIN*1\nLIN*2\nSN1**5*KK"))
    (finding,) = applied.findings
    assert str(finding) == (
        "MAP-CODE value: segment 5 SN103 lines[1].quantity.unit: 'KK' is not in table unit; rule small.toml:7; "
        "remedy: add KK to [codes.unit] or ask the partner"
    )
    assert finding.standard == "7"


def test_plus_lets_an_unknown_code_pass_and_reports_it(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01 | code:t+"\n[codes.t]\n"00" = "original"')
    applied = map_.apply(wire("BEG*XX"))
    assert applied.document == Doc(kind="XX")
    assert codes(applied.findings) == ["MAP-CODE-PASSED"]
    assert back(map_, Doc(kind="XX")) == ["BEG*XX"]
    assert codes(map_.render(Doc(kind="00")).findings) == ["MAP-CODE"]


def test_two_codes_for_one_word_need_the_reverse(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01 | code:t"\n[codes.t]\nKG = "kilogram"\n"58" = "kilogram"\n[codes.t.reverse]\nkilogram = "58"',
    )
    assert map_.apply(wire("BEG*KG")).document == map_.apply(wire("BEG*58")).document == Doc(kind="kilogram")
    assert back(map_, Doc(kind="kilogram")) == ["BEG*58"]


def test_a_word_without_a_code_is_a_fault(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nkind = "BEG01 | code:t"\n[codes.t]\n"00" = "original"')
    assert codes(map_.render(Doc(kind="other")).findings) == ["MAP-CODE"]


def test_assume_means_absent_and_is_left_out_default_is_written(tmp_path: Path) -> None:
    money = KIND + 'total.amount = "BEG07"\ncurrency = "BEG08 | assume:USD"'
    assumed = given(tmp_path / "a", money)
    written = given(tmp_path / "b", money.replace("assume", "default"))
    document = Doc(kind="00", currency="USD", total=Money(amount=Decimal("1.5"), currency="USD"))
    for map_ in (assumed, written):
        assert map_.apply(wire("BEG*00******1.5")).document == document
    assert back(assumed, document) == ["BEG*00******1.5"]
    assert back(written, document) == ["BEG*00******1.5*USD"]


def test_money_takes_the_documents_currency_and_a_second_one_is_a_fault(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'total.amount = "BEG07"\ncurrency = "BEG08"')
    assert codes(map_.apply(wire("BEG*00******1.5")).findings) == ["MAP-CURRENCY"]
    second = Doc(kind="00", currency="EUR", total=Money(amount=Decimal(1), currency="USD"))
    assert codes(map_.render(second).findings) == ["MAP-CURRENCY"]


def test_lines_are_one_text_with_breaks(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'text = "N9[ZZ]/MSG*01 | lines"')
    assert map_.apply(wire("BEG*00\nN9*ZZ\nMSG*a\nMSG*b")).document == Doc(kind="00", text="a\nb")
    assert back(map_, Doc(kind="00", text="a\nb")) == ["BEG*00", "N9*ZZ", "MSG*a", "MSG*b"]
    assert codes(map_.render(Doc(text="a\nb\nc\nd")).findings) == ["MAP-FULL"]


def test_padded_numbers_are_bare_in_the_model(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'number = "BEG02 | padded:10"')
    assert map_.apply(wire("BEG*00*0000004711")).document == Doc(kind="00", number="4711")
    assert back(map_, Doc(kind="00", number="4711")) == ["BEG*00*0000004711"]


def test_packs_are_pieces_exactly(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nquantity = "SN102,03 | packs:box=10 each"\n[codes.unit]\nEA = "each"\nBX = "box"',
    )
    fifty = Doc(lines=[Line(number="1", quantity=Quantity(value=Decimal(50), unit="each"))])
    assert map_.apply(wire("BEG\nLIN*1\nSN1**5*BX")).document == fifty
    assert back(map_, fifty) == ["LIN*1", "SN1**5*BX"]
    odd = Doc(lines=[Line(number="1", quantity=Quantity(value=Decimal(55), unit="each"))])
    assert back(map_, odd) == ["LIN*1", "SN1**55*EA"]


def test_the_sign_turns_when_a_field_says_so(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\ncurrency = "BEG08"\ntotal.amount = "TOT01 | negate-if:kind=credit"',
        document="Credit",
    )
    for kind, text in (("credit", "-150"), ("invoice", "150")):
        document = Credit(kind=kind, currency="EUR", total=Money(amount=Decimal("1.50"), currency="EUR"))
        wired = f"BEG*{kind}*******EUR\nTOT*{text}"
        assert map_.apply(wire(wired)).document == document
        assert back(map_, document) == wired.split("\n")


def test_a_third_decimal_does_not_fit_two(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'currency = "BEG08"\ntotal.amount = "BEG05"')
    document = Doc(kind="00", currency="EUR", total=Money(amount=Decimal("1.505"), currency="EUR"))
    rendered = map_.render(document)
    assert codes(rendered.findings) == ["MAP-INEXACT"]
    assert rendered.findings[0].severity.is_reject


def test_a_period_in_one_text(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'window = "BEG02 | between:-"')
    document = Doc(kind="00", window=Period(start=day("2026-11-02"), end=day("2026-11-09")))
    assert map_.apply(wire("BEG*00*20261102-20261109")).document == document
    assert back(map_, document) == ["BEG*00*20261102-20261109"]


def test_the_sscc_stands_without_its_identifier(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'number = "BEG02 | sscc"')
    assert map_.apply(wire("BEG*00*00376130321109103420")).document == Doc(kind="00", number="376130321109103420")
    assert back(map_, Doc(kind="00", number="376130321109103420")) == ["BEG*00*00376130321109103420"]


def test_lossy_codecs_run_one_way(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'number = "< BEG02 | trim | upper"\ntext = "> N9[ZZ]/MSG*01 | fold:4"')
    assert map_.apply(wire("BEG*00* ab ")).document == Doc(kind="00", number="AB")
    assert back(map_, Doc(kind="00", text="sterile")) == ["BEG*00", "N9*ZZ", "MSG*ster", "MSG*ile"]


def test_every_codec_explains_itself() -> None:
    for codec in CODECS.values():
        assert codec.does
        assert f"| {codec.name}" in codec.example


def test_a_constant_is_written_into_a_segment_that_something_else_opens(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, KIND + '[each.lines]\nat = "LIN"\nnumber = "LIN01"\ncontract = ""\nconst.SN101 = "9"\nvalue = "SN102"'
    )
    assert back(map_, Doc(kind="00", lines=[Line(number="1", value=Decimal(2)), Line(number="2")])) == [
        "BEG*00", "LIN*1", "SN1*9*2", "LIN*2",
    ]  # fmt: skip
    applied = map_.apply(wire("BEG*00\nLIN*1\nSN1*8*2"))
    assert codes(applied.findings) == ["MAP-CONST"]
    assert map_.apply(wire("BEG*00\nLIN*1\nSN1*9*2")).findings == []


def test_a_constant_the_guide_demands_is_written_always(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\nnumber = "BEG02"\n[const]\nBEG01 = "00"')
    assert back(map_, Doc()) == ["BEG*00"]


TOTAL = (
    KIND
    + '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nvalue = "SN102"\n[totals]\nCTT01 = "count LIN"\nCTT02 = "sum SN102"'
)


def test_totals_are_written_and_compared(tmp_path: Path) -> None:
    map_ = given(tmp_path, TOTAL)
    document = Doc(kind="00", lines=[Line(number="1", value=Decimal(2)), Line(number="2", value=Decimal("0.5"))])
    written = back(map_, document)
    assert written[-1] == "CTT*2*2.5"
    assert map_.apply(wire("\n".join(written))).findings == []
    wrong = map_.apply(wire("BEG*00\nLIN*1\nSN1**2\nCTT*1*3"))
    assert codes(wrong.findings) == ["MAP-TOTAL"]
    assert (wrong.findings[0].found, wrong.findings[0].expected) == ("3", "2")


def test_a_total_counts_within_the_loop_where_it_stands(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[each.lines]\nat = "HL[S]/HL[I]/HL[P]"\norder = "HL[I]/LIN01"\nvalue = "SN102"\n[totals]\n"HL[I]/SN102" = "sum HL[P]/SN102"',
    )
    document = Doc(
        lines=[Line(order="A", value=Decimal(2)), Line(order="A", value=Decimal(3)), Line(order="B", value=Decimal(7))]
    )
    written = back(map_, document)
    assert written == [
        "HL*1**S*1", "HL*2*1*I*1", "LIN*A", "SN1**5", "HL*3*2*P*0", "SN1**2", "HL*4*2*P*0", "SN1**3",
        "HL*5*1*I*1", "LIN*B", "SN1**7", "HL*6*5*P*0", "SN1**7",
    ]  # fmt: skip
    applied = map_.apply(wire("BEG\n" + "\n".join(written)))
    assert applied.document == document
    assert applied.findings == []


def test_two_lines_that_say_one_element_differently_are_a_fault(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'number = "BEG02"\ncontract = "BEG02"')
    assert map_.render(Doc(kind="00", number="A", contract="A")).findings == []
    assert codes(map_.render(Doc(kind="00", number="A", contract="B")).findings) == ["MAP-TWICE"]
    assert codes(map_.render(Doc(kind="00", number="A")).findings) == ["MAP-TWICE"]


@pytest.mark.parametrize("text", ["a\x1fb", "", "a\nb"])
def test_a_text_no_segment_can_hold_is_a_fault(tmp_path: Path, text: str) -> None:
    map_ = given(tmp_path, KIND + 'number = "BEG02"')
    assert codes(map_.render(Doc(number=text)).findings) == ["MAP-TEXT"]


@pytest.mark.parametrize(
    ("text", "said"), [("A ", "A"), ("A  ", "A"), (" A ", " A"), ("A B   ", "A B"), (" ", None), ("   ", None)]
)
def test_blanks_behind_a_text_are_left_off_and_told(tmp_path: Path, text: str, said: str | None) -> None:
    map_ = given(tmp_path, KIND + 'number = "BEG02"')
    rendered = map_.render(Doc(kind="00", number=text))
    assert codes(rendered.findings) == ["MAP-BLANKS"]
    assert not rendered.findings[0].severity.is_reject
    assert back(map_, Doc(kind="00", number=text)) == [f"BEG*00*{said}" if said else "BEG*00"]


def test_words_that_pass_and_units_say_no_blanks_either(tmp_path: Path) -> None:
    quantity = (
        '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nquantity = "SN102,03 | code:unit+"\n[codes.unit]\nEA = "each"'
    )
    for table, document in (
        (KIND + 'number = "BEG02 | code:word+"\n[codes.word]\nA = "apple"', Doc(kind="00", number="B ")),
        (quantity, Doc(lines=[Line(number="1", quantity=Quantity(value=Decimal(5), unit="B "))])),
    ):
        map_ = given(tmp_path, table)
        assert codes(map_.render(document).findings) == ["MAP-BLANKS"]
        assert back(map_, document)[-1].endswith("*B")


@pytest.mark.parametrize(("word", "code"), [(" ", "MAP-BLANKS"), ("", "MAP-TEXT"), ("a\nb", "MAP-TEXT")])
def test_a_word_that_passes_is_said_or_told_as_any_text_is(tmp_path: Path, word: str, code: str) -> None:
    map_ = given(tmp_path, KIND + 'number = "BEG02 | code:word+"\n[codes.word]\nA = "apple"')
    assert codes(map_.render(Doc(kind="00", number=word)).findings) == [code]
    assert back(map_, Doc(kind="00", number=word)) == ["BEG*00"]


@pytest.mark.parametrize("width", [1, 2, 3, 5, 7, 8, 9, 30])
@pytest.mark.parametrize("text", ["sterile only", "a  b", "   a", "a b\nc  d e", "one   two three"])
def test_a_folded_text_keeps_the_blanks_between_its_words(text: str, width: int) -> None:
    pieces = fold(text, width)
    assert "".join(pieces) == text.replace("\n", "")
    assert all(len(piece) <= width for piece in pieces)
    assert not any(piece.endswith(" ") and piece.strip() for piece in pieces)


def test_half_a_quantity_is_told(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nquantity = "SN102,03"\n[codes.unit]\nEA = "each"'
    )
    for sn1 in ("SN1***EA", "SN1**5"):
        applied = map_.apply(wire(f"BEG\nLIN*1\n{sn1}"))
        assert applied.document == Doc(lines=[Line(number="1")])
        assert codes(applied.findings) == ["MAP-HALF-SAID"]


def test_a_time_without_its_day_was_not_said(tmp_path: Path) -> None:
    map_ = given(tmp_path, KIND + 'placed.on = "DTM[004]02"\nplaced.at = "DTM[004]03"')
    applied = map_.apply(wire("BEG*00\nDTM*004**1015"))
    assert applied.document == Doc(kind="00")
    assert codes(applied.findings) == ["MAP-HALF-SAID"]
    full = map_.apply(wire("BEG*00\nDTM*004*20261102*1015")).document
    assert isinstance(full, Doc)
    assert isinstance(full.placed, When)
    assert full.placed.at is not None
