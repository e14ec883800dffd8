"""The views of a message: named from the guide, linked by place, and safe whatever the bytes."""

from __future__ import annotations

import json

import pytest

from hub.exchange.model import DocumentRow
from hub.flow.rules import Rules
from hub.flow.viewing import view_of
from hub.flow.views import View
from hub.flow.x12.view import SEGMENTS_SHOWN_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.platform.configuration import find_configuration
from hub.web.canonical import LEAVES_SHOWN_MAX, Branch, tree_of
from hub.web.hub import Link
from tests.web.samples import CANONICAL, LINKS, ORDER

RULES = Rules(find_configuration(None))


def shown(body: bytes, *, position: int = 1, findings: list[Diagnostic] | None = None, release: str = "004010") -> View:
    row = DocumentRow(
        message="m",
        position=position,
        partner="acme-cardio",
        direction="in",
        kind="850",
        release=release,
        findings=findings or [],
    )
    return view_of(body, row, row.findings, RULES)


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
    finding = Diagnostic(code="X", severity=Severity.ELEMENT, told="m", location=Location(segment=2, element=3))
    faulty = [e.at for segment in shown(ORDER, findings=[finding]).entries for e in segment.values if e.faulty]
    assert faulty == ["2:3"]


def test_a_segment_the_guide_does_not_know_is_shown_and_said_to_be_unknown() -> None:
    wire = shown(ORDER.replace(b"CUR*BY*USD~", b"ZZZ*1~"))
    assert [segment.tag for segment in wire.entries if segment.unknown] == ["ZZZ"]


@pytest.mark.parametrize(
    "body",
    [b"", b"ISA", b"<xml/>", b"\x00" * 1000, ORDER[:150], ORDER[:300], b"ISA*" * 5000, "ISA£".encode() * 100],
    ids=["empty", "three letters", "xml", "nul", "cut in GS", "cut in a set", "no end", "utf-8"],
)
def test_no_bytes_can_break_the_view(body: bytes) -> None:
    wire = shown(body)
    said = "\n".join("".join(each.text for each in line.texts) for line in wire.lines)
    assert wire.entries or said == body.decode("utf-8", "replace")


def test_a_document_of_a_thousand_lines_is_cut_and_says_so() -> None:
    line = b"PO1*1*1*EA*1**BP*A~"
    body = ORDER.replace(b"CTT*1*5000~", line * (SEGMENTS_SHOWN_MAX + 100) + b"CTT*1*5000~")
    wire = shown(body)
    assert (wire.before, wire.following) == (None, SEGMENTS_SHOWN_MAX + 1)
    assert len(wire.entries) == SEGMENTS_SHOWN_MAX + 2


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
