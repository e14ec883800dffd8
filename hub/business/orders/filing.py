"""An order document is put on record: load what stands, decide, save, in the caller's transaction.

A new order may be decided before its transaction (``ready``), and is filed in it if its number is still free.

In: a connection inside the caller's transaction, and the order. Out: the ``Decision``; its ``effects`` say what is owed
(the answer, the first answer once more, a person's attention), and ``handlers`` makes that due. ``Conflict`` when
another document took the number between ``load`` and ``save``: decide again, on what stands now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders import store
from hub.business.orders.decide import Given, decide
from hub.business.orders.model import Decision, DocumentRole, Effect, OrderEvent, OrderState, Source
from hub.business.orders.rows import OrderRows, rows_of
from hub.canonical.order import PurchaseOrder
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct


class NewOrder(Struct, tag="orders"):
    """An order that nothing stands in the way of: what is written of it. Made anywhere, filed when it takes effect."""

    rows: OrderRows
    events: list[OrderEvent]


def ready(decision: Decision) -> NewOrder | None:
    """Return what is written for a ``decision`` about a free number; None when no order follows from it."""
    return NewOrder(rows=rows_of(decision.state), events=decision.events) if decision.state else None


def load(conn: Connection, partner: str, order: PurchaseOrder, *, test: bool) -> OrderState | None:
    """Return what stands under the order's number; none when the number is free or the order has none."""
    if order.number is None:
        return None
    return store.known_order(conn, partner, order.number, order.release or "", test)


def alike(conn: Connection, given: Given, order: PurchaseOrder, known: OrderState | None) -> str | Wording | None:
    """Return what an older order is called that stands and may be this one, written otherwise."""
    if order.number is None:
        return None
    stands = known is not None and known.status != "refused"
    partner, before = given.catalogue.partner, known.id if known and stands else None
    return store.order_alike(conn, partner, order.number, order.release or "", given.test, before)


def save(conn: Connection, decision: Decision, source: Source, now: datetime) -> bool:
    """Write what follows from ``decision``, taken about the document at ``source``.

    Says whether the document is new to the order: the history tells of each once, however often it is decided.
    """
    order_id, state = decision.order_id, decision.state
    if order_id is None:
        return True
    if state is not None:
        if state.version > 1:
            if decision.instead_of is not None:
                store.put_behind(conn, order_id, decision.instead_of, source, now)
            store.replace_order(conn, state, now)
        else:
            store.insert_orders(conn, [rows_of(state)], now)
        new = True
    else:
        new = bool(decision.events) and store.add_document(conn, order_id, _role(decision), source, now)
    if new:
        store.add_events(conn, [(order_id, event) for event in decision.events], now)
    return new


def take_order(
    conn: Connection, order: PurchaseOrder, given: Given, now: datetime, *, answering: Collection[str] = ()
) -> Decision:
    """Load, decide and save in one transaction. ``now`` is in UTC.

    ``answering`` are ids of orders whose answer this transaction sends, though it is not on record yet.
    """
    known = load(conn, given.catalogue.partner, order, test=given.test)
    answered = known is None or known.id in answering or store.first_answer(conn, known.id) is not None
    replaced = known is not None and known.source != given.source and store.was_replaced(conn, known.id, given.source)
    given = replace(given, alike=alike(conn, given, order, known), replaced=replaced)
    decision = decide(order, known, given, answered=answered)
    if not save(conn, decision, given.source, now) and Effect.REPEAT_ANSWER in decision.effects:
        return replace(decision, effects=[])  # this copy has had its answer
    return decision


def answered(conn: Connection, answers: Sequence[tuple[str, Source]], now: datetime) -> None:
    """Note each answer with its order; the first one noted is what a copy gets again."""
    store.add_documents(conn, DocumentRole.ANSWER, answers, now)


def first_answer(conn: Connection, order_id: str) -> Source | None:
    """Return the document that answered the order first: what ``Effect.REPEAT_ANSWER`` sends again."""
    return store.first_answer(conn, order_id)


def _role(decision: Decision) -> DocumentRole:
    if Effect.REPEAT_ANSWER in decision.effects or Effect.SEND_ANSWER in decision.effects:
        return DocumentRole.COPY
    return DocumentRole.DUPLICATE if decision.outcome == "duplicate" else DocumentRole.INSTRUCTION
