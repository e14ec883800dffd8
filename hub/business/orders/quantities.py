"""How much a line asks for.

In: a line and its item. Out: the quantity in the item's own unit, and what is wrong with it. Arithmetic is exact;
nothing is rounded to fit.
"""

from __future__ import annotations

from decimal import Decimal

from hub.business.orders.catalogue import CatalogueItem
from hub.business.orders.places import COUNT
from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import QUANTITY_DIGITS_MAX, has_room, is_plain, shown
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.kernel.words import Quantity


class OrderedQuantity(Struct):
    """What a line asks for, in the buyer's unit and in the item's own."""

    ordered: Quantity
    base: Decimal


def ordered_quantity(line: OrderLine) -> Quantity | None:
    """Return the line's quantity, else the sum of its schedules, else that of its splits; none when units differ."""
    if line.quantity:
        return line.quantity
    parts = [part.quantity for part in line.schedules] or [part.quantity for part in line.splits]
    if not parts or any(part.unit != parts[0].unit for part in parts):
        return None
    beyond = next((part for part in parts if not is_plain(part.value)), None)
    if beyond is not None:
        return beyond  # no sum can be made with it, and it is what has to be corrected
    return Quantity(value=sum((part.value for part in parts), Decimal(0)), unit=parts[0].unit)


def miscounted(order: PurchaseOrder) -> list[Reason]:
    """Return a reason for each total that is not that of the lines that have arrived, with what has."""
    stated = [each for each in order.unweighed if each.meaning == COUNT]
    if not stated:
        return []
    ordered = [amount.value for line in order.lines if (amount := ordered_quantity(line)) and is_plain(amount.value)]
    came = {"lines": len(order.lines), "pieces": shown(sum(ordered, Decimal(0)))}
    if not any(line.quantity for line in order.lines):  # a sum of parts alone: no rule of a map adds those up
        stated = [each for each in stated if each.value != came["pieces"]]
    return [
        say("BUS-COUNT", "unweighed", found=each.value, place=each.place, value=each.value or "", **came)
        for each in stated
    ]


def check_quantity(line: OrderLine, item: CatalogueItem, path: str) -> tuple[OrderedQuantity | None, list[Reason]]:
    """Return what the line asks for; nothing when it cannot be made, with the reason."""
    at = f"{path}.quantity"
    ordered = ordered_quantity(line)
    if ordered is None:
        return None, [say("BUS-QUANTITY-MISSING", at, line=line.number)]
    if ordered.value.is_finite() and not has_room(ordered.value):
        most = QUANTITY_DIGITS_MAX
        return None, [say("BUS-QUANTITY-TOO-LONG", at, found=str(ordered.value), expected=most,
                          value=f"'{shown(ordered.value)}'", most=most, line=line.number)]  # fmt: skip
    if not ordered.value.is_finite() or ordered.value <= 0:
        said = shown(ordered.value)
        return None, [say("BUS-QUANTITY-NOT-POSITIVE", at, found=said, value=f"'{said}'", line=line.number)]
    factor = item.factor(ordered.unit)
    if factor is None:
        units: list[str] = [item.unit, *item.factors]
        words = {"line": line.number, "item": item.buyer, "unit": ordered.unit, "units": units}
        expected = Wording(key="order/units", words={"units": [*units]})
        return None, [say("BUS-UNIT", f"{at}.unit", found=ordered.unit, expected=expected, **words)]
    amount = OrderedQuantity(ordered=ordered, base=ordered.value * factor)
    return amount, _limits(line.number, item, amount, at) + _sums(line, item, amount, path) + _packs(
        line, item, amount, path
    )


def _limits(number: str, item: CatalogueItem, amount: OrderedQuantity, at: str) -> list[Reason]:
    broken: list[tuple[str, Decimal]] = []
    if amount.base < item.minimum:
        broken.append(("BUS-QUANTITY-BELOW-MINIMUM", item.minimum))
    if amount.base > item.maximum:
        broken.append(("BUS-QUANTITY-ABOVE-MAXIMUM", item.maximum))
    elif amount.base % item.multiple:
        broken.append(("BUS-QUANTITY-MULTIPLE", item.multiple))
    return [_beyond(code, number, item, amount, limit, at) for code, limit in broken]


def _beyond(code: str, number: str, item: CatalogueItem, amount: OrderedQuantity, limit: Decimal, at: str) -> Reason:
    asked, wanted = many(amount.ordered.value, amount.ordered.unit), many(limit, item.unit)
    if amount.ordered.unit != item.unit:
        asked = Wording(key="order/amount-in", words={"asked": asked, "base": many(amount.base, item.unit)})
    return say(code, at, found=asked, expected=wanted, line=number, asked=asked, limit=wanted)


def _sums(line: OrderLine, item: CatalogueItem, amount: OrderedQuantity, path: str) -> list[Reason]:
    """Return what is wrong with the sum of the schedules, or of the splits over the buyer's places."""
    reasons: list[Reason] = []
    schedules = [schedule.quantity for schedule in line.schedules]
    splits = [split.quantity for split in line.splits]
    for name, parts in (("schedules", schedules), ("splits", splits)):
        if not parts:
            continue
        total = _total(parts, item)
        if total is None:
            reasons.append(say(f"BUS-PART/{name}", f"{path}.{name}", line=line.number, most=QUANTITY_DIGITS_MAX))
        elif total != amount.base:
            made, stated = many(total, item.unit), many(amount.base, item.unit)
            words = {"line": line.number, "total": made, "stated": stated}
            reasons.append(say(f"BUS-PARTS-SUM/{name}", f"{path}.{name}", found=made, expected=stated, **words))
    return reasons


def _packs(line: OrderLine, item: CatalogueItem, amount: OrderedQuantity, path: str) -> list[Reason]:
    """Return why the quantity is not certain where the line says how many go into a pack (one says nothing)."""
    for index, pack in enumerate(line.packs):
        if pack.inner is None or pack.inner <= 1:
            continue
        words = {"line": line.number, "pack": f"{pack.inner}"}
        at = f"{path}.packs[{index}]"
        factor = item.factor(amount.ordered.unit)
        if amount.ordered.unit == item.unit and amount.base % pack.inner:
            asked = many(amount.base, item.unit)
            return [say("BUS-PACK", at, found=pack.inner, expected=asked, asked=asked, **words)]
        if amount.ordered.unit != item.unit and factor not in (None, Decimal(pack.inner)):
            agreed = shown(factor or Decimal(0))
            words |= {"unit": amount.ordered.unit, "agreed": agreed}
            return [say("BUS-PACK/unit", at, found=pack.inner, expected=agreed, **words)]
    return []


def _total(parts: list[Quantity], item: CatalogueItem) -> Decimal | None:
    total = Decimal(0)
    for part in parts:
        factor = item.factor(part.unit)
        if factor is None or not has_room(part.value) or part.value <= 0:
            return None
        total += part.value * factor
    return total


def many(value: Decimal, unit: str) -> Wording:
    """Return a quantity as it is said."""
    return Wording(key="order/amount", words={"number": shown(value), "unit": unit})
