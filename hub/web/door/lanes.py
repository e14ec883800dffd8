"""One lane: requests that wait, those that go on, and whose turn is next.

In: requests, with the network each is of. Out: the next that may be computed: first those that have begun, as they
come; then of those that have not, one of the network that has asked least lately. Nothing here knows of HTTP, or of
time but what it is told.
"""

from __future__ import annotations

import heapq
from collections import deque

from hub.web.door.turn import Turn
from hub.web.networks import SITE_SHARE, site_of

LATELY_SECONDS = 30.0  # turns are remembered so long, and at most twice
REMEMBERED_MAX = 10_000  # networks and sites


class RecentCounts:
    """How much each network has had lately, in two generations, so that forgetting costs nothing."""

    def __init__(self) -> None:
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._since: float | None = None

    def add(self, network: str, weight: int) -> None:
        site = site_of(network)
        for each in (network,) if site == network else (network, site):
            self._now[each] = self._now.get(each, 0) + weight
        if len(self._now) > REMEMBERED_MAX:
            self._forget()

    def count(self, network: str) -> int:
        """Return how much; of a network whose whole site has had many, as if it had had a part of them itself."""
        own, site = self._of(network), site_of(network)
        return own if site == network else max(own, self._of(site) // SITE_SHARE)

    def look(self, now: float) -> None:
        if self._since is None or now - self._since > LATELY_SECONDS:
            self._since = now
            self._forget()

    def _of(self, name: str) -> int:
        return self._now.get(name, 0) + self._before.get(name, 0)

    def _forget(self) -> None:
        self._before, self._now = self._now, {}


class AddressLane:
    """``of_address`` requests of a network are under way at a time; ``of_all`` are computed in one turn of the loop."""

    def __init__(self, of_address: int, of_all: int) -> None:
        self._of_address = of_address
        self._of_all = of_all
        self.under_way = 0  # places taken
        self.waiting = 0  # that have not begun
        self._lately = RecentCounts()
        self._again: deque[Turn] = deque()
        self._waiting: dict[str, deque[Turn]] = {}
        self._sites: dict[str, dict[str, None]] = {}  # networks of each site that wait
        self._busy: dict[str, int] = {}  # under way of each network, and of each site
        self._ready: list[
            tuple[int, int, str]
        ] = []  # networks that may go on: how much they have asked, who came first
        self._is_ready: set[str] = set()
        self._serial = 0

    @property
    def has_place(self) -> bool:
        return self.under_way < self._of_all

    @property
    def has_again(self) -> bool:
        """Whether one that has begun waits to go on."""
        while self._again and self._again[0].again is None:
            self._again.popleft()
        return bool(self._again)

    def add(self, turn: Turn) -> None:
        self._waiting.setdefault(turn.network, deque()).append(turn)
        self._sites.setdefault(turn.site, {})[turn.network] = None
        self.waiting += 1
        self._see(turn.network)

    def add_again(self, turn: Turn) -> None:
        self._again.append(turn)

    def next(self) -> Turn | None:
        """Return the request that is computed now, and count it."""
        if not self.has_place:
            return None
        if self.has_again:
            self.under_way += 1
            return self._again.popleft()
        while self._ready:
            network = heapq.heappop(self._ready)[2]
            self._is_ready.discard(network)
            if network in self._waiting and self._may(network):
                turn = self._waiting[network].popleft()
                self._one_less(turn)
                self.under_way += 1
                self._lately.add(network, turn.weight)
                self.take(turn)
                self._see(network)
                return turn
        return None

    def take(self, turn: Turn) -> None:
        """Count ``turn`` as one of its network's."""
        for each in _names(turn):
            self._busy[each] = self._busy.get(each, 0) + 1

    def free(self, turn: Turn) -> None:
        """Count it no more."""
        for each in _names(turn):
            self._busy[each] -= 1
            if not self._busy[each]:
                del self._busy[each]
        for network in list(self._sites.get(turn.site, ())):
            self._see(network)

    def forget(self, turn: Turn) -> None:
        """Let go of one that waits."""
        waiting = self._waiting.get(turn.network)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            self._one_less(turn)

    def last(self) -> Turn:
        """Take out whichever is served last: the newest of the network that has asked, and asks, most."""
        most = max(self._waiting, key=lambda each: self._lately.count(each) + len(self._waiting[each]))
        turn = self._waiting[most].pop()
        self._one_less(turn)
        return turn

    def look(self, now: float, most_seconds: float) -> list[Turn]:
        """Take out those that have waited longer than ``most_seconds`` since they were first looked at."""
        self._lately.look(now)
        late = []
        for turn in [each for those in self._waiting.values() for each in those]:
            if turn.since is None:
                turn.since = now
            elif now - turn.since > most_seconds:
                late.append(turn)
                self.forget(turn)
        return late

    def _one_less(self, turn: Turn) -> None:
        self.waiting -= 1
        if not self._waiting[turn.network]:
            del self._waiting[turn.network]
            networks = self._sites[turn.site]
            del networks[turn.network]
            if not networks:
                del self._sites[turn.site]

    def _see(self, network: str) -> None:
        if network in self._waiting and network not in self._is_ready and self._may(network):
            self._serial += 1
            self._is_ready.add(network)
            heapq.heappush(self._ready, (self._lately.count(network), self._serial, network))

    def _may(self, network: str) -> bool:
        if self._busy.get(network, 0) >= self._of_address:
            return False
        site = site_of(network)
        return site == network or self._busy.get(site, 0) < self._of_address * SITE_SHARE


def _names(turn: Turn) -> tuple[str, ...]:
    return (turn.network,) if turn.site == turn.network else (turn.network, turn.site)
