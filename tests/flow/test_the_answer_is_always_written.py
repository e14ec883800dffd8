"""An order that is accepted is answered, or held where it cannot be; what the answer repeats is what the order said."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.canonical.shared import Text
from hub.canonical.stored import decode_document
from hub.exchange.model import MessageDetail
from hub.flow.rendering import render
from hub.flow.x12.rendering import segments_of
from hub.formats.x12.events import InterchangeStart, TransactionSet
from hub.formats.x12.reader import read
from tests.flow.at_work import ACME, AtWork, assert_each_finding_helps, codes, findings
from tests.flow.wire import Sent, group, interchange, line, of_kind, transaction
from tests.house import CHECKOUT

SIGNS = {"*": "\x1d", "~": "\x1c", ">": "\x1f"}
"""Their separators, which no text contains."""

OpenOver = Callable[[Path], AtWork]


def order(
    reference: str = "R-1", *, number: str = "4500098123", name: str = "Acme", contract: str = "BPA-2026-017"
) -> bytes:
    """Return an order whose echoed texts may hold anything, with separators of ASCII itself."""
    body = (
        f"BEG*00*SA*{_kept(number)}**20261120*{_kept(contract)}~CUR*BY*USD~REF*CO*{_kept(reference)}~"
        f"N1*BY*{_kept(name)}*1*123456789~{line(10)}CTT*1~"
    )
    text = interchange(group(transaction(body), number=101), number=101).decode()
    for sign, other in SIGNS.items():
        text = text.replace(sign, other)
    return text.translate({0xE001: "*", 0xE002: "~", 0xE003: ">"}).encode()


def _kept(text: str) -> str:
    """Return data whose signs are not separators."""
    return text.translate({ord("*"): "\ue001", ord("~"): "\ue002", ord(">"): "\ue003"})


ODD = ["A>B", "A*B", "A~B", "*", "~~", ">>>", "a*b>c~d", "4500>1", "Smith & Sons * Co", "x|y^z!*", "?*?", "VISA*ISA"]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("substitute", ["?", "_", "#"])
def test_where_separators_are_fixed_what_would_separate_in_text_is_replaced_and_told(
    hub_with: OpenOver, tmp_path: Path, value: str, substitute: str
) -> None:
    hub = hub_with(_overlay(tmp_path, substitute))
    _, ours = _answered(hub, order())
    (sent,) = hub.detail(ours.message).documents
    answer = decode_document("OrderAcknowledgement", sent.canonical or b"")
    _, content = render(
        hub.hub.rules,
        hub.hub.rules.partner(ACME),
        replace(answer, notes=[Text(kind="letters-or-notes", subject="NOTE", text=value)]),
    )
    assert f"MSG*{re.sub('[*~>]', substitute, value)}" in segments_of(content.body).lines
    (said,) = (each for each in content.findings if each.code != "MAP-UNSAID")
    assert (said.code, said.found, said.location.tag) == ("SYN-SUBSTITUTED", value, "MSG")


@pytest.mark.parametrize("place", ["reference", "number"])
@pytest.mark.parametrize("value", ["4500>1", "4500*1", "4500~1"])
def test_where_separators_are_fixed_no_number_is_changed_and_a_person_is_called(
    hub_with: OpenOver, tmp_path: Path, place: str, value: str
) -> None:
    hub = hub_with(_overlay(tmp_path))
    got = hub.send(order(**{place: value}))
    assert got.message.outcome == "held", "what cannot be said is no promise"
    assert of_kind(hub.answers(got.message.id), "855") == []
    (said,) = [each for each in findings(got) if each.code == "MAP-UNSENDABLE"]
    assert "SYN-SEPARATOR-IN-DATA" in said.message
    assert said.found == value
    assert repr(value) in str(got.message.attention)
    assert_each_finding_helps(got)


def test_once_other_separators_may_be_written_the_answer_goes_out_with_the_number_as_it_came(
    hub_with: OpenOver, tmp_path: Path
) -> None:
    hub = hub_with(_overlay(tmp_path))
    got = hub.send(order(number="4500>1"))
    shutil.rmtree(tmp_path / "configuration" / "partners")
    hub.reopen()
    assert hub.replay(got.message.id).message.attention is None
    (ours,) = [each for each in hub.answers(got.message.id) if _segments(each.body)[0][1] == "855"]
    assert [segment[3] for segment in _segments(ours.body) if segment[0] == "BAK"] == ["4500>1"]


@pytest.mark.parametrize("value", ODD)
def test_where_none_are_fixed_others_are_chosen_and_the_value_is_kept(hub: AtWork, value: str) -> None:
    _, ours = _answered(hub, order(value))
    assert ["REF", "CO", value] in _segments(ours.body)
    assert "SYN-SUBSTITUTED" not in codes(hub.detail(ours.message))


@pytest.mark.parametrize("place", ["reference", "number", "name", "contract"])
@pytest.mark.parametrize("value", ["A>1", "B*2", "C~3"])
def test_it_matters_not_where_it_stands(hub: AtWork, place: str, value: str) -> None:
    _, ours = _answered(hub, order(**{place: value}))
    said = _segments(ours.body)
    assert [segment[3] for segment in said if segment[0] == "BAK"] == [value if place == "number" else "4500098123"]


def test_a_substitute_that_is_a_separator_stops_the_partner_with_its_line(tmp_path: Path, hub_with: OpenOver) -> None:
    hub = hub_with(_overlay(tmp_path, "*"))
    fault = hub.hub.rules.partners.faults[ACME]
    assert "substitute" in str(fault)
    assert "partner.toml" in str(fault)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    values=st.fixed_dictionaries(
        {
            "reference": st.text("AB1 *~>|^!?&'ISA:/é", min_size=1, max_size=30),
            "name": st.text("AB1 *~>|^!?&'ISA:/é", min_size=1, max_size=60),
            "number": st.text("AB1*~>|^!?:/", min_size=1, max_size=22),
        }
    )
)
def test_whatever_an_accepted_order_holds_it_is_answered(hub: AtWork, values: dict[str, str]) -> None:
    serial = len(hub.log(direction="in")) + 500
    body = order(**values).replace(b"000000101", f"{serial:09d}".encode())
    got = hub.send(body)
    if got.message.validation == "rejected" or got.message.outcome in ("duplicate", "held"):
        return
    (ours,) = [each for each in hub.answers(got.message.id) if _segments(each.body)[0][1] == "855"]
    said = [segment for segment in _segments(ours.body) if segment[0] in ("REF", "BAK")]
    for value in (values["reference"].rstrip(), values["number"]):
        assert any(value in segment for segment in said)


@pytest.mark.parametrize("value", ["A>B", ">", "10>6", "A>B>C"])
def test_a_senders_own_component_separator_in_a_simple_element_is_told_and_the_order_taken(
    hub: AtWork, value: str
) -> None:
    body = order(value).replace(b"\x1f", b">")  # ISA16 says what the data holds
    got = hub.send(body)
    assert got.message.outcome in ("accepted", "changed")
    assert "GDE-COMPONENT-SEPARATOR" in codes(got)
    (said,) = of_kind(hub.answers(got.message.id), "997")
    assert said.one("AK5") == ["AK5", "E"]
    assert said.one("AK4")[:2] + said.one("AK4")[3:4] == ["AK4", "2", "6"]
    assert len(of_kind(hub.answers(got.message.id), "855")) == 1


def test_what_others_have_met_in_the_field(hub: AtWork, shared: Path) -> None:
    text = (shared / "cases" / "x12" / "10-component-separator-in-text.edi").read_text()
    got = hub.send(text.encode())
    assert len(of_kind(hub.answers(got.message.id), "855")) == 1
    assert "GDE-COMPONENT-SEPARATOR" in codes(got)


def _answered(hub: AtWork, body: bytes) -> tuple[MessageDetail, Sent]:
    got = hub.send(body)
    assert got.message.validation != "rejected", codes(got)
    (ours,) = [each for each in hub.answers(got.message.id) if _segments(each.body)[0][1] == "855"]
    return got, ours


def _segments(body: bytes) -> list[list[str]]:
    """Return what our reader takes out of an interchange with separators of its own."""
    events = list(read(body))
    assert isinstance(events[0], InterchangeStart)
    return [values for event in events if isinstance(event, TransactionSet) for values in event.segments]


def _overlay(folder: Path, substitute: str = "?") -> Path:
    """Copy the reference partner's folder, with separators that never change."""
    target = folder / "configuration" / "partners" / ACME
    shutil.copytree(CHECKOUT / "partners" / ACME, target)
    file = target / "partner.toml"
    text = file.read_text().replace("[x12]\n", f'[x12]\nsubstitute = "{substitute}"\n', 1)
    file.write_text(text.replace("[sends]", '[x12.separators]\nelement = "*"\n\n[sends]', 1))
    return folder / "configuration"
