"""The reader takes what the world sends; each test shows one way in which partners bend the standard."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from hub.formats.x12.events import (
    Event,
    GroupEnd,
    GroupStart,
    InterchangeEnd,
    InterchangeStart,
    ServiceSegment,
    Stray,
    TransactionSet,
)
from hub.formats.x12.limits import Limits
from hub.formats.x12.reader import read
from hub.kernel.diagnostics import Severity
from hub.kernel.errors import Unreadable
from tests.formats.x12.interchanges import (
    GS,
    ISA,
    LINE_FEEDS,
    OTHER_SEPARATORS,
    REPEATING,
    SOUND,
    WITH_LINES,
    WRAPPED,
    group,
    interchange,
    order,
)

BODY = [
    ["BEG", "00", "SA", "4500098123", "", "20261120"],
    ["PO1", "1", "100", "EA", "17.25", "", "BP", "4410-221"],
    ["CTT", "1"],
]
ID = b"ACMECARDIO     "  # ISA06, padded


def sets(data: bytes, **options: object) -> list[TransactionSet]:
    return [event for event in read(data, **options) if isinstance(event, TransactionSet)]  # type: ignore[arg-type]


def codes(data: bytes) -> list[str]:
    return [f.code for event in read(data) if not isinstance(event, ServiceSegment) for f in event.findings]


def only(data: bytes, kind: type) -> list[Event]:
    return [event for event in read(data) if isinstance(event, kind)]


def test_an_interchange_is_told_as_events_one_set_at_a_time() -> None:
    kinds = [type(event) for event in read(SOUND)]
    assert kinds == [InterchangeStart, GroupStart, TransactionSet, TransactionSet, GroupEnd, InterchangeEnd]
    assert codes(SOUND) == []


def test_a_set_knows_its_numbers_its_release_and_where_it_stands() -> None:
    first, second = sets(SOUND)
    assert (first.kind, first.control_number, first.release) == ("850", "0001", "004010")
    assert (first.interchange, first.group, second.control_number) == (1, 7, "0002")
    assert SOUND[first.offset : first.end].startswith(b"ST*850*0001~")
    assert SOUND[first.offset : first.end].endswith(b"SE*5*0001~")
    assert (first.body, len(first)) == (BODY, 5)


def test_the_headers_are_values() -> None:
    start, opened = list(read(SOUND))[:2]
    assert isinstance(start, InterchangeStart)
    assert isinstance(opened, GroupStart)
    assert (start.header.sender_qualifier, start.header.sender_id) == ("ZZ", "ACMECARDIO")
    assert (start.header.receiver_id, start.header.control_number, start.header.usage) == ("556012345", 1, "P")
    assert (str(start.header.on), str(start.header.at), start.header.version) == ("2026-11-20", "08:30:00", "00401")
    assert (opened.header.functional_group, opened.header.control_number) == ("PO", 7)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(WITH_LINES, id="a line end after each terminator"),
        pytest.param(LINE_FEEDS, id="a line feed is the terminator"),
        pytest.param(LINE_FEEDS.replace(b"\n", b"\r"), id="a carriage return is the terminator"),
        pytest.param(LINE_FEEDS.replace(b"\n", b"\r\n"), id="CR LF is the terminator"),
        pytest.param(OTHER_SEPARATORS, id="separators are | and NAK"),
        pytest.param(SOUND.replace(b"*", b"\x7f").replace(b"~", b"\x1c"), id="separators are control characters"),
        pytest.param(SOUND.replace(b"*", b"~~").replace(b"~~", b"^"), id="the element separator is ^"),
        pytest.param(SOUND.replace(b"~", "…".encode()), id="the terminator is an ellipsis in UTF-8"),
        pytest.param(SOUND.replace(b"~", b"\xa6"), id="the terminator is a broken bar in Latin-1"),
        pytest.param(SOUND.replace(b"~", b"~ "), id="a blank after each terminator"),
        pytest.param(SOUND.replace(b"~", b"~\r\n    "), id="segments are indented"),
        pytest.param(WRAPPED, id="lines of 80 characters"),
        pytest.param(WRAPPED.replace(b"\r\n", b"\n"), id="lines of 80 characters, LF"),
        pytest.param(b"\xef\xbb\xbf" + SOUND, id="a byte order mark"),
        pytest.param(SOUND.replace(b"PO1*", b"~~\r\n~PO1*"), id="empty segments"),
        pytest.param(SOUND.replace(b"CTT*1~", b"CTT*1***~"), id="trailing separators"),
        pytest.param(SOUND[:-1], id="no terminator at the end"),
        pytest.param(SOUND + b"\r\n\r\n\x1a", id="blank lines and an end mark after"),
        pytest.param(SOUND.replace(b"          ", b"").replace(b"     ", b""), id="ISA not padded"),
        pytest.param(SOUND.replace(ID, "ACMECARDIO\u00a0\u00a0\u00a0".encode()), id="ISA padded with other blanks"),
        pytest.param(SOUND.replace(b"*P*>~", b"*P*~"), id="ISA16 missing"),
        pytest.param(LINE_FEEDS.replace(b"*P*>\n", b"*P*\n"), id="ISA16 missing before a line feed"),
        pytest.param(SOUND.replace(b"00401", b"00200"), id="an old ISA12 with GS08 004010"),
        pytest.param(SOUND.replace(b"000000001", b"1        ", 1), id="ISA13 not padded with zeros"),
    ],
)  # fmt: skip
def test_the_same_order_is_read_however_it_is_dressed(data: bytes) -> None:
    found = sets(data)
    assert [one.body for one in found] == [BODY, BODY]
    assert all(f.severity <= Severity.WARNING for one in found for f in one.findings)
    assert isinstance(list(read(data))[-1], (InterchangeEnd, Stray))


def test_harmless_dress_is_noted_and_no_more() -> None:
    assert codes(b"\xef\xbb\xbf" + SOUND) == ["ENV-BYTE-ORDER-MARK"]
    assert codes(WRAPPED) == ["ENV-WRAPPED-LINES"]
    assert codes(SOUND.replace(b"CTT*1~", b"CTT*1*~~", 1)) == ["SYN-EMPTY-SEGMENT", "SYN-TRAILING-SEPARATOR"]
    assert codes(WITH_LINES) == []


def test_repetition_is_separated_by_isa11_from_00402_on() -> None:
    new, old = only(REPEATING, InterchangeStart)[0], only(SOUND.replace(b"*U*", b"*^*"), InterchangeStart)[0]
    assert isinstance(new, InterchangeStart)
    assert isinstance(old, InterchangeStart)
    assert (new.separators.repetition, old.separators.repetition) == ("^", None)
    assert codes(REPEATING.replace(b"*^*00501*", b"*U*00501*")) == []


def test_text_may_be_utf_8_or_latin_1_set_by_set() -> None:
    utf_8, latin_1 = "Grüße aus 上海".encode(), "Grüße aus Zürich".encode("windows-1252")
    first, second = (
        b"".join([b"ST*850*%04d~MSG*" % n, text, b"~SE*3*%04d~" % n]) for n, text in ((1, utf_8), (2, latin_1))
    )
    read_first, read_second = sets(ISA + GS.encode() + first + second + b"GE*2*7~IEA*1*000000001~")
    assert (read_first.body, read_first.encoding) == ([["MSG", "Grüße aus 上海"]], "utf-8")
    assert (read_second.body, read_second.encoding) == ([["MSG", "Grüße aus Zürich"]], "windows-1252")
    assert [f.code for f in read_second.findings] == ["SYN-NOT-UTF-8"]


def test_a_line_end_inside_a_segment_is_taken_out_and_said() -> None:
    found = sets(SOUND.replace(b"4500098123", b"45000\r\n98123", 1))[0]
    assert found.body == BODY
    assert [(f.code, f.location.segment) for f in found.findings] == [("SYN-LINE-END-IN-SEGMENT", 2)]


def test_several_interchanges_and_groups_stand_in_one_file() -> None:
    two_groups = interchange(group(order()), group(order(), number=8))
    kinds = [type(event).__name__ for event in read(two_groups + b"\r\n" + OTHER_SEPARATORS)]
    assert kinds.count("InterchangeStart") == 2
    assert kinds.count("GroupStart") == 3
    assert [one.group for one in sets(two_groups + OTHER_SEPARATORS)] == [7, 8, 7, 7]
    assert codes(two_groups + OTHER_SEPARATORS) == []


def test_service_segments_come_before_the_groups() -> None:
    data = interchange("TA1*000000009*261119*0830*A*000~", group(order()), count=1)
    assert [type(event) for event in read(data)][:3] == [InterchangeStart, ServiceSegment, GroupStart]
    note = only(data, ServiceSegment)[0]
    assert isinstance(note, ServiceSegment)
    assert note.values == ["TA1", "000000009", "261119", "0830", "A", "000"]


def test_bytes_around_interchanges_are_reported_with_their_place() -> None:
    strays = only(b"JOB CARD 1\r\n" + SOUND + b"trailer" + SOUND + b"END", Stray)
    assert [(s.offset, s.length) for s in strays if isinstance(s, Stray)] == [
        (0, 12),
        (12 + len(SOUND), 7),
        (12 + 2 * len(SOUND) + 7, 3),
    ]
    first = strays[0]
    assert isinstance(first, Stray)
    assert (first.findings[0].code, first.findings[0].found) == ("ENV-BYTES-OUTSIDE", "JOB CARD 1\r\n")


def test_a_name_that_begins_with_isa_is_no_header() -> None:
    data = interchange(group(order("0001", ("N1*BY*ISAAC NEWTON~", "N1*ST*ISA*1~", "CTT*1~"))))
    assert [len(one) for one in sets(b"ISAAC\n" + data)] == [5]


def test_an_interchange_cut_off_in_a_segment_does_not_swallow_the_next() -> None:
    half = SOUND[: SOUND.index(b"*17.25")]
    found = sets(half + OTHER_SEPARATORS)
    assert [len(one.body) for one in found] == [2, 3, 3]
    assert "ENV-INTERCHANGE-RUN-OVER" in codes(half + OTHER_SEPARATORS)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "ENV-EMPTY"),
        (b" \r\n", "ENV-EMPTY"),
        (b"<order/>", "SYN-NOT-X12"),
        (b"UNB+UNOA:1+A+B'", "SYN-NOT-X12"),
        (b"ISA*00*    ", "ENV-ISA-UNREADABLE"),
        (b"\xff\xfe" + SOUND.decode().encode("utf-16-le"), "ENV-UTF-16"),
        (b"x" * 20_000_000, "ENV-NO-INTERCHANGE"),
        (order().encode(), "ENV-NO-INTERCHANGE"),
    ],
)
def test_what_is_no_interchange_is_unreadable_and_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(read(data))
    assert caught.value.code == code
    assert "; " in str(caught.value)  # what is wrong; what to do


@pytest.mark.parametrize("ending", ["~", "~\n", "\n", "\r\n", "'"])
def test_a_bare_set_is_read_when_asked_for(ending: str) -> None:
    text = (order("0001") + order("0002")).replace("~", ending)
    found = sets(text.encode(), bare=True)
    assert [(one.kind, one.body, one.release, one.interchange) for one in found] == [("850", BODY, "", None)] * 2
    assert all(one.findings == [] for one in found)


def test_twenty_megabytes_without_a_terminator_are_refused_in_bounded_memory() -> None:
    data = ISA + GS.encode() + b"ST*850*0001~BEG*" + b"A" * 20_000_000
    tracemalloc.start()
    events = list(read(io.BytesIO(data)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    refused = next(event for event in events if isinstance(event, TransactionSet))
    assert [f.code for f in refused.findings] == ["SYN-SEGMENT-TOO-LONG"]
    assert events[-1].findings[0].code == "ENV-INTERCHANGE-NOT-CLOSED"  # type: ignore[union-attr]


def test_sets_after_an_endless_segment_are_read() -> None:
    endless = "ST*850*0001~BEG*" + "A" * 100_000 + "~CTT*1~SE*4*0001~"
    first, second = sets(interchange(group(endless, order("0002"))))
    assert [f.code for f in first.findings] == ["SYN-SEGMENT-TOO-LONG"]
    assert (second.body, second.findings) == (BODY, [])


def test_limits_on_elements_segments_and_sets_are_findings() -> None:
    wide = sets(interchange(group(order("0001", ("REF" + "*1" * 600 + "~",)))))[0]
    assert [(f.code, f.location.segment, f.standard) for f in wide.findings] == [("SYN-TOO-MANY-ELEMENTS", 2, "8")]
    long = sets(interchange(group(order("0001", ("REF*1~",) * 50))), limits=Limits(segments_per_set=40))[0]
    assert [f.code for f in long.findings] == ["SYN-SET-TOO-LONG"]
    big = interchange(group(order("0001", ("REF*1~",) * 5_000), order("0002")))
    first, second = sets(big, limits=Limits(set_bytes=1000, chunk_bytes=500))
    assert [f.code for f in first.findings] == ["SYN-SET-TOO-LONG"]
    assert second.body == BODY


def test_sets_beyond_what_a_group_can_count_are_said_and_not_given() -> None:
    data = interchange(group(*[order(f"{n:04d}") for n in range(5)]), group(order(), number=8))
    events = list(read(data, Limits(sets_per_group=3)))
    assert [e.control_number for e in events if isinstance(e, TransactionSet)] == ["0000", "0001", "0002", "0001"]
    ends = [e for e in events if isinstance(e, GroupEnd)]
    assert [(e.received, [f.code for f in e.findings]) for e in ends] == [(5, ["SYN-TOO-MANY-SETS"]), (1, [])]


def test_megabytes_of_headers_that_are_none_are_passed_over_once() -> None:
    strays = only(SOUND + b"ISA*" * 500_000 + SOUND, Stray)
    assert [s.length for s in strays if isinstance(s, Stray)] == [2_000_000]


def test_memory_holds_one_set_and_not_the_file() -> None:
    one = order("0001", ("PO1*1*100*EA*17.25**BP*4410-221~",) * 30)

    class Endless(io.RawIOBase):
        """Ten megabytes of orders, made as they are read."""

        def __init__(self) -> None:
            self.pieces = self._pieces()

        def _pieces(self) -> Iterator[bytes]:
            yield ISA + GS.encode()
            for number in range(10_000):
                yield one.replace("0001", f"{number:09d}").encode()

        def read(self, size: int = -1) -> bytes:
            return next(self.pieces, b"")

    tracemalloc.start()
    count = sum(isinstance(event, TransactionSet) for event in read(Endless()))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 4_000_000  # one chunk, one set, and 10,000 control numbers
