"""Who may be connected: so many at all, so many from one address; and a look at each of them every second.

In: a connection that was just made. Out: whether it may stay. When all places are taken, one that has asked for
nothing yet gives up its own, the oldest of the address that holds the most; so whoever opens connections and says
nothing keeps nobody out. Only when every place is at work is the newcomer told to come again. Used on one event loop.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Protocol

from hub.web.door.limits import Limits


class Guest(Protocol):
    """A connection, as its keeper sees it."""

    @property
    def address(self) -> str: ...

    @property
    def is_waiting(self) -> bool:
        """Whether nothing it asked for is under way."""
        ...

    @property
    def has_asked(self) -> bool:
        """Whether it ever asked for anything."""
        ...

    def look(self, now: float) -> None:
        """End what has lasted too long."""

    def give_way(self) -> None:
        """Let go of the line at once."""


class Keeper:
    """Counts the connections of one server."""

    def __init__(self, limits: Limits, proxies: str = "") -> None:
        self.limits = limits
        self._proxies = proxies_of(proxies)
        self._guests: dict[str, dict[Guest, None]] = {}  # by address; oldest first, as dicts keep their order
        self._count = 0

    def admit(self, guest: Guest) -> bool:
        """Give ``guest`` a place; False when there is none."""
        theirs = self._guests.get(guest.address, {})
        of_address = self.limits.address_connections
        if len(theirs) >= of_address and not self._is_proxy(guest.address) and not self._make_room(theirs):
            return False
        if self._count >= self.limits.connections:
            most = max(self._guests.values(), key=len)
            everybody = [each for those in self._guests.values() for each in those]
            if not self._make_room(most) and not self._make_room(everybody):
                return False
        self._guests.setdefault(guest.address, {})[guest] = None
        self._count += 1
        return True

    def leave(self, guest: Guest) -> None:
        """Take back the place of ``guest``, if it has one."""
        theirs = self._guests.get(guest.address)
        if theirs is None or guest not in theirs:
            return
        del theirs[guest]
        self._count -= 1
        if not theirs:
            del self._guests[guest.address]

    def look(self, now: float) -> None:
        """Look at every connection; called about once a second."""
        for guest in [each for those in self._guests.values() for each in those]:
            guest.look(now)

    def __len__(self) -> int:
        return self._count

    def _make_room(self, guests: Iterable[Guest]) -> bool:
        waiting = [each for each in guests if each.is_waiting]
        for each in waiting:
            if not each.has_asked:
                return self._end(each)
        return self._end(waiting[0]) if waiting else False

    def _end(self, guest: Guest) -> bool:
        guest.give_way()
        self.leave(guest)
        return True

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
