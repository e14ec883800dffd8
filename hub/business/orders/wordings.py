"""What stands within the sentences about an order: amounts, prices, days, and which message an order came with.

A key names how it is said; words in braces are filled in where it is made.
"""

from __future__ import annotations

from hub.business.orders.model import Source
from hub.kernel.sentence import Phrase, Word, Wording, declared

declared(
    {
        "order/none": Phrase(message="none"),
        "order/nothing": Phrase(message="nothing"),
        "order/amount": Phrase(message="{number} {unit}"),
        "order/amount-in": Phrase(message="{asked} ({base})"),
        "order/price": Phrase(message="{amount} {currency} per {unit}"),
        "order/price-each": Phrase(message="{amount} {currency} each"),
        "order/price-each-basis": Phrase(message="{amount} {currency} each ({basis})"),
        "order/price-basis": Phrase(message="{amount} {currency} per {unit} ({basis})"),
        "date/or-later": Phrase(message="{day} or later"),
        "date/or-earlier": Phrase(message="{day} or earlier"),
        "order/units": Phrase(message="{units}"),
        "order/day": Phrase(message="{kind} {day}"),
        "order/arrived": Phrase(message="message {message}"),
        "order/arrived-numbered": Phrase(message="under {number}, message {message}"),
        "order/arrived-at": Phrase(message="{arrived}, document {position} of it"),
        "order/of-release": Phrase(message="{number} release {release}"),
        "order/line-new": Phrase(message="line {line} is new"),
        "order/line-gone": Phrase(message="line {line} is gone"),
        "order/and-more": Phrase(message="and {count} more"),
        "order/quantity-became": Phrase(message="line {line} quantity {before} became {after}"),
        "order/item-became": Phrase(message="line {line} item {before} became {after}"),
        "order/revision-became": Phrase(message="line {line} revision {before} became {after}"),
        "order/price-became": Phrase(message="line {line} price {before} became {after}"),
    }
)
NONE = Wording(key="order/none")


def arrived(source: Source) -> Wording:
    """Return where a document came from: its message, and the number its sender gave it."""
    if source.reference:
        words: dict[str, Word] = {"number": source.reference, "message": source.message}
        return Wording(key="order/arrived-numbered", words=words)
    return Wording(key="order/arrived", words={"message": source.message})


def told_apart(first: Source, second: Source) -> tuple[Wording, Wording]:
    """Return where two documents came from: of one message and number, by their places in it as well."""
    if (first.message, first.reference) != (second.message, second.reference):
        return arrived(first), arrived(second)
    return _arrived_at(first), _arrived_at(second)


def _arrived_at(source: Source) -> Wording:
    return Wording(key="order/arrived-at", words={"arrived": arrived(source), "position": source.position})
