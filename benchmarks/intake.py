"""Orders over HTTP into a hub of its own: how many a second, how soon each is answered, and by what it is answered.

    .venv/bin/python -m benchmarks.intake             # 500 orders/s for 60 s, then 250/s for 30 s
    .venv/bin/python -m benchmarks.intake --rate 1000
    .venv/bin/python -m benchmarks.intake --as-shipped  # the plant is told of every order: 250 orders/s, then 125/s
    .venv/bin/python -m benchmarks.intake --quick     # a few seconds, to see that it works

One `hub serve` on SQLite in a new data directory; `benchmarks.load` sends from a process of its own and counts each
answer from the moment its order was due. An observer on a database connection of its own looks every 50 ms which 855
are committed: what it sees late by that counts as late. During the second part twenty single orders a second are sent
besides, and with every 202 another connection looks whether the message it names is committed. Peers, on this machine
just before: a receiver that only appends to a file and syncs it, one order after another, and pyx12 that only
validates, on one core. Prints a table and ends with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from benchmarks import x12_850
from benchmarks.orders import purchase_order
from hub.formats.x12.guides import GuideLibrary

ROOT = Path(__file__).resolve().parent.parent
HUB = [sys.executable, "-m", "hub"]
PARTNER = "acme-cardio"

RATE_MIN = 500.0  # bare: the customer is answered, and nobody else hears of it
RATE_AS_SHIPPED_MIN = 250.0
ANSWER_P99_MS_MAX = 150.0  # at half the rate
READY_SECONDS_MAX = 1.0  # each 855 after its order
READY_AS_SHIPPED_SECONDS_MAX = 2.0
PLANT_FILE = "partners/plant-erp/partner.toml"
TELLS = re.compile(r"^\[\[tells\]\].*?(?=^\[\[transports)", re.MULTILINE | re.DOTALL)
SENT_ABOVE = 1.02  # of the rate asked for, so that the last answers' own time does not count against it

LOOK_SECONDS = 0.05
SAMPLE_SECONDS = 0.05
SAMPLES_FROM = 90_000_001  # order numbers that the load does not reach
DRAIN_SECONDS_MAX = 240.0  # so that what the first part left waiting is no burden of the second
START_SECONDS_MAX = 60.0
PEER_SECONDS = 2.0


@dataclass
class Row:
    """One line of the table; ``limit`` None: shown and not judged."""

    measure: str
    ours: float
    kind: str = ""  # <= or >=
    limit: float | None = None

    @property
    def ok(self) -> bool:
        if self.limit is None:
            return True
        return self.ours >= self.limit if self.kind == ">=" else self.ours <= self.limit


@dataclass
class Server:
    """A hub that runs, and its partner's key."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    database: Path

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_megabytes(self) -> float:
        """Return the most memory it ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> int:
    """Measure, print, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--as-shipped", action="store_true", help="with the plant told of every order")
    parser.add_argument("--rate", type=float, help="orders a second (the limit stays what it is)")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--half-seconds", type=float, default=30.0, help="at half the rate")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rate for 4 s and 2 s; limits to match")
    chosen = parser.parse_args()
    rate_min = RATE_AS_SHIPPED_MIN if chosen.as_shipped else RATE_MIN
    rate, seconds, half = chosen.rate or rate_min, chosen.seconds, chosen.half_seconds
    within = READY_AS_SHIPPED_SECONDS_MAX if chosen.as_shipped else READY_SECONDS_MAX
    if chosen.quick:
        rate, seconds, half, rate_min = rate / 10, 4.0, 2.0, rate_min / 10
    with tempfile.TemporaryDirectory(prefix="hub-intake-") as folder:
        beside = peers(Path(folder))
        overlay = None if chosen.as_shipped else nobody_told(Path(folder) / "configuration")
        with serving(Path(folder) / "data", overlay) as server, Observer(server.database) as observer:
            rows = sustained(server, observer, rate, seconds, rate_min, within)
            rows += relaxed(server, observer, rate / 2, half, within, first=int(rate * seconds * 2))
            rows.append(Row("most memory of the server, MB", server.memory_megabytes()))
    return show(rows, beside)


def nobody_told(overlay: Path) -> Path:
    """Return a configuration over ours in which the plant is told of nothing."""
    file = overlay / PLANT_FILE
    file.parent.mkdir(parents=True)
    file.write_text(TELLS.sub("", (ROOT / PLANT_FILE).read_text()))
    return overlay


def sustained(
    server: Server, observer: Observer, rate: float, seconds: float, rate_min: float, within: float
) -> list[Row]:
    """Send at the full rate; nothing may be refused, and the work must keep pace."""
    cpu = server.cpu_seconds()
    told = load(server, rate * SENT_ABOVE, seconds, first=1)
    delays = observer.delays_of(told.sent)
    cpu = server.cpu_seconds() - cpu
    at = f"at {rate:g}/s for {seconds:g} s"
    return [
        Row(f"orders answered 202 a second, sent {at}", told.accepted / told.seconds, ">=", rate_min),
        Row("  answered otherwise", told.sent - told.accepted, "<=", 0),
        Row("  p99 of the answer, ms", told.p99_ms),
        Row("  orders whose 855 was never seen", told.sent - len(delays), "<=", 0),
        *ready_rows(delays, within),
        Row("  CPU of the server per order, ms", cpu * 1000 / told.sent),
        Row("  CPU of the sender per order, ms", told.cpu_ms),
    ]


def relaxed(server: Server, observer: Observer, rate: float, seconds: float, within: float, first: int) -> list[Row]:
    """Send at half the rate, and sample whether answers come before commits."""
    stop = threading.Event()
    samples = Samples(server)
    sampler = threading.Thread(target=samples.run, args=(stop,))
    sampler.start()
    told = load(server, rate, seconds, first=first)
    stop.set()
    sampler.join()
    delays = observer.delays_of(told.sent + samples.taken)
    return [
        Row(f"p99 of the answer at {rate:g}/s for {seconds:g} s, ms", told.p99_ms, "<=", ANSWER_P99_MS_MAX),
        Row("  p50 of the answer, ms", told.p50_ms),
        Row("  answered otherwise than 202", told.sent - told.accepted, "<=", 0),
        *ready_rows(delays, within),
        Row("  answers looked at, whether committed", samples.taken, ">=", 1),
        Row("  of them answered before the commit", samples.early, "<=", 0),
    ]


def ready_rows(delays: Sequence[float], within: float) -> list[Row]:
    found = sorted(delays) or [float("inf")]
    return [
        Row("  855 committed after its order, s: half of them", found[len(found) // 2]),
        Row("    99 of 100", found[int(len(found) * 0.99)]),
        Row("    every one", found[-1], "<=", within),
    ]


@dataclass
class Told:
    """What the load says of its answers."""

    sent: int
    accepted: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float  # of the load itself, per order


def load(server: Server, rate: float, seconds: float, first: int) -> Told:
    """Run ``benchmarks.load`` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load", "--port", str(server.port), "--partner", PARTNER]
    command += ["--key", server.key, "--rate", str(rate), "--seconds", str(seconds), "--first", str(first)]
    said = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    accepted = said["statuses"].get("202", 0)
    return Told(said["sent"], accepted, said["seconds"], said["p50_ms"], said["p99_ms"], said["cpu_ms"])


@dataclass
class Samples:
    """Single orders: is the message of a 202 visible to another connection when the 202 has arrived?"""

    server: Server
    taken: int = 0
    early: int = 0

    def run(self, stop: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        database = read_only(self.server.database)
        head = {"authorization": f"Bearer {self.server.key}"}
        today = date.today()  # noqa: DTZ011  the hub's clock is this machine's
        while not stop.wait(SAMPLE_SECONDS):
            body = purchase_order(SAMPLES_FROM + self.taken, today=today)
            connection.request("POST", f"/inbound/{PARTNER}", body, head)
            message = json.loads(connection.getresponse().read())["message"]
            self.early += database.execute("SELECT 1 FROM message WHERE id = ?", (message,)).fetchone() is None
            self.taken += 1
        database.close()
        connection.close()


@dataclass
class Observer:
    """Sees on a connection of its own which 855 are committed, and when it saw each first."""

    database: Path
    _seen: list[tuple[str, float]] = field(default_factory=list)  # the order's message and the moment
    _asked: int = 0

    def __enter__(self) -> Observer:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def delays_of(self, count: int) -> list[float]:
        """Wait for ``count`` more 855 than the last time; return how many seconds after its order each was seen."""
        deadline = time.monotonic() + DRAIN_SECONDS_MAX
        while len(self._seen) < self._asked + count and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        fresh = self._seen[self._asked :]
        self._asked = len(self._seen)
        database = read_only(self.database)
        came = dict(database.execute("SELECT id, received_at FROM message WHERE direction = 'in'"))
        database.close()
        return [at - datetime.fromisoformat(came[order]).timestamp() for order, at in fresh]

    def _run(self) -> None:
        """Look again and again; ids are made in the one writer, so a greater one is committed later."""
        database, last = read_only(self.database), ""
        new = "SELECT id, cause FROM message WHERE id > ? AND wire = '855' AND direction = 'out' ORDER BY id"
        while not self._stop.wait(LOOK_SECONDS):
            rows = database.execute(new, (last,)).fetchall()
            now = time.time()
            self._seen += [(order, now) for _, order in rows]
            last = rows[-1][0] if rows else last
        database.close()


def read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None)


@contextlib.contextmanager
def serving(data: Path, overlay: Path | None = None) -> Iterator[Server]:
    """Start a hub on new data, with a configuration over ours, and wait until it is ready; at the end stop it."""
    run_hub("db", "upgrade", "--data", str(data))
    said = run_hub("partner", "key", PARTNER, "--data", str(data))
    [key] = [word for word in said.split() if word.startswith("hub_")]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = data.parent / "server.log"
    with log.open("wb") as file:
        command = [*HUB, "serve", "--data", str(data), "--port", str(port)]
        environment = os.environ | ({"HUB_CONFIG_PATH": str(overlay)} if overlay else {})
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, env=environment)
    try:
        wait_ready(process, port, log)
        yield Server(process, port, key, data / "hub.db")
    finally:
        process.terminate()
        process.wait()


def run_hub(*arguments: str) -> str:
    return subprocess.run([*HUB, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def wait_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < until:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with contextlib.suppress(OSError):
            asked.request("GET", "/readyz")
            if asked.getresponse().status == 200:
                return
        asked.close()
        time.sleep(0.05)
    raise SystemExit(f"hub serve did not become ready:\n{log.read_text()}")


def peers(folder: Path) -> dict[str, float]:
    """Return orders a second of those who do less: kept durably one by one; validated by pyx12."""
    guide = GuideLibrary([ROOT]).guide("004010", "850")
    assert guide is not None
    with (folder / "appended").open("ab") as file:

        def append() -> None:
            file.write(purchase_order(1, today=x12_850.TODAY))
            file.flush()
            os.fsync(file.fileno())

        appended = per_second(append)
    maps = folder / "maps"
    maps.mkdir()
    validate = x12_850.peer(purchase_order(1, today=x12_850.TODAY), guide, str(maps))
    return {"append and fsync only": appended, "pyx12, validation only": per_second(validate)}


def per_second(once: Callable[[], object]) -> float:
    began = time.perf_counter()
    turns = 0
    while (took := time.perf_counter() - began) < PEER_SECONDS:
        once()
        turns += 1
    return turns / took


def show(rows: Sequence[Row], beside: dict[str, float]) -> int:
    """Print the table; return 1 when a limit is missed."""
    print(f"{'measure':<56}{'ours':>10}{'limit':>12}  ok")
    for row in rows:
        limit = "" if row.limit is None else f"{row.kind} {row.limit:g}"
        judged = "" if row.limit is None else "yes" if row.ok else "MISSED"
        print(f"{row.measure:<56}{row.ours:>10.2f}{limit:>12}  {judged}")
    for name, pace in beside.items():
        print(f"peer, orders a second: {name:<33}{pace:>10.1f}")
    print("load average: " + " ".join(f"{value:.2f}" for value in os.getloadavg()) + f", {os.cpu_count()} cores")
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
