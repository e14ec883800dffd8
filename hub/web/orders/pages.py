"""The order list, and one order line by line: ordered, acknowledged, promised, and why."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from hub.business.orders.model import OrderStatus, OrderSummary
from hub.business.orders.pages import FIRST, OrderHead, order_head
from hub.business.orders.store import (
    OrderFilter,
    asking_about,
    filed_under,
    find_orders,
    lines_by_verdict,
    list_orders,
    stands,
)
from hub.exchange.messages import list_messages, waiting_among
from hub.exchange.model import Filters
from hub.kernel.pages import number_of
from hub.kernel.scope import Scope
from hub.kernel.struct import Struct
from hub.web.addresses import address, last_part
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.orders import words as order_words
from hub.web.orders.addresses import order_page as order_page_of
from hub.web.orders.talk import OrderMessages, talk_of
from hub.web.pages.page import answer, answer_aside, is_fragment
from hub.web.pages.partners import partner_names
from hub.web.policy import people
from hub.web.problems import Problem, not_found
from hub.web.reads import reading

PARTS_BEFORE = 2  # orders, the partner: what follows is the number
PAGE_ROWS = 50
ORDER, NUMBER = "PurchaseOrder", "purchase-order"
HELD: OrderStatus = "held"
IN_PART: OrderStatus = "changed"
LINES_COUNTED_MAX = 200  # of one order of the list


class OrderQuery(Struct):
    """What the list was asked for, as it stands in the URL."""

    partner: str | None = None
    status: OrderStatus | None = None
    cursor: str | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.partner or self.status)

    @property
    def may_be_unread(self) -> bool:
        """Whether what waits for a person and made no order may be among what is looked for."""
        return self.status in (None, HELD) and not self.cursor

    @property
    def first_page(self) -> str:
        return self.page(None)

    def page(self, cursor: str | None) -> str:
        """Return the URL of the same list from ``cursor`` on."""
        said = {"partner": self.partner, "status": self.status, "cursor": cursor}
        query = urlencode({name: value for name, value in said.items() if value})
        return "/orders" + (f"?{query}" if query else "")


class MessageLink(Struct):
    """A message that waits, and of which no order was made."""

    id: str
    partner: str
    called: str  # the number it names, else its file or its own


def order_url(order: OrderSummary) -> str:
    """Return where ``order`` is shown."""
    return order_page_of(order.partner, order.number, **_which(order))


def _which(order: OrderSummary) -> dict[str, str | None]:
    """Return what tells an order from others of its number."""
    return {"release": order.release or None, "test": "true" if order.test else None}


@get("/orders", opt=people("order:read"), include_in_schema=False)
async def order_list(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Orders, newest first; the rows alone when htmx asks for them."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    known: dict[str, OrderStatus] = {word: word for word in get_args(OrderStatus)}
    query = OrderQuery(partner=partner or None, status=known.get(status or ""), cursor=cursor or None)
    wanted = OrderFilter(partner=query.partner, status=query.status)
    async with reading(request):
        found = await hub.database.read(
            lambda conn: list_orders(conn, caller.scope, wanted, after=query.cursor, limit=PAGE_ROWS)
        )
        unread = await hub.database.read(lambda conn: _unread(conn, caller.scope, query))
        verdicts, asked_about = await hub.database.read(lambda conn: _beside(conn, caller.scope, found.items))
    template = "orders/rows.html" if is_fragment(request) else "orders/list.html"
    return await answer_aside(
        request,
        template,
        query=query,
        page_items=found.items,
        next_url=query.page(found.next) if found.next else None,
        unread=unread,
        unread_url=address("messages", query={"document": ORDER, "status": "attention", "partner": query.partner}),
        verdicts=verdicts,
        asked_about=asked_about,
        partners=partner_names(hub, caller.scope),
        order_url=order_url,
    )


def _beside(conn: Any, scope: Scope, orders: list[OrderSummary]) -> tuple[dict[str, dict[str, int]], set[str]]:
    """Return what the list says beside orders: the lines of one taken in part, and which of them somebody asks about.

    Lines are counted of orders that are quickly counted; of a larger one its page says how many were refused.
    """
    in_part = [each.id for each in orders if each.status == IN_PART and each.line_count <= LINES_COUNTED_MAX]
    about = asking_about(conn, [each.id for each in orders]) if orders else []
    waiting = waiting_among(conn, scope, {message for _, message in about}) if about else set[str]()
    named = _named_by_what_waits(conn, scope, orders)
    asked = {order for order, message in about if message in waiting} | named
    return lines_by_verdict(conn, in_part) if in_part else {}, asked


def _named_by_what_waits(conn: Any, scope: Scope, orders: list[OrderSummary]) -> set[str]:
    """Return orders that something names which waits and is filed with none: a cancellation that no map reads."""
    waiting = list_messages(conn, scope, Filters(direction="in", status="attention"), limit=PAGE_ROWS).items
    by_number: dict[tuple[str, str], list[str]] = {}
    for row in waiting:
        for key in row.keys:
            if key.kind == NUMBER:
                by_number.setdefault((row.partner, key.value), []).append(row.id)
    found = set[str]()
    for order in orders:
        naming = by_number.get((order.partner, order.number), [])
        if naming and set(naming) - filed_under(conn, order.partner, order.number, naming):
            found.add(order.id)
    return found


def _unread(conn: Any, scope: Scope, query: OrderQuery) -> list[MessageLink]:
    """Return messages that wait for a person and of which no order was made: they stand in the log alone."""
    if not query.may_be_unread:
        return []
    held = Filters(partner=query.partner, direction="in", document=ORDER, status=HELD)
    waiting = [row for row in list_messages(conn, scope, held, limit=PAGE_ROWS).items if row.attention is not None]
    called = {row.id: [key.value for key in row.keys if key.kind == NUMBER] for row in waiting}
    unread = [row for row in waiting if not any(stands(conn, scope, row.partner, each) for each in called[row.id])]
    return [
        MessageLink(id=row.id, partner=row.partner, called=next(iter(called[row.id]), row.file_name or row.id))
        for row in unread
    ]


@get("/orders/{partner:str}/{number:path}", opt=people("order:read"), include_in_schema=False)
async def order_page(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    number: FromPath[str],
    release: FromQuery[str | None] = None,
    test: FromQuery[bool] = False,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """One order, its lines from ``after`` on; the choice between them when the number stands for several."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    called = last_part(request, PARTS_BEFORE)

    def work(conn: Any) -> tuple[OrderHead, OrderMessages] | list[OrderSummary]:
        found = find_orders(conn, scope, partner, called)
        of_kind = [one for one in found if one.test == test] or found
        meant = [one for one in of_kind if release is None or one.release == release]
        if len(meant) == 1:
            head = order_head(conn, meant[0], lines_from=after)
            return head, talk_of(conn, scope, head)
        return found if meant else []

    try:
        async with reading(request):
            found = await hub.database.read(work)
            if isinstance(found, tuple):
                return await _one(request, *found, after, partner_names(hub, scope).get(partner, partner))
    except ValueError as fault:
        raise Problem(400, "after is no place in the order", code="bad-parameter") from fault
    if not found:
        raise not_found()
    return answer(request, "orders/choose.html", number=called, orders=found, order_url=order_url)


async def _one(
    request: Request[Any, Any, Any], head: OrderHead, talk: OrderMessages, after: str | None, name: str
) -> Response[str]:
    summary = head.summary
    page = partial(order_page_of, summary.partner, summary.number, **_which(summary))
    before = number_of(after)
    return await answer_aside(
        request,
        "orders/detail.html",
        order=head,
        talk=talk,
        order_words=order_words,
        partner_name=name,
        partners=partner_names(request.app.state.hub, caller_of(request).scope),
        previous_url=page(after=str(max(before - FIRST, 0)) if before > FIRST else None) if before else None,
        next_url=page(after=head.lines_next) if head.lines_next else None,
    )
