"""What the API says of an order to a person of the factory: the first of everything, and where the rest is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.business.orders.model import (
    HistoryEntry,
    LineProgress,
    LineState,
    OrderConditions,
    OrderDocument,
    OrderSummary,
    Source,
)
from hub.business.orders.pages import LinePart, OrderHead
from hub.canonical.shared import Requirement, Text
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.struct import Struct
from hub.web.orders.addresses import order_part
from hub.web.orders.talk import OrderMessage


class LineView(Struct):
    """One line with its progress, and the first of its schedules, promises, requirements, notes and reasons."""

    line: LineState
    progress: LineProgress
    counts: dict[str, int]
    more: dict[str, str]


class ConversationEntry(Struct):
    """A message of the conversation about an order, acknowledgements and what others were told of it among them."""

    role: str  # order, answer, duplicate, instruction, copy, told, our-acknowledgement, their-acknowledgement, naming
    message: str
    partner: str
    at: datetime


class OrderView(Struct):
    """The order: the first of its lines, documents and history, and the rest at the addresses in ``more``."""

    summary: OrderSummary
    source: Source
    conditions: OrderConditions | None
    requirements: list[Requirement]
    notes: list[Text]
    reasons: list[Diagnostic]
    lines: list[LineView]
    documents: list[OrderDocument]
    conversation: list[ConversationEntry]
    history: list[HistoryEntry]
    counts: dict[str, int]
    more: dict[str, str]


class LineList(Struct):
    """Lines of an order; ``next`` goes into ``cursor`` and is null at the end."""

    items: list[LineView]
    next: str | None


class EntryList(Struct):
    """Entries of another list of an order, or of one of its lines: as they stand in the order itself."""

    items: list[dict[str, Any]]
    next: str | None


def order_view(head: OrderHead, conversation: list[OrderMessage]) -> OrderView:
    """Return what the API says of the order in ``head``."""
    order = head.summary.id
    lists = {name: getattr(head, name) for name in head.counts}
    cut = [name for name, items in lists.items() if len(items) < head.counts[name]]
    return OrderView(
        summary=head.summary,
        source=head.source,
        conditions=head.conditions,
        requirements=head.requirements,
        notes=head.notes,
        reasons=head.reasons,
        lines=[line_view(order, part) for part in head.lines],
        documents=head.documents,
        conversation=[
            ConversationEntry(role=each.role, message=each.id, partner=each.partner, at=each.at)
            for each in conversation
        ],
        history=head.history,
        counts=head.counts,
        more={name: order_part(order, name) for name in cut},
    )


def line_view(order_id: str, part: LinePart) -> LineView:
    """Return one line as the API says it."""
    line = part.line
    cut = [name for name, count in part.counts.items() if len(getattr(line, name)) < count]
    return LineView(
        line=line,
        progress=LineProgress(ordered=line.ordered, acknowledged=line.acknowledged),
        counts=part.counts,
        more={name: order_part(order_id, "lines", line.position, name) for name in cut},
    )
