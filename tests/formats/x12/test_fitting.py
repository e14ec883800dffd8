"""Whatever the data holds, it can be written: with other separators, or with a substitute that is told."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.tree import Value
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.fitting import SUBSTITUTE, Fitted, fitted
from hub.formats.x12.guide import Element
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.reader import read
from hub.formats.x12.segments import BLANKS
from hub.formats.x12.separators import Separators
from hub.formats.x12.writer import OutboundSet, write_interchange

AGREED = Separators()
ELEMENTS = {
    "REF": [Element(number="128", name="", type="ID"), Element(number="127", name="", type="AN")],
    "MSG": [Element(number="933", name="", type="AN")],
    "N3": [Element(number="166", name="", type="AN"), Element(number="166", name="", type="AN")],
}
HEADER = InterchangeHeader(
    control_number=1, sender_qualifier="ZZ", sender_id="MEDCM", receiver_qualifier="01", receiver_id="123456789",
    on=date(2026, 11, 29), at=time(8, 30),
)  # fmt: skip
GROUP = GroupHeader(
    functional_group="PR", control_number=1, release="004010", sender="MEDCM", receiver="123456789",
    on=date(2026, 11, 29), at=time(8, 30),
)  # fmt: skip

VALUES = [
    "A>B", "A*B", "A~B", "*~>", "10^6", "a|b*c", "~", "*|^!~'`>:<\\", "VISA*X", "tab\tand\nline", "\x1c*", "ünï*cödé",
    "?*?", "A*B>C~D|E^F!G",
]  # fmt: skip
NASTY = st.text(
    st.sampled_from("AB1 *~>|^!'`:<\\?{}\x1c\x1d\x1e\x1f\t\nISA") | st.characters(codec="utf-8"),
    min_size=1,
    max_size=20,
)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_written_as_it_is_where_separators_may_change(value: str) -> None:
    found = fitted([["REF", "CO", value]], AGREED, ELEMENTS, fixed=False)
    if any(ord(sign) < 0x20 for sign in value):
        assert ([each.code for each in found.findings], found.segments) == (["SYN-CONTROL-IN-DATA"], None)
    else:
        assert _values(found) == [["REF", "CO", value]]
        assert {each.code for each in found.findings} <= {"SYN-OTHER-SEPARATORS"}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("substitute", ["?", "_", " "])
def test_where_separators_are_fixed_the_substitute_stands_for_them_in_text_and_the_value_is_told(
    value: str, substitute: str
) -> None:
    found = fitted([["BAK", "00"], ["MSG", f"x{value}x"]], AGREED, ELEMENTS, fixed=True, substitute=substitute)
    assert found.segments is not None
    assert found.segments.separators == AGREED
    expected = "".join(substitute if sign in "*~>" or ord(sign) < 0x20 else sign for sign in f"x{value}x")
    assert _values(found) == [["BAK", "00"], ["MSG", expected]]
    changed = expected != f"x{value}x"
    assert [(each.code, each.location.segment, each.location.element) for each in found.findings] == (
        [("SYN-SUBSTITUTED", 3, 1)] if changed else []
    )


@pytest.mark.parametrize("value", ["4500>1", "4500*1", "4500~1", "4500\x1c1"])
@pytest.mark.parametrize("tag", ["REF", "ZZZ"])
def test_where_separators_are_fixed_what_is_compared_is_never_changed(value: str, tag: str) -> None:
    found = fitted([["BAK", "00"], [tag, "CO", value]], AGREED, ELEMENTS, fixed=True)
    assert found.segments is None
    (said,) = found.findings
    assert said.code in {"SYN-SEPARATOR-IN-DATA", "SYN-CONTROL-IN-DATA"}
    assert (said.found, said.location.segment, said.location.element) == (value, 3, 2)


def test_a_sign_that_no_interchange_can_hold_is_replaced_in_text_beside_a_number_that_is_kept() -> None:
    found = fitted([["REF", "CO", "4500>1"], ["MSG", "tab\there>"]], AGREED, ELEMENTS, fixed=False)
    assert _values(found) == [["REF", "CO", "4500>1"], ["MSG", "tab?here>"]]
    assert [each.code for each in found.findings] == ["SYN-OTHER-SEPARATORS", "SYN-SUBSTITUTED"]


def test_what_fits_is_written_with_what_was_agreed_and_nothing_is_said() -> None:
    assert fitted([["REF", "CO", "plain"]], AGREED, ELEMENTS, fixed=False).findings == []


def test_only_what_is_in_the_data_is_exchanged() -> None:
    found = fitted([["REF", "CO", "a>b"]], Separators(segment_suffix="\n"), ELEMENTS, fixed=False)
    assert found.segments is not None
    assert found.segments.separators == Separators(component=":", segment_suffix="\n")


@pytest.mark.parametrize("ids", ["|", "|^", "!|^"])
def test_what_stands_in_the_envelope_is_kept_free_too(ids: str) -> None:
    found = fitted([["REF", "CO", "a*b"]], AGREED, ELEMENTS, fixed=False, envelope=f"ME{ids}")
    assert found.segments is not None
    assert found.segments.separators.element not in ids


@pytest.mark.parametrize("sign", ["|", "+", "!"])
@pytest.mark.parametrize("fixed", [True, False])
def test_a_header_in_the_data_is_broken_so_that_no_reader_begins_anew(sign: str, fixed: bool) -> None:
    isa = sign.join(
        ["ISA", "00", " " * 10, "00", " " * 10, "01", "123456789      ", "ZZ", "MEDCM          ", "261129", "0830", "U",
         "00401", "000000001", "0", "P", ">~"]
    )  # fmt: skip
    found = fitted([["MSG", isa]], AGREED, ELEMENTS, fixed=fixed)
    assert "SYN-HEADER-BROKEN" in {each.code for each in found.findings}
    ((_, text),) = _values(found)
    assert text.startswith(f"?SA{sign}")


@given(values=st.lists(st.lists(NASTY, min_size=1, max_size=2), min_size=1, max_size=4), fixed=st.booleans())
def test_whatever_stands_in_text_is_read_back_or_is_told_as_changed(values: list[list[str]], fixed: bool) -> None:
    segments: list[list[Value]] = [["N3", *each] for each in values]
    found = fitted(segments, AGREED, ELEMENTS, fixed=fixed)
    told = {(each.location.segment, each.location.element) for each in found.findings if each.location.segment}
    for number, (sent, got) in enumerate(zip(segments, _values(found), strict=True), start=2):
        for element, (was, now) in enumerate(zip(sent, got, strict=True)):
            was = was.rstrip(BLANKS) if isinstance(was, str) else was  # blanks behind a value mean nothing
            assert was == now or (number, element) in told
            assert len(was) == len(now) or (number, element) in told
    if not fixed and not any(_is_control(sign) for each in values for sign in "".join(each)):
        assert not told, "a value was changed although other separators would have done"


@given(
    values=st.lists(NASTY, min_size=1, max_size=4), texts=st.lists(NASTY, min_size=1, max_size=2), fixed=st.booleans()
)
def test_whatever_stands_in_numbers_is_read_back_or_refused(values: list[str], texts: list[str], fixed: bool) -> None:
    found = fitted([["REF", *values, "X"], ["N3", *texts]], AGREED, ELEMENTS, fixed=fixed)
    if found.segments is not None:
        assert _values(found)[0] == ["REF", *(each.rstrip(BLANKS) for each in values), "X"]
    else:
        signs = "".join(values)
        assert any(_is_control(sign) for sign in signs) or (fixed and set(signs) & set(AGREED.all))


def _is_control(sign: str) -> bool:
    return ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0


def _values(found: Fitted) -> list[list[str]]:
    """Write what was fitted, and return what a reader takes out of it between ST and SE."""
    assert found.segments is not None
    one = OutboundSet(kind="855", control_number=1, segments=found.segments)
    written = write_interchange(HEADER, [(GROUP, [one])], found.segments.separators)
    assert written.body is not None, written.findings
    (came,) = [event for event in read(written.body) if isinstance(event, TransactionSet)]
    assert {each.code for each in came.findings} <= {"SYN-TRAILING-BLANKS"}
    return came.body


def test_the_usual_substitute_is_seen_by_whoever_reads_the_value() -> None:
    assert SUBSTITUTE == "?"
