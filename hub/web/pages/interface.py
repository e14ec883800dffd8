"""``/schema``: the interface description as a page, with every script from the hub itself."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

from hub.web.pages.page import answer


class InterfacePage(OpenAPIRenderPlugin):
    """Shows what the hub takes and gives over HTTP."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return answer(request, "schema.html").content.encode()
