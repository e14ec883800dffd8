"""The cookie of somebody who has logged in."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from hub.access import people
from hub.access.people import SESSION_LASTS, NewSession
from hub.web.caller import ANYONE, Caller, by_session
from hub.web.hub import Hub

COOKIE = "hub_session"
SECURE_COOKIE = "__Host-hub_session"  # the prefix: set by this very host, over TLS, for all of it (RFC 6265bis)
TOKEN_LENGTH_MAX = 100  # a token has 43 characters
REMEMBERED_SECONDS = 300.0  # since somebody was let in: until then his requests come before strangers'
REMEMBERED_MAX = 1_000
_NAMES = frozenset({COOKIE.encode(), SECURE_COOKIE.encode()})


class Sessions:
    """Finds out who a cookie belongs to."""

    def __init__(self, hub: Hub, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._monotonic = monotonic
        self._remembered: dict[bytes, float] = {}  # until when, by digest

    async def caller(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
        """Return the person whose session this is; ``ANYONE`` when there is none, or it has ended."""
        token = token_of(connection)
        if not token or len(token) > TOKEN_LENGTH_MAX:
            return ANYONE
        now = self._hub.clock.now()
        session = await self._hub.database.read(lambda conn: people.find_session(conn, token, now=now))
        if session is None:
            self._remembered.pop(_digest(token), None)
            return ANYONE
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered.clear()
        self._remembered[_digest(token)] = self._monotonic() + REMEMBERED_SECONDS
        return by_session(session)

    def remembers(self, cookies: bytes) -> bool:
        """Say whether ``cookies`` hold a session that was found lately. It opens nothing: it is looked for again."""
        for each in cookies.split(b";"):
            name, _, token = each.strip().partition(b"=")
            if name in _NAMES and self._remembered.get(_digest(token.decode("latin-1")), 0.0) > self._monotonic():
                return True
        return False


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def is_secure(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Say whether cookies must travel over TLS alone: whenever the hub is reached over it, or says that it is."""
    hub: Hub = connection.app.state.hub
    return hub.settings.over_tls or connection.scope["scheme"] == "https"


def token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the session's token as the browser sent it. One name is read: over TLS the one no sibling host can set."""
    return connection.cookies.get(SECURE_COOKIE if is_secure(connection) else COOKIE, "")


def cookie_of(opened: NewSession, *, secure: bool) -> Cookie:
    """Return the cookie that carries a new session."""
    return _cookie(opened.token, secure=secure, max_age=int(SESSION_LASTS.total_seconds()))


def farewell(*, secure: bool) -> Cookie:
    """Return the cookie that ends it in the browser too."""
    return _cookie("", secure=secure, max_age=0)


def _cookie(value: str, *, secure: bool, max_age: int) -> Cookie:
    name = SECURE_COOKIE if secure else COOKIE
    return Cookie(key=name, value=value, path="/", max_age=max_age, httponly=True, secure=secure, samesite="lax")
