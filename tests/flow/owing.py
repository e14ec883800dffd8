"""A hub that owes many answers to a folder partner, on either engine, and what delivering them costs.

Run as a module it is such a hub's deliverer in a process of its own, to be killed: address, folders, data, seconds.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

import hub
from hub.exchange import messages, outbox, stopped
from hub.exchange.model import MessageDetail
from hub.exchange.outbox import DueDelivery
from hub.exchange.tables import delivery, delivery_attempt, message, stopped_lane, timeline
from hub.flow.delivering import Deliverer, DeliveryWay, transports
from hub.flow.rules import Rules
from hub.flow.services import Services
from hub.kernel.scope import EVERYONE
from hub.platform.blobs import Blobs
from hub.platform.configuration import find_configuration
from hub.platform.database import Database
from hub.transport.places import Places
from tests.conftest import NOW
from tests.exchange.story import answer, receive_order
from tests.stored import FrozenClock

EVIL, GOOD = "alpha", "beta"
Wrap = Callable[[DueDelivery], None]
T = TypeVar("T")


class Owing:
    """Deliveries of one hub. What its deliverer asks of the database and of the folders is counted."""

    def __init__(self, database: Database, folder: Path, before: Wrap | None = None) -> None:
        self.database = database
        self.places = Places(folder / "folders")
        self.places.prepare([EVIL, GOOD])
        self.clock = FrozenClock(NOW)
        self.sent: list[str] = []
        self.counted: dict[str, int] = {}
        self.logged: list[dict[str, Any]] = []
        self._before = before
        self._services = Services(Rules(find_configuration(None)), self.clock, database, Blobs(folder / "blobs"))
        self._loop = asyncio.Runner()
        self.restart()

    def restart(self) -> None:
        """Begin anew as a hub does that alone serves its data: nothing is remembered but what is written."""
        way = transports(self.places)["folder"]

        def send(due: DueDelivery, body: bytes) -> str:
            self._count("deliver")
            if self._before is not None:
                self._before(due)
            where = way.deliver(due, body)
            self.sent.append(due.message)
            return where

        def fault_of(partner: str) -> Any:
            self._count("judge")
            return way.fault_of(partner)

        self._deliverer = Deliverer(self._services, {"folder": DeliveryWay(deliver=send, fault_of=fault_of)})

    def taken_over(self) -> None:
        """Restart after a kill."""
        self.restart()
        self.database.write_now(lambda conn: outbox.take_over(conn, now=self.clock.now()))

    def owe(self, count: int, partner: str = EVIL) -> list[str]:
        """Owe so many answers more; return their ids, oldest first."""

        def work(conn: Connection) -> list[str]:
            order = receive_order(conn, f"PO-{self.clock.now():%H%M%S}-{count}", partner)
            return [answer(conn, "PO-1", order, partner, "folder") for _ in range(count)]

        return self.database.write_now(work)

    def go(self) -> None:
        """Deliver until nothing is due."""
        with capture_logs() as logged:
            while self.wait(self._deliverer._deliver_due()):
                pass
        self.logged += logged

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(work)

    def rows(self) -> dict[str, int]:
        """Count the rows that deliveries write."""

        def work(conn: Connection) -> dict[str, int]:
            tables = (delivery_attempt, stopped_lane, timeline)
            return {each.name: conn.execute(select(func.count()).select_from(each)).scalar_one() for each in tables}

        return self.database.read_now(work)

    def states(self, partner: str = EVIL) -> set[str]:
        wanted = select(delivery.c.state).where(delivery.c.partner == partner)
        return set(self.database.read_now(lambda conn: conn.execute(wanted).scalars().all()))

    def called(self) -> dict[str, str]:
        """Return what a person is called for, by message."""
        wanted = select(message.c.id, message.c.attention).where(message.c.attention.is_not(None))
        return {row.id: str(row.attention) for row in self.database.read_now(lambda conn: conn.execute(wanted).all())}

    def lane(self, partner: str = EVIL) -> stopped.Lane | None:
        return self.database.read_now(lambda conn: stopped.lane_of(conn, partner))

    def detail(self, answer: str) -> MessageDetail:
        found = self.database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, answer))
        assert found is not None
        return found

    def lines(self, *levels: str) -> list[str]:
        return [each["event"] for each in self.logged if each["log_level"] in levels]

    def close(self) -> None:
        self.wait(self.database.close())
        self._loop.close()

    def _count(self, what: str) -> None:
        self.counted[what] = self.counted.get(what, 0) + 1


def delivered_elsewhere(url: str, folder: Path, failpoint: str, seconds: float = 0.0) -> int:
    """Deliver in a process that ends at ``failpoint``; return how it ended."""
    environment = {**os.environ, "HUB_FAILPOINT": failpoint, "PYTHONPATH": str(Path(hub.__file__).parent.parent)}
    command = [sys.executable, "-m", "tests.flow.owing", url, str(folder), str(seconds)]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False).returncode


if __name__ == "__main__":
    owing = Owing(Database(sys.argv[1]), Path(sys.argv[2]))
    owing.later(seconds=float(sys.argv[3]))
    owing.go()
    owing.close()
