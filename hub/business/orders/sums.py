"""Sums the buyer states, held against what the lines make: of a line, and of the order.

In: what is stated, and the lines with what was decided about them. Out: a reason for every sum that differs, and for
every one that cannot be compared; none is passed over. Nothing is booked from any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hub.business.orders.catalogue import Catalogue, CatalogueItem
from hub.business.orders.model import LineDecision
from hub.business.orders.prices import amount_of
from hub.business.orders.quantities import ordered_quantity
from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import CENT, cost, priced, shown, with_decimals
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.canonical.shared import Totals
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.words import Money

READABLE_MAX = 10**20  # nobody's money; beyond it decimals of 28 digits end before the cents

_BETWEEN = ("allowances", "charges", "tax", "prepaid", "rounding")
"""Of a total: what stands between what the lines make and what is to be paid."""
_OF_LINES = "lines"
_UNCOMPARED = {"BUS-LINE-AMOUNT": "BUS-LINE-AMOUNT-UNCOMPARED", "BUS-TOTAL": "BUS-TOTAL-UNCOMPARED"}
_SUMS = (_OF_LINES, "before_tax", "with_tax", "payable")
_CALLED = {name: Wording(key=f"total/{name.replace('_', '-')}") for name in (*_SUMS, *_BETWEEN)}


def line_total(line: OrderLine, item: CatalogueItem | None, currency: str | None, path: str) -> list[Reason]:
    """Compare the amount the buyer states for a line with quantity times price; ``currency`` is the order's."""
    stated = line.amount
    if stated is None:  # most lines
        return []
    if currency not in (None, stated.currency):
        key, at = "BUS-CURRENCY-MIXED/amount", f"{path}.amount.currency"
        return [say(key, at, found=stated.currency, expected=currency, line=line.number, currency=stated.currency)]
    made = amount_of(line, item, ordered_quantity(line))
    in_its_currency = line.price is not None and line.price.currency == stated.currency
    return _compared(stated, made if in_its_currency else None, CENT, "BUS-LINE-AMOUNT", f"{path}.amount", line.number)


def order_totals(
    order: PurchaseOrder, lines: Sequence[LineDecision], catalogue: Catalogue, currency: str | None
) -> list[Reason]:
    """Compare every total the buyer states with what the lines make; of one that says more than they do, say so.

    ``currency`` is the order's; of what is in another, ``totals_in_another`` tells.
    """
    if order.total is None:  # most orders
        return []
    more = bool(order.charges) or any(getattr(order.total, name) is not None for name in _BETWEEN)
    reasons: list[Reason] = []
    for name, stated in _stated(order.total):
        if name in _SUMS and currency not in (None, stated.currency):
            continue  # told already
        comparable = name == _OF_LINES or (name in _SUMS and not more)
        made = _made(order, lines, catalogue, stated.currency) if comparable else None
        reasons += _compared(stated, made, CENT * len(order.lines), "BUS-TOTAL", f"total.{name}", None, _CALLED[name])
    return reasons


def totals_in_another(order: PurchaseOrder, currency: str | None) -> list[Reason]:
    """Return a reason for every sum of the lines that is stated in another currency than theirs; a tax may be."""
    if order.total is None or currency is None:
        return []
    return [
        say(
            "BUS-CURRENCY-MIXED/total",
            f"total.{name}.currency",
            found=stated.currency,
            expected=currency,
            which=_CALLED[name],
            currency=stated.currency,
        )
        for name, stated in _stated(order.total)
        if name in _SUMS and stated.currency != currency
    ]


def in_cents(amount: Decimal) -> str:
    """Return an amount as a person writes it: as it is, but to the cent where it has no end.

    >>> in_cents(Decimal("468.7500")), in_cents(Decimal(100) / 3)
    ('468.75', '33.33')
    """
    if abs(amount) >= READABLE_MAX:
        return shown(amount)
    short = round(amount, 4)
    return shown(short if short == amount else round(amount, 2))


def _stated(total: Totals) -> list[tuple[str, Money]]:
    return [(name, stated) for name in (*_SUMS, *_BETWEEN) if (stated := getattr(total, name)) is not None]


def _made(order: PurchaseOrder, lines: Sequence[LineDecision], catalogue: Catalogue, currency: str) -> Decimal | None:
    """Return what the lines make in ``currency``; none where that does not follow from what each of them says."""
    made = Decimal(0)
    for line, decided in zip(order.lines, lines, strict=True):
        item = catalogue.by_number(decided.state.item) if decided.state.item else None
        amount = amount_of(line, item, ordered_quantity(line))
        if amount is None or line.price is None or line.price.currency != currency:
            return None
        made += amount
    return made


def _compared(
    stated: Money,
    made: Decimal | None,
    allowed: Decimal,
    key: str,
    path: str,
    line: str | None,
    which: Wording | None = None,
) -> list[Reason]:
    """Say that a sum differs by more than is allowed (a buyer may round every line to the cent), or what keeps it from
    being compared.

    Numbers are ordered, not subtracted: however large one is, that costs nothing and cannot fail.
    """
    currency = stated.currency
    words: dict[str, object] = {"line": line, "which": which, "stated": cost(stated.amount, currency)}
    if made is None or not stated.amount.is_finite():
        return [say(_UNCOMPARED[key], path, found=priced(stated.amount), **words)]
    if made - allowed <= stated.amount <= made + allowed:
        return []
    computed = with_decimals(Decimal(in_cents(made)), stated.amount)
    words["computed"] = cost(computed, currency)
    return [say(key, path, found=priced(stated.amount), expected=priced(computed), **words)]


declared(
    {
        "total/lines": Phrase(message="total of the lines"),
        "total/before-tax": Phrase(message="total before tax"),
        "total/with-tax": Phrase(message="total with tax"),
        "total/payable": Phrase(message="amount to be paid"),
        "total/allowances": Phrase(message="total of allowances"),
        "total/charges": Phrase(message="total of charges"),
        "total/tax": Phrase(message="total of taxes"),
        "total/prepaid": Phrase(message="amount paid before"),
        "total/rounding": Phrase(message="amount of rounding"),
    }
)
