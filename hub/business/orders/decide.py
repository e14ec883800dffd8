"""What we say to an order: pure, without clock, database or wire.

In: a ``PurchaseOrder``, what stands under its number, the customer's catalogue, today at the customer's zone. Out: a
``Decision`` with the answer, the state to save and the reasons. Nothing is raised for what the customer wrote.

An order is new, a copy, or an instruction about another order (its purpose, BEG01 in X12, says which):

* original or confirm (00, 06): decided line by line, unless the number is taken: then held, with both shown;
* duplicate (07): the first answer again when it says the same, held when not; decided when it is the first to arrive;
* cancel, change, replace (01, 04, 05) and any other: held for a person. A change has a document of its own (860).
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from hub.business.orders.answer import answer_to
from hub.business.orders.catalogue import ALWAYS_OPEN, Catalogue, DockCalendar
from hub.business.orders.compare import differences
from hub.business.orders.lines import CENT, decide_line, line_amount
from hub.business.orders.model import (
    Decision,
    Effect,
    Event,
    EventKind,
    LineDecision,
    LineVerdict,
    OrderState,
    Outcome,
    Source,
    Verdict,
)
from hub.business.orders.reasons import Reason, doubt, hold, note, refuse, verdict_of
from hub.business.orders.terms import is_plain, shown, terms_of
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Party

NEW = frozenset({"original", "confirm"})
COPY = "duplicate"

_ENCODER = msgspec.json.Encoder(order="deterministic")


def decide(
    order: PurchaseOrder,
    known: OrderState | None,
    catalogue: Catalogue,
    today: date,
    *,
    source: Source,
    test: bool = False,
    calendar: DockCalendar = ALWAYS_OPEN,
    seller: Party | None = None,
) -> Decision:
    """Return what follows from ``order``.

    ``known`` is the order that stands under the same partner, number, release and test flag, if any; ``source`` is
    where this document came from; ``test`` marks an order that is answered and never made.
    """
    purpose = order.purpose or "original"
    if order.number is None:
        return _set_aside(order, known, test, source, _numberless())
    if known is not None and known.source == source:
        return Decision(outcome=known.status, effects=[], test=test)  # a replay: its effect stands already
    if purpose != COPY and purpose not in NEW:
        return _instruction(order, known, test, source, purpose)
    if known is None:
        return _fresh(order, catalogue, today, source, test, calendar, seller)
    if purpose == COPY and known.digest == digest_of(order):
        return _repeated(order, known, test, source)
    return _taken(order, known, test, source)


def digest_of(order: PurchaseOrder) -> str:
    """Return a digest of what is ordered: the same for a copy that differs in its purpose alone."""
    return hashlib.sha256(_ENCODER.encode(replace(order, purpose=None))).hexdigest()


def _fresh(
    order: PurchaseOrder,
    catalogue: Catalogue,
    today: date,
    source: Source,
    test: bool,
    calendar: DockCalendar,
    seller: Party | None,
) -> Decision:
    """Decide an order whose number is free, line by line."""
    about_order = _order_reasons(order)
    terms = terms_of(order, catalogue, calendar, today)
    lines = [decide_line(line, index, terms, about_order) for index, line in enumerate(order.lines)]
    verdict, outcome = _overall(lines, about_order)
    stands = verdict in (Verdict.ACCEPTED, Verdict.CHANGED)
    if stands:
        about_order.append(_unplanned())
    states = [line.state for line in lines]
    state = OrderState(
        partner=catalogue.partner,
        number=order.number or "",
        release=order.release or "",
        test=test,
        status=outcome,
        verdict=verdict,
        digest=digest_of(order),
        source=source,
        placed=order.placed.on if order.placed else None,
        contract=order.contract,
        currency=terms.currency,
        requirements=order.requirements,
        notes=order.notes,
        reasons=[reason.finding for reason in about_order],
        lines=states,
    )
    effects = [Effect.RECORD_ORDER]
    if any(line.verdict is LineVerdict.HELD for line in lines):
        effects.append(Effect.ASK_A_PERSON)
    if stands and not test:
        effects.append(Effect.PLAN)
    return Decision(
        outcome=outcome,
        effects=effects,
        test=test,
        lines=lines,
        reasons=state.reasons,
        state=state,
        answer=answer_to(order, verdict, states, today, seller),
        events=[_received(order, source, test), _decided(lines, outcome, source)],
    )


def _overall(lines: list[LineDecision], about_order: list[Reason]) -> tuple[Verdict, Outcome]:
    verdicts = {line.verdict for line in lines} or {verdict_of(about_order)}
    if verdicts == {LineVerdict.ACCEPTED}:
        return Verdict.ACCEPTED, Outcome.ACCEPTED
    if verdicts == {LineVerdict.REFUSED}:
        return Verdict.REFUSED, Outcome.REFUSED
    if verdicts <= {LineVerdict.REFUSED, LineVerdict.HELD}:
        return Verdict.HELD, Outcome.HELD
    return Verdict.CHANGED, Outcome.CHANGED


def _order_reasons(order: PurchaseOrder) -> list[Reason]:
    """Return what is wrong with the order as a whole."""
    reasons: list[Reason] = []
    if not order.lines:
        reasons.append(refuse("BUS-NO-LINES", "lines", "the order has no line", "send at least one line"))
    if order.purpose == COPY:
        message = "marked as a copy, but no order of this number has arrived before"
        reasons.append(note("BUS-COPY-FIRST", "purpose", message, "nothing to do; it is taken as the order"))
    if any(charge.kind == "allowance" for charge in order.charges):
        message = "the order takes off an allowance that no contract price of ours knows"
        reasons.append(hold("BUS-ALLOWANCE", "charges", message, "agree the allowance with the customer"))
    return reasons + _stated_total(order)


def _stated_total(order: PurchaseOrder) -> list[Reason]:
    """Compare the total the buyer states with what its lines make; nothing is booked from either."""
    stated = order.total and (order.total.lines or order.total.payable)
    amounts = [line_amount(line, line.price) for line in order.lines]
    made = [amount for amount in amounts if amount is not None]
    if not stated or order.charges or len(made) != len(amounts) or not is_plain(stated.amount):
        return []
    computed = sum(made, Decimal(0))
    if abs(stated.amount - computed) <= CENT * len(made):  # a buyer may round every line to the cent
        return []
    message = f"the order's total is stated as {shown(stated.amount)}, its lines make {shown(computed)}"
    remedy = "nothing is booked from the stated total; check the lines"
    return [doubt("BUS-TOTAL", "total", message, remedy, found=stated.amount, expected=shown(computed))]


def _unplanned() -> Reason:
    message = "promised dates are requested dates or lead times; no plan stands behind them yet"
    return note("BUS-NOT-PLANNED", "lines", message, "nothing to do; planning may propose others later")


def _numberless() -> Reason:
    return hold("BUS-NO-NUMBER", "number", "the order has no number", "ask the customer for the order number")


def _instruction(order: PurchaseOrder, known: OrderState | None, test: bool, source: Source, purpose: str) -> Decision:
    which = f"order {order.number}, which stands as {known.status}" if known else f"order {order.number}, unknown to us"
    message = f"purpose {purpose} sent as an order, about {which}"
    remedy = "decide with the customer; a change belongs in an order change (860)"
    reason = hold("BUS-INSTRUCTION", "purpose", message, remedy, found=purpose)
    return _set_aside(order, known, test, source, reason)


def _set_aside(order: PurchaseOrder, known: OrderState | None, test: bool, source: Source, reason: Reason) -> Decision:
    """Hold a document that is no new order: nothing is recorded but its arrival, nothing is sent."""
    text = f"{_marked(test)}{reason.finding.message}; waits for a person"
    return Decision(
        outcome=Outcome.HELD,
        effects=[Effect.ASK_A_PERSON],
        test=test,
        reasons=[reason.finding],
        events=[Event(kind=EventKind.INSTRUCTION_HELD, text=text, source=source)] if known else [],
    )


def _repeated(order: PurchaseOrder, known: OrderState, test: bool, source: Source) -> Decision:
    message = f"copy of order {order.number}, {_arrived(known)}; the first answer is sent again"
    reason = note("BUS-COPY", "purpose", message, "nothing to do")
    return Decision(
        outcome=Outcome.DUPLICATE,
        effects=[Effect.REPEAT_ANSWER],
        test=test,
        reasons=[reason.finding],
        events=[Event(kind=EventKind.ANSWER_REPEATED, text=_marked(test) + message, source=source)],
    )


def _taken(order: PurchaseOrder, known: OrderState, test: bool, source: Source) -> Decision:
    """Hold an order whose number is taken, with both shown; the one that stands is not touched."""
    different = differences(order, known)
    says = "says the same" if known.digest == digest_of(order) else "differs"
    if different:
        says = "differs: " + "; ".join(different)
    number = f" under control number {source.control_number}" if source.control_number else ""
    message = f"order {order.number} arrived again{number}; the first, {_arrived(known)}, stands; the second {says}"
    remedy = "release the second only if it is meant as another order, under a number of its own; else discard it"
    reason = hold(
        "BUS-ORDER-DUPLICATE", "number", message, remedy, found=source.control_number, expected=_arrived(known)
    )
    return Decision(
        outcome=Outcome.DUPLICATE,
        effects=[Effect.ASK_A_PERSON],
        test=test,
        reasons=[reason.finding],
        events=[Event(kind=EventKind.DUPLICATE_HELD, text=_marked(test) + message, source=source)],
    )


def _arrived(known: OrderState) -> str:
    number = f"control number {known.source.control_number}, " if known.source.control_number else ""
    return f"{number}message {known.source.message}"


def _received(order: PurchaseOrder, source: Source, test: bool) -> Event:
    release = f" release {order.release}" if order.release else ""
    text = f"{_marked(test)}order {order.number}{release} received, {len(order.lines)} lines"
    return Event(kind=EventKind.RECEIVED, text=text, source=source)


_DECIDED = {
    Outcome.ACCEPTED: EventKind.ACCEPTED,
    Outcome.CHANGED: EventKind.CHANGED,
    Outcome.REFUSED: EventKind.REFUSED,
    Outcome.HELD: EventKind.HELD,
}


def _decided(lines: list[LineDecision], outcome: Outcome, source: Source) -> Event:
    counted = {verdict: sum(line.verdict is verdict for line in lines) for verdict in LineVerdict}
    said = ", ".join(f"{count} {verdict}" for verdict, count in counted.items() if count)
    return Event(kind=_DECIDED[outcome], text=f"{outcome}: {said or 'no lines'}", source=source)


def _marked(test: bool) -> str:
    return "test: " if test else ""
