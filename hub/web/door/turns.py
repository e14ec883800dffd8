"""Whose request is computed next: every address in its turn, and no address more than its share at a time.

In: a request whose body is here, who asks, and its lane: probes; who shows a key, or a session, that was found right
lately; everybody else.
Out: it is begun, at once or when its turn comes; or refused, when too many wait or it has waited too long. A lane's
places are for the event loop alone: a request that waits for something else (a hash, a reader, the line) gives its own
back and asks again, before any that have not begun. So nothing that is slow elsewhere keeps a lane from going on, and
the bounds that stand there hold. A place is free again in the next turn of the event loop: one turn computes no more
than every lane has places, and whoever connects waits no longer than that.

Of those that have not begun, the address is next that has asked least lately; of an IPv6 network its /64 counts as one,
and its /48 as a few (``hub.web.networks``). A request also holds a place of its address until its work is done and its
answer has left us. Taking a message in with a key has bounds of its own (``hub.web.admission``) and never waits here.
On one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from hub.web.door.lanes import AddressLane
from hub.web.door.limits import ConnectionLimits
from hub.web.door.turn import Kind, Turn

Soon: TypeAlias = Callable[[Callable[[], None]], object]


class Turns:
    """The requests of one server that wait or are under way."""

    def __init__(self, limits: ConnectionLimits, soon: Soon | None = None) -> None:
        """``soon`` calls what it is given in the next turn of the event loop."""
        self._soon = soon
        self._most_seconds = limits.turn_seconds
        self._waiting_max = limits.waiting
        self._lanes = (
            AddressLane(limits.address_probes, limits.probes),
            AddressLane(limits.address_pressing, limits.pressing),
            AddressLane(limits.address_people, limits.people),
            AddressLane(limits.address_requests, limits.requests),
        )
        self._spent: list[AddressLane] = []  # places that are free again in the next turn of the event loop

    def ask(self, turn: Turn) -> None:
        """Begin ``turn`` as soon as it may. Of too many that wait, one of whoever has asked most is refused."""
        lane = self._lanes[turn.kind]
        lane.add(turn)
        self._go_on()
        if lane.waiting > self._waiting_max:
            lane.last().refuse()

    def pause(self, turn: Turn) -> None:
        """Say that it waits for something other than the event loop."""
        if turn.holds_place:
            turn.holds_place = False
            if turn.kind is not Kind.FREE:
                self._give_back(self._lanes[turn.kind])

    def again(self, turn: Turn) -> asyncio.Future[None] | None:
        """Ask for a place to go on; return what to wait for, or ``None`` when there was one."""
        if turn.kind is Kind.FREE:
            return None
        lane = self._lanes[turn.kind]
        if lane.has_place and not lane.has_again:
            lane.under_way += 1
            turn.holds_place = True
            return None
        turn.again = asyncio.get_running_loop().create_future()
        lane.add_again(turn)
        return turn.again

    def not_again(self, turn: Turn) -> None:
        """Say that it goes on without a place, as whoever is told to end does."""
        turn.again = None

    def known(self, turn: Turn, kind: Kind) -> None:
        """Say that who asks was found to be somebody, whose requests are of this kind: it takes no stranger's share."""
        before = self._lanes[turn.kind]
        before.free(turn)
        if turn.holds_place:
            self._give_back(before)
        turn.kind = kind
        if kind is not Kind.FREE:
            self._lanes[kind].take(turn)
            if turn.holds_place:
                self._lanes[kind].under_way += 1

    def worked(self, turn: Turn) -> None:
        """Say that nothing more is done for it."""
        self.pause(turn)
        turn.is_worked = True
        self._free(turn)

    def left(self, turn: Turn) -> None:
        """Say that its answer has left, or its asker; one that has not begun never will."""
        if turn.has_left:
            return
        turn.has_left = True
        if turn.has_begun:
            self._free(turn)
        elif not turn.is_refused:
            self._lanes[turn.kind].forget(turn)

    def look(self, now: float) -> None:
        """Refuse what has waited too long; called about once a second."""
        for lane in self._lanes:
            for turn in lane.look(now, self._most_seconds):
                turn.refuse()

    def _free(self, turn: Turn) -> None:
        if turn.is_worked and turn.has_left and turn.kind is not Kind.FREE:
            self._lanes[turn.kind].free(turn)
            self._go_on()

    def _give_back(self, lane: AddressLane) -> None:
        self._spent.append(lane)
        if len(self._spent) == 1:
            (self._soon or asyncio.get_running_loop().call_soon)(self._next)

    def _next(self) -> None:
        for lane in self._spent:
            lane.under_way -= 1
        self._spent.clear()
        self._go_on()

    def _go_on(self) -> None:
        for lane in self._lanes:
            while (turn := lane.next()) is not None:
                turn.go()
