"""A canonical document as it is stored: what is read back is what was written, or it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from hub.canonical import DOCUMENTS, VERSIONS
from hub.canonical.order import PurchaseOrder
from hub.canonical.stored import decode_document, encode_document
from hub.kernel.errors import Defect
from tests.business.orders.test_laws import ORDERS

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [
    line
    for path in sorted((ROOT / "mappings").rglob("*.json"))
    for line in ([json.loads(path.read_text())] if path.read_text().startswith("{") else json.loads(path.read_text()))
    if isinstance(line, dict) and line.get("document") in DOCUMENTS
]


@given(ORDERS)
def test_an_order_read_back_is_the_order_that_was_written(order: PurchaseOrder) -> None:
    stored = encode_document(order)
    assert encode_document(decode_document("PurchaseOrder", stored)) == stored


def test_every_document_of_the_cases_is_read_back_as_it_was_written() -> None:
    assert {said["document"] for said in WRITTEN} == set(DOCUMENTS) - {"ApplicationAdvice"}
    for said in WRITTEN:
        name = said["document"]
        body = {key: value for key, value in said.items() if key not in ("document", "version")}
        document = msgspec.convert(body, DOCUMENTS[name], strict=False)
        stored = encode_document(document)
        assert decode_document(name, stored) == document
        assert json.loads(stored) == {
            "document": name,
            "version": VERSIONS[name],
            **json.loads(msgspec.json.encode(document)),
        }


@pytest.mark.parametrize(
    "stored",
    [
        b'{"document":"OrderAcknowledgement","version":1}',
        b'{"document":"PurchaseOrder","version":2}',
        b'{"number":"4500000001"}',
        b"",
    ],
)
def test_another_document_or_version_is_refused(stored: bytes) -> None:
    with pytest.raises(Defect):
        decode_document("PurchaseOrder", stored)
