"""An order goes before whoever stands in its way: what is frozen alone keeps its place.

Pushing (``engine.push``) lets what has begun before the order could start stand before it. Where that is too late for
the date a customer asked for, those who stand in the way are taken out one round after another until the order is in
time; then they are put behind it, once with everybody's sequence kept and once into the gaps that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from planning.engine.clock import cycle, work
from planning.engine.first import insert_into, keep_orders, make_feasible
from planning.engine.insert import DONE, first_conflict, fix_timetable, insert_order
from planning.engine.push import Pushed, judge
from planning.engine.schedule import Schedule, Timetable, by_start, empty_timetable, timetable
from planning.engine.sequence import load
from planning.engine.shop import NEVER, NONE, Ints, Shop

MAX_ROUNDS = 12  # orders give way one operation at a time; a route of the generator has at most ten
Flags = np.ndarray


class Fit(NamedTuple):
    """A timetable with an order in its gaps; or why it found none, and at which operation."""

    times: Timetable
    failed: tuple[int, int] | None


def fit(shop: Shop, schedule: Schedule, others: Timetable, order: int) -> Fit:
    """Insert one order into a timetable that stays as it is.

    Taking others out may have left a setup that no longer fits; then what stays is retimed first.
    """
    fill = np.zeros(max(1, len(shop.stock_ptr)), dtype=np.int64)
    fix_timetable(shop, schedule, fill, by_start(shop, others), others)
    if first_conflict(shop, schedule) >= 0:
        live = np.zeros(len(shop.orders), dtype=np.bool_)
        live[shop.ops["order"][others.machine >= 0]] = True
        live[order] = True
        mended = make_feasible(shop, schedule, others, live)
        return Fit(mended.times, next(iter(mended.unplaced.values()), None))
    why, where = insert_order(shop, schedule, fill, order, 0)
    return Fit(timetable(shop, schedule), None if why == DONE else (int(why), int(where)))


def overtaking(shop: Shop, schedule: Schedule, others: Timetable, order: int) -> list[Pushed]:
    """Return ways to bring the order in time, or as near to its date as the frozen work allows; every one places all.

    The date is reached whenever the order would reach it alone with the frozen work, and all others still find a
    place.
    """
    nobody = np.zeros(len(shop.orders), dtype=np.bool_)
    frozen = keep_orders(shop, empty_timetable(shop), nobody, ~nobody)
    alone, failed = fit(shop, schedule, frozen, order)
    last, due = int(shop.orders["end"][order]) - 1, int(shop.orders["due"][order])
    goal = due if failed else max(due, int(alone.end[last]))
    behind, mine = _give_way(shop, schedule, others, order, goal)
    ways = [_put_behind(shop, schedule, others, mine, behind, order), _put_back(shop, schedule, others, mine)]
    if mine.end[last] > goal == due:
        first = _without(shop, schedule, others, _rivals(shop, others, goal, order), order)
        ways.append(None if first is None else _put_back(shop, schedule, others, first))
    return [judge(shop, others, way, order) for way in ways if way is not None]


def _give_way(
    shop: Shop, schedule: Schedule, others: Timetable, order: int, goal: int
) -> tuple[dict[int, int], Timetable]:
    """Take orders out until the order ends by ``goal`` in the gaps of the rest.

    Returns the operations that stood in the way, with the operation that goes before each, and the timetable of the
    rest with the order.
    """
    out = np.zeros(len(shop.orders), dtype=np.bool_)
    last = int(shop.orders["end"][order]) - 1
    behind: dict[int, int] = {}
    mine, _ = fit(shop, schedule, others, order)
    for _ in range(MAX_ROUNDS):
        found = next(((op, who) for op, who in _delayed(shop, mine, order) if len(who)), None)
        if mine.end[last] <= goal or found is None:
            break
        out[shop.ops["order"][found[1]]] = True
        fewer = _without(shop, schedule, others, out, order)
        if fewer is None:
            break
        behind.update(dict.fromkeys(found[1].tolist(), found[0]))
        mine = fewer
    return behind, mine


def _without(shop: Shop, schedule: Schedule, others: Timetable, out: Flags, order: int) -> Timetable | None:
    """Return the plan with the order in the gaps of all orders but those in ``out``; None: there it finds no place."""
    kept = ~out
    kept[order] = False
    rest = keep_orders(shop, others, kept, np.ones(len(out), dtype=np.bool_))
    times, failed = fit(shop, schedule, rest, order)
    return times if failed is None else None


def _delayed(shop: Shop, mine: Timetable, order: int) -> Iterator[tuple[int, Ints]]:
    """Yield the order's operations with who keeps each from ending sooner, the longest delay first."""
    first, end = int(shop.orders["first"][order]), int(shop.orders["end"][order])
    delays = []
    ready = int(shop.orders["release"][order])
    for op in range(first, end):
        chances = [(finish, machine, start) for machine, start, finish in _chances(shop, op, ready)]
        if shop.ops["frozen_machine"][op] < 0 and chances:
            delays.append((min(chances)[0] - int(mine.end[op]), op, ready))
        ready = max(ready, int(mine.end[op] + shop.ops["min_gap"][op]))
    for gain, op, ready in sorted(delays):
        if gain < 0:
            yield op, _in_the_way(shop, mine, op, ready)


def _chances(shop: Shop, op: int, ready: int) -> Iterator[tuple[int, int, int]]:
    """Yield machine, start and end for every machine the operation may run on, were nobody else there."""
    me = shop.ops[op]
    for row in shop.alternatives[int(me["alt_from"]) : int(me["alt_to"])]:
        machine, minutes = int(row["machine"]), int(row["minutes"])
        window = int(shop.window[machine * (len(shop.pool_count) + 1) + int(me["crew"]) + 1])
        if shop.machines["is_batch"][machine]:
            start = int(cycle(shop, window, ready, minutes))
            yield machine, start, start + minutes
        else:
            start, finish = work(shop, window, ready, minutes)
            yield machine, int(start), int(finish)


def _in_the_way(shop: Shop, t: Timetable, op: int, ready: int) -> Ints:
    """Return who would have to give way for the operation to end sooner: the fewest orders, over its machines.

    Where nobody holds what it needs, it is a setup that does not fit beside a neighbour, somebody behind frozen work,
    or material others take.
    """
    margin = int(shop.setup.max(initial=0))
    chances = [chance for chance in _chances(shop, op, ready) if chance[2] < t.end[op]]
    for more in (0, margin):
        found = [_holders(shop, t, op, machine, start - more, end + more) for machine, start, end in chances]
        if any(map(len, found)):
            return min(filter(len, found), key=lambda who: len(np.unique(shop.ops["order"][who])))
    later = [_holders(shop, t, op, machine, start, int(t.end[op])) for machine, start, _ in chances]
    first = [who[np.argmin(t.start[who])] for who in later if len(who)]
    return np.array([min(first, key=lambda who: t.start[who])]) if first else _takers(shop, t, op)


def _movable(shop: Shop, t: Timetable, op: int) -> Flags:
    """What is placed, not frozen, and of another order."""
    free: Flags = (shop.ops["frozen_machine"] < 0) & (shop.ops["order"] != shop.ops["order"][op])
    return free & np.asarray(t.machine >= 0)


def _holders(shop: Shop, t: Timetable, op: int, machine: int, start: int, finish: int) -> Ints:
    """Return who holds the machine in a span of time, and who has the last piece of the tool or crew."""
    held = (t.machine >= 0) & (t.start < finish) & (t.end > start)
    movable = held & _movable(shop, t, op)
    who = movable & (t.machine == machine)
    for pool in ("tool", "crew"):
        mine = int(shop.ops[pool][op])
        if mine != NONE:
            users = held & (shop.ops[pool] == mine)
            can = np.flatnonzero(users & movable)
            over = max(0, int(users.sum()) + 1 - int(shop.pool_count[mine]))
            who[can[np.argsort(-t.end[can], kind="stable")][:over]] = True  # the last to end go first
    return np.flatnonzero(who)


def _takers(shop: Shop, t: Timetable, op: int) -> Ints:
    """Return who takes the operation's materials, the last to start first, until what they free is enough for it."""
    movable = _movable(shop, t, op)
    gone: list[Ints] = [np.zeros(0, dtype=np.int64)]
    for use in shop.uses[int(shop.ops["use_from"][op]) : int(shop.ops["use_to"][op])]:
        same = shop.uses[shop.uses["material"] == use["material"]]
        same = same[movable[same["operation"]]]
        same = same[np.argsort(-t.start[same["operation"]], kind="stable")]
        freed = np.cumsum(same["quantity"]) - same["quantity"]
        gone.append(same["operation"][freed < use["quantity"]])
    return np.unique(np.concatenate(gone))


def _rivals(shop: Shop, t: Timetable, until: int, order: int) -> Flags:
    """Every order with movable work before the order's end on anything that the order may use, setups included."""
    mine = shop.ops[int(shop.orders["first"][order]) : int(shop.orders["end"][order])]
    rows = shop.alternatives[int(mine["alt_from"][0]) : int(mine["alt_to"][-1])]
    uses = shop.uses[int(mine["use_from"][0]) : int(mine["use_to"][-1])]
    rival = np.isin(t.machine, rows["machine"])
    for pool in ("tool", "crew"):
        rival |= (shop.ops[pool] != NONE) & np.isin(shop.ops[pool], mine[pool])
    rival &= t.start < until + shop.setup.max(initial=0)
    rival[shop.uses["operation"][np.isin(shop.uses["material"], uses["material"])]] = True
    out = np.zeros(len(shop.orders), dtype=np.bool_)
    out[shop.ops["order"][rival & (t.machine >= 0) & (shop.ops["frozen_machine"] < 0)]] = True
    return out


def _put_back(shop: Shop, schedule: Schedule, others: Timetable, mine: Timetable) -> Timetable | None:
    """Insert the orders that gave way into the gaps left, the earliest date first; None: one finds no place."""
    waiting = np.unique(shop.ops["order"][(others.machine >= 0) & (mine.machine < 0)])
    waiting = waiting[np.argsort(shop.orders["due"][waiting], kind="stable")]
    times, failed = insert_into(shop, schedule, mine, waiting)
    return None if failed else times


def _put_behind(
    shop: Shop, schedule: Schedule, others: Timetable, mine: Timetable, behind: dict[int, int], order: int
) -> Timetable | None:
    """Keep all sequences but for those who gave way, who now follow; None: frozen work or material forbids it."""
    t = Timetable(others.machine.copy(), others.start.copy(), others.end.copy())
    own = slice(int(shop.orders["first"][order]), int(shop.orders["end"][order]))
    for column in range(3):
        t[column][own] = mine[column][own]
    place = t.start.copy()
    for op, ahead in behind.items():
        place[op] = max(place[op], t.start[ahead])
    place = _in_sequence(shop, t, place)
    first = np.zeros(len(shop.ops), dtype=np.int64)
    first[own] = -1
    placed = np.flatnonzero(t.machine >= 0)
    sequence = placed[np.lexsort((placed, t.start[placed], first[placed], place[placed]))].astype(np.int64)
    if load(shop, schedule, sequence, t.machine, t.start) and schedule.served["end"].max(initial=0) < NEVER:
        return timetable(shop, schedule)
    return None


def _in_sequence(shop: Shop, t: Timetable, place: Ints) -> Ints:
    """Let whatever follows a later operation in its order, or shares its batch, come no earlier."""
    oven = (t.machine >= 0) & (shop.machines["is_batch"][t.machine] == 1)
    batch = np.where(oven, t.machine * NEVER + t.start, -1 - np.arange(len(place)))
    _, member = np.unique(batch, return_inverse=True)
    order = shop.ops["order"]
    while True:
        together = np.full(int(member.max(initial=-1)) + 1, -NEVER)
        np.maximum.at(together, member, place)
        later = together[member]
        later = np.maximum.accumulate(later + order * (NEVER << 2)) - order * (NEVER << 2)
        if np.array_equal(later, place):
            return place
        place = later
