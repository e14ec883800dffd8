"""Goods of a UBL order that would go to another place, or to somebody else, hold what they are ordered by."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork, codes, findings
from tests.flow.test_nothing_of_bearing_is_passed_over import CAC, CBC, NORDLYS, UBL

PLACE = UBL[UBL.index(b"<cac:DeliveryLocation>") : UBL.index(b"<cac:RequestedDeliveryPeriod>")].decode()
NUMBERED = CAC.format("DeliveryLocation", CBC.format("ID", "7350000000099"))
ADDRESSED = CAC.format("DeliveryLocation", CAC.format("Address", CBC.format("CityName", "Kiruna")))
ADDRESS = CAC.format("DeliveryAddress", CBC.format("CityName", "Kiruna"))
NAMED = CAC.format("DeliveryParty", CAC.format("PartyName", CBC.format("Name", "Sykehus Nord")))
OTHER = CAC.format("DeliveryParty", CAC.format("PartyIdentification", CBC.format("ID", "7350000000099")))
ELSEWHERE = {
    "a number": NUMBERED,
    "an address": ADDRESSED,
    "no more than an address": ADDRESS,
    "somebody by name": NAMED,
    "somebody by number": OTHER,
    "a name": CAC.format("DeliveryLocation", CBC.format("Name", "Kiruna")),
}
HERE = {
    "the place of the order": PLACE,
    "somebody to ask": CAC.format("DeliveryParty", CAC.format("Contact", CBC.format("Name", "Ola"))),
    "the buyer": NAMED.replace("Sykehus Nord", "Nordlys Implants AB"),
    "a day alone": CAC.format("RequestedDeliveryPeriod", CBC.format("EndDate", "2027-02-10")),
}
SCHEDULED = '<cbc:Quantity unitCode="EA">200</cbc:Quantity>\n        '
PERIOD = "</cac:RequestedDeliveryPeriod>\n{}</cac:Delivery>"


def of_a_schedule(said: str, times: int) -> bytes:
    if "DeliveryParty" in said:
        mark = PERIOD.format("      ").encode()
        return UBL.replace(mark, mark.replace(b"</cac:Delivery>", said.encode() + b"</cac:Delivery>"), times)
    return UBL.replace(SCHEDULED.encode(), (SCHEDULED + said).encode(), times)


def of_a_line(said: str) -> bytes:
    at = UBL.rindex(b"<cac:Price>")
    return UBL[:at] + CAC.format("Delivery", said).encode() + UBL[at:]


def of_the_order(said: str) -> bytes:
    mark = PERIOD.format("  ").encode()
    return UBL.replace(mark, mark.replace(b"</cac:Delivery>", said.encode() + b"</cac:Delivery>"), 1)


def assert_held_for_its_place(hub: AtWork, body: bytes, outcome: str) -> None:
    got = hub.send(body, NORDLYS)
    assert (got.message.outcome, "BUS-PLACE" in codes(got)) == (outcome, True), [str(each) for each in findings(got)]


@pytest.mark.parametrize("case", ELSEWHERE)
@pytest.mark.parametrize("times", [1, 2])
def test_a_schedule_that_goes_elsewhere_holds_its_line(hub: AtWork, case: str, times: int) -> None:
    assert_held_for_its_place(hub, of_a_schedule(ELSEWHERE[case], times), "changed")


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_line_that_goes_elsewhere_is_held(hub: AtWork, case: str) -> None:
    assert_held_for_its_place(hub, of_a_line(ELSEWHERE[case]), "changed")


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_line_with_parts_and_a_place_of_its_own_is_held(hub: AtWork, case: str) -> None:
    """What says no quantity is of the line as a whole: its parts stand beside it."""
    body = UBL.replace(
        b"<cac:Delivery>\n        <cbc:Q",
        CAC.format("Delivery", ELSEWHERE[case]).encode() + b"<cac:Delivery>\n        <cbc:Q",
        1,
    )
    assert_held_for_its_place(hub, body, "changed")


def test_a_line_with_two_periods_and_no_quantity_is_held(hub: AtWork) -> None:
    period = CAC.format("Delivery", HERE["a day alone"])
    later = period.replace("2027-02-10", "2027-02-17")
    at = UBL.rindex(b"<cac:Price>")
    got = hub.send(UBL[:at] + period.encode() + later.encode() + UBL[at:], NORDLYS)
    assert got.message.outcome == "changed", [str(each) for each in findings(got)]
    assert {"MAP-UNREAD", "MAP-SAID-TWICE"} & {*codes(got)}


@pytest.mark.parametrize(
    ("day", "outcome"), [("2027-01-10", "changed"), ("2027-02-17", "accepted"), ("2027-03-10", "accepted")]
)
def test_the_last_day_of_a_line_binds_its_parts(hub: AtWork, day: str, outcome: str) -> None:
    """A delivery without a quantity is of the whole line: its parts, of which the last may come on 02-17, too."""
    whole = CAC.format("Delivery", HERE["a day alone"].replace("2027-02-10", day)).encode()
    part = b"<cac:Delivery>\n        <cbc:Q"
    got = hub.send(UBL.replace(part, whole + part, 1), NORDLYS)
    assert (got.message.outcome, "BUS-DATE-TWICE" in codes(got)) == (outcome, outcome == "changed"), codes(got)


@pytest.mark.parametrize("said", [NAMED, OTHER])
def test_an_order_for_somebody_else_than_is_at_its_place_is_held(hub: AtWork, said: str) -> None:
    assert_held_for_its_place(hub, of_the_order(said), "held")


def test_an_order_with_a_second_address_is_held(hub: AtWork) -> None:
    body = UBL.replace(b"<cac:DeliveryLocation>", ADDRESS.encode() + b"<cac:DeliveryLocation>", 1)
    assert_held_for_its_place(hub, body, "held")


@pytest.mark.parametrize("case", HERE)
def test_a_line_that_goes_where_the_order_goes_is_accepted(hub: AtWork, case: str) -> None:
    got = hub.send(of_a_line(HERE[case]), NORDLYS)
    assert got.message.outcome == "accepted", [str(each) for each in findings(got)]


def test_an_address_and_who_is_there_are_one_place(hub: AtWork) -> None:
    number = UBL.index(b'<cbc:ID schemeID="0088">7350000000020</cbc:ID>')
    got = hub.send(of_the_order(NAMED).replace(UBL[number : number + 46], b"", 1), NORDLYS)
    assert got.message.outcome == "accepted", [str(each) for each in findings(got)]
