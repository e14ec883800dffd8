"""The message log and one message in full: as sent, with names, as understood."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery

from hub.exchange import outbox
from hub.exchange.messages import dismiss, documents_of, find_message, list_messages, message_detail
from hub.exchange.model import DocumentRow, MessageDetail
from hub.exchange.recording import note
from hub.exchange.replay import ask_replay
from hub.kernel.errors import Conflict
from hub.kernel.scope import Scope
from hub.web.api.messages import body_answer, body_of
from hub.web.caller import caller_of
from hub.web.canonical import tree_of
from hub.web.hub import Hub, Link
from hub.web.pages.findings import shown_findings
from hub.web.pages.message_query import ATTENTION_COUNTED_MAX, DOCUMENTS_OFFERED, PAGE_ROWS, MessageQuery
from hub.web.pages.page import answer, form_of, is_fragment, see_other
from hub.web.pages.partners import partner_names
from hub.web.pages.steps import NOTED, steps_of
from hub.web.policy import people
from hub.web.problems import Problem, not_found
from hub.web.wire import Wire, wire_of

TABS_MAX = 40  # documents offered above the views; the API has the rest
NOTE_LENGTH_MAX = 500  # a few sentences; whoever has more to say keeps it where they keep letters
LARGE_BYTES = 256 * 1024  # reading more than this for the page takes a thread of its own


@get("/", opt=people(), include_in_schema=False)
async def home() -> Response[bytes]:
    """The log is where a day begins."""
    return see_other("/messages")


@get("/messages", opt=people("message:read"), include_in_schema=False)
async def message_log(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    direction: FromQuery[str | None] = None,
    document: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    q: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The log, what needs a person first; the rows alone when htmx asks for them."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    query = MessageQuery.of(partner, direction, document, status, q, cursor)
    try:
        found = await hub.database.read(
            lambda conn: list_messages(conn, scope, query.filters, cursor=query.cursor, limit=PAGE_ROWS)
        )
    except ValueError as fault:
        raise Problem(400, "cursor is not the next of a list", code="bad-parameter") from fault
    waiting = await hub.database.read(
        lambda conn: list_messages(conn, scope, query.attention_only, limit=ATTENTION_COUNTED_MAX)
    )
    return answer(
        request,
        "messages/log.html" if is_fragment(request) else "messages/list.html",
        query=query,
        page_items=found.items,
        next_url=query.page(found.next) if found.next else None,
        attention_count=f"{len(waiting.items)}{'+' if waiting.next else ''}" if waiting.items else "",
        partners=partner_names(hub, scope),
        documents=DOCUMENTS_OFFERED,
    )


@get("/messages/{message:str}", opt=people("message:read"), include_in_schema=False)
async def message_page(
    request: Request[Any, Any, Any], message: FromPath[str], document: FromQuery[int | None] = None
) -> Response[str]:
    """One message: its way, what was found, its three views, and what answers it."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    detail = await hub.database.read(lambda conn: message_detail(conn, caller.scope, message))
    if detail is None:
        raise not_found()
    chosen = await _chosen(hub, caller.scope, detail, document)
    wire, links = Wire(), list[Link]()
    if caller.may("message:raw"):
        wire = await _wire(hub, caller.scope, detail, chosen)
        links = await hub.provenance(chosen) if chosen and chosen.canonical else []
    return answer(
        request,
        "messages/detail.html",
        detail=detail,
        document=chosen,
        headline=_headline(detail, chosen),
        partner_name=partner_names(hub, caller.scope).get(detail.message.partner, detail.message.partner),
        steps=steps_of(detail),
        findings=shown_findings(detail, chosen),
        wire=wire,
        canonical=tree_of(chosen.canonical, links) if chosen and caller.may("message:raw") else None,
        tabs_max=TABS_MAX,
        note_length_max=NOTE_LENGTH_MAX,
        order_url=_order_url(chosen) if caller.may("order:read") else None,
        search_url=lambda value: f"/messages?{urlencode({'q': value})}",
    )


@get("/messages/{message:str}/raw", opt=people("message:raw"), include_in_schema=False)
async def original(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """The bytes as they came or were sent: a download, never rendered."""
    return body_answer(*await body_of(request.app.state.hub, caller_of(request).scope, message))


@post("/messages/{message:str}/replay", opt=people("message:replay"), include_in_schema=False)
async def process_again(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """Process the message again; what was applied is never applied twice."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    try:
        found = await hub.database.write(
            lambda conn: ask_replay(conn, caller.scope, message, actor=caller.actor, reason=None, now=now)
        )
    except Conflict:
        return see_other(f"/messages/{quote(message)}?said=stands")
    if not found:
        raise not_found()
    return see_other(f"/messages/{quote(message)}?said=replayed")


@post("/messages/{message:str}/resend", opt=people("message:resend"), include_in_schema=False)
async def send_again(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """Deliver the same bytes once more, under the same id."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    row = await hub.database.read(lambda conn: find_message(conn, caller.scope, message))
    if row is None:
        raise not_found()
    done = await hub.database.write(lambda conn: outbox.resend(conn, message, now=now, actor=caller.actor))
    return see_other(f"/messages/{quote(message)}?said={'resent' if done else 'stands'}")


@post("/messages/{message:str}/dealt-with", opt=people("message:dismiss"), include_in_schema=False)
async def dealt_with(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """Take the message from the head of the log: a person has seen to it, and is on record for it with their note."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    row = await hub.database.read(lambda conn: find_message(conn, caller.scope, message))
    if row is None:
        raise not_found()
    written = (await form_of(request)).get("note", "").strip()[:NOTE_LENGTH_MAX]

    def see_to(conn: Any) -> None:
        if dismiss(conn, caller.scope, message, actor=caller.actor, now=now) and written:
            note(conn, message, NOTED, written, at=now, actor=caller.actor)

    await hub.database.write(see_to)
    return see_other(f"/messages/{quote(message)}?said=dealt-with")


async def _chosen(hub: Hub, scope: Scope, detail: MessageDetail, position: int | None) -> DocumentRow | None:
    """Return the document asked for, else the first that was not valid, else the first."""
    if position is None:
        troubled = (one for one in detail.documents if one.validation in ("rejected", "unreadable"))
        return next(troubled, detail.documents[0] if detail.documents else None)
    message = detail.message.id
    found = await hub.database.read(lambda conn: documents_of(conn, scope, message, after=position - 1, limit=1))
    if not found or found[0].position != position:
        raise not_found()
    return found[0]


async def _wire(hub: Hub, scope: Scope, detail: MessageDetail, chosen: DocumentRow | None) -> Wire:
    row, body = await body_of(hub, scope, detail.message.id)
    if row.size_bytes > LARGE_BYTES:
        return await asyncio.to_thread(wire_of, body, chosen, hub.guides)
    return wire_of(body, chosen, hub.guides)


def _headline(detail: MessageDetail, chosen: DocumentRow | None) -> str:
    """Return the number by which people call this message: its order number, else its control number."""
    if chosen and chosen.order_number:
        return chosen.order_number
    if detail.interchanges:
        return str(detail.interchanges[0].control_number)
    return detail.message.keys[0].value if detail.message.keys else ""


def _order_url(document: DocumentRow | None) -> str | None:
    if document is None or not document.order_number:
        return None
    test = "?test=true" if document.test else ""
    return f"/orders/{quote(document.partner)}/{quote(document.order_number)}{test}"
