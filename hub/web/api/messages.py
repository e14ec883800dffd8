"""``/api/v1/messages``: what became of every message. A partner's key sees that partner's own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from hub.exchange.messages import documents_of, find_message, list_messages, message_detail
from hub.exchange.model import (
    Direction,
    DocumentRow,
    Filters,
    MessageDetail,
    MessageRow,
    StageTime,
    TimelineEntry,
)
from hub.exchange.replay import ask_replay
from hub.kernel.scope import Scope
from hub.kernel.struct import Struct
from hub.web.api.answers import LIMIT_DEFAULT, LIMIT_MAX, as_json
from hub.web.api.describe import READ_FAULTS, WRITE_FAULTS, RawOperation
from hub.web.api.message_state import MessageList, MessageState, list_of, state_of
from hub.web.caller import caller_of
from hub.web.hub import Hub, Link
from hub.web.policy import both
from hub.web.problems import Problem, not_found

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX)]
TAGS = ["Messages"]


class Provenance(Struct):
    """Where every canonical field of one document stands on the wire."""

    items: list[Link]
    map: str | None = None
    map_digest: str | None = None


class Timeline(Struct):
    """The stages a message reached, and what else happened to it; oldest first."""

    stages: list[StageTime]
    items: list[TimelineEntry]
    next: str | None = None


class ReplayWish(Struct):
    """Why a message shall be processed again; it stands in its timeline."""

    reason: str | None = None


@get(
    "/api/v1/messages",
    opt=both("message:read"),
    responses={200: ResponseSpec(MessageList, description="Needs-attention first, then newest first"), **READ_FAULTS},
    tags=TAGS,
)
async def messages(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    direction: FromQuery[Direction | None] = None,
    document: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    test: FromQuery[bool | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    q: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """The message log. ``q`` is any number a message carries; ``next`` goes into ``cursor``."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    for instant in (since, until):
        if instant is not None and instant.tzinfo is None:
            raise Problem(400, "since and until need a zone: 2026-11-20T12:00:00Z", code="bad-parameter")
    wanted = Filters(
        partner=partner,
        direction=direction,
        document=document,
        status=status,
        test=test,
        since=since,
        until=until,
        q=q,
    )
    try:
        page = await hub.database.read(lambda conn: list_messages(conn, scope, wanted, cursor=cursor, limit=limit))
    except ValueError as fault:
        raise Problem(400, "cursor is not the next of a list", code="bad-parameter") from fault
    return as_json(list_of(page))


@get(
    "/api/v1/messages/{message:str}",
    opt=both("message:read"),
    responses={200: ResponseSpec(MessageState, description="The message"), **READ_FAULTS},
    tags=TAGS,
)
async def message_state(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """Where the message stands: its statuses, documents with findings, keys, and its answers by id."""
    return as_json(state_of(await _detail(request, message)))


@get(
    "/api/v1/messages/{message:str}/raw",
    opt=both("message:raw"),
    operation_class=RawOperation,
    responses=READ_FAULTS,
    tags=TAGS,
)
async def raw(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """The bytes exactly as they came or were sent."""
    hub: Hub = request.app.state.hub
    return body_answer(*await body_of(hub, caller_of(request).scope, message))


@get(
    "/api/v1/messages/{message:str}/canonical",
    opt=both("message:raw"),
    responses={200: ResponseSpec(dict[str, Any], description="The document as understood"), **READ_FAULTS},
    tags=TAGS,
)
async def canonical(
    request: Request[Any, Any, Any], message: FromPath[str], document: FromQuery[int] = 1
) -> Response[bytes]:
    """One document of the message in the canonical model; ``document`` counts from 1."""
    found = await _document(request, message, document)
    if found.canonical is None:
        raise not_found()
    return Response(found.canonical, media_type=MediaType.JSON)


@get(
    "/api/v1/messages/{message:str}/provenance",
    opt=both("message:raw"),
    responses={200: ResponseSpec(Provenance, description="One entry per field and place"), **READ_FAULTS},
    tags=TAGS,
)
async def provenance(
    request: Request[Any, Any, Any], message: FromPath[str], document: FromQuery[int] = 1
) -> Response[bytes]:
    """Where on the wire every canonical field stands, and the rule of the map that read it."""
    hub: Hub = request.app.state.hub
    found = await _document(request, message, document)
    links = await hub.provenance(found)
    return as_json(Provenance(items=links, map=found.map_name, map_digest=found.map_digest))


@get(
    "/api/v1/messages/{message:str}/timeline",
    opt=both("message:read"),
    responses={200: ResponseSpec(Timeline, description="Oldest first"), **READ_FAULTS},
    tags=TAGS,
)
async def timeline(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """What happened to the message: the stages it reached, and everything since."""
    detail = await _detail(request, message)
    return as_json(Timeline(stages=detail.stages, items=detail.timeline))


@post(
    "/api/v1/messages/{message:str}/replay",
    opt=both("message:replay"),
    status_code=202,
    responses=WRITE_FAULTS,
    tags=TAGS,
)
async def replay(
    request: Request[Any, Any, Any], message: FromPath[str], data: JSONBody[ReplayWish | None] = None
) -> Response[bytes]:
    """Process the message again. What was applied is never applied twice."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    reason = data.reason if data else None
    found = await hub.database.write(
        lambda conn: ask_replay(conn, caller.scope, message, actor=caller.actor, reason=reason, now=now)
    )
    if not found:
        raise not_found()
    return as_json({"message": message, "status": f"/api/v1/messages/{message}"}, status=202)


async def _detail(request: Request[Any, Any, Any], message: str) -> MessageDetail:
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    detail = await hub.database.read(lambda conn: message_detail(conn, scope, message))
    if detail is None:
        raise not_found()
    return detail


async def _document(request: Request[Any, Any, Any], message: str, position: int) -> DocumentRow:
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    found = await hub.database.read(lambda conn: documents_of(conn, scope, message, after=position - 1, limit=1))
    if not found or found[0].position != position:
        raise not_found()
    return found[0]


async def body_of(hub: Hub, scope: Scope, message: str) -> tuple[MessageRow, bytes]:
    """Return the message and its bytes, if ``scope`` may see it; 404 otherwise."""
    row = await hub.database.read(lambda conn: find_message(conn, scope, message))
    if row is None:
        raise not_found()
    return row, await hub.database.read(lambda conn: hub.blobs.get(conn, row.sha256))


def body_answer(row: MessageRow, body: bytes) -> Response[bytes]:
    """Return the bytes as a download that no browser runs or renders, whatever they are."""
    return Response(
        body,
        media_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{row.id}"', "etag": f'"{row.sha256}"'},
    )
