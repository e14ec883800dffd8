"""The rooms that have routes of their own, in one table. What is added here is served."""

from __future__ import annotations

from hub.web.orders.room import ORDERS
from hub.web.room import ShownRoom

SHOWN_ROOMS: tuple[ShownRoom, ...] = (ORDERS,)
