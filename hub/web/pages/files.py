"""Files of folders that were set aside: who dropped them, what they are called, and why nobody took them in."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec.structs import replace

from hub.exchange.refused_files import deal_with_file, list_refused_files
from hub.exchange.tables import REMARK_LENGTH_MAX
from hub.kernel.sentence import Wording, remedy_of
from hub.kernel.struct import Struct
from hub.web.addresses import address
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.pages.message_query import PAGE_ROWS, SEARCH_LENGTH_MAX
from hub.web.pages.page import answer_aside, form_of, is_fragment, see_other
from hub.web.pages.partners import partner_names
from hub.web.policy import people
from hub.web.problems import not_found
from hub.web.reads import reading

FILES = "files-set-aside"
WAITING = "waiting"


class FileQuery(Struct):
    """What the list was asked for, as it stands in the URL."""

    partner: str | None = None
    status: str | None = None
    name: str | None = None  # of the file, or how it begins
    cursor: str | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.partner or self.status or self.name)

    @property
    def first_page(self) -> str:
        return self.page(None)

    def page(self, cursor: str | None) -> str:
        """Return the URL of the same list from ``cursor`` on."""
        return address(
            FILES, query={"partner": self.partner, "status": self.status, "name": self.name, "cursor": cursor}
        )


@get(f"/{FILES}", opt=people("message:read"), include_in_schema=False)
async def file_list(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    name: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Every file that was set aside, newest first; the rows alone when htmx asks for them."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    called = (name or "").strip()[:SEARCH_LENGTH_MAX] or None
    query = FileQuery(
        partner=partner or None,
        status=WAITING if status == WAITING else None,
        name=called,
        cursor=cursor or None,
    )
    waiting = query.status == WAITING
    async with reading(request):
        found = await hub.database.read(
            lambda conn: list_refused_files(
                conn,
                scope,
                partner=query.partner,
                name=query.name,
                waiting=waiting,
                cursor=query.cursor,
                limit=PAGE_ROWS,
            )
        )
    return await answer_aside(
        request,
        "files/rows.html" if is_fragment(request) else "files/list.html",
        query=query,
        page_items=found.items,
        next_url=query.page(found.next) if found.next else None,
        partners=partner_names(hub, scope),
        waiting=WAITING,
        advice=_advice,
        note_length_max=REMARK_LENGTH_MAX,
    )


def _advice(reason: Wording) -> Wording | None:
    """Return what helps where a file was set aside for ``reason``; None where nothing is advised."""
    return replace(reason, advises=True) if remedy_of(reason.key, reason.words) else None


@post(f"/{FILES}/{{file:str}}/dealt-with", opt=people("message:dismiss"), include_in_schema=False)
async def file_dealt_with(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[bytes]:
    """Put down that a person has seen to a file: its sender has been told, or nothing is lost."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    now = hub.clock.now()
    remark = (await form_of(request)).get("note", "").strip()[:REMARK_LENGTH_MAX]
    found = await hub.database.write(
        lambda conn: deal_with_file(conn, caller.scope, file, actor=caller.actor, now=now, remark=remark)
    )
    if not found:
        raise not_found()
    return see_other(address(FILES, query={"said": "file-dealt-with"}))
