"""JSON as the flow uses it: one value, one document, known by the member that says its type."""

from __future__ import annotations

import re

from hub.flow.bodies import BodySyntax
from hub.flow.json.view import view
from hub.flow.outward_sentences import BROKEN, said_to_partners
from hub.flow.views import View
from hub.formats.json.family import JsonFamily
from hub.formats.schema import Schema
from hub.kernel.location import Location

said_to_partners({"SYN-JSON-BROKEN/unforeseen": BROKEN})


class JsonSyntax(BodySyntax):
    """JSON: what its family reads is the whole message."""

    family = JsonFamily()
    content_type = "application/json"  # RFC 8259: UTF-8, and nothing else
    extension = "json"
    begins = re.compile(rb"""["'{\[]|(?:null|true|false|-?[0-9.]+)\s*\Z""")
    root = Location(at="")  # RFC 6901: the pointer of the whole document

    def is_called(self, content_type: str) -> bool:
        """All of it is called so, its own types too (RFC 6839)."""
        return content_type.endswith("json")

    def page(self, body: bytes, schema: Schema | None, faulty: set[str], *, first: int) -> View:
        """Return the document by its values."""
        return view(body, schema, faulty, first=first)
