"""The message log and one message in full: as sent, with names, as understood."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from hub.exchange import outbox
from hub.exchange.messages import dismiss, find_message, list_messages
from hub.exchange.recording import note
from hub.exchange.refused_files import count_files_called, count_waiting_files
from hub.exchange.replay import ask_replay
from hub.exchange.tables import REMARK_LENGTH_MAX
from hub.kernel.errors import Conflict
from hub.kernel.sentence import as_written
from hub.kernel.struct import Struct
from hub.web.addresses import address
from hub.web.addresses import message_page as message_page_of
from hub.web.api.message_parts import document_number, original_of
from hub.web.caller import Caller, caller_of
from hub.web.field_words import word_of
from hub.web.hub import Hub
from hub.web.pages.files import FILES, WAITING
from hub.web.pages.findings import shown_findings
from hub.web.pages.message_query import ATTENTION_COUNTED_MAX, DOCUMENTS_OFFERED, PAGE_ROWS, MessageQuery
from hub.web.pages.message_views import Shown, Views, headline, is_unread, shown_message, views_of
from hub.web.pages.page import answer_aside, form_of, is_fragment, see_other
from hub.web.pages.partners import partner_names
from hub.web.pages.steps import NOTED, steps_of
from hub.web.policy import people
from hub.web.problems import Problem, not_found
from hub.web.reads import reading
from hub.web.values import AnyPosition, Position


class RecordLink(Struct):
    """A link to what a document is about."""

    url: str
    label: str


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
        async with reading(request):
            found = await hub.database.read(
                lambda conn: list_messages(conn, scope, query.filters, cursor=query.cursor, limit=PAGE_ROWS)
            )
            waiting = await hub.database.read(
                lambda conn: list_messages(conn, scope, query.attention_only, limit=ATTENTION_COUNTED_MAX)
            )
            files, every_file = await hub.database.read(
                lambda conn: [
                    count_waiting_files(conn, scope, whose, ATTENTION_COUNTED_MAX + 1)
                    for whose in (query.partner, None)
                ]
            )
            looked_for = query.q
            called = 0
            if looked_for is not None:
                most = ATTENTION_COUNTED_MAX + 1
                called = await hub.database.read(
                    lambda conn: count_files_called(conn, scope, query.partner, looked_for, most)
                )
    except ValueError as fault:
        raise Problem(400, "cursor is not the next of a list", code="bad-parameter") from fault
    return await answer_aside(
        request,
        "messages/log.html" if is_fragment(request) else "messages/list.html",
        query=query,
        page_items=found.items,
        next_url=query.page(found.next) if found.next else None,
        attention_count=_counted(len(waiting.items) + (1 if waiting.next else 0) + every_file),
        files_count=_counted(files) if query.may_be_files else "",
        called_count=_counted(called),
        called_url=address(FILES, query={"partner": query.partner, "name": query.q}),
        files_url=address(FILES, query={"partner": query.partner, "status": WAITING}),
        partners=partner_names(hub, scope),
        documents=DOCUMENTS_OFFERED,
    )


@get("/messages/{message:str}", opt=people("message:read"), include_in_schema=False)
async def message_page(
    request: Request[Any, Any, Any],
    message: FromPath[str],
    document: AnyPosition = 0,
    first: Position = 1,
) -> Response[str]:
    """One message: its way, what was found, its three views from the place ``first`` on, and what answers it."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    position = document_number(document) if document else None
    async with reading(request):
        shown = await hub.database.read(lambda conn: shown_message(conn, caller.scope, message, position))
        if shown is None:
            raise not_found()
        views = Views()
        if caller.may("message:raw"):
            views = await views_of(hub, shown, first=document_number(first))
        return await answer_aside(
            request,
            "messages/detail.html",
            detail=shown.detail,
            counts=shown.counts,
            tabs=shown.tabs,
            document=shown.document,
            headline=headline(shown),
            unread=is_unread(shown.document),
            acknowledges=shown.acknowledges,
            if_theirs=shown.if_theirs,
            is_answered=shown.is_answered,
            partner_name=partner_names(hub, caller.scope).get(shown.detail.message.partner, ""),
            steps=steps_of(shown.detail, understood=shown.understood),
            understood=shown.understood,
            field_word=word_of,
            findings=shown_findings(
                views.findings or shown.findings, views.wire.places, theirs=shown.detail.message.direction == "in"
            ),
            finding_count=shown.finding_count,
            views=views,
            note_length_max=REMARK_LENGTH_MAX,
            record=_record(shown, caller),
            search_url=lambda value: address("messages", query={"q": value}),
            message_url=partial(message_page_of, shown.detail.message.id),
        )


@get("/messages/{message:str}/raw", opt=people("message:raw"), include_in_schema=False)
async def original(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes] | Stream:
    """The bytes as they came or were sent: a download, never rendered."""
    return await original_of(request, message)


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
        return see_other(message_page_of(message, said="stands"))
    if not found:
        raise not_found()
    return see_other(message_page_of(message, said="replayed"))


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
    return see_other(message_page_of(message, said="resent" if done else "stands"))


@post("/messages/{message:str}/dealt-with", opt=people("message:dismiss"), include_in_schema=False)
async def dealt_with(request: Request[Any, Any, Any], message: FromPath[str]) -> Response[bytes]:
    """Take the message from the head of the log: a person has seen to it, and is on record for it with their note."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    row = await hub.database.read(lambda conn: find_message(conn, caller.scope, message))
    if row is None:
        raise not_found()
    written = (await form_of(request)).get("note", "").strip()[:REMARK_LENGTH_MAX]

    def see_to(conn: Any) -> None:
        if dismiss(conn, caller.scope, message, actor=caller.actor, now=now) and written:
            note(conn, message, NOTED, as_written(written), at=now, actor=caller.actor)

    await hub.database.write(see_to)
    return see_other(message_page_of(message, said="dealt-with"))


def _counted(found: int) -> str:
    """Return a count as a badge says it; "" for none."""
    return f"{ATTENTION_COUNTED_MAX}+" if found > ATTENTION_COUNTED_MAX else str(found or "")


def _record(shown: Shown, caller: Caller) -> RecordLink | None:
    """Return where the caller reads the record that the document is about."""
    document, pages = shown.document, shown.record
    if document is None or pages is None or not caller.may(pages.permission):
        return None
    below = (pages.address.strip("/"), document.partner, document.subject)
    return RecordLink(url=address(*below, query={"test": "true" if document.test else None}), label=pages.one)
