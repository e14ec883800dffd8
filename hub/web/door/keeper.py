"""Who may be connected: so many at all, so many from one address; and a look at each of them every second.

In: a connection that was just made. Out: whether it may stay. When all places are taken, one gives way whose request
is not complete: a promise is no work. Those nobody knows go first, of the address that holds the most, the oldest of
them; then anybody's; a body whose sender has shown who he is goes last. So whoever opens connections and says nothing,
or half of something, keeps nobody out. Only when every place is at work is the newcomer told to come again.
An address that has all of its share, and asks for something on each, is turned away before anything is made for it; so
is one of whose connections too many would have to give way in a second. Of IPv6 a /64 counts as one address, and a /48
as two. Everything is kept in order as it changes, so a newcomer costs the same however many there are. Used on one
event loop.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Protocol

from hub.kernel.struct import Struct
from hub.web.door.limits import ConnectionLimits
from hub.web.door.turns import Turns
from hub.web.networks import network_of, site_of

SITE_CONNECTIONS = 2  # addresses' shares of connections: half of all at most


class Activity(IntEnum):
    """What a connection is about; the first give way first, and whoever is at work never does."""

    SILENT = 0  # has never asked for anything
    PROMISED = 1  # a body is still coming, and nobody knows yet from whom
    ANSWERED = 2  # has been answered, and asks for nothing now
    WAITING = 3  # all it asks for is here, and its turn has not come
    KNOWN = 4  # a body is still coming, from somebody who has shown who he is
    AT_WORK = 5


_STRANGERS = (Activity.SILENT, Activity.PROMISED, Activity.ANSWERED, Activity.WAITING)
_OF_OWN = (Activity.SILENT, Activity.PROMISED, Activity.ANSWERED, Activity.KNOWN)  # gives way to others of its address


class KeptConnection(Protocol):
    """A connection, as its keeper sees it."""

    stand: Activity  # kept by the keeper; ``Keeper.move`` changes it

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


class Known(Struct):
    """Who was let in lately, by what he showed."""

    key: Callable[[str], bool] = lambda text: False  # the text of an API key
    session: Callable[[bytes], bool] = lambda cookies: False  # the Cookie header


NOBODY = Known()


class _Crowd:
    """Guests by what they are about, longest so first, as dicts keep their order."""

    __slots__ = ("count", "newcomers", "standing")

    def __init__(self) -> None:
        self.count = 0
        self.newcomers = 0  # for whom others of it gave way since the last look
        self.standing: tuple[dict[KeptConnection, None], ...] = tuple({} for _ in Activity)


class Keeper:
    """Counts the connections of one server."""

    def __init__(self, limits: ConnectionLimits, proxies: str = "", known: Known = NOBODY) -> None:
        self.limits = limits
        self.known = known
        self.gone = self.turned_away = 0  # so many left before their answer, or were told to come again
        self._proxies = proxies_of(proxies)
        self.turns = Turns(limits)
        self._unsent: dict[KeptConnection, int] = {}  # bytes by connection that does not take them, oldest first
        self._unsent_bytes = 0
        self._all = _Crowd()
        self._crowds: dict[str, _Crowd] = {}  # by network, and by site where that is another
        self._addresses: dict[int, dict[str, None]] = {}  # networks by how many guests they have
        self._most = 0  # guests of the address that has the most

    def has_room(self, address: str) -> bool:
        """Tell whether one more connection of ``address`` can be within its share."""
        return self._is_proxy(address) or all(
            theirs.count < most
            or (theirs.newcomers < self.limits.address_newcomers and any(theirs.standing[each] for each in _OF_OWN))
            for theirs, most in self._shares(address)
        )

    def admit(self, guest: KeptConnection) -> bool:
        """Give ``guest`` a place; False when there is none."""
        if not self.has_room(guest.address):
            return False
        if not self._is_proxy(guest.address):
            for theirs, most in self._shares(guest.address):
                if theirs.count >= most:
                    victim = self._first(theirs, _OF_OWN)
                    if victim is None:
                        return False
                    theirs.newcomers += 1
                    self._end(victim)
        if self._all.count >= self.limits.connections:
            victim = self._whoever_gives_way()
            if victim is None:
                return False
            self._end(victim)
        for crowd in (self._all, *(self._crowds.setdefault(name, _Crowd()) for name in _names(guest.address))):
            crowd.standing[guest.stand][guest] = None
        self._count(guest.address, 1)
        return True

    def leave(self, guest: KeptConnection) -> None:
        """Take back the place of ``guest``, if it has one."""
        self.sent(guest)
        if not self._has(guest):
            return
        for crowd in self._crowds_of(guest.address):
            del crowd.standing[guest.stand][guest]
        self._count(guest.address, -1)

    def move(self, guest: KeptConnection, stand: Activity) -> None:
        """Say what ``guest`` is about now. Too many promises of one address, or of all: the oldest gives way."""
        if not self._has(guest):  # it has been let go of
            guest.stand = stand
            return
        crowds = self._crowds_of(guest.address)
        for crowd in crowds:
            del crowd.standing[guest.stand][guest]
            crowd.standing[stand][guest] = None
        guest.stand = stand
        if stand is Activity.PROMISED:
            if not self._is_proxy(guest.address):
                for nth, crowd in enumerate(crowds[1:]):
                    self._bound_promises(crowd, self.limits.address_promises * (SITE_CONNECTIONS if nth else 1))
            self._bound_promises(self._all, self.limits.promises)

    def unsent(self, guest: KeptConnection, size_bytes: int) -> None:
        """Count what ``guest`` does not take; beyond the most of all, the oldest of them are let go of."""
        self._unsent[guest] = size_bytes
        self._unsent_bytes += size_bytes
        while self._unsent_bytes > self.limits.unsent_bytes and len(self._unsent) > 1:
            self._end(next(iter(self._unsent)))

    def sent(self, guest: KeptConnection) -> None:
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
        """Look at every connection, and at whose turn does not come; called about once a second."""
        self.turns.look(now)
        for crowd in self._crowds.values():
            crowd.newcomers = 0
        for guest in [each for those in self._all.standing for each in those]:
            guest.look(now)

    def one_gone(self) -> None:
        """Count one who has left before his answer was complete."""
        self.gone += 1

    def count(self, stand: Activity) -> int:
        """Return how many are about this."""
        return len(self._all.standing[stand])

    def __len__(self) -> int:
        return self._all.count

    def _whoever_gives_way(self) -> KeptConnection | None:
        fullest = self._crowds[next(iter(self._addresses[self._most]))]
        for stands in (_STRANGERS, (Activity.KNOWN,)):
            victim = self._first(fullest, stands) or self._first(self._all, stands)
            if victim is not None:
                return victim
        return None

    def _first(self, crowd: _Crowd, stands: tuple[Activity, ...]) -> KeptConnection | None:
        for stand in stands:
            waiting = crowd.standing[stand]
            while waiting:
                guest = next(iter(waiting))
                if stand is not Activity.PROMISED or not guest.is_known:
                    return guest
                self.move(guest, Activity.KNOWN)  # it has become known since; that moves it once for each body
        return None

    def _bound_promises(self, crowd: _Crowd, most: int) -> None:
        if len(crowd.standing[Activity.PROMISED]) > most:
            victim = self._first(crowd, (Activity.PROMISED,))
            if victim is not None and len(crowd.standing[Activity.PROMISED]) > most:
                self._end(victim)

    def _end(self, guest: KeptConnection) -> None:
        guest.give_way()
        self.leave(guest)

    def _shares(self, address: str) -> list[tuple[_Crowd, int]]:
        """Return the crowds ``address`` belongs to, and how many each may be."""
        of_address = self.limits.address_connections
        most = (of_address, of_address * SITE_CONNECTIONS)
        return [
            (self._crowds[name], each)
            for name, each in zip(_names(address), most, strict=False)
            if name in self._crowds
        ]

    def _crowds_of(self, address: str) -> list[_Crowd]:
        return [self._all, *(self._crowds[name] for name in _names(address))]

    def _has(self, guest: KeptConnection) -> bool:
        theirs = self._crowds.get(network_of(guest.address))
        return theirs is not None and guest in theirs.standing[guest.stand]

    def _count(self, address: str, by: int) -> None:
        """Count one guest of ``address`` more or less, and keep which network has the most."""
        network, *site = _names(address)
        theirs = self._crowds[network]
        if theirs.count:
            same = self._addresses[theirs.count]
            del same[network]
            if not same:
                del self._addresses[theirs.count]
        for crowd in self._crowds_of(address):
            crowd.count += by
        if theirs.count:
            self._addresses.setdefault(theirs.count, {})[network] = None
        for name in (network, *site):
            if not self._crowds[name].count:
                del self._crowds[name]
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


def _names(address: str) -> tuple[str, ...]:
    network, site = network_of(address), site_of(address)
    return (network,) if site == network else (network, site)


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
