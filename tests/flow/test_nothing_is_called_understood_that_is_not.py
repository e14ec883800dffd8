"""The page of a message calls nothing understood, and nothing valid, of which nobody could say so."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.flow.at_work import AtWork, codes
from tests.flow.test_a_held_order_is_found import pages
from tests.flow.test_cxml import MERIDIAN
from tests.flow.test_cxml import ORDER as CXML_ORDER
from tests.flow.test_ubl import NORDLYS, ORDER

STRANGE = {
    "a document for which there is no map": ORDER.replace(b"<Order ", b"<Invoice ").replace(b"</Order>", b"</Invoice>")
    .replace(b"xsd:Order-2", b"xsd:Invoice-2"),
    "a document broken off": ORDER[: len(ORDER) // 2],
}  # fmt: skip


def steps(page: str) -> list[tuple[str, str]]:
    """Return the way that a page shows: the colour of each step, and what it is called."""
    return re.findall(r'<span class="dot dot-(\w+)"[^>]*></span>\s*<strong>([^<]+)</strong>', page)


def looked_at(hub: AtWork, body: bytes) -> tuple[str, str]:
    """Hand in a body; return its page, and the log."""
    message = hub.send(body, NORDLYS).message.id
    shown = [unescape(text) for _, text in pages(hub, f"/messages/{message}", "/messages")]
    return shown[0], shown[1]


@pytest.mark.parametrize("case", STRANGE)
def test_no_step_is_called_understood_where_nothing_has_been_understood(hub: AtWork, case: str) -> None:
    page, _ = looked_at(hub, STRANGE[case])
    assert "Nothing has been understood of this document." in page
    assert "Understood" not in [title for _, title in steps(page)]


def test_a_document_for_which_there_is_no_map_was_not_understood(hub: AtWork) -> None:
    page, _ = looked_at(hub, STRANGE["a document for which there is no map"])
    assert ("bad", "Not understood") in steps(page)


def test_what_was_understood_is_called_so(hub: AtWork) -> None:
    page, _ = looked_at(hub, ORDER)
    assert ("good", "Understood") in steps(page)
    assert "Not understood" not in page


def test_a_document_that_no_map_reads_is_not_called_valid(hub: AtWork) -> None:
    body = STRANGE["a document for which there is no map"]
    assert "MAP-NOT-ROUTED" in codes(hub.send(body, NORDLYS))
    for page in looked_at(hub, body + b"\n"):
        assert not re.search(r'class="chip [^"]*">Valid', page)


IN_PART = {
    NORDLYS: ORDER.replace(b'unitCode="EA"', b'unitCode="ZZZ"', 1),
    MERIDIAN: CXML_ORDER.replace(b"<UnitOfMeasure>EA", b"<UnitOfMeasure>STK"),
}


@pytest.mark.parametrize("partner", IN_PART)
def test_an_order_of_which_a_value_was_refused_is_understood_in_part_and_not_called_valid(
    hub: AtWork, partner: str
) -> None:
    message = hub.send(IN_PART[partner], partner).message
    assert message.outcome == "held"
    shown = [unescape(text) for _, text in pages(hub, f"/messages/{message.id}", "/messages")]
    assert ("warn", "Understood in part") in steps(shown[0])
    assert "Understood" not in [title for _, title in steps(shown[0])]
    assert "what was refused is missing here" in shown[0]
    for page in shown:
        assert not re.search(r'class="chip [^"]*">Valid', page)
        assert "Read with warnings</span>" in page


def test_an_order_that_is_held_for_what_it_asks_was_understood(hub: AtWork) -> None:
    message = hub.send(CXML_ORDER.replace(b'type="new"', b'type="update"'), MERIDIAN).message
    assert message.outcome == "held"
    [(_, page)] = pages(hub, f"/messages/{message.id}")
    assert "Understood" in [title for _, title in steps(page)]
    assert "missing here" not in page


def test_the_page_of_our_answer_has_no_notes_of_what_its_map_never_says(hub: AtWork) -> None:
    for partner, body in ((NORDLYS, ORDER), (MERIDIAN, CXML_ORDER)):
        ours = [row.id for row in hub.detail(hub.send(body, partner).message.id).answers]
        assert len(ours) == 2
        for _, page in pages(hub, *(f"/messages/{each}" for each in ours)):
            assert "by no rule of the map" not in page
