"""XML as maps use it: documents of an agreed schema, judged and made trees; a tree back into one.

In: bytes with a schema, or a tree. Out: documents with their findings, or bytes. Nothing a partner sends raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from hub.formats.family import Checked, Kinds, OpenedDocument, Written
from hub.formats.iso import PlainFamily
from hub.formats.packed import packed
from hub.formats.schema import Schema
from hub.formats.tree import Node
from hub.formats.xml import values
from hub.formats.xml.broken import before_the_break
from hub.formats.xml.check import check, judge, load, locate
from hub.formats.xml.element import FAMILY, XmlSchema
from hub.formats.xml.faults import nothing_said
from hub.formats.xml.library import XmlSchemas
from hub.formats.xml.reader import line_of, open_body, xpath
from hub.formats.xml.said import said_by, tidy
from hub.formats.xml.writer import write
from hub.kernel.diagnostics import Diagnostic, worst
from hub.kernel.errors import Defect, Unreadable
from hub.kernel.location import Location
from hub.kernel.spelling import visible


class XmlFamily(PlainFamily):
    """XML as maps use it."""

    name = FAMILY
    called = "XML"
    extension = "xml"

    def schemas(self, roots: Sequence[Path]) -> XmlSchemas:
        """Return what finds XML schemas in configuration ``roots``."""
        return XmlSchemas(roots)

    def held(self, text: str) -> str | None:
        """Return what an element holds of ``text``."""
        return values.held(text)

    def locate(self, node: Node | None, part: int | None, component: int | None, path: str | None) -> Location:
        """Return XPath and line."""
        return locate(node, part, path)

    def spelt(self, schema: Schema, tag: str, part: int) -> str:
        """Return Line/Quantity, Line/@number."""
        record = schema.records.get(tag) or schema.root.record
        key = record.parts[part - 1].key if 0 < part <= len(record.parts) else "."
        return tag if key == "." else f"{tag}/{key}"

    def documents(self, data: bytes) -> Iterator[OpenedDocument | list[Diagnostic]]:
        """Yield the one document of a body, by its root element."""
        opened = open_body(data)
        if opened.root is None:
            wrapped = packed(data)
            raise Unreadable.of(opened.findings if wrapped is None else [wrapped], FAMILY)
        yield _opened(opened.root, opened.findings)

    def beginning(self, data: bytes) -> OpenedDocument | None:
        """Return what is whole before the break, as a document."""
        root = before_the_break(data)
        return None if root is None else _opened(root, [])

    def choose(self, received: OpenedDocument, schemas: Sequence[Schema]) -> Schema | None:
        """Return the schema whose root element it is, namespace and all."""
        tag = _document(received).root.tag
        return next((each for each in schemas if tag == agreed(each).element.clark), None)

    def make_ready(self, schema: Schema) -> None:
        """Load the XSD."""
        load(agreed(schema))

    def check(self, received: OpenedDocument, schema: Schema) -> Checked:
        """Judge a document by its schema."""
        document = _document(received)
        checked, document.nodes = check(document.root, agreed(schema))
        return checked

    def write(self, root: Node, schema: Schema, dress: object = None, *, bare: bool = False) -> Written:
        """Return a tree as XML that the schema allows, or what it refuses; XML has no envelope of its own."""
        xml = agreed(schema)
        body, empty = write(root, xml)
        opened = open_body(body)
        findings = opened.findings if opened.root is None else judge(opened.root, xml)
        findings += [nothing_said(name) for name in empty]
        return Written(body=None if worst(findings).is_reject else body, findings=findings)

    def dress(self, received: OpenedDocument) -> object:
        """Return nothing: an XML document is dressed by its schema."""
        return None

    def pieces(self, data: bytes) -> list[str]:
        """Return the lines."""
        return data.decode().split("\n")

    def body(self, received: OpenedDocument) -> list[str]:
        """Return what the document says, whatever its blanks, its prefixes and the order of its attributes."""
        canonical: str = etree.canonicalize(tidy(_document(received).root), rewrite_prefixes=True)
        return canonical.split("\n")

    def said(self, received: OpenedDocument, schema: Schema, kinds: Kinds) -> list[str]:
        """Return what the document says, whatever its blanks, prefixes, order of attributes and spelling of a value."""
        return said_by(_document(received).root, agreed(schema), kinds)

    def sent(self, received: OpenedDocument, position: int, part: int, component: int | None) -> str:
        """Return the text of a part: of the ``position``-th place, as ``check`` counts them."""
        value = _document(received).nodes[position - 1].values[part]
        return value if isinstance(value, str) else ""

    def rule(self, received: OpenedDocument, at: Location) -> str:
        """Return the path of a finding from the root, without the numbers of its steps."""
        return "/".join(re.sub(r"\[\d+\]", "", at.at or "").split("/")[2:])


class XmlDocument:
    """A document on its way: its root element, and once it is judged its nodes by position."""

    __slots__ = ("nodes", "root")

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.nodes: list[Node] = []


def _document(received: OpenedDocument) -> XmlDocument:
    found: XmlDocument = received.content
    return found


def _opened(root: etree._Element, findings: list[Diagnostic]) -> OpenedDocument:
    place = Location(at=xpath(root), line=line_of(root))
    return OpenedDocument(kind=_named(root), number="", place=place, content=XmlDocument(root), findings=findings)


def _named(root: etree._Element) -> str:
    """Return a root element with its namespace, where it has one."""
    return visible(root.tag)


def agreed(schema: Schema) -> XmlSchema:
    """Return a schema as what this family judges by."""
    if not isinstance(schema, XmlSchema):
        raise Defect(f"{schema.wire} is no schema of XML")
    return schema
