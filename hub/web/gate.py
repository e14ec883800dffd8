"""The gate every request passes: who is it, and does the route's policy let them in. Before any body is read.

In: a request and the policy of its route. Out: the caller, in ``scope["user"]``; or ``Problem`` 401, 403, 404. A route
with ``{partner}`` in its path is closed, as if it were not there, to whoever may not see that partner.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection, Request
from litestar.handlers.base import BaseRouteHandler
from msgspec.structs import replace

from hub.access.keys import KeyRing
from hub.access.model import ApiKey
from hub.security.tokens import same
from hub.web import csrf
from hub.web.attempts import KeyGuesses
from hub.web.caller import ANYONE, MONITOR, Caller, by_key
from hub.web.hub import Hub
from hub.web.policy import Policy, policy_of
from hub.web.problems import Problem, busy, not_allowed, not_authenticated, not_found
from hub.web.sessions import Sessions, is_secure
from hub.web.values import require_sound_target

_Connection = ASGIConnection[Any, Any, Any, Any]

KEY_UNKNOWN = "this API key is not valid, or no longer; the factory makes a new one with `hub partner key`"


async def enforce(connection: _Connection, handler: BaseRouteHandler) -> None:
    """Let the request pass, with its caller; or say why not."""
    require_sound_target(connection.scope)
    policy = policy_of(handler)
    caller = await (_recognise if policy.recognised else _identify)(connection, policy)
    connection.scope["user"] = caller
    if policy.kinds:
        _admit(connection, caller, policy)
    if isinstance(connection, Request) and connection.method not in csrf.SAFE_METHODS:
        await _require_own_page(connection, caller, policy)


def _admit(connection: _Connection, caller: Caller, policy: Policy) -> None:
    if caller.kind not in policy.kinds:
        raise not_authenticated()
    if policy.permission is not None and not caller.may(policy.permission):
        raise not_allowed(policy.permission)
    partner = connection.path_params.get("partner")
    if partner is not None and not caller.sees(partner):
        raise not_found()


async def _identify(connection: _Connection, policy: Policy) -> Caller:
    """Return who is calling: by key where keys are taken, else by session where people may come."""
    authorization = connection.headers.get("authorization", "")
    if authorization and "partner" in policy.kinds:
        return await _partner(connection, authorization)
    if authorization and "monitor" in policy.kinds:
        return _monitor(connection, authorization)
    if "person" not in policy.kinds and policy.face != "page":
        return ANYONE
    sessions: Sessions = connection.app.state.sessions
    return await sessions.caller(connection)


async def _recognise(connection: _Connection, policy: Policy) -> Caller:
    """Return who is calling where everybody may: a probe is answered also while nobody can be recognised."""
    try:
        return await _identify(connection, replace(policy, kinds=policy.recognised))
    except Exception:  # noqa: BLE001 - the probe itself says what is wrong, to whom it may
        return ANYONE


def _monitor(connection: _Connection, authorization: str) -> Caller:
    hub: Hub = connection.app.state.hub
    scheme, _, shown = authorization.partition(" ")
    token = hub.settings.metrics_token
    if token is None or scheme.lower() != "bearer" or not same(token, shown.strip()):
        raise not_authenticated("this token is not valid")
    return MONITOR


async def _require_own_page(request: Request[Any, Any, Any], caller: Caller, policy: Policy) -> None:
    """A browser sends cookies by itself, so whatever changes something must prove that our own page asked for it."""
    sent = request.headers.get(csrf.HEADER, "")
    if policy.face == "page" or caller.kind == "person":
        site, origin = request.headers.get(csrf.SITE_HEADER, ""), request.headers.get(csrf.ORIGIN_HEADER)
        csrf.refuse_other_sites(site, origin, _own_origins(request))
    if policy.face == "page":
        key = request.app.state.server_key
        visit = csrf.visit_of(key, request.cookies, secure=is_secure(request))
        expected = caller.csrf or csrf.token_of(key, visit)
        field = "" if sent else (await request.form()).get(csrf.FIELD, "")
        csrf.require(expected, sent or (field if isinstance(field, str) else ""))
    elif caller.kind == "person":
        csrf.require(caller.csrf, sent)


def _own_origins(request: Request[Any, Any, Any]) -> Iterator[str]:
    """Yield where our pages are: where the request was sent, over TLS too if a proxy has kept that to itself, and where
    the settings say. A page that came in the clear is none of ours where people reach us over TLS."""
    hub: Hub = request.app.state.hub
    host = request.headers.get("host", "")
    yield f"https://{host}"
    if not is_secure(request):
        yield f"http://{host}"
    if hub.settings.public_url:
        url = urlsplit(hub.settings.public_url)
        yield f"{url.scheme}://{url.netloc}"


async def _unknown_key(connection: _Connection, ring: KeyRing, text: str) -> ApiKey | None:
    """Check a key that is not known to be sound; slowly, once many from its address were not."""
    guesses: KeyGuesses = connection.app.state.key_guesses
    address = connection.client.host if connection.client else ""
    async with guesses.turn(address):
        key = await ring.check(text)
    if key is None:
        wait = guesses.wait_seconds(address)
        guesses.was_wrong(address)
        if wait:
            raise busy("many keys from your address were wrong", wait)
    return key


async def _partner(connection: _Connection, authorization: str) -> Caller:
    scheme, _, presented = authorization.partition(" ")
    hub: Hub = connection.app.state.hub
    ring: KeyRing = connection.app.state.api_keys
    text = presented.strip() if scheme.lower() == "bearer" else ""
    key = await ring.check(text) if ring.remembers(text) else await _unknown_key(connection, ring, text)
    if key is None:
        raise not_authenticated(KEY_UNKNOWN)
    if hub.partners.get(key.partner) is None:
        if key.partner in hub.partners.faults:
            raise Problem(503, "the factory is putting its settings right", code="stopped", retry_after_seconds=60)
        raise not_authenticated(KEY_UNKNOWN)
    return by_key(key)
