"""``/api/v1/orders``: orders as they stand, line by line. A partner's key sees that partner's own."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from hub.business.orders.model import OrderDetail, OrderPage, Outcome
from hub.business.orders.store import OrderFilter, list_orders, order_details
from hub.web.api.answers import LIMIT_DEFAULT, LIMIT_MAX, as_json
from hub.web.api.describe import READ_FAULTS
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.policy import both
from hub.web.problems import not_found

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX)]


@get(
    "/api/v1/orders",
    opt=both("order:read"),
    responses={200: ResponseSpec(OrderPage, description="Newest first"), **READ_FAULTS},
    tags=["Orders"],
)
async def orders(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    number: FromQuery[str | None] = None,
    status: FromQuery[Outcome | None] = None,
    item: FromQuery[str | None] = None,
    test: FromQuery[bool | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = LIMIT_DEFAULT,
) -> Response[bytes]:
    """Orders, newest first. ``number`` is how it begins; ``item`` is our number, on any of its lines."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    wanted = OrderFilter(partner=partner, number=number, status=status, item=item, test=test)
    page = await hub.database.read(lambda conn: list_orders(conn, scope, wanted, after=cursor, limit=limit))
    return as_json(page)


@get(
    "/api/v1/orders/{partner:str}/{number:path}",
    opt=both("order:read"),
    responses={200: ResponseSpec(OrderDetail, description="The order"), **READ_FAULTS},
    tags=["Orders"],
)
async def order(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    number: FromPath[str],
    release: FromQuery[str | None] = None,
    test: FromQuery[bool | None] = None,
) -> Response[bytes]:
    """The order of that number; the list of them when it stands for several and ``release`` does not say which."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    called = str(number).lstrip("/")
    found = await hub.database.read(lambda conn: order_details(conn, scope, partner, called))
    meant = [
        one
        for one in found
        if (release is None or one.summary.release == release) and (test is None or one.summary.test == test)
    ]
    if not meant:
        raise not_found()
    return as_json(meant[0] if len(meant) == 1 else {"items": meant, "next": None})
