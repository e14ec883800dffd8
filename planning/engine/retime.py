"""Compiled retiming: after a change of sequence, work out exactly what else moves, and be able to take it back.

``spread`` takes nodes off the heap in rank order, works out each node's earliest times from what stands before it, and
puts what stands after it on the heap when something changed. Old values are saved once per change, so ``take_back``
restores the schedule exactly. ``totals`` always holds the objective of the current times.
"""

from __future__ import annotations

from planning.engine.clock import cycle, start_to_end_at, work
from planning.engine.compiled import inlined, inner
from planning.engine.heap import drop_heap, pop, touch
from planning.engine.ready import (
    changeover,
    earliest_on_machine,
    minutes_on,
    pool_width,
    ready_after_previous,
    ready_alone,
    state_before,
    window_of,
)
from planning.engine.schedule import (
    BROKEN,
    BROKEN_AT,
    FLOW,
    HEAP_SIZE,
    MOVED_MINUTES,
    MOVED_OPS,
    NEED_SIZE,
    POP_LIMIT,
    POPS,
    SAVED_POOLS,
    SAVED_SIZE,
    SERVED_SIZE,
    SETUP,
    STAMP,
    WEIGHTED,
    Schedule,
)
from planning.engine.shop import NEVER, NONE, Shop

GAP_TRIES = 64  # openings looked at to keep one maximum gap; each try goes to a later opening


@inlined
def save(shop: Shop, s: Schedule, node: int) -> None:
    """Remember a node's times, once per change."""
    if s.nodes[node].stamp == s.state[STAMP]:
        return
    s.nodes[node].stamp = s.state[STAMP]
    k = s.state[SAVED_SIZE]
    s.state[SAVED_SIZE] = k + 1
    s.saved[k].node = node
    s.saved[k].start = s.nodes[node].start
    s.saved[k].end = s.nodes[node].end
    s.saved[k].setup = s.nodes[node].setup
    s.saved[k].family = s.nodes[node].family
    s.saved[k].natural = s.nodes[node].natural
    s.saved[k].pools_at = s.state[SAVED_POOLS]
    if node < len(shop.ops):
        op = shop.ops[node]
        width = pool_width(shop, op.tool) + pool_width(shop, op.crew)
        at = s.state[SAVED_POOLS]
        for i in range(width):
            s.saved_free[at + i] = s.free[op.tool_free + i]
        s.state[SAVED_POOLS] = at + width


@inlined
def hand_on_pool(shop: Shop, s: Schedule, op: int, before: int, pool: int, end: int, crew: bool) -> bool:
    """Write the pieces' free times after ``op``, holding the first free piece until ``end``; tell if they changed."""
    mine = shop.ops[op].crew_free if crew else shop.ops[op].tool_free
    width = shop.pool_count[pool]
    changed = False
    theirs = 0
    if before >= 0:
        theirs = shop.ops[before].crew_free if crew else shop.ops[before].tool_free
    placed = False
    for i in range(width):
        following = NEVER + 1
        if i + 1 < width:
            following = s.free[theirs + i + 1] if before >= 0 else 0
        if placed:
            value = s.free[theirs + i] if before >= 0 else 0
        elif end <= following:
            value = end
            placed = True
        else:
            value = following
        if s.free[mine + i] != value:
            s.free[mine + i] = value
            changed = True
    return changed


@inner
def needed_end(shop: Shop, s: Schedule, op: int, machine: int, earliest: int) -> int:
    """When the predecessor must end at the earliest so that ``op`` starts within its maximum gap; 0: when it likes.

    ``earliest``: when ``op`` could start if the predecessor were no constraint. The answer depends on when the
    predecessor would end by itself (``natural``), not on when it ends now: otherwise asking and answering would chase
    each other.
    """
    previous = s.links[op - 1].node
    gap = shop.ops[op - 1].max_gap
    natural = s.nodes[previous].natural
    window = window_of(shop, machine, shop.ops[op].crew)
    minutes = minutes_on(shop, op, machine)
    end = natural
    for _ in range(GAP_TRIES):
        ready = max(earliest, end + shop.ops[op - 1].min_gap)
        if shop.machines[machine].is_batch == 1:
            start = cycle(shop, window, ready, minutes)
        else:
            start, _end = work(shop, window, ready, minutes)
        if start >= NEVER:
            return 0
        if start - end <= gap:
            return max(end, 1) if end > natural else 0  # 0 says "when it likes", also of what ended long ago
        end = end_from(shop, s, op - 1, s.nodes[previous].machine, start - gap)
        if end >= NEVER:
            break
    s.totals[BROKEN] += 1
    return 0


@inner
def end_from(shop: Shop, s: Schedule, op: int, machine: int, earliest_end: int) -> int:
    """First minute from ``earliest_end`` on at which the operation can end on its machine's calendar."""
    window = window_of(shop, machine, shop.ops[op].crew)
    minutes = minutes_on(shop, op, machine)
    if shop.machines[machine].is_batch == 1:
        return cycle(shop, window, earliest_end - minutes, minutes) + minutes
    _start, end = work(shop, window, start_to_end_at(shop, window, earliest_end, minutes), minutes)
    return end


@inner
def ask_previous_to_wait(shop: Shop, s: Schedule, op: int, need: int) -> None:
    """Tell the predecessor how late it must end at the earliest because of the maximum gap after it."""
    if need == s.links[op - 1].need_end:
        return
    previous = s.links[op - 1]
    if previous.need_stamp != s.state[STAMP]:
        previous.need_stamp = s.state[STAMP]
        k = s.state[NEED_SIZE]
        s.state[NEED_SIZE] = k + 1
        s.saved_need[k].operation = op - 1
        s.saved_need[k].need_end = previous.need_end
    previous.need_end = need
    touch(s, previous.node)


@inlined
def follows_max_gap(shop: Shop, s: Schedule, op: int) -> bool:
    """Tell whether a maximum gap runs from the operation's predecessor to it."""
    if op == shop.orders[shop.ops[op].order].first:
        return False
    return shop.ops[op - 1].max_gap >= 0 and s.links[op - 1].node >= 0


@inlined
def retime_operation(shop: Shop, s: Schedule, op: int) -> None:
    """Work out an operation's times on its machine and put on the heap whatever that moves."""
    node = s.nodes[op]
    machine = node.machine
    before = node.before
    state = state_before(shop, s, machine, before)
    me = shop.ops[op]
    setup = changeover(shop, machine, state, me.family)
    family = me.family if (me.family >= 0 and shop.machines[machine].matrix >= 0) else state
    free = s.nodes[before].end if before >= 0 else 0
    if me.frozen_machine >= 0:
        if me.frozen_start < 0:
            setup = 0
        start = me.frozen_start
        end = me.frozen_end
        need = max(earliest_on_machine(shop, s, op, machine, setup, free), ready_after_previous(shop, s, op))
        # What began before the plan stays: others' frozen work is judged beforehand, and what moves ends after 0.
        if need > max(start, 0) or s.links[op].need_end > max(end, 0) or s.links[op].material_floor > max(start, 0):
            s.totals[BROKEN] += 1
        natural = end
        if follows_max_gap(shop, s, op):
            ask_previous_to_wait(shop, s, op, max(0, start - shop.ops[op - 1].max_gap))
    else:
        window = window_of(shop, machine, me.crew)
        minutes = minutes_on(shop, op, machine)
        free = max(free, 0)  # a setup is still to be done, however long the machine has stood
        earliest = max(earliest_on_machine(shop, s, op, machine, setup, free), ready_alone(shop, s, op))
        ready = ready_after_previous(shop, s, op)
        natural = 0
        if s.links[op].need_end > 0:
            _start, natural = work(shop, window, max(earliest, ready), minutes)
            earliest = max(earliest, start_to_end_at(shop, window, s.links[op].need_end, minutes))
        if follows_max_gap(shop, s, op):
            ask_previous_to_wait(shop, s, op, needed_end(shop, s, op, machine, earliest))
        start, end = work(shop, window, max(earliest, ready), minutes)
        if natural == 0:
            natural = end
    apply_times(shop, s, op, start, end, setup, family, natural)


@inlined
def apply_times(shop: Shop, s: Schedule, op: int, start: int, end: int, setup: int, family: int, natural: int) -> None:
    """Store an operation's new times, keep the totals, and touch its successors where something changed."""
    node = s.nodes[op]
    me = shop.ops[op]
    save(shop, s, op)
    s.totals[SETUP] += setup - node.setup
    handed_on = node.end != end or node.family != family
    ended = node.end != end or (me.max_gap >= 0 and node.natural != natural)
    node.start = start
    node.end = end
    node.natural = natural
    node.setup = setup
    node.family = family
    if handed_on and node.after >= 0:
        touch(s, node.after)
    if me.tool >= 0:
        link = s.links[op]
        if hand_on_pool(shop, s, op, link.tool_before, me.tool, end, False) and link.tool_after >= 0:
            touch(s, link.tool_after)
    if me.crew >= 0:
        link = s.links[op]
        if hand_on_pool(shop, s, op, link.crew_before, me.crew, end, True) and link.crew_after >= 0:
            touch(s, link.crew_after)
    count_moved(s, op)
    if ended:
        tell_order(shop, s, op)


@inlined
def count_moved(s: Schedule, op: int) -> None:
    """Keep the number of operations away from home: moved by hours or to another machine. No home: never counted."""
    link = s.links[op]
    if link.home_machine < 0:
        return
    node = s.nodes[link.node]
    moved = 1 if node.machine != link.home_machine or abs(node.start - link.home_start) > MOVED_MINUTES else 0
    s.totals[MOVED_OPS] += moved - link.moved
    link.moved = moved


@inlined
def tell_order(shop: Shop, s: Schedule, op: int) -> None:
    """An operation's end changed: its order's next operation must look again."""
    if op + 1 < shop.orders[shop.ops[op].order].end:
        following = s.links[op + 1].node
        if following >= 0:
            touch(s, following)


@inlined
def order_cost(shop: Shop, order: int, end: int) -> int:
    """Weighted tardiness of an order that ends at ``end``."""
    return shop.orders[order].weight * max(0, end - shop.orders[order].due)


@inlined
def count_end(shop: Shop, s: Schedule, op: int) -> None:
    """Keep the totals when the end of an order's last operation changed, or its node."""
    order = shop.ops[op].order
    if op + 1 != shop.orders[order].end:
        return
    served = s.served[order]
    end = s.nodes[s.links[op].node].end
    if served.stamp != s.state[STAMP]:
        served.stamp = s.state[STAMP]
        k = s.state[SERVED_SIZE]
        s.state[SERVED_SIZE] = k + 1
        s.saved_served[k].order = order
        s.saved_served[k].end = served.end
    s.totals[WEIGHTED] += order_cost(shop, order, end) - order_cost(shop, order, served.end)
    s.totals[FLOW] += end - served.end
    served.end = end


@inlined
def retime_batch(shop: Shop, s: Schedule, b: int) -> None:
    """Work out a batch's times: it starts when its last member is ready and the oven is free."""
    node = s.nodes[b]
    alone = s.nodes[node.before].end if node.before >= 0 else 0
    minutes = shop.machines[node.machine].cycle
    last_ready = 0
    second_ready = 0
    last_member = NONE
    needed = 0
    frozen = NONE
    op = node.first_member
    while op >= 0:
        ready = ready_after_previous(shop, s, op)
        if ready > last_ready:
            second_ready = last_ready
            last_ready = ready
            last_member = op
        elif ready > second_ready:
            second_ready = ready
        alone = max(alone, ready_alone(shop, s, op))
        needed = max(needed, s.links[op].need_end - minutes)
        if shop.ops[op].frozen_machine >= 0:
            frozen = op
        op = s.links[op].next_member
    window = window_of(shop, node.machine, NONE)
    if frozen >= 0:
        start = shop.ops[frozen].frozen_start
        end = shop.ops[frozen].frozen_end
        natural = end
        if max(alone, last_ready, needed) > max(start, 0):
            s.totals[BROKEN] += 1
        alone = start
    else:
        natural = cycle(shop, window, max(alone, last_ready), minutes) + minutes
        alone = max(alone, needed)
        start = cycle(shop, window, max(alone, last_ready), minutes)
        end = NEVER if start >= NEVER else start + minutes
    ask_members_to_wait(shop, s, b, alone, last_ready, second_ready, last_member)
    finish_batch(shop, s, b, start, end, natural)


@inlined
def ask_members_to_wait(
    shop: Shop, s: Schedule, b: int, alone: int, last_ready: int, second_ready: int, last_member: int
) -> None:
    """For one member the oven and the other members are what its predecessor may have to wait for."""
    machine = s.nodes[b].machine
    op = s.nodes[b].first_member
    while op >= 0:
        if follows_max_gap(shop, s, op):
            others = second_ready if op == last_member else last_ready
            ask_previous_to_wait(shop, s, op, needed_end(shop, s, op, machine, max(alone, others)))
        op = s.links[op].next_member


@inlined
def finish_batch(shop: Shop, s: Schedule, b: int, start: int, end: int, natural: int) -> None:
    """Store a batch's new times and touch what follows."""
    node = s.nodes[b]
    save(shop, s, b)
    ended = node.end != end or node.natural != natural
    node.start = start
    node.end = end
    node.natural = natural
    op = node.first_member
    while op >= 0:
        count_moved(s, op)
        op = s.links[op].next_member
    if not ended:
        return
    if node.after >= 0:
        touch(s, node.after)
    op = node.first_member
    while op >= 0:
        tell_order(shop, s, op)
        op = s.links[op].next_member


@inner
def begin_change(s: Schedule) -> None:
    """Start a change that ``take_back`` can undo."""
    s.state[STAMP] += 1
    s.state[SAVED_SIZE] = 0
    s.state[SAVED_POOLS] = 0
    s.state[NEED_SIZE] = 0
    s.state[SERVED_SIZE] = 0
    s.totals[BROKEN] = 0


@inner
def spread(shop: Shop, s: Schedule, give_up_at: int) -> bool:
    """Retime everything on the heap and all that follows; false: given up, the change must be taken back.

    ``give_up_at``: weighted tardiness beyond which the change is of no interest. The total may still fall again while
    later nodes are looked at, so the caller leaves a margin.
    """
    s.state[POPS] = 0
    n = len(shop.ops)
    while s.state[HEAP_SIZE] > 0:
        node = pop(s)
        s.state[POPS] += 1
        if s.state[POPS] > s.state[POP_LIMIT]:
            s.totals[BROKEN] += 1
        old = s.nodes[node].end
        if node < n:
            retime_operation(shop, s, node)
            if s.nodes[node].end != old:
                count_end(shop, s, node)
        else:
            retime_batch(shop, s, node)
            if s.nodes[node].end != old:
                op = s.nodes[node].first_member
                while op >= 0:
                    count_end(shop, s, op)
                    op = s.links[op].next_member
        if s.totals[BROKEN] > 0:
            s.state[BROKEN_AT] = node
        if s.totals[BROKEN] > 0 or s.totals[WEIGHTED] > give_up_at:
            drop_heap(s)
            return False
    return True


@inner
def restore_times(shop: Shop, s: Schedule) -> None:
    """Put back every time changed since ``begin_change``; sequences and totals are the caller's to restore."""
    for k in range(s.state[SAVED_SIZE]):
        row = s.saved[k]
        node = s.nodes[row.node]
        node.start = row.start
        node.end = row.end
        node.setup = row.setup
        node.family = row.family
        node.natural = row.natural
        if row.node < len(shop.ops):
            op = shop.ops[row.node]
            width = pool_width(shop, op.tool) + pool_width(shop, op.crew)
            for i in range(width):
                s.free[op.tool_free + i] = s.saved_free[row.pools_at + i]
            count_moved(s, row.node)
        else:
            member = node.first_member
            while member >= 0:
                count_moved(s, member)
                member = s.links[member].next_member
    for k in range(s.state[NEED_SIZE]):
        s.links[s.saved_need[k].operation].need_end = s.saved_need[k].need_end
    for k in range(s.state[SERVED_SIZE]):
        s.served[s.saved_served[k].order].end = s.saved_served[k].end
