"""Orders of cXML from their bytes to our ConfirmationRequest: what the envelope says, and what is told of the rest."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.flow.at_work import AtWork, codes, findings
from tests.house import CHECKOUT

MERIDIAN = "meridian-cath"
ORDER = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()
PAYLOAD = "1795165200.4711.20931@buy.meridian-cath.example"


def said(body: bytes, path: str) -> list[str]:
    found = etree.fromstring(body).xpath(path)
    assert isinstance(found, list)
    return [str(each) for each in found]


def test_an_order_is_answered_by_a_confirmation_line_by_line(hub: AtWork) -> None:
    got = hub.send(ORDER, MERIDIAN)
    assert (got.message.syntax, got.message.wire) == ("cxml", "OrderRequest")
    assert (got.message.validation, got.message.outcome, got.message.attention) == ("valid", "accepted", None)
    [answer] = hub.answers(got.message.id)
    assert answer.body.startswith(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/Fulfill.dtd">\n'
    )
    confirmation = "/cXML/Request/ConfirmationRequest"
    assert said(answer.body, f"{confirmation}/ConfirmationHeader/@type") == ["accept"]
    assert said(answer.body, f"{confirmation}/OrderReference/@orderID") == ["MC-4500071"]
    assert said(answer.body, f"{confirmation}/OrderReference/DocumentReference/@payloadID") == [PAYLOAD]
    assert said(answer.body, "//ConfirmationItem/@quantity") == ["2000", "200"]
    assert said(answer.body, "//ConfirmationItem[1]/ConfirmationStatus/@quantity") == ["1000", "1000"]
    assert said(answer.body, "//ConfirmationStatus/@deliveryDate") == ["2027-01-20", "2027-02-17", "2027-01-27"]


def test_the_envelope_of_the_answer_goes_the_other_way_under_an_id_of_its_own(hub: AtWork) -> None:
    [answer] = hub.answers(hub.send(ORDER, MERIDIAN).message.id)
    assert said(answer.body, "//Header/From/Credential/Identity/text()") == ["AN01000098765"]
    assert said(answer.body, "//Header/To/Credential/Identity/text()") == ["AN01000421977"]
    assert said(answer.body, "/cXML/@payloadID") == [f"{answer.message}@AN01000098765"]
    assert said(answer.body, "//Request/@deploymentMode") == ["production"]


def test_a_line_we_do_not_make_is_rejected_and_the_others_stand(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b"MC-20090", b"MC-9").replace(b">ST-090-NI<", b">ST-9<"), MERIDIAN)
    [answer] = hub.answers(got.message.id)
    assert said(answer.body, "//ConfirmationHeader/@type") == ["detail"]
    assert said(answer.body, "//ConfirmationStatus/@type") == ["accept", "accept", "reject"]
    assert said(answer.body, "//ConfirmationItem[2]/ConfirmationStatus/Comments/text()")


def test_the_same_payload_is_the_same_message_whenever_it_is_sent_again(hub: AtWork) -> None:
    first = hub.send(ORDER, MERIDIAN)
    again = hub.send(ORDER.replace(b"T10:05:02", b"T10:20:02").replace(b"\n  ", b"\n"), MERIDIAN)
    assert (first.message.outcome, again.message.outcome) == ("accepted", "duplicate")
    assert len(hub.orders(MERIDIAN, "MC-4500071")) == 1


def test_another_order_under_the_same_payload_is_kept_for_a_person(hub: AtWork) -> None:
    hub.send(ORDER, MERIDIAN)
    other = hub.send(ORDER.replace(b"MC-4500071", b"MC-4500072"), MERIDIAN)
    assert other.message.outcome == "quarantined"
    assert codes(other) >= {"ENV-IDENTITY-TAKEN"}


def test_what_was_refused_is_sent_again_put_right_under_the_same_payload(hub: AtWork) -> None:
    refused = hub.send(ORDER.replace(b'quantity="200"', b'quantity="many"'), MERIDIAN)
    assert refused.message.validation == "rejected"
    assert [str(each.location) for each in findings(refused) if each.severity.is_reject] == [
        "line 89 /cXML/Request/OrderRequest/ItemOut[2]/@quantity"
    ]
    assert hub.send(ORDER, MERIDIAN).message.outcome == "accepted"


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        (b"AN01000421977", b"AN01000421978", "ENV-SENDER-NOT-PARTNER"),
        (b"AN01000098765", b"AN01000000000", "ENV-RECEIVER-NOT-US"),
    ],
)
def test_an_envelope_from_or_for_somebody_else_is_refused(hub: AtWork, was: bytes, now: bytes, code: str) -> None:
    got = hub.send(ORDER.replace(was, now), MERIDIAN)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert codes(got) >= {code}
    assert hub.orders(MERIDIAN, "MC-4500071") == []
    assert hub.send(ORDER, MERIDIAN).message.outcome == "accepted"


def test_a_test_is_taken_as_one_and_answered_as_one(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b'deploymentMode="production"', b'deploymentMode="test"'), MERIDIAN)
    assert (got.message.test, got.message.outcome, got.message.attention) == (True, "accepted", None)
    [answer] = hub.answers(got.message.id)
    assert said(answer.body, "//Request/@deploymentMode") == ["test"]


def test_an_order_that_replaces_another_waits_for_a_person(hub: AtWork) -> None:
    hub.send(ORDER, MERIDIAN)
    changed = ORDER.replace(b'type="new"', b'type="update" orderVersion="2"').replace(b"1795165200", b"1795165300")
    got = hub.send(changed, MERIDIAN)
    assert got.message.outcome == "held"
    assert "replace" in (got.message.attention or "")
    assert hub.answers(got.message.id) == []
