"""The price of a line against the customer's contract.

In: the line, its item, how many of the item's own unit it asks for. Out: the price agreed, with what is wrong or
changed. Prices are compared as exact fractions per one of the item's own unit, whatever unit and basis each is in.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hub.business.orders.catalogue import CatalogueItem, ContractPrice
from hub.business.orders.model import Status
from hub.business.orders.reasons import Reason, change, hold, note, refuse
from hub.business.orders.terms import Terms, is_plain, shown
from hub.canonical.order import OrderLine
from hub.kernel.words import Price, Quantity

PER_LINE_UNIT = frozenset({None, "contract", "catalogue", "current", "fixed", "net", "quoted", "per-unit", "no-charge"})
"""Words of the table ``price-basis`` that leave the price for one of the line's unit."""
_PER = {
    "per-each": (1, "each"),
    "contract-per-each": (1, "each"),
    "each-per-contract": (1, "each"),
    "net-each": (1, "each"),
    "quoted-each": (1, "each"),
    "per-box": (1, "box"),
    "per-package": (1, "package"),
    "per-pound": (1, "pound"),
    "per-metre": (1, "metre"),
    "per-hundred-metres": (100, "metre"),
    "per-hundred": (100, None),
    "per-thousand": (1000, None),
}
"""Words that say what the price is for: how many, of which unit (none: the line's). Others are held, not guessed."""


def agreed_price(
    line: OrderLine, item: CatalogueItem, base: Decimal, terms: Terms, path: str
) -> tuple[Price | None, list[Reason]]:
    """Return the price that stands for ``line`` and the reasons.

    ``base`` is the line's quantity in the item's own unit. A line without a price gets the contract's, and says so.
    """
    contract, reasons = _contract_price(line, item, terms, path)
    if contract is None:
        return line.price, reasons
    amount = contract.amount(base)
    if amount is None:
        start = contract.tiers[0].start
        message = f"line {line.number}: no contract price below {shown(start)} {item.unit}, ordered {shown(base)}"
        remedy = f"order at least {shown(start)} {item.unit}, or agree a price for less"
        return line.price, [refuse("BUS-PRICE-NO-TIER", f"{path}.quantity", message, remedy, found=base)]
    if line.price is None:
        return _filled(line, item, contract, amount, path)
    return line.price, _compared(line, line.price, item, base, contract, amount, path)


def _contract_price(
    line: OrderLine, item: CatalogueItem, terms: Terms, path: str
) -> tuple[ContractPrice | None, list[Reason]]:
    """Return the one contract price that governs the line: by contract, then day, then currency."""
    at, number = f"{path}.price", line.number
    prices = terms.catalogue.prices_of(item.number)
    if terms.contract:
        named = [price for price in prices if price.contract == terms.contract]
        if prices and not named:
            known = ", ".join(sorted({price.contract for price in prices}))
            message = f"line {number}: contract {terms.contract} has no price for {item.buyer}; we know {known}"
            remedy = "name the contract that covers the item"
            return None, [refuse("BUS-CONTRACT-UNKNOWN", at, message, remedy, found=terms.contract, expected=known)]
        prices = named
    valid = [price for price in prices if price.covers(terms.price_day)]
    if not valid:
        message = f"line {number}: no contract price for {item.buyer} on {terms.price_day}"
        return None, [refuse("BUS-PRICE-NONE", at, message, "agree a price with your account manager first")]
    currency = line.price.currency if line.price else terms.currency
    if currency is None:
        message = f"line {number}: neither the order nor the line says a currency, and we have prices in several"
        return None, [hold("BUS-CURRENCY-UNCLEAR", at, message, "ask the customer for the currency")]
    payable = [price for price in valid if price.currency == currency]
    if not payable:
        agreed = ", ".join(sorted({price.currency for price in valid}))
        message = f"line {number}: ordered in {currency}, the contract is in {agreed}"
        remedy = f"order in {agreed}"
        return None, [refuse("BUS-PRICE-CURRENCY", at, message, remedy, found=currency, expected=agreed)]
    if len(payable) > 1:
        contracts = ", ".join(sorted(f"{price.contract} ({price.currency})" for price in payable))
        message = f"line {number}: several contracts have a price for {item.buyer}: {contracts}"
        return None, [hold("BUS-CONTRACT-UNCLEAR", at, message, "ask the customer which contract is meant")]
    return payable[0], []


def _filled(
    line: OrderLine, item: CatalogueItem, contract: ContractPrice, amount: Decimal, path: str
) -> tuple[Price | None, list[Reason]]:
    price = _in_line_unit(line, item, contract, amount)
    message = f"line {line.number}: no price ordered; contract {contract.contract} says {_said(price, line)}"
    remedy = "check the price given back"
    return price, [change("BUS-PRICE-FILLED", f"{path}.price", message, remedy, Status.PRICE_CHANGED)]


def _compared(
    line: OrderLine,
    price: Price,
    item: CatalogueItem,
    base: Decimal,
    contract: ContractPrice,
    amount: Decimal,
    path: str,
) -> list[Reason]:
    at = f"{path}.price"
    if not is_plain(price.amount):
        message = f"line {line.number}: the price is no number that can be paid"
        return [refuse("BUS-PRICE-ABSURD", at, message, "correct the price", found=price.amount)]
    if _same_terms(line, price, contract) and price.amount == amount:
        return []
    ordered = _per_own_unit(line, price, item, base)
    if ordered is None:
        message = f"line {line.number}: we cannot tell what the price {_said(price, line)} is for"
        return [hold("BUS-PRICE-BASIS", at, message, "ask the customer what one price is for", found=price.basis)]
    factor = _exact(item.factor(contract.unit) or Decimal(1))
    agreed = _exact(amount) / (_exact(contract.per) * factor)
    if ordered == agreed:
        return []
    expected = _in_line_unit(line, item, contract, amount)
    words = f"ordered at {_said(price, line)}, contract {contract.contract} says {_said(expected, line)}"
    if _tolerated(ordered, agreed, contract, factor):
        message = f"line {line.number}: {words}; within the tolerance agreed"
        remedy = "nothing to do; bring the customer's price list up to date"
        return [note("BUS-PRICE-TOLERATED", at, message, remedy, found=price.amount, expected=expected.amount)]
    message = f"line {line.number}: {words}"
    remedy = "order at the contract price, or agree another first"
    return [refuse("BUS-PRICE-OFF-CONTRACT", at, message, remedy, found=price.amount, expected=expected.amount)]


def _same_terms(line: OrderLine, price: Price, contract: ContractPrice) -> bool:
    """Say whether both prices are for one of the same unit, so that they can be compared as they stand."""
    if price.per is not None or price.basis not in PER_LINE_UNIT:
        return False
    return contract.per == 1 and line.quantity is not None and line.quantity.unit == contract.unit


def _tolerated(ordered: Fraction, agreed: Fraction, contract: ContractPrice, factor: Fraction) -> bool:
    """Say whether the difference keeps within every tolerance stated; none stated allows none."""
    bounds: list[Fraction] = []
    if contract.tolerance_percent is not None:
        bounds.append(agreed * _exact(contract.tolerance_percent) / 100)
    if contract.tolerance_amount is not None:
        bounds.append(_exact(contract.tolerance_amount) / (_exact(contract.per) * factor))
    return bool(bounds) and abs(ordered - agreed) <= min(bounds)


def _per_own_unit(line: OrderLine, price: Price, item: CatalogueItem, base: Decimal) -> Fraction | None:
    """Return the price ordered for one of the item's own unit; none when its unit or basis is not understood."""
    unit = line.quantity.unit if line.quantity else item.unit
    many = Decimal(1)
    if price.per is not None:
        unit, many = price.per.unit, price.per.value
    elif price.basis == "total":
        return _exact(price.amount) / _exact(base)
    elif price.basis in _PER:
        count, named = _PER[price.basis]
        unit, many = named or unit, Decimal(count)
    elif price.basis not in PER_LINE_UNIT:
        return None
    factor = item.factor(unit)
    if factor is None or not is_plain(many) or many <= 0:
        return None
    return _exact(price.amount) / (_exact(many) * _exact(factor))


def _in_line_unit(line: OrderLine, item: CatalogueItem, contract: ContractPrice, amount: Decimal) -> Price:
    """Return the contract price per one of the line's unit; in the contract's own unit where that would round."""
    unit = line.quantity.unit if line.quantity else item.unit
    ratio = _exact(item.factor(unit) or Decimal(1)) / _exact(item.factor(contract.unit) or Decimal(1))
    exact = _decimal(_exact(amount) * ratio / _exact(contract.per))
    if exact is not None:
        return Price(amount=exact, currency=contract.currency)
    per = Quantity(value=contract.per, unit=contract.unit)
    return Price(amount=amount, currency=contract.currency, per=per)


def _said(price: Price, line: OrderLine) -> str:
    per = price.per or Quantity(value=Decimal(1), unit=line.quantity.unit if line.quantity else "one")
    many = "" if per.value == 1 else f"{shown(per.value)} "
    basis = f" ({price.basis})" if price.basis else ""
    return f"{shown(price.amount)} {price.currency} per {many}{per.unit}{basis}"


def _exact(number: Decimal) -> Fraction:
    return Fraction(number)


def _decimal(number: Fraction) -> Decimal | None:
    """Return ``number`` as an exact decimal of at most twelve places; none where it would have to be rounded."""
    scaled = number * 10**12
    return Decimal(shown(Decimal(f"{scaled.numerator}E-12"))) if scaled.denominator == 1 else None
