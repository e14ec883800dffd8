"""How a message is cut into what one transaction writes: bounded by its weight, in order, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.exchange.weights import ENVELOPE, FINDING_BYTES
from hub.flow.documents import Document, Envelope, Survey
from hub.flow.portions import (
    DOCUMENTS_ACKNOWLEDGED_AT_ONCE,
    DOCUMENTS_PER_PORTION,
    ENVELOPES_ACKNOWLEDGED_AT_ONCE,
    ENVELOPES_PER_PORTION,
    PORTION_WEIGHT_MAX,
    Portion,
    portions,
    stored_amount,
    weight_of,
    with_envelopes_cut,
)
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location


def document(position: int = 1, *, size: int = 0, findings: int = 0) -> Document:
    found = Diagnostic(code="X", severity=Severity.WARNING, told="m", location=Location(segment=1))
    return Document(
        position=position, envelope=1, group=1, kind="850", number="1", release="004010",
        findings=[found] * findings, canonical=b"x" * size if size else None,
    )  # fmt: skip


def sizes(documents: list[Document]) -> list[tuple[int, bool]]:
    cut = list(portions(documents))
    assert [each.position for portion, _ in cut for each in portion] == [each.position for each in documents]
    return [(len(portion), last) for portion, last in cut]


def test_small_documents_are_cut_by_their_number_and_the_last_portion_says_so() -> None:
    many = [document(position) for position in range(1, DOCUMENTS_PER_PORTION * 2 + 1)]
    assert sizes(many) == [(DOCUMENTS_PER_PORTION, False), (DOCUMENTS_PER_PORTION, True)]
    assert sizes([*many, document(999)])[-1] == (1, True)
    assert sizes([]) == [(0, True)]


def test_no_portion_weighs_more_than_one_may_unless_it_is_one_document() -> None:
    third = PORTION_WEIGHT_MAX // 3 - weight_of(document())
    assert sizes([document(n, size=third) for n in range(1, 8)]) == [(3, False), (3, False), (1, True)]
    half = PORTION_WEIGHT_MAX // 2 - weight_of(document())
    assert sizes([document(n, size=half) for n in range(1, 6)]) == [(2, False), (2, False), (1, True)]
    large = document(2, size=PORTION_WEIGHT_MAX * 2)
    assert sizes([document(1), large, document(3)]) == [(1, False), (1, False), (1, True)]
    assert sizes([large]) == [(1, True)]


def test_a_document_weighs_what_is_stored_of_it() -> None:
    bare = weight_of(document())
    assert bare > 0
    assert weight_of(document(size=700, findings=3)) == bare + 700 + 3 * FINDING_BYTES
    one, two = stored_amount([document(size=700)], envelopes=0), stored_amount([document(size=700)] * 2, envelopes=3)
    assert (one.bytes, two.bytes) == (bare + 700, 2 * (bare + 700) + 3 * ENVELOPE.bytes)
    assert two.rows == 2 * one.rows + 3 * ENVELOPE.rows
    assert stored_amount([document(size=7000)], envelopes=0).rows > one.rows, "of more lines there are more rows"


def cut(envelopes: int, *documents: int, finished_before: bool = False) -> list[tuple[int, int, int, bool]]:
    """Return what is entered, how many documents take effect, what is acknowledged and whether it is the last."""
    survey = Survey(syntax="x12", envelopes=[Envelope(position=n) for n in range(1, envelopes + 1)])

    async def read() -> AsyncIterator[Portion]:
        for number, count in enumerate(documents, start=1):
            yield Portion(survey=survey, documents=[document()] * count, last=number == len(documents))

    async def all_of_it() -> list[Portion]:
        return [each async for each in with_envelopes_cut(read(), finished_before=finished_before)]

    return [(each.entered, len(each.documents), each.acknowledged, each.last) for each in asyncio.run(all_of_it())]


def test_most_messages_are_one_portion() -> None:
    assert cut(1, 1) == [(1, 1, 1, True)]
    few = ENVELOPES_ACKNOWLEDGED_AT_ONCE
    assert cut(few, DOCUMENTS_ACKNOWLEDGED_AT_ONCE) == [(few, DOCUMENTS_ACKNOWLEDGED_AT_ONCE, few, True)]
    assert cut(1, 50, 3) == [(1, 50, 0, False), (1, 3, 1, True)]


def test_references_of_many_envelopes_are_entered_before_any_document_takes_effect() -> None:
    many, at_once = ENVELOPES_PER_PORTION * 2 + 1, ENVELOPES_ACKNOWLEDGED_AT_ONCE
    entered = cut(many, 5)[:3]
    assert entered == [(100, 0, 0, False), (200, 0, 0, False), (201, 5, 0, False)]
    assert cut(ENVELOPES_PER_PORTION, 5)[0] == (100, 5, 0, False), "as many as one portion enters"
    acknowledged = cut(many, 5)[3:]
    assert [each[2] for each in acknowledged] == [*range(at_once, 201, at_once), 201]
    assert [each[3] for each in acknowledged] == [False] * 10 + [True]


def test_of_many_documents_what_is_acknowledged_has_a_portion_of_its_own() -> None:
    many = DOCUMENTS_ACKNOWLEDGED_AT_ONCE
    assert cut(1, many, 1) == [(1, many, 0, False), (1, 1, 0, False), (1, 0, 1, True)]
    few = ENVELOPES_ACKNOWLEDGED_AT_ONCE + 1
    assert cut(few, 1) == [(few, 1, 0, False), (few, 0, few - 1, False), (few, 0, few, True)]


@pytest.mark.parametrize("envelopes", [1, ENVELOPES_ACKNOWLEDGED_AT_ONCE + 1])
def test_what_an_earlier_run_acknowledged_needs_no_portion(envelopes: int) -> None:
    many = DOCUMENTS_ACKNOWLEDGED_AT_ONCE + 1
    assert cut(envelopes, many, finished_before=True) == [(envelopes, many, envelopes, True)]
