"""``/api/v1/orders``: orders as they stand, line by line. A key sees its partner's own, in partners' words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery

from hub.business.orders import pages
from hub.business.orders.model import OrderPage, OrderStatus, OrderSummary
from hub.business.orders.pages import (
    LINE_PARTS,
    ORDER_PARTS,
    LinePartName,
    OrderPart,
    find_order,
    order_head,
)
from hub.business.orders.store import OrderFilter, find_orders, list_orders
from hub.kernel.pages import POSITION_MAX, Cut
from hub.web.addresses import last_part
from hub.web.api.answers import LIMIT_DEFAULT, Limit, as_told, found_in_scope, list_told
from hub.web.api.describe import READ_FAULTS, faults
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.orders.partner_types import PartnerEntryList, PartnerLineList, PartnerOrder
from hub.web.orders.state import EntryList, LineList, OrderView, line_view, order_view
from hub.web.orders.talk import conversation_of
from hub.web.policy import both
from hub.web.problems import not_found
from hub.web.reads import reading

TAGS = ["Orders"]
FAULTS = {**READ_FAULTS, **faults(400, 429)}
PARTS_BEFORE = 4  # api, v1, orders, the partner: what follows is the number
T = TypeVar("T")


@get(
    "/api/v1/orders",
    opt=both("order:read"),
    responses={200: ResponseSpec(OrderPage, description="Newest first"), **FAULTS},
    tags=TAGS,
)
async def orders(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    number: FromQuery[str | None] = None,
    status: FromQuery[OrderStatus | None] = None,
    item: FromQuery[str | None] = None,
    test: FromQuery[bool | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """Orders, newest first. ``number`` is how it begins; ``item`` is our number, on any of its lines."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    wanted = OrderFilter(partner=partner, number=number, status=status, item=item, test=test)
    async with reading(request):
        page = await hub.database.read(lambda conn: list_orders(conn, scope, wanted, after=cursor, limit=limit))
        return await list_told(request, Cut(items=page.items, next=page.next))


@get(
    "/api/v1/orders/{partner:str}/{number:path}",
    opt=both("order:read"),
    responses={200: ResponseSpec(PartnerOrder | OrderView, description="The order"), **FAULTS},
    tags=TAGS,
)
async def order(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    number: FromPath[str],
    release: FromQuery[str | None] = None,
    test: FromQuery[bool | None] = None,
) -> Response[bytes]:
    """The order of that number, quoted whole (``/`` as ``%2F``), with the first of its lines; the list of the orders
    when it stands for several and ``release`` does not say which. ``more`` says where the lists of it are whole."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    called = last_part(request, PARTS_BEFORE)

    def work(conn: Any) -> OrderView | list[OrderSummary]:
        found = find_orders(conn, scope, partner, called)
        meant = [one for one in found if release in (None, one.release) and test in (None, one.test)]
        if len(meant) != 1:
            return meant
        head = order_head(conn, meant[0])
        return order_view(head, conversation_of(conn, scope, head))

    async with reading(request):
        found = await hub.database.read(work)
        if isinstance(found, OrderView):
            return await as_told(request, found)
        if not found:
            raise not_found()
        return await list_told(request, Cut(items=found))


@get(
    "/api/v1/order-by-id/{order:str}/lines",
    opt=both("order:read"),
    responses={200: ResponseSpec(PartnerLineList | LineList, description="In the order's order"), **FAULTS},
    tags=TAGS,
)
async def order_lines(
    request: Request[Any, Any, Any],
    order: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """The lines of an order, each with the first of its schedules, promises, requirements, notes and reasons."""
    async with reading(request):
        page = await _page(request, order, lambda conn, _: pages.lines(conn, order, cursor=cursor, limit=limit))
        return await list_told(request, Cut(items=[line_view(order, each) for each in page.items], next=page.next))


@get(
    "/api/v1/order-by-id/{order:str}/lines/{line:int}/{part:str}",
    opt=both("order:read"),
    responses={200: ResponseSpec(PartnerEntryList | EntryList, description="As they stand in the line"), **FAULTS},
    tags=TAGS,
)
async def part_of_line(
    request: Request[Any, Any, Any],
    order: FromPath[str],
    line: FromPath[int],
    part: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """A list of one line: ``part`` is schedules, promises, requirements, notes or reasons; ``line`` its position."""
    if part not in LINE_PARTS or not 0 < line <= POSITION_MAX:
        raise not_found()
    name = cast("LinePartName", part)

    def work(conn: Any, _: OrderSummary) -> Cut[Any]:
        return pages.part_of_line(conn, order, line, name, cursor=cursor, limit=limit)

    async with reading(request):
        return await list_told(request, await _page(request, order, work))


@get(
    "/api/v1/order-by-id/{order:str}/{part:str}",
    opt=both("order:read"),
    responses={200: ResponseSpec(PartnerEntryList | EntryList, description="Oldest first, or as ordered"), **FAULTS},
    tags=TAGS,
)
async def part_of_order(
    request: Request[Any, Any, Any],
    order: FromPath[str],
    part: FromPath[str],
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """Another list of an order: ``part`` is documents, history, requirements, notes or reasons."""
    if part not in ORDER_PARTS:
        raise not_found()
    name = cast("OrderPart", part)

    def work(conn: Any, found: OrderSummary) -> Cut[Any]:
        return pages.part_of_order(conn, found, name, cursor=cursor, limit=limit)

    async with reading(request):
        return await list_told(request, await _page(request, order, work))


async def _page(request: Request[Any, Any, Any], order: str, work: Callable[[Any, OrderSummary], Cut[T]]) -> Cut[T]:
    """Return what ``work`` finds of the order, if the caller may see it."""
    scope = caller_of(request).scope

    def seen(conn: Any) -> Cut[T] | None:
        summary = find_order(conn, scope, order)
        return None if summary is None else work(conn, summary)

    return await found_in_scope(request, seen)
