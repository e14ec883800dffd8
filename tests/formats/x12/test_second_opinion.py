"""pyx12, given our facts, comes to our verdict; where it words a fault otherwise is written down here."""

from __future__ import annotations

import logging

import pytest

from hub.formats.x12.guide import Guide
from hub.formats.x12.second_opinion import second_opinion
from hub.kernel.diagnostics import Diagnostic
from tests.formats.x12.guide_documents import (
    ORDER,
    SEPARATORS,
    Author,
    changed,
    check,
    library,
    lines_of,
    received,
)

LINES = lines_of(ORDER)
LIBRARY = library()


def guide_of(name: str, release: str = "004010") -> Guide:
    guide = LIBRARY.guide(release, name)
    assert guide is not None
    return guide


def opinion(lines: list[str], release: str = "004010") -> list[Diagnostic]:
    return second_opinion(received(lines).segments, guide_of(lines[0].split("*")[1], release), SEPARATORS)


def places(findings: list[Diagnostic]) -> list[str]:
    """Each rejecting fault as the standard would report it: ``level code position tag element``."""
    return sorted(
        f"{f.severity.name} {f.standard} @{f.location.segment} {f.location.tag}"
        + (f" {f.location.element}" if f.location.element else "")
        for f in findings
        if f.severity.is_reject
    )


@pytest.mark.parametrize(
    ("release", "name"), [(release, name) for release in LIBRARY.releases() for name in LIBRARY.sets(release)]
)
def test_both_find_nothing_in_good_documents(release: str, name: str) -> None:
    guide = guide_of(name, release)
    for seed in range(40):
        lines = Author(guide, seed).document()
        assert check(lines, guide).findings == []
        assert opinion(lines, release) == [], lines


AGREED = {
    "mandatory segment missing": changed(LINES, 2),
    "segment of no release": changed(LINES, 4, LINES[3], "ZZZ*1"),
    "segment too often": changed(LINES, 4, LINES[3], *["PER*BD*A Buyer"] * 4),
    "loop too often": changed(LINES, 5, *["SAC*A*D240***500"] * 26, LINES[4]),
    "element missing": changed(LINES, 2, "BEG*00*RL**4*20261102"),
    "too many elements": changed(LINES, 2, "BEG*00*RL*P*4*20261102********x"),
    "too long": changed(LINES, 2, f"BEG*00*RL*{'9' * 23}*4*20261102"),
    "too short": changed(LINES, 9, "N3*" + "1", "N4*M*TN"),
    "not a number": changed(LINES, 11, "PO1*10*5x0*EA*12.35"),
    "unknown code": changed(LINES, 11, "PO1*10*500*QQ*12.35"),
    "unknown first code": changed(LINES, 2, "BEG*QQ*RL*P*4*20261102"),
    "no day of the calendar": changed(LINES, 2, "BEG*00*RL*P*4*20270229"),
    "no time of day": changed(LINES, 5, "DTM*002*20261215*2561"),
    "control character": changed(LINES, 8, "N1*ST*Clin\x07ic"),
    "unknown code in a composite": changed(LINES, 15, "SLN*1**I*4*QQ", LINES[14]),
    "segment of a loop missing": changed(LINES, 11, "LM*ZZ", LINES[10]),
}


@pytest.mark.parametrize("release", LIBRARY.releases())
@pytest.mark.parametrize("lines", AGREED.values(), ids=AGREED.keys())
def test_both_find_a_planted_fault_at_the_same_place_with_the_same_code(lines: list[str], release: str) -> None:
    if release > "004010":  # free text has moved
        lines = [line.replace("MSG*", "MTX**") for line in lines]
    ours = places(check(lines, guide_of("850", release)).findings)
    assert ours
    assert places(opinion(lines, release)) == ours


DIFFERENT = {
    "late segment": (changed(LINES, 5, LINES[4], "PER*BD*A"), "PART 7 @6 PER", "PART 1 @6 PER"),
    "of another set": (changed(LINES, 4, LINES[3], "AK5*A"), "PART 6 @5 AK5", "PART 1 @5 AK5"),
    "loop not open": (
        changed(LINES, 4, LINES[3], "SCH*1*EA***002*20261215"), "PART 2 @5 SCH", "PART 1 @5 SCH",
    ),
    "condition": (changed(LINES, 8, "N1*ST*Clinic*92"), "VALUE 2 @8 N1 4", "VALUE 2 @8 N1 3"),
    "exclusion": (
        changed(LINES, 13, "QTY*01*5**ABC", LINES[12]), "VALUE 10 @13 QTY 4", "VALUE 10 @13 QTY 2",
    ),
    "too many components": (
        changed(LINES, 15, "SLN*1**I*4*EA:1:1:EA:1:1:EA:1:1:EA:1:1:EA:1:1:1", LINES[14]),
        "VALUE 13 @15 SLN 5",
        "VALUE 3 @15 SLN",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "ours", "theirs"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_where_the_two_word_a_fault_differently_it_is_known_how(lines: list[str], ours: str, theirs: str) -> None:
    assert places(check(lines).findings) == [ours]
    assert places(opinion(lines)) == [theirs]


def test_letters_pyx12_does_not_know_are_its_fault_and_not_the_documents() -> None:
    lines = changed(LINES, 8, "N1*ST*Klinik Zürich")
    assert check(lines).findings == []
    assert places(opinion(lines)) == ["VALUE 6 @8 N1 2"]


def test_pyx12_lets_an_optional_composite_begin_without_its_mandatory_first_part() -> None:
    lines = changed(LINES, 15, "SLN*1**I*4*:2", LINES[14])
    assert places(check(lines).findings) == ["VALUE 1 @15 SLN 5"]
    assert opinion(lines) == []


def test_separators_in_the_data_of_the_sender_do_not_reach_pyx12() -> None:
    assert opinion(changed(LINES, 12, "PID*F****Ratio 1:2, 3 > 2 ~ 1")) == []


def test_trailing_separators_and_a_foreign_envelope_are_put_right_first() -> None:
    assert opinion(changed(LINES, 4, "REF*CO*PRJ-771***")) == []
    assert opinion(changed(LINES, 1, "ST*850*9")) == []


def test_pyx12_never_says_a_partners_value_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = opinion(changed(LINES, 11, "PO1*10*500*QQ*12.35"))
    assert found
    assert "QQ" not in caplog.text


def test_the_map_is_made_once_for_each_guide_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("pyx12")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert opinion(LINES) == []
    assert opinion(LINES) == []
    assert list(folder.iterdir()) == []
