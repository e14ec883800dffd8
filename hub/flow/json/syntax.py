"""JSON as the flow uses it: a document is known by the member that says its type, or as the only one agreed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.flow.bodies import BodySyntax, ReadBody
from hub.formats.json.family import JsonContent
from hub.formats.json.member import FAMILY
from hub.formats.json.reader import open_body
from hub.formats.json.routing import agreed_schema, make_ready, named
from hub.formats.schema import Schema


class JsonSyntax(BodySyntax):
    """JSON: one value, one document."""

    name = FAMILY
    content_type = "application/json"  # RFC 8259: UTF-8, and nothing else
    extension = "json"

    def parse(self, body: bytes) -> ReadBody:
        """Return the value of the body, or what stands in its way."""
        document, findings = open_body(body)
        if document is None:
            return ReadBody(content=None, found="", findings=findings)
        return ReadBody(content=JsonContent(document), found=named(document), findings=findings, place=document.at(""))

    def choose(self, content: Any, schemas: Sequence[Schema]) -> Schema | None:
        """Return the schema whose type it says, else the only one that it can be."""
        read: JsonContent = content
        return agreed_schema(read.document, schemas)

    def make_ready(self, schema: Schema) -> None:
        """Compile the layout."""
        make_ready(schema)
