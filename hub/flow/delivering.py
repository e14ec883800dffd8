"""What waits in the outbox goes out: claimed, handed to its transport, marked. At least once, under the same name.

An attempt is on record before anything is sent; a crash in between sends again under the same file name, which
replaces the first. A mailbox needs nobody: its partner comes for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Connection

from hub.exchange import outbox
from hub.exchange.outbox import Due
from hub.flow.desk import Desk
from hub.kernel.errors import Unavailable
from hub.platform import failpoints
from hub.transport import folder

POLL_SECONDS = 1.0  # the bell is enough within the process; this catches retries that fall due

Deliver = Callable[[Due, bytes], str]
"""Hands bytes over and says where they went; raises ``OSError`` when they did not."""

log = structlog.get_logger("hub.flow.delivering")


def transports(folders: Path) -> dict[str, Deliver]:
    """Return the ways out by their names in partner files."""
    return {"folder": partial(_to_folder, folders)}


class Deliverer:
    """Empties the outbox until stopped."""

    def __init__(self, desk: Desk, ways: dict[str, Deliver]) -> None:
        self._desk = desk
        self._ways = ways
        self._bell = asyncio.Event()

    async def run(self) -> None:
        """Deliver what is due whenever the bell rings or the clock says so, until cancelled."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to wake
                loop.call_soon_threadsafe(self._bell.set)

        self._desk.database.bells.listen(outbox.BELL, wake)
        try:
            while True:
                self._bell.clear()
                if not await self._deliver_due():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._bell.wait(), POLL_SECONDS)
        finally:
            self._desk.database.bells.deaf(outbox.BELL, wake)

    async def _deliver_due(self) -> int:
        now = self._desk.clock.now()
        try:
            if await self._desk.database.read(partial(_nothing_due, now=now)):
                return 0
            claimed = await self._desk.database.write(partial(outbox.claim, now=now))
            for due in claimed:
                await self._deliver(due)
            return len(claimed)
        except Unavailable as fault:
            log.warning("outbox not served", reason=str(fault))
            return 0

    async def _deliver(self, due: Due) -> None:
        failpoints.reach("between-attempt-and-send")
        body = await self._desk.database.read(lambda conn: self._desk.blobs.get(conn, due.sha256))
        try:
            where = await asyncio.to_thread(self._ways[due.transport], due, body)
        except OSError as fault:
            why = str(fault)
            await self._desk.database.write(lambda conn: outbox.failed(conn, due, why, now=self._desk.clock.now()))
            return
        failpoints.reach("after-send-before-mark")
        await self._desk.database.write(
            lambda conn: outbox.delivered(conn, due, where, now=self._desk.clock.now(), confirmed=True)
        )


def _nothing_due(conn: Connection, *, now: datetime) -> bool:
    due_at = outbox.next_due(conn)
    return due_at is None or due_at > now


def _to_folder(folders: Path, due: Due, body: bytes) -> str:
    """Put the message into the partner's folder; the name is the same at every try."""
    path = folder.deliver(folder.outbox(folders, due.partner), due.file_name or f"{due.message}.edi", body)
    return f"written to {path.name}"
