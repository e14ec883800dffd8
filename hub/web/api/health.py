"""For machines that watch: alive, ready, and the numbers."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hub.kernel.struct import Struct
from hub.web.api.answers import encoded
from hub.web.api.describe import faults
from hub.web.caller import caller_of
from hub.web.hub import Check, Hub
from hub.web.policy import anyone, watchers


class Health(Struct):
    """``ok`` is false when any check is."""

    ok: bool
    checks: list[Check] = []


class Readiness:
    """Looks at everything, once at a time: however many ask meanwhile, they are told the same. One per process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._looking: asyncio.Task[list[Check]] | None = None

    async def checks(self) -> list[Check]:
        """Return what is found by the look that is under way, or by a new one."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._hub.checks())
        return await asyncio.shield(self._looking)


@get("/healthz", opt=anyone("a probe has no key, and learns only that the process answers"))
async def alive() -> Health:
    """The process answers. Says nothing about what it needs: see ``/readyz``."""
    return Health(ok=True)


@get(
    "/readyz",
    opt=anyone("a load balancer has no key, and learns only names of parts", recognised=("person", "monitor")),
    responses={200: ResponseSpec(Health, description="Ready"), 503: ResponseSpec(Health, description="Not ready")},
)
async def ready(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everything the hub needs is there: 200, else 503. What is wrong is told to who may read it (``system:read``)."""
    readiness: Readiness = request.app.state.readiness
    checks = await readiness.checks()
    if not caller_of(request).may("system:read"):
        checks = [Check(name=check.name, ok=check.ok) for check in checks]
    ok = all(check.ok for check in checks)
    return Response(
        encoded(Health(ok=ok, checks=checks)), status_code=200 if ok else 503, media_type="application/json"
    )


@get(
    "/metrics",
    opt=watchers("system:read"),
    responses={200: ResponseSpec(str, description="Prometheus text"), **faults(401, 403)},
)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The hub's numbers for Prometheus, which shows the token of the settings."""
    hub: Hub = request.app.state.hub
    return Response(generate_latest(hub.registry), headers={"content-type": CONTENT_TYPE_LATEST})
