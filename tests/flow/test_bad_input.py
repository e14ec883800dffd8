"""What is no order, or a broken one: a clear answer, nothing half done, and the neighbours are served.

Every test ends with a look at the whole: what was found helps the reader, a person is told where one is needed, the
message has come to its end, and a good order that follows is taken as if nothing had been.
"""

from __future__ import annotations

import io
import resource
import sys
import zipfile

import pytest

from hub.exchange.model import MessageDetail
from tests.flow.at_work import AtWork, assert_each_finding_helps, codes
from tests.flow.wire import Sent, group, interchange, of_kind, one_order, order, transaction

GOOD = one_order("4500098123")
MEMORY_MAX = 200 * 1024 * 1024  # for 20 MB that never end: the body itself some times over, whatever else has run
MEGABYTE = 1024 * 1024


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("order.edi", GOOD)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"Dear supplier, please send 100 hubs.", "no ISA begins", id="text"),
        pytest.param(b'<?xml version="1.0"?><Order>', "the XML is not well-formed", id="XML cut short"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "the JSON nests deeper than", id="JSON 100,000 deep"),
        pytest.param(b'{"a":' * 100_000, "the JSON nests deeper than", id="JSON 100,000 deep and open"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \r\n\r\n", "holds only blanks", id="blanks"),
        pytest.param(_zip(), "ZIP archive", id="zip"),
        pytest.param(b"UNB+UNOA:2+A+B+261120:0600+1'UNZ+0+1'", "EDIFACT", id="EDIFACT"),
        pytest.param(b"\0" * 1000, "holds only blanks", id="NUL bytes"),
        pytest.param(GOOD.decode().encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(GOOD[:80], "cut short", id="half an ISA"),
    ],
)
def test_what_is_no_interchange_is_kept_and_shown(hub: AtWork, body: bytes, said: str) -> None:
    got = hub.send(body)
    assert (got.message.validation, got.message.outcome) == ("unreadable", "quarantined")
    assert got.message.why is not None
    assert got.message.why.startswith("Could not be read: ")
    assert said in got.message.why
    assert hub.sent() == []
    _all_is_well(hub, got)


@pytest.mark.parametrize("body", [b'<?xml version="1.0"?><Order/>', b'{"order": 4500098123}'], ids=["XML", "JSON"])
def test_what_this_partner_never_agreed_to_send_is_held_and_says_so(hub: AtWork, body: bytes) -> None:
    got = hub.send(body)
    assert (got.message.validation, got.message.outcome) == ("warnings", "held")
    assert codes(got) == {"MAP-NOT-ROUTED"}
    assert hub.sent() == []
    _all_is_well(hub, got)


@pytest.mark.parametrize(
    ("body", "code", "note"),
    [
        pytest.param(GOOD[:106], "ENV-INTERCHANGE-NOT-CLOSED", "023", id="only an ISA"),
        pytest.param(GOOD[:290], "ENV-INTERCHANGE-NOT-CLOSED", "023", id="cut in a segment"),
        pytest.param(GOOD[: GOOD.index(b"IEA")], "ENV-INTERCHANGE-NOT-CLOSED", "023", id="cut before IEA"),
        pytest.param(GOOD.replace(b"IEA*1*", b"IEA*4*"), "ENV-GROUP-COUNT-MISMATCH", "021", id="IEA01 wrong"),
        pytest.param(GOOD.replace(b"IEA*1*000000101", b"IEA*1*000000102"), "ENV-INTERCHANGE-NUMBER-MISMATCH", "001"),
        pytest.param(GOOD.replace(b"~", b"0"), "ENV-SEGMENT-TERMINATOR", "004", id="a digit ends segments"),
        pytest.param(GOOD.replace(b"*", b"A"), "ENV-ELEMENT-SEPARATOR", "026", id="a letter between elements"),
        pytest.param(GOOD.replace(b"~", b"*"), "ENV-SEGMENT-TERMINATOR", "004", id="segments end as elements do"),
        pytest.param(GOOD.replace(b">", b"*", 1), "ENV-COMPONENT-SEPARATOR", "027", id="components as elements"),
        pytest.param(GOOD[:106] + b"\0" * 1000, "SYN-NUL", "023", id="NUL bytes after ISA"),
        pytest.param(
            interchange(group(transaction(order("4500098123"))), sender="01*999999999      "),
            "ENV-SENDER-NOT-PARTNER",
            "006",
            id="another sender inside",
        ),
        pytest.param(
            interchange(group(transaction(order("4500098123"))), receiver="ZZ*SOMEBODY       "),
            "ENV-RECEIVER-NOT-US",
            "008",
            id="for somebody else",
        ),
    ],
)
def test_a_faulty_interchange_is_refused_whole_with_a_ta1(hub: AtWork, body: bytes, code: str, note: str) -> None:
    got = hub.send(body)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert code in codes(got)
    assert got.message.why is not None
    assert got.message.why.startswith("Refused: ")
    assert got.message.acknowledgement == "rejected"
    (answer,) = hub.answers(got.message.id)
    assert answer.kind == "TA1"
    assert answer.one("TA1") == ["TA1", "000000101", "261120", "0600", "R", note]
    assert answer.one("ISA")[8].strip() == "123456789", "it goes to the partner who handed it in"
    assert all(row.outcome == "refused" for row in got.documents)
    _all_is_well(hub, got)


def test_a_message_that_was_cut_short_can_be_sent_again_whole_under_its_number(hub: AtWork) -> None:
    cut = hub.send(GOOD[:200])
    assert "send the whole file again" in str(cut.findings[0].remedy)
    whole = hub.send(GOOD)
    assert (whole.message.outcome, whole.message.attention) == ("accepted", None)
    assert [row.judgement for row in whole.envelopes] == ["first"]
    assert {each.kind for each in hub.answers(whole.message.id)} == {"997", "855"}
    assert hub.detail(cut.message.id).message.outcome == "refused"


@pytest.mark.parametrize(
    ("body", "code", "level", "notes"),
    [
        pytest.param(GOOD.replace(b"GE*1*", b"GE*5*"), "ENV-SET-COUNT-IN-GROUP", "AK9", ["R", "5", "1", "0", "5"]),
        pytest.param(
            GOOD.replace(b"GE*1*101", b"GE*1*7"), "ENV-GROUP-NUMBER-MISMATCH", "AK9", ["R", "1", "1", "0", "4"]
        ),
        pytest.param(
            GOOD.replace(b"*004010~", b"*005010~"), "ENV-RELEASE-NOT-AGREED", "AK9", ["R", "1", "1", "0", "2"]
        ),
        pytest.param(GOOD.replace(b"GS*PO*123456789", b"GS*PO*OTHER"), "ENV-GROUP-PARTY", "AK9", ["R", "1", "1", "0"]),
        pytest.param(GOOD.replace(b"SE*7*", b"SE*9*"), "ENV-SEGMENT-COUNT-MISMATCH", "AK5", ["R", "4"]),
        pytest.param(GOOD.replace(b"SE*7*0001", b"SE*7*0002"), "ENV-SET-NUMBER-MISMATCH", "AK5", ["R", "3"]),
        pytest.param(GOOD.replace(b"ST*850*", b"ST*830*"), "GDE-NO-GUIDE", "AK5", ["R", "1"], id="unknown set"),
        pytest.param(
            GOOD.replace(b"GS*PO*", b"GS*IN*"), "ENV-SET-NOT-OF-GROUP", "AK5", ["R", "6"], id="of another group"
        ),
        pytest.param(GOOD.replace(b"45000", b"45\x0000"), "SYN-NUL-IN-SET", "AK5", ["R", "5"], id="NUL in a number"),
    ],
)
def test_a_faulty_group_or_set_is_rejected_with_a_997(
    hub: AtWork, body: bytes, code: str, level: str, notes: list[str]
) -> None:
    got = hub.send(body)
    assert (got.message.validation, got.message.outcome) == ("rejected", "refused")
    assert code in codes(got)
    assert got.message.why is not None
    (answer,) = hub.answers(got.message.id)
    assert answer.kind == "997"
    assert answer.one(level)[1:] == notes
    assert answer.one("AK9")[1] == "R"
    assert {ak5[1] for ak5 in answer.all("AK5")} <= {"R"}, "nothing is told to be accepted that was not taken"
    assert got.message.acknowledgement == "rejected"
    _all_is_well(hub, got)


def test_an_order_among_acknowledgements_is_refused_and_a_person_told(hub: AtWork) -> None:
    """A group FA is never acknowledged, so an order in it would be taken without a word about its syntax."""
    got = hub.send(GOOD.replace(b"GS*PO*", b"GS*FA*"))
    assert got.message.outcome == "refused"
    assert got.message.why == "Rejected: the set 850 may not stand in a functional group 'FA', it belongs in 'PO'"
    assert hub.answers(got.message.id) == []
    _all_is_well(hub, got)


def test_of_two_sets_with_one_number_the_first_stands(hub: AtWork) -> None:
    got = hub.send(interchange(group(transaction(order("4500098001")), transaction(order("4500098002")))))
    (answer,) = of_kind(hub.answers(got.message.id), "997")
    assert [ak5[1:] for ak5 in answer.all("AK5")] == [["A"], ["R", "23"]]
    assert answer.one("AK9")[1:] == ["P", "2", "2", "1"]
    assert [row.number for row in hub.orders()] == ["4500098001"]
    assert_each_finding_helps(got)


def test_a_refused_interchange_leaves_its_neighbour_in_the_file_alone(hub: AtWork) -> None:
    stranger = interchange(group(transaction(order("4500098001"))), sender="01*999999999      ")
    got = hub.send(stranger + one_order("4500098002", 102))
    assert [row.outcome for row in got.documents] == ["refused", "accepted"]
    answers = hub.answers(got.message.id)
    assert [each.kind for each in answers] == ["855", "TA1", "997"]
    assert answers[1].one("TA1")[1] == "000000101"
    assert answers[2].one("AK1")[1:] == ["PO", "101"] or answers[2].one("AK1")[1:] == ["PO", "102"]
    assert [row.number for row in hub.orders()] == ["4500098002"]


def test_bytes_outside_an_interchange_are_told_and_do_no_harm(hub: AtWork) -> None:
    got = hub.send(GOOD + b"-- sent by gateway 7 --")
    assert got.message.outcome == "accepted"
    assert "ENV-BYTES-OUTSIDE" in codes(got)
    assert_each_finding_helps(got)


@pytest.mark.parametrize("head", [GOOD[:106] + b"GS", GOOD[:105] + b"*"], ids=["no terminator", "no ISA16 either"])
def test_20_megabytes_without_a_terminator_cost_little_and_are_refused(hub: AtWork, head: bytes) -> None:
    before = _peak()
    got = hub.send(head + b"A" * 20 * MEGABYTE)
    assert _peak() - before < MEMORY_MAX
    assert got.message.outcome == "refused"
    assert hub.answers(got.message.id)[0].one("TA1")[4] == "R"
    assert len(str(got.findings)) < MEGABYTE, "a finding shows the beginning of what it is about"
    _all_is_well(hub, got)


def test_an_unknown_partner_is_nobody_to_answer(hub: AtWork) -> None:
    """Intake knows only partners with a key or a folder; a partner that has gone since holds what it had sent."""
    got = hub.send(GOOD, partner="gone-since")
    assert (got.message.outcome, got.message.validation) == ("held", "pending")
    assert "partner gone-since has no file" in str(got.message.why)
    assert hub.sent("gone-since") == []
    assert hub.send(one_order("4500098999", 999)).message.outcome == "accepted"


def _all_is_well(hub: AtWork, got: MessageDetail) -> None:
    assert got.message.stage == "finished"
    assert_each_finding_helps(got)
    assert got.message.id in {row.id for row in hub.log(status="attention")}
    assert hub.orders() == []
    after = hub.send(one_order("4500098999", 999))
    assert after.message.outcome == "accepted"
    assert [row.number for row in hub.orders()] == ["4500098999"]
    assert hub.backlog().dead == 0
    _no_gap(hub.sent())


def _no_gap(sent: list[Sent]) -> None:
    assert [each.number for each in sent] == list(range(1, len(sent) + 1))
    groups = sorted(each.group for each in sent if each.group is not None)
    assert groups == list(range(1, len(groups) + 1))


def _peak() -> int:
    """Return the most memory this process ever had, in bytes (macOS counts bytes, Linux kibibytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
