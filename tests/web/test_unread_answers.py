"""Whoever does not read what they asked for keeps a place, and nobody else waiting; no route reads without a place."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from hub.web.policy import policies
from hub.web.reads import CALLER_AT_ONCE, CALLER_WAITING_MAX, Reads
from tests.web.conftest import client_of, key_of, session_of
from tests.web.samples import ORDER, answer, receive
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio

ACME = "acme-cardio"
CONSTANT = {
    "GET /": "leads on",
    "GET /healthz": "a word",
    "GET /readyz": "a few words",
    "GET /metrics": "numbers of the whole hub",
    "GET /partners": "what stands in memory",
    "GET /partners/{partner:str}": "what stands in memory",
    "GET /login": "a form",
    "GET /welcome": "a form, and one row",
    "GET /static/{name:path}": "files of ours",
    "GET /schema": "made once",
    "GET /schema/openapi.json": "made once",
    "GET /schema/{path:str}": "made once",
}
"""Routes that read without a place, and why they may."""


class Full(Reads):
    """No place is left."""

    @property
    def asked(self) -> int:
        return 1_000_000


@pytest.fixture
def ids(hub: SmallHub) -> dict[str, str]:
    now = hub.clock.now()
    order = receive(hub, ORDER, now - timedelta(minutes=1), "4500098123", 101, partner=ACME)
    return {"in": order, "out": answer(hub, order, "855", "OrderAcknowledgement", now, 1, partner=ACME)}


def _reads(app: Litestar) -> list[str]:
    named = [name for name, policy in policies(app.routes) if name.startswith("GET ") and policy is not None]
    return [name for name in named if name not in CONSTANT and name != "GET /language"]


async def test_no_route_reads_without_a_place_but_those_that_are_named(
    app: Litestar, hub: SmallHub, ids: dict[str, str]
) -> None:
    app.state.reads = app.state.bodies = Full()
    token, _ = session_of(hub, "account-manager", "onboarding-engineer")
    key = key_of(hub, ACME)
    routes = _reads(app)
    assert len(routes) > 20
    for name in routes:
        path = name.removeprefix("GET ").replace("{partner:str}", ACME).replace("{number:path}", "4500098123")
        path = path.replace("{part:str}", "requirements").replace("{message:str}", ids["out"])
        path = re.sub(r"{\w+:int}", "1", path.replace("{order:str}", ids["in"]))
        async with client_of(app) as client:
            if path.startswith("/outbound"):
                client.headers["authorization"] = f"Bearer {key}"
            else:
                client.cookies.set("hub_session", token)
            answered = await client.get(path)
            assert answered.status_code == 503, (name, answered.status_code)
            assert int(answered.headers["retry-after"]) > 0


BODIES = [
    "/api/v1/messages/{in}/raw",
    "/api/v1/messages/{out}/raw",
    "/api/v1/messages/{in}/canonical",
    f"/outbound/{ACME}/{{out}}",
]


class Line:
    """A caller's line: whatever is sent stands until it is read."""

    def __init__(self, app: Litestar, path: str, key: str) -> None:
        self.reading = asyncio.Event()
        self.arrived = asyncio.Event()
        self.gone = asyncio.Event()
        self.status = 0
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(b"host", b"hub"), (b"authorization", f"Bearer {key}".encode())],
            "client": ("10.0.0.1", 1), "server": ("hub", 80), "extensions": {},
        }  # fmt: skip
        self.task = asyncio.create_task(app(scope, self._receive, self._send))  # type: ignore[arg-type]

    async def _receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: Any) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            return
        self.arrived.set()
        await self.reading.wait()


async def _any_arrives(lines: list[Line]) -> None:
    """Return once something was sent to one of ``lines``: their keys are looked up in threads, in any order."""
    waiting = [asyncio.create_task(line.arrived.wait()) for line in lines]
    await asyncio.wait(waiting, return_when="FIRST_COMPLETED")
    for each in waiting:
        each.cancel()


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("end", ["read", "cancelled"])
async def test_a_place_is_kept_until_the_last_byte_is_out_or_the_caller_is_gone(
    app: Litestar, hub: SmallHub, ids: dict[str, str], path: str, end: str
) -> None:
    key = key_of(hub, ACME)
    lines = [Line(app, path.format(**ids), key) for _ in range(CALLER_AT_ONCE + 3)]
    await _any_arrives(lines)
    await asyncio.sleep(0.1)
    assert sum(line.arrived.is_set() for line in lines) <= CALLER_AT_ONCE, "the others wait for their turn"
    assert app.state.bodies.asked == len(lines)
    for line in lines:
        line.reading.set() if end == "read" else line.task.cancel()
    await asyncio.gather(*(line.task for line in lines), return_exceptions=True)
    assert app.state.bodies.asked == 0
    if end == "read":
        assert {line.status for line in lines} == {200}


async def test_bodies_that_nobody_reads_keep_no_page_and_no_list_waiting(
    app: Litestar, hub: SmallHub, ids: dict[str, str], acme: httpx.AsyncClient
) -> None:
    key = key_of(hub, ACME)
    lines = [Line(app, BODIES[0].format(**ids), key) for _ in range(CALLER_WAITING_MAX)]
    await _any_arrives(lines)
    while app.state.bodies.asked < CALLER_WAITING_MAX:
        await asyncio.sleep(0)
    assert (await acme.get("/api/v1/messages")).status_code == 200
    assert (await acme.get("/healthz")).status_code == 200
    more = Line(app, BODIES[0].format(**ids), key)
    more.reading.set()
    await more.task
    assert more.status == 429
    for line in lines:
        line.task.cancel()
    await asyncio.gather(*(line.task for line in lines), return_exceptions=True)
    assert app.state.bodies.asked == 0
