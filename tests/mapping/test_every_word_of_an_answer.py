"""Whatever we answer to an order, every map that writes answers can say it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.canonical.order import OrderAcknowledgement, Promise
from hub.canonical.words import VOCABULARIES
from hub.formats.families import SchemaLibrary
from hub.mapping.documents import document_from_json, write_document
from hub.mapping.library import MapLibrary
from tests.house import CHECKOUT

LIBRARY = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT]), strict=True)
WRITES = [name for name in LIBRARY.names() if LIBRARY.map(name).document == OrderAcknowledgement.__name__]


def rejects(name: str, answer: OrderAcknowledgement) -> list[str]:
    written = write_document(LIBRARY.map(name), answer)
    found = [str(each) for each in written.findings if each.severity.is_reject]
    assert written.data or found
    return found


@pytest.fixture(scope="module", params=WRITES)
def sendable(request: pytest.FixtureRequest) -> tuple[str, OrderAcknowledgement]:
    """A map, and what one of its cases says in our words: the first that is sent as it stands."""
    name: str = request.param
    for folder in LIBRARY.files.cases(name):
        file = next(file for file in (folder / "input.json", folder / "expected.json") if file.is_file())
        answer = document_from_json(file.read_bytes())
        assert isinstance(answer, OrderAcknowledgement)
        if answer.lines and not rejects(name, answer):
            return name, answer
    raise AssertionError(f"{name} has no case that can be sent")


@pytest.mark.parametrize("word", sorted(VOCABULARIES["ack-type"]))
def test_every_verdict_on_an_order_can_be_sent(sendable: tuple[str, OrderAcknowledgement], word: str) -> None:
    name, answer = sendable
    assert rejects(name, replace(answer, verdict=word)) == []


@pytest.mark.parametrize("word", sorted(VOCABULARIES["line-status"]))
def test_every_status_of_a_line_and_of_its_parts_can_be_sent(
    sendable: tuple[str, OrderAcknowledgement], word: str
) -> None:
    name, answer = sendable
    lines = [
        replace(
            line,
            status=word,
            promises=[replace(each, status=word) for each in line.promises or [Promise(quantity=line.quantity)]],
        )
        for line in answer.lines
    ]
    assert rejects(name, replace(answer, lines=lines)) == []
