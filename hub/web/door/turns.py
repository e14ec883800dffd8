"""Whose request is begun next: every address in its turn, and no address more than its share at a time.

In: a request whose body is here, and who asks. Out: it is begun, at once or when its turn comes. Probes and whoever
shows a key come before strangers; in each lane the addresses go round. A request holds a place of its address until its
work is done and its answer has left us, and one of the lane's until its answer begins: then only the line is slow.
Taking a message in with a key has bounds of its own (``hub.web.admission``) and never waits here. On one event loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from hub.web.door.limits import Limits

PROBES = frozenset({"/healthz", "/readyz"})


class Turn:
    """One request, from when it is asked for until its answer has left."""

    __slots__ = ("_begin", "address", "has_begun", "has_left", "holds_lane", "is_pressing", "is_worked")

    def __init__(self, address: str, is_pressing: bool, begin: Callable[[], None]) -> None:
        self.address = address
        self.is_pressing = is_pressing
        self._begin = begin
        self.has_begun = self.holds_lane = False
        self.is_worked = self.has_left = False

    def begin(self) -> None:
        self.has_begun = self.holds_lane = True
        self._begin()


class Turns:
    """The requests of one server that wait or are under way."""

    def __init__(self, limits: Limits) -> None:
        self._pressing = _Lane(limits.address_pressing, limits.pressing)
        self._others = _Lane(limits.address_requests, limits.requests)

    def ask(self, turn: Turn) -> None:
        """Begin ``turn`` as soon as it may."""
        self._lane(turn).add(turn)
        self._go_on()

    def answering(self, turn: Turn) -> None:
        """Say that what is computed for it is computed."""
        if turn.holds_lane:
            turn.holds_lane = False
            self._lane(turn).under_way -= 1
            self._go_on()

    def worked(self, turn: Turn) -> None:
        """Say that nothing more is done for it."""
        self.answering(turn)
        turn.is_worked = True
        self._free(turn)

    def left(self, turn: Turn) -> None:
        """Say that its answer has left, or its asker; one that has not begun never will."""
        if turn.has_left:
            return
        turn.has_left = True
        if turn.has_begun:
            self._free(turn)
        else:
            self._lane(turn).forget(turn)

    def _free(self, turn: Turn) -> None:
        if turn.is_worked and turn.has_left:
            self._lane(turn).free(turn.address)
            self._go_on()

    def _lane(self, turn: Turn) -> _Lane:
        return self._pressing if turn.is_pressing else self._others

    def _go_on(self) -> None:
        for lane in (self._pressing, self._others):
            while (turn := lane.next()) is not None:
                turn.begin()


class _Lane:
    def __init__(self, of_address: int, of_all: int) -> None:
        self._of_address = of_address
        self._of_all = of_all
        self.under_way = 0
        self._waiting: dict[str, deque[Turn]] = {}
        self._busy: dict[str, int] = {}
        self._ready: dict[str, None] = {}  # addresses that wait and have a place free, in the order of their turns

    def add(self, turn: Turn) -> None:
        self._waiting.setdefault(turn.address, deque()).append(turn)
        self._see(turn.address)

    def next(self) -> Turn | None:
        """Return the request that is begun now, and count it."""
        if not self._ready or self.under_way >= self._of_all:
            return None
        address = next(iter(self._ready))
        del self._ready[address]
        waiting = self._waiting[address]
        turn = waiting.popleft()
        if not waiting:
            del self._waiting[address]
        self.under_way += 1
        self._busy[address] = self._busy.get(address, 0) + 1
        self._see(address)
        return turn

    def free(self, address: str) -> None:
        self._busy[address] -= 1
        if not self._busy[address]:
            del self._busy[address]
        self._see(address)

    def forget(self, turn: Turn) -> None:
        waiting = self._waiting.get(turn.address)
        if waiting is None or turn not in waiting:
            return
        waiting.remove(turn)
        if not waiting:
            del self._waiting[turn.address]
            self._ready.pop(turn.address, None)

    def _see(self, address: str) -> None:
        if address in self._waiting and self._busy.get(address, 0) < self._of_address:
            self._ready.setdefault(address)


def is_pressing(path: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether it is a probe, or shows a key."""
    return path in PROBES or any(name == b"authorization" for name, _ in headers)
