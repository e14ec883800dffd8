"""The mailbox: what waits is listed, fetched as often as need be, and gone once the partner says so."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.web.samples import ORDER, answer, receive
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio


@pytest.fixture
def waiting(hub: SmallHub) -> str:
    now = hub.clock.now()
    order = receive(hub, ORDER, now - timedelta(minutes=1), "4500098123", 101)
    return answer(hub, order, "855", "OrderAcknowledgement", now, 1, order="4500098123")


async def test_what_waits_is_listed_and_fetched_until_it_is_received(acme: httpx.AsyncClient, waiting: str) -> None:
    listed = (await acme.get("/outbound/acme-cardio")).json()
    assert [item["id"] for item in listed["items"]] == [waiting]
    assert listed["next"] is None
    assert listed["items"][0]["wire"] == "855"
    first = await acme.get(f"/outbound/acme-cardio/{waiting}")
    again = await acme.get(f"/outbound/acme-cardio/{waiting}")
    assert first.content == again.content
    assert first.content.startswith(b"ISA*")
    assert (
        first.headers["content-disposition"] == f'attachment; filename="{listed["items"][0]["file_name"] or waiting}"'
    )
    for _ in range(2):
        done = await acme.post(f"/outbound/acme-cardio/{waiting}/received")
        assert done.status_code == 200
    assert (await acme.get("/outbound/acme-cardio")).json() == {"items": [], "next": None}


async def test_a_refusal_is_kept_and_cannot_be_turned_into_its_opposite(acme: httpx.AsyncClient, waiting: str) -> None:
    url = f"/outbound/acme-cardio/{waiting}/received"
    refused = await acme.post(url, json={"verdict": "refuse", "reason": "wrong price"})
    assert refused.status_code == 200
    assert (await acme.post(url, json={"verdict": "approve"})).status_code == 409
    state = (await acme.get(f"/api/v1/messages/{waiting}")).json()
    assert state["delivery_state"]["verdict"] == "refuse"
    assert state["delivery_state"]["verdict_reason"] == "wrong price"
    assert state["attention"]


async def test_a_reason_forges_no_line_wherever_it_is_shown(acme: httpx.AsyncClient, waiting: str) -> None:
    theirs = "price\n2026-11-30 10:00:00  applied \u202eeerf"
    url = f"/outbound/acme-cardio/{waiting}/received"
    assert (await acme.post(url, json={"verdict": "refuse", "reason": theirs})).status_code == 200
    state = (await acme.get(f"/api/v1/messages/{waiting}")).json()
    assert state["delivery_state"]["verdict_reason"] == "price␊2026-11-30 10:00:00  applied \\u202eeerf"


async def test_a_body_that_is_no_verdict_is_refused(acme: httpx.AsyncClient, waiting: str) -> None:
    refused = await acme.post(f"/outbound/acme-cardio/{waiting}/received", json={"verdict": "perhaps"})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"].startswith("verdict: Invalid enum value 'perhaps'")


async def test_a_verdict_stands_when_the_message_is_sent_again(
    hub: SmallHub, acme: httpx.AsyncClient, engineer: httpx.AsyncClient, waiting: str
) -> None:
    url = f"/outbound/acme-cardio/{waiting}/received"
    assert (await acme.post(url, json={"verdict": "approve"})).status_code == 200
    await engineer.post(f"/messages/{waiting}/resend")
    listed = (await acme.get("/outbound/acme-cardio")).json()
    assert [item["id"] for item in listed["items"]] == [waiting]
    assert (await acme.post(url, json={"verdict": "refuse"})).status_code == 409
    assert (await acme.post(url)).status_code == 200
    state = (await acme.get(f"/api/v1/messages/{waiting}")).json()["delivery_state"]
    assert (state["verdict"], [each["state"] for each in state["earlier"]]) == ("approve", ["delivered"])
    page = await engineer.get(f"/messages/{waiting}")
    assert page.text.count("confirmed by the partner") == 1, "before it was sent again"
    assert page.text.count("Approved by the partner</span>") == 2, "by the title, and with its delivery"
