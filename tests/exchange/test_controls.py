"""Control numbers leave no gap and are never given twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from hub.exchange.controls import NUMBER_MAX, Numbers, one_at_a_time
from hub.platform.database import Database
from tests.stored import FrozenClock

CLOCK = FrozenClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
PARTNERS = ("acme-cardio", "borealis-ortho")


def take(conn: Connection, partner: str, kind: str, count: int = 1) -> list[int]:
    numbers = Numbers(conn, partner, CLOCK)
    taken = [numbers.take(kind) for _ in range(count)]
    numbers.save()
    return taken


def stand_at(conn: Connection, partner: str, last: int) -> None:
    take(conn, partner, "interchange")
    conn.execute(text(f"UPDATE control_number SET last = {last} WHERE partner = '{partner}'"))


def test_numbers_begin_at_one_and_follow_each_other_per_partner_and_kind(database: Database) -> None:
    def work(conn: Connection) -> None:
        assert [take(conn, "acme-cardio", "interchange") for _ in range(3)] == [[1], [2], [3]]
        assert take(conn, "borealis-ortho", "interchange") == [1]
        assert take(conn, "acme-cardio", "group", 4) == [1, 2, 3, 4]
        assert take(conn, "acme-cardio", "interchange") == [4]

    database.write_now(work)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_after_nine_nines_comes_one(database: Database, count: int) -> None:
    def work(conn: Connection) -> None:
        stand_at(conn, "acme-cardio", NUMBER_MAX - 2)
        taken = [n for _ in range(6) for n in take(conn, "acme-cardio", "interchange", count)]
        assert taken[:5] == [NUMBER_MAX - 1, NUMBER_MAX, 1, 2, 3]

    database.write_now(work)


Wish = st.tuples(st.sampled_from(PARTNERS), st.integers(1, 5), st.booleans())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.integers(1, NUMBER_MAX), wishes=st.lists(Wish, max_size=30))
def test_whatever_is_undone_the_numbers_that_stand_have_no_gap(
    sqlite_database: Database, start: int, wishes: list[tuple[str, int, bool]]
) -> None:
    """Works run together in one group; some raise after taking numbers."""
    given_out: dict[str, list[int]] = {partner: [] for partner in PARTNERS}

    def taking(partner: str, count: int, fails: bool) -> list[int]:
        def work(conn: Connection) -> list[int]:
            taken = take(conn, partner, "interchange", count)
            if fails:
                raise ValueError
            return taken

        return work  # type: ignore[return-value]

    async def story() -> None:
        for partner in PARTNERS:
            await sqlite_database.write(lambda conn, partner=partner: stand_at(conn, partner, start))  # type: ignore[misc]
        works = [sqlite_database.write(taking(*wish)) for wish in wishes]  # type: ignore[arg-type]
        for wish, taken in zip(wishes, await asyncio.gather(*works, return_exceptions=True), strict=True):
            if not wish[2]:
                given_out[wish[0]] += taken  # type: ignore[arg-type]

    asyncio.run(story())
    for numbers in given_out.values():
        assert numbers == [(start + n) % NUMBER_MAX + 1 for n in range(len(numbers))]


def test_a_number_that_was_only_looked_at_is_given_to_the_next(database: Database) -> None:
    def work(conn: Connection) -> None:
        numbers = Numbers(conn, "acme-cardio", CLOCK)
        assert [numbers.next("group"), numbers.next("group"), numbers.take("group")] == [1, 1, 1]
        numbers.save()
        assert take(conn, "acme-cardio", "group") == [2]

    database.write_now(work)


def test_takers_at_the_same_time_get_different_numbers(database: Database) -> None:
    async def story() -> list[int]:
        works = [database.write(lambda conn: take(conn, "acme-cardio", "group")[0]) for _ in range(60)]
        taken = await asyncio.gather(*works)
        await database.close()
        return list(taken)

    assert sorted(asyncio.run(story())) == list(range(1, 61))


@pytest.mark.anyio
async def test_on_postgresql_who_settles_for_a_partner_keeps_others_from_it_until_the_end(
    postgresql_database: Database,
) -> None:
    engine = create_async_engine("postgresql+asyncpg://" + postgresql_database.url.partition("://")[2])

    async def settle(conn: AsyncConnection, *partners: str) -> None:
        await conn.execute(text("SET LOCAL lock_timeout = '50ms'"))
        await conn.run_sync(one_at_a_time, partners)

    async with engine.begin() as first:
        await settle(first, "borealis-ortho", "acme-cardio")
        for waited_for in ("acme-cardio", "borealis-ortho"):
            with pytest.raises(DBAPIError, match="lock timeout"):
                async with engine.begin() as other:
                    await settle(other, waited_for)
        async with engine.begin() as other:
            await settle(other, "helix-diagnostics")
    async with engine.begin() as other:
        await settle(other, "acme-cardio", "borealis-ortho")
    await engine.dispose()
