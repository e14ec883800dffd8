"""Every day an order states: gathered from wherever it stands, so that a promise can be held against all of them.

In: an order, a line or a schedule. Out: the days that bind a promise, and what only a person can take: a kind of date
we have no meaning for, an hour, two days where there can be one. What has the meaning of a date is weighed or held;
it is never left aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

from hub.business.orders.bearings import DATES, DELIVER, FIRST, LAST, ON, SHIP, Bearing
from hub.business.orders.reasons import Reason, say
from hub.canonical.order import Order, OrderLine, Schedule
from hub.canonical.shared import Dated
from hub.kernel.struct import Struct
from hub.kernel.words import Period, When

WHOLE_DAY = frozenset({time(0, 0), time(23, 59), time(23, 59, 59)})
"""Times that mean the day as such: where it begins, and the ways of writing its end."""

_BETWEEN = {
    Bearing.DELIVER_ON: (Bearing.DELIVER_FROM, Bearing.DELIVER_UNTIL),
    Bearing.SHIP_ON: (Bearing.SHIP_FROM, Bearing.SHIP_UNTIL),
}
"""What the two ends of a period mean, of the kinds that name one day; of any other kind a period says too much."""


class Stated(Struct):
    """One day that binds a promise."""

    kind: str  # word of the order: delivery, ship-not-before …
    bearing: Bearing
    day: date
    path: str  # where the order says it


class Days(Struct):
    """What one part of an order states about days."""

    stated: list[Stated] = []
    faults: list[Reason] = []
    said: bool = False  # whether it says any date at all, even one we cannot weigh


NO_DAYS = Days()

_Said = tuple[str, date | None, time | None, str | None, str]
"""Kind, day, time, zone, place."""


def days_of_order(order: Order) -> Days:
    """Return what the order states for lines that say nothing else."""
    said = [
        *_when("delivery", order.requested, "requested"),
        *_window("deliver-not-before", "deliver-not-after", order.window, "window"),
        *_window("ship-not-before", "ship-not-after", order.ship_window, "ship_window"),
    ]
    if order.valid_until:
        said.append(("cancel-after", order.valid_until, None, None, "valid_until"))
    if order.delivery is not None:
        said += _window("deliver-not-before", "deliver-not-after", order.delivery.window, "delivery.window")
        said += _when("shipment", order.delivery.despatch, "delivery.despatch")
    return _days(said, order.dates, "", None)


def days_of_line(line: OrderLine, path: str) -> Days:
    """Return what the line states."""
    if line.requested is None and line.window is None and not line.dates:
        return NO_DAYS
    said = [
        *_when("delivery", line.requested, f"{path}.requested"),
        *_window("deliver-not-before", "deliver-not-after", line.window, f"{path}.window"),
    ]
    return _days(said, line.dates, f"{path}.", line.number)


def days_of_schedule(schedule: Schedule, line: str, path: str) -> Days:
    """Return what one schedule of a line states."""
    if schedule.due is None and not schedule.dates:
        return NO_DAYS
    return _days(_when(schedule.due_kind or "delivery", schedule.due, f"{path}.due"), schedule.dates, f"{path}.", line)


def narrowed(wide: list[Stated], near: list[Stated]) -> list[Stated]:
    """Return what binds a part: all that stands near, and what stands for the whole where the part says nothing.

    A bearing said near replaces the same said for the whole, and anything said about delivery (or shipment) the day
    on which the whole is to be delivered (or shipped). What is said of the one replaces no day of the other.
    """
    if not near:
        return wide
    if not wide:
        return near
    bearings = {stated.bearing for stated in near}
    axes = [axis for axis in (DELIVER, SHIP) if not axis.isdisjoint(bearings)]
    kept = [
        stated
        for stated in wide
        if stated.bearing not in bearings
        and not (stated.bearing in ON and any(stated.bearing in axis for axis in axes))
    ]
    return kept + near


def beyond(whole: list[Stated], part: list[Stated], line: str) -> Iterator[Reason]:
    """Yield a reason where a part of a line has its last day after the line's own, or its first before it.

    What a line says replaces what its order says; beside a part of it, it binds.
    """
    for near in part:
        for own in whole:
            if near.bearing is own.bearing and (
                near.day > own.day if near.bearing in LAST else near.bearing in FIRST and near.day < own.day
            ):
                kinds = {"other": own.kind, "first": own.day}
                yield _fault("BUS-DATE-TWICE", near.path, line, near.kind, near.day, found=near.day, **kinds)


def _when(kind: str, when: When | None, path: str) -> list[_Said]:
    return [(kind, when.on, when.at, when.zone, path)] if when else []


def _window(start: str, end: str, window: Period | None, path: str) -> list[_Said]:
    if window is None:
        return []
    return [*_when(start, window.start, f"{path}.start"), *_when(end, window.end, f"{path}.end")]


def _days(said: list[_Said], dates: list[Dated], prefix: str, line: str | None) -> Days:
    """Return the days said, in fields of their own or in a list; ``line`` is the number of the line they stand with."""
    stated: list[Stated] = []
    faults: list[Reason] = []
    for kind, on, at, zone, path in said:
        _weigh(stated, faults, kind, on, at, zone, path, line)
    for index, dated in enumerate(dates):
        path = f"{prefix}dates[{index}]"
        if dated.period is not None:
            _weigh_period(stated, faults, dated, path, line)
        if dated.period is None or dated.on is not None:
            _weigh(stated, faults, dated.kind, dated.on, dated.at_time, None, path, line)
    faults += _twice(stated, line)
    return Days(stated=stated, faults=faults, said=bool(said or dates))


def _weigh(
    stated: list[Stated],
    faults: list[Reason],
    kind: str,
    on: date | None,
    at: time | None,
    zone: str | None,
    path: str,
    line: str | None,
) -> None:
    bearing = DATES.get(kind)
    if bearing is Bearing.NONE:
        return
    if bearing is None or on is None:
        faults.append(_unknown(path, line, kind, on))
    elif at is not None and (at not in WHOLE_DAY or zone is not None):
        words = {"time": f"{at:%H:%M}", "zone": f" {zone}" if zone else ""}
        faults.append(_fault("BUS-DATE-TIME", path, line, kind, on, found=on, **words))
    else:
        stated.append(Stated(kind=kind, bearing=bearing, day=on, path=path))


def _weigh_period(stated: list[Stated], faults: list[Reason], dated: Dated, path: str, line: str | None) -> None:
    bearing, period = DATES.get(dated.kind), dated.period
    if bearing is Bearing.NONE:
        return
    ends = _BETWEEN.get(bearing) if bearing else None
    if ends is None or period is None or period.start is None or period.end is None:
        whole = period is not None and period.start is not None and period.end is not None
        faults.append(_unknown(path, line, dated.kind, _span(period) if whole else None))
        return
    for end, when in zip(ends, (period.start, period.end), strict=True):
        stated.append(Stated(kind=dated.kind, bearing=end, day=when.on, path=f"{path}.period"))


def _twice(stated: list[Stated], line: str | None) -> Iterator[Reason]:
    """Yield a reason for every day said twice otherwise at one place: there is one to deliver on, and one per kind."""
    if len(stated) < 2:
        return
    first: dict[tuple[str, str], Stated] = {}
    for each in stated:
        before = first.setdefault(("" if each.bearing in ON else each.kind, each.bearing), each)
        if before.day != each.day:
            kinds = {"other": before.kind, "first": before.day}
            yield _fault("BUS-DATE-TWICE", each.path, line, each.kind, each.day, found=each.day, **kinds)


def _fault(code: str, path: str, line: str | None, kind: str, day: object, *, found: object, **words: object) -> Reason:
    key = f"{code}/order" if line is None else f"{code}/line"
    return say(key, path, found=found, line=line, kind=kind, day=day, **words)


def _unknown(path: str, line: str | None, kind: str, day: object) -> Reason:
    """Say that a date cannot be weighed; without ``day`` because it names none."""
    if day is None:
        key = "BUS-DATE-UNKNOWN/order-empty" if line is None else "BUS-DATE-UNKNOWN/line-empty"
        return say(key, path, found=kind, line=line, kind=kind)
    return _fault("BUS-DATE-UNKNOWN", path, line, kind, day, found=kind)


def _span(period: Period | None) -> str:
    ends = (period.start, period.end) if period else ()
    return "–".join(str(when.on) for when in ends if when)
