"""The ways out that a page offers exist: of a held order, of a rejected answer, and what the customer said of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.exchange.model import Acknowledgement, MessageDetail, MessageRow, StageTime, TimelineEntry
from hub.formats.x12 import acknowledgement_codes
from hub.kernel.sentence import as_written
from hub.web.pages.steps import steps_of

AT = datetime(2026, 11, 29, tzinfo=UTC)
TABLES = {name: getattr(acknowledgement_codes, name) for name in ("INTERCHANGE", "GROUP", "SET", "SEGMENT", "ELEMENT")}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_no_remedy_asks_to_send_anew_what_can_only_be_sent_the_same(name: str) -> None:
    for _, remedy in TABLES[name].values():
        assert "send it anew" not in remedy
        assert "what is said of its segments" not in remedy


@pytest.mark.parametrize(
    ("acknowledgement", "tone", "title"),
    [("rejected", "bad", "Rejected by the partner"), ("partly", "warn", "Partly acknowledged"),
     ("accepted", "good", "Acknowledged")],
)  # fmt: skip
def test_what_was_rejected_is_not_acknowledged_in_green(
    acknowledgement: Acknowledgement, tone: str, title: str
) -> None:
    row = MessageRow(
        id="1", partner="acme-cardio", direction="out", received_at=AT, stage="finished", validation="valid",
        delivery="delivered", acknowledgement=acknowledgement,
    )  # fmt: skip
    said = TimelineEntry(at=AT, event="acknowledged", text=as_written("said"), actor="partner:acme-cardio")
    steps = steps_of(MessageDetail(message=row, stages=[StageTime(stage="finished", at=AT)], timeline=[said]))
    assert (steps[-1].title, steps[-1].tone) == (title, tone)
    if acknowledgement == "rejected":
        assert "good" not in {step.tone for step in steps}
