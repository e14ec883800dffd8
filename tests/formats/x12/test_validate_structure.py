"""Order, use and repetition: what is said about a segment that is missing, too many, too late or foreign."""

from __future__ import annotations

import pytest

from hub.formats.tree import UNKNOWN
from hub.formats.x12.guide_faults import REJECTS_MAX, WARNINGS_MAX
from hub.formats.x12.validate import compile_guide
from tests.formats.x12.guide_documents import ORDER, changed, check, faults, library, lines_of, received

LINES = lines_of(ORDER)


def test_a_good_order_is_found_good_and_becomes_a_tree() -> None:
    checked = check(LINES)
    assert checked.findings == []
    root = checked.root
    assert (root.tag, root.position, root.element(2)) == ("ST", 1, "0001")
    assert [line.element(1) for line in root.children["PO1"]] == ["10", "20"]
    assert [s.element(6) for s in root.children["PO1"][0].children["SCH"]] == ["20261215", "20270115"]
    assert root.children["N1"][0].children["N4"][0].element(1) == "Memphis"
    assert root.children["CTT"][0].children["AMT"][0].position == 17
    assert "SE" not in root.children


def test_a_finding_says_which_message_where_what_and_what_to_do() -> None:
    (finding,) = check(changed(LINES, 11, "PO1*10*500*QQ*12.35*CT*BP*AC-1001*VP*CM-77")).findings
    assert finding.message == "PO103 = 'QQ' is not a code for unit in this guide"
    assert finding.code == "GDE-ELEMENT-CODE"
    assert finding.standard == "7"
    assert finding.found == "QQ"
    assert str(finding.location) == "envelope 77 group 5 document 0001 segment 11 PO103"
    assert finding.location.loop == "PO1"
    assert finding.remedy


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (changed(LINES, 2), ["GDE-SEGMENT-MISSING@2 BEG"]),
        (changed(LINES, 4, LINES[3], "ZZZ*1"), ["GDE-SEGMENT-UNKNOWN@5 ZZZ"]),
        (changed(LINES, 4, LINES[3], "AK5*A"), ["GDE-SEGMENT-NOT-IN-SET@5 AK5"]),
        (changed(LINES, 4, LINES[3], "SCH*1*EA***002*20261215"), ["GDE-SEGMENT-UNEXPECTED@5 SCH"]),
        (changed(LINES, 5, LINES[4], "CUR*BY*USD"), ["GDE-SEGMENT-TOO-OFTEN@6 CUR"]),
        (changed(LINES, 5, LINES[4], "PER*BD*A Buyer"), ["GDE-SEGMENT-ORDER@6 PER"]),
        (changed(LINES, 5, *["PER*BD*A Buyer"] * 4, LINES[4]), ["GDE-SEGMENT-TOO-OFTEN@8 PER"]),
    ],
    ids=["BEG missing", "unknown", "of another set", "its loop not open", "twice", "too late", "over the maximum"],
)
def test_each_misplaced_segment_is_judged_once_and_by_its_kind(lines: list[str], found: list[str]) -> None:
    assert faults(lines) == found


def test_an_unknown_segment_is_set_aside_and_the_loop_stays_open() -> None:
    checked = check(changed(LINES, 11, LINES[10], "ZZZ*free*text"))
    line = checked.root.children["PO1"][0]
    assert [node.values for node in line.children[UNKNOWN]] == [["ZZZ", "free", "text"]]
    assert len(line.children["SCH"]) == 2


def test_a_late_segment_still_stands_in_the_tree_where_it_belongs() -> None:
    checked = check(changed(LINES, 5, LINES[4], "PER*BD*A Buyer"))
    assert checked.root.children["PER"][0].element(2) == "A Buyer"


def test_what_follows_a_late_loop_belongs_to_it_and_the_walk_goes_on_where_it_was() -> None:
    late = ["SAC*A*D240***500", "CUR*BY*EUR"]
    checked = check(changed(LINES, 10, LINES[9], *late))
    assert [f.code for f in checked.findings] == ["GDE-SEGMENT-ORDER"]
    assert checked.root.children["SAC"][0].children["CUR"][0].element(2) == "EUR"
    assert len(checked.root.children["PO1"]) == 2


def test_a_loop_that_comes_too_often_is_told_apart_from_a_segment() -> None:
    taxed = ["SAC*A*D240***500"] * 26
    found = faults(changed(LINES, 5, *taxed, LINES[4]))
    assert found == ["GDE-LOOP-TOO-OFTEN@30 SAC"]


def test_a_segment_the_inner_loop_has_no_room_for_may_belong_to_the_outer_one() -> None:
    # TD1 may stand once in PO1 but has its own place in the SCH loop: there it is the loop's.
    assert faults(changed(LINES, 14, LINES[13], "TD1*PLT71*2")) == []


def test_a_missing_segment_of_a_loop_is_named_where_the_loop_ends() -> None:
    assert faults(changed(LINES, 11, "LM*ZZ", LINES[10])) == ["GDE-SEGMENT-MISSING@12 LQ"]


def test_a_bounded_loop_is_closed_by_its_own_name() -> None:
    loop = ["LS*LDT", "LDT*AF*10*DA", "LE*LDT"]
    assert faults(changed(LINES, 15, *loop, LINES[14])) == []
    other = ["LS*LDT", "LDT*AF*10*DA", "LE*XYZ"]
    assert faults(changed(LINES, 15, *other, LINES[14])) == ["GDE-LOOP-NAME@17 LE01"]


def test_a_lost_line_shows_in_the_count() -> None:
    (finding,) = check(changed(LINES, 15)).findings
    assert (finding.code, finding.found, finding.expected) == ("GDE-LINES-MISSING", "2", "1")
    assert not finding.severity.is_reject


def test_all_faults_are_found_in_one_go() -> None:
    lines = changed(LINES, 2, "BEG*QQ*RL**0004*20261302")
    lines = changed(lines, 12, "PID*F****", "ZZZ*1")
    found = faults(lines)
    assert {"GDE-ELEMENT-CODE@2 BEG01", "GDE-ELEMENT-MISSING@2 BEG03", "GDE-ELEMENT-DATE@2 BEG05"} <= set(found)
    assert {"GDE-TRAILING-SEPARATOR@12 PID", "GDE-SEGMENT-UNKNOWN@13 ZZZ"} <= set(found)


def test_a_set_of_faults_without_end_is_counted_to_the_end_and_listed_to_the_bound() -> None:
    lines = changed(LINES, 11, *["PO1*1*x*EA"] * 1500, *["PID*F****"] * 300)
    findings = check(lines).findings
    rejects = [f for f in findings if f.severity.is_reject]
    assert len(rejects) == REJECTS_MAX
    assert len(findings) <= REJECTS_MAX + WARNINGS_MAX + 1
    assert findings[-1].code == "GDE-MORE-FINDINGS"
    assert int(findings[-1].found or 0) >= 700


def test_warnings_never_push_out_the_fault_that_rejects() -> None:
    lines = changed(LINES, 12, *["PID*F****Text**"] * 200, "PID*Q")
    findings = check(lines).findings
    assert "GDE-ELEMENT-CODE" in {f.code for f in findings}
    assert sum(f.code == "GDE-TRAILING-SEPARATOR" for f in findings) == WARNINGS_MAX


def test_a_set_of_nothing_is_judged_too() -> None:
    assert faults(["ST*850*0001", "SE*2*0001"]) == ["GDE-SEGMENT-MISSING@2 BEG", "GDE-SEGMENT-MISSING@2 PO1"]


def test_the_elements_of_the_set_as_read_are_left_as_they_were() -> None:
    guide = library().guide("004010", "850")
    assert guide is not None
    lines = changed(LINES, 4, "REF*CO*PRJ-771**ZZ:inner", "PID*F****Text**")
    one = received(lines)
    before = [list(segment) for segment in one.segments]
    compile_guide(guide).check(one)
    assert one.segments == before
