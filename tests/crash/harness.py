"""A hub that is killed while customers send to it, judged from the outside.

Three parts: a server process that dies and is started again, senders that repeat every order until it is
answered 202 or 200, and a checker that reads only what a customer could read: the answers to its own posts
and its mailbox. Safety alone is not enough (a hub that refuses everything loses nothing), so progress is
demanded too.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.orders import purchase_order

PARTNER = "acme-cardio"
READY_SECONDS_MAX = 30.0  # a start takes one or two; a loaded machine may take ten times as long
DRAIN_SECONDS_MAX = 60.0  # a lease lost by a kill lasts 30
SENDERS = 4


def free_port() -> int:
    """Return a port nobody listens on now: each start gets its own, so an orphan can never answer for us."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One data directory and, at times, a process that serves it."""

    data: Path
    program: Sequence[str] = ("-m", "hub")
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self, failpoint: str | None = None) -> None:
        """Start a process and wait until it is ready, or has died of its failpoint."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "HUB_FAILPOINT": failpoint or ""}
        log = open(self.data.parent / "server.log", "ab")  # noqa: SIM115  the child owns it
        command = [sys.executable, *self.program, "serve", "--data", str(self.data), "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        if failpoint is None or self.process.poll() is None:
            raise AssertionError(f"the hub did not become ready; see {self.data.parent / 'server.log'}")

    def kill(self) -> None:
        """End the process as a power cut would end it."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait_dead(self, seconds: float) -> bool:
        """Wait for the process to die of its failpoint; say whether it did."""
        assert self.process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
            return True
        return False

    def make_key(self) -> str:
        """Return a new API key of the partner."""
        made = subprocess.run(
            [sys.executable, "-m", "hub", "partner", "key", PARTNER, "--data", str(self.data)],
            check=True,
            capture_output=True,
            text=True,
        )
        return made.stdout.strip()


@dataclass
class History:
    """What the customer saw: which order was answered with which message id."""

    answered: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Senders:
    """Customers who send orders one after another and repeat each until it is answered."""

    def __init__(self, server: Server, key: str, history: History) -> None:
        self._server, self._key, self._history = server, key, history
        self._numbers = iter(range(1, 1_000_000))
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(SENDERS)]

    def __enter__(self) -> Senders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        with httpx.Client(headers={"authorization": f"Bearer {self._key}"}, timeout=10) as client:
            while not self._stop.is_set():
                with self._history.lock:
                    number = next(self._numbers)
                body = purchase_order(number, today=datetime.now(UTC).date())
                while not self._stop.is_set() and not self._sent(client, number, body):
                    time.sleep(0.05)

    def _sent(self, client: httpx.Client, number: int, body: bytes) -> bool:
        try:
            response = client.post(f"{self._server.url}/inbound/{PARTNER}", content=body)
        except httpx.TransportError:
            return False  # the hub is dead or died over it: nobody knows, so it is sent again
        if response.status_code in (200, 202):
            with self._history.lock:
                self._history.answered[number] = response.json()["message"]
            return True
        if response.status_code not in (429, 503):
            self._history.refused.append(f"{response.status_code} {response.text}")
            return True
        return False


def mailbox(server: Server, key: str) -> Iterator[bytes]:
    """Return every message that waits for the partner."""
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {key}"}, timeout=30) as client:
        cursor = None
        while True:
            page = (
                client.get(f"/outbound/{PARTNER}", params={"cursor": cursor} if cursor else {})
                .raise_for_status()
                .json()
            )
            for item in page["items"]:
                yield client.get(f"/outbound/{PARTNER}/{item['id']}").raise_for_status().content
            cursor = page.get("next")
            if not cursor:
                return


@dataclass
class Findings:
    """What the customer's books say at the end."""

    answered: int = 0
    lost: list[int] = field(default_factory=list)  # answered 202, never acknowledged by 855 or 997
    doubled: list[str] = field(default_factory=list)  # acknowledged twice
    gaps: list[str] = field(default_factory=list)  # control numbers missing or repeated
    refused: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.gaps or self.refused)

    def __str__(self) -> str:
        rows = {name: getattr(self, name) for name in ("lost", "doubled", "gaps", "refused")}
        return json.dumps({"answered": self.answered, **{name: value[:10] for name, value in rows.items()}})


def check(bodies: Sequence[bytes], history: History) -> Findings:
    """Compare what was answered with what lies in the mailbox. Reads X12 with nothing of ours."""
    orders: Counter[str] = Counter()
    groups: Counter[int] = Counter()
    interchanges: list[int] = []
    sent_groups: list[int] = []
    for body in bodies:
        for segment in body.decode("latin-1").replace("\n", "").split("~"):
            elements = segment.split("*")
            if elements[0] == "ISA":
                interchanges.append(int(elements[13]))
            elif elements[0] == "GS":
                sent_groups.append(int(elements[6]))
            elif elements[0] == "BAK":
                orders[elements[3]] += 1
            elif elements[0] == "AK1":
                groups[int(elements[2])] += 1
    findings = Findings(answered=len(history.answered), refused=history.refused)
    for number in history.answered:
        if orders[f"P{number:09d}"] < 1 or groups[number] < 1:
            findings.lost.append(number)
    findings.doubled = [order for order, count in orders.items() if count > 1]
    findings.doubled += [f"group {group}" for group, count in groups.items() if count > 1]
    for label, numbers in (("interchange", interchanges), ("group", sent_groups)):
        missing = set(range(1, max(numbers, default=0) + 1)) - set(numbers)
        repeated = [number for number, count in Counter(numbers).items() if count > 1]
        findings.gaps += [f"{label} {number} missing" for number in sorted(missing)]
        findings.gaps += [f"{label} {number} repeated" for number in repeated]
    return findings


def drained(server: Server, key: str, history: History) -> Findings:
    """Wait until every answered order has its answers, or the patience ends; return the last findings."""
    deadline = time.monotonic() + DRAIN_SECONDS_MAX
    while True:
        findings = check(list(mailbox(server, key)), history)
        if not findings.lost or time.monotonic() > deadline:
            return findings
        time.sleep(1)


def run(data: Path, *, kills: int, seed: int, program: Sequence[str] = ("-m", "hub"), pause: float = 1.0) -> Findings:
    """Send while the hub is killed ``kills`` times at random moments; return what the customer sees at the end."""
    moments = random.Random(seed)
    server, history = Server(data, program), History()
    server.start()
    key = server.make_key()
    try:
        with Senders(server, key, history):
            for _ in range(kills):
                time.sleep(moments.uniform(0.1, 2 * pause))
                server.kill()
                server.start()
            time.sleep(pause)
        return drained(server, key, history)
    finally:
        server.kill()


def run_failpoint(data: Path, failpoint: str, *, program: Sequence[str] = ("-m", "hub")) -> tuple[bool, Findings]:
    """Send while the hub dies at ``failpoint``; return whether it died there, and what the customer sees."""
    server, history = Server(data, program), History()
    server.start()
    key = server.make_key()
    server.kill()
    try:
        server.start(failpoint)
        with Senders(server, key, history):
            died = server.wait_dead(15)
            if not died:
                server.kill()
            server.start()
            time.sleep(1)
        return died, drained(server, key, history)
    finally:
        server.kill()
