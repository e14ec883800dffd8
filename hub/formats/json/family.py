"""JSON as maps use it: documents of an agreed schema, judged and made trees; a tree back into one.

In: bytes with a schema, or a tree. Out: documents with their findings, or bytes. Nothing a partner sends raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hub.formats.family import Checked, Kinds, OpenedDocument, Written
from hub.formats.iso import PlainFamily
from hub.formats.json.broken import before_the_break
from hub.formats.json.check import check, layout_of, locate
from hub.formats.json.library import JsonSchemas
from hub.formats.json.member import FAMILY, JsonSchema
from hub.formats.json.reader import JsonDocument, Number, open_body
from hub.formats.json.routing import agreed_schema, named
from hub.formats.json.said import said_by
from hub.formats.json.writer import write
from hub.formats.packed import packed
from hub.formats.schema import Schema
from hub.formats.signs import unfit_sign
from hub.formats.tree import Node
from hub.kernel.diagnostics import Diagnostic, worst
from hub.kernel.errors import Defect, Unreadable
from hub.kernel.location import Location


class JsonFamily(PlainFamily):
    """JSON as maps use it."""

    name = FAMILY
    called = "JSON"
    extension = "wire.json"  # input.json is the canonical document

    def schemas(self, roots: Sequence[Path]) -> JsonSchemas:
        """Return what finds JSON schemas in configuration ``roots``."""
        return JsonSchemas(roots)

    def held(self, text: str) -> str | None:
        """Return all of ``text``; "" of blanks alone, None for what no other wire could hold."""
        if unfit_sign(text) is not None:
            return None
        return text if text.strip() else ""

    def locate(self, node: Node | None, part: int | None, component: int | None, path: str | None) -> Location:
        """Return pointer, line and column."""
        return locate(node, part, path)

    def spelt(self, schema: Schema, tag: str, part: int) -> str:
        """Return lines/sku."""
        record = schema.records.get(tag) or schema.root.record
        key = record.parts[part - 1].key if 0 < part <= len(record.parts) else "."
        return tag if key == "." else f"{tag}/{key}"

    def documents(self, data: bytes) -> Iterator[OpenedDocument | list[Diagnostic]]:
        """Yield the one document of a body, by the type it says."""
        document, findings = open_body(data)
        if document is None:
            wrapped = packed(data)
            raise Unreadable.of(findings if wrapped is None else [wrapped], FAMILY)
        yield _opened(document, findings)

    def beginning(self, data: bytes) -> OpenedDocument | None:
        """Return what is whole before the break, as a document."""
        document = before_the_break(data)
        return None if document is None else _opened(document, [])

    def choose(self, received: OpenedDocument, schemas: Sequence[Schema]) -> Schema | None:
        """Return the schema whose type it says, else the only one that it can be."""
        content: JsonContent = received.content
        return agreed_schema(content.document, schemas)

    def make_ready(self, schema: Schema) -> None:
        """Compile the layout."""
        layout_of(_agreed(schema))

    def check(self, received: OpenedDocument, schema: Schema) -> Checked:
        """Judge a document by its schema."""
        content: JsonContent = received.content
        checked, content.nodes = check(content.document, _agreed(schema))
        return checked

    def write(self, root: Node, schema: Schema, dress: object = None, *, bare: bool = False) -> Written:
        """Return a tree as JSON that the schema allows, or what it refuses; JSON has no envelope of its own."""
        agreed = _agreed(schema)
        body = write(root, agreed)
        document, findings = open_body(body)
        if document is not None:
            findings = check(document, agreed)[0].findings
        return Written(body=None if worst(findings).is_reject else body, findings=findings)

    def dress(self, received: OpenedDocument) -> object:
        """Return nothing: a JSON document is dressed by its schema."""
        return None

    def pieces(self, data: bytes) -> list[str]:
        """Return the lines."""
        return data.decode().split("\n")

    def body(self, received: OpenedDocument) -> list[str]:
        """Return what the document says, whatever its blanks and the order of its members."""
        content: JsonContent = received.content
        return json.dumps(_plain(content.document.value), indent=2, sort_keys=True, ensure_ascii=False).split("\n")

    def said(self, received: OpenedDocument, schema: Schema, kinds: Kinds) -> list[str]:
        """Return what the document says, whatever its blanks, the order of its members and how a value is spelt."""
        content: JsonContent = received.content
        return said_by(content.document, _agreed(schema), kinds)

    def sent(self, received: OpenedDocument, position: int, part: int, component: int | None) -> str:
        """Return the text of a part: of the ``position``-th place, as ``check`` counts them."""
        content: JsonContent = received.content
        value = content.nodes[position - 1].values[part]
        return value if isinstance(value, str) else ""

    def rule(self, received: OpenedDocument, at: Location) -> str:
        """Return the path of a finding from the root, without the numbers of items."""
        return re.sub(r"/\d+(?=/|\Z)", "", at.at or "").lstrip("/")


class JsonContent:
    """A document on its way, and once it is judged its nodes by position."""

    __slots__ = ("document", "nodes")

    def __init__(self, document: JsonDocument) -> None:
        self.document = document
        self.nodes: list[Node] = []


def _opened(document: JsonDocument, findings: list[Diagnostic]) -> OpenedDocument:
    place, content = document.at(""), JsonContent(document)
    return OpenedDocument(kind=named(document), number="", place=place, content=content, findings=findings)


def _agreed(schema: Schema) -> JsonSchema:
    if not isinstance(schema, JsonSchema):
        raise Defect(f"{schema.wire} is no schema of JSON")
    return schema


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return f"#{value}" if isinstance(value, Number) else value
