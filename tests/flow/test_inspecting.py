"""What a body is told to be without being received: by whose map, with which findings, from whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.flow.inspecting import BodyReport, DocumentReport, base_map_for, inspect, map_of
from hub.flow.rules import Rules
from hub.kernel.errors import Misconfigured
from hub.platform.configuration import find_configuration
from tests.flow.overlay import write
from tests.house import CHECKOUT

RULES = Rules(find_configuration(None))
PARTNERS = CHECKOUT / "partners"
ACME = (PARTNERS / "acme-cardio" / "samples" / "order.edi").read_bytes()
XML = (PARTNERS / "summit-surgical" / "samples" / "order.xml").read_bytes()
CXML = (PARTNERS / "meridian-cath" / "samples" / "order.xml").read_bytes()
JSON = (PARTNERS / "helix-diagnostics" / "samples" / "order.json").read_bytes()
STRANGE_X12 = ACME.replace(b"*01*123456789      *", b"*01*999999999      *")
STRANGE_CXML = CXML.replace(b"AN01000421977", b"AN01000421978")
BARE = ACME[ACME.index(b"ST*") : ACME.index(b"GE*")]


def one(told: BodyReport) -> DocumentReport:
    [document] = told.documents
    return document


@pytest.mark.parametrize(
    ("body", "theirs", "base"),
    [
        (ACME, "acme-cardio/850", "x12/004010/850"),
        (CXML, "meridian-cath/order", "cxml/order"),
        (XML, "summit-surgical/order", None),
        (JSON, "helix-diagnostics/order", None),
        (STRANGE_X12, "x12/004010/850", "x12/004010/850"),
        (STRANGE_CXML, "cxml/order", "cxml/order"),
        (BARE, "x12/004010/850", "x12/004010/850"),
        (b"<Greeting/>", None, None),
        (b'{"hello": 1}', None, None),
    ],
)
def test_a_body_is_read_by_the_map_of_who_signs_it_else_by_that_of_its_standard(
    body: bytes, theirs: str | None, base: str | None
) -> None:
    found, standard = map_of(body, RULES), base_map_for(body, RULES)
    assert (found.name if found else None, standard.name if standard else None) == (theirs, base)


def test_the_report_says_who_signed_it_who_buys_and_how_much_there_was() -> None:
    told = inspect(ACME, RULES)
    assert (told.syntax, told.verdict) == ("x12", "valid")
    assert (told.partner, told.sender, told.size_bytes) == ("acme-cardio", "01:123456789", len(ACME))
    document = one(told)
    assert (document.number, document.buyer, document.map) == ("0001", "Acme Cardio Inc", "acme-cardio/850")
    assert "purchase-order 4500098123" in document.about


@pytest.mark.parametrize("gone", [b"N1*BY*Acme Cardio Inc*1*123456789~\n", b"*Acme Cardio Inc*1*123456789"])
def test_a_buyer_whom_the_order_does_not_name_is_not_made_up(gone: bytes) -> None:
    instead = b"" if gone.startswith(b"N1") else b"**1*123456789"
    assert one(inspect(ACME.replace(gone, instead), RULES)).buyer is None


@pytest.mark.parametrize(
    ("body", "base", "schema"),
    [
        (STRANGE_X12, "x12/004010/850", "x12/004010/850"),
        (STRANGE_CXML, "cxml/order", "cxml/1.2/OrderRequest"),
        (BARE, "x12/004010/850", "x12/004010/850"),
    ],
)
def test_what_nobody_of_ours_signs_is_judged_by_its_standard_and_told_as_nobodys(
    body: bytes, base: str, schema: str
) -> None:
    told = inspect(body, RULES)
    document = one(told)
    weighed = "findings" if base == "cxml/order" else "valid"  # the standard reads no Extrinsic: a revision there waits
    assert (told.verdict, told.partners, told.partner, told.sender) == (weighed, [], None, None)
    assert (document.verdict, document.document, document.map) == (weighed, "PurchaseOrder", base)
    assert (document.schema, document.about, document.buyer) == (schema, [], None)


def test_a_fault_in_what_nobody_signs_is_told_and_no_document_is_claimed() -> None:
    told = inspect(STRANGE_X12.replace(b"*5000*EA*", b"*50KK*EA*"), RULES)
    document = one(told)
    assert (told.verdict, document.verdict) == ("findings", "findings")
    assert any(each.location.segment == 15 for each in document.findings)


def test_one_bad_document_makes_the_verdict_and_the_good_one_beside_it_stays_good() -> None:
    second = BARE.replace(b"*0001~", b"*0002~").replace(b"*5000*EA*", b"*50KK*EA*")
    both = ACME.replace(b"GE*1*", second + b"GE*2*")
    told = inspect(both, RULES)
    assert (told.verdict, [each.verdict for each in told.documents]) == ("findings", ["valid", "findings"])
    assert [each.schema for each in told.documents] == ["x12/004010/850"] * 2


def test_what_a_partners_own_guide_refuses_is_told_with_the_map_that_is_named_for_it(tmp_path: Path) -> None:
    """Its guide judges, and the map is that of the standard: neither has the other's schema."""
    text = (PARTNERS / "borealis-ortho" / "partner.toml").read_text()
    sends = '850 = "borealis-ortho/850"\n999 = "x12/005010/999"\n'
    assert text.count(sends) == 1
    text = text.replace(sends, '999 = "x12/005010/999"\n850 = "x12/005010/850"\n')
    write(tmp_path, "partners/borealis-ortho/partner.toml", text)
    body = (PARTNERS / "borealis-ortho" / "samples" / "order.edi").read_bytes()
    told = one(inspect(body.replace(b"|TY|", b"|QQ|", 1), Rules(find_configuration(str(tmp_path)))))
    assert (told.verdict, told.map, told.schema) == ("findings", None, "x12/005010/850")
    assert [each.code for each in told.findings if each.severity.is_reject] == ["GDE-ELEMENT-CODE"]


def test_what_is_wrong_with_the_envelope_is_told_of_no_document() -> None:
    told = inspect(ACME.replace(b"GE*1*101", b"GE*7*101"), RULES)
    assert (told.verdict, one(told).verdict) == ("findings", "valid")
    assert told.findings
    assert one(told).findings == []


def test_a_set_that_was_not_agreed_is_unknown_and_says_so() -> None:
    told = inspect(JSON.replace(b'"purchaseOrder"', b'"greeting"'), RULES, "helix-diagnostics")
    assert (told.verdict, one(told).verdict, one(told).map, one(told).schema) == ("unknown", "unknown", None, None)


def test_as_whose_a_body_is_judged_may_be_said() -> None:
    told = inspect(XML, RULES, "acme-cardio")
    assert told.partners == ["acme-cardio"]
    assert one(told).verdict == "unknown"
    with pytest.raises(Misconfigured):
        inspect(XML, RULES, "nobody-of-ours")


def test_what_cannot_be_read_is_told_in_the_syntax_it_was_meant_in() -> None:
    for body, syntax in (
        (b"ISA*00", "x12"),
        (b"<Order>", "xml"),
        (b"hello", "unknown"),
        (json.dumps("x").encode(), "unknown"),
    ):
        told = inspect(body, RULES)
        assert (told.syntax, told.verdict, told.documents, told.partners) == (syntax, "unreadable", [], [])
        assert told.findings
    assert inspect(b"hello", RULES, "summit-surgical").syntax == "xml", "by whose partner it is"


def test_a_doubt_about_the_envelope_alone_is_a_finding_and_so_is_what_stands_in_none() -> None:
    told = inspect(CXML.replace(b"payloadID=", b"id="), RULES)
    assert (told.verdict, one(told).verdict, [each.code for each in told.findings]) == (
        "findings", "valid", ["ENV-PAYLOAD-MISSING"],
    )  # fmt: skip
    stray = inspect(STRANGE_X12.replace(b"GE*1*", b"ZZZ*1~GE*1*"), RULES)
    assert (stray.verdict, one(stray).verdict, bool(stray.findings)) == ("findings", "valid", True)


def test_an_acknowledgement_of_ours_is_understood() -> None:
    case = CHECKOUT / "mappings/nordlys-implants/application-response/cases/an order that came"
    ours = (case / "expected.xml").read_bytes()
    told = inspect(ours, RULES)
    assert (told.verdict, one(told).document) == ("valid", "FunctionalAcknowledgement")
