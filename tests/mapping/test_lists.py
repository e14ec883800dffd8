# ruff: noqa: E501 — a rule, and what is said of it, is one line
"""Lists: where their items stand, what they share, and when a place is full."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hub.kernel.words import Id, Quantity
from tests.mapping.small import Doc, Line, Note, Share, back, codes, given, wire

LEVELS = """
[fields]
kind = "BEG01"
[each.lines]
at            = "HL[S]/HL[O]/HL[P]?/HL[I]"
order         = "HL[O]/PRF01"
order_release = "HL[O]/PRF02"
pack          = "HL[P]/#"
sscc          = "HL[P]/MAN[GM]02"
number        = "LIN01"
quantity      = "SN102,03"
[codes.unit]
EA = "each"
"""


def each(value: int) -> Quantity:
    return Quantity(value=Decimal(value), unit="each")


def line(number: str, order: str, pack: int | None = None, sscc: str | None = None) -> Line:
    return Line(number=number, order=order, pack=pack, sscc=sscc, quantity=each(1))


def test_items_that_agree_on_an_outer_step_share_it(tmp_path: Path) -> None:
    map_ = given(tmp_path, LEVELS)
    document = Doc(
        kind="00", lines=[line("1", "A", 1, "x"), line("2", "A", 1, "x"), line("3", "A", 2, "y"), line("4", "B")]
    )
    written = back(map_, document)
    assert written == [
        "BEG*00", "HL*1**S*1", "HL*2*1*O*1", "PRF*A", "HL*3*2*P*1", "MAN*GM*x", "HL*4*3*I*0", "LIN*1", "SN1**1*EA",
        "HL*5*3*I*0", "LIN*2", "SN1**1*EA", "HL*6*2*P*1", "MAN*GM*y", "HL*7*6*I*0", "LIN*3", "SN1**1*EA",
        "HL*8*1*O*1", "PRF*B", "HL*9*8*I*0", "LIN*4", "SN1**1*EA",
    ]  # fmt: skip
    applied = map_.apply(wire("\n".join(written)))
    assert applied.document == document
    assert applied.findings == []


def test_items_share_a_place_wherever_they_stand_in_the_list(tmp_path: Path) -> None:
    map_ = given(tmp_path, LEVELS)
    written = back(map_, Doc(lines=[line("1", "A"), line("2", "B"), line("3", "A")]))
    assert [text for text in written if text.startswith("LIN")] == ["LIN*1", "LIN*3", "LIN*2"]
    assert [text for text in written if text.startswith("PRF")] == ["PRF*A", "PRF*B"]


def test_a_level_that_says_nothing_is_skipped_when_it_may_be(tmp_path: Path) -> None:
    map_ = given(tmp_path, LEVELS)
    assert "HL*3*2*I*0" in back(map_, Doc(lines=[line("1", "A")]))


def test_packs_that_look_alike_are_kept_apart_by_their_number(tmp_path: Path) -> None:
    map_ = given(tmp_path, LEVELS)
    written = back(map_, Doc(lines=[line("1", "A", 1), line("2", "A", 2)]))
    assert [text for text in written if "*P*" in text] == ["HL*3*2*P*1", "HL*5*2*P*1"]
    assert map_.apply(wire("\n".join(written))).document == Doc(lines=[line("1", "A", 1), line("2", "A", 2)])


def test_a_number_that_would_be_read_otherwise_is_a_fault(tmp_path: Path) -> None:
    rendered = given(tmp_path, LEVELS).render(Doc(lines=[line("1", "A", 7)]))
    assert codes(rendered.findings) == ["MAP-NUMBER"]


def test_items_keep_wire_order_also_across_levels(tmp_path: Path) -> None:
    text = "BEG\nHL*1**S\nHL*2*1*O\nPRF*A\nHL*3*2*I\nLIN*1\nHL*4*2*P\nHL*5*4*I\nLIN*2\nHL*6*2*I\nLIN*3"
    document = given(tmp_path, LEVELS).apply(wire(text)).document
    assert isinstance(document, Doc)
    assert [(item.number, item.pack) for item in document.lines] == [("1", None), ("2", 1), ("3", None)]


def test_a_line_and_a_list_share_the_outer_step_they_both_name(tmp_path: Path) -> None:
    map_ = given(tmp_path, LEVELS.replace("[each.lines]", 'text = "HL[S]/REF[BM]02"\n[each.lines]', 1))
    written = back(map_, Doc(kind="00", text="BOL", lines=[line("1", "A")]))
    assert [text for text in written if text.startswith("HL")] == ["HL*1**S*1", "HL*2*1*O*1", "HL*3*2*I*0"]
    assert "REF*BM*BOL" in written


SHARES = """
[fields]
kind = "BEG01"
[each.lines]
at     = "LIN"
number = "LIN01"
[each.lines.each.shares]
at             = "SDQ~"
quantity.unit  = "SDQ01 | code:unit"
place.scheme   = "SDQ02"
place.value    = "~1"
quantity.value = "~2"
[codes.unit]
EA = "each"
BX = "box"
"""


def share(place: str, value: int, unit: str = "each") -> Share:
    return Share(place=Id(value=place, scheme="92"), quantity=Quantity(value=Decimal(value), unit=unit))


def test_a_full_place_is_followed_by_a_new_one(tmp_path: Path) -> None:
    map_ = given(tmp_path, SHARES)
    document = Doc(
        kind="00", lines=[Line(number="1", shares=[share("a", 1), share("b", 2), share("c", 3), share("d", 4)])]
    )
    written = back(map_, document)
    assert written == ["BEG*00", "LIN*1", "SDQ*EA*92*a*1*b*2*c*3", "SDQ*EA*92*d*4"]
    assert map_.apply(wire("\n".join(written))).document == document


def test_groups_that_disagree_on_their_segment_get_one_each(tmp_path: Path) -> None:
    written = back(
        given(tmp_path, SHARES),
        Doc(lines=[Line(number="1", shares=[share("a", 1), share("b", 2, "box"), share("c", 3)])]),
    )
    assert written == ["LIN*1", "SDQ*EA*92*a*1*c*3", "SDQ*BX*92*b*2"]


def test_the_groups_no_line_claims_are_a_list(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[each.lines]\nat = "LIN"\nnumber = "LIN01"\nbuyer = "LIN~BP"\n[each.lines.each.others]\nat = "LIN~"\nscheme = "~1"\nvalue = "~2"',
    )
    applied = map_.apply(wire("BEG\nLIN*1*VP*v*BP*b*LT*l"))
    assert applied.document == Doc(
        lines=[Line(number="1", buyer="b", others=[Id(value="v", scheme="VP"), Id(value="l", scheme="LT")])]
    )
    assert applied.findings == []
    assert back(map_, applied.document)[-1] == "LIN*1*BP*b*VP*v*LT*l"
    taken = map_.render(Doc(lines=[Line(number="1", others=[Id(value="b", scheme="BP")])]))
    assert codes(taken.findings) == ["MAP-CLAIMED"]


def test_no_more_groups_than_the_segment_holds(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, '[each.lines]\nat = "LIN"\n[each.lines.each.others]\nat = "LIN~"\nscheme = "~1"\nvalue = "~2"'
    )
    ids = [Id(value=str(n), scheme="X") for n in range(4)]
    assert codes(map_.render(Doc(lines=[Line(others=ids)])).findings) == ["MAP-FULL"]


SEVERAL = '[fields]\nkind = "BEG01"\n[each.lines]\nat = ["LIN/TMD/MEA", "LIN/MEA"]\nmethod = "TMD/TMD02"\nkind = "MEA01"\nvalue = "MEA03"'


def test_an_item_stands_where_its_outer_steps_have_something_to_say(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[each.lines]\nat = ["TMD/MEA", "MEA"]\nmethod = "TMD/TMD02"\nvalue = "MEA03"'.replace(
            "TMD/MEA", "LIN/TMD/MEA"
        ).replace('"MEA"', '"LIN/MEA"'),
    )
    applied = map_.apply(wire("BEG\nLIN*1\nTMD*1*burst\nMEA***5\nMEA***6\nTMD*1*pull\nMEA***7"))
    assert isinstance(applied.document, Doc)
    assert [(item.method, str(item.value)) for item in applied.document.lines] == [
        ("burst", "5"),
        ("burst", "6"),
        ("pull", "7"),
    ]


def test_after_the_guides_maximum_a_step_opens_again(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[each.lines]\nat = "LIN/TMD/MEA"\nmethod = "TMD/TMD02"\nvalue = "MEA03"')
    document = Doc(lines=[Line(method="burst", value=Decimal(n)) for n in (5, 6, 7)])
    written = back(map_, document)
    assert written == ["LIN", "TMD**burst", "MEA***5", "MEA***6", "TMD**burst", "MEA***7"]


BY = '[fields]\nkind = "BEG01"\n[each.notes]\nby = "kind"\nat.ship = "N9[SH]"\nat.bill = "N9[BI]"\ntext = "N902"'


def test_the_place_may_say_the_word(tmp_path: Path) -> None:
    map_ = given(tmp_path, BY)
    document = Doc(kind="00", notes=[Note(kind="bill", text="b"), Note(kind="ship", text="s")])
    assert back(map_, document) == ["BEG*00", "N9*BI*b", "N9*SH*s"]
    assert map_.apply(wire("BEG*00\nN9*BI*b\nN9*SH*s")).document == document
    lost = map_.render(Doc(notes=[Note(kind="other", text="o")]))
    assert codes(lost.findings) == ["MAP-UNSAID"]
    assert "other" in lost.findings[0].message


WORDS = '[fields]\nkind = "BEG01"\n[[each.notes]]\nat = "N9"\nkind = "= note"\ntext = "N902"\n[[each.notes]]\nat = "REF"\nkind = "= reference"\ntext = "REF02"'


def test_sources_of_different_shape_feed_one_list(tmp_path: Path) -> None:
    map_ = given(tmp_path, WORDS)
    applied = map_.apply(wire("BEG*00\nREF*XX*r\nN9*ZZ*n"))
    assert applied.document == Doc(kind="00", notes=[Note(kind="reference", text="r"), Note(kind="note", text="n")])
    assert back(map_, Doc(kind="00", notes=[Note(kind="note", text="n"), Note(kind="reference", text="r")])) == [
        "BEG*00",
        "REF**r",
        "N9**n",
    ]


def test_a_list_at_the_place_itself_holds_one_item_if_anything_is_said(tmp_path: Path) -> None:
    map_ = given(
        tmp_path, '[each.lines]\nat = "LIN"\nnumber = "LIN01"\n[each.lines.each.notes]\nat = "."\ntext = "REF[NT]02"'
    )
    assert map_.apply(wire("BEG\nLIN*1\nREF*NT*hello")).document == Doc(
        lines=[Line(number="1", notes=[Note(text="hello")])]
    )
    assert map_.apply(wire("BEG\nLIN*1")).document == Doc(lines=[Line(number="1")])
    assert back(map_, Doc(lines=[Line(number="1", notes=[Note(text="hello")])])) == ["LIN*1", "REF*NT*hello"]


def test_lines_claim_before_lists_and_conditions_before_plain_places(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\ncontract = "REF[CT]02"\n[each.notes]\nat = "REF"\nkind = "REF01"\ntext = "REF02"',
    )
    applied = map_.apply(wire("BEG*00\nREF*XX*x\nREF*CT*c\nREF*CT*second"))
    assert applied.document == Doc(
        kind="00", contract="c", notes=[Note(kind="XX", text="x"), Note(kind="CT", text="second")]
    )
    assert applied.findings == []


BENEATH = """
[fields]
number   = "N1/N302"
contract = "N1/REF02"
[each.notes]
at   = "N1/REF"
kind = "REF01"
text = "REF02"
"""


def test_a_line_takes_the_first_place_beneath_several_and_a_list_what_stands_beneath_all(tmp_path: Path) -> None:
    map_ = given(tmp_path, BENEATH)
    alone = map_.apply(wire("BEG\nN1*B\nN3*x*y\nREF*2*b")).document
    assert alone == Doc(number="y", contract="b")
    several = "BEG\nN1*A\nREF*1*a\nN1*B\nN3*x*y\nREF*2*b\nN1*C\nN3*z*w\nN3*q\nREF*3*c\nREF*4*d"
    assert map_.apply(wire(several)).document == Doc(
        number="y", contract="a",
        notes=[Note(kind="2", text="b"), Note(kind="3", text="c"), Note(kind="4", text="d")],
    )  # fmt: skip


def test_an_item_that_a_line_would_read_is_a_fault(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\ncontract = "REF[CT]02"\n[each.notes]\nat = "REF"\nkind = "REF01"\ntext = "REF02"',
    )
    assert codes(map_.render(Doc(notes=[Note(kind="CT", text="c")])).findings) == ["MAP-CLAIMED"]
    assert map_.render(Doc(contract="a", notes=[Note(kind="CT", text="c")])).findings == []


def test_a_value_list_longer_than_its_places_is_a_fault(tmp_path: Path) -> None:
    map_ = given(tmp_path, '[fields]\ntexts = "N1/N3*01,02"')
    rendered = map_.render(Doc(texts=["1", "2", "3", "4", "5"]))
    assert codes(rendered.findings) == ["MAP-FULL"]
    assert rendered.findings[0].found == "5"
