"""What was said about an order, and what became of it: all messages of its conversation, and the steps of its history.

In the order of time. An acknowledgement is part of the conversation: ours of what the customer sent, theirs of our
answer. So is what others were told of the order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from hub.business.orders.model import DocumentRole, EventKind, HistoryEntry, OrderDocument
from hub.business.orders.pages import OrderHead
from hub.business.orders.store import filed_under
from hub.canonical.result import EVENTS
from hub.exchange.duties import duties_because_of
from hub.exchange.messages import came_with, find_message
from hub.exchange.model import MessageRow, PersonNote
from hub.exchange.parts import (
    ACKNOWLEDGEMENT,
    acknowledged_by,
    dealt_with_in,
    findings_of_document,
    happened,
    told_of,
)
from hub.kernel.outcome import Key
from hub.kernel.scope import Scope
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.web.addresses import message_page
from hub.web.orders import words as order_words
from hub.web.statuses import local_name

NAMING_SHOWN_MAX = 20  # the newest messages that name an order and are no document of it
STEPS_EACH_MAX = 24  # of one message: whoever wants all of them reads its own page
TOLD_SHOWN_MAX = 10  # of one event: each partner who listens hears of it once
ACKNOWLEDGEMENTS_EACH_MAX = 4  # of one message: one, and those of an envelope that was sent again
NUMBER = "purchase-order"
OURS = (DocumentRole.ANSWER, DocumentRole.COPY)
TOLD, OUR_RECEIPT, THEIR_RECEIPT, NAMING = "told", "our-acknowledgement", "their-acknowledgement", "naming"
"""What a message is to an order that is no document of it."""
ASKING = (DocumentRole.INSTRUCTION, DocumentRole.DUPLICATE, NAMING)
"""What may wait for a person beside the order itself."""
INSTRUCTION = "BUS-INSTRUCTION"  # code of the finding that says what an instruction asks
FINDINGS_LOOKED_AT_MAX = 50  # of one document, the worst first: what holds it is among them
FILED_STEPS = {EventKind.INSTRUCTION_HELD, EventKind.DUPLICATE_HELD}  # of documents that have a page of their own


class OrderMessage(Struct):
    """A message of the conversation about an order."""

    role: str  # of ``order_words.ROLES``
    id: str
    at: datetime
    ours: bool
    partner: str
    wire: str = ""  # how its syntax names the document: 850
    message: MessageRow | None = None  # whose state is shown beside it: what we sent, and what may wait for a person
    purpose: str | None = None  # what an instruction asks for: cancel, change, replace
    document: int | None = None  # its place in the message, where it is filed with the order
    dealt_with: PersonNote | None = None  # who has seen to it, where nothing of its message waits any more

    @property
    def page(self) -> str:
        """Where it is shown: of a message that holds several documents, the one that is meant."""
        return message_page(self.id, document=str(self.document) if (self.document or 0) > 1 else None)

    @property
    def title(self) -> str:
        """What it is to the order: of an instruction, what it asks."""
        return order_words.ASKS.get(self.purpose or "", order_words.ROLES.get(self.role, self.role))

    @property
    def unhandled(self) -> str | None:
        """What is said on top of the order while nobody has dealt with it."""
        if self.role not in ASKING or self.message is None or self.message.attention is None:
            return None
        return order_words.UNHANDLED.get(self.purpose or "", order_words.UNHANDLED[self.role])


class OrderStep(Struct):
    """What happened to the order, or to a message of ours about it."""

    at: datetime
    title: str  # of ``order_words``, with a hole for the partner
    partner: str = ""
    message: str = ""
    reason: Wording | None = None  # of a refusal, in the partner's words
    refused: bool = False


class OrderMessages(Struct):
    """What the messages of an order say beside the order itself."""

    waits: bool  # for a person; False once somebody has dealt with it
    owed: bool = False  # our answer, which could not be written
    conversation: list[OrderMessage] = []  # oldest first
    history: list[OrderStep] = []  # oldest first

    @property
    def unhandled(self) -> list[OrderMessage]:
        """What waits for a person beside the order: an instruction, a second order, and what merely names it."""
        return [each for each in self.conversation if each.unhandled is not None]

    @property
    def refusals(self) -> list[OrderStep]:
        return [step for step in self.history if step.refused]


def conversation_of(conn: Any, scope: Scope, head: OrderHead) -> list[OrderMessage]:
    """Return all messages of the conversation about an order that the caller may see."""
    found: dict[str | tuple[str, int], OrderMessage] = {}
    for each in head.documents:
        row = find_message(conn, scope, each.source.message)
        if row is None:
            continue
        ours = each.role in OURS
        found[row.id, each.source.position] = _filed(conn, each, row)
        if ours:
            told = dict.fromkeys(duty.done_by for duty in duties_because_of(conn, row.id) if duty.done_by)
            receipts = [theirs for by in told if (theirs := find_message(conn, scope, by)) is not None]
        else:
            receipts = acknowledged_by(conn, row.id, limit=ACKNOWLEDGEMENTS_EACH_MAX)
        for receipt in receipts:
            found.setdefault(receipt.id, _spoken(THEIR_RECEIPT if ours else OUR_RECEIPT, receipt))
    for row in _naming(conn, scope, head, {each.id for each in found.values()}):
        found[row.id] = _spoken(DocumentRole.DUPLICATE if row.outcome == "duplicate" else NAMING, row)
        for receipt in acknowledged_by(conn, row.id, limit=ACKNOWLEDGEMENTS_EACH_MAX):
            found.setdefault(receipt.id, _spoken(OUR_RECEIPT, receipt))
    for event in (f"{kind}:{head.summary.id}" for kind in EVENTS):
        found |= {row.id: _spoken(TOLD, row) for row in told_of(conn, scope, event, limit=TOLD_SHOWN_MAX)}
    seen_to = dealt_with_in(conn, {each.id for each in found.values() if _waits_no_more(each)})
    spoken = [replace(each, dealt_with=seen_to.get(each.id)) for each in found.values()]
    return sorted(spoken, key=lambda each: (each.at, each.id, each.document or 0))


def _waits_no_more(each: OrderMessage) -> bool:
    return each.message is not None and not each.ours and each.message.attention is None


def _filed(conn: Any, filed: OrderDocument, row: MessageRow) -> OrderMessage:
    """Return a document that is filed with the order; an instruction says in its findings what it asks."""
    message, position = filed.source.message, filed.source.position
    purpose = None
    if filed.role is DocumentRole.INSTRUCTION:
        looked_at = findings_of_document(conn, message, position, limit=FINDINGS_LOOKED_AT_MAX, worst_first=True).items
        asked = (each.words.get("purpose") for each in looked_at if each.code == INSTRUCTION and each.words)
        purpose = next((each for each in asked if isinstance(each, str)), None)
    return replace(_spoken(filed.role, row, filed.at), purpose=purpose, document=position)


def _naming(conn: Any, scope: Scope, head: OrderHead, known: Collection[str]) -> list[MessageRow]:
    """Return what names the order and is no document of it: what was rejected or held before it, and what nobody reads.

    What its sender acknowledges of ours names it as well: that stands with what it is about.
    """
    summary = head.summary
    number = Key(kind=NUMBER, value=summary.number)
    came = [
        row
        for row in came_with(conn, scope, summary.partner, number, limit=NAMING_SHOWN_MAX)
        if row.id not in known and row.test <= summary.test and row.document != ACKNOWLEDGEMENT
    ]
    filed = filed_under(conn, summary.partner, summary.number, [row.id for row in came]) if came else set[str]()
    return [row for row in came if row.id not in filed]


def talk_of(conn: Any, scope: Scope, head: OrderHead) -> OrderMessages:
    """Return the conversation about an order and its history, whether it waits, and whether we still owe an answer."""
    order, summary = find_message(conn, scope, head.source.message), head.summary
    conversation = conversation_of(conn, scope, head)
    answered = any(each.role is DocumentRole.ANSWER for each in head.documents)
    owed = not answered and any(
        duty.debtor == "us" and duty.reference == summary.number and duty.state != "done"
        for duty in duties_because_of(conn, head.source.message)
    )
    asked = {(each.id, each.document): each for each in conversation}
    own = [_step(each, asked.get((each.source.message, each.source.position))) for each in head.history]
    own += [
        OrderStep(at=each.at, title=order_words.ANSWERED, message=each.id)
        for each in conversation
        if each.role == DocumentRole.ANSWER
    ]
    sent = (each.message for each in conversation if each.message and each.ours and each.role != OUR_RECEIPT)
    came = (each for each in conversation if each.role == NAMING)
    steps = [*own, *(step for row in sent for step in _handed_over(conn, row)), *(_came(each) for each in came)]
    return OrderMessages(
        waits=order is not None and order.attention is not None,
        owed=owed,
        conversation=conversation,
        history=sorted(steps, key=lambda step: step.at),
    )


def _spoken(role: str, row: MessageRow, at: datetime | None = None) -> OrderMessage:
    ours = row.direction == "out"
    return OrderMessage(
        role=role,
        id=row.id,
        at=at or row.received_at,
        ours=ours,
        partner=row.partner,
        wire=local_name(row.wire or "") if role != TOLD else "",
        message=row if ours or role in (*ASKING, DocumentRole.ORDER) else None,
    )


def _step(event: HistoryEntry, spoken: OrderMessage | None) -> OrderStep:
    """Return an event of the order; of an instruction and of a second order it leads to the message."""
    title = order_words.EVENTS.get(event.kind, event.text)
    if event.kind not in FILED_STEPS or spoken is None:
        return OrderStep(at=event.at, title=title)
    said = order_words.ASKED.get(spoken.purpose or "", title)
    return OrderStep(at=event.at, title=said, message=spoken.id)


def _came(named: OrderMessage) -> OrderStep:
    return OrderStep(at=named.at, title=order_words.NAMED, partner=named.partner, message=named.id)


def _handed_over(conn: Any, ours: MessageRow) -> Iterator[OrderStep]:
    """Yield when a message of ours was fetched or delivered, when its receiver confirmed it, and what they think."""
    for each in happened(conn, ours.id, limit=STEPS_EACH_MAX).items:
        if each.event in order_words.HANDOVER:
            refused = each.event == "refused"
            yield OrderStep(
                at=each.at,
                title=order_words.HANDOVER["refused-because" if refused and each.text else each.event],
                partner=ours.partner,
                message=ours.id,
                reason=each.text if refused else None,
                refused=refused,
            )
