"""Whole messages through a map: bytes to documents, a document to bytes.

What ``hub map`` and the cases do with a file: read the envelope, validate each set, apply the map; or render,
compose, write. Findings of every stage are collected. What can go wrong: ``Unreadable`` for no X12 at all,
``Misconfigured`` for JSON that is no canonical document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from hub.canonical import DOCUMENTS, VERSIONS
from hub.formats.x12.compose import compose
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.reader import read
from hub.formats.x12.separators import USUAL_SEPARATORS, Separators
from hub.formats.x12.validate import Validator, compile_guide
from hub.formats.x12.writer import OutboundSet, write_bare, write_interchange
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct
from hub.mapping.library import Applied, Map

FROZEN_AT = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
"""The clock of rendered files and cases: always this instant, so that the same document gives the same bytes."""

CONTROL_NUMBER = 1


class SetRead(Struct):
    """One transaction set read through a map: what was found in all stages, in their order."""

    received: TransactionSet
    applied: Applied | None
    findings: list[Diagnostic]


class Party(Struct):
    """Who signs an envelope: qualifier and id in ISA, id in GS."""

    qualifier: str
    id: str


class DocumentWritten(Struct):
    """A file, or why there is none."""

    data: bytes | None
    findings: list[Diagnostic]


def read_documents(map_: Map, data: bytes, *, provenance: bool = False) -> Iterator[SetRead]:
    """Yield every set of ``data`` through ``map_``; sets of another kind are findings."""
    validator = compile_guide(map_.guide)
    for event in read(data, bare=True):
        findings = list(getattr(event, "findings", ()))
        if isinstance(event, TransactionSet):
            yield _read_set(map_, validator, event, findings, provenance=provenance)
        elif findings:
            yield SetRead(received=_nothing(), applied=None, findings=findings)


def write_document(
    map_: Map,
    document: Struct,
    *,
    sender: Party | None = None,
    receiver: Party | None = None,
    separators: Separators = USUAL_SEPARATORS,
    bare: bool = False,
) -> DocumentWritten:
    """Return ``document`` as a file: an interchange, or only ST … SE. The clock stands, the control number is 1."""
    rendered = map_.render(document)
    if rendered.root is None:
        return DocumentWritten(data=None, findings=rendered.findings)
    composed = compose(rendered.root, map_.guide)
    findings = [*rendered.findings, *composed.findings]
    outbound = OutboundSet(kind=map_.set, control_number=CONTROL_NUMBER, segments=composed.segments)
    if bare:
        written = write_bare([outbound], separators)
    else:
        written = write_interchange(
            _interchange(sender, receiver), [(_group(map_, sender, receiver), [outbound])], separators
        )
    return DocumentWritten(data=written.body, findings=[*findings, *written.findings])


def document_from_json(data: bytes) -> Struct:
    """Return the canonical document ``data`` says it is; raise ``Misconfigured`` when it is not."""
    try:
        said: Any = msgspec.json.decode(data)
    except msgspec.DecodeError as fault:
        raise Misconfigured(f"not JSON: {fault}") from fault
    name = said.pop("document", None) if isinstance(said, dict) else None
    if name not in DOCUMENTS:
        raise Misconfigured(f"no document '{name}'", remedy=f'say "document": one of {", ".join(DOCUMENTS)}')
    version = said.pop("version", 1)
    if version != VERSIONS[name]:
        raise Misconfigured(f"{name} version {version} is not known", remedy=f'say "version": {VERSIONS[name]}')
    try:
        return msgspec.json.decode(msgspec.json.encode(said), type=DOCUMENTS[name])
    except msgspec.ValidationError as fault:
        raise Misconfigured(f"no {name}: {fault}", remedy=f"see schemas/json/{name}.json") from fault


def _read_set(
    map_: Map, validator: Validator, received: TransactionSet, findings: list[Diagnostic], *, provenance: bool
) -> SetRead:
    if received.kind != map_.set:
        message = f"set {received.kind} where the map {map_.name} reads {map_.set}"
        wrong = Diagnostic(
            code="MAP-SET", severity=Severity.SET, message=message, remedy=f"use a map of {received.kind}",
            location=received.place(),
        )  # fmt: skip
        return SetRead(received=received, applied=None, findings=[*findings, wrong])
    checked = validator.check(received)
    applied = map_.apply(checked.root, provenance=provenance)
    return SetRead(received=received, applied=applied, findings=[*checked.findings, *applied.findings])


def _nothing() -> TransactionSet:
    return TransactionSet(["ST"], USUAL_SEPARATORS)


def _interchange(sender: Party | None, receiver: Party | None) -> InterchangeHeader:
    return InterchangeHeader(
        control_number=CONTROL_NUMBER,
        sender_qualifier=sender.qualifier if sender else "ZZ",
        sender_id=sender.id if sender else "SENDER",
        receiver_qualifier=receiver.qualifier if receiver else "ZZ",
        receiver_id=receiver.id if receiver else "RECEIVER",
        on=FROZEN_AT.date(),
        at=FROZEN_AT.time(),
    )


def _group(map_: Map, sender: Party | None, receiver: Party | None) -> GroupHeader:
    return GroupHeader(
        functional_group=map_.guide.functional_group,
        control_number=CONTROL_NUMBER,
        release=map_.release,
        sender=sender.id if sender else "SENDER",
        receiver=receiver.id if receiver else "RECEIVER",
        on=FROZEN_AT.date(),
        at=FROZEN_AT.time(),
    )
