"""The app over a small hub, callers with keys, and people with sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from hub.access import keys, people
from hub.business.rooms import RIGHTS
from hub.kernel.identity import new_id
from hub.platform.database import Database
from hub.web.app import create_app
from tests.stored import FrozenClock
from tests.web.small_hub import OTHER, SmallHub


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def hub(tmp_path: Path, sqlite_database: Database, clock: FrozenClock) -> SmallHub:
    return SmallHub(tmp_path, sqlite_database, clock)


@pytest.fixture
def app(hub: SmallHub) -> Litestar:
    return create_app(hub)


@pytest.fixture
async def anonymous(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with neither key nor session."""
    async with client_of(app) as client:
        yield client


def client_of(app: Litestar) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url="http://hub")


def key_of(hub: SmallHub, partner: str, **more: object) -> str:
    """Make an API key for ``partner``."""
    return hub.database.write_now(
        lambda conn: keys.make_key(
            conn, partner, now=hub.clock.now(), actor="test", **{"scopes": RIGHTS.of_keys, **more}
        )  # type: ignore[arg-type]  # what is more is of its types
    )


@pytest.fixture
async def acme(app: Litestar, hub: SmallHub) -> AsyncIterator[httpx.AsyncClient]:
    """The system of partner acme-cardio."""
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, 'acme-cardio')}"
        yield client


@pytest.fixture
async def other(app: Litestar, hub: SmallHub) -> AsyncIterator[httpx.AsyncClient]:
    """The system of another partner."""
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, OTHER)}"
        yield client


def session_of(hub: SmallHub, *roles: str, partners: list[str] | None = None) -> tuple[str, str]:
    """Add a person with these roles; return the token of their session and its proof for forms."""
    login = f"{'-'.join(roles) or 'nobody'}-{new_id()[-6:]}@factory.example"

    def work(conn: object) -> tuple[str, str]:
        now = hub.clock.now()
        person = people.add_person(
            conn,  # type: ignore[arg-type]
            person_id=new_id(),
            login=login,
            name="Ada Sample",
            roles=roles,
            now=now,
            actor="test",
            partners=partners,
        )
        opened = people.open_session(conn, person, now=now)  # type: ignore[arg-type]
        return opened.token, opened.session.csrf

    return hub.database.write_now(work)


@pytest.fixture
async def engineer(app: Litestar, hub: SmallHub) -> AsyncIterator[httpx.AsyncClient]:
    """An onboarding engineer at a browser."""
    token, csrf = session_of(hub, "onboarding-engineer")
    async with client_of(app) as client:
        client.cookies.set("hub_session", token, domain="hub.local")
        client.cookies.set("hub_session", token)
        client.headers["x-csrf-token"] = csrf
        client.headers["accept"] = "text/html"
        yield client
