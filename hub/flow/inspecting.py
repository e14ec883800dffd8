"""What a body is, told without storing anything: its syntax, who sent it, its documents, and what is wrong with them.

In: bytes and our rules. Out: an ``BodyReport``. Who sent it, it says itself: by the envelope it signs, or because it is
of a schema that was agreed with one partner. Of a partner it is judged as the hub would that receives it; what nobody
of ours signs is judged by the base map of its standard, if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from hub.canonical.stored import decode_document
from hub.flow.documents import Document
from hub.flow.routing import agreed_maps, is_of_release, route
from hub.flow.rules import Rules
from hub.flow.syntax import Syntax
from hub.flow.syntaxes import open_message, syntax_of
from hub.formats.families import FAMILIES
from hub.formats.family import OpenedDocument
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.errors import Unreadable
from hub.kernel.struct import Struct
from hub.mapping.library import Map

UNKNOWN = "unknown"
"""The syntax of bytes in which nothing of any syntax begins."""

BodyVerdict = Literal["valid", "findings", "unknown", "unreadable"]
"""``unknown``: it could be read, and nothing of ours says by what a document is judged."""


class DocumentReport(Struct):
    """One document of the body."""

    kind: str  # 850, a root element, a type
    number: str  # its own on the wire
    verdict: BodyVerdict
    document: str | None = None  # canonical
    about: list[str] = []  # numbers that people ask for it by
    buyer: str | None = None  # as it names them itself
    map: str | None = None
    schema: str | None = None
    findings: list[Diagnostic] = []


class BodyReport(Struct):
    """All that is told of one body."""

    syntax: str
    verdict: BodyVerdict
    size_bytes: int
    partners: list[str] = []  # who may have sent it; it was judged as the first one's
    sender: str | None = None  # as its envelope names it
    documents: list[DocumentReport] = []
    findings: list[Diagnostic] = []  # of no document

    @property
    def partner(self) -> str | None:
        """Whose it was judged as."""
        return self.partners[0] if self.partners else None


def inspect(body: bytes, rules: Rules, partner: str | None = None) -> BodyReport:
    """Return what ``body`` is; with a ``partner``, as one of theirs. Raises ``Misconfigured`` for one that is not."""
    syntax = syntax_of(body, rules, partner)
    named = sniff(body[:SNIFFED_BYTES])
    try:
        partners = [partner] if partner else syntax.senders(body, rules)
        told = _signed(body, rules, partners) if partners else _unsigned(body, rules, syntax)
    except Unreadable as fault:
        said = fault.syntax or named or (syntax.name if syntax.stands_in(body) else UNKNOWN)
        return BodyReport(syntax=said, verdict="unreadable", size_bytes=len(body), findings=fault.findings())
    sender, documents, findings = told
    verdicts = [each.verdict for each in documents]
    worse = worst(findings) >= Severity.WARNING or "findings" in verdicts
    verdict: BodyVerdict = "findings" if worse else "unknown" if "unknown" in verdicts or not verdicts else "valid"
    return BodyReport(
        syntax=named or syntax.name,
        verdict=verdict,
        size_bytes=len(body),
        partners=partners,
        sender=sender,
        documents=documents,
        findings=findings,
    )


def map_of(body: bytes, rules: Rules) -> Map | None:
    """Return the map that reads the first document of a body: its sender's, else the base map of its standard."""
    syntax = syntax_of(body, rules, None)
    partners = syntax.senders(body, rules)
    maps = agreed_maps(rules, rules.partner(partners[0]), syntax.name) if partners else []
    for received in _documents(body, syntax):
        return _chosen(received, syntax, maps) or base_map_of(received, rules, syntax)
    return None


def base_map_for(body: bytes, rules: Rules) -> Map | None:
    """Return the base map of the standard that the first document of a body is of."""
    syntax = syntax_of(body, rules, None)
    return next((base_map_of(each, rules, syntax) for each in _documents(body, syntax)), None)


def base_map_of(received: OpenedDocument, rules: Rules, syntax: Syntax) -> Map | None:
    """Return the base map of the standard that a document is of."""
    theirs = {each.id for each in rules.partners.all()} | set(rules.partners.faults)
    names = [name for name in rules.maps.names() if name.partition("/")[0] not in theirs]
    maps = [rules.maps.map(name) for name in names]
    return _chosen(received, syntax, [each for each in maps if each.family.name == syntax.name])


def _chosen(received: OpenedDocument, syntax: Syntax, maps: list[Map]) -> Map | None:
    return route(received, FAMILIES[syntax.name], maps, syntax.release(received))


def _documents(body: bytes, syntax: Syntax) -> Iterator[OpenedDocument]:
    return (each for each in FAMILIES[syntax.name].documents(body) if isinstance(each, OpenedDocument))


_Told = tuple[str | None, list[DocumentReport], list[Diagnostic]]


def _signed(body: bytes, rules: Rules, partners: list[str]) -> _Told:
    """Judge a body as the hub would that receives it from the first of the partners."""
    opened = open_message(body, rules, partners[0])
    documents = [_inspected(each, rules, partners[0]) for each in opened.documents()]
    survey = opened.survey
    findings = [*survey.stray]
    for envelope in survey.envelopes:
        findings += envelope.findings + [found for group in envelope.groups for found in group.findings]
    sender = next((each.sender.spelled for each in survey.envelopes if each.sender.id), None)
    return sender, documents, findings


def _inspected(read: Document, rules: Rules, partner: str) -> DocumentReport:
    known = _judging(read, rules, partner)
    routed = read.schema_digest is not None
    rejected = worst(read.findings) >= Severity.WARNING
    return DocumentReport(
        kind=read.kind,
        number=read.number,
        verdict="unknown" if not routed else "findings" if rejected else "valid",
        document=read.document,
        about=[f"{kind} {value}" for kind, value in read.numbers],
        buyer=_buyer(read.document, read.canonical),
        map=read.map_name,
        schema=known.schema.wire if known else None,
        findings=read.findings,
    )


def _judging(read: Document, rules: Rules, partner: str) -> Map | None:
    """Return the map whose schema judged a document; what its schema refuses, no map has read."""
    if read.map_name is not None:
        return rules.maps.map(read.map_name)
    if read.schema_digest is None:
        return None
    agreed = [rules.maps.map(name) for name in rules.partner(partner).sends.values()]
    named = (each for each in agreed if each.schema.kind == read.kind and is_of_release(each, read.release))
    return next((each for each in agreed if each.schema.digest == read.schema_digest), None) or next(named, None)


def _unsigned(body: bytes, rules: Rules, syntax: Syntax) -> _Told:
    """Judge each document of a body that nobody of ours signs by the base map of its standard."""
    family = FAMILIES[syntax.name]
    documents: list[DocumentReport] = []
    findings: list[Diagnostic] = []
    for received in family.documents(body):
        if not isinstance(received, OpenedDocument):
            findings += received
            continue
        told = DocumentReport(kind=received.kind, number=received.number, verdict="unknown", findings=received.findings)
        map_ = base_map_of(received, rules, syntax)
        if map_ is None:
            documents.append(told)
            continue
        checked = family.check(received, map_.schema)
        applied = map_.apply(checked.root)
        found = [*received.findings, *checked.findings, *applied.findings]
        documents.append(
            DocumentReport(
                kind=received.kind,
                number=received.number,
                verdict="findings" if worst(found) >= Severity.WARNING else "valid",
                document=map_.document if applied.document is not None else None,
                map=map_.name,
                schema=map_.schema.wire,
                findings=found,
            )
        )
    return None, documents, findings


def _buyer(name: str | None, canonical: bytes | None) -> str | None:
    """Return whom a document names as the buyer."""
    if name is None or canonical is None:
        return None
    parties = getattr(decode_document(name, canonical), "parties", [])
    return next((each.name for each in parties if each.role == "buyer" and each.name), None)
