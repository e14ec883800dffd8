"""A small hub on either engine and who asks it: partners by key, people by session, nobody. Plain calls, no event loop
in the tests, for the rows they ask about are written by plain calls too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from hub.kernel.clock import Clock
from hub.platform.database import Database
from hub.platform.settings import Settings
from hub.web.app import create_app
from tests.web.conftest import key_of, session_of
from tests.web.small_hub import SmallHub


class Asking:
    """Asks the app of ``hub`` as whoever is named."""

    def __init__(self, hub: Any) -> None:
        self.hub = hub
        self._app = create_app(hub)
        self._loop = asyncio.Runner()

    def partner(self, partner: str = "acme-cardio") -> dict[str, str]:
        return {"authorization": f"Bearer {key_of(self.hub, partner)}"}

    def person(self, *roles: str) -> dict[str, str]:
        token, csrf = session_of(self.hub, *(roles or ("onboarding-engineer",)))
        return {"cookie": f"hub_session={token}", "x-csrf-token": csrf}

    def get(self, url: str, who: dict[str, str] | None = None) -> httpx.Response:
        return self._loop.run(self.ask(url, who))

    def post(self, url: str, who: dict[str, str], **body: Any) -> httpx.Response:
        return self._loop.run(self.ask(url, who, method="POST", **body))

    def at_once(self, *urls: str, who: dict[str, str]) -> list[httpx.Response]:
        async def all_of_them() -> list[httpx.Response]:
            return await asyncio.gather(*(self.ask(url, who) for url in urls))

        return self._loop.run(all_of_them())

    async def ask(
        self, url: str, who: dict[str, str] | None = None, *, method: str = "GET", **body: Any
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.request(method, url, headers=who or {}, **body)

    def pages(self, url: str, who: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Yield a list page by page, to its end."""
        cursor: str | None = ""
        while cursor is not None:
            answered = self.get(url + ("&" if "?" in url else "?") + f"cursor={cursor}", who)
            assert answered.status_code == 200, answered.text
            yield answered.json()
            cursor = answered.json()["next"]

    def close(self) -> None:
        self._loop.run(self.hub.database.close())
        self.end()

    def end(self) -> None:
        """Ask no more, and leave the hub to whoever opened it."""
        self._loop.close()


@contextmanager
def asking(data: Path, database: Database, clock: Clock, **settings: Any) -> Iterator[Asking]:
    """Open a small hub and ask it."""
    asked = Asking(SmallHub(data, database, clock, Settings(data=data, **settings)))
    try:
        yield asked
    finally:
        asked.close()
