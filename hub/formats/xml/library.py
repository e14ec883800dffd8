"""The XML schemas at hand, by the name maps give them: north-spine/order is schemas/xml/north-spine/order.xsd.

An excerpt of a standard's schema is judged by that one too, where an operator has put it into a configuration root,
such as ``schemas/xml/ubl/2.1/official/maindoc/UBL-Order-2.1.xsd``.

In: configuration roots, a later one winning file by file. Out: an ``XmlSchema``, compiled once for its content, or
None where there is none. A faulty file raises ``Misconfigured``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from hub.formats.xml.element import FAMILY, XmlSchema, schema_of
from hub.formats.xml.xsd import XSD_BYTES_MAX, read_xsd
from hub.kernel.own_files import read_own_text

WIRE = re.compile(r"[a-z][a-z0-9-]{0,40}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,60}){1,3}")
FOLDER = "schemas/xml"
XSD = ".xsd"


class XmlSchemas:
    """Finds the XML schemas of a family and keeps what it has read; files are read once, on first use."""

    def __init__(
        self, roots: Sequence[Path], family: str = FAMILY, folder: str = FOLDER, wires: re.Pattern[str] = WIRE
    ) -> None:
        """``wires`` are the names it knows; each lies beneath ``folder`` of a root as the name says."""
        self._roots = tuple(roots)
        self._family, self._folder, self._wires = family, folder, wires
        self._known: dict[str, XmlSchema | None] = {}  # no more than maps name

    def find(self, wire: str, partner: str | None = None) -> XmlSchema | None:
        """Return the schema ``wire``; a partner's own is one of its own name, so ``partner`` changes nothing."""
        if not self._wires.fullmatch(wire):
            return None
        if wire not in self._known:
            self._known[wire] = self._read(wire)
        return self._known[wire]

    def _read(self, wire: str) -> XmlSchema | None:
        name = f"{self._folder}/{wire}.xsd"
        path = self._find(name)
        if path is None:
            return None
        read = read_xsd(path, name)
        judge: Path | None = path
        digest = read.digest
        if read.excerpt_of is not None and not read.excerpt_of.endswith(XSD):
            judge = None  # of a DTD, which judges nothing here
        elif read.excerpt_of is not None:
            whole = f"{name.rpartition('/')[0]}/{read.excerpt_of}"
            judge = self._find(whole)
            if judge is not None:
                text = read_own_text(judge, bytes_max=XSD_BYTES_MAX, name=whole)
                digest = sha256(f"{digest}\0{text}".encode()).hexdigest()
        xsd = str(judge) if judge is not None else None
        return schema_of(wire, read.element, read.prefixes, digest, xsd, self._family)

    def _find(self, name: str) -> Path | None:
        return next((root / name for root in reversed(self._roots) if os.path.lexists(root / name)), None)
