"""XML as the flow uses it: one root element, one document, known by that element and its namespace."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hub.exchange.partners import Partner
from hub.flow.bodies import WRAPPED, BodySyntax
from hub.flow.documents import NotRouted
from hub.flow.outward_sentences import BROKEN, said_to_partners
from hub.flow.views import View
from hub.flow.xml.view import view
from hub.formats.family import OpenedDocument
from hub.formats.schema import Schema
from hub.formats.xml.beginnings import beginning_of
from hub.formats.xml.family import XmlFamily
from hub.kernel.location import Location
from hub.mapping.library import Map

said_to_partners({"SYN-XML-BROKEN/unforeseen": BROKEN})


class XmlSyntax(BodySyntax):
    """XML: what its family reads is the whole message."""

    family = XmlFamily()
    content_type = "application/xml"  # RFC 7303; in UTF-8, as its declaration says
    extension = "xml"
    begins = re.compile(rb"<")
    root = Location(at="/")

    def not_routed(self, received: OpenedDocument, partner: Partner, maps: Sequence[Map]) -> NotRouted:
        """Say it by the name and the number of the document, also of one that stands in an envelope."""
        said = beginning_of(received, [each.schema for each in maps])
        case = WRAPPED if said.wrapped else None
        finding = self.unexpected(received, partner, maps, case, document=said.wrapped or said.name)
        return NotRouted(finding=finding, kind=said.name, number=said.number, numbers=said.numbers)

    def is_called(self, content_type: str) -> bool:
        """Whatever says so anywhere: text/xml, application/xml, its own types (RFC 7303)."""
        return "xml" in content_type

    def page(self, body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
        """Return the document by its elements."""
        return view(body, schema, faulty, first=first)
