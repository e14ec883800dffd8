"""Whatever stands in a path, query, header, form or JSON body: it is taken or refused, and never a fault of ours."""

from __future__ import annotations

import json
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import pytest
import structlog
from litestar import Litestar
from litestar.routes import HTTPRoute

from hub.platform import telemetry
from hub.platform.database import Database
from hub.security.policy import ROLES
from hub.web.app import create_app
from hub.web.values import DEPTH_MAX, json_value
from tests.house import Many
from tests.stored import FrozenClock
from tests.web.conftest import client_of, key_of, session_of
from tests.web.samples import ORDER, answer, receive
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio
T = TypeVar("T")

HOSTILE = [
    "%00", "a%00b", "%FF", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%E4%B8%AD", "%F0%9F%92%A9", "%E2%80%AE", "%EF%BF%BF",
    "%0A", "%0D%0Ax-a:%20b", "%09", "%1B%5B2J", "%7F", "%85", "%", "%%", "%zz", "%25", "%2500",
    "0", "-1", "1e3", "1.5", "0x10", "NaN", "Infinity", "-0", "+1", "%D9%A1", "%C2%B2", "true", "null", "[]", "{}",
    "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999",
    "9" * 1_900, "1" + "0" * 400,
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "2026-11-29T24:00:00Z", "2026-02-30T00:00:00Z", "2026-11-29T12:00:00", "2026-11-29", "2026-11-29T12:00:00%2B99:99",
    "1969-12-31T23:59:59Z", "292277026596-12-04T15:30:08Z",
    "a.", "b.", "a.%FF", "b.x", "c.x", ".", "..", "..%2F..%2Fetc%2Fpasswd", "%2F", "%5C", "'", "'%20OR%201=1--", "%22",
    "%25%25", "_", "*", "$1", ":x", "%3Cscript%3E", "{{7*7}}", "{0}", "%24%7Bx%7D", "a" * 1_990, "%E4%B8%AD" * 600,
    "", "%20", "a=b", "a&a=b", "a;b", "%26", "%3B",
]  # fmt: skip
BODIES = [
    b"", b"null", b"{}", b"[]", b"0", b'""', b"{", b"}", b"[" * 60_000, b'{"a":' * 10_000, b"\xff\xfe", b"\xc3\x28",
    b'{"verdict":"approve","reason":"\\u0000"}', b'{"verdict":"refuse","reason":"\\ud800"}',
    b'{"verdict":"refuse","reason":"a\x00b"}', b'{"verdict":"approve","verdict":"refuse"}',
    b'{"reason":"a","reason":"b"}', b'{"verdict":99999999999999999999999}', b'{"reason":1e999}', b'{"reason":NaN}',
    b'{"reason":-Infinity}', b'{"reason":[[[[1]]]]}', b'{"reason":{"a":{"a":1}}}', b'{"verdict":"none"}',
    b'{"unknown":1}',
    b'{"reason":"' + "\u202e\u4e2d\U0001f4a9".encode() + b'"}', b'{"reason":"' + b"x" * 60_000 + b'"}',
    b"1" * 5_000, b'{"reason":' + b"1" * 5_000 + b"}", b"\xef\xbb\xbf{}", b"{}{}", b"{} x", b"\x00", b"true",
    b'{"reason":"\xed\xa0\x80"}', b'{"reason":null,"verdict":null}', b'{"\\u0000":1}', b'{"":1}', b"x" * 70_000,
]  # fmt: skip

FIELDS = {
    "login": ("login", "password", "next", "%00", "%FF"),
    "welcome": ("token", "csrf"),
    "language": ("language", "next", "%00"),
    "dealt-with": ("note",),
}
"""What the forms of a page hold."""


class Attacked:
    """An app over a database that holds an order and its answer, and those who may call it."""

    def __init__(self, hub: SmallHub, app: Litestar) -> None:
        now = hub.clock.now()
        self.hub = hub
        self.app = app
        self.order = receive(hub, ORDER, now - timedelta(minutes=1), "4500098123", 101)
        self.answer = answer(hub, self.order, "855", "OrderAcknowledgement", now, 1)
        self.key = key_of(hub, "acme-cardio")
        self.token, self.csrf = session_of(hub, *ROLES)

    def routes(self) -> Iterator[tuple[str, str, list[str]]]:
        """Every route: method, path as written, and the names of its query parameters."""
        for route in self.app.routes:
            assert isinstance(route, HTTPRoute)
            for handler in route.route_handlers:
                named = set(handler.parsed_fn_signature.parameters) - {"request", "data", "scope"}
                asked = sorted(named - set(route.path_parameters))
                for method in sorted(handler.http_methods):
                    yield str(method), route.path, asked

    def fill(self, path: str, /, **instead: str) -> str:
        """Return ``path`` with parameters that mean what is there, or what ``instead`` says."""
        sound = {"partner": "acme-cardio", "message": self.order, "number": "4500098123", "name": "x.js"}
        return re.sub(
            r"\{(\w+):(\w+)\}",
            lambda hole: instead.get(hole[1], sound.get(hole[1], "1" if hole[2] == "int" else "schedules")),
            path,
        )

    def callers(self) -> list[dict[str, Any]]:
        return [
            {"authorization": f"Bearer {self.key}"},
            {"cookie": f"hub_session={self.token}", "x-csrf-token": self.csrf, "accept": "text/html"},
        ]


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    with structlog.testing.capture_logs() as entries:
        yield entries  # type: ignore[misc]


@pytest.fixture
def at(tmp_path: Path, database: Database, clock: FrozenClock) -> Attacked:
    hub = SmallHub(tmp_path, database, clock)
    return Attacked(hub, create_app(hub))


@pytest.fixture
async def client(at: Attacked) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(at.app) as opened:
        yield opened
    await at.hub.database.close()  # in the loop that opened its connections


Faults = list[tuple[str, str, int]]
Some = Callable[[str, Sequence[T]], list[T]]


@pytest.fixture
def some(many: Many) -> Some[Any]:
    """Return what a place is tried with: in `make proof` all, else a few that its name chooses."""

    def chosen(place: str, values: Sequence[Any]) -> list[Any]:
        return random.Random(place).sample(list(values), min(len(values), many(10, proof=len(values))))

    return chosen


async def _send(client: httpx.AsyncClient, faults: Faults, method: str, url: str, **more: Any) -> None:
    """Send a request whose target stands exactly as written; note it when the fault was ours."""
    path, _, query = url.partition("?")
    target = httpx.URL("http://hub").copy_with(raw_path=(path + (f"?{query}" if query else "")).encode())
    answered = await client.request(method, target, **more)
    if answered.status_code >= 500:
        faults.append((method, url[:200], answered.status_code))


@pytest.mark.proof
async def test_hostile_values_in_paths_and_queries(
    at: Attacked, client: httpx.AsyncClient, logged: list[dict[str, Any]], some: Some[str]
) -> None:
    faults: Faults = []
    for method, path, asked in at.routes():
        if method == "OPTIONS":
            continue
        headers = at.callers()[not path.startswith(("/api", "/inbound", "/outbound"))]
        for name in re.findall(r"\{(\w+):", path):
            for value in some(f"{method} {path} {name}", HOSTILE):
                await _send(client, faults, method, at.fill(path, **{name: value}), headers=headers)
        for name in asked:
            for value in some(f"{method} {path} {name}", HOSTILE):
                await _send(client, faults, method, f"{at.fill(path)}?{name}={value}", headers=headers)
    assert not faults
    assert not [entry for entry in logged if entry["log_level"] == "error"]


@pytest.mark.proof
async def test_hostile_json_bodies(
    at: Attacked, client: httpx.AsyncClient, logged: list[dict[str, Any]], some: Some[bytes]
) -> None:
    faults: Faults = []
    for method, path, _ in at.routes():
        if method != "POST" or not path.startswith(("/api", "/outbound")):
            continue
        for number, headers in enumerate(at.callers()):
            for body in some(f"{method} {path} {number}", BODIES):
                sent = {**headers, "content-type": "application/json"}
                await _send(client, faults, method, at.fill(path, message=at.answer), headers=sent, content=body)
    assert not faults
    assert not [entry for entry in logged if entry["log_level"] == "error"]


@pytest.mark.proof
async def test_hostile_forms(
    at: Attacked, client: httpx.AsyncClient, logged: list[dict[str, Any]], some: Some[str]
) -> None:
    visit = await client.get("/login")
    csrf = re.search(r'name="csrf" value="([^"]+)"', visit.text)
    assert csrf
    faults: Faults = []
    for method, path, _ in at.routes():
        if method != "POST" or path.startswith(("/api", "/outbound", "/inbound")) or path == "/logout":
            continue
        anonymous = path in ("/login", "/welcome")
        headers = {} if anonymous else at.callers()[1]
        for name in FIELDS.get(path.rpartition("/")[2], ("csrf",)):
            for value in some(f"{path} {name}", HOSTILE):
                form = f"csrf={csrf[1] if anonymous else at.csrf}&{name}={value}"
                sent = {**headers, "content-type": "application/x-www-form-urlencoded"}
                await _send(client, faults, method, at.fill(path), headers=sent, content=form.encode())
    assert not faults
    assert not [entry for entry in logged if entry["log_level"] == "error"]


@pytest.mark.parametrize(
    "name", ["authorization", "cookie", "accept-language", "content-type", "x-file-name", "accept"]
)
async def test_hostile_headers(
    at: Attacked, client: httpx.AsyncClient, logged: list[dict[str, Any]], name: str
) -> None:
    faults: Faults = []
    values = [quote(value) if not value.isascii() else value for value in HOSTILE]
    for value in [
        *values[::3],
        "\xff",
        "\xe4\xb8\xad",
        "a" * 9_000,
        "hub_session=%00",
        "hub_zone=%00; hub_language=%FF",
    ]:
        for method, path in (
            ("GET", "/messages"),
            ("GET", "/login"),
            ("POST", "/inbound/acme-cardio"),
            ("POST", "/login"),
        ):
            sent = [*at.callers()["inbound" not in path].items(), (name, value)]
            headers = [(key.encode(), text.encode("latin-1")) for key, text in sent]
            await _send(client, faults, method, path, headers=headers, content=b"ISA*" + value.encode()[:500])
    assert not faults
    assert not [entry for entry in logged if entry["log_level"] == "error"]


async def test_every_route_says_which_methods_it_has(
    at: Attacked, client: httpx.AsyncClient, logged: list[dict[str, Any]]
) -> None:
    paths = {path for _, path, _ in at.routes()}
    assert len(paths) > 30
    for path in paths:
        for headers in ({}, *at.callers()):
            asked = await client.options(at.fill(path), headers=headers)
            assert asked.status_code == 204, (path, asked.text)
            assert "OPTIONS" in asked.headers["allow"], path
            refused = await client.request("PATCH", at.fill(path), headers=headers)
            assert refused.status_code == 405, path
            assert refused.headers["allow"], path
    assert not [entry for entry in logged if entry["log_level"] == "error"]


@pytest.mark.parametrize(
    "target", ["/中", "/messages?q=中", "/\u00e4", "/%E4%B8%AD", "/a b", "/messages?said=\U0001f4a9"]
)
async def test_a_page_to_go_on_to_may_have_any_name(at: Attacked, client: httpx.AsyncClient, target: str) -> None:
    person = at.callers()[1]
    led = await client.get("/login", params={"next": target}, headers=person)
    assert (led.status_code, led.headers["location"].isascii()) == (303, True)
    chosen = await client.post("/language", data={"next": target, "language": "en"}, headers=person)
    assert (chosen.status_code, chosen.headers["location"]) == (303, led.headers["location"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"verdict":"approve","verdict":"refuse"}',
        b'{"verdict":"approve","verdict":"approve"}',
        b'{"reason":"a","verdict":"approve","reason":"a"}',
        b'{"verdict":"approve","\\u0076erdict":"refuse"}',
        b'{"a":{"b":1,"b":2}}',
        b'[{"b":1,"b":2}]',
        b'{"a":[{"x":{"b":1,"b":2}}]}',
        b'{"":1,"":2}',
        b'{"a":1,"A":2,"a":3}',
        b'{"verdict":null,"verdict":"refuse"}',
    ],
)
async def test_a_name_said_twice_is_refused_rather_than_the_last_believed(
    at: Attacked, client: httpx.AsyncClient, body: bytes
) -> None:
    headers = {**at.callers()[0], "content-type": "application/json"}
    refused = await client.post(f"/outbound/acme-cardio/{at.answer}/received", headers=headers, content=body)
    assert refused.status_code == 400
    assert refused.json()["code"] == "bad-value"
    taken = {"verdict": "refuse", "reason": "wrong item"}
    assert (await client.post(f"/outbound/acme-cardio/{at.answer}/received", headers=headers, json=taken)).is_success


@pytest.mark.parametrize("depth", [1, DEPTH_MAX - 1, DEPTH_MAX, 500, 5_000])
def test_a_body_is_read_to_a_depth_and_no_deeper(depth: int) -> None:
    from hub.web.problems import Problem

    body = b"[" * depth + b"]" * depth
    if depth <= DEPTH_MAX:
        assert json_value(body) == json.loads(body)
    else:
        with pytest.raises(Problem, match="deeper"):
            json_value(body)


@pytest.mark.parametrize("frames", [10, 300, 900])
def test_of_a_long_traceback_the_exception_itself_is_kept(frames: int) -> None:
    lines = "".join(f'  File "x.py", line {n}, in f\n    g({n})\n' for n in range(frames))
    kept = telemetry.safe_text(f"Traceback (most recent call last):\n{lines}ValueError: the cause")
    assert kept.startswith("Traceback")
    assert kept.endswith("ValueError: the cause")
    assert len(kept) <= telemetry.VALUE_LENGTH_MAX + 3
