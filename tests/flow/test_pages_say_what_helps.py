"""The pages of orders and messages offer what helps: of held orders, of rejected answers, of refused envelopes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.overlay import short_numbers
from tests.flow.test_ubl import NORDLYS, ORDER, answers
from tests.flow.test_what_was_not_agreed_is_told import CANCELLATION
from tests.flow.wire import acknowledgement, group, interchange, line, of_kind, one_order, order, transaction
from tests.web.conftest import client_of, session_of

Page = Callable[[str], str]
UBL = ORDER


def _an_hour_later(body: bytes) -> bytes:
    return re.sub(rb"(<cbc:IssueTime>)\d\d", rb"\g<1>23", body)


REJECTED = "Rejected by the partner"


@pytest.fixture
def page(hub: AtWork) -> Page:
    """What an engineer of ours sees at a path."""
    return lambda path: page_in(hub, path)


def page_in(hub: AtWork, path: str) -> str:
    app = create_app(hub.hub)
    token, _ = session_of(hub.hub, "onboarding-engineer")  # type: ignore[arg-type]  # it fits the same protocol

    async def get() -> str:
        async with client_of(app) as client:
            client.cookies.set("hub_session", token)
            got = await client.get(path, headers={"accept": "text/html"})
        assert got.status_code == 200, got.text
        return re.sub(r"\s+", " ", got.text)

    return hub.wait(get())


@pytest.mark.parametrize("purpose", ["01", "04", "05"])
def test_of_a_held_order_one_is_told_to_agree_not_to_have_it_sent_anew(hub: AtWork, page: Page, purpose: str) -> None:
    hub.send(one_order("N-1"))
    got = hub.send(one_order("N-1", 102, purpose=purpose))
    assert got.message.outcome == "held"
    shown = page(f"/messages/{got.message.id}")
    assert "by mail or telephone, what becomes of the order" in shown
    assert "ask them for a new order number" not in shown
    assert "ask the partner to send it anew" not in shown


def test_of_a_document_that_nothing_here_reads_one_is_told_to_agree_by_other_means(hub: AtWork, page: Page) -> None:
    hub.send(one_order("N-1"))
    change = hub.send(
        interchange(
            group(transaction("BCH*04*SA*N-1**1*20261120~", kind="860"), functional="PC", number=102), number=102
        )
    )
    cancellation = hub.send(CANCELLATION, NORDLYS)
    for got in (change, cancellation):
        shown = page(f"/messages/{got.message.id}")
        assert "agree it with the partner by mail or telephone" in shown
        assert "send it anew" not in shown


@pytest.mark.parametrize("purpose", ["01", "04", "05"])
def test_of_what_is_held_about_an_order_that_never_came_its_number_is_free(
    hub: AtWork, page: Page, purpose: str
) -> None:
    got = hub.send(one_order("N-1", purpose=purpose))
    shown = page(f"/messages/{got.message.id}")
    assert "by mail or telephone, what becomes of the order" in shown
    assert "ask the partner to send it anew" not in shown
    assert "ask them for a new order number" not in shown
    assert hub.send(one_order("N-1", 102)).message.outcome == "accepted"


def test_of_what_was_not_understood_the_number_is_free_and_the_page_asks_for_it_anew(hub: AtWork, page: Page) -> None:
    got = hub.send(UBL.replace(b'unitCode="EA"', b'unitCode="QQ"'), NORDLYS)
    assert got.message.outcome == "held"
    shown = page(f"/messages/{got.message.id}")
    assert "ask the partner to send it anew, put right" in shown
    assert "new control number" not in shown
    assert "held as a copy" not in shown
    assert hub.send(UBL, NORDLYS).message.outcome in ("accepted", "changed")


def test_of_an_order_that_came_twice_the_page_says_that_its_number_is_taken(hub: AtWork, page: Page) -> None:
    hub.send(UBL, NORDLYS)
    got = hub.send(_an_hour_later(UBL), NORDLYS)
    assert got.message.outcome == "duplicate"
    shown = page(f"/messages/{got.message.id}")
    assert "ask them for a new order number" in shown
    assert "send it anew" not in shown


def test_of_other_content_under_a_number_that_was_taken_the_page_asks_for_a_number_of_its_own(
    hub: AtWork, page: Page
) -> None:
    hub.send(UBL, NORDLYS)
    got = hub.send(UBL.replace(b">400<", b">500<"), NORDLYS)
    assert got.message.outcome == "quarantined"
    assert "send the second under a number of its own" in page(f"/messages/{got.message.id}")


def test_an_order_that_waits_and_was_told_so_has_heard_of_what_it_asks_for(hub: AtWork, page: Page) -> None:
    got = hub.send(UBL.replace(b"5560001234", b"5560009999"), NORDLYS)
    assert got.message.outcome == "held"
    assert len(answers(hub, got.message.id, "OrderResponse")) == 1
    shown = page(f"/messages/{got.message.id}")
    assert "has heard nothing yet" not in shown
    assert "says of its syntax alone" not in shown


def test_of_a_rejected_set_one_is_told_to_have_it_sent_anew(hub: AtWork, page: Page) -> None:
    body = order("N-1").replace("*100*EA", "*+1*EA", 1)
    got = hub.send(interchange(group(transaction(body))))
    shown = page(f"/messages/{got.message.id}")
    assert "ask the partner to send it anew" in shown
    assert "ask them for a new order number" not in shown


def test_an_order_refused_for_what_it_asks_was_read_and_is_one_link_away(hub: AtWork, page: Page) -> None:
    got = hub.send(one_order("N-1", lines=line(10, item="BP*AC-9999")))
    assert got.message.outcome == "refused"
    shown = page(f"/messages/{got.message.id}")
    assert "(unread)" not in shown
    assert "Open the order, line by line" in shown
    assert "Line refused" in page("/orders/acme-cardio/N-1") + shown


def test_a_set_refused_for_how_it_is_written_was_not_read(hub: AtWork, page: Page) -> None:
    got = hub.send(interchange(group(transaction(order("N-1").replace("*100*EA", "*+1*EA", 1)))))
    shown = page(f"/messages/{got.message.id}")
    assert "(unread)" in shown
    assert "Open the order, line by line" not in shown
    assert "Element rejected" in shown


def test_a_held_order_points_to_the_ways_out_until_it_is_dealt_with(hub: AtWork, page: Page) -> None:
    lines = "PO1*10*250*EA*1.875*PE*BP*AC-1002*EC*A~"
    dated = order("N-1", lines=lines).replace("CUR*BY*USD~", "CUR*BY*USD~DTM*001*20261201~")
    got = hub.send(interchange(group(transaction(dated))))
    assert got.message.outcome == "held"
    assert "What you can do stands with its message" in page("/orders/acme-cardio/N-1")
    hub.dealt_with(got.message.id)
    shown = page("/orders/acme-cardio/N-1")
    assert "What you can do stands with its message" not in shown
    assert "a person has dealt with it" in shown


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("A", "Acknowledged"), ("E", "Acknowledged with errors"), ("P", "Partly acknowledged"), ("R", REJECTED)],
)
def test_order_answer_and_acknowledgement_name_each_other(hub: AtWork, page: Page, verdict: str, words: str) -> None:
    got = hub.send(one_order("N-1"))
    (ours,) = of_kind(hub.answers(got.message.id), "855")
    told = hub.send(acknowledgement(int(ours.one("GS")[6]), verdict=verdict))

    of_order = page("/orders/acme-cardio/N-1")
    assert f"/messages/{told.message.id}" in of_order
    assert words in of_order

    of_theirs = page(f"/messages/{told.message.id}")
    assert f'href="/messages/{ours.message}"' in of_theirs
    assert "N-1" in of_theirs

    of_ours = page(f"/messages/{ours.message}")
    asked = verdict in "PR"
    assert ("would be rejected again" in of_ours) == asked
    assert "If it did not arrive" not in of_ours
    if verdict == "R":
        assert 'class="dot dot-good"' not in of_ours


@pytest.mark.parametrize(("usage", "test"), [("X", False), (" ", False), ("p", False), ("T", True)])
def test_what_was_refused_whole_is_no_test_unless_it_says_so(hub: AtWork, usage: str, test: bool) -> None:
    got = hub.send(one_order("N-1", usage=usage))
    assert got.message.test == test
    assert all(document.test == test for document in got.documents)


def test_the_page_of_an_order_says_that_its_answer_is_owed_and_what_others_were_told(
    tmp_path: Path, hub_with: Callable[[Path], AtWork]
) -> None:
    short_numbers(tmp_path)
    hub = hub_with(tmp_path)
    hub.send(one_order("4500098123-LONG"))
    shown = page_in(hub, "/orders/acme-cardio/4500098123-LONG")
    assert "could not be written, owed" in shown
    for message in hub.waiting("plant-erp"):
        assert f'href="/messages/{message}"' in shown


def test_what_the_plant_was_told_is_one_link_from_the_order(hub: AtWork, page: Page) -> None:
    hub.send(one_order("N-1"))
    shown = page("/orders/acme-cardio/N-1")
    [told] = hub.waiting("plant-erp")
    assert f'href="/messages/{told}"' in shown
    assert "could not be written, owed" not in shown
