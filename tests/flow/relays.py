"""A business room more, in one file: what a supplier answers is told to three customers, each in its own syntax.

It stands for the rooms to come: it handles a document nobody handled, and owes something to partners who asked for
nothing. ``ROW`` is what its row in the table of rooms comes to. Run as a module it works off what waits in a data
directory, with the room in the table, and may be killed meanwhile: ``tests.flow.relays DATA OVERLAY NOW``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import MutableSet
from datetime import datetime, time
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.bootstrap import open_hub
from hub.business.room import Arrived, Room
from hub.canonical.order import OrderAcknowledgement
from hub.canonical.result import Due, Result
from hub.flow.rooms import ROOM_OF
from hub.kernel.outcome import Key
from hub.platform.settings import Settings
from tests.flow.at_work import ACME, AtWork
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit
from tests.flow.overlay import PARTNER, write
from tests.house import CHECKOUT
from tests.stored import FrozenClock

SUPPLIER = "north-valve"
TOLD = (ACME, SUMMIT, HELIX)  # X12, XML, JSON


def relay(conn: Connection, arrived: Arrived, rules: None, answering: MutableSet[str]) -> Result:
    """Owe the same to all three."""
    document = arrived.document
    assert isinstance(document, OrderAcknowledgement)
    assert document.order.placed is not None
    # BAK04 says a day, and one of the three wants a moment
    placed = replace(document.order.placed, at=time(9), zone="+00:00")
    document = replace(document, order=replace(document.order, placed=placed))
    subject = Key(kind="purchase-order", value=document.order.number)
    due = [
        Due(partner=each, document=document, because=arrived.cause, test=arrived.test, subject=subject) for each in TOLD
    ]
    return Result(outcome="accepted", due=due, subject=subject)


RELAYS = Room(name="relays", handles={"OrderAcknowledgement": relay}, documents={"OrderAcknowledgement": "Answer"})
ROW = dict.fromkeys(RELAYS.handles, RELAYS)


def add_supplier_and_customers(overlay: Path) -> None:
    """Add the supplier who sends an 855, and beside Acme Cardio two customers who speak no X12."""
    north = PARTNER.format(usage="P")
    write(overlay, f"partners/{SUPPLIER}/partner.toml", north.replace("[sends]", '[sends]\n855 = "x12/004010/855"'))
    add_summit(overlay)
    add_helix(overlay)


def work_off(data: Path, overlay: Path, now: datetime) -> None:
    """Process what waits, with the room in the table."""
    ROOM_OF.update(ROW)
    hub = open_hub(Settings(data=data, config_path=str(overlay)), FrozenClock(now))

    async def drain() -> None:
        await hub.runner.drain()
        await hub.database.close()

    asyncio.run(drain())


def worked_off_until(failpoint: str, hub: AtWork) -> int:
    """Work off what waits in a process of its own that dies at the failpoint; return how it ended."""
    environment = {**os.environ, "HUB_FAILPOINT": failpoint, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "tests.flow.relays", str(hub.data), str(hub.overlay)]
    command.append(hub.clock.now().isoformat())
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    return ended.returncode


if __name__ == "__main__":
    work_off(Path(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
