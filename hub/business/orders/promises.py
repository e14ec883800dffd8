"""The day that is promised for each part of a line, held against every day the order states.

In: a line, its item, and the terms of its order. Out: the parts with the day each is wanted, a promise for each part,
and what is wrong or changed. A promise that keeps all days is as ordered; one that our lead time, or another day of
the order, makes later is a change; one that would come when nobody waits any longer is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from hub.business.orders.bearings import DELIVER, ON, SHIP, Bearing
from hub.business.orders.catalogue import CatalogueItem
from hub.business.orders.days import Stated, beyond, days_of_line, days_of_schedule, narrowed
from hub.business.orders.model import Basis, PromiseState, ScheduleState, Status
from hub.business.orders.quantities import many
from hub.business.orders.reasons import Reason, say
from hub.business.orders.sentences import PROMISED
from hub.business.orders.terms import OrderTerms
from hub.canonical.order import OrderLine
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.kernel.words import Quantity

HORIZON_DAYS = 3 * 365
"""How far ahead we answer: three years, the longest contract; a later day is a slip of the keyboard."""

_UNTIL = frozenset({Bearing.DELIVER_UNTIL, Bearing.SHIP_UNTIL, Bearing.CANCEL})


class PromisedPart(Struct):
    """A part of a line, and every day that binds its promise."""

    state: ScheduleState
    stated: list[Stated]
    said: bool  # whether any date is said that could be meant for it
    path: str


class _Axis(Struct):
    """What is stated about delivery, or about shipment: the day itself, the first and the last allowed."""

    on: Stated | None = None
    floor: Stated | None = None
    ceiling: Stated | None = None

    @property
    def target(self) -> Stated | None:
        return self.on or self.ceiling


def parts_of(
    line: OrderLine, ordered: Quantity | None, terms: OrderTerms, path: str
) -> tuple[list[PromisedPart], list[Reason]]:
    """Return the parts of a line, its schedules or the line as one, and what of their days only a person can take."""
    own = days_of_line(line, path)
    wide, said = narrowed(terms.days.stated, own.stated), own.said or terms.days.said
    if not line.schedules:
        parts = [_part(ordered, wide, said, f"{path}.requested")] if ordered else []
        return parts, own.faults
    parts, faults = [], list(own.faults)
    for index, schedule in enumerate(line.schedules):
        near = days_of_schedule(schedule, line.number, f"{path}.schedules[{index}]")
        stated = narrowed(wide, near.stated)
        parts.append(_part(schedule.quantity, stated, said or near.said, f"{path}.schedules[{index}].due"))
        faults += near.faults
        faults += beyond(own.stated, near.stated, line.number)
    return parts, faults


def _part(quantity: Quantity, stated: list[Stated], said: bool, path: str) -> PromisedPart:
    ship = any(each.bearing in SHIP for each in stated)
    at_shipment = ship and not any(each.bearing in DELIVER for each in stated)
    target = _axis(stated, SHIP if at_shipment else DELIVER).target
    state = ScheduleState(quantity=quantity, requested=target.day if target else None, at_shipment=at_shipment)
    return PromisedPart(state=state, stated=stated, said=said, path=path)


def _axis(stated: list[Stated], axis: frozenset[Bearing]) -> _Axis:
    if len(stated) == 1 and stated[0].bearing in ON and stated[0].bearing in axis:  # nearly all of them
        return _Axis(on=stated[0])
    own = [each for each in stated if each.bearing in axis]
    ceilings = [each for each in own if each.bearing in _UNTIL]
    floors = [each for each in own if each.bearing not in _UNTIL and each.bearing not in ON]
    return _Axis(
        on=next((each for each in own if each.bearing in ON), None),
        floor=max(floors, key=_day_of, default=None),
        ceiling=min(ceilings, key=_day_of, default=None),
    )


def _day_of(stated: Stated) -> date:
    return stated.day


def check_dates(number: str, parts: list[PromisedPart], terms: OrderTerms) -> list[Reason]:
    """Return what is wrong with the days stated: gone by, or further ahead than we answer."""
    reasons: list[Reason] = []
    last = terms.today + timedelta(days=HORIZON_DAYS)
    for part in parts:
        for each in part.stated:
            past = each.day < terms.today and (each.bearing in ON or each.bearing in _UNTIL)
            if not past and (each.day <= last or each.bearing is Bearing.CANCEL):
                continue
            words = {"line": number, "part": _said(part), "kind": each.kind, "day": each.day}
            words |= {"today": terms.today, "last": last}
            over = "BUS-DATE-PAST/order-over" if each.bearing is Bearing.CANCEL else "BUS-DATE-PAST"
            code = over if past else "BUS-DATE-TOO-FAR"
            limit, wanted = (terms.today, "date/or-later") if past else (last, "date/or-earlier")
            expected = Wording(key=wanted, words={"day": str(limit)})
            reasons.append(say(code, each.path, found=each.day, expected=expected, **words))
            break
    return reasons


def promise(
    line: OrderLine, item: CatalogueItem, parts: list[PromisedPart], terms: OrderTerms
) -> tuple[list[PromiseState], list[Reason]]:
    """Return one promise for each part.

    Parts are made in the order of their days, so a part's lead time counts what the line wants before it.
    """
    made: dict[int, PromiseState] = {}
    reasons: list[Reason] = []
    before = Decimal(0)
    for index in sorted(range(len(parts)), key=lambda at: parts[at].state.requested or date.max):
        quantity = parts[index].state.quantity
        before += quantity.value * (item.factor(quantity.unit) or Decimal(1))
        days = item.lead_time.until(before)
        attempt = _Attempt(line.number, parts[index], terms.today + timedelta(days=days), days, terms)
        made[index] = attempt.promised()
        reasons += attempt.reasons
    return [made[index] for index in range(len(parts))], reasons


class _Attempt:
    """The promise for one part: a day for delivery, for shipment, or for both where the order speaks of both."""

    def __init__(self, line: str, part: PromisedPart, earliest: date, days: int, terms: OrderTerms) -> None:
        self.part, self.reasons = part, list[Reason]()
        self._line, self._earliest, self._days, self._terms = line, earliest, days, terms
        self._cancel = min((s for s in part.stated if s.bearing is Bearing.CANCEL), key=_day_of, default=None)
        self._late = False

    def promised(self) -> PromiseState:
        state, stated = self.part.state, self.part.stated
        if len(stated) == 1 and stated[0].bearing is Bearing.DELIVER_ON and stated[0].day >= self._earliest:
            return PromiseState(  # nearly all of them
                status=Status.ACCEPTED,
                quantity=state.quantity,
                deliver=stated[0].day,
                basis=Basis.REQUESTED,
                reason=PROMISED[Basis.REQUESTED],
            )
        deliver = ship = why = None
        if not state.at_shipment:
            deliver, basis = self._choose(_axis(stated, DELIVER), least=self._first_shipment())
        if any(each.bearing in SHIP for each in stated):
            kept, before = not self._late, len(self.reasons)
            ship, basis_of_shipment = self._choose(_axis(stated, SHIP), most=deliver)
            if kept and self._late and deliver is not None:  # the day of delivery is kept, that of shipment is not
                why = self.reasons[before].finding.message
            basis = basis_of_shipment if deliver is None else basis
            deliver = self._after(ship, deliver)
        day = deliver or ship
        assert day is not None
        if not self.reasons and not any(each.bearing in ON for each in stated):
            self._tell_chosen(day, basis)
        return PromiseState(
            status=Status.RESCHEDULED if self._late else Status.ACCEPTED,
            quantity=state.quantity,
            deliver=deliver,
            ship=ship,
            basis=basis,
            reason=why or PROMISED[basis].format(days=self._days),
        )

    def _choose(self, axis: _Axis, *, least: date | None = None, most: date | None = None) -> tuple[date, Basis]:
        """Return the day: the one named, else the last one allowed, never before our lead time or what is allowed.

        ``least`` and ``most``: what the other axis asks of a day that is ours to choose. Such a day is one on which the
        dock is open, if any that keeps all is; a closed day that is the only one left is the buyer's own.
        """
        low, basis = self._earliest, Basis.LEAD_TIME
        if axis.floor and axis.floor.day > low:
            low, basis = axis.floor.day, Basis.NOT_BEFORE
        self._check_window(axis)
        lasts = [each.day for each in (axis.ceiling, self._cancel) if each]
        if axis.on is not None and axis.on.day >= low:
            day, basis = axis.on.day, Basis.REQUESTED
        elif axis.on is None and (axis.ceiling or most) and (last := min([*lasts, most or date.max])) >= low:
            first = least if least and low < least <= last else low
            day = self._terms.calendar.last_open(first, last)
            basis = Basis.REQUESTED if day == last else Basis.OPEN_DAY
        else:
            if axis.target is None and least is not None and least > low:
                low, basis = least, Basis.NOT_BEFORE
            day = self._first_open(low, min([*lasts, most or date.max]))
        self._check_day(axis, day, basis)
        return day, basis

    def _first_open(self, first: date, last: date) -> date:
        """Return the first day on which the dock is open, ``first`` itself where only that is after ``last``."""
        day = self._terms.calendar.next_open(first)
        return first if first <= last < day else day

    def _first_shipment(self) -> date | None:
        """Return the first day on which the order lets the goods leave, where it says one: they arrive no sooner."""
        axis = _axis(self.part.stated, SHIP)
        return max((each.day for each in (axis.on, axis.floor) if each), default=None)

    def _check_window(self, axis: _Axis) -> None:
        """Say which days of the order no day can keep."""
        for last in (axis.ceiling, self._cancel):
            for first in (axis.floor, axis.on):
                if first and last and first.day > last.day:
                    self._conflict(first, last)
                    return

    def _check_day(self, axis: _Axis, day: date, basis: Basis) -> None:
        broken = next((last for last in (axis.on, axis.ceiling) if last and day > last.day), None)
        if broken is not None:
            self._late = True
            key, other = "BUS-DATE-LEAD-TIME", None
            if basis is Basis.NOT_BEFORE:
                key, other = "BUS-DATE-NOT-BEFORE", axis.floor
            words = {"other": other.kind, "first": other.day} if other else {}
            self._say(key, broken, day, days=self._days, **words)
        if self._cancel is not None and day > self._cancel.day:
            self._say("BUS-DATE-CANCELLED", self._cancel, day, days=self._days)

    def _after(self, ship: date, deliver: date | None) -> date | None:
        """Return the day of delivery, not before that of shipment; say so where the order wants it before."""
        if deliver is None or ship <= deliver:
            return deliver
        wanted, leaves = _axis(self.part.stated, DELIVER), _axis(self.part.stated, SHIP)
        bound, cause = wanted.target, leaves.on or leaves.floor
        if bound is not None and ship > bound.day and cause is not None:
            self._conflict(cause, bound)
        if self._cancel is not None and ship > self._cancel.day:
            self._say("BUS-DATE-CANCELLED", self._cancel, ship, days=self._days)
        return self._terms.calendar.next_open(ship)

    def _conflict(self, first: Stated, last: Stated) -> None:
        self._say("BUS-DATE-CONFLICT", first, first.day, other=last.kind, first=last.day)

    def _say(self, key: str, stated: Stated, promised: date, **words: object) -> None:
        about = {"line": self._line, "part": _said(self.part), "kind": stated.kind, "day": stated.day}
        self.reasons.append(
            say(key, stated.path, found=stated.day, expected=promised, promised=promised, **about, **words)
        )

    def _tell_chosen(self, day: date, basis: Basis) -> None:
        """Say that the day is ours: because none was asked for, or within what the order allows."""
        if basis is Basis.REQUESTED:
            return
        about = {"line": self._line, "part": _said(self.part), "promised": day}
        ceilings = [each for each in self.part.stated if each.bearing in _UNTIL]
        if basis is Basis.OPEN_DAY and ceilings:
            last = min(ceilings, key=_day_of)
            more = {"kind": last.kind, "day": last.day}
            self.reasons.append(say("BUS-DATE-WITHIN/open", last.path, found=last.day, expected=day, **about, **more))
        elif self.part.stated:
            allowed = [*_allowed(self.part.stated)]
            self.reasons.append(say("BUS-DATE-WITHIN", self.part.path, expected=day, allowed=allowed, **about))
        else:
            key = "BUS-DATE-FILLED/said" if self.part.said else "BUS-DATE-FILLED"
            self.reasons.append(say(key, self.part.path, expected=day, **about))


def _allowed(stated: list[Stated]) -> Iterator[Wording]:
    for each in stated:
        yield Wording(key="order/day", words={"kind": each.kind, "day": str(each.day)})


def _said(part: PromisedPart) -> Wording:
    return many(part.state.quantity.value, part.state.quantity.unit)
