"""What waits in the outbox goes out: claimed, handed to its transport, marked. At least once, under the same name.

An attempt is on record before anything is sent; a crash in between sends again under the same file name, which
replaces the first. A delivery that goes wrong is marked so, and the next is tried. A mailbox needs nobody: its partner
comes for it.

What is wrong with the place and not with an answer (``Blocked``, but for what is of one file) stops all that the
partner is owed: one line in the log, one row, no attempt. The place is judged again after a while, longer each time,
and the answers go on in their order once it is well (``stopped``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from hub.exchange import outbox, stopped
from hub.exchange.outbox import DueDelivery
from hub.exchange.stopped import Lane
from hub.flow.services import Services
from hub.kernel.errors import Conflict, Unavailable
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.struct import Struct
from hub.platform import failpoints
from hub.platform.lanes import Share
from hub.platform.shortage import shortage
from hub.transport import folder
from hub.transport.blocked import HUB_AT_FAULT, HUB_SHORT, Blocked
from hub.transport.places import Places

AT_ONCE = 10  # deliveries of one claim: they go out one after the other, within one lease
CLAIM_LASTS = outbox.ATTEMPT_LEASE / 2  # no delivery is begun later: it might be claimed again while it is under way
POLL_SECONDS = 1.0  # the bell is enough within the process; this catches retries that fall due
JUDGED_AT_ONCE = 10  # stopped lanes of one round: a look at a folder each, and at most one delivery

Deliver = Callable[[DueDelivery, bytes], Wording]
"""Hands bytes over and says where they went; raises when they did not: ``Blocked`` when something is in the way."""

log = structlog.get_logger("hub.flow.delivering")


class DeliveryWay(Struct):
    """A way out."""

    deliver: Deliver
    fault_of: Callable[[str], Blocked | None] = lambda partner: None
    """Says what is in the way of all that goes to a partner, as far as it can be seen without sending anything."""


def transports(places: Places) -> dict[str, DeliveryWay]:
    """Return the ways out by their names in partner files."""
    return {"folder": DeliveryWay(deliver=partial(_to_folder, places), fault_of=places.fault_of_way_out)}


class Deliverer:
    """Empties the outbox until stopped."""

    def __init__(self, services: Services, ways: dict[str, DeliveryWay]) -> None:
        self._services = services
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

        self._services.database.bells.listen(outbox.BELL, wake)
        try:
            self._bell.clear()
            if not await self._deliver_due():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):  # ``wait_for`` may swallow a cancellation
                        await self._bell.wait()
        finally:
            self._services.database.bells.unlisten(outbox.BELL, wake)

    async def _deliver_due(self) -> int:
        now = self._services.clock.now()
        anything, lanes = await self._services.database.read(partial(_to_do, now=now))
        if not anything:
            return 0
        tried = 0
        for lane in lanes:
            tried += await self._judge(lane)
        now = self._services.clock.now()
        shares = {partner: Share(served=turn) for partner, turn in self._served.items()}
        claimed = await self._services.database.write(partial(outbox.claim, now=now, limit=AT_ONCE, shares=shares))
        left = list(claimed)
        while left:
            due, *left = left
            self._turns += 1
            self._served[due.partner] = self._turns
            if self._services.clock.now() - now > CLAIM_LASTS:
                log.warning("deliveries put off: those before them took too long", message=due.message)
                await self._put_off([due, *left])
                break
            if (fault := await self._deliver(due)) is not None:
                stopped_too = [each for each in left if each.partner == due.partner]
                left = [each for each in left if each.partner != due.partner]
                await self._stop([due, *stopped_too], fault)
        return tried + len(claimed)

    async def _judge(self, lane: Lane) -> int:
        """Look at the place of a stopped lane; where it seems well, try the oldest answer. Return how many were tried.

        Only what has gone through tells that the place is well: that there is no room is not seen before.
        """
        fault = await asyncio.to_thread(self._seen_fault, lane.partner)
        if fault is not None:
            await self._wait_on(lane, fault)
            return 0
        now = self._services.clock.now()
        mine, due = await self._services.database.write(partial(outbox.claim_one, lane=lane, now=now))
        if mine is None:
            return 0
        if due is not None and (fault := await self._deliver(due)) is not None:
            await self._wait_on(mine, fault, due)
            return 0
        await self._go_on(mine)
        return 1

    def _seen_fault(self, partner: str) -> Blocked | None:
        try:
            return next((fault for way in self._ways.values() if (fault := way.fault_of(partner)) is not None), None)
        except Exception as fault:
            log.exception("place not judged", partner=partner, fault=type(fault).__name__)
            return Blocked(HUB_AT_FAULT)

    async def _stop(self, claimed: Sequence[DueDelivery], fault: Blocked) -> None:
        """Stop the lane of a partner for a fault of its place; none of the answers has failed."""
        first, now = claimed[0], self._services.clock.now()

        def stop(conn: Connection) -> bool:
            for due in sorted(claimed, key=lambda due: due.message):
                outbox.put_back(conn, due)
            return stopped.stop(conn, first.partner, first.message, fault.wording, now=now)

        with self._told_if_away(first):
            if await self._services.database.write(stop):
                log.warning("deliveries stopped", partner=first.partner, reason=str(fault), cause=_cause(fault))

    async def _wait_on(self, lane: Lane, fault: Blocked, due: DueDelivery | None = None) -> None:
        now = self._services.clock.now()

        def wait_on(conn: Connection) -> bool:
            if due is not None:
                outbox.put_back(conn, due)
            return stopped.wait_on(conn, lane, fault.wording, now=now)

        with self._told_if_away(due):
            if await self._services.database.write(wait_on) and fault.wording != lane.reason:
                log.warning("deliveries still stopped", partner=lane.partner, reason=str(fault), cause=_cause(fault))

    async def _go_on(self, lane: Lane) -> None:
        with self._told_if_away(None):
            if await self._services.database.write(partial(stopped.go_on, lane=lane, now=self._services.clock.now())):
                log.info("deliveries go on", partner=lane.partner, reason=str(lane.reason))

    async def _put_off(self, left: list[DueDelivery]) -> None:
        """Let those wait whose turn did not come; none of them has failed."""

        def put_off(conn: Connection) -> None:
            for due in sorted(left, key=lambda due: due.message):
                outbox.put_off(conn, due)

        await self._services.database.write(put_off)

    async def _deliver(self, due: DueDelivery) -> Blocked | None:
        """Try one delivery and mark how it went; whatever goes wrong with it concerns no other.

        Return the fault of its place, with which nothing is marked.
        """
        with self._told_if_away(due):
            try:
                failpoints.reach("between-attempt-and-send")
                where = await self._send(due)
                failpoints.reach("after-send-before-mark")
                if where is not None:
                    await self._mark(partial(outbox.delivered, due=due, detail=where, confirmed=True))
                    self._services.metrics.count_delivery(due.partner, due.transport, "delivered")
            except Blocked as fault:
                return fault
        return None

    @contextlib.contextmanager
    def _told_if_away(self, due: DueDelivery | None) -> Iterator[None]:
        """Log what keeps a mark from being made: the lease runs out and brings the delivery back."""
        message = due and due.message
        try:
            yield
        except Conflict as fault:
            log.warning("delivery is another's by now", message=message, reason=str(fault))
        except Unavailable as fault:
            log.warning("delivery not marked", message=message, reason=str(fault))
        except Exception as fault:
            log.exception("delivery not marked", message=message, fault=type(fault).__name__)

    async def _send(self, due: DueDelivery) -> Wording | None:
        """Hand the body to its transport; return where it went, or None when it failed and is marked so.

        Raises ``Blocked`` when the fault is the place's, and what the machine is short of as one: neither is the
        answer's.
        """
        try:
            body = await self._services.database.read(lambda conn: self._services.blobs.get(conn, due.sha256))
            return await asyncio.to_thread(self._ways[due.transport].deliver, due, body)
        except Unavailable as fault:
            raise Blocked(HUB_SHORT) from fault
        except Blocked as fault:  # says a code, and nothing of our machine: the partner reads it
            if not fault.of_one_file:
                raise
            log.warning("delivery failed", message=due.message, partner=due.partner, reason=str(fault))
            why = fault.wording
        except Exception as fault:
            if shortage(fault) is not None:
                raise Blocked(HUB_SHORT) from fault
            log.exception("delivery failed", message=due.message, fault=type(fault).__name__)
            why = Wording(key="delivery/fault", words={"name": type(fault).__name__})
        await self._mark(partial(outbox.failed, due=due, detail=why))
        self._services.metrics.count_delivery(due.partner, due.transport, "failed")
        return None

    async def _mark(self, mark: Callable[..., object]) -> None:
        now = self._services.clock.now()
        await self._services.database.write(lambda conn: mark(conn, now=now))


def _to_do(conn: Connection, *, now: datetime) -> tuple[bool, list[Lane]]:
    """Return whether anything is to be done, and which stopped lanes are to be judged, longest waiting first."""
    if not outbox.anything_due(conn, now=now):
        return False, []
    waited = [lane for lane in stopped.lanes(conn).values() if lane.again_at <= now]
    return True, waited[:JUDGED_AT_ONCE]


def _cause(fault: Blocked) -> str | None:
    """Return what stands behind a fault, for our log alone."""
    return None if fault.__cause__ is None else str(fault.__cause__)


def _to_folder(places: Places, due: DueDelivery, body: bytes) -> Wording:
    """Put the message into the partner's folder; the name is the same at every try."""
    name = folder.deliver(places, due.partner, due.file_name or due.message, body)
    return Wording(key="delivery/written", words={"name": name})


declared(
    {
        "delivery/fault": Phrase(message="fault in the hub: {name}"),
        "delivery/written": Phrase(message="written to {name}"),
    }
)
