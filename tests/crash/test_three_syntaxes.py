"""Orders in X12, XML and JSON, sent at once to a hub that is killed: each is answered once in its own syntax, and the
plant is told of each once."""

from __future__ import annotations

import itertools
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.crash.harness import AGAIN_SECONDS, BREATH_SECONDS, PARTNER, History, Post, Server, check, order, prepare
from tests.crash.nursery import Nursery
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit, json_order, xml_order

KILLS = 8
PAUSE_SECONDS = (0.1, 0.9)
ANSWERED_MIN = 4 * KILLS  # of all customers together
DRAIN_SECONDS_MAX = 60.0
PLANT = "plant-erp"
BODIES: Mapping[str, Callable[[int], bytes]] = {
    PARTNER: order,
    SUMMIT: lambda number: xml_order(f"P{number:09d}"),
    HELIX: lambda number: json_order(f"P{number:09d}"),
}


@dataclass
class Customer:
    """One who sends orders one after another, and repeats each until it is answered: some more often than that."""

    server: Server
    name: str
    key: str
    history: History = field(default_factory=History)
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Send until told to stop."""
        with httpx.Client(headers={"authorization": f"Bearer {self.key}"}, timeout=10) as session:
            for number in itertools.count(1):
                body = BODIES[self.name](number)
                for _ in range(2 if number % 5 == 0 else 1):
                    while not self.stop.is_set() and not self._send(session, number, body):
                        time.sleep(AGAIN_SECONDS)
                if self.stop.is_set():
                    return
                time.sleep(BREATH_SECONDS)

    def _send(self, session: httpx.Client, number: int, body: bytes) -> bool:
        try:
            response = session.post(f"{self.server.url}/inbound/{self.name}", content=body)
        except httpx.TransportError:
            return False
        if response.status_code in (200, 202):
            self.history.note(number, response.json()["message"])
        elif response.status_code not in (429, 503):
            self.history.refused.append(f"{response.status_code} {response.text}")
        return response.status_code not in (429, 503)


def answered(name: str, body: bytes) -> str | None:
    """Return the number of the order that a message of ours to ``name`` answers; None where it answers none."""
    if name == PARTNER:
        found = re.search(rb"~\n?BAK\*[^*]*\*[^*]*\*(P\d{9})", body)
    elif name == SUMMIT:
        found = re.search(rb"<OrderNumber>(P\d{9})</OrderNumber>", body)
    else:
        said = json.loads(body)
        return str(said["orderId"]) if "orderId" in said else None
    return found[1].decode() if found else None


def books(customers: list[Customer], plant: Post) -> list[str]:
    """Return what is wrong: with answers, with what the plant was told, with the numbers of our interchanges."""
    told = Counter(json.loads(body)["order"]["number"] for body in plant.fetch())
    expected: Counter[str] = Counter()
    faults = []
    for each in customers:
        bodies = Post(each.server, each.name, each.key).fetch()
        got = Counter(filter(None, (answered(each.name, body) for body in bodies)))
        sent = [f"P{number:09d}" for number in each.history.answered]
        expected.update(sent)
        faults += [f"{each.name}: {number} is answered {got[number]} times" for number in sent if got[number] != 1]
        faults += [f"{each.name}: {said}" for said in (*each.history.renamed, *each.history.refused)]
        if each.name == PARTNER:
            faults += [f"{each.name}: {said}" for said in check(bodies, History()).gaps]
    faults += [
        f"{number}: the plant is told {told[number]} times of {count}"
        for number, count in expected.items()
        if told[number] != count
    ]
    return faults


def test_orders_in_three_syntaxes_are_answered_once_and_the_plant_is_told_once_whenever_the_hub_dies(
    nursery: Nursery, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    with capsys.disabled():
        print(f"\nkills among three syntaxes: seed {seed}")
    moments, overlay = random.Random(seed), tmp_path / "config"
    add_summit(overlay)
    add_helix(overlay)
    server = prepare(nursery, template, tmp_path, config=overlay)
    keys = {name: server.key_of(name) for name in (SUMMIT, HELIX, PLANT)} | {PARTNER: server.key}
    server.start()
    customers = [Customer(server, name, keys[name]) for name in BODIES]
    threads = [threading.Thread(target=each.work, daemon=True) for each in customers]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(moments.uniform(*PAUSE_SECONDS))
        server.kill()
        server.start()
    time.sleep(max(PAUSE_SECONDS))
    for each in customers:
        each.stop.set()
    for thread in threads:
        thread.join()
    plant, deadline = Post(server, PLANT, keys[PLANT]), time.monotonic() + DRAIN_SECONDS_MAX
    while (faults := books(customers, plant)) and time.monotonic() < deadline:
        time.sleep(0.5)
    server.kill()
    assert not faults, f"seed {seed}: {faults[:10]}\n{server.said()}"
    counts = {each.name: len(each.history.answered) for each in customers}
    assert min(counts.values()) >= KILLS / 2, f"seed {seed}: no progress: {counts}\n{server.said()}"
    assert sum(counts.values()) >= ANSWERED_MIN, f"seed {seed}: no progress: {counts}\n{server.said()}"
