"""Compiled chains: every machine, tool and crew serves its nodes in rank order; a node enters and leaves."""

from __future__ import annotations

from planning.engine.compiled import inner
from planning.engine.heap import touch
from planning.engine.schedule import Schedule
from planning.engine.shop import NONE, Shop


@inner
def enter_machine(s: Schedule, node: int, machine: int, rank: int, hint: int) -> None:
    """Put a node into a machine's chain at its rank; ``hint``: a node of the chain near by, or -1."""
    me = s.nodes[node]
    me.machine = machine
    me.rank = rank
    before = hint if hint >= 0 else s.chains[machine].last
    while before >= 0 and s.nodes[before].rank > rank:
        before = s.nodes[before].before
    after = s.nodes[before].after if before >= 0 else s.chains[machine].first
    while after >= 0 and s.nodes[after].rank < rank:
        before = after
        after = s.nodes[after].after
    me.before = before
    me.after = after
    if before >= 0:
        s.nodes[before].after = node
    else:
        s.chains[machine].first = node
    if after >= 0:
        s.nodes[after].before = node
        touch(s, after)
    else:
        s.chains[machine].last = node


@inner
def leave_machine(s: Schedule, node: int) -> None:
    """Take a node out of its machine's chain."""
    me = s.nodes[node]
    if me.before >= 0:
        s.nodes[me.before].after = me.after
    else:
        s.chains[me.machine].first = me.after
    if me.after >= 0:
        s.nodes[me.after].before = me.before
        touch(s, me.after)
    else:
        s.chains[me.machine].last = me.before
    me.machine = NONE


@inner
def enter_tool(shop: Shop, s: Schedule, op: int) -> None:
    """Put an operation into its tool's chain at its rank."""
    pool = shop.ops[op].tool
    rank = s.nodes[op].rank
    before = s.pool_chains[pool].last
    while before >= 0 and s.nodes[before].rank > rank:
        before = s.links[before].tool_before
    after = s.links[before].tool_after if before >= 0 else s.pool_chains[pool].first
    s.links[op].tool_before = before
    s.links[op].tool_after = after
    if before >= 0:
        s.links[before].tool_after = op
    else:
        s.pool_chains[pool].first = op
    if after >= 0:
        s.links[after].tool_before = op
        touch(s, after)
    else:
        s.pool_chains[pool].last = op


@inner
def leave_tool(shop: Shop, s: Schedule, op: int) -> None:
    """Take an operation out of its tool's chain."""
    pool = shop.ops[op].tool
    before = s.links[op].tool_before
    after = s.links[op].tool_after
    if before >= 0:
        s.links[before].tool_after = after
    else:
        s.pool_chains[pool].first = after
    if after >= 0:
        s.links[after].tool_before = before
        touch(s, after)
    else:
        s.pool_chains[pool].last = before


@inner
def enter_crew(shop: Shop, s: Schedule, op: int, hint: int) -> None:
    """Put an operation into its crew's chain at its rank; ``hint``: an operation of the chain near by, or -1."""
    pool = shop.ops[op].crew
    rank = s.nodes[op].rank
    before = hint if hint >= 0 else s.pool_chains[pool].last
    while before >= 0 and s.nodes[before].rank > rank:
        before = s.links[before].crew_before
    after = s.links[before].crew_after if before >= 0 else s.pool_chains[pool].first
    while after >= 0 and s.nodes[after].rank < rank:
        before = after
        after = s.links[after].crew_after
    s.links[op].crew_before = before
    s.links[op].crew_after = after
    if before >= 0:
        s.links[before].crew_after = op
    else:
        s.pool_chains[pool].first = op
    if after >= 0:
        s.links[after].crew_before = op
        touch(s, after)
    else:
        s.pool_chains[pool].last = op


@inner
def leave_crew(shop: Shop, s: Schedule, op: int) -> int:
    """Take an operation out of its crew's chain; return a neighbour it had."""
    pool = shop.ops[op].crew
    before = s.links[op].crew_before
    after = s.links[op].crew_after
    if before >= 0:
        s.links[before].crew_after = after
    else:
        s.pool_chains[pool].first = after
    if after >= 0:
        s.links[after].crew_before = before
        touch(s, after)
    else:
        s.pool_chains[pool].last = before
    return before
