"""What a partner's key is told of orders: what is named here, and nothing else, as in ``hub.web.api.partner_view``."""

from __future__ import annotations

from typing import Any

from hub.business.orders.model import EventKind, HistoryEntry, OrderDocument, OrderSummary, PromiseState, ScheduleState
from hub.canonical.shared import Requirement, Text
from hub.web.api.partner_view import Rule, finding, same_fields
from hub.web.orders import partner_types as types
from hub.web.orders.state import LineView, OrderView

EVENTS: dict[EventKind, str] = {
    EventKind.RECEIVED: "Order received",
    EventKind.ACCEPTED: "Order accepted",
    EventKind.CHANGED: "Order accepted with changes",
    EventKind.REFUSED: "Order refused",
    EventKind.HELD: "Order held for a person",
    EventKind.DUPLICATE_HELD: "A second order under the same number is held",
    EventKind.INSTRUCTION_HELD: "An instruction about this order is held for a person",
    EventKind.ANSWER_REPEATED: "The first answer was given once more",
}
"""What a partner is told of each event of an order's history. One that is missing here is not told."""


def _order(own: OrderView) -> types.PartnerOrder:
    return same_fields(
        types.PartnerOrder,
        own,
        reasons=[finding(each) for each in own.reasons],
        lines=[_line(each) for each in own.lines],
        documents=[_document(each) for each in own.documents],
        history=[entry for each in own.history if (entry := _history(each)) is not None],
    )


def _line(own: LineView) -> types.PartnerLineView:
    reasons = [finding(each) for each in own.line.reasons]
    line = same_fields(types.PartnerLine, own.line, reasons=reasons)
    return same_fields(types.PartnerLineView, own, line=line)


def _document(own: OrderDocument) -> types.PartnerOrderDocument:
    return same_fields(types.PartnerOrderDocument, own)


def _history(own: HistoryEntry) -> types.PartnerHistoryEntry | None:
    text = EVENTS.get(own.kind)
    return None if text is None else same_fields(types.PartnerHistoryEntry, own, text=text)


def _as_it_is(own: Any) -> Any:
    return own


TOLD: dict[type, Rule] = {
    OrderView: _order,
    LineView: _line,
    OrderDocument: _document,
    HistoryEntry: _history,
    OrderSummary: _as_it_is,  # what the 855 says, and when
    ScheduleState: _as_it_is,
    PromiseState: _as_it_is,
    Requirement: _as_it_is,  # the partner's own words
    Text: _as_it_is,
}
