"""Where the head of every page leads: the log first, then what rooms have, then what the hub itself has."""

from __future__ import annotations

from hub.business.room import Pages
from hub.business.rooms import ROOMS
from hub.web.languages import N_

NAVIGATION = (
    ("/messages", N_("Messages"), "message:read"),
    *((room.pages.address, room.pages.label, room.pages.permission) for room in ROOMS if room.pages),
    ("/partners", N_("Partners"), "partner:read"),
)
"""Address, label, and the permission of those it is shown to."""

PAGES_OF: dict[str, Pages] = {document: room.pages for room in ROOMS if room.pages for document in room.documents}
"""Where people read the record that a canonical document is about."""
