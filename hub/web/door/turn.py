"""One request: its lane, whose it is, and how far it has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import IntEnum

from hub.web.networks import network_of, site_of

PROBES = frozenset({"/healthz", "/readyz"})
ENTRANCES = frozenset({"/login", "/welcome"})  # where everybody is a stranger
BY_KEY = ("/inbound/", "/outbound/", "/api/v1/")  # where a key can be used


class Kind(IntEnum):
    """Which lane a request is in; the first go first."""

    PROBE = 0
    KEY = 1
    PERSON = 2
    OTHER = 3
    FREE = 4  # bounded elsewhere


class Turn:
    """One request, from when it is asked for until its answer has left."""

    __slots__ = (
        "_begin",
        "_refuse",
        "again",
        "has_begun",
        "has_left",
        "holds_place",
        "is_refused",
        "is_worked",
        "kind",
        "network",
        "since",
        "site",
        "weight",
    )

    def __init__(
        self, address: str, kind: Kind, begin: Callable[[], None], refuse: Callable[[], None], weight: int = 1
    ) -> None:
        self.network, self.site = network_of(address), site_of(address)
        self.kind = kind
        self.weight = weight  # how much it counts as asked
        self._begin = begin
        self._refuse = refuse
        self.has_begun = self.holds_place = self.is_refused = False
        self.is_worked = self.has_left = False
        self.since: float | None = None  # when it was first seen to wait
        self.again: asyncio.Future[None] | None = None  # it has begun, and waits for a place to go on

    @property
    def is_waiting(self) -> bool:
        """Whether its turn has not come yet."""
        return not self.has_begun and not self.is_refused

    def go(self) -> None:
        """Compute, now that there is a place: from the beginning, or from where it waited."""
        self.holds_place = True
        if self.has_begun:
            again, self.again = self.again, None
            if again is not None and not again.done():
                again.set_result(None)
            return
        self.has_begun = True
        self._begin()

    def refuse(self) -> None:
        self.is_refused = True
        self._refuse()


def kind_of(path: str, *, knows_key: bool, knows_session: bool) -> Kind:
    """Return the lane of a request for ``path``, with a key or a session that was found right lately, or neither."""
    if path in PROBES:
        return Kind.PROBE
    if knows_key and path.startswith(BY_KEY):
        return Kind.KEY
    return Kind.PERSON if knows_session and path not in ENTRANCES else Kind.OTHER
