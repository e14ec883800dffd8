"""Two customers who speak no X12, in a folder of configuration that wins over ours: their files, and what they send."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.overlay import write
from tests.web.conftest import client_of, session_of

SUMMIT, HELIX = "summit-surgical", "helix-diagnostics"

PARTNER = """\
id        = "{id}"
name      = "{name}"
kind      = "customer"
usage     = "{usage}"
time_zone = "Europe/Berlin"
currency  = "EUR"

[sends]
order = "{id}/order"

[receives]
order-response = "{id}/order-response"

[[transports]]
kind = "mailbox"
"""

ITEMS = """\
[[item]]
number    = "KR-120-STD"
buyer     = "{buyer}"
name      = "Knee retractor, 120 mm"
unit      = "each"
units     = {{ box = 10 }}
lead_time = {{ days = 10 }}
revision_may_be_omitted = true

[[item.revision]]
level = "A"
"""

PRICES = """\
[[price]]
contract = "FA-118"
item     = "KR-120-STD"
currency = "EUR"
unit     = "each"
from     = 2026-01-01
to       = 2028-12-31

[[price.tier]]
amount = 41.20
"""


def add_summit(overlay: Path, *, usage: str = "P", acknowledged: bool = False) -> None:
    """Add the customer that speaks its own XML; it may wish to be told what could be read."""
    _add(overlay, SUMMIT, "Summit Surgical", "SU-88-120", usage, acknowledged)


def add_helix(overlay: Path, *, usage: str = "P", acknowledged: bool = False) -> None:
    """Add the customer that speaks its own JSON; it may wish to be told what could be read."""
    _add(overlay, HELIX, "Helix Diagnostics", "CRT-200", usage, acknowledged)


def _add(overlay: Path, partner: str, name: str, buyer: str, usage: str, acknowledged: bool) -> None:
    file = PARTNER.format(id=partner, name=name, usage=usage)
    if acknowledged:
        file = file.replace("[receives]", f'[receives]\nacknowledgement = "{partner}/acknowledgement"')
    write(overlay, f"partners/{partner}/partner.toml", file)
    write(overlay, f"partners/{partner}/items.toml", ITEMS.format(buyer=buyer))
    write(overlay, f"partners/{partner}/prices.toml", PRICES)


def xml_order(number: str = "SU-1", *, quantity: str = "250", lines: str = "1", more: str = "") -> bytes:
    """Return an order of Summit Surgical: one line of 250 retractors."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:summit-surgical:orders:1" version="1.2">
  <Header>
    <OrderNumber>{number}</OrderNumber>
    <OrderType>NEW</OrderType>
    <IssuedAt>2026-11-19T09:12:00+01:00</IssuedAt>
    <ContractNumber>FA-118</ContractNumber>
    <RequestedDate>2027-01-18</RequestedDate>
  </Header>
  <Lines>
    <Line number="10">
      <Item>
        <PartNumber>SU-88-120</PartNumber>
        <Revision>A</Revision>
      </Item>
      <Quantity unit="EA">{quantity}</Quantity>
      <UnitPrice currency="EUR">41.20</UnitPrice>
    </Line>
  </Lines>
  <Summary>
    <LineCount>{lines}</LineCount>
  </Summary>{more}
</Order>
""".encode()


def json_order(number: str = "HX-1", **more: Any) -> bytes:
    """Return an order of Helix Diagnostics: one line of 500 cartridges."""
    said = {
        "messageType": "purchaseOrder",
        "orderId": number,
        "createdAt": "2026-11-19T08:15:30Z",
        "agreement": "FA-118",
        "items": [
            {
                "lineNo": 1,
                "partNo": "CRT-200",
                "revision": "A",
                "size": {"amount": 500, "unit": "each"},
                "netPrice": 41.20,
                "dates": [{"type": "DELIVER", "value": "2027-01-18"}],
            }
        ],
        **more,
    }
    return json.dumps(said, indent=1).encode()


def page_of(hub: AtWork, message: str) -> str:
    """Return what an engineer of ours sees of a message."""
    app = create_app(hub.hub)
    token, _ = session_of(hub.hub, "onboarding-engineer")  # type: ignore[arg-type]  # it fits the same protocol

    async def get() -> str:
        async with client_of(app) as client:
            client.cookies.set("hub_session", token)
            got = await client.get(f"/messages/{message}", headers={"accept": "text/html"})
        assert got.status_code == 200, got.text
        return re.sub(r"\s+", " ", got.text)

    return hub.wait(get())
