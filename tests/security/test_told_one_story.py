"""What a request says of its sender, its body and its origin it says once, and in a way that nobody before us reads
otherwise; who leaves before the answer leaves no line in the log.
"""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from hub.exchange.messages import list_messages
from hub.kernel.scope import EVERYONE
from hub.platform.database import Database
from hub.platform.settings import load
from hub.platform.telemetry import Metrics
from hub.web.app import create_app
from hub.web.door.keeper import Activity
from hub.web.door.limits import ConnectionLimits
from hub.web.door.server import Loop
from tests.security.served import Served, Visitor, request, serving, status_of, until
from tests.stored import FrozenClock
from tests.web.conftest import session_of
from tests.web.samples import ORDER
from tests.web.small_hub import SmallHub

LOOPS: list[Loop] = ["asyncio", "uvloop"]
CHUNKED = b"%x\r\n" % len(ORDER) + ORDER + b"\r\n0\r\n\r\n"


@pytest.fixture(params=LOOPS)
def served(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_database: Database, clock: FrozenClock
) -> Iterator[Served]:
    with serving(tmp_path, sqlite_database, clock, ConnectionLimits(), loop=request.param) as found:
        yield found


@pytest.mark.parametrize(
    ("version", "coding", "status"),
    [
        ("1.1", ("chunked",), 202),
        ("1.1", ("Chunked",), 202),
        ("1.1", ("CHUNKED ",), 202),
        ("1.1", ("gzip, chunked",), 501),
        ("1.1", ("gzip,chunked",), 501),
        ("1.1", ("deflate, chunked",), 501),
        ("1.1", ("identity, chunked",), 501),
        ("1.1", ("chunked, chunked",), 400),
        ("1.1", ("x-unknown;a=b, chunked",), 501),
        ("1.1", ("gzip", "chunked"), 501),
        ("1.1", ("chunked", "chunked"), 400),
        ("1.0", ("chunked",), 400),
        ("1.0", ("gzip, chunked",), 400),
    ],
)
def test_a_body_in_chunks_is_taken_and_no_other_coding(
    served: Served, version: str, coding: tuple[str, ...], status: int
) -> None:
    fields = [f"Transfer-Encoding: {each}" for each in coding]
    head = request("POST", "/inbound/acme-cardio", f"Authorization: Bearer {served.key('acme-cardio')}", *fields)
    answered = served.ask(head.replace(b"HTTP/1.1", f"HTTP/{version}".encode()) + CHUNKED)
    assert status_of(answered) == status
    stored = served.hub.database.read_now(lambda conn: list_messages(conn, EVERYONE)).items
    assert len(stored) == (status == 202)


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
@pytest.mark.parametrize("which", ["the same", "another", "a wrong one before", "a wrong one behind", "an empty one"])
@pytest.mark.parametrize("target", ["/api/v1/messages", "/healthz"])
def test_who_shows_two_keys_is_nobody(served: Served, name: str, which: str, target: str) -> None:
    key, other = served.key("acme-cardio"), served.key("acme-cardio")
    shown = {
        "the same": (key, key),
        "another": (key, other),
        "a wrong one before": ("no", key),
        "a wrong one behind": (key, "no"),
        "an empty one": (key, ""),
    }[which]
    answered = served.ask(request("GET", target, f"Authorization: Bearer {shown[0]}", f"{name}: Bearer {shown[1]}"))
    assert status_of(answered) == 400


@pytest.mark.parametrize(
    "name", ["Content-Type", "Idempotency-Key", "Origin", "X-CSRF-Token", "X-File-Name", "Sec-Fetch-Site"]
)
@pytest.mark.parametrize("values", [("a", "a"), ("a", "b")])
def test_what_decides_stands_there_once(served: Served, name: str, values: tuple[str, str]) -> None:
    fields = (f"Authorization: Bearer {served.key('acme-cardio')}", f"Content-Length: {len(ORDER)}")
    twice = [f"{name}: {each}" for each in values]
    assert status_of(served.ask(request("POST", "/inbound/acme-cardio", *fields, *twice, body=ORDER))) == 400


def test_what_a_proxy_repeats_may_stand_there_more_than_once(served: Served) -> None:
    fields = ("X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2", "Via: 1.1 a", "Via: 1.1 b", "Accept: a")
    assert status_of(served.ask(request("GET", "/healthz", *fields, "Accept: b"))) == 200


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["form", "script"])
@pytest.mark.parametrize(
    ("scheme", "settings", "origin", "passes"),
    [
        ("http", {}, None, True),
        ("http", {}, "http://hub", True),
        ("http", {}, "http://HUB", True),
        ("http", {}, "http://hub:80", True),
        ("http", {}, "https://hub", True),  # a proxy that does not tell of its TLS
        ("http", {}, "null", True),  # as browsers write it for our own forms, for our pages give no referrer
        ("http", {}, "http://hub:8080", False),
        ("http", {}, "http://evil.example", False),
        ("http", {}, "https://evil.example", False),
        ("http", {}, "http://hub.evil.example", False),
        ("http", {}, "http://evil.example/hub", False),
        ("http", {}, "http://hub@evil.example", False),
        ("http", {}, "http://evil@hub", False),
        ("http", {}, "file://", False),
        ("http", {}, "hub", False),
        ("http", {}, "", False),
        ("http", {}, "http://hub:x", False),
        ("https", {}, "https://hub", True),
        ("https", {}, "http://hub", False),
        ("http", {"public_url": "https://hub.example"}, "https://hub.example", True),
        ("http", {"public_url": "https://hub.example:8443/"}, "https://hub.example:8443", True),
        ("http", {"public_url": "https://hub.example"}, "http://hub.example", False),
        ("http", {"public_url": "https://hub.example"}, "http://hub", False),
    ],
)
async def test_a_right_token_from_a_foreign_page_changes_nothing(
    tmp_path: Path,
    sqlite_database: Database,
    clock: FrozenClock,
    scheme: str,
    settings: dict[str, str],
    origin: str | None,
    passes: bool,
    way: str,
) -> None:
    hub = SmallHub(tmp_path, sqlite_database, clock, load({}, data=tmp_path, **settings))
    app: Litestar = create_app(hub)
    token, csrf = session_of(hub, "account-manager")
    name = "__Host-hub_session" if scheme == "https" or settings else "hub_session"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"cookie": f"{name}={token}"} | ({"origin": origin} if origin is not None else {})
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://hub", headers=headers) as client:
        if way == "form":
            answered = await client.post("/language", data={"csrf": csrf, "language": "en"})
        else:
            answered = await client.post("/language", data={"language": "en"}, headers={"x-csrf-token": csrf})
    assert answered.status_code == (303 if passes else 403)


@pytest.mark.parametrize("target", ["/login", "/nothing", "/schema/openapi.json", "/healthz", "/messages"])
@pytest.mark.parametrize("behind", [1, 15])
def test_who_drops_the_line_while_an_answer_is_made_leaves_no_line_in_the_log(
    served: Served, slow_hashes: threading.Event, caplog: pytest.LogCaptureFixture, target: str, behind: int
) -> None:
    keeper, visitor = served.server.keeper, Visitor(served)
    with served.line("127.0.0.2") as line:
        login = visitor.guess().replace(b"Connection: close\r\n", b"")
        line.sendall(login + request("GET", target, keep=True) * behind)
        until(lambda: keeper.count(Activity.AT_WORK) == 1)
        _cut(line)
    until(lambda: len(keeper) == 0)
    slow_hashes.set()
    until(lambda: not any(lane._busy for lane in keeper.turns._lanes))
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []


def test_who_leaves_before_the_answer_is_counted_also_with_others_behind(
    served: Served, slow_hashes: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    metrics, keeper = Metrics(), served.server.keeper
    metrics.watch_door(lambda: keeper.gone, lambda: keeper.turned_away)
    visitor = Visitor(served)
    for behind in (0, 1, 5):
        with served.line("127.0.0.2") as line:
            line.sendall(visitor.guess().replace(b"Connection: close\r\n", b"") + request("GET", "/login") * behind)
            until(lambda: any(lane._busy for lane in keeper.turns._lanes))
            _cut(line)
        slow_hashes.set()
        until(lambda: not any(lane._busy for lane in keeper.turns._lanes))
        slow_hashes.clear()
    assert metrics.registry.get_sample_value("hub_askers_gone") == 3
    assert metrics.registry.get_sample_value("hub_turned_away") == 0
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []


def _cut(line: socket.socket) -> None:
    """Have ``line`` cut when it is closed: no end is said, and whatever comes is refused."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
