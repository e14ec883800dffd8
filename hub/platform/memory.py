"""How this process takes memory from the system."""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8  # malloc.h of the GNU library
ARENAS = 1
"""From which all threads are given memory. The GNU library makes up to eight for each processor, one to a thread, and
what a thread has let go of serves no other: beside megabytes of faulty sets a server kept 30 MB so. Python computes in
one thread at a time, so that they seldom wait for each other."""


def share_arenas() -> None:
    """Have all threads share their free memory. To be called before any is started; nothing where malloc is another."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
