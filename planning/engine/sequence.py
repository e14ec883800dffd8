"""Compiled changes of sequence: a node moves, an operation joins or quits a batch, consumptions change places.

Each primitive records how to undo itself. ``take_back`` undoes a whole change: sequences first, then times and totals.
"""

from __future__ import annotations

from planning.engine.chains import enter_crew, enter_machine, enter_tool, leave_crew, leave_machine, leave_tool
from planning.engine.compiled import inner, kernel
from planning.engine.heap import drop_heap, sort_heap_again, touch
from planning.engine.retime import begin_change, count_end, restore_times, spread
from planning.engine.schedule import (
    FLOW,
    FREE_SIZE,
    HEAP_SIZE,
    RANK_STEP,
    UNDO_SIZE,
    WEIGHTED,
    Schedule,
)
from planning.engine.shop import NONE, Ints, Shop
from planning.engine.supply import exchange_claims, serve_in_order

MOVED, QUIT, JOINED, OPENED, CLOSED, SWAPPED = range(6)
FAR = 1 << 61  # beyond every rank and every total


@inner
def note(s: Schedule, kind: int, node: int, other: int, machine: int, rank: int) -> None:
    """Record how to undo a step."""
    k = s.state[UNDO_SIZE]
    s.state[UNDO_SIZE] = k + 1
    row = s.undo[k]
    row.kind = kind
    row.node = node
    row.other = other
    row.machine = machine
    row.rank = rank


@inner
def place(shop: Shop, s: Schedule, node: int, machine: int, rank: int, hint: int) -> None:
    """Put a node that is in no chain onto a machine at a rank."""
    enter_machine(s, node, machine, rank, hint)
    if node < len(shop.ops):
        if shop.ops[node].tool >= 0:
            enter_tool(shop, s, node)
        if shop.ops[node].crew >= 0:
            enter_crew(shop, s, node, NONE)
    touch(s, node)


@inner
def move(shop: Shop, s: Schedule, node: int, machine: int, rank: int, hint: int) -> None:
    """Move a node to a machine and a rank; its precedences must allow the rank."""
    note(s, MOVED, node, NONE, s.nodes[node].machine, s.nodes[node].rank)
    relocate(shop, s, node, machine, rank, hint)


@inner
def relocate(shop: Shop, s: Schedule, node: int, machine: int, rank: int, hint: int) -> None:
    """Leave all chains and enter them again at another rank; the heap is built anew when the node is on it."""
    leave_machine(s, node)
    queued = s.nodes[node].queued
    if node < len(shop.ops):
        if shop.ops[node].tool >= 0:
            leave_tool(shop, s, node)
        near = leave_crew(shop, s, node) if shop.ops[node].crew >= 0 else NONE
        s.nodes[node].rank = rank
        if shop.ops[node].tool >= 0:
            enter_tool(shop, s, node)
        if shop.ops[node].crew >= 0:
            enter_crew(shop, s, node, near)
    enter_machine(s, node, machine, rank, hint)
    if queued:
        sort_heap_again(s)
    touch(s, node)


@inner
def touch_following(shop: Shop, s: Schedule, op: int) -> None:
    """The next operation of the order must look again."""
    if op + 1 < shop.orders[shop.ops[op].order].end and s.links[op + 1].node >= 0:
        touch(s, s.links[op + 1].node)


@inner
def link_member(shop: Shop, s: Schedule, op: int, b: int) -> None:
    """Add an operation to a batch's members, kept in operation order so that undoing restores them exactly."""
    batch = s.nodes[b]
    before = NONE
    following = batch.first_member
    while following >= 0 and following < op:
        before = following
        following = s.links[following].next_member
    s.links[op].next_member = following
    if before >= 0:
        s.links[before].next_member = op
    else:
        batch.first_member = op
    batch.load += shop.ops[op].load
    s.links[op].node = b


@inner
def unlink_member(shop: Shop, s: Schedule, op: int, b: int) -> None:
    """Take an operation out of a batch's members."""
    batch = s.nodes[b]
    if batch.first_member == op:
        batch.first_member = s.links[op].next_member
    else:
        before = batch.first_member
        while s.links[before].next_member != op:
            before = s.links[before].next_member
        s.links[before].next_member = s.links[op].next_member
    batch.load -= shop.ops[op].load
    s.links[op].node = NONE


@inner
def join(shop: Shop, s: Schedule, op: int, b: int) -> None:
    """Let an operation join a batch; key, capacity and ranks must allow it."""
    note(s, JOINED, op, b, NONE, 0)
    link_member(shop, s, op, b)
    touch(s, b)
    touch_following(shop, s, op)
    count_end(shop, s, op)


@inner
def quit_batch(shop: Shop, s: Schedule, op: int) -> None:
    """Let an operation quit its batch; a batch without members closes."""
    b = s.links[op].node
    note(s, QUIT, op, b, NONE, 0)
    unlink_member(shop, s, op, b)
    if s.nodes[b].first_member >= 0:
        touch(s, b)
        return
    note(s, CLOSED, b, s.nodes[b].key, s.nodes[b].machine, s.nodes[b].rank)
    close(s, b)


@inner
def close(s: Schedule, b: int) -> None:
    """Give back a batch node that has no members."""
    leave_machine(s, b)
    if s.nodes[b].queued:
        s.nodes[b].rank = -1
        sort_heap_again(s)
        s.heap[0] = s.heap[s.state[HEAP_SIZE] - 1]
        s.state[HEAP_SIZE] -= 1
        s.nodes[b].queued = 0
        sort_heap_again(s)
    s.free_nodes[s.state[FREE_SIZE]] = b
    s.state[FREE_SIZE] += 1


@inner
def open_batch(shop: Shop, s: Schedule, key: int, machine: int, rank: int, hint: int) -> int:
    """Take a batch node into use on a machine at a rank; it gets its first member next."""
    s.state[FREE_SIZE] -= 1
    b = s.free_nodes[s.state[FREE_SIZE]]
    note(s, OPENED, b, NONE, NONE, 0)
    reopen(s, b, key, machine, rank, hint)
    return b


@inner
def reopen(s: Schedule, b: int, key: int, machine: int, rank: int, hint: int) -> None:
    """Put an empty batch onto a machine at a rank."""
    s.nodes[b].key = key
    s.nodes[b].load = 0
    s.nodes[b].first_member = NONE
    enter_machine(s, b, machine, rank, hint)
    touch(s, b)


@inner
def swap_claims(shop: Shop, s: Schedule, material: int, one: int, two: int) -> None:
    """Let two consumptions of a material change places in its sequence; everybody between them looks again."""
    note(s, SWAPPED, material, one, two, 0)
    exchange_claims(shop, s, material, one, two)


@inner
def start_change(s: Schedule, before: Ints) -> None:
    """Begin a change and keep the totals in ``before``."""
    begin_change(s)
    s.state[UNDO_SIZE] = 0
    for i in range(len(s.totals)):
        before[i] = s.totals[i]


@inner
def take_back(shop: Shop, s: Schedule, before: Ints) -> None:
    """Undo the change since ``start_change``: sequences, times and totals are as they were."""
    drop_heap(s)
    for k in range(s.state[UNDO_SIZE] - 1, -1, -1):
        row = s.undo[k]
        if row.kind == MOVED:
            relocate(shop, s, row.node, row.machine, row.rank, NONE)
        elif row.kind == JOINED:
            unlink_member(shop, s, row.node, row.other)
        elif row.kind == QUIT:
            link_member(shop, s, row.node, row.other)
        elif row.kind == OPENED:
            close(s, row.node)
        elif row.kind == CLOSED:
            s.state[FREE_SIZE] -= 1
            reopen(s, row.node, row.other, row.machine, row.rank, NONE)
        else:
            exchange_claims(shop, s, row.node, row.other, row.machine)
    drop_heap(s)
    restore_times(shop, s)
    for i in range(len(s.totals)):
        s.totals[i] = before[i]


@inner
def clear(shop: Shop, s: Schedule) -> None:
    """Take everything out of the schedule."""
    drop_heap(s)
    n = len(shop.ops)
    for i in range(len(s.nodes)):
        s.nodes[i].machine = NONE
        s.nodes[i].before = NONE
        s.nodes[i].after = NONE
        s.nodes[i].first_member = NONE
        s.nodes[i].start = 0
        s.nodes[i].end = 0
        s.nodes[i].setup = 0
        s.nodes[i].family = NONE
    for i in range(n):
        s.links[i].node = NONE
        s.links[i].need_end = 0
        s.links[i].material_floor = 0
        s.links[i].moved = 0
    for u in range(len(s.claims)):
        s.claims[u].floor = -1
    for m in range(len(s.chains)):
        s.chains[m].first = NONE
        s.chains[m].last = NONE
    for p in range(len(s.pool_chains)):
        s.pool_chains[p].first = NONE
        s.pool_chains[p].last = NONE
    for k in range(len(s.nodes) - n):
        s.free_nodes[k] = len(s.nodes) - 1 - k
    s.state[FREE_SIZE] = len(s.nodes) - n
    for o in range(len(shop.orders)):
        s.served[o].end = 0
    for i in range(len(s.totals)):
        s.totals[i] = 0


@kernel
def load(shop: Shop, s: Schedule, by_start: Ints, machine: Ints, start: Ints) -> bool:
    """Fill the schedule from a timetable and retime it; false: the sequences cannot be timed.

    ``by_start``: placed operations sorted by start. Batch operations of one machine and start are one batch.
    """
    clear(shop, s)
    begin_change(s)
    rank = RANK_STEP
    for i in range(len(by_start)):
        op = by_start[i]
        m = machine[op]
        rank += RANK_STEP
        if shop.machines[m].is_batch == 0:
            s.links[op].node = op
            place(shop, s, op, m, rank, NONE)
            continue
        b = s.chains[m].last
        s.state[UNDO_SIZE] = 0
        same = b >= 0 and s.nodes[b].start == start[op] and s.nodes[b].key == shop.ops[op].batch_key
        if not (same and s.nodes[b].load + shop.ops[op].load <= shop.machines[m].capacity):
            b = open_batch(shop, s, shop.ops[op].batch_key, m, rank, NONE)
            s.nodes[b].start = start[op]
        link_member(shop, s, op, b)
    serve_in_order(shop, s, by_start)
    for o in range(len(shop.orders)):
        last = shop.orders[o].end - 1
        if s.links[last].node >= 0:
            s.served[o].end = 0
            s.totals[WEIGHTED] += shop.orders[o].weight * max(0, -shop.orders[o].due)
            s.totals[FLOW] -= shop.orders[o].release
    s.state[UNDO_SIZE] = 0
    return spread(shop, s, FAR)
