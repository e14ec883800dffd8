"""On the page of a message every value has a word beside it, whatever dialect it is in and whether a schema has one."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.flow.at_work import AtWork
from tests.flow.test_a_held_order_is_found import pages
from tests.flow.test_found_by_its_number import CUSTOMERS, SAMPLES
from tests.flow.test_ubl import NORDLYS, ORDER

ROW = re.compile(
    r'<div class="el" data-at="[^"]*"><span class="el-no">([^<]*)</span><span class="el-name">(.*?)</span>'
    r'<span class="el-value'
)


def rows(page: str) -> list[tuple[str, str]]:
    """Return what stands in the middle view: how the wire calls a value, and the word beside it."""
    return [(label, unescape(name)) for label, name in ROW.findall(page)]


def wordless(page: str) -> list[str]:
    """Return the places that have no word, or the path of a field instead."""
    found = rows(page)
    assert found
    return [label for label, name in found if not name or 'class="mono"' in name]


def spoken(hub: AtWork, partner: str, body: bytes) -> list[str]:
    """Return the pages of an order and of all that was said because of it, to its sender and to the plant."""
    got = hub.send(body, partner)
    ours = [row.id for row in hub.detail(got.message.id).answers]
    return [page for _, page in pages(hub, *(f"/messages/{each}" for each in (got.message.id, *ours)))]


@pytest.mark.parametrize("partner", CUSTOMERS)
def test_every_value_of_an_order_and_of_our_answers_has_a_word(hub: AtWork, partner: str) -> None:
    shown = spoken(hub, partner, SAMPLES[partner].read_bytes())
    assert len(shown) >= 2
    assert {label for page in shown for label in wordless(page)} <= {"rush"}, "what the customer alone calls so"


def test_what_the_plant_is_told_has_words_and_its_views_light_up_together(hub: AtWork) -> None:
    hub.send(SAMPLES["acme-cardio"].read_bytes(), "acme-cardio")
    [notice] = hub.waiting("plant-erp")
    [(_, page)] = pages(hub, f"/messages/{notice}")
    assert wordless(page) == []
    assert ("seller", '<span title="lines[0].item.seller">Our item number</span>') in rows(page)
    assert re.search(r'class="tree-row" data-at="/lines/0/item/seller"', page)


def test_what_a_note_is_about_is_not_marked_like_what_is_refused(hub: AtWork) -> None:
    shown = spoken(hub, NORDLYS, ORDER)
    assert len(shown) > 1
    assert re.findall(r'class="[^"]*faulty', shown[0]) == []
