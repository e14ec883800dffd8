"""A hub behind its real door, on a real socket, with limits short enough for a test; and plain sockets to attack it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.kernel.clock import Clock
from hub.platform.database import Database
from hub.platform.settings import Settings
from hub.web.app import create_app, known
from hub.web.door.limits import ConnectionLimits
from hub.web.door.server import Loop, Server
from tests.web.conftest import key_of
from tests.web.small_hub import SmallHub

PATIENCE_SECONDS = 60.0  # nothing is measured by it: whatever is awaited comes after a fraction of a second


class Served:
    """Where it listens, and what is behind."""

    def __init__(self, hub: SmallHub, server: Server, port: int) -> None:
        self.hub = hub
        self.server = server
        self.port = port

    def line(self, source: str = "127.0.0.1") -> socket.socket:
        """Return a new connection, from one of this machine's addresses."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS, source_address=(source, 0))

    def ask(self, request: bytes) -> bytes:
        """Send ``request`` on a connection of its own; return all that comes until the hub closes it."""
        with self.line() as line:
            line.sendall(request)
            return rest_of(line)

    def key(self, partner: str) -> str:
        return key_of(self.hub, partner)


class Visitor:
    """Whoever has seen the login page, and may try a password."""

    def __init__(self, served: Served) -> None:
        page = served.ask(request("GET", "/login")).decode()
        self._cookie = page.split("set-cookie: ")[1].split(";")[0]
        self._csrf = page.split('name="csrf" value="')[1].split('"')[0]

    def guess(self, *more: str) -> bytes:
        form = f"csrf={self._csrf}&login=nobody{time.monotonic_ns()}&password=wrong".encode()
        fields = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}")
        return request("POST", "/login", f"Cookie: {self._cookie}", *fields, *more, body=form)


@contextmanager
def serving(
    data: Path,
    database: Database,
    clock: Clock,
    limits: ConnectionLimits,
    settings: Settings | None = None,
    *,
    loop: Loop = "auto",
) -> Iterator[Served]:
    """Serve a small hub within ``limits``, which are looked at ten times a second, on either event loop."""
    hub = SmallHub(data, database, clock, settings)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        app = create_app(hub)
        server = Server(app, limits, backlog=128, known=known(app), look_every_ticks=1, loop=loop)
        running = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        port = taken.getsockname()[1]
        running.start()
        try:
            until_served(port)
            yield Served(hub, server, port)
        finally:
            server.should_exit = server.force_exit = True
            running.join(PATIENCE_SECONDS)


def until_served(port: int) -> None:
    """Return once the hub answers."""
    event = threading.Event()
    for _ in range(int(PATIENCE_SECONDS * 50)):
        try:
            with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as line:
                line.sendall(request("GET", "/healthz"))
                assert status_of(rest_of(line)) == 200
                return
        except OSError:
            event.wait(0.02)
    raise AssertionError("the hub does not answer")


def request(
    method: str, target: str, *fields: str, body: bytes = b"", host: str | None = "hub", keep: bool = False
) -> bytes:
    """Return a request as bytes; ``host=None`` leaves the header out."""
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host is not None else []), *fields]
    if not keep:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body


def rest_of(line: socket.socket) -> bytes:
    """Return what comes until the other side closes, or cuts, the line."""
    line.settimeout(PATIENCE_SECONDS)
    pieces = []
    try:
        while piece := line.recv(65_536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def status_of(answer: bytes) -> int | None:
    """Return the status of the last answer in ``answer``; None when there is none."""
    starts = answer.split(b"HTTP/1.1 ")[1:]
    return int(starts[-1][:3]) if starts else None


def until(holds: Callable[[], bool]) -> None:
    """Return once ``holds`` does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
