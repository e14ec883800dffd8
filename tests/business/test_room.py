"""What a room declares about itself is what others ask it for."""

from __future__ import annotations

from dataclasses import replace

from hub.business.room import Pages, Room

BARE = Room(name="tools", handles={}, documents={"ToolReport": "Tool report"})


def test_every_text_that_people_read_of_a_room_is_asked_for_by_the_catalogues() -> None:
    assert list(BARE.texts()) == ["Tool report"]
    pages = Pages(address="/tools", label="Tools", one="Open the tool", permission="tool:read", stands=lambda *_: False)
    whole = replace(
        BARE, keys={"tool": "Tool"}, pages=pages, when_held="Ask the toolmaker.", when_found={"T-1": "Call."}
    )
    assert set(whole.texts()) == {"Tool report", "Tool", "Tools", "Open the tool", "Ask the toolmaker.", "Call."}
