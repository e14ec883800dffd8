"""Who may use a route. Every route names its policy; one that does not stops the hub from starting.

A policy says which kinds of caller a route is for and which permission they need. It is written where the route is
written, as ``opt=partners("inbound:send")``, and held by ``hub.web.gate`` before any of the request's body is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from litestar.handlers.base import BaseRouteHandler
from litestar.routes import BaseRoute

from hub.business.rooms import RIGHTS
from hub.kernel.errors import Defect
from hub.kernel.struct import Struct

Kind = Literal["partner", "person", "monitor"]
Face = Literal["api", "page"]
OPT = "policy"


class Policy(Struct):
    """Who may call. ``permission`` ``None`` with kinds means "anyone who is known"; no kinds, anyone at all."""

    face: Face  # how a refusal looks: a problem document or a page
    kinds: tuple[Kind, ...] = ()
    permission: str | None = None
    reason: str | None = None  # why everybody may, when everybody may
    recognised: tuple[Kind, ...] = ()  # everybody may, and these are told more


def partners(permission: str) -> dict[str, Any]:
    """The partner's own systems, by API key."""
    return {OPT: Policy(face="api", kinds=("partner",), permission=permission)}


def both(permission: str) -> dict[str, Any]:
    """Partners' systems by API key, and people of the factory by their session: the API under ``/api/v1``."""
    return {OPT: Policy(face="api", kinds=("partner", "person"), permission=permission)}


def people(permission: str | None = None) -> dict[str, Any]:
    """People of the factory, by their session: the pages. Without a permission: whoever is logged in."""
    return {OPT: Policy(face="page", kinds=("person",), permission=permission)}


def watchers(permission: str) -> dict[str, Any]:
    """Monitoring systems, by the token of the settings, and people of the factory by their session."""
    return {OPT: Policy(face="api", kinds=("person", "monitor"), permission=permission)}


def anyone(reason: str, *, face: Face = "api", recognised: tuple[Kind, ...] = ()) -> dict[str, Any]:
    """Everybody, and why that is right."""
    return {OPT: Policy(face=face, reason=reason, recognised=recognised)}


OPTIONS = Policy(face="api", reason="which methods a route has stands in the interface's description too")
"""Of the framework's own answers to OPTIONS: 204 with ``Allow``, whatever the route."""


def policy_of(handler: BaseRouteHandler) -> Policy:
    """Return the policy the route named. Raises ``Defect`` when it named none."""
    policy = named_policy(handler)
    if policy is None:
        raise Defect(f"the route {handler} names no policy")
    return policy


def named_policy(handler: BaseRouteHandler) -> Policy | None:
    """Return the policy the route named; ``None`` when it named none."""
    policy = handler.opt.get(OPT)
    if isinstance(policy, Policy):
        return policy
    return OPTIONS if getattr(handler, "http_methods", ()) == {"OPTIONS"} else None


def require_policies(routes: Iterable[BaseRoute]) -> None:
    """Raise ``Defect`` naming every route that has no policy, is open to all without a reason, or for nobody at all."""
    found = policies(routes)
    bare = sorted({path for path, policy in found if policy is None or not (policy.kinds or policy.reason)})
    if bare:
        raise Defect(f"routes without a policy: {', '.join(bare)}")
    known = {None, *RIGHTS.permissions}
    closed = sorted({path for path, policy in found if policy is not None and policy.permission not in known})
    if closed:
        raise Defect(f"routes that ask for a permission nobody has: {', '.join(closed)}")


def policies(routes: Iterable[BaseRoute]) -> list[tuple[str, Policy | None]]:
    """Return ``METHOD path`` and policy of every route, as the app will serve them."""
    return [
        (f"{method} {route.path}", named_policy(handler))
        for route in routes
        for handler in _handlers(route)
        for method in sorted(getattr(handler, "http_methods", {"ASGI"}))
    ]


def _handlers(route: BaseRoute) -> list[BaseRouteHandler]:
    several: list[BaseRouteHandler] | None = getattr(route, "route_handlers", None)
    return several if several is not None else [route.route_handler]  # type: ignore[attr-defined]
