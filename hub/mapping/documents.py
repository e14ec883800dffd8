"""Whole messages through a map: bytes to documents, a document to bytes, in whatever syntax the map's wire has.

What ``hub map`` and the cases do with a file: open it, judge each document by its schema, apply the map; or render and
write. Findings of every stage are collected, and so is why bytes cannot be read at all. What can go wrong:
``Misconfigured`` for JSON that is no canonical document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hub.canonical import DOCUMENTS, VERSIONS
from hub.formats.family import OpenedDocument
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Misconfigured, Unreadable
from hub.kernel.location import Location
from hub.kernel.struct import Struct
from hub.mapping.library import Applied, Map

NOTHING = OpenedDocument(kind="", number="", place=Location(), content=None)
"""What findings belong to that are about no document."""


class DocumentRead(Struct):
    """One document read through a map: what was found in all stages, in their order."""

    received: OpenedDocument
    applied: Applied | None
    findings: list[Diagnostic]


class DocumentWritten(Struct):
    """A file, or why there is none."""

    data: bytes | None
    findings: list[Diagnostic]


def read_documents(map_: Map, data: bytes, *, provenance: bool = False) -> Iterator[DocumentRead]:
    """Yield every document of ``data`` through ``map_``; documents of another kind are findings."""
    try:
        for received in map_.family.documents(data):
            if isinstance(received, OpenedDocument):
                yield _read(map_, received, provenance=provenance)
            else:
                yield DocumentRead(received=NOTHING, applied=None, findings=received)
    except Unreadable as fault:
        yield DocumentRead(received=NOTHING, applied=None, findings=fault.findings())


def write_document(map_: Map, document: Struct, *, dress: object = None, bare: bool = False) -> DocumentWritten:
    """Return ``document`` as a file: in its envelope, or without it. The clock stands, control numbers are 1.

    ``dress`` is the family's own: who signs, with which separators.
    """
    rendered = map_.render(document)
    if rendered.root is None:
        return DocumentWritten(data=None, findings=rendered.findings)
    written = map_.family.write(rendered.root, map_.schema, dress, bare=bare)
    return DocumentWritten(data=written.body, findings=[*rendered.findings, *written.findings])


def is_canonical(data: bytes) -> bool:
    """Say whether ``data`` calls itself a canonical document; a partner's JSON does not."""
    try:
        said: Any = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(said, dict) and said.get("document") in list(DOCUMENTS)


def document_from_json(data: bytes) -> Struct:
    """Return the canonical document ``data`` says it is; raise ``Misconfigured`` when it is not."""
    try:
        said: Any = msgspec.json.decode(data)
    except msgspec.DecodeError as fault:
        raise Misconfigured("CFG/no-json", fault=str(fault)) from fault
    name = said.pop("document", None) if isinstance(said, dict) else None
    if name not in DOCUMENTS:
        raise Misconfigured("CFG/no-document", name=str(name), list=", ".join(DOCUMENTS))
    version = said.pop("version", 1)
    if version != VERSIONS[name]:
        raise Misconfigured("CFG/other-version", name=name, version=str(version), versions=VERSIONS[name])
    try:
        return msgspec.json.decode(msgspec.json.encode(said), type=DOCUMENTS[name])
    except msgspec.ValidationError as fault:
        raise Misconfigured("CFG/not-as-its-schema", name=name, fault=str(fault)) from fault


def _read(map_: Map, received: OpenedDocument, *, provenance: bool) -> DocumentRead:
    findings = received.findings
    if map_.family.choose(received, [map_.schema]) is None:
        wrong = Diagnostic(
            code="MAP-SET", severity=Severity.DOCUMENT, location=received.place,
            words={"kind": received.kind, "map": map_.name, "wanted": map_.kind},
        )  # fmt: skip
        return DocumentRead(received=received, applied=None, findings=[*findings, wrong])
    checked = map_.family.check(received, map_.schema)
    applied = map_.apply(checked.root, provenance=provenance)
    return DocumentRead(received=received, applied=applied, findings=[*findings, *checked.findings, *applied.findings])
