"""Jobs are rows: written in the transaction that causes them, claimed with a lease, completed with their effect.

A job is ``ready`` until claimed, ``running`` while its lease lasts, gone when done, ``dead`` after ``ATTEMPTS_MAX``.
Each claim raises ``attempts``; that number is the *fence*: a worker whose lease ran out and whose job was claimed by
another finds that its fence no longer fits, gets ``Conflict``, and its whole transaction is undone. So an effect
written together with ``done`` happens exactly once, however many workers try. Jobs are claimed in fair turns by
``owner``, whoever caused them; of one owner the oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import asdict
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert
from sqlalchemy import update as sql_update

from hub.kernel.errors import Conflict
from hub.kernel.struct import Struct
from hub.platform.bells import ring
from hub.platform.columns import LONG, Instant
from hub.platform.database import metadata
from hub.platform.lanes import NO_SHARES, Shares, owners_in_turn, owners_of, taken_in_turns
from hub.platform.statements import PreparedStatement

LEASE = timedelta(seconds=30)  # a killed worker's jobs are taken up again after this
ATTEMPTS_MAX = 8  # with the backoff below: about four minutes, then a person is told
OVERRUN_ATTEMPTS_MAX = 2  # of work that was ended for it took too long: the machine may have been busy once
BACKOFF_MIN = timedelta(seconds=1)
BACKOFF_MAX = timedelta(minutes=5)
ERROR_LENGTH_MAX = 2_000
CLAIM_MAX = 256  # of one claim: all that a runner has in hand, half a second of work, far below the lease
BELL = "jobs"

job = Table(
    "job",
    metadata,
    Column("id", LONG, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("owner", String(40), nullable=False, server_default=""),  # whose it is: the partner's id; "": the hub's own
    Column("payload", Text, nullable=False),
    Column("ordering_key", String(200)),
    Column("state", String(8), nullable=False),
    Column("due_at", Instant, nullable=False),  # ready: not before this; running: when the lease ends
    Column("attempts", Integer, nullable=False),  # claims ever made; only grows, so that a fence never fits again
    Column("excused", Integer, nullable=False),  # claims that do not count: nothing was wrong with the job
    Column("worker", String(80)),
    Column("error", Text),
    sqlite_autoincrement=True,  # a number used again would let a stale worker pass the fence of another job
)
_ALIVE = job.c.state != literal_column("'dead'")  # spelt out: of a bound word SQLite cannot tell that the index fits
Index("ix_job_lane", job.c.kind, job.c.owner, job.c.due_at, job.c.id, sqlite_where=_ALIVE, postgresql_where=_ALIVE)
Index(
    "ix_job_ordering",
    job.c.ordering_key,
    job.c.id,
    sqlite_where=job.c.ordering_key.is_not(None),
    postgresql_where=job.c.ordering_key.is_not(None),
)


class Fence(Struct):
    """The right to complete a job: holds as long as nobody else has claimed it."""

    job: int
    attempt: int
    excused: int = 0

    @property
    def counted(self) -> int:
        """Which attempt this is of those that count."""
        return self.attempt - self.excused


class NewJob(Struct):
    """A job to be written. Of one ``ordering_key`` only the oldest unfinished job is claimed."""

    kind: str
    payload: str
    due_at: datetime
    owner: str = ""
    ordering_key: str | None = None


class Job(Struct):
    """A job as claimed."""

    id: int
    kind: str
    owner: str
    payload: str  # most often the id of a message
    attempts: int
    excused: int = 0
    ordering_key: str | None = None
    error: str | None = None  # why the last attempt failed

    @property
    def fence(self) -> Fence:
        return Fence(job=self.id, attempt=self.attempts, excused=self.excused)


OnDead = Callable[[Connection, Job, str], None]
"""Tells whoever waits for a job that it died, in the write that buries it: the job, and why without any payload.

What it raises undoes the burial."""


class Claimed(list[Job]):
    """Jobs claimed at once. ``cut_short`` says that the next one is to have fewer beside it than it would."""

    def __init__(self, claimed: Iterable[Job], *, cut_short: bool) -> None:
        super().__init__(claimed)
        self.cut_short = cut_short


class Backlog(Struct):
    """How much waits, for telemetry and the readiness page."""

    ready: int
    running: int
    dead: int
    oldest_due_at: datetime | None = None


def enqueue_all(conn: Connection, new: Sequence[NewJob]) -> None:
    """Write jobs."""
    if new:
        _INSERT.run_many(conn, [asdict(each) | {"state": "ready", "attempts": 0, "excused": 0} for each in new])
        ring(conn, BELL)


def claim(
    conn: Connection,
    kinds: Sequence[str],
    *,
    worker: str,
    now: datetime,
    limit: int = CLAIM_MAX,
    in_hand: int = 0,
    shares: Shares = NO_SHARES,
    most_of_one: int = CLAIM_MAX,
    lease: timedelta = LEASE,
    on_dead: OnDead | None = None,
) -> Claimed:
    """Claim up to ``limit`` due jobs of ``kinds`` until ``now + lease``; jobs whose lease ended too.

    They are claimed in fair turns by owner, where ``shares`` says what each has in hand, and of one owner oldest first,
    no more than ``most_of_one`` with those in hand. ``in_hand`` are the worker's already, of whatever kind: a job that
    must have fewer others in hand waits until there are fewer, and all after it, of the other kinds as well: a worker
    that goes on claiming when it was ``cut_short`` lets it wait for ever. One that took its worker down with it
    ``ATTEMPTS_MAX`` times is laid among the dead instead.
    """
    due = [found for kind in kinds for found in _due(conn, kind, now, min(limit, CLAIM_MAX), shares, most_of_one)]
    del due[limit:]
    fatal = [found for found in due if found.fence.counted >= ATTEMPTS_MAX]
    claimed = [found for found in due if found.fence.counted < ATTEMPTS_MAX]
    if fatal:
        _bury(conn, fatal, on_dead)
    fit = claimed[: _together(claimed, in_hand)]
    if fit:
        conn.execute(_CLAIM, {"ids": [found.id for found in fit], "lease_ends": now + lease, "by": worker})
    begun = (msgspec.structs.replace(found, attempts=found.attempts + 1) for found in fit)
    return Claimed(begun, cut_short=len(fit) < len(claimed))


def _due(conn: Connection, kind: str, now: datetime, room: int, shares: Shares, most_of_one: int) -> list[Job]:
    """Return jobs of one kind that are due, in fair turns; on PostgreSQL no other worker gets them meanwhile."""

    def of_owner(owner: str, most: int) -> list[Job]:
        asked = {"now": now, "wanted_kind": kind, "whose": owner, "most": most}
        return [Job(**dict(zip(_NAMES, row, strict=True))) for row in _DUE.returned(conn, asked)]

    def owners(behind: str | None) -> list[str]:
        query = _OWNERS if behind is None else _OWNERS_BEHIND
        values = {"wanted_kind": kind} if behind is None else {"wanted_kind": kind, "behind": behind}
        return [owner for (owner,) in query.returned(conn, values)]

    return taken_in_turns(owners_in_turn(owners, shares), of_owner, shares, room, most_of_one)


def in_hand_max(job: Job, most: int = CLAIM_MAX) -> int:
    """Return how many jobs may be in hand with this one, as claimed, itself included.

    One of those that were in hand when a worker died may be what it died of, so the next time there are fewer: a
    quarter for each death. In the end it dies alone, and the others are done. What failed by itself is no such job.
    """
    return _in_hand_max(job, job.fence.counted - 1, most)


def _in_hand_max(job: Job, claims: int, most: int) -> int:
    deaths = 0 if job.error else max(claims, 0)
    return max(1, most >> (2 * deaths))


def _together(due: Sequence[Job], in_hand: int) -> int:
    """Return how many of the first of ``due``, not yet claimed, may be claimed beside those in hand."""
    allowed = in_hand + len(due)  # how many at most is for others to say
    for count, found in enumerate(due):
        own = _in_hand_max(found, found.fence.counted, CLAIM_MAX)
        allowed = min(allowed, own) if own < CLAIM_MAX else allowed
        if in_hand + count >= allowed:
            return count
    return len(due)


def done(conn: Connection, fence: Fence) -> None:
    """Complete the job, in the transaction that writes its effect. Raises ``Conflict`` when the fence has fallen."""
    rows = _DONE.returned(conn, {"job": fence.job, "attempt": fence.attempt})
    if not rows:
        raise Conflict(f"job {fence.job} was claimed by another worker after attempt {fence.attempt}")
    if rows[0][0] is not None:
        ring(conn, BELL)  # the next of its ordering key may go


def forget_dead(conn: Connection, kinds: Sequence[str], payload: str) -> int:
    """Remove dead jobs of ``kinds`` that were about ``payload``, which another has done since; return how many."""
    return conn.execute(_FORGET_DEAD, {"kinds": list(kinds), "about": payload}).rowcount


def extend(conn: Connection, fences: Sequence[Fence], *, now: datetime, lease: timedelta = LEASE) -> int:
    """Renew the leases that still hold; return how many did. For work that lasts longer than a lease."""
    renewed = 0
    for fence in fences:
        values = {"job": fence.job, "attempt": fence.attempt, "lease_ends": now + lease}
        renewed += _EXTEND.run(conn, values)
    return renewed


def fail(conn: Connection, fence: Fence, error: str, *, now: datetime, final: bool = False) -> bool:
    """Put the job back for a later try, or among the dead when it was the last; True when dead.

    A fence that has fallen changes nothing: the job is in other hands.
    """
    dead = final or fence.counted >= ATTEMPTS_MAX
    values = {
        "job": fence.job,
        "attempt": fence.attempt,
        "state_after": "dead" if dead else "ready",
        "due": now + backoff(fence.counted),
        "why": error.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:ERROR_LENGTH_MAX],
    }
    changed = _FAIL.run(conn, values) == 1
    ring(conn, BELL)
    return dead and changed


def release(conn: Connection, fence: Fence, *, now: datetime, wait: timedelta) -> None:
    """Put the job back without counting the attempt: nothing was wrong with it, something was not available."""
    _RELEASE.run(conn, {"job": fence.job, "attempt": fence.attempt, "due": now + wait})


def take_over(conn: Connection, *, now: datetime) -> int:
    """Make every job in hand due now; return how many. Only for who knows that no other worker lives.

    The attempt counts: the job may be what ended its worker.
    """
    return _TAKE_OVER.run(conn, {"due": now})


def revive(conn: Connection, job_id: int, *, now: datetime) -> bool:
    """Give a dead job all its attempts again, as if it had never failed; False when it is not dead."""
    ring(conn, BELL)
    return _REVIVE.run(conn, {"job": job_id, "now": now}) == 1


def dead(conn: Connection, limit: int = 100) -> list[Job]:
    """Return dead jobs, oldest first."""
    rows = conn.execute(_COLUMNS.where(job.c.state == "dead").order_by(job.c.id).limit(limit)).all()
    return [Job(**row._mapping) for row in rows]


def backlog(conn: Connection) -> Backlog:
    """Count jobs by state."""
    counts = {
        row.state: row
        for row in conn.execute(
            select(job.c.state, func.count().label("number"), func.min(job.c.due_at).label("oldest")).group_by(
                job.c.state
            )
        )
    }
    number = {state: row.number for state, row in counts.items()}
    return Backlog(
        ready=number.get("ready", 0),
        running=number.get("running", 0),
        dead=number.get("dead", 0),
        oldest_due_at=counts["ready"].oldest if "ready" in counts else None,
    )


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after failed attempt ``attempt``: doubles from a second, at most five minutes.

    >>> [backoff(n).total_seconds() for n in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 300.0]
    """
    doubled: timedelta = BACKOFF_MIN * 2 ** min(attempt - 1, 16)
    return min(doubled, BACKOFF_MAX)


def _bury(conn: Connection, fatal: Sequence[Job], on_dead: OnDead | None) -> None:
    why = f"its worker ended {ATTEMPTS_MAX} times while doing it"
    conn.execute(_BURY, {"ids": [each.id for each in fatal], "why": why})
    if on_dead is not None:
        for each in fatal:
            on_dead(conn, each, why)


def _held(statement: Any) -> Any:
    """Narrow to the job whose fence still holds."""
    return statement.where(
        job.c.id == bindparam("job"), job.c.attempts == bindparam("attempt"), job.c.state == "running"
    )


_earlier = job.alias("earlier")
_COLUMNS = select(
    job.c.id, job.c.kind, job.c.owner, job.c.payload, job.c.attempts, job.c.excused, job.c.ordering_key, job.c.error
)
_NAMES = [column.name for column in _COLUMNS.selected_columns]
_INSERT = PreparedStatement(sql_insert(job))
_LANE = (job.c.kind == bindparam("wanted_kind"), _ALIVE)
_OWNERS = PreparedStatement(owners_of(job.c.owner, *_LANE))
_OWNERS_BEHIND = PreparedStatement(owners_of(job.c.owner, *_LANE, job.c.owner > bindparam("behind")))
_DUE = PreparedStatement(
    _COLUMNS.where(
        _ALIVE,
        job.c.due_at <= bindparam("now", type_=Instant),
        job.c.kind == bindparam("wanted_kind"),
        job.c.owner == bindparam("whose"),
        or_(
            job.c.ordering_key.is_(None),
            ~exists().where(
                and_(
                    _earlier.c.ordering_key == job.c.ordering_key,
                    _earlier.c.id < job.c.id,
                    _earlier.c.state != "dead",
                )
            ),
        ),
    )
    .order_by(job.c.due_at, job.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(
        skip_locked=True, of=job
    )  # SQLite has one writer and needs no lock; SQLAlchemy leaves it out there
)
_CLAIM = (
    sql_update(job)
    .where(job.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="running",
        attempts=job.c.attempts + 1,
        due_at=bindparam("lease_ends", type_=Instant),
        worker=bindparam("by"),
    )
)
_BURY = (
    sql_update(job).where(job.c.id.in_(bindparam("ids", expanding=True))).values(state="dead", error=bindparam("why"))
)
_DONE = PreparedStatement(_held(sql_delete(job)).returning(job.c.ordering_key))
_FORGET_DEAD = sql_delete(job).where(
    job.c.state == "dead", job.c.kind.in_(bindparam("kinds", expanding=True)), job.c.payload == bindparam("about")
)
_EXTEND = PreparedStatement(_held(sql_update(job)).values(due_at=bindparam("lease_ends", type_=Instant)))
_FAIL = PreparedStatement(
    _held(sql_update(job)).values(
        state=bindparam("state_after"), due_at=bindparam("due", type_=Instant), error=bindparam("why"), worker=None
    )
)
_RELEASE = PreparedStatement(
    _held(sql_update(job)).values(
        state="ready", excused=job.c.excused + 1, due_at=bindparam("due", type_=Instant), worker=None
    )
)
_TAKE_OVER = PreparedStatement(
    sql_update(job)
    .where(job.c.state == "running")
    .values(state="ready", due_at=bindparam("due", type_=Instant), worker=None)
)
_REVIVE = PreparedStatement(
    sql_update(job)
    .where(job.c.id == bindparam("job"), job.c.state == "dead")
    .values(state="ready", excused=job.c.attempts, due_at=bindparam("now", type_=Instant), error=None)
)
