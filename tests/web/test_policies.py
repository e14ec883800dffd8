"""Who may do what: every route names its policy, and no partner ever sees another's anything."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, get

from hub import web as hub_web
from hub.business.rooms import RIGHTS
from hub.kernel.errors import Defect
from hub.web.policy import Policy, people, policies, require_policies
from tests.web.conftest import client_of, session_of
from tests.web.samples import ORDER, answer, receive
from tests.web.small_hub import OTHER, SmallHub

pytestmark = pytest.mark.anyio

EVERYBODYS = {
    "GET /healthz",
    "GET /language",
    "GET /login",
    "GET /readyz",
    "GET /schema",
    "GET /schema/openapi.json",
    "GET /schema/{path:str}",
    "GET /static/{name:path}",
    "GET /welcome",
    "POST /language",
    "POST /login",
    "POST /welcome",
}
"""Routes open to all, listed here so that one more is a choice somebody made."""


def test_every_route_names_its_policy(app: Litestar) -> None:
    found = policies(app.routes)
    assert all(isinstance(policy, Policy) for _, policy in found)
    assert len(found) > 30


def test_only_these_routes_are_open_to_everybody(app: Litestar) -> None:
    opened = {name for name, policy in policies(app.routes) if policy is not None and not policy.kinds}
    assert {name for name in opened if not name.startswith("OPTIONS ")} <= EVERYBODYS


def test_an_app_with_a_route_without_a_policy_does_not_come_to_be() -> None:
    @get("/forgotten")
    async def forgotten() -> None: ...

    app = Litestar(route_handlers=[forgotten], openapi_config=None)
    with pytest.raises(Defect, match="GET /forgotten"):
        require_policies(app.routes)


def test_an_app_with_a_route_that_is_for_nobody_does_not_come_to_be() -> None:
    @get("/closed", opt=people("order:raed"))
    async def closed() -> None: ...

    app = Litestar(route_handlers=[closed], openapi_config=None)
    with pytest.raises(Defect, match="a permission nobody has: GET /closed"):
        require_policies(app.routes)


@pytest.fixture
def theirs(hub: SmallHub) -> dict[str, str]:
    """What belongs to the other partner, by the name of the path parameter."""
    now = hub.clock.now()
    order = receive(hub, ORDER, now - timedelta(minutes=1), "4500098123", 101, partner=OTHER)
    sent = answer(hub, order, "855", "OrderAcknowledgement", now, 1, partner=OTHER)
    return {"in": order, "out": sent}


def _urls(app: Litestar, ids: dict[str, str], partner: str) -> list[tuple[str, str]]:
    """Every route with parameters, filled in so that it means what is ``partner``'s."""
    found = []
    for name, policy in policies(app.routes):
        method, path = name.split(" ")
        if "{" not in path or policy is None or not policy.kinds:
            continue
        for message in ids.values():
            filled = path.replace("{partner:str}", partner).replace("{message:str}", message)
            filled = re.sub(r"{\w+:int}", "1", filled.replace("{number:path}", "4500098123"))
            found.append((method, filled))
    return sorted(set(found))


async def test_no_key_reaches_what_belongs_to_another_partner(
    app: Litestar, acme: httpx.AsyncClient, theirs: dict[str, str]
) -> None:
    urls = [(method, url) for method, url in _urls(app, theirs, OTHER) if url.startswith(("/api", "/in", "/out"))]
    assert len(urls) >= 15
    nothing = _without_times(await acme.get("/api/v1/messages/01a1f900-0000-7000-8000-000000000000"))
    for method, url in urls:
        answered = await acme.request(method, url, content=b"x" if "/inbound/" in url else None)
        assert answered.status_code in (403, 404), (method, url, answered.status_code)
        if answered.status_code == 404:
            assert _without_times(answered) == nothing, (method, url)


async def test_a_person_who_sees_one_partner_reaches_nothing_of_another(
    app: Litestar, hub: SmallHub, theirs: dict[str, str]
) -> None:
    token, csrf = session_of(hub, "account-manager", "onboarding-engineer", partners=["acme-cardio"])
    async with client_of(app) as client:
        client.cookies.set("hub_session", token)
        for method, url in _urls(app, theirs, OTHER):
            if url.startswith(("/inbound", "/outbound")):
                continue
            answered = await client.request(method, url, headers={"x-csrf-token": csrf})
            assert answered.status_code == 404, (method, url, answered.status_code)
        listed = (await client.get("/api/v1/messages")).json()
        assert listed["items"] == []


async def test_lists_searches_and_filters_show_only_ones_own(
    acme: httpx.AsyncClient, other: httpx.AsyncClient, theirs: dict[str, str]
) -> None:
    for url in (
        "/api/v1/messages",
        "/api/v1/messages?q=4500098123",
        f"/api/v1/messages?partner={OTHER}",
        "/api/v1/messages?limit=1&cursor=b." + theirs["out"],
        f"/api/v1/orders?partner={OTHER}",
    ):
        assert (await acme.get(url)).json() == {"items": [], "next": None}, url
    assert len((await other.get("/api/v1/messages")).json()["items"]) == 2


@pytest.mark.parametrize("role", [*RIGHTS.roles, None])
async def test_each_role_reaches_exactly_what_its_permissions_say(
    app: Litestar, hub: SmallHub, theirs: dict[str, str], role: str | None
) -> None:
    token, csrf = session_of(hub, *([role] if role else []))
    permissions = RIGHTS.roles[role] if role else frozenset()
    async with client_of(app) as client:
        client.cookies.set("hub_session", token)
        for name, policy in policies(app.routes):
            method, path = name.split(" ")
            if policy is None or "person" not in policy.kinds or path == "/logout":
                continue
            url = path.replace("{partner:str}", OTHER).replace("{message:str}", theirs["in"])
            url = re.sub(r"{\w+:int}", "1", url.replace("{number:path}", "4500098123"))
            answered = await client.request(method, url, headers={"x-csrf-token": csrf})
            refused = answered.status_code == 403
            assert refused == (policy.permission is not None and policy.permission not in permissions), (name, role)


async def test_a_key_can_hold_every_permission_that_a_partners_route_asks_for(app: Litestar) -> None:
    asked = {policy.permission for _, policy in policies(app.routes) if policy and policy.kinds == ("partner",)}
    assert asked <= RIGHTS.of_keys


def test_what_pages_ask_before_they_show_something_is_a_permission_somebody_has() -> None:
    web = Path(hub_web.__file__).parent
    asked = {
        permission
        for file in (*web.rglob("*.py"), *web.rglob("*.html"))
        for permission in re.findall(r'\.may\("([^"]+)"\)', file.read_text(encoding="utf-8"))
    }
    assert len(asked) >= 5
    assert asked <= RIGHTS.permissions


async def test_pages_send_strangers_to_the_login_and_back(anonymous: httpx.AsyncClient) -> None:
    sent = await anonymous.get("/messages?status=rejected", headers={"accept": "text/html"})
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=%2Fmessages%3Fstatus%3Drejected"
    fragment = await anonymous.get("/messages", headers={"hx-request": "true"})
    assert fragment.status_code == 401
    assert fragment.headers["hx-redirect"].startswith("/login")


def _without_times(answered: Any) -> tuple[int, bytes, str]:
    return answered.status_code, answered.content, answered.headers["content-type"]
