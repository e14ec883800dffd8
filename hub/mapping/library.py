"""Maps by name, ready to use: ``apply`` reads a tree, ``render`` writes one.

Configuration roots and the schemas enter; a ``Map`` leaves, compiled once and kept by its content. What can go
wrong is a map with faults: ``Misconfigured``, naming the first and counting the rest (``faults`` has all).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.canonical import DOCUMENTS
from hub.formats.family import Family, OpenedDocument, Schemas
from hub.formats.schema import Schema
from hub.formats.tree import Node
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import EMPTY, Phrase, Word, Wording, declared
from hub.kernel.struct import Struct
from hub.mapping.arrangements import ARRANGEMENTS, Arrange
from hub.mapping.bind import bind
from hub.mapping.compile import Compiled
from hub.mapping.doubts import doubts_of
from hub.mapping.faults import MapFault, as_map_fault, map_fault
from hub.mapping.identity import identity_fields, identity_of
from hub.mapping.leftovers import leftovers
from hub.mapping.lint import lint
from hub.mapping.load import Loaded, MapFiles
from hub.mapping.provenance import Origins
from hub.mapping.reader_run import Reading
from hub.mapping.scan import Where
from hub.mapping.tables import code_maps
from hub.mapping.weighing import weigh

UNFORESEEN = "MAP-UNFORESEEN"
"""The code of a fault that no rule of the language found: the map's file broke its reader, or we have a bug."""


class Applied(Struct):
    """What reading gave: the document, or None when nothing could be made of it, and what was found."""

    document: Struct | None
    findings: list[Diagnostic]
    provenance: Origins | None = None


class Rendered(Struct):
    """What writing gave: the tree for its family, and what could not be said on this wire."""

    root: Node | None
    findings: list[Diagnostic]


class Map:
    """One map, compiled: both directions."""

    def __init__(
        self, loaded: Loaded, compiled: Compiled, document: str, identity: tuple[str, ...], arrange: Arrange | None
    ) -> None:
        self.name = loaded.name
        self.document = document
        self.wire = loaded.wire
        self.version = int(said.text) if (said := loaded.said("version")) else 1
        self.partner = said.text if (said := loaded.said("partner")) else None
        self.digest = compiled.digest
        self.compiled = compiled
        self._identity = identity
        self._arrange = arrange

    @property
    def schema(self) -> Schema:
        """The schema it is bound to, with its partner's narrowing."""
        return self.compiled.plan.schema

    @property
    def fields(self) -> list[tuple[str, Where]]:
        """The canonical fields it says, each with the line that says it."""
        return self.compiled.plan.places

    @property
    def family(self) -> Family:
        """The syntax it reads and writes."""
        return self.compiled.plan.family

    @property
    def kind(self) -> str:
        """How the wire itself names the documents: 850, a root element."""
        return self.schema.kind

    def apply(self, root: Node, *, provenance: bool = False) -> Applied:
        """Read a document tree (``Family.check`` makes it). Never raises for what a partner sent.

        ``provenance`` also notes where every field came from, at about a tenth more time.
        """
        trace: list[Any] | None = [] if provenance else None
        reading = Reading(root, self.compiled.sites, trace, self.schema, self.family)
        read = self.compiled.read_traced if provenance else self.compiled.read
        document = read(root, reading)
        self.compiled.compare_totals(root, reading)
        leftovers(reading, root, self.compiled.computed, self.compiled.meanings, self.compiled.once)
        weigh(reading, document, self.compiled.plan, self.schema.computed)
        origin = Origins(self.compiled.plan, self.compiled.layout, trace) if trace is not None else None
        return Applied(document=document, findings=reading.close(), provenance=origin)

    def identity(self, document: Struct) -> str | None:
        """Return by what a document is known as the same again; None where the map or the document does not say."""
        return identity_of(document, self._identity)

    def content(self, received: OpenedDocument) -> list[str]:
        """Return what a sound document says, as texts to compare: the same where every value is the same one."""
        return self.family.said(received, self.schema, self.compiled.kinds)

    def render(self, document: Struct) -> Rendered:
        """Write a canonical document as a tree; what cannot be said is found, never dropped."""
        if type(document) is not self.compiled.plan.document:
            wanted = self.document
            words: dict[str, Word] = {"map": self.name, "wanted": wanted, "document": type(document).__name__}
            finding = Diagnostic(
                code="MAP-DOCUMENT",
                severity=Severity.DOCUMENT,
                words=words,
            )
            return Rendered(root=None, findings=[finding])
        document, left_out = self.arranged(document)
        root, findings = self.compiled.write(document)
        return Rendered(root=root, findings=[*left_out, *findings])

    def arranged(self, document: Struct) -> tuple[Struct, list[Diagnostic]]:
        """Return a document as it is laid out to be written, and a note of what is left out; most stay as they are."""
        return self._arrange(document) if self._arrange else (document, [])


class MapLibrary:
    """All maps of some configuration roots."""

    def __init__(
        self,
        roots: Sequence[Path],
        schemas: Schemas,
        *,
        strict: bool = False,
        documents: dict[str, type[Struct]] | None = None,
    ) -> None:
        """``strict`` is production: a map without cases does not load. ``documents`` are the canonical types."""
        self.files = MapFiles(roots)
        self._schemas = schemas
        self._strict = strict
        self._documents = DOCUMENTS if documents is None else documents
        self._maps: dict[str, Map] = {}
        self._compiled: dict[str, Compiled] = {}

    def names(self) -> list[str]:
        """Return the names of all maps: ``x12/004010/850``, ``north-spine/850``."""
        return self.files.names()

    def map(self, name: str) -> Map:
        """Return the map ``name``, compiled; raise ``Misconfigured`` when there is none or it has faults."""
        if name not in self._maps:
            made, faults = self._make(name)
            if made is None or faults:
                raise _misconfigured(name, faults)
            if self._strict and not self.files.cases(name):
                raise _no_cases(name)
            self._maps[name] = made
        return self._maps[name]

    def faults(self, name: str) -> list[MapFault]:
        """Return everything that is wrong with the files of the map ``name``."""
        return self._make(name)[1]

    def doubts(self, name: str) -> list[MapFault]:
        """Return what is allowed in the map ``name`` and most likely a mistake; nothing of one with faults."""
        made = self._make(name)[0]
        return doubts_of(made.compiled.plan, made.compiled.tables, f"{name}.toml") if made else []

    def check(self) -> list[Misconfigured]:
        """Return everything that is wrong with any map, and every map without cases: what ``hub check`` shows."""
        found: list[Misconfigured] = []
        for name in self.names():
            found += [fault.misconfigured for fault in self.faults(name)]
            if not self.files.cases(name):
                found.append(_no_cases(name))
        return list({str(fault): fault for fault in found}.values())

    def _make(self, name: str) -> tuple[Map | None, list[MapFault]]:
        """Make the map; whatever goes wrong with its files is a fault of theirs, and of no other map's.

        Raises ``Misconfigured`` only when there is no map of that name.
        """
        try:
            return self._made(name)
        except Misconfigured:
            raise
        except Exception as fault:  # noqa: BLE001 - what is in a file may break its reader in ways nobody foresaw
            told = Misconfigured.of(fault)
            where = Where(file=f"{name}.toml", line=1)
            return None, [as_map_fault(told, where, UNFORESEEN)]

    def _made(self, name: str) -> tuple[Map | None, list[MapFault]]:
        loaded, faults = self.files.load(name)
        if loaded is None:
            return None, faults
        document = self._document(loaded, faults)
        schema = self._schema(loaded, faults)
        if document is None or schema is None:
            return None, faults
        tables = code_maps(loaded.spec.codes)
        identity = identity_fields(loaded.said("identity"), document, faults)
        arrange = _arrangement(loaded, document, faults)
        plan, wrong = bind(loaded.spec, schema, document, tables, loaded.wire)
        faults += [*wrong, *lint(plan, tables)]
        if faults:
            return None, faults
        digest = sha256(f"{loaded.digest}\0{schema.digest}\0{document.__name__}".encode()).hexdigest()
        if digest not in self._compiled:
            self._compiled[digest] = Compiled(plan, tables, digest)
        return Map(loaded, self._compiled[digest], document.__name__, identity, arrange), faults

    def _document(self, loaded: Loaded, faults: list[MapFault]) -> type[Struct] | None:
        said = loaded.said("document")
        if said is not None and said.text in self._documents:
            return self._documents[said.text]
        faults.append(
            _header_fault(
                loaded, "document", Wording(key="map/one-of", words={"list": ", ".join(sorted(self._documents))})
            )
        )
        return None

    def _schema(self, loaded: Loaded, faults: list[MapFault]) -> Schema | None:
        partner = loaded.said("partner")
        try:
            schema = self._schemas.find(loaded.wire, partner.text if partner else None)
        except Misconfigured as fault:
            where = Where(file=fault.file or f"{loaded.name}.toml", line=fault.line or 1)
            faults.append(as_map_fault(fault, where))
            return None
        if schema is None:
            faults.append(_header_fault(loaded, "wire", Wording(key="map/name-a-guide")))
        return schema


def _arrangement(loaded: Loaded, document: type[Struct], faults: list[MapFault]) -> Arrange | None:
    """Return how documents are laid out before they are written; None for as they are."""
    said = loaded.said("arranged")
    known = {name: arrange for name, (of, arrange) in ARRANGEMENTS.items() if of is document}
    if said is not None and said.text not in known:
        advice = Wording(key="map/one-of", words={"list": ", ".join(sorted(known)) or EMPTY})
        faults.append(_header_fault(loaded, "arranged", advice))
    return known.get(said.text) if said else None


def _header_fault(loaded: Loaded, key: str, advice: Wording) -> MapFault:
    said = loaded.said(key)
    where = said.where if said else Where(file=f"{loaded.name}.toml", line=1)
    if said is None:
        return map_fault("MAP-HEADER/unsaid", where, key=key, advice=advice)
    return map_fault("MAP-HEADER/no-document", where, key=key, text=said.text, advice=advice)


def _no_cases(name: str) -> Misconfigured:
    return Misconfigured("MAP-CASES", file=f"{name}.toml", name=name)


def _misconfigured(name: str, faults: list[MapFault]) -> Misconfigured:
    first = faults[0].misconfigured
    if len(faults) == 1:
        return first
    words: dict[str, Word] = {"fault": first.said, "count": len(faults) - 1, "name": name}
    advice = first.advice
    if advice is None:
        return Misconfigured("CFG-MAP/and-more", words, code=first.code, file=first.file, line=first.line)
    return Misconfigured(
        "CFG-MAP/and-more-remedied", words, code=first.code, file=first.file, line=first.line, advice=advice
    )


declared(
    {
        "CFG-MAP/and-more": Phrase(message="{fault} (and {count} more: hub map lint {name})"),
        "CFG-MAP/and-more-remedied": Phrase(
            message="{fault} (and {count} more: hub map lint {name})", remedy="{advice}"
        ),
    }
)
