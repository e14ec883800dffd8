"""How a second order of the same number differs from the one that stands, for the person who must choose.

In: the new order and what stands. Out: sentences, the first few; a long list helps nobody.
"""

from __future__ import annotations

from hub.business.orders.model import LineState, OrderState
from hub.business.orders.quantities import many, ordered_quantity
from hub.business.orders.terms import cost, shown
from hub.business.orders.wordings import NONE
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.kernel.sentence import Word, Wording
from hub.kernel.words import Price, Quantity

DIFFERENCES_MAX = 5  # what fits on a screen beside the two orders


def differences(order: PurchaseOrder, known: OrderState) -> list[Wording]:
    """Return in what the lines differ: line by line, quantity, item, revision and price."""
    before = {line.number: line for line in known.lines}
    found: list[Wording] = []
    for line in order.lines:
        standing = before.pop(line.number, None)
        found += _line(line, standing) if standing else [Wording(key="order/line-new", words={"line": line.number})]
    found += [Wording(key="order/line-gone", words={"line": number}) for number in before]
    rest = len(found) - DIFFERENCES_MAX
    return found[:DIFFERENCES_MAX] + ([Wording(key="order/and-more", words={"count": rest})] if rest > 0 else [])


def _line(line: OrderLine, standing: LineState) -> list[Wording]:
    found: list[Wording] = []
    ordered = ordered_quantity(line)
    if _said(ordered) != _said(standing.ordered):
        found.append(_became("quantity", line, _said(standing.ordered), _said(ordered)))
    if line.item and line.item.buyer != standing.buyer_item and line.item.buyer:
        found.append(_became("item", line, standing.buyer_item or NONE, line.item.buyer))
    if line.item and line.item.revision not in (None, standing.revision):
        found.append(_became("revision", line, standing.revision or NONE, str(line.item.revision)))
    if line.price and standing.price and _paid(line.price) != _paid(standing.price):
        found.append(_became("price", line, _cost(standing.price), _cost(line.price)))
    return found


def _became(what: str, line: OrderLine, before: Word, after: Word) -> Wording:
    return Wording(key=f"order/{what}-became", words={"line": line.number, "before": before, "after": after})


def _cost(price: Price) -> str:
    return cost(price.amount, price.currency)


def _paid(price: Price) -> tuple[str, str]:
    return shown(price.amount), price.currency


def _said(quantity: Quantity | None) -> Wording:
    return many(quantity.value, quantity.unit) if quantity else Wording(key="order/nothing")
