"""From a dispatched timetable to one that keeps every rule: retime it, and insert anew what cannot be timed.

Dispatching looks neither at the end of a maximum gap nor behind frozen work, so a few orders may come out wrong. They
are taken out, the rest is retimed, and they are inserted into its gaps. What finds no place at all is reported with
the reason.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.insert import DONE, fix_timetable, insert_orders, remove_order
from planning.engine.schedule import BROKEN_AT, Schedule, Timetable, by_start, empty_timetable, timetable
from planning.engine.sequence import load
from planning.engine.shop import NEVER, NONE, Ints, Shop

MAX_EJECTIONS = 50  # orders taken out one by one before everything is inserted anew; each costs one retiming


class Start(NamedTuple):
    """A timetable that keeps every rule, and what could not be placed."""

    times: Timetable
    unplaced: dict[int, tuple[int, int]]  # order -> why, operation at fault


def make_feasible(shop: Shop, schedule: Schedule, t: Timetable, live: np.ndarray) -> Start:
    """Return a feasible timetable near ``t``; ``live``: the orders that are to be planned."""
    bad = offenders(shop, t) & live
    for _ in range(MAX_EJECTIONS):
        kept = keep_orders(shop, t, live & ~bad, live)
        if load(shop, schedule, by_start(shop, kept), kept.machine, kept.start):
            never = schedule.served["end"] >= NEVER
            if not (never & ~bad & live).any():
                break
            bad |= never & live
        else:
            bad[blamed(shop, schedule, int(schedule.state[BROKEN_AT]))] = True
    else:
        bad = live.copy()
        kept = keep_orders(shop, t, live & ~bad, live)
        load(shop, schedule, by_start(shop, kept), kept.machine, kept.start)
    good = timetable(shop, schedule)
    if not bad.any():
        return Start(good, {})
    waiting = np.flatnonzero(bad)
    waiting = waiting[np.argsort(shop.orders["due"][waiting], kind="stable")]
    times, failed = insert_into(shop, schedule, good, waiting)
    if failed:
        times, failed = insert_again(shop, schedule, t, live, times, failed)
    return Start(times, failed)


def first_fit(shop: Shop, schedule: Schedule, sequence: Ints, live: np.ndarray) -> Start:
    """Insert orders one after another in ``sequence`` into an empty shop with its frozen operations."""
    base = keep_orders(shop, empty_timetable(shop), np.zeros(len(shop.orders), dtype=np.bool_), live)
    times, failed = insert_into(shop, schedule, base, sequence)
    return Start(times, failed)


def offenders(shop: Shop, t: Timetable) -> np.ndarray:
    """Orders with an operation missing, out of sequence, or after too long a gap."""
    bad = np.zeros(len(shop.orders), dtype=np.bool_)
    order = shop.ops["order"]
    bad[order[(t.machine < 0) | (t.end >= NEVER)]] = True
    later = np.flatnonzero(order[1:] == order[:-1]) + 1
    gap = t.start[later] - t.end[later - 1]
    limit = shop.ops["max_gap"][later - 1]
    wrong = (gap < shop.ops["min_gap"][later - 1]) | ((limit >= 0) & (gap > limit))
    bad[order[later[wrong]]] = True
    return bad


def keep_orders(shop: Shop, t: Timetable, kept: np.ndarray, live: np.ndarray) -> Timetable:
    """Return the timetable of the kept orders, and of the frozen operations of all that are live."""
    order = shop.ops["order"]
    frozen = (shop.ops["frozen_machine"] >= 0) & live[order]
    stays = kept[order] & (t.machine >= 0)
    machine = np.where(frozen, shop.ops["frozen_machine"], np.where(stays, t.machine, NONE))
    start = np.where(frozen, shop.ops["frozen_start"], np.where(stays, t.start, NEVER))
    end = np.where(frozen, shop.ops["frozen_end"], np.where(stays, t.end, NEVER))
    return Timetable(machine, start, end)


def blamed(shop: Shop, schedule: Schedule, node: int) -> int:
    """Return the order to take out when a node could not be timed: its own, or the one that keeps frozen work waiting.

    Frozen work waits for its machine, its tool or its crew; whoever holds one of them longest is in the way.
    """
    n = len(shop.ops)
    op = node if node < n else int(schedule.nodes["first_member"][node])
    if shop.ops["frozen_machine"][op] >= 0:
        link = schedule.links[op]
        ahead = int(schedule.nodes["before"][node]), int(link["tool_before"]), int(link["crew_before"])
        movable = [k for k in ahead if 0 <= k < n and shop.ops["frozen_machine"][k] < 0]
        if movable:
            return int(shop.ops["order"][max(movable, key=lambda k: (schedule.nodes["end"][k], k))])
    return int(shop.ops["order"][op])


def insert_into(
    shop: Shop, schedule: Schedule, t: Timetable, sequence: Ints
) -> tuple[Timetable, dict[int, tuple[int, int]]]:
    """Insert orders into a timetable that stays as it is; those that do not fit lose their frozen operations too."""
    fill = np.zeros(max(1, len(shop.stock_ptr)), dtype=np.int64)
    why = np.zeros(len(shop.orders), dtype=np.int64)
    where = np.full(len(shop.orders), NONE, dtype=np.int64)
    fix_timetable(shop, schedule, fill, by_start(shop, t), t)
    insert_orders(shop, schedule, fill, sequence.astype(np.int64), why, where)
    failed = {int(o): (int(why[o]), int(where[o])) for o in sequence if why[o] != DONE}
    for o in failed:
        remove_order(shop, schedule, fill, o)
    return timetable(shop, schedule), failed


def insert_again(
    shop: Shop, schedule: Schedule, t: Timetable, live: np.ndarray, times: Timetable, failed: dict[int, tuple[int, int]]
) -> tuple[Timetable, dict[int, tuple[int, int]]]:
    """Some orders found no place: give them the first choice and insert the others after them, in time order."""
    last = shop.orders["end"] - 1
    rank = np.where(t.machine[last] >= 0, t.start[last], NEVER)
    others = np.array([o for o in np.argsort(rank, kind="stable") if live[o] and int(o) not in failed], dtype=np.int64)
    sequence = np.concatenate([np.array(sorted(failed), dtype=np.int64), others])
    again = first_fit(shop, schedule, sequence, live)
    if len(again.unplaced) < len(failed):
        return again.times, again.unplaced
    return times, failed


def cost_of(shop: Shop, t: Timetable) -> tuple[int, int]:
    """Return (unplaced orders, weighted tardiness or makespan) of a timetable: plans are preferred in this order."""
    last = shop.orders["end"] - 1
    done = t.machine[last] >= 0
    if shop.makespan:
        return int((~done).sum()), int(t.end[last][done].max(initial=0))
    late = np.maximum(0, t.end[last] - shop.orders["due"])
    return int((~done).sum()), int((shop.orders["weight"] * late)[done].sum())
