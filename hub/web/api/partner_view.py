"""What a partner's key is told. These types are made here and nowhere else, from what is named here and nothing else.

What is written for the factory (remarks, names of people, words of exceptions, paths of our files) has no way into
them: a text goes to a partner when this file has a sentence or a permission for it, and a field when a type of this
file has one of that name. So what is new is not told, until somebody decides that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from hub.exchange.model import DeliveryRow, EnvelopeRow, TimelineEntry
from hub.flow.outward import told_to_partner
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import Defect
from hub.kernel.struct import Struct
from hub.web.api import partner_types as types
from hub.web.api.message_state import AcknowledgementState, DocumentState, MessageItem, MessageState
from hub.web.hub import Link

S = TypeVar("S", bound=Struct)
Rule = Callable[[Any], Any]
"""Given a value of ours: what a partner is told of it."""

ACTORS = {"hub": "hub", "partner": "partner"}  # whoever else acts is the factory
ATTENTION = "A person of the factory looks at this message"
DELIVERY_FAULT = "delivery-failed"  # the code that stands for whatever went wrong on the way
EVENTS: dict[str, str | None] = {
    "held": "The factory looks at this message before it goes on",
    "waits": "The message waits for what it changes, or for what you sent before it",
    "waited-too-long": "What the message changes has not come; the factory looks at it",
    "processing-failed": "Processing stopped; the factory looks at it",
    "replay-asked": "The message is processed again",
    "resend-asked": "The message is sent again",
    "dealt-with": "The factory has dealt with it",
    "noted": None,  # a remark among ourselves
    "fetched": "You fetched the message",
    "received": "You said that you have the message",
    "approved": "You approved the message",
    "refused": "You refused the message",
    "sent": "The message was sent",
    "delivered": "The message was delivered",
    "delivery-failed": "An attempt to deliver the message failed",
    "deliveries-stopped": "Your folder could not be used; what you are sent waits until it can",
    "deliveries-resumed": "Your folder can be used again; what waited is sent",
    "acknowledged": "Your acknowledgement of the message came",
    "acknowledgement-contradicted": "Another acknowledgement of yours said otherwise; the factory asks you which holds",
    "acknowledgement-overdue": "Your acknowledgement of the message is overdue",
    "answer-overdue": "The factory has been reminded of this message",
    "nobody-fetches": "Nobody can fetch the message: no key of yours opens the mailbox",
}
"""What a partner is told of each event of a timeline; None: nothing. One that is missing here is not told."""


def of_partner(value: object, rules: Mapping[type, Rule] | None = None) -> Any:
    """Return what a partner is told of a value of ours; None for what it is told nothing of.

    ``Defect`` for a value that no rule is made for.
    """
    rule = (rules or RULES).get(type(value))
    if rule is None:
        raise Defect(f"nobody has decided what a partner is told of {type(value).__name__}")
    return rule(value)


def told(values: Iterable[object], rules: Mapping[type, Rule] | None = None) -> list[Any]:
    """Return what a partner is told of a list."""
    return [said for value in values if (said := of_partner(value, rules)) is not None]


def finding(own: Diagnostic) -> types.PartnerFinding:
    """Return a finding as its sender is told it."""
    said, place = told_to_partner(own), own.location
    return types.PartnerFinding(
        code=own.code,
        severity=own.severity,
        message=said.message,
        location=replace(place, file=None, line=None, column=None) if place.file else place,
        remedy=said.remedy,
        standard=own.standard,
        found=own.found,
        expected=said.expected,
    )


def item(own: MessageItem) -> types.PartnerItem:
    return same_fields(types.PartnerItem, own, attention=ATTENTION if own.attention else None)


def state(own: MessageState) -> types.PartnerState:
    return same_fields(
        types.PartnerState,
        own,
        attention=ATTENTION if own.attention else None,
        findings=told(own.findings),
        documents=told(own.documents),
        envelopes=told(own.envelopes),
        delivery_state=of_partner(own.delivery_state) if own.delivery_state else None,
        acknowledgements=told(own.acknowledgements),
    )


def entry(own: TimelineEntry) -> types.PartnerTimelineEntry | None:
    """Return an entry of a timeline in the words for partners; None for an event that is none of theirs."""
    text = EVENTS.get(own.event)
    if text is None:
        return None
    kind = own.actor.partition(":")[0]
    return types.PartnerTimelineEntry(at=own.at, event=own.event, text=text, actor=ACTORS.get(kind, "factory"))


def _delivery(own: DeliveryRow) -> types.PartnerDelivery:
    return same_fields(
        types.PartnerDelivery,
        own,
        error=DELIVERY_FAULT if own.error else None,
        tries=[same_fields(types.PartnerAttempt, each) for each in own.tries],
        earlier=[same_fields(types.PartnerEarlierDelivery, each) for each in own.earlier],
    )


def same_fields(kind: type[S], own: Struct, **said: object) -> S:
    """Return a ``kind`` whose fields are those of ``own`` of the same name, but for what is ``said`` otherwise."""
    return kind(**{name: said[name] if name in said else getattr(own, name) for name in kind.__struct_fields__})


RULES: dict[type, Rule] = {
    Diagnostic: finding,
    MessageItem: item,
    MessageState: state,
    TimelineEntry: entry,
    DocumentState: lambda own: same_fields(types.PartnerDocument, own, findings=told(own.findings)),
    EnvelopeRow: partial(same_fields, types.PartnerEnvelope),
    AcknowledgementState: partial(same_fields, types.PartnerAcknowledgement),
    DeliveryRow: _delivery,
    Link: partial(same_fields, types.PartnerLink),
}
"""What a partner is told of each type of the hub's own; rooms bring theirs (``hub.web.room``)."""
