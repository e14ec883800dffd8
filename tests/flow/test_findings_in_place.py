"""What the factory finds in an order is led to where it stands in the customer's own document, in every syntax."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.wire import one_order
from tests.house import CHECKOUT
from tests.web.conftest import client_of, key_of, session_of


def sample(partner: str, name: str) -> bytes:
    return (CHECKOUT / "partners" / partner / "samples" / name).read_bytes()


def changed(body: bytes, was: bytes, now: bytes) -> bytes:
    assert body.count(was) == 1
    return body.replace(was, now)


WRONG_PRICES = {
    "x12": ("acme-cardio", one_order("4500098123").replace(b"12.35", b"99.35"), "PO104"),
    "cxml": (
        "meridian-cath",
        changed(sample("meridian-cath", "order.xml"), b">6.25<", b">9.99<"),
        "/cXML/Request/OrderRequest/ItemOut[2]/ItemDetail/UnitPrice/Money",
    ),
    "ubl": (
        "nordlys-implants",
        changed(sample("nordlys-implants", "order.xml"), b">742.00<", b">999.00<"),
        "/Order/cac:OrderLine[2]/cac:LineItem/cac:Price/cbc:PriceAmount",
    ),
    "json": (
        "helix-diagnostics",
        changed(sample("helix-diagnostics", "order.json"), b"84.00", b"99.00"),
        "/items/1/netPrice",
    ),
}


def got(hub: AtWork, message: str, partner: str) -> tuple[dict[str, Any], str]:
    """Return what the partner's own system is told, and the page of the account manager."""

    async def ask() -> tuple[dict[str, Any], str]:
        async with client_of(create_app(hub.hub)) as client:
            key = {"authorization": f"Bearer {key_of(hub.hub, partner)}"}
            told = (await client.get(f"/api/v1/messages/{message}", headers=key)).json()
            client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            return told, (await client.get(f"/messages/{message}")).text

    return hub.wait(ask())


@pytest.mark.parametrize("syntax", WRONG_PRICES)
def test_a_wrong_price_is_told_at_the_customers_own_element_and_marked_there(hub: AtWork, syntax: str) -> None:
    partner, body, place = WRONG_PRICES[syntax]
    message = hub.send(body, partner).message.id
    told, page = got(hub, message, partner)
    [document] = told["documents"]
    [found] = [each for each in document["findings"] if each["code"] == "BUS-PRICE-OFF-CONTRACT"]
    at = found["location"]
    assert at["path"].endswith(".price")
    assert place in (at["at"], f"{at['tag']}{at['element'] or 0:02d}")
    assert at["line"] or at["segment"]
    [led] = re.findall(
        r'BUS-PRICE-OFF-CONTRACT</code><br>\s*<button type="button" class="place" data-go="([^"]+)"', page
    )
    marked = re.findall(r'data-at="([^"]+)"[^>]*>(?:(?!data-at).)*?faulty', page, re.DOTALL)
    assert led in marked


def test_what_is_missing_is_told_at_the_line_that_lacks_it(hub: AtWork) -> None:
    body = sample("meridian-cath", "order.xml")
    revision = re.findall(rb'\s*<Extrinsic name="Revision">[^<]*</Extrinsic>', body)[-1]
    message = hub.send(revision.join(body.rsplit(revision, 1)).replace(revision, b"", 2), "meridian-cath").message.id
    told, page = got(hub, message, "meridian-cath")
    found = [each for each in told["documents"][0]["findings"] if each["code"] == "BUS-REVISION-MISSING"]
    assert {each["location"]["at"] for each in found} <= {
        f"/cXML/Request/OrderRequest/ItemOut[{number}]" + more for number in (1, 2) for more in ("", "/ItemID")
    }
    assert found
    assert len(re.findall(r"BUS-REVISION-MISSING</code><br>\s*<button", page)) == len(found)


def test_the_lists_of_findings_say_the_places_too(hub: AtWork) -> None:
    partner, body, place = WRONG_PRICES["ubl"]
    message = hub.send(body, partner).message.id

    async def ask() -> list[Any]:
        async with client_of(create_app(hub.hub)) as client:
            key = {"authorization": f"Bearer {key_of(hub.hub, partner)}"}
            below = ("findings", "documents/1/findings", "documents/2/findings")
            return [(await client.get(f"/api/v1/messages/{message}/{each}", headers=key)).json() for each in below]

    whole, first, none = hub.wait(ask())
    for told in (whole, first):
        assert place in [each["location"]["at"] for each in told["items"]]
    assert none["items"] == []
