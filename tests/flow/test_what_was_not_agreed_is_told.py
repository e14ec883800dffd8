"""A document that no map takes waits for a person, and its sender hears so, in every syntax that can say it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.flow.at_work import AtWork, codes, findings
from tests.flow.dialects import HELIX, SUMMIT, json_order
from tests.flow.overlay import change
from tests.flow.peppol import broken
from tests.flow.test_cxml import MERIDIAN, PAYLOAD, answers
from tests.flow.test_cxml import ORDER as CXML_ORDER
from tests.flow.test_cxml import said as said_by
from tests.flow.test_ubl import NORDLYS, refuses, said
from tests.flow.test_ubl import ORDER as UBL_ORDER
from tests.flow.test_ubl_receipts import PLACES, REASONS, TEXTS, code_of, document_of

OpenOver = Callable[[Path], AtWork]
UBL = "urn:oasis:names:specification:ubl:schema:xsd"
HEADER = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
CANCELLATION = f"""<?xml version="1.0" encoding="UTF-8"?>
<OrderCancellation xmlns="{UBL}:OrderCancellation-2" xmlns:cac="{UBL}:CommonAggregateComponents-2"
    xmlns:cbc="{UBL}:CommonBasicComponents-2">
  <cbc:ID>NL-CANCEL-1</cbc:ID><cbc:IssueDate>2026-11-20</cbc:IssueDate>
  <cbc:CancellationNote>No longer wanted</cbc:CancellationNote>
  <cac:OrderReference><cbc:ID>NL-2026-10077</cbc:ID></cac:OrderReference>
</OrderCancellation>""".encode()
ENVELOPED = (
    f'<StandardBusinessDocument xmlns="{HEADER}"><StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion>'
    "</StandardBusinessDocumentHeader>".encode()
    + UBL_ORDER.partition(b"?>")[2]
    + b"</StandardBusinessDocument>"
)


def ubl(root: str) -> bytes:
    """Return the order of the samples under the name of another document."""
    name = root.encode()
    other = UBL_ORDER.replace(b"<Order ", b"<%s " % name).replace(b"</Order>", b"</%s>" % name)
    return other.replace(b"xsd:Order-2", b"xsd:%s-2" % name)


def cxml(document: str) -> bytes:
    start, end = CXML_ORDER.index(b"  <Request"), CXML_ORDER.index(b"</cXML>")
    return CXML_ORDER[:start] + document.encode() + CXML_ORDER[end:]


STATUS = cxml("<Request><StatusUpdateRequest><DocumentReference payloadID='1'/></StatusUpdateRequest></Request>")


def receipts(hub: AtWork, message: str) -> list[bytes]:
    sent = [each.body for each in hub.answers(message)]
    return [each for each in sent if etree.QName(etree.fromstring(each)).localname == "ApplicationResponse"]


def test_who_cancels_an_order_hears_that_nothing_was_cancelled(hub: AtWork, shared: Path) -> None:
    first = hub.send(UBL_ORDER, NORDLYS)
    got = hub.send(CANCELLATION, NORDLYS)
    assert (got.message.outcome, got.message.acknowledgement) == ("held", "partly")
    [told] = receipts(hub, got.message.id)
    assert (code_of(told), document_of(told)) == (["AB"], ["NL-CANCEL-1"])
    assert (said(told, PLACES), said(told, REASONS)) == (["/OrderCancellation"], ["BV"])
    [text] = said(told, TEXTS)
    assert "'OrderCancellation' is nothing that was agreed with us, and nothing has taken it" in text
    assert "send what was agreed, Order; a person of ours looks at this one" in text
    assert (refuses(shared, "ApplicationResponse", told), broken(told)) == ("", ([], []))
    assert first.message.outcome == "accepted"


def test_it_is_found_by_the_order_it_is_about_and_by_its_own_number(hub: AtWork) -> None:
    got = hub.send(CANCELLATION, NORDLYS)
    assert ("purchase-order", got.message.id) in hub.found("NL-2026-10077")
    [document] = got.documents
    assert (document.kind, document.reference, document.subject) == (
        "OrderCancellation",
        "NL-CANCEL-1",
        "NL-2026-10077",
    )


def test_what_answers_it_calls_it_by_is_what_it_is_found_by(hub: AtWork) -> None:
    got = hub.send(CANCELLATION, NORDLYS)
    assert ("document", got.message.id) in hub.found("NL-CANCEL-1")
    [found] = findings(got)
    assert "order =" not in (found.remedy or ""), "the map of an order does not read it"


@pytest.mark.parametrize("root", ["OrderChange", "Invoice", "CreditNote", "Catalogue"])
def test_any_other_document_of_ubl_is_answered_by_its_number(hub: AtWork, root: str) -> None:
    got = hub.send(ubl(root), NORDLYS)
    assert (got.message.outcome, codes(got), got.message.wire) == ("held", {"MAP-NOT-ROUTED"}, root)
    [told] = receipts(hub, got.message.id)
    assert (code_of(told), document_of(told)) == (["AB"], ["NL-2026-10077"])


def test_an_order_in_an_envelope_is_named_by_its_own_number_and_asked_for_without(hub: AtWork) -> None:
    got = hub.send(ENVELOPED, NORDLYS)
    assert got.message.outcome == "held"
    assert "Order stands within" in str(got.message.attention)
    [told] = receipts(hub, got.message.id)
    assert (code_of(told), document_of(told)) == (["AB"], ["NL-2026-10077"])
    assert "send Order by itself, with no envelope around it" in said(told, TEXTS)[0]
    assert ("purchase-order", got.message.id) in hub.found("NL-2026-10077")
    assert hub.send(UBL_ORDER, NORDLYS).message.outcome == "accepted", "the number is free for the order by itself"


def test_a_network_hears_of_a_request_that_nothing_takes_by_its_payload(hub: AtWork) -> None:
    got = hub.send(cxml("<Request><CatalogUploadRequest/></Request>"), MERIDIAN)
    [sent] = answers(hub, got.message.id, "StatusUpdateRequest")
    assert said_by(sent.body, "//StatusUpdateRequest/DocumentReference/@payloadID") == [PAYLOAD]
    assert said_by(sent.body, "//StatusUpdateRequest/Status/@code") == ["201"]
    [text] = said_by(sent.body, "//StatusUpdateRequest/Status/text()")
    assert "'CatalogUploadRequest' is nothing that was agreed with us" in text
    assert "send what was agreed, OrderRequest" in text


@pytest.mark.parametrize(
    ("body", "partner", "named"),
    [(b"<Forecast/>", SUMMIT, b"Forecast"), (json_order(messageType="forecast"), HELIX, b"forecast")],
    ids=["own XML", "JSON"],
)
def test_a_dialect_of_ones_own_says_it_too(hub: AtWork, body: bytes, partner: str, named: bytes) -> None:
    got = hub.send(body, partner)
    assert (got.message.outcome, got.message.acknowledgement) == ("held", "partly")
    [sent] = hub.answers(got.message.id)
    assert named in sent.body
    assert b"nothing has taken it" in sent.body


@pytest.mark.parametrize(
    ("body", "partner"),
    [
        (ubl("ApplicationResponse"), NORDLYS),
        (ubl("OrderResponse"), NORDLYS),
        (STATUS, MERIDIAN),
        (cxml("<Response><Status code='200' text='OK'/></Response>"), MERIDIAN),
        (b"<OrderAcknowledgement/>", SUMMIT),
        (json_order(messageType="acknowledgement"), HELIX),
    ],
    ids=["UBL receipt", "UBL answer", "cXML status", "cXML response", "own XML", "JSON"],
)
def test_what_answers_something_is_not_answered_or_two_hubs_would_go_on_for_ever(
    hub: AtWork, body: bytes, partner: str
) -> None:
    got = hub.send(body, partner)
    assert (got.message.outcome, hub.answers(got.message.id)) == ("held", [])


def test_nor_is_a_status_of_somebody_else(hub: AtWork) -> None:
    got = hub.send(STATUS.replace(b"AN01000421977", b"AN01000421978", 1), MERIDIAN)
    assert (got.message.outcome, hub.answers(got.message.id)) == ("refused", [])


def test_who_asks_for_no_receipts_gets_none_and_a_person_is_asked(hub_with: OpenOver, tmp_path: Path) -> None:
    asks = 'application-response = "nordlys-implants/application-response"'
    change(tmp_path, f"partners/{NORDLYS}/partner.toml", asks, "")
    hub = hub_with(tmp_path)
    got = hub.send(CANCELLATION, NORDLYS)
    assert (got.message.outcome, hub.answers(got.message.id)) == ("held", [])
    assert "OrderCancellation" in str(got.message.attention)


def test_a_syntax_in_which_nothing_was_agreed_is_told_to_us_as_that(hub: AtWork) -> None:
    got = hub.send(UBL_ORDER)
    assert got.message.why == (
        "Not understood: nothing in XML was agreed with this partner, and 'Order' came"
    )  # fmt: skip
    assert hub.answers(got.message.id) == []


def test_it_is_told_once_however_often_the_message_is_replayed(hub: AtWork) -> None:
    got = hub.send(CANCELLATION, NORDLYS)
    hub.replay(got.message.id)
    assert len(receipts(hub, got.message.id)) == 1


def test_a_number_that_none_can_be_is_not_said_back(hub: AtWork) -> None:
    body = CANCELLATION.replace(b"NL-CANCEL-1", b"N" * 5_000).replace(b"NL-2026-10077", b"")
    got = hub.send(body, NORDLYS)
    [told] = receipts(hub, got.message.id)
    assert document_of(told) == [got.message.id]
    assert all(len(str(each)) < 2_000 for each in findings(got))
