"""An order that was held because nobody could read it whole leads nowhere that is not there, and is not overlooked."""

from __future__ import annotations

import re
from html import unescape

import pytest

from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.test_cxml import MERIDIAN
from tests.flow.test_cxml import ORDER as CXML_ORDER
from tests.flow.test_ubl import NORDLYS, ORDER
from tests.flow.wire import one_order
from tests.web.conftest import client_of, session_of

UNREAD = {
    NORDLYS: ORDER.replace(b'unitCode="EA"', b'unitCode="ZZZ"'),
    MERIDIAN: CXML_ORDER.replace(b"<UnitOfMeasure>EA<", b"<UnitOfMeasure>ZZZ<"),
}
WAITS = "1 message waits for a person, and no order was made of it"


def pages(hub: AtWork, *addresses: str) -> list[tuple[int, str]]:
    """Return status and text of pages, as an account manager reads them."""

    async def get() -> list[tuple[int, str]]:
        async with client_of(create_app(hub.hub)) as client:
            client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            client.headers["accept"] = "text/html"
            got = [await client.get(address) for address in addresses]
            return [(each.status_code, unescape(each.text)) for each in got]

    return hub.wait(get())


@pytest.mark.parametrize("partner", UNREAD)
def test_a_message_of_which_no_order_was_made_offers_no_order(hub: AtWork, partner: str) -> None:
    held = hub.send(UNREAD[partner], partner)
    assert held.message.outcome == "held"
    assert hub.orders() == []
    [(_, page)] = pages(hub, f"/messages/{held.message.id}")
    assert "Open the order, line by line" not in page


def test_every_order_that_a_message_offers_is_there(hub: AtWork) -> None:
    got = hub.send(ORDER, NORDLYS)
    everything = [got.message.id, *(answer.message for answer in hub.answers(got.message.id))]
    shown = pages(hub, *(f"/messages/{each}" for each in everything))
    offered = [re.search(r'href="(/orders/[^"]+)"', page) for _, page in shown]
    assert len([each for each in offered if each]) == 2, "the order, and our answer to it"
    assert {status for status, _ in pages(hub, *(each[1] for each in offered if each))} == {200}


@pytest.mark.parametrize("partner", UNREAD)
@pytest.mark.parametrize("query", ["?status=held", "", "?status=held&partner={partner}"])
def test_the_list_of_orders_tells_of_one_that_waits_unread(hub: AtWork, partner: str, query: str) -> None:
    held = hub.send(UNREAD[partner], partner)
    [(_, page)] = pages(hub, "/orders" + query.format(partner=partner))
    assert WAITS in page
    assert "No order fits" not in page
    notice = page[page.index(WAITS) :]
    link = re.search(r'href="(/messages[^"]+)"', notice)
    assert link is not None
    assert link[1] == f"/messages/{held.message.id}#ways"


def test_the_list_of_orders_leads_to_the_log_where_more_wait_than_it_names(hub: AtWork) -> None:
    for number in range(7):
        hub.send(one_order(f"N-{number}", 101 + number, purpose="01"))
    [(_, page)] = pages(hub, "/orders")
    assert "7 messages wait for a person, and no order was made of them" in page
    link = re.search(r'href="(/messages\?[^"]+)"', page)
    assert link is not None
    [(_, log)] = pages(hub, link[1])
    assert all(f"N-{number}" in log for number in range(7))


def test_the_list_of_orders_tells_of_no_other(hub: AtWork) -> None:
    held = hub.send(UNREAD[NORDLYS], NORDLYS)
    elsewhere = pages(hub, "/orders?status=accepted", f"/orders?status=held&partner={MERIDIAN}")
    assert [WAITS in page for _, page in elsewhere] == [False, False]
    hub.dealt_with(held.message.id)
    [(_, page)] = pages(hub, "/orders?status=held")
    assert WAITS not in page
    assert "No order fits" in page
