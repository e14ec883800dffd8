"""A schedule under search, as arrays: sequences are what is decided, times follow from them.

A *node* is an operation on a machine, or a batch with its member operations (nodes n, n+1, ...). Every node has a
*rank*; each machine, tool and crew serves its nodes in rank order, and every precedence goes from lower to higher
rank, so a sequence is never cyclic and a change spreads only towards higher ranks. Times are the earliest the
sequences allow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planning.engine.shop import NEVER, NONE, Ints, Records, Shop, record

RANK_STEP = 1 << 32  # room between neighbours for 32 halvings before ranks are spread anew

NODE = record("start end setup family machine rank before after stamp queued first_member load key natural")
LINK = record(  # per operation
    "node next_member tool_before tool_after crew_before crew_after material_floor need_end need_stamp "
    "home_machine home_start moved"
)
ENDS = record("first last")
CLAIM = record("place floor")  # per consumption: its place in the material's sequence and when its turn is covered
SAVED = record("node start end setup family natural pools_at")
SAVED_NEED = record("operation need_end")
SERVED = record("end stamp")  # per order: the end its costs are counted with
SAVED_SERVED = record("order end")
UNDO = record("kind node other machine rank")
UNDO_ROOM = 64  # steps of one change; a composite move makes fewer than ten

# places in ``totals``
WEIGHTED, SETUP, FLOW, BROKEN, MOVED_OPS = range(5)
MOVED_MINUTES = (
    240  # an operation counts as moved when its start shifts by more than four hours, or its machine changes
)
# places in ``state``
HEAP_SIZE, SAVED_SIZE, SAVED_POOLS, NEED_SIZE, STAMP, POPS, FREE_SIZE, POP_LIMIT, SERVED_SIZE, UNDO_SIZE, BROKEN_AT = (
    range(11)
)


class Schedule(NamedTuple):
    """Everything the retiming kernels change; one worker owns one."""

    nodes: Records
    links: Records
    chains: Records  # per machine: first and last node
    pool_chains: Records  # per tool or crew: first and last operation
    free: Ints  # per operation: sorted free times of its tool's and its crew's pieces after it
    claims: Records
    claim_order: Ints  # per material: consumptions in the order they are served
    claim_ptr: Ints
    totals: Ints
    state: Ints
    heap: Ints
    saved: Records
    saved_free: Ints
    saved_need: Records
    served: Records
    saved_served: Records
    undo: Records
    free_nodes: Ints  # batch nodes not in use


def empty_schedule(shop: Shop) -> Schedule:
    """Return a schedule in which nothing is placed yet."""
    n = len(shop.ops)
    batch_ops = int((shop.ops["batch_key"] >= 0).sum())
    size = n + batch_ops
    width = int((shop.ops["crew_free"][-1] + _crew_count(shop, n - 1)) if n else 0)
    nodes = np.zeros(size, dtype=NODE)
    for name in ("machine", "before", "after", "first_member", "family"):
        nodes[name] = NONE
    links = np.zeros(n, dtype=LINK)
    for name in ("next_member", "tool_before", "tool_after", "crew_before", "crew_after"):
        links[name] = NONE
    links["node"] = NONE
    links["home_machine"] = NONE
    state = np.zeros(11, dtype=np.int64)
    state[FREE_SIZE] = batch_ops
    state[POP_LIMIT] = 20 * size + 1000  # a change that spreads further than this chases its own tail
    order, ptr = _claims_by_material(shop)
    return Schedule(
        nodes=nodes,
        links=links,
        chains=np.full(len(shop.machines), NONE, dtype=np.int64).repeat(2).view(ENDS),
        pool_chains=np.full(len(shop.pool_count), NONE, dtype=np.int64).repeat(2).view(ENDS),
        free=np.zeros(max(1, width), dtype=np.int64),
        claims=np.zeros(len(shop.uses), dtype=CLAIM),
        claim_order=order,
        claim_ptr=ptr,
        totals=np.zeros(5, dtype=np.int64),
        state=state,
        heap=np.zeros(size + 1, dtype=np.int64),
        saved=np.zeros(size + 1, dtype=SAVED),
        saved_free=np.zeros(max(1, width), dtype=np.int64),
        saved_need=np.zeros(n + 1, dtype=SAVED_NEED),
        served=np.zeros(len(shop.orders), dtype=SERVED),
        saved_served=np.zeros(len(shop.orders) + 1, dtype=SAVED_SERVED),
        undo=np.zeros(UNDO_ROOM, dtype=UNDO),
        free_nodes=np.arange(size - 1, n - 1, -1, dtype=np.int64),
    )


def _crew_count(shop: Shop, op: int) -> int:
    crew = int(shop.ops["crew"][op])
    return int(shop.pool_count[crew]) if crew >= 0 else 0


def _claims_by_material(shop: Shop) -> tuple[Ints, Ints]:
    materials = len(shop.stock_ptr) - 1
    order = np.argsort(shop.uses["material"], kind="stable").astype(np.int64)
    counts = np.bincount(shop.uses["material"], minlength=materials) if materials else np.zeros(0, dtype=np.int64)
    return order, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]).astype(np.int64)


class Timetable(NamedTuple):
    """Machine, start and end per operation: a schedule without its sequences. Machine -1: not placed."""

    machine: Ints
    start: Ints
    end: Ints


def empty_timetable(shop: Shop) -> Timetable:
    """Return a timetable with nothing placed."""
    n = len(shop.ops)
    return Timetable(
        np.full(n, NONE, dtype=np.int64), np.full(n, NEVER, dtype=np.int64), np.full(n, NEVER, dtype=np.int64)
    )


def by_start(shop: Shop, t: Timetable) -> Ints:
    """Return the placed operations sorted by start, then by number, so that orders stay in sequence."""
    placed = np.flatnonzero(t.machine >= 0)
    return placed[np.lexsort((placed, t.start[placed]))].astype(np.int64)


def timetable(shop: Shop, schedule: Schedule) -> Timetable:
    """Read the times off a schedule; operations that are not placed keep machine -1."""
    out = empty_timetable(shop)
    node = schedule.links["node"]
    placed = node >= 0
    for name, target in (("machine", out.machine), ("start", out.start), ("end", out.end)):
        target[placed] = schedule.nodes[name][node[placed]]
    return out
