"""Two partners acknowledge what we sent them at the same time, each in every order, with two hubs at work on it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select, text

from hub.bootstrap import Hub, open_hub
from hub.exchange.tables import owed
from hub.platform import jobs, schema
from hub.platform.database import Database
from hub.platform.settings import Settings
from tests.conftest import NOW
from tests.flow.overlay import NORTH, add_north, from_north
from tests.flow.wire import group, interchange, one_order, order, transaction
from tests.stored import FrozenClock

ACME = "acme-cardio"
ROUNDS = 200
ORDERS = 3  # of each partner: what is acknowledged in each order


def _orders(number: int) -> list[tuple[str, bytes]]:
    north = from_north(group(transaction(order(f"99{number:08d}")), number=number), number=number)
    return [(ACME, one_order(f"45{number:08d}", number)), (NORTH, north)]


def _sets(groups: list[int], verdict: str) -> list[str]:
    """Return a 997 about each of these groups of ours."""
    accepted = 1 if verdict == "A" else 0
    return [
        transaction(
            f"AK1*PR*{number}~AK2*855*0001~AK5*{verdict}~AK9*{verdict}*1*1*{accepted}~",
            kind="997",
            control=f"{place:04}",
        )
        for place, number in enumerate(groups, start=1)
    ]


def _told(partner: str, groups: list[int], number: int, verdict: str) -> bytes:
    framed = group(*_sets(groups, verdict), number=number, functional="FA")
    return interchange(framed, number=number) if partner == ACME else from_north(framed, number=number)


def _awaited(conn: Connection) -> dict[str, list[int]]:
    """Return our groups, by partner."""
    found: dict[str, list[int]] = {}
    for row in conn.execute(select(owed.c.partner, owed.c.reference).where(owed.c.reference.startswith("PR "))):
        found.setdefault(row.partner, []).append(int(row.reference.removeprefix("PR ")))
    return {partner: sorted(set(numbers)) for partner, numbers in found.items()}


def _states(conn: Connection, first: dict[str, list[int]]) -> set[str]:
    """Return what is known of the groups that were there at first."""
    wanted = select(owed.c.partner, owed.c.reference, owed.c.state).where(owed.c.reference.startswith("PR "))
    found = conn.execute(wanted)
    return {row.state for row in found if int(row.reference.removeprefix("PR ")) in first[row.partner]}


def _deadlocks(conn: Connection) -> int:
    """Return how often PostgreSQL had to give up a transaction: those are run again, and nobody would see it."""
    counted = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(conn.execute(counted).scalar_one())


async def _round(hubs: list[Hub], awaited: dict[str, list[int]], number: int) -> None:
    verdict = "A" if number % 2 else "R"
    arriving = []
    for place, (partner, groups) in enumerate(sorted(awaited.items())):
        for turn, ordered in enumerate((groups, groups[::-1], groups[1:] + groups[:1])):
            control = 10_000 + number * 10 + place * 3 + turn
            arriving.append((partner, _told(partner, ordered, control, verdict)))
    arriving += _orders(1_000 + number) if number % 20 == 0 else []
    taken = [hubs[place % 2].receive(partner, body, transport="http") for place, (partner, body) in enumerate(arriving)]
    await asyncio.gather(*taken)
    await asyncio.gather(*(hub.runner.drain() for hub in hubs))


def test_acknowledgements_of_two_partners_at_once_never_wait_for_each_other_in_a_circle(
    empty_postgresql: str, tmp_path: Path
) -> None:
    schema.upgrade(Database(empty_postgresql))
    add_north(tmp_path / "overlay")
    settings = Settings(data=tmp_path / "data", database_url=empty_postgresql, config_path=str(tmp_path / "overlay"))
    hubs = [open_hub(settings, FrozenClock(NOW)) for _ in range(2)]

    async def story() -> tuple[dict[str, list[int]], set[str], int, int]:
        try:
            for number in range(1, ORDERS + 1):
                for partner, body in _orders(number):
                    await hubs[0].receive(partner, body, transport="http")
            await hubs[0].runner.drain()
            awaited = await hubs[0].database.read(_awaited)
            for number in range(1, ROUNDS + 1):
                await _round(hubs, awaited, number)
            states = await hubs[0].database.read(partial(_states, first=awaited))
            dead = (await hubs[0].database.read(jobs.backlog)).dead
            await asyncio.sleep(1.1)  # PostgreSQL's counters are a second late
            return awaited, states, dead, await hubs[0].database.read(_deadlocks)
        finally:
            for hub in hubs:
                await hub.database.close()

    awaited, states, dead, deadlocks = asyncio.run(story())
    assert {partner: len(groups) for partner, groups in awaited.items()} == {ACME: ORDERS, NORTH: ORDERS}
    assert states == {"accepted"}, "the first word of a group stands, whatever is said after it"
    assert dead == 0
    assert deadlocks == 0
