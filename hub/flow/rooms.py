"""Which room handles which document, from their table. What is about messages instead of business, its syntax does.

What nobody handles waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from hub.business.room import Arrived, Room
from hub.business.rooms import ROOMS
from hub.canonical.result import Result
from hub.flow.effects import Effects
from hub.flow.syntax import Syntax
from hub.kernel.struct import Struct

if TYPE_CHECKING:
    Writes = Struct
else:
    Writes = reduce(or_, (room.writes for room in ROOMS if room.writes is not None))
"""What rooms prepare, as it travels between processes: a union of tagged structs, one of each room."""

ROOM_OF: dict[str, Room] = {document: room for room in ROOMS for document in room.handles}

Handler = Callable[[Effects, Arrived], Result]


def handler_of(document: str | None, syntax: Syntax) -> Handler | None:
    """Return who handles documents of that canonical name; None when nobody does.

    What is about business, a room; what is about messages, the syntax in which it came.
    """
    if document is None:
        return None
    room = ROOM_OF.get(document)
    if room is None:
        return syntax.handles.get(document)
    handle = room.handles[document]

    def handled(effects: Effects, arrived: Arrived) -> Result:
        rules = effects.rules.of_room(room, arrived.partner.id)
        return handle(effects.conn, arrived, rules, effects.answering)

    return handled
