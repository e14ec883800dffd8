"""How much a line asks for, and when.

In: a line and its item. Out: the quantity in the item's own unit, the parts with the day each is wanted, the promise
for each part, and what is wrong. Arithmetic is exact; nothing is rounded to fit.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hub.business.orders.catalogue import CatalogueItem
from hub.business.orders.model import Basis, PromiseState, ScheduleState, Status
from hub.business.orders.reasons import Reason, say
from hub.business.orders.sentences import PROMISED
from hub.business.orders.terms import Terms, is_plain, requested_day, shown
from hub.canonical.order import OrderLine, Schedule
from hub.kernel.struct import Struct
from hub.kernel.words import Quantity

HORIZON_DAYS = 3 * 365
"""How far ahead we answer: three years, the longest contract; a later day is a slip of the keyboard."""

SHIPMENT = frozenset(
    {"shipment", "shipment-scheduled", "shipment-requested-from", "shipment-requested-until", "ship-not-before"}
)
"""Words of ``Schedule.due_kind`` that mean the day the goods leave us."""


class Amount(Struct):
    """What a line asks for, in the buyer's unit and in the item's own."""

    ordered: Quantity
    base: Decimal


def ordered_quantity(line: OrderLine) -> Quantity | None:
    """Return the line's quantity, else the sum of its schedules, else that of its splits; none when units differ."""
    if line.quantity:
        return line.quantity
    parts = [part.quantity for part in line.schedules] or [part.quantity for part in line.splits]
    if not parts or any(part.unit != parts[0].unit or not is_plain(part.value) for part in parts):
        return None
    return Quantity(value=sum((part.value for part in parts), Decimal(0)), unit=parts[0].unit)


def check_quantity(line: OrderLine, item: CatalogueItem, path: str) -> tuple[Amount | None, list[Reason]]:
    """Return what the line asks for; nothing when it cannot be made, with the reason."""
    at = f"{path}.quantity"
    ordered = ordered_quantity(line)
    if ordered is None:
        return None, [say("BUS-QUANTITY-MISSING", at, line=line.number)]
    if not is_plain(ordered.value) or ordered.value <= 0:
        return None, [say("BUS-QUANTITY-NOT-POSITIVE", at, found=ordered.value, line=line.number)]
    factor = item.factor(ordered.unit)
    if factor is None:
        units = ", ".join([item.unit, *item.factors])
        words = {"line": line.number, "item": item.buyer, "unit": ordered.unit, "units": units}
        return None, [say("BUS-UNIT", f"{at}.unit", found=ordered.unit, expected=units, **words)]
    amount = Amount(ordered=ordered, base=ordered.value * factor)
    return amount, _limits(line.number, item, amount, at) + _sums(line, item, amount, path)


def _limits(number: str, item: CatalogueItem, amount: Amount, at: str) -> list[Reason]:
    broken: list[tuple[str, Decimal]] = []
    if amount.base < item.minimum:
        broken.append(("BUS-QUANTITY-BELOW-MINIMUM", item.minimum))
    if amount.base > item.maximum:
        broken.append(("BUS-QUANTITY-ABOVE-MAXIMUM", item.maximum))
    elif amount.base % item.multiple:
        broken.append(("BUS-QUANTITY-MULTIPLE", item.multiple))
    return [_beyond(code, number, item, amount, limit, at) for code, limit in broken]


def _beyond(code: str, number: str, item: CatalogueItem, amount: Amount, limit: Decimal, at: str) -> Reason:
    asked, wanted = _many(amount.ordered.value, amount.ordered.unit), _many(limit, item.unit)
    if amount.ordered.unit != item.unit:
        asked += f" ({_many(amount.base, item.unit)})"
    return say(code, at, found=asked, expected=wanted, line=number, asked=asked, limit=wanted)


def _sums(line: OrderLine, item: CatalogueItem, amount: Amount, path: str) -> list[Reason]:
    """Return what is wrong with the sum of the schedules, or of the splits over the buyer's places."""
    reasons: list[Reason] = []
    schedules = [schedule.quantity for schedule in line.schedules]
    splits = [split.quantity for split in line.splits]
    for name, parts in (("schedules", schedules), ("splits", splits)):
        if not parts:
            continue
        total = _total(parts, item)
        if total is None:
            reasons.append(say(f"BUS-PART/{name}", f"{path}.{name}", line=line.number))
        elif total != amount.base:
            made, stated = _many(total, item.unit), _many(amount.base, item.unit)
            words = {"line": line.number, "total": made, "stated": stated}
            reasons.append(say(f"BUS-PARTS-SUM/{name}", f"{path}.{name}", found=made, expected=stated, **words))
    return reasons


def _total(parts: list[Quantity], item: CatalogueItem) -> Decimal | None:
    total = Decimal(0)
    for part in parts:
        factor = item.factor(part.unit)
        if factor is None or not is_plain(part.value) or part.value <= 0:
            return None
        total += part.value * factor
    return total


def schedules_of(line: OrderLine, ordered: Quantity | None, terms: Terms) -> list[ScheduleState]:
    """Return the parts of a line and the day each is wanted: its schedules, or the line as one part."""
    day = requested_day(line) or terms.requested
    if line.schedules:
        return [_schedule(schedule, day) for schedule in line.schedules]
    return [ScheduleState(quantity=ordered, requested=day)] if ordered else []


def _schedule(schedule: Schedule, day: date | None) -> ScheduleState:
    return ScheduleState(
        quantity=schedule.quantity,
        requested=schedule.due.on if schedule.due else day,
        at_shipment=schedule.due_kind in SHIPMENT,
    )


def check_dates(number: str, schedules: list[ScheduleState], terms: Terms, path: str) -> list[Reason]:
    """Return what is wrong with the days asked for: gone by, or further ahead than we answer."""
    reasons: list[Reason] = []
    last = terms.today + timedelta(days=HORIZON_DAYS)
    for index, schedule in enumerate(schedules):
        day = schedule.requested
        if day is None or terms.today <= day <= last:
            continue
        at = f"{path}.schedules[{index}].due" if len(schedules) > 1 else f"{path}.requested"
        words = {"line": number, "part": _part(schedule), "day": day, "today": terms.today, "last": last}
        if day < terms.today:
            reasons.append(say("BUS-DATE-PAST", at, found=day, expected=f"{terms.today} or later", **words))
        else:
            reasons.append(say("BUS-DATE-TOO-FAR", at, found=day, expected=f"{last} or earlier", **words))
    return reasons


def promise(
    line: OrderLine, item: CatalogueItem, schedules: list[ScheduleState], terms: Terms, path: str
) -> tuple[list[PromiseState], list[Reason]]:
    """Return one promise for each part: the day asked for, or the end of the lead time where that is later.

    Parts are made in the order of their days, so a part's lead time counts what the line wants before it.
    """
    made: dict[int, PromiseState] = {}
    reasons: list[Reason] = []
    before = Decimal(0)
    for index in sorted(range(len(schedules)), key=lambda at: schedules[at].requested or date.max):
        schedule = schedules[index]
        before += schedule.quantity.value * (item.factor(schedule.quantity.unit) or Decimal(1))
        days = item.lead_time.until(before)
        earliest = terms.calendar.next_open(terms.today + timedelta(days=days))
        made[index] = part = _promise(schedule, earliest, days)
        if part.basis is not Basis.REQUESTED:
            at = f"{path}.schedules[{index}].due" if line.schedules else f"{path}.requested"
            reasons += _said(line.number, schedule, part, days, at)
    return [made[index] for index in range(len(schedules))], reasons


def _promise(schedule: ScheduleState, earliest: date, days: int) -> PromiseState:
    wanted = schedule.requested
    if wanted is not None and wanted >= earliest:
        day, basis, status = wanted, Basis.REQUESTED, Status.ACCEPTED
    else:
        day, basis = earliest, Basis.LEAD_TIME
        status = Status.RESCHEDULED if wanted else Status.ACCEPTED
    return PromiseState(
        status=status,
        quantity=schedule.quantity,
        deliver=None if schedule.at_shipment else day,
        ship=day if schedule.at_shipment else None,
        basis=basis,
        reason=PROMISED[basis].format(days=days),
    )


def _said(number: str, schedule: ScheduleState, made: PromiseState, days: int, at: str) -> list[Reason]:
    day, wanted = made.ship or made.deliver, schedule.requested
    words = {"line": number, "part": _part(schedule), "day": wanted, "promised": day, "days": days}
    if made.status is Status.RESCHEDULED:
        return [say("BUS-DATE-LEAD-TIME", at, found=wanted, expected=day, **words)]
    return [say("BUS-DATE-FILLED", at, expected=day, **words)] if wanted is None else []


def _part(schedule: ScheduleState) -> str:
    return _many(schedule.quantity.value, schedule.quantity.unit)


def _many(value: Decimal, unit: str) -> str:
    return f"{shown(value)} {unit}"
