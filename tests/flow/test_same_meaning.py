"""An interchange that comes again in other dress is the same one; with other content under its number it is not."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork
from tests.flow.wire import one_order

FIRST = one_order("4500098123").replace(b"~", b"~\n")


@pytest.mark.parametrize(
    "again",
    [
        FIRST.replace(b"\n", b"\r\n"),
        FIRST.replace(b"\n", b""),
        FIRST.replace(b"~\n", b"\n"),
        FIRST.replace(b"\n", b"\n  "),
        FIRST.replace(b"*", b"|"),
        FIRST.replace(b"~\n", b"\x15"),
        FIRST.replace(b"BPA-2026-017~", b"BPA-2026-017   ~"),
        FIRST.replace(b"BPA-2026-017~", b"BPA-2026-017**~"),
        b"mail header\r\n" + FIRST,
        FIRST + b"\x1a",
    ],
)
def test_the_same_in_other_dress_is_a_duplicate(hub: AtWork, again: bytes) -> None:
    first, second = hub.send(FIRST), hub.send(again)
    assert (first.message.outcome, second.message.outcome) == ("accepted", "duplicate")
    assert [each.kind for each in hub.answers(second.message.id)] == []
    assert len(hub.orders()) == 1


@pytest.mark.parametrize(
    "other",
    [
        FIRST.replace(b"*100*", b"*101*"),
        FIRST.replace(b"BPA-2026-017", b" BPA-2026-017"),
        FIRST.replace(b"4500098123", b"4500098124"),
        FIRST.replace(b"*0600*U", b"*0601*U"),
        FIRST.replace(b"GS*PO*123456789*MEDCM*20261120*0600*101", b"GS*PO*123456789*MEDCM*20261120*0600*102").replace(
            b"GE*1*101", b"GE*1*102"
        ),
        FIRST.replace(b"CTT*1~\n", b"").replace(b"SE*7*", b"SE*6*"),
    ],
)
def test_other_content_under_a_number_is_quarantined(hub: AtWork, other: bytes) -> None:
    hub.send(FIRST)
    assert hub.send(other).message.outcome == "quarantined"
