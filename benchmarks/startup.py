"""How long a person waits: `hub --help`, `hub serve` until ready, `make demo` the second time until answered.

Run: .venv/bin/python -m benchmarks.startup [--rounds N]. Prints a table of wall times against the bounds of the
interface; the peer in the same run is the bare interpreter. Needs an idle machine; ends with 1 when a bound is missed.
"""

from __future__ import annotations

import argparse
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
            ("hub --help", 0.3, lambda: _run([*HUB, "--help"])),
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
    return 1 if missed else 0


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
