"""A customer of UBL that drops files: its answers lie in its folder, whole, and what is no order is set aside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.flow.at_work import AtWork
from tests.flow.overlay import change
from tests.flow.peppol import broken
from tests.flow.test_ubl import NORDLYS, ORDER, refuses, said


@pytest.fixture
def nordlys(hub_with: Callable[[Path], AtWork], tmp_path: Path) -> AtWork:
    overlay = tmp_path / "overlay"
    change(overlay, f"partners/{NORDLYS}/partner.toml", 'kind = "mailbox"', 'kind = "folder"')
    return hub_with(overlay)


def test_an_order_that_is_dropped_is_answered_in_the_folder(nordlys: AtWork, shared: Path) -> None:
    dropped = nordlys.drop("order 77.xml", ORDER, NORDLYS)
    assert nordlys.sweep() == 1
    assert not dropped.exists()
    [message] = nordlys.log(direction="in")
    assert (message.transport, message.file_name, message.outcome) == ("folder", "order 77.xml", "accepted")
    nordlys.deliver()
    files = nordlys.fetched_folder(NORDLYS)
    assert sorted(each.message.partition("-")[0] for each in files) == ["ApplicationResponse", "OrderResponse"]
    for each in files:
        kind = etree.QName(etree.fromstring(each.body)).localname
        assert each.message.startswith(f"{kind}-")
        assert each.message.endswith(".xml")
        assert broken(each.body)[0] == []
        assert refuses(shared, kind, each.body) == ""
    assert {row.delivery for row in nordlys.log(direction="out", partner=NORDLYS)} == {"delivered"}


def test_a_faulty_one_is_told_so_in_the_folder_and_the_next_is_taken(nordlys: AtWork) -> None:
    nordlys.drop("1.xml", ORDER.replace(b">400<", b">many<"), NORDLYS)
    nordlys.sweep()
    nordlys.deliver()
    [told] = nordlys.fetched_folder(NORDLYS)
    assert said(told.body, "cac:DocumentResponse/cac:Response/cbc:ResponseCode/text()") == ["RE"]
    nordlys.drop("2.xml", ORDER, NORDLYS)
    nordlys.sweep()
    nordlys.deliver()
    assert len(nordlys.fetched_folder(NORDLYS)) == 3


def test_the_same_file_dropped_again_is_one_order(nordlys: AtWork) -> None:
    for name in ("order.xml", "order again.xml"):
        nordlys.drop(name, ORDER, NORDLYS)
        nordlys.sweep()
        nordlys.later(hours=1)
    assert len(nordlys.orders(NORDLYS, "NL-2026-10077")) == 1
