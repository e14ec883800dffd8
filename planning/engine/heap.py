"""Compiled heap of the nodes that must be looked at again, the lowest rank first."""

from __future__ import annotations

from planning.engine.compiled import inlined, inner
from planning.engine.schedule import HEAP_SIZE, Schedule


@inlined
def touch(s: Schedule, node: int) -> None:
    """Put a node on the heap unless it is there already."""
    if s.nodes[node].queued:
        return
    s.nodes[node].queued = 1
    rank = s.nodes[node].rank
    place = s.state[HEAP_SIZE]
    s.state[HEAP_SIZE] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if s.nodes[s.heap[above]].rank <= rank:
            break
        s.heap[place] = s.heap[above]
        place = above
    s.heap[place] = node


@inlined
def pop(s: Schedule) -> int:
    """Take the node of the lowest rank off the heap."""
    top = s.heap[0]
    s.nodes[top].queued = 0
    size = s.state[HEAP_SIZE] - 1
    s.state[HEAP_SIZE] = size
    if size == 0:
        return top
    node = s.heap[size]
    rank = s.nodes[node].rank
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and s.nodes[s.heap[below + 1]].rank < s.nodes[s.heap[below]].rank:
            below += 1
        if s.nodes[s.heap[below]].rank >= rank:
            break
        s.heap[place] = s.heap[below]
        place = below
    s.heap[place] = node
    return top


@inner
def drop_heap(s: Schedule) -> None:
    """Forget what is still on the heap."""
    for i in range(s.state[HEAP_SIZE]):
        s.nodes[s.heap[i]].queued = 0
    s.state[HEAP_SIZE] = 0


@inner
def sort_heap_again(s: Schedule) -> None:
    """A queued node changed its rank: put every queued node on the heap again."""
    size = s.state[HEAP_SIZE]
    drop_heap(s)
    for i in range(size):  # the heap grows into places already read
        touch(s, s.heap[i])
