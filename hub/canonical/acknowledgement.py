"""Functional acknowledgement: one shape for 997, 999, TA1, CONTRL and an HTTP status."""

from __future__ import annotations

from datetime import date

from hub.canonical.advice import Finding
from hub.kernel.struct import Struct
from hub.kernel.words import When


class AcknowledgedGroup(Struct):
    """The functional group acknowledged: GS01 and GS06 as the sender wrote them."""

    kind: str
    number: int
    release: str | None = None  # GS08; told from 005010 on


class AcknowledgedInterchange(Struct):
    """The interchange acknowledged: ISA13 and ISA09 as the sender wrote them."""

    number: int
    on: date | None = None  # the sender's calendar


class Counts(Struct):
    """Transaction sets in the group: as stated by its sender, as received, as accepted."""

    included: int | None = None
    received: int | None = None
    accepted: int | None = None


class SegmentFault(Struct):
    """A segment with faults. ``position`` counts from ST = 1; in a syntax of lines it is the line."""

    position: int | None = None
    segment: str | None = None  # its identifier, or the path of what is at fault; None: the document itself
    loop: str | None = None
    reason: str | None = None
    elements: list[Finding] = []


class SetVerdict(Struct):
    """What became of one transaction set."""

    kind: str
    verdict: str
    number: str | None = None  # of one that states none
    convention: str | None = None  # ST03; told from 005010 on
    reason: str | None = None
    segments: list[SegmentFault] = []
    text: str | None = None  # all that is said of it, for a wire that has room for one text


class FunctionalAcknowledgement(Struct):
    """The receiver could, or could not, read what was sent. Never says anything about the business."""

    verdict: str
    number: str | None = None  # its own, where a wire numbers it: no two of ours have the same
    issued: When | None = None
    group: AcknowledgedGroup | None = None  # 997, 999
    interchange: AcknowledgedInterchange | None = None  # TA1
    envelope: str | None = None  # reference of the one acknowledged, where its wire names it by that: a payloadID
    counts: Counts | None = None
    reason: str | None = None  # AK905, TA105
    sets: list[SetVerdict] = []
