"""What a customer of XML or JSON is told of odd documents is what we did with them, in its own terms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.exchange.model import MessageDetail
from hub.flow.outward import told_to_partner
from hub.flow.outward_sentences import OF_ALL_CASES, TO_PARTNER, own_key
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.sentence import templates
from hub.mapping.sentences import READING
from hub.web.catalogues import import_rooms
from tests.flow.at_work import AtWork, codes, findings
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit, json_order, xml_order
from tests.flow.overlay import short_numbers, write
from tests.flow.wire import one_order

OpenOver = Callable[[Path], AtWork]
ITEM = {"lineNo": 1, "partNo": "CRT-200", "revision": "A", "size": {"amount": 500, "unit": "each"}, "netPrice": 41.2}


@pytest.fixture
def hub(tmp_path: Path, hub_with: OpenOver) -> AtWork:
    """Two customers who wish to be told what could be read."""
    add_helix(tmp_path / "config", acknowledged=True)
    add_summit(tmp_path / "config", acknowledged=True)
    return hub_with(tmp_path / "config")


def told_in_json(hub: AtWork, got: MessageDetail) -> Any:
    """Return the acknowledgement of a JSON message: there is but one."""
    bodies = [json.loads(each.body) for each in hub.answers(got.message.id)]
    [told] = [each for each in bodies if each["messageType"] == "acknowledgement"]
    return told


def told_in_xml(hub: AtWork, got: MessageDetail) -> etree._Element:
    roots = [etree.fromstring(each.body) for each in hub.answers(got.message.id)]
    [told] = [each for each in roots if etree.QName(each).localname == "Acknowledgement"]
    return told


# signs that no wire may hold ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\x01", "\x1b", "\ufffe", "\uffff"])
@pytest.mark.parametrize(
    ("place", "more"),
    [
        ("/items/0/partNo", {"items": [{**ITEM, "partNo": "CRT%s200"}]}),
        ("/orderId", {"orderId": "HX%s1"}),
        ("/agreement", {"agreement": "FA%s118"}),
        ("/remarks/0", {"remarks": ["to the %s door"]}),
        ("/buyer/name", {"buyer": {"name": "Helix%s"}}),
    ],
)
def test_a_sign_that_no_wire_may_hold_refuses_the_order_and_its_sender_is_told_where(
    hub: AtWork, place: str, more: dict[str, Any], sign: str
) -> None:
    more = json.loads(json.dumps(more).replace("%s", json.dumps(sign)[1:-1]))
    got = hub.send(json_order(more.pop("orderId", "HX-1"), **more), HELIX)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert [(each.code, each.location.at) for each in findings(got)] == [("GDE-VALUE-CHARACTER", place)]
    [document] = told_in_json(hub, got)["documents"]
    [fault] = document["faults"]
    assert fault["pointer"] == place
    assert f"U+{ord(sign):04X}" in fault["details"][0]["text"]
    assert document.get("orderId") == (None if place == "/orderId" else "HX-1"), "no other number than the one sent"


def test_two_references_that_differ_in_such_a_sign_are_never_one_order(hub: AtWork) -> None:
    for number in ("HX\x01A", "HX\x02A", "HX\\x01A"):
        hub.send(json_order(number), HELIX)
    assert [each.number for each in hub.orders(HELIX)] == ["HX\\x01A"]


# what is schema-valid, and no value of ours -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("2026-11-19T09:12:00+01:00", "12027-11-19T09:12:00+01:00", "/Order/Header/IssuedAt"),
        ("2027-01-18", "12027-01-18", "/Order/Header/RequestedDate"),
    ],
)
def test_a_date_that_the_xsd_allows_and_no_calendar_of_ours_has_is_rejected_at_the_door(
    hub: AtWork, old: str, new: str, place: str
) -> None:
    got = hub.send(xml_order("SU-1").replace(old.encode(), new.encode()), SUMMIT)
    assert (got.message.validation, got.message.outcome, got.message.acknowledgement) == (
        "rejected",
        "refused",
        "rejected",
    )
    told = told_in_xml(hub, got)
    assert told.findtext("{*}Result") == "REJECTED"
    assert [each.text for each in told.iterfind(".//{*}Fault/{*}Path")] == [place]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("1e40", "GDE-VALUE-DIGITS"),
        ("1e-40", "GDE-VALUE-DECIMALS"),
        ("1" + "0" * 40, "GDE-VALUE-LONG"),
        ("0." + "1" * 40, "GDE-VALUE-LONG"),
    ],
)
def test_a_number_beyond_any_of_ours_is_rejected_with_the_bound(hub: AtWork, amount: str, code: str) -> None:
    got = hub.send(json_order("HX-1").replace(b'"amount": 500', b'"amount": ' + amount.encode()), HELIX)
    assert got.message.acknowledgement == "rejected"
    [fault] = told_in_json(hub, got)["documents"][0]["faults"]
    assert (fault["pointer"], fault["details"][0]["code"]) == ("/items/0/size/amount", code)
    assert fault["details"][0]["expected"] in {"18", "40"}


def test_what_only_our_map_cannot_take_is_held_and_told_as_partly_taken_without_our_remedy(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    config = tmp_path / "config"
    add_helix(config, acknowledged=True)
    tables = (Path("mappings") / HELIX / "codes.toml").read_text()
    write(config, f"mappings/{HELIX}/codes.toml", tables.replace('box = "box"\n', ""))
    hub = hub_with(config)
    got = hub.send(json_order("HX-1", items=[{**ITEM, "size": {"amount": 5, "unit": "box"}}]), HELIX)
    assert (got.message.outcome, got.message.acknowledgement) == ("held", "partly")
    told = told_in_json(hub, got)
    assert (told["result"], told["documents"][0]["result"]) == ("partly", "partly")
    [fault] = told["documents"][0]["faults"]
    assert (fault["pointer"], fault["details"][0]["code"]) == ("/items/0/size/unit", "MAP-CODE")
    assert fault["details"][0]["text"].startswith("'box' is no code that was agreed with us")
    assert "[codes" not in fault["details"][0]["remedy"]
    assert "[codes.unit]" in str(findings(got)[0].remedy), "a person of ours is told what to do in our file"


# bodies that nobody can open -----------------------------------------------------------------------------------------

BROKEN_JSON = {
    "cut": (json_order()[:100], "SYN-JSON-BROKEN", 5),
    "half a character": (json_order().replace(b"HX-1", b"HX-\\ud800"), "SYN-JSON-SURROGATE", 3),
    "other bytes": (json_order().replace(b"HX-1", b"HX-\xff"), "SYN-JSON-ENCODING", 3),
    "no quotation marks": (b"{orderId: 1}", "SYN-JSON-BROKEN", 1),
    "nothing": (b"", "SYN-JSON-EMPTY", 1),
    "blanks": (b" \n ", "SYN-JSON-EMPTY", 1),
    "a sentence": (b"please send 500 cartridges", "SYN-JSON-BROKEN", 1),
}
BROKEN_XML = {
    "cut": (xml_order()[:500], "SYN-XML-BROKEN", 16),
    "a control sign": (xml_order().replace(b"FA-118", b"FA-\x01"), "SYN-XML-CHARACTER", 7),
    "a reference to one": (xml_order().replace(b"FA-118", b"FA-&#1;"), "SYN-XML-CHARACTER", 7),
    "other bytes": (xml_order().replace(b"FA-118", b"FA-\xff"), "SYN-XML-ENCODING", 7),
    "a comment alone": (b"<?xml version='1.0'?>\n<!-- an order -->", "SYN-XML-EMPTY", 1),
    "nothing": (b"", "SYN-XML-EMPTY", 1),
    "a sentence": (b"please send 250 retractors", "SYN-XML-BROKEN", 1),
}


@pytest.mark.parametrize("name", BROKEN_JSON)
def test_json_that_nobody_can_open_is_rejected_in_json_with_its_line(hub: AtWork, name: str) -> None:
    body, code, line = BROKEN_JSON[name]
    got = hub.send(body, HELIX)
    assert (got.message.validation, got.message.outcome) == ("unreadable", "quarantined")
    assert (got.message.syntax, got.message.acknowledgement) == ("json", "rejected")
    [document] = told_in_json(hub, got)["documents"]
    [fault] = document["faults"]
    assert (fault["details"][0]["code"], fault["line"]) == (code, line)
    assert "pointer" not in fault, "it is about the document itself, whose pointer is empty"
    assert fault["details"][0]["remedy"]
    hub.replay(got.message.id)
    assert len(hub.answers(got.message.id)) == 1, "what is read again in vain is not told again"


@pytest.mark.parametrize("name", BROKEN_XML)
def test_xml_that_nobody_can_open_is_rejected_in_xml_with_its_line(hub: AtWork, name: str) -> None:
    body, code, line = BROKEN_XML[name]
    got = hub.send(body, SUMMIT)
    assert (got.message.validation, got.message.syntax) == ("unreadable", "xml")
    told = told_in_xml(hub, got)
    assert told.findtext("{*}Result") == "REJECTED"
    assert told.findtext(".//{*}Detail/{*}Code") == code
    assert (told.findtext(".//{*}Fault/{*}Path"), told.findtext(".//{*}Fault/{*}Line")) == ("/", str(line))


MANY = {
    "a list of two": (b"[" + json_order("HX-1") + b",\n" + json_order("HX-2") + b"]", HELIX, "SYN-JSON-MANY", "/1"),
    "a list of one": (b"[" + json_order("HX-1") + b"]", HELIX, "SYN-JSON-MANY", None),
    "an empty list": (b"[]", HELIX, "SYN-JSON-EMPTY", None),
    "one a line": (json_order("HX-1") + b"\n" + json_order("HX-2"), HELIX, "SYN-JSON-MANY", None),
    "two roots": (xml_order("SU-1") + b"<Order/>", SUMMIT, "SYN-XML-MANY", "/"),
    "two files": (xml_order("SU-1") + b"\n" + xml_order("SU-2"), SUMMIT, "SYN-XML-MANY", "/"),
}


@pytest.mark.parametrize("name", MANY)
def test_several_documents_in_one_body_are_none_and_their_sender_is_told_where_the_second_begins(
    hub: AtWork, name: str
) -> None:
    body, partner, code, place = MANY[name]
    got = hub.send(body, partner)
    assert (got.message.validation, got.message.outcome) == ("unreadable", "quarantined")
    [found] = findings(got)
    assert (found.code, hub.orders(partner)) == (code, [])
    assert "one document" in str(found.remedy)
    line = found.location.line
    if partner == HELIX:
        [fault] = told_in_json(hub, got)["documents"][0]["faults"]
        assert (fault["details"][0]["code"], fault.get("pointer"), fault["line"]) == (code, place, line)
    else:
        assert told_in_xml(hub, got).findtext(".//{*}Fault/{*}Line") == str(line)
    if name not in ("a list of one", "an empty list"):
        first = xml_order("SU-1") if partner == SUMMIT else json_order("HX-1")
        assert line is not None
        assert line > first.count(b"\n"), "where the second begins"


@pytest.mark.parametrize("body", [xml_order("SU-1") + b"tail", b"\n" + xml_order("SU-1")])
def test_what_is_no_second_document_is_told_as_what_it_is(hub: AtWork, body: bytes) -> None:
    assert "SYN-XML-MANY" not in codes(hub.send(body, SUMMIT))


def test_the_column_is_told_where_it_is_known(hub: AtWork) -> None:
    got = hub.send(json_order().replace(b"HX-1", b"HX-\\ud800"), HELIX)
    [fault] = told_in_json(hub, got)["documents"][0]["faults"]
    assert fault["details"][0]["text"].endswith("(line 3, column 17)")


@pytest.mark.parametrize("body", [b"null", b"true", b"42", b'""', b'"an order"'])
def test_who_speaks_json_is_told_in_the_words_of_json(hub: AtWork, body: bytes) -> None:
    got = hub.send(body, HELIX)
    assert got.message.acknowledgement == "rejected"
    assert not any("ISA" in each.message or "X12" in each.message for each in findings(got))
    [finding] = findings(got)
    assert (finding.code, finding.location.at, str(finding.location)) == (
        "GDE-NAME-SHAPE",
        "",
        "line 1 column 1 the document itself",
    )


def test_an_interchange_of_who_speaks_no_x12_is_still_seen_as_one(hub: AtWork) -> None:
    got = hub.send(b"junk before ISA*00*", HELIX)
    assert got.message.syntax != "json"


# more faults than anybody reads -------------------------------------------------------------------------------------


def test_of_three_thousand_faults_as_many_are_listed_as_are_read_and_the_rest_is_counted(hub: AtWork) -> None:
    got = hub.send(json_order("HX-1", items=[{**ITEM, "lineNo": n + 1, "zz": 1} for n in range(3_000)]), HELIX)
    [document] = told_in_json(hub, got)["documents"]
    faults = document["faults"]
    assert len(faults) == 501
    last = faults[-1]["details"][0]
    assert (last["code"], last["text"]) == ("GDE-MORE", "2500 more findings are not listed")
    listed = findings(got)
    assert (listed[-1].code, listed[-1].found) == ("GDE-MORE", str(3_000 - len(listed) + 1))


def test_of_a_small_document_of_many_faults_the_page_keeps_the_first(hub: AtWork) -> None:
    got = hub.send(xml_order("SU-1").replace(b"<Lines>", b"<Lines>" + b"<Line/>" * 3_000), SUMMIT)
    assert got.documents, "one document is never left out for its faults"
    listed = findings(got)
    assert len(listed) > 50
    assert listed[-1].code == "GDE-MORE"
    assert int(listed[-1].found or 0) + len(listed) - 1 == 9_000
    assert (
        told_in_xml(hub, got).findall(".//{*}Fault")[-1].findtext(".//{*}Text") == "8500 more findings are not listed"
    )


# remedies ---------------------------------------------------------------------------------------------------------


FOR_US = (
    "the partner", "this partner", "partner's", "partner file", ".toml", "[x12", "[cxml", "[sends", "[codes", " map",
    "a rule", "the hub", "operator", "replay", "restart ", "leniency", "customer", "item master", "parser",
    "judge says", "pyx12", "libxml", "the sender should", "ask the",
)  # fmt: skip
"""Words of sentences that are written for people of ours, or about the one who reads them."""
OUTWARD = ("ENV-", "SYN-", "GDE-", "BUS-", "MAP-")
OF_A_TOOL = "GDE-SECOND-"
"""What ``hub x12 check`` alone says: a second opinion, in another library's words."""


def test_whatever_is_declared_is_told_to_a_partner_in_his_terms() -> None:
    import_rooms()
    spoken = [key for key in templates() if key.startswith(OUTWARD) and not key.startswith(OF_A_TOOL)]
    assert len(spoken) > 400
    assert set(READING) <= set(spoken)
    for key in spoken:
        code, _, case = key.partition("/")
        if case.endswith(("checked", "to-partner")):
            continue
        told = told_to_partner(Diagnostic(code=code, case=case or None, severity=Severity.DOCUMENT, words={}))
        said = f"{told.message}; {told.remedy}"
        assert told.remedy, (key, "a partner is told what to do, or that there is nothing to do")
        assert not [each for each in FOR_US if each in said], (key, said)


def test_a_sentence_for_partners_has_no_hole_that_ours_does_not_fill() -> None:
    import_rooms()
    known = templates()
    for_us = [key for key in known if not key.endswith(TO_PARTNER)]
    told = {key: known[own_key(key)] for key in for_us if own_key(key) in known}
    assert len(told) > 40
    for key, each in told.items():
        filled = _holes(f"{known[key].message} {known[key].remedy}") | ALWAYS_KNOWN
        assert _holes(f"{each.message} {each.remedy}") <= filled, key
    for code in OF_ALL_CASES:
        own = _holes(f"{told[code].message} {told[code].remedy}")
        for key in (name for name in for_us if name.startswith(f"{code}/")):
            assert own <= _holes(known[key].message) | ALWAYS_KNOWN, key


ALWAYS_KNOWN = {"found", "text", "expected", "tag", "place"}
"""What a finding says of itself, whatever its sentence."""


def _holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


UNFORESEEN = [
    (b'<?xml version="1.0"?><Order xml:space="odd"><a xmlns:b=""/></Order>', SUMMIT),
    (xml_order("SU-1").replace(b"<Order", b"<?xml-stylesheet <Order", 1), SUMMIT),
    (xml_order("SU-1").replace(b"<Lines>", b"<!DOCTYPE a><Lines>"), SUMMIT),
    (xml_order("SU-1").replace(b"<Lines>", b"<!ELEMENT a><Lines>"), SUMMIT),
    (xml_order("SU-1").replace(b"<Lines>", b"<![IGNORE[<Lines>"), SUMMIT),
    (b"[1,,2]", HELIX),
    (b'{"orderId": 01}', HELIX),
    (b'{"orderId": "a" "b"}', HELIX),
]
LIBRARIES = ("xml:space", "Entity", "xmlParse", "StartTag", "SAX", "Expecting", "malformed", "(byte", "error parsing")


@pytest.mark.parametrize(("body", "partner"), UNFORESEEN)
def test_what_a_library_says_and_nobody_foresaw_is_told_to_us_alone(hub: AtWork, body: bytes, partner: str) -> None:
    got = hub.send(body, partner)
    for each in findings(got):
        told = told_to_partner(each)
        assert not [word for word in LIBRARIES if word in f"{told.message} {told.expected}"], told
        if each.case == "unforeseen":
            assert told.message == "the document is not well-formed here"
            assert "says: " in each.message
            assert each.found is None


def test_what_keeps_an_answer_of_ours_back_is_not_told_as_a_fault_of_the_order(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    short_numbers(tmp_path)
    hub = hub_with(tmp_path)
    got = hub.send(one_order("4500098123-7"))
    assert got.message.outcome == "held"
    (said,) = [each for each in findings(got) if each.code == "MAP-UNSENDABLE"]
    assert "GDE-ELEMENT-TOO-LONG at document 0001 segment 2 BAK03" in said.message
    told = told_to_partner(said)
    assert (told.message, told.remedy) == (
        "this was taken, and something about it is not certain",
        "you need do nothing: the factory looks at it",
    )


def test_of_an_unrouted_document_our_remedy_is_told_to_us_alone(hub: AtWork) -> None:
    got = hub.send(b"<Forecast/>", SUMMIT)
    assert codes(got) == {"MAP-NOT-ROUTED"}
    [told] = hub.answers(got.message.id)
    assert b"partner.toml" not in told.body


@pytest.mark.parametrize(
    ("severity", "message", "remedy"),
    [
        (Severity.NOTE, "this was noticed, and nothing is refused for it", "you need do nothing"),
        (
            Severity.WARNING,
            "this was taken, and something about it is not certain",
            "you need do nothing: the factory looks at it",
        ),
        (Severity.VALUE, "this could not be taken as it stands", "you need do nothing: the factory looks at it"),
    ],
)
def test_of_what_our_files_are_at_fault_for_a_customer_hears_its_weight_and_that_we_look(
    severity: Severity, message: str, remedy: str
) -> None:
    told = told_to_partner(Diagnostic(code="CFG-GUIDE", severity=severity, told="schemas/x12/850.toml line 7"))
    assert (told.message, told.remedy, told.expected) == (message, remedy, None)
