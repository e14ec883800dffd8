"""Whom an order names is held against what was agreed, in every dialect by one rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import ACME, AtWork, assert_each_finding_helps, codes
from tests.flow.overlay import write
from tests.flow.wire import group, interchange, order, transaction
from tests.house import CHECKOUT

HubWith = Callable[[Path], AtWork]
NORDLYS, MERIDIAN = "nordlys-implants", "meridian-cath"
UBL = (CHECKOUT / "partners" / NORDLYS / "samples" / "order.xml").read_bytes()
CXML = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()
TABLE = '\n[[parties]]\nrole = "{}"\nid = "{}"\n{}\n'


def with_parties(overlay: Path, partner: str, *parties: tuple[str, str, str | None]) -> Path:
    """Agree on parties with a partner whose file names none."""
    text = (CHECKOUT / "partners" / partner / "partner.toml").read_text()
    assert "[[parties]]" not in text
    tables = [TABLE.format(role, id, f'scheme = "{scheme}"' if scheme else "") for role, id, scheme in parties]
    write(overlay, f"partners/{partner}/partner.toml", text + "".join(tables))
    return overlay


def x12(*parties: str) -> bytes:
    return interchange(group(transaction(order("4500098123").replace("PO1*", f"{'~'.join(parties)}~PO1*", 1))))


OTHERS = {
    "another buyer by his endpoint": (b'schemeID="0007">5560001234', b'schemeID="0007">5560009999', "buyer"),
    "another seller": (b'schemeID="0088">4000001000005', b'schemeID="0088">4000009999999', "seller"),
    "a seller of another list alone": (b'schemeID="0088">4000001000005', b'schemeID="0007">4000001', "seller"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_an_order_in_ubl_that_names_somebody_else_is_held_and_says_whom(hub: AtWork, case: str) -> None:
    was, now, role = OTHERS[case]
    assert was in UBL
    got = hub.send(UBL.replace(was, now), NORDLYS)
    assert (got.message.outcome, codes(got) >= {"BUS-PARTY"}) == ("held", True)
    assert f"the {role} is named {now.rpartition(b'>')[2].decode()}" in str(got.message.why)
    assert hub.waiting("plant-erp") == []
    assert_each_finding_helps(got)


SUMMIT, HELIX = "summit-surgical", "helix-diagnostics"
OWN_XML = (CHECKOUT / "partners" / SUMMIT / "samples" / "order.xml").read_text()
OWN_JSON = (CHECKOUT / "partners" / HELIX / "samples" / "order.json").read_text()


def in_xml(buyer: str, supplier: str) -> bytes:
    said = f'<Buyer><Id scheme="GLN">{buyer}</Id></Buyer><Supplier><Id scheme="VENDOR">{supplier}</Id></Supplier>'
    return OWN_XML.replace("  <Lines>", f"  <Parties>{said}</Parties>\n  <Lines>", 1).encode()


def in_json(buyer: str) -> bytes:
    return OWN_JSON.replace('"items"', f'"buyer": {{"gln": "{buyer}"}},\n  "items"', 1).encode()


@pytest.mark.parametrize(
    ("partner", "body", "outcome"),
    [
        (SUMMIT, in_xml("4012345000009", "V-20077"), "accepted"),
        (SUMMIT, in_xml("4012345000016", "V-20077"), "held"),
        (SUMMIT, in_xml("4012345000009", "V-20078"), "held"),
        (HELIX, in_json("4098765000010"), "accepted"),
        (HELIX, in_json("4012345000009"), "held"),
    ],
)
def test_an_order_in_a_dialect_of_ones_own_may_name_those_agreed_alone(
    hub: AtWork, partner: str, body: bytes, outcome: str
) -> None:
    got = hub.send(body, partner)
    assert (got.message.outcome, "BUS-PARTY" in codes(got)) == (outcome, outcome == "held")


def test_numbers_of_lists_of_which_nothing_was_agreed_say_nothing(hub: AtWork) -> None:
    got = hub.send(UBL.replace(b"7350000000013", b"7350000000099"), NORDLYS)
    assert (got.message.outcome, "BUS-PARTY" in codes(got)) == ("accepted", False)


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        ("N1*BY*Acme*1*123456789", "accepted"),
        ("N1*BY*Acme*92*77", "held"),
        ("N1*BY*Other*1*999999999", "held"),
        ("N1*SO*Other*1*999999999", "held"),
        ("N1*SE*We*1*555555555", "accepted"),
        ("N1*SE*They*1*666666666", "held"),
        ("N1*VN*They*1*666666666", "held"),
        ("N1*BT*Payer*92*AP", "accepted"),
        ("N1*BT*Payer*92*XX", "held"),
        ("N1*BY*Acme without a number", "accepted"),
    ],
)
def test_so_it_is_in_x12(hub_with: HubWith, tmp_path: Path, named: str, outcome: str) -> None:
    agreed = [("buyer", "123456789", "duns"), ("seller", "555555555", "duns"), ("bill-to", "AP", "buyer-assigned")]
    hub = hub_with(with_parties(tmp_path, ACME, *agreed))
    got = hub.send(x12(named))
    assert (got.message.outcome, "BUS-PARTY" in codes(got)) == (outcome, outcome == "held"), codes(got)


@pytest.mark.parametrize(("number", "outcome"), [("AP-1", "accepted"), ("AP-2", "held")])
def test_so_it_is_in_cxml(hub_with: HubWith, tmp_path: Path, number: str, outcome: str) -> None:
    hub = hub_with(with_parties(tmp_path, MERIDIAN, ("bill-to", number, None)))
    got = hub.send(CXML, MERIDIAN)
    assert (got.message.outcome, "BUS-PARTY" in codes(got)) == (outcome, outcome == "held")


def test_where_nothing_was_agreed_nothing_is_held_against_it(hub: AtWork) -> None:
    assert "BUS-PARTY" not in codes(hub.send(x12("N1*BY*Other*1*999999999")))


def test_once_it_was_agreed_a_replay_takes_the_order(hub_with: HubWith, tmp_path: Path) -> None:
    hub = hub_with(with_parties(tmp_path, ACME, ("buyer", "123456789", "duns")))
    got = hub.send(x12("N1*BY*Division*1*999999999"))
    assert got.message.outcome == "held"
    with_parties(tmp_path, ACME, ("buyer", "123456789", "duns"), ("buyer", "999999999", "duns"))
    hub.reopen()
    assert hub.replay(got.message.id).message.outcome == "accepted"


def test_a_party_that_stands_twice_in_a_file_is_a_fault_with_its_line(hub_with: HubWith, tmp_path: Path) -> None:
    hub = hub_with(with_parties(tmp_path, ACME, ("buyer", "1", None), ("buyer", "1", None)))
    assert "a party stands twice" in str(hub.hub.rules.partners.faults[ACME])
