"""The lists beneath a message, each with a cursor of its own, and its bytes and canonical documents piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from hub.exchange import parts
from hub.exchange.messages import documents_of, find_message, stages_of
from hub.exchange.model import DocumentRow
from hub.kernel.pages import Cut, cut, number_of
from hub.web.api.answers import LIMIT_DEFAULT, Limit, found_in_scope, list_told, wrong_cursor
from hub.web.api.bodies import body_answer, canonical_answer
from hub.web.api.describe import READ_FAULTS, RawOperation, faults
from hub.web.api.message_state import (
    AcknowledgementList,
    DocumentList,
    EnvelopeList,
    FindingList,
    MessageList,
    Provenance,
    Timeline,
    acknowledgement_of,
    document_of,
    item_of,
)
from hub.web.api.partner_types import (
    PartnerAcknowledgementList,
    PartnerDocumentList,
    PartnerEnvelopeList,
    PartnerFindingList,
    PartnerMessageList,
    PartnerProvenance,
    PartnerTimeline,
)
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.placing import is_unplaced, placed_in
from hub.web.policy import both
from hub.web.problems import not_found
from hub.web.reads import keep_body_place, reading
from hub.web.values import Position

TAGS = ["Messages"]
FAULTS = {**READ_FAULTS, **faults(400, 429)}
T = TypeVar("T")


def _list(kind: Any, what: str) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(kind, description=what), **FAULTS}


def _beneath(
    part: str,
    kind: Any,
    what: str,
    read: Callable[..., Cut[Any]],
    summary: str,
    *,
    shown: Callable[[Any], Any] = lambda each: each,
) -> HTTPRouteHandler:
    """Return the route of the list ``part`` of a message; ``read`` returns a page of it, ``shown`` says an entry."""

    async def listed(
        request: Request[Any, Any, Any],
        message: FromPath[str],
        cursor: FromQuery[str | None] = None,
        limit: Limit = LIMIT_DEFAULT,
    ) -> Response[bytes]:
        async with reading(request):
            page = await _page(request, message, lambda conn: read(conn, message, cursor=cursor, limit=limit))
            return await list_told(request, Cut(items=[shown(each) for each in page.items], next=page.next))

    listed.__name__, listed.__doc__ = read.__name__, summary
    path = f"/api/v1/messages/{{message:str}}/{part}"
    return get(path, opt=both("message:read"), responses=_list(kind, what), tags=TAGS)(listed)


documents = _beneath(
    "documents",
    PartnerDocumentList | DocumentList,
    "In the order of the message",
    parts.documents,
    "The documents of a message, each with the first of its findings.",
    shown=document_of,
)
envelopes = _beneath(
    "envelopes",
    PartnerEnvelopeList | EnvelopeList,
    "In the order of the message",
    parts.envelopes,
    "The envelopes of a message, and how each was judged.",
)
answers = _beneath(
    "answers",
    PartnerMessageList | MessageList,
    "Oldest first",
    parts.answers,
    "Our messages that answer this one.",
    shown=item_of,
)
acknowledgements = _beneath(
    "acknowledgements",
    PartnerAcknowledgementList | AcknowledgementList,
    "In the order they were expected",
    parts.acknowledgements,
    "The acknowledgements we wait for, or waited for, because of the message.",
    shown=acknowledgement_of,
)


@get(
    "/api/v1/messages/{message:str}/findings",
    opt=both("message:read"),
    responses=_list(PartnerFindingList | FindingList, "As they stand in the message"),
    tags=TAGS,
)
async def findings_of_message(
    request: Request[Any, Any, Any],
    message: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """What was found about the envelopes of a message, or why it could not be read at all; where a message is one
    document, and nothing is about its envelope, what was found in the document."""

    def work(conn: Any) -> Cut[Any]:
        return parts.findings_of_whole(conn, message, cursor=cursor, limit=limit)

    async with reading(request):
        page = await _page(request, message, work)
        return await list_told(request, await _placed(request, message, 1, page))


@get(
    "/api/v1/messages/{message:str}/documents/{document:int}/findings",
    opt=both("message:read"),
    responses=_list(PartnerFindingList | FindingList, "As they stand in the document"),
    tags=TAGS,
)
async def findings_of_document(
    request: Request[Any, Any, Any],
    message: FromPath[str],
    document: FromPath[int],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """What was found about one document."""
    position = document_number(document)

    def work(conn: Any) -> Cut[Any]:
        return parts.findings_of_document(conn, message, position, cursor=cursor, limit=limit)

    async with reading(request):
        page = await _page(request, message, work)
        return await list_told(request, await _placed(request, message, position, page))


@get(
    "/api/v1/messages/{message:str}/timeline",
    opt=both("message:read"),
    responses=_list(PartnerTimeline | Timeline, "Oldest first"),
    tags=TAGS,
)
async def timeline(
    request: Request[Any, Any, Any],
    message: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """What happened to the message: the stages it reached, and everything since."""

    def work(conn: Any) -> tuple[Cut[Any], list[Any]]:
        return parts.happened(conn, message, cursor=cursor, limit=limit), stages_of(conn, message)

    async with reading(request):
        page, stages = await _page(request, message, work)
        return await list_told(request, page, stages=stages)


@get(
    "/api/v1/messages/{message:str}/provenance",
    opt=both("message:raw"),
    responses=_list(PartnerProvenance | Provenance, "One entry per field and place, in wire order"),
    tags=TAGS,
)
async def provenance(
    request: Request[Any, Any, Any],
    message: FromPath[str],
    document: Position = 1,
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """Where on the wire canonical fields stand, and to a person the rule of the map that read them."""
    hub: Hub = request.app.state.hub
    after = _number(cursor)
    async with reading(request):
        found = await _document(request, message, document)
        links = await hub.provenance(found)
        page = cut(enumerate(links[after : after + limit + 1], after + 1), limit, lambda each: each[0])
        shown = Cut(items=[link for _, link in page.items], next=page.next)
        return await list_told(request, shown, map=found.map_name, map_digest=found.map_digest)


@get(
    "/api/v1/messages/{message:str}/raw",
    opt=both("message:raw"),
    operation_class=RawOperation,
    responses=FAULTS,
    tags=TAGS,
)
async def raw(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes] | Stream:
    """The bytes exactly as they came or were sent."""
    return await original_of(request, message)


async def original_of(request: Request[Any, Any, Any], message: str) -> Response[bytes] | Stream:
    """Return the bytes of a message that the caller may see; 404 for any other."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    await keep_body_place(request)
    row = await hub.database.read(lambda conn: find_message(conn, scope, message))
    if row is None:
        raise not_found()
    return await body_answer(hub, row.id, row.sha256, row.size_bytes)


@get(
    "/api/v1/messages/{message:str}/canonical",
    opt=both("message:raw"),
    responses={200: ResponseSpec(dict[str, Any], description="The document as understood"), **FAULTS},
    tags=TAGS,
)
async def canonical(
    request: Request[Any, Any, Any], message: FromPath[str], document: Position = 1
) -> Response[bytes] | Stream:
    """One document of the message in the canonical model; ``document`` counts from 1."""
    hub: Hub = request.app.state.hub
    scope, position = caller_of(request).scope, document_number(document)
    await keep_body_place(request)
    return await canonical_answer(hub, scope, message, position)


def document_number(position: int) -> int:
    """Return a document's place in its message; 404 for one that no message can have."""
    try:
        return number_of(str(position))
    except ValueError as fault:
        raise not_found() from fault


async def _page(request: Request[Any, Any, Any], message: str, work: Callable[[Any], T]) -> T:
    """Return what ``work`` finds, if the caller may see the message."""
    scope = caller_of(request).scope
    return await found_in_scope(
        request, lambda conn: None if find_message(conn, scope, message) is None else work(conn)
    )


def _number(cursor: str | None) -> int:
    try:
        return number_of(cursor)
    except ValueError as fault:
        raise wrong_cursor() from fault


async def _placed(request: Request[Any, Any, Any], message: str, position: int, page: Cut[Any]) -> Cut[Any]:
    """Return findings with their places in the document that has them."""
    if not any(is_unplaced(each) for each in page.items):
        return page
    document = await _document(request, message, position)
    return Cut(items=await placed_in(request.app.state.hub, document, page.items), next=page.next)


async def _document(request: Request[Any, Any, Any], message: str, position: int) -> DocumentRow:
    hub: Hub = request.app.state.hub
    scope, wanted = caller_of(request).scope, document_number(position)
    found = await hub.database.read(lambda conn: documents_of(conn, scope, message, after=wanted - 1, limit=1))
    if not found or found[0].position != wanted:
        raise not_found()
    return found[0]
