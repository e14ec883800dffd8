"""Compiled shop floor while dispatching: who queues where, which pieces are held, what material is promised."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.compiled import inner, kernel
from planning.engine.schedule import Timetable
from planning.engine.shop import NEVER, NONE, Ints, Shop


class Floor(NamedTuple):
    """The shop floor while dispatching."""

    free: Ints  # per machine
    state: Ints  # per machine: family set up for
    soonest: Ints  # per machine: when it can next decide
    head: Ints  # per machine: first waiting alternative
    after: Ints  # per alternative
    before: Ints  # per alternative
    waiting: Ints  # per alternative: 1 while in a queue
    ready: Ints  # per operation
    latest: Ints  # per operation: last start its predecessor's maximum gap allows
    pool_at: Ints  # per pool: where its pieces' free times begin
    pool_free: Ints
    claimed: Ints  # per material: quantity promised so far
    frozen: Ints  # frozen operations by start
    next_frozen: Ints  # per machine: next frozen operation, -1 none


@kernel
def new_floor(shop: Shop, t: Timetable) -> Floor:
    """Open the floor: frozen operations stand in the timetable, their tools and crews are held."""
    m = len(shop.machines)
    n = len(shop.ops)
    p = len(shop.pool_count)
    pool_at = np.zeros(p + 1, np.int64)
    for i in range(p):
        pool_at[i + 1] = pool_at[i] + shop.pool_count[i]
    count = 0
    for i in range(n):
        if shop.ops[i].frozen_machine >= 0:
            count += 1
    frozen = np.zeros(count, np.int64)
    starts = np.zeros(count, np.int64)
    k = 0
    for i in range(n):
        if shop.ops[i].frozen_machine >= 0:
            frozen[k] = i
            starts[k] = shop.ops[i].frozen_start
            k += 1
    alternatives = len(shop.alternatives)
    f = Floor(
        np.zeros(m, np.int64), np.zeros(m, np.int64), np.full(m, NEVER), np.full(m, NONE), np.full(alternatives, NONE),
        np.full(alternatives, NONE), np.zeros(alternatives, np.int64), np.full(n, NEVER), np.full(n, NEVER), pool_at,
        np.zeros(pool_at[p] + 1, np.int64), np.zeros(max(1, len(shop.stock_ptr) - 1), np.int64),
        frozen[np.argsort(starts)], np.full(m, NONE),
    )  # fmt: skip
    for i in range(m):
        f.state[i] = shop.machines[i].state
        find_next_frozen(shop, f, i, -NEVER)
    for k in range(count):
        stand_frozen(shop, f, t, f.frozen[k])
    return f


@inner
def stand_frozen(shop: Shop, f: Floor, t: Timetable, op: int) -> None:
    """A frozen operation holds its machine, tool, crew and material before anything else is planned."""
    me = shop.ops[op]
    t.machine[op] = me.frozen_machine
    t.start[op] = me.frozen_start
    t.end[op] = me.frozen_end
    if me.tool >= 0:
        take_piece(shop, f, me.tool, me.frozen_end)
    if me.crew >= 0:
        take_piece(shop, f, me.crew, me.frozen_end)
    claim(shop, f, op)


@inner
def find_next_frozen(shop: Shop, f: Floor, machine: int, from_: int) -> None:
    """Find the machine's first frozen operation that starts at ``from_`` or later."""
    f.next_frozen[machine] = NONE
    for op in f.frozen:
        if shop.ops[op].frozen_machine == machine and shop.ops[op].frozen_start >= from_:
            f.next_frozen[machine] = op
            return


@inner
def take_piece(shop: Shop, f: Floor, pool: int, until: int) -> None:
    """The first free piece of the pool is held until ``until``."""
    best = f.pool_at[pool]
    for i in range(f.pool_at[pool] + 1, f.pool_at[pool + 1]):
        if f.pool_free[i] < f.pool_free[best]:
            best = i
    f.pool_free[best] = until


@inner
def piece_free(shop: Shop, f: Floor, pool: int) -> int:
    """When a piece of the pool is free."""
    best = NEVER
    for i in range(f.pool_at[pool], f.pool_at[pool + 1]):
        best = min(best, f.pool_free[i])
    return best


@inner
def claim(shop: Shop, f: Floor, op: int) -> None:
    """Promise the operation's materials to it."""
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        f.claimed[shop.uses[u].material] += shop.uses[u].quantity


@inner
def covered_from(shop: Shop, f: Floor, op: int) -> int:
    """From when the materials not yet promised cover the operation."""
    floor = 0
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        material = shop.uses[u].material
        total = f.claimed[material] + shop.uses[u].quantity
        low = shop.stock_ptr[material]
        high = shop.stock_ptr[material + 1]
        while low < high:
            middle = (low + high) >> 1
            if shop.stock[middle].total >= total:
                high = middle
            else:
                low = middle + 1
        floor = max(floor, shop.stock[low].minute if low < shop.stock_ptr[material + 1] else NEVER)
    return floor


@inner
def note_latest(shop: Shop, f: Floor, op: int, end: int) -> None:
    """The successor must not start later than the maximum gap after ``op`` allows."""
    if shop.ops[op].max_gap >= 0:
        f.latest[op + 1] = end + shop.ops[op].max_gap


@inner
def arrive(shop: Shop, f: Floor, t: Timetable, op: int, ready: int) -> None:
    """An operation can start from ``ready`` on: it queues at all its machines; a frozen one passes on."""
    while t.machine[op] >= 0:  # frozen: it stands where it stands
        if op + 1 == shop.orders[shop.ops[op].order].end:
            return
        ready = t.end[op] + shop.ops[op].min_gap
        note_latest(shop, f, op, t.end[op])
        op += 1
    f.ready[op] = max(ready, covered_from(shop, f, op))
    for a in range(shop.ops[op].alt_from, shop.ops[op].alt_to):
        m = shop.alternatives[a].machine
        f.after[a] = f.head[m]
        f.before[a] = NONE
        if f.head[m] >= 0:
            f.before[f.head[m]] = a
        f.head[m] = a
        f.waiting[a] = 1
        f.soonest[m] = min(f.soonest[m], max(f.free[m], f.ready[op]))


@inner
def leave_queue(shop: Shop, f: Floor, a: int) -> None:
    """An alternative leaves its machine's queue."""
    if f.waiting[a] == 0:
        return
    f.waiting[a] = 0
    m = shop.alternatives[a].machine
    if f.before[a] >= 0:
        f.after[f.before[a]] = f.after[a]
    else:
        f.head[m] = f.after[a]
    if f.after[a] >= 0:
        f.before[f.after[a]] = f.before[a]


@inner
def look_again(shop: Shop, f: Floor, alt_op: Ints, machine: int) -> None:
    """Work out when the machine can next decide."""
    soonest = NEVER
    a = f.head[machine]
    while a >= 0:
        soonest = min(soonest, f.ready[alt_op[a]])
        a = f.after[a]
    f.soonest[machine] = max(soonest, f.free[machine]) if soonest < NEVER else NEVER


@inner
def requeue(shop: Shop, f: Floor, alt_op: Ints, machine: int) -> None:
    """Alternatives set aside while a batch was filled queue again, unless their operation was placed elsewhere."""
    for a in range(len(alt_op)):
        if f.waiting[a] == 2 and shop.alternatives[a].machine == machine:
            f.after[a] = f.head[machine]
            f.before[a] = NONE
            if f.head[machine] >= 0:
                f.before[f.head[machine]] = a
            f.head[machine] = a
            f.waiting[a] = 1


@inner
def earliest_ready(shop: Shop, f: Floor, alt_op: Ints, machine: int) -> int:
    """When the first operation waiting at the machine is ready."""
    soonest = NEVER
    a = f.head[machine]
    while a >= 0:
        soonest = min(soonest, f.ready[alt_op[a]])
        a = f.after[a]
    return soonest
