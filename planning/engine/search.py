"""Compiled local search: change the sequence where a late order waits, retime exactly, keep or take back.

Most moves start from a late order: walk back along what it waited for, pick one wait, and break it (go before, send the
other after, take another machine, another batch, another place in a material's queue). The rest are random or save
setups. A move is kept when the cost rises by less than a drawn threshold (simulated annealing); the best schedule is
copied out. Randomness comes from the worker's own counter, so equal inputs give equal plans.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.compiled import inner
from planning.engine.retime import (
    pool_free,
    ready_after_previous,
    ready_alone,
    spread,
)
from planning.engine.schedule import FLOW, FREE_SIZE, MOVED_OPS, SETUP, WEIGHTED, Schedule, Timetable
from planning.engine.sequence import (
    FAR,
    join,
    move,
    open_batch,
    quit_batch,
    start_change,
    swap_claims,
    take_back,
)
from planning.engine.shop import NONE, Ints, Shop

FREE, BY_MACHINE, BY_TOOL, BY_CREW, BY_ORDER, BY_MATERIAL = range(6)
PATH_LIMIT = 400  # steps back along what a late order waited for; longer chains repeat the same machines
REACH = 12  # how far a node jumps within a machine's sequence at most, in nodes


class Search(NamedTuple):
    """What one call of the search may do."""

    moves: int
    hot: float  # temperature at the first move, in weighted minutes
    cold: float  # and at the last
    setup_worth: float  # cost of a setup minute, in weighted minutes
    flow_worth: float  # cost of a minute an order is in the shop
    stay_worth: float  # cost of an operation that leaves its home, in weighted minutes
    margin: float  # a move is given up when weighted tardiness is this far above what would be kept


@inner
def draw(rng: np.ndarray) -> float:
    """A number in [0, 1) from the worker's own generator (xorshift64*, Vigna 2016)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def below(rng: np.ndarray, limit: int) -> int:
    """A whole number in [0, limit)."""
    return int(draw(rng) * limit)


@inner
def steps(rng: np.ndarray) -> int:
    """How far to jump: mostly one node, sometimes more."""
    k = 1
    while k < REACH and draw(rng) < 0.5:
        k += 1
    return k


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
def lowest_rank(shop: Shop, s: Schedule, node: int) -> int:
    """Highest rank among what must come before the node in its orders."""
    low = -1
    op = node if node < len(shop.ops) else s.nodes[node].first_member
    while op >= 0:
        if op > shop.orders[shop.ops[op].order].first and s.links[op - 1].node >= 0:
            low = max(low, s.nodes[s.links[op - 1].node].rank)
        op = NONE if node < len(shop.ops) else s.links[op].next_member
    return low


@inner
def highest_rank(shop: Shop, s: Schedule, node: int) -> int:
    """Lowest rank among what must come after the node in its orders."""
    high = FAR
    op = node if node < len(shop.ops) else s.nodes[node].first_member
    while op >= 0:
        if op + 1 < shop.orders[shop.ops[op].order].end and s.links[op + 1].node >= 0:
            high = min(high, s.nodes[s.links[op + 1].node].rank)
        op = NONE if node < len(shop.ops) else s.links[op].next_member
    return high


@inner
def is_frozen(shop: Shop, s: Schedule, node: int) -> bool:
    """Tell whether the node, or a member of the batch, stays where it is."""
    op = node if node < len(shop.ops) else s.nodes[node].first_member
    while op >= 0:
        if shop.ops[op].frozen_machine >= 0:
            return True
        op = NONE if node < len(shop.ops) else s.links[op].next_member
    return False


@inner
def rank_between(rng: np.ndarray, low: int, high: int) -> int:
    """A rank strictly between, away from the ends; -1 if there is none."""
    if high >= FAR:
        return low + (1 << 32) + below(rng, 1 << 20)
    room = high - low
    if room < 4:
        return NONE
    return low + 1 + int((0.25 + 0.5 * draw(rng)) * (room - 2))


@inner
def try_between(shop: Shop, s: Schedule, rng: np.ndarray, node: int, machine: int, before: int, after: int) -> bool:
    """Move a node between two neighbours of a machine's sequence (-1: its ends) if its orders allow it."""
    low = lowest_rank(shop, s, node)
    high = highest_rank(shop, s, node)
    if before >= 0:
        low = max(low, s.nodes[before].rank)
    if after >= 0:
        high = min(high, s.nodes[after].rank)
    if low >= high:
        return False
    rank = rank_between(rng, low, high)
    if rank < 0:
        return False
    move(shop, s, node, machine, rank, before)
    return True


@inner
def go_before(shop: Shop, s: Schedule, rng: np.ndarray, node: int, other: int, back: int) -> bool:
    """Move a node before ``other``, or up to ``back`` nodes further, on ``other``'s machine."""
    floor = lowest_rank(shop, s, node)
    target = other
    for _ in range(back - 1):
        previous = s.nodes[target].before
        if previous == node and previous >= 0:
            previous = s.nodes[previous].before
        if previous < 0 or s.nodes[previous].rank <= floor:
            break
        target = previous
    before = s.nodes[target].before
    if before == node:
        return False
    return try_between(shop, s, rng, node, s.nodes[target].machine, before, target)


@inner
def go_after(shop: Shop, s: Schedule, rng: np.ndarray, node: int, other: int, forward: int) -> bool:
    """Move a node after ``other``, or up to ``forward`` nodes further, on ``other``'s machine."""
    ceiling = highest_rank(shop, s, node)
    target = other
    for _ in range(forward - 1):
        following = s.nodes[target].after
        if following == node and following >= 0:
            following = s.nodes[following].after
        if following < 0 or s.nodes[following].rank >= ceiling:
            break
        target = following
    after = s.nodes[target].after
    if after == node:
        return False
    return try_between(shop, s, rng, node, s.nodes[target].machine, target, after)


@inner
def node_at_rank(s: Schedule, machine: int, rank: int) -> int:
    """Last node of a machine's sequence with a lower rank, -1 if none."""
    node = s.chains[machine].last
    while node >= 0 and s.nodes[node].rank >= rank:
        node = s.nodes[node].before
    return node


@inner
def change_machine(shop: Shop, s: Schedule, rng: np.ndarray, op: int) -> bool:
    """Move an operation (or the whole batch it is in) to another of its machines, at about the same place in time."""
    node = s.links[op].node
    choices = shop.ops[op].alt_to - shop.ops[op].alt_from
    if choices < 2:
        return False
    machine = shop.alternatives[shop.ops[op].alt_from + below(rng, choices)].machine
    if machine == s.nodes[node].machine:
        return False
    if node >= len(shop.ops) and not all_validated(shop, s, node, machine):
        return False
    floor = lowest_rank(shop, s, node)
    before = node_at_rank(s, machine, s.nodes[node].rank)
    for _ in range(below(rng, 4)):
        if before < 0 or s.nodes[before].rank <= floor:
            break
        before = s.nodes[before].before
    after = s.nodes[before].after if before >= 0 else s.chains[machine].first
    return try_between(shop, s, rng, node, machine, before, after)


@inner
def all_validated(shop: Shop, s: Schedule, batch: int, machine: int) -> bool:
    """Tell whether every member of a batch may run on the oven and all fit."""
    if s.nodes[batch].load > shop.machines[machine].capacity:
        return False
    op = s.nodes[batch].first_member
    while op >= 0:
        found = False
        for a in range(shop.ops[op].alt_from, shop.ops[op].alt_to):
            found = found or shop.alternatives[a].machine == machine
        if not found:
            return False
        op = s.links[op].next_member
    return True


@inner
def change_batch(shop: Shop, s: Schedule, rng: np.ndarray, op: int) -> bool:
    """Let an operation join another batch of its key, earlier or later, or start one of its own."""
    if shop.ops[op].frozen_machine >= 0:
        return False
    choices = shop.ops[op].alt_to - shop.ops[op].alt_from
    machine = shop.alternatives[shop.ops[op].alt_from + below(rng, choices)].machine
    old = s.links[op].node
    low = -1
    if op > shop.orders[shop.ops[op].order].first:
        low = s.nodes[s.links[op - 1].node].rank
    high = FAR
    if op + 1 < shop.orders[shop.ops[op].order].end:
        high = s.nodes[s.links[op + 1].node].rank
    target = node_at_rank(s, machine, min(high, s.nodes[old].rank + (steps(rng) << 34)))
    chosen = NONE
    seen = 0
    while target >= 0 and s.nodes[target].rank > low and seen < REACH:
        b = s.nodes[target]
        seen += 1
        same = target != old and b.key == shop.ops[op].batch_key and not is_frozen(shop, s, target)
        fits = b.load + shop.ops[op].load <= shop.machines[machine].capacity
        if same and fits and (chosen < 0 or draw(rng) < 0.4):
            chosen = target
        target = b.before
    if chosen >= 0 and draw(rng) < 0.85 and s.nodes[chosen].rank < high:
        quit_batch(shop, s, op)
        join(shop, s, op, chosen)
        return True
    return start_batch(shop, s, rng, op, machine, low, high)


@inner
def start_batch(shop: Shop, s: Schedule, rng: np.ndarray, op: int, machine: int, low: int, high: int) -> bool:
    """Let an operation start a batch of its own on an oven, somewhere after its predecessor."""
    old = s.links[op].node
    if s.state[FREE_SIZE] < 1 or s.links[s.nodes[old].first_member].next_member < 0:
        return False
    before = node_at_rank(s, machine, s.nodes[old].rank)
    for _ in range(below(rng, 3)):
        if before >= 0 and s.nodes[before].rank > low:
            before = s.nodes[before].before
    after = s.nodes[before].after if before >= 0 else s.chains[machine].first
    if before >= 0:
        low = max(low, s.nodes[before].rank)
    if after >= 0:
        high = min(high, s.nodes[after].rank)
    rank = rank_between(rng, low, high) if low < high else NONE
    if rank < 0:
        return False
    quit_batch(shop, s, op)
    join(shop, s, op, open_batch(shop, s, shop.ops[op].batch_key, machine, rank, NONE))
    return True


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
def overtake(shop: Shop, s: Schedule, rng: np.ndarray, node: int, other: int) -> bool:
    """Let a node be served by a tool or crew before ``other``, which is on some other machine."""
    if is_frozen(shop, s, node):
        return False
    limit = s.nodes[other].rank
    low = lowest_rank(shop, s, node)
    if low >= limit:
        return False
    machine = s.nodes[node].machine
    before = s.nodes[node].before
    while before >= 0 and s.nodes[before].rank >= limit:
        before = s.nodes[before].before
    if before >= 0:
        low = max(low, s.nodes[before].rank)
    after = s.nodes[before].after if before >= 0 else s.chains[machine].first
    if after >= 0 and after != node:
        limit = min(limit, s.nodes[after].rank)
    rank = rank_between(rng, low, limit)
    if rank < 0:
        return False
    move(shop, s, node, machine, rank, before if before >= 0 else NONE)
    return True


@inner
def hurry_material(shop: Shop, s: Schedule, rng: np.ndarray, op: int) -> bool:
    """Let an operation be served with its late material before somebody who is served earlier."""
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        if s.claims[u].floor == s.links[op].material_floor and s.claims[u].place > 0:
            material = shop.uses[u].material
            mine = s.claims[u].place
            earlier = max(0, mine - steps(rng))
            victim = shop.uses[s.claim_order[s.claim_ptr[material] + earlier]].operation
            if shop.ops[victim].frozen_machine >= 0:
                return False
            swap_claims(shop, s, material, earlier, mine)
            return True
    return False


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
def join_family(shop: Shop, s: Schedule, rng: np.ndarray, node: int) -> bool:
    """Move an operation behind one of its own family near by, so that a setup is saved."""
    family = shop.ops[node].family
    forward = draw(rng) < 0.5
    other = s.nodes[node].after if forward else s.nodes[node].before
    for _ in range(REACH):
        if other < 0:
            return False
        if shop.ops[other].family == family:
            if forward:
                return go_after(shop, s, rng, node, other, 1)
            return try_between(shop, s, rng, node, s.nodes[other].machine, other, s.nodes[other].after)
        other = s.nodes[other].after if forward else s.nodes[other].before
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
        if draw(rng) < 0.75:
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
