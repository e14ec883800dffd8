"""An order document takes effect: load what stands, decide, save, say what is due.

In: a connection inside the caller's transaction, and the order. Out: the ``Decision``; its ``effects`` say what the
flow owes (the answer, the first answer once more, a person's attention). ``Conflict`` when another document took the
number between ``load`` and ``save``: decide again, on what stands now.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders import store
from hub.business.orders.catalogue import ALWAYS_OPEN, Catalogue, DockCalendar
from hub.business.orders.decide import decide
from hub.business.orders.model import Decision, DocumentRole, Effect, OrderState, Outcome, Source
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Party


def load(conn: Connection, partner: str, order: PurchaseOrder, *, test: bool) -> OrderState | None:
    """Return what stands under the order's number; none when the number is free or the order has none."""
    if order.number is None:
        return None
    return store.known_order(conn, partner, order.number, order.release or "", test)


def save(conn: Connection, decision: Decision, source: Source, now: datetime) -> bool:
    """Write what follows from ``decision``, taken about the document at ``source``.

    Says whether the document is new to the order: the history tells of each once, however often it is decided.
    """
    order_id, state = decision.order_id, decision.state
    if order_id is None:
        return True
    if state is not None:
        (store.insert_order if state.version == 1 else store.replace_order)(conn, state, now)
        new = True
    else:
        new = bool(decision.events) and store.add_document(conn, order_id, _role(decision), source, now)
    if new:
        store.add_events(conn, order_id, decision.events, now)
    return new


def take_order(
    conn: Connection,
    order: PurchaseOrder,
    catalogue: Catalogue,
    *,
    source: Source,
    order_id: str,
    today: date,
    now: datetime,
    test: bool = False,
    calendar: DockCalendar = ALWAYS_OPEN,
    seller: Party | None = None,
) -> Decision:
    """Load, decide and save in one transaction; see ``decide`` for the parameters. ``now`` is in UTC."""
    known = load(conn, catalogue.partner, order, test=test)
    decision = decide(
        order,
        known,
        catalogue,
        today,
        source=source,
        order_id=order_id,
        test=test,
        calendar=calendar,
        seller=seller,
        answered=known is None or store.first_answer(conn, known.id) is not None,
    )
    if not save(conn, decision, source, now) and Effect.REPEAT_ANSWER in decision.effects:
        return replace(decision, effects=[])  # this copy has had its answer
    return decision


def answered(conn: Connection, order_id: str, source: Source, now: datetime) -> None:
    """Note that the document at ``source`` answers the order; the first one noted is what a copy gets again."""
    store.add_document(conn, order_id, DocumentRole.ANSWER, source, now)


def first_answer(conn: Connection, order_id: str) -> Source | None:
    """Return the document that answered the order first: what ``Effect.REPEAT_ANSWER`` sends again."""
    return store.first_answer(conn, order_id)


def _role(decision: Decision) -> DocumentRole:
    if Effect.REPEAT_ANSWER in decision.effects or Effect.SEND_ANSWER in decision.effects:
        return DocumentRole.COPY
    return DocumentRole.DUPLICATE if decision.outcome is Outcome.DUPLICATE else DocumentRole.INSTRUCTION
