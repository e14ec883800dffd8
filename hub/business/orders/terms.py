"""What the rules of a line may look at besides the line: the customer's catalogue, the day, the order around it.

In: an order, the customer's catalogue and today at the customer's zone. Out: ``OrderTerms``. Nothing can go wrong.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hub.business.orders.catalogue import Catalogue, DockCalendar
from hub.business.orders.days import Days, days_of_order
from hub.business.orders.places import buyer_of, goods_to
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Party
from hub.kernel.numbers import plain, written
from hub.kernel.struct import Struct

DIGITS_MAX = 17
"""Longest number taken: X12 element 212, unit price, R 1/17; the longest any dialect of ours writes."""
QUANTITY_DIGITS_MAX = 15
"""Longest quantity taken, in any dialect: X12 element 380, R 1/15, the narrowest that an answer repeats it in."""
SHOWN_MAX = 60
"""Digits and places of a number that a sentence writes out; any number of a wire has fewer."""
ORDER_AGE_MAX = timedelta(days=365)
"""How old the date of an order may be: prices, revisions and contracts are agreed by the year."""


class OrderTerms(Struct):
    """What stands the same for every line of one order."""

    catalogue: Catalogue
    calendar: DockCalendar
    today: date  # at the customer's zone
    price_day: date  # whose prices hold: that on which the order was placed, today where that cannot be or is not said
    contract: str | None  # as the order names it
    currency: str | None  # of the order, else the only one its contract has
    days: Days  # for lines that say none of their own
    home: Party | None  # where the goods go
    buyer: Party | None  # who orders
    repeated: frozenset[str]  # line numbers that stand on more than one line


def terms_of(order: PurchaseOrder, catalogue: Catalogue, calendar: DockCalendar, today: date) -> OrderTerms:
    """Return the terms under which the lines of ``order`` are decided."""
    placed = order.placed.on if order.placed else None
    return OrderTerms(
        catalogue=catalogue,
        calendar=calendar,
        today=today,
        price_day=placed if placed and today - ORDER_AGE_MAX <= placed <= today else today,
        contract=order.contract,
        currency=currency_of(order) or catalogue.only_currency(order.contract),
        days=days_of_order(order),
        home=goods_to(order),
        buyer=buyer_of(order),
        repeated=_repeated([line.number for line in order.lines]),
    )


def currency_of(order: PurchaseOrder) -> str | None:
    """Return the order's one currency: its own word, else that of the first line with a price."""
    return order.currency or next((line.price.currency for line in order.lines if line.price), None)


CENT = Decimal("0.01")
WHOLE = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
    "XOF", "XPF",
})  # fmt: skip
"""Currencies without a smaller unit (ISO 4217)."""
PRICE_DECIMALS = 4  # of those that people write with idle zeros


def shown(number: Decimal) -> str:
    """Return ``number`` as a person writes it: no exponent, no idle zeros.

    >>> shown(Decimal("5.0E+3")), shown(Decimal("12.350"))
    ('5000', '12.35')
    """
    return plain(number) if is_plain(number, SHOWN_MAX) else str(number)


def priced(number: Decimal) -> str:
    """Return an amount of money as a person writes it: with the decimals that it has, for 12.50 is no 12.5 to a buyer.

    >>> priced(Decimal("12.50")), priced(Decimal("5E+3"))
    ('12.50', '5000')
    """
    return written(number) if is_plain(number, SHOWN_MAX) else str(number)


def cost(amount: Decimal, currency: str) -> str:
    """Return money as it is written in a contract: 12 of euros as 12.00 EUR, of yen as 12 JPY.

    >>> cost(Decimal("84.5"), "EUR"), cost(Decimal("1.875"), "USD"), cost(Decimal(1200), "JPY")
    ('84.50 EUR', '1.875 USD', '1200 JPY')
    """
    return f"{in_currency(amount, currency)} {currency}"


def in_currency(amount: Decimal, currency: str) -> str:
    """Return the number of ``cost`` alone."""
    return priced(with_decimals(amount, Decimal(1) if currency in WHOLE else CENT))


def with_decimals(number: Decimal, like: Decimal) -> Decimal:
    """Return ``number`` with no fewer decimals than ``like``, as many as prices have: one of 12.50 stays one.

    >>> with_decimals(Decimal(5678), Decimal("4930.00")), with_decimals(Decimal("0.125"), Decimal("0.5"))
    (Decimal('5678.00'), Decimal('0.125'))
    """
    own, due = (each.as_tuple().exponent for each in (number, like))
    if not isinstance(own, int) or not isinstance(due, int) or not is_plain(number):
        return number
    return number.quantize(Decimal((0, (1,), due))) if -PRICE_DECIMALS <= due < own <= 0 else number


def is_plain(number: Decimal, most: int = DIGITS_MAX) -> bool:
    """Say whether ``number`` can be reckoned with exactly: finite, of at most so many digits and places.

    >>> is_plain(Decimal("12.35")), is_plain(Decimal("1E+1000000")), is_plain(Decimal("NaN"))
    (True, False, False)
    """
    if not number.is_finite():
        return False
    text = str(number)
    if len(text) <= most and "E" not in text:  # nearly all of them, told without taking the number apart
        return True
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        return False
    return -exponent <= most and len(digits) + max(exponent, 0) <= most


def has_room(quantity: Decimal) -> bool:
    """Say whether a quantity is one that is taken, and so one that every dialect can write; idle zeros are left off.

    >>> has_room(Decimal("0.111111111111111")), has_room(Decimal("0.1111111111111111")), has_room(Decimal("1E+15"))
    (True, False, False)
    """
    text = str(quantity)
    if text.isdigit() and len(text) <= QUANTITY_DIGITS_MAX:
        return True  # nearly every one
    if not is_plain(quantity):
        return False
    return len(plain(quantity).lstrip("-").removeprefix("0.").replace(".", "")) <= QUANTITY_DIGITS_MAX


def is_written_out(number: Decimal) -> bool:
    """Say whether ``number`` is one of digits and a point, as a person writes it, and no longer than we show."""
    text = str(number)
    return number.is_finite() and "E" not in text and len(text) <= SHOWN_MAX


def _repeated(numbers: list[str]) -> frozenset[str]:
    if len(set(numbers)) == len(numbers):
        return frozenset()
    return frozenset(number for number, times in Counter(numbers).items() if times > 1)
