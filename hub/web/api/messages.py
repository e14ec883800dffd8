"""``/api/v1/messages``: what became of every message. A partner's key sees that partner's own, in partners' words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec.structs import replace

from hub.exchange import parts
from hub.exchange.messages import list_messages
from hub.exchange.model import Direction, Filters
from hub.exchange.parts import MessageHead
from hub.exchange.replay import ask_replay
from hub.exchange.storable import storable_name, storable_text
from hub.flow.views import BODY_READ_MAX
from hub.kernel.pages import Cut
from hub.kernel.struct import Struct
from hub.web.addresses import message_part
from hub.web.api.answers import LIMIT_DEFAULT, Limit, as_json, as_told, list_told
from hub.web.api.describe import READ_FAULTS, WRITE_FAULTS, faults
from hub.web.api.message_state import MessageList, MessageState, item_of, state_of
from hub.web.api.partner_types import PartnerMessageList, PartnerState
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.placing import placed_in
from hub.web.policy import both
from hub.web.problems import Problem, not_found
from hub.web.reads import reading
from hub.web.values import instant

TAGS = ["Messages"]
REASON_LENGTH_MAX = 2_000  # of a text a person or a partner writes: what a page of paper holds


class ReplayReason(Struct):
    """Why a message shall be processed again; it stands in its timeline."""

    reason: str | None = None


@get(
    "/api/v1/messages",
    opt=both("message:read"),
    responses={
        200: ResponseSpec(PartnerMessageList | MessageList, description="Needs-attention first, then newest first"),
        **READ_FAULTS,
    },
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
    wanted = Filters(
        partner=partner,
        direction=direction,
        document=document,
        status=status,
        test=test,
        since=instant(since, "since"),
        until=instant(until, "until"),
        q=q,
    )
    try:
        async with reading(request):
            page = await hub.database.read(lambda conn: list_messages(conn, scope, wanted, cursor=cursor, limit=limit))
    except ValueError as fault:
        raise Problem(400, "cursor is not the next of a list", code="bad-parameter") from fault
    return await list_told(request, Cut(items=[item_of(row) for row in page.items], next=page.next))


@get(
    "/api/v1/messages/{message:str}",
    opt=both("message:read"),
    responses={200: ResponseSpec(PartnerState | MessageState, description="The message"), **READ_FAULTS, **faults(429)},
    tags=TAGS,
)
async def message_state(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """Where the message stands, with the first of its documents, findings, envelopes and answers. ``counts`` says
    how many there are of each, and ``more`` where the whole list is."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    async with reading(request):
        head = await hub.database.read(lambda conn: parts.message_head(conn, scope, message))
        if head is None:
            raise not_found()
        return await as_told(request, state_of(await _with_places(hub, head)))


@post(
    "/api/v1/messages/{message:str}/replay",
    opt=both("message:replay"),
    status_code=202,
    responses=WRITE_FAULTS,
    tags=TAGS,
)
async def replay(
    request: Request[Any, Any, Any], message: FromPath[str], data: JSONBody[ReplayReason | None] = None
) -> Response[bytes]:
    """Process the message again. What was applied is never applied twice. A reason is at most 2,000 characters."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    reason = bounded(data.reason if data else None)
    found = await hub.database.write(
        lambda conn: ask_replay(conn, caller.scope, message, actor=caller.actor, reason=reason, now=now)
    )
    if not found:
        raise not_found()
    return await as_json({"message": message, "status": message_part(message)}, status=202)


async def _with_places(hub: Hub, head: MessageHead) -> MessageHead:
    """Return a message of one document, of a size that is read at once, with its findings where they stand in it."""
    if head.counts["documents"] != 1 or head.message.size_bytes > BODY_READ_MAX:
        return head
    [part] = head.documents
    findings = await placed_in(hub, part.document, part.document.findings)
    return replace(head, documents=[replace(part, document=replace(part.document, findings=findings))])


def bounded(text: str | None) -> str | None:
    """Return what somebody wrote in a request, on one line: breaks and signs that steer are made visible.

    400 for what is longer than is kept.
    """
    if text is not None and len(text) > REASON_LENGTH_MAX:
        raise Problem(400, f"a reason is at most {REASON_LENGTH_MAX} characters", code="bad-parameter")
    return None if text is None else storable_text(storable_name(text), REASON_LENGTH_MAX)
