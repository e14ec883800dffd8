"""Elements: lengths, types, codes, composites and the notes between them, each with the standard's code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.x12.element_types import is_date, is_time, number_fault
from hub.formats.x12.guide import Element, Guide, RepeatingElements, Segment, Use
from tests.formats.x12.guide_documents import ORDER, changed, check, faults, lines_of

LINES = lines_of(ORDER)


@pytest.mark.parametrize(
    ("position", "segment", "code", "standard", "place"),
    [
        (2, "BEG*00*RL**0004*20261102", "GDE-ELEMENT-MISSING", "1", "BEG03"),
        (2, "BEG*00*RL*PO-1*0004*20261102********extra", "GDE-TOO-MANY-ELEMENTS", "3", "BEG13"),
        (2, "BEG*00*RL*12345678901234567890123*1*20261102", "GDE-ELEMENT-TOO-LONG", "5", "BEG03"),
        (2, "BEG*00*RL*  *1*20261102", "GDE-ELEMENT-BLANK", "6", "BEG03"),
        (2, "BEG*00*RL*PO\x07*1*20261102", "GDE-ELEMENT-CHARACTER", "6", "BEG03"),
        (2, "BEG*0*RL*PO*1*20261102", "GDE-ELEMENT-TOO-SHORT", "4", "BEG01"),
        (2, "BEG*QQ*RL*PO*1*20261102", "GDE-ELEMENT-CODE", "7", "BEG01"),
        (2, "BEG*00*RL*PO*1*20270229", "GDE-ELEMENT-DATE", "8", "BEG05"),
        (2, "BEG*00*RL*PO*1*2027O101", "GDE-ELEMENT-DATE", "8", "BEG05"),
        (2, "BEG*00*RL*PO*1*270228", "GDE-ELEMENT-TOO-SHORT", "4", "BEG05"),
        (5, "DTM*002*20261215*2460", "GDE-ELEMENT-TIME", "9", "DTM03"),
        (5, "DTM*002", "GDE-ELEMENT-CONDITION", "2", "DTM02"),
        (8, "N1*ST*Clinic*92", "GDE-ELEMENT-CONDITION", "2", "N104"),
        (8, "N1*ST", "GDE-ELEMENT-CONDITION", "2", "N102"),
        (11, "PO1*10*5x*EA*1", "GDE-ELEMENT-NUMBER", "6", "PO102"),
        (11, "PO1*10*1.2.3*EA*1", "GDE-ELEMENT-NUMBER", "6", "PO102"),
        (11, "PO1*10*1234567890123456*EA*1", "GDE-ELEMENT-TOO-LONG", "5", "PO102"),
        (16, "CTT*2.5", "GDE-NUMBER-NOT-WHOLE", "6", "CTT01"),
    ],
)
def test_each_kind_of_fault_in_an_element_has_its_code(
    position: int, segment: str, code: str, standard: str, place: str
) -> None:
    findings = [f for f in check(changed(LINES, position, segment)).findings if f.severity.is_reject]
    assert [(f.code, f.standard) for f in findings] == [(code, standard)]
    assert f"{findings[0].location.tag}{findings[0].location.element:02d}" == place


def test_a_unit_demands_its_quantity_but_not_the_other_way_round() -> None:
    assert faults(changed(LINES, 11, "PO1*10**EA*12.35")) == ["GDE-ELEMENT-CONDITION@11 PO102"]
    assert faults(changed(LINES, 11, "PO1*10*500**12.35")) == []


def test_trailing_separators_are_tolerated_and_said() -> None:
    checked = check(changed(LINES, 4, "REF*CO*PRJ-771**"))
    assert [(f.code, f.severity.is_reject) for f in checked.findings] == [("GDE-TRAILING-SEPARATOR", False)]
    assert checked.root.children["REF"][0].values == ["REF", "CO", "PRJ-771"]


def test_empty_elements_beyond_the_last_are_only_trailing() -> None:
    assert faults(changed(LINES, 2, "BEG*00*RL*PO*1*20261102***********")) == ["GDE-TRAILING-SEPARATOR@2 BEG"]


def test_composites_are_cut_where_the_guide_has_them_and_nowhere_else() -> None:
    lines = changed(LINES, 12, "PID*F****Ratio 1:2", "REF*CO*A:B**ZZ:inner:CT:other", "SLN*1**I*4*EA:1:2")
    lines = changed(lines, 14, "SLN*1**I*4*EA:1:2")
    root = check(changed(LINES, 15, "SLN*1**I*4*EA:1:2", LINES[14])).root
    assert root.children["PO1"][0].children["SLN"][0].element(5) == ["EA", "1", "2"]
    line = check(lines).root.children["PO1"][0]
    assert line.children["PID"][0].element(5) == "Ratio 1:2"
    assert line.children["REF"][0].values[2:] == ["A:B", "", ["ZZ", "inner", "CT", "other"]]


@pytest.mark.parametrize(
    ("composite", "found"),
    [
        ("EA", []),
        ("EA:1:2", []),
        ("QQ:1:2", ["GDE-ELEMENT-CODE@15 SLN05-1"]),
        (":1", ["GDE-ELEMENT-MISSING@15 SLN05-1"]),
        ("EA:x", ["GDE-ELEMENT-NUMBER@15 SLN05-2"]),
        (":".join(["EA:1:1"] * 5 + ["1"]), ["GDE-TOO-MANY-COMPONENTS@15 SLN05"]),
        ("EA::", ["GDE-TRAILING-SEPARATOR@15 SLN"]),
    ],
)
def test_the_parts_of_a_composite_are_judged_like_elements(composite: str, found: list[str]) -> None:
    assert faults(changed(LINES, 15, f"SLN*1**I*4*{composite}", LINES[14])) == found


def test_what_belongs_together_excludes_or_demands_is_said_with_the_rule() -> None:
    pair = check(changed(LINES, 11, "PO1*10*500*EA*12.35*CT*BP")).findings
    assert [f.message for f in pair] == ["PO107 (item identifier) is missing: it goes together with PO106"]
    either = check(changed(LINES, 13, "QTY*01*5**ABC", LINES[12])).findings
    assert [(f.standard, f.message) for f in either] == [("10", "QTY04 (free message) may not stand beside QTY02")]
    one_of = check(changed(LINES, 13, "QTY*01", LINES[12])).findings
    assert [f.message for f in one_of] == ["QTY02 (quantity) is missing: one of QTY02, QTY04 must be sent"]


def test_an_element_missing_by_two_rules_is_mentioned_once() -> None:
    # PO405 demands PO406, and PO407 goes together with it.
    assert faults(changed(LINES, 13, "PO4*1*2*EA*CTN25*G**KG", LINES[12])) == ["GDE-ELEMENT-CONDITION@13 PO406"]


def test_letters_of_the_world_are_text_and_control_characters_are_not() -> None:
    assert faults(changed(LINES, 8, "N1*ST*Klinik Zürich – 诊所\xa0€")) == []
    assert faults(changed(LINES, 8, "N1*ST*Klinik\x85")) == ["GDE-ELEMENT-CHARACTER@8 N102"]


def test_the_wrong_value_is_kept_short() -> None:
    (finding,) = check(changed(LINES, 2, f"BEG*00*RL*{'9' * 100_000}*1*20261102")).findings
    assert len(finding.found or "") <= 200
    assert len(finding.message) < 400


@given(st.text(max_size=9))
def test_dates_and_times_of_any_text_are_judged_and_never_fail(text: str) -> None:
    if is_date(text) or is_time(text):
        assert text.isascii()
        assert text.isdigit()
    assert number_fault(text, 1, 9, real=True) in (None, "4", "5", "6")


@pytest.mark.parametrize(
    ("text", "real", "fault"),
    [
        ("12.35", True, None), (".5", True, None), ("-0.5", True, None), ("5.", True, None), ("12.35", False, "6"),
        ("-12", False, None), ("+1", True, "6"), ("1E3", True, "6"), (".", True, "6"), ("-", True, "6"),
        ("١٢", True, "6"), ("²", True, "6"), ("1234567890", True, "5"), ("-123456789", True, None),
    ],
)  # fmt: skip
def test_numbers_are_digits_with_one_sign_and_at_most_one_point(text: str, real: bool, fault: str | None) -> None:
    assert number_fault(text, 1, 9, real=real) == fault


def test_elements_that_repeat_are_cut_and_judged_one_by_one() -> None:
    """From 005010 on an element may repeat; the guide says which, the separator comes with the interchange."""
    kind = Element(number="1", name="kind", type="ID", minimum=2, maximum=2, codes="kinds")
    text = Element(number="2", name="text", type="AN", minimum=1, maximum=5, repeat=3)
    pair = Element(number="C1", name="pair", type="composite", components=(kind, text_part()), repeat=2)
    segment = Segment(tag="EB", name="answer", elements=(kind, text, pair))
    guide = Guide(
        release="005010", set="271", name="answers", functional_group="HB", codes={"kinds": {"AA": "", "BB": ""}},
        uses=(Use(segment=segment, maximum=0),),
    )  # fmt: skip
    lines = ["ST*271*1", "EB*AA*one^two*AA:x^BB", "EB*AA*one^^three", "EB*AA*a^b^c^d*QQ", "SE*5*1"]
    checked = check(lines, guide)
    assert checked.root.children["EB"][0].values == ["EB", "AA", ["one", "two"], [["AA", "x"], ["BB"]]]
    assert [(f.code, f.location.element, f.location.repetition) for f in checked.findings] == [
        ("GDE-TOO-MANY-REPETITIONS", 2, None),
        ("GDE-ELEMENT-CODE", 3, 1),
    ]


@pytest.mark.parametrize(
    ("line", "element", "component"),
    [
        ("XX*A^B*words*AA:x*VP*N-1", 1, None),
        ("XX*A*below 10^2*AA:x^y*VP*N-1", 3, 2),
        ("XX*A*words*AA:x*VP*N-1^N-2", 5, None),
        ("XX*A*words*AA:x*VP*N-1*EC*07^08", 7, None),
        ("XX*A*below 10^2*AA:x*VP*N-1", None, None),
    ],
)
def test_two_values_where_one_is_allowed_are_told_wherever_they_stand_but_in_free_text(
    line: str, element: int | None, component: int | None
) -> None:
    kind = Element(number="1", name="kind", type="ID", minimum=2, maximum=2)
    number = Element(number="127", name="number", type="AN", minimum=1, maximum=30)
    words = Element(number="352", name="words", type="AN", minimum=1, maximum=80)
    pair = Element(number="C1", name="pair", type="composite", components=(kind, number))
    segment = Segment(
        tag="XX", name="item", elements=(number, words, pair, kind, number, kind, number),
        group=RepeatingElements(first=4, size=2, last=7),
    )  # fmt: skip
    guide = Guide(release="005010", set="271", name="x", functional_group="HB", uses=(Use(segment=segment, maximum=0),))
    found = check(["ST*271*1", line, "SE*3*1"], guide).findings
    assert [(f.code, f.location.element, f.location.component) for f in found] == (
        [("GDE-TOO-MANY-REPETITIONS", element, component)] if element else []
    )


def text_part() -> Element:
    return Element(number="3", name="remark", type="AN", minimum=1, maximum=5)
