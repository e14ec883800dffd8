"""HL levels stand beneath the parent they name, whatever order they come in, and every wrong name is reported."""

from __future__ import annotations

import pytest

from hub.formats.tree import Node
from hub.formats.x12.compose import compose
from hub.formats.x12.guide import Guide
from hub.formats.x12.hierarchy import DEPTH_MAX
from tests.formats.x12.guide_documents import check, faults, library, plain

SEGMENTS = """
[elements]
353 = "ID 2/2 purpose"
396 = "AN 2/30 number"
628 = "AN 1/12 level"
734 = "AN 1/12 level above"
735 = "ID 1/2 kind of level"
736 = "ID 1/1 has levels beneath"
127 = "AN 1/30 reference"
554 = "N0 1/6 running number"
354 = "N0 1/6 levels"
[composites]
[segments.BSN]
name = "start"
elements = "353! 396!"
[segments.HL]
name = "level"
elements = "628! 734 735! 736"
qualifier = 3
[segments.REF]
name = "reference"
elements = "127!"
[segments.LX]
name = "group"
elements = "554!"
[segments.CTT]
name = "totals"
elements = "354!"
"""

SET = '''
set = "856"
name = "ship notice"
group = "SH"
computed = { CTT01 = "count HL", HL01 = "number", HL02 = "parent", HL04 = "children", LX01 = "number" }
structure = """
BSN 1..1
HL nests 1..40 {
    REF 0..2
    LX 0..* {
        REF 0..1
    }
}
CTT 0..1
"""
'''


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """A small guide with levels, of a release of its own."""
    folder = tmp_path_factory.mktemp("levels")
    release = folder / "schemas" / "x12" / "009999"
    release.mkdir(parents=True)
    (release / "segments.toml").write_text(SEGMENTS)
    (release / "codes.toml").write_text("")
    (release / "856.toml").write_text(SET)
    guide = library(folder).guide("009999", "856")
    assert guide is not None
    return guide


def shipment(*levels: str) -> list[str]:
    body = [line for level in levels for line in level.split("~")]
    return ["ST*856*0001", "BSN*00*ASN1", *body, f"SE*{len(body) + 3}*0001"]


def outline(node: Node) -> str:
    """The levels as nested letters: S(O(I)(I))."""
    return "".join(f"({child.element(3)}{outline(child)})" for child in node.children.get("HL", []))


def test_levels_nest_by_their_parent_and_not_by_their_order(notice: Guide) -> None:
    lines = shipment("HL*1**S*1", "HL*2*1*O*1", "HL*3*1*O*1", "HL*4*2*I~REF*A", "HL*5*3*I~REF*B~REF*C", "HL*6*2*I")
    checked = check(lines, notice)
    assert checked.findings == []
    assert outline(checked.root) == "(S(O(I)(I))(O(I)))"
    shipped = checked.root.children["HL"][0]
    assert [r.element(1) for r in shipped.children["HL"][1].children["HL"][0].children["REF"]] == ["B", "C"]


def test_a_level_without_parent_number_stands_at_the_top(notice: Guide) -> None:
    assert outline(check(shipment("HL*1**S", "HL*2**O", "HL*3*2*I"), notice).root) == "(S)(O(I))"


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        (["HL*1**S", "HL*2*9*O"], ["GDE-HL-PARENT-MISSING@4 HL02"]),
        (["HL*1**S", "HL*2*3*O", "HL*3*1*I"], ["GDE-HL-PARENT-LATER@4 HL02"]),
        (["HL*1*1*S"], ["GDE-HL-PARENT-CIRCLE@3 HL02"]),
        (["HL*1*2*S", "HL*2*1*O"], ["GDE-HL-PARENT-CIRCLE@3 HL02"]),
        (
            ["HL*1*3*S", "HL*2*1*O", "HL*3*4*I", "HL*4*2*I"],
            ["GDE-HL-PARENT-CIRCLE@3 HL02", "GDE-HL-PARENT-CIRCLE@5 HL02"],
        ),
        (["HL*1**S", "HL*1**O"], ["GDE-HL-NUMBER-TWICE@4 HL01"]),
        (["HL*1**S", "HL***O"], ["GDE-ELEMENT-MISSING@4 HL01"]),
    ],
    ids=["missing", "later", "itself", "circle", "circle of four", "twice", "no number"],
)
def test_a_wrong_parent_is_reported_and_the_level_is_kept(levels: list[str], found: list[str], notice: Guide) -> None:
    assert faults(shipment(*levels), notice) == found
    assert outline(check(shipment(*levels), notice).root).count("(") == len(levels)


def test_levels_have_a_maximum_over_the_whole_set(notice: Guide) -> None:
    levels = [f"HL*{n}*{n // 2 or ''}*I" for n in range(1, 42)]
    assert faults(shipment(*levels), notice) == ["GDE-LOOP-TOO-OFTEN@43 HL"]


def test_a_chain_without_end_is_cut_where_no_one_ships_so_deep(notice: Guide) -> None:
    levels = [f"HL*{n}*{n - 1 or ''}*I" for n in range(1, DEPTH_MAX + 5)]
    checked = check(shipment(*levels), notice)
    assert [f.code for f in checked.findings] == ["GDE-HL-TOO-DEEP"]
    depth, node = 0, checked.root
    while "HL" in node.children:
        node, depth = node.children["HL"][0], depth + 1
    assert depth == DEPTH_MAX


def test_what_is_written_counts_its_levels_itself(notice: Guide) -> None:
    root = check(shipment("HL*7**S*9", "HL*A*7*O~LX*5~REF*x~LX*5", "HL*B*A*I", "HL*C*7*O"), notice).root
    written = [[plain(value) for value in segment] for segment in compose(root, notice).segments]
    assert written[1:] == [
        ["HL", "1", "", "S", "1"],
        ["HL", "2", "1", "O", "1"],
        ["LX", "1"],
        ["REF", "x"],
        ["LX", "2"],
        ["HL", "3", "2", "I", "0"],
        ["HL", "4", "1", "O", "0"],
        ["CTT", "4"],
    ]


def test_levels_nested_too_deep_to_be_written_are_refused(notice: Guide) -> None:
    root = at = Node("ST", 0, ["ST"])
    for _ in range(DEPTH_MAX + 3):
        at = at.add(Node("HL", 0, ["HL", "", "", "I"]))
    assert [f.code for f in compose(root, notice).findings] == ["GDE-HL-TOO-DEEP"]
