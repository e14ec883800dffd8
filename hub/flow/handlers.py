"""Who handles which document: one function per noun, and the table at the end.

In: a connection inside the transaction in which everything about the document is written, and what arrived. Out: what
became of it and what we owe for it. A refusal by the factory is an outcome, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders.handlers import answered, first_answer, take_order
from hub.business.orders.model import Decision, Effect, Source
from hub.canonical.acknowledgement import AcknowledgedInterchange, FunctionalAcknowledgement
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Party
from hub.exchange.acknowledgements import match, match_interchange
from hub.exchange.model import Acknowledgement, Key, Outcome
from hub.exchange.partners import Partner
from hub.flow.desk import Desk
from hub.flow.outbound import ACKNOWLEDGED_BY
from hub.kernel.clock import today_in
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.identity import new_id
from hub.kernel.location import Location
from hub.kernel.struct import Struct

LINE_KEYS_MAX = 2_000  # items of one order that the search box knows; an order of more is found by its number


class Arrival(Struct):
    """A canonical document that takes effect now."""

    message: str
    position: int  # of the document in the message
    interchange_control_number: int
    partner: Partner
    document: Struct
    test: bool
    now: datetime


class Handled(Struct):
    """What became of a document, and what we owe for it."""

    outcome: Outcome
    findings: list[Diagnostic] = []
    answers: list[Struct] = []  # canonical documents to be sent
    resend: list[str] = []  # messages of ours to be sent once more
    order_number: str | None = None
    order_id: str | None = None  # whose history notes that the answers answer it
    keys: list[Key] = []
    attention: str | None = None  # why a person should look


_SENDS = frozenset({Effect.RECORD_ORDER, Effect.SEND_ANSWER})

Handler = Callable[[Connection, Desk, Arrival], Handled]


def take_purchase_order(conn: Connection, desk: Desk, arrival: Arrival) -> Handled:
    """Decide the order, record it, and owe the answer."""
    order, partner = arrival.document, arrival.partner
    assert isinstance(order, PurchaseOrder)
    if order.currency is None:
        order = replace(order, currency=partner.currency)
    decision = take_order(
        conn,
        order,
        desk.rules.catalogue(partner.id),
        source=_source(arrival),
        order_id=new_id(),
        today=today_in(partner.time_zone, desk.clock),
        now=arrival.now,
        test=arrival.test,
        calendar=desk.rules.dock(partner.id),
        seller=_seller(order.parties),
    )
    return Handled(
        outcome=decision.outcome.value,
        findings=decision.all_reasons,
        answers=[decision.answer] if decision.answer and not _SENDS.isdisjoint(decision.effects) else [],
        resend=_first_answer(conn, decision),
        order_number=order.number,
        order_id=decision.order_id,
        keys=_order_keys(order, decision),
        attention=_question(decision) if Effect.ASK_A_PERSON in decision.effects else None,
    )


def take_functional_acknowledgement(conn: Connection, desk: Desk, arrival: Arrival) -> Handled:
    """Record what the partner says about a group or an interchange of ours; it is never acknowledged itself."""
    told = arrival.document
    assert isinstance(told, FunctionalAcknowledgement)
    if told.interchange is not None:
        return _take_interchange_acknowledgement(conn, arrival, told, told.interchange)
    assert told.group is not None  # every map of a 997 and 999 reads AK1, which no guide lets be missing
    ours = match(
        conn,
        arrival.partner.id,
        kinds=ACKNOWLEDGED_BY,
        functional_group=told.group.kind,
        control_number=told.group.number,
        verdict=_VERDICTS.get(told.verdict, "rejected"),
        sets={each.number: _VERDICTS.get(each.verdict, "rejected") for each in told.sets},
        by=arrival.message,
        now=arrival.now,
    )
    if ours is not None:
        return Handled(outcome="accepted")
    message = f"Group {told.group.kind} {told.group.number} was never sent to this partner"
    return _acknowledges_nothing(message, told.group.number, "group.number")


def _take_interchange_acknowledgement(
    conn: Connection, arrival: Arrival, told: FunctionalAcknowledgement, about: AcknowledgedInterchange
) -> Handled:
    """Record a TA1. One that finds fault calls a person: whoever sent the interchange must put something right."""
    ours = match_interchange(
        conn,
        arrival.partner.id,
        control_number=about.number,
        on=about.on,
        verdict=_VERDICTS[told.verdict],
        reason=told.reason,
        by=arrival.message,
        now=arrival.now,
    )
    if ours is None:
        day = f" of {about.on}" if about.on else ""
        message = f"Interchange {about.number:09d}{day} was never sent to this partner"
        return _acknowledges_nothing(message, about.number, "interchange.number")
    if told.verdict == "accepted":
        return Handled(outcome="accepted")
    said, why = _IN_WORDS[told.verdict], told.reason or "none"
    refused = Diagnostic(
        code="ENV-OURS-REFUSED",
        severity=Severity.WARNING,
        message=f"The partner {said} our interchange {about.number:09d}, note {why}",
        location=Location(path="verdict", tag="TA1", element=4),
        remedy="Look up the note (TA105), put right what it names, and send the interchange again",
        found=told.verdict,
        expected="accepted",
    )
    return Handled(outcome="accepted", findings=[refused], attention=refused.message)


def _acknowledges_nothing(message: str, number: int, path: str) -> Handled:
    stray = Diagnostic(
        code="BUS-ACKNOWLEDGES-NOTHING",
        severity=Severity.WARNING,
        message=message,
        location=Location(path=path),
        remedy="Ask the partner which message is meant",
        found=str(number),
    )
    return Handled(outcome="held", findings=[stray], attention=stray.message)


def note_answer(conn: Connection, handled: Handled, message_id: str, now: datetime) -> None:
    """Put the answer on record with what it answers."""
    if handled.order_id is not None:
        answered(conn, handled.order_id, Source(message=message_id), now)


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
    """Return the sentence by which a person learns what is asked of them: the gravest reason."""
    gravest = max(decision.all_reasons, key=lambda reason: reason.severity, default=None)
    return gravest.message if gravest else "This order waits for a person"


_VERDICTS: dict[str, Acknowledgement] = {
    "accepted": "accepted",
    "accepted-with-errors": "accepted",
    "partly-accepted": "partly",
    "rejected": "rejected",
}
"""Words of the table ``ack`` (X12 715, 717) as the message log says them."""

_IN_WORDS = {"accepted-with-errors": "took with faults", "rejected": "refused"}
"""What a TA1 says when it does not say that all is well, between subject and object."""

HANDLERS: dict[str, Handler] = {
    "PurchaseOrder": take_purchase_order,
    "FunctionalAcknowledgement": take_functional_acknowledgement,
}
"""Canonical document to who handles it. What is not named here waits for a person."""
