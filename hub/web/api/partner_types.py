"""The types of what a partner's key is told: each field is here because somebody decided that partners may read it.

``hub.web.api.partner_view`` makes these values, and is the only place that does.
"""

from __future__ import annotations

from datetime import datetime

from hub.exchange.model import (
    Acknowledgement,
    Delivery,
    Direction,
    DutyState,
    Judgement,
    StageTime,
    Usage,
    Validation,
    Verdict,
)
from hub.kernel.diagnostics import Severity
from hub.kernel.location import Location
from hub.kernel.outcome import Key, Outcome
from hub.kernel.struct import Struct


class PartnerFinding(Struct):
    """What is wrong, where, and what to do about it.

    ``severity``: 0 a note, 1 a warning; 2 rejects a value, 3 a part, 4 the document, 5 its group, 6 the envelope.
    """

    code: str
    severity: Severity
    message: str
    location: Location
    remedy: str | None
    standard: str | None
    found: str | None
    expected: str | None


class PartnerItem(Struct):
    """One line of the message log. ``attention`` says that a person looks at it, never why."""

    id: str
    partner: str
    direction: Direction
    received_at: datetime
    syntax: str | None
    document: str | None
    wire: str | None
    test: bool
    size_bytes: int
    sha256: str
    content_type: str | None
    file_name: str | None
    transport: str
    stage: str
    validation: Validation
    delivery: Delivery
    acknowledgement: Acknowledgement
    outcome: Outcome
    attention: str | None
    keys: list[Key]
    answers_to: str | None


class PartnerDocument(Struct):
    """One document of a message."""

    position: int
    kind: str
    document: str | None
    subject: Key | None
    reference: str | None
    details: dict[str, str] | None
    test: bool
    validation: Validation
    acknowledgement: Acknowledgement
    outcome: Outcome
    findings: list[PartnerFinding]
    map_name: str | None
    map_digest: str | None
    counts: dict[str, int]
    more: dict[str, str]


class PartnerEnvelope(Struct):
    """One envelope of a message."""

    message: str
    position: int
    partner: str
    direction: Direction
    kind: str
    reference: str
    sender: str
    receiver: str
    usage: Usage
    digest: str
    judgement: Judgement
    at: datetime
    first_message: str | None


class PartnerAttempt(Struct):
    """One try to hand a message over."""

    attempt: int
    started_at: datetime
    finished_at: datetime | None
    ok: bool | None


class PartnerEarlierDelivery(Struct):
    """How a message got to the partner before it was sent once more."""

    number: int
    state: Delivery
    ended_at: datetime
    read_at: datetime | None
    received_at: datetime | None


class PartnerDelivery(Struct):
    """How a message gets to the partner. ``error`` is a code; what it was is ours to mend."""

    transport: str
    state: Delivery
    attempts: int
    next_attempt_at: datetime | None
    read_at: datetime | None
    received_at: datetime | None
    verdict: Verdict | None
    verdict_reason: str | None  # the partner's own words
    error: str | None
    tries: list[PartnerAttempt]
    earlier: list[PartnerEarlierDelivery]


class PartnerAcknowledgement(Struct):
    """An acknowledgement we wait for."""

    kind: str
    message: str
    reference: str
    due_at: datetime
    state: DutyState
    acknowledged_by: str | None


class PartnerTimelineEntry(Struct):
    """Something that happened. ``actor`` is hub, partner or factory."""

    at: datetime
    event: str
    text: str
    actor: str


class PartnerLink(Struct):
    """One canonical field and one place on the wire."""

    path: str
    segment: int
    tag: str
    element: int | None
    component: int | None


class PartnerState(PartnerItem):
    """Where one message stands, with the first of everything beneath it."""

    findings: list[PartnerFinding]
    documents: list[PartnerDocument]
    envelopes: list[PartnerEnvelope]
    answers: list[str]
    delivery_state: PartnerDelivery | None
    acknowledgements: list[PartnerAcknowledgement]
    counts: dict[str, int]
    more: dict[str, str]


class PartnerMessageList(Struct):
    """A part of the log."""

    items: list[PartnerItem]
    next: str | None


class PartnerDocumentList(Struct):
    """Documents of a message."""

    items: list[PartnerDocument]
    next: str | None


class PartnerFindingList(Struct):
    """Findings about a document, or about the envelopes of a message."""

    items: list[PartnerFinding]
    next: str | None


class PartnerEnvelopeList(Struct):
    """Envelopes of a message."""

    items: list[PartnerEnvelope]
    next: str | None


class PartnerAcknowledgementList(Struct):
    """Acknowledgements of a message."""

    items: list[PartnerAcknowledgement]
    next: str | None


class PartnerProvenance(Struct):
    """Where canonical fields of one document stand on the wire, in wire order."""

    items: list[PartnerLink]
    next: str | None
    map: str | None
    map_digest: str | None


class PartnerTimeline(Struct):
    """The stages a message reached, and what else happened to it; oldest first."""

    stages: list[StageTime]
    items: list[PartnerTimelineEntry]
    next: str | None
