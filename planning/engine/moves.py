"""Compiled moves: the small changes of a sequence that the local search tries, each within what the orders allow.

Randomness comes from the worker's own counter, so equal inputs give equal plans.
"""

from __future__ import annotations

import numpy as np

from planning.engine.compiled import inner
from planning.engine.schedule import FREE_SIZE, Schedule
from planning.engine.sequence import FAR, join, move, open_batch, quit_batch, swap_claims
from planning.engine.shop import NONE, Shop

REACH = 12  # how far a node jumps within a machine's sequence at most, in nodes


REACH = 12  # how far a node jumps within a machine's sequence at most, in nodes


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
