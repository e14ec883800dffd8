"""What people see of an XML or JSON body: as it came, named by its schema, with its faults, a page at a time."""

from __future__ import annotations

import json
import re
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.exchange.model import DocumentRow
from hub.flow.laying_out import PIECE_SHOWN_MAX, PLACES_READ_MAX
from hub.flow.rules import Rules
from hub.flow.viewing import view_of
from hub.flow.views import (
    LINES_SHOWN_MAX,
    PLACES_SHOWN_MAX,
    PLAIN_SHOWN_MAX,
    TEXT_SHOWN_MAX,
    VALUE_SHOWN_MAX,
    View,
    nearest,
)
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
    findings = [Diagnostic(code="X", severity=Severity.VALUE, told="m", location=where)] if at or line else []
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
    assert [page.before for page in pages[:3]] == [None, 1, pages[2].first - PLACES_SHOWN_MAX]
    assert not any(page.cut or page.whole for page in pages)


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
    assert shown(XML, first=10_000) == shown(XML, first=0) == shown(XML)
    assert (shown(XML, first=2).before, shown(XML, first=2).first) == (1, 2)


NESTED = b"<Order><Lines><Line><Item><Part><Number>%s</Number></Part></Item></Line></Lines></Order>"


def test_what_is_laid_out_is_indented_by_what_it_stands_in_and_what_came_in_lines_is_not() -> None:
    view = shown(XML, NESTED % (b"7" * 240))
    said = [(line.depth, "".join(each.text for each in line.texts)[:8]) for line in view.lines]
    assert said == [
        (0, "<Order>"), (1, "<Lines>"), (2, "<Line>"), (3, "<Item>"), (4, "<Part>"), (5, "<Number>"),
        (4, "</Part>"), (3, "</Item>"), (2, "</Line>"), (1, "</Lines>"), (0, "</Order>"),
    ]  # fmt: skip
    as_it_came = shown(XML, b"<Order>\n  <!-- three\nlines of\na comment -->\n  <Name>two\nlines</Name>\n</Order>")
    assert [(line.number, line.depth) for line in as_it_came.lines] == [(number, 0) for number in range(1, 8)]
    assert not as_it_came.laid


def test_a_long_line_is_laid_out_and_the_short_ones_around_it_are_left_as_they_came() -> None:
    view = shown(XML, b"<Order>\n<Lines>" + b"<Line>1</Line>" * 30 + b"</Lines>\n<Name>x</Name>\n</Order>")
    numbers = [line.number for line in view.lines]
    assert (numbers[:2], numbers[-2:], set(numbers[2:-2])) == ([1, 2], [3, 4], {0})
    assert [line.depth for line in view.lines[2:-2]] == [2] * 30 + [1]
    assert [line.depth for line in view.lines[-2:]] == [0, 0]


def test_a_line_of_a_page_is_numbered_as_in_what_came() -> None:
    body = many(XML, 700)
    page = shown(XML, body, first=PLACES_SHOWN_MAX + 1)
    line = page.lines[0]
    assert body.decode().split("\n")[line.number - 1].endswith("".join(each.text for each in line.texts))
    entry = next(each for each in page.entries if each.tag.startswith("Line["))
    assert entry.tag == f"Line[{entry.number}]"


@pytest.mark.parametrize(
    ("name", "body", "named", "values"),
    [
        (XML, b'<Order a="1"><Name>x</Name></Order>', ["<Order", "a", "<Name"], ["1", "x"]),
        (JSON, b'{"items": [7]}', ["{", '"items"', "["], ["7"]),
    ],
)
def test_names_values_and_signs_are_told_apart(name: str, body: bytes, named: list[str], values: list[str]) -> None:
    [line] = shown(name, body).lines
    assert [each.text for each in line.texts if each.mark == "tag"] == named
    assert [each.text for each in line.texts if each.mark == ""] == values
    assert not [each for each in line.texts if each.mark == "sign" and each.at], "signs are no place to go to"


def test_a_value_too_long_for_a_page_is_shown_by_its_beginning() -> None:
    view = shown(XML, b"<Order><Name>" + b"n" * 9_000 + b"</Name><Next>1</Next></Order>")
    [line] = [line for line in view.lines if "nnn" in "".join(each.text for each in line.texts)]
    assert "".join(each.text for each in line.texts) == "<Name>" + "n" * PIECE_SHOWN_MAX + "…</Name>"
    [name, following] = view.entries[0].values
    assert (name.value, following.value) == ("n" * VALUE_SHOWN_MAX + "…", "1")


@pytest.mark.parametrize("name", ORDERS)
def test_what_was_refused_is_shown_by_the_names_of_the_schema_that_refused_it(name: str) -> None:
    digest = RULES.maps.map(name).schema.digest
    row = DocumentRow(message="m", position=1, partner=name.partition("/")[0], direction="in", kind="order")
    refused, agreed_no_more = (replace(row, schema_digest=each) for each in (digest, "0" * 64))
    assert view_of(ORDERS[name], refused, [], RULES).entries == shown(name).entries
    named = [each.name for entry in view_of(ORDERS[name], agreed_no_more, [], RULES).entries for each in entry.values]
    known = {each.name for entry in shown(name).entries for each in entry.values}
    assert set(named) - {None, ""} < known, "of an envelope alone, which no schema of a partner says"


@pytest.mark.parametrize(("pages", "cut"), [(1, False), (3, True)])
def test_what_stands_between_two_places_is_shown_or_said_to_be_left_out(pages: int, cut: bool) -> None:
    beside = b"<!--" + b"c" * 996 + b"-->\n"
    view = shown(XML, b"<Order><Name>1</Name>" + beside * (pages * TEXT_SHOWN_MAX // 1_000) + b"<Next>2</Next></Order>")
    assert (view.following, view.cut) == (None if cut else 3, cut)


@pytest.mark.parametrize(
    ("lines", "cut"), [(LINES_SHOWN_MAX, False), (LINES_SHOWN_MAX + 1, True)], ids=["as many as are shown", "one more"]
)
def test_of_what_is_in_no_syntax_the_first_lines_are_shown(lines: int, cut: bool) -> None:
    view = shown(XML, b"\r\n".join(b"%d" % number for number in range(1, lines + 1)), line=3)
    assert [each.texts[0].text for each in view.lines] == [f"{number}" for number in range(1, LINES_SHOWN_MAX + 1)]
    assert [each.number for each in view.lines] == list(range(1, LINES_SHOWN_MAX + 1))
    assert [(each.number, each.texts[0].at) for each in view.lines if each.texts[0].faulty] == [(3, "L3:0")]
    assert (view.cut, view.schema, view.whole) == (cut, None, not cut)


@pytest.mark.parametrize(("characters", "cut"), [(PLAIN_SHOWN_MAX, False), (PLAIN_SHOWN_MAX + 1, True)])
def test_of_one_long_line_in_no_syntax_the_beginning_is_shown(characters: int, cut: bool) -> None:
    view = shown(XML, b"x" * characters)
    assert ([len(raw(view)), view.cut]) == [PLAIN_SHOWN_MAX, cut]


def test_what_a_partner_says_of_ours_is_marked_in_ours_and_not_in_theirs() -> None:
    finding = Diagnostic(code="ACK-OURS-X", severity=Severity.VALUE, told="m", location=Location(at="/Order/Header"))
    row = DocumentRow(message="m", position=1, partner="p", direction="in", kind="order", map_name=XML)
    theirs, ours = (view_of(ORDERS[XML], replace(row, direction=each), [finding], RULES) for each in ("in", "out"))
    assert not [entry.at for entry in theirs.entries if entry.faulty]
    assert [entry.at for entry in ours.entries if entry.faulty] == ["/Order/Header"]
    elsewhere = replace(finding, code="X", location=Location(at="/Order/Header", file="partner.toml"))
    assert not [entry.at for entry in view_of(ORDERS[XML], row, [elsewhere], RULES).entries if entry.faulty]
