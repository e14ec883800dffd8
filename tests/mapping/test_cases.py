"""Every map's cases, and the runner that judges them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hub.canonical.order import PurchaseOrder
from hub.formats.families import SchemaLibrary
from hub.mapping.cases import run_case
from hub.mapping.documents import read_documents
from hub.mapping.library import MapLibrary

CHECKOUT = Path(__file__).resolve().parents[2]
LIBRARY = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT]), strict=True)
CASES = [(name, folder) for name in LIBRARY.names() for folder in LIBRARY.files.cases(name)]


@pytest.mark.parametrize(("name", "folder"), CASES, ids=[f"{name}: {folder.name}" for name, folder in CASES])
def test_a_case_holds(name: str, folder: Path) -> None:
    assert run_case(LIBRARY.map(name), folder).differences == []


@pytest.mark.parametrize("name", LIBRARY.names())
def test_every_map_has_cases_and_no_faults(name: str) -> None:
    assert LIBRARY.faults(name) == []
    assert LIBRARY.files.cases(name)


def test_a_difference_is_named_by_its_field(tmp_path: Path) -> None:
    name, folder = next((n, f) for n, f in CASES if f.name == "the reference order")
    copy = tmp_path / "case"
    shutil.copytree(folder, copy)
    edi = copy / "input.edi"
    edi.write_text(edi.read_text().replace("PO1*10*5000*EA", "PO1*10*4000*EA"))
    (copy / "case.toml").write_text('returns = "settled"')
    differences = run_case(LIBRARY.map(name), copy).differences
    assert 'lines[0].quantity.value: expected "5000", found "4000"' in differences
    assert any(difference.startswith("diagnostics[0]") for difference in differences), "the total no longer adds up"
    assert run_case(LIBRARY.map(name), copy, accept=True).differences == []
    assert run_case(LIBRARY.map(name), copy).differences == []


def test_a_charge_and_an_allowance_are_the_same_however_their_indicator_is_spelt(tmp_path: Path) -> None:
    spelt = 0
    for name, folder in CASES:
        source = folder / "input.xml"
        if not source.exists() or "ChargeIndicator>" not in (text := source.read_text()):
            continue
        copy = tmp_path / str(spelt)
        shutil.copytree(folder, copy)
        for word, digit in (("true", "1"), ("false", "0")):
            text = text.replace(f"ChargeIndicator>{word}<", f"ChargeIndicator>{digit}<")
        (copy / "input.xml").write_text(text)
        assert run_case(LIBRARY.map(name), copy).differences == []
        spelt += 1
    assert spelt >= 2


def test_the_discount_of_a_price_is_read_from_an_allowance_however_that_is_said() -> None:
    allowance = "<cac:AllowanceCharge><cbc:ChargeIndicator>{}</cbc:ChargeIndicator>"
    allowance += '<cbc:Amount currencyID="SEK">5</cbc:Amount></cac:AllowanceCharge></cac:Price>'
    order = (CHECKOUT / "partners/nordlys-implants/samples/order.xml").read_text()
    read = []
    for said in ("false", "0"):
        body = order.replace("</cac:Price>", allowance.format(said), 1).encode()
        (each,) = read_documents(LIBRARY.map("ubl/order"), body)
        assert each.applied is not None
        document = each.applied.document
        assert isinstance(document, PurchaseOrder)
        assert document.lines[0].discount is not None
        read.append((document, [finding.code for finding in each.findings]))
    assert read[0] == read[1]


def test_a_case_without_input_says_so(tmp_path: Path) -> None:
    assert run_case(LIBRARY.map("acme-cardio/850"), tmp_path).differences == ["has neither input.edi nor input.json"]
