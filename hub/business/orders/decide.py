"""What we say to an order: pure, without clock, database or wire.

In: a ``PurchaseOrder``, what stands under its number, the customer's catalogue, today at the customer's zone. Out: a
``Decision`` with the answer, the state to save and the reasons. Nothing is raised for what the customer wrote.

An order is new, a copy, or an instruction about another order (its purpose, BEG01 in X12, says which):

* original or confirm (00, 06): decided line by line; where the number is taken it is a duplicate: nothing of it takes
  effect, and a person is asked, with both shown. What was refused takes no number: what comes after it stands in its
  place;
* duplicate (07): the first answer again when it says the same; when not, as where the number is taken; decided when it
  is the first to arrive;
* cancel, change, replace (01, 04, 05) and any other: held for a person, who agrees it by other means.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from hub.business.orders.alike import called_with_release
from hub.business.orders.answer import answer_to
from hub.business.orders.bearings import KINDS
from hub.business.orders.catalogue import ALWAYS_OPEN, Catalogue, DockCalendar
from hub.business.orders.charges import charges_of_order
from hub.business.orders.compare import differences
from hub.business.orders.contracts import contracts_of_order
from hub.business.orders.lines import decide_line
from hub.business.orders.lots import lots_of_order
from hub.business.orders.model import (
    Decision,
    Effect,
    EventKind,
    LineDecision,
    LineState,
    LineVerdict,
    OrderEvent,
    OrderState,
    OrderStatus,
    Source,
    Verdict,
)
from hub.business.orders.our_number import seller_order_number
from hub.business.orders.parties import parties_of_order
from hub.business.orders.places import places_of_order, unweighed_of_order
from hub.business.orders.quantities import miscounted
from hub.business.orders.reasons import Reason, say, verdict_of
from hub.business.orders.sums import order_totals, totals_in_another
from hub.business.orders.terms import ORDER_AGE_MAX, OrderTerms, currency_of, terms_of
from hub.business.orders.to_make import conditions_of
from hub.business.orders.wordings import arrived, told_apart
from hub.business.room import AgreedParty
from hub.canonical.order import OrderAcknowledgement, PurchaseOrder
from hub.canonical.shared import Party
from hub.kernel.sentence import Wording
from hub.kernel.spelling import spelled
from hub.kernel.struct import Struct

NEW = frozenset({"original", "confirm"})
COPY = "duplicate"
STANDING = frozenset({Verdict.ACCEPTED, Verdict.CHANGED})
UNSAID = "BUS-UNSAID"

NO_ANSWER = "none"
"""The buyer's wish (table ``acknowledgement-wish``) to hear nothing of an order that is taken as it is."""

NUMBER_LENGTH_MAX = 100
"""Longest order number, release or contract number filed: X12 has 22, 30 and 30, UBL recommends no more than 35."""

_SAY_TODAY = frozenset({"BUS-DATE-PAST", "BUS-DATE-TOO-FAR", "BUS-DATE-ORDER"})  # what they expect is another every day

_ELSEWHERE_ALREADY = timedelta(days=1)
"""How far the date of an order may lie ahead of the customer's own: another office of theirs has tomorrow already."""

_NOT_PLANNED = say("BUS-NOT-PLANNED", "lines")  # of every order that stands

_ENCODER = msgspec.json.Encoder(order="deterministic")


class Given(Struct):
    """What an order is decided by, beside itself and what stands under its number."""

    catalogue: Catalogue
    today: date  # at the customer's
    source: Source  # where this document came from
    order_id: str  # UUIDv7; what a new order will have
    test: bool = False  # answered and never made
    calendar: DockCalendar = ALWAYS_OPEN
    seller: Party | None = None  # us, as this customer knows us
    parties: tuple[AgreedParty, ...] = ()  # whom the customer's orders may name
    unsaid: Wording | None = None  # why the answer cannot be written: what cannot be said is no promise
    replaced: bool = False  # another document has come in the place of this one, which was refused
    alike: str | Wording | None = (
        None  # another order that stands, whose number differs in zeros, blanks or capitals alone
    )

    def terms(self, order: PurchaseOrder) -> OrderTerms:
        return terms_of(order, self.catalogue, self.calendar, self.today)


def decide(order: PurchaseOrder, known: OrderState | None, given: Given, *, answered: bool = True) -> Decision:
    """Return what follows from ``order``.

    ``known`` is the order that stands under the same partner, number, release and test flag, if any; ``answered`` says
    whether an answer to it is on record: what stands unanswered is answered now. What cannot be answered
    (``Given.unsaid``) is held.
    """
    decision = _decided_by(order, known, given, answered=answered)
    return decision if given.unsaid is None else _withheld(decision, given.unsaid)


def _decided_by(order: PurchaseOrder, known: OrderState | None, given: Given, *, answered: bool) -> Decision:
    purpose = order.purpose or "original"
    unusable = _unusable_identity(order)
    if unusable:
        return _set_aside(known, given, unusable)
    if known is not None and known.source == given.source:
        again = _replayed(order, known, given)
        settled = answered or again.state or _is_unasked(order, known.verdict)
        return again if settled else _answer_late(again, order, known, given)
    if purpose != COPY and purpose not in NEW:
        return _set_aside(known, given, _instruction(order, known, purpose))
    if known is None:
        return _as_wished(order, _fresh(order, given))
    if given.replaced:
        return _stays_refused(order, known, given)
    if purpose == COPY and known.digest == digest_of(order):
        return _repeated(order, known, given, None if answered else _answer(order, known, given))
    if known.status == "refused":
        return _as_wished(order, _instead(order, known, given))
    return _taken(order, known, given)


def _instead(order: PurchaseOrder, known: OrderState, given: Given) -> Decision:
    """Decide an order under whose number all was refused: it stands in that one's place."""
    return replace(_anew(order, known, given), instead_of=known.source)


def _anew(order: PurchaseOrder, known: OrderState, given: Given) -> Decision:
    """Decide an order over the one that stands under its number: its answer has a number of its own."""
    return _fresh(order, replace(given, order_id=known.id), version=known.version + 1)


def _stays_refused(order: PurchaseOrder, known: OrderState, given: Given) -> Decision:
    """Leave what was refused, and was answered so, as it is: what came in its place is decided by itself."""
    reason = say("BUS-ORDER-REPLACED", "number", order=order.number, second=arrived(known.source))
    again = _anew(order, known, given)  # for its reasons, as far as they are still the same
    why = again.all_reasons if again.outcome == "refused" else []
    return Decision(
        outcome="refused",
        effects=[],
        test=given.test,
        reasons=[reason.finding, *why],
        order_id=known.id,
        seller_order=known.seller_order,
    )


def _withheld(decision: Decision, unsaid: Wording) -> Decision:
    """Say nothing to anybody, and ask a person."""
    effects = [each for each in decision.effects if each is not Effect.SEND_ANSWER and each is not Effect.SAY_IT_STANDS]
    known = any(reason.code == UNSAID for reason in decision.reasons)
    return replace(
        decision,
        effects=[*dict.fromkeys([*effects, Effect.ASK_A_PERSON])],
        reasons=decision.reasons if known else [*decision.reasons, say(UNSAID, "lines", why=unsaid).finding],
        answer=None,
    )


def _is_unasked(order: PurchaseOrder, verdict: Verdict | None) -> bool:
    return order.acknowledgement == NO_ANSWER and verdict is Verdict.ACCEPTED


def _as_wished(order: PurchaseOrder, decision: Decision) -> Decision:
    """Send nothing where the buyer wants no answer; what differs from the order is told to every buyer."""
    if not _is_unasked(order, decision.verdict):
        return decision
    *before, last = decision.events
    said = replace(last, text=f"{last.text}; not answered, as the buyer asks for no answer")
    return replace(decision, answer=None, events=[*before, said])


def _replayed(order: PurchaseOrder, known: OrderState, given: Given) -> Decision:
    """Decide the same document once more where nothing of it stands; what comes out the same is not done twice."""
    if known.status in ("refused", "held"):
        again = _anew(order, known, given)
        if again.state and _told(again.state) != _told(known):
            return again
    effects = [Effect.ASK_A_PERSON] if any(line.verdict is LineVerdict.HELD for line in known.lines) else []
    stands = known.verdict in STANDING and not known.test and known.digest == digest_of(order)
    if stands:
        effects.append(Effect.SAY_IT_STANDS)  # whoever listens and could not be told then is told now
    return Decision(
        outcome=known.status,
        effects=effects,
        test=given.test,
        stands=known if stands else None,
        lines=[LineDecision(state=line) for line in known.lines],
        reasons=known.reasons,
        order_id=known.id,
        seller_order=known.seller_order,
    )


def _told(state: OrderState) -> str:
    """Return what the customer was told, to compare: as text, for NaN is not itself; without words that say today."""
    reasons = [
        (reason.code, reason.location.path, reason.found, None if reason.code in _SAY_TODAY else reason.asked_for)
        for reason in [*state.reasons, *(reason for line in state.lines for reason in line.reasons)]
    ]
    lines = [
        replace(
            line,
            promises=[replace(promise, reason=None) for promise in line.promises],
            reasons=[],
        )
        for line in state.lines
    ]
    return str((state.verdict, state.currency, reasons, lines))


def _answer_late(again: Decision, order: PurchaseOrder, known: OrderState, given: Given) -> Decision:
    """Answer what stands and was never answered; ask a person where the message is read otherwise than it was."""
    if known.digest == digest_of(order):
        answer = _answer(order, known, given)
        return replace(again, effects=[Effect.SEND_ANSWER, *again.effects], answer=answer)
    reason = say("BUS-UNANSWERED", "number", order=known.number, status=known.status)
    return replace(again, effects=[Effect.ASK_A_PERSON], reasons=[*again.reasons, reason.finding])


def digest_of(order: PurchaseOrder) -> str:
    """Return a digest of what is ordered: the same for a copy, whatever its purpose and the id of its message."""
    return hashlib.sha256(_ENCODER.encode(replace(order, purpose=None, message_id=None))).hexdigest()


def _answer(order: PurchaseOrder, state: OrderState, given: Given) -> OrderAcknowledgement:
    return answer_to(order, state, given.today, given.seller)


def _fresh(order: PurchaseOrder, given: Given, version: int = 1) -> Decision:
    """Decide an order whose number is free, or of which nothing stands, line by line."""
    terms = given.terms(order)
    about_order = _order_reasons(order, terms) + parties_of_order(order, given.parties) + terms.days.faults
    if (alike := given.alike) is not None:
        called = called_with_release(order.number or "", order.release or "")
        about_order.append(say("BUS-ORDER-ALIKE", "number", found=called, expected=alike, order=called, other=alike))
    if given.unsaid is not None:
        about_order.append(say(UNSAID, "lines", why=given.unsaid))
    lines = [decide_line(line, index, terms, about_order) for index, line in enumerate(order.lines)]
    about_order += order_totals(order, lines, terms.catalogue, terms.currency)
    verdict, status = _overall(lines, about_order)
    if given.unsaid is not None:  # a refusal that cannot be said is none either
        verdict, status = Verdict.HELD, "held"
    stands = verdict in STANDING
    if stands:
        about_order.append(_NOT_PLANNED)
    state = _state(order, terms, given, verdict, status, [line.state for line in lines], about_order)
    state = replace(state, version=version) if version > 1 else state
    effects = [Effect.RECORD_ORDER]
    if any(line.verdict is LineVerdict.HELD for line in lines):
        effects.append(Effect.ASK_A_PERSON)
    if stands and not given.test:
        effects.append(Effect.SAY_IT_STANDS)
    return Decision(
        outcome=status,
        effects=effects,
        test=given.test,
        lines=lines,
        reasons=state.reasons,
        state=state,
        order_id=state.id,
        seller_order=state.seller_order,
        answer=_answer(order, state, given),
        events=[_received(order, given), _decided(lines, status, given)],
    )


def _state(
    order: PurchaseOrder,
    terms: OrderTerms,
    given: Given,
    verdict: Verdict,
    status: OrderStatus,
    lines: list[LineState],
    about_order: list[Reason],
) -> OrderState:
    return OrderState(
        id=given.order_id,
        partner=terms.catalogue.partner,
        number=order.number or "",
        release=order.release or "",
        test=given.test,
        status=status,
        verdict=verdict,
        digest=digest_of(order),
        source=given.source,
        seller_order=seller_order_number(given.order_id),
        placed=order.placed.on if order.placed else None,
        contract=order.contract,
        currency=terms.currency,
        conditions=conditions_of(order),
        requirements=order.requirements,
        notes=[*order.notes, *order.instructions],
        reasons=[reason.finding for reason in about_order],
        lines=lines,
    )


def _overall(lines: list[LineDecision], about_order: list[Reason]) -> tuple[Verdict, OrderStatus]:
    verdicts = {line.verdict for line in lines} or {verdict_of(about_order)}
    if verdicts == {LineVerdict.ACCEPTED}:
        return Verdict.ACCEPTED, "accepted"
    if verdicts == {LineVerdict.REFUSED}:
        return Verdict.REFUSED, "refused"
    if verdicts <= {LineVerdict.REFUSED, LineVerdict.HELD}:
        return Verdict.HELD, "held"
    return Verdict.CHANGED, "changed"


def _order_reasons(order: PurchaseOrder, terms: OrderTerms) -> list[Reason]:
    """Return what is wrong with the order as a whole."""
    reasons: list[Reason] = []
    if not order.lines:
        reasons.append(say("BUS-NO-LINES", "lines"))
    if order.purpose == COPY:
        reasons.append(say("BUS-COPY-FIRST", "purpose"))
    reasons += charges_of_order(order)
    if order.kind and order.kind not in KINDS:
        reasons.append(say("BUS-KIND", "kind", found=order.kind, kind=order.kind))
    reasons += _dated(order, terms)
    reasons += contracts_of_order(order, terms.catalogue)
    reasons += lots_of_order(order)
    reasons += places_of_order(order)
    reasons += unweighed_of_order(order)
    reasons += miscounted(order)
    reasons += totals_in_another(order, terms.currency)
    return reasons


def _dated(order: PurchaseOrder, terms: OrderTerms) -> list[Reason]:
    """Return a reason where the order is dated later than it can have been placed anywhere on earth, or long ago."""
    placed = order.placed.on if order.placed else None
    if placed is None or terms.today - ORDER_AGE_MAX <= placed <= terms.today + _ELSEWHERE_ALREADY:
        return []
    key = "BUS-DATE-ORDER" if placed > terms.today else "BUS-DATE-ORDER/old"
    return [say(key, "placed", found=placed, expected=terms.today, placed=placed, today=terms.today)]


def _unusable_identity(order: PurchaseOrder) -> Reason | None:
    """Return why the order cannot be filed: without a number nobody could find it, nor answer it."""
    if order.number is None:
        return say("BUS-NO-NUMBER", "number")
    filed = {
        "number": order.number,
        "release": order.release or "",
        "contract": order.contract or "",
        "currency": currency_of(order) or "",
    }
    for name, value in filed.items():
        if len(value) > NUMBER_LENGTH_MAX:
            return say("BUS-NUMBER-UNUSABLE/too-long", name, what=name, signs=len(value), length=NUMBER_LENGTH_MAX)
        if not value.isprintable():
            sign = next(each for each in value if not each.isprintable())
            return say("BUS-NUMBER-UNUSABLE/unprintable", name, what=name, sign=spelled(sign))
    return None


def _instruction(order: PurchaseOrder, known: OrderState | None, purpose: str) -> Reason:
    words = {"purpose": purpose, "order": order.number}
    if known is None:
        return say("BUS-INSTRUCTION", "purpose", found=purpose, **words)
    case = "known" if known.verdict in STANDING else known.status
    return say(f"BUS-INSTRUCTION/{case}", "purpose", found=purpose, status=known.status, **words)


def _set_aside(known: OrderState | None, given: Given, reason: Reason) -> Decision:
    """Hold a document that is no new order: nothing is recorded but its arrival, nothing is sent."""
    event = _event(EventKind.INSTRUCTION_HELD, f"{reason.finding.message}; waits for a person", given)
    return Decision(
        outcome="held",
        effects=[Effect.ASK_A_PERSON],
        test=given.test,
        reasons=[reason.finding],
        order_id=known.id if known else None,
        events=[event] if known else [],
    )


def _repeated(order: PurchaseOrder, known: OrderState, given: Given, late: OrderAcknowledgement | None) -> Decision:
    """Give a copy the first answer again, or the ``late`` one where there is none yet."""
    key = "BUS-COPY/unanswered" if late else "BUS-COPY"
    reason = say(key, "purpose", order=order.number, first=arrived(known.source))
    return Decision(
        outcome="duplicate",
        effects=[Effect.SEND_ANSWER if late else Effect.REPEAT_ANSWER],
        answer=late,
        test=given.test,
        reasons=[reason.finding],
        order_id=known.id,
        events=[_event(EventKind.ANSWER_REPEATED, reason.finding.message, given)],
    )


def _taken(order: PurchaseOrder, known: OrderState, given: Given) -> Decision:
    """Ask a person about an order whose number is taken, with both shown; the one that stands is not touched."""
    different = differences(order, known)
    key = "BUS-ORDER-DUPLICATE/lines" if different else "BUS-ORDER-DUPLICATE"
    if known.digest == digest_of(order):
        key = "BUS-ORDER-DUPLICATE/same"
    first, second = told_apart(known.source, given.source)
    words = {"order": order.number, "first": first, "second": second, "differences": different}
    reason = say(key, "number", found=second, expected=first, **words)
    return Decision(
        outcome="duplicate",
        effects=[Effect.ASK_A_PERSON],
        test=given.test,
        reasons=[reason.finding],
        order_id=known.id,
        events=[_event(EventKind.DUPLICATE_HELD, reason.finding.message, given)],
    )


def _received(order: PurchaseOrder, given: Given) -> OrderEvent:
    release = f" release {order.release}" if order.release else ""
    return _event(EventKind.RECEIVED, f"order {order.number}{release} received, lines: {len(order.lines)}", given)


_VERDICTS = tuple(LineVerdict)

_DECIDED: dict[OrderStatus, EventKind] = {
    "accepted": EventKind.ACCEPTED,
    "changed": EventKind.CHANGED,
    "refused": EventKind.REFUSED,
    "held": EventKind.HELD,
}


def _decided(lines: list[LineDecision], outcome: OrderStatus, given: Given) -> OrderEvent:
    verdicts = [line.verdict for line in lines]
    counted = {verdict: verdicts.count(verdict) for verdict in _VERDICTS}
    said = ", ".join(f"{verdict}: {count}" for verdict, count in counted.items() if count)
    return _event(_DECIDED[outcome], f"order {outcome}; lines {said or 'none'}", given)


def _event(kind: EventKind, event: str, given: Given) -> OrderEvent:
    return OrderEvent(kind=kind, text=f"test: {event}" if given.test else event, source=given.source)
