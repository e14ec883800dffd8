"""For machines that watch: alive, ready, and the numbers."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hub.kernel.struct import Struct
from hub.web.hub import Check, Hub
from hub.web.policy import anyone


class Health(Struct):
    """``ok`` is false when any check is."""

    ok: bool
    checks: list[Check] = []


@get("/healthz", opt=anyone("a probe has no key, and learns only that the process answers"))
async def alive() -> Health:
    """The process answers. Says nothing about what it needs: see ``/readyz``."""
    return Health(ok=True)


@get("/readyz", opt=anyone("a load balancer has no key, and learns only names of parts"))
async def ready(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Everything the hub needs is there: 200, else 503 with what is missing."""
    hub: Hub = request.app.state.hub
    checks = await hub.checks()
    ok = all(check.ok for check in checks)
    content = msgspec.json.encode(Health(ok=ok, checks=checks))
    return Response(content, status_code=200 if ok else 503, media_type="application/json")


@get("/metrics", opt=anyone("counts and times only; bind the port inwards where even these are private"))
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The hub's numbers for Prometheus."""
    hub: Hub = request.app.state.hub
    return Response(generate_latest(hub.registry), headers={"content-type": CONTENT_TYPE_LATEST})
