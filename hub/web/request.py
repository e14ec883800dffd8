"""A request whose body is read by our own rules: see ``hub.web.values``.

In: the body as it comes. Out: JSON, the fields of a form, or pieces; ``Problem`` 400 or 415 for what is neither, and
when the line broke off, which is nobody's fault that a log should keep.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.datastructures.multi_dicts import FormMultiDict
from litestar.exceptions import InternalServerException

from hub.web.problems import Problem
from hub.web.values import form_fields, json_value

FORM = "application/x-www-form-urlencoded"


class HubRequest(Request[Any, Any, Any]):
    """Every request to the hub."""

    _fields: dict[str, str] | None = None
    _value: tuple[Any] | None = None

    async def json(self) -> Any:
        """Return the JSON value of the body; ``None`` for an empty one."""
        if self._value is None:
            body = await self.body()
            self._value = (json_value(body) if body else None,)
        return self._value[0]

    async def form(self) -> FormMultiDict:
        """Return the fields of the form; none where the body is no form."""
        if self._fields is None:
            kind = self.content_type[0]
            if kind.startswith("multipart/"):
                raise Problem(415, f"a form of ours is sent as {FORM}", code="no-form")
            self._fields = form_fields(await self.body()) if kind == FORM else {}
        return FormMultiDict(self._fields)

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body in pieces."""
        consumed = not self.is_connected
        try:
            async for piece in super().stream():
                yield piece
        except InternalServerException as fault:
            if consumed:  # a bug of ours, and no broken line
                raise
            raise Problem(400, "the body broke off", code="broken-off") from fault
