"""A 997 speaks of syntax alone: what it says, and whether there is one, at each kind of fault of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.web.app import create_app
from tests.flow.at_work import AtWork, codes
from tests.flow.overlay import NORTH, add_north, change, from_north, write
from tests.flow.wire import group, of_kind, one_order, order, transaction
from tests.web.conftest import client_of, session_of

HubWith = Callable[[Path], AtWork]
FILE = "partners/acme-cardio/partner.toml"


def _no_such_map(overlay: Path) -> Path:
    return change(overlay, FILE, '850 = "acme-cardio/850"', '850 = "acme-cardio/order"')


def _broken_map(overlay: Path) -> Path:
    return write(overlay, "mappings/acme-cardio/850.toml", "[map\n")


def _broken_guide(overlay: Path) -> Path:
    return write(overlay, "partners/acme-cardio/guides/850.toml", 'extends = "x12/004010/850"\nelements = 1\n')


def _broken_catalogue(overlay: Path) -> Path:
    return change(overlay, "partners/acme-cardio/items.toml", "minimum   = 50", "minimun   = 50")


def _empty_catalogue(overlay: Path) -> Path:
    return write(overlay, "partners/acme-cardio/items.toml", "")


def _broken_prices(overlay: Path) -> Path:
    return write(overlay, "partners/acme-cardio/prices.toml", "[[price\n")


@pytest.mark.parametrize(
    "at_fault", [_no_such_map, _broken_map, _broken_guide, _broken_catalogue, _empty_catalogue, _broken_prices]
)
def test_while_a_file_of_ours_is_at_fault_nothing_is_said_and_once_mended_all_is(
    hub_with: HubWith, tmp_path: Path, at_fault: Callable[[Path], Path]
) -> None:
    overlay = tmp_path / "overlay"
    file = at_fault(overlay)
    hub = hub_with(overlay)
    held = hub.send(one_order("4500098123", wish=1)).message
    assert (held.validation, held.outcome, held.acknowledgement) == ("pending", "held", "none")
    assert hub.answers(held.id) == []
    file.unlink()
    hub.reopen()
    mended = hub.replay(held.id).message
    assert (mended.outcome, mended.acknowledgement) == ("accepted", "accepted")
    answers = hub.answers(held.id)
    assert sorted(each.kind for each in answers) == ["855", "997"]
    assert any(b"TA1*" in each.body for each in answers)


def test_a_set_that_nobody_agreed_is_rejected_by_its_997(hub_with: HubWith, tmp_path: Path) -> None:
    change(tmp_path, FILE, '850 = "acme-cardio/850"\n', "")
    hub = hub_with(tmp_path)
    got = hub.send(one_order("4500098123"))
    assert (got.message.validation, got.message.acknowledgement) == ("rejected", "rejected")
    (told,) = hub.answers(got.message.id)
    assert (told.one("AK5"), told.one("AK9")[1]) == (["AK5", "R", "1"], "R")


def test_what_our_map_does_not_understand_is_accepted_by_its_997_and_its_page_says_that_this_means_the_syntax(
    hub: AtWork,
) -> None:
    got = hub.send(one_order("4500098123").replace(b"*100*EA*12.35", b"*100*FZ*12.35"))
    assert (got.message.outcome, got.message.acknowledgement) == ("held", "accepted")
    (told,) = hub.answers(got.message.id)
    assert (told.kind, told.one("AK9")[1]) == ("997", "A")
    assert [(each.kind, each.state) for each in got.duties] == [("answer", "awaited")]
    assert "says of its syntax alone" in _page(hub, got.message.id)


def test_where_nobody_wrote_down_what_we_make_for_them_the_syntax_is_acknowledged_all_the_same(
    hub_with: HubWith, tmp_path: Path
) -> None:
    add_north(tmp_path)
    (tmp_path / "partners" / NORTH / "items.toml").unlink()
    (tmp_path / "partners" / NORTH / "prices.toml").unlink()
    hub = hub_with(tmp_path)
    got = hub.send(from_north(group(transaction(order("4500098123"))), number=7), NORTH)
    assert (got.message.outcome, got.message.acknowledgement) == ("held", "accepted")
    assert "BUS-NO-CATALOGUE" in codes(got)
    assert [(each.kind, each.state) for each in got.duties] == [("OrderAcknowledgement", "awaited")]


def test_of_an_order_that_was_answered_too_the_page_needs_not_say_it(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    assert len(of_kind(hub.answers(got.message.id), "855")) == 1
    assert "says of its syntax alone" not in _page(hub, got.message.id)


def _page(hub: AtWork, message: str) -> str:
    token, _ = session_of(hub.hub, "onboarding-engineer")  # type: ignore[arg-type]  # it fits the same protocol

    async def get() -> str:
        async with client_of(create_app(hub.hub)) as client:
            client.cookies.set("hub_session", token)
            got = await client.get(f"/messages/{message}", headers={"accept": "text/html"})
        assert got.status_code == 200, got.text
        return re.sub(r"\s+", " ", got.text)

    return hub.wait(get())
