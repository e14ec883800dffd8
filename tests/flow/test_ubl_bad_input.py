"""UBL as it should not be, and as it may be: what changes nothing, and what is told with code, place and remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork, assert_each_finding_helps, codes, findings
from tests.flow.overlay import change
from tests.flow.test_ubl import NORDLYS, ORDER, answers, said

OpenOver = Callable[[Path], AtWork]
TEXT = ORDER.decode()


def changed(old: str, new: str, count: int = 1) -> bytes:
    assert old in TEXT, old
    return TEXT.replace(old, new, count).encode()


HARMLESS = {
    "comments between all elements": TEXT.replace("\n  <c", "\n  <!-- a <note> -->\n  <c").encode(),
    "instructions between all elements": TEXT.replace("\n  <c", "\n  <?print now?>\n  <c").encode(),
    "a comment within a value": changed("NL-2026-10077", "NL-2026<!-- of ours -->-10077"),
    "an instruction within a value": changed("NL-2026-10077", "NL-2026-<?page 1?>10077"),
    "a value in CDATA": changed("NL-2026-10077", "<![CDATA[NL-2026-10077]]>"),
    "signs as references": changed("NL-2026-10077", "NL&#45;2026&#x2D;10077"),
    "blanks around what is no text": changed(">400<", "> 400\n<"),
    "prefixes declared where they are used": changed(
        "<cac:OrderLine>",
        '<x:OrderLine xmlns:x="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">',
    ).replace(b"</cac:OrderLine>", b"</x:OrderLine>", 1),
    "namespaces that nobody uses": changed("<Order ", '<Order xmlns:qdt="urn:nobody" '),
    "where its schema is": changed(
        "<Order ",
        '<Order xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a order.xsd" ',
    ),
    "line ends of Windows": TEXT.replace("\n", "\r\n").encode(),
    "all in one line": " ".join(line.strip() for line in TEXT.split("\n")).encode(),
    "a mark before it": b"\xef\xbb\xbf" + ORDER,
    "in UTF-16": b"\xff\xfe" + TEXT.replace("UTF-8", "UTF-16").encode("utf-16-le"),
    "in Latin-1": TEXT.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_it_is_the_same_order(hub: AtWork, case: str) -> None:
    first, again = hub.send(ORDER, NORDLYS), hub.send(HARMLESS[case], NORDLYS)
    assert (first.message.outcome, again.message.outcome) == ("accepted", "duplicate"), findings(again)
    assert len(hub.orders(NORDLYS, "NL-2026-10077")) == 1


FOUR_HUNDRED = '<cbc:Quantity unitCode="EA">400'
LINE = "/Order/cac:OrderLine[1]/cac:LineItem"
REJECTED = {
    "its number twice": (
        changed("<cbc:IssueDate>", "<cbc:ID>NL-2</cbc:ID><cbc:IssueDate>"), "GDE-NAME-OFTEN", "/Order/cbc:ID[2]"
    ),
    "its day twice": (
        changed("<cbc:IssueTime>", "<cbc:IssueDate>2026-11-18</cbc:IssueDate><cbc:IssueTime>"),
        "GDE-NAME-OFTEN",
        "/Order/cbc:IssueDate[2]",
    ),
    "the quantity of a line twice": (
        changed(FOUR_HUNDRED, f"{FOUR_HUNDRED}</cbc:Quantity>{FOUR_HUNDRED}"),
        "GDE-NAME-OFTEN",
        f"{LINE}/cbc:Quantity[2]",
    ),
    "two buyers": (
        changed("<cac:SellerSupplierParty>", "<cac:BuyerCustomerParty/><cac:SellerSupplierParty>"),
        "GDE-NAME-OFTEN",
        "/Order/cac:BuyerCustomerParty[2]",
    ),
    "no number": (changed("<cbc:ID>NL-2026-10077</cbc:ID>", ""), "GDE-NAME-MISSING", "/Order"),
    "no day": (changed("<cbc:IssueDate>2026-11-19</cbc:IssueDate>", ""), "GDE-NAME-MISSING", "/Order"),
    "a line without a number": (changed("<cbc:ID>1</cbc:ID>", ""), "GDE-NAME-MISSING", LINE),
    "in another order": (
        changed("<cbc:IssueTime>10:42:00</cbc:IssueTime>", "").replace(
            b"<cac:Contract>", b"<cbc:IssueTime>10:42:00</cbc:IssueTime><cac:Contract>"
        ),
        "GDE-NAME-ORDER",
        "/Order/cbc:IssueTime",
    ),
    "a day that there is not": (
        changed("<cbc:IssueDate>2026-11-19", "<cbc:IssueDate>2026-02-30"), "GDE-VALUE-TYPE", "/Order/cbc:IssueDate"
    ),
    "a day as people write it": (
        changed("<cbc:IssueDate>2026-11-19", "<cbc:IssueDate>19.11.2026"), "GDE-VALUE-TYPE", "/Order/cbc:IssueDate"
    ),
    "a quantity with a comma": (changed(">400<", ">400,5<"), "GDE-VALUE-TYPE", f"{LINE}/cbc:Quantity"),
    "an empty quantity": (changed(">400<", "><"), "GDE-VALUE-TYPE", f"{LINE}/cbc:Quantity"),
    "an amount of no number": (
        changed(">86.50<", ">86.50 SEK<"), "GDE-VALUE-TYPE", f"{LINE}/cac:Price/cbc:PriceAmount"
    ),
    "text between elements": (
        changed("<cac:OrderLine>", "urgent!<cac:OrderLine>"), "GDE-TEXT-STRAY", "/Order"
    ),
    "an element within a value": (
        changed("NL-2026-10077", "NL-<b>2026</b>-10077"), "GDE-NAME-UNKNOWN", "/Order/cbc:ID/b"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REJECTED)
def test_what_no_schema_allows_is_rejected_with_code_place_and_remedy_and_told_so(hub: AtWork, case: str) -> None:
    body, code, place = REJECTED[case]
    got = hub.send(body, NORDLYS)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused"), findings(got)
    found = [each for each in findings(got) if each.code == code]
    assert [each.location.at for each in found][:1] == [place], findings(got)
    assert all(each.location.line for each in found)
    assert_each_finding_helps(got)
    assert hub.orders(NORDLYS, "NL-2026-10077") == []
    [told] = answers(hub, got.message.id, "ApplicationResponse")
    assert said(told.body, "cac:DocumentResponse/cac:Response/cbc:ResponseCode/text()") == ["RE"]
    assert place in said(told.body, "//cac:LineReference/cbc:LineID/text()")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(changed(' xmlns:cbc="', ' xmlns:cbd="'), "SYN-XML-BROKEN", id="a prefix that is not declared"),
        pytest.param(changed("<Order ", "<!DOCTYPE Order><Order "), "SYN-XML-DOCTYPE", id="a DOCTYPE"),
        pytest.param(changed("NL-2026-10077", "NL-&ouml;"), "SYN-XML-BROKEN", id="an entity of HTML"),
        pytest.param(ORDER + ORDER, "SYN-XML-MANY", id="two orders in one body"),
        pytest.param(ORDER[:-10], "SYN-XML-BROKEN", id="cut short"),
    ],
)
def test_what_nobody_can_open_is_told_with_its_line(hub: AtWork, body: bytes, code: str) -> None:
    got = hub.send(body, NORDLYS)
    assert (got.message.validation, got.message.outcome, codes(got)) == ("unreadable", "quarantined", {code})
    assert_each_finding_helps(got)
    assert all(each.location.line for each in findings(got))
    [told] = answers(hub, got.message.id, "ApplicationResponse")
    assert code in said(told.body, "//cac:Response/cbc:Description/text()")[0]


@pytest.mark.parametrize(
    "space",
    ["xsd:Invoice-2", "xsd:CreditNote-2", "xsd:OrderResponse-2", "xsd:Order-3", "xsd:order-2"],
)
def test_another_root_waits_for_a_person_and_the_remedy_names_the_line_of_the_partners_file(
    hub: AtWork, space: str
) -> None:
    root = space.removeprefix("xsd:").rpartition("-")[0]
    body = TEXT.replace("xsd:Order-2", space).replace("<Order ", f"<{root} ").replace("</Order>", f"</{root}>")
    got = hub.send(body.encode(), NORDLYS)
    assert (got.message.outcome, codes(got)) == ("held", {"MAP-NOT-ROUTED"})
    [found] = findings(got)
    assert found.location.at == f"/{root}"
    assert found.location.line == 4, "where its opening tag ends"
    assert "partners/nordlys-implants/partner.toml" in (found.remedy or "")


WRONG_PREFIX = changed(
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"',
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"',
)


def test_a_prefix_bound_to_another_namespace_is_rejected_for_what_is_missing(hub: AtWork) -> None:
    got = hub.send(WRONG_PREFIX, NORDLYS)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert "GDE-NAME-MISSING" in codes(got)
    assert_each_finding_helps(got)


@pytest.mark.parametrize("said_instead", ["urn:fdc:peppol.eu:poacc:trns:order:2", "our own way", "-"])
@pytest.mark.parametrize(
    ("place", "agreed"),
    [
        ("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order:3"),
        ("ProfileID", "urn:fdc:peppol.eu:poacc:bis:ordering:3"),
    ],
)
def test_an_order_of_another_profile_than_was_agreed_waits_and_its_sender_hears_where_and_why(
    hub: AtWork, place: str, agreed: str, said_instead: str
) -> None:
    got = hub.send(changed(agreed, said_instead), NORDLYS)
    assert (got.message.outcome, answers(hub, got.message.id)) == ("held", [])
    [found] = [each for each in findings(got) if each.code == "MAP-CODE"]
    assert (found.location.at, found.found) == (f"/Order/cbc:{place}", said_instead)
    [told] = answers(hub, got.message.id, "ApplicationResponse")
    assert said(told.body, "//cac:LineReference/cbc:LineID/text()") == [f"/Order/cbc:{place}"]
    [text] = said(told.body, "//cac:LineResponse/cac:Response/cbc:Description/text()")
    assert "is no code that was agreed with us; write an agreed code, or have it agreed" in text


def test_a_process_without_answers_was_not_agreed_with_who_wants_them(hub: AtWork) -> None:
    got = hub.send(changed("bis:ordering:3", "bis:order_only:3"), NORDLYS)
    assert (got.message.outcome, "MAP-CODE" in codes(got)) == ("held", True)


def test_where_no_profile_was_agreed_any_is_taken(tmp_path: Path, hub_with: OpenOver) -> None:
    change(tmp_path, f"partners/{NORDLYS}/partner.toml", 'order = "nordlys-implants/order"', 'order = "ubl/order"')
    hub = hub_with(tmp_path)
    other = changed("urn:fdc:peppol.eu:poacc:trns:order:3", "our own way").replace(b"bis:ordering:3", b"bis:other:1")
    got = hub.send(other, NORDLYS)
    assert (got.message.outcome, "MAP-CODE" in codes(got)) == ("refused", False), "the factory judged it: no revision"


@pytest.mark.parametrize("of", ["PriceAmount", "LineExtensionAmount", "PayableAmount"])
@pytest.mark.parametrize("currency", ["NOK", "", "kronor"])
def test_a_currency_that_differs_from_the_documents_is_told_at_its_place(hub: AtWork, of: str, currency: str) -> None:
    place = f'<cbc:{of} currencyID="SEK"'
    got = hub.send(changed(place, place.replace("SEK", currency)), NORDLYS)
    assert got.message.outcome in ("accepted", "changed", "refused")
    assert [each for each in findings(got) if each.code != "MAP-UNREAD"] or not currency
    assert_each_finding_helps(got)
