"""Maps of wires whose parts have names: paths, conditions, what stands beside a value, faults with the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.families import SchemaLibrary
from hub.kernel.errors import Misconfigured
from hub.mapping.documents import read_documents, write_document
from hub.mapping.library import Map, MapLibrary
from hub.mapping.paths import Condition, PathStep, parse_path
from hub.mapping.paths import Path as WirePath
from tests.mapping.small import DOCUMENTS, Doc, Note

XSD = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="Doc"><xs:complexType><xs:sequence>
    <xs:element name="Number" type="xs:string"/>
    <xs:element name="Kind" type="xs:string" minOccurs="0"/>
    <xs:element name="Placed" type="xs:dateTime" minOccurs="0"/>
    <xs:element name="Total" type="Amount" minOccurs="0"/>
    <xs:element name="Ident" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
      <xs:attribute name="schemeID"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
    <xs:element name="Charge" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="Indicator" type="xs:boolean"/><xs:element name="Text" type="xs:string" minOccurs="0"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="Street" type="xs:string" minOccurs="0" maxOccurs="4"/>
    <xs:element name="Lines" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="Line" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="Qty"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal">
          <xs:attribute name="unitCode"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
        <xs:element name="Price" type="Amount" minOccurs="0"/>
      </xs:sequence><xs:attribute name="no"/></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
  <xs:complexType name="Amount"><xs:simpleContent><xs:extension base="xs:decimal">
    <xs:attribute name="currencyID"/></xs:extension></xs:simpleContent></xs:complexType>
</xs:schema>
"""
HEAD = '[map]\ndocument = "Doc"\nwire = "small/doc"\n[codes.unit]\nEA = "each"\n'


def library(folder: Path, text: str) -> MapLibrary:
    for name, said in (("schemas/xml/small/doc.xsd", XSD), ("mappings/small.toml", HEAD + text)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    return MapLibrary([folder], SchemaLibrary([folder]), documents=DOCUMENTS)


def read(folder: Path, text: str, *body: str) -> tuple[Doc, list[str]]:
    """Return what the map makes of a document, and the lines it writes of that."""
    map_ = library(folder, text).map("small")
    (each,) = read_documents(map_, ("<Doc><Number>7</Number>" + "".join(body) + "</Doc>").encode())
    assert each.applied is not None
    assert isinstance(each.applied.document, Doc)
    written = write_document(map_, each.applied.document)
    assert written.data is not None, written.findings
    return each.applied.document, [line.strip() for line in written.data.decode().splitlines()[2:-1]]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("number", WirePath(text="", steps=(PathStep(tag="number"),))),
        ("cac:Price/cbc:Amount", WirePath(text="", steps=(PathStep(tag="cac:Price"), PathStep(tag="cbc:Amount")))),
        ("@unitCode", WirePath(text="", names=("@unitCode",))),
        ("cbc:ID/@schemeID", WirePath(text="", steps=(PathStep(tag="cbc:ID"),), names=("@schemeID",))),
        (
            "cbc:ID[@schemeID=0160]",
            WirePath(text="", steps=(PathStep(tag="cbc:ID", conditions=(Condition(name="@schemeID", value="0160"),)),)),
        ),
        (
            "dates[type=SHIP]/value",
            WirePath(
                text="",
                steps=(
                    PathStep(tag="dates", conditions=(Condition(name="type", value="SHIP"),)),
                    PathStep(tag="value"),
                ),
            ),
        ),
        (
            "Charge[Text]/Text",
            WirePath(
                text="",
                steps=(
                    PathStep(tag="Charge", conditions=(Condition(name="Text", value=None),)),
                    PathStep(tag="Text"),
                ),
            ),
        ),
        ("Street*", WirePath(text="", steps=(PathStep(tag="Street", every=True),))),
        ("/Header/Number", WirePath(text="", steps=(PathStep(tag="Header"), PathStep(tag="Number")), top=True)),
        ("Lines/Line/#", WirePath(text="", steps=(PathStep(tag="Lines"), PathStep(tag="Line")), number=True)),
        ("size/amount,unit", WirePath(text="", steps=(PathStep(tag="size"),), names=("amount", "unit"))),
        (".", WirePath(text="", here=True)),
    ],
)
def test_a_path_of_names_says_places_and_parts(text: str, path: WirePath) -> None:
    found = parse_path(text, "summit-surgical/order")
    assert found == type(path)(**{**{f: getattr(path, f) for f in path.__struct_fields__}, "text": text})


@pytest.mark.parametrize(
    "text", ["", "a//b", "a[", "a[]", "a]b", "a b", "a|b", "'a'", "a/", "@", "a[b=1", "~1", "a~b", "a=b"]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured):
        parse_path(text, "summit-surgical/order")


def test_the_same_words_are_segments_on_an_x12_wire() -> None:
    assert parse_path("REF[CT]02", "x12/004010/850").parts == (2,)
    with pytest.raises(Misconfigured):
        parse_path("lines/sku", "x12/004010/850")


def test_a_moment_an_amount_and_a_quantity_come_with_what_stands_beside_them(tmp_path: Path) -> None:
    text = (
        '[fields]\nnumber = "Number"\nplaced = "Placed"\ntotal = "Total"\n'
        '[each.lines]\nat = "Lines/Line"\nnumber = "@no"\nquantity = "Qty"\nprice = "Price"\n'
    )
    body = (
        "<Placed>2026-11-30T14:30:00Z</Placed>",
        '<Total currencyID="EUR">12.50</Total>',
        '<Lines><Line no="1"><Qty unitCode="EA">2</Qty><Price currencyID="EUR">6.25</Price></Line></Lines>',
    )
    document, lines = read(tmp_path, text, *body)
    assert document.placed is not None
    assert (str(document.placed.on), str(document.placed.at), document.placed.zone) == ("2026-11-30", "14:30:00", "Z")
    assert document.total is not None
    assert (str(document.total.amount), document.total.currency) == ("12.50", "EUR")
    (line,) = document.lines
    assert line.quantity is not None
    assert (str(line.quantity.value), line.quantity.unit) == ("2", "each")
    assert "".join(lines) == "<Number>7</Number>" + "".join(body)


def test_a_condition_on_a_child_element_chooses_and_is_written_with_it(tmp_path: Path) -> None:
    text = '[fields]\nnumber = "Number"\ntext = "Charge[Indicator=true]/Text"\nother = "Charge[Indicator=false]/Text"\n'
    body = (
        "<Charge><Indicator>false</Indicator><Text>less</Text></Charge>",
        "<Charge><Indicator>true</Indicator><Text>more</Text></Charge>",
    )
    document, lines = read(tmp_path, text, *body)
    assert (document.text, document.other) == ("more", "less")
    assert "".join(lines) == "<Number>7</Number>" + body[1] + body[0]


def test_a_condition_on_an_attribute_of_a_simple_element_takes_it_or_leaves_it(tmp_path: Path) -> None:
    text = '[fields]\nnumber = "Number"\ntext = "Ident[@schemeID=0160]"\n'
    document, lines = read(tmp_path, text, '<Ident schemeID="0160">94</Ident>')
    assert document.text == "94"
    assert '<Ident schemeID="0160">94</Ident>' in lines
    document, lines = read(tmp_path, text, '<Ident schemeID="0088">95</Ident>')
    assert document.text is None


def test_a_condition_that_names_no_value_asks_for_any(tmp_path: Path) -> None:
    """The same at a place of a list, at a rule beside it, and written; what stands empty says nothing."""
    text = (
        '[fields]\nnumber = "Number"\nother = "Charge[Text=]/Indicator"\n'
        '[each.notes]\nat = "Charge[Text]"\ntext = "Text"\nkind = "Indicator"\n'
    )
    spoken = "<Charge><Indicator>true</Indicator><Text>more</Text></Charge>"
    silent = "<Charge><Indicator>false</Indicator></Charge>"
    document, lines = read(tmp_path, text, spoken, silent)
    assert (document.other, [note.text for note in document.notes]) == ("false", ["more"])
    assert sorted("".join(lines).replace("</Charge>", "</Charge>\n").split("\n"))[1:] == sorted(
        ["<Number>7</Number>" + silent, spoken]
    )
    document, _ = read(tmp_path, text, silent.replace("</Charge>", "<Text></Text></Charge>"))
    assert (document.other, document.notes) == ("false", [])


def test_a_star_takes_every_such_element(tmp_path: Path) -> None:
    text = '[fields]\nnumber = "Number"\ntexts = "Street*"\n'
    document, lines = read(tmp_path, text, "<Street>a</Street><Street>b</Street>")
    assert document.texts == ["a", "b"]
    assert lines[1:] == ["<Street>a</Street>", "<Street>b</Street>"]


def test_what_no_rule_reads_is_told_by_its_place(tmp_path: Path) -> None:
    map_ = library(tmp_path, '[fields]\nnumber = "Number"\n').map("small")
    (each,) = read_documents(map_, b"<Doc><Number>7</Number>\n<Kind>x</Kind>\n<Street>a</Street></Doc>")
    told = sorted((f.code, f.location.at, f.location.line) for f in each.findings)
    assert told == [("MAP-UNREAD", "/Doc/Kind", 2), ("MAP-UNREAD", "/Doc/Street", 3)]


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ('number = "Numbre"', "did you mean `Number`?"),
        ('number = "number"', "did you mean `Number`?"),
        ('number = "Lines/Lien/@no"', "did you mean `Line`?"),
        ('number = "Ident/@schemaID"', "did you mean `Ident/@schemeID`?"),
        ('number = "Charge[Indcator=true]/Text"', "did you mean `Indicator`?"),
        ('number = "PO1O2"', None),
        ('number = "Number/@x"', None),
        ('number = "a b"', None),
        ('number = "Number | cod:x"', "did you mean code?"),
        ('numbr = "Number"', "did you mean 'number'?"),
        ('total = "Number"', "say total.amount, total.currency"),
    ],
)
def test_a_fault_names_file_line_and_the_nearest_name(tmp_path: Path, line: str, remedy: str | None) -> None:
    (fault,) = library(tmp_path, f"[fields]\n{line}\n").faults("small")
    assert str(fault.where) == "small.toml:7"
    assert fault.where.column > 1
    if remedy is not None:
        assert fault.remedy == remedy


def test_a_list_stands_at_a_place_and_not_at_a_value(tmp_path: Path) -> None:
    faults = library(tmp_path, '[each.lines]\nat = "Number"\nnumber = "."\n').faults("small")
    assert [fault.code for fault in faults] == ["MAP-AT"]


JSON_SCHEMA = """\
{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "number", "type": "object",
 "additionalProperties": false, "properties": {
  "number": {"type": "string"}, "text": {"type": "string"}, "lines": {"type": "array", "items": {
   "type": "object", "additionalProperties": false, "properties": {"no": {"type": "string"}}}}}}
"""


def json_map(folder: Path, text: str) -> Map:
    head = '[map]\ndocument = "Doc"\nwire = "small/number"\n'
    for name, said in (("schemas/json/small/number.json", JSON_SCHEMA), ("mappings/small.toml", head + text)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    return MapLibrary([folder], SchemaLibrary([folder]), documents=DOCUMENTS).map("small")


def test_a_member_may_be_called_as_its_document_is(tmp_path: Path) -> None:
    map_ = json_map(tmp_path, '[fields]\nnumber = "number"\n')
    rendered = map_.render(Doc(number="4711"))
    assert rendered.root is not None
    assert b'"number": "4711"' in (map_.family.write(rendered.root, map_.schema).body or b"")


@pytest.mark.parametrize(("count", "faults"), [(0, []), (1, []), (2, ["MAP-FULL"]), (3, ["MAP-FULL", "MAP-FULL"])])
def test_a_place_that_holds_one_item_refuses_a_second_and_is_not_written_over(
    tmp_path: Path, count: int, faults: list[str]
) -> None:
    map_ = json_map(tmp_path, '[fields]\nnumber = "number"\n[each.notes]\nat = "."\ntext = "text"\n')
    rendered = map_.render(Doc(number="1", notes=[Note(text=f"note {n}") for n in range(1, count + 1)]))
    assert [each.code for each in rendered.findings if each.severity.is_reject] == faults
    written = map_.family.write(rendered.root, map_.schema).body if rendered.root is not None else None
    assert written is not None
    assert (b"note 1" in written) == (count > 0)
    assert b"note 2" not in written
