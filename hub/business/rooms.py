"""Every business room, in one table: what is added here is handled, shown, checked and permitted.

Whatever differs between rooms stands in the room's own declaration (``room.py`` in its folder). Who lists something of
all rooms (documents, words, permissions, navigation, checks) goes through this table and names none of them.
"""

from __future__ import annotations

from hub.business.orders.room import ORDERS
from hub.business.room import Room
from hub.security.policy import Rights

ROOMS: tuple[Room, ...] = (ORDERS,)

RIGHTS = Rights(grant for room in ROOMS for grant in room.grants)
"""What people and keys may do: with the hub itself, and in each room."""
