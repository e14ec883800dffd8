"""Compiled dispatching: a whole plan in one pass, machine by machine in time order.

Whenever a machine can start something, the waiting operation of the highest index gets it. The index is ATCS (apparent
tardiness cost with setups, Lee, Bhaskaran and Pinedo 1997) in logarithms: weight over minutes, slack over ``due_scale``
mean minutes, and everything that keeps the machine from working at once (setup, tool, crew, calendar, a slower machine,
waiting for an operation that arrives soon) over ``delay_scale`` mean setups. Ovens take the best candidate's key and
fill up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.clock import cycle, work
from planning.engine.compiled import inner, kernel
from planning.engine.floor import (
    Floor,
    arrive,
    claim,
    covered_from,
    earliest_ready,
    find_next_frozen,
    leave_queue,
    look_again,
    new_floor,
    note_latest,
    piece_free,
    requeue,
    take_piece,
)
from planning.engine.ready import changeover, window_of
from planning.engine.schedule import Timetable
from planning.engine.shop import NEVER, NONE, Ints, Shop

ATCS, EDD, SLACK = range(3)
LOWEST = -1e300
HASTE = 10.0  # index of an operation whose maximum gap ends now: above every ordinary one
HASTE_MINUTES = 200.0  # and one less for so many minutes that are left


class Rule(NamedTuple):
    """A dispatching rule and its tuning."""

    kind: int  # ATCS, EDD or SLACK
    due_scale: float  # ATCS k1, in mean operation minutes
    delay_scale: float  # ATCS k2, in mean setup minutes
    allowance: float  # remaining work is stretched by this for the queues it will meet
    lookahead: float  # minutes a machine may wait for an operation that is known to come
    batch_wait: float  # minutes an oven may wait for more of its key


class Weather(NamedTuple):
    """What the index needs to know of the problem as a whole."""

    tail: Ints  # per operation: clock minutes from its start to its order's end if nothing queues
    mean_minutes: float
    mean_setup: float


@inner
def index(
    shop: Shop, w: Weather, rule: Rule, priority: float, op: int, now: int, delay: int, minutes: int, latest: int
) -> float:
    """How urgently the operation wants the machine now; larger is more urgent."""
    order = shop.orders[shop.ops[op].order]
    slack = order.due - now - delay - w.tail[op] * rule.allowance
    if latest < NEVER:  # a maximum gap is running: the closer its end, the stronger it counts
        return HASTE - (latest - now - delay) / (HASTE_MINUTES)
    if rule.kind == EDD:
        return -float(order.due) - 1e-6 * delay
    if rule.kind == SLACK:
        return -slack - 1e-6 * delay
    return (
        np.log(max(order.weight, 0.01) * priority / minutes)
        - max(slack, 0.0) / (rule.due_scale * w.mean_minutes)
        - delay / (rule.delay_scale * w.mean_setup)
    )


@inner
def offer(shop: Shop, f: Floor, op: int, machine: int, minutes: int) -> tuple[int, int]:
    """Earliest start and end of the operation as the machine's next."""
    me = shop.ops[op]
    setup = changeover(shop, machine, f.state[machine], me.family)
    earliest = max(f.ready[op], f.free[machine] + setup)
    if me.tool >= 0:
        earliest = max(earliest, piece_free(shop, f, me.tool) + setup)
    if me.crew >= 0:
        earliest = max(earliest, piece_free(shop, f, me.crew))
    return work(shop, window_of(shop, machine, me.crew), earliest, minutes)


@inner
def fits_before_frozen(shop: Shop, f: Floor, op: int, machine: int, end: int) -> bool:
    """Tell whether the machine's next frozen operation still finds its place."""
    frozen = f.next_frozen[machine]
    if frozen < 0:
        return True
    me = shop.ops[op]
    state = me.family if me.family >= 0 and shop.machines[machine].matrix >= 0 else f.state[machine]
    return end + changeover(shop, machine, state, shop.ops[frozen].family) <= shop.ops[frozen].frozen_start


@inner
def pass_frozen(shop: Shop, f: Floor, machine: int) -> None:
    """The machine waits for its next frozen operation and is free after it."""
    frozen = f.next_frozen[machine]
    f.free[machine] = max(f.free[machine], shop.ops[frozen].frozen_end)
    if shop.ops[frozen].family >= 0 and shop.machines[machine].matrix >= 0:
        f.state[machine] = shop.ops[frozen].family
    find_next_frozen(shop, f, machine, shop.ops[frozen].frozen_start + 1)


@inner
def choose(
    shop: Shop, f: Floor, w: Weather, rule: Rule, priority: np.ndarray, alt_op: Ints, machine: int, now: int, key: int
) -> int:
    """Return the waiting alternative of the highest index, -1 if none can start; ``key`` >= 0: of that batch key."""
    best = NONE
    best_index = LOWEST
    a = f.head[machine]
    while a >= 0:
        following = f.after[a]
        op = alt_op[a]
        if shop.ops[op].use_to > shop.ops[op].use_from:
            f.ready[op] = max(f.ready[op], covered_from(shop, f, op))
        if f.ready[op] <= now + rule.lookahead and (key < 0 or shop.ops[op].batch_key == key):
            minutes = shop.alternatives[a].minutes
            if shop.machines[machine].is_batch == 1:
                start = cycle(shop, window_of(shop, machine, NONE), max(f.ready[op], f.free[machine]), minutes)
                end = start + minutes
            else:
                start, end = offer(shop, f, op, machine, minutes)
            if start >= NEVER or f.ready[op] >= NEVER:
                leave_queue(shop, f, a)
            elif fits_before_frozen(shop, f, op, machine, end):
                slower = minutes - fastest(shop, op)
                urgency = index(
                    shop, w, rule, priority[shop.ops[op].order], op, now, start - now + slower, minutes, f.latest[op]
                )
                if urgency > best_index or (urgency == best_index and a < best):
                    best = a
                    best_index = urgency
        a = following
    return best


@inner
def fastest(shop: Shop, op: int) -> int:
    """Minutes on the operation's quickest machine."""
    best = NEVER
    for a in range(shop.ops[op].alt_from, shop.ops[op].alt_to):
        best = min(best, shop.alternatives[a].minutes)
    return best


@inner
def put(shop: Shop, f: Floor, t: Timetable, alt_op: Ints, op: int, machine: int, start: int, end: int) -> None:
    """Place an operation and let its successor arrive."""
    t.machine[op] = machine
    t.start[op] = start
    t.end[op] = end
    for a in range(shop.ops[op].alt_from, shop.ops[op].alt_to):
        leave_queue(shop, f, a)
        if shop.alternatives[a].machine != machine:
            look_again(shop, f, alt_op, shop.alternatives[a].machine)
    claim(shop, f, op)
    if op + 1 < shop.orders[shop.ops[op].order].end:
        note_latest(shop, f, op, end)
        arrive(shop, f, t, op + 1, end + shop.ops[op].min_gap)


@inner
def run_machine(shop: Shop, f: Floor, t: Timetable, alt_op: Ints, a: int) -> None:
    """Start the chosen alternative on its machine."""
    op = alt_op[a]
    machine = shop.alternatives[a].machine
    start, end = offer(shop, f, op, machine, shop.alternatives[a].minutes)
    f.free[machine] = end
    me = shop.ops[op]
    if me.family >= 0 and shop.machines[machine].matrix >= 0:
        f.state[machine] = me.family
    if me.tool >= 0:
        take_piece(shop, f, me.tool, end)
    if me.crew >= 0:
        take_piece(shop, f, me.crew, end)
    put(shop, f, t, alt_op, op, machine, start, end)


@kernel
def run_oven(
    shop: Shop, f: Floor, w: Weather, rule: Rule, priority: np.ndarray, t: Timetable, alt_op: Ints, first: int, now: int
) -> None:
    """Start a batch with the chosen alternative and whatever of its key is ready soon and fits, most urgent first."""
    machine = shop.alternatives[first].machine
    minutes = shop.machines[machine].cycle
    members = np.empty(shop.machines[machine].capacity + 1, np.int64)
    count = 0
    load = 0
    ready = max(now, f.ready[alt_op[first]])
    patient = Rule(rule.kind, rule.due_scale, rule.delay_scale, rule.allowance, ready - now + rule.batch_wait, 0.0)
    a = first
    while a >= 0:
        op = alt_op[a]
        leave_queue(shop, f, a)
        if load + shop.ops[op].load <= shop.machines[machine].capacity:
            members[count] = op
            count += 1
            load += shop.ops[op].load
            ready = max(ready, f.ready[op])
        else:
            members[count] = -1 - a  # too large for this batch: it queues again below
            f.waiting[a] = 2
        if count >= len(members) - 1 or load >= shop.machines[machine].capacity:
            break
        a = choose(shop, f, w, patient, priority, alt_op, machine, now, shop.ops[alt_op[first]].batch_key)
    start = cycle(shop, window_of(shop, machine, NONE), max(ready, f.free[machine]), minutes)
    f.free[machine] = start + minutes
    for i in range(count):
        put(shop, f, t, alt_op, members[i], machine, start, start + minutes)
    requeue(shop, f, alt_op, machine)


@kernel
def dispatch(
    shop: Shop, w: Weather, rule: Rule, priority: np.ndarray, alt_op: Ints, live: np.ndarray, t: Timetable
) -> int:
    """Fill the timetable ``t`` (all -1 before); return how many operations were placed.

    ``priority``: per order, a factor on its weight. ``live``: per order, false to leave it out. ``alt_op``: the
    operation of each alternative.
    """
    f = new_floor(shop, t)
    for o in range(len(shop.orders)):
        if live[o]:
            arrive(shop, f, t, shop.orders[o].first, shop.orders[o].release)
    machines = len(shop.machines)
    while True:
        m = 0
        for i in range(1, machines):
            if f.soonest[i] < f.soonest[m]:
                m = i
        if machines == 0 or f.soonest[m] >= NEVER:
            break
        now = f.soonest[m]
        a = choose(shop, f, w, rule, priority, alt_op, m, now, NONE)
        if a < 0:
            if f.next_frozen[m] >= 0 and earliest_ready(shop, f, alt_op, m) <= now:
                pass_frozen(shop, f, m)
        elif shop.machines[m].is_batch == 1:
            run_oven(shop, f, w, rule, priority, t, alt_op, a, now)
        else:
            run_machine(shop, f, t, alt_op, a)
        look_again(shop, f, alt_op, m)
    placed = 0
    for op in range(len(shop.ops)):
        placed += t.machine[op] >= 0
    return placed


def weather(shop: Shop) -> Weather:
    """Work out the remaining time per operation, stretched to clock minutes by the machines' calendars."""
    n = len(shop.ops)
    span = shop.window_ptr
    density = np.ones(len(span) - 1)
    for k in range(len(density)):
        rows = shop.opens[span[k] : span[k + 1]]
        if len(rows) > 1:
            density[k] = (rows["end"] - rows["begin"]).sum() / max(1, rows["end"][-1] - max(0, rows["begin"][0]))
    tail = np.zeros(n, dtype=np.int64)
    minutes = np.zeros(n)
    pools = len(shop.pool_count) + 1
    for o in range(len(shop.orders)):
        left = 0.0
        for op in range(int(shop.orders["end"][o]) - 1, int(shop.orders["first"][o]) - 1, -1):
            rows = shop.alternatives[int(shop.ops["alt_from"][op]) : int(shop.ops["alt_to"][op])]
            best = int(rows["minutes"].argmin())
            window = int(shop.window[int(rows["machine"][best]) * pools])
            minutes[op] = rows["minutes"][best]
            gap = int(shop.ops["min_gap"][op]) if op + 1 < int(shop.orders["end"][o]) else 0
            left += minutes[op] / (density[window] if window >= 0 else 1.0) + gap
            tail[op] = int(left)
    setups = shop.setup[shop.setup > 0]
    return Weather(tail, float(minutes.mean()) if n else 1.0, float(setups.mean()) if len(setups) else 10.0)


def alternative_operations(shop: Shop) -> Ints:
    """Return the operation of each alternative."""
    counts = shop.ops["alt_to"] - shop.ops["alt_from"]
    return np.repeat(np.arange(len(shop.ops), dtype=np.int64), counts)
