"""The JSON schemas at hand, by the name maps give them: north-spine/order is
schemas/json/north-spine/order.json.

In: configuration roots, a later one winning file by file. Out: a ``JsonSchema``, compiled once, or None where there is
none. A faulty file raises ``Misconfigured``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from hub.formats.json.member import JsonSchema, schema_of
from hub.formats.json.schema_file import read_json_schema

WIRE = re.compile(r"[a-z][a-z0-9-]{0,40}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,60}){1,3}")
FOLDER = "schemas/json"


class JsonSchemas:
    """Finds JSON schemas and keeps what it has read; files are read once, on first use."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._known: dict[str, JsonSchema | None] = {}  # no more than maps name

    def find(self, wire: str, partner: str | None = None) -> JsonSchema | None:
        """Return the schema ``wire``; a partner's own is one of its own name, so ``partner`` changes nothing."""
        if not WIRE.fullmatch(wire):
            return None
        if wire not in self._known:
            name = f"{FOLDER}/{wire}.json"
            path = next((root / name for root in reversed(self._roots) if os.path.lexists(root / name)), None)
            read = read_json_schema(path, name) if path is not None else None
            self._known[wire] = schema_of(wire, read.member, read.digest) if read is not None else None
        return self._known[wire]
