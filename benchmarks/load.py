"""Send purchase orders to a hub at a fixed rate and measure every answer.

Open loop: an order is due at its time whether or not the hub keeps up, and its latency counts from
then, so a hub that stalls cannot hide it. Runs in a process of its own and takes little of the cores it
shares with the hub: every request is made before the clock starts, and one loop over plain sockets sends
and reads. What CPU it takes all the same, it says.
"""

from __future__ import annotations

import argparse
import json
import re
import selectors
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from datetime import date

from benchmarks.orders import purchase_order

CONNECTIONS = 32  # the one that rested longest is taken first, so that the hub closes none for being idle
READ_BYTES = 65_536  # more than any answer
SILENCE_SECONDS_MAX = 60.0

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection:
    """One keep-alive connection: one request at a time."""

    def __init__(self, address: tuple[str, int], selector: selectors.BaseSelector) -> None:
        self._address, self._selector = address, selector
        self._answer = b""
        self.due: float | None = None  # of the order under way, on the clock of ``perf_counter``
        self._open()

    def send(self, request: bytes, due: float) -> None:
        self.due, self._answer = due, b""
        self._socket.sendall(request)

    def read(self) -> int | None:
        """Take what has come; return the answer's status once all of it is there."""
        piece = self._socket.recv(READ_BYTES)
        if not piece:
            self._reopen()
            return None
        self._answer += piece
        head, ended, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not ended or (length is not None and len(body) < int(length[1])):
            return None
        return int(head[9:12])

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address)
        self._selector.register(self._socket, selectors.EVENT_READ, self)

    def _reopen(self) -> None:
        """The hub may close a connection that rests, as while the last answers are awaited; no other."""
        if self.due is not None:
            raise ConnectionError("the hub closed the connection instead of answering")
        self._selector.unregister(self._socket)
        self._socket.close()
        self._open()


def requests(partner: str, key: str, count: int, first: int) -> list[bytes]:
    """Return ``count`` orders as they go over the wire."""
    head = (
        f"POST /inbound/{partner} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/edi-x12\r\nContent-Length: "
    ).encode()
    today = date.today()  # noqa: DTZ011  the hub's clock is this machine's
    bodies = (purchase_order(number, today=today) for number in range(first, first + count))
    return [b"%b%d\r\n\r\n%b" % (head, len(body), body) for body in bodies]


def send(host: str, port: int, orders: Sequence[bytes], rate: float) -> dict[str, object]:
    """Send ``rate`` orders a second; return counts, latencies (ms) and this process's CPU per order (ms)."""
    selector = selectors.DefaultSelector()
    resting = deque(Connection((host, port), selector) for _ in range(CONNECTIONS))
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    sent = 0
    cpu = time.process_time()
    start = time.perf_counter()
    while len(latencies) < len(orders):
        while resting and sent < len(orders) and (due := start + sent / rate) <= time.perf_counter():
            resting.popleft().send(orders[sent], due)
            sent += 1
        can_send = resting and sent < len(orders)
        wait = start + sent / rate - time.perf_counter() if can_send else SILENCE_SECONDS_MAX
        ready = selector.select(max(0.0, wait))
        if not ready and not can_send:
            raise TimeoutError(f"no answer for {SILENCE_SECONDS_MAX:g} s")
        for key, _ in ready:
            connection: Connection = key.data
            if (status := connection.read()) is not None and connection.due is not None:
                latencies.append((time.perf_counter() - connection.due) * 1000)
                statuses[status] += 1
                connection.due = None
                resting.append(connection)
    seconds = time.perf_counter() - start
    cpu = time.process_time() - cpu
    latencies.sort()
    return {
        "sent": len(orders),
        "seconds": seconds,
        "statuses": statuses,
        "p50_ms": latencies[len(latencies) // 2],
        "p99_ms": latencies[int(len(latencies) * 0.99)],
        "max_ms": latencies[-1],
        "cpu_ms": cpu * 1000 / len(orders),
    }


def main() -> None:
    """Read the arguments, send, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--partner", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--first", type=int, default=1)
    chosen = parser.parse_args()
    orders = requests(chosen.partner, chosen.key, int(chosen.rate * chosen.seconds), chosen.first)
    json.dump(send(chosen.host, chosen.port, orders, chosen.rate), sys.stdout)


if __name__ == "__main__":
    main()
