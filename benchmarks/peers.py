"""Libraries that others use for a like task, timed beside ours in the same run. They are in the group ``peers``.

    uv sync --group peers

Where one is not installed, its column is empty and nothing is judged by it. oxedi (Rust, MIT) reads and judges an 835,
a set that is none of ours: so it is compared by the kilobyte. jsonata-python (Apache 2.0) makes the same document of
the JSON order as its map.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable
from typing import Any

CLAIMS = 4  # make a remittance as long as the order


def remittance_reader() -> tuple[Callable[[], object], int] | None:
    """Return what has oxedi read a remittance, and its bytes."""
    if importlib.util.find_spec("oxedi") is None:
        return None
    oxedi: Any = importlib.import_module("oxedi")
    body = remittance()
    if oxedi.parse(body).diagnostics:
        raise SystemExit("the peer finds fault with the remittance: the comparison would not be fair")
    return lambda: oxedi.parse(body), len(body)


def remittance() -> bytes:
    """Return one interchange with one 835 that its reader finds right."""
    claims = "".join(
        f"CLP*P{number}*1*500*500**12*{number:08d}*11*1~NM1*QC*1*DOE*JANE****MI*A{number}~DTM*232*20261101~"
        "DTM*233*20261101~SVC*HC:99213*300*300**1~DTM*472*20261101~AMT*B6*300~"
        "SVC*HC:99214*200*200**1~DTM*472*20261101~AMT*B6*200~"
        for number in range(CLAIMS)
    )
    body = (
        f"BPR*I*{500 * CLAIMS}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20261120~"
        "TRN*1*12345*1512345678~DTM*405*20261120~N1*PR*Sample Payer~N3*1 Main Street~N4*Memphis*TN*38118~"
        f"PER*BL*Desk*TE*6125550100~N1*PE*Sample Clinic*XX*1234567893~REF*TJ*123456789~LX*1~{claims}"
    )
    return (
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261120*1200*^*00501*000000001*0*P*:~"
        f"GS*HP*PAYER*CLINIC*20261120*1200*1*X*005010X221A1~ST*835*0001~{body}SE*{body.count('~') + 2}*0001~"
        "GE*1*1~IEA*1*000000001~"
    ).encode()


def json_mapper(body: bytes, expected: Any) -> Callable[[], object] | None:
    """Return what has jsonata-python make ``expected`` of the JSON order ``body``, which was decoded before."""
    if importlib.util.find_spec("jsonata") is None:
        return None
    jsonata: Any = importlib.import_module("jsonata")
    expression = jsonata.Jsonata(SAME_MAP)
    said = json.loads(body, parse_float=str, parse_int=str)  # numbers stay as they were written
    if json.loads(json.dumps(expression.evaluate(said))) != expected:
        raise SystemExit("the peer's document is another: the comparison would not be fair")
    return lambda: expression.evaluate(said)


SAME_MAP = """
(
  $party := function($at, $role) { $at ? {
    "role": $role, "name": $at.name, "id": $at.gln ? {"value": $at.gln},
    "address": $at.street or $at.city
      ? {"lines": [$at.street], "city": $at.city, "postal": $at.postalCode, "country": $at.country}
  } };
  $currency := currency ? currency : "EUR";
  {
    "document": "PurchaseOrder", "version": 1, "number": orderId, "purpose": "original",
    "placed": {
      "on": $substringBefore(createdAt, "T"), "at": $substring(createdAt, 11, 8), "zone": $substring(createdAt, 19)
    },
    "contract": agreement ? agreement, "currency": $currency,
    "total": orderTotal ? {"payable": {"amount": orderTotal, "currency": $currency}},
    "parties": [$party(buyer, "buyer"), $party(deliverTo, "ship-to")],
    "notes": [remarks.{"text": $}],
    "extensions": {"rush": $string(rush)},
    "lines": [items.{
      "number": lineNo,
      "item": {"buyer": partNo, "revision": revision, "seller": supplierPartNo},
      "quantity": size.{"value": amount, "unit": unit},
      "price": netPrice ? {"amount": netPrice, "currency": $currency},
      "requested": dates[type = "DELIVER"] ? {"on": dates[type = "DELIVER"].value},
      "dates": dates[type != "DELIVER"]
        ? [dates[type != "DELIVER"].{"kind": $lookup({"SHIP": "shipment"}, type), "on": value}]
    }]
  }
)
"""
"""mappings/helix-diagnostics/order.toml, said in JSONata."""
