"""The views of a message: named from the guide, linked by place, and safe whatever the bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.exchange.model import DocumentRow
from hub.flow.rules import Rules
from hub.flow.viewing import view_of
from hub.flow.views import BODY_READ_MAX, View
from hub.flow.x12.view import ELEMENTS_SHOWN_MAX, SEGMENTS_SHOWN_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.platform.configuration import find_configuration
from hub.web.canonical import LEAVES_SHOWN_MAX, Branch, tree_of
from hub.web.hub import Link
from tests.flow.overlay import write
from tests.web.samples import CANONICAL, LINKS, ORDER

RULES = Rules(find_configuration(None))


def shown(
    body: bytes,
    *,
    position: int = 1,
    findings: list[Diagnostic] | None = None,
    release: str = "004010",
    first: int = 1,
) -> View:
    row = DocumentRow(
        message="m",
        position=position,
        partner="acme-cardio",
        direction="in",
        kind="850",
        release=release,
        findings=findings or [],
    )
    return view_of(body, row, row.findings, RULES, first=first)


def test_every_segment_and_element_has_its_name_from_the_guide() -> None:
    wire = shown(ORDER)
    assert [segment.tag for segment in wire.entries[:4]] == ["ISA", "GS", "ST", "BEG"]
    beg = wire.entries[3]
    assert (beg.number, beg.values[2].label, beg.values[2].value, beg.values[2].at) == (
        2,
        "BEG03",
        "4500098123",
        "2:3",
    )
    assert beg.values[2].name == "order number"
    assert not [segment.tag for segment in wire.entries if segment.unknown]


def test_loops_are_indented_beneath_their_first_segment() -> None:
    depth = {segment.number: segment.depth for segment in shown(ORDER).entries}
    po1 = next(segment for segment in shown(ORDER).entries if segment.tag == "PO1")
    assert depth[2] == 0
    assert depth[po1.number + 1] == depth[po1.number] + 1


def test_the_raw_view_says_what_was_sent() -> None:
    wire = shown(ORDER)
    said = ["".join(each.text for each in line.texts).rstrip("~") for line in wire.lines]
    sent = ORDER.decode().replace("\n", "").split("~")
    assert [line.rstrip("*") for line in said] == [line.rstrip("*") for line in sent[: len(said)]]


def test_an_element_with_a_finding_is_marked() -> None:
    finding = Diagnostic(code="X", severity=Severity.VALUE, told="m", location=Location(segment=2, element=3))
    faulty = [e.at for segment in shown(ORDER, findings=[finding]).entries for e in segment.values if e.faulty]
    assert faulty == ["2:3"]


def test_a_segment_the_guide_does_not_know_is_shown_and_said_to_be_unknown() -> None:
    wire = shown(ORDER.replace(b"CUR*BY*USD~", b"ZZZ*1~"))
    assert [segment.tag for segment in wire.entries if segment.unknown] == ["ZZZ"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"ISA", b"ISA\xff\xfe", b"<xml/>", b"\x00" * 1000, ORDER[:150], ORDER[:300], b"ISA*" * 5000,
        "ISA£".encode() * 100, ORDER.replace(b"~\n", b"\x81"),
    ],
    ids=[
        "empty", "three letters", "no text", "xml", "nul", "cut in GS", "cut in a set", "no end", "utf-8",
        "an odd separator",
    ],
)  # fmt: skip
def test_no_bytes_can_break_the_view(body: bytes) -> None:
    wire = shown(body)
    said = "\n".join("".join(each.text for each in line.texts) for line in wire.lines)
    assert wire.entries or said == body.decode("utf-8", "replace")


def order_of(*lines: bytes) -> bytes:
    return ORDER.replace(b"CTT*1*5000~", b"".join(lines) + b"CTT*1*5000~")


def pages_of(body: bytes) -> list[View]:
    """Return all pages of an order, from each to the one that it names."""
    pages, first = list[View](), 1
    while first:
        pages.append(shown(body, first=first))
        first = pages[-1].following or 0
    return pages


def test_a_document_of_a_thousand_lines_is_shown_a_page_at_a_time_and_nothing_is_left_out() -> None:
    line = b"PO1*%d*1*EA*1**BP*A~" + b"PID*F****Sheath~" * 2
    body = order_of(*(line % number for number in range(1000)))
    pages = pages_of(body)
    assert [(page.before, page.first, page.last) for page in pages[:2]] == [
        (None, 1, SEGMENTS_SHOWN_MAX),
        (1, SEGMENTS_SHOWN_MAX + 1, 2 * SEGMENTS_SHOWN_MAX),
    ]
    assert pages[2].before == pages[1].first
    envelopes = [[entry.tag for entry in page.entries if entry.folded] for page in pages]
    assert envelopes == [["ISA", "GS"]] * len(pages), "who sent it to whom is on every page"
    shown_of_all = [entry for page in pages for entry in page.entries if not entry.folded]
    assert [entry.number for entry in shown_of_all] == list(range(1, pages[-1].last + 1))
    assert (pages[0].entries[2].tag, pages[-1].entries[-1].tag) == ("ST", "SE")
    assert {(entry.name, entry.depth) for entry in shown_of_all[20:-3] if entry.tag == "PID"} == {("description", 1)}
    assert not any(entry.unknown for entry in shown_of_all)
    assert not any(page.whole or page.cut for page in pages)


def test_a_page_holds_fewer_segments_where_they_are_wide() -> None:
    for elements, shown_at_once in ((ELEMENTS_SHOWN_MAX // 2, 2), (ELEMENTS_SHOWN_MAX - 1, 2), (ELEMENTS_SHOWN_MAX, 1)):
        wide = b"ZZZ" + b"*1" * (elements - 1) + b"~"
        pages = pages_of(order_of(*[wide] * 7))
        assert [page.last - page.first + 1 for page in pages[1:3]] == [shown_at_once] * 2
        numbers = [entry.number for page in pages for entry in page.entries if entry.number]
        assert numbers == list(range(1, pages[-1].last + 1))


def test_a_page_beyond_the_end_is_the_last_segment_and_one_before_the_beginning_the_first() -> None:
    whole = shown(ORDER)
    assert (whole.first, whole.last, whole.whole) == (1, 23, True)
    beyond = shown(ORDER, first=10_000)
    assert (beyond.first, beyond.last, beyond.before, beyond.following) == (23, 23, 1, None)
    assert [entry.tag for entry in beyond.entries] == ["ISA", "GS", "SE"]
    assert shown(ORDER, first=-3) == whole
    assert (shown(ORDER, first=2).before, shown(ORDER, first=2).whole) == (1, False)


def test_of_a_message_of_several_orders_the_one_that_is_meant_is_shown_in_its_own_envelope() -> None:
    second = (
        ORDER.replace(b"4500098123", b"4500098124").replace(b"*101*X*", b"*102*X*").replace(b"GE*1*101", b"GE*1*102")
    )
    wire = shown(ORDER + second, position=2)
    assert [
        (entry.tag, entry.values[number - 1].value) for entry, number in zip(wire.entries[1:4], (6, 2, 3), strict=True)
    ] == [
        ("GS", "102"),
        ("ST", "0001"),
        ("BEG", "4500098124"),
    ]
    nobody = shown(ORDER, position=2)
    assert (nobody.entries, nobody.lines[0].number) == ([], 1), "of what is not there the lines are shown"


def test_the_envelope_is_named_and_set_apart() -> None:
    wire = shown(ORDER)
    isa, gs, st = wire.entries[:3]
    assert [(entry.at, entry.name, entry.folded, entry.number) for entry in (isa, gs, st)] == [
        ("ISA:0", "Interchange header", True, 0),
        ("GS:0", "Functional group header", True, 0),
        ("1:0", "Transaction set header", False, 1),
    ]
    sender = isa.values[5]
    assert (sender.label, sender.at, sender.name, sender.value.strip()) == ("ISA06", "ISA:6", "Sender", "123456789")
    assert (isa.values[-1].label, isa.values[-1].name) == ("ISA16", "Component separator")
    assert [(each.label, each.name) for each in st.values] == [
        ("ST01", "Transaction set"),
        ("ST02", "Set control number"),
    ]
    assert (wire.schema, wire.encoding) == ("850 004010", "utf-8")


def test_every_part_is_shown_in_the_encoding_it_was_written_in() -> None:
    body = ORDER.replace(b"GS*PO*123456789*", b"GS*PO*M\xfcller*").replace(b"Catheter", "Käthe".encode())
    wire = shown(body)
    assert (wire.entries[1].values[1].value, wire.encoding) == ("Müller", "utf-8")
    assert "Käthe hub assembly, sterile" in {each.value for entry in wire.entries for each in entry.values}
    odd = shown(ORDER.replace(b"~\n", b"\xa7").replace(b"Catheter", b"K\xe4the"))
    assert [entry.tag for entry in odd.entries[:3]] == ["ISA", "GS", "ST"]
    assert "Käthe hub assembly, sterile" in {each.value for entry in odd.entries for each in entry.values}


def test_in_the_raw_view_names_values_and_signs_are_told_apart() -> None:
    beg = shown(ORDER).lines[3]
    assert [(each.text, each.mark, each.at, each.label) for each in beg.texts[:4]] == [
        ("BEG", "tag", "2:0", "BEG"),
        ("*", "sign", "", ""),
        ("00", "", "2:1", "BEG01"),
        ("*", "sign", "", ""),
    ]
    assert (beg.texts[2].name, beg.number, beg.texts[-1].text, beg.texts[-1].mark) == (
        "purpose of the document",
        2,
        "~",
        "sign",
    )


def test_a_segment_with_a_finding_of_its_own_is_marked_and_its_values_are_not() -> None:
    finding = Diagnostic(code="X", severity=Severity.VALUE, told="m", location=Location(segment=2))
    wire = shown(ORDER, findings=[finding])
    assert [entry.at for entry in wire.entries if entry.faulty] == ["2:0"]
    assert not [each for entry in wire.entries for each in entry.values if each.faulty]


def test_a_release_without_a_guide_is_shown_without_names_and_nothing_in_it_is_called_unknown() -> None:
    wire = shown(ORDER.replace(b"*004010~", b"*009999~"), release="009999")
    beg = wire.entries[3]
    assert (wire.schema, beg.tag, beg.name, beg.values[2].value, beg.values[2].name) == (
        None, "BEG", "", "4500098123", "",
    )  # fmt: skip
    assert wire.entries[0].name == "Interchange header"
    assert not [entry.tag for entry in wire.entries if entry.unknown or entry.depth]


GUIDE = """
set = "850"
name = "purchase order"
group = "PO"

structure = \"\"\"
BEG 1..1 {
    REF 0..1
}
N1 0..9 {
    REF 0..1
    PER 0..1
}
REF 0..1
\"\"\"
"""


def test_a_segment_that_the_guide_does_not_know_stands_where_it_was_met() -> None:
    wire = shown(ORDER.replace(b"PID*F****Catheter hub assembly, sterile~", b"PID*F****Hub~ZZZ*1~"))
    assert [(entry.tag, entry.depth) for entry in wire.entries if entry.unknown] == [("ZZZ", 2)]


def test_a_segment_of_which_there_are_several_stands_where_its_place_in_the_guide_is(tmp_path: Path) -> None:
    write(tmp_path, "schemas/x12/004010/850.toml", GUIDE)
    body = (
        ORDER[: ORDER.index(b"BEG*")]
        + b"BEG*00~REF*1~N1*BY~REF*2~PER*BD~ZZZ*1~N1*ST~REF*3~PER*BD~REF*4~ZZZ*2~SE*13*0001~"
    )
    row = DocumentRow(message="m", position=1, partner="north-valve", direction="in", kind="850", release="004010")
    wire = view_of(body, row, [], Rules(find_configuration(str(tmp_path))))
    assert [(entry.tag, entry.depth) for entry in wire.entries[3:-1]] == [
        ("BEG", 0), ("REF", 1), ("N1", 0), ("REF", 1), ("PER", 1), ("ZZZ", 1), ("N1", 0), ("REF", 1), ("PER", 1),
        ("REF", 0), ("ZZZ", 0),
    ]  # fmt: skip


def test_what_is_not_all_there_is_shown_by_its_lines_with_a_word_that_there_is_more() -> None:
    row = DocumentRow(message="m", position=1, partner="acme-cardio", direction="in", kind="850", release="004010")
    cut = view_of(ORDER, row, [], RULES, cut=True)
    assert (cut.entries, cut.cut, cut.whole) == ([], True, False)
    assert view_of(ORDER, None, [], RULES).entries == [], "of which document, nobody said"
    longest = ORDER + b" " * (BODY_READ_MAX - len(ORDER))
    assert view_of(longest, row, [], RULES).entries
    longer = view_of(longest + b" ", row, [], RULES)
    assert (longer.entries, longer.cut) == ([], True)


def test_a_canonical_leaf_knows_its_places_and_its_rule() -> None:
    tree = tree_of(CANONICAL, LINKS)
    assert tree is not None
    number = next(leaf for leaf in tree.leaves if leaf.key == "number")
    assert (number.at, number.rule) == ("2:3", "mappings/x12/004010/850.toml:8")
    lines = next(branch for branch in tree.branches if branch.key == "lines")
    quantity = next(branch for branch in lines.branches[0].branches if branch.key == "quantity")
    assert {leaf.at for leaf in quantity.leaves} == {"15:2 15:3"}, "two elements made one quantity"


def test_a_document_without_end_is_cut() -> None:
    tree = tree_of(
        json.dumps({"notes": ["x"] * (LEAVES_SHOWN_MAX + 50)}).encode(), [Link(path="x", segment=1, tag="A")]
    )
    assert tree is not None
    assert _count(tree) == LEAVES_SHOWN_MAX


def test_nothing_understood_is_no_tree() -> None:
    assert tree_of(None, []) is None


def _count(branch: Branch) -> int:
    return len(branch.leaves) + sum(_count(each) for each in branch.branches)
