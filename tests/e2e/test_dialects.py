"""Customers who speak their own XML and JSON, and a served hub: orders, faults and what nobody can read, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from lxml import etree

from tests.e2e.conftest import Served, serving, until
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit, json_order, xml_order

BOMB = b'<!DOCTYPE Order [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Order>&b;</Order>'


@pytest.fixture(scope="module")
def dialects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    folder = tmp_path_factory.mktemp("dialects")
    add_summit(folder / "config", acknowledged=True)
    add_helix(folder / "config", acknowledged=True)
    with serving(folder, SUMMIT, HELIX, config=folder / "config") as served:
        yield served


def exchanged(served: Served, body: bytes) -> tuple[dict[str, object], dict[str, bytes], dict[str, str]]:
    """Hand in ``body``; return where it stands, what waits because of it by its kind, and of what content types."""
    taken = served.post(body)
    assert taken.status_code == 202
    with served.client() as partner:
        shown = until(partner, taken.json()["message"])
        waiting = [each for each in partner.mailbox(served.partner) if each["answers"] == shown["id"]]
        bodies = {str(each["wire"]): partner.fetch(served.partner, str(each["id"])) for each in waiting}
        return shown, bodies, {str(each["wire"]): str(each["content_type"]) for each in waiting}


def test_an_xml_order_is_answered_in_xml_in_the_customers_mailbox(dialects: dict[str, Served]) -> None:
    shown, bodies, types = exchanged(dialects[SUMMIT], xml_order("SU-1"))
    assert (shown["validation"], shown["outcome"], shown["syntax"]) == ("valid", "accepted", "xml")
    assert types == {"OrderResponse": "application/xml", "Acknowledgement": "application/xml"}
    root = etree.fromstring(bodies["OrderResponse"])
    assert root.tag == "{urn:summit-surgical:orders:1}OrderResponse"
    assert root.findtext("{*}Header/{*}OrderNumber") == "SU-1"


def test_a_json_order_is_answered_in_json_in_the_customers_mailbox(dialects: dict[str, Served]) -> None:
    shown, bodies, types = exchanged(dialects[HELIX], json_order("HX-1"))
    assert (shown["validation"], shown["outcome"], shown["syntax"]) == ("valid", "accepted", "json")
    assert types == {"purchaseOrderResponse": "application/json", "acknowledgement": "application/json"}
    assert json.loads(bodies["purchaseOrderResponse"])["orderId"] == "HX-1"


def test_a_faulty_document_is_answered_in_its_own_syntax_and_its_status_says_the_place(
    dialects: dict[str, Served],
) -> None:
    shown, bodies, _ = exchanged(dialects[SUMMIT], xml_order("SU-2", quantity="many"))
    assert (shown["validation"], shown["outcome"]) == ("rejected", "refused")
    [document] = shown["documents"]  # type: ignore[misc]  # a list of objects of JSON
    [finding] = document["findings"]  # type: ignore[index]  # a list of objects of JSON
    assert (finding["location"]["at"], finding["location"]["line"]) == ("/Order/Lines/Line/Quantity", 16)
    assert finding["remedy"]
    assert etree.fromstring(bodies["Acknowledgement"]).findtext(".//{*}Fault/{*}Line") == "16"
    shown, bodies, _ = exchanged(dialects[HELIX], json_order("HX-2", items=[]))
    assert shown["validation"] == "rejected"
    assert json.loads(bodies["acknowledgement"])["documents"][0]["faults"][0]["pointer"] == "/items"


def test_what_nobody_can_read_is_told_so_in_its_own_syntax_and_the_next_order_goes_on(
    dialects: dict[str, Served],
) -> None:
    for partner, body in (
        (SUMMIT, BOMB),
        (SUMMIT, xml_order()[:99]),
        (HELIX, b'{"a":' * 100_000),
        (HELIX, b'{"a":1,"a":2}'),
    ):
        shown, bodies, _ = exchanged(dialects[partner], body)
        assert (shown["validation"], shown["outcome"]) == ("unreadable", "quarantined")
        [told] = bodies.values()
        assert b"REJECTED" in told if partner == SUMMIT else json.loads(told)["result"] == "rejected"
        assert shown["findings"]
    assert exchanged(dialects[SUMMIT], xml_order("SU-3"))[0]["outcome"] == "accepted"
    assert exchanged(dialects[HELIX], json_order("HX-3"))[0]["outcome"] == "accepted"


def test_large_bodies_of_both_are_read_in_the_process_for_large_messages(dialects: dict[str, Served]) -> None:
    padding = b" " * 400_000
    assert (
        exchanged(dialects[SUMMIT], xml_order("SU-4").replace(b"</Order>", padding + b"</Order>"))[0]["outcome"]
        == "accepted"
    )
    assert exchanged(dialects[HELIX], json_order("HX-4").replace(b"{", b"{" + padding, 1))[0]["outcome"] == "accepted"
