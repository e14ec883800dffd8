"""What the factory knows of an order, and what it decided about it.

In: nothing, these are values. ``OrderState`` is what stands, ``Decision`` what ``decide`` gives back, ``OrderSummary``
what lists show (``pages`` has the rest). An order is (partner, PO number, release); a test order lives beside a real
one of the same number and never touches it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from hub.canonical.order import OrderAcknowledgement
from hub.canonical.shared import Party, Requirement, Terms, Text
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.outcome import Outcome
from hub.kernel.struct import Struct
from hub.kernel.words import Price, Quantity


class Verdict(StrEnum):
    """Our answer to a whole order: words of the table ``ack-type`` (X12 587)."""

    ACCEPTED = "accepted-no-change"  # AD: every line as ordered
    CHANGED = "accepted-with-changes"  # AC: something differs, the lines say what
    REFUSED = "rejected-with-detail"  # RD: nothing stands, the lines say why
    HELD = "held"  # AH: nothing stands until a person has looked


class Status(StrEnum):
    """Our answer to a line or a part of it: words of the table ``line-status`` (X12 668)."""

    ACCEPTED = "accepted"  # IA
    RESCHEDULED = "date-rescheduled"  # DR
    CHANGED = "accepted-with-changes"  # IC
    PRICE_CHANGED = "price-changed"  # IP
    QUANTITY_CHANGED = "quantity-changed"  # IQ
    REFUSED = "rejected"  # IR
    HELD = "on-hold"  # IH


class LineVerdict(StrEnum):
    """What became of one line. Every line of an order has exactly one."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    REFUSED = "refused"
    HELD = "held"


OrderStatus = Literal["accepted", "changed", "refused", "held"]
"""What became of an order as a whole, of the words that every document's ``Outcome`` is said in."""


class Basis(StrEnum):
    """What a promised date rests on."""

    REQUESTED = "requested-date"  # the buyer's own date, later than our lead time
    OPEN_DAY = "open-day"  # the last day allowed is one on which the buyer's dock is closed: the last open one before
    LEAD_TIME = "lead-time"  # the item's lead time; no plan stands behind it yet
    NOT_BEFORE = "not-before"  # the first day the buyer allows, later than our lead time


class Effect(StrEnum):
    """What the handler must do about a decision."""

    RECORD_ORDER = "record-order"  # save ``Decision.state`` and send ``Decision.answer``, if there is one
    SEND_ANSWER = "send-answer"  # send ``Decision.answer``; the order is recorded and was never answered
    REPEAT_ANSWER = "repeat-answer"  # send the first answer once more
    ASK_A_PERSON = "ask-a-person"  # the message waits in needs-attention; an answer that there is goes out beside
    SAY_IT_STANDS = "say-it-stands"  # who listens, as the plant does, hears once that the order stands; never a test


class EventKind(StrEnum):
    """What happened to an order: past tense, one row of its history each."""

    RECEIVED = "order-received"
    ACCEPTED = "order-accepted"
    CHANGED = "order-accepted-with-changes"
    REFUSED = "order-refused"
    HELD = "order-held"
    DUPLICATE_HELD = "duplicate-held"
    INSTRUCTION_HELD = "instruction-held"  # a cancellation, change or replacement sent as an order
    ANSWER_REPEATED = "answer-repeated"


class Source(Struct):
    """Where a document came from: its message, its place in it, and the number its sender gave it."""

    message: str
    position: int = 1  # of the document in the message
    reference: str | None = None  # by which its envelope is known


class ScheduleState(Struct):
    """A part of a line and the day the buyer wants it."""

    quantity: Quantity  # in the buyer's unit
    requested: date | None = None
    at_shipment: bool = False  # the day it leaves us instead of the day it reaches the buyer's dock


class PromiseState(Struct):
    """What we said to a part of a line."""

    status: Status
    quantity: Quantity | None = None  # in the buyer's unit; none when the line named none
    deliver: date | None = None  # at the buyer's dock
    ship: date | None = None  # leaves us
    basis: Basis | None = None
    reason: str | None = None


class LineState(Struct):
    """A line as it stands: what was ordered, what we said to it, and why."""

    position: int  # in the order, from 1
    number: str  # the buyer's
    verdict: LineVerdict
    status: Status
    item: str | None = None  # ours; none when the buyer's number is unknown to us
    buyer_item: str | None = None
    revision: str | None = None  # as ordered
    name: str | None = None
    ordered: Quantity | None = None
    acknowledged: Quantity | None = None  # in the buyer's unit; zero when refused, none while held
    base: Quantity | None = None  # acknowledged, in the item's own unit
    price: Price | None = None  # as agreed; as ordered when refused or held
    schedules: list[ScheduleState] = []
    promises: list[PromiseState] = []
    requirements: list[Requirement] = []  # special process requirements of the line
    notes: list[Text] = []
    reasons: list[Diagnostic] = []


class OrderConditions(Struct):
    """What the customer says of an order as a whole, for its page: where it goes, numbers, terms."""

    ship_to: Party | None = None
    customer_reference: str | None = None
    requisition: str | None = None
    project: str | None = None
    terms: list[Terms] = []
    trade: list[str] = []  # code, text and place of the trade terms
    freight: list[str] = []  # who pays it: words of the table ``freight-payer``


class OrderState(Struct):
    """An order as it stands."""

    id: str  # UUIDv7
    partner: str
    number: str
    status: OrderStatus
    verdict: Verdict
    digest: str  # of what was ordered, whatever envelope and purpose it came under
    source: Source
    release: str = ""  # "" when the order has none
    test: bool = False
    version: int = 1  # raised by every change; a writer who saw another one must look again
    seller_order: str | None = None  # our number for it, as the customer sees it
    placed: date | None = None
    contract: str | None = None
    currency: str | None = None
    conditions: OrderConditions | None = None
    requirements: list[Requirement] = []  # special process requirements of the whole order
    notes: list[Text] = []
    reasons: list[Diagnostic] = []  # about the order as a whole
    lines: list[LineState] = []


class LineDecision(Struct):
    """What we say to one line and why: ``state`` is the line as it stands from now on."""

    state: LineState

    @property
    def verdict(self) -> LineVerdict:
        return self.state.verdict

    @property
    def reasons(self) -> list[Diagnostic]:
        return self.state.reasons


class OrderEvent(Struct):
    """Something that happened to an order, in words for a person."""

    kind: EventKind
    text: str
    source: Source


class Decision(Struct):
    """Everything that follows from one order document."""

    outcome: Outcome
    effects: list[Effect]
    test: bool = False
    lines: list[LineDecision] = []
    reasons: list[Diagnostic] = []  # about the order as a whole
    state: OrderState | None = None  # to be saved
    order_id: str | None = None  # of the order that stands or will stand; none when there is none
    seller_order: str | None = None  # our number for the order that this document makes or has made
    answer: OrderAcknowledgement | None = None  # to be sent; none where the buyer wants none
    events: list[OrderEvent] = []
    stands: OrderState | None = None  # as it did before: nothing is saved of it
    instead_of: Source | None = None  # the document that was refused, in whose place ``state`` stands

    @property
    def verdict(self) -> Verdict | None:
        return self.state.verdict if self.state else None

    @property
    def all_reasons(self) -> list[Diagnostic]:
        """The order's own reasons, then those of its lines, in line order."""
        return self.reasons + [reason for line in self.lines for reason in line.reasons]


class OrderSummary(Struct):
    """One row of the list of orders."""

    id: str
    partner: str
    number: str
    status: OrderStatus
    verdict: Verdict
    received_at: datetime
    changed_at: datetime
    release: str = ""
    test: bool = False
    seller_order: str | None = None
    placed: date | None = None
    contract: str | None = None
    currency: str | None = None
    line_count: int = 0
    version: int = 1


class LineProgress(Struct):
    """How far a line has come, in the buyer's unit. What no room has said yet is absent."""

    ordered: Quantity | None = None
    acknowledged: Quantity | None = None
    planned: Quantity | None = None
    made: Quantity | None = None
    released: Quantity | None = None
    shipped: Quantity | None = None
    received: Quantity | None = None
    accepted: Quantity | None = None
    invoiced: Quantity | None = None
    paid: Quantity | None = None


class DocumentRole(StrEnum):
    """What a document is to an order."""

    ORDER = "order"
    ANSWER = "answer"
    DUPLICATE = "duplicate"
    INSTRUCTION = "instruction"
    COPY = "copy"
    REFUSED = "refused"  # it was the order, until another came in its place


class OrderDocument(Struct):
    """A document of the order's conversation."""

    role: DocumentRole
    source: Source
    at: datetime  # UTC


class HistoryEntry(Struct):
    """One event of the order's history."""

    at: datetime  # UTC
    kind: EventKind
    text: str
    source: Source


class OrderPage(Struct):
    """A part of the list of orders; ``next`` asks for the part that follows."""

    items: list[OrderSummary]
    next: str | None = None
