"""Purchase orders take effect: prepared where they are read, or decided on what stands; the answer is due.

Most orders are new. What a new order comes to follows from the order and our rules alone, so it is prepared outside
any transaction and rests on its number being free. Where something stands under the number, or another day has begun,
the order is decided in the transaction, on what stands then. Both ways the same functions decide and answer.
"""

from __future__ import annotations

from collections.abc import MutableSet, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders import store
from hub.business.orders.answer import answer_to
from hub.business.orders.catalogue import Catalogue
from hub.business.orders.decide import Given, decide
from hub.business.orders.filing import NewOrder, answered, first_answer, ready, take_order
from hub.business.orders.model import Decision, Effect, Source
from hub.business.orders.parties import SELLERS
from hub.business.orders.places import goods_to
from hub.business.orders.reasons import HOLDING
from hub.business.orders.rules import OrderRules
from hub.business.orders.terms import currency_of
from hub.business.orders.to_make import order_to_make, requisition_of
from hub.business.room import Arrived, DocumentRef, Prepared, Standing
from hub.canonical.order import OrderAcknowledgement, PurchaseOrder
from hub.canonical.result import Due, Event, OpenDuty, Result
from hub.canonical.shared import Item, Party
from hub.kernel.clock import day_in
from hub.kernel.identity import new_id
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct

LINE_KEYS_MAX = 2_000  # items of one order that the search box knows; an order of more is found by its number
KEYS_OF_AN_ANSWER = ("release", "seller-order")
"""What an answer is found by, beside its own numbers; items and contracts lead to the order, and from there to it."""

_SENDS = frozenset({Effect.RECORD_ORDER, Effect.SEND_ANSWER})


def prepare(arrived: Arrived, rules: OrderRules) -> Prepared | None:
    """Return what the order comes to if its number is free, in whatever spelling; None where none follows from it."""
    order = _order_of(arrived)
    given = _given(order, arrived, rules)
    decision = decide(order, None, given)
    new = ready(decision)
    if new is None:
        return None
    row = new.rows.order
    return Prepared(
        rests_on=[Standing(id=store.key_of(row.partner, row.known_as, row.test))],
        day=given.today,
        writes=new,
        result=_result(order, decision, arrived, rules),
    )


def take_purchase_order(conn: Connection, arrived: Arrived, rules: OrderRules, answering: MutableSet[str]) -> Result:
    """Decide the order on what stands, record it, and owe the answer; what came in its place it answers no more."""
    order = _order_of(arrived)
    decision = take_order(conn, order, _given(order, arrived, rules), arrived.now, answering=answering)
    if decision.state is not None:
        answering.discard(decision.state.id)
    return replace(_result(order, decision, arrived, rules), resend=_first_answer(conn, decision))


def write_new(conn: Connection, new: Sequence[NewOrder], now: datetime) -> None:
    """Write new orders. Raises ``Conflict`` when another has taken one of their numbers."""
    store.insert_orders(conn, [each.rows for each in new], now)
    events = [(each.rows.order.id, event) for each in new for event in each.events]
    store.add_events(conn, events, now)


def note_answers(conn: Connection, answers: Sequence[tuple[str, str]], now: datetime) -> None:
    """Put answers on record with the orders they answer: the order's id, and the message of ours."""
    answered(conn, [(order_id, Source(message=message)) for order_id, message in answers], now)


def document_of(new: NewOrder) -> DocumentRef:
    """Return which document the order was made of."""
    row = new.rows.order
    return DocumentRef(partner=row.partner, message=row.source_message, position=row.source_position, test=row.test)


def _order_of(arrived: Arrived) -> PurchaseOrder:
    """Return the order with its currency: where only its lines say one, what is agreed is not put in its mouth."""
    order = arrived.document
    assert isinstance(order, PurchaseOrder)
    if order.currency:
        return order
    agreed, said = arrived.partner.currency, {line.price.currency for line in order.lines if line.price}
    return replace(order, currency=currency_of(order) if said and agreed not in said else agreed)


def _given(order: PurchaseOrder, arrived: Arrived, rules: OrderRules) -> Given:
    return Given(
        catalogue=rules.catalogue,
        today=day_in(arrived.partner.time_zone, arrived.now),
        source=Source(message=arrived.message, position=arrived.position, reference=arrived.reference),
        order_id=new_id(),
        test=arrived.test,
        calendar=rules.dock,
        parties=arrived.partner.parties,
        unsaid=arrived.unsaid,
        seller=_seller(order.parties),
    )


def _result(order: PurchaseOrder, decision: Decision, arrived: Arrived, rules: OrderRules) -> Result:
    """Say what became of the order, and what is due for it."""
    subject = Key(kind="purchase-order", value=order.number) if order.number else None
    keys = _order_keys(order, decision.seller_order, rules.catalogue)
    asks = Effect.ASK_A_PERSON in decision.effects
    owes = asks and decision.outcome != "duplicate"  # the first has its answer; a second is told that it came
    due = []
    if decision.answer and not _SENDS.isdisjoint(decision.effects):
        due.append(
            Due(
                partner=arrived.partner.id,
                document=decision.answer,
                because=arrived.cause,
                test=arrived.test,
                subject=subject,
                keys=_answer_keys(keys, decision.answer),
                record=decision.order_id,
            )
        )
    return Result(
        outcome=decision.outcome,
        findings=decision.all_reasons,
        due=due,
        events=_happened(order, decision, arrived),
        open_duties=[OpenDuty(partner=arrived.partner.id, document=OrderAcknowledgement.__name__)] if owes else [],
        subject=subject,
        keys=keys,
        attention=_question(decision) if asks else None,
    )


def _happened(order: PurchaseOrder, decision: Decision, arrived: Arrived) -> list[Event]:
    """Say that an order is to be made: the buyer's words, and our promise. What is a test or does not stand is not."""
    state = decision.state or decision.stands
    if Effect.SAY_IT_STANDS not in decision.effects or state is None:
        return []
    today = day_in(arrived.partner.time_zone, arrived.now)
    answer = decision.answer or answer_to(order, state, today, _seller(order.parties))
    number = state.seller_order
    return [
        Event(
            kind="order-accepted",
            document=order_to_make(order, state, answer),
            record=state.id,
            test=arrived.test,
            keys=[Key(kind="seller-order", value=number)] if number else [],
        )
    ]


def _seller(parties: Sequence[Party]) -> Party | None:
    """Return us as the buyer named us in the order: the answer calls us the same."""
    return next((party for party in parties if party.role in SELLERS), None)


def _first_answer(conn: Connection, decision: Decision) -> list[str]:
    if Effect.REPEAT_ANSWER not in decision.effects or decision.order_id is None:
        return []
    first = first_answer(conn, decision.order_id)
    return [first.message] if first else []


def numbers_in(document: Struct) -> list[Key]:
    """Return by what else people ask for an order, as it says itself."""
    assert isinstance(document, PurchaseOrder)
    return _order_keys(document, None, None)


def _order_keys(order: PurchaseOrder, seller_order: str | None, catalogue: Catalogue | None) -> list[Key]:
    found = [
        ("release", order.release),
        ("contract", order.contract),
        ("seller-order", seller_order),
        ("customer-reference", order.customer_reference),
        ("requisition", requisition_of(order)),
        ("project", order.project),
    ]
    place = goods_to(order)
    parties = [*order.parties, *([place] if place else [])]
    called = [(party, each) for party in parties for each in (party.id, party.endpoint) if each is not None]
    found += [("gln", each.value) for _, each in called if each.scheme == "gln"]
    found += [("party", each.value) for party, each in called if each.scheme != "gln" and party.role not in SELLERS]
    for line in order.lines[:LINE_KEYS_MAX]:
        if line.item:
            found += [("item", line.item.buyer), ("udi-di", line.item.udi_di), ("gtin", line.item.gtin)]
            found += [("item", line.item.seller or _our_number(line.item, catalogue))]
    return [Key(kind=kind, value=value) for kind, value in found if value]


def _our_number(item: Item, catalogue: Catalogue | None) -> str | None:
    """Return what we call an item that the order names by the buyer's number alone."""
    known = catalogue.by_buyer(item.buyer) if catalogue and item.buyer else None
    return known.number if known else None


def _answer_keys(of_order: Sequence[Key], answer: OrderAcknowledgement) -> list[Key]:
    own = [Key(kind="answer", value=answer.answer_number)] if answer.answer_number else []
    return [*(key for key in of_order if key.kind in KEYS_OF_AN_ANSWER), *own]


def _question(decision: Decision) -> Wording:
    """Return the sentence by which a person learns what is asked of them: what holds the order, else the gravest."""
    asked = max(decision.all_reasons, key=lambda reason: (reason.code in HOLDING, reason.severity), default=None)
    return asked.wording if asked else Wording(key="order/waits")


declared({"order/waits": Phrase(message="This order waits for a person")})
