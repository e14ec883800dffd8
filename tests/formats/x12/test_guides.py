"""Guides as data: what is in ours, what a partner narrows, and how a fault in a file is named."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.formats.tree import UNKNOWN
from hub.formats.x12.compose import compose
from hub.formats.x12.guide import Guide, Segment
from hub.formats.x12.guide_file import every_use
from hub.formats.x12.validate import compile_guide
from hub.kernel.errors import Misconfigured
from tests.formats.x12.guide_documents import CHECKOUT, ORDER, Author, changed, check, faults, library, lines_of

LINES = lines_of(ORDER)
LIBRARY = library()


def order_guide() -> Guide:
    guide = LIBRARY.guide("004010", "850")
    assert guide is not None
    return guide


def segment(tag: str) -> Segment:
    return next(use.segment for use in every_use(order_guide().uses) if use.segment.tag == tag)


def test_we_have_guides_for_the_order_its_answer_and_the_acknowledgement() -> None:
    assert LIBRARY.faults() == []
    assert {"850", "855", "997"} <= set(LIBRARY.sets("004010"))
    assert LIBRARY.releases() == ["004010", "005010"]
    assert {"850", "855", "997", "999"} <= set(LIBRARY.sets("005010"))


class TestALaterReleaseStatesWhatItHasOtherwise:
    def test_what_it_does_not_name_is_as_before(self) -> None:
        earlier, later = LIBRARY.guide("004010", "850"), LIBRARY.guide("005010", "850")
        assert earlier is not None
        assert later is not None
        assert later.release == "005010"
        assert _use(later, "CUR") == _use(earlier, "CUR")
        assert later.computed == earlier.computed

    def test_what_it_names_replaces_everywhere(self) -> None:
        later = LIBRARY.guide("005010", "850")
        assert later is not None
        references = [use.segment for use in every_use(later.uses) if use.segment.tag == "REF"]
        assert len(references) > 3
        assert {each.elements[1].maximum for each in references} == {50}
        assert "MSG" not in {use.segment.tag for use in every_use(later.uses)}
        assert "MSG" in later.known  # no place of this set, and no unknown word either

    def test_a_loop_may_take_the_place_of_a_segment(self) -> None:
        later = LIBRARY.guide("005010", "850")
        assert later is not None
        leads = [use for use in later.uses if use.segment.tag == "LDT"]
        assert [(use.loop, use.loop_maximum, [each.segment.tag for each in use.children]) for use in leads] == [
            (True, 0, ["QTY", "MTX", "REF"])
        ]

    def test_its_codes_stand_beside_those_of_before(self) -> None:
        earlier, later = LIBRARY.guide("004010", "850"), LIBRARY.guide("005010", "850")
        assert earlier is not None
        assert later is not None
        assert set(earlier.codes["355"]) < set(later.codes["355"])
        assert later.codes["355"]["EA"] == earlier.codes["355"]["EA"] != ""

    @pytest.mark.parametrize(
        ("file", "text", "line", "message"),
        [
            ("segments.toml", 'extends = "005010"', 1, "no earlier release than 005010"),
            ("segments.toml", 'extends = "later"', 1, "no earlier release than 005010"),
            ("segments.toml", "extends = 4010", 1, "extends is missing or no text"),
            ("segments.toml", 'extends = "003010"', None, "release 003010 has no segments.toml"),
            ("850.toml", 'extends = "x12/006010/850"', 1, "must name this set of an earlier release than 005010"),
            ("850.toml", 'extends = "x12/004010/855"', 1, "describes 855, not 850"),
            ("850.toml", 'extends = "x12/004010/851"', None, "release 004010 has no 851.toml"),
            ("850.toml", 'extends = "x12/004010/850"\n[add]\n"N9/ZZZ" = "0..1"', 3, "known to the release"),
            ("850.toml", 'extends = "x12/004010/850"\n[add]\n"REF" = "0..1 loop after CUR"', 3, "stands there already"),
            ("850.toml", 'extends = "x12/004010/850"\n[places]\n"N9/MTX" = "unused"', 3, "is no place of this set"),
            ("850.toml", 'extends = "x12/004010/850"\ndates = 6', 2, "dates is not known here"),
        ],
    )
    def test_a_fault_in_its_files_names_file_and_line(
        self, file: str, text: str, line: int | None, message: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "schemas" / "x12" / "005010"
        folder.mkdir(parents=True)
        (folder / file).write_text(text)
        with pytest.raises(Misconfigured) as caught:
            library(tmp_path).guide("005010", "850")
        assert message in str(caught.value)
        assert caught.value.line == line


def _use(guide: Guide, tag: str) -> object:
    return next(use for use in guide.uses if use.segment.tag == tag)


@pytest.mark.parametrize("release", ["004010", "004010VICS", "004010UCS", "004010 ", '004010"'])
def test_a_release_is_known_with_the_convention_a_sender_adds(release: str) -> None:
    assert LIBRARY.guide(release, "850") is LIBRARY.guide("004010", "850")


@pytest.mark.parametrize(
    ("release", "name"), [("003040", "850"), ("004010", "999"), ("", "850"), ("004010", "../850"), ("../../", "850")]
)
def test_without_a_guide_there_is_none_and_no_fault(release: str, name: str) -> None:
    assert LIBRARY.guide(release, name) is None


def test_the_facts_the_maps_rely_on_are_there() -> None:
    group = segment("PO1").group
    assert group is not None
    assert (group.first, group.size, group.last) == (6, 2, 25)
    split = segment("SDQ").group
    assert split is not None
    assert (split.first, split.size, split.last) == (3, 2, 22)
    sub = segment("SLN").group
    assert sub is not None
    assert (sub.first, sub.size, sub.last) == (9, 2, 28)
    assert segment("SAC").elements[4].type == "N2"
    assert segment("ITD").elements[7].type == "N2"
    assert segment("CTT").elements[0].type == "N0"
    assert [part.number for part in segment("SLN").elements[4].components[:3]] == ["355", "1018", "649"]
    assert [part.required for part in segment("REF").elements[3].components] == [True, True] + [False] * 4
    assert order_guide().functional_group == "PO"


def test_every_code_list_fits_the_elements_that_use_it() -> None:
    for name in LIBRARY.sets("004010"):
        guide = LIBRARY.guide("004010", name)
        assert guide is not None
        for use in every_use(guide.uses):
            for element in use.segment.elements:
                if element.codes:
                    codes = guide.codes[element.codes]
                    assert any(element.minimum <= len(code) <= element.maximum for code in codes), element


def test_no_label_is_a_title_of_the_standard() -> None:
    """Labels are our own words: the standard's titles write Every Word Large."""
    path = CHECKOUT / "schemas/x12/004010/codes.toml"
    labels = [label for table in tomllib.loads(path.read_text("utf-8")).values() for label in table.values()]
    for label in labels:
        words = [word for word in label.split() if word[:1].isupper() and word[1:].islower()]
        assert label.isupper() or " " not in label or len(words) < 2 or "\n" in label or label.isalnum(), label


def test_equal_content_is_compiled_once() -> None:
    again = library().guide("004010", "850")
    assert again is not None
    assert again is not order_guide()
    assert compile_guide(again) is compile_guide(order_guide())


NARROWED = """
extends = "x12/004010/850"
[places]
"TAX" = "unused"
"N1" = "1..2"
"PO1/PID" = "1..1"
[elements]
"BEG04" = "required"
"BEG06" = "unused"
"PO103" = { codes = ["EA", "CA"] }
"/REF01" = { codes = ["CO"], also = ["P1"] }
"PO1/REF02" = { minimum = 4, maximum = 6 }
"SLN05-2" = "unused"
"CTT01" = "unused"
[segments.ZA]
name = "plant of the customer"
elements = "127! 352"
[add]
"PO1/ZA" = "0..2 after PID"
"""


def partner(folder: Path, text: str) -> Guide:
    path = folder / "partners" / "north-star" / "guides" / "850.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    guide = library(folder).guide("004010", "850", "north-star")
    assert guide is not None
    return guide


def test_a_partner_narrows_the_guide_by_what_they_never_use_demand_and_add(tmp_path: Path) -> None:
    guide = partner(tmp_path, NARROWED)
    assert guide.partner == "north-star"
    lines = changed(LINES, 11, LINES[10], "PID*F****Again", "ZA*P-7*Plant 7")
    expected = {
        "GDE-ELEMENT-NOT-USED@2 BEG06",
        "GDE-LOOP-TOO-OFTEN@14 PID",  # the one inserted stands before ZA and the order's own after it
        "GDE-ELEMENT-CODE@17 PO103",
        "GDE-SEGMENT-MISSING@18 PID",
        "GDE-ELEMENT-NOT-USED@18 CTT01",
    }
    assert set(faults(lines, guide)) == expected
    assert faults(LINES) == []


def test_a_partner_narrows_how_often_a_segment_stands_that_begins_no_loop(tmp_path: Path) -> None:
    guide = partner(tmp_path, 'extends = "x12/004010/850"\n[places]\n"DTM" = "1..2"\n"PO1/SCH" = "0..1"\n')
    assert faults(LINES) == []
    assert faults(changed(LINES, 5, *[LINES[4]] * 3)) == []
    assert faults(LINES, guide) == ["GDE-LOOP-TOO-OFTEN@14 SCH"]
    one_schedule = changed(LINES, 14)
    assert faults(one_schedule, guide) == []
    assert faults(changed(one_schedule, 5), guide) == ["GDE-SEGMENT-MISSING@5 DTM"]
    assert faults(changed(one_schedule, 5, *[LINES[4]] * 2), guide) == []
    assert faults(changed(one_schedule, 5, *[LINES[4]] * 3), guide) == ["GDE-SEGMENT-TOO-OFTEN@7 DTM"]


def test_a_partner_may_have_codes_of_their_own(tmp_path: Path) -> None:
    guide = partner(tmp_path, NARROWED)
    assert "GDE-ELEMENT-CODE@4 REF01" not in faults(changed(LINES, 4, "REF*P1*x"), guide)
    assert "GDE-ELEMENT-CODE@4 REF01" in faults(changed(LINES, 4, "REF*DP*x"), guide)
    line = changed(LINES, 12, LINES[11], "REF*DP*abc")
    found = faults(line, guide)
    assert "GDE-ELEMENT-CODE@13 REF01" not in found
    assert "GDE-ELEMENT-TOO-SHORT@13 REF02" in found


def test_what_a_partner_never_uses_is_neither_taken_nor_written(tmp_path: Path) -> None:
    guide = partner(tmp_path, NARROWED)
    assert "GDE-SEGMENT-UNEXPECTED@5 TAX" in faults(changed(LINES, 5, "TAX*1", LINES[4]), guide)
    written = compose(check(LINES).root, guide).segments
    assert ["CTT", "2"] in written  # as sent: an unused element is not computed, and validation refuses it


def test_six_digit_dates_are_a_matter_of_one_line(tmp_path: Path) -> None:
    guide = partner(tmp_path, 'extends = "x12/004010/850"\ndates = 6\n')
    lines = [line.replace("*20261102", "*261102").replace("*2026", "*26").replace("*2027", "*27") for line in LINES]
    assert faults(lines, guide) == []
    assert "GDE-ELEMENT-TOO-LONG@2 BEG05" in faults(LINES, guide)
    assert faults(changed(lines, 2, "BEG*00*RL*P*1*260231"), guide) == ["GDE-ELEMENT-DATE@2 BEG05"]


def test_documents_of_a_narrowed_guide_keep_it(tmp_path: Path) -> None:
    guide = partner(tmp_path, NARROWED.replace('"CTT01" = "unused"', ""))
    for seed in range(20):
        assert faults(Author(guide, seed).document(), guide) == []


def test_a_partner_without_a_guide_of_their_own_has_ours() -> None:
    assert LIBRARY.guide("004010", "850", "someone-else") is LIBRARY.guide("004010", "850")
    assert LIBRARY.guide("004010", "850", "../../etc") is LIBRARY.guide("004010", "850")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('extends = "x12/004010/855"', 1, "extends must be"),
        ("[places]", None, "extends is missing"),
        ('extends = "x12/004010/850"\n[places]\n"PO1/QQQ" = "unused"', 3, "is no place of this set"),
        ('extends = "x12/004010/850"\n[places]\n"QQQ/N1" = "unused"', 3, "there is no loop QQQ"),
        ('extends = "x12/004010/850"\n[places]\n"N1" = "never"', 3, "neither"),
        ('extends = "x12/004010/850"\n[elements]\n"BEG99" = "unused"', 3, "is no element of this set"),
        ('extends = "x12/004010/850"\n[elements]\n"BEG04" = "needed"', 3, "known are"),
        ('extends = "x12/004010/850"\n[elements]\n"BEG04" = { length = 3 }', 3, "known are"),
        ('extends = "x12/004010/850"\n[elements]\n"BEG04" = { maximum = "x" }', 3, "Expected `int`"),
        ('extends = "x12/004010/850"\n[elements]\n"BEG01" = { codes = "00" }', 3, "a list of texts"),
        ('extends = "x12/004010/850"\n[add]\n"PO1/ZA" = "0..1 after PID"', 3, "defined here"),
        ('extends = "x12/004010/850"\nplace = 3', 2, "place is not known"),
        ('extends = "x12/004010/850"\n[elements', 2, "is not TOML"),
        ('extends = "x12/004010/850"\ndates = 7', 2, "dates can only be 6"),
    ],
)
def test_a_fault_in_a_partners_guide_names_file_and_line(
    text: str, line: int | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured) as caught:
        partner(tmp_path, text)
    assert caught.value.file is not None
    assert caught.value.file.endswith("partners/north-star/guides/850.toml")
    assert message in str(caught.value)
    assert caught.value.line == line
    assert len(library(tmp_path).faults()) == 1


def test_a_partners_guide_for_another_release_leaves_this_one_alone(tmp_path: Path) -> None:
    assert partner(tmp_path, 'extends = "x12/005010/850"\n[places]\n"TAX" = "unused"').partner is None
    assert library(tmp_path).faults() == []


def test_a_partners_guide_for_a_set_we_have_no_guide_for_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "partners" / "north-star" / "guides" / "851.toml"
    path.parent.mkdir(parents=True)
    path.write_text('extends = "x12/004010/851"')
    assert [str(fault) for fault in library(tmp_path).faults()] == [f"{path}:1: there is no guide 851 to narrow"]


def spoil(name: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        for path in (CHECKOUT / "schemas/x12/004010").glob("*.toml"):
            text = path.read_text("utf-8")
            if path.name == name:
                assert old in text
                text = text.replace(old, new, 1)
            (folder / path.name).write_text(text, "utf-8")

    return apply


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("850.toml", "BEG 1..1", "BGE 1..1", "BGE is no segment of this release"),
        ("850.toml", "BEG 1..1", "BEG 1-1", "is not of the form"),
        ("850.toml", "CUR 0..1", "BEG 0..1", "BEG stands twice"),
        ("850.toml", '"count PO1"', '"count PO9"', "is no rule"),
        ("850.toml", 'group = "PO"', 'group = "PO"\ngroups = 1', "groups is not known"),
        ("850.toml", 'set = "850"', 'set = "851"', "describes 851, not 850"),
        ("segments.toml", '353 = "ID 2/2', '353 = "ID 2-2', "element 353"),
        ("segments.toml", "353! 92! 324!", "353! 92! 9324!", "9324! names no element"),
        ("segments.toml", "C0302 C0504 P0607", "C0302 C0504 X0607", "note X0607"),
        ("segments.toml", "C0302 C0504 P0607", "C0302 C0504 P0667", "note P0667"),
        ("codes.toml", "[353]", "[353", "is not TOML"),
    ],
)
def test_a_fault_in_our_own_files_names_file_and_line(
    name: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    folder = tmp_path / "schemas/x12/004010"
    folder.mkdir(parents=True)
    spoil(name, old, new)(folder)
    with pytest.raises(Misconfigured, match=r".*\.toml:\d+: ") as caught:
        library(tmp_path).guide("004010", "850")
    assert message in str(caught.value)


def test_a_text_in_a_guide_is_data_and_never_code(tmp_path: Path) -> None:
    guide = partner(
        tmp_path,
        'extends = "x12/004010/850"\n[elements]\n'
        '"PO103" = { codes = ["\'] or __import__(\\"os\\").abort() #", "EA"] }\n'
        "[segments.ZA]\nname = '''\"\"\"\\\"); raise SystemExit #'''\nelements = \"127!\"\n"
        '[add]\n"PO1/ZA" = "0..1 after PID"\n',
    )
    found = faults(changed(LINES, 12, LINES[11], "ZA*x"), guide)
    assert found == ["GDE-ELEMENT-CODE@16 PO103"]
    assert UNKNOWN not in check(changed(LINES, 12, LINES[11], "ZA*x"), guide).root.children
