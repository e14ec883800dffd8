"""JSON bodies of strangers: opened, or refused with a code, a place and a remedy; and held against their schema."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from hub.formats.families import SchemaLibrary
from hub.formats.json import limits
from hub.formats.json.library import JsonSchemas
from hub.formats.json.reader import Number, open_body
from hub.kernel.errors import Misconfigured
from hub.mapping.documents import read_documents
from hub.mapping.library import MapLibrary
from tests.house import CHECKOUT, Many

ORDER = '{"messageType": "purchaseOrder", "orderId": "1", "items": [%s]}'
LINE = '{"lineNo": 1, "partNo": "P", "size": {"amount": 5, "unit": "each"}}'
MAP = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT])).map("helix-diagnostics/order")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SYN-JSON-EMPTY"),
        (b" \n ", "SYN-JSON-EMPTY"),
        (b"{", "SYN-JSON-BROKEN"),
        (b"{}{}", "SYN-JSON-MANY"),
        (b"{} trailing", "SYN-JSON-BROKEN"),
        (b'{"a": NaN}', "SYN-JSON-BROKEN"),
        (b'{"a": Infinity}', "SYN-JSON-BROKEN"),
        (b'{"a": 01}', "SYN-JSON-BROKEN"),
        (b'{"a": +1}', "SYN-JSON-BROKEN"),
        (b'{"a": .5}', "SYN-JSON-BROKEN"),
        (b'{"a": "\x00"}', "SYN-JSON-BROKEN"),
        (b'{"a": "\x1b[2J"}', "SYN-JSON-BROKEN"),
        (b"{'a': 1}", "SYN-JSON-BROKEN"),
        (b'{"a": 1,}', "SYN-JSON-BROKEN"),
        (b"<a/>", "SYN-JSON-BROKEN"),
        (b'{"a": "\\ud800"}', "SYN-JSON-SURROGATE"),
        (b'{"a": "\\ud800x"}', "SYN-JSON-SURROGATE"),
        (b'{"a": "\xed\xa0\x80"}', "SYN-JSON-ENCODING"),
        (b'{"a": "\xff"}', "SYN-JSON-ENCODING"),
        ('{"a": "ä"}'.encode("latin-1"), "SYN-JSON-ENCODING"),
        (b'{"a": 1, "a": 1}', "SYN-JSON-TWICE"),
        (b'{"b": [{"a": 1, "\\u0061": 2}]}', "SYN-JSON-TWICE"),
        (b"[" * 100_000 + b"]" * 100_000, "SYN-JSON-DEPTH"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "SYN-JSON-DEPTH"),
        (b"[" + b"0," * limits.VALUES_MAX + b"0,0]", "SYN-JSON-VALUES"),
        (b'{"a": ' + b"9" * limits.BODY_BYTES_MAX + b"}", "SYN-JSON-BYTES"),
    ],
)
def test_what_is_no_json_or_too_much_of_it_is_refused_with_its_reason(data: bytes, code: str) -> None:
    document, findings = open_body(data)
    assert document is None
    assert {finding.code for finding in findings} == {code}
    assert all(finding.remedy for finding in findings)


def test_every_name_that_comes_twice_is_told_by_pointer_line_and_column() -> None:
    body = b'{"a": 1,\n "b": [{"c": 1, "c": 2}],\n "a": 2, "x/y": 1, "x/y": 2}'
    _, findings = open_body(body)
    told = [(each.found, each.location.at, each.location.line) for each in findings]
    assert told == [("c", "/b/0/c", 2), ("a", "/a", 1), ("x/y", "/x~1y", 3)]


@pytest.mark.parametrize(
    "number", ["12.50", "0.1", "1e3", "-0", "123456789012345678901234567890", "9" * 1_000_000, "1E400"]
)
def test_a_number_is_kept_as_it_was_sent(number: str) -> None:
    document, findings = open_body(f'{{"a": {number}}}'.encode())
    assert document is not None, findings
    assert document.value["a"] == number
    assert isinstance(document.value["a"], Number)


@pytest.mark.parametrize("text", ["[[[" * 40, '\\"{[', "\\\\" + "{" * 80])
def test_brackets_in_a_text_nest_nothing(text: str) -> None:
    document, findings = open_body(f'{{"a": "{text}"}}'.encode())
    assert document is not None, findings


@pytest.mark.parametrize(
    ("body", "code", "at", "column"),
    [
        (ORDER % LINE.replace("5", '"5"'), "GDE-VALUE-TYPE", "/items/0/size/amount", None),
        (ORDER % LINE.replace("5", "-5"), "GDE-VALUE-LOW", "/items/0/size/amount", None),
        (ORDER % LINE.replace("5", "true"), "GDE-VALUE-TYPE", "/items/0/size/amount", None),
        (ORDER % LINE.replace("5", "[5]"), "GDE-NAME-SHAPE", "/items/0/size/amount", None),
        (ORDER % LINE.replace("5", "1e999999"), "GDE-VALUE-DIGITS", "/items/0/size/amount", None),
        (ORDER % LINE.replace("5", "9" * 5_000), "GDE-VALUE-LONG", "/items/0/size/amount", None),
        (ORDER % LINE.replace('"each"', '"pallet"'), "GDE-VALUE-CODE", "/items/0/size/unit", None),
        (ORDER % LINE.replace('"P"', '""'), "GDE-VALUE-SHORT", "/items/0/partNo", None),
        (ORDER % LINE.replace('"P"', f'"{"x" * 36}"'), "GDE-VALUE-LONG", "/items/0/partNo", None),
        (ORDER % LINE.replace('"P"', "null"), "GDE-NAME-MISSING", "/items/0", 60),
        (ORDER % LINE.replace('"partNo"', '"part"'), "GDE-NAME-UNKNOWN", "/items/0/part", None),
        (ORDER % '"text"', "GDE-NAME-SHAPE", "/items/0", 60),
        (ORDER % "", "GDE-NAME-MISSING", "/items", 59),
        (ORDER.replace("[%s]", "{}"), "GDE-NAME-SHAPE", "/items", 59),
        ("[1]", "GDE-NAME-SHAPE", "", 1),
        ("null", "GDE-NAME-SHAPE", "", 1),
        ('"text"', "GDE-NAME-SHAPE", "", 1),
    ],
)
def test_what_the_schema_refuses_is_told_where_it_stands(body: str, code: str, at: str, column: int | None) -> None:
    (each,) = read_documents(MAP, body.encode())
    finding = next(found for found in each.findings if found.code == code)
    assert (finding.location.at, finding.location.line) == (at, 1)
    assert finding.location.column == (column or finding.location.column)
    assert finding.location.column
    assert finding.remedy


def test_a_document_of_another_kind_is_not_read_as_an_order() -> None:
    (each,) = read_documents(MAP, (ORDER % LINE).replace("purchaseOrder", "inventory").encode())
    assert each.applied is None
    assert [finding.code for finding in each.findings] == ["MAP-SET"]


def test_an_exact_number_reaches_the_order_and_comes_back() -> None:
    body = ORDER % LINE.replace('{"amount": 5', '{"amount": 5.10')
    (each,) = read_documents(MAP, body.encode())
    assert each.applied is not None
    line = each.applied.document.lines[0]  # type: ignore[union-attr]
    assert line.quantity.value == Decimal("5.10")
    rendered = MAP.render(each.applied.document)  # type: ignore[arg-type]
    assert rendered.root is not None
    written = MAP.family.write(rendered.root, MAP.schema)
    assert written.body is not None
    assert b'"amount": 5.10,' in written.body
    assert b'"messageType": "purchaseOrder",' in written.body


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("{", "not well-formed"),
        ('{"type": "array", "items": {"type": "string"}}', "no object"),
        ('{"type": "string"}', "no object"),
        ('{"properties": {"a": {"oneOf": []}}}', "type None"),
        ('{"properties": {"a": {"type": "string", "oneOf": []}}}', "oneOf"),
        ('{"properties": {"a": {"type": ["string", "number"]}}}', "type"),
        ('{"properties": {"a": {"$ref": "http://127.0.0.1:9/x"}}}', "not in this file"),
        ('{"properties": {"a": {"$ref": "#/$defs/none"}}}', "is not there"),
        ('{"properties": {"a": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}}}', "arrays"),
        ('{"$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}, "$ref": "#/$defs/a"}', "nests deeper"),
        ('{"properties": {"a": true}}', "no schema object"),
        ('{"properties": {}, "required": "a"}', "otherwise"),
        ('{"properties": {"a": {"type": "string"}}, "properties": {}}', "twice"),
    ],
)
def test_what_is_not_understood_of_a_schema_is_a_fault_of_its_file(tmp_path: Path, schema: str, message: str) -> None:
    path = tmp_path / "schemas" / "json" / "small" / "order.json"
    path.parent.mkdir(parents=True)
    path.write_text(schema)
    with pytest.raises(Misconfigured, match=message) as caught:
        JsonSchemas([tmp_path]).find("small/order")
    assert caught.value.code == "CFG-JSON-SCHEMA"
    assert caught.value.file == "schemas/json/small/order.json"


PIECES = (
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u0000", b"\\ud800", b"1e9", b"-", b"null", b"\x00",
    b"\xff", b"9" * 400, b'"items"', b"true", b"\xe2\x80\xae",
)  # fmt: skip


@pytest.mark.proof
def test_no_bytes_surprise_the_reader_or_the_map(many: Many) -> None:
    inputs, chance = many(300, proof=500_000), random.Random(20261129)
    seed = (ORDER % ", ".join([LINE] * 3)).encode()
    for _ in range(inputs):
        data = bytearray(seed)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data) + 1)
            if chance.random() < 0.5:
                data[at:at] = chance.choice(PIECES)
            else:
                del data[at : at + chance.randint(1, 8)]
        for each in read_documents(MAP, bytes(data)):
            assert each.applied is not None or each.findings
