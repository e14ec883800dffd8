"""How much a line asks for, and when.

In: a line and its item. Out: the quantity in the item's own unit, the parts with the day each is wanted, the promise
for each part, and what is wrong. Arithmetic is exact; nothing is rounded to fit.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hub.business.orders.catalogue import CatalogueItem
from hub.business.orders.model import Basis, PromiseState, ScheduleState, Status
from hub.business.orders.reasons import Reason, change, note, refuse
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
    at, number = f"{path}.quantity", line.number
    ordered = ordered_quantity(line)
    if ordered is None:
        message = f"line {number}: no quantity, neither on the line nor as one sum of its schedules"
        return None, [refuse("BUS-QUANTITY-MISSING", at, message, "say how many are ordered")]
    if not is_plain(ordered.value) or ordered.value <= 0:
        message = f"line {number}: the quantity ordered is not above zero, or no number"
        return None, [refuse("BUS-QUANTITY-NOT-POSITIVE", at, message, "correct the quantity", found=ordered.value)]
    factor = item.factor(ordered.unit)
    if factor is None:
        units = ", ".join([item.unit, *item.factors])
        message = f"line {number}: {item.buyer} is not sold by the {ordered.unit}; agreed units are {units}"
        remedy = f"order in {units}"
        return None, [refuse("BUS-UNIT", f"{at}.unit", message, remedy, found=ordered.unit, expected=units)]
    amount = Amount(ordered=ordered, base=ordered.value * factor)
    return amount, _limits(number, item, amount, at) + _sums(line, item, amount, path)


def _limits(number: str, item: CatalogueItem, amount: Amount, at: str) -> list[Reason]:
    reasons: list[Reason] = []
    asked = f"{shown(amount.ordered.value)} {amount.ordered.unit}"
    if amount.ordered.unit != item.unit:
        asked += f" ({shown(amount.base)} {item.unit})"
    if amount.base < item.minimum:
        least = f"{shown(item.minimum)} {item.unit}"
        message = f"line {number}: {asked} ordered, the minimum is {least}"
        reasons.append(
            refuse("BUS-QUANTITY-BELOW-MINIMUM", at, message, f"order at least {least}", found=asked, expected=least)
        )
    if amount.base > item.maximum:
        most = f"{shown(item.maximum)} {item.unit}"
        message = f"line {number}: {asked} ordered, one line takes {most} at most"
        remedy = "check the quantity; if it is meant, split it or ask your account manager"
        reasons.append(refuse("BUS-QUANTITY-ABOVE-MAXIMUM", at, message, remedy, found=asked, expected=most))
    elif amount.base % item.multiple:
        step = f"{shown(item.multiple)} {item.unit}"
        message = f"line {number}: {asked} ordered, we make multiples of {step}"
        remedy = f"order a multiple of {step}"
        reasons.append(refuse("BUS-QUANTITY-MULTIPLE", at, message, remedy, found=asked, expected=step))
    return reasons


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
            message = f"line {line.number}: its {name} have a quantity that is not above zero or a unit not agreed"
            reasons.append(refuse("BUS-PART", f"{path}.{name}", message, f"correct the {name}"))
        elif total != amount.base:
            message = (
                f"line {line.number}: its {name} make {shown(total)} {item.unit},"
                f" the line says {shown(amount.base)} {item.unit}"
            )
            remedy = f"make the {name} add up to the line"
            at = f"{path}.{name}"
            reasons.append(
                refuse("BUS-PARTS-SUM", at, message, remedy, found=shown(total), expected=shown(amount.base))
            )
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
        at = f"{path}.schedules[{index}].due" if len(schedules) > 1 else f"{path}.requested"
        if day is not None and day < terms.today:
            message = f"line {number}: {_part(schedule)} wanted on {day}, which is past; today is {terms.today}"
            remedy = "order again with a day to come"
            reasons.append(refuse("BUS-DATE-PAST", at, message, remedy, found=day, expected=f"{terms.today} or later"))
        elif day is not None and day > last:
            message = f"line {number}: {_part(schedule)} wanted on {day}; we answer no further than {last}"
            remedy = "check the year; for later demand send a forecast"
            reasons.append(refuse("BUS-DATE-TOO-FAR", at, message, remedy, found=day, expected=f"{last} or earlier"))
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
    for index in sorted(range(len(schedules)), key=lambda at: (schedules[at].requested or date.max, at)):
        schedule = schedules[index]
        before += schedule.quantity.value * (item.factor(schedule.quantity.unit) or Decimal(1))
        days = item.lead_time.until(before)
        earliest = terms.calendar.next_open(terms.today + timedelta(days=days))
        made[index] = _promise(schedule, earliest, days)
        at = f"{path}.schedules[{index}].due" if line.schedules else f"{path}.requested"
        reasons += _said(line.number, schedule, made[index], days, at)
    return [made[index] for index in range(len(schedules))], reasons


def _promise(schedule: ScheduleState, earliest: date, days: int) -> PromiseState:
    wanted = schedule.requested
    if wanted is not None and wanted >= earliest:
        day, basis, status, reason = wanted, Basis.REQUESTED, Status.ACCEPTED, "requested date, not yet planned"
    else:
        day, basis, reason = earliest, Basis.LEAD_TIME, f"lead time of {days} days, not yet planned"
        status = Status.RESCHEDULED if wanted else Status.ACCEPTED
    return PromiseState(
        status=status,
        quantity=schedule.quantity,
        deliver=None if schedule.at_shipment else day,
        ship=day if schedule.at_shipment else None,
        basis=basis,
        reason=reason,
    )


def _said(number: str, schedule: ScheduleState, made: PromiseState, days: int, at: str) -> list[Reason]:
    day = made.ship or made.deliver
    if made.status is Status.RESCHEDULED:
        message = (
            f"line {number}: {_part(schedule)} wanted on {schedule.requested}, promised for {day}:"
            f" the lead time is {days} days, not yet planned"
        )
        remedy = "check the new date; ask for an earlier one by an order change"
        found, expected = schedule.requested, day
        return [change("BUS-DATE-LEAD-TIME", at, message, remedy, Status.RESCHEDULED, found=found, expected=expected)]
    if schedule.requested is None:
        message = f"line {number}: no day asked for; {_part(schedule)} promised for {day} by lead time, not yet planned"
        return [note("BUS-DATE-FILLED", at, message, "check the date given back", expected=day)]
    return []


def _part(schedule: ScheduleState) -> str:
    return f"{shown(schedule.quantity.value)} {schedule.quantity.unit}"
