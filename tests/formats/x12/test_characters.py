"""What is not UTF-8 is Windows-1252; the five bytes that mean nothing there stay control characters, and are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.x12.check import check
from hub.formats.x12.events import InterchangeStart, TransactionSet
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.reader import read
from tests.formats.x12.interchanges import group, interchange, order

GUIDES = GuideLibrary([Path(__file__).resolve().parents[3]])


def saying(text: bytes, separators: tuple[bytes, bytes] = (b"*", b"~")) -> bytes:
    data = interchange(group(order("0001", ("BEG*00*SA*4500098123**20261120~", "PO1*1*1*EA*1**BP*X~", "PID*F****@~"))))
    element, segment = separators
    return data.replace(b"@", b"\x00").replace(b"*", element).replace(b"~", segment).replace(b"\x00", text)


def read_as(data: bytes) -> tuple[str, set[str]]:
    (found,) = [event for event in read(data) if isinstance(event, TransactionSet)]
    return found.segments[3][5], {f.code for f in found.findings}


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"Don\x92t", "Don\u2019t"),
        (b"\x93quoted\x94", "\u201cquoted\u201d"),
        (b"a \x96 b \x97 c", "a \u2013 b \u2014 c"),
        (b"and so on\x85", "and so on\u2026"),
        (b"\x80 12", "\u20ac 12"),
        (b"Gr\xfc\xdfe", "Gr\xfc\xdfe"),
        (b"\x99 \x95 \x8a\x9e", "\u2122 \u2022 \u0160\u017e"),
        (b"25 \xb5m \xb1 1", "25 \xb5m \xb1 1"),
        (b"\x91x\x92 \xe9\xe8", "\u2018x\u2019 \xe9\xe8"),
        (b"\x83\x86\x87", "\u0192\u2020\u2021"),
    ],
)
def test_windows_1252_is_text_with_a_note(sent: bytes, text: str) -> None:
    assert read_as(saying(sent)) == (text, {"SYN-NOT-UTF-8"})
    assert check(saying(sent), GUIDES.guide).verdict == "valid"


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x07, 0x1B, 0x7F])
def test_a_byte_that_is_no_text_anywhere_is_refused_by_its_name(byte: int) -> None:
    sent = b"x" + bytes([byte]) + b"y"
    assert read_as(saying(sent))[0] == f"x{chr(byte)}y"
    [found] = [f for f in check(saying(sent), GUIDES.guide).findings if f.severity.is_reject]
    assert (found.code, found.standard) == ("GDE-ELEMENT-CHARACTER", "6")
    assert f"the control character 0x{byte:02X}" in found.message


@pytest.mark.parametrize("segment", [b"\x85", b"\xd6", b"\xa7", b"\xff", b"\x9d"])
@pytest.mark.parametrize("element", [b"*", b"\xa6"])
@pytest.mark.parametrize("text", ["plain", "Gr\u00fc\u00dfe", "\u65e5\u672c"])
def test_a_separator_that_is_no_utf_8_does_not_make_the_text_something_else(
    segment: bytes, element: bytes, text: str
) -> None:
    sent = text.encode()
    if {*segment, *element} & {*sent}:
        return  # such text cannot be sent between such separators
    data = saying(sent, (element, segment))
    assert read_as(data) == (text, set())
    [start] = [event for event in read(data) if isinstance(event, InterchangeStart)]
    assert start.separators.segment == segment.decode("cp1252", "replace") or segment == b"\x9d"


@pytest.mark.parametrize("segment", [b"\x85", b"\xd6"])
def test_windows_1252_between_such_separators_is_windows_1252(segment: bytes) -> None:
    assert read_as(saying(b"Don\x92t", (b"*", segment))) == ("Don\u2019t", {"SYN-NOT-UTF-8"})


def test_each_set_is_read_by_itself() -> None:
    first = saying(b"Don\x92t")
    second = saying("Don\u2019t".encode())
    assert [read_as(each)[0] for each in (first, second)] == ["Don\u2019t"] * 2
    assert read_as(second)[1] == set()
