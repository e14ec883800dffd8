"""A job is done once, whoever tries; it is never lost, and never tried for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from hub.kernel.errors import Conflict, Overrun, Unavailable
from hub.platform import jobs
from hub.platform.database import Database
from hub.platform.jobs import Job, OnDead
from hub.platform.runner import Runner
from tests import stored
from tests.stored import FrozenClock

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOW + jobs.LEASE + timedelta(seconds=1)


def enqueue(database: Database, *payloads: str, key: str | None = None, run_at: datetime | None = None) -> None:
    def work(conn: Connection) -> None:
        for payload in payloads:
            stored.enqueue(conn, "test", payload, now=NOW, ordering_key=key, run_at=run_at)

    database.write_now(work)


def claim(database: Database, *, now: datetime = NOW, limit: int = 10, in_hand: int = 0) -> list[Job]:
    return database.write_now(
        lambda conn: jobs.claim(conn, ["test"], worker="w", now=now, limit=limit, in_hand=in_hand)
    )


def test_jobs_are_claimed_oldest_first_and_once(database: Database) -> None:
    enqueue(database, "a", "b", "c")
    assert [job.payload for job in claim(database, limit=2)] == ["a", "b"]
    assert [job.payload for job in claim(database)] == ["c"]
    assert claim(database) == []


def test_a_job_waits_for_its_time_and_its_kind(database: Database) -> None:
    enqueue(database, "later", run_at=NOW + timedelta(hours=1))
    assert claim(database) == []
    assert database.write_now(lambda c: jobs.claim(c, ["other"], worker="w", now=NOW + timedelta(hours=1))) == []
    assert [job.payload for job in claim(database, now=NOW + timedelta(hours=1))] == ["later"]


def test_a_stale_worker_cannot_complete_and_its_effect_is_undone(database: Database) -> None:
    enqueue(database, "a")
    [stale] = claim(database)
    [fresh] = claim(database, now=LATER)
    assert (stale.attempts, fresh.attempts) == (1, 2)

    def effect(conn: Connection, job: Job) -> None:
        stored.enqueue(conn, "effect", job.payload, now=NOW)
        jobs.done(conn, job.fence)

    with pytest.raises(Conflict):
        database.write_now(lambda conn: effect(conn, stale))
    database.write_now(lambda conn: effect(conn, fresh))
    with pytest.raises(Conflict):
        database.write_now(lambda conn: effect(conn, fresh))
    kinds = database.read_now(lambda conn: conn.execute(text("SELECT kind FROM job")).scalars().all())
    assert kinds == ["effect"]


def test_a_stale_worker_cannot_fail_release_or_extend(database: Database) -> None:
    enqueue(database, "a")
    [stale] = claim(database)
    [fresh] = claim(database, now=LATER)
    assert not database.write_now(lambda conn: jobs.fail(conn, stale.fence, "late", now=LATER, final=True))
    database.write_now(lambda conn: jobs.release(conn, stale.fence, now=LATER, wait=timedelta()))
    assert database.write_now(lambda conn: jobs.extend(conn, [stale.fence, fresh.fence], now=LATER)) == 1
    assert claim(database, now=LATER + timedelta(seconds=29)) == []


def test_an_extended_lease_holds(database: Database) -> None:
    enqueue(database, "a")
    [held] = claim(database)
    database.write_now(lambda conn: jobs.extend(conn, [held.fence], now=LATER - timedelta(seconds=2)))
    assert claim(database, now=LATER) == []


def test_failures_back_off_and_end_among_the_dead(database: Database) -> None:
    enqueue(database, "poison")
    now = NOW
    for attempt in range(1, jobs.ATTEMPTS_MAX + 1):
        [job] = claim(database, now=now)
        assert job.attempts == attempt
        dead = database.write_now(lambda conn, job=job, now=now: jobs.fail(conn, job.fence, "bad", now=now))  # type: ignore[misc]
        assert dead == (attempt == jobs.ATTEMPTS_MAX)
        assert claim(database, now=now) == []
        now += jobs.backoff(attempt)
    assert claim(database, now=now + timedelta(days=1)) == []
    [dead_job] = database.read_now(jobs.dead)
    assert dead_job.error == "bad"
    assert database.write_now(lambda conn: jobs.revive(conn, dead_job.id, now=now))
    [again] = claim(database, now=now)
    assert again.fence.counted == 1
    assert again.attempts > jobs.ATTEMPTS_MAX  # the fence only grows


def test_a_job_that_kills_its_worker_each_time_is_laid_among_the_dead(database: Database) -> None:
    enqueue(database, "crash")
    now = NOW
    for _ in range(jobs.ATTEMPTS_MAX):
        assert len(claim(database, now=now)) == 1
        now += jobs.LEASE + timedelta(seconds=1)
    assert claim(database, now=now) == []
    [dead] = database.read_now(jobs.dead)
    assert dead.error is not None
    assert "worker ended" in dead.error


def test_what_was_unavailable_is_tried_again_without_counting(database: Database) -> None:
    enqueue(database, "a")
    now = NOW
    for _ in range(jobs.ATTEMPTS_MAX + 3):
        [job] = claim(database, now=now)
        assert job.fence.counted == 1
        database.write_now(
            lambda conn, job=job, now=now: jobs.release(conn, job.fence, now=now, wait=timedelta(seconds=5))  # type: ignore[misc]
        )
        assert claim(database, now=now) == []
        now += timedelta(seconds=5)
    assert database.read_now(jobs.dead) == []


def test_jobs_of_one_ordering_key_go_one_after_the_other(database: Database) -> None:
    enqueue(database, "a1", "a2", key="order-1")
    enqueue(database, "b1", key="order-2")
    enqueue(database, "free")
    first = claim(database)
    assert sorted(job.payload for job in first) == ["a1", "b1", "free"]
    assert claim(database) == []
    [a1] = [job for job in first if job.payload == "a1"]
    database.write_now(lambda conn: jobs.done(conn, a1.fence))
    assert [job.payload for job in claim(database)] == ["a2"]


def test_a_dead_job_blocks_nobody(database: Database) -> None:
    enqueue(database, "a1", "a2", key="order-1")
    [a1] = claim(database)
    database.write_now(lambda conn: jobs.fail(conn, a1.fence, "bad", now=NOW, final=True))
    assert [job.payload for job in claim(database)] == ["a2"]


def test_the_backlog_is_counted(database: Database) -> None:
    enqueue(database, "a", "b", "c")
    [a, _] = claim(database, limit=2)
    database.write_now(lambda conn: jobs.fail(conn, a.fence, "bad", now=NOW, final=True))
    assert database.read_now(jobs.backlog) == jobs.Backlog(ready=1, running=1, dead=1, oldest_due_at=NOW)


def test_two_workers_share_the_jobs_and_do_none_twice(database: Database) -> None:
    clock = FrozenClock(NOW)
    done: list[str] = []

    async def handle(job: Job) -> None:
        await asyncio.sleep(0)
        await database.write(lambda conn: jobs.done(conn, job.fence))
        done.append(job.payload)

    async def story() -> None:
        runners = [Runner(database, {"test": handle}, clock, worker=str(n), batch=8) for n in (1, 2)]
        for runner in runners:
            runner.start()
        await asyncio.gather(
            *(database.write(lambda conn, n=n: stored.enqueue(conn, "test", str(n), now=NOW)) for n in range(100))  # type: ignore[misc]
        )
        async with asyncio.timeout(30):
            while len(done) < 100:
                await asyncio.sleep(0.01)
        for runner in runners:
            await runner.stop()
        await database.close()

    asyncio.run(story())
    assert sorted(done, key=int) == [str(n) for n in range(100)]


def test_a_handler_that_raises_is_tried_again_and_one_that_cannot_now_is_not_blamed(sqlite_database: Database) -> None:
    clock = FrozenClock(NOW)
    tries: dict[str, int] = {"raises": 0, "unavailable": 0}

    async def handle(job: Job) -> None:
        tries[job.payload] += 1
        if tries[job.payload] < 3:
            raise ValueError("no") if job.payload == "raises" else Unavailable("no", retry_after_seconds=2)
        await sqlite_database.write(lambda conn: jobs.done(conn, job.fence))

    async def story() -> None:
        runner = Runner(sqlite_database, {"test": handle}, clock, worker="w")
        for _ in range(3):
            await runner.drain()
            clock.advance(timedelta(seconds=10))
        await sqlite_database.close()

    enqueue(sqlite_database, "raises", "unavailable")
    asyncio.run(story())
    assert tries == {"raises": 3, "unavailable": 3}


def test_stopping_gives_back_what_does_not_finish(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.platform.runner.STOP_SECONDS", 0.05)

    async def handle(job: Job) -> None:
        await asyncio.sleep(60)

    async def story() -> None:
        runner = Runner(sqlite_database, {"test": handle}, FrozenClock(NOW), worker="w")
        runner.start()
        async with asyncio.timeout(10):
            while not (await sqlite_database.read(jobs.backlog)).running:
                await asyncio.sleep(0.01)
        await runner.stop()
        [job] = await sqlite_database.write(lambda conn: jobs.claim(conn, ["test"], worker="x", now=NOW))
        assert job.fence.counted == 1
        await sqlite_database.close()

    enqueue(sqlite_database, "slow")
    asyncio.run(story())


def worked_off(database: Database, handle: Callable[[Job], Awaitable[None]], on_dead: OnDead) -> None:
    """Try what waits as often as it is tried at all, each time once its pause is over."""
    clock = FrozenClock(NOW)

    async def story() -> None:
        runner = Runner(database, {"test": handle}, clock, worker="w", on_dead=on_dead)
        for _ in range(jobs.ATTEMPTS_MAX):
            await runner.drain()
            clock.advance(jobs.BACKOFF_MAX)
        await database.close()

    with capture_logs():
        asyncio.run(story())


def test_work_that_took_too_long_is_tried_once_more_and_given_up_then(database: Database) -> None:
    tries, told = list[int](), list[int]()

    async def handle(job: Job) -> None:
        tries.append(job.fence.counted)
        raise Overrun("took more than 120 s")

    enqueue(database, "endless")
    worked_off(database, handle, lambda conn, job, why: told.append(job.fence.counted))
    assert tries == [1, 2]  # each of them holds up what others have sent
    assert told == [2]


def test_who_waits_for_a_job_is_told_when_it_dies_of_its_handler(database: Database) -> None:
    tries, told = list[int](), list[tuple[str, str, int]]()

    async def handle(job: Job) -> None:
        tries.append(job.fence.counted)
        raise ValueError("a payload that nobody shall read")

    enqueue(database, "poison")
    worked_off(database, handle, lambda conn, job, why: told.append((job.payload, why, len(tries))))
    assert told == [("poison", "ValueError", jobs.ATTEMPTS_MAX)]


def test_who_waits_for_a_job_is_told_when_it_dies_with_its_workers(database: Database) -> None:
    told: list[str] = []
    enqueue(database, "crash")
    now = NOW
    for _ in range(jobs.ATTEMPTS_MAX + 1):
        database.write_now(
            lambda conn, now=now: jobs.claim(  # type: ignore[misc]
                conn, ["test"], worker="w", now=now, on_dead=lambda conn, job, why: told.append(f"{job.payload}: {why}")
            )
        )
        now += jobs.LEASE + timedelta(seconds=1)
    assert told == ["crash: its worker ended 8 times while doing it"]


def test_a_runner_whose_claim_fails_unexpectedly_goes_on(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.platform.supervision.PAUSE_AFTER_FAULT_SECONDS", 0.0)
    faults: list[tuple[str, str]] = []
    done: list[str] = []
    real = jobs.claim

    def claim_badly(*values: object, **more: object) -> list[Job]:
        if len(faults) < 2:
            raise RuntimeError("no")
        return real(*values, **more)  # type: ignore[arg-type]

    async def handle(job: Job) -> None:
        await sqlite_database.write(lambda conn: jobs.done(conn, job.fence))
        done.append(job.payload)

    async def story() -> None:
        clock = FrozenClock(NOW)
        runner = Runner(
            sqlite_database, {"test": handle}, clock, worker="w", on_fault=lambda *fault: faults.append(fault)
        )
        runner.start()
        async with asyncio.timeout(30):
            while not done:
                await asyncio.sleep(0.01)
        await runner.stop()
        await sqlite_database.close()

    enqueue(sqlite_database, "a")
    monkeypatch.setattr(jobs, "claim", claim_badly)
    asyncio.run(story())
    assert faults == [("jobs", "RuntimeError")] * 2


@pytest.mark.parametrize("attempt", [1, 2, 5, 50, 10**6])
def test_backoff_stays_within_its_bounds(attempt: int) -> None:
    assert jobs.BACKOFF_MIN <= jobs.backoff(attempt) <= jobs.BACKOFF_MAX


def test_what_goes_down_with_its_worker_has_fewer_others_beside_it_each_time_and_its_neighbours_are_done(
    database: Database,
) -> None:
    """One of three hundred kills every worker that has it in hand; in the end it is alone, and alone among the dead."""
    enqueue(database, *(str(number) for number in range(300)))
    killer, hands, finished = "7", list[int](), set[str]()
    for _ in range(2_000):
        claimed = claim(database, limit=jobs.CLAIM_MAX)
        if not claimed:
            break
        if killer in {job.payload for job in claimed}:
            hands.append(len(claimed))
            database.write_now(lambda conn: jobs.take_over(conn, now=NOW))
            continue
        for job in claimed:
            database.write_now(partial(jobs.done, fence=job.fence))
            finished.add(job.payload)
    assert hands == [256, 64, 16, 4, 1, 1, 1, 1]
    assert finished == {str(number) for number in range(300)} - {killer}
    assert [job.payload for job in database.read_now(jobs.dead)] == [killer]


def test_what_must_be_alone_waits_until_nothing_else_is_in_hand(database: Database) -> None:
    enqueue(database, "suspect")
    for _ in range(4):
        claim(database)
        database.write_now(lambda conn: jobs.take_over(conn, now=NOW))
    enqueue(database, "later")
    assert claim(database, in_hand=1) == []
    assert [job.payload for job in claim(database)] == ["suspect"]


def test_what_failed_by_itself_keeps_its_neighbours(database: Database) -> None:
    enqueue(database, "fails", "other")
    for _ in range(3):
        [job, *_] = claim(database, limit=1)
        database.write_now(partial(jobs.fail, fence=job.fence, error="a bug", now=NOW - jobs.BACKOFF_MAX))
    assert len(claim(database)) == 2
