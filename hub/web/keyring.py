"""Partners' API keys, checked quickly: a key that was good a moment ago needs no query.

In: what stands behind ``Bearer``. Out: the caller, or nothing. Only the digest of a key is held in memory. A revoked
key goes on working for ``KEPT_SECONDS`` at most.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable

from hub.exchange import keys
from hub.kernel.scope import only
from hub.web.caller import Caller
from hub.web.hub import Hub

KEPT_SECONDS = 5.0  # how late a revocation may be noticed, against one query per request at a thousand a second
KEPT_MAX = 10_000  # digests, good and bad: a megabyte or two
PRESENTED_LENGTH_MAX = 200  # a key has 57 characters


class KeyRing:
    """Answers who a key belongs to. Used on the event loop only."""

    def __init__(self, hub: Hub, monotonic: Callable[[], float]) -> None:
        self._hub = hub
        self._now = monotonic
        self._known: OrderedDict[bytes, tuple[float, Caller | None]] = OrderedDict()

    async def caller(self, presented: str) -> Caller | None:
        """Return the partner ``presented`` speaks for; ``None`` when it is no key, or no longer one."""
        if len(presented) > PRESENTED_LENGTH_MAX:
            return None
        digest = hashlib.sha256(presented.encode()).digest()
        known = self._known.get(digest)
        if known is not None and known[0] > self._now():
            return known[1]
        caller = await self._look_up(presented)
        self._known[digest] = (self._now() + KEPT_SECONDS, caller)
        self._known.move_to_end(digest)
        if len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return caller

    async def _look_up(self, presented: str) -> Caller | None:
        now = self._hub.clock.now()
        key = await self._hub.database.read(lambda conn: keys.verify(conn, presented, now=now))
        if key is None or self._hub.partners.get(key.partner) is None:
            return None  # a partner whose file is faulty is stopped
        return Caller(
            kind="partner",
            id=key.partner,
            name=key.partner,
            scope=only(key.partner),
            permissions=frozenset(key.scopes),
        )
