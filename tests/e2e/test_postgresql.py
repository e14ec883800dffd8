"""The spine on PostgreSQL: the same order, the same answers, the same numbers, with several writers at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from benchmarks.orders import purchase_order
from hub.bootstrap import open_hub
from hub.business.orders.store import list_orders
from hub.exchange import mailbox
from hub.kernel.scope import EVERYONE
from hub.platform import schema
from hub.platform.database import Database
from hub.platform.settings import Settings
from tests.stored import FrozenClock

CLOCK = FrozenClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
PARTNER = "acme-cardio"
ORDERS = 40


@pytest.mark.parametrize("workers", [1, 2])
def test_orders_sent_at_once_are_each_answered_once_and_no_number_is_missing(
    empty_postgresql: str, tmp_path: Path, workers: int
) -> None:
    schema.upgrade(Database(empty_postgresql))
    hubs = [open_hub(Settings(data=tmp_path, database_url=empty_postgresql), CLOCK) for _ in range(workers)]

    async def story() -> tuple[list[str], list[bytes]]:
        bodies = [purchase_order(number, today=date(2026, 11, 20)) for number in range(1, ORDERS + 1)]
        bodies += bodies[:5]  # some partners send twice
        await asyncio.gather(*(hubs[0].receive(PARTNER, body, transport="http") for body in bodies))
        await asyncio.gather(*(hub.runner.drain() for hub in hubs))

        def look(conn: Connection) -> tuple[list[str], list[bytes]]:
            orders = [order.number for order in list_orders(conn, EVERYONE, limit=200).items]
            waiting = mailbox.waiting(conn, EVERYONE, PARTNER, limit=200).items
            return orders, [hubs[0].blobs.get(conn, item.sha256) for item in waiting]

        try:
            return await hubs[0].database.read(look)
        finally:
            for hub in hubs:
                await hub.database.close()

    orders, answers = asyncio.run(story())
    assert sorted(orders) == [f"P{number:09d}" for number in range(1, ORDERS + 1)]
    segments = [segment.split("*") for body in answers for segment in body.decode().split("~")]
    assert sorted(s[3] for s in segments if s[0] == "BAK") == sorted(orders)
    assert sorted(int(s[2]) for s in segments if s[0] == "AK1") == list(range(1, ORDERS + 1))
    for tag, element in (("ISA", 13), ("GS", 6)):
        assert sorted(int(s[element]) for s in segments if s[0] == tag) == list(range(1, 2 * ORDERS + 1))
