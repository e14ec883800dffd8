"""A small order beside a hostile partner: how soon it is answered 202 and finished, and what memory the hub then takes.

    .venv/bin/python -m benchmarks.hostile                      # each attack in turn, 200 orders beside each
    .venv/bin/python -m benchmarks.hostile --only interchanges junk --orders 50

One `hub serve` on SQLite in a new data directory, with a second partner who means no good. Each attack runs in a
process of its own while orders are posted one after another; an order is finished when its 855 stands in the mailbox,
which a database connection of ours looks for every 10 ms. Memory is the server's and its children's together, looked at
five times a second; a page that they share is counted once. Prints a table and ends with 1 when a limit is missed.
Attacks stay on this machine, and end with this command.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path

from benchmarks.intake import HUB, PARTNER, ROOT, read_only, wait_ready
from benchmarks.orders import purchase_order

ANSWER_SECONDS_MAX = 0.5
FINISHED_SECONDS_MAX = 2.0
MEMORY_MB_MAX = 400.0
ORDERS = 200
LOOK_SECONDS = 0.01
GIVE_UP_SECONDS = 30.0  # on one order
WARM_UP_SECONDS = 2.0  # of an attack, before the first order

EVIL = "no-good"
EVIL_FILE = """\
id        = "no-good"
name      = "No Good"
kind      = "customer"
usage     = "P"
time_zone = "America/Chicago"
currency  = "USD"

[x12]
ours      = { qualifier = "ZZ", id = "MEDCM" }
theirs   = [{ qualifier = "ZZ", id = "NOGOOD" }]

[sends]
850 = "x12/004010/850"
"""
ISA = "ISA*00*          *00*          *ZZ*NOGOOD         *ZZ*MEDCM          *261120*0600*U*00401*{0:09d}*1*P*>~"


def envelope(number: int, *sets: str) -> str:
    """Return an interchange that asks for a TA1, with one group of ``sets``."""
    group = f"GS*PO*NOGOOD*MEDCM*20261120*0600*{number}*X*004010~{''.join(sets)}GE*{len(sets)}*{number}~"
    return f"{ISA.format(number)}{group}IEA*1*{number:09d}~"


def order(control: int, number: str, lines: int, quantity: str) -> str:
    body = "".join(f"PO1*{n}*{quantity}*EA*12.35*CT*BP*AC-1001*EC*D~" for n in range(1, lines + 1))
    return f"ST*850*{control:04d}~BEG*00*SA*{number}**20261120~{body}CTT*{lines}~SE*{lines + 4}*{control:04d}~"


class Attacker:
    """Sends as the second partner."""

    def __init__(self, port: int, key: str) -> None:
        self.port = port
        self._key = {"authorization": f"Bearer {key}"}
        self._numbers = count(int(time.time()) % 800_000 * 1_000 + 1)

    def number(self) -> int:
        return next(self._numbers)

    def post(self, body: bytes) -> str:
        """Hand in; return the message's id, or "" when it was refused."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("POST", f"/inbound/{EVIL}", body, self._key)
            answer = connection.getresponse()
            said = answer.read()
            return str(json.loads(said)["message"]) if answer.status in (200, 202) else ""

    def get(self, path: str) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("GET", path, headers=self._key)
            connection.getresponse().read()

    def again(self, make: Callable[[], str], pause: float) -> None:
        """Hand in what ``make`` makes, for ever."""
        while True:
            self.post(make().encode())
            time.sleep(pause)

    def beside(self, *works: Callable[[], None]) -> None:
        """Do several things at once, for ever."""
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def state(by: Attacker) -> None:
    """1.3: ask for the state of a message with sixty thousand faults, four at a time."""
    message = by.post(faulty(by, 1_000, 60).encode())

    def ask() -> None:
        while True:
            for path in ("", "/timeline", "/documents"):
                by.get(f"/api/v1/messages/{message}{path}")

    by.beside(*[ask] * 4)


def interchanges(by: Attacker) -> None:
    """1.4: messages of as many interchanges as may be, each with a group; beside them one of too many."""
    by.beside(
        lambda: by.again(lambda: "".join(envelope(by.number()) for _ in range(1_900)), 0.2),
        lambda: by.again(lambda: "".join(f"{ISA.format(n)}IEA*0*{n:09d}~" for n in range(30_000)), 0.2),
    )


def lines(by: Attacker) -> None:
    """1.4: orders of twenty thousand lines, and sets of sixty faulty ones."""

    def long() -> str:
        number = by.number()
        return envelope(number, order(1, f"L{number}", 20_000, "1"))

    by.beside(lambda: by.again(long, 0.2), lambda: by.again(lambda: faulty(by, 1_000, 60), 0.2))


def lane(by: Attacker) -> None:
    """1.5: megabytes of sets that are never closed, and without a pause messages just below the size of a large one."""
    some = "ST*850*1~" * 6_000
    by.beside(
        lambda: by.again(lambda: envelope(by.number(), "ST*850*1~" * 19_000), 0.0),
        *[lambda: by.again(lambda: envelope(by.number(), some), 0.0)] * 3,
    )


def junk(by: Attacker) -> None:
    """1.6: what is stored many times over: empty sets, sets of no kind, more sets than may be."""
    by.beside(
        lambda: by.again(lambda: envelope(by.number(), *["ST*850*1~SE*2*1~"] * 19_000), 0.1),
        lambda: by.again(lambda: envelope(by.number(), "ST*850*1~" * 120_000), 0.1),
    )


def idle(by: Attacker) -> None:
    """1.7: four bodies of 128 MiB that are promised and never come."""

    def promise() -> None:
        while True:
            with socket.create_connection(("127.0.0.1", by.port)) as wire, contextlib.suppress(OSError):
                head = f"POST /inbound/{EVIL} HTTP/1.1\r\nhost: hub\r\nauthorization: {by._key['authorization']}\r\n"
                wire.sendall(f"{head}content-length: 100000000\r\n\r\n".encode())
                wire.settimeout(60)
                wire.recv(1)

    by.beside(*[promise] * 4)


def headers(by: Attacker) -> None:
    """1.8: three hundred requests that never end their headers, and one header without end."""

    def open_half() -> None:
        wires = []
        while True:
            with contextlib.suppress(OSError):
                wires.append(socket.create_connection(("127.0.0.1", by.port), timeout=5))
                wires[-1].sendall(b"GET / HTTP/1.1\r\nhost: hub\r\nx: ")
            del wires[: max(0, len(wires) - 300)]
            time.sleep(0.02)

    def endless() -> None:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", by.port), timeout=5) as wire:
                wire.sendall(b"GET / HTTP/1.1\r\nhost: hub\r\nx: ")
                while True:
                    wire.sendall(b"a" * 65_536)
                    time.sleep(0.05)

    by.beside(open_half, endless, endless)


def nothing(by: Attacker) -> None:
    """No attack: what it is without."""
    time.sleep(3_600)


def faulty(by: Attacker, sets: int, lines_of_each: int) -> str:
    number = by.number()
    return envelope(number, *(order(n, f"F{number}-{n}", lines_of_each, "MANY") for n in range(1, sets + 1)))


ATTACKS = {each.__name__: each for each in (nothing, state, interchanges, lines, lane, junk, idle, headers)}


def main() -> int:
    """Measure beside each attack, print, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=list(ATTACKS))
    parser.add_argument("--orders", type=int, default=ORDERS, help="beside each attack")
    parser.add_argument("--attack", nargs=3, metavar=("NAME", "PORT", "KEY"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.attack:
        name, port, key = chosen.attack
        ATTACKS[name](Attacker(int(port), key))
        return 0
    print(
        f"{'beside':<14}{'202 worst s':>12}{'half':>8}{'855 worst s':>13}{'half':>8}{'memory MB':>11}{'stored':>8}  ok"
    )
    missed = 0
    with tempfile.TemporaryDirectory(prefix="hub-hostile-") as folder:
        for position, name in enumerate(chosen.only):
            with serving(Path(folder) / name) as server:
                missed += not beside(server, name, chosen.orders, first=1 + position * 10_000)
    print("load average: " + " ".join(f"{value:.2f}" for value in os.getloadavg()) + f", {os.cpu_count()} cores")
    return 1 if missed else 0


class Server:
    """A hub that runs, and the keys of its two partners."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, keys: dict[str, str], data: Path) -> None:
        self.process, self.port, self.keys, self.data = process, port, keys, data
        self.memory_most = 0.0
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._run)

    def __enter__(self) -> Server:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    def stored_megabytes(self) -> float:
        return sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file()) / 1e6

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            self.memory_most = max(self.memory_most, sum(map(_memory_megabytes, self._processes())))

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]


def _memory_megabytes(process: int) -> float:
    """Return what a process takes; of a page that several have in common its share (proc_pid_smaps(5): Pss)."""
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/smaps_rollup").read_text().split("\nPss:")[1].split()[0]) / 1024
    return 0.0


def beside(server: Server, name: str, orders: int, first: int) -> bool:
    """Post orders beside one attack and print how it went; say whether the limits held."""
    command = [sys.executable, "-m", "benchmarks.hostile", "--attack", name, str(server.port), server.keys[EVIL]]
    attack = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        time.sleep(WARM_UP_SECONDS)
        times = [ordered(server, number) for number in range(first, first + orders)]
    finally:
        attack.kill()
        attack.wait()
    answered, finished = sorted(each[0] for each in times), sorted(each[1] for each in times)
    ok = answered[-1] <= ANSWER_SECONDS_MAX and finished[-1] <= FINISHED_SECONDS_MAX
    ok = ok and server.memory_most <= MEMORY_MB_MAX
    half = orders // 2
    print(
        f"{name:<14}{answered[-1]:>12.3f}{answered[half]:>8.3f}{finished[-1]:>13.3f}{finished[half]:>8.3f}"
        f"{server.memory_most:>11.0f}{server.stored_megabytes():>8.0f}  {'yes' if ok else 'MISSED'}",
        flush=True,
    )
    return ok


def ordered(server: Server, number: int) -> tuple[float, float]:
    """Post one order; return after how many seconds it was answered, and after how many its 855 was there."""
    body = purchase_order(number, today=date.today())  # noqa: DTZ011  the hub's clock is this machine's
    database = read_only(server.data / "hub.db")
    began = time.perf_counter()
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=GIVE_UP_SECONDS)
    ) as connection:
        connection.request("POST", f"/inbound/{PARTNER}", body, {"authorization": f"Bearer {server.keys[PARTNER]}"})
        answer = connection.getresponse()
        said = answer.read()
    answered = time.perf_counter() - began
    if answer.status != 202:
        return float("inf"), float("inf")
    message, there = json.loads(said)["message"], None
    wanted = "SELECT 1 FROM message WHERE cause_kind = 'message' AND cause = ? AND wire = '855'"
    while there is None and time.perf_counter() - began < GIVE_UP_SECONDS:
        time.sleep(LOOK_SECONDS)
        there = database.execute(wanted, (message,)).fetchone()
    database.close()
    return answered, time.perf_counter() - began


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Start a hub with both partners on new data and wait until it is ready; at the end stop it, and remove all."""
    evil = folder / "config/partners" / EVIL
    evil.mkdir(parents=True)
    (evil / "partner.toml").write_text(EVIL_FILE)
    for name in ("items.toml", "prices.toml"):
        shutil.copy(ROOT / "partners" / PARTNER / name, evil)
    data, environment = folder / "data", {**os.environ, "HUB_CONFIG_PATH": str(folder / "config")}

    def hub(*arguments: str) -> str:
        command = [*HUB, *arguments, "--data", str(data)]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    hub("db", "upgrade")
    keys = {
        name: next(w for w in hub("partner", "key", name).split() if w.startswith("hub_")) for name in (PARTNER, EVIL)
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    with log.open("wb") as file:
        command = [*HUB, "serve", "--data", str(data), "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
    try:
        wait_ready(process, port, log)
        with Server(process, port, keys, data) as server:
            yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
