"""``/schema``: the interface description as a page, with every script from the hub itself."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from hub.web.pages.page import answer
from hub.web.policy import anyone


@get("/schema", opt=anyone("it holds nobody's data", face="page"), include_in_schema=False)
async def interface(request: Request[Any, Any, Any]) -> Response[str]:
    """What the hub takes and gives over HTTP."""
    return answer(request, "schema.html")
