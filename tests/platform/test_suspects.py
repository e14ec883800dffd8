"""What may have killed its worker runs with fewer others, of every kind, and its turn comes whatever else arrives."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, update

from hub.platform import jobs
from hub.platform.database import Database
from hub.platform.jobs import Job
from hub.platform.runner import Runner
from tests.stored import FrozenClock, enqueue

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KINDS = ("small", "large")
LARGE_MOST = 4


class Hands:
    """A runner whose jobs last until they are let go, asked to claim by hand."""

    def __init__(self, database: Database) -> None:
        self._database, self._go = database, dict[str, asyncio.Event]()
        self.runner = Runner(
            database, dict.fromkeys(KINDS, self._last), FrozenClock(NOW), worker="w", aside={"large": LARGE_MOST}
        )

    async def _last(self, job: Job) -> None:
        await self._go.setdefault(job.payload, asyncio.Event()).wait()
        await self._database.write(lambda conn: jobs.done(conn, job.fence))

    async def put(self, kind: str, *names: str, deaths: int = 0) -> None:
        def work(conn: Connection) -> None:
            for name in names:
                enqueue(conn, kind, name, now=NOW, owner=name)
            conn.execute(update(jobs.job).where(jobs.job.c.payload.in_(names)).values(attempts=deaths))

        await self._database.write(work)

    async def claims(self) -> set[str]:
        """Return what is claimed now."""
        before = self.in_hand
        await self.runner._claim(self.runner._batch - len(before))
        return self.in_hand - before

    @property
    def in_hand(self) -> set[str]:
        return {job.payload for job in self.runner._running.values()}

    async def let_go(self, *names: str) -> None:
        tasks = [task for task, job in self.runner._running.items() if job.payload in names]
        for name in names:
            self._go.setdefault(name, asyncio.Event()).set()
        await asyncio.gather(*tasks)


@pytest.mark.parametrize("busy", KINDS, ids="beside a {} one".format)
@pytest.mark.parametrize("suspect", KINDS, ids="a {} one".format)
@pytest.mark.parametrize("deaths", [4, 5, 7])
def test_what_must_be_alone_has_its_turn_though_more_of_every_kind_keeps_coming(
    database: Database, busy: str, suspect: str, deaths: int
) -> None:
    async def story() -> None:
        hands = Hands(database)
        await hands.put(busy, "busy")
        assert await hands.claims() == {"busy"}
        await hands.put(suspect, "a-suspect", deaths=deaths)
        await hands.claims()
        for number in range(5):
            await hands.put("small", f"small-{number}")
            await hands.put("large", f"large-{number}")
            await hands.claims()
        waits_for = hands.in_hand
        assert "a-suspect" not in waits_for
        await hands.put("large", "late")
        assert await hands.claims() == set(), "nothing joins those it waits for"
        await hands.let_go(*waits_for)
        assert await hands.claims() == {"a-suspect"}
        assert await hands.claims() == set(), "and nothing joins it"
        await hands.let_go("a-suspect")
        assert len(await hands.claims()) >= LARGE_MOST
        await hands.let_go(*hands.in_hand)
        await hands.let_go(*(await hands.claims()))
        await database.close()

    asyncio.run(story())


@pytest.mark.parametrize("suspect", KINDS)
@pytest.mark.parametrize(("deaths", "most"), [(1, 64), (2, 16), (3, 4)])
def test_the_most_counts_what_is_in_hand_of_every_kind(
    database: Database, suspect: str, deaths: int, most: int
) -> None:
    async def story() -> None:
        hands = Hands(database)
        await hands.put(suspect, "a-suspect", deaths=deaths)
        await hands.put("small", *(f"small-{number:03d}" for number in range(80)))
        await hands.put("large", *(f"large-{number}" for number in range(6)))
        while await hands.claims():
            if "a-suspect" in hands.in_hand:
                assert len(hands.in_hand) <= most
        while hands.in_hand:
            await hands.let_go(*hands.in_hand)
            await hands.claims()
            assert "a-suspect" not in hands.in_hand or len(hands.in_hand) <= most
        assert (await database.read(jobs.backlog)) == jobs.Backlog(ready=0, running=0, dead=0)
        await database.close()

    asyncio.run(story())


def test_large_ones_go_beside_a_full_batch_of_small_ones(database: Database) -> None:
    async def story() -> None:
        hands = Hands(database)
        await hands.put("small", *(f"small-{number:03d}" for number in range(300)))
        full = await hands.claims()
        await hands.put("large", "large")
        assert len(full) == hands.runner._batch
        assert await hands.claims() == {"large"}
        while hands.in_hand:
            await hands.let_go(*hands.in_hand)
            await hands.claims()
        await database.close()

    asyncio.run(story())
