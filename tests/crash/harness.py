"""A hub that is killed while customers send to it, judged from the outside.

Three parts: a server process that dies and is started again, senders that repeat every order until it is answered 202
or 200, and a checker that reads only what a customer could read: the answers to its own posts and what waits for it
in its mailbox or folder. Safety alone is not enough (a hub that refuses everything loses nothing), so progress is
demanded too, and the wait for it is bounded.
"""

from __future__ import annotations

import http.client
import itertools
import json
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.orders import purchase_order
from tests.crash.nursery import Nursery

PARTNER = "acme-cardio"
READY_SECONDS_MAX = 60.0  # a start takes half a second; a loaded machine may take many times as long
DRAIN_SECONDS_MAX = 240.0  # it ends what fails; a loaded machine may take minutes over what is sound
ROUNDS = 3  # of orders sent last: a job is tried three times
KINDS_OF_BODIES = 4  # of so many orders in a row at least one is small, and one large where any is
RETRIED_SECONDS = 4.0  # jobs that failed once or twice wait 1 and 2 seconds before they are tried again
DEATH_SECONDS_MAX = 120.0
SENDERS = 4
RESEND_EVERY = 10  # a tenth of all orders is sent again although it was answered
AGAIN_SECONDS = 0.1  # between two tries of one order: four senders must not take the time the hub needs to start
LOOK_SECONDS = 0.05
BREATH_SECONDS = 0.02  # between two orders of a sender: thousands would prove no more and take long to check

Bodies = Callable[[int], bytes]


def order(number: int) -> bytes:
    """Return the order of this number, as it is sent today."""
    return purchase_order(number, today=datetime.now(UTC).date())


def free_port() -> int:
    """Return a port nobody listens on now: each start gets its own, so an orphan can never answer for us."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """One data directory and, at times, a process that serves it."""

    nursery: Nursery
    data: Path
    key: str  # of the partner
    config: Path | None = None  # an overlay of the configuration
    pid: int = 0
    url: str = ""

    @property
    def log(self) -> Path:
        return self.data.parent / "server.log"

    @property
    def folder(self) -> Path:
        """Where messages are put for a partner who fetches them from a folder."""
        return self.data.with_name(f"{self.data.name}-folders") / PARTNER / "out"

    def key_of(self, partner: str) -> str:
        """Return a key for another partner, made before the hub runs."""
        log = self.data.parent / f"key-{partner}.log"
        environment = {"HUB_CONFIG_PATH": str(self.config or "")}
        said = self.nursery.run(["partner", "key", partner, "--data", str(self.data)], log=log, environment=environment)
        [key] = [word for word in said.split() if word.startswith("hub_")]
        return key

    def start(self, failpoint: str | None = None, *, defect: str | None = None) -> None:
        """Start a process and return when it is ready; fails with the end of its log when it is not."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        arguments = ["serve", "--data", str(self.data), "--port", str(port)]
        environment = {"HUB_FAILPOINT": failpoint or "", "HUB_CONFIG_PATH": str(self.config or "")}
        self.pid = self.nursery.start(arguments, log=self.log, environment=environment, defect=defect)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline and self.ended is None:
            if self._is_ready(port):
                return
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"the hub did not become ready (ended: {self.ended})\n{self.said()}")

    def _is_ready(self, port: int) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)  # the other client costs 20 ms to make
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    @property
    def ended(self) -> int | None:
        """How the process ended, a signal as a negative number; None while it runs."""
        return self.nursery.poll(self.pid)

    def kill(self) -> None:
        """End the process as a power cut would end it."""
        self.nursery.kill(self.pid)

    def wait_dead(self) -> int | None:
        """Wait for the process to die of its failpoint; return how it ended, None when it lives on."""
        deadline = time.monotonic() + DEATH_SECONDS_MAX
        while time.monotonic() < deadline and self.ended is None:
            time.sleep(LOOK_SECONDS)
        return self.ended

    def said(self) -> str:
        """Return the end of the server's log, for the person who reads the failure."""
        return self.log.read_text(errors="replace")[-6_000:] if self.log.exists() else "(no log)"


@dataclass
class History:
    """What the customer saw: which order was answered with which message id."""

    answered: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)  # answers that are neither yes nor "later"
    renamed: list[str] = field(default_factory=list)  # orders that were given two message ids
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, number: int, message: str) -> None:
        with self.lock:
            first = self.answered.setdefault(number, message)
        if first != message:
            self.renamed.append(f"order {number} is {first} and {message}")


class Senders:
    """Customers who send orders one after another and repeat each until it is answered."""

    def __init__(self, server: Server, history: History, bodies: Bodies = order) -> None:
        self._server, self._history, self._bodies = server, history, bodies
        self._numbers = itertools.count(1)
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

    def wait_answered(self, count: int) -> None:
        """Return when ``count`` more orders were answered, or after ``DRAIN_SECONDS_MAX``."""
        enough = len(self._history.answered) + count
        deadline = time.monotonic() + DRAIN_SECONDS_MAX
        while len(self._history.answered) < enough and time.monotonic() < deadline:
            time.sleep(0.02)

    def _work(self) -> None:
        with client(self._server, timeout=10) as session:
            while not self._stop.is_set():
                with self._history.lock:
                    number = next(self._numbers)
                body = self._bodies(number)
                for _ in range(2 if number % RESEND_EVERY == 0 else 1):
                    while not self._stop.is_set() and not send(session, self._server, self._history, number, body):
                        time.sleep(AGAIN_SECONDS)
                time.sleep(BREATH_SECONDS)


def client(server: Server, timeout: float, key: str | None = None) -> httpx.Client:
    return httpx.Client(headers={"authorization": f"Bearer {key or server.key}"}, timeout=timeout)


def send(session: httpx.Client, server: Server, history: History, number: int, body: bytes) -> bool:
    """Send once; True when it was answered. Where the hub died over it nobody knows, so it must be sent again."""
    try:
        response = session.post(f"{server.url}/inbound/{PARTNER}", content=body)
    except httpx.TransportError:
        return False
    if response.status_code in (200, 202):
        history.note(number, response.json()["message"])
    elif response.status_code not in (429, 503):
        history.refused.append(f"{response.status_code} {response.text}")
    return response.status_code not in (429, 503)


class Post:
    """What the customer has fetched so far: each message once."""

    def __init__(self, server: Server, partner: str = PARTNER, key: str | None = None) -> None:
        self._server, self._partner, self._key = server, partner, key
        self._bodies: dict[str, bytes] = {}
        self._cursor = ""

    def fetch(self) -> Sequence[bytes]:
        """Return every message that was put into the mailbox or the folder until now."""
        with client(self._server, 30, self._key) as session:
            for identity in self._waiting(session):
                answer = session.get(f"{self._server.url}/outbound/{self._partner}/{identity}")
                self._bodies[identity] = answer.raise_for_status().content
        if self._partner == PARTNER and self._server.folder.is_dir():
            for path in self._server.folder.glob("*.edi"):
                self._bodies[path.name] = path.read_bytes()
        return list(self._bodies.values())

    def _waiting(self, session: httpx.Client) -> Iterator[str]:
        """Yield the ids that are new; all are listed again each time, for one may come late under an old id."""
        parameters: dict[str, str | int] = {"limit": 200}
        while True:
            answer = session.get(f"{self._server.url}/outbound/{self._partner}", params=parameters)
            page = answer.raise_for_status().json()
            yield from (item["id"] for item in page["items"] if item["id"] not in self._bodies)
            if not page.get("next"):
                return
            parameters["cursor"] = page["next"]


@dataclass
class Findings:
    """What the customer's books say at the end."""

    answered: int = 0
    lost: list[int] = field(default_factory=list)  # answered 202, never answered by 855 and 997
    doubled: list[str] = field(default_factory=list)  # answered twice
    gaps: list[str] = field(default_factory=list)  # control numbers missing or repeated
    refused: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.gaps or self.refused)

    def __str__(self) -> str:
        rows = {name: getattr(self, name) for name in ("lost", "doubled", "gaps", "refused")}
        told = {name: f"{len(value)}: {value[:10]}" for name, value in rows.items() if value}
        return json.dumps({"answered": self.answered, **told})


def check(bodies: Sequence[bytes], history: History) -> Findings:
    """Compare what was answered with what came. Reads X12 with nothing of ours."""
    orders: Counter[str] = Counter()
    groups: Counter[int] = Counter()
    numbers: dict[str, list[int]] = {"interchange": [], "group": []}
    for body in bodies:
        for segment in body.decode("latin-1").replace("\n", "").split("~"):
            elements = segment.split("*")
            if elements[0] == "ISA":
                numbers["interchange"].append(int(elements[13]))
            elif elements[0] == "GS":
                numbers["group"].append(int(elements[6]))
            elif elements[0] == "BAK":
                orders[elements[3]] += 1
            elif elements[0] == "AK1":
                groups[int(elements[2])] += 1
    findings = Findings(answered=len(history.answered), refused=list(history.refused), doubled=list(history.renamed))
    findings.lost = [n for n in sorted(history.answered) if orders[f"P{n:09d}"] < 1 or groups[n] < 1]
    findings.doubled += [name for name, count in orders.items() if count > 1]
    findings.doubled += [f"group {group}" for group, count in groups.items() if count > 1]
    for label, given in numbers.items():
        missing = set(range(1, max(given, default=0) + 1)) - set(given)
        findings.gaps += [f"{label} {number} missing" for number in sorted(missing)]
        findings.gaps += [f"{label} {number} repeated" for number, count in Counter(given).items() if count > 1]
    return findings


def drained(server: Server, history: History, bodies: Bodies = order) -> Findings:
    """Return what the books say when nothing is missing any more, or when nothing more will come.

    The second is known by orders sent last, some for each lane of the hub: a lane works in order, so that once these
    are answered, all before them had their turn. What failed then is due again within ``RETRIED_SECONDS``, and has had
    its turn once those are answered that were sent after that.
    """
    post, deadline = Post(server), time.monotonic() + DRAIN_SECONDS_MAX
    for _ in range(ROUNDS):
        last = set(_sent_last(server, history, bodies))
        while True:
            findings = check(post.fetch(), history)
            if not findings.lost or time.monotonic() > deadline:
                return findings
            if last.isdisjoint(findings.lost):
                break
            time.sleep(0.25)
        time.sleep(RETRIED_SECONDS)
    return check(post.fetch(), history)


def _sent_last(server: Server, history: History, bodies: Bodies) -> Sequence[int]:
    """Send orders after all others, as many as there are kinds of ``bodies``; return their numbers."""
    first = max(history.answered, default=0) + 1_000
    numbers = range(first, first + KINDS_OF_BODIES)
    with client(server, timeout=10) as session:
        for number in numbers:
            while not send(session, server, history, number, bodies(number)):
                time.sleep(AGAIN_SECONDS)
    return numbers


def prepare(nursery: Nursery, template: Path, folder: Path, *, config: Path | None = None) -> Server:
    """Return a server, not yet started, on a copy of the template's data."""
    shutil.copytree(template / "data", folder / "data")
    return Server(nursery, folder / "data", (template / "key").read_text(), config)
