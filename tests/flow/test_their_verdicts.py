"""Of all that a partner's acknowledgement says the worst counts, however it is spelt; and it is told in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.exchange.model import MessageDetail
from hub.formats.x12.acknowledgement_codes import ELEMENT, GROUP, INTERCHANGE, SEGMENT, SET
from hub.kernel.diagnostics import Diagnostic, Severity
from tests.flow.at_work import AtWork, assert_each_finding_helps, codes, findings
from tests.flow.wire import acknowledgement, group, interchange, of_kind, one_order, transaction

VERDICTS = {
    # what stands between AK1 and SE: what our message shows, whether with errors
    "A": ("AK2*855*0001~AK5*A~AK9*A*1*1*1~", "accepted", False),
    "A without sets": ("AK9*A*1*1*1~", "accepted", False),
    "E": ("AK2*855*0001~AK5*E~AK9*E*1*1*1~", "accepted", True),
    "E of the group alone": ("AK9*E*1*1*1~", "accepted", True),
    "E of the set alone": ("AK2*855*0001~AK5*E*5~AK9*A*1*1*1~", "accepted", True),
    "A with notes": ("AK2*855*0001~AK3*BAK*2**8~AK4*4*373*8~AK5*A~AK9*A*1*1*1~", "accepted", True),
    "A with a group note": ("AK2*855*0001~AK5*A~AK9*A*1*1*1*5~", "accepted", True),
    "R": ("AK2*855*0001~AK5*R*5~AK9*R*1*1*0~", "rejected", False),
    "R without sets": ("AK9*R*1*1*0~", "rejected", False),
    "R of the set under A": ("AK2*855*0001~AK5*R*5~AK9*A*1*1*1~", "rejected", False),
    "R of the set under E": ("AK2*855*0001~AK5*R*5~AK9*E*1*1*1~", "rejected", False),
    "M of the set under A": ("AK2*855*0001~AK5*M*13~AK9*A*1*1*1~", "rejected", False),
    "W of the set under E": ("AK2*855*0001~AK5*W~AK9*E*1*1*0~", "rejected", False),
    "X of the group": ("AK9*X*1*1*1*15~", "rejected", False),
    "R of the group over A": ("AK2*855*0001~AK5*A~AK9*R*1*1*0*1~", "rejected", False),
    "none accepted under A": ("AK2*855*0001~AK5*A~AK9*A*1*1*0~", "rejected", False),
    "none accepted under E": ("AK9*E*1*1*0~", "rejected", False),
    "none received under A": ("AK9*A*1*0*0~", "rejected", False),
    "fewer accepted than received": ("AK9*A*2*2*1~", "partly", False),
    "P": ("AK2*855*0001~AK5*R*5~AK9*P*1*1*0~", "partly", False),
    "P without sets": ("AK9*P*2*2*1~", "partly", False),
    "R of a set we never sent": ("AK2*855*0002~AK5*R*5~AK9*A*1*1*1~", "rejected", False),
    "R of one, A of a stranger": ("AK2*855*0001~AK5*R*5~AK2*855*0002~AK5*A~AK9*P*2*2*1~", "partly", False),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_worst_that_is_said_counts(hub: AtWork, case: str) -> None:
    body, status, with_errors = VERDICTS[case]
    ours, told = _told(hub, body)
    shown = hub.detail(ours)
    assert shown.message.acknowledgement == status
    assert (shown.message.why is not None) == (status != "accepted")
    assert (shown.message.validation == "warnings") == with_errors
    (said,) = [str(each.text) for each in shown.timeline if each.event == "acknowledged"]
    assert said == f"{'accepted with errors' if with_errors else status} by acme-cardio"
    assert told.message.outcome == "accepted"
    assert (told.message.validation == "valid") == (status == "accepted" and not with_errors)
    assert bool(findings(told)) == (status != "accepted" or with_errors)
    assert _texts(findings(shown)) <= _texts(findings(told))
    assert_each_finding_helps(told)
    assert_each_finding_helps(shown)
    if status == "rejected":
        assert all(each.acknowledgement == "rejected" for each in shown.documents)


CONTRADICTIONS = [name for name in VERDICTS if " under " in name or " over " in name or "fewer" in name]


@pytest.mark.parametrize("case", VERDICTS)
def test_a_contradiction_is_told_on_both_messages(hub: AtWork, case: str) -> None:
    ours, told = _told(hub, VERDICTS[case][0])
    contradicts = case in CONTRADICTIONS or case == "R of a set we never sent"
    for detail in (told, hub.detail(ours)):
        assert ("ENV-OURS-CONTRADICTION" in codes(detail)) == contradicts


@pytest.mark.parametrize("body", ["AK2*855*0002~AK5*A~", "AK2*850*77~AK5*R*5~", "AK2*855*A1~AK5*A~"])
def test_a_set_that_we_never_sent_is_told_and_a_person_looks(hub: AtWork, body: str) -> None:
    _, told = _told(hub, f"{body}AK2*855*0001~AK5*A~AK9*A*2*2*2~")
    assert "BUS-ACKNOWLEDGES-NOTHING" in codes(told)
    assert told.message.why is not None
    assert "was never sent in group" in told.message.why


SPELLINGS = {
    "group with zeros": ("AK1*PR*{n:09d}~AK2*855*0001~AK5*A~AK9*A*1*1*1~"),
    "group with too many zeros": ("AK1*PR*{n:015d}~AK2*855*0001~AK5*A~AK9*A*1*1*1~"),
    "group with blanks before": ("AK1*PR*{n:>9}~AK2*855*0001~AK5*A~AK9*A*1*1*1~"),
    "group with blanks behind": ("AK1*PR*{n:<9}~AK2*855*0001~AK5*A~AK9*A*1*1*1~"),
    "kind padded": ("AK1*PR *{n}~AK2*855 *0001~AK5*A ~AK9*A *1*1*1~"),
    "set without zeros": ("AK1*PR*{n}~AK2*855*1~AK5*A~AK9*A*1*1*1~"),
    "set with nine digits": ("AK1*PR*{n}~AK2*855*000000001~AK5*A~AK9*A*1*1*1~"),
    "set with ten digits": ("AK1*PR*{n}~AK2*855*0000000001~AK5*A~AK9*A*1*1*1~"),
    "set with blanks": ("AK1*PR*{n}~AK2*855*   1 ~AK5*A~AK9*A*1*1*1~"),
    "set of three digits": ("AK1*PR*{n}~AK2*855*001~AK5*A~AK9*A*1*1*1~"),
    "counts with zeros": ("AK1*PR*{n}~AK2*855*0001~AK5*A~AK9*A*000001*000001*0000001~"),
    "counts with blanks": ("AK1*PR*{n}~AK2*855*0001~AK5*A~AK9*A*     1*     1*     1~"),
    "everything": ("AK1*PR *{n:012d}~AK2*855*1~AK5*A ~AK9*A*0000001*0000001*0000001~"),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_a_number_is_a_number_however_it_is_padded(hub: AtWork, case: str) -> None:
    ours, number = _answered(hub)
    told = hub.send(_997(SPELLINGS[case].format(n=number)))
    assert (told.message.outcome, told.message.validation) == ("accepted", "valid")
    assert {each.severity for each in findings(told)} <= {Severity.NOTE}
    shown = hub.detail(ours)
    assert shown.message.acknowledgement == "accepted"
    assert [each.acknowledgement for each in shown.documents] == ["accepted"]


@pytest.mark.parametrize("number", ["1", "01", "000000001", "0000000001", " 1", "1        "])
@pytest.mark.parametrize("note", ["6", "06", "006", "0006"])
def test_a_ta1_is_read_however_its_numbers_are_padded(hub: AtWork, number: str, note: str) -> None:
    ours, _ = _answered(hub)
    ta1 = f"TA1*{number}*261120*0600*R*{note}~".encode()
    told = hub.send(interchange(number=900).replace(b"IEA*", ta1 + b"IEA*"))
    assert told.message.why == (
        "The partner refused our interchange 000000001, note 006: the sender id (ISA06) is not one they know"
    )
    assert hub.detail(ours).message.acknowledgement == "rejected"
    assert "ENV-OURS-REFUSED" in codes(hub.detail(ours))


UNTIDY = {
    "a copy too long": "AK2*855*0001~AK3*BAK*2**8~AK4*3*324*6*" + "X" * 150 + "~AK5*R*5~AK9*R*1*1*0~",
    "no element number": "AK2*855*0001~AK3*BAK*2**8~AK4**324*6~AK5*R*5~AK9*R*1*1*0~",
    "a code of a later release": "AK2*855*0001~AK3*BAK*2**I9~AK4*3*324*I10~AK5*R*I6~AK9*R*1*1*0~",
    "a segment of another convention": "AK2*855*0001~CTX*SITUATIONAL*BAK*2~AK3*BAK*2**8~AK5*R*5~AK9*R*1*1*0~",
    "no position": "AK2*855*0001~AK3*BAK***8~AK5*R*5~AK9*R*1*1*0~",
    "no counts": "AK2*855*0001~AK5*R*5~AK9*R~",
    "a tag too long": "AK2*855*0001~AK3*SEGMENT*2**1~AK5*R*5~AK9*R*1*1*0~",
    "a kind of set left out": "AK2**0001~AK5*R*5~AK9*R*1*1*0~",
    "a code unknown": "AK2*855*0001~AK5*R*77~AK9*R*1*1*0*88~",
    "elements beyond the last": "AK2*855*0001~AK5*R*5*5*5*5*5*5*5~AK9*R*1*1*0~",
}


@pytest.mark.parametrize("case", UNTIDY)
def test_what_is_untidy_in_the_notes_takes_nothing_from_the_verdict(hub: AtWork, case: str) -> None:
    ours, told = _told(hub, UNTIDY[case])
    shown = hub.detail(ours)
    assert (shown.message.acknowledgement, told.message.outcome) == ("rejected", "accepted")
    assert any("-OURS-" in code for code in codes(shown))
    assert_each_finding_helps(shown)
    assert hub.answers(told.message.id) == []


NOTES = {
    # AK3, AK4: code, tag, position, element, what stands in the sentence, what was found
    "a date": ("AK3*BAK*2**8~AK4*4*373*8*20261120~", "BAK", 2, 4, "the date is not one they take", "20261120"),
    "a date without its copy": ("AK3*BAK*2**8~AK4*4*373*8~", "BAK", 2, 4, "the date is not one they take", "20261120"),
    "a missing value": ("AK3*BAK*2**8~AK4*5*328*1~", "BAK", 2, 5, "a value that they demand is missing", None),
    "a value behind the last": ("AK3*BAK*2**8~AK4*10*328*1~", "BAK", 2, 10, "that they demand is missing", None),
    "a code": ("AK3*BAK*2**8~AK4*1*353*7*00~", "BAK", 2, 1, "the code is not one they take", "00"),
    "a code without its copy": ("AK3*BAK*2**8~AK4*1*353*7~", "BAK", 2, 1, "the code is not one they take", "00"),
    "too long": ("AK3*BAK*2**8~AK4*3*324*5~", "BAK", 2, 3, "the value is too long", "4500098123"),
    "a character": ("AK3*BAK*02**8~AK4*03*324*06~", "BAK", 2, 3, "a character that they do not take", "4500098123"),
    "the place of the name": ("AK3*BAK*2**8~AK4*0*324*7~", "BAK", 2, None, "the code is not one they take", None),
    "a component": ("AK3*BAK*2**8~AK4*3>1*324*7~", "BAK", 2, 3, "the code is not one they take", "4500098123"),
    "an unknown segment": ("AK3*BAK*2**1~", "BAK", 2, None, "they do not know this segment", "BAK"),
    "a segment not expected": ("AK3*BAK*2*BAK*2~", "BAK", 2, None, "do not expect this segment there", "BAK"),
    "a segment too often": ("AK3*BAK*2**5~", "BAK", 2, None, "the segment comes too often", "BAK"),
    "a segment in errors without notes": ("AK3*BAK*2**8~", "BAK", 2, None, "elements of the segment are", "BAK"),
    "their name for it": ("AK3*BEG*2**1~", "BAK", 2, None, "they call it BEG", "BEG"),
    "a position we have not": ("AK3*CTT*99**3~", "CTT", 99, None, "that they demand is missing before it", "CTT"),
}


@pytest.mark.parametrize("case", NOTES)
def test_a_note_is_told_in_words_at_our_own_segment_on_both_messages(hub: AtWork, case: str) -> None:
    notes, tag, segment, element, words, value = NOTES[case]
    ours, told = _told(hub, f"AK2*855*0001~{notes}AK5*R*5~AK9*R*1*1*0~")
    for detail in (told, hub.detail(ours)):
        (found,) = [each for each in findings(detail) if each.code.startswith("SYN-OURS-")]
        at = found.location
        assert (at.tag, at.segment, at.element, at.document) == (tag, segment, element, "0001")
        assert words in found.message
        assert found.found == value
        assert found.remedy
        assert found.severity.is_reject
    assert not re.search(r"look up", str(findings(told)), re.IGNORECASE)


@pytest.mark.parametrize("position", ["", "0"])
def test_a_note_without_a_position_is_told_at_no_other_segment_of_ours(hub: AtWork, position: str) -> None:
    ours, _ = _told(hub, f"AK2*855*0001~AK3*FOB*{position}**2~AK5*R*5~AK9*R*1*1*0~")
    (found,) = [each for each in findings(hub.detail(ours)) if each.code == "SYN-OURS-SEGMENT"]
    assert (found.location.tag, found.found) == ("FOB", "FOB")


@pytest.mark.parametrize(("said", "rejects"), [("AK9*R*1*1*0~", True), ("AK9*P*2*2*1~", False)])
def test_what_is_not_accepted_without_a_reason_is_as_grave_as_its_verdict(
    hub: AtWork, said: str, rejects: bool
) -> None:
    ours, _ = _told(hub, said)
    (found,) = [each for each in findings(hub.detail(ours)) if each.code == "ENV-OURS-GROUP"]
    assert found.severity == (Severity.GROUP if rejects else Severity.WARNING)


def test_a_copy_that_is_too_long_to_be_kept_is_told_as_cut(hub: AtWork) -> None:
    ours, _ = _told(hub, UNTIDY["a copy too long"])
    (found,) = [each for each in findings(hub.detail(ours)) if each.code == "SYN-OURS-ELEMENT"]
    assert found.found is not None
    assert len(found.found) < 150
    assert re.search("= 'X+…'", found.message)


def test_an_element_is_called_by_its_name_in_our_guide(hub: AtWork) -> None:
    ours, _ = _told(hub, "AK2*855*0001~AK3*BAK*2**8~AK4*4*373*8*20261129~AK5*R*5~AK9*R*1*1*0~")
    (found,) = [each for each in findings(hub.detail(ours)) if each.code == "SYN-OURS-ELEMENT"]
    assert re.fullmatch(
        r"The partner says of our BAK04 \([a-z ]+\) = '20261129': the date is not one they take; we sent '20261120'",
        found.message,
    )


def test_a_later_acknowledgement_that_says_otherwise_takes_back_nothing_that_an_earlier_one_noted(hub: AtWork) -> None:
    ours, _ = _told(hub, "AK2*855*0001~AK3*BAK*2**8~AK4*4*373*8~AK5*R*5~AK9*R*1*1*0*1~")
    assert {"SYN-OURS-ELEMENT", "ENV-OURS-GROUP"} <= codes(hub.detail(ours))
    (answer,) = of_kind(hub.sent(), "855")
    assert answer.group is not None
    noted = codes(hub.detail(ours))
    hub.send(acknowledgement(answer.group, control=902))
    shown = hub.detail(ours)
    assert (shown.message.acknowledgement, codes(shown)) == ("rejected", noted)


def test_a_later_acknowledgement_of_the_same_verdict_replaces_what_an_earlier_one_noted(hub: AtWork) -> None:
    ours, _ = _told(hub, "AK2*855*0001~AK3*BAK*2**8~AK4*4*373*8~AK5*E~AK9*E*1*1*1~")
    assert "SYN-OURS-ELEMENT" in codes(hub.detail(ours))
    (answer,) = of_kind(hub.sent(), "855")
    assert answer.group is not None
    hub.send(acknowledgement(answer.group, control=902))
    shown = hub.detail(ours)
    assert (shown.message.acknowledgement, codes(shown)) == ("accepted", set())


def test_thousands_of_notes_are_bounded(hub: AtWork) -> None:
    notes = "AK3*BAK*2**8~" + "AK4*4*373*8~" * 99
    ours, told = _told(hub, f"AK2*855*0001~{notes * 30}AK5*R*5~AK9*R*1*1*0~")
    assert len(findings(told)) <= 101
    assert len(findings(hub.detail(ours))) <= 101


@pytest.mark.parametrize("table", [INTERCHANGE, GROUP, SET, SEGMENT, ELEMENT])
def test_every_code_says_what_is_wrong_and_what_to_do(table: dict[str, tuple[str, str]]) -> None:
    for said, remedy in table.values():
        assert said
        assert remedy
        assert "look up" not in remedy


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("70", "accepted"),
        ("72", "accepted"),
        ("75", "rejected"),
        ("76", "rejected"),
        ("77", "awaited"),
        ("78", "accepted"),
        ("03", "accepted"),
        ("71", "awaited"),
        ("73", "awaited"),
        ("74", "awaited"),
    ],
)
def test_what_others_have_met_in_the_field(hub: AtWork, shared: Path, name: str, status: str) -> None:
    ours, number = _answered(hub)
    (path,) = (shared / "cases" / "x12").glob(f"{name}-*.edi")
    text = path.read_text() if name == "74" else re.sub(r"AK1\*PR\*(0*)\d+", rf"AK1*PR*\g<1>{number}", path.read_text())
    told = hub.send(text.replace("*1*P*>", "*0*P*>").replace("TA1*2*", "TA1*1*").replace("261129", "261120").encode())
    assert hub.detail(ours).message.acknowledgement == status
    assert of_kind(hub.answers(told.message.id), "997") == []
    assert (told.message.why is not None) == (name in ("71", "73", "74", "77"))


def _answered(hub: AtWork) -> tuple[str, int]:
    """Send an order; return the id of our 855 and the number of its group."""
    got = hub.send(one_order("4500098123"))
    (answer,) = of_kind(hub.answers(got.message.id), "855")
    assert answer.group is not None
    return answer.message, answer.group


def _997(body: str) -> bytes:
    return interchange(group(transaction(body, kind="997"), number=900, functional="FA"), number=900)


def _told(hub: AtWork, body: str) -> tuple[str, MessageDetail]:
    """Let our 855 be acknowledged by ``body``, which follows AK1; return its id, and the acknowledgement."""
    ours, number = _answered(hub)
    return ours, hub.send(_997(f"AK1*PR*{number}~{body}"))


def _texts(found: list[Diagnostic]) -> set[tuple[str, str, Severity]]:
    return {(each.code, each.message, each.severity) for each in found}


@pytest.mark.parametrize(
    ("segment", "position", "place"),
    [
        ("ACK", 5, 5),
        ("ACK", 8, 5),  # counted otherwise: the name says which is meant
        ("ACK", 4, 5),
        ("ACK", 1, 5),
        ("ACK", 99, 99),  # beyond the end nothing stands that could be meant
        ("BAK", 2, 2),
        ("BAK", 1, 2),
        ("BAK", 9, 2),
        ("PO1", 6, 4),
        ("CTT", 7, 8),
        ("FOB", 4, 4),  # we sent none: what stands there is shown, and what they call it
    ],
)
def test_where_name_and_count_of_a_segment_differ_the_name_says_which_is_meant(
    hub: AtWork, segment: str, position: int, place: int
) -> None:
    ours, told = _told(hub, f"AK2*855*0001~AK3*{segment}*{position}**8~AK4*1*373*8*X~AK5*R*5~AK9*R*1*1*0~")
    sent = next(each for each in hub.sent() if each.message == ours)
    body = sent.segments[2:]  # from ST on
    for detail in (hub.detail(ours), told):
        notes = [each for each in findings(detail) if each.code == "SYN-OURS-ELEMENT"]
        assert [each.location.segment for each in notes] == [place]
        if place <= len(body):
            assert notes[0].location.tag == body[place - 1][0]
