"""What a JSON document says, as texts to compare: blanks, order of members and spellings of one value aside.

In: a document that was judged sound, its schema, and what a map takes its parts for. Out: lines. Two documents have the
same where each of their values is the same; what the schema does not know is compared as it stands.
"""

from __future__ import annotations

import json
from typing import Any

from hub.formats.family import Kinds
from hub.formats.iso import alike
from hub.formats.json.check import JsonLayout, layout_of, written_out
from hub.formats.json.member import TEXT, JsonSchema
from hub.formats.json.reader import JsonDocument, Number
from hub.formats.simple import KINDS


def said_by(document: JsonDocument, schema: JsonSchema, kinds: Kinds) -> list[str]:
    """Return what ``document`` says, one value a line."""
    layout = layout_of(schema)
    said = _object(document.value, layout, kinds) if isinstance(document.value, dict) else document.value
    return json.dumps(said, indent=2, sort_keys=True, ensure_ascii=False).split("\n")


def _object(value: dict[str, Any], layout: JsonLayout, kinds: Kinds) -> dict[str, Any]:
    """Return the members that say something: null, a text of blanks alone and an empty list say nothing."""
    said: dict[str, Any] = {}
    for key, inner in value.items():
        known = layout.inner.get(key)
        if known is None:
            said[key] = _unknown(inner)
            continue
        of_part = known.member.is_part
        made = _value(inner, known, kinds, (layout.name, key) if of_part else (known.name, TEXT))
        if made not in (None, "", []):
            said[key] = made
    return said


def _value(value: Any, layout: JsonLayout, kinds: Kinds, place: tuple[str, str]) -> Any:
    if isinstance(value, list):
        return [_value(item, layout, kinds, place) for item in value]
    if isinstance(value, dict):
        return _object(value, layout, kinds)
    kind = kinds.get(place) or KINDS.get(layout.simple.type, "")
    if isinstance(value, Number):
        return f"#{alike(kind, written_out(value))}"
    if isinstance(value, str):
        return f"'{alike(kind, value)}" if value.strip() else ""
    return value


def _unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unknown(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unknown(inner) for inner in value]
    if isinstance(value, Number):
        return f"#{alike('Decimal', written_out(value))}"
    return f"'{value}" if isinstance(value, str) else value
