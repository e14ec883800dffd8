"""``/outbound/{partner}``: the mailbox of a partner who comes for its messages.

A message waits until the partner says ``received``; a fetch that broke off loses nothing.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from hub.exchange import mailbox
from hub.exchange.model import MailboxPage, Verdict
from hub.kernel.struct import Struct
from hub.web.api.answers import LIMIT_DEFAULT, Limit, as_json
from hub.web.api.bodies import BINARY, body_answer
from hub.web.api.describe import READ_FAULTS, WRITE_FAULTS, AnswerOperation
from hub.web.api.messages import bounded
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.policy import partners
from hub.web.problems import not_found
from hub.web.reads import keep_body_place, reading

TAGS = ["Outbound"]


class ReceiverVerdict(Struct):
    """What the receiver thinks of a message it has got."""

    verdict: Verdict
    reason: str | None = None  # of a refusal, for a person


@get(
    "/outbound/{partner:str}",
    opt=partners("mailbox:read"),
    responses={200: ResponseSpec(MailboxPage, description="Oldest first"), **READ_FAULTS},
    tags=TAGS,
)
async def waiting(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """What waits for the partner, oldest first."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    async with reading(request):
        page = await hub.database.read(lambda conn: mailbox.waiting(conn, scope, partner, cursor=cursor, limit=limit))
    return await as_json(page)


@get(
    "/outbound/{partner:str}/{message:str}",
    opt=partners("mailbox:read"),
    operation_class=AnswerOperation,
    responses=READ_FAULTS,
    tags=TAGS,
)
async def fetch(
    request: Request[Any, Any, Any], partner: FromPath[str], message: FromPath[str]
) -> Response[bytes] | Stream:
    """The message's bytes. It goes on waiting until the partner says ``received``."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    now = hub.clock.now()
    await keep_body_place(request)
    item = await hub.database.write(lambda conn: mailbox.fetched(conn, scope, partner, message, now=now))
    if item is None:
        raise not_found()
    media_type = item.content_type or BINARY
    return await body_answer(hub, item.id, item.sha256, item.size_bytes, media_type=media_type, name=item.file_name)


@post(
    "/outbound/{partner:str}/{message:str}/received",
    opt=partners("mailbox:receive"),
    status_code=200,
    responses=WRITE_FAULTS,
    tags=TAGS,
)
async def received(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    message: FromPath[str],
    data: JSONBody[ReceiverVerdict | None] = None,
) -> Response[bytes]:
    """The partner has the message, and may approve or refuse it. Saying it twice is saying it once."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    now = hub.clock.now()
    verdict, reason = (data.verdict, bounded(data.reason)) if data else (None, None)
    found = await hub.database.write(
        lambda conn: mailbox.received(conn, scope, partner, message, now=now, verdict=verdict, reason=reason)
    )
    if not found:
        raise not_found()
    return await as_json({"message": message, "delivery": "delivered", "verdict": verdict})
