"""How the hub's words look to a person: a label to translate, and a tone that becomes the colour.

Never colour alone: every chip carries its word. What a table does not know is shown as it is written.
"""

from __future__ import annotations

from typing import Literal

from hub.business.rooms import ROOMS
from hub.canonical.result import EventKind
from hub.exchange.model import MessageRow, Verdict
from hub.exchange.partners import Kind
from hub.flow.syntaxes import CALLED_BY, SYNTAXES
from hub.kernel.diagnostics import Diagnostic, Refused, Severity
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct
from hub.web.languages import N_

Tone = Literal["good", "info", "warn", "bad", "held", "quiet"]


class Word(Struct):
    """A word of the hub as a person reads it; ``text`` is still to be translated."""

    text: str
    tone: Tone = "quiet"


VALIDATION = {
    "pending": Word(text=N_("Checking"), tone="quiet"),
    "valid": Word(text=N_("Valid"), tone="good"),
    "warnings": Word(text=N_("Valid with warnings"), tone="warn"),
    "rejected": Word(text=N_("Rejected"), tone="bad"),
    "unreadable": Word(text=N_("Unreadable"), tone="bad"),
}
DELIVERY = {
    "ready": Word(text=N_("Ready to fetch"), tone="info"),
    "sent": Word(text=N_("Sent"), tone="info"),
    "delivered": Word(text=N_("Delivered"), tone="good"),
    "failed": Word(text=N_("Delivery failed"), tone="bad"),
}
ACKNOWLEDGEMENT = {
    "awaited": Word(text=N_("Awaiting acknowledgement"), tone="info"),
    "accepted": Word(text=N_("Acknowledged"), tone="good"),
    "partly": Word(text=N_("Partly acknowledged"), tone="warn"),
    "rejected": Word(text=N_("Rejected by the partner"), tone="bad"),
    "overdue": Word(text=N_("Acknowledgement overdue"), tone="bad"),
}
WITH_ERRORS = Word(text=N_("Acknowledged with errors"), tone="warn")
"""Of what the partner accepted, noting errors: its validation says so."""
HEARD = Word(text=N_("Noted"), tone="quiet")
"""Of an acknowledgement that was taken in: whether it accepts what we sent stands there."""
READ_WITH_WARNINGS = Word(text=N_("Read with warnings"), tone="warn")
"""Of what is held for a person: a value that was refused may be missing in it, so it is not called valid."""
VERDICT: dict[Verdict, Word] = {
    "approve": Word(text=N_("Approved by the partner"), tone="good"),
    "refuse": Word(text=N_("Refused by the partner"), tone="bad"),
}
"""What its receiver thinks of a message of ours: of one that it has, instead of that it was delivered."""
OUTCOME = {
    "accepted": Word(text=N_("Accepted"), tone="good"),
    "changed": Word(text=N_("Accepted with changes"), tone="warn"),
    "refused": Word(text=N_("Refused"), tone="bad"),
    "held": Word(text=N_("Held for a person"), tone="held"),
    "duplicate": Word(text=N_("Duplicate"), tone="quiet"),
    "quarantined": Word(text=N_("Quarantined"), tone="held"),
}
STAGES = {
    "received": N_("Received"),
    "opened": N_("Opened"),  # of messages that came before the stages were these three
    "mapped": N_("Understood"),
    "finished": N_("Finished"),
}
DOCUMENTS = {
    **{name: text for room in ROOMS for name, text in room.documents.items()},
    "FunctionalAcknowledgement": N_("Functional acknowledgement"),
    "ApplicationAdvice": N_("Application advice"),
}
OF_ROOMS = {kind: text for room in ROOMS for kind, text in room.keys.items()}
"""Kinds of numbers that belong to what rooms have."""
KEYS = {
    **OF_ROOMS,
    **{kind: text for syntax in SYNTAXES.values() for kind, text in syntax.keys.items()},
}
OF_SYSTEMS = {kind for syntax in SYNTAXES.values() if syntax.called_by is None for kind in syntax.keys}
"""Kinds of numbers by which systems know a document again, and nobody calls it."""
PARTNER_KINDS: dict[Kind, str] = {
    "customer": N_("Customer"),
    "supplier": N_("Supplier"),
    "plant": N_("Plant"),
    "carrier": N_("Carrier"),
}
"""What a partner is to us."""

EVENTS: dict[EventKind, str] = {"order-accepted": N_("each order that stands")}
"""What a partner may be told of."""

TRANSPORTS = {
    "http": N_("HTTP"),
    "folder": N_("Folder"),
    "mailbox": N_("Mailbox"),
}
SEVERITY = {
    Severity.NOTE: Word(text=N_("Note"), tone="info"),
    Severity.WARNING: Word(text=N_("Warning"), tone="warn"),
    **{
        severity: Word(text=text, tone="bad")
        for syntax in SYNTAXES.values()
        for severity, text in syntax.rejects.items()
    },
}
REFUSED: dict[Refused, Word] = {
    "value": Word(text=N_("Value refused"), tone="bad"),
    "part": Word(text=N_("Part refused"), tone="bad"),
    "line": Word(text=N_("Line refused"), tone="bad"),
    "document": Word(text=N_("Document refused"), tone="bad"),
    "message": Word(text=N_("Message refused"), tone="bad"),
}


def severity(finding: Diagnostic) -> Word:
    """Return how grave a finding is: in words of no syntax, unless it is of one that has its own."""
    return REFUSED[finding.refused] if finding.refused else SEVERITY[finding.severity]


def local_name(wire: str) -> str:
    """Return what a document calls itself, without the namespace of it: that stands in the finding.

    >>> local_name("{urn:oasis:names:specification:ubl:schema:xsd:Order-2}Order"), local_name("850")
    ('Order', '850')
    """
    return wire.rpartition("}")[2] if wire.startswith("{") else wire


def numbers(message: MessageRow) -> list[Key]:
    """Return the message's keys, those first by which people call it: what rooms have, then its envelope."""
    kinds = *(room.subject_kind for room in ROOMS), *CALLED_BY
    rank = {kind: n for n, kind in enumerate(kinds)}
    return sorted(message.keys, key=lambda key: rank.get(key.kind, len(rank)))


def named_by(message: MessageRow) -> list[Key]:
    """Return the two numbers a row of the log names it by; a long one that systems alone use only where it has no
    other."""
    found = numbers(message)
    return [key for key in found if key.kind not in OF_SYSTEMS][:2] or found[:1]


def business_numbers(message: MessageRow) -> list[Key]:
    """Return those of them that are of what rooms have."""
    return [key for key in numbers(message) if key.kind in OF_ROOMS]


def chips(message: MessageRow) -> list[Word]:
    """Return what a row says of ``message``: the business outcome, then what is still open or went wrong.

    An inbound message's acknowledgement is what we said of its form, which its validation says as well: it is left out.
    What no map of ours reads is called neither valid nor not: nothing has judged it.
    """
    words: list[Word] = []
    if message.outcome != "none":
        words.append(OUTCOME[message.outcome])
    if message.direction == "in":
        if message.document == "FunctionalAcknowledgement" and message.outcome == "accepted":
            words = [HEARD]
        sound = message.validation == "valid" or (message.validation == "warnings" and message.document is None)
        held = message.validation == "warnings" and message.outcome == "held"
        read = READ_WITH_WARNINGS if held else VALIDATION[message.validation]
        return words if sound and words else [read, *words]
    if message.delivery != "none" and (message.delivery != "delivered" or message.verdict is None):
        words.append(DELIVERY[message.delivery])
    if message.verdict is not None:
        words.append(VERDICT[message.verdict])
    if message.acknowledgement == "accepted" and message.validation == "warnings":
        words.append(WITH_ERRORS)
    elif message.acknowledgement != "none":
        words.append(ACKNOWLEDGEMENT[message.acknowledgement])
    return words or [VALIDATION[message.validation]]
