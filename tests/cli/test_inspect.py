"""``hub inspect``: what a file is, whoever sent it, in any syntax."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli.main import hub

PARTNERS = Path(__file__).parents[2] / "partners"
ORDERS = {
    "x12": (PARTNERS / "acme-cardio" / "samples" / "order.edi", "acme-cardio", "850", "4500098123"),
    "xml": (PARTNERS / "summit-surgical" / "samples" / "order.xml", "summit-surgical", "Order", "SU-2026-004802"),
    "cxml": (PARTNERS / "meridian-cath" / "samples" / "order.xml", "meridian-cath", "OrderRequest", "MC-4500071"),
    "json": (
        PARTNERS / "helix-diagnostics" / "samples" / "order.json", "helix-diagnostics", "purchaseOrder", "HX-100-2240",
    ),
}  # fmt: skip

ITEMS = "/cXML/Request/OrderRequest/ItemOut"


def inspected(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    done = CliRunner().invoke(hub, ["inspect", "--json", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("syntax", ORDERS)
def test_an_order_says_what_it_is_and_who_sent_it(syntax: str) -> None:
    file, partner, kind, number = ORDERS[syntax]
    code, [told] = inspected(str(file))
    assert code == 0
    assert (told["syntax"], told["verdict"], told["partners"]) == (syntax, "valid", [partner])
    [document] = told["documents"]  # type: ignore[misc]  # of JSON
    assert (document["kind"], document["document"], document["verdict"]) == (kind, "PurchaseOrder", "valid")
    assert any(number in each for each in document["about"])
    assert document["map"]
    assert document["schema"]


@pytest.mark.parametrize(
    ("syntax", "sent", "instead", "at"),
    [
        ("x12", b"PO1*10*5000*EA", b"PO1*10*50KK*EA", {"segment": 15, "element": 2}),
        ("xml", b">250<", b">many<", {"at": "/Order/Lines/Line[1]/Quantity", "line": 16}),
        ("cxml", b'quantity="200"', b'quantity="many"', {"at": f"{ITEMS}[2]/@quantity", "line": 89}),
        ("json", b'"amount": 500', b'"amount": "many"', {"at": "/items/0/size/amount", "line": 12, "column": 26}),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, syntax: str, sent: bytes, instead: bytes, at: dict[str, object]
) -> None:
    file = tmp_path / "faulty"
    file.write_bytes(ORDERS[syntax][0].read_bytes().replace(sent, instead))
    code, [told] = inspected(str(file))
    [document] = told["documents"]  # type: ignore[misc]  # of JSON
    assert (code, told["verdict"], document["verdict"]) == (1, "findings", "findings")
    places = [found["location"] for found in document["findings"]]
    assert any(at.items() <= place.items() for place in places), places


def test_what_nobody_signs_is_judged_by_the_base_map_of_its_standard(tmp_path: Path) -> None:
    file = tmp_path / "stranger.edi"
    file.write_bytes(ORDERS["x12"][0].read_bytes().replace(b"*01*123456789      *", b"*01*999999999      *"))
    code, [told] = inspected(str(file))
    [document] = told["documents"]  # type: ignore[misc]  # of JSON
    assert (code, told["partners"], document["map"]) == (0, [], "x12/004010/850")


@pytest.mark.parametrize(
    ("body", "syntax", "verdict", "exit_code"),
    [
        (b"<Greeting/>", "xml", "unknown", 0),
        (b'{"hello": 1}', "json", "unknown", 0),
        (b"<Order>", "xml", "unreadable", 1),
        (b'{"a":', "json", "unreadable", 1),
        (b"hello", "unknown", "unreadable", 1),
        (b"# Contract Hub\n", "unknown", "unreadable", 1),
        (b"ISA*00", "x12", "unreadable", 1),
        (b"UNB+UNOA:1+A+B", "edifact", "unreadable", 1),
        ("<Order><Naïve/></Order>".encode("utf-16"), "xml", "unknown", 0),
    ],
)
def test_what_is_no_document_of_ours_says_so(
    tmp_path: Path, body: bytes, syntax: str, verdict: str, exit_code: int
) -> None:
    file = tmp_path / "file"
    file.write_bytes(body)
    code, [told] = inspected(str(file))
    assert (told["syntax"], told["verdict"], code) == (syntax, verdict, exit_code)


@pytest.mark.parametrize("syntax", ["xml", "cxml", "json"])
@pytest.mark.parametrize("kept", [200, 400])
def test_what_is_cut_short_is_told_by_line_and_column(tmp_path: Path, syntax: str, kept: int) -> None:
    file = tmp_path / "cut"
    file.write_bytes(ORDERS[syntax][0].read_bytes()[:kept])
    code, [told] = inspected(str(file))
    [found] = told["findings"]  # type: ignore[misc]  # of JSON
    assert (code, told["syntax"]) == (1, syntax)
    assert found["location"]["line"] > 1
    assert found["location"]["column"] > 0
    assert "empty" not in found["message"]


@pytest.mark.parametrize(
    ("syntax", "sent", "instead", "schema"),
    [
        ("x12", b"PO1*10*5000*EA", b"PO1*10*50KK*EA", "x12/004010/850"),
        ("xml", b">250<", b">many<", "summit-surgical/order"),
        ("cxml", b'quantity="200"', b'quantity="many"', "cxml/1.2/OrderRequest"),
        ("json", b'"amount": 500', b'"amount": "many"', "helix-diagnostics/order"),
    ],
)
def test_what_a_schema_refuses_says_which_schema(
    tmp_path: Path, syntax: str, sent: bytes, instead: bytes, schema: str
) -> None:
    file = tmp_path / "faulty"
    file.write_bytes(ORDERS[syntax][0].read_bytes().replace(sent, instead))
    done = CliRunner().invoke(hub, ["inspect", str(file)])
    assert f"judged by {schema}" in done.stdout
    fault = next(line for line in done.stderr.splitlines() if "GDE-" in line)
    assert " value: " in fault


def test_a_person_reads_the_name_of_a_document_without_its_namespace(tmp_path: Path) -> None:
    made = CliRunner().invoke(hub, ["map", "sample", "nordlys-implants/order-response"])
    file = tmp_path / "response.xml"
    file.write_text(made.stdout)
    done = CliRunner().invoke(hub, ["inspect", str(file)])
    assert "OrderResponse = OrderAcknowledgement" in done.stdout
    assert "{urn:" not in done.stdout


def test_a_person_reads_a_line_for_the_file_and_one_for_each_document() -> None:
    done = CliRunner().invoke(hub, ["inspect", str(ORDERS["xml"][0])])
    first, second = done.stdout.splitlines()
    assert first.startswith("valid")
    assert first.endswith("order.xml: xml, 878 bytes, from summit-surgical")
    assert second.strip() == (
        "Order = PurchaseOrder purchase-order SU-2026-004802: valid, judged by summit-surgical/order, "
        "read by summit-surgical/order"
    )


@pytest.mark.parametrize("name", ["order.edi", "order.xml", "order-cxml.xml", "order.json"])
def test_the_examples_of_the_interface_description_would_be_taken(name: str) -> None:
    code, [told] = inspected(str(Path(__file__).parents[2] / "hub" / "web" / "api" / "example_orders" / name))
    assert (code, told["verdict"]) == (0, "valid")
