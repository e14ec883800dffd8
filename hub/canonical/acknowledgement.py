"""Functional acknowledgement: one shape for 997, 999, TA1, CONTRL, ApplicationResponse and an HTTP status."""

from __future__ import annotations

from datetime import date

from hub.canonical.advice import Finding
from hub.kernel.struct import Struct
from hub.kernel.words import When


class AcknowledgedEnvelope(Struct):
    """The envelope acknowledged: its reference and its day, as its sender wrote them (ISA13, ISA09; a payloadID)."""

    reference: str
    on: date | None = None  # the sender's calendar


class AcknowledgedGroup(Struct):
    """The group of documents within an envelope that is acknowledged, as its sender wrote it (X12: GS01 and GS06)."""

    kind: str
    number: int
    release: str | None = None  # of the standard (X12: GS08)


class Counts(Struct):
    """Documents in the group: as stated by its sender, as received, as accepted."""

    included: int | None = None
    received: int | None = None
    accepted: int | None = None


class DocumentFault(Struct):
    """A place at fault in a document, and all that is found there."""

    position: int | None = None  # as the syntax counts: segments from the first one, or lines
    place: str | None = None  # its name, or its path; None: the document itself
    within: str | None = None  # the part of the document that it stands in (X12: the loop)
    reason: str | None = None
    findings: list[Finding] = []


class AcknowledgedDocument(Struct):
    """One document acknowledged: what became of it, and its places at fault."""

    kind: str
    verdict: str
    number: str | None = None  # of one that states none
    version: str | None = None  # of the convention it keeps to (X12: ST03)
    reason: str | None = None
    faults: list[DocumentFault] = []
    text: str | None = None  # all that is said of it, for a wire that has room for one text


class FunctionalAcknowledgement(Struct):
    """The receiver could, or could not, read what was sent. Never says anything about the business."""

    verdict: str
    number: str | None = None  # its own, where a wire numbers it: no two of ours have the same
    issued: When | None = None
    group: AcknowledgedGroup | None = None
    envelope: AcknowledgedEnvelope | None = None
    counts: Counts | None = None
    reason: str | None = None  # of the group, or of the envelope
    documents: list[AcknowledgedDocument] = []
