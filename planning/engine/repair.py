"""Mend a plan after a disturbance with as little harm as a few countable tries allow.

Keeping every sequence pushes back whatever stands behind the trouble; taking the troubled orders out and putting them
into gaps leaves the others alone but may cost those orders days. Both are tried, then the orders that pay most are
given the way in turn. What counts is lateness, and a price for every operation that leaves its place.
"""

from __future__ import annotations

import numpy as np

from planning.engine.first import Start, cost_of, keep_orders, make_feasible
from planning.engine.push import push_variants
from planning.engine.schedule import MOVED_MINUTES, Schedule, Timetable, empty_schedule
from planning.engine.shop import NEVER, NONE, Ints, Shop

MAX_PUSHES = 2  # orders given the way; each costs a dozen retimings, and more rarely brought anything


def repair(shop: Shop, schedule: Schedule, home: Timetable, troubled: Ints, stay_worth: float) -> Start:
    """Return a feasible timetable near ``home``.

    Args:
        home: the plan as people know it; it may no longer be possible.
        troubled: orders whose work the disturbance touches.
        stay_worth: weighted minutes an operation that moves must bring.
    """
    live = np.ones(len(shop.orders), dtype=np.bool_)
    best = make_feasible(shop, schedule, home, live)
    if len(troubled):
        apart = make_feasible(shop, schedule, without_orders(shop, home, troubled), live)
        best = min(best, apart, key=lambda way: harm(shop, home, way.times, stay_worth))
    for order in most_harmed(shop, home, best):
        others_live = live.copy()
        others_live[order] = False
        others = keep_orders(shop, best.times, others_live, live)
        for way in push_variants(shop, schedule, others, best.times, order):
            better = Start(way.times, best.unplaced)
            best = min(best, better, key=lambda way: harm(shop, home, way.times, stay_worth))
    return best


def pushed_back(shop: Shop, home: Timetable, known: Timetable) -> tuple[Timetable, ...]:
    """Return ``home`` with all its sequences kept and pushed back; none when it drops an order or equals ``known``.

    It moves most, but a search brings most of that back, and then often costs less than one that moved little.
    """
    way = make_feasible(shop, empty_schedule(shop), home, np.ones(len(shop.orders), dtype=np.bool_))
    same = np.array_equal(way.times.start, known.start) and np.array_equal(way.times.machine, known.machine)
    return () if way.unplaced or same else (way.times,)


def without_orders(shop: Shop, t: Timetable, orders: Ints) -> Timetable:
    """Return the timetable without these orders' operations."""
    gone = np.isin(shop.ops["order"], orders)
    return Timetable(np.where(gone, NONE, t.machine), np.where(gone, NEVER, t.start), np.where(gone, NEVER, t.end))


def harm(shop: Shop, home: Timetable, t: Timetable, stay_worth: float) -> tuple[int, float]:
    """Return (unplaced orders, weighted tardiness and the price of what moved)."""
    unplaced, late = cost_of(shop, t)
    known = (home.machine >= 0) & (t.machine >= 0)
    moved = known & ((home.machine != t.machine) | (np.abs(home.start - t.start) > MOVED_MINUTES))
    return unplaced, late + stay_worth * int(moved.sum())


def most_harmed(shop: Shop, home: Timetable, way: Start) -> list[int]:
    """Return the planned orders whose weighted tardiness rose most, worst first."""
    last = shop.orders["end"] - 1
    placed = (home.machine[last] >= 0) & (way.times.machine[last] >= 0)
    late = np.maximum(0, way.times.end[last] - shop.orders["due"])
    was = np.maximum(0, home.end[last] - shop.orders["due"])
    rise = np.where(placed, shop.orders["weight"] * (late - was), 0)
    worst = np.argsort(-rise, kind="stable")[:MAX_PUSHES]
    return [int(order) for order in worst if rise[order] > 0]
