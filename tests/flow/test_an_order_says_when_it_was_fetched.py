"""The page of an order says when our answer was fetched and confirmed; the log finds it by more than its number."""

from __future__ import annotations

import pytest

from hub.web.app import create_app
from tests.flow.at_work import ACME, AtWork
from tests.flow.test_cxml import MERIDIAN, ORDER, answers
from tests.flow.test_the_plant_hears_what_the_customer_wishes import X12_ORDER
from tests.flow.test_ubl import NORDLYS
from tests.flow.test_ubl import ORDER as UBL_ORDER
from tests.web.conftest import client_of, key_of, session_of


def page_of_order(hub: AtWork, partner: str, number: str) -> str:
    """Return what an account manager sees of an order."""

    async def look() -> str:
        async with client_of(create_app(hub.hub)) as client:
            client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            return (await client.get(f"/orders/{partner}/{number}")).text

    return hub.wait(look())


def test_the_history_says_when_the_answer_was_fetched_and_confirmed(hub: AtWork) -> None:
    [answer] = answers(hub, hub.send(ORDER, MERIDIAN).message.id)

    async def fetch_and_look() -> list[str]:
        pages = []
        async with client_of(create_app(hub.hub)) as client:
            key = {"authorization": f"Bearer {key_of(hub.hub, MERIDIAN)}"}
            client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            pages.append((await client.get(f"/orders/{MERIDIAN}/MC-4500071")).text)
            assert (await client.get(f"/outbound/{MERIDIAN}/{answer.message}", headers=key)).status_code == 200
            pages.append((await client.get(f"/orders/{MERIDIAN}/MC-4500071")).text)
            await client.post(f"/outbound/{MERIDIAN}/{answer.message}/received", headers=key)
            pages.append((await client.get(f"/orders/{MERIDIAN}/MC-4500071")).text)
        return pages

    sent, fetched, confirmed = hub.wait(fetch_and_look())
    by = "by Meridian Catheter, Inc."
    assert [(f"Fetched {by}" in page, f"Confirmed {by}" in page) for page in (sent, fetched, confirmed)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("partner", "body", "number"),
    [
        (MERIDIAN, ORDER, "REQ-20931"),
        (MERIDIAN, ORDER, "PX-31 steerable sheath"),
        (NORDLYS, UBL_ORDER, "4000001000005"),
    ],
    ids=["requisition", "project", "GLN"],
)
def test_an_order_is_found_by_what_else_people_call_it(hub: AtWork, partner: str, body: bytes, number: str) -> None:
    got = hub.send(body, partner)
    assert got.message.id in [message for _, message in hub.found(number)]


@pytest.mark.parametrize(
    ("partner", "body", "number", "said"),
    [
        (
            ACME,
            X12_ORDER,
            "4500098123",
            ["Acme DC Memphis", "38118 Memphis", "PRJ-771", "45 days net", "CoC and"],
        ),
        (MERIDIAN, ORDER, "MC-4500071", ["REQ-20931", "PX-31 steerable sheath", "Pouched in tens, please."]),
        (NORDLYS, UBL_ORDER, "NL-2026-10077", ["7350000000020", "Hamnvägen 12", "Umeå", "Ingrid Lund"]),
    ],
    ids=["X12", "cXML", "UBL"],
)
def test_the_page_of_an_order_shows_where_it_goes_its_notes_and_its_terms(
    hub: AtWork, partner: str, body: bytes, number: str, said: list[str]
) -> None:
    hub.send(body, partner)
    page = page_of_order(hub, partner, number)
    assert [each for each in said if each not in page] == []
    if partner == NORDLYS:
        assert "Requisition" not in page


def test_an_item_we_do_not_know_is_called_as_the_customer_describes_it(hub: AtWork) -> None:
    hub.send(ORDER.replace(b"MC-10427", b"MC-99999").replace(b"HB-27-PEBA", b"HB-99"), MERIDIAN)
    assert hub.order("MC-4500071", MERIDIAN).lines[0].line.name == "Catheter hub, PEBA, 2.7 F"


def test_each_part_of_a_line_says_what_its_own_day_rests_on(hub: AtWork) -> None:
    hub.send(X12_ORDER.replace(b"20270115", b"20270601"), ACME)
    page = page_of_order(hub, ACME, "4500098123")
    assert "Jan 4, 2027: rests on the item&#39;s lead time" in page
    assert "Jun 1, 2027: rests on the requested date" in page
