"""What a buyer says under a name of his own is weighed by that name and by what it says, and is not passed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork, codes, findings
from tests.flow.overlay import write
from tests.house import CHECKOUT

NORDLYS, MERIDIAN = "nordlys-implants", "meridian-cath"
UBL = (CHECKOUT / "partners" / NORDLYS / "samples" / "order.xml").read_text()
CXML = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_text()
EXTRINSIC = '<Extrinsic name="{}">{}</Extrinsic>'
LEVEL = '<Extrinsic name="Revision">A</Extrinsic>'
PROPERTY = "<cac:AdditionalItemProperty><cbc:Name>{}</cbc:Name><cbc:Value>{}</cbc:Value></cac:AdditionalItemProperty>"
NEAR = ["revision ", "REVISION", "Rev.", "rev", "Revision level", "RevLevel", "Issue", "version", "Drawing rev"]


def of_meridian(said: str, *, before: str = LEVEL) -> bytes:
    return CXML.replace(before, said + before, 1).encode()


def of_nordlys(said: str) -> bytes:
    at = UBL.rindex("<cac:AdditionalItemProperty>")
    return (UBL[:at] + said + UBL[at:]).encode()


def assert_line_held(hub: AtWork, body: bytes, partner: str) -> str:
    got = hub.send(body, partner)
    assert got.message.outcome == "changed", [str(each) for each in findings(got)]
    assert "BUS-UNWEIGHED" in codes(got)
    return " ".join(str(each) for each in findings(got))


@pytest.mark.parametrize("name", NEAR)
def test_another_revision_in_cxml_holds_the_line_however_its_name_is_spelt(hub: AtWork, name: str) -> None:
    told = assert_line_held(hub, of_meridian(EXTRINSIC.format(name, "B")), MERIDIAN)
    assert f"[@name={name.strip()}" in told


@pytest.mark.parametrize("name", NEAR[1:])
def test_another_revision_in_ubl_holds_the_line_however_its_name_is_spelt(hub: AtWork, name: str) -> None:
    assert_line_held(hub, of_nordlys(PROPERTY.format(name, "A")), NORDLYS)


@pytest.mark.parametrize(
    ("field", "name"),
    [("cancel_after", "date"), ("ship_to", "place"), ("Discount", "price"), ("lot_number", "condition")],
)
def test_what_a_map_keeps_under_a_name_that_bears_on_the_promise_is_held_all_the_same(
    tmp_path: Path, hub_with: Callable[[Path], AtWork], field: str, name: str
) -> None:
    map_ = (CHECKOUT / "mappings" / MERIDIAN / "order.toml").read_text()
    kept = f'extensions.{field} = "OrderRequestHeader/Extrinsic[@name=Colour]"\n'
    write(tmp_path, f"mappings/{MERIDIAN}/order.toml", map_.replace("[fields]\n", f"[fields]\n{kept}", 1))
    body = CXML.replace("<Extrinsic", EXTRINSIC.format("Colour", "red") + "<Extrinsic", 1).encode()
    got = hub_with(tmp_path).send(body, MERIDIAN)
    assert (got.message.outcome, "BUS-UNWEIGHED" in codes(got)) == ("held", True), [str(each) for each in findings(got)]
    assert any(name in str(each) for each in findings(got))


def test_the_version_of_an_order_is_none_of_an_item(hub: AtWork) -> None:
    body = CXML.replace(' orderType="regular"', ' orderVersion="2" orderType="regular"', 1).encode()
    assert body.count(b"orderVersion") == 1
    assert hub.send(body, MERIDIAN).message.outcome == "accepted"


def test_the_revision_ordered_said_again_under_another_name_holds_nothing(hub: AtWork) -> None:
    assert hub.send(of_meridian(EXTRINSIC.format("Rev.", "A")), MERIDIAN).message.outcome == "accepted"
    assert hub.send(of_nordlys(PROPERTY.format("Rev.", "B")), NORDLYS).message.outcome == "accepted"


def test_a_revision_beside_the_number_of_the_item_holds_the_line(hub: AtWork) -> None:
    mark = "</SupplierPartID>\n          <BuyerPartID>MC-20090"
    auxiliary = "</SupplierPartID><SupplierPartAuxiliaryID>rev B please</SupplierPartAuxiliaryID>"
    assert_line_held(hub, CXML.replace(mark, mark.replace("</SupplierPartID>", auxiliary)).encode(), MERIDIAN)
    mark = "<cbc:ID>BP-8-TI</cbc:ID>"
    assert_line_held(hub, UBL.replace(mark, mark + "<cbc:ExtendedID>REV-A</cbc:ExtendedID>").encode(), NORDLYS)


OF_AN_ORDER = {
    "a deadline": EXTRINSIC.format("Deadline", "in two weeks"),
    "a latest day": EXTRINSIC.format("Latest", "mid of January"),
    "an arrival": EXTRINSIC.format("MustArriveBy", "week 3"),
    "the same in capitals": EXTRINSIC.format("MUST_ARRIVE_BY", "week 3"),
    "a cancellation": EXTRINSIC.format("Cancellation", "if late"),
    "a discount": EXTRINSIC.format("Discount", "ten"),
    "trade terms": EXTRINSIC.format("Incoterms", "EXW"),
    "a day under any name": EXTRINSIC.format("Note 7", "2026-12-24"),
    "a day as it is spoken": EXTRINSIC.format("Note 7", "by 24 December"),
    "a percentage under any name": EXTRINSIC.format("Note 7", "10 %"),
    "within another": EXTRINSIC.format("Terms", EXTRINSIC.format("cancelAfter", "x")),
    "days within another": EXTRINSIC.format("Shipment", EXTRINSIC.format("From", "2026-12-01")),
    "an element within": EXTRINSIC.format("Deadline", "<Value>in two weeks</Value>"),
}


@pytest.mark.parametrize("case", OF_AN_ORDER)
def test_an_extrinsic_that_changes_what_is_asked_for_holds_the_order(hub: AtWork, case: str) -> None:
    got = hub.send(of_meridian(OF_AN_ORDER[case], before='<Extrinsic name="Project">'), MERIDIAN)
    assert got.message.outcome == "held", [str(each) for each in findings(got)]


@pytest.mark.parametrize(
    ("name", "value"), [("Cancel after", "x"), ("Deadline", "soon"), ("Colour", "2026-12-24"), ("Rebate", "5")]
)
def test_a_property_of_an_item_that_changes_what_is_asked_for_holds_the_line(
    hub: AtWork, name: str, value: str
) -> None:
    assert_line_held(hub, of_nordlys(PROPERTY.format(name, value)), NORDLYS)


@pytest.mark.parametrize(
    ("name", "value"),
    [("Colour", "blue"), ("Reviewer", "I. Lund"), ("Division", "3"), ("Length", "4.5"), ("Issuer", "x")],
)
def test_a_name_that_says_nothing_of_bearing_holds_nobody_up(hub: AtWork, name: str, value: str) -> None:
    assert hub.send(of_nordlys(PROPERTY.format(name, value)), NORDLYS).message.outcome == "accepted"
    assert hub.send(of_meridian(EXTRINSIC.format(name, value)), MERIDIAN).message.outcome == "accepted"


def test_what_is_held_is_told_by_the_name_the_buyer_gave_it(hub: AtWork) -> None:
    got = hub.send(of_meridian(EXTRINSIC.format("Ship complete", "Y"), before='<Extrinsic name="Project">'), MERIDIAN)
    assert any("Extrinsic[@name=Ship complete]" in str(each) for each in findings(got))


def test_goods_that_come_back_are_a_condition_and_no_quantity(hub: AtWork) -> None:
    mark = ' quantity="200"'
    told = assert_line_held(hub, CXML.replace(mark, ' isReturn="yes"' + mark, 1).encode(), MERIDIAN)
    assert "says a condition" in told
