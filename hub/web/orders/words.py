"""How an order's own words look to a person, as ``hub.web.statuses`` says it of the hub's."""

from __future__ import annotations

from hub.web.languages import N_
from hub.web.statuses import OUTCOME

LINE_VERDICT = {verdict: OUTCOME[verdict] for verdict in ("accepted", "changed", "refused", "held")}
BASIS = {
    "requested-date": N_("the requested date"),
    "open-day": N_("the last day allowed on which the customer's dock is open; no plan stands behind it yet"),
    "lead-time": N_("the item's lead time; no plan stands behind it yet"),
    "not-before": N_("the first day the buyer allows; no plan stands behind it yet"),
}

FREIGHT = {
    "collect": N_("collect: the receiver pays the carrier"),
    "collect-on-delivery": N_("paid by the receiver on delivery"),
    "collect-credited-back": N_("paid by the receiver, credited back by us"),
    "prepaid": N_("prepaid by us"),
    "prepaid-only": N_("prepaid by us"),
    "prepaid-charged-to-customer": N_("prepaid by us, charged to the customer"),
    "paid-by-seller": N_("paid by us"),
    "buyer": N_("paid by the customer"),
    "third-party": N_("paid by a third party"),
    "per-contract": N_("as the contract says"),
    "pickup": N_("the customer picks it up"),
    "customer-pickup": N_("the customer picks it up"),
    "no-charge": N_("free of charge"),
}
"""Who pays the freight; a word that is not here is shown as it is."""

ROLES = {
    "order": N_("The order"),
    "answer": N_("Our answer"),
    "duplicate": N_("The same order once more"),
    "instruction": N_("An instruction about it"),
    "copy": N_("The answer once more"),
    "refused": N_("The order as it came before, refused"),
    "told": N_("Told to %(partner)s"),
    "our-acknowledgement": N_("Our acknowledgement"),
    "their-acknowledgement": N_("Their acknowledgement of our answer"),
    "naming": N_("It names this order, and is no document of it"),
}
ASKS = {
    "cancel": N_("It asks to cancel this order"),
    "delete": N_("It asks to delete from this order"),
    "add": N_("It asks to add to this order"),
    "change": N_("It asks to change this order"),
    "replace": N_("It asks to replace this order"),
}
"""What a document about an order asks, by its purpose; of any other purpose it is an instruction."""
ASKED = {
    "cancel": N_("The customer asks to cancel this order: held for a person"),
    "delete": N_("The customer asks to delete from this order: held for a person"),
    "add": N_("The customer asks to add to this order: held for a person"),
    "change": N_("The customer asks to change this order: held for a person"),
    "replace": N_("The customer asks to replace this order: held for a person"),
}
"""The same as a step of the order's history."""
UNHANDLED = {
    "cancel": N_("The customer asks to cancel this order, and nobody has dealt with it."),
    "delete": N_("The customer asks to delete from this order, and nobody has dealt with it."),
    "add": N_("The customer asks to add to this order, and nobody has dealt with it."),
    "change": N_("The customer asks to change this order, and nobody has dealt with it."),
    "replace": N_("The customer asks to replace this order, and nobody has dealt with it."),
    "instruction": N_("The customer sent an instruction about this order, and nobody has dealt with it."),
    "duplicate": N_("The customer sent a second order under this number, and nobody has dealt with it."),
    "naming": N_("%(wire)s names this order, and nobody has dealt with it."),
}
"""What stands on top of an order of a document of its conversation that waits, by purpose, else by role."""
NAMED = N_("%(partner)s sent what names this order, and is no document of it")
EVENTS = {
    "order-received": N_("Order received"),
    "order-accepted": N_("Order accepted"),
    "order-accepted-with-changes": N_("Order accepted with changes"),
    "order-refused": N_("Order refused"),
    "order-held": N_("Order held for a person"),
    "duplicate-held": N_("A second order under the same number is held"),
    "instruction-held": N_("An instruction about this order is held for a person"),
    "answer-repeated": N_("The first answer was given once more"),
}
ANSWERED = N_("Answered")
HANDOVER = {
    "sent": N_("Sent to %(partner)s"),
    "delivered": N_("Delivered to %(partner)s"),
    "fetched": N_("Fetched by %(partner)s"),
    "received": N_("Confirmed by %(partner)s"),
    "approved": N_("Approved by %(partner)s"),
    "refused": N_("Refused by %(partner)s"),
    "refused-because": N_("Refused by %(partner)s: %(reason)s"),
}
"""How what we wrote of an order got to whom it was for, and what they think of it: by what happened to the message."""
