"""How a second order of the same number differs from the one that stands, for the person who must choose.

In: the new order and what stands. Out: sentences, the first few; a long list helps nobody.
"""

from __future__ import annotations

from hub.business.orders.model import LineState, OrderState
from hub.business.orders.quantities import ordered_quantity
from hub.business.orders.terms import shown
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.kernel.words import Price, Quantity

DIFFERENCES_MAX = 5  # what fits on a screen beside the two orders


def differences(order: PurchaseOrder, known: OrderState) -> list[str]:
    """Return in what the lines differ: line by line, quantity, item, revision and price."""
    before = {line.number: line for line in known.lines}
    found: list[str] = []
    for line in order.lines:
        standing = before.pop(line.number, None)
        found += _line(line, standing) if standing else [f"line {line.number} is new"]
    found += [f"line {number} is gone" for number in before]
    rest = len(found) - DIFFERENCES_MAX
    return found[:DIFFERENCES_MAX] + ([f"and {rest} more"] if rest > 0 else [])


def _line(line: OrderLine, standing: LineState) -> list[str]:
    found: list[str] = []
    ordered = ordered_quantity(line)
    if _said(ordered) != _said(standing.ordered):
        found.append(f"line {line.number} quantity {_said(standing.ordered)} became {_said(ordered)}")
    if line.item and line.item.buyer != standing.buyer_item and line.item.buyer:
        found.append(f"line {line.number} item {standing.buyer_item} became {line.item.buyer}")
    if line.item and line.item.revision not in (None, standing.revision):
        found.append(f"line {line.number} revision {standing.revision} became {line.item.revision}")
    if line.price and standing.price and _cost(line.price) != _cost(standing.price):
        found.append(f"line {line.number} price {_cost(standing.price)} became {_cost(line.price)}")
    return found


def _cost(price: Price) -> str:
    return f"{shown(price.amount)} {price.currency}"


def _said(quantity: Quantity | None) -> str:
    return f"{shown(quantity.value)} {quantity.unit}" if quantity else "nothing"
