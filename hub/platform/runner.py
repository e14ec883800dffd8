"""The in-process worker: takes jobs when a bell rings or the clock says so, and hands each to its handler.

A handler does its work and completes the job (``jobs.done`` with the job's fence) in the same write as its effect. When
it raises, the job goes back with backoff, or among the dead; ``Unavailable`` counts as no attempt. Long work keeps its
lease by a heartbeat. Owners take turns: who has least in hand is next, and a part of the room is never one owner's. Of
a kind that goes ``aside`` a few jobs run at a time, one of each owner, and no job of another kind waits for them. A
job that went down with its worker has fewer beside it each time (``jobs.in_hand_max``), whatever kind that is of: while
it waits for less, nothing is claimed that goes after it, of no kind, and so its turn comes. Nothing is claimed before
``not_before`` returns: what is needed for every job is there then, or a kill would cost attempts of jobs that never
began. Who waits for a job that dies is told by ``on_dead``, in the same write. ``stop`` lets what runs finish, and
gives back what does not in ``STOP_SECONDS``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.kernel.clock import Clock
from hub.kernel.errors import Conflict, Overrun, Unavailable
from hub.platform import failpoints, jobs
from hub.platform.database import Database
from hub.platform.jobs import Job, OnDead
from hub.platform.lanes import Share
from hub.platform.shortage import shortage
from hub.platform.supervision import Loop, OnFault

Handler = Callable[[Job], Awaitable[None]]
"""Does a job. Gets it claimed; completes it with ``jobs.done(conn, job.fence)`` in the write of its effect."""

BATCH = 256  # jobs in hand at once: half a second of work, so that no stage waits for another
OTHERS_PART = 4  # of the batch a fourth is never one owner's, so that another always finds room
LUMP_PART = 8  # and jobs are claimed by the dozen: an eighth of the batch must be free, of an owner's share as well
POLL_SECONDS = 1.0  # bells within the process are enough; this catches other processes, retries and ended leases
HEARTBEAT_SECONDS = jobs.LEASE.total_seconds() / 3
STOP_SECONDS = 10.0

Lane = tuple[str, ...]
"""Kinds of job that share their room: those that go side by side, or one that goes aside."""

log = structlog.get_logger("hub.platform.runner")


class Runner:
    """Runs jobs of the kinds in ``handlers`` until stopped. ``worker`` names this process in the job table."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        clock: Clock,
        *,
        worker: str,
        aside: Mapping[str, int] | None = None,
        batch: int = BATCH,
        not_before: Callable[[], Awaitable[None]] | None = None,
        on_dead: OnDead | None = None,
        on_fault: OnFault | None = None,
    ) -> None:
        self._database = database
        self._handlers = dict(handlers)
        self._clock = clock
        self._worker = worker
        self._aside = dict(aside or {})  # kind → how many at a time
        self._batch, self._lump = batch, max(1, batch // LUMP_PART)
        self._most = batch + sum(self._aside.values())  # jobs in hand
        self._first: Lane = ()  # whose next job waits until fewer are in hand: it is asked before the others
        self._served: dict[str, int] = {}  # owner → number of its last turn
        self._turns = 0
        self._not_before = not_before
        self._on_dead = on_dead
        self.loops = (
            Loop("jobs", self._take, on_fault=on_fault),
            Loop("leases", self._beat, every_seconds=HEARTBEAT_SECONDS, on_fault=on_fault),
        )
        self._bell = asyncio.Event()
        self._running: dict[asyncio.Task[None], Job] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._claiming = asyncio.Lock()
        self._stopping = False

    def start(self) -> None:
        """Begin. Called on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._database.bells.listen(jobs.BELL, self.wake)
        self._tasks = [asyncio.create_task(loop.run()) for loop in self.loops]

    def wake(self) -> None:
        """Look for jobs now. May be called from any thread."""
        if self._loop is not None and not self._bell.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to wake
                self._loop.call_soon_threadsafe(self._bell.set)

    async def stop(self) -> None:
        """Take no more, wait for what runs, give back the rest."""
        self._stopping = True
        self._database.bells.unlisten(jobs.BELL, self.wake)
        self._bell.set()
        async with self._claiming:  # what is claimed is begun, and so given back
            for task in self._tasks:
                task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_SECONDS)
        unfinished = dict(self._running)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*self._tasks, *unfinished, return_exceptions=True)
        for job in unfinished.values():
            await self._release(job, timedelta())

    async def drain(self) -> None:
        """Return when no job is due and none runs: for tests and commands that process once."""
        while True:
            if not self._running and not await self._claim(self._batch):
                return
            if self._running:
                await asyncio.wait(self._running)

    async def _take(self) -> None:
        """Claim what there is room for, or wait for the bell."""
        if self._not_before is not None:
            await self._not_before()
            self._not_before = None
        self._bell.clear()
        claimed = 0 if self._stopping else await self._claim(self._batch - len(self._running))
        if not claimed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # ``wait_for`` may swallow a cancellation
                    await self._bell.wait()
        await self._until_there_is_room()

    async def _until_there_is_room(self) -> None:
        """Wait for room for a dozen; not for ever: some may be slow."""
        waited = True
        while waited and len(self._running) > self._batch - self._lump:
            done, _ = await asyncio.wait(self._running, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            waited = bool(done)

    async def _claim(self, room: int) -> int:
        """Claim up to ``room`` jobs, and of each kind that goes aside what has room; begin them; say how many."""
        async with self._claiming:
            running = list(self._running.values())
            in_hand = Counter(job.kind for job in running)
            idle = {kind: most - in_hand[kind] for kind, most in self._aside.items() if in_hand[kind] < most}
            if self._stopping or self._in_hand_max(running) <= 0 or (room <= 0 and not idle):
                return 0
            claimed = await self._database.write(partial(self._claim_now, room, idle, running, self._clock.now()))
            if claimed:
                failpoints.reach("between-claim-and-effect")
            for job in claimed:
                self._turns += 1
                self._served[job.owner] = self._turns
                task = asyncio.create_task(self._run(job))
                self._running[task] = job
                task.add_done_callback(self._ended)
            return len(claimed)

    def _claim_now(
        self, room: int, idle: Mapping[str, int], running: Sequence[Job], now: datetime, conn: Connection
    ) -> list[Job]:
        """Claim lane by lane, until one of them has a job that waits until fewer are in hand."""
        rooms: dict[Lane, int] = {tuple(kind for kind in self._handlers if kind not in self._aside): room}
        rooms |= {(kind,): most for kind, most in sorted(idle.items())}
        claimed: list[Job] = []
        for lane in sorted((lane for lane in rooms if lane), key=lambda lane: lane != self._first):
            hand = [*running, *claimed]
            limit = min(rooms[lane], self._in_hand_max(hand))
            if limit <= 0:
                continue
            shares, most = self._shares_of_lane(running, lane)
            found = jobs.claim(
                conn,
                lane,
                worker=self._worker,
                now=now,
                limit=limit,
                in_hand=len(hand),
                shares=shares,
                most_of_one=most,
                on_dead=self._on_dead,
            )
            claimed += found
            if found.cut_short:
                self._first = lane
                break
        return claimed

    def _in_hand_max(self, hand: Sequence[Job]) -> int:
        """Return how many more jobs may join those in hand for their sake."""
        allowed = [jobs.in_hand_max(job, self._batch) for job in hand]
        return min((most for most in allowed if most < self._batch), default=self._most) - len(hand)

    def _shares_of_lane(self, running: Sequence[Job], lane: Lane) -> tuple[dict[str, Share], int]:
        """Return what each owner has of the lane, and the most that one may have."""
        shares = self._shares(running, lane)
        if not self._aside.keys().isdisjoint(lane):
            return shares, 1
        most = max(1, self._batch - self._batch // OTHERS_PART)
        return {
            owner: share if share.in_hand <= most - self._lump else replace(share, in_hand=most)
            for owner, share in shares.items()
        }, most

    def _shares(self, running: Sequence[Job], kinds: Collection[str]) -> dict[str, Share]:
        """Return what each owner has of the lane of ``kinds``, and when it had its last turn."""
        in_hand = Counter(job.owner for job in running if job.kind in kinds)
        return {
            owner: Share(in_hand=in_hand[owner], served=self._served.get(owner, 0))
            for owner in {*in_hand, *self._served}
        }

    def _ended(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        if job.kind in self._aside or len(self._running) % self._lump == 0:
            self._bell.set()  # the next of its kind may go, some more of its owner, or what must be alone

    async def _run(self, job: Job) -> None:
        try:
            await self._handlers[job.kind](job)
        except Conflict as fault:  # the fence fell: the job is another's, or it is our caller's to show
            log.warning("job lost", job=job.id, kind=job.kind, reason=str(fault))
            await self._fail(job, fault)
        except Unavailable as fault:
            await self._release(job, timedelta(seconds=fault.retry_after_seconds))
        except Exception as fault:  # noqa: BLE001 - it is told, or written down with the job
            await self._ended_in(fault, job)
        else:
            failpoints.reach("after-effect-before-release")

    async def _ended_in(self, fault: Exception, job: Job) -> None:
        """Count the attempt, unless it was the machine that was short of something: the job cannot help that."""
        if (short := shortage(fault)) is not None:
            log.warning("job put off", job=job.id, kind=job.kind, reason=str(short))
            await self._release(job, timedelta(seconds=short.retry_after_seconds))
        else:
            log.exception("job failed", job=job.id, kind=job.kind, attempt=job.attempts)
            await self._fail(job, fault)

    async def _fail(self, job: Job, fault: Exception) -> None:
        now = self._clock.now()
        why = f"{type(fault).__name__}: {fault}"
        final = isinstance(fault, Overrun) and job.fence.counted >= jobs.OVERRUN_ATTEMPTS_MAX

        def bury_or_retry(conn: Connection) -> None:
            if jobs.fail(conn, job.fence, why, now=now, final=final) and self._on_dead is not None:
                self._on_dead(conn, job, type(fault).__name__)

        with contextlib.suppress(Unavailable):  # the lease runs out and brings the job back
            await self._database.write(bury_or_retry, behind=True)

    async def _release(self, job: Job, wait: timedelta) -> None:
        now = self._clock.now()
        with contextlib.suppress(Unavailable):  # the lease runs out and brings the job back
            await self._database.write(partial(jobs.release, fence=job.fence, now=now, wait=wait), behind=True)

    async def _beat(self) -> None:
        """Renew the leases of what still runs."""
        running = sorted(self._running.values(), key=lambda job: job.id)  # on the event loop: it changes there
        fences = [job.fence for job in running]  # in one order, as all who lock jobs do
        if fences:
            await self._database.write(partial(jobs.extend, fences=fences, now=self._clock.now()))
