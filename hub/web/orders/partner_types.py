"""The types of what a partner's key is told of orders: each field is here because somebody decided that partners may
read it. ``hub.web.orders.partner_view`` makes these values, and is the only place that does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.business.orders.model import (
    DocumentRole,
    LineProgress,
    LineVerdict,
    OrderSummary,
    PromiseState,
    ScheduleState,
    Source,
    Status,
)
from hub.canonical.shared import Requirement, Text
from hub.kernel.struct import Struct
from hub.kernel.words import Price, Quantity
from hub.web.api.partner_types import PartnerFinding


class PartnerLine(Struct):
    """A line of an order as it stands."""

    position: int
    number: str
    verdict: LineVerdict
    status: Status
    item: str | None
    buyer_item: str | None
    revision: str | None
    name: str | None
    ordered: Quantity | None
    acknowledged: Quantity | None
    base: Quantity | None
    price: Price | None
    schedules: list[ScheduleState]
    promises: list[PromiseState]
    requirements: list[Requirement]
    notes: list[Text]
    reasons: list[PartnerFinding]


class PartnerLineView(Struct):
    """A line with its progress."""

    line: PartnerLine
    progress: LineProgress
    counts: dict[str, int]
    more: dict[str, str]


class PartnerOrderDocument(Struct):
    """A document of the order's conversation."""

    role: DocumentRole
    source: Source
    at: datetime


class PartnerHistoryEntry(Struct):
    """One event of the order's history."""

    at: datetime
    kind: str
    text: str
    source: Source


class PartnerOrder(Struct):
    """An order: the first of its lines, documents and history, and the rest at the addresses in ``more``."""

    summary: OrderSummary
    source: Source
    requirements: list[Requirement]
    notes: list[Text]
    reasons: list[PartnerFinding]
    lines: list[PartnerLineView]
    documents: list[PartnerOrderDocument]
    history: list[PartnerHistoryEntry]
    counts: dict[str, int]
    more: dict[str, str]


class PartnerLineList(Struct):
    """Lines of an order."""

    items: list[PartnerLineView]
    next: str | None


class PartnerEntryList(Struct):
    """Entries of another list of an order, or of one of its lines: as they stand in the order itself."""

    items: list[dict[str, Any]]
    next: str | None
