"""JSON as the flow uses it: one value, one document, known by the member that says its type."""

from __future__ import annotations

from hub.flow.bodies import BodySyntax
from hub.formats.json.family import JsonFamily


class JsonSyntax(BodySyntax):
    """JSON: what its family reads is the whole message."""

    family = JsonFamily()
    content_type = "application/json"  # RFC 8259: UTF-8, and nothing else
    extension = "json"
