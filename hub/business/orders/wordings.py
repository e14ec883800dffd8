"""What stands within the sentences about an order: amounts, prices, days, and which message an order came with.

A key names how it is said; words in braces are filled in where it is made.
"""

from __future__ import annotations

from hub.kernel.sentence import Phrase, Wording, declared

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
