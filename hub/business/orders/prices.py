"""The price of a line against the customer's contract.

In: the line, its item, how many of the item's own unit it asks for. Out: the price agreed, with what is wrong or
changed. Prices are compared as exact fractions per one of the item's own unit, whatever unit and basis each is in.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hub.business.orders.catalogue import CatalogueItem, ContractPrice
from hub.business.orders.contracts import contract_of_line
from hub.business.orders.quantities import many
from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import DIGITS_MAX, OrderTerms, in_currency, is_plain, priced, shown, with_decimals
from hub.canonical.order import OrderLine
from hub.kernel.sentence import Word, Wording
from hub.kernel.words import Price, Quantity

EACH = "each"
PER_LINE_UNIT = frozenset({None, "contract", "catalogue", "current", "fixed", "net", "quoted", "per-unit"})
"""Words of the table ``price-basis`` that leave the price for one of the line's unit."""
_PER = {
    "per-each": (1, "each"),
    "contract-per-each": (1, "each"),
    "net-each": (1, "each"),
    "quoted-each": (1, "each"),
    "per-ten": (10, None),
    "per-dozen": (12, None),
    "contract-per-dozen": (12, None),
    "per-hundred": (100, None),
    "contract-per-hundred": (100, None),
    "quoted-per-hundred": (100, None),
    "per-thousand": (1_000, None),
    "contract-per-thousand": (1_000, None),
    "quoted-per-thousand": (1_000, None),
    "per-ten-thousand": (10_000, None),
    "per-hundred-thousand": (100_000, None),
    "per-box": (1, "box"),
    "per-package": (1, "package"),
    "per-ounce": (1, "ounce"),
    "per-pound": (1, "pound"),
    "per-gram": (1, "gram"),
    "per-kilogram": (1, "kilogram"),
    "per-millilitre": (1, "millilitre"),
    "per-litre": (1, "litre"),
    "per-foot": (1, "foot"),
    "per-yard": (1, "yard"),
    "per-metre": (1, "metre"),
    "per-hundred-feet": (100, "foot"),
    "per-thousand-feet": (1_000, "foot"),
    "per-hundred-metres": (100, "metre"),
}
"""Words that say what the price is for: how many, of which unit (none: the line's). Others are held, not guessed."""


def agreed_price(
    line: OrderLine, item: CatalogueItem, base: Decimal, terms: OrderTerms, path: str
) -> tuple[Price | None, list[Reason]]:
    """Return the price that stands for ``line`` and the reasons.

    ``base`` is the line's quantity in the item's own unit. A line without a price gets the contract's, and says so.
    """
    contract, reasons = _contract_price(line, item, terms, path)
    if contract is None:
        return line.price, reasons
    amount = contract.amount(base)
    if amount is None:
        start, asked = many(contract.tiers[0].start, item.unit), many(base, item.unit)
        words = {"line": line.number, "start": start, "asked": asked}
        return line.price, [say("BUS-PRICE-NO-TIER", f"{path}.quantity", found=asked, **words)]
    if line.price is None:
        price = _in_line_unit(line, item, contract, amount)
        words = {"line": line.number, "contract": contract.contract, "agreed": _said(price, line)}
        return price, [say("BUS-PRICE-FILLED", f"{path}.price", **words)]
    return line.price, _compared(line, line.price, item, base, contract, amount, path)


def _contract_price(
    line: OrderLine, item: CatalogueItem, terms: OrderTerms, path: str
) -> tuple[ContractPrice | None, list[Reason]]:
    """Return the one contract price that governs the line: by contract, then day, then currency."""
    at, words = f"{path}.price", {"line": line.number, "item": item.buyer}
    prices = terms.catalogue.prices_of(item.number)
    contract = terms.contract or contract_of_line(line, terms.catalogue)
    if contract:
        named = [price for price in prices if price.contract == contract]
        if prices and not named:
            known = ", ".join(sorted({price.contract for price in prices}))
            words |= {"contract": contract, "known": known}
            return None, [say("BUS-CONTRACT-UNKNOWN", at, found=contract, expected=known, **words)]
        prices = named
    valid = [price for price in prices if price.covers(terms.price_day)]
    if not valid:
        return None, [say("BUS-PRICE-NONE", at, day=terms.price_day, **words)]
    currency = line.price.currency if line.price else terms.currency
    if currency is None:
        return None, [say("BUS-CURRENCY-UNCLEAR", at, **words)]
    payable = [price for price in valid if price.currency == currency]
    if not payable:
        agreed = ", ".join(sorted({price.currency for price in valid}))
        words |= {"currency": currency, "agreed": agreed}
        return None, [say("BUS-PRICE-CURRENCY", at, found=currency, expected=agreed, **words)]
    if len(payable) > 1:
        contracts = ", ".join(sorted(price.contract for price in payable))
        return None, [say("BUS-CONTRACT-UNCLEAR", at, contracts=contracts, **words)]
    return payable[0], []


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
    if price.amount.is_finite() and not is_plain(price.amount):
        value = f"'{shown(price.amount)}'"
        return [say("BUS-PRICE-TOO-LONG", at, found=str(price.amount), expected=DIGITS_MAX, value=value,
                    most=DIGITS_MAX, line=line.number)]  # fmt: skip
    if not price.amount.is_finite():
        return [say("BUS-PRICE-ABSURD", at, found=shown(price.amount), line=line.number)]
    if _same_terms(line, price, contract) and price.amount == amount:
        return []
    ordered = _per_own_unit(line, price, item, base)
    if ordered is None:
        return [say("BUS-PRICE-BASIS", at, found=price.basis, line=line.number, ordered=_said(price, line))]
    factor = _exact(item.factor(contract.unit) or Decimal(1))
    agreed = _exact(amount) / (_exact(contract.per) * factor)
    if ordered == agreed:
        return []
    ours = _in_line_unit(line, item, contract, amount)
    key = "BUS-PRICE-TOLERATED" if _tolerated(ordered, agreed, contract, factor) else "BUS-PRICE-OFF-CONTRACT"
    words = {
        "line": line.number,
        "ordered": _said(price, line),
        "contract": contract.contract,
        "agreed": _said(ours, line),
    }
    return [say(key, at, found=priced(price.amount), expected=priced(ours.amount), **words)]


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


def amount_of(line: OrderLine, item: CatalogueItem | None, ordered: Quantity | None) -> Decimal | None:
    """Return what ``line`` comes to at the price it says; none where that does not follow from what it says.

    Without ``item`` no unit can be turned into another; a line with charges or a discount of its own comes to more or
    less than quantity times price. Nothing is rounded but a number without end, far behind the cents.
    """
    price = line.price
    if price is None or ordered is None or line.charges or line.discount:
        return None
    if not is_plain(ordered.value) or not is_plain(price.amount):
        return None
    if price.basis == "total" and price.per is None:
        return price.amount
    if price.per is None and price.basis in PER_LINE_UNIT:  # nearly all of them
        return ordered.value * price.amount
    per = price_per(price, ordered.unit)
    if per is None or not is_plain(per.value) or per.value <= 0:
        return None
    of_line, of_price = _units(item, ordered.unit, per.unit)
    if of_line is None or of_price is None:
        return None
    return ordered.value * of_line * price.amount / (per.value * of_price)


def _units(item: CatalogueItem | None, one: str, other: str) -> tuple[Decimal | None, Decimal | None]:
    """Return how many of the item's own unit are in each of two units; one for one where they are the same."""
    if one == other:
        return Decimal(1), Decimal(1)
    return (item.factor(one), item.factor(other)) if item else (None, None)


def price_per(price: Price, unit: str) -> Quantity | None:
    """Return what the price is for, ``unit`` being the line's; none when the basis is not understood."""
    if price.per is not None:
        return price.per if price.basis in PER_LINE_UNIT or price.basis in _PER else None
    if price.basis in _PER:
        count, named = _PER[price.basis]
        return Quantity(value=Decimal(count), unit=named or unit)
    return Quantity(value=Decimal(1), unit=unit) if price.basis in PER_LINE_UNIT else None


def _per_own_unit(line: OrderLine, price: Price, item: CatalogueItem, base: Decimal) -> Fraction | None:
    """Return the price ordered for one of the item's own unit; none when its unit or basis is not understood."""
    if price.per is None and price.basis == "total":
        return _exact(price.amount) / _exact(base)
    per = price_per(price, line.quantity.unit if line.quantity else item.unit)
    factor = item.factor(per.unit) if per else None
    if per is None or factor is None or not is_plain(per.value) or per.value <= 0:
        return None
    return _exact(price.amount) / (_exact(per.value) * _exact(factor))


def _in_line_unit(line: OrderLine, item: CatalogueItem, contract: ContractPrice, amount: Decimal) -> Price:
    """Return the contract price per one of the line's unit; in the contract's own unit where that would round."""
    unit = line.quantity.unit if line.quantity else item.unit
    ratio = _exact(item.factor(unit) or Decimal(1)) / _exact(item.factor(contract.unit) or Decimal(1))
    exact = _decimal(_exact(amount) * ratio / _exact(contract.per))
    if exact is not None:
        return Price(amount=with_decimals(exact, amount), currency=contract.currency)
    per = Quantity(value=contract.per, unit=contract.unit)
    return Price(amount=amount, currency=contract.currency, per=per)


def _said(price: Price, line: OrderLine) -> Wording:
    unit = line.quantity.unit if line.quantity else "one"
    per = price_per(price, unit) or price.per or Quantity(value=Decimal(1), unit=unit)
    amount = in_currency(price.amount, price.currency)
    words: dict[str, Word] = {"amount": amount, "currency": price.currency}
    key = "order/price-each"  # nobody says "per each"
    if per.unit != EACH or per.value != 1:
        key, words["unit"] = "order/price", per.unit if per.value == 1 else many(per.value, per.unit)
    if price.basis and per.value == 1 and not (price.per and price.basis in PER_LINE_UNIT):  # else it is said already
        key, words["basis"] = f"{key}-basis", price.basis
    return Wording(key=key, words=words)


def _exact(number: Decimal) -> Fraction:
    return Fraction(number)


def _decimal(number: Fraction) -> Decimal | None:
    """Return ``number`` as an exact decimal of at most twelve places; none where it would have to be rounded."""
    scaled = number * 10**12
    return Decimal(shown(Decimal(f"{scaled.numerator}E-12"))) if scaled.denominator == 1 else None
