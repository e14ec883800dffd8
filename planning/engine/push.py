"""Give one order the way: its operations go before whatever waits, everybody else is pushed back exactly as far as
needed.

``push`` decides only sequences; the retiming kernel works out who is pushed and how far.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.clock import work
from planning.engine.schedule import Schedule, Timetable, timetable
from planning.engine.sequence import load
from planning.engine.shop import NEVER, NONE, Ints, Shop

MAX_CUTS = 12  # variants tried per order; a route of the generator has at most ten operations


class Pushed(NamedTuple):
    """One way to fit an order in."""

    times: Timetable
    completion: int
    harm: int  # weighted tardiness of all other orders
    newly_late: int  # other orders in time before, late now


def push_variants(shop: Shop, schedule: Schedule, others: Timetable, gentle: Timetable, order: int) -> list[Pushed]:
    """Try giving way to the order from each of its operations on; before, it takes the gaps it finds (``gentle``)."""
    first, end = int(shop.orders["first"][order]), int(shop.orders["end"][order])
    cuts = np.unique(np.linspace(first, end, min(MAX_CUTS, end - first + 1)).astype(int))
    out = []
    for cut in cuts:
        t = Timetable(others.machine.copy(), others.start.copy(), others.end.copy())
        for column in range(3):
            t[column][first:cut] = gentle[column][first:cut]
        pushed = np.zeros(len(shop.ops), dtype=np.int64)
        _claim_places(shop, t, pushed, order, int(cut))
        placed = np.flatnonzero(t.machine >= 0)
        sequence = placed[np.lexsort((placed, -pushed[placed], t.start[placed]))].astype(np.int64)
        if load(shop, schedule, sequence, t.machine, t.start) and schedule.served["end"].max(initial=0) < NEVER:
            out.append(judge(shop, others, timetable(shop, schedule), order))
    return out


def judge(shop: Shop, before: Timetable, after: Timetable, order: int) -> Pushed:
    """Return when the order ends and what the others pay, ``before`` being the plan they had."""
    last = shop.orders["end"] - 1
    due, weight = shop.orders["due"], shop.orders["weight"]
    other = np.arange(len(last)) != order
    old = np.where(before.machine[last] >= 0, np.maximum(0, before.end[last] - due), 0)
    new = np.where(after.machine[last] >= 0, np.maximum(0, after.end[last] - due), 0)
    harm = int((weight * new)[other].sum() - (weight * old)[other].sum())
    return Pushed(after, int(after.end[last[order]]), harm, int(((new > 0) & (old == 0) & other).sum()))


def _claim_places(shop: Shop, t: Timetable, pushed: Ints, order: int, cut: int) -> None:
    """Put the order's operations from ``cut`` on where they could start if everything not yet running gave way."""
    first, end = int(shop.orders["first"][order]), int(shop.orders["end"][order])
    ready = int(shop.orders["release"][order])
    if cut > first:
        ready = max(ready, int(t.end[cut - 1] + shop.ops["min_gap"][cut - 1]))
    for op in range(cut, end):
        me = shop.ops[op]
        if me["frozen_machine"] >= 0:
            machine, start, finish = int(me["frozen_machine"]), int(me["frozen_start"]), int(me["frozen_end"])
        else:
            machine, start, finish = _place(shop, t, op, ready)
        t.machine[op], t.start[op], t.end[op] = machine, start, finish
        pushed[op] = 1
        ready = max(ready, finish + int(me["min_gap"]))


def _place(shop: Shop, t: Timetable, op: int, ready: int) -> tuple[int, int, int]:
    """Return where the operation ends first if only what has begun by then stands before it."""
    me = shop.ops[op]
    best = (NONE, NEVER, NEVER)
    for row in shop.alternatives[int(me["alt_from"]) : int(me["alt_to"])]:
        machine, minutes = int(row["machine"]), int(row["minutes"])
        mine = np.flatnonzero(t.machine == machine)
        if shop.machines["is_batch"][machine]:
            start = _join(shop, t, op, machine, mine, ready)
            if start >= 0 and start + minutes < best[2]:
                best = (machine, start, start + minutes)
        begun = mine[t.start[mine] <= ready]
        free = int(t.end[begun].max(initial=0))
        window = int(shop.window[machine * (len(shop.pool_count) + 1) + int(me["crew"]) + 1])
        start, finish = work(shop, window, max(ready, free), minutes)
        if finish < best[2]:
            best = (machine, int(start), int(finish))
    return best


def _join(shop: Shop, t: Timetable, op: int, machine: int, mine: Ints, ready: int) -> int:
    """Return the start of the first batch with room for the operation, -1 if there is none."""
    key = shop.ops["batch_key"][op]
    later = mine[(t.start[mine] >= ready) & (shop.ops["batch_key"][mine] == key)]
    for start in np.unique(t.start[later]):
        members = later[t.start[later] == start]
        if shop.ops["load"][members].sum() + shop.ops["load"][op] <= shop.machines["capacity"][machine]:
            return int(start)
    return NONE
