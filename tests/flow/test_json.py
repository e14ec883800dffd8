"""Messages in a customer's own JSON, from their bytes to what we answer and what we show of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.exchange import parts
from tests.flow.at_work import AtWork, codes, findings
from tests.flow.dialects import HELIX, add_helix, json_order, page_of
from tests.flow.overlay import write

OpenOver = Callable[[Path], AtWork]
ITEM = {"lineNo": 1, "partNo": "CRT-200", "revision": "A", "size": {"amount": 500, "unit": "each"}}


@pytest.fixture
def helix(tmp_path: Path, hub_with: OpenOver) -> AtWork:
    add_helix(tmp_path / "config")
    return hub_with(tmp_path / "config")


def answers(hub: AtWork, message: str) -> list[Any]:
    """Return our answers to a message, as JSON."""
    return [json.loads(each.body) for each in hub.answers(message)]


def test_what_a_map_makes_no_document_of_is_told_as_what_is_missing(tmp_path: Path, hub_with: OpenOver) -> None:
    add_helix(tmp_path / "config")
    map_ = '[map]\ndocument = "FunctionalAcknowledgement"\nwire = "helix-diagnostics/order"\nversion = 1\n'
    fields = '[fields]\nverdict = "currency | code:ack"\n[codes.ack]\n"EUR" = "accepted"\n'
    write(tmp_path / "config", "mappings/helix-diagnostics/order.toml", map_ + fields)
    got = hub_with(tmp_path / "config").send(json_order("HX-1"), HELIX)
    assert (got.message.outcome, got.message.attention is not None) == ("held", True)
    assert [each.location.path for each in findings(got) if each.code == "MAP-REQUIRED"] == ["verdict"]


def test_an_order_is_answered_in_the_customers_own_json(helix: AtWork) -> None:
    got = helix.send(json_order("HX-1"), HELIX)
    assert (got.message.validation, got.message.outcome, got.message.syntax) == ("valid", "accepted", "json")
    assert (got.message.wire, got.message.document, got.message.why) == ("purchaseOrder", "PurchaseOrder", None)
    [told] = answers(helix, got.message.id)
    assert (told["messageType"], told["orderId"], told["verdict"]) == ("purchaseOrderResponse", "HX-1", "accepted")
    assert [each["promises"][0]["status"] for each in told["items"]] == ["confirmed"]
    assert told["items"][0]["promises"][0]["size"] == {"amount": 500, "unit": "each"}
    [out] = helix.detail(got.message.id).answers
    assert (out.syntax, out.wire, out.content_type) == ("json", "purchaseOrderResponse", "application/json")
    assert out.file_name == f"purchaseOrderResponse-{out.id}.json"
    assert helix.found("HX-1") >= {("purchase-order", got.message.id), ("purchase-order", out.id)}


def test_a_revision_that_was_filled_in_is_told_with_its_reason(helix: AtWork) -> None:
    item = {name: said for name, said in ITEM.items() if name != "revision"} | {"netPrice": 41.2}
    got = helix.send(json_order("HX-3", items=[item]), HELIX)
    assert got.message.outcome == "changed"
    [told] = answers(helix, got.message.id)
    [promise] = told["items"][0]["promises"]
    assert "no revision ordered; we will make A" in promise["reason"]


def test_what_is_accepted_as_ordered_needs_no_reason(helix: AtWork) -> None:
    [told] = answers(helix, helix.send(json_order("HX-4"), HELIX).message.id)
    assert "reason" not in told["items"][0]["promises"][0]


def test_a_faulty_order_says_what_is_wrong_by_pointer_line_and_column(helix: AtWork) -> None:
    got = helix.send(json_order("HX-2", items=[{**ITEM, "size": {"amount": "many", "unit": "each"}}]), HELIX)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    [fault] = findings(got)
    at = fault.location
    assert (fault.code, at.at, at.line, at.column) == ("GDE-VALUE-TYPE", "/items/0/size/amount", 12, 15)
    assert fault.remedy == "write a number"
    assert helix.orders(HELIX, "HX-2") == []
    shown = page_of(helix, got.message.id)
    assert "line 12 column 15 /items/0/size/amount" in shown
    assert re.search(r'class=" faulty" data-at="/items/0/size/amount"[^>]*>&#34;many&#34;</span>', shown)


def test_who_wishes_it_is_told_what_could_be_read_in_its_own_json_with_place_and_remedy(
    tmp_path: Path, hub_with: OpenOver
) -> None:
    add_helix(tmp_path / "config", acknowledged=True)
    hub = hub_with(tmp_path / "config")
    got = hub.send(json_order("HX-3", items=[{**ITEM, "lineNo": "one"}]), HELIX)
    assert got.message.acknowledgement == "rejected"
    [told] = answers(hub, got.message.id)
    assert (told["messageType"], told["result"]) == ("acknowledgement", "rejected")
    [document] = told["documents"]
    assert (document["type"], document["orderId"]) == ("purchaseOrder", "HX-3")
    [fault] = document["faults"]
    assert (fault["pointer"], fault["line"]) == ("/items/0/lineNo", 8)
    assert fault["details"][0]["remedy"] == "write a number"


UNREADABLE = {
    "a name said twice": (json_order().replace(b'"orderId"', b'"orderId": "HX-0", "orderId"'), "SYN-JSON-TWICE"),
    "cut in the middle": (json_order()[:100], "SYN-JSON-BROKEN"),
    "100,000 deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "SYN-JSON-DEPTH"),
    "arrays 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, "SYN-JSON-DEPTH"),
    "bytes behind its end": (json_order() + b"trailing", "SYN-JSON-BROKEN"),
    "another document behind its end": (json_order() + b"{}", "SYN-JSON-MANY"),
    "a comment": (b'{"orderId": "HX-1"} // mine', "SYN-JSON-BROKEN"),
    "no number": (json_order().replace(b"500", b"NaN"), "SYN-JSON-BROKEN"),
    "a NUL": (json_order() + b"\0", "SYN-JSON-BROKEN"),
    "half a pair of surrogates": (json_order().replace(b"HX-1", b"HX-\\ud800"), "SYN-JSON-SURROGATE"),
    "Latin letters": (json_order().replace(b"HX-1", b"Gr\xfc\xdfe"), "SYN-JSON-ENCODING"),
    "UTF-16": (json_order().decode().encode("utf-16"), "SYN-JSON-ENCODING"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_kept_and_says_why(helix: AtWork, name: str) -> None:
    body, code = UNREADABLE[name]
    got = helix.send(body, HELIX)
    assert (got.message.validation, got.message.outcome, got.message.syntax) == ("unreadable", "quarantined", "json")
    assert codes(got) == {code}
    assert got.documents == []
    assert all(each.remedy for each in findings(got))
    assert helix.answers(got.message.id) == []


def test_a_number_of_a_million_digits_is_a_fault_and_no_arithmetic(helix: AtWork) -> None:
    got = helix.send(
        json_order("HX-4", orderTotal=0).replace(b'"orderTotal": 0', b'"orderTotal": ' + b"9" * 10**6), HELIX
    )
    assert got.message.validation == "rejected"
    assert all(len(str(each)) < 2_000 for each in findings(got))


def test_a_byte_order_mark_is_no_fault(helix: AtWork) -> None:
    assert helix.send(b"\xef\xbb\xbf" + json_order("HX-5"), HELIX).message.outcome == "accepted"


@pytest.mark.parametrize(("body", "found"), [(json_order(messageType="forecast"), "forecast")])
def test_a_type_that_no_map_takes_is_held_and_says_which_line_would_take_it(
    helix: AtWork, body: bytes, found: str
) -> None:
    got = helix.send(body, HELIX)
    assert (got.message.outcome, got.message.wire) == ("held", found)
    assert got.message.why == f"Not understood: no map is named for the JSON document '{found}'"
    assert codes(got) == {"MAP-NOT-ROUTED"}
    assert helix.answers(got.message.id) == [], "it asks for no acknowledgements"


def test_an_array_is_no_order_and_is_told_so(helix: AtWork) -> None:
    got = helix.send(b"[" + json_order() + b"]", HELIX)
    assert (got.message.validation, got.message.outcome) == ("unreadable", "quarantined")
    assert codes(got) == {"SYN-JSON-MANY"}


def test_what_is_found_in_a_body_that_is_one_document_is_found_in_its_message(helix: AtWork) -> None:
    got = helix.send(json_order("HX-1", items=[]), HELIX)
    [document] = got.documents
    listed = helix.wait(
        helix.hub.database.read(lambda conn: parts.findings_of_whole(conn, got.message.id, limit=20).items)
    )
    assert [each.code for each in listed] == [each.code for each in document.findings] != []


def test_of_several_maps_the_type_says_which(tmp_path: Path, hub_with: OpenOver) -> None:
    config = tmp_path / "config"
    add_helix(config)
    file = config / "partners" / HELIX / "partner.toml"
    both = 'order = "helix-diagnostics/order"\nacknowledgement = "helix-diagnostics/acknowledgement"'
    write(config, f"partners/{HELIX}/partner.toml", file.read_text().replace('order = "helix-diagnostics/order"', both))
    hub = hub_with(config)
    assert hub.send(json_order("HX-6"), HELIX).message.outcome == "accepted"
    told = hub.send(b'{"messageType": "acknowledgement", "result": "accepted"}', HELIX)
    assert (told.message.document, told.message.outcome) == ("FunctionalAcknowledgement", "held")
    unnamed = [str(each.location) for each in findings(told) if each.code == "BUS-ACKNOWLEDGES-UNNAMED"]
    assert unnamed == ["verdict"]
    unsaid = hub.send(json_order("HX-7").replace(b'"messageType": "purchaseOrder",', b""), HELIX)
    assert "GDE-NAME-MISSING" in codes(unsaid), "what can be but one of them is judged by that"


def test_one_bad_document_among_many_stops_nobody(helix: AtWork) -> None:
    bodies = [json_order(f"HX-1{n:02d}") for n in range(12)]
    bodies[5], bodies[8] = b'{"a":' * 1_000, json_order("HX-108", items=[])
    sent = [helix.take_in(body, HELIX) for body in bodies]
    helix.work()
    outcomes = [helix.detail(message).message.outcome for message in sent]
    assert outcomes == ["quarantined" if n == 5 else "refused" if n == 8 else "accepted" for n in range(12)]


def test_where_a_field_came_from_is_shown_by_its_pointer(helix: AtWork) -> None:
    got = helix.send(json_order("HX-8"), HELIX)
    links = helix.wait(helix.hub.provenance(got.documents[0]))
    [number] = [each for each in links if each.path == "number"]
    assert (number.at, number.line) == ("/orderId", 3)


@pytest.mark.parametrize("sign", [b"r", b"\\u00e9", b'\\"'])
def test_a_text_of_megabytes_is_a_fault_with_its_place_and_no_end_of_the_reader(helix: AtWork, sign: bytes) -> None:
    body = json_order("HX-7", remarks=["R"]).replace(b'"R"', b'"' + sign * (5_000_000 // len(sign)) + b'"')
    got = helix.send(body, HELIX)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert [each.location.at for each in got.documents[0].findings] == ["/remarks/0"]


@pytest.mark.parametrize(
    "faulty",
    [
        json_order("X" * 500),
        json_order("HX-8").replace(b'"orderId": "HX-8",', b""),
        json_order("HX-8").replace(b'"CRT-200"', b'"' + b"\\u0001" * 40 + b'"'),
        json_order("HX-8").replace(b'"agreement"', b'"agree\\u0007ment"'),
        b"{}",
    ],
    ids=["a long number", "no number", "control signs", "a strange member", "nothing"],
)
def test_whatever_is_wrong_its_sender_is_told_that_it_was_rejected(
    tmp_path: Path, hub_with: OpenOver, faulty: bytes
) -> None:
    add_helix(tmp_path / "config", acknowledged=True)
    hub = hub_with(tmp_path / "config")
    got = hub.send(faulty, HELIX)
    assert got.message.validation == "rejected"
    [told] = answers(hub, got.message.id)
    assert (told["messageType"], told["result"]) == ("acknowledgement", "rejected")


def test_an_order_refused_whole_was_read_and_its_page_has_no_words_of_x12(helix: AtWork) -> None:
    got = helix.send(json_order("HX-9", items=[{**ITEM, "partNo": "NONE"}]), HELIX)
    assert got.message.outcome == "refused"
    shown = page_of(helix, got.message.id)
    assert "(unread)" not in shown
    assert "Open the order, line by line" in shown
    assert "Line refused" in shown
    assert "Segment rejected" not in shown


def test_a_value_that_the_schema_refuses_is_called_a_value(helix: AtWork) -> None:
    wrong = [{**ITEM, "size": {"amount": "many", "unit": "each"}}]
    shown = page_of(helix, helix.send(json_order("HX-9", items=wrong), HELIX).message.id)
    assert "Value refused" in shown
    assert "Element rejected" not in shown
