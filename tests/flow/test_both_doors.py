"""One judgement at every door: what the shell says of a partner's file, the hub says that receives it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from hub.flow.rules import Rules
from hub.flow.x12.guides import agreed_with, x12_rules
from hub.formats.x12.answer import answer
from hub.formats.x12.check import Report, check
from hub.platform.configuration import find_configuration
from tests.flow.at_work import ACME, AtWork, findings
from tests.flow.wire import Sent, group, interchange, of_kind, one_order, order, transaction

GOOD = one_order("4500098123")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RULES = Rules(find_configuration(None))


def sets(*made: str, **more: str) -> bytes:
    return interchange(group(*made, **more))


BODIES = {
    "a good order": GOOD,
    "an order in an invoice group": GOOD.replace(b"GS*PO*", b"GS*IN*"),
    "an order in a ship notice group": GOOD.replace(b"GS*PO*", b"GS*SH*"),
    "an 855 sent to us": sets(
        transaction("BAK*00*AC*4500098123*20261120~PO1*1*1*EA~CTT*1~", kind="855"), functional="PR"
    ),
    "a change order": sets(transaction("BCH*04*SA*4500098123**1*20261120~", kind="860"), functional="PC"),
    "a forecast beside an order": sets(transaction(order("1")), transaction("BFR*05*1~", kind="830", control="0002")),
    "a set that is none": sets(transaction("BEG*00~", kind="XYZ")),
    "a set without a number": GOOD.replace(b"ST*850*", b"ST**"),
    **{
        f"release {release or 'none'}": sets(transaction(order("1")), release=release)
        for release in ("004010VICS", "4010", "00401", "004030", "4010VICS", "005010", "")
    },
    "two sets with one number": sets(transaction(order("1")), transaction(order("2"))),
    "a wrong segment count": sets(transaction(order("1"), count=9)),
    "a wrong set count": interchange(group(transaction(order("1")), count=3)),
    "a wrong group count": interchange(group(transaction(order("1"))), count=2),
    "another sender": interchange(group(transaction(order("1"))), sender="01*999999999      "),
    "another receiver": interchange(group(transaction(order("1"))), receiver="ZZ*SOMEBODY       "),
    "another sender in the group": GOOD.replace(b"GS*PO*123456789", b"GS*PO*OTHER"),
    "a test in production": one_order("1", usage="T"),
    "an element that is no number": GOOD.replace(b"PO1*10*100*", b"PO1*10*1oo*"),
    "cut short": GOOD[:300],
    "two interchanges, one cut": GOOD[:300] + one_order("2", 102),
    "separators that are control characters": GOOD.replace(b"*", b"\x1e").replace(b"~", b"\x1d").replace(b">", b"\x1c"),
    "behind a long mail header": b"Received: from gateway\r\n" * 300 + GOOD,
}


def shell(body: bytes) -> Report:
    guides = partial(x12_rules(RULES).guides.guide, partner=ACME)
    return check(body, guides, agreed=agreed_with(RULES.partner(ACME)))


def _told(report: Report) -> list[list[str]]:
    """Return what the shell's answers say, without what numbers and addresses they bear."""
    made = [answer(each, NOON) for each in report.interchanges]
    usual = bytes.maketrans(b"\x1e\x1d", b"*~")
    return [line for each in made if each for line in _verdicts(Sent("", (each.body or b"").translate(usual)))]


def _verdicts(sent: Sent) -> list[list[str]]:
    return [each for each in sent.segments if each[0] in ("TA1", "AK1", "AK2", "AK3", "AK4", "AK5", "AK9")]


@pytest.mark.parametrize("name", BODIES)
def test_the_shell_and_the_hub_find_the_same_and_tell_the_sender_the_same(hub: AtWork, name: str) -> None:
    report = shell(BODIES[name])
    got = hub.send(BODIES[name])
    here = sorted((f.code, f.severity, f.message) for f in findings(got) if not f.code.startswith(("MAP-", "BUS-")))
    assert here == sorted((f.code, f.severity, f.message) for f in report.findings)
    said = [line for each in hub.answers(got.message.id) if each.kind != "855" for line in _verdicts(each)]
    assert said == _told(report)


def test_a_set_that_the_partners_file_does_not_list_is_not_supported(hub: AtWork) -> None:
    got = hub.send(BODIES["an 855 sent to us"])
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert got.message.why == "Rejected: set 855 is not agreed with this partner, who sends 850, 997"
    (told,) = of_kind(hub.answers(got.message.id), "997")
    assert (told.one("AK5"), told.one("AK9")[1]) == (["AK5", "R", "1"], "R")


def test_without_a_partner_a_release_nobody_has_guides_for_is_refused_and_not_echoed() -> None:
    library = x12_rules(RULES).guides
    agreed = agreed_with(RULES.partner(ACME))
    for release in ("4010", "00401", "004030", "nonsense1234"):
        body = sets(transaction(order("1")), release=release)
        report = check(body, library.guide, agreed=type(agreed)(releases=frozenset(library.releases())))
        assert report.verdict == "findings"
        written = answer(report.interchanges[0], NOON)
        assert written is not None
        told = Sent("", written.body or b"")
        assert (told.one("AK9")[1:], told.one("GS")[8]) == (["R", "1", "1", "0", "2"], "004010")
