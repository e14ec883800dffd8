"""The gate every request passes: who is it, and does the route's policy let them in. Before any body is read.

In: a request and the policy of its route. Out: the caller, in ``scope["user"]``; or ``Problem`` 401, 403, 404. A route
with ``{partner}`` in its path is closed, as if it were not there, to whoever may not see that partner.
"""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from hub.web import csrf
from hub.web.caller import ANYONE, Caller
from hub.web.keyring import KeyRing
from hub.web.policy import Policy, policy_of
from hub.web.problems import Problem, not_allowed, not_authenticated, not_found
from hub.web.sessions import Sessions

BEARER = "bearer "

_Connection = ASGIConnection[Any, Any, Any, Any]


async def enforce(connection: _Connection, handler: BaseRouteHandler) -> None:
    """Let the request pass, with its caller; or say why not."""
    policy = policy_of(handler)
    caller = await _identify(connection, policy)
    connection.scope["user"] = caller
    if not policy.kinds:
        return
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
        ring: KeyRing = connection.app.state.keys
        if not authorization[: len(BEARER)].lower() == BEARER:
            raise not_authenticated()
        caller = await ring.caller(authorization[len(BEARER) :].strip())
        if caller is None:
            raise not_authenticated("this API key is not valid, or no longer")
        return caller
    if "person" not in policy.kinds and policy.face != "page":
        return ANYONE
    sessions: Sessions = connection.app.state.sessions
    caller = await sessions.caller(connection.cookies)
    if caller.kind == "person" and connection.scope["method"] not in csrf.SAFE_METHODS and policy.face == "api":
        # a browser sends the cookie by itself, so the API asks for proof of our own page as the forms do
        if not csrf.matches(caller.csrf, connection.headers.get(csrf.HEADER, "")):
            raise Problem(403, "a person's request needs the header x-csrf-token", code="csrf")
    return caller
