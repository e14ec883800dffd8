"""The order list, and one order line by line: ordered, acknowledged, promised, and why."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from hub.business.orders.model import OrderSummary, Outcome
from hub.business.orders.store import OrderFilter, list_orders, order_details
from hub.kernel.struct import Struct
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.pages.page import answer, is_fragment
from hub.web.pages.partners import partner_names
from hub.web.policy import people
from hub.web.problems import not_found

PAGE_ROWS = 50


class OrderQuery(Struct):
    """What the list was asked for, as it stands in the URL."""

    partner: str | None = None
    status: Outcome | None = None
    cursor: str | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.partner or self.status)

    @property
    def first_page(self) -> str:
        return self.page(None)

    def page(self, cursor: str | None) -> str:
        """Return the URL of the same list from ``cursor`` on."""
        said = {"partner": self.partner, "status": self.status, "cursor": cursor}
        query = urlencode({name: value for name, value in said.items() if value})
        return "/orders" + (f"?{query}" if query else "")


def order_url(order: OrderSummary) -> str:
    """Return where ``order`` is shown."""
    said = {"release": order.release} if order.release else {}
    if order.test:
        said["test"] = "true"
    query = urlencode(said)
    return f"/orders/{quote(order.partner)}/{quote(order.number)}" + (f"?{query}" if query else "")


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
    known = {outcome.value: outcome for outcome in Outcome}
    query = OrderQuery(partner=partner or None, status=known.get(status or ""), cursor=cursor or None)
    wanted = OrderFilter(partner=query.partner, status=query.status)
    found = await hub.database.read(
        lambda conn: list_orders(conn, caller.scope, wanted, after=query.cursor, limit=PAGE_ROWS)
    )
    template = "orders/rows.html" if is_fragment(request) else "orders/list.html"
    return answer(
        request,
        template,
        query=query,
        page_items=found.items,
        next_url=query.page(found.next) if found.next else None,
        partners=partner_names(hub, caller.scope),
        order_url=order_url,
    )


@get("/orders/{partner:str}/{number:path}", opt=people("order:read"), include_in_schema=False)
async def order_page(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    number: FromPath[str],
    release: FromQuery[str | None] = None,
    test: FromQuery[bool] = False,
) -> Response[str]:
    """One order; the choice between them when the number stands for several."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    called = str(number).lstrip("/")
    found = await hub.database.read(lambda conn: order_details(conn, scope, partner, called))
    if not found:
        raise not_found()
    of_kind = [one for one in found if one.summary.test == test] or found
    meant = [one for one in of_kind if release is None or one.summary.release == release]
    if not meant:
        raise not_found()
    if len(meant) > 1:
        orders = [one.summary for one in found]
        return answer(request, "orders/choose.html", number=called, orders=orders, order_url=order_url)
    return answer(
        request, "orders/detail.html", order=meant[0], partner_name=partner_names(hub, scope).get(partner, partner)
    )
