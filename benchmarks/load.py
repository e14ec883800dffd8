"""Send purchase orders to a hub at a fixed rate and measure every answer.

Open loop: an order is due at its time whether or not the hub keeps up, and its latency counts from
then, so a hub that stalls cannot hide it. Runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from datetime import date

from benchmarks.orders import purchase_order

CONNECTIONS = 32


class Connection:
    """One keep-alive connection: one request at a time."""

    def __init__(self, host: str, port: int, head: bytes) -> None:
        self._host, self._port, self._head = host, port, head
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        assert self._reader is not None
        self._writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        header = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in header.split(b"\r\n")[1:]:
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        answer = await self._reader.readexactly(length)
        return int(header[9:12]), answer


async def send(
    host: str, port: int, partner: str, key: str, rate: float, seconds: float, first: int
) -> dict[str, object]:
    """Send ``rate`` orders a second for ``seconds``; return counts and latencies (ms, sorted)."""
    head = (
        f"POST /inbound/{partner} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/edi-x12\r\nContent-Length: "
    ).encode()
    today = date.today()  # noqa: DTZ011  the hub's clock is this machine's
    total = int(rate * seconds)
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    start = time.perf_counter() + 0.05
    turn = iter(range(total))

    async def work() -> None:
        connection = Connection(host, port, head)
        for index in turn:
            due = start + index / rate
            body = purchase_order(first + index, today=today)
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            status, _ = await connection.post(body)
            latencies.append((time.perf_counter() - due) * 1000)
            statuses[status] = statuses.get(status, 0) + 1

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    latencies.sort()
    return {
        "sent": total,
        "seconds": time.perf_counter() - start,
        "statuses": statuses,
        "p50_ms": latencies[len(latencies) // 2],
        "p99_ms": latencies[int(len(latencies) * 0.99)],
        "max_ms": latencies[-1],
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
    result = asyncio.run(
        send(chosen.host, chosen.port, chosen.partner, chosen.key, chosen.rate, chosen.seconds, chosen.first)
    )
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
