"""However much one partner has waiting, another's turn comes soon: small messages, large ones, deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.exchange import intake, outbox
from hub.exchange.intake import PROCESS, PROCESS_LARGE
from hub.flow import groups
from hub.flow.large import LARGE_AT_ONCE
from hub.platform import jobs
from hub.platform.budget import Shares
from hub.platform.database import Database
from hub.platform.jobs import Job
from hub.platform.lanes import Share
from hub.platform.runner import Runner
from tests.exchange.story import NOW, answer, incoming, receive_order
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, interchange, one_order, order, transaction
from tests.stored import FrozenClock

HubWith = Callable[[Path], AtWork]

EVIL, MANY = "evil", 300
LARGE = b"ISA" + b" " * intake.WHOLE_BYTES_MAX
OTHERS = [f"partner-{n}" for n in range(1, 11)]


def waiting(conn: Connection, partner: str, count: int, filler: bytes = b"ISA") -> None:
    arrived = [incoming(filler + f"{partner} {n}".encode(), partner) for n in range(count)]
    intake.accept_all(conn, arrived)


@pytest.mark.parametrize(("kind", "filler"), [(PROCESS, b"ISA"), (PROCESS_LARGE, LARGE)])
@pytest.mark.parametrize("others", [OTHERS[:1], OTHERS[:3], OTHERS], ids=["one", "three", "ten"])
def test_what_others_hand_in_later_is_claimed_beside_a_pile(
    database: Database, kind: str, filler: bytes, others: list[str]
) -> None:
    def work(conn: Connection) -> list[Job]:
        waiting(conn, EVIL, MANY if kind == PROCESS else 30, filler)
        for other in others:
            waiting(conn, other, 2, filler)
        return jobs.claim(conn, [kind], worker="w", now=NOW, limit=3 * len(others) + 3)

    claimed = [job.owner for job in database.write_now(work)]
    assert len(claimed) == 3 * len(others) + 3
    for other in others:
        assert claimed.count(other) == 2, "all it has, before a third of the pile's owner"
        assert other in claimed[: len(others) + 1]


def test_who_has_much_in_hand_waits_for_who_has_nothing(database: Database) -> None:
    def work(conn: Connection) -> list[list[str]]:
        waiting(conn, EVIL, 100)
        first = jobs.claim(conn, [PROCESS], worker="w", now=NOW, limit=20)
        waiting(conn, ACME, 5)
        held = {EVIL: Share(in_hand=len(first))}
        then = jobs.claim(conn, [PROCESS], worker="w", now=NOW, limit=8, in_hand=20, shares=held)
        full = {EVIL: Share(in_hand=50)}
        last = jobs.claim(conn, [PROCESS], worker="w", now=NOW, limit=8, in_hand=50, shares=full, most_of_one=50)
        return [[job.owner for job in each] for each in (first, then, last)]

    first, then, last = database.write_now(work)
    assert first == [EVIL] * 20
    assert then == [ACME] * 5 + [EVIL] * 3
    assert last == []


def test_a_lease_that_ended_is_claimed_again_in_its_owners_turn(database: Database) -> None:
    def work(conn: Connection) -> list[tuple[str, int]]:
        waiting(conn, EVIL, 50)
        waiting(conn, ACME, 1)
        jobs.claim(conn, [PROCESS], worker="killed", now=NOW, limit=10)
        later = NOW + jobs.LEASE + timedelta(seconds=1)
        again = jobs.claim(conn, [PROCESS], worker="w", now=later, limit=2)
        return [(job.owner, job.attempts) for job in again]

    assert database.write_now(work) == [(ACME, 2), (EVIL, 1)], "of its owner the oldest due first"


def test_a_worker_gives_a_few_partners_a_large_message_each_and_nobody_two(sqlite_database: Database) -> None:
    at_once: list[list[str]] = []

    async def story() -> None:
        running: list[str] = []

        async def handle(job: Job) -> None:
            running.append(job.owner)
            at_once.append(list(running))
            await asyncio.sleep(0)
            await sqlite_database.write(lambda conn: jobs.done(conn, job.fence))
            running.remove(job.owner)

        aside = {PROCESS_LARGE: LARGE_AT_ONCE}
        runner = Runner(sqlite_database, {PROCESS_LARGE: handle}, FrozenClock(NOW), worker="w", aside=aside)
        await runner.drain()
        await sqlite_database.close()

    def fill(conn: Connection) -> None:
        waiting(conn, EVIL, 6, LARGE)
        for other in OTHERS:
            waiting(conn, other, 1, LARGE)

    sqlite_database.write_now(fill)
    asyncio.run(story())
    assert all(len(set(owners)) == len(owners) <= LARGE_AT_ONCE for owners in at_once)
    began = [owners[-1] for owners in at_once]
    assert sorted(began) == sorted([EVIL] * 6 + OTHERS)
    assert began[: len(OTHERS) + 1].count(EVIL) <= 2, "the second of a pile waits until all others had their first"


def test_deliveries_go_out_in_turns(database: Database) -> None:
    def work(conn: Connection) -> list[list[str]]:
        for n in range(30):
            answer(conn, f"PO-{n}", receive_order(conn, f"PO-{n}", EVIL), transport="folder", partner=EVIL)
        for other in OTHERS[:4]:
            answer(conn, "PO-1", receive_order(conn, "PO-1", other), transport="folder", partner=other)
        claims = [outbox.claim(conn, now=NOW, limit=10), outbox.claim(conn, now=NOW, limit=10)]
        return [[due.partner for due in claimed] for claimed in claims]

    first, second = database.write_now(work)
    assert sorted(first) == [EVIL] * 6 + OTHERS[:4]
    assert second == [EVIL] * 10


@pytest.fixture
def two(hub_with: HubWith, tmp_path: Path) -> AtWork:
    """A hub of two partners."""
    add_north(tmp_path / "overlay")
    return hub_with(tmp_path / "overlay")


def test_a_large_file_is_done_beside_a_longer_one_and_not_after_it(two: AtWork) -> None:
    """Both wait; the second is of another partner, and of fewer sets. It has ended when the first is half done."""
    junk = [group(*[transaction("BEG~", control=f"{n:04d}") for n in range(1, 101)], number=g) for g in range(1, 61)]
    mine = [transaction(order(f"45{n:08d}"), control=f"{n:04d}") for n in range(1, 401)]
    longer = two.take_in(from_north(*junk, number=1), NORTH)
    shorter = two.take_in(interchange(group(*mine)))
    settled: list[str] = []
    settle = groups.settle

    def noting(services: Any, company: Any, conn: Connection) -> Any:
        settled.append(company[0].task.message.id)
        return settle(services, company, conn)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "settle", noting)
        two.work()
    assert two.detail(longer).message.stage == two.detail(shorter).message.stage == "finished"
    assert two.detail(shorter).message.outcome == "accepted"
    last = len(settled) - 1 - settled[::-1].index(shorter)
    assert settled[:last].count(longer) <= settled.count(shorter) + 1
    assert settled.count(longer) > 2 * settled.count(shorter)


def test_many_small_messages_of_one_partner_leave_room_for_anothers(two: AtWork) -> None:
    for n in range(20):
        two.take_in(b"ISA" + bytes([65 + n]) * 40_000, NORTH)
    mine = two.take_in(one_order("4500000001", 1))
    two.work()
    assert two.detail(mine).message.outcome == "accepted"


def test_what_is_read_of_one_partner_at_a_time_is_bounded_and_others_pass_it() -> None:
    async def story() -> list[str]:
        budget, order = Shares(1_000, of_one=200), list[str]()

        async def work(owner: str, weight: int) -> None:
            async with budget.share(weight, owner):
                order.append(owner)
                await asyncio.sleep(0.001)

        async with asyncio.TaskGroup() as group_:
            for _ in range(12):
                group_.create_task(work(EVIL, 100))
            for other in OTHERS[:4]:
                group_.create_task(work(other, 100))
        return order

    order = asyncio.run(story())
    assert sorted(order[:6]) == sorted([EVIL, EVIL, *OTHERS[:4]])
