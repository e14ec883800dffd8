"""The page of an order and the API show all that was said of it in the order of time: acknowledgements of both sides,
and what the plant was told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.exchange.messages import dismiss
from hub.exchange.recording import note
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import as_written
from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.test_an_order_says_when_it_was_fetched import page_of_order
from tests.flow.test_found_by_its_number import SAMPLES
from tests.flow.test_ubl import NORDLYS
from tests.flow.test_ubl import ORDER as UBL_ORDER
from tests.flow.test_what_was_not_agreed_is_told import CANCELLATION
from tests.flow.wire import acknowledgement, group, interchange, line, one_order, order, transaction
from tests.web.conftest import client_of, key_of, session_of

ACME, PLANT = "acme-cardio", "plant-erp"
ENTRY = re.compile(r'<a href="/messages/([^"]+)">([^<]+)</a>(?:<span class="tag">([^<]+)</span>)?')
RECEIPTS = {
    "acme-cardio": "997",
    "borealis-ortho": "999",
    "helix-diagnostics": "acknowledgement",
    "meridian-cath": "StatusUpdateRequest",
    "nordlys-implants": "ApplicationResponse",
    "summit-surgical": "Acknowledgement",
}


def page_at(hub: AtWork, path: str) -> str:
    """Return what an account manager sees at a path."""

    async def look() -> str:
        async with client_of(create_app(hub.hub)) as client:
            client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            return (await client.get(path, headers={"accept": "text/html"})).text

    return hub.wait(look())


def deal_with(hub: AtWork, message: str, remark: str) -> None:
    """Take a message from the head of the log, as a person does on its page."""
    now, actor = hub.clock.now(), "person:ada"

    def see_to(conn: Connection) -> None:
        assert dismiss(conn, EVERYONE, message, actor=actor, now=now)
        note(conn, message, "noted", as_written(remark), at=now, actor=actor)

    hub.hub.database.write_now(see_to)


def conversation(page: str) -> list[tuple[str, str]]:
    """Return what stands in the conversation on the page of an order: whose it is, and its name on the wire."""
    part = page[page.index('id="conversation"') : page.index('id="history"')]
    return [(title, wire) for _, title, wire in ENTRY.findall(part)]


@pytest.mark.parametrize("partner", RECEIPTS)
def test_our_acknowledgement_stands_in_the_conversation_of_every_dialect(hub: AtWork, partner: str) -> None:
    got = hub.send(SAMPLES[partner].read_bytes(), partner)
    [number] = [row.subject for row in got.documents if row.subject]
    assert ("Our acknowledgement", RECEIPTS[partner]) in conversation(page_of_order(hub, partner, number))


def test_the_conversation_stands_in_the_order_of_time_with_what_they_say_of_our_answer(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    hub.clock.advance(timedelta(minutes=5))
    hub.send(acknowledgement(1))
    hub.clock.advance(timedelta(minutes=5))
    hub.send(one_order("4500098123", 102))
    said = conversation(page_of_order(hub, ACME, "4500098123"))
    assert [title for title, _ in said] == [
        "The order",
        "Our answer",
        "Told to Plant ERP",
        "Our acknowledgement",
        "Their acknowledgement of our answer",
        "The same order once more",
        "Our acknowledgement",
    ]
    assert [wire for _, wire in said] == ["850", "855", "", "997", "997", "850", "997"]


def test_a_cancellation_that_nobody_handled_stands_on_top_of_its_order_until_a_person_has_dealt_with_it(
    hub: AtWork,
) -> None:
    hub.send(UBL_ORDER, NORDLYS)
    hub.clock.advance(timedelta(minutes=5))
    got = hub.send(CANCELLATION, NORDLYS)
    page = page_of_order(hub, NORDLYS, "NL-2026-10077")
    assert conversation(page)[-2:] == [
        ("It names this order, and is no document of it", "OrderCancellation"),
        ("Our acknowledgement", "ApplicationResponse"),
    ]
    assert "OrderCancellation names this order, and nobody has dealt with it." in page
    history = page[page.index('id="history"') :]
    assert f'/messages/{got.message.id}">Nordlys Implants AB sent what names this order' in history
    now = hub.clock.now()
    hub.hub.database.write_now(lambda conn: dismiss(conn, EVERYONE, got.message.id, actor="person:ada", now=now))
    page = page_of_order(hub, NORDLYS, "NL-2026-10077")
    assert "nobody has dealt with it" not in page
    assert ("It names this order, and is no document of it", "OrderCancellation") in conversation(page)


@pytest.mark.parametrize(
    ("purpose", "asked"),
    [("01", "cancel"), ("04", "change"), ("05", "replace")],
)
def test_what_the_customer_asks_about_an_order_stands_on_top_of_it_until_a_person_has_dealt_with_it(
    hub: AtWork, purpose: str, asked: str
) -> None:
    hub.send(one_order("4500098123"))
    hub.clock.advance(timedelta(minutes=5))
    got = hub.send(one_order("4500098123", 102, purpose=purpose))
    page = page_of_order(hub, ACME, "4500098123")
    assert f"The customer asks to {asked} this order, and nobody has dealt with it." in page
    assert (f"It asks to {asked} this order", "850") in conversation(page)
    assert f'/messages/{got.message.id}">The customer asks to {asked} this order' in page[page.index('id="history"') :]
    assert "The customer asks something" in page_at(hub, "/orders")
    deal_with(hub, got.message.id, "agreed by telephone, see letter 7")
    page = page_of_order(hub, ACME, "4500098123")
    assert "nobody has dealt with it" not in page
    talk = page[page.index('id="conversation"') : page.index('id="history"')]
    assert "Dealt with by ada" in talk
    assert "agreed by telephone, see letter 7" in talk
    assert "The customer asks something" not in page_at(hub, "/orders")


def test_a_second_order_under_the_number_stands_on_top_of_the_first_until_a_person_has_dealt_with_it(
    hub: AtWork,
) -> None:
    hub.send(one_order("4500098123"))
    sets = [
        transaction(order("4500098124"), control="0001"),
        transaction(order("4500098123", lines=line(10, quantity="200")), control="0002"),
    ]
    got = hub.send(interchange(group(*sets), number=102))
    page = page_of_order(hub, ACME, "4500098123")
    assert "The customer sent a second order under this number, and nobody has dealt with it." in page
    assert f"/messages/{got.message.id}?document=2#ways" in page
    assert "nobody has dealt with it" not in page_of_order(hub, ACME, "4500098124")


def test_two_orders_of_one_message_under_one_number_both_stand_in_the_conversation(hub: AtWork) -> None:
    sets = [transaction(order("4500098123"), control=f"000{at}") for at in (1, 2)]
    hub.send(interchange(group(*sets)))
    titles = [title for title, _ in conversation(page_of_order(hub, ACME, "4500098123"))]
    assert {"The order", "The same order once more"} <= set(titles)


def test_an_order_that_a_cancellation_names_is_marked_in_the_list(hub: AtWork) -> None:
    hub.send(UBL_ORDER, NORDLYS)
    assert "The customer asks something" not in page_at(hub, "/orders")
    hub.send(CANCELLATION, NORDLYS)
    assert "The customer asks something" in page_at(hub, "/orders")


def test_what_is_owed_for_a_message_that_was_settled_by_hand_is_not_told_as_sent(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    got = hub.send(one_order("4500098123", 102, purpose="01"))
    assert "owed until" in page_at(hub, f"/messages/{got.message.id}")
    deal_with(hub, got.message.id, "by telephone")
    page = page_at(hub, f"/messages/{got.message.id}")
    assert "settled by hand, nothing was sent" in page
    assert "owed, and done" not in page


def test_days_are_said_to_be_of_shipment_or_of_delivery(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    hub.send(one_order("4500098124", 102).replace(b"***002*", b"***010*"))
    delivered, shipped = (page_of_order(hub, ACME, number) for number in ("4500098123", "4500098124"))
    assert re.findall(r'Mar 15, 2027 <span class="muted">(\w+)</span>', delivered) == ["delivery", "delivery"]
    assert re.findall(r'<span class="muted">(shipment|delivery)</span>', shipped)[0] == "shipment"


def test_an_order_taken_in_part_says_how_many_of_its_lines_were_refused(hub: AtWork) -> None:
    hub.send(one_order("4500098123", lines=line(10) + line(20, item="BP*AC-9999")))
    assert hub.order("4500098123").summary.status == "changed"
    for page in (page_of_order(hub, ACME, "4500098123"), page_at(hub, "/orders")):
        assert "1 of 2 lines refused" in page


def test_what_waits_and_made_no_order_is_one_link_away_from_the_list_of_orders(hub: AtWork) -> None:
    got = hub.send(one_order("4500098999", purpose="01"))
    page = page_at(hub, "/orders")
    assert "1 message waits for a person, and no order was made of it:" in page
    assert f'<a href="/messages/{got.message.id}#ways">4500098999</a>' in page


def test_attempts_that_failed_under_the_same_number_stand_in_the_conversation(hub: AtWork) -> None:
    first = hub.send(one_order("4500098123").replace(b"PO1*10*100*", b"PO1*10*1oo*"))
    hub.clock.advance(timedelta(minutes=5))
    second = hub.send(one_order("4500098123", 102).replace(b"*EA*", b"*??*"))
    hub.clock.advance(timedelta(minutes=5))
    hub.send(one_order("14500098123", 104).replace(b"PO1*10*100*", b"PO1*10*1oo*"))
    hub.send(one_order("4500098123", 103))
    said = conversation(page_of_order(hub, ACME, "4500098123"))
    assert {first.message.outcome, second.message.outcome} == {"refused"}
    assert [title for title, _ in said][:5] == [
        "It names this order, and is no document of it",
        "Our acknowledgement",
        "It names this order, and is no document of it",
        "Our acknowledgement",
        "The order",
    ]
    assert len([wire for _, wire in said if wire == "850"]) == 3


def test_an_attempt_that_was_held_stands_in_the_conversation_of_the_order_that_came_after(hub: AtWork) -> None:
    held = hub.send(UBL_ORDER.replace(b'unitCode="EA"', b'unitCode="QQ"', 1), NORDLYS)
    assert held.message.outcome == "held"
    hub.clock.advance(timedelta(minutes=5))
    assert hub.send(UBL_ORDER, NORDLYS).message.outcome == "accepted"
    page = page_of_order(hub, NORDLYS, "NL-2026-10077")
    assert conversation(page)[0] == ("It names this order, and is no document of it", "Order")
    assert "Order names this order, and nobody has dealt with it." in page


def test_an_order_of_another_release_of_the_number_stands_in_its_own_conversation(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    hub.send(one_order("4500098123", 102).replace(b"*4500098123**", b"*4500098123*2*"))
    assert "It names this order" not in page_of_order(hub, ACME, "4500098123")


def orders_of(hub: AtWork, *, as_partner: bool) -> dict[str, Any]:
    """Return an order as the API says it."""

    async def ask() -> dict[str, Any]:
        async with client_of(create_app(hub.hub)) as client:
            if as_partner:
                client.headers["authorization"] = f"Bearer {key_of(hub.hub, ACME)}"
            else:
                client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            found: dict[str, Any] = (await client.get(f"/api/v1/orders/{ACME}/4500098123")).json()
            return found

    return hub.wait(ask())


def test_the_api_names_every_message_of_the_conversation_to_a_person_and_to_a_partner_those_of_his(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    theirs = hub.send(acknowledgement(1)).message.id
    said = orders_of(hub, as_partner=False)["conversation"]
    [notice] = hub.waiting(PLANT)
    assert [each["role"] for each in said] == [
        "order",
        "answer",
        "told",
        "our-acknowledgement",
        "their-acknowledgement",
    ]
    assert [said[0]["message"], said[4]["message"]] == [got.message.id, theirs]
    assert (said[2]["message"], said[2]["partner"]) == (notice, PLANT)
    assert notice not in str(orders_of(hub, as_partner=True))


def test_the_page_of_an_order_says_who_pays_the_freight(hub: AtWork) -> None:
    hub.send(SAMPLES[ACME].read_bytes(), ACME)
    assert "collect: the receiver pays the carrier" in page_of_order(hub, ACME, "4500098123")


def test_every_message_has_its_moment_and_the_history_says_when_the_order_was_answered(hub: AtWork) -> None:
    hub.send(one_order("4500098123"))
    page = page_of_order(hub, ACME, "4500098123")
    talk, history = (
        page[page.index('id="conversation"') : page.index('id="history"')],
        page[page.index('id="history"') :],
    )
    said = [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<time[^>]*>.*?</time>", talk)]
    assert len(said) == len(ENTRY.findall(talk))
    assert all(re.search(r"\d\d:\d\d:\d\d", each) or re.search(r"\d:\d\d:\d\d", each) for each in said), said
    assert re.search(r'<a href="/messages/[^"]+">Answered</a>', history)
