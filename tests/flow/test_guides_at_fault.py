"""Who is judged by no guide, by one of its own, or by one that cannot be compiled, is told what was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.flow.origins import origins_of
from hub.flow.rules import Rules
from hub.flow.x12 import guides
from hub.flow.x12.guides import x12_rules
from hub.kernel.errors import Misconfigured
from hub.platform.configuration import find_configuration
from tests.flow.at_work import ACME, AtWork, assert_each_finding_helps, codes
from tests.flow.overlay import change, write
from tests.flow.wire import of_kind, one_order

HubWith = Callable[[Path], AtWork]


@pytest.mark.parametrize(
    ("own", "file"),
    [("helix-diagnostics", "schemas/x12/004010/850.toml"), (ACME, "partners/acme-cardio/guides/850.toml")],
)
def test_a_guide_that_cannot_be_compiled_is_named_by_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, file: str
) -> None:
    write(tmp_path, f"partners/{own}/guides/850.toml", 'extends = "x12/004010/850"\n[places]\n"TAX" = "unused"\n')
    rules = Rules(find_configuration(str(tmp_path)))

    def broken(guide: object) -> None:
        raise ValueError("no such loop")

    monkeypatch.setattr(guides, "compile_guide", broken)
    with pytest.raises(Misconfigured) as fault:
        x12_rules(rules).validator("004010", "850", ACME)
    assert file in str(fault.value)
    assert "no such loop" in str(fault.value)


def test_who_agreed_on_no_x12_is_told_so_of_an_interchange_and_nothing_takes_effect(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"), partner="summit-surgical")
    assert codes(got)
    assert_each_finding_helps(got)
    assert got.message.attention is not None
    assert hub.orders() == []


def test_an_acknowledgement_that_their_guide_has_no_room_for_says_the_verdict_alone(
    hub_with: HubWith, tmp_path: Path
) -> None:
    narrowed = 'extends = "x12/004010/997"\n[places]\n"AK2/AK3" = "unused"\n'
    write(tmp_path / "overlay", "partners/acme-cardio/guides/997.toml", narrowed)
    hub = hub_with(tmp_path / "overlay")
    (sound,) = of_kind(hub.answers(hub.send(one_order("N-1", 101)).message.id), "997")
    assert [each[0] for each in sound.segments] == ["ISA", "GS", "ST", "AK1", "AK2", "AK5", "AK9", "SE", "GE", "IEA"]
    faulty = one_order("N-2", 102).replace(b"*100*EA", b"*+1*EA")
    (told,) = of_kind(hub.answers(hub.send(faulty).message.id), "997")
    assert [each[0] for each in told.segments] == ["ISA", "GS", "ST", "AK1", "AK9", "SE", "GE", "IEA"]
    assert told.all("AK9")[0][1] == "R"


def test_a_document_whose_map_has_gone_is_shown_without_saying_where_its_fields_come_from(
    hub_with: HubWith, tmp_path: Path
) -> None:
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    hub = hub_with(overlay)
    body = one_order("N-1")
    (row,) = hub.send(body).documents
    assert origins_of(row, body, hub.hub.rules)
    change(overlay, "mappings/acme-cardio/850.toml", "extends", "extended")
    hub.reopen()
    assert origins_of(row, body, hub.hub.rules) == []
