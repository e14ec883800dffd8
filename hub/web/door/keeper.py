"""Who may be connected: so many at all, so many from one address; and a look at each of them every second.

In: a connection that was just made. Out: whether it may stay. When all places are taken, one gives way whose request
is not complete: a promise is no work. Those nobody knows go first, of the address that holds the most, the oldest of
them; then anybody's; a body whose sender has shown who he is goes last. So whoever opens connections and says nothing,
or half of something, keeps nobody out. Only when every place is at work is the newcomer told to come again.
Everything is kept in order as it changes, so a newcomer costs the same however many there are. Used on one event loop.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from enum import IntEnum
from typing import Protocol

from hub.web.door.limits import Limits
from hub.web.door.turns import Turns


class Stand(IntEnum):
    """What a connection is about; the first give way first, and whoever is at work never does."""

    SILENT = 0  # has never asked for anything
    PROMISED = 1  # a body is still coming, and nobody knows yet from whom
    ANSWERED = 2  # has been answered, and asks for nothing now
    WAITING = 3  # all it asks for is here, and its turn has not come
    KNOWN = 4  # a body is still coming, from somebody who has shown who he is
    AT_WORK = 5


_STRANGERS = (Stand.SILENT, Stand.PROMISED, Stand.ANSWERED, Stand.WAITING)


class Guest(Protocol):
    """A connection, as its keeper sees it."""

    stand: Stand  # kept by the keeper; ``Keeper.move`` changes it

    @property
    def address(self) -> str: ...

    @property
    def is_known(self) -> bool:
        """Whether the sender of the body that is coming has shown who he is."""
        ...

    def look(self, now: float) -> None:
        """End what has lasted too long."""

    def give_way(self) -> None:
        """Let go of the line at once."""


class _Crowd:
    """Guests by what they are about, longest so first, as dicts keep their order."""

    __slots__ = ("count", "standing")

    def __init__(self) -> None:
        self.count = 0
        self.standing: tuple[dict[Guest, None], ...] = tuple({} for _ in Stand)


class Keeper:
    """Counts the connections of one server."""

    def __init__(self, limits: Limits, proxies: str = "") -> None:
        self.limits = limits
        self._proxies = proxies_of(proxies)
        self.turns = Turns(limits)
        self._unsent: dict[Guest, int] = {}  # bytes by connection that does not take them, oldest first
        self._unsent_bytes = 0
        self._all = _Crowd()
        self._crowds: dict[str, _Crowd] = {}  # by address
        self._addresses: dict[int, dict[str, None]] = {}  # by how many guests they have
        self._most = 0  # guests of the address that has the most

    def admit(self, guest: Guest) -> bool:
        """Give ``guest`` a place; False when there is none."""
        theirs = self._crowds.get(guest.address)
        if theirs is not None and theirs.count >= self.limits.address_connections and not self._is_proxy(guest.address):
            victim = self._first(theirs, _STRANGERS) or self._first(theirs, (Stand.KNOWN,))
            if victim is None:
                return False
            self._end(victim)
        if self._all.count >= self.limits.connections:
            victim = self._whoever_gives_way()
            if victim is None:
                return False
            self._end(victim)
        theirs = self._crowds.get(guest.address)
        if theirs is None:
            theirs = self._crowds[guest.address] = _Crowd()
        for crowd in (self._all, theirs):
            crowd.standing[guest.stand][guest] = None
        self._count(guest.address, theirs, 1)
        return True

    def leave(self, guest: Guest) -> None:
        """Take back the place of ``guest``, if it has one."""
        self.sent(guest)
        theirs = self._crowds.get(guest.address)
        if theirs is None or guest not in theirs.standing[guest.stand]:
            return
        for crowd in (self._all, theirs):
            del crowd.standing[guest.stand][guest]
        self._count(guest.address, theirs, -1)
        if not theirs.count:
            del self._crowds[guest.address]

    def move(self, guest: Guest, stand: Stand) -> None:
        """Say what ``guest`` is about now. Too many promises of one address, or of all: the oldest gives way."""
        theirs = self._crowds.get(guest.address)
        if theirs is None or guest not in theirs.standing[guest.stand]:  # it has been let go of
            guest.stand = stand
            return
        for crowd in (self._all, theirs):
            del crowd.standing[guest.stand][guest]
            crowd.standing[stand][guest] = None
        guest.stand = stand
        if stand is Stand.PROMISED:
            if not self._is_proxy(guest.address):
                self._bound_promises(theirs, self.limits.address_promises)
            self._bound_promises(self._all, self.limits.promises)

    def unsent(self, guest: Guest, size_bytes: int) -> None:
        """Count what ``guest`` does not take; beyond the most of all, the oldest of them are let go of."""
        self._unsent[guest] = size_bytes
        self._unsent_bytes += size_bytes
        while self._unsent_bytes > self.limits.unsent_bytes and len(self._unsent) > 1:
            self._end(next(iter(self._unsent)))

    def sent(self, guest: Guest) -> None:
        """Take back what ``unsent`` counted."""
        self._unsent_bytes -= self._unsent.pop(guest, 0)

    def caller_of(self, address: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Return the address that asks: what our proxy says, where it is our proxy that brings the request."""
        if not self._is_proxy(address):
            return address
        named = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
        for each in reversed(named[-1_000:].split(",")):
            if each.strip() and not self._is_proxy(each.strip()):
                return each.strip()
        return address

    def look(self, now: float) -> None:
        """Look at every connection; called about once a second."""
        for guest in [each for those in self._all.standing for each in those]:
            guest.look(now)

    def count(self, stand: Stand) -> int:
        """Return how many are about this."""
        return len(self._all.standing[stand])

    def __len__(self) -> int:
        return self._all.count

    def _whoever_gives_way(self) -> Guest | None:
        fullest = self._crowds[next(iter(self._addresses[self._most]))]
        for stands in (_STRANGERS, (Stand.KNOWN,)):
            victim = self._first(fullest, stands) or self._first(self._all, stands)
            if victim is not None:
                return victim
        return None

    def _first(self, crowd: _Crowd, stands: tuple[Stand, ...]) -> Guest | None:
        for stand in stands:
            waiting = crowd.standing[stand]
            while waiting:
                guest = next(iter(waiting))
                if stand is not Stand.PROMISED or not guest.is_known:
                    return guest
                self.move(guest, Stand.KNOWN)  # it has become known since; that moves it once for each body
        return None

    def _bound_promises(self, crowd: _Crowd, most: int) -> None:
        if len(crowd.standing[Stand.PROMISED]) > most:
            victim = self._first(crowd, (Stand.PROMISED,))
            if victim is not None and len(crowd.standing[Stand.PROMISED]) > most:
                self._end(victim)

    def _end(self, guest: Guest) -> None:
        guest.give_way()
        self.leave(guest)

    def _count(self, address: str, theirs: _Crowd, by: int) -> None:
        """Count one guest of ``address`` more or less, and keep who has the most."""
        if theirs.count:
            same = self._addresses[theirs.count]
            del same[address]
            if not same:
                del self._addresses[theirs.count]
        theirs.count += by
        self._all.count += by
        if theirs.count:
            self._addresses.setdefault(theirs.count, {})[address] = None
        if theirs.count > self._most or self._most not in self._addresses:
            self._most = theirs.count  # one less than before is still the most: nobody else had as many

    def _is_proxy(self, address: str) -> bool:
        if self._proxies is None:
            return True
        try:
            found = ipaddress.ip_address(address)
        except ValueError:  # a socket without an address
            return True
        return any(found in network for network in self._proxies)


Networks = list[ipaddress.IPv4Network | ipaddress.IPv6Network]


def proxies_of(text: str) -> Networks | None:
    """Return the networks of ``FORWARDED_ALLOW_IPS``; ``None`` when every address is trusted. Names are no address."""
    if text.strip() == "*":
        return None
    found: Networks = []
    for word in text.split(","):
        try:
            found.append(ipaddress.ip_network(word.strip(), strict=False))
        except ValueError:
            continue
    return found
