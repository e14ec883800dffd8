"""Another syntax is told from its first bytes; whether there is X12 in them the X12 reader decides alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.rules import Rules
from hub.flow.syntaxes import open_message
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.formats.x12.check import check
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.limits import HUNT_BYTES_MAX
from hub.kernel.errors import Unreadable
from hub.platform.configuration import find_configuration
from tests.formats.x12.interchanges import SOUND

ISA = "ISA*00*          *00*          *ZZ*A"
GUIDES = GuideLibrary([Path(__file__).resolve().parents[2]])
RULES = Rules(find_configuration(None))
ACME = "acme-cardio"


@pytest.mark.parametrize(
    ("head", "syntax"),
    [
        (b"UNA:+.? 'UNB+UNOA:1+", "edifact"),
        (b"UNB+UNOC:3+", "edifact"),
        (b"\r\nUNH+1+ORDERS:D:96A:UN'", "edifact"),
        (b"UNB\x1dUNOA", "edifact"),
        (b"<?xml version='1.0'?><Order/>", "xml"),
        (b"\xef\xbb\xbf<Order/>", "xml"),
        (b"\xff\xfe" + "<?xml?>".encode("utf-16-le"), "xml"),
        ("<?xml?>".encode("utf-16-le"), "xml"),
        ("<Order/>".encode("utf-16-be"), "xml"),
        (b"<\x00\x01", None),
        (b"<cXML payloadID='1'/>", "cxml"),
        (b'<?xml version="1.0"?>\n<!-- of ours -->\n<!DOCTYPE cXML SYSTEM "x">\n<cXML>', "cxml"),
        ("<?xml version='1.0'?><cXML>".encode("utf-16"), "cxml"),
        (b'<!DOCTYPE cXML [<!ENTITY a "b">]><cXML>', "cxml"),
        (b'<!DOCTYPE Index SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd"><Index/>', "cxml"),
        (b"<c:cXML xmlns:c='urn:c'>", "cxml"),
        (b"<Order><!-- like <cXML> --></Order>", "xml"),
        (b"<!-- <cXML> --><Order/>", "xml"),
        (b"--b1\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n<cXML>", "cxml"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n\n<cXML>", "cxml"),
        (b'--b1\r\nContent-Disposition: form-data; name="edi"\r\n\r\nISA*00*', None),
        (b'{"purchaseOrder": 1}', "json"),
        (b"  [[1, 2]]", "json"),
        (b"{}", "json"),
        (b"PK\x03\x04rest", "zip"),
        (ISA.encode(), None),
        (b"", None),
        (b"ISAAC NEWTON", None),
        (b"order;4711;10", None),
        (b"[2026-11-29 06:00] sent", None),
        (b"%PDF-1.7", None),
        (b"< 3", None),
    ],
)
def test_another_syntax_is_told_by_its_outer_marks(head: bytes, syntax: str | None) -> None:
    assert sniff(head) == syntax


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(head: bytes) -> None:
    assert sniff(head) in (None, "edifact", "cxml", "xml", "json", "zip")


def test_every_sample_is_told_by_its_folder(shared: Path) -> None:
    expected = {"x12": None, "edifact": "edifact", "ubl": "xml", "cxml": "cxml", "json": "json", "b2mml": "xml"}
    piece = "item_in.xml"  # of a cXML, and none by itself
    for folder, syntax in expected.items():
        files = [
            path
            for path in (shared / "samples" / folder).rglob("*")
            if path.is_file() and path.stat().st_size and path.name != piece
        ]
        assert Counter(sniff(path.read_bytes()[:SNIFFED_BYTES]) for path in files) == {syntax: len(files)}


def _separated(element: bytes, segment: bytes = b"~", component: bytes = b">") -> bytes:
    parts = SOUND.replace(b"*", b"\x00").replace(b"~", b"\x01").replace(b">", component)
    return parts.replace(b"\x00", element).replace(b"\x01", segment)


TAKEN = {
    "as usual": SOUND,
    **{f"elements between 0x{byte:02x}": _separated(bytes([byte])) for byte in (0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0x0B)},
    "control characters everywhere": _separated(b"\x1e", b"\x1d", b"\x1c"),
    "a mail header of 5 KB": b"Received: from gateway\r\n" * 220 + SOUND,
    "a mail header of 60 KB": b"X-Trace: 0123456789\r\n" * 2_900 + SOUND,
    "a log prefix": b"[2026-11-29 06:00] sent: " + SOUND,
    "a bracket": b"[" + SOUND,
    "line ends and NULs": b"\r\n\x00\x00" + SOUND,
    "a form": b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + SOUND + b"\r\n--x--",
}
REFUSED = {
    "nothing": b"",
    "blanks": b" \r\n",
    "text": b"Dear supplier, please send 100 hubs",
    "beyond the bound": b"." * (HUNT_BYTES_MAX + 300_000) + SOUND,
    "half an ISA": SOUND[:60],
    "a ZIP with an order in it": b"PK\x03\x04 order.edi " + SOUND,
    "UTF-16": SOUND.decode().encode("utf-16"),
    "UTF-16 without a mark": SOUND.decode().encode("utf-16-le"),
    "UTF-16 without a mark, the other way round": SOUND.decode().encode("utf-16-be"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_the_shell_reads_the_hub_reads_too(name: str) -> None:
    assert check(TAKEN[name], GUIDES.guide).verdict != "not-x12"
    assert len(open_message(TAKEN[name], RULES, ACME).survey.envelopes) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_shell_refuses_the_hub_refuses_with_the_same_words(name: str) -> None:
    [found] = check(REFUSED[name], GUIDES.guide).findings
    with pytest.raises(Unreadable) as refused:
        open_message(REFUSED[name], RULES, ACME)
    assert refused.value.code == found.code
    assert refused.value.message.startswith(found.message)
