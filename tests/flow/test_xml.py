"""Messages in a customer's own XML, from their bytes to what we answer and what we show of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from hub.exchange.model import MessageDetail
from tests.flow.at_work import AtWork, codes, findings
from tests.flow.dialects import SUMMIT, add_summit, page_of, xml_order
from tests.flow.overlay import change
from tests.flow.wire import one_order

OpenOver = Callable[[Path], AtWork]
NAMESPACE = {"s": "urn:summit-surgical:orders:1"}


@pytest.fixture
def summit(tmp_path: Path, hub_with: OpenOver) -> AtWork:
    add_summit(tmp_path / "config")
    return hub_with(tmp_path / "config")


def answer(hub: AtWork, got: MessageDetail) -> etree._Element:
    """Return our one answer to a message, as XML."""
    [sent] = hub.answers(got.message.id)
    return etree.fromstring(sent.body)


def said(element: etree._Element, path: str) -> list[str]:
    found = element.xpath(path, namespaces=NAMESPACE)
    assert isinstance(found, list)
    return [str(each) for each in found]


def test_an_order_is_answered_in_the_customers_own_xml(summit: AtWork) -> None:
    got = summit.send(xml_order("SU-1"), SUMMIT)
    assert (got.message.validation, got.message.outcome, got.message.syntax) == ("valid", "accepted", "xml")
    assert (got.message.wire, got.message.document, got.message.why) == ("Order", "PurchaseOrder", None)
    told = answer(summit, got)
    assert etree.QName(told).localname == "OrderResponse"
    assert said(told, "s:Header/s:OrderNumber/text()") == ["SU-1"]
    assert said(told, "s:Lines/s:Line/s:Confirmation/@status") == ["CONFIRMED"]
    assert said(told, "s:Lines/s:Line/s:Confirmation/s:Quantity/text()") == ["250"]
    [out] = summit.detail(got.message.id).answers
    assert (out.syntax, out.wire, out.content_type) == ("xml", "OrderResponse", "application/xml")
    assert out.file_name == f"OrderResponse-{out.id}.xml"
    assert (out.acknowledgement, out.delivery) == ("none", "ready")
    assert summit.order("SU-1", SUMMIT).source.message == got.message.id


def test_it_is_found_by_its_order_number_and_so_is_our_answer(summit: AtWork) -> None:
    got = summit.send(xml_order("SU-77"), SUMMIT)
    [out] = summit.detail(got.message.id).answers
    assert summit.found("SU-77") >= {("purchase-order", got.message.id), ("purchase-order", out.id)}


def test_a_faulty_order_says_what_is_wrong_by_path_and_line_and_nothing_of_it_takes_effect(summit: AtWork) -> None:
    got = summit.send(xml_order("SU-2", quantity="many"), SUMMIT)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    [fault] = findings(got)
    assert (fault.code, fault.location.at, fault.location.line) == ("GDE-VALUE-TYPE", "/Order/Lines/Line/Quantity", 16)
    assert str(fault.location) == "line 16 /Order/Lines/Line/Quantity"
    assert fault.remedy
    assert got.message.why == "Rejected: Quantity = 'many' is not a number like 12.50"
    assert summit.orders(SUMMIT, "SU-2") == []
    assert {kind for kind, _ in summit.found("SU-2")} == {"purchase-order"}, "a person who is asked for it finds it"


def test_who_wishes_it_is_told_what_could_be_read_in_its_own_xml_with_place_and_remedy(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    add_summit(tmp_path / "config", acknowledged=True)
    hub = hub_with(tmp_path / "config")
    faulty, sound = hub.send(xml_order("SU-2", quantity="many"), SUMMIT), hub.send(xml_order("SU-3"), SUMMIT)
    assert (faulty.message.acknowledgement, sound.message.acknowledgement) == ("rejected", "accepted")
    told = answer(hub, faulty)
    assert etree.QName(told).localname == "Acknowledgement"
    assert said(told, "s:Result/text()") == ["REJECTED"]
    assert said(told, "s:Document/s:Number/text()") == ["SU-2"]
    assert said(told, "s:Document/s:Fault/s:Path/text()") == ["/Order/Lines/Line/Quantity"]
    assert said(told, "s:Document/s:Fault/s:Line/text()") == ["16"]
    assert said(told, "s:Document/s:Fault/s:Detail/s:Remedy/text()") == ["write a number like 12.50"]
    roots = {etree.QName(etree.fromstring(each.body)).localname for each in hub.answers(sound.message.id)}
    assert roots == {"Acknowledgement", "OrderResponse"}
    hub.replay(faulty.message.id)
    assert len(hub.answers(faulty.message.id)) == 1, "what was told is not told again"


def test_a_way_out_is_chosen_by_the_name_that_the_partners_file_gives_a_document(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    config = tmp_path / "config"
    add_summit(config, acknowledged=True)
    file = config / "partners" / SUMMIT / "partner.toml"
    file.write_text(file.read_text() + '\n[[transports]]\nkind = "folder"\ndocuments = ["order-response"]\n')
    hub = hub_with(config)
    got = hub.send(xml_order("SU-14"), SUMMIT)
    hub.hub.places.prepare([SUMMIT])
    hub.deliver()
    [response] = hub.fetched_folder(SUMMIT)
    assert response.message.startswith("OrderResponse-")
    assert response.message.endswith(".xml")
    assert len(hub.waiting(SUMMIT)) == 1, "the acknowledgement stays in the mailbox"
    assert got.message.outcome == "accepted"


def test_what_is_wrong_with_several_places_is_all_told(summit: AtWork) -> None:
    body = xml_order("SU-3", quantity="many").replace(b"<OrderType>NEW", b"<OrderType>BLUE")
    assert [each.location.line for each in findings(summit.send(body, SUMMIT))] == [5, 16]


def test_the_same_order_in_another_moment_is_made_once(summit: AtWork) -> None:
    first = summit.send(xml_order("SU-4"), SUMMIT)
    summit.later(days=1)
    again = summit.send(xml_order("SU-4") + b"\n", SUMMIT)
    assert (first.message.outcome, again.message.outcome) == ("accepted", "duplicate")
    assert len(summit.orders(SUMMIT, "SU-4")) == 1


def test_who_cancels_under_the_moment_of_the_order_is_understood_as_cancelling(summit: AtWork) -> None:
    ordered = summit.send(xml_order("SU-1"), SUMMIT)
    cancelled = summit.send(xml_order("SU-1").replace(b">NEW<", b">CANCEL<"), SUMMIT)
    assert (ordered.message.outcome, cancelled.message.outcome) == ("accepted", "held")
    assert codes(cancelled) == {"BUS-INSTRUCTION"}
    assert cancelled.message.attention is not None
    again = summit.send(xml_order("SU-1").replace(b">NEW<", b">CANCEL<") + b"\n", SUMMIT)
    assert again.message.outcome == "duplicate"


def test_a_test_partners_order_is_a_test(tmp_path: Path, hub_with: OpenOver) -> None:
    add_summit(tmp_path / "config", usage="T")
    hub = hub_with(tmp_path / "config")
    got = hub.send(xml_order("SU-5"), SUMMIT)
    assert (got.message.outcome, got.message.test) == ("accepted", True)
    assert [each.test for each in hub.detail(got.message.id).answers] == [True]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE Order [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Order>&c;</Order>'
)
UNREADABLE = {
    "an entity bomb": (BOMB, "SYN-XML-DOCTYPE"),
    "an entity from a file": (
        b'<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]><Order>&x;</Order>',
        "SYN-XML-DOCTYPE",
    ),
    "a DOCTYPE alone": (b'<!DOCTYPE Order SYSTEM "http://localhost/order.dtd"><Order/>', "SYN-XML-DOCTYPE"),
    "an entity nobody declared": (xml_order(more="&ha;"), "SYN-XML-BROKEN"),
    "cut in the middle": (xml_order()[:300], "SYN-XML-BROKEN"),
    "100,000 deep": (b"<Order>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</Order>", "SYN-XML-DEPTH"),
    "bytes behind its end": (xml_order() + b"trailing", "SYN-XML-BROKEN"),
    "another document behind its end": (xml_order() + b"<Order/>", "SYN-XML-MANY"),
    "a NUL": (xml_order(more="\0"), "SYN-XML-CHARACTER"),
    "Latin letters that say they are UTF-8": (xml_order("Gr\xfc\xdfe").decode().encode("latin-1"), "SYN-XML-ENCODING"),
    "an encoding nobody takes": (xml_order().replace(b"UTF-8", b"UTF-7"), "SYN-XML-ENCODING-UNKNOWN"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_kept_and_says_why_by_line(summit: AtWork, name: str) -> None:
    body, code = UNREADABLE[name]
    got = summit.send(body, SUMMIT)
    assert (got.message.validation, got.message.outcome, got.message.syntax) == ("unreadable", "quarantined", "xml")
    assert code in codes(got)
    assert got.documents == []
    assert all(each.remedy and each.location.line for each in findings(got))
    assert (got.message.why or "").startswith("Could not be read: ")
    assert summit.answers(got.message.id) == []
    assert b"root:" not in str(findings(got)).encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-8-sig"])
def test_an_order_is_taken_in_whatever_encoding_it_truly_is(summit: AtWork, encoding: str) -> None:
    text = xml_order("SU-6").decode().replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    got = summit.send(text.encode(encoding), SUMMIT)
    assert (got.message.syntax, got.message.outcome) == ("xml", "accepted")


def test_a_root_that_no_map_takes_is_held_and_says_which_line_would_take_it(summit: AtWork) -> None:
    body = xml_order("SU-7").replace(b"urn:summit-surgical:orders:1", b"urn:somebody-else")
    got = summit.send(body, SUMMIT)
    assert (got.message.validation, got.message.outcome) == ("warnings", "held")
    assert got.message.wire == "Order"
    assert got.message.why == "Not understood: no map is named for the XML document 'Order (urn:somebody-else)'"
    [found] = findings(got)
    assert "name a map that reads them under [sends] of partners/summit-surgical/partner.toml" in (found.remedy or "")
    assert summit.answers(got.message.id) == []


def test_what_was_held_for_want_of_a_map_is_taken_up_once_the_file_names_one(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    config = tmp_path / "config"
    add_summit(config)
    file = config / "partners" / SUMMIT / "partner.toml"
    whole = file.read_text()
    file.write_text(whole.replace('order = "summit-surgical/order"\n', "", 1))
    hub = hub_with(config)
    held = hub.send(xml_order("SU-8"), SUMMIT)
    assert held.message.outcome == "held"
    file.write_text(whole)
    hub.reopen()
    taken = hub.replay(held.message.id)
    assert (taken.message.outcome, taken.message.why) == ("accepted", None)
    assert said(answer(hub, taken), "s:Header/s:OrderNumber/text()") == ["SU-8"]


def test_one_bad_document_among_many_stops_nobody(summit: AtWork) -> None:
    bodies = [xml_order(f"SU-1{n:02d}", quantity="many" if n == 7 else "250") for n in range(20)]
    bodies[11] = BOMB
    sent = [summit.take_in(body, SUMMIT) for body in bodies]
    summit.work()
    outcomes = [summit.detail(message).message.outcome for message in sent]
    assert outcomes == ["refused" if n == 7 else "quarantined" if n == 11 else "accepted" for n in range(20)]


def test_a_large_order_is_read_in_its_own_lane_and_answered(summit: AtWork) -> None:
    padded = xml_order("SU-9").replace(b"</Order>", b" " * 300_000 + b"</Order>")
    got = summit.send(padded, SUMMIT)
    assert (got.message.outcome, got.message.syntax) == ("accepted", "xml")


def test_one_partner_may_send_x12_and_xml_and_each_is_answered_in_its_own(tmp_path: Path, hub_with: OpenOver) -> None:
    config = tmp_path / "config"
    add_summit(config)
    change(config, "partners/acme-cardio/partner.toml", "[sends]", '[sends]\norder = "summit-surgical/order"')
    hub = hub_with(config)
    x12, xml = hub.send(one_order("4500000001")), hub.send(xml_order("SU-10"))
    assert (x12.message.syntax, x12.message.outcome) == ("x12", "accepted")
    assert {each.kind for each in hub.answers(x12.message.id)} == {"997", "855"}
    assert (xml.message.syntax, xml.message.document) == ("xml", "PurchaseOrder")
    assert hub.send(b"<4711>no name begins so</4711>").message.syntax == "xml", "it is told in words of what was meant"


def test_the_page_of_a_faulty_order_shows_its_lines_and_where_the_fault_stands(summit: AtWork) -> None:
    shown = page_of(summit, summit.send(xml_order("SU-12", quantity="many"), SUMMIT).message.id)
    assert "line 16 /Order/Lines/Line/Quantity" in shown
    assert 'data-go="/Order/Lines/Line/Quantity"' in shown
    assert re.search(r'class=" faulty" data-at="/Order/Lines/Line/Quantity"[^>]*>many</span>', shown)
    assert "segment" not in shown.lower().replace("segmented", "")


def test_the_page_of_an_order_joins_each_value_with_what_was_understood_of_it(summit: AtWork) -> None:
    shown = page_of(summit, summit.send(xml_order("SU-13"), SUMMIT).message.id)
    places = re.findall(r'data-at="/Order/Header/OrderNumber"', shown)
    assert len(places) == 4, "its tag and its text as sent, with its name, and the order number as understood"


def test_where_a_field_came_from_is_shown_by_its_path(summit: AtWork) -> None:
    got = summit.send(xml_order("SU-11"), SUMMIT)
    links = summit.wait(summit.hub.provenance(got.documents[0]))
    [number] = [each for each in links if each.path == "number"]
    assert (number.at, number.line) == ("/Order/Header/OrderNumber", 4)
