"""TA1, 997 and 999 as projections of what was found: which code goes where, and what is never repeated."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.formats.x12.acknowledge import (
    FAULTY_SEGMENTS_MAX,
    FORM_997,
    FORM_999,
    AcknowledgedSet,
    Form,
    acknowledge_group,
    acknowledge_interchange,
    group_code,
    wants_interchange_acknowledgement,
)
from hub.formats.x12.events import ServiceSegment, TransactionSet
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.reader import read
from hub.formats.x12.separators import Separators
from hub.formats.x12.writer import write_interchange
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location

CHECKOUT = Path(__file__).resolve().parents[3]
INTERCHANGE = InterchangeHeader(
    control_number=345, sender_id="ACMECARDIO", receiver_id="556012345", on=date(2026, 11, 20), at=time(8, 30)
)
GROUP = GroupHeader(
    functional_group="PO", control_number=7, release="004010", sender="ACMECARDIO", receiver="556012345",
    on=date(2026, 11, 20), at=time(8, 30),
)  # fmt: skip
GUIDE = GuideLibrary([CHECKOUT]).guide("004010", "850")


def fault(severity: Severity, standard: str | None = None, found: str | None = None, **place: object) -> Diagnostic:
    at = Location(**place)  # type: ignore[arg-type]
    return Diagnostic(code="GDE-TEST", severity=severity, told="wrong", location=at, standard=standard, found=found)


def outcome(*findings: Diagnostic, number: str = "0001") -> AcknowledgedSet:
    return AcknowledgedSet(kind="850", control_number=number, findings=findings, guide=GUIDE)


def lines(*outcomes: AcknowledgedSet, findings: list[Diagnostic] | None = None, **options: object) -> list[str]:
    """Return the acknowledgement between ST and SE as it stands on the wire."""
    made = acknowledge_group(GROUP, outcomes, findings or [], control_number=1, **options)  # type: ignore[arg-type]
    assert made is not None
    body = write_interchange(INTERCHANGE, [(GROUP, [made])], Separators(segment_suffix="\n")).body
    assert body is not None
    return body.decode().splitlines()[3:-3]


def test_everything_accepted() -> None:
    assert lines(outcome(), outcome(number="0002"), stated=2) == [
        "AK1*PO*7~", "AK2*850*0001~", "AK5*A~", "AK2*850*0002~", "AK5*A~", "AK9*A*2*2*2~",
    ]  # fmt: skip


def test_one_bad_set_among_good_ones_is_partial_acceptance() -> None:
    bad = outcome(
        fault(Severity.VALUE, "7", "XX", segment=15, tag="PO1", loop="PO1", element=3),
        fault(Severity.VALUE, "1", None, segment=15, tag="PO1", loop="PO1", element=2),
        fault(Severity.PART, "3", None, segment=20, tag="CTT"),
    )
    assert lines(bad, outcome(number="0002"), stated=2) == [
        "AK1*PO*7~",
        "AK2*850*0001~",
        "AK3*PO1*15*PO1*8~",
        "AK4*2*330*1~",
        "AK4*3*355*7*XX~",
        "AK3*CTT*20**3~",
        "AK5*R*5~",
        "AK2*850*0002~",
        "AK5*A~",
        "AK9*P*2*2*1~",
    ]


def test_all_sets_rejected_reject_the_group() -> None:
    bad = outcome(fault(Severity.DOCUMENT, "4", "9", segment=5, tag="SE", element=1))
    assert lines(bad) == ["AK1*PO*7~", "AK2*850*0001~", "AK5*R*4~", "AK9*R*1*1*0~"]


def test_warnings_alone_are_accepted_with_errors() -> None:
    warned = outcome(fault(Severity.WARNING, "7", "XX", segment=3, tag="CUR", element=2))
    assert lines(warned, outcome(number="0002")) == [
        "AK1*PO*7~", "AK2*850*0001~", "AK3*CUR*3**8~", "AK4*2*100*7*XX~", "AK5*E~",
        "AK2*850*0002~", "AK5*A~", "AK9*E*2*2*2~",
    ]  # fmt: skip


def test_notes_are_not_told() -> None:
    assert lines(outcome(fault(Severity.NOTE, "7", segment=3, tag="CUR", element=2)))[1:] == [
        "AK2*850*0001~", "AK5*A~", "AK9*A*1*1*1~",
    ]  # fmt: skip


def test_a_fault_of_the_group_rejects_it_whole_and_says_which() -> None:
    told = lines(outcome(), findings=[fault(Severity.GROUP, "5"), fault(Severity.GROUP, "4")], stated=3)
    assert told[-1] == "AK9*R*3*1*0*5*4~"


@pytest.mark.parametrize("form", [FORM_997, FORM_999], ids=["997", "999"])
def test_no_set_of_a_group_that_is_rejected_whole_is_told_to_be_accepted(form: Form) -> None:
    bad = outcome(fault(Severity.DOCUMENT, "1"), number="0002")
    told = lines(outcome(), bad, findings=[fault(Severity.GROUP, "2")], form=form)
    assert [line[:3] for line in told] == ["AK1", "AK9"]
    assert told[-1] == "AK9*R*2*2*0*2~"


def test_several_faults_of_a_set_are_all_named_at_most_five() -> None:
    codes = ["2", "3", "4", "23", "6", "7"]
    assert lines(outcome(*[fault(Severity.DOCUMENT, code) for code in codes]))[2] == "AK5*R*2*3*4*23*6~"


def test_an_unknown_set_is_told_that_it_is_not_supported() -> None:
    assert lines(outcome(fault(Severity.DOCUMENT, "1", "867")))[2] == "AK5*R*1~"


def test_a_component_is_named_with_its_position() -> None:
    told = lines(outcome(fault(Severity.VALUE, "1", None, segment=4, tag="SLN", element=5, component=1)))
    assert told[3] == "AK4*5>1*355*1~"


@pytest.mark.parametrize(
    "copy", ["a*b", "a~b", "x>y", "tab\there", "nul\0", "two\nlines", "a:b", "a|b", "a^b", "x" * 100, " ", "é"]
)
def test_bad_data_is_repeated_only_when_that_is_safe(copy: str) -> None:
    told = lines(outcome(fault(Severity.VALUE, "6", copy, segment=3, tag="CUR", element=2)))
    assert told[3] == "AK4*2*100*6~"


def test_bad_data_that_would_separate_in_the_answer_is_not_repeated() -> None:
    bad = fault(Severity.VALUE, "7", "4.5", segment=3, tag="CUR", element=2)
    assert lines(outcome(bad))[3] == "AK4*2*100*7*4.5~"
    assert lines(outcome(bad), separators=Separators(segment="."))[3] == "AK4*2*100*7~"


def test_control_numbers_nobody_can_repeat_are_zeros_in_the_answer() -> None:
    broken = AcknowledgedSet(
        kind="8*0", control_number="\x1b[2J", findings=[fault(Severity.DOCUMENT, "6"), fault(Severity.DOCUMENT, "7")]
    )
    assert lines(broken)[1:3] == ["AK2*000*0000~", "AK5*R*6*7~"]


def test_hundreds_of_faulty_segments_do_not_make_an_endless_answer() -> None:
    many = [fault(Severity.PART, "1", None, segment=n, tag="ZZZ") for n in range(2, 5000)]
    told = lines(outcome(*many))
    assert sum(line.startswith("AK3") for line in told) == FAULTY_SEGMENTS_MAX
    assert told[-2:] == ["AK5*R*5~", "AK9*R*1*1*0~"]


def test_an_acknowledgement_is_never_acknowledged() -> None:
    answers = GroupHeader(functional_group="FA", control_number=7, release="004010")
    assert acknowledge_group(answers, [AcknowledgedSet(kind="997", control_number="0001")], control_number=1) is None


def test_from_005010_on_the_999_speaks_of_releases_conventions_and_repetitions() -> None:
    bad = AcknowledgedSet(
        kind="850", control_number="0001", implementation="005010X1",
        findings=[fault(Severity.VALUE, "7", "XX", segment=3, tag="CUR", element=2, component=1, repetition=4)],
    )  # fmt: skip
    assert lines(bad, form=FORM_999) == [
        "AK1*PO*7*004010~", "AK2*850*0001*005010X1~", "IK3*CUR*3**8~", "IK4*2>1>4**7*XX~", "IK5*R*5~", "AK9*R*1*1*0~",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "A*000"),
        ([fault(Severity.NOTE)], "A*000"),
        ([fault(Severity.WARNING, "022")], "E*022"),
        ([fault(Severity.WARNING, "015"), fault(Severity.ENVELOPE, "023")], "R*023"),
        ([fault(Severity.ENVELOPE, "001"), fault(Severity.ENVELOPE, "021")], "R*001"),
    ],
)
def test_the_ta1_says_the_worst(findings: list[Diagnostic], expected: str) -> None:
    assert "*".join(acknowledge_interchange(INTERCHANGE, findings)) == f"TA1*000000345*261120*0830*{expected}"


def test_a_ta1_is_due_when_asked_for_or_when_the_interchange_is_refused() -> None:
    asking = InterchangeHeader(control_number=1, acknowledgement_requested=True)
    assert wants_interchange_acknowledgement(asking, [])
    assert not wants_interchange_acknowledgement(INTERCHANGE, [fault(Severity.WARNING, "022")])
    assert wants_interchange_acknowledgement(INTERCHANGE, [fault(Severity.ENVELOPE, "023")])


findings_of_any_kind = st.builds(
    fault,
    st.sampled_from(Severity),
    st.sampled_from([None, "1", "5", "8", "23"]),
    st.one_of(st.none(), st.text(max_size=120)),
    segment=st.one_of(st.none(), st.integers(1, 30)),
    tag=st.one_of(st.none(), st.text(max_size=4)),
    loop=st.one_of(st.none(), st.text(max_size=8)),
    element=st.one_of(st.none(), st.integers(1, 20)),
    component=st.one_of(st.none(), st.integers(1, 5)),
)
outcomes_of_any_kind = st.builds(
    AcknowledgedSet,
    kind=st.text(max_size=4),
    control_number=st.text(max_size=12),
    findings=st.lists(findings_of_any_kind, max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(outcomes=st.lists(outcomes_of_any_kind, max_size=4), found=st.lists(findings_of_any_kind, max_size=3))
def test_whatever_was_found_the_answer_can_be_written_and_read(
    outcomes: list[AcknowledgedSet], found: list[Diagnostic]
) -> None:
    made = acknowledge_group(GROUP, outcomes, found, control_number=1)
    assert made is not None
    body = write_interchange(INTERCHANGE, [(GROUP, [made])], Separators()).body
    assert body is not None
    events = [event for event in read(body) if not isinstance(event, ServiceSegment)]
    assert [f for event in events for f in event.findings] == []
    answer = next(event for event in events if isinstance(event, TransactionSet)).body
    assert [line[1] for line in answer if line[0] == "AK9"] == [group_code(outcomes, found)]
    told = 0 if any(f.severity.is_reject for f in found) else len(outcomes)
    assert sum(line[0] == "AK2" for line in answer) == sum(line[0] == "AK5" for line in answer) == told
    assert int(answer[-1][3]) == len(outcomes)
    assert int(answer[-1][4]) == sum(line[0] == "AK5" and line[1] != "R" for line in answer)
