"""``hub try``: what the live hub would make of a file and send for it, and nothing of it is kept."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import run
from tests.flow.overlay import change
from tests.house import CHECKOUT

SAMPLES = {
    # the sample: what its partner would be sent
    "acme-cardio/samples/order-as-ordered.edi": {"855", "997"},
    "borealis-ortho/samples/order.edi": {"855", "999"},
    "nordlys-implants/samples/order.xml": {"OrderResponse"},
    "meridian-cath/samples/order.xml": {"ConfirmationRequest"},
    "summit-surgical/samples/order.xml": {"OrderResponse"},
    "helix-diagnostics/samples/order.json": {"purchaseOrderResponse"},
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with temporary files in another."""
    (tmp_path / "here").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def tried(capsys: pytest.CaptureFixture[str], file: Path | str, partner: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(["try", str(file), "--partner", partner, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_order_of_each_dialect_is_answered_as_by_the_live_hub(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, sample: str
) -> None:
    partner = sample.partition("/")[0]
    _, told = tried(capsys, CHECKOUT / "partners" / sample, partner)
    sent = {each["wire"] for each in told["sends"] if each["to"] == partner}
    assert SAMPLES[sample] <= sent
    assert all(each["body"] and "base64" not in each for each in told["sends"])
    assert [each["document"] for each in told["documents"]] == ["PurchaseOrder"]
    assert list((tmp_path / "here").iterdir()) == list((tmp_path / "temporary").iterdir()) == []


def test_people_read_the_verdict_the_findings_and_every_segment(capsys: pytest.CaptureFixture[str]) -> None:
    sample = CHECKOUT / "partners/acme-cardio/samples/order-two-lines-one-refused.edi"
    assert run(["try", str(sample), "--partner", "acme-cardio"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("valid, changed\n   PurchaseOrder 4500098204: changed\n")
    assert "BUS-REVISION-UNKNOWN" in told
    assert "-- to acme-cardio: OrderAcknowledgement, application/edi-x12, as 855-000000001.edi\n   ISA*" in told
    assert "\n   ACK*IR*200*BX~\n" in told
    assert "-- to plant-erp: OrderAcknowledgement" in told


@pytest.mark.parametrize(
    ("name", "code", "outcome", "wires"),
    [
        ("order-as-ordered.edi", 0, "accepted", {"855", "997"}),
        ("refused-unknown-item.edi", 1, "refused", {"855", "997"}),
        ("held-cancel.edi", 3, "held", {"997"}),
    ],
)
def test_the_exit_code_says_how_it_went(
    capsys: pytest.CaptureFixture[str], name: str, code: int, outcome: str, wires: set[str]
) -> None:
    ended, told = tried(capsys, CHECKOUT / "partners/acme-cardio/samples" / name, "acme-cardio")
    assert (ended, told["outcome"]) == (code, outcome)
    assert {each["wire"] for each in told["sends"] if each["to"] == "acme-cardio"} == wires


@pytest.mark.parametrize("body", [b"", b"\x00\xff nothing", b"ISA*00*", b"PK\x03\x04", b"<Order", b"{"])
def test_what_is_no_document_is_told_as_that(capsys: pytest.CaptureFixture[str], tmp_path: Path, body: bytes) -> None:
    (tmp_path / "file").write_bytes(body)
    code, told = tried(capsys, tmp_path / "file", "acme-cardio")
    assert (code, told["validation"]) == (1, "unreadable")
    assert told["why"]


def test_a_partner_that_is_not_there_is_told_with_those_who_are(capsys: pytest.CaptureFixture[str]) -> None:
    sample = CHECKOUT / "partners/acme-cardio/samples/order.edi"
    assert run(["try", str(sample), "--partner", "acme"]) == 2
    assert "acme-cardio" in capsys.readouterr().err


def test_a_partner_whose_files_are_at_fault_is_told_which_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(tmp_path / "config", "partners/acme-cardio/partner.toml", "currency", "curency")
    monkeypatch.setenv("HUB_CONFIG_PATH", str(tmp_path / "config"))
    sample = CHECKOUT / "partners/acme-cardio/samples/order.edi"
    assert run(["try", str(sample), "--partner", "acme-cardio"]) == 2
    assert "curency" in capsys.readouterr().err


def test_the_database_and_the_folders_of_the_hub_are_not_touched(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HUB_FOLDERS", str(tmp_path / "folders"))
    code, told = tried(capsys, CHECKOUT / "partners/acme-cardio/samples/order-as-ordered.edi", "acme-cardio")
    assert (code, told["outcome"]) == (0, "accepted")
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "folders").exists()
