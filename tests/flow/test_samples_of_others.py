"""Files that others published: each gets a verdict, and nothing that an order of UBL says goes unnamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.canonical.order import PurchaseOrder
from hub.flow.inspecting import inspect
from hub.formats.families import SchemaLibrary
from hub.mapping.documents import read_documents
from hub.mapping.library import MapLibrary
from tests.flow.at_work import AtWork
from tests.house import CHECKOUT

VERDICTS = {"valid", "findings", "unknown", "unreadable"}
NAMED = {"MAP-UNREAD", "MAP-SAID-TWICE", "MAP-UNWEIGHED", "MAP-CODE-PASSED", "MAP-CONST"}


@pytest.mark.parametrize("syntax", ["x12", "ubl", "json"])
def test_every_file_gets_a_verdict_and_each_finding_its_place(
    hub: AtWork, shared: Path, tally: Callable[[str], None], syntax: str
) -> None:
    verdicts = Counter[str]()
    for file in sorted((shared / "samples" / syntax).rglob("*")):
        if not file.is_file():
            continue
        report = inspect(file.read_bytes(), hub.hub.rules)
        assert report.verdict in VERDICTS, file.name
        for each in [*report.findings, *(found for document in report.documents for found in document.findings)]:
            assert each.message, file.name
            assert str(each.location), (file.name, each)
        verdicts[report.verdict] += 1
    assert sum(verdicts.values()) > 50
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    tally(f"{syntax}: {sum(verdicts.values())} files, {told}")


def test_all_that_an_order_of_ubl_says_is_mapped_or_named_as_unread(shared: Path, tally: Callable[[str], None]) -> None:
    map_ = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT])).map("ubl/order")
    orders, lines, mapped, named = 0, 0, 0, Counter[str]()
    for file in sorted((shared / "samples" / "ubl").rglob("*.xml")):
        body = file.read_bytes()
        if b"schema:xsd:Order-2" not in body or file.name.startswith("order-test-bad-"):
            continue
        [read] = read_documents(map_, body, provenance=True)
        assert read.applied is not None
        document = read.applied.document
        assert isinstance(document, PurchaseOrder), file.name
        assert document.number, file.name
        assert all(line.quantity for line in document.lines), file.name
        assert read.applied.provenance is not None
        found = Counter(each.code for each in read.findings)
        assert set(found) <= NAMED, file.name
        orders, lines, named = orders + 1, lines + len(document.lines), named + found
        mapped += len(read.applied.provenance.origins)
    assert (orders, lines) == (8, 13)
    assert mapped > named.total(), "most of what is said is understood"
    tally(f"{orders} orders of UBL, {lines} lines: {mapped} fields mapped, {named.total()} told: {dict(named)}")
