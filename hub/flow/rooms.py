"""Which room, or which syntax, handles which document, from their tables. What nobody handles waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from hub.business.room import Arrived, Room
from hub.business.rooms import ROOMS
from hub.canonical.result import Result
from hub.flow.effects import Effects
from hub.flow.syntaxes import SYNTAXES
from hub.kernel.struct import Struct

if TYPE_CHECKING:
    Writes = Struct
else:
    Writes = reduce(or_, (room.writes for room in ROOMS if room.writes is not None))
"""What rooms prepare, as it travels between processes: a union of tagged structs, one of each room."""

ROOM_OF: dict[str, Room] = {document: room for room in ROOMS for document in room.handles}

Handler = Callable[[Effects, Arrived], Result]

OF_SYNTAXES: dict[str, Handler] = {name: take for each in SYNTAXES.values() for name, take in each.handles.items()}
"""Documents about messages instead of business: each is taken by the syntax whose messages it is about."""


def handler_of(document: str | None) -> Handler | None:
    """Return who handles documents of that canonical name; None when nobody does."""
    if document is None:
        return None
    room = ROOM_OF.get(document)
    if room is None:
        return OF_SYNTAXES.get(document)
    handle = room.handles[document]

    def handled(effects: Effects, arrived: Arrived) -> Result:
        rules = effects.rules.of_room(room, arrived.partner.id)
        return handle(effects.conn, arrived, rules, effects.answering)

    return handled
