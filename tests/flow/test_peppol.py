"""Our answers in UBL, held against the rules of Peppol BIS 3 beyond the schema (``peppol``)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork
from tests.flow.peppol import broken
from tests.flow.test_ubl import NORDLYS, ORDER, answers, codes, refuses, said

UNKNOWN = ORDER.replace(b"NL-8008", b"NL-9").replace(b">BP-8-TI<", b">BP-9<")
ANSWERED = {
    "accepted as ordered": (ORDER, "AP", ["1", "1", "2"]),
    "one line unknown": (UNKNOWN, "CA", ["1", "1", "2"]),
    "all lines unknown": (UNKNOWN.replace(b"NL-4450", b"NL-8").replace(b">FS-450-TI<", b">FS-9<"), "RE", ["1", "2"]),
    "a delivery too soon": (ORDER.replace(b"2027-01-20", b"2026-11-25"), "CA", ["1", "1", "2"]),
    "another price": (ORDER.replace(b">86.50<", b">80.00<"), None, None),
    "in another currency": (ORDER.replace(b'currencyID="SEK"', b'currencyID="NOK"'), None, None),
    "a unit nobody knows": (ORDER.replace(b'unitCode="EA"', b'unitCode="ZZ"', 1), None, None),
    "no price at all": (ORDER.replace(b"<cbc:PriceAmount", b"<cbc:BaseAmount"), None, None),
    "dated long ago": (ORDER.replace(b"<cbc:IssueDate>2026-11-19", b"<cbc:IssueDate>2016-11-19"), None, None),
}


def lines_answered(body: bytes) -> list[str]:
    """Return, for each line of an answer, the line of the order that it is of."""
    return said(body, "cac:OrderLine/cac:OrderLineReference/cbc:LineID/text()")


@pytest.mark.parametrize("case", ANSWERED)
def test_an_answer_breaks_no_rule_of_peppol(hub: AtWork, shared: Path, case: str) -> None:
    body, code, lines = ANSWERED[case]
    got = hub.send(body, NORDLYS)
    for answer in answers(hub, got.message.id):
        assert broken(answer.body, ordered=2)[0] == []
        assert refuses(shared, "OrderResponse", answer.body) == ""
        assert code is None or said(answer.body, "cbc:OrderResponseCode/text()") == [code]
        assert lines is None or lines_answered(answer.body) == lines
    assert answers(hub, got.message.id) or got.message.attention, "answered, or a person is called"


def test_each_order_of_others_is_answered_by_the_rules_of_peppol(hub: AtWork, shared: Path) -> None:
    answered, order = 0, re.compile(rb"(<cbc:ID>)([^<]*)")
    agreed = re.compile(rb"<cbc:(CustomizationID|ProfileID)[^>]*>[^<]*")
    ours = {found[1]: found[0] for found in agreed.finditer(ORDER)}  # an order of another profile is held
    for number, file in enumerate(sorted((shared / "samples" / "ubl").rglob("*.xml"))):
        body = order.sub(rb"\g<1>%d" % number, file.read_bytes(), count=1)  # several are numbered alike
        body = agreed.sub(lambda found: ours[found[1]], body)
        if b"schema:xsd:Order-2" not in body or file.name.startswith("order-test-bad-"):
            continue
        got = hub.send(body, NORDLYS)
        for answer in answers(hub, got.message.id):
            assert broken(answer.body)[0] == [], file.name
            assert refuses(shared, "OrderResponse", answer.body) == "", file.name
            answered += 1
    assert answered == 8


def test_a_part_of_a_line_is_a_line_of_the_answer_that_refers_to_it(hub: AtWork) -> None:
    [answer] = answers(hub, hub.send(ORDER, NORDLYS).message.id)
    assert said(answer.body, "cac:OrderLine/cac:LineItem/cbc:ID/text()") == ["1", "2", "3"]
    assert lines_answered(answer.body) == ["1", "1", "2"]
    assert said(answer.body, "cac:OrderLine/cac:LineItem/cbc:Quantity/text()") == ["200", "200", "10"]
    days = said(answer.body, "cac:OrderLine/cac:LineItem/cac:Delivery/cac:PromisedDeliveryPeriod/cbc:EndDate/text()")
    assert days == ["2027-01-20", "2027-02-17", "2027-02-17"]


def test_a_line_that_waits_for_a_person_is_left_out_and_that_is_told(hub: AtWork) -> None:
    more = b"<cac:OrderedShipment><cac:Shipment><cbc:ID>1</cbc:ID><cac:Delivery><cbc:LatestDeliveryDate>2027-01-05"
    more += b"</cbc:LatestDeliveryDate></cac:Delivery></cac:Shipment></cac:OrderedShipment>"
    got = hub.send(ORDER.replace(b"      <cac:Price>", more + b"<cac:Price>", 1), NORDLYS)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "cbc:OrderResponseCode/text()") == ["CA"]
    assert lines_answered(answer.body) == ["2"]
    assert "MAP-LEFT-OUT" in codes(hub.detail(answer.message))
    assert broken(answer.body)[0] == []


def test_an_order_that_waits_as_a_whole_is_answered_without_lines(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b"<cbc:IssueDate>2026", b"<cbc:IssueDate>2016"), NORDLYS)
    assert got.message.outcome == "held"
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "cbc:OrderResponseCode/text()") == ["AB"]
    assert lines_answered(answer.body) == []
    assert broken(answer.body) == ([], [])


def test_two_answers_to_one_order_have_numbers_of_their_own(hub: AtWork) -> None:
    first = hub.send(UNKNOWN.replace(b"NL-4450", b"NL-8").replace(b">FS-450-TI<", b">FS-9<"), NORDLYS)
    assert first.message.outcome == "refused"
    numbers = [said(each.body, "cbc:ID/text()")[0] for each in answers(hub, first.message.id)]
    assert all(number.endswith("-1") for number in numbers)
    other = hub.send(ORDER.replace(b"NL-2026-10077", b"NL-2026-10078"), NORDLYS)
    numbers += [said(each.body, "cbc:ID/text()")[0] for each in answers(hub, other.message.id)]
    assert len(set(numbers)) == len(numbers) == 2
