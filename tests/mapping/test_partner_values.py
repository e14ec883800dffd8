"""``partner.currency`` in a map is the currency that the file of its partner states, once the map is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.families import SchemaLibrary
from hub.kernel.errors import Misconfigured
from hub.mapping.documents import read_documents, write_document
from hub.mapping.explain import rules_of
from hub.mapping.library import MapLibrary
from tests.house import CHECKOUT

MAP = """\
[map]
extends = "x12/004010/850"
{partner}

[fields]
currency = "CUR02 | assume:partner.currency"
"""


def library(folder: Path, *, stated: str | None = "CHF", whose: str = 'partner = "north-spine"') -> MapLibrary:
    """Return the maps of ours and one of a partner in ``folder``."""
    (folder / "mappings/north-spine").mkdir(parents=True, exist_ok=True)
    (folder / "mappings/north-spine/order.toml").write_text(MAP.format(partner=whose))
    if stated is not None:
        (folder / "partners/north-spine").mkdir(parents=True, exist_ok=True)
        (folder / "partners/north-spine/partner.toml").write_text(f'id = "north-spine"\ncurrency = "{stated}"\n')
    roots = [CHECKOUT, folder]
    return MapLibrary(roots, SchemaLibrary(roots))


def order(currency: str = "") -> bytes:
    """Return a set whose currency is said, or not."""
    said = f"CUR*BY*{currency}~" if currency else ""
    body = f"BEG*00*SA*A-1**20261120~{said}PO1*1*5*EA*2*PE*BP*X~CTT*1~"
    return f"ST*850*0001~{body}SE*{body.count('~') + 2}*0001~".encode()


@pytest.mark.parametrize(("said", "read"), [("", "CHF"), ("EUR", "EUR")])
def test_what_the_wire_leaves_out_is_what_the_partner_states_and_is_left_out_again(
    tmp_path: Path, said: str, read: str
) -> None:
    map_ = library(tmp_path).map("north-spine/order")
    [got] = read_documents(map_, order(said))
    assert got.applied is not None
    assert getattr(got.applied.document, "currency", None) == read
    written = write_document(map_, got.applied.document, bare=True)
    assert written.data is not None
    assert (b"CUR*" in written.data) == bool(said)


def test_it_is_shown_where_the_fields_of_the_map_are_listed(tmp_path: Path) -> None:
    [rule] = [each for each in rules_of(library(tmp_path).map("north-spine/order")) if each.field == "currency"]
    assert rule.otherwise == "CHF"


@pytest.mark.parametrize("stated", [None, "francs"])
def test_a_partner_who_states_none_stops_the_map_at_the_line_that_asks(tmp_path: Path, stated: str | None) -> None:
    with pytest.raises(Misconfigured) as fault:
        library(tmp_path, stated=stated).map("north-spine/order")
    assert (fault.value.code, fault.value.line) == ("MAP-PARTNER", 6)
    assert "north-spine states no currency" in str(fault.value)


def test_a_map_of_nobody_cannot_ask(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as fault:
        library(tmp_path, whose="").map("north-spine/order")
    assert "a map of no partner" in str(fault.value)


def test_another_currency_is_another_map(tmp_path: Path) -> None:
    first = library(tmp_path, stated="CHF").map("north-spine/order").digest
    assert library(tmp_path, stated="SEK").map("north-spine/order").digest != first
