"""XML as the flow uses it: one root element, one document, known by that element and its namespace."""

from __future__ import annotations

from hub.flow.bodies import BodySyntax
from hub.flow.views import View
from hub.flow.xml.view import view
from hub.formats.schema import Schema
from hub.formats.xml.family import XmlFamily
from hub.kernel.location import Location


class XmlSyntax(BodySyntax):
    """XML: what its family reads is the whole message."""

    family = XmlFamily()
    content_type = "application/xml"  # RFC 7303; in UTF-8, as its declaration says
    extension = "xml"
    root = Location(at="/")

    def page(self, body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
        """Return the document by its elements."""
        return view(body, schema, faulty, first=first)
