"""The way in: a one-time link, a password, a session; and what keeps others out."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from hub.access import people
from hub.kernel.identity import new_id
from hub.web.attempts import PER_NAME_AND_ADDRESS
from tests.stored import FrozenClock
from tests.web.conftest import client_of, session_of
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio
PASSWORD = "a sentence to remember"


@pytest.fixture
def link(hub: SmallHub) -> str:
    """The token that ``hub user add`` would print for Ada."""

    def work(conn: object) -> str:
        now = hub.clock.now()
        person = people.add_person(
            conn,  # type: ignore[arg-type]
            person_id=new_id(),
            login="ada@factory.example",
            name="Ada",
            roles=["account-manager"],
            now=now,
            actor="test",
        )
        return people.make_link(conn, person, now=now, actor="test")  # type: ignore[arg-type]

    return hub.database.write_now(work)


async def submit(client: httpx.AsyncClient, page: str, action: str, **fields: str) -> httpx.Response:
    """Open ``page`` as a browser does, and send its form."""
    opened = await client.get(page)
    token = re.search(r'name="csrf" value="([^"]+)"', opened.text)
    assert token, opened.text[:500]
    return await client.post(action, data={"csrf": token[1], **fields})


async def test_a_new_person_follows_the_link_sets_a_password_and_is_in(anonymous: httpx.AsyncClient, link: str) -> None:
    entered = await submit(
        anonymous, f"/welcome?token={link}", "/welcome", token=link, password=PASSWORD, again=PASSWORD
    )
    assert entered.status_code == 303
    assert (await anonymous.get("/messages")).status_code == 200
    await submit(anonymous, "/messages", "/logout")
    assert (await anonymous.get("/messages")).status_code == 303
    again = await submit(anonymous, "/login", "/login", login="Ada@factory.example", password=PASSWORD, next="/orders")
    assert again.headers["location"] == "/orders"


async def test_a_link_works_once_and_not_for_ever(
    anonymous: httpx.AsyncClient, link: str, clock: FrozenClock, app: Litestar
) -> None:
    await submit(anonymous, f"/welcome?token={link}", "/welcome", token=link, password=PASSWORD, again=PASSWORD)
    async with client_of(app) as second:
        assert (await second.get(f"/welcome?token={link}")).status_code == 404
    assert (await anonymous.get("/welcome?token=guess")).status_code == 404


async def test_an_old_link_has_ended(anonymous: httpx.AsyncClient, link: str, clock: FrozenClock) -> None:
    clock.advance(timedelta(hours=25))
    assert (await anonymous.get(f"/welcome?token={link}")).status_code == 404


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), (PASSWORD, "something else"), ("a" * 20, "a" * 20)]
)
async def test_a_weak_or_mistyped_password_is_asked_for_again(
    anonymous: httpx.AsyncClient, link: str, password: str, again: str
) -> None:
    asked = await submit(anonymous, f"/welcome?token={link}", "/welcome", token=link, password=password, again=again)
    assert asked.status_code == 422
    assert 'role="alert"' in asked.text


async def test_a_wrong_name_and_a_wrong_password_look_alike(anonymous: httpx.AsyncClient, link: str) -> None:
    await submit(anonymous, f"/welcome?token={link}", "/welcome", token=link, password=PASSWORD, again=PASSWORD)
    await submit(anonymous, "/messages", "/logout")
    wrong = await submit(anonymous, "/login", "/login", login="ada@factory.example", password="wrong")
    nobody = await submit(anonymous, "/login", "/login", login="eve@factory.example", password="wrong")
    assert wrong.status_code == nobody.status_code == 403
    assert wrong.text.replace("ada@", "eve@") == nobody.text


async def test_guessing_is_slowed_down_by_name(anonymous: httpx.AsyncClient) -> None:
    for _ in range(PER_NAME_AND_ADDRESS):
        tried = await submit(anonymous, "/login", "/login", login="eve", password="guess")
        assert tried.status_code == 403
    stopped = await submit(anonymous, "/login", "/login", login="eve", password="guess")
    assert stopped.status_code == 429
    assert int(stopped.headers["retry-after"]) > 0


async def test_a_form_without_our_token_changes_nothing(
    anonymous: httpx.AsyncClient, engineer: httpx.AsyncClient
) -> None:
    del engineer.headers["x-csrf-token"]
    for path in ("/logout", "/language", "/messages/x/replay"):
        assert (await engineer.post(path, data={"csrf": "forged"})).status_code == 403, path
    assert (await engineer.get("/messages")).status_code == 200
    await anonymous.get("/login")
    forged = await anonymous.post("/login", data={"login": "ada", "password": "x", "csrf": "forged"})
    assert forged.status_code == 403
    assert (await engineer.post("/api/v1/messages/x/replay")).status_code == 403


async def test_a_login_never_leads_to_another_site(anonymous: httpx.AsyncClient) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = (await anonymous.get("/login", params={"next": target})).text
        assert '<input type="hidden" name="next" value="/messages">' in page


async def test_the_session_cookie_is_out_of_reach_of_scripts(anonymous: httpx.AsyncClient, link: str) -> None:
    entered = await submit(
        anonymous, f"/welcome?token={link}", "/welcome", token=link, password=PASSWORD, again=PASSWORD
    )
    cookie = next(value for value in entered.headers.get_list("set-cookie") if value.startswith("hub_session="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_over_tls_cookies_are_secure_and_bound_to_this_host(app: Litestar, link: str) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://hub") as client:
        entered = await submit(
            client, f"/welcome?token={link}", "/welcome", token=link, password=PASSWORD, again=PASSWORD
        )
        cookies = entered.headers.get_list("set-cookie")
        assert any(c.startswith("__Host-hub_session=") and "Secure" in c and "Path=/" in c for c in cookies)
        assert "strict-transport-security" in entered.headers
        assert (await client.get("/messages")).status_code == 200


async def test_a_session_planted_before_the_login_is_not_the_one_after_it(
    anonymous: httpx.AsyncClient, link: str
) -> None:
    anonymous.cookies.set("hub_session", "planted")
    await submit(anonymous, f"/welcome?token={link}", "/welcome", token=link, password=PASSWORD, again=PASSWORD)
    values = [cookie.value for cookie in anonymous.cookies.jar if cookie.name == "hub_session"]
    assert any(value != "planted" for value in values)


async def test_a_session_ends_after_a_shift(app: Litestar, hub: SmallHub, clock: FrozenClock) -> None:
    token, _ = session_of(hub, "viewer")
    async with client_of(app) as client:
        client.cookies.set("hub_session", token)
        assert (await client.get("/messages")).status_code == 200
        clock.advance(people.SESSION_LASTS)
        assert (await client.get("/messages")).status_code == 303
