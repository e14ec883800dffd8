"""XML as the flow uses it: a document is known by its root element and namespace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.flow.bodies import BodySyntax, ReadBody
from hub.formats.schema import Schema
from hub.formats.xml.element import FAMILY
from hub.formats.xml.family import XmlDocument, is_of, make_ready, named
from hub.formats.xml.reader import line_of, open_body, xpath
from hub.kernel.location import Location


class XmlSyntax(BodySyntax):
    """XML: one root element, one document."""

    name = FAMILY
    content_type = "application/xml"  # RFC 7303; in UTF-8, as its declaration says
    extension = "xml"

    def parse(self, body: bytes) -> ReadBody:
        """Return the tree of the body, or what stands in its way."""
        opened = open_body(body)
        if opened.root is None:
            return ReadBody(content=None, found="", findings=opened.findings)
        root = opened.root
        place = Location(at=xpath(root), line=line_of(root))
        return ReadBody(
            content=XmlDocument(root), found=named(root).removeprefix("{}"), findings=opened.findings, place=place
        )

    def make_ready(self, schema: Schema) -> None:
        """Load the XSD."""
        make_ready(schema)

    def choose(self, content: Any, schemas: Sequence[Schema]) -> Schema | None:
        """Return the schema whose root element it is, namespace and all."""
        document: XmlDocument = content
        return next((each for each in schemas if is_of(document, each)), None)
