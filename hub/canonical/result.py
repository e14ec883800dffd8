"""What a room says became of a document, and what we owe for it.

A room returns a ``Result`` and sends nothing itself. The flow writes every ``Due`` in its own partner's words, numbers
and queues it in the transaction of the effect: a room can neither forget to send nor send twice, and does not know
which syntax goes out. Where what is owed to the sender of the document cannot be written, the effect is undone, and
the room is asked to hold the document instead.
"""

from __future__ import annotations

from typing import Literal

from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Key, Outcome
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct

CauseKind = Literal["message", "event", "person", "clock"]


class Cause(Struct):
    """Why something happens: the message whose document asked for it, an event, a person, or the clock."""

    kind: CauseKind
    id: str
    position: int | None = None  # of the document in its message


EventKind = Literal["order-accepted"]
EVENTS: dict[EventKind, str] = {"order-accepted": "OrderAcknowledgement"}
"""What can happen, in the words of the trade, and the canonical document that tells of it."""


class Event(Struct):
    """Something that happened, for whoever wants to hear of it."""

    kind: EventKind
    document: Struct  # canonical
    record: str  # id of the room's own record that it happened to
    test: bool = False
    keys: list[Key] = []  # what its document is found by, beside the subject


class Due(Struct):
    """A document we owe somebody: to whom, because of what."""

    partner: str  # its id; anybody, not only who asked
    document: Struct  # canonical
    because: Cause
    test: bool = False
    subject: Key | None = None  # what it is about, as its receiver calls it
    keys: list[Key] = []  # what else it is found by
    record: str | None = None  # id of the room's own record, whose history notes that this was sent


class OpenDuty(Struct):
    """A document that we owe somebody and cannot give yet: it waits for a person."""

    partner: str
    document: str  # canonical name


class Result(Struct):
    """What became of a document."""

    outcome: Outcome
    findings: list[Diagnostic] = []
    due: list[Due] = []
    open_duties: list[OpenDuty] = []  # what is due later; the flow keeps them, with the time until which
    events: list[Event] = []  # what happened; who is told of it stands in partners' files
    resend: list[str] = []  # messages of ours to be sent once more
    subject: Key | None = None  # what the document is about
    keys: list[Key] = []  # what else it is found by
    attention: Wording | None = None  # why a person should look
    waits: bool = False  # what it changes does not stand yet: nothing was written, and it is handled again when it does
