"""What is owed because of a message stands on its page, and a partner's key hears of its own duties alone."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from hub.canonical.result import Cause
from hub.exchange.duties import put_duties
from hub.exchange.model import Debtor, Duty
from tests.web.conftest import client_of, key_of
from tests.web.samples import ORDER, answer, receive
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio

ACME = "acme-cardio"


def owe(hub: SmallHub, message: str, debtor: Debtor, kind: str, reference: str) -> None:
    now = hub.clock.now()
    duty = Duty(
        partner=ACME,
        debtor=debtor,
        kind=kind,
        reference=reference,
        because=Cause(kind="message", id=message),
        due_at=now + timedelta(days=1),
        state="awaited",
    )
    hub.database.write_now(lambda conn: put_duties(conn, [duty]))


async def test_what_we_owe_and_until_when_is_on_the_page_of_what_asked_for_it(
    engineer: httpx.AsyncClient, hub: SmallHub
) -> None:
    order = receive(hub, ORDER, hub.clock.now(), "4500098123", 101, partner=ACME)
    assert "owed until" not in (await engineer.get(f"/messages/{order}")).text
    owe(hub, order, "us", "OrderAcknowledgement", "4500098123")
    page = (await engineer.get(f"/messages/{order}")).text
    assert "owed until" in page


async def test_the_api_lists_what_a_partner_owes_by_its_reference_and_keeps_our_own_clocks(
    app: Litestar, hub: SmallHub
) -> None:
    now = hub.clock.now()
    order = receive(hub, ORDER, now, "4500098123", 101, partner=ACME)
    ours = answer(hub, order, "855", "OrderAcknowledgement", now, 41, partner=ACME)
    owe(hub, ours, "partner", "997", "PR 41")
    owe(hub, order, "us", "OrderAcknowledgement", "4500098123")
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {key_of(hub, ACME)}"
        awaited = (await client.get(f"/api/v1/messages/{ours}/acknowledgements")).json()["items"]
        assert [(each["kind"], each["reference"], each["state"]) for each in awaited] == [("997", "PR 41", "awaited")]
        assert (await client.get(f"/api/v1/messages/{order}")).json()["acknowledgements"] == []
        [envelope] = (await client.get(f"/api/v1/messages/{order}")).json()["envelopes"]
    said = {name: envelope[name] for name in ("kind", "reference", "sender", "usage")}
    assert said == {"kind": "interchange", "reference": "101", "sender": "01:123456789", "usage": "production"}
