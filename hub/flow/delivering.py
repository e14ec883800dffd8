"""What waits in the outbox goes out: claimed, handed to its transport, marked. At least once, under the same name.

An attempt is on record before anything is sent; a crash in between sends again under the same file name, which
replaces the first. A delivery that goes wrong is marked so, and the next is tried. A mailbox needs nobody: its partner
comes for it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from hub.exchange import outbox
from hub.exchange.outbox import Due
from hub.flow.desk import Desk
from hub.kernel.errors import Conflict, Unavailable
from hub.platform import failpoints
from hub.platform.lanes import Share
from hub.platform.shortage import shortage
from hub.transport import folder
from hub.transport.blocked import Blocked
from hub.transport.places import Places

AT_ONCE = 10  # deliveries of one claim: they go out one after the other, within one lease
CLAIM_LASTS = outbox.ATTEMPT_LEASE / 2  # no delivery is begun later: it might be claimed again while it is under way
POLL_SECONDS = 1.0  # the bell is enough within the process; this catches retries that fall due

Deliver = Callable[[Due, bytes], str]
"""Hands bytes over and says where they went; raises when they did not."""

log = structlog.get_logger("hub.flow.delivering")


def transports(places: Places) -> dict[str, Deliver]:
    """Return the ways out by their names in partner files."""
    return {"folder": partial(_to_folder, places)}


class Deliverer:
    """Empties the outbox until stopped."""

    def __init__(self, desk: Desk, ways: dict[str, Deliver]) -> None:
        self._desk = desk
        self._ways = ways
        self._served: dict[str, int] = {}  # partner → number of its last turn
        self._turns = 0
        self._bell = asyncio.Event()

    async def step(self) -> None:
        """Deliver what is due, or wait until the bell rings or the clock says so. Raises what the database does."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to wake
                loop.call_soon_threadsafe(self._bell.set)

        self._desk.database.bells.listen(outbox.BELL, wake)
        try:
            self._bell.clear()
            if not await self._deliver_due():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):  # ``wait_for`` may swallow a cancellation
                        await self._bell.wait()
        finally:
            self._desk.database.bells.deaf(outbox.BELL, wake)

    async def _deliver_due(self) -> int:
        now = self._desk.clock.now()
        if await self._desk.database.read(partial(_nothing_due, now=now)):
            return 0
        shares = {partner: Share(served=turn) for partner, turn in self._served.items()}
        claimed = await self._desk.database.write(partial(outbox.claim, now=now, limit=AT_ONCE, shares=shares))
        for number, due in enumerate(claimed):
            self._turns += 1
            self._served[due.partner] = self._turns
            if self._desk.clock.now() - now > CLAIM_LASTS:
                log.warning("deliveries put off: those before them took too long", message=due.message)
                await self._put_off(claimed[number:])
                break
            await self._deliver(due)
        return len(claimed)

    async def _put_off(self, left: list[Due]) -> None:
        """Let those wait whose turn did not come; none of them has failed."""

        def put_off(conn: Connection) -> None:
            for due in sorted(left, key=lambda due: due.message):
                outbox.put_off(conn, due)

        await self._desk.database.write(put_off)

    async def _deliver(self, due: Due) -> None:
        """Try one delivery and mark how it went; whatever goes wrong with it concerns no other."""
        try:
            failpoints.reach("between-attempt-and-send")
            where = await self._send(due)
            failpoints.reach("after-send-before-mark")
            if where is not None:
                await self._mark(partial(outbox.delivered, due=due, detail=where, confirmed=True))
        except Conflict as fault:
            log.warning("delivery is another's by now", message=due.message, reason=str(fault))
        except Unavailable as fault:  # the lease runs out and brings it back, under the same name
            log.warning("delivery not marked", message=due.message, reason=str(fault))
        except Exception as fault:
            log.exception("delivery not marked", message=due.message, fault=type(fault).__name__)

    async def _send(self, due: Due) -> str | None:
        """Hand the body to its transport; return where it went, or None when it failed and is marked so."""
        try:
            body = await self._desk.database.read(lambda conn: self._desk.blobs.get(conn, due.sha256))
            return await asyncio.to_thread(self._ways[due.transport], due, body)
        except Unavailable:
            raise
        except Blocked as fault:  # says a code, and nothing of our machine: the partner reads it
            log.warning("delivery failed", message=due.message, partner=due.partner, reason=str(fault))
            why = str(fault)
        except Exception as fault:
            if (short := shortage(fault)) is not None:
                raise short from fault
            log.exception("delivery failed", message=due.message, fault=type(fault).__name__)
            why = f"fault in the hub: {type(fault).__name__}"
        await self._mark(partial(outbox.failed, due=due, detail=why))
        return None

    async def _mark(self, mark: Callable[..., object]) -> None:
        now = self._desk.clock.now()
        await self._desk.database.write(lambda conn: mark(conn, now=now))


def _nothing_due(conn: Connection, *, now: datetime) -> bool:
    due_at = outbox.next_due(conn)
    return due_at is None or due_at > now


def _to_folder(places: Places, due: Due, body: bytes) -> str:
    """Put the message into the partner's folder; the name is the same at every try."""
    name = folder.deliver(places, due.partner, due.file_name or f"{due.message}.edi", body)
    return f"written to {name}"
