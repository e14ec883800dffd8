"""How much one partner, and all of them, may have under way: what has arrived counts, never what was promised.

In: a partner's wish to send a body, then its pieces as they come. Out: a place, given back when the request ends; or
``Problem`` 429 or 503 with Retry-After. The first 64 KiB of a body always have room, so that a small message is taken
whatever else is under way. Beyond it, a partner holds no more than it leaves free: one alone half of the room, two a
third each, so that whoever comes next finds as much as each of them has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from hub.platform.blobs import INLINE_BYTES_MAX
from hub.platform.settings import Settings
from hub.web.problems import Problem, busy

PARTNER_REQUESTS_MAX = 128  # bodies of one partner under way at a time: two group commits' worth
PARTNER_UPLOADS_MAX = 32  # of them, those that have grown into files
SMALL_BYTES = 64 * 1024  # of each body, not counted: a small message; of 1,000 connections 64 MiB
MEMORY_BYTES_MAX = 64 * 1024 * 1024  # of bodies not yet stored; beyond it those larger than a small one go to disk
RETRY_SECONDS = 1.0  # a group commit takes milliseconds: a second later there is room


class Admission:
    """Counts bodies and bytes under way. One per process, used on the event loop only."""

    def __init__(self, settings: Settings) -> None:
        self._bytes_max = settings.waiting_bytes_max
        self._requests: dict[str, int] = defaultdict(int)
        self._uploads: dict[str, int] = defaultdict(int)
        self._held: dict[str, int] = defaultdict(int)  # bytes beyond the small ones
        self._total = 0
        self._memory = 0

    @contextmanager
    def place(self, partner: str) -> Iterator[BodyProgress]:
        """Hold a place for one body of ``partner`` while the block runs. It weighs nothing until something arrives."""
        requests = self._requests.get(partner, 0)
        if requests >= PARTNER_REQUESTS_MAX:
            raise busy(f"{requests} of your messages are under way", RETRY_SECONDS)
        self._requests[partner] += 1
        place = BodyProgress(self, partner)
        try:
            yield place
        finally:
            place.give_back()
            self._subtract(self._requests, partner, 1)

    def hold(self, partner: str, size_bytes: int) -> None:
        """Count ``size_bytes`` more of ``partner``, unless it then held more than it leaves free."""
        held = self._held.get(partner, 0) + size_bytes
        if held > self._bytes_max - self._total - size_bytes:
            if held > self._total + size_bytes - held:  # more than all others together
                raise busy("your messages under way are as large as may be", RETRY_SECONDS)
            raise Problem(503, "the hub is taking in as much as it can", code="busy", retry_after_seconds=RETRY_SECONDS)
        self._held[partner] = held
        self._total += size_bytes

    def release(self, partner: str, size_bytes: int) -> None:
        """Take back what ``hold`` counted."""
        self._total -= size_bytes
        self._subtract(self._held, partner, size_bytes)

    def keep_in_memory(self, size_bytes: int) -> bool:
        """Count ``size_bytes`` more of memory (fewer, when negative); False when there is not so much."""
        if size_bytes > 0 and self._memory + size_bytes > MEMORY_BYTES_MAX:
            return False
        self._memory += size_bytes
        return True

    def begin_file(self, partner: str) -> None:
        """Count one more body of ``partner`` that is a file."""
        if self._uploads.get(partner, 0) >= PARTNER_UPLOADS_MAX:
            raise busy(f"{PARTNER_UPLOADS_MAX} of your large messages are under way", RETRY_SECONDS)
        self._uploads[partner] += 1

    def end_file(self, partner: str) -> None:
        """Take back what ``begin_file`` counted."""
        self._subtract(self._uploads, partner, 1)

    @staticmethod
    def _subtract(counts: dict[str, int], partner: str, by: int) -> None:
        if not by:
            return
        counts[partner] -= by
        if not counts[partner]:
            del counts[partner]


class BodyProgress:
    """What one body has come to so far."""

    def __init__(self, admission: Admission, partner: str) -> None:
        self._admission = admission
        self._partner = partner
        self._size = 0
        self._held = 0
        self._memory = 0
        self._is_file = False

    def take(self, size_bytes: int) -> bool:
        """Count a piece that has arrived; return whether it may stay in memory. Raises ``Problem`` 429 or 503."""
        self._size += size_bytes
        beyond = max(0, self._size - SMALL_BYTES) - self._held
        if beyond > 0:
            self._admission.hold(self._partner, beyond)
            self._held += beyond
        if self._is_file:
            return False
        stays = self._size <= INLINE_BYTES_MAX
        if stays and self._size > SMALL_BYTES:
            stays = self._admission.keep_in_memory(self._size - SMALL_BYTES - self._memory)
            self._memory = self._size - SMALL_BYTES if stays else self._memory
        if not stays:
            self._admission.begin_file(self._partner)
            self._is_file = True
            self._admission.keep_in_memory(-self._memory)
            self._memory = 0
        return stays

    def give_back(self) -> None:
        """Count nothing of it any more."""
        self._admission.release(self._partner, self._held)
        self._admission.keep_in_memory(-self._memory)
        if self._is_file:
            self._admission.end_file(self._partner)
        self._held = self._memory = 0
        self._is_file = False
