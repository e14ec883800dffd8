"""Fair turns: of what waits in one lane, the owner who has had least goes next, whatever came first.

In: who has something waiting, how much of each is in hand already, when each had its last turn. Out: an order of turns.
Age alone would let one owner's pile of ten thousand keep everybody else waiting. Owners are found without counting
what waits: ``owners_of`` walks an index from one owner to the next, so a pile costs no more than a single row.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select

from hub.kernel.struct import Struct

T = TypeVar("T")

OWNERS_MAX = 1_000  # asked in one claim, at some 10 µs each: more partners than a hub of this size has


class Share(Struct):
    """What an owner has of a lane."""

    in_hand: int = 0
    served: int = 0  # number of its last turn, counted by whoever gives them; 0: it had none


Shares = Mapping[str, Share]
NO_SHARES: Shares = {}
Fetch = Callable[[str, int], Sequence[T]]
"""Returns up to so many of what waits for an owner, oldest first."""


def taken_in_turns(owners: Sequence[str], fetch: Fetch[T], shares: Shares, room: int, most: int) -> list[T]:
    """Return up to ``room`` of what waits, in fair turns; of one owner no more than ``most`` with those in hand."""
    found: dict[str, Sequence[T]] = dict.fromkeys(owners, ())
    supply = dict.fromkeys(owners, room)
    while True:
        order = turns(supply, shares, room, most)
        wanted = {owner: order.count(owner) for owner in set(order)}
        short = [owner for owner, count in sorted(wanted.items()) if count > len(found[owner])]
        if not short:
            break
        for owner in short:
            found[owner] = fetch(owner, wanted[owner])
            if len(found[owner]) < wanted[owner]:
                supply[owner] = len(found[owner])  # that is all it has: its turns go to the others
    waiting = {owner: iter(some) for owner, some in found.items()}
    return [next(waiting[owner]) for owner in order]


def turns(supply: Mapping[str, int], shares: Shares, room: int, most: int) -> list[str]:
    """Return whose turn it is, up to ``room`` times, where ``supply`` says how many turns each owner can use.

    >>> turns({"a": 9, "b": 9}, {"a": Share(in_hand=2)}, 4, 9)
    ['b', 'b', 'a', 'b']
    """
    line = []
    for owner, count in supply.items():
        share = shares.get(owner, Share())
        if count and share.in_hand < most:
            line.append((share.in_hand, share.served, owner, min(count, most - share.in_hand)))
    heapq.heapify(line)
    order: list[str] = []
    while line and len(order) < room:
        in_hand, served, owner, left = line[0]
        order.append(owner)
        if left > 1:
            heapq.heapreplace(line, (in_hand + 1, served, owner, left - 1))
        else:
            heapq.heappop(line)
    return order


def owners_in_turn(ask: Callable[[str | None], Sequence[str]], shares: Shares) -> list[str]:
    """Return owners that have something waiting: all, or ``OWNERS_MAX`` from behind the one that was served last.

    ``ask`` returns up to ``OWNERS_MAX`` of them by name, those behind the one it is given.
    """
    found = list(ask(None))
    if len(found) < OWNERS_MAX or not shares:
        return found
    behind = ask(max(shares, key=lambda owner: shares[owner].served))
    return list(dict.fromkeys([*behind, *found]))[:OWNERS_MAX]


def owners_of(owner: ColumnElement[str], *where: ColumnElement[bool]) -> Select[Any]:
    """Return the query for owners that have a row, by name; it needs an index that begins with both."""
    first = select(owner).where(*where).order_by(owner).limit(1)
    found = select(first.scalar_subquery().label("owner")).cte("owners", recursive=True)
    after = select(owner).where(*where, owner > found.c.owner).order_by(owner).limit(1)
    found = found.union_all(select(after.correlate(found).scalar_subquery()).where(found.c.owner.is_not(None)))
    return select(found.c.owner).where(found.c.owner.is_not(None)).limit(OWNERS_MAX)
