"""Wrong guesses, and who has made too many: at a login, and at API keys.

A guess is counted when it is begun and taken back when it was right, so that many at once are no way around. The
nearest limit is asked first, and once one says no nothing is counted further: whoever is kept out spends nobody else's
allowance. Nobody is ever locked out for what others did elsewhere: where a name is guessed at from many addresses, each
address has one guess left instead of five, and the right password is a right guess. Memory is bounded; one event loop.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hub.web.networks import SITE_SHARE, network_of, site_of
from hub.web.problems import busy

GUESSES_SECONDS = 900.0
PER_NAME_AND_ADDRESS = 5  # a person who mistypes finds the link by then
PER_ADDRESS = 30  # a whole office may stand behind one
PER_SITE = SITE_SHARE * PER_ADDRESS  # of all the networks of one IPv6 subscriber
PER_NAME = 100  # from everywhere together (NIST SP 800-63B, 5.2.2); then each address has
PER_NAME_AND_ADDRESS_UNDER_ATTACK = 1
WRONG_KEYS = 60  # of one address; a system with an old key asks every few seconds
WRONG_KEYS_SECONDS = 300.0
SLOW_LANE_WAITING_MAX = 20
TRACKED_MAX = 10_000  # keys of one kind that are remembered; the one that guessed longest ago is forgotten first


class Guesses:
    """Times of the guesses of each key within the last ``seconds``, the last ``most`` of them."""

    def __init__(self, most: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._now = monotonic
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    def wait_seconds(self, key: str, most: int | None = None) -> int:
        """Return how long ``key`` must wait; 0 when it has made fewer than ``most`` guesses. Counts nothing."""
        now, most = self._now(), most or self._most
        recent = [at for at in self._times.get(key, ()) if at > now - self._seconds]
        return 0 if len(recent) < most else max(1, math.ceil(recent[-most] + self._seconds - now))

    def count(self, key: str) -> int:
        """Return how many guesses of ``key`` are remembered."""
        now = self._now()
        return sum(at > now - self._seconds for at in self._times.get(key, ()))

    def add(self, key: str) -> None:
        """Count a guess."""
        now = self._now()
        recent = [at for at in self._times.pop(key, ()) if at > now - self._seconds]
        self._times[key] = [*recent, now][-self._most :]
        if len(self._times) > TRACKED_MAX:
            self._times.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Count one less: the last was none."""
        if times := self._times.get(key):
            times.pop()


class LoginGuesses:
    """The limits of the login."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._addresses = Guesses(PER_ADDRESS, GUESSES_SECONDS, monotonic)
        self._sites = Guesses(PER_SITE, GUESSES_SECONDS, monotonic)
        self._pairs = Guesses(PER_NAME_AND_ADDRESS, GUESSES_SECONDS, monotonic)
        self._names = Guesses(PER_NAME, GUESSES_SECONDS, monotonic)

    def begin(self, name: str, address: str) -> int:
        """Count a guess and return 0; or return how long it must wait, and count nothing."""
        site, address = site_of(address), network_of(address)
        pair = f"{address} {name}"
        wait = self._addresses.wait_seconds(address) or self._pairs.wait_seconds(pair)
        wait = wait or self._sites.wait_seconds(site)
        if not wait and self._names.wait_seconds(name):
            wait = self._pairs.wait_seconds(pair, PER_NAME_AND_ADDRESS_UNDER_ATTACK)
        if wait:
            return wait
        self._addresses.add(address)
        self._sites.add(site)
        self._pairs.add(pair)
        self._names.add(name)
        return 0

    def take_back(self, name: str, address: str) -> None:
        """Count one guess less: it was right, or was none."""
        site, address = site_of(address), network_of(address)
        self._addresses.take_back(address)
        self._sites.take_back(site)
        self._pairs.take_back(f"{address} {name}")
        self._names.take_back(name)


class KeyGuesses:
    """Slows an address that presents many wrong API keys: its keys are then looked up one after another.

    A right one among them is still let in, unless more wait than ``SLOW_LANE_WAITING_MAX``: under such a flood from
    its own address it is refused for a while (429), as the others are.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._addresses = Guesses(WRONG_KEYS, WRONG_KEYS_SECONDS, monotonic)
        self._lane = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Let a key be looked up: at once, or one after another where many were wrong. ``Problem`` 429 when too many
        wait for that."""
        if not self.wait_seconds(address):
            yield
            return
        if self._waiting >= SLOW_LANE_WAITING_MAX:
            raise busy("many keys from your address were wrong", self.wait_seconds(address))
        self._waiting += 1
        try:
            async with self._lane:
                yield
        finally:
            self._waiting -= 1

    def wait_seconds(self, address: str) -> int:
        """Return how long the address had better wait; 0 while few of its keys were wrong."""
        return self._addresses.wait_seconds(network_of(address))

    def was_wrong(self, address: str) -> None:
        """Count a wrong key."""
        self._addresses.add(network_of(address))
