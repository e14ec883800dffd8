"""One thread at a time, in the order in which they came; who is at it for long lets the others pass now and then.

For work of Python's own in threads: two that compute take no less time together than one after the other, and both
would stand in the way of the event loop.
"""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """Lets one thread through its ``with`` block at a time."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._busy = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until who was inside hands over

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False

    def pass_on(self) -> None:
        """Within the block: let those who wait go first, then go on."""
        if self._waiting:
            self.__exit__()
            self.__enter__()
