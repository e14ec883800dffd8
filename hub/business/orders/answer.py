"""The answer to an order, made from its decision: the buyer's words given back, with our promises.

In: the order, and how it stands. Out: an ``OrderAcknowledgement``, never a second judgement. Echoed are the numbers
by which the buyer finds its order again; what the buyer told us for the making of the goods is not repeated.
"""

from __future__ import annotations

import textwrap
from datetime import date

from msgspec.structs import replace

from hub.business.orders.model import LineState, OrderState, PromiseState
from hub.business.orders.terms import is_plain, shown
from hub.canonical.order import AnsweredLine, OrderAcknowledgement, OrderLine, Promise, PurchaseOrder
from hub.canonical.shared import Item, OrderRef, Party, Text
from hub.kernel.words import When

NOTE_LINE_LENGTH_MAX = 250  # the narrowest line of free text our dialects have is X12's MSG01 with 264


def answer_to(order: PurchaseOrder, state: OrderState, today: date, seller: Party | None) -> OrderAcknowledgement:
    """Return our answer of ``today``; ``seller`` is us, as this buyer knows us."""
    return OrderAcknowledgement(
        purpose="original",
        order=OrderRef(number=order.number, release=order.release, placed=order.placed),
        verdict=state.verdict,
        issued=When(on=today),
        acknowledged=When(on=today),
        contract=order.contract,
        project=order.project,
        currency=state.currency,
        seller_order=state.seller_order,
        customer_reference=order.customer_reference,
        references=order.references,
        extensions=order.extensions,
        parties=[seller] if seller else [],
        lines=[
            _line(ordered, decided, state.currency) for ordered, decided in zip(order.lines, state.lines, strict=True)
        ],
    )


def _line(ordered: OrderLine, decided: LineState, currency: str | None) -> AnsweredLine:
    price = decided.price
    if price and (not is_plain(price.amount) or currency not in (None, price.currency)):
        price = None  # no number, or refused for its currency: an answer has one, and the reason names the other
    return AnsweredLine(
        number=ordered.number,
        item=_item(ordered.item, decided),
        quantity=decided.ordered if decided.ordered and is_plain(decided.ordered.value) else None,
        price=price,
        extensions=ordered.extensions,
        promises=[_promise(part) for part in decided.promises],
        notes=_reasons(decided),
    )


def _item(asked: Item | None, decided: LineState) -> Item | None:
    """Return the buyer's numbers, with ours and the revision we will make where the buyer left them out."""
    if asked is None or decided.item is None or (asked.seller and asked.revision):
        return asked
    return replace(asked, seller=asked.seller or decided.item, revision=asked.revision or decided.revision)


def _promise(part: PromiseState) -> Promise:
    return Promise(
        status=part.status,
        quantity=part.quantity,
        deliver=When(on=part.deliver) if part.deliver else None,
        ship=When(on=part.ship) if part.ship else None,
    )


def _reasons(decided: LineState) -> list[Text]:
    """Return why each part was promised as it was, as a note of the line: few dialects have room beside a promise."""
    said: list[str] = []
    for part in decided.promises:
        day = part.deliver or part.ship
        many = f"{shown(part.quantity.value)} {part.quantity.unit} on {day}: " if part.quantity and day else ""
        said += in_lines(f"{many}{part.reason}") if part.reason else []
    return [Text(kind="letters-or-notes", subject="REASON", text="\n".join(said))] if said else []


def in_lines(text: str) -> list[str]:
    """Return ``text`` in lines that a note can hold; nearly every reason is one line as it stands."""
    if len(text) <= NOTE_LINE_LENGTH_MAX and text.isprintable() and not text.endswith(" "):
        return [text]  # as textwrap would give it back: no tab or line end in it to replace, no blank to drop
    return textwrap.wrap(text, NOTE_LINE_LENGTH_MAX)
