"""Who handles which document: one function per noun, and the table at the end.

In: the transaction in which everything about the document is written, and what arrived. Out: what became of it and what
we owe for it. A refusal by the factory is an outcome, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable

from hub.canonical.acknowledgement import AcknowledgedInterchange, FunctionalAcknowledgement
from hub.exchange.acknowledgements import match, match_interchange
from hub.exchange.model import Acknowledgement
from hub.flow.arrivals import Arrival, Handled, Workplace
from hub.flow.ordering import take_purchase_order
from hub.flow.outbound import ACKNOWLEDGED_BY
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location

Handler = Callable[[Workplace, Arrival], Handled]


def take_functional_acknowledgement(at: Workplace, arrival: Arrival) -> Handled:
    """Record what the partner says about a group or an interchange of ours; it is never acknowledged itself."""
    told = arrival.document()
    assert isinstance(told, FunctionalAcknowledgement)
    if told.interchange is not None:
        return _take_interchange_acknowledgement(at, arrival, told, told.interchange)
    assert told.group is not None  # every map of a 997 and 999 reads AK1, which no guide lets be missing
    ours = match(
        at.conn,
        arrival.partner.id,
        kinds=ACKNOWLEDGED_BY,
        functional_group=told.group.kind,
        control_number=told.group.number,
        verdict=_VERDICTS.get(told.verdict, "rejected"),
        sets={each.number: _VERDICTS.get(each.verdict, "rejected") for each in told.sets},
        by=arrival.message,
        now=at.now,
    )
    if ours is not None:
        return Handled(outcome="accepted")
    message = f"Group {told.group.kind} {told.group.number} was never sent to this partner"
    return _acknowledges_nothing(message, told.group.number, "group.number")


def _take_interchange_acknowledgement(
    at: Workplace, arrival: Arrival, told: FunctionalAcknowledgement, about: AcknowledgedInterchange
) -> Handled:
    """Record a TA1. One that finds fault calls a person: whoever sent the interchange must put something right."""
    ours = match_interchange(
        at.conn,
        arrival.partner.id,
        control_number=about.number,
        on=about.on,
        verdict=_VERDICTS[told.verdict],
        reason=told.reason,
        by=arrival.message,
        now=at.now,
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
