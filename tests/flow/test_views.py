"""What people see of an XML or JSON body: as it came, named by its schema, with its faults, a page at a time."""

from __future__ import annotations

import json
import re
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from hub.exchange.model import DocumentRow
from hub.flow.laying_out import PLACES_READ_MAX
from hub.flow.rules import Rules
from hub.flow.viewing import view_of
from hub.flow.views import PLACES_SHOWN_MAX, TEXT_SHOWN_MAX, View, nearest
from hub.formats.tokens import place_of
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.mapping.documents import read_documents
from hub.platform.configuration import find_configuration

RULES = Rules(find_configuration(None))
PARTNERS = Path(__file__).parents[2] / "partners"
ORDERS = {
    "summit-surgical/order": (PARTNERS / "summit-surgical" / "samples" / "order.xml").read_bytes(),
    "meridian-cath/order": (PARTNERS / "meridian-cath" / "samples" / "order.xml").read_bytes(),
    "helix-diagnostics/order": (PARTNERS / "helix-diagnostics" / "samples" / "order.json").read_bytes(),
}
XML, CXML, JSON = ORDERS
ATTACKS = [
    b"<", b"<a", b"<a b", b'<a b="', b"<a b='c' <d", b"</a></b>", b"<a/>" * 50, b"<!--", b"<![CDATA[x", b"<?xml",
    b"<a>&nope;</a>",
    b"<" * 5000, b'<a "' * 2000, b"<a><" * 2000, b"\xff\xfe<\x00a", b"<a>\x00</a>", b"\xef\xbb\xbf<a>1</a>",
    b"{", b"[", b'{"', b'{"a', b'{"a":', b'{"a":}', b"{]}", b"[" * 5000, b'{"a":' * 5000, b'["' + b'\\"' * 20000,
    b"[1,2,,]",
    b'{"a":"\\ud800"}', b'["\xff"]',
]  # fmt: skip


def shown(
    name: str, body: bytes | None = None, *, first: int = 1, at: str | None = None, line: int | None = None
) -> View:
    row = DocumentRow(message="m", position=1, partner="p", direction="in", kind="order", map_name=name)
    where = Location(at=at, line=line)
    findings = [Diagnostic(code="X", severity=Severity.ELEMENT, told="m", location=where)] if at or line else []
    return view_of(ORDERS[name] if body is None else body, row, findings, RULES, first=first)


def raw(view: View) -> str:
    return "\n".join("".join(each.text for each in line.texts) for line in view.lines)


@pytest.mark.parametrize("name", ORDERS)
def test_the_lines_are_those_that_came(name: str) -> None:
    view = shown(name)
    assert raw(view) == ORDERS[name].decode().rstrip("\n")
    assert [line.number for line in view.lines] == list(range(1, len(view.lines) + 1))
    assert not view.laid
    assert view.whole


@pytest.mark.parametrize("name", ORDERS)
def test_a_body_of_one_line_is_broken_where_its_places_begin_and_says_so(name: str) -> None:
    body = re.sub(rb"\n\s*", b"", ORDERS[name])
    view = shown(name, body)
    assert view.laid
    assert raw(view).replace("\n", "") == body.decode()
    assert len(view.lines) > 20
    assert {line.number for line in view.lines} == {0, 1}


@pytest.mark.parametrize("name", ORDERS)
def test_every_field_is_found_at_the_place_it_came_from(name: str) -> None:
    [read] = read_documents(RULES.maps.map(name), ORDERS[name], provenance=True)
    assert read.applied is not None
    assert read.applied.provenance is not None
    origins = read.applied.provenance.origins
    assert len(origins) > 10
    places = shown(name).places
    assert [each.at for each in origins if each.at is None or place_of(each.at) not in places] == []


def test_names_come_from_the_schema_and_values_stand_with_the_place_above_them() -> None:
    view = shown(JSON)
    item = next(each for each in view.entries if each.tag == "items/0")
    assert [(each.label, each.value) for each in item.values][:3] == [
        ("lineNo", "1"), ("partNo", "CRT-200"), ("revision", "B"),
    ]  # fmt: skip
    line = next(each for each in shown(XML).entries if each.tag == "Line[2]")
    assert [(each.label, each.value) for each in line.values][:3] == [
        ("@number", "20"), ("Quantity", "12"), ("Quantity/@unit", "SET"),
    ]  # fmt: skip
    assert (line.number, view.schema) == (19, "helix-diagnostics/order")


def test_what_a_schema_explains_is_the_name_of_its_place() -> None:
    revision = {each.label: each.name for entry in shown(JSON).entries for each in entry.values}["revision"]
    assert revision == "Revision of the drawing"
    number = {each.label: each.name for entry in shown(XML).entries for each in entry.values}["OrderNumber"]
    assert number == "Order number at Summit Surgical"


@pytest.mark.parametrize(
    ("name", "sent", "instead"),
    [(XML, b"<Revision>C</Revision>", b"<Colour><Hue>C</Hue></Colour>"), (JSON, b'"size": {', b'"mass": {')],
)
def test_a_place_that_the_schema_does_not_know_says_so(name: str, sent: bytes, instead: bytes) -> None:
    view = shown(name, ORDERS[name].replace(sent, instead, 1))
    assert [each.tag for each in view.entries if each.unknown] == ["Colour" if name == XML else "mass"]


@pytest.mark.parametrize(
    ("name", "at"), [(XML, "/Order/Lines/Line[2]/Quantity/@unit"), (JSON, "/items/1/size/unit"), (XML, "/Order/Header")]
)
def test_a_fault_is_marked_where_it_stands(name: str, at: str) -> None:
    view = shown(name, at=at)
    assert {each.at for line in view.lines for each in line.texts if each.faulty} == {at}
    assert at in {each.at for entry in view.entries for each in (entry, *entry.values) if each.faulty}


def test_what_is_missing_is_led_to_where_it_should_stand() -> None:
    assert nearest("/Order/Lines/Line[2]/Item/PartNumber", shown(XML).places) == "/Order/Lines/Line[2]/Item/PartNumber"
    assert nearest("/Order/Lines/Line[2]/Delivery/Date", shown(XML).places) == "/Order/Lines/Line[2]"
    assert nearest("5:9", {"5:0", "5:1"}) == "5:0"
    assert nearest("7:9", {"5:0"}) is None


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1", "windows-1252", "gb18030"]
)
def test_every_encoding_is_shown_as_it_was_meant(encoding: str) -> None:
    said = "utf-8" if encoding == "utf-8-sig" else encoding[:6] if encoding.startswith("utf-16") else encoding
    text = f'<?xml version="1.0" encoding="{said}"?>\n<Order><Name>Müller</Name></Order>'
    view = shown(XML, text.encode(encoding))
    assert raw(view) == text
    assert [each.value for entry in view.entries for each in entry.values] == ["Müller"]
    assert view.encoding


def test_a_line_is_marked_where_nothing_better_is_known() -> None:
    view = shown(XML, b"<Order>\n<Header>\n</Order>\n", line=2)
    assert [(line.number, line.at) for line in view.lines if line.at] == [(2, "L2:0")]


@pytest.mark.parametrize("body", ATTACKS, ids=lambda body: repr(body[:12]))
@pytest.mark.parametrize("name", ORDERS)
def test_no_bytes_can_break_the_view(name: str, body: bytes) -> None:
    view = shown(name, body)
    assert view.lines
    assert sum(len(each.text) for line in view.lines for each in line.texts) < 3 * TEXT_SHOWN_MAX


def many(name: str, count: int) -> bytes:
    if name == JSON:
        return json.dumps({"items": [{"lineNo": n, "partNo": "A"} for n in range(count)]}).encode()
    lines = "".join(f'<Line number="{n}"><Quantity unit="EA">1</Quantity></Line>\n' for n in range(count))
    return f"<Order><Lines>{lines}</Lines></Order>".encode()


@pytest.mark.parametrize("name", ORDERS)
def test_a_long_document_is_shown_a_page_at_a_time_and_nothing_is_left_out(name: str) -> None:
    body = many(name, 700)
    pages, first = [], 1
    while first:
        pages.append(shown(name, body, first=first))
        first = pages[-1].following or 0
    assert len(pages) > 2
    assert [(a.last + 1, a.last + 1) for a in pages[:-1]] == [(b.first, a.following) for a, b in pairwise(pages)]
    label = "lineNo" if name == JSON else "@number"
    numbers = [each.value for page in pages for entry in page.entries for each in entry.values if each.label == label]
    assert numbers == [str(n) for n in range(700)]
    assert pages[1].before == 1
    assert not any(page.cut for page in pages)


@pytest.mark.parametrize("name", ORDERS)
def test_a_body_of_a_million_places_gives_a_page_in_bounded_memory(name: str) -> None:
    body = many(name, 500_000 if name == XML else 330_000)
    tracemalloc.start()
    begun = shown(name, body)
    last = shown(name, body, first=PLACES_READ_MAX - 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert begun.following == PLACES_SHOWN_MAX + 1
    assert (last.following, last.cut) == (None, True)
    assert peak < 4 * len(body) + 20_000_000, "the text, and a page"


def test_a_place_beyond_the_end_is_the_beginning() -> None:
    assert shown(XML, first=10_000).first == 1
