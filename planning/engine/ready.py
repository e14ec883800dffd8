"""Compiled answers to: from when can an operation start, for its machine, order, material, tool and crew."""

from __future__ import annotations

from planning.engine.compiled import inlined
from planning.engine.schedule import Schedule
from planning.engine.shop import NONE, Shop


@inlined
def changeover(shop: Shop, machine: int, state: int, family: int) -> int:
    """Setup minutes on the machine from one family to another; no matrix, state or family: none."""
    matrix = shop.machines[machine].matrix
    if matrix < 0 or state < 0 or family < 0:
        return 0
    return shop.setup[(matrix * shop.families + state) * shop.families + family]


@inlined
def state_before(shop: Shop, s: Schedule, machine: int, before: int) -> int:
    """Family the machine is set up for after node ``before`` (-1: at the start of the plan)."""
    return s.nodes[before].family if before >= 0 else shop.machines[machine].state


@inlined
def window_of(shop: Shop, machine: int, crew: int) -> int:
    """Window of the machine together with the crew."""
    return shop.window[machine * (len(shop.pool_count) + 1) + crew + 1]


@inlined
def minutes_on(shop: Shop, op: int, machine: int) -> int:
    """Minutes the operation needs on the machine; -1: not validated there."""
    for a in range(shop.ops[op].alt_from, shop.ops[op].alt_to):
        if shop.alternatives[a].machine == machine:
            return shop.alternatives[a].minutes
    return NONE


@inlined
def ready_alone(shop: Shop, s: Schedule, op: int) -> int:
    """Earliest start for release and material, without its predecessor in the order."""
    return max(shop.orders[shop.ops[op].order].release, s.links[op].material_floor)


@inlined
def ready_after_previous(shop: Shop, s: Schedule, op: int) -> int:
    """Earliest start after the predecessor in the order and its minimum gap."""
    if op == shop.orders[shop.ops[op].order].first:
        return 0
    before = s.links[op - 1].node
    if before < 0:
        return 0
    return s.nodes[before].end + shop.ops[op - 1].min_gap


@inlined
def pool_free(shop: Shop, s: Schedule, before: int, pool: int, crew: bool) -> int:
    """When the first piece of a tool (or of a crew) is free after operation ``before`` of its chain."""
    if before < 0:
        return 0
    return s.free[shop.ops[before].crew_free if crew else shop.ops[before].tool_free]


@inlined
def pool_width(shop: Shop, pool: int) -> int:
    """Pieces of the pool; none for -1."""
    return shop.pool_count[pool] if pool >= 0 else 0


@inlined
def earliest_on_machine(shop: Shop, s: Schedule, op: int, machine: int, setup: int, free: int) -> int:
    """Earliest start for machine, tool and crew: setup runs right before, its tool already held, its crew not yet."""
    earliest = free + setup
    tool = shop.ops[op].tool
    if tool >= 0:
        earliest = max(earliest, pool_free(shop, s, s.links[op].tool_before, tool, False) + setup)
    crew = shop.ops[op].crew
    if crew >= 0:
        earliest = max(earliest, pool_free(shop, s, s.links[op].crew_before, crew, True))
    return earliest
