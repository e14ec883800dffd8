"""What those hear of an order who make and send it: our answer, and all that the buyer wishes.

In: the order, how it stands, our answer. Out: the answer with the buyer's words beside it. An answer to the buyer does
not repeat what was told for the making of the goods; who makes them has nothing else to read it in.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from hub.business.orders.model import LineState, LineVerdict, OrderConditions, OrderState
from hub.business.orders.parties import BUYERS
from hub.business.orders.places import goods_to, ship_to
from hub.canonical.order import AnsweredLine, OrderAcknowledgement, OrderLine, PurchaseOrder
from hub.canonical.shared import Party, Terms
from hub.kernel.words import Id

SHOWN = 5  # of a list, on the order's page
WISHES = (
    "requested", "window", "ship_window", "valid_until", "cancel_rule", "delivery", "incoterm", "contacts", "dates",
    "freight", "carriers", "packing", "requirements", "notes", "instructions", "documents",
)  # fmt: skip
"""Fields of an order that its answer does not repeat, and that its making and sending need."""
LINE_WISHES = (
    "requested", "window", "partial", "backorder", "cancel_rule", "lot", "serials", "splits", "components", "parties",
    "descriptions", "requirements", "references", "dates", "packs", "properties",
)  # fmt: skip
"""The same of a line. What its schedules ask for, the promises answer one by one."""


def order_to_make(order: PurchaseOrder, state: OrderState, answer: OrderAcknowledgement) -> OrderAcknowledgement:
    """Return ``answer`` with all parties of the order, where its goods go, and what the buyer wishes of each line.

    Of the terms of payment no more than what is said in words: it may be about the goods.
    """
    lines = [
        _line(*each) if each[1].verdict in (LineVerdict.ACCEPTED, LineVerdict.CHANGED) else each[2]
        for each in zip(order.lines, state.lines, answer.lines, strict=True)
    ]
    said = _said(order, WISHES)
    texts = [Terms(text=each.text) for each in order.terms if each.text]
    if texts:
        said["terms"] = texts
    return replace(answer, parties=_parties(order, state.partner), lines=lines, **said)


def conditions_of(order: PurchaseOrder) -> OrderConditions:
    """Return what a person looks for who opens the order; of lists that may be long, the first."""
    place = goods_to(order)
    said = (*order.incoterm.values(), *(text for each in order.freight for text in (each.terms, each.place)))
    return OrderConditions(
        ship_to=replace(place, contacts=place.contacts[:SHOWN], references=[], extensions={}) if place else None,
        customer_reference=order.customer_reference,
        requisition=requisition_of(order),
        project=order.project,
        terms=order.terms[:SHOWN],
        trade=[text for text in said if text][:SHOWN],
        freight=list(dict.fromkeys(each.paid_by for each in order.freight if each.paid_by))[:SHOWN],
    )


def requisition_of(order: PurchaseOrder) -> str | None:
    """Return the number of the buyer's requisition, in a field of its own or among the references."""
    return order.requisition or next((each.value for each in order.references if each.kind == "requisition"), None)


def _parties(order: PurchaseOrder, partner: str) -> list[Party]:
    """Return the parties of the order; the place of its goods among them, and whose order it is."""
    named, place = ship_to(order), goods_to(order)
    parties = [place if place and party is named else party for party in order.parties]
    if place is not None and named is None:
        parties.append(place)
    if not any(party.role in BUYERS for party in parties):
        parties.append(Party(role="buyer", id=Id(value=partner, scheme="mutually-defined")))
    return parties


def _line(ordered: OrderLine, _: LineState, answered: AnsweredLine) -> AnsweredLine:
    said = _said(ordered, LINE_WISHES)
    if ordered.notes:
        said["notes"] = [*ordered.notes, *answered.notes]
    return replace(answered, **said) if said else answered


def _said(document: PurchaseOrder | OrderLine, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in fields if (value := getattr(document, name)) not in (None, [], {})}
