"""Values as JSON for callers: every field said, also when it holds nothing, so that a reader never has to guess.

Lists are cut before they come here (``hub.kernel.pages``); what is long all the same is encoded off the event loop, and
a text is cut: no answer is without a bound, and none keeps others waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response
from litestar.params import QueryParameter

from hub.kernel.diagnostics import Diagnostic
from hub.kernel.pages import Cut
from hub.kernel.sentence import Wording
from hub.web.api.partner_view import Rule, of_partner, told
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.problems import Problem, not_found

T = TypeVar("T")

LIMIT_DEFAULT = 50
LIMIT_MAX = 200  # of a list; the queries hold the same bound
TEXT_LENGTH_MAX = 4_000  # of one value; the raw and the canonical form have all of it
Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX)]
VALUES_AT_ONCE_MAX = 1_000  # of one answer encoded on the event loop: some 100 kB, half a millisecond


async def as_json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Return ``value`` as a JSON answer. Defaults are written out; decimals are strings, instants ISO 8601."""
    large = _more_than(VALUES_AT_ONCE_MAX, value) < 0
    content = await asyncio.to_thread(encoded, value) if large else encoded(value)
    return Response(content, status_code=status, media_type=MediaType.JSON, headers=headers or {})


async def as_told(request: Request[Any, Any, Any], value: object) -> Response[bytes]:
    """Return ``value`` as JSON: whole to a person of the factory, to a partner what partners are told of it."""
    return await as_json(value if caller_of(request).kind == "person" else of_partner(value, rules_of(request)))


async def list_told(request: Request[Any, Any, Any], page: Cut[Any], **more: object) -> Response[bytes]:
    """The same for a page of a list."""
    items = page.items if caller_of(request).kind == "person" else told(page.items, rules_of(request))
    return await as_json({**more, "items": items, "next": page.next})


def rules_of(request: Request[Any, Any, Any]) -> Mapping[type, Rule]:
    """Return what partners are told of each type, as the app was put together: the hub's own, and of every room."""
    rules: Mapping[type, Rule] = request.app.state.told
    return rules


async def found_in_scope(request: Request[Any, Any, Any], work: Callable[[Any], T | None]) -> T:
    """Return what ``work`` finds of what the caller may see: 404 for None, 400 for a cursor that is none."""
    hub: Hub = request.app.state.hub
    try:
        found = await hub.database.read(work)
    except ValueError as fault:
        raise wrong_cursor() from fault
    if found is None:
        raise not_found()
    return found


def wrong_cursor() -> Problem:
    """Return the fault of a caller who goes on in a list from where none of its pages ends."""
    return Problem(400, "cursor is not the next of this list", code="bad-parameter")


def encoded(value: object) -> bytes:
    """Return ``value`` as JSON."""
    return msgspec.json.encode(whole(value))


def whole(value: object) -> object:
    """Return ``value`` with every struct as a mapping of all its fields, and no text too long."""
    if isinstance(value, str):
        return value if len(value) <= TEXT_LENGTH_MAX else value[:TEXT_LENGTH_MAX] + "…"
    if isinstance(value, Wording):
        return whole(str(value))
    if isinstance(value, Diagnostic):
        value = value.spelled_out
    if isinstance(value, msgspec.Struct):
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        return {said: whole(getattr(value, name)) for said, name in names}
    if isinstance(value, Mapping):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [whole(item) for item in value]
    return value


def _more_than(left: int, value: object) -> int:
    """Return how many of ``left`` values remain after ``value``; it stops counting below zero."""
    left -= 1 + (len(value) // 100 if isinstance(value, str | bytes) else 0)
    inner: Sequence[object] = ()
    if isinstance(value, msgspec.Struct):
        inner = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, Mapping):
        inner = [*value.values()]
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        inner = value
    for item in inner:
        if left < 0:
            break
        left = _more_than(left, item)
    return left
