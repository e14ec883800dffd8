"""How much one partner, and all of them, may have under way: decided before a body is read.

In: a partner's wish to send so many bytes. Out: a place, given back when the request ends; or ``Problem`` 429 with
Retry-After. A body of unknown length is counted at its largest, for that is what it may turn out to be.
"""

from __future__ import annotations

import math
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.platform.settings import Settings
from hub.web.problems import Problem, busy

PARTNER_REQUESTS_MAX = 256  # bodies of one partner under way at a time: several group commits' worth
PARTNER_SHARE = 2  # one partner may fill a half of the room for bodies, so that another always gets in
RETRY_SECONDS = 1.0  # a group commit takes milliseconds: a second later there is room
TRACKED_MAX = 10_000  # callers whose failed logins are remembered; the oldest is forgotten first


class Admission:
    """Counts requests and bytes under way. One per process, used on the event loop only."""

    def __init__(self, settings: Settings) -> None:
        self._bytes_max = settings.waiting_bytes_max
        self._requests: dict[str, int] = defaultdict(int)
        self._bytes: dict[str, int] = defaultdict(int)
        self._total = 0

    @contextmanager
    def place(self, partner: str, size_bytes: int) -> Iterator[None]:
        """Hold a place for ``size_bytes`` of ``partner`` while the block runs."""
        requests, waiting = self._requests.get(partner, 0), self._bytes.get(partner, 0)
        if requests >= PARTNER_REQUESTS_MAX:
            raise busy(f"{requests} of your messages are under way", RETRY_SECONDS)
        if requests and waiting + size_bytes > self._bytes_max // PARTNER_SHARE:
            raise busy("your messages under way are as large as may be", RETRY_SECONDS)
        if self._total and self._total + size_bytes > self._bytes_max:
            raise Problem(503, "the hub is taking in as much as it can", code="busy", retry_after_seconds=RETRY_SECONDS)
        self._requests[partner] += 1
        self._bytes[partner] += size_bytes
        self._total += size_bytes
        try:
            yield
        finally:
            self._requests[partner] -= 1
            self._bytes[partner] -= size_bytes
            self._total -= size_bytes
            if not self._requests[partner]:
                del self._requests[partner], self._bytes[partner]


class RateLimit:
    """Allows ``times`` per ``seconds`` to each key, then asks to wait. Memory is bounded by ``TRACKED_MAX`` keys."""

    def __init__(self, times: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._times = times
        self._seconds = seconds
        self._now = monotonic
        self._seen: OrderedDict[str, list[float]] = OrderedDict()

    def wait_seconds(self, key: str) -> int:
        """Return how long ``key`` must wait; 0 when it may go on, which is then counted."""
        now = self._now()
        recent = [at for at in self._seen.pop(key, ()) if at > now - self._seconds]
        allowed = len(recent) < self._times
        if allowed:
            recent.append(now)
        self._seen[key] = recent
        if len(self._seen) > TRACKED_MAX:
            self._seen.popitem(last=False)
        return 0 if allowed else max(1, math.ceil(recent[0] + self._seconds - now))
