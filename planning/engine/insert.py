"""Compiled insertion: put one order after another into the gaps of a timetable without moving anything.

Times of what is placed are fixed; ranks are start times, so every chain is in time order. Each operation takes the
machine where it ends first. A maximum gap may send its predecessor back to look for a later place. The answer is
feasible by construction, which makes this the baseline "first fit", the zero-impact promise and the last resort for
repairs.
"""

from __future__ import annotations

import numpy as np

from planning.engine.chains import leave_crew, leave_machine, leave_tool
from planning.engine.clock import cycle, start_to_end_at, work
from planning.engine.compiled import inner, kernel
from planning.engine.heap import drop_heap
from planning.engine.ready import changeover, state_before, window_of
from planning.engine.schedule import FREE_SIZE, HEAP_SIZE, UNDO_SIZE, Schedule, Timetable
from planning.engine.sequence import clear, close, link_member, place, reopen, unlink_member
from planning.engine.shop import NEVER, NONE, Ints, Shop

# why an order could not be inserted
DONE, NO_TIME, NO_MATERIAL, FROZEN_AHEAD, GAP_TOO_LONG = range(5)
MAX_RESTARTS = (
    400  # each restart moves a predecessor later; calendars need a handful, more means the gap cannot be kept
)
RANK_PER_MINUTE = 1 << 20  # ranks by start minute, with room to keep batches and frozen work apart


@inner
def rank_at(start: int) -> int:
    """Rank of a node that starts at a minute."""
    return (start + 1_000_000_000) * RANK_PER_MINUTE


@inner
def fix(shop: Shop, s: Schedule, fill: Ints, op: int, machine: int, start: int, end: int) -> None:
    """Place an operation exactly there; on an oven it joins the batch of that start or opens one."""
    if shop.machines[machine].is_batch == 1:
        b = batch_starting(s, machine, start)
        if b < 0:
            s.state[FREE_SIZE] -= 1
            b = s.free_nodes[s.state[FREE_SIZE]]
            reopen(s, b, shop.ops[op].batch_key, machine, rank_at(start), NONE)
            s.nodes[b].start = start
            s.nodes[b].end = end
        link_member(shop, s, op, b)
    else:
        s.links[op].node = op
        place(shop, s, op, machine, rank_at(start), NONE)
        node = s.nodes[op]
        node.start = start
        node.end = end
        state = state_before(shop, s, machine, node.before)
        node.setup = 0 if start < 0 else changeover(shop, machine, state, shop.ops[op].family)
        node.family = shop.ops[op].family if shop.ops[op].family >= 0 and shop.machines[machine].matrix >= 0 else state
        hand_on_family(shop, s, machine, node.after, node.family)
    note_use(shop, s, fill, op, start)
    drop_heap(s)


@inner
def hand_on_family(shop: Shop, s: Schedule, machine: int, node: int, family: int) -> None:
    """The machine is set up for another family before ``node``: nodes without a family pass it on."""
    while node >= 0:
        s.nodes[node].setup = changeover(shop, machine, family, shop.ops[node].family)
        if shop.ops[node].family >= 0:
            return
        s.nodes[node].family = family
        node = s.nodes[node].after


@inner
def batch_starting(s: Schedule, machine: int, start: int) -> int:
    """Return the machine's batch that starts then, -1 if none."""
    b = s.chains[machine].last
    while b >= 0 and s.nodes[b].start > start:
        b = s.nodes[b].before
    return b if b >= 0 and s.nodes[b].start == start else NONE


@inner
def unfix(shop: Shop, s: Schedule, fill: Ints, op: int) -> None:
    """Take a placed operation out again; what stands after it keeps its time."""
    node = s.links[op].node
    drop_use(shop, s, fill, op)
    if node >= len(shop.ops):
        unlink_member(shop, s, op, node)
        if s.nodes[node].first_member < 0:
            close(s, node)
    else:
        machine = s.nodes[op].machine
        before = s.nodes[op].before
        after = s.nodes[op].after
        leave_machine(s, op)
        if shop.ops[op].tool >= 0:
            leave_tool(shop, s, op)
        if shop.ops[op].crew >= 0:
            leave_crew(shop, s, op)
        s.links[op].node = NONE
        hand_on_family(shop, s, machine, after, state_before(shop, s, machine, before))
    drop_heap(s)


@inner
def note_use(shop: Shop, s: Schedule, fill: Ints, op: int, start: int) -> None:
    """Enter an operation's consumptions into their materials' ledgers, kept in time order."""
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        material = shop.uses[u].material
        k = s.claim_ptr[material] + fill[material]
        s.claims[u].floor = start
        while k > s.claim_ptr[material] and s.claims[s.claim_order[k - 1]].floor > start:
            s.claim_order[k] = s.claim_order[k - 1]
            k -= 1
        s.claim_order[k] = u
        fill[material] += 1


@inner
def drop_use(shop: Shop, s: Schedule, fill: Ints, op: int) -> None:
    """Take an operation's consumptions out of their materials' ledgers."""
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        material = shop.uses[u].material
        k = s.claim_ptr[material]
        while s.claim_order[k] != u:
            k += 1
        fill[material] -= 1
        while k < s.claim_ptr[material] + fill[material]:
            s.claim_order[k] = s.claim_order[k + 1]
            k += 1


@inner
def stocked_from(shop: Shop, s: Schedule, fill: Ints, op: int) -> int:
    """From when the operation's materials are there without taking them from what is placed."""
    answer = -NEVER
    for u in range(shop.ops[op].use_from, shop.ops[op].use_to):
        material = shop.uses[u].material
        quantity = 0
        for v in range(shop.ops[op].use_from, shop.ops[op].use_to):
            if shop.uses[v].material == material:
                quantity += shop.uses[v].quantity
        answer = max(answer, balance_from(shop, s, fill[material], material, quantity))
    return answer


@inner
def balance_from(shop: Shop, s: Schedule, placed: int, material: int, quantity: int) -> int:
    """From when on, and for ever after, the balance of a material is at least ``quantity``."""
    step = shop.stock_ptr[material]
    last_step = shop.stock_ptr[material + 1]
    k = s.claim_ptr[material]
    last = k + placed
    total = 0
    taken = 0
    answer = NEVER
    while step < last_step or k < last:
        now = NEVER
        if step < last_step:
            now = shop.stock[step].minute
        if k < last:
            now = min(now, s.claims[s.claim_order[k]].floor)
        while step < last_step and shop.stock[step].minute == now:
            total = shop.stock[step].total
            step += 1
        while k < last and s.claims[s.claim_order[k]].floor == now:
            taken += shop.uses[s.claim_order[k]].quantity
            k += 1
        if total - taken < quantity:
            answer = NEVER
        elif answer == NEVER:
            answer = now
    return answer


@inner
def pool_clear_from(shop: Shop, s: Schedule, pool: int, begin: int, end: int, crew: bool) -> int:
    """Return ``begin`` if a piece is free throughout, else when the next try makes sense."""
    overlapping = 0
    soonest = NEVER
    op = s.pool_chains[pool].last
    while op >= 0:
        node = s.nodes[op]
        taken = node.start if crew else node.start - node.setup
        if taken < end and node.end > begin:
            overlapping += 1
            soonest = min(soonest, node.end)
        op = s.links[op].crew_before if crew else s.links[op].tool_before
    return begin if overlapping < shop.pool_count[pool] else soonest


@inner
def next_accepts(shop: Shop, s: Schedule, machine: int, family: int, end: int, after: int) -> bool:
    """Tell whether the node after the gap keeps its time with the setup that would now precede it."""
    if after < 0:
        return True
    if end > s.nodes[after].start:
        return False
    while shop.ops[after].family < 0:  # what has no family passes the state on to the first that has one
        end = s.nodes[after].end
        after = s.nodes[after].after
        if after < 0:
            return True
    setup = changeover(shop, machine, family, shop.ops[after].family)
    following = s.nodes[after]
    if end + setup > following.start:
        return False
    tool = shop.ops[after].tool
    if tool < 0 or setup <= following.setup:
        return True
    begin = following.start - setup
    return pool_clear_from(shop, s, tool, begin, following.start - following.setup, False) == begin


@inner
def slot(shop: Shop, s: Schedule, op: int, machine: int, minutes: int, ready: int) -> tuple[int, int]:
    """Return start and end of the operation in the machine's first gap that takes it from ``ready`` on."""
    me = shop.ops[op]
    window = window_of(shop, machine, me.crew)
    before = s.chains[machine].last
    while before >= 0 and s.nodes[before].start > ready:
        before = s.nodes[before].before
    while True:
        state = state_before(shop, s, machine, before)
        setup = changeover(shop, machine, state, me.family)
        family = me.family if me.family >= 0 and shop.machines[machine].matrix >= 0 else state
        free = max(0, s.nodes[before].end) if before >= 0 else 0
        after = s.nodes[before].after if before >= 0 else s.chains[machine].first
        earliest = max(ready, free + setup)
        while True:
            start, end = work(shop, window, earliest, minutes)
            if start >= NEVER:
                return NEVER, NEVER
            if after >= 0 and end > s.nodes[after].start:
                break
            again = 0
            if me.tool >= 0:
                clear_at = pool_clear_from(shop, s, me.tool, start - setup, end, False)
                if clear_at != start - setup:
                    again = clear_at + setup
            if me.crew >= 0:
                clear_at = pool_clear_from(shop, s, me.crew, start, end, True)
                if clear_at != start:
                    again = max(again, clear_at)
            if again == 0:
                if next_accepts(shop, s, machine, family, end, after):
                    return start, end
                break
            earliest = max(again, start + 1)
        before = after


@inner
def oven_slot(shop: Shop, s: Schedule, op: int, machine: int, ready: int) -> int:
    """Return the earliest start on an oven: in a batch of the same key with room, or in a gap as a new batch."""
    me = shop.ops[op]
    minutes = shop.machines[machine].cycle
    window = window_of(shop, machine, NONE)
    after = s.chains[machine].last
    while after >= 0 and s.nodes[after].start >= ready:
        after = s.nodes[after].before
    before = after
    after = s.nodes[before].after if before >= 0 else s.chains[machine].first
    while True:
        free = max(0, s.nodes[before].end) if before >= 0 else 0
        start = cycle(shop, window, max(ready, free), minutes)
        if after < 0:
            return start
        if start + minutes <= s.nodes[after].start:
            return start
        b = s.nodes[after]
        if b.key == me.batch_key and b.start >= ready and b.load + me.load <= shop.machines[machine].capacity:
            return b.start
        before = after
        after = s.nodes[before].after


@inner
def best_slot(shop: Shop, s: Schedule, op: int, ready: int, need_end: int) -> tuple[int, int, int]:
    """Return machine, start and end where the operation ends first; machine -1: nowhere."""
    best = NONE
    best_start = NEVER
    best_end = NEVER
    for a in range(shop.ops[op].alt_from, shop.ops[op].alt_to):
        m = shop.alternatives[a].machine
        minutes = shop.alternatives[a].minutes
        if shop.machines[m].is_batch == 1:
            start = oven_slot(shop, s, op, m, max(ready, need_end - minutes))
            end = start + minutes
        else:
            earliest = ready
            if need_end > 0:
                earliest = max(ready, start_to_end_at(shop, window_of(shop, m, shop.ops[op].crew), need_end, minutes))
            start, end = slot(shop, s, op, m, minutes, earliest)
        if start < NEVER and end < best_end:
            best = m
            best_start = start
            best_end = end
    return best, best_start, best_end


@kernel
def insert_order(shop: Shop, s: Schedule, fill: Ints, order: int, not_before: int) -> tuple[int, int]:
    """Insert all operations of an order; return why it failed (``DONE``: it did not) and the operation at fault.

    On failure the schedule is as before.
    """
    first = shop.orders[order].first
    last = shop.orders[order].end
    need = np.zeros(last - first, np.int64)
    restarts = 0
    op = first
    while op < last:
        ready = max(shop.orders[order].release, not_before)
        if op > first:  # what ended before the plan began makes nobody start there
            ready = max(ready, s.nodes[s.links[op - 1].node].end + shop.ops[op - 1].min_gap)
        if shop.ops[op].frozen_machine >= 0:
            start = shop.ops[op].frozen_start
            if op > first and s.nodes[s.links[op - 1].node].end + shop.ops[op - 1].min_gap > start:
                return retreat(shop, s, fill, first, op, FROZEN_AHEAD)
        else:
            stocked = stocked_from(shop, s, fill, op)
            if stocked >= NEVER:
                return retreat(shop, s, fill, first, op, NO_MATERIAL)
            machine, start, end = best_slot(shop, s, op, max(ready, stocked), need[op - first])
            if machine < 0:
                return retreat(shop, s, fill, first, op, NO_TIME)
        if op > first and shop.ops[op - 1].max_gap >= 0:
            latest = s.nodes[s.links[op - 1].node].end + shop.ops[op - 1].max_gap
            if start > latest:
                restarts += 1
                if shop.ops[op - 1].frozen_machine >= 0 or restarts > MAX_RESTARTS:
                    return retreat(shop, s, fill, first, op, GAP_TOO_LONG)
                need[op - 1 - first] = start - shop.ops[op - 1].max_gap
                op -= 1
                unfix(shop, s, fill, op)
                continue
        if shop.ops[op].frozen_machine < 0:
            fix(shop, s, fill, op, machine, start, end)
        op += 1
    return DONE, NONE


@inner
def retreat(shop: Shop, s: Schedule, fill: Ints, first: int, op: int, why: int) -> tuple[int, int]:
    """Take out what was placed of an order that cannot be inserted."""
    for placed in range(first, op):
        if shop.ops[placed].frozen_machine < 0:
            unfix(shop, s, fill, placed)
    return why, op


@inner
def remove_order(shop: Shop, s: Schedule, fill: Ints, order: int) -> None:
    """Take an order's placed operations out, frozen ones too."""
    for op in range(shop.orders[order].first, shop.orders[order].end):
        if s.links[op].node >= 0:
            unfix(shop, s, fill, op)


@inner
def fix_timetable(shop: Shop, s: Schedule, fill: Ints, sequence: Ints, t: Timetable) -> None:
    """Fill the schedule with a timetable exactly as it stands."""
    clear(shop, s)
    s.state[UNDO_SIZE] = 0
    s.state[HEAP_SIZE] = 0
    for i in range(len(fill)):
        fill[i] = 0
    for op in sequence:
        fix(shop, s, fill, op, t.machine[op], t.start[op], t.end[op])


@kernel
def insert_orders(shop: Shop, s: Schedule, fill: Ints, orders: Ints, why: Ints, where: Ints) -> int:
    """Insert orders in the given sequence; ``why`` and ``where`` tell per order what failed; return how many did."""
    failed = 0
    for o in orders:
        why[o], where[o] = insert_order(shop, s, fill, o, 0)
        failed += why[o] != DONE
    return failed


@inner
def first_conflict(shop: Shop, s: Schedule) -> int:
    """Return a node whose setup no longer fits where it stands, -1 if there is none.

    Taking an operation out can lengthen the setup of the next one, when the direct changeover takes longer than the
    detour.
    """
    for m in range(len(s.chains)):
        node = s.chains[m].first
        while node >= 0:
            me = s.nodes[node]
            free = s.nodes[me.before].end if me.before >= 0 else 0
            if node < len(shop.ops) and me.start >= 0:
                if me.start - me.setup < max(free, 0):
                    return node
                tool = shop.ops[node].tool
                single = tool >= 0 and shop.pool_count[tool] == 1 and s.links[node].tool_before >= 0
                if single and s.nodes[s.links[node].tool_before].end > me.start - me.setup:
                    return node
            node = me.after
    return NONE
