"""Blanks behind a value mean nothing: taken off once, where elements are cut, and kept beside as they were sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.x12.check import check
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.reader import read
from hub.formats.x12.validate import compile_guide
from hub.kernel.diagnostics import Severity
from tests.formats.x12.interchanges import SOUND, group, interchange, order

GUIDES = GuideLibrary([Path(__file__).resolve().parents[3]])
PO1 = "PO1*1*100*EA*17.25**BP*4410-221~"
REF = "REF*CO*PRJ-771~"


def only_set(data: bytes) -> TransactionSet:
    (found,) = [event for event in read(data) if isinstance(event, TransactionSet)]
    return found


def of(*body: str) -> TransactionSet:
    return only_set(interchange(group(order("0001", ("BEG*00*SA*4500098123**20261120~", *body, PO1, "CTT*1~")))))


@pytest.mark.parametrize(
    ("segment", "read_as"),
    [
        ("REF*CO*PRJ-771   ~", ["REF", "CO", "PRJ-771"]),
        ("REF*CO  *PRJ-771~", ["REF", "CO", "PRJ-771"]),
        ("REF*CO*  PRJ-771~", ["REF", "CO", "  PRJ-771"]),
        ("REF*CO*  PRJ 771  ~", ["REF", "CO", "  PRJ 771"]),
        ("REF*CO*     ~", ["REF", "CO"]),
        ("REF*CO*     *text~", ["REF", "CO", "", "text"]),
        ("REF*CO*PRJ*     ~", ["REF", "CO", "PRJ"]),
        ("REF*CO*PRJ* * * ~", ["REF", "CO", "PRJ"]),
        ("REF *CO*PRJ~", ["REF", "CO", "PRJ"]),
        ("REF*CO*PRJ\t~", ["REF", "CO", "PRJ\t"]),
        ("REF*CO*5 > 3~", ["REF", "CO", "5 > 3"]),
        ("  REF*CO*PRJ ~", ["REF", "CO", "PRJ"]),
        ("REF*CO*PRJ\u00a0~", ["REF", "CO", "PRJ"]),
    ],
)
def test_blanks_behind_a_value_are_gone_and_those_before_it_are_data(segment: str, read_as: list[str]) -> None:
    assert of(segment).segments[2] == read_as


def test_what_was_sent_is_kept_beside_and_places_stay_what_they_were() -> None:
    found = of("REF*CO *PRJ-771  ~")
    assert found.as_sent(3) == ["REF", "CO ", "PRJ-771  "]
    assert found.as_sent(4) == found.segments[3]
    assert SOUND[found.offset : found.offset + 2] == b"ST"
    assert [f.code for f in found.findings] == ["SYN-TRAILING-BLANKS"]


@pytest.mark.parametrize("terminator", ["~", "\n", "\x15", "\r\n", "~\r\n"])
@pytest.mark.parametrize("element", ["*", "|", "\x1d"])
def test_padding_is_no_data_whatever_separates(terminator: str, element: str) -> None:
    plain = interchange(group(order("0001", ("BEG*00*SA*4500098123**20261120~", REF, PO1, "CTT*1~")))).decode()
    padded = plain.replace("4500098123*", "4500098123   *").replace("PRJ-771~", "PRJ-771  ~")
    sent = [each.replace("*", element).replace("~", terminator).encode() for each in (plain, padded)]
    assert only_set(sent[0]).segments == only_set(sent[1]).segments


def test_a_long_run_of_blanks_costs_no_more_than_other_bytes() -> None:
    found = of("MSG*" + " " * 60_000 + "x~")
    assert found.segments[2] == ["MSG", " " * 60_000 + "x"]


def test_components_are_read_without_the_blanks_behind_them() -> None:
    guide = GUIDES.guide("004010", "850")
    assert guide is not None
    plain, padded = (
        compile_guide(guide).check(of(f"MEA**WT*1*{unit}~")).root.children.get("MEA") for unit in ("KG>1", "KG >1")
    )
    assert (plain is None) == (padded is None)
    if plain and padded:
        assert plain[0].values == padded[0].values


@pytest.mark.parametrize(
    ("old", "new", "code", "standard"),
    [
        ("*100*", "*100 *", "GDE-NUMBER-PADDED", "6"),
        ("*17.25*", "*17.25   *", "GDE-NUMBER-PADDED", "6"),
        ("CTT*1~", "CTT*1 ~", "GDE-NUMBER-PADDED", "6"),
        ("**20261120~", "**20261120  ~", "GDE-DATE-PADDED", "8"),
        ("~PO1", "~DTM*002*20261201*1200 ~PO1", "GDE-TIME-PADDED", "9"),
        ("~PO1", "~DTM*002*20261201 ~PO1", "GDE-DATE-PADDED", "8"),
    ],
)
def test_a_number_date_or_time_with_blanks_behind_it_is_refused_for_the_blank(
    old: str, new: str, code: str, standard: str
) -> None:
    data = interchange(group(order("0001").replace(old, new, 1).replace("SE*5", f"SE*{5 + new.count('DTM')}")))
    [found] = [f for f in check(data, GUIDES.guide).findings if f.severity.is_reject]
    assert (found.code, found.standard, found.severity) == (code, standard, Severity.VALUE)
    assert found.found is not None
    assert found.found.endswith(" ")
    assert f"'{found.found}' has a blank behind it" in found.message
    guide = GUIDES.guide("004010", "850")
    assert guide is not None
    forgiven = compile_guide(guide).check(only_set(data), {"padded-numbers"})
    assert [(f.code, f.severity) for f in forgiven.findings if f.code == code] == [(code, Severity.WARNING)]
    assert not forgiven.is_rejected


@pytest.mark.parametrize("old", ["*SA*", "*EA*", "*BP*", "*00*"])
def test_a_code_with_blanks_behind_it_is_that_code(old: str) -> None:
    data = interchange(group(order("0001").replace(old, f"{old[:-1]}  *", 1)))
    assert check(data, GUIDES.guide).verdict == "valid"
