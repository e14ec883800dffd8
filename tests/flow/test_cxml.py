"""Orders of cXML from their bytes to our ConfirmationRequest: what the envelope says, and what is told of the rest."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from hub.canonical.order import PurchaseOrder
from hub.flow.inspecting import inspect
from hub.flow.outward import told_to_partner
from hub.flow.rules import Rules
from hub.flow.viewing import view_of
from hub.formats.families import SchemaLibrary
from hub.mapping.documents import read_documents
from hub.mapping.library import MapLibrary
from hub.platform.configuration import find_configuration
from tests.flow.at_work import AtWork, codes, findings
from tests.flow.overlay import write
from tests.flow.wire import Sent
from tests.house import CHECKOUT

MERIDIAN = "meridian-cath"
ORDER = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()
SECONDS_MAX = 2.0  # for one sample, the first of them with the compiling of its map
OpenOver = Callable[[Path], AtWork]
PAYLOAD = "1795165200.4711.20931@buy.meridian-cath.example"


def said(body: bytes, path: str) -> list[str]:
    found = etree.fromstring(body).xpath(path)
    assert isinstance(found, list)
    return [str(each) for each in found]


def answers(hub: AtWork, message: str, kind: str = "ConfirmationRequest") -> list[Sent]:
    """Return what of a kind we wrote because of a message."""
    return [each for each in hub.answers(message) if said(each.body, f"/cXML/Request/{kind}")]


def test_an_order_is_answered_by_a_confirmation_line_by_line(hub: AtWork) -> None:
    got = hub.send(ORDER, MERIDIAN)
    assert (got.message.syntax, got.message.wire) == ("cxml", "OrderRequest")
    assert (got.message.validation, got.message.outcome, got.message.attention) == ("valid", "accepted", None)
    [answer] = answers(hub, got.message.id)
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


def test_line_numbers_that_are_one_number_are_one_however_they_are_spelt(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b'lineNumber="2"', b'lineNumber="01"'), MERIDIAN)
    assert got.message.outcome == "refused"
    assert [each.found for each in findings(got) if each.code == "BUS-LINE-REPEATED"] == ["1", "1"]


def test_the_envelope_of_the_answer_goes_the_other_way_under_an_id_of_its_own(hub: AtWork) -> None:
    [answer] = answers(hub, hub.send(ORDER, MERIDIAN).message.id)
    assert said(answer.body, "//Header/From/Credential/Identity/text()") == ["AN01000098765"]
    assert said(answer.body, "//Header/To/Credential/Identity/text()") == ["AN01000421977"]
    assert said(answer.body, "/cXML/@payloadID") == [f"{answer.message}@AN01000098765"]
    assert said(answer.body, "//Request/@deploymentMode") == ["production"]
    row = hub.detail(answer.message).message
    assert (row.file_name, row.content_type) == (f"ConfirmationRequest-{row.id}.xml", "text/xml")


def test_a_line_we_do_not_make_is_rejected_and_the_others_stand(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b"MC-20090", b"MC-9").replace(b">ST-090-NI<", b">ST-9<"), MERIDIAN)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "//ConfirmationHeader/@type") == ["detail"]
    assert said(answer.body, "//ConfirmationStatus/@type") == ["accept", "accept", "reject"]
    assert said(answer.body, "//ConfirmationItem[2]/ConfirmationStatus/Comments/text()")


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        (b"2027-01-27T00:00:00", b"2026-12-02T00:00:00", "lead time"),
        (b'<UnitPrice>\n            <Money currency="USD">6.25</Money>\n          </UnitPrice>', b"", "6.25 USD"),
    ],
    ids=["a day within the lead time", "no price"],
)
def test_a_line_accepted_with_another_day_or_a_price_filled_in_is_confirmed_in_detail(
    hub: AtWork, was: bytes, now: bytes, reason: str
) -> None:
    assert ORDER.count(was) == 1
    got = hub.send(ORDER.replace(was, now), MERIDIAN)
    assert (got.message.outcome, got.message.attention) == ("changed", None)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "//ConfirmationHeader/@type") == ["detail"]
    assert said(answer.body, "//ConfirmationStatus/@type") == ["accept", "accept", "detail"]
    [told] = said(answer.body, "//ConfirmationItem[2]/ConfirmationStatus/Comments/text()")
    assert reason in told


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
        (b'"production"', b'"staging"', "ENV-USAGE"),
    ],
)
def test_an_envelope_of_somebody_else_or_of_no_known_mode_is_refused(
    hub: AtWork, was: bytes, now: bytes, code: str
) -> None:
    got = hub.send(ORDER.replace(was, now), MERIDIAN)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert codes(got) >= {code}
    assert hub.orders(MERIDIAN, "MC-4500071") == []
    assert hub.send(ORDER, MERIDIAN).message.outcome == "accepted"


def test_a_test_is_taken_as_one_and_answered_as_one(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b'deploymentMode="production"', b'deploymentMode="test"'), MERIDIAN)
    assert (got.message.test, got.message.outcome, got.message.attention) == (True, "accepted", None)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "//Request/@deploymentMode") == ["test"]


@pytest.mark.parametrize("real_first", [False, True])
def test_a_test_is_never_in_the_way_of_the_real_one_under_its_payload(hub: AtWork, real_first: bool) -> None:
    test = ORDER.replace(b'deploymentMode="production"', b'deploymentMode="test"')
    for body in (ORDER, test) if real_first else (test, ORDER):
        got = hub.send(body, MERIDIAN)
        assert (got.message.outcome, got.message.test) == ("accepted", body is test)
        mode = "test" if body is test else "production"
        (answer,) = answers(hub, got.message.id)
        assert said(answer.body, "//Request/@deploymentMode") == [mode]
        assert said(answer.body, "//OrderReference/DocumentReference/@payloadID") == [PAYLOAD]
        assert hub.send(body + b"\n", MERIDIAN).message.outcome == "duplicate"
    assert len(hub.log(direction="out", partner="plant-erp")) == 1


def test_an_order_that_replaces_another_waits_for_a_person(hub: AtWork) -> None:
    hub.send(ORDER, MERIDIAN)
    changed = ORDER.replace(b'type="new"', b'type="update" orderVersion="2"').replace(b"1795165200", b"1795165300")
    got = hub.send(changed, MERIDIAN)
    assert got.message.outcome == "held"
    assert "replace" in str(got.message.attention)
    assert answers(hub, got.message.id) == []


def test_what_the_envelope_says_comes_back_as_it_was_whatever_signs_it_holds(hub: AtWork) -> None:
    odd = ORDER.replace(PAYLOAD.encode(), b"a&quot;b&lt;c&amp;'@x").replace(b"PX-31", b"]]&gt;&lt;Evil/&gt;")
    [answer] = answers(hub, hub.send(odd, MERIDIAN).message.id)
    assert said(answer.body, "//DocumentReference/@payloadID") == ["a\"b<c&'@x"]
    assert said(answer.body, "//Extrinsic[@name='Project']/text()") == ["]]><Evil/> steerable sheath"]


def test_an_order_without_a_payload_is_taken_and_told(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b"payloadID=", b"id="), MERIDIAN)
    assert (got.message.validation, got.message.outcome) == ("warnings", "accepted")
    assert "ENV-PAYLOAD-MISSING" in codes(got)
    [answer] = answers(hub, got.message.id)
    assert said(answer.body, "//DocumentReference") == []


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("<Request><ProfileRequest/></Request>", "does not answer it yet"),
        ("<Request><PunchOutSetupRequest operation='create'/></Request>", "belongs to PunchOut"),
        ("<Message><PunchOutOrderMessage/></Message>", "belongs to PunchOut"),
        ("<Response><Status code='200' text='OK'/></Response>", "in the HTTP reply"),
        ("<Request><StatusUpdateRequest/></Request>", "nothing of the hub takes yet"),
        ("<Request><CatalogUploadRequest/></Request>", "about catalogues"),
        ("<Request><OrderRequests/></Request>", "no document that cXML knows"),
    ],
)
def test_what_nobody_takes_is_named_by_what_it_is_and_kept_for_a_person(hub: AtWork, document: str, told: str) -> None:
    start, end = ORDER.index(b"  <Request"), ORDER.index(b"</cXML>")
    got = hub.send(ORDER[:start] + document.encode() + ORDER[end:], MERIDIAN)
    assert (got.message.syntax, got.message.outcome) == ("cxml", "held")
    assert told in str(got.message.attention)
    [found] = [each for each in findings(got) if each.code == "MAP-NOT-ROUTED"]
    assert "OrderRequest" in (told_to_partner(found).remedy or "")
    assert hub.send(ORDER, MERIDIAN).message.outcome == "accepted"


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        (b"http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd", b"http://evil.example/x.dtd", "SYN-CXML-DOCTYPE"),
        (b'cXML.dtd">', b'cXML.dtd" [<!ENTITY a "b">]>', "SYN-CXML-SUBSET"),
        (b"MC-4500071", b"&order;", "SYN-XML-BROKEN"),
        (b"<cXML ", b"<cXML xmlns='urn:x' ", "SYN-CXML-NAMESPACE"),
        (b"</cXML>", b"", "SYN-XML-BROKEN"),
    ],
)
def test_what_nobody_can_read_is_kept_and_told_with_its_place(hub: AtWork, was: bytes, now: bytes, code: str) -> None:
    got = hub.send(ORDER.replace(was, now), MERIDIAN)
    assert (got.message.syntax, got.message.validation, got.message.outcome) == ("cxml", "unreadable", "quarantined")
    [found] = findings(got)
    assert found.code == code
    assert found.location.line
    assert found.remedy


def test_what_is_attached_is_kept_in_the_body_and_named(hub: AtWork) -> None:
    head = b"--b7\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <order@meridian>\r\n\r\n"
    drawing = (
        b"--b7\r\nContent-Type: application/pdf\r\nContent-ID: <d1@meridian>\r\n\r\n%PDF-1.7 \xff\x00\r\n--b7--\r\n"
    )
    referring = ORDER.replace(
        b"Pouched in tens, please.", b"As drawn.<Attachment><URL>cid:d1@meridian</URL></Attachment>"
    )
    body = head + referring + b"\r\n" + drawing
    got = hub.send(body, MERIDIAN)
    assert (got.message.syntax, got.message.validation, got.message.outcome) == ("cxml", "warnings", "accepted")
    assert [each.found for each in findings(got) if each.code == "SYN-ATTACHMENT"] == ["cid:d1@meridian"]
    assert hub.stored(got.message.id) == body
    assert hub.send(referring, MERIDIAN).message.outcome == "duplicate"


@pytest.mark.parametrize(
    ("was", "now", "code", "outcome"),
    [
        (b'<Money currency="USD">1.84', b'<Money currency="EUR">1.84', "BUS-PRICE-CURRENCY", "changed"),
        (b'<Money currency="USD">4930', b'<Money currency="EUR">4930', "BUS-CURRENCY-MIXED", "refused"),
        (b">4930.00<", b">4940.00<", "BUS-TOTAL", "accepted"),
        (b"T10:05:00-05:00\" type", b"\" type", None, "accepted"),
        (b"2027-01-27T00:00:00", b"2027-01-27T12:00:00", None, "accepted"),
        (b"2027-01-27T00:00:00", b"2027-01-27T09:30:00", "BUS-DATE-TIME", "changed"),
        (b'orderType="regular"', b'orderType="stockTransport"', "MAP-CODE-PASSED", "held"),
        (b'orderType="regular"', b'shipComplete="yes"', "BUS-CONDITION", "held"),
        (b"        <Comments", b"<TermsOfDelivery><X latestDate='2027-01-01'/></TermsOfDelivery><Comments",
         "MAP-UNWEIGHED", "changed"),
        (b"        <Comments", b"<ControlKeys><OCInstruction value='allowed'/></ControlKeys><Comments",
         "MAP-UNREAD", "accepted"),
    ],
)  # fmt: skip
def test_what_an_order_says_beside_is_weighed(
    hub: AtWork, was: bytes, now: bytes, code: str | None, outcome: str
) -> None:
    assert was in ORDER
    got = hub.send(ORDER.replace(was, now), MERIDIAN)
    assert got.message.outcome == outcome, [str(each) for each in findings(got)]
    assert code is None or code in codes(got), codes(got)


def test_an_order_in_a_currency_nobody_agreed_is_not_said_to_be_in_ours(hub: AtWork) -> None:
    got = hub.send(ORDER.replace(b'currency="USD"', b'currency="XXQ"'), MERIDIAN)
    assert got.message.outcome == "refused"
    said = [each.message for each in findings(got) if "CURRENCY" in each.code]
    assert said == [f"line {number}: ordered in 'XXQ', the contract is in USD" for number in (1, 2)]
    assert b"USD" not in b"".join(each.body for each in hub.answers(got.message.id)).replace(b"contract is in USD", b"")


@pytest.mark.parametrize(
    ("first", "second"), [(PAYLOAD, "another@buy.meridian-cath.example"), ("1795165200", "1795165201")]
)
def test_the_same_order_under_another_payload_is_said_to_be_the_same(hub: AtWork, first: str, second: str) -> None:
    hub.send(ORDER.replace(PAYLOAD.encode(), first.encode()), MERIDIAN)
    got = hub.send(ORDER.replace(PAYLOAD.encode(), second.encode()), MERIDIAN)
    [found] = [each.message for each in findings(got) if each.code == "BUS-ORDER-DUPLICATE"]
    assert found.startswith(f"the same order MC-4500071 again (under {second}, message ")
    assert "control number" not in found


def test_an_answer_goes_to_the_division_that_ordered(tmp_path: Path, hub_with: OpenOver) -> None:
    folder = tmp_path / "config" / "partners" / MERIDIAN
    folder.mkdir(parents=True)
    file = (CHECKOUT / "partners" / MERIDIAN / "partner.toml").read_text()
    other = '[[cxml.theirs]]\ndomain = "DUNS"\nidentity = "55"\n\n[cxml.ours]'
    (folder / "partner.toml").write_text(file.replace("[cxml.ours]", other))
    divided = hub_with(tmp_path / "config")
    credentials = re.compile(rb"<From>.*?</From>", re.DOTALL)
    duns = b'<From><Credential domain="duns"><Identity>55</Identity></Credential></From>'
    [answer] = answers(divided, divided.send(credentials.sub(duns, ORDER), MERIDIAN).message.id)
    assert said(answer.body, "//Header/To/Credential/@domain") == ["DUNS"]
    assert said(answer.body, "//Header/To/Credential/Identity/text()") == ["55"]
    other_order = ORDER.replace(b"17951652", b"17951653").replace(b"-4500071", b"-4500072")
    [answer] = answers(divided, divided.send(other_order, MERIDIAN).message.id)
    assert said(answer.body, "//Header/To/Credential/Identity/text()") == ["AN01000421977"]


def test_an_answer_that_a_word_without_a_code_keeps_back_names_the_word_and_nothing_that_is_no_reason(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    codes_of_ours = (CHECKOUT / "mappings" / "cxml" / "codes.toml").read_text()
    write(tmp_path / "config", "mappings/cxml/codes.toml", codes_of_ours.replace('date-rescheduled = "detail"\n', ""))
    got = hub_with(tmp_path / "config").send(ORDER.replace(b"2027-01-27T00:00:00", b"2026-12-02T00:00:00"), MERIDIAN)
    assert "'date-rescheduled' has no code in table line-status" in str(got.message.attention)
    told = [each.message for each in findings(got) if each.code == "MAP-UNSENDABLE"]
    assert "'date-rescheduled'" in told[0]
    assert not any("MAP-UNSAID" in each for each in told)


def test_a_card_that_an_order_is_to_be_paid_by_is_told_without_its_number_and_kept_nowhere(hub: AtWork) -> None:
    card = b'<Payment><PCard number="4111111111111111" expiration="2028-06-30"/></Payment>'
    got = hub.send(ORDER.replace(b"        <Extrinsic", card + b"        <Extrinsic", 1), MERIDIAN)
    assert got.message.outcome == "accepted"
    assert {"*" * 16, "*" * 10} <= {each.found for each in findings(got)}
    assert b"4111" not in hub.stored(got.message.id)
    [row] = got.documents
    assert "4111" not in str(view_of(hub.stored(got.message.id), row, row.findings, hub.hub.rules))


def test_every_sample_of_others_gets_its_verdict(hub: AtWork, shared: Path) -> None:
    found: Counter[tuple[str | None, str, str]] = Counter()
    for file in sorted((shared / "samples" / "cxml").rglob("*.xml")):
        started = time.monotonic()
        got = hub.send(file.read_bytes(), MERIDIAN)
        assert time.monotonic() - started < SECONDS_MAX, file.name
        assert all(each.message and each.location for each in findings(got)), file.name
        found[got.message.syntax, got.message.validation, got.message.outcome] += 1
    assert found == Counter({("cxml", "rejected", "refused"): 20, ("xml", "warnings", "held"): 1})


def test_every_sample_of_others_is_told_what_it_is_without_being_sent(shared: Path) -> None:
    rules, found = Rules(find_configuration(None)), Counter[tuple[str, str]]()
    for file in sorted((shared / "samples" / "cxml").rglob("*.xml")):
        [document] = inspect(file.read_bytes(), rules).documents
        found[document.kind, document.verdict] += 1
    assert {kind: count for (kind, verdict), count in found.items() if verdict == "valid"} == {"OrderRequest": 2}
    with_findings = {"OrderRequest", "ConfirmationRequest", "StatusUpdateRequest"}
    assert {kind for kind, verdict in found if verdict == "findings"} == with_findings
    assert found.total() == 21


def test_every_order_of_others_arrives_with_all_mapped_or_named_as_unread(shared: Path) -> None:
    map_ = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT])).map("cxml/order")
    orders, lines, unread, unweighed = 0, 0, 0, 0
    for file in sorted((shared / "samples" / "cxml").rglob("*.xml")):
        body = file.read_bytes()
        if b"<OrderRequest>" not in body:
            continue
        [read] = read_documents(map_, body)
        assert read.applied is not None
        document = read.applied.document
        assert isinstance(document, PurchaseOrder), file.name
        assert [str(each) for each in read.findings if each.severity.is_reject] == [], file.name
        assert document.number
        assert document.message_id
        assert all(line.quantity and line.price for line in document.lines)
        told = Counter(each.code for each in read.findings)
        assert told.keys() <= {"MAP-UNREAD", "MAP-UNWEIGHED"}, file.name
        orders, lines = orders + 1, lines + len(document.lines)
        unread, unweighed = unread + told["MAP-UNREAD"], unweighed + told["MAP-UNWEIGHED"]
    assert (orders, lines, unread, unweighed) == (3, 5, 28, 2)


def test_what_stands_behind_an_attachment_in_a_comment_is_told_as_not_read(hub: AtWork) -> None:
    got = hub.send(
        ORDER.replace(b"in tens", b"<Attachment><URL>http://x.example/1</URL></Attachment> in tens"), MERIDIAN
    )
    assert {"http://x.example/1", "in tens, please."} <= {each.found for each in findings(got)}


def test_a_large_order_with_a_drawing_is_read_in_the_process_for_large_messages(hub: AtWork) -> None:
    drawing = b"--b7\r\nContent-Type: application/pdf\r\n\r\n" + b"%PDF-1.7\r\n" * 40_000 + b"--b7--\r\n"
    got = hub.send(b"--b7\r\nContent-Type: text/xml\r\n\r\n" + ORDER + b"\r\n" + drawing, MERIDIAN)
    assert (got.message.syntax, got.message.outcome) == ("cxml", "accepted")
    assert len(answers(hub, got.message.id)) == 1


def test_the_page_shows_the_cxml_with_its_envelope_and_the_names_of_the_schema(hub: AtWork) -> None:
    rules = hub.hub.rules
    got = hub.send(ORDER, MERIDIAN)
    [row] = got.documents
    shown = view_of(ORDER, row, row.findings, rules)
    assert [entry.tag for entry in shown.entries][:3] == ["cXML", "Header", "From"]
    assert not any(entry.unknown for entry in shown.entries)
    body = b"--b7\r\nContent-Type: text/xml\r\n\r\n" + ORDER + b"\r\n--b7\r\n\r\n<<no xml>>\r\n--b7--\r\n"
    beside = view_of(body, row, row.findings, rules)
    assert beside.cut, "the attachment is not shown"
    assert [entry.tag for entry in beside.entries] == [entry.tag for entry in shown.entries]
    assert [entry.number - 3 for entry in beside.entries] == [entry.number for entry in shown.entries]
    colour = b"<Colour><Hue>red</Hue></Colour>"
    for before, unknown in ((b"<ShipTo>", ["Colour"]), (b"<From>", [])):
        assert ORDER.count(before) == 1
        strange = view_of(ORDER.replace(before, colour + before), row, row.findings, rules)
        assert [entry.tag for entry in strange.entries if entry.unknown] == unknown, "of the envelope nothing is known"
