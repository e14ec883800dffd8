"""What is written stands in guide order, counts itself, and says what the guide has no place for."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.formats.tree import Node
from hub.formats.x12.compose import Composed, compose
from tests.formats.x12.guide_documents import ORDER, Author, changed, check, library, lines_of, plain

LIBRARY = library()
LINES = lines_of(ORDER)


def written(root: Node, name: str = "850") -> Composed:
    guide = LIBRARY.guide("004010", name)
    assert guide is not None
    return compose(root, guide)


def wire(composed: Composed) -> list[str]:
    return ["*".join(plain(value) for value in segment) for segment in composed.segments]


def node(text: str) -> Node:
    values = text.split("*")
    return Node(values[0], 0, list(values))


def test_what_was_read_is_written_as_it_was() -> None:
    assert wire(written(check(LINES).root)) == LINES[1:-1]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["850", "855", "997"]), st.integers(0, 2**32))
def test_any_document_of_a_guide_is_written_as_it_was_read(name: str, seed: int) -> None:
    guide = LIBRARY.guide("004010", name)
    assert guide is not None
    lines = Author(guide, seed).document()
    composed = written(check(lines).root, name)
    again = [line for line in wire(composed) if not line.startswith("CTT")]
    assert again == [line for line in lines[1:-1] if not line.startswith("CTT")]
    assert composed.findings == []


def test_the_guide_decides_the_order_and_within_a_tag_the_tree() -> None:
    root = Node("ST", 0, ["ST"])
    for text in ("CTT*9", "PO1*2*1*EA", "PO1*1*1*EA", "REF*CO*b", "REF*CO*a", "BEG*00*NE*P**20261102"):
        root.add(node(text))
    assert wire(written(root)) == [
        "BEG*00*NE*P**20261102", "REF*CO*b", "REF*CO*a", "PO1*2*1*EA", "PO1*1*1*EA", "CTT*2",
    ]  # fmt: skip


def test_totals_and_the_end_of_a_bounded_loop_are_written_unasked() -> None:
    root = Node("ST", 0, ["ST"])
    line = root.add(node("PO1*1*1*EA"))
    line.add(Node("LS", 0, ["LS"])).add(node("LDT*AF*10*DA"))
    assert wire(written(root)) == ["PO1*1*1*EA", "LS*LDT", "LDT*AF*10*DA", "LE*LDT", "CTT*1"]


def test_empty_ends_are_dropped_from_segments_and_composites() -> None:
    root = Node("ST", 0, ["ST"])
    root.add(Node("REF", 0, ["REF", "CO", "x", "", ["", ""]]))
    root.add(Node("PO1", 0, ["PO1"])).add(Node("SLN", 0, ["SLN", "1", "", "I", "4", ["EA", "", ""], ""]))
    assert written(root).segments == [["REF", "CO", "x"], ["PO1"], ["SLN", "1", "", "I", "4", ["EA"]], ["CTT", "1"]]


def test_a_tag_without_a_place_is_left_out_and_said() -> None:
    root = Node("ST", 0, ["ST"])
    root.add(node("PO1*1")).add(node("BEG*00"))
    root.add(node("REF*CO*x")).add(node("DTM*002*20261215"))
    composed = written(root)
    assert [(f.code, f.location.tag, f.severity.is_reject) for f in composed.findings] == [
        ("GDE-NO-PLACE", "DTM", True), ("GDE-NO-PLACE", "BEG", True),
    ]  # fmt: skip
    assert wire(composed) == ["REF*CO*x", "PO1*1", "CTT*1"]


def test_what_the_reader_set_aside_is_not_written_again() -> None:
    composed = written(check(changed(LINES, 11, LINES[10], "ZZZ*1")).root)
    assert [f.message for f in composed.findings] == [
        "ZZZ cannot be written in the PO1 loop: the guide has no place for it"
    ]
    assert wire(composed) == LINES[1:-1]


def test_more_than_the_guide_allows_is_refused() -> None:
    root = Node("ST", 0, ["ST"])
    for name in ("USD", "EUR"):
        root.add(node(f"CUR*BY*{name}"))
    assert [f.code for f in written(root).findings] == ["GDE-SEGMENT-TOO-OFTEN"]


def test_the_tree_is_not_changed_by_writing_it() -> None:
    root = check(changed(LINES, 16, "CTT*7")).root
    assert "CTT*2" in wire(written(root))
    assert root.children["CTT"][0].values == ["CTT", "7"]
