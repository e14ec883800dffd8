"""The XML schemas at hand, by the name maps give them: north-spine/order is schemas/xml/north-spine/order.xsd.

In: configuration roots, a later one winning file by file. Out: an ``XmlSchema``, compiled once for its content, or
None where there is none. A faulty file raises ``Misconfigured``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from hub.formats.xml.element import XmlSchema, schema_of
from hub.formats.xml.xsd import read_xsd

WIRE = re.compile(r"[a-z][a-z0-9-]{0,40}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,60}){1,3}")
FOLDER = "schemas/xml"


class XmlSchemas:
    """Finds XML schemas and keeps what it has read; files are read once, on first use."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._known: dict[str, XmlSchema | None] = {}  # no more than maps name

    def find(self, wire: str, partner: str | None = None) -> XmlSchema | None:
        """Return the schema ``wire``; a partner's own is one of its own name, so ``partner`` changes nothing."""
        if not WIRE.fullmatch(wire):
            return None
        if wire not in self._known:
            self._known[wire] = self._read(wire)
        return self._known[wire]

    def _read(self, wire: str) -> XmlSchema | None:
        name = f"{FOLDER}/{wire}.xsd"
        path = next((root / name for root in reversed(self._roots) if os.path.lexists(root / name)), None)
        if path is None:
            return None
        read = read_xsd(path, name)
        return schema_of(wire, read.element, read.prefixes, read.digest, str(path))
