"""Cookies: one name per mode, signed by this server, and https in the public address decides how they travel."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from hub.kernel.errors import Misconfigured
from hub.platform.database import Database
from hub.platform.server_key import KEY_BYTES, KEY_FILE, server_key
from hub.platform.settings import Settings, load
from hub.web import csrf
from hub.web.app import create_app
from tests.stored import FrozenClock
from tests.web.conftest import session_of
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio
KEY = b"k" * KEY_BYTES


def reached(tmp_path: Path, database: Database, clock: FrozenClock, **settings: object) -> tuple[SmallHub, Litestar]:
    hub = SmallHub(tmp_path, database, clock, load({}, data=tmp_path, **settings))
    return hub, create_app(hub)


def browser(app: Litestar, scheme: str, **cookies: str) -> httpx.AsyncClient:
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"accept": "text/html"} | ({"cookie": sent} if sent else {})
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://hub", headers=headers)


@pytest.mark.parametrize(
    ("scheme", "settings", "secure"),
    [
        ("http", {}, False),
        ("https", {}, True),
        ("http", {"public_url": "https://hub.example"}, True),
        ("http", {"public_url": "HTTPS://hub.example"}, True),
        ("http", {"public_url": "http://hub.example"}, False),
        ("https", {"public_url": "http://hub.example"}, True),
        ("http", {"secure_cookies": True}, True),
        ("http", {"secure_cookies": True, "public_url": "http://hub.example"}, True),
        ("http", {"secure_cookies": False, "public_url": "https://hub.example"}, False),
        ("https", {"secure_cookies": False}, True),
    ],
)
async def test_one_name_of_each_cookie_is_set_and_read(
    tmp_path: Path,
    sqlite_database: Database,
    clock: FrozenClock,
    scheme: str,
    settings: dict[str, object],
    secure: bool,
) -> None:
    hub, app = reached(tmp_path, sqlite_database, clock, **settings)
    token, proof = session_of(hub, "viewer")
    own, planted = ("__Host-hub_session", "hub_session") if secure else ("hub_session", "__Host-hub_session")
    async with browser(app, scheme, **{own: token}) as client:
        assert (await client.get("/messages")).status_code == 200
        left = await client.post("/logout", data={"csrf": proof})
        assert left.headers["set-cookie"].startswith(f"{own}=")
        assert ("Secure" in left.headers["set-cookie"]) == secure
    token, _ = session_of(hub, "viewer")
    async with browser(app, scheme, **{planted: token}) as client:
        assert (await client.get("/messages")).status_code == 303
    async with browser(app, scheme) as client:
        page = await client.get("/login")
        visit = page.headers["set-cookie"]
        assert visit.startswith("__Host-hub_visit=" if secure else "hub_visit=")
        assert ("Secure" in visit) == secure
        assert ("strict-transport-security" in page.headers) == secure


@pytest.mark.parametrize(
    "visit",
    [
        "planted",
        "",
        ".",
        "a.b",
        "a." + "0" * 64,
        csrf.new_visit(b"another server's key"),
        csrf.new_visit(KEY)[:-1],
        csrf.new_visit(KEY) + "0",
        "x" + csrf.new_visit(KEY),
        csrf.new_visit(KEY).replace(".", ".."),
        csrf.new_visit(KEY).upper(),
        "a" * 5_000,
        "\udcff.\udcff",
    ],
    ids=range(13),
)
def test_a_visit_that_this_server_did_not_begin_is_none(visit: str) -> None:
    assert csrf.visit_of(KEY, {"hub_visit": visit}, secure=False) == ""
    assert csrf.token_of(KEY, "") == ""


def test_a_visit_of_ours_is_known_and_its_proof_cannot_be_told_from_it() -> None:
    visit = csrf.new_visit(KEY)
    assert csrf.visit_of(KEY, {"hub_visit": visit}, secure=False) == visit
    assert csrf.visit_of(KEY, {"hub_visit": visit}, secure=True) == ""
    assert csrf.visit_of(KEY, {"__Host-hub_visit": visit}, secure=True) == visit
    assert csrf.token_of(KEY, visit) != csrf.token_of(b"o" * KEY_BYTES, visit)
    assert csrf.token_of(KEY, visit) not in visit


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 403), ("same-site", 403), ("same-origin", 403), ("none", 403), (None, 403), ("nonsense", 403)],
)
@pytest.mark.parametrize("planted", [True, False])
async def test_another_site_cannot_log_a_browser_in(
    tmp_path: Path, sqlite_database: Database, clock: FrozenClock, site: str | None, status: int, planted: bool
) -> None:
    """With a visit cookie of ours planted, and its proof known, the browser's own word still stands against it."""
    _, app = reached(tmp_path, sqlite_database, clock)
    key = server_key(tmp_path)
    visit = csrf.new_visit(key)
    async with browser(app, "http", **({"hub_visit": visit} if planted else {})) as client:
        headers = {"sec-fetch-site": site} if site else {}
        form = {"csrf": csrf.token_of(key, visit), "login": "eve", "password": "eve's own password"}
        answered = await client.post("/login", data=form, headers=headers)
    wrong_password = "Login name or password is wrong" in answered.text
    assert answered.status_code == status
    assert wrong_password == (planted and site not in ("cross-site", "same-site"))


def test_the_server_keeps_one_key_for_itself(tmp_path: Path) -> None:
    key = server_key(tmp_path / "data")
    assert server_key(tmp_path / "data") == key
    assert len(key) == KEY_BYTES
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "data") == [KEY_FILE]
    assert server_key(tmp_path / "other") != key


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 31, b"x" * 33, b"x" * 5_000])
def test_a_key_that_is_none_of_ours_stops_the_start_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(Misconfigured, match=KEY_FILE):
        server_key(tmp_path)


@pytest.mark.parametrize(
    ("said", "over_tls"),
    [
        ({}, False),
        ({"HUB_PUBLIC_URL": "https://a"}, True),
        ({"HUB_PUBLIC_URL": "http://a"}, False),
        ({"HUB_PUBLIC_URL": "https://a", "HUB_SECURE_COOKIES": "false"}, False),
        ({"HUB_SECURE_COOKIES": "true"}, True),
        ({"HUB_PUBLIC_URL": "httpsx://a"}, False),
    ],
)
def test_https_in_the_public_address_decides(said: dict[str, str], over_tls: bool) -> None:
    assert load(said).over_tls == over_tls
    assert Settings().over_tls is False


async def test_a_browser_that_comes_from_our_login_page_is_let_through(
    tmp_path: Path, sqlite_database: Database, clock: FrozenClock
) -> None:
    _, app = reached(tmp_path, sqlite_database, clock, public_url="https://hub.example")
    async with browser(app, "https") as client:
        page = await client.get("/login")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        answered = await client.post("/login", data={"csrf": token[1], "login": "ada", "password": "wrong"})
    assert "Login name or password is wrong" in answered.text
