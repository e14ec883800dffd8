"""The writer says what it was given or nothing: what is written reads back the same, whatever the data."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.formats.tree import Value
from hub.formats.x12.events import GroupStart, InterchangeStart, ServiceSegment, TransactionSet
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.outbound_values import rules_for
from hub.formats.x12.reader import read
from hub.formats.x12.separators import Separators
from hub.formats.x12.writer import (
    CleanSegments,
    OutboundSet,
    WrittenInterchange,
    clean_segments,
    write_bare,
    write_interchange,
)
from hub.kernel.errors import Defect
from hub.kernel.location import Location

HEADER = InterchangeHeader(
    control_number=42, sender_qualifier="01", sender_id="556012345", receiver_qualifier="ZZ", receiver_id="ACMECARDIO",
    usage="T", on=date(2026, 11, 20), at=time(8, 30),
)  # fmt: skip
GROUP = GroupHeader(
    functional_group="PR", control_number=7, release="004010", sender="556012345", receiver="ACMECARDIO",
    on=date(2026, 11, 20), at=time(8, 30),
)  # fmt: skip
USUAL = Separators()
NEW = InterchangeHeader(**{**{n: getattr(HEADER, n) for n in HEADER.__struct_fields__}, "version": "00501"})


def written(*segments: list[Value], separators: Separators = USUAL, **options: object) -> WrittenInterchange:
    """Write one 855 of ``segments`` in one group."""
    one = OutboundSet(kind="855", control_number=1, segments=segments)
    return write_interchange(HEADER, [(GROUP, [one])], separators, **options)  # type: ignore[arg-type]


def refusals(result: WrittenInterchange) -> list[str]:
    assert result.body is None
    return [finding.code for finding in result.findings]


def test_an_interchange_is_written_with_its_padding_counts_and_trailers() -> None:
    sets = [
        OutboundSet(kind="855", control_number=n, segments=[["BAK", "00", "AC", "45"], ["CTT", "1"]]) for n in (1, 2)
    ]
    result = write_interchange(HEADER, [(GROUP, sets)], Separators(segment_suffix="\n"))
    assert result.findings == []
    assert (result.body or b"").decode().splitlines() == [
        "ISA*00*          *00*          *01*556012345      *ZZ*ACMECARDIO     *261120*0830*U*00401*000000042*0*T*>~",
        "GS*PR*556012345*ACMECARDIO*20261120*0830*7*X*004010~",
        "ST*855*0001~",
        "BAK*00*AC*45~",
        "CTT*1~",
        "SE*4*0001~",
        "ST*855*0002~",
        "BAK*00*AC*45~",
        "CTT*1~",
        "SE*4*0002~",
        "GE*2*7~",
        "IEA*1*000000042~",
    ]


def test_trailing_empty_elements_and_components_are_not_written() -> None:
    body = written(["PO1", "1", "", ["a", "", ""], "", [["", ""]]]).body or b""
    assert b"PO1*1**a~" in body


def test_components_and_repetitions_are_kept_apart_by_their_separators() -> None:
    one = OutboundSet(kind="855", control_number=1, segments=[["REF", ["a", "b"], [["c"], ["d", "e"]]]])
    body = write_interchange(NEW, [(GROUP, [one])], Separators(repetition="^")).body or b""
    assert b"REF*a>b*c^d>e~" in body
    assert b"*^*00501*" in body


def test_a_ta1_stands_right_after_isa() -> None:
    note = ["TA1", "000000009", "261119", "0830", "A", "000"]
    body = write_interchange(HEADER, [(GROUP, [])], USUAL, acknowledgements=[note]).body or b""
    assert [type(event).__name__ for event in read(body)][:3] == ["InterchangeStart", "ServiceSegment", "GroupStart"]
    assert [event.values for event in read(body) if isinstance(event, ServiceSegment)] == [note]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a*b", "SYN-SEPARATOR-IN-DATA"),
        ("x~GE*1*7", "SYN-SEPARATOR-IN-DATA"),
        ("10>20", "SYN-SEPARATOR-IN-DATA"),
        ("a\nb", "SYN-CONTROL-IN-DATA"),
        ("a\rb", "SYN-CONTROL-IN-DATA"),
        ("a\x00b", "SYN-CONTROL-IN-DATA"),
        ("a\tb", "SYN-CONTROL-IN-DATA"),
        ("a\x85b", "SYN-CONTROL-IN-DATA"),
        ("\ud800", "SYN-NOT-ENCODABLE"),
        (["a", "b~c"], "SYN-SEPARATOR-IN-DATA"),
    ],
)
def test_data_that_could_end_an_element_is_refused_and_named(value: Value, code: str) -> None:
    result = written(["N1", "BY", value])
    assert refusals(result) == [code]
    if code != "SYN-NOT-ENCODABLE":
        assert str(result.findings[0].location) == "envelope 42 group 7 document 0001 segment 2 N102" + (
            "-2" if isinstance(value, list) else ""
        )


def test_a_partners_substitute_replaces_what_would_separate_and_says_so() -> None:
    result = written(["N1", "BY", "SMITH*SONS\n>CO~"], substitute=" ")
    assert b"N1*BY*SMITH SONS  CO ~" in (result.body or b"")
    assert [f.code for f in result.findings] == ["SYN-SUBSTITUTED"]


@pytest.mark.parametrize("tag", ["SE", "ISA", "GE", "ST", "", "A", "ABCD", "n1", "N*"])
def test_no_segment_of_the_envelope_comes_in_through_the_data(tag: str) -> None:
    assert refusals(written([tag, "1"])) == ["SYN-TAG"]


def test_a_whole_header_hidden_in_a_value_is_refused() -> None:
    hidden = "ISA|00|          |00|          |ZZ|ACMECARDIO     |01|556012345      |261120|0830|U|00401|000000001|0|P|^"
    assert refusals(written(["MSG", hidden])) == ["SYN-HEADER-IN-DATA"]


@pytest.mark.parametrize(
    "separators",
    [
        Separators(element="~"), Separators(segment="A"), Separators(component="7"), Separators(element=" "),
        Separators(segment="\0"), Separators(component="*"), Separators(element="**"), Separators(segment="…"),
        Separators(segment="\n", segment_suffix="\n"), Separators(segment_suffix="*"), Separators(repetition=">"),
    ],
)  # fmt: skip
def test_separators_that_cannot_work_are_refused(separators: Separators) -> None:
    assert "ENV-SEPARATORS" in refusals(written(["CTT", "1"], separators=separators))


def test_a_substitute_that_separates_is_refused() -> None:
    assert refusals(written(["CTT", "1"], substitute="*")) == ["ENV-SEPARATORS"]


def test_parts_without_a_separator_for_them_are_refused() -> None:
    assert refusals(written(["REF", ["a", "b"]], separators=Separators(component=None))) == ["SYN-COMPOSITE"]
    assert refusals(written(["REF", [["a"], ["b"]]])) == ["SYN-COMPOSITE"]


@pytest.mark.parametrize(
    "changed",
    [
        {"sender_id": "1234567890123456"}, {"sender_id": "A*B"}, {"sender_id": " A"}, {"receiver_qualifier": "ZZZ"},
        {"control_number": 0}, {"control_number": 1_000_000_000}, {"on": None}, {"at": None}, {"usage": None},
    ],
)  # fmt: skip
def test_a_header_that_would_not_fit_is_refused(changed: dict[str, object]) -> None:
    fields = {name: getattr(HEADER, name) for name in HEADER.__struct_fields__}
    result = write_interchange(InterchangeHeader(**(fields | changed)), [], USUAL)
    assert refusals(result)[0].startswith("ENV-")
    assert all(finding.remedy for finding in result.findings)


def test_a_control_number_twice_in_a_group_is_refused() -> None:
    one = OutboundSet(kind="855", control_number=1, segments=[["CTT", "1"]])
    assert refusals(write_interchange(HEADER, [(GROUP, [one, one])], USUAL)) == ["ENV-NUMBER-TWICE"]


def test_latin_1_that_would_be_read_as_utf_8_is_refused() -> None:
    assert refusals_or_body(written(["MSG", "Grüße"], encoding="latin-1")) == "Grüße"
    assert refusals_or_body(written(["MSG", "Ã©"], encoding="latin-1")) == ["SYN-AMBIGUOUS-ENCODING"]
    assert refusals_or_body(written(["MSG", "上海"], encoding="latin-1")) == ["SYN-NOT-ENCODABLE"]


def refusals_or_body(result: WrittenInterchange) -> list[str] | str:
    if result.body is None:
        return refusals(result)
    found = next(event for event in read(result.body) if isinstance(event, TransactionSet))
    return found.body[0][1]


def test_sets_are_written_without_envelope_when_asked() -> None:
    one = OutboundSet(kind="855", control_number=1, segments=[["CTT", "1"]])
    result = write_bare([one], Separators(segment_suffix="\n"))
    assert result.body == b"ST*855*0001~\nCTT*1~\nSE*3*0001~\n"
    assert [e.body for e in read(result.body, bare=True) if isinstance(e, TransactionSet)] == [[["CTT", "1"]]]


separating = st.lists(
    st.sampled_from("*|^~>:<!\\{}`@#\x15\x1c\x1d\x1e\x1f\x7f"), min_size=4, max_size=4, unique=True
).map(lambda c: Separators(element=c[0], segment=c[1], component=c[2]))
line_ending = st.sampled_from([Separators(segment="\n"), Separators(segment="\r"), Separators(segment_suffix="\r\n")])
UNWORRYING = {"SYN-NOT-UTF-8", "SYN-TRAILING-BLANKS", "ENV-GROUP-EMPTY"}
"""What may be said of a sound interchange: not UTF-8, blanks behind a value, a group around nothing."""

values = st.one_of(st.text(max_size=12), st.text(alphabet="ABCé *~>|^\n\r\t\x1f0IEASTG", max_size=12))
tags = st.from_regex(r"[A-Z][A-Z0-9]{1,2}", fullmatch=True)
segments = st.builds(lambda tag, rest: [tag, *rest], tags, st.lists(values, max_size=6))
stamps = st.tuples(st.dates(date(2000, 1, 1), date(2079, 12, 31)), st.integers(0, 23), st.integers(0, 59))


@settings(max_examples=400, deadline=None)
@given(
    separators=st.one_of(separating, line_ending),
    sets=st.lists(st.lists(segments, max_size=5), max_size=3),
    number=st.integers(1, 999_999_999),
    ids=st.tuples(*[st.from_regex(r"[A-Z0-9]([A-Z0-9 ]{0,13}[A-Z0-9])?", fullmatch=True)] * 2),
    stamp=stamps,
    suffix=st.sampled_from(["utf-8", "latin-1"]),
)
def test_what_is_written_reads_back_the_same_or_is_refused(
    separators: Separators,
    sets: list[list[list[Value]]],
    number: int,
    ids: tuple[str, str],
    stamp: tuple[date, int, int],
    suffix: str,
) -> None:
    on, at = stamp[0], time(stamp[1], stamp[2])
    header = InterchangeHeader(control_number=number, sender_id=ids[0], receiver_id=ids[1], on=on, at=at)
    group = GroupHeader(
        functional_group="PO", control_number=number, release="004010", sender=ids[0], receiver=ids[1], on=on, at=at
    )
    outbound = [OutboundSet(kind="850", control_number=n, segments=body) for n, body in enumerate(sets, start=1)]
    result = write_interchange(header, [(group, outbound)], separators, encoding=suffix)
    if result.body is None:
        assert any(finding.severity.is_reject for finding in result.findings)
        return
    events = list(read(result.body))
    assert [f for e in events for f in getattr(e, "findings", []) if f.code not in UNWORRYING] == []
    assert [e.header for e in events if isinstance(e, InterchangeStart)] == [header]
    assert [e.separators for e in events if isinstance(e, InterchangeStart)] == [separators]
    assert [e.header for e in events if isinstance(e, GroupStart)] == [group]
    assert [e.body for e in events if isinstance(e, TransactionSet)] == [[_trimmed(s) for s in body] for body in sets]


@settings(max_examples=200, deadline=None)
@given(body=st.lists(segments, max_size=5))
def test_with_a_substitute_the_interchange_keeps_its_shape(body: list[list[Value]]) -> None:
    result = written(*body, substitute="_")
    if result.body is None:
        assert {finding.code for finding in result.findings} <= {"SYN-TAG", "SYN-NOT-ENCODABLE", "SYN-SUBSTITUTED"}
        return
    events = list(read(result.body))
    assert {f.code for e in events for f in getattr(e, "findings", [])} <= {"SYN-TRAILING-BLANKS"}
    found = [e.body for e in events if isinstance(e, TransactionSet)]
    assert [[len(segment) for segment in one] for one in found] == [[len(_trimmed(segment)) for segment in body]]


strange_segments = st.lists(
    st.one_of(values, st.sampled_from(["ISA", "SE", "MSG", ""]), st.lists(values, max_size=3)), max_size=6
)


@settings(deadline=None)
@given(separators=separating, segment=st.one_of(segments, strange_segments))
def test_a_segment_is_called_clean_exactly_where_nothing_is_to_be_said_of_it(
    separators: Separators, segment: list[Value]
) -> None:
    rules = rules_for(separators, "utf-8", None)
    line, findings = rules.line(segment, Location())
    is_plain = not findings and all(isinstance(value, str) for value in segment)
    assert rules.clean_line(segment) == (line if is_plain else None)


plain = st.text(alphabet="ABCé 019.-", max_size=8)
parted = st.one_of(plain, st.lists(plain, max_size=3), st.lists(st.lists(plain, min_size=1, max_size=2), max_size=2))
writable_segments = st.builds(lambda tag, rest: [tag, *rest], tags, st.lists(parted, max_size=6))


@settings(max_examples=300, deadline=None)
@given(
    separators=st.one_of(separating, line_ending, st.just(Separators(repetition="^"))),
    body=st.one_of(
        st.lists(writable_segments, max_size=5), st.lists(st.one_of(segments, strange_segments), max_size=3)
    ),
    encoding=st.sampled_from(["utf-8", "latin-1"]),
    substitute=st.sampled_from([None, " ", "*"]),
)
def test_segments_judged_before_are_written_byte_for_byte_as_if_judged_now(
    separators: Separators, body: list[list[Value]], encoding: str, substitute: str | None
) -> None:
    now = _written_to(separators, body, encoding, substitute)
    clean = clean_segments(body, separators, encoding=encoding, substitute=substitute)
    if clean is None:
        assert now.findings, "there was something to say, and it is said"
        return
    assert _written_to(separators, clean, encoding, substitute) == now
    assert {finding.code for finding in now.findings} <= SAID_OF_THE_WHOLE


SAID_OF_THE_WHOLE = {"SYN-NOT-ENCODABLE", "SYN-AMBIGUOUS-ENCODING", "SYN-HEADER-IN-DATA", "ENV-REPETITION-TOO-EARLY"}
"""What is found when the interchange is put together, and not in any segment of it."""


def _written_to(
    separators: Separators, body: list[list[Value]] | CleanSegments, encoding: str, substitute: str | None
) -> WrittenInterchange:
    one = OutboundSet(kind="855", control_number=1, segments=body)
    header = NEW if separators.repetition else HEADER
    return write_interchange(header, [(GROUP, [one])], separators, encoding=encoding, substitute=substitute)


@pytest.mark.parametrize("value", ["a*b", "x~GE*1*7", "10>20", "a\nb", ["a", "b~c"], [["a"], ["b"]]])
def test_segments_with_something_in_them_that_separates_are_never_called_clean(value: Value) -> None:
    assert clean_segments([["CTT", "1"], ["N1", "BY", value]], USUAL) is None
    assert clean_segments([["CTT", "1"], ["N1", "BY", "SMITH AND SONS"]], USUAL) is not None


@pytest.mark.parametrize("tag", ["SE", "GE", "ISA", "", "n1"])
def test_segments_of_the_envelope_are_never_called_clean(tag: str) -> None:
    assert clean_segments([[tag, "1"]], USUAL) is None


def test_what_a_substitute_would_change_is_not_clean_for_that_is_to_be_said() -> None:
    assert clean_segments([["N1", "BY", "SMITH*SONS"]], USUAL, substitute=" ") is None


def test_nothing_is_clean_by_separators_that_cannot_work() -> None:
    assert clean_segments([["CTT", "1"]], Separators(element="~")) is None


@pytest.mark.parametrize(
    "other",
    [
        {"separators": Separators(element="|")}, {"separators": Separators(segment="\n")},
        {"separators": Separators(component=":")}, {"separators": Separators(component=None)},
        {"separators": Separators(segment_suffix="\n")}, {"encoding": "latin-1"}, {"substitute": " "},
    ],
)  # fmt: skip
def test_segments_judged_by_other_rules_than_they_are_written_by_are_refused(other: dict[str, Any]) -> None:
    clean = clean_segments([["N1", "BY", "A|B"]], USUAL)
    assert clean is not None
    one = OutboundSet(kind="855", control_number=1, segments=clean)
    rules: dict[str, Any] = {"separators": USUAL} | other
    with pytest.raises(Defect):
        write_bare([one], **rules)
    with pytest.raises(Defect):
        write_interchange(HEADER, [(GROUP, [one])], **rules)
    assert write_bare([one], USUAL).body == b"ST*855*0001~N1*BY*A|B~SE*3*0001~"


def test_a_set_judged_before_stands_beside_one_that_was_not() -> None:
    clean = clean_segments([["BAK", "00"], ["CTT", "1", ""]], USUAL)
    assert clean is not None
    sets = [
        OutboundSet(kind="855", control_number=1, segments=clean),
        OutboundSet(kind="855", control_number=2, segments=[["CTT", "2"]]),
        OutboundSet(kind="855", control_number=3, segments=clean),
    ]
    result = write_bare(sets, USUAL)
    assert result.body == (
        b"ST*855*0001~BAK*00~CTT*1~SE*4*0001~ST*855*0002~CTT*2~SE*3*0002~ST*855*0003~BAK*00~CTT*1~SE*4*0003~"
    )


@settings(deadline=None)
@given(texts=st.lists(values, min_size=3, max_size=3))
def test_header_texts_are_judged_together_as_one_by_one(texts: list[str]) -> None:
    rules, at, lengths = rules_for(USUAL, "utf-8", None), Location(tag="GS"), (2, 8, 12)
    judged = zip(texts, lengths, (1, 2, 3), strict=True)
    one_by_one = [said for text, length, element in judged for said in rules.header_text(text, length, at, element)]
    assert rules.header_texts(texts, lengths, at) == one_by_one


def _trimmed(segment: list[Value]) -> list[Value]:
    """Return the segment as it is read: blanks behind a value mean nothing."""
    ended = [value.rstrip(" ") if isinstance(value, str) else value for value in segment]
    while ended and not ended[-1]:
        ended.pop()
    return ended
