"""A purchase order takes effect: decided, filed, answered.

Most orders are new. What a new order comes to follows from the order and our rules alone, so it is foreseen where the
message is read, outside any transaction; the transaction files it if nothing stands under the number. Where something
does, or another day has begun, the order is decided in the transaction, on what stands then. Both ways the same
functions decide and answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders.decide import Given, decide
from hub.business.orders.handlers import answered, first_answer, ready, take_order
from hub.business.orders.model import Decision, Effect, Source
from hub.business.orders.reasons import HOLDING
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Party
from hub.exchange.model import Key
from hub.flow.arrivals import Arrival, Foreseen, Handled, NotInCompany, Workplace
from hub.flow.rules import Rules
from hub.kernel.clock import day_in
from hub.kernel.errors import Misconfigured
from hub.kernel.identity import new_id

PURCHASE_ORDER = "PurchaseOrder"
LINE_KEYS_MAX = 2_000  # items of one order that the search box knows; an order of more is found by its number

_SENDS = frozenset({Effect.RECORD_ORDER, Effect.SEND_ANSWER})


def foresee(rules: Rules, arrival: Arrival) -> Foreseen | None:
    """Return what the order comes to if its number is free; None where that follows from more than the order.

    What is wrong with our configuration is said when the order takes effect, not here.
    """
    if arrival.name != PURCHASE_ORDER:
        return None
    order = _order_of(arrival)
    with contextlib.suppress(Misconfigured):
        given = _given(rules, order, arrival)
        decision = decide(order, None, given)
        if (new := ready(decision)) is not None:
            return Foreseen(day=given.today, test=given.test, order=new, handled=_handled(order, decision))
    return None


def take_purchase_order(at: Workplace, arrival: Arrival) -> Handled:
    """Do what was foreseen; or decide the order on what stands, record it, and owe the answer.

    What stands may be another message's of the same transaction, not yet written whole: hence ``NotInCompany``.
    """
    foreseen = arrival.foreseen
    if foreseen is not None and _still_holds(foreseen, arrival) and at.filing.file(foreseen.order):
        return foreseen.handled
    if at.in_company:
        raise NotInCompany
    at.filing.write()
    order = _order_of(arrival)
    decision = take_order(at.conn, order, _given(at.rules, order, arrival), at.now, answering=at.answering)
    handled = _handled(order, decision).written(at.rules, arrival.partner)
    return replace(handled, resend=_first_answer(at.conn, decision))


def note_answers(conn: Connection, answers: Sequence[tuple[Handled, str]], now: datetime) -> None:
    """Put answers, each a message of ours, on record with what they answer."""
    noted = [(handled.order_id, Source(message=message_id)) for handled, message_id in answers if handled.order_id]
    answered(conn, noted, now)


def _still_holds(foreseen: Foreseen, arrival: Arrival) -> bool:
    """Whether it is of this very document, and of today; who foresaw it may be another process."""
    row, partner = foreseen.order.rows.order, arrival.partner
    if (row.partner, row.source_message, row.source_position) != (partner.id, arrival.message, arrival.position):
        return False
    return foreseen.day == day_in(partner.time_zone, arrival.now) and foreseen.test == arrival.test


def _order_of(arrival: Arrival) -> PurchaseOrder:
    order = arrival.document()
    assert isinstance(order, PurchaseOrder)
    return order if order.currency else replace(order, currency=arrival.partner.currency)


def _given(rules: Rules, order: PurchaseOrder, arrival: Arrival) -> Given:
    partner = arrival.partner
    return Given(
        catalogue=rules.catalogue(partner.id),
        today=day_in(partner.time_zone, arrival.now),
        source=_source(arrival),
        order_id=new_id(),
        test=arrival.test,
        calendar=rules.dock(partner.id),
        seller=_seller(order.parties),
    )


def _handled(order: PurchaseOrder, decision: Decision) -> Handled:
    """Say what became of the order, and what is owed for it."""
    return Handled(
        outcome=decision.outcome.value,
        findings=decision.all_reasons,
        owed=[decision.answer] if decision.answer and not _SENDS.isdisjoint(decision.effects) else [],
        order_number=order.number,
        order_id=decision.order_id,
        keys=_order_keys(order, decision),
        attention=_question(decision) if Effect.ASK_A_PERSON in decision.effects else None,
    )


def _source(arrival: Arrival) -> Source:
    return Source(
        message=arrival.message,
        position=arrival.position,
        control_number=str(arrival.interchange_control_number),
    )


def _seller(parties: Sequence[Party]) -> Party | None:
    """Return us as the buyer named us in the order: the answer calls us the same."""
    return next((party for party in parties if party.role in ("seller", "supplier", "vendor")), None)


def _first_answer(conn: Connection, decision: Decision) -> list[str]:
    if Effect.REPEAT_ANSWER not in decision.effects or decision.order_id is None:
        return []
    first = first_answer(conn, decision.order_id)
    return [first.message] if first else []


def _order_keys(order: PurchaseOrder, decision: Decision) -> list[Key]:
    found = [
        ("release", order.release),
        ("contract", order.contract),
        ("seller-order", decision.seller_order),
    ]
    for line in order.lines[:LINE_KEYS_MAX]:
        if line.item:
            found += [("item", line.item.buyer), ("item", line.item.seller), ("udi-di", line.item.udi_di)]
    return [Key(kind=kind, value=value) for kind, value in found if value]


def _question(decision: Decision) -> str:
    """Return the sentence by which a person learns what is asked of them: what holds the order, else the gravest."""
    asked = max(decision.all_reasons, key=lambda reason: (reason.code in HOLDING, reason.severity), default=None)
    return asked.message if asked else "This order waits for a person"
