"""Compiled local search: change the sequence where a late order waits, retime exactly, keep or take back.

Most moves start from a late order: walk back along what it waited for, pick one wait, and break it (go before, send the
other after, take another machine, another batch, another place in a material's queue). The rest are random or save
setups. A move is kept when the cost rises by less than a drawn threshold (simulated annealing); the best schedule is
copied out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.compiled import inner
from planning.engine.moves import (
    below,
    change_batch,
    change_machine,
    draw,
    go_after,
    go_before,
    hurry_material,
    is_frozen,
    join_family,
    overtake,
    steps,
)
from planning.engine.ready import pool_free, ready_after_previous, ready_alone
from planning.engine.retime import spread
from planning.engine.schedule import FLOW, MOVED_OPS, SETUP, WEIGHTED, Schedule, Timetable
from planning.engine.sequence import FAR, start_change, take_back
from planning.engine.shop import NONE, Ints, Shop

FREE, BY_MACHINE, BY_TOOL, BY_CREW, BY_ORDER, BY_MATERIAL = range(6)
PATH_LIMIT = 400  # steps back along what a late order waited for; longer chains repeat the same machines


class Search(NamedTuple):
    """What one call of the search may do."""

    moves: int
    hot: float  # temperature at the first move, in weighted minutes
    cold: float  # and at the last
    setup_worth: float  # cost of a setup minute, in weighted minutes
    flow_worth: float  # cost of a minute an order is in the shop
    stay_worth: float  # cost of an operation that leaves its home, in weighted minutes
    focus: float  # share of the moves that start from a late order; the others are random
    margin: float  # a move is given up when weighted tardiness is this far above what would be kept


@inner
def cost(shop: Shop, s: Schedule, p: Search) -> float:
    """What the search minimises: the objective, then setups, then time in the shop."""
    if shop.makespan:
        longest = 0
        for o in range(len(s.served)):
            longest = max(longest, s.served[o].end)
        main = float(longest)
    else:
        main = float(s.totals[WEIGHTED])
    return main + p.setup_worth * s.totals[SETUP] + p.flow_worth * s.totals[FLOW] + p.stay_worth * s.totals[MOVED_OPS]


@inner
def binding(shop: Shop, s: Schedule, node: int) -> tuple[int, int, int]:
    """Return what a node waited for: the kind, the node it waited for (-1: none) and the member operation concerned."""
    me = s.nodes[node]
    free = s.nodes[me.before].end if me.before >= 0 else 0
    if node >= len(shop.ops):
        return binding_of_batch(shop, s, node, free)
    kind = FREE
    other = NONE
    latest = shop.orders[shop.ops[node].order].release
    if s.links[node].material_floor > latest:
        kind, latest = BY_MATERIAL, s.links[node].material_floor
    if me.before >= 0 and free + me.setup > latest:
        kind, other, latest = BY_MACHINE, me.before, free + me.setup
    tool = shop.ops[node].tool
    if tool >= 0 and s.links[node].tool_before >= 0:
        held = pool_free(shop, s, s.links[node].tool_before, tool, False) + me.setup
        if held > latest:
            kind, other, latest = BY_TOOL, s.links[node].tool_before, held
    crew = shop.ops[node].crew
    if crew >= 0 and s.links[node].crew_before >= 0:
        held = pool_free(shop, s, s.links[node].crew_before, crew, True)
        if held > latest:
            kind, other, latest = BY_CREW, s.links[node].crew_before, held
    if node > shop.orders[shop.ops[node].order].first and ready_after_previous(shop, s, node) >= latest:
        kind, other = BY_ORDER, s.links[node - 1].node
    return kind, other, node


@inner
def binding_of_batch(shop: Shop, s: Schedule, node: int, free: int) -> tuple[int, int, int]:
    """What a batch waited for: the oven, or its last member's predecessor or material."""
    kind = FREE
    other = NONE
    member = s.nodes[node].first_member
    latest = 0
    if s.nodes[node].before >= 0:
        kind, other, latest = BY_MACHINE, s.nodes[node].before, free
    op = s.nodes[node].first_member
    while op >= 0:
        if ready_alone(shop, s, op) > latest:
            kind, other, member, latest = BY_MATERIAL, NONE, op, ready_alone(shop, s, op)
        if op > shop.orders[shop.ops[op].order].first and ready_after_previous(shop, s, op) >= latest:
            kind, other, member, latest = BY_ORDER, s.links[op - 1].node, op, ready_after_previous(shop, s, op)
        op = s.links[op].next_member
    return kind, other, member


@inner
def late_order(shop: Shop, s: Schedule, rng: np.ndarray) -> int:
    """Draw an order, the later and heavier the likelier; -1 when nothing is late."""
    best = NONE
    best_cost = 0
    orders = len(shop.orders)
    longest = 0
    if shop.makespan:
        for o in range(orders):
            if s.served[o].end > longest:
                longest = s.served[o].end
                best = o
        return best
    start = below(rng, orders)
    found = 0
    for k in range(orders):
        o = start + k
        if o >= orders:
            o -= orders
        tardy = s.served[o].end - shop.orders[o].due
        if tardy > 0:
            found += 1
            weighted = tardy * shop.orders[o].weight
            if weighted > best_cost:
                best = o
                best_cost = weighted
            if found == 2:  # a duel of two: a soft preference, every late order gets its turn
                break
    return best


@inner
def break_wait(shop: Shop, s: Schedule, rng: np.ndarray, order: int) -> bool:
    """Walk back along what the order waited for, pick one wait at random and change it."""
    node = s.links[shop.orders[order].end - 1].node
    picked = NONE
    picked_kind = FREE
    picked_other = NONE
    picked_member = NONE
    arrived = shop.orders[order].end - 1
    waits = 0
    for _ in range(PATH_LIMIT):
        kind, other, member = binding(shop, s, node)
        if node >= len(shop.ops) and kind == BY_ORDER and member != arrived:
            waits += 1  # waits for another member: leave the batch or hurry the member
            if draw(rng) * waits < 1.0:
                picked, picked_kind, picked_other, picked_member = node, BY_ORDER, other, arrived
        if BY_MACHINE <= kind <= BY_CREW or (kind == BY_MATERIAL and node < len(shop.ops)):
            waits += 1
            if draw(rng) * waits < 1.0:
                picked, picked_kind, picked_other, picked_member = node, kind, other, arrived
        if other < 0:
            break
        if kind == BY_ORDER:
            arrived = member - 1
        elif other < len(shop.ops):
            arrived = other
        else:
            arrived = s.nodes[other].first_member
        node = other
    if picked < 0:
        return False
    return change_wait(shop, s, rng, picked, picked_kind, picked_other, picked_member)


@inner
def change_wait(shop: Shop, s: Schedule, rng: np.ndarray, node: int, kind: int, other: int, member: int) -> bool:
    """Try one way to end a wait."""
    if kind == BY_MATERIAL:
        return hurry_material(shop, s, rng, node)
    if kind == BY_ORDER:
        return change_batch(shop, s, rng, member)
    luck = draw(rng)
    fixed = is_frozen(shop, s, node)
    other_fixed = is_frozen(shop, s, other)
    if node >= len(shop.ops) and luck < 0.4:
        return change_batch(shop, s, rng, member)
    if luck < 0.45 and not fixed:
        if kind == BY_MACHINE:
            return go_before(shop, s, rng, node, other, steps(rng))
        return overtake(shop, s, rng, node, other)
    if luck < 0.65 and not other_fixed:
        if kind == BY_MACHINE:
            return go_after(shop, s, rng, other, node, steps(rng))
        return overtake(shop, s, rng, node, other)
    if luck < 0.85 and not fixed and node < len(shop.ops):
        return change_machine(shop, s, rng, node)
    if other_fixed:
        return False
    return change_machine(shop, s, rng, other if other < len(shop.ops) else s.nodes[other].first_member)


@inner
def random_move(shop: Shop, s: Schedule, rng: np.ndarray) -> bool:
    """Jump somewhere near, take another machine, or stand beside the same family."""
    op = below(rng, len(shop.ops))
    node = s.links[op].node
    if node < 0 or is_frozen(shop, s, node):
        return False
    if node >= len(shop.ops):
        if draw(rng) < 0.7:
            return change_batch(shop, s, rng, op)
    elif s.nodes[node].setup > 0 and draw(rng) < 0.5:
        return join_family(shop, s, rng, node)
    if draw(rng) < 0.35:
        return change_machine(shop, s, rng, op)
    if draw(rng) < 0.5 and s.nodes[node].before >= 0:
        return go_before(shop, s, rng, node, s.nodes[node].before, steps(rng))
    if s.nodes[node].after >= 0:
        return go_after(shop, s, rng, node, s.nodes[node].after, steps(rng))
    return False


@inner
def copy_out(shop: Shop, s: Schedule, t: Timetable) -> None:
    """Write the schedule's times into a timetable."""
    for op in range(len(shop.ops)):
        node = s.links[op].node
        t.machine[op] = s.nodes[node].machine if node >= 0 else NONE
        if node >= 0:
            t.start[op] = s.nodes[node].start
            t.end[op] = s.nodes[node].end


@inner
def search(
    shop: Shop,
    s: Schedule,
    p: Search,
    rng: np.ndarray,
    best: Timetable,
    best_cost: float,
    counts: Ints,
    before: Ints,
) -> float:
    """Try ``p.moves`` moves; the best schedule seen is copied into ``best``; return its cost.

    ``counts``: moves tried, moves kept, nodes retimed. ``before``: room for the totals.
    """
    now = cost(shop, s, p)
    for k in range(p.moves):
        warmth = p.hot * (p.cold / p.hot) ** (k / p.moves) if p.hot > 0 else 0.0
        threshold = now - warmth * np.log(1.0 - draw(rng))
        start_change(s, before)
        done = False
        if draw(rng) < p.focus:
            order = late_order(shop, s, rng)
            if order >= 0:
                done = break_wait(shop, s, rng, order)
        if not done:
            done = random_move(shop, s, rng)
        if not done:
            continue
        counts[0] += 1
        give_up = FAR if shop.makespan else int(threshold + p.margin)
        kept = spread(shop, s, give_up)
        counts[2] += s.state[5]
        after = cost(shop, s, p) if kept else np.inf
        if after > threshold:
            take_back(shop, s, before)
            continue
        counts[1] += 1
        now = after
        if now < best_cost:
            best_cost = now
            copy_out(shop, s, best)
    return best_cost
