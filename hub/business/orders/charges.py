"""What a buyer takes off or adds beside the prices of the lines: agreed on by nobody, and so no order is made of it.

In: the charges of an order, or of a line. Out: the reasons why a person must look. Whoever states a charge expects it
on our invoice; whoever takes off an allowance expects to pay less. Both are somebody's decision and not ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import cost, shown
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.canonical.shared import Charge
from hub.kernel.sentence import Phrase, Wording, declared

ALLOWANCES = frozenset({"allowance", "allowance-request", "promotion"})
"""Kinds of ``Charge`` that make us paid less than the price says."""
_NEITHER, _IN_THE_PRICE = "none", "part-of-price"

declared(
    {
        "charge/amount": Phrase(message="{amount}"),
        "charge/percent": Phrase(message="{percent} %"),
        "charge/unsaid": Phrase(message="an amount that is not said"),
    }
)


def charges_of_order(order: PurchaseOrder) -> list[Reason]:
    """Return what the order as a whole takes off and adds."""
    off = order.total.allowances if order.total else None
    reasons: list[Reason] = []
    if any(charge.kind in ALLOWANCES for charge in order.charges) or (off and off.amount):
        reasons.append(say("BUS-ALLOWANCE/order", "charges"))
    total = order.total.charges if order.total else None
    charge = _added(order.charges) or _added([Charge(amount=total)] if total else [])
    if charge is not None:
        reasons.append(say("BUS-CHARGE/order", "charges", charge=_said(charge)))
    return reasons


def charges_of_line(line: OrderLine, path: str) -> list[Reason]:
    """Return what a line takes off and adds."""
    reasons: list[Reason] = []
    if line.discount or any(charge.kind in ALLOWANCES for charge in line.charges):
        reasons.append(say("BUS-ALLOWANCE/line", f"{path}.charges", line=line.number))
    charge = _added(line.charges)
    if charge is not None:
        reasons.append(say("BUS-CHARGE/line", f"{path}.charges", line=line.number, charge=_said(charge)))
    return reasons


def _added(charges: Sequence[Charge]) -> Charge | None:
    """Return the first charge that adds something; one that is in the price, or comes to nothing, does not."""
    return next((each for each in charges if each.kind not in {*ALLOWANCES, _NEITHER} and not _is_nothing(each)), None)


def _is_nothing(charge: Charge) -> bool:
    if charge.handling == _IN_THE_PRICE:
        return True
    stated = [charge.amount.amount if charge.amount else None, charge.percent, charge.rate]
    return any(each is not None for each in stated) and not any(stated)


def _said(charge: Charge) -> Wording:
    if charge.amount is not None and charge.amount.amount:
        return Wording(key="charge/amount", words={"amount": cost(charge.amount.amount, charge.amount.currency)})
    if charge.percent:
        return Wording(key="charge/percent", words={"percent": shown(charge.percent)})
    return Wording(key="charge/unsaid")
