# ruff: noqa: E501 — a rule, and what is said of it, is one line
"""Where every field came from, both ways round."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hub.formats.families import SchemaLibrary
from hub.mapping.documents import read_documents
from hub.mapping.library import MapLibrary
from hub.mapping.provenance import Origin
from tests.mapping.small import Doc, Line, given, wire

CHECKOUT = Path(__file__).resolve().parents[2]


def test_every_field_of_an_order_tells_its_segment_element_and_rule() -> None:
    map_ = MapLibrary([CHECKOUT], SchemaLibrary([CHECKOUT])).map("acme-cardio/850")
    data = (CHECKOUT / "mappings/acme-cardio/850/cases/the reference order/input.edi").read_bytes()
    (each,) = [e for e in read_documents(map_, data, provenance=True) if e.applied]
    assert each.applied is not None
    assert each.applied.provenance is not None
    provenance = each.applied.provenance
    (unit,) = provenance.of("lines[0].schedules[1].quantity.unit")
    assert (unit.segment, unit.tag, unit.element) == (20, "SCH", 2)
    assert unit.rule.startswith("x12/shared.toml:")
    assert [o.path for o in provenance.at(15, 7)] == ["lines[0].item.buyer"]
    assert {o.path for o in provenance.of("parties[1].address")} >= {
        "parties[1].address.lines[0]",
        "parties[1].address.city",
    }
    assert msgspec.json.decode(msgspec.json.encode(provenance.origins), type=list[Origin]) == provenance.origins


def test_it_costs_nothing_but_notes(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\n[each.lines]\nat = "HL[S]/HL[I]"\norder = "HL[S]/PRF01"\nnumber = "REF[A]02 or REF[B]02"',
    )
    text = "BEG*00\nHL*1**S\nPRF*P\nHL*2*1*I\nREF*B*2"
    plain, traced = map_.apply(wire(text)), map_.apply(wire(text), provenance=True)
    assert plain.document == traced.document == Doc(kind="00", lines=[Line(order="P", number="2")])
    assert traced.provenance is not None
    assert [(o.path, o.segment, o.element) for o in traced.provenance.origins] == [
        ("kind", 2, 1),
        ("lines[0].order", 4, 1),
        ("lines[0].number", 6, 2),
    ]


def test_an_item_that_fell_leaves_no_trace(tmp_path: Path) -> None:
    map_ = given(
        tmp_path,
        '[fields]\nkind = "BEG01"\n[each.lines]\nat = "LIN"\nnumber = "LIN01"\n[each.lines.each.shares]\nat = "QTY"\nplace.value = "QTY01"\nquantity = "QTY02,03"\n[codes.unit]\nEA = "each"',
    )
    applied = map_.apply(wire("BEG*00\nLIN*1\nQTY*a\nQTY*b*2*EA"), provenance=True)
    assert applied.provenance is not None
    assert [o.path for o in applied.provenance.of("lines[0].shares[0].place.value")] == [
        "lines[0].shares[0].place.value"
    ]
    assert applied.provenance.of("lines[0].shares[0]")[0].segment == 5
