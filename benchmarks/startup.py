"""How long a person waits: `hub --help`, `hub serve` until ready, `make demo` the second time until answered; and what
a thousand partners cost whose maps are the base maps: until all is read and compiled that their messages need.

Run: .venv/bin/python -m benchmarks.startup [--rounds N]. Prints a table of wall times against the bounds of the
interface; the peer in the same run is the bare interpreter. Needs an idle machine; ends with 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HUB = [sys.executable, "-m", "hub"]
PARTNER = ROOT / "partners" / "acme-cardio"
PARTNERS = 1_000
PARTNERS_S_MAX = 10.0
PARTNERS_MB_MAX = 300.0
LOAD = """
import os, resource
from hub.flow.rooms import ROOMS
from hub.flow.rules import Rules
from hub.flow.syntaxes import warm_up
from hub.platform.configuration import find_configuration
rules = Rules(find_configuration(os.environ["HUB_CONFIG_PATH"]))
assert len(rules.partners.all()) > {partners} and not rules.partners.faults, rules.partners.faults
warm_up(rules, ROOMS)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
"""What a process does that is to judge messages, in one of its own: it prints the most memory it ever held, in MB."""

GIVE_UP_SECONDS = 60.0  # far beyond every bound: then something is broken, not slow


def main() -> int:
    """Measure, print, and return 1 when a median is over its bound."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        measured: list[tuple[str, float | None, Callable[[], None]]] = [
            ("bare interpreter", None, lambda: _run([sys.executable, "-c", "pass"])),
            ("hub --help", 0.15, lambda: _run([*HUB, "--help"])),
            ("hub serve, ready, data there", 2.0, lambda: _serve(data / "serve")),
            ("make demo, second time, answered", 5.0, lambda: _run(_demo(data / "demo"))),
        ]
        print(f"{'what':<34}{'best s':>8}{'median s':>10}{'bound s':>9}")
        missed = False
        for name, bound, once in measured:
            once()  # the first is not counted: it fills the caches and makes the data
            times = [_timed(once) for _ in range(rounds)]
            median = statistics.median(times)
            missed |= bound is not None and median > bound
            print(f"{name:<34}{min(times):>8.3f}{median:>10.3f}{bound if bound is not None else '-':>9}")
        seconds, megabytes = _load_partners(data / "many")
    name = f"{PARTNERS:,} partners, base maps"
    print(f"{name:<34}{seconds:>8.3f}{seconds:>10.3f}{PARTNERS_S_MAX:>9}")
    print(f"{'  memory, MB':<34}{megabytes:>8.0f}{megabytes:>10.0f}{PARTNERS_MB_MAX:>9}")
    return 1 if missed or seconds > PARTNERS_S_MAX or megabytes > PARTNERS_MB_MAX else 0


def _load_partners(root: Path) -> tuple[float, float]:
    """Return how long a process takes to read a thousand partners more, and the most memory that it holds then."""
    own = (PARTNER / "partner.toml").read_text().replace(f'"{PARTNER.name}/', '"x12/004010/')
    for number in range(PARTNERS):
        name = f"customer-{number:04d}"
        folder = root / "partners" / name
        folder.mkdir(parents=True)
        text = own.replace(f'"{PARTNER.name}"', f'"{name}"').replace('"123456789"', f'"{200_000_000 + number}"')
        (folder / "partner.toml").write_text(text)
        for file in ("items.toml", "prices.toml"):
            shutil.copy(PARTNER / file, folder / file)
    began = time.perf_counter()
    load = [sys.executable, "-c", LOAD.format(partners=PARTNERS)]
    environment = {**os.environ, "HUB_CONFIG_PATH": str(root)}
    told = subprocess.run(load, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return time.perf_counter() - began, float(told)


def _demo(data: Path) -> list[str]:
    return ["make", "--no-print-directory", "demo", f"DATA={data}", "DEMO=--no-serve"]


def _timed(once: Callable[[], None]) -> float:
    began = time.perf_counter()
    once()
    return time.perf_counter() - began


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def _serve(data: Path) -> None:
    """Start a hub and return when it is ready; the time to stop it is counted too, it is a few milliseconds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*HUB, "serve", "--data", str(data), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + GIVE_UP_SECONDS
        while not _is_ready(port):
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"hub serve did not become ready: {' '.join(command)}")
            time.sleep(0.01)
    finally:
        server.kill()
        server.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


if __name__ == "__main__":
    sys.exit(main())
