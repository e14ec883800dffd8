"""Release 005010 as a customer speaks it: its own separators and codes, a 999 and a TA1 for what it sends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.flow.inspecting import inspect, map_of
from hub.flow.outward import told_to_partner
from hub.flow.rules import Rules
from hub.kernel.diagnostics import Diagnostic
from hub.platform.configuration import find_configuration
from tests.flow.at_work import AtWork, findings
from tests.flow.overlay import write
from tests.flow.wire import group, interchange, order, transaction
from tests.house import CHECKOUT

BOREALIS = "borealis-ortho"
ORDER = Path(CHECKOUT / "partners" / BOREALIS / "samples" / "order.edi").read_text()
TELLS = """ISA|00|          |00|          |ZZ|BOREALISORTHO  |ZZ|MEDCM          |261120|0915|^|00501|000000091|0|P|<~
GS|FA|BOREALIS|MEDCM|20261120|0915|91|X|005010~
ST|999|0001~
AK1|PR|{group}|005010~
AK2|855|0001~
{notes}IK5|{verdict}~
AK9|{verdict}|1|1|{accepted}~
SE|{count}|0001~
GE|1|91~
IEA|1|000000091~
"""


def _said(hub: AtWork, message: str, tag: str) -> list[str]:
    """Return each segment ``tag`` that we wrote because of ``message``."""
    return [line.rstrip("~") for sent in hub.answers(message) for line in sent.body.decode().split("\n")
            if line.startswith(f"{tag}|")]  # fmt: skip


def _findings(hub: AtWork, body: str) -> tuple[str, list[Diagnostic]]:
    got = hub.send(body.encode(), BOREALIS)
    return got.message.id, [finding for document in got.documents for finding in document.findings]


def test_an_order_is_answered_in_its_release_with_the_agreed_separators(hub: AtWork) -> None:
    got = hub.send(ORDER.encode(), BOREALIS)
    assert (got.message.outcome, got.message.why) == ("accepted", None)
    assert [line.split("|")[11:13] for line in _said(hub, got.message.id, "ISA")] == [["^", "00501"]] * 2
    assert [line.split("|")[-1] for line in _said(hub, got.message.id, "GS")] == ["005010", "005010"]
    assert _said(hub, got.message.id, "TA1") == ["TA1|000000051|261119|0915|A|000"]
    assert _said(hub, got.message.id, "AK1") == ["AK1|PO|51|005010"]
    assert _said(hub, got.message.id, "IK5") == ["IK5|A"]
    assert _said(hub, got.message.id, "PO1") == [
        "PO1|1|10|TY|175||IN|1440300|EC|07|VP|BH-44-300", "PO1|2|15|KT|214||IN|1440900|EC|02|VP|BH-44-KIT"
    ]  # fmt: skip
    assert all(line.startswith("MTX||") for line in _said(hub, got.message.id, "MTX"))


@pytest.mark.parametrize(
    ("old", "new", "code", "notes"),
    [
        ("|10|TY|", "|10^11|TY|", "GDE-TOO-MANY-REPETITIONS", ["IK3|PO1|12|PO1|8", "IK4|2|380|12"]),
        ("DTM|002|20270115", "DTM|002|20270115^20270116", "GDE-TOO-MANY-REPETITIONS", ["IK3|DTM|5||8", "IK4|2|373|12"]),
        ("|EC|07", "|EC|07^08", "GDE-TOO-MANY-REPETITIONS", ["IK3|PO1|12|PO1|8", "IK4|9|234|12"]),
        ("|TY|", "|QQ|", "GDE-ELEMENT-CODE", ["IK3|PO1|12|PO1|8", "IK4|3|355|7|QQ"]),
        ("||20261119", "|R1|20261119", "GDE-ELEMENT-NOT-USED", ["IK3|BEG|2||8", "IK4|4|328|3|R1"]),
        ("MTX||", "MSG|", "GDE-SEGMENT-NOT-IN-SET", ["IK3|MSG|7|N9|6"]),
        ("N4|Mississauga|ON|L5T 2B5|CA", "N4|Mississauga|ON|L5T 2B5|CA|||ON", "GDE-ELEMENT-EXCLUDED",
         ["IK3|N4|11|N1|8", "IK4|7|1715|10|ON"]),
    ],
)  # fmt: skip
def test_what_the_release_or_their_guide_does_not_allow_is_told_by_a_999(
    hub: AtWork, old: str, new: str, code: str, notes: list[str]
) -> None:
    message, findings = _findings(hub, ORDER.replace(old, new, 1))
    assert [finding.code for finding in findings if finding.severity.is_reject] == [code]
    assert [*_said(hub, message, "IK3"), *_said(hub, message, "IK4")] == notes
    assert _said(hub, message, "IK5") == ["IK5|R|5"]
    assert _said(hub, message, "AK9") == ["AK9|R|1|1|0"]


def test_an_order_in_a_currency_it_names_is_said_to_be_in_that_alone(hub: AtWork) -> None:
    assert ORDER.count("CUR|BY|CAD~") == 1
    got = hub.send(ORDER.replace("CUR|BY|CAD~", "CUR|BY|USD~").encode(), BOREALIS)
    said = {each.message.partition(": ")[2] for each in findings(got) if "CURRENCY" in each.code}
    assert said == {"ordered in 'USD', the contract is in CAD"}


def test_a_repetition_sign_in_a_text_is_text(hub: AtWork) -> None:
    message, findings = _findings(hub, ORDER.replace("Ring before unloading", "below 10^2 CFU"))
    assert {finding.code for finding in findings} == {"BUS-NOT-PLANNED"}
    assert _said(hub, message, "IK5") == ["IK5|A"]


@pytest.mark.parametrize(("standard", "version"), [("^", "00501"), ("U", "00401")])
def test_an_order_of_a_release_that_is_not_agreed_is_refused_with_its_group(
    hub: AtWork, standard: str, version: str
) -> None:
    body = ORDER.replace("005010", "004010").replace("^|00501", f"{standard}|{version}")
    got = hub.send(body.encode(), BOREALIS)
    assert got.message.outcome == "refused"
    assert got.message.why == "Refused: release '004010' (GS08) is not agreed, only 005010"
    assert _said(hub, got.message.id, "AK9") == ["AK9|R|1|1|0|2"]


TWO_RELEASES = (
    ('releases = ["005010"]', 'releases = ["004010", "005010"]'),
    ('850 = "borealis-ortho/850"', '850 = "x12/004010/850"'),
)


def _with_two_releases(configuration: Path) -> Path:
    """Write the partner's file anew: two releases are agreed, and the map that is named reads the other one."""
    text = (CHECKOUT / "partners" / BOREALIS / "partner.toml").read_text()
    for old, new in TWO_RELEASES:
        assert text.count(old) == 1
        text = text.replace(old, new)
    write(configuration, f"partners/{BOREALIS}/partner.toml", text)
    return configuration


def test_an_order_in_a_release_that_no_map_reads_is_held_and_not_read_by_the_map_of_another(
    tmp_path: Path, hub_with: Callable[[Path], AtWork]
) -> None:
    hub = hub_with(_with_two_releases(tmp_path / "config"))
    got = hub.send(ORDER.encode(), BOREALIS)
    assert (got.message.outcome, hub.orders(BOREALIS)) == ("held", [])
    [found] = findings(got)
    assert found.code == "MAP-NOT-ROUTED"
    assert found.message == (
        "set 850 came in release '005010', and x12/004010/850, which is named for it, reads 004010"
    )
    assert str(found.location) == "envelope 51 group 51 document 0001 segment 1 ST01"
    assert (found.found, found.expected) == ("005010", "004010")
    assert told_to_partner(found).message == "set 850 came in release '005010', and we take it in 004010"
    assert _said(hub, got.message.id, "IK5") == ["IK5|A"]


def test_what_is_told_of_an_order_is_what_would_become_of_it_whichever_release_it_is_in(tmp_path: Path) -> None:
    rules = Rules(find_configuration(str(_with_two_releases(tmp_path))))
    [told] = inspect(ORDER.encode(), rules).documents
    assert (told.verdict, told.map, told.document) == ("findings", None, None)
    assert [each.code for each in told.findings] == ["MAP-NOT-ROUTED"]
    mapped = map_of(ORDER.encode(), rules)
    assert mapped is not None
    assert mapped.name == "x12/005010/850"


def test_a_set_that_comes_in_two_releases_is_read_by_the_map_of_each(
    tmp_path: Path, hub_with: Callable[[Path], AtWork]
) -> None:
    file = _with_two_releases(tmp_path) / "partners" / BOREALIS / "partner.toml"
    file.write_text(file.read_text().replace("[sends]", '[sends]\n850-005010 = "borealis-ortho/850"'))
    hub = hub_with(tmp_path)
    old = group(transaction(order("4500098123"))).replace("*123456789*", "*BOREALIS*", 1)
    for body, map_ in (
        (ORDER.encode(), "borealis-ortho/850"),
        (interchange(old, sender="ZZ*BOREALISORTHO  "), "x12/004010/850"),
    ):
        [document] = hub.send(body, BOREALIS).documents
        assert (document.kind, document.map_name) == ("850", map_), document.findings


def test_their_999_settles_what_we_sent(hub: AtWork) -> None:
    hub.send(ORDER.encode(), BOREALIS)
    got = hub.send(TELLS.format(group=1, notes="", verdict="A", accepted=1, count=6).encode(), BOREALIS)
    assert (got.message.outcome, got.message.why) == ("accepted", None)
    assert [finding for document in got.documents for finding in document.findings] == []


def test_their_999_that_refuses_by_a_convention_says_what_is_wrong_in_words(hub: AtWork) -> None:
    order = hub.send(ORDER.encode(), BOREALIS)
    notes = "IK3|ACK|9|ACK|8~\nCTX|SITUATIONAL TRIGGER|PO1|8~\nIK4|4|374|I9~\n"
    _, findings = _findings(hub, TELLS.format(group=1, notes=notes, verdict="R", accepted=0, count=9))
    assert any("ACK04" in finding.message for finding in findings), [finding.message for finding in findings]
    answer = next(sent for sent in hub.answers(order.message.id) if b"ST|855|" in sent.body)
    assert hub.detail(answer.message).message.why


def test_a_999_for_a_group_never_sent_is_held_for_a_person(hub: AtWork) -> None:
    got = hub.send(TELLS.format(group=4711, notes="", verdict="A", accepted=1, count=6).encode(), BOREALIS)
    assert got.message.why == "Group 4711 (PR) was never sent to this partner"
