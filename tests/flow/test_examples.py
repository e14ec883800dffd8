"""The interface description shows orders that the hub takes and the answers that it gives to them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.web.api.examples import ANSWERS, ORDERS, answer, order
from hub.web.app import create_app
from tests.flow.at_work import AtWork

PARTNERS = {
    "application/edi-x12": "acme-cardio",
    "application/xml": "summit-surgical",
    "text/xml": "meridian-cath",
    "application/json": "helix-diagnostics",
}
OURS = re.compile(r'SO-\d{6}-[A-Z0-9]{10}|(?<=cXML payloadID=")[^"]+')
"""The number under which we know an order, and that of a payload of ours: others each time."""


@pytest.mark.parametrize("content_type", PARTNERS)
def test_each_order_that_is_shown_is_answered_as_is_shown(hub: AtWork, content_type: str) -> None:
    got = hub.send(order(ORDERS[content_type][0]).encode(), PARTNERS[content_type])
    said = [each for each in hub.answers(got.message.id) if _kind(hub, each.message) == "OrderAcknowledgement"]
    assert [hub.detail(each.message).message.content_type for each in said] == [content_type]
    assert [_ours_aside(each.body.decode()) for each in said] == [_ours_aside(answer(ANSWERS[content_type][0]))]


def test_what_the_plant_is_told_of_the_order_is_shown_too(hub: AtWork) -> None:
    hub.send(order("order.edi").encode(), "acme-cardio")
    [told] = hub.waiting("plant-erp")
    shown = "application/vnd.hub.OrderAcknowledgement+json"
    row = hub.detail(told).message
    body = hub.hub.database.read_now(lambda conn: hub.hub.blobs.get(conn, row.sha256))
    assert row.content_type == shown
    assert _ours_aside(body.decode()) == _ours_aside(answer(ANSWERS[shown][0]))


def test_the_description_of_a_fetch_has_an_answer_for_each_content_type(hub: AtWork) -> None:
    described: Any = create_app(hub.hub).openapi_schema.to_schema()
    content = described["paths"]["/outbound/{partner}/{message}"]["get"]["responses"]["200"]["content"]
    assert set(content) == {*ANSWERS, "*/*"}
    for content_type, (name, _) in ANSWERS.items():
        assert content[content_type]["examples"]["answer"]["value"] == answer(name)


def _kind(hub: AtWork, message: str) -> str | None:
    return hub.detail(message).message.document


def _ours_aside(text: str) -> str:
    return OURS.sub("…", text)
