"""Any document made from a guide is found good, and any fault planted in it is found, alone and exactly."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.formats.tree import Value
from hub.formats.x12.explain import SegmentPlace, explain
from hub.formats.x12.guide import Element, Guide, Segment
from hub.formats.x12.guide_faults import SetFindings
from hub.formats.x12.guide_file import every_use
from hub.formats.x12.segment_code import compile_segment
from tests.formats.x12.guide_documents import Author, changed, check, faults, library

GUIDES = {name: library().guide("004010", name) for name in ("850", "855", "997")}
SEEDS = st.integers(0, 2**32)
SETS = st.sampled_from(sorted(GUIDES))
PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def guide_of(name: str) -> Guide:
    guide = GUIDES[name]
    assert guide is not None
    return guide


@PATIENT
@given(SETS, SEEDS)
def test_a_document_made_from_a_guide_validates_without_findings(name: str, seed: int) -> None:
    lines = Author(guide_of(name), seed).document()
    checked = check(lines)
    assert checked.findings == []
    assert _count(checked.root.children) == len(lines) - 2


def _count(children: dict[str, list]) -> int:  # type: ignore[type-arg]
    return sum(1 + _count(node.children) for nodes in children.values() for node in nodes)


@PATIENT
@given(SETS, SEEDS)
@example("855", 204768)  # a composite whose second component must be there
def test_a_fault_planted_in_an_element_is_found_alone_and_exactly(name: str, seed: int) -> None:
    random = Random(seed)
    lines = Author(guide_of(name), seed).document()
    planted = _plant(guide_of(name), lines, random)
    if planted is None:
        return
    bad, expected = planted
    assert faults(bad) == [expected]


@PATIENT
@given(SETS, SEEDS)
def test_a_foreign_segment_anywhere_is_found_alone_and_disturbs_nothing(name: str, seed: int) -> None:
    lines = Author(guide_of(name), seed).document()
    at = Random(seed).randint(2, len(lines) - 1)
    assert faults(changed(lines, at, lines[at - 1], "QZQ*1*2*3")) == [f"GDE-SEGMENT-UNKNOWN@{at + 1} QZQ"]


def _plant(guide: Guide, lines: list[str], random: Random) -> tuple[list[str], str] | None:
    """Spoil one element of ``lines``; return them and what must be found."""
    segments = {use.segment.tag: use.segment for use in every_use(guide.uses)}
    places = [
        (position, number, segments[tag].elements[number - 1])
        for position, (tag, *values) in enumerate((line.split("*") for line in lines), 1)
        if tag in segments and tag not in ("LS", "LE", "CTT")
        for number, value in enumerate(values, 1)
        if value
    ]
    if not places:
        return None
    position, number, element = random.choice(places)
    spoiled = _spoiled(element, random)
    if spoiled is None:
        return None
    value, code = spoiled
    values = lines[position - 1].split("*")
    part = "-1" if element.components else ""
    rest = values[number].split(":")[1:] if element.components else []  # what else the composite says stays as it is
    values[number] = ":".join([value, *rest])
    return changed(lines, position, "*".join(values)), f"{code}@{position} {values[0]}{number:02d}{part}"


def _spoiled(element: Element, random: Random) -> tuple[str, str] | None:
    if element.components:
        inner = _spoiled(element.components[0], random)
        return inner
    high = element.maximum
    if element.type == "R" or element.type[0] == "N":
        return random.choice([("7" * (high + 1), "GDE-ELEMENT-TOO-LONG"), ("7x", "GDE-ELEMENT-NUMBER")])
    if element.type == "DT":
        return random.choice([("20260230", "GDE-ELEMENT-DATE"), ("2026023", "GDE-ELEMENT-TOO-SHORT")])
    if element.type == "TM":
        return "2561", "GDE-ELEMENT-TIME"
    if element.codes is not None:
        return "%" * max(element.minimum, 1), "GDE-ELEMENT-CODE"
    if element.type == "B":
        return None
    return random.choice(
        [("A" * (high + 1), "GDE-ELEMENT-TOO-LONG"), ("\x07" * max(element.minimum, 1), "GDE-ELEMENT-CHARACTER")]
    )


VALUES = st.one_of(
    st.just(""),
    st.sampled_from(["00", "EA", "BP", "ZZ", "1", "12.5", "-3", "20261115", "1430", "20269999", "F", " ", "\x01"]),
    st.just("x" * 90),
    st.text(st.characters(codec="ascii"), max_size=5),
)
CODES = {name: frozenset(listed) for name in GUIDES for name, listed in guide_of(name).codes.items()}
SEGMENTS = sorted({use.segment for name in GUIDES for use in every_use(guide_of(name).uses)}, key=str)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEGMENTS), st.data())
def test_the_generated_check_accepts_exactly_what_has_no_fault(segment: Segment, data: st.DataObject) -> None:
    sent = segment.elements[: data.draw(st.integers(0, len(segment.elements)))]
    parts = st.just("") | st.lists(VALUES, min_size=1, max_size=4)
    values: list[Value] = [segment.tag, *(data.draw(parts if element.components else VALUES) for element in sent)]
    values += data.draw(st.lists(VALUES, max_size=1))
    found = SetFindings(None, None, "")
    explain(segment, list(values), CODES, SegmentPlace(found, segment.tag, 2, None))
    assert compile_segment(segment, CODES)(values) == (not found.items)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=6), max_size=12), SEEDS)
def test_whatever_stands_between_st_and_se_there_is_a_verdict(noise: list[list[str]], seed: int) -> None:
    lines = Author(guide_of("850"), seed).document()
    random = Random(seed)
    for segment in noise:
        tag = random.choice([segment[0], "PO1", "SAC", "N1", "HL", "", "?"])
        lines.insert(random.randint(1, len(lines) - 1), "*".join([tag, *segment[1:]]).replace("~", ""))
    checked = check(lines)
    assert _count(checked.root.children) == len(lines) - 2


@pytest.mark.parametrize("name", sorted(GUIDES))
def test_our_guides_say_something_about_every_element(name: str) -> None:
    for use in every_use(guide_of(name).uses):
        for element in use.segment.elements:
            assert element.name
            assert element.components or 0 < element.maximum >= element.minimum
