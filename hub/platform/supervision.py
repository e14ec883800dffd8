"""Loops that must not end: one round after another until cancelled, whatever a round raises.

What enters is a coroutine that does one round. A round that raises is logged with the exception's type and counted;
after a pause comes the next. ``fault`` tells how the last round ended, for whoever asks whether the hub is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub.kernel.errors import Unavailable

PAUSE_AFTER_FAULT_SECONDS = 1.0  # long enough not to fill the log, short enough that nobody waits for it

OnFault = Callable[[str, str], None]
"""Counts a fault: name of the loop, type of the exception."""

log = structlog.get_logger("hub.platform.supervision")


class Loop:
    """``round_`` again and again, ``every_seconds`` after the last one ended; zero for a round that waits by itself."""

    def __init__(
        self,
        name: str,
        round_: Callable[[], Awaitable[object]],
        *,
        every_seconds: float = 0.0,
        on_fault: OnFault | None = None,
    ) -> None:
        self.name = name
        self.fault: str | None = None
        """Type of the exception that ended the last round; None when it went well."""
        self._round = round_
        self._every_seconds = every_seconds
        self._on_fault = on_fault

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            try:
                await self._round()
            except Unavailable as fault:
                log.warning("loop put off", loop=self.name, reason=str(fault))
                await self._pause(fault)
            except Exception as fault:
                log.exception("loop failed, and goes on", loop=self.name, fault=type(fault).__name__)
                await self._pause(fault)
            else:
                self.fault = None
                await asyncio.sleep(self._every_seconds)

    async def _pause(self, fault: Exception) -> None:
        self.fault = type(fault).__name__
        if self._on_fault is not None:
            self._on_fault(self.name, self.fault)
        await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
