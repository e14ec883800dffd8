"""The page of a partner says what was agreed: every document in and out with its map, and who is who."""

from __future__ import annotations

from html import unescape

import pytest

from tests.flow.at_work import AtWork
from tests.flow.test_a_held_order_is_found import pages
from tests.flow.test_found_by_its_number import CUSTOMERS

AGREED = {
    "acme-cardio": ["850", "855", "997", "X12 004010", "01 123456789"],
    "borealis-ortho": ["850", "855", "999", "X12 005010"],
    "helix-diagnostics": ["helix-diagnostics/order-response", "JSON"],
    "meridian-cath": ["meridian-cath/confirmation", "StatusUpdateRequest", "NetworkId AN01000421977"],
    "nordlys-implants": ["nordlys-implants/order-response", "ApplicationResponse", "ubl/2.1/Order"],
    "summit-surgical": ["summit-surgical/acknowledgement", "XML"],
}


@pytest.mark.parametrize("partner", CUSTOMERS)
def test_the_page_of_a_partner_says_each_document_with_its_map_and_version(hub: AtWork, partner: str) -> None:
    [(_, page)] = pages(hub, f"/partners/{partner}")
    page = unescape(page)
    assert [each for each in AGREED[partner] if each not in page] == []
    assert " · v1 · " in page
    assert f'href="/messages?partner={partner}"' in page


def test_the_list_of_partners_leads_to_the_page_of_each(hub: AtWork) -> None:
    [(_, page)] = pages(hub, "/partners")
    assert all(f'href="/partners/{partner}"' in page for partner in CUSTOMERS)


def test_of_a_partner_that_is_none_there_is_no_page(hub: AtWork) -> None:
    [(status, _)] = pages(hub, "/partners/nobody")
    assert status == 404
