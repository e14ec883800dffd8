"""Prices a line says beside its own: one that would be paid has to agree with it.

In: a line. Out: a reason where a further price (CTP in X12) would be paid and is another than the price ordered. What a
shop asks of its customers, or a list says, is not paid by ours: ``bearings.toml`` has the words for those. Of prices
that hold from a quantity on, the one for the quantity ordered counts.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hub.business.orders.bearings import PRICES
from hub.business.orders.prices import price_per
from hub.business.orders.quantities import ordered_quantity
from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import cost, is_plain
from hub.business.orders.wordings import NONE
from hub.canonical.order import ListPrice, OrderLine
from hub.kernel.words import Quantity


def check_further_prices(line: OrderLine, path: str) -> list[Reason]:
    """Return why a person must say what is paid; nothing where every price that would be paid is the line's own."""
    paid = [each for each in line.prices if each.kind not in PRICES]
    if not paid:  # nearly all lines
        return []
    ordered = ordered_quantity(line)
    for each in _in_force(paid, ordered):
        if not _agrees(each, line, ordered):
            own = cost(line.price.amount, line.price.currency) if line.price else NONE
            words = {"line": line.number, "kind": each.kind or NONE, "own": own}
            said = cost(each.amount, each.currency)
            return [say("BUS-PRICE-TWICE", f"{path}.prices", found=said, expected=own, said=said, **words)]
    return []


def _in_force(prices: list[ListPrice], ordered: Quantity | None) -> list[ListPrice]:
    """Return those that hold for what is ordered: of prices from a quantity on, only the ones of the last step."""
    steps = [_start(each, ordered) for each in prices]
    known = [start for start in steps if start is not None]
    reached = [start for start in known if ordered is None or not is_plain(ordered.value) or start <= ordered.value]
    last = max(reached, default=Decimal(0))
    return [each for each, start in zip(prices, steps, strict=True) if start is None or start == last]


def _start(price: ListPrice, ordered: Quantity | None) -> Decimal | None:
    """Return from which quantity on a price holds; none where that cannot be told, so that it may hold for any."""
    start = price.quantity
    if start is None:
        return Decimal(0)
    comparable = is_plain(start.value) and (ordered is None or start.unit == ordered.unit)
    return start.value if comparable else None


def _agrees(further: ListPrice, line: OrderLine, ordered: Quantity | None) -> bool:
    """Say whether the two are one price, the line's as it stands or for one of its unit."""
    own = line.price
    if own is None or own.currency != further.currency or not is_plain(own.amount) or not is_plain(further.amount):
        return False
    if own.amount == further.amount:
        return True
    per = price_per(own, ordered.unit) if ordered else None
    if per is None or ordered is None or per.unit != ordered.unit or not is_plain(per.value) or per.value <= 0:
        return False
    return Fraction(own.amount) / Fraction(per.value) == Fraction(further.amount)
