"""A partner's XSD: understood, or refused with the file and the line of what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.xml.check import load
from hub.kernel.errors import Misconfigured
from tests.formats.xml.small import XSD, schema


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("<xs:schema", "<xs:schemer", "not well-formed"),
        ('elementFormDefault="qualified"', "", "without the namespace"),
        ('type="xs:boolean"', 'type="xs:QName"', "type QName"),
        ('type="xs:boolean"', 'type="Nowhere"', "names Nowhere"),
        ('<xs:totalDigits value="6"/>', '<xs:totalDigits value="six"/>', "totalDigits = six"),
        ('<xs:totalDigits value="6"/>', '<xs:assertion test="true()"/>', "facet assertion"),
        (
            '  <xs:element name="Order">',
            '  <xs:include schemaLocation="/etc/passwd"/><xs:element name="Order">',
            "beside",
        ),
        (
            '  <xs:element name="Order">',
            '  <xs:import namespace="u" schemaLocation="http://127.0.0.1:9/x.xsd"/><xs:element name="Order">',
            "beside",
        ),
        ("<xs:element", '<xs:include schemaLocation="../x.xsd"/><xs:element', "beside"),
        ('<xs:attribute name="number"', '<xs:anyAttribute/><xs:attribute name="number"', "any attribute"),
        ('  <xs:element name="Order">', '  <xs:simpleType name="Order">', "not well-formed"),
        ("<xs:schema", "<!DOCTYPE x><xs:schema", "DOCTYPE"),
    ],
)
def test_what_is_not_understood_of_a_schema_is_a_fault_with_its_line(
    tmp_path: Path, was: str, becomes: str, message: str
) -> None:
    assert was in XSD
    with pytest.raises(Misconfigured, match=message) as caught:
        schema(tmp_path, XSD.replace(was, becomes))
    assert caught.value.code == "CFG-XSD"
    assert caught.value.line


@pytest.mark.parametrize("named", ["/etc/passwd", "../order.xsd", "http://127.0.0.1:9/x.xsd", ""])
def test_an_excerpt_is_of_a_file_beneath_it(tmp_path: Path, named: str) -> None:
    text = XSD.replace("<xs:schema", f'<xs:schema xmlns:hub="urn:contract-hub:excerpt" hub:excerpt-of="{named}"', 1)
    with pytest.raises(Misconfigured, match="does not lie beside it") as caught:
        schema(tmp_path, text)
    assert caught.value.code == "CFG-XSD"


def test_the_whole_schema_that_cannot_be_compiled_is_a_fault_with_its_file(tmp_path: Path) -> None:
    text = XSD.replace("<xs:schema", '<xs:schema xmlns:hub="urn:contract-hub:excerpt" hub:excerpt-of="whole.xsd"', 1)
    whole = tmp_path / "schemas" / "xml" / "small" / "whole.xsd"
    whole.parent.mkdir(parents=True)
    whole.write_text("<schema/>")
    with pytest.raises(Misconfigured, match="cannot be used") as caught:
        load(schema(tmp_path, text))
    assert str(caught.value.file).endswith("whole.xsd")


def test_a_type_within_itself_ends_where_it_begins_again(tmp_path: Path) -> None:
    nested = XSD.replace(
        '<xs:element name="Number" type="xs:string"/>',
        '<xs:element name="Number" type="xs:string"/><xs:element name="Part" type="Part" minOccurs="0"/>',
    ).replace(
        '  <xs:simpleType name="Whole">',
        '<xs:complexType name="Part"><xs:sequence><xs:element name="Name" type="xs:string"/>'
        '<xs:element name="Part" type="Part" minOccurs="0"/></xs:sequence></xs:complexType>\n'
        '  <xs:simpleType name="Whole">',
    )
    (part, *_) = schema(tmp_path, nested).root.children
    assert [inner.record.tag for inner in part.children] == ["Part"]
    assert part.children[0].children == ()


def test_a_schema_is_found_by_the_name_a_map_gives_it_and_no_other(tmp_path: Path) -> None:
    from hub.formats.xml.library import XmlSchemas

    schema(tmp_path)
    library = XmlSchemas([tmp_path])
    assert library.find("small/order") is not None
    for name in (
        "small/none",
        "../small/order",
        "small/../../x",
        "/etc/passwd",
        "x12/004010/850",
        "",
        "small",
        "a" * 500,
    ):
        assert library.find(name) is None
