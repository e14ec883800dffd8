"""Where goods go and what the customer wishes reaches the plant, whichever dialect the order came in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.at_work import ACME, AtWork
from tests.flow.test_cxml import MERIDIAN
from tests.flow.test_cxml import ORDER as CXML_ORDER
from tests.flow.test_tells import told
from tests.flow.test_ubl import NORDLYS
from tests.flow.test_ubl import ORDER as UBL_ORDER

X12_ORDER = (Path(__file__).parents[2] / "partners/acme-cardio/samples/order.edi").read_bytes()
NOTE, BEFORE = b"<cbc:Note>Two to a tray</cbc:Note>\n  ", b"<cbc:DocumentCurrencyCode>"


@pytest.mark.parametrize(
    ("partner", "body", "place", "street"),
    [
        (ACME, X12_ORDER, None, None),
        (NORDLYS, UBL_ORDER, "7350000000020", "Hamnvägen 12"),
        (MERIDIAN, CXML_ORDER, None, None),
    ],
    ids=["X12", "UBL", "cXML"],
)
def test_the_plant_reads_where_the_goods_go(
    hub: AtWork, partner: str, body: bytes, place: str | None, street: str | None
) -> None:
    hub.send(body, partner)
    (notice,) = told(hub)
    (ship_to,) = [each for each in notice["parties"] if each["role"] == "ship-to"]
    assert ship_to["address"]["city"]
    if place:
        assert (ship_to["id"]["value"], ship_to["address"]["lines"]) == (place, [street])


@pytest.mark.parametrize(
    ("partner", "body", "wish"),
    [
        (ACME, X12_ORDER, "CoC and sterilization record required with every shipment"),
        (MERIDIAN, CXML_ORDER, "Pouched in tens, please."),
        (NORDLYS, UBL_ORDER.replace(BEFORE, NOTE + BEFORE, 1), "Two to a tray"),
    ],
    ids=["X12", "cXML", "UBL"],
)
def test_the_plant_reads_what_the_customer_wrote_beside_the_order(
    hub: AtWork, partner: str, body: bytes, wish: str
) -> None:
    hub.send(body, partner)
    (notice,) = told(hub)
    parts = (notice, *notice["lines"])
    said = [text for part in parts for kind in ("notes", "requirements") for text in part.get(kind, [])]
    assert wish in [each["text"] for each in said]
