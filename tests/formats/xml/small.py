"""A small schema of one order, written in a test; and what comes of a body held against it."""

from __future__ import annotations

from pathlib import Path

from hub.formats.family import Checked
from hub.formats.xml.check import check
from hub.formats.xml.element import XmlSchema
from hub.formats.xml.library import XmlSchemas
from hub.formats.xml.reader import open_body

XSD = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:small" targetNamespace="urn:small"
           elementFormDefault="qualified">
  <xs:element name="Order">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Number" type="xs:string"/>
        <xs:element name="On" type="xs:date" minOccurs="0"/>
        <xs:choice minOccurs="0">
          <xs:element name="Paid" type="xs:boolean"/>
          <xs:element name="Due" type="xs:date"/>
        </xs:choice>
        <xs:element name="Line" minOccurs="0" maxOccurs="3">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="Quantity">
                <xs:complexType>
                  <xs:simpleContent>
                    <xs:extension base="Whole">
                      <xs:attribute name="unit" use="required"/>
                      <xs:attribute name="list" fixed="R20"/>
                    </xs:extension>
                  </xs:simpleContent>
                </xs:complexType>
              </xs:element>
              <xs:element name="Text" type="Short" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
            <xs:attribute name="number" type="xs:int" use="required"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:simpleType name="Whole">
    <xs:restriction base="xs:decimal">
      <xs:totalDigits value="6"/><xs:fractionDigits value="2"/>
      <xs:minInclusive value="0"/><xs:maxInclusive value="5000"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Short">
    <xs:restriction base="xs:string"><xs:minLength value="2"/><xs:maxLength value="10"/></xs:restriction>
  </xs:simpleType>
</xs:schema>
"""
SOUND = """\
<Order xmlns="urn:small">
  <Number>4711</Number>
  <On>2026-11-30</On>
  <Line number="1"><Quantity unit="EA" list="R20">12.5</Quantity><Text>as drawn</Text><Text>deburred</Text></Line>
</Order>
"""


def schema(folder: Path, text: str = XSD) -> XmlSchema:
    """Return the schema that ``text`` says, as a map would find it."""
    path = folder / "schemas" / "xml" / "small" / "order.xsd"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found = XmlSchemas([folder]).find("small/order")
    assert found is not None
    return found


def checked(folder: Path, body: str) -> Checked:
    """Return what is made of ``body``."""
    opened = open_body(body.encode())
    assert opened.root is not None, opened.findings
    return check(opened.root, schema(folder))[0]
