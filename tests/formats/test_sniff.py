"""The syntax of a message is told from its first bytes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.sniff import HEAD_BYTES, sniff

ISA = "ISA*00*          *00*          *ZZ*A"


@pytest.mark.parametrize(
    ("head", "syntax"),
    [
        (ISA.encode(), "x12"),
        (b"\xef\xbb\xbf\r\n" + ISA.encode(), "x12"),
        (b"\xff\xfe" + ISA.encode("utf-16-le"), "x12"),
        (b"Content-Type: text/plain\r\n\r\n" + ISA.encode(), "x12"),
        (b"ISA\x7f00\x7f", "x12"),
        (b"ST*850*0001~", "x12"),
        (b"GS|PO|A|B", "x12"),
        (b"UNA:+.? 'UNB+UNOA:1+", "edifact"),
        (b"UNB+UNOC:3+", "edifact"),
        (b"\r\nUNH+1+ORDERS:D:96A:UN'", "edifact"),
        (b"<?xml version='1.0'?><Order/>", "xml"),
        (b"\xef\xbb\xbf<Order/>", "xml"),
        (b"\xff\xfe" + "<?xml?>".encode("utf-16-le"), "xml"),
        (b'{"purchaseOrder": 1}', "json"),
        (b"  [1, 2]", "json"),
        (b"{}", "json"),
        (b"PK\x03\x04rest", "zip"),
        (b"", "unknown"),
        (b"ISAAC NEWTON", "unknown"),
        (b"STAR*1", "unknown"),
        (b"order;4711;10", "unknown"),
        (b"%PDF-1.7", "unknown"),
        (b"< 3", "unknown"),
    ],
)
def test_the_syntax_is_told_by_its_outer_marks(head: bytes, syntax: str) -> None:
    assert sniff(head) == syntax


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(head: bytes) -> None:
    assert sniff(head) in ("x12", "edifact", "xml", "json", "zip", "unknown")


def test_every_sample_is_told_by_its_folder(shared: Path) -> None:
    expected = {"x12": "x12", "edifact": "edifact", "ubl": "xml", "cxml": "xml", "json": "json", "b2mml": "xml"}
    for folder, syntax in expected.items():
        files = [path for path in (shared / "samples" / folder).rglob("*") if path.is_file() and path.stat().st_size]
        assert Counter(sniff(path.read_bytes()[:HEAD_BYTES]) for path in files) == {syntax: len(files)}
