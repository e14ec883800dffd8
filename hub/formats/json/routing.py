"""Which of several schemas a JSON document is of. A JSON has no root element: members of one value say its type.

In: a document, and the schemas agreed with its sender. Out: the one it is to be judged by, or None; and what to call a
document of which that cannot be said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.formats.json.check import layout_of
from hub.formats.json.member import JsonSchema
from hub.formats.json.reader import JsonDocument
from hub.formats.schema import Schema
from hub.kernel.errors import Defect
from hub.kernel.spelling import visible

TYPE_NAMES = ("messageType", "documentType", "type", "document", "kind")
"""Members by which senders usually say what a document is: to name one that nobody agreed on."""

NAMES_SHOWN_MAX = 5


def agreed_schema(document: JsonDocument, schemas: Sequence[Schema]) -> Schema | None:
    """Return the schema whose fixed members the document has.

    Where it says no type of any, it is the only one of those that name another type in none of its members; of several,
    the only one whose required members are all there.
    """
    value = document.value if isinstance(document.value, dict) else {}
    agreed = [_json(each) for each in schemas]
    said = [each for each in agreed if (fixed := _fixed(each)) and all(_says(value, *pair) for pair in fixed)]
    if said:
        return _only(said)
    possible = [each for each in agreed if not any(_says_other(value, *pair) for pair in _fixed(each))]
    return _only(possible) or _only([each for each in possible if _has_all(value, each)])


def named(document: JsonDocument) -> str:
    """Return what to call a document: the type it says, else its first members."""
    value = document.value
    if not isinstance(value, dict):
        return "array" if isinstance(value, list) else "value"
    said = next((value[name] for name in TYPE_NAMES if isinstance(value.get(name), str)), None)
    return visible(said) if said else visible(", ".join(list(value)[:NAMES_SHOWN_MAX])) or "object"


def _fixed(schema: JsonSchema) -> list[tuple[str, str]]:
    return [(member.name, member.fixed) for member in schema.member.members if member.fixed is not None]


def _says(value: dict[str, Any], name: str, wanted: str) -> bool:
    return str(value.get(name)) == wanted


def _says_other(value: dict[str, Any], name: str, wanted: str) -> bool:
    return value.get(name) is not None and not _says(value, name, wanted)


def _has_all(value: dict[str, Any], schema: JsonSchema) -> bool:
    """Say whether all is there that must be, but for the members that only say the type."""
    return value.keys() >= set(layout_of(schema).required) - {name for name, _ in _fixed(schema)}


def _only(schemas: Sequence[JsonSchema]) -> JsonSchema | None:
    return schemas[0] if len(schemas) == 1 else None


def _json(schema: Schema) -> JsonSchema:
    if not isinstance(schema, JsonSchema):
        raise Defect(f"{schema.wire} is no schema of JSON")
    return schema
