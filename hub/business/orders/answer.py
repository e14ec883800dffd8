"""The answer to an order, made from its decision: the buyer's words given back, with our promises.

In: the order, and how it stands. Out: an ``OrderAcknowledgement``, never a second judgement. Echoed are the numbers
by which the buyer finds its order again; what the buyer told us for the making of the goods is not repeated.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Context, Decimal

from msgspec.structs import replace

from hub.business.orders.model import LineState, LineVerdict, OrderState, PromiseState, Status
from hub.business.orders.terms import has_room, is_plain, is_written_out, shown
from hub.canonical.order import AnsweredLine, OrderAcknowledgement, OrderLine, Promise, PurchaseOrder
from hub.canonical.shared import Item, OrderRef, Party, Text
from hub.kernel.numbers import plain
from hub.kernel.words import Quantity, When

NOTE_CHARACTERS_MAX = 500  # of one note: a line with forty deliveries has several
NOTE_LINE_LENGTH_MAX = 250  # the narrowest line of free text our dialects have is X12's MSG01 with 264
REASON_CHARACTERS_MAX = 500  # beside a promise, the narrowest of our dialects that have room there
PROMISES_MAX = 104  # of a line, the fewest a dialect has room for (ACK in X12's 855); its 850 has 200 schedules

EXACT = Context(prec=100)

_IN_SUM = {
    LineVerdict.ACCEPTED: Status.ACCEPTED,
    LineVerdict.CHANGED: Status.CHANGED,
    LineVerdict.REFUSED: Status.REFUSED,
    LineVerdict.HELD: Status.HELD,
}
"""What is said to a line as a whole, where its promises say it part by part."""


def answer_to(order: PurchaseOrder, state: OrderState, today: date, seller: Party | None) -> OrderAcknowledgement:
    """Return our answer of ``today``; ``seller`` is us, as this buyer knows us."""
    return OrderAcknowledgement(
        purpose="original",
        order=OrderRef(number=order.number, release=order.release, placed=order.placed, message_id=order.message_id),
        verdict=state.verdict,
        answer_number=f"{state.seller_order}-{state.version}",
        issued=When(on=today),
        acknowledged=When(on=today),
        contract=order.contract,
        project=order.project,
        currency=state.currency,
        seller_order=state.seller_order,
        customer_reference=order.customer_reference,
        requisition=order.requisition,
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
        quantity=_statable(decided.ordered, ordered),
        price=price,
        extensions=ordered.extensions,
        status=_IN_SUM[decided.verdict],
        promises=[_promise(part, ordered) for part in _as_many_as_fit(decided.promises)],
        notes=_reasons(decided),
    )


def _item(asked: Item | None, decided: LineState) -> Item | None:
    """Return the buyer's numbers, with ours and the revision we will make where the buyer left them out."""
    if asked is None or decided.item is None or (asked.seller and asked.revision):
        return asked
    return replace(asked, seller=asked.seller or decided.item, revision=asked.revision or decided.revision)


def _promise(part: PromiseState, ordered: OrderLine) -> Promise:
    return Promise(
        status=part.status,
        quantity=_statable(part.quantity, ordered),
        deliver=When(on=part.deliver) if part.deliver else None,
        ship=When(on=part.ship) if part.ship else None,
        reason=None if part.status is Status.ACCEPTED else _in_short(part.reason),
    )


def _in_short(reason: str | None) -> str | None:
    """Return a reason as beside a promise there is room for it; the note of the line has all of it."""
    if reason is None or len(reason) <= REASON_CHARACTERS_MAX:
        return reason
    return f"{reason[: REASON_CHARACTERS_MAX - 1]}…"


def _statable(quantity: Quantity | None, line: OrderLine) -> Quantity | None:
    """Return a quantity that an answer has room for; without one, a line's answer still says how the line stands.

    One that is too long to be taken is refused, and given back where the buyer wrote it so: the buyer's own dialect has
    room for it, and some cannot refuse a line without. Zeros behind the point are left off: a hash total counts the
    digits as they are written.
    """
    if quantity is None:
        return None
    sent = str(quantity.value)
    if not has_room(quantity.value):
        return quantity if is_written_out(quantity.value) and quantity == line.quantity else None
    if sent.isdigit():
        return quantity  # nearly every one
    text = plain(quantity.value)
    return quantity if text == sent else replace(quantity, value=Decimal(text))


def _as_many_as_fit(parts: Sequence[PromiseState]) -> Sequence[PromiseState]:
    """Return the promises of a line, the last of too many as one: all of it by the last of its days.

    The note of the line says each part with its own day.
    """
    if len(parts) <= PROMISES_MAX:
        return parts
    own, rest = parts[: PROMISES_MAX - 1], parts[PROMISES_MAX - 1 :]
    many = [part.quantity for part in rest]
    unit = many[0].unit if many[0] else ""
    value: Decimal | None = Decimal(0)
    for one in many:
        same = one is not None and one.unit == unit and is_plain(one.value)
        value = EXACT.add(value, one.value) if one is not None and value is not None and same else None
    joined = PromiseState(
        status=rest[0].status if len({part.status for part in rest}) == 1 else Status.RESCHEDULED,
        quantity=Quantity(value=value, unit=unit) if value is not None else None,
        deliver=max((part.deliver for part in rest if part.deliver), default=None),
        ship=max((part.ship for part in rest if part.ship), default=None),
    )
    return [*own, joined]


def _reasons(decided: LineState) -> list[Text]:
    """Return why each part was promised as it was, as a note of the line: few dialects have room beside a promise."""
    said: list[str] = []
    for part in decided.promises:
        day = part.deliver or part.ship
        many = f"{shown(part.quantity.value)} {part.quantity.unit} on {day}: " if part.quantity and day else ""
        said += in_lines(f"{many}{part.reason}") if part.reason else []
    return [Text(kind="letters-or-notes", subject="REASON", text=text) for text in _notes_of(said)]


def _notes_of(lines: Iterable[str]) -> Iterator[str]:
    """Yield ``lines`` as texts of notes, each as long as our narrowest dialect has room for."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > NOTE_CHARACTERS_MAX:
            yield text
            text = line
        else:
            text = f"{text}\n{line}" if text else line
    if text:
        yield text


def in_lines(text: str) -> list[str]:
    """Return ``text`` in lines that a note can hold; nearly every reason is one line as it stands."""
    if len(text) <= NOTE_LINE_LENGTH_MAX and text.isprintable() and not text.endswith(" "):
        return [text]  # as textwrap would give it back: no tab or line end in it to replace, no blank to drop
    return textwrap.wrap(text, NOTE_LINE_LENGTH_MAX)
