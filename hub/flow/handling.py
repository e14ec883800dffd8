"""A document is handled by its room, and what answers it is written before anything of it counts.

What cannot be said is no promise: where the answer to its sender cannot be written, all that the room did is undone,
and the room holds the document for a person instead. Nobody is told anything then, its sender no more than others.
Processed again, once the map is mended or the order agreed otherwise, all of it is said, and once.
"""

from __future__ import annotations

from msgspec.structs import replace

from hub.business.room import Arrived
from hub.canonical.result import Result
from hub.flow.drafts import Draft
from hub.flow.effects import Effects
from hub.flow.rendering import Unsaid, withheld, written
from hub.flow.rooms import Handler


def handled(effects: Effects, handle: Handler, given: Arrived) -> tuple[Result, list[Draft]]:
    """Let a document take effect, and return what became of it, with all that is due written."""
    sender = given.partner.id
    try:
        with effects.conn.begin_nested():
            return written(effects.rules, handle(effects, given), sender)
    except Unsaid as fault:
        held = handle(effects, replace(given, unsaid=fault.why))
        return withheld(held, fault), []
