"""What a network hears of a cXML whose Response said no more than that it came: a StatusUpdateRequest; and how each of
our answers is numbered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork, codes
from tests.flow.overlay import change
from tests.flow.test_cxml import MERIDIAN, ORDER, PAYLOAD, answers, said
from tests.flow.wire import Sent

OpenOver = Callable[[Path], AtWork]
STATUS = "//StatusUpdateRequest/Status"
MANY = ORDER.replace(b'quantity="200"', b'quantity="many"')
HELD_LINE = ORDER.replace(
    b"</SupplierPartID>", b"</SupplierPartID><SupplierPartAuxiliaryID>7</SupplierPartAuxiliaryID>", 1
)
UNMAPPED = ORDER.replace(b">EA<", b">STK<")


def status(hub: AtWork, message: str) -> tuple[list[str], str]:
    """Return code and text of the one StatusUpdateRequest about a message, and all it says."""
    [sent] = answers(hub, message, "StatusUpdateRequest")
    [text] = said(sent.body, f"{STATUS}/text()")
    return said(sent.body, f"{STATUS}/@code | {STATUS}/@text"), text


def spoken_of(sent: Sent) -> list[str]:
    return said(sent.body, "//StatusUpdateRequest/DocumentReference/@payloadID")


@pytest.mark.parametrize(
    ("hour", "outcome"),
    [
        ("23:59:00", "accepted"),
        ("23:59:59", "accepted"),
        ("23:59:59.999", "accepted"),
        ("24:00:00", "accepted"),
        ("23:30:00", "changed"),
    ],
)
def test_the_end_of_a_day_is_the_day_alone(hub: AtWork, hour: str, outcome: str) -> None:
    assert b"2027-01-27T00:00:00" in ORDER
    got = hub.send(ORDER.replace(b"2027-01-27T00:00:00", f"2027-01-27T{hour}".encode()), MERIDIAN)
    assert got.message.outcome == outcome
    assert ("BUS-DATE-TIME" in codes(got)) == (outcome == "changed")


def test_no_two_answers_to_one_order_have_the_same_number_and_each_says_ours_of_the_order(hub: AtWork) -> None:
    changed = ORDER.replace(PAYLOAD.encode(), b"second@buy.meridian-cath.example").replace(
        b'type="new"', b'type="update"'
    )
    said: list[tuple[str, str]] = []
    for body in (ORDER, changed):
        got = hub.send(body, MERIDIAN)
        for each in hub.answers(got.message.id):
            if b"<ConfirmationRequest" in each.body:
                text = each.body.decode()
                number = text.partition('confirmID="')[2].partition('"')[0]
                said.append((number, text.partition('name="supplierOrderID">')[2].partition("<")[0]))
    assert [number for number, _ in said] == [f"{ours}-{turn}" for turn, (_, ours) in enumerate(said, 1)]
    assert said
    assert all(ours.startswith("SO-") for _, ours in said)


def test_an_order_that_was_read_is_said_to_be_beside_its_confirmation(hub: AtWork) -> None:
    got = hub.send(ORDER, MERIDIAN)
    assert status(hub, got.message.id)[0] == ["200", "OK"]
    [sent] = answers(hub, got.message.id, "StatusUpdateRequest")
    assert spoken_of(sent) == [PAYLOAD]
    assert said(sent.body, "/cXML/@payloadID") == [f"{sent.message}@AN01000098765"]
    assert len(answers(hub, got.message.id)) == 1


def test_an_order_against_the_schema_is_refused_with_place_sentence_and_remedy(hub: AtWork) -> None:
    got = hub.send(MANY, MERIDIAN)
    code, text = status(hub, got.message.id)
    assert (got.message.outcome, got.message.acknowledgement) == ("refused", "rejected")
    assert code == ["406", "Not Acceptable"]
    assert text.splitlines()[0] == f"message {got.message.id} was refused: send it put right"
    assert "GDE-VALUE-TYPE at /cXML/Request/OrderRequest/ItemOut[2]/@quantity: " in text
    assert "'many' is not a number like 12.50; write a number like 12.50" in text
    assert answers(hub, got.message.id) == []


def test_an_order_that_no_map_of_ours_understands_is_said_to_wait_for_a_person(hub: AtWork) -> None:
    got = hub.send(UNMAPPED, MERIDIAN)
    code, text = status(hub, got.message.id)
    assert (got.message.outcome, code) == ("held", ["201", "Accepted"])
    assert "a person of ours looks at it" in text
    assert "'STK' is no code that was agreed with us" in text


@pytest.mark.parametrize("kind", ["update", "delete"])
@pytest.mark.parametrize("known", [True, False])
def test_an_instruction_that_a_person_decides_is_said_to_wait_for_one(hub: AtWork, kind: str, known: bool) -> None:
    """ "OK" would promise that what becomes of it is said by itself."""
    if known:
        hub.send(ORDER, MERIDIAN)
    said = f'type="{kind}" orderVersion="2"'.encode()
    got = hub.send(ORDER.replace(b'type="new"', said).replace(b"1795165200", b"1795165300"), MERIDIAN)
    code, text = status(hub, got.message.id)
    assert (got.message.outcome, code) == ("held", ["201", "Accepted"])
    assert "sent as an order, about order MC-4500071" in text
    assert "a person of ours looks at it" in text
    assert answers(hub, got.message.id) == []


def test_an_order_with_a_held_line_is_said_to_have_been_read_for_its_answer_says_the_rest(hub: AtWork) -> None:
    got = hub.send(HELD_LINE, MERIDIAN)
    assert status(hub, got.message.id)[0] == ["200", "OK"]
    assert len(answers(hub, got.message.id)) == 1


SUBSET = re.sub(rb"(<!DOCTYPE cXML SYSTEM [^>]*)>", rb"\1 [ <!ENTITY co \"Meridian\"> ]>", ORDER)


@pytest.mark.parametrize(
    "broken",
    [ORDER[:-30], ORDER.replace(b"<Total>", b"<Total>&nbsp;"), SUBSET],
    ids=["cut short", "an entity of nobody", "something declared"],
)
def test_what_cannot_be_opened_is_refused_by_the_payload_that_its_beginning_says(hub: AtWork, broken: bytes) -> None:
    got = hub.send(broken, MERIDIAN)
    [sent] = answers(hub, got.message.id, "StatusUpdateRequest")
    assert (got.message.validation, spoken_of(sent)) == ("unreadable", [PAYLOAD])
    assert status(hub, got.message.id)[0] == ["406", "Not Acceptable"]
    hub.replay(got.message.id)
    assert len(answers(hub, got.message.id, "StatusUpdateRequest")) == 1


def test_another_order_under_a_payload_that_stands_is_refused_by_it(hub: AtWork) -> None:
    first = hub.send(ORDER, MERIDIAN)
    other = hub.send(ORDER.replace(b"MC-4500071", b"MC-4500072"), MERIDIAN)
    code, text = status(hub, other.message.id)
    assert code == ["406", "Not Acceptable"]
    assert f"{PAYLOAD} came before with other content, in message {first.message.id}" in text


def test_the_same_payload_again_is_told_nothing_new(hub: AtWork) -> None:
    hub.send(ORDER, MERIDIAN)
    again = hub.send(ORDER.replace(b"T10:05:02", b"T10:20:02"), MERIDIAN)
    assert (again.message.outcome, hub.answers(again.message.id)) == ("duplicate", [])


def test_a_cxml_without_a_payload_cannot_be_told_anything_by_it(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b"payloadID=", b"id="), MERIDIAN)
    assert answers(hub, got.message.id, "StatusUpdateRequest") == []


@pytest.mark.parametrize("length", [199, 200, 900])
def test_a_payload_is_said_back_as_it_came_however_long(hub: AtWork, length: int) -> None:
    payload = "x" * length
    got = hub.send(MANY.replace(PAYLOAD.encode(), payload.encode()), MERIDIAN)
    [sent] = answers(hub, got.message.id, "StatusUpdateRequest")
    assert spoken_of(sent) == [payload]


@pytest.mark.parametrize("body", [ORDER, MANY], ids=["taken", "refused"])
def test_an_order_is_found_by_each_name_of_whom_it_is_from(hub: AtWork, body: bytes) -> None:
    message = hub.send(body, MERIDIAN).message.id
    for identity in ("AN01000421977", "080114277"):
        assert ("party", message) in hub.found(identity)


def test_of_a_test_it_is_a_test(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b'deploymentMode="production"', b'deploymentMode="test"'), MERIDIAN)
    [sent] = answers(hub, got.message.id, "StatusUpdateRequest")
    kept = hub.detail(sent.message)
    assert (kept.message.test, [each.usage for each in kept.envelopes]) == (True, ["test"])
    assert said(sent.body, "//Request/@deploymentMode") == ["test"]


def test_it_goes_to_the_division_that_sent_the_order(hub_with: OpenOver, tmp_path: Path) -> None:
    other = '[[cxml.theirs]]\ndomain = "DUNS"\nidentity = "55"\n\n[cxml.ours]'
    change(tmp_path, "partners/meridian-cath/partner.toml", "[cxml.ours]", other)
    hub = hub_with(tmp_path)
    duns = b'<From><Credential domain="DUNS"><Identity>55</Identity></Credential></From>'
    of_division = re.sub(rb"<From>.*?</From>", duns, MANY.replace(PAYLOAD.encode(), b"p-2"), flags=re.DOTALL)
    for body, division in ((MANY, "AN01000421977"), (of_division, "55")):
        [sent] = answers(hub, hub.send(body, MERIDIAN).message.id, "StatusUpdateRequest")
        assert said(sent.body, "//Header/To/Credential/Identity/text()") == [division]


def test_a_network_that_wants_none_gets_none(hub_with: OpenOver, tmp_path: Path) -> None:
    change(tmp_path, "partners/meridian-cath/partner.toml", "status-update = ", "# status-update = ")
    hub = hub_with(tmp_path)
    assert hub.answers(hub.send(MANY, MERIDIAN).message.id) == []


BROKEN_AND_NAMED = {
    "a remark before it": b"hello " + ORDER,
    "a DOCTYPE that declares": ORDER.replace(b'cXML.dtd">', b'cXML.dtd" [<!ENTITY a "b">]>'),
    "a prefix": ORDER.replace(b"<cXML ", b"<c:cXML xmlns:c='urn:x' ").replace(b"</cXML>", b"</c:cXML>"),
    "another case": ORDER.replace(b"<cXML ", b"<CXML ").replace(b"</cXML>", b"</CXML>"),
    "a declaration that is none": ORDER.replace(b"?>", b"? >", 1),
    "in parts that are cut": b"--b7\r\nContent-Type: text/xml\r\n\r\n" + ORDER[:-30],
}


@pytest.mark.parametrize("case", BROKEN_AND_NAMED)
def test_however_broken_a_cxml_is_its_payload_is_told_back_where_anybody_could_read_it(hub: AtWork, case: str) -> None:
    got = hub.send(BROKEN_AND_NAMED[case], MERIDIAN)
    [sent] = answers(hub, got.message.id, "StatusUpdateRequest")
    assert (got.message.validation, spoken_of(sent)) == ("unreadable", [PAYLOAD])
    assert status(hub, got.message.id)[0] == ["406", "Not Acceptable"]


def test_an_order_whose_number_is_taken_is_told_so_and_promised_no_answer(hub: AtWork) -> None:
    hub.send(ORDER, MERIDIAN)
    got = hub.send(ORDER.replace(PAYLOAD.encode(), b"another@buy.example"), MERIDIAN)
    code, text = status(hub, got.message.id)
    assert (got.message.outcome, code) == ("duplicate", ["201", "Accepted"])
    assert "no further answer follows" in text
    assert "told by itself" not in text
    assert answers(hub, got.message.id) == []
