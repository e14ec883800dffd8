"""The routes of orders."""

from __future__ import annotations

from hub.web.orders import api, pages
from hub.web.orders.partner_view import TOLD
from hub.web.room import ShownRoom

ORDERS = ShownRoom(
    routes=(
        api.orders,
        api.order,
        api.order_lines,
        api.part_of_line,
        api.part_of_order,
        pages.order_list,
        pages.order_page,
    ),
    told=TOLD,
)
