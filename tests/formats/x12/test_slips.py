"""Slips of senders that are read for what they mean, and faults that are told as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.x12.acknowledge import AcknowledgedSet, acknowledge_group, group_code
from hub.formats.x12.agreed import Agreed
from hub.formats.x12.check import Report, check
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.headers import GroupHeader
from hub.kernel.diagnostics import Diagnostic, Severity
from tests.formats.x12.interchanges import BODY, SOUND, group, interchange, order

GUIDES = GuideLibrary([Path(__file__).resolve().parents[3]])
LINES = SOUND.replace(b"~", b"~\n")


def report(data: bytes) -> Report:
    return check(data, GUIDES.guide)


def told(data: bytes) -> dict[str, Diagnostic]:
    return {f.code: f for f in report(data).findings}


@pytest.mark.parametrize(
    "data",
    [
        SOUND.replace(b">~", b"> ~", 1),
        SOUND.replace(b">~", b">   ~", 1),
        SOUND.replace(b">~", b">\t~", 1),
        LINES.replace(b">~", b"> ~", 1),
        LINES.replace(b">~\n", b"> ~\r\n", 1),
        LINES.replace(b">~\n", b">\n~\n", 1),
        LINES.replace(b">~\n", b">\n", 1),
        LINES.replace(b">~\n", b">\r\n", 1),
        SOUND.replace(b">~", b"> \n", 1),
        SOUND.replace(b">~", b">", 1),
        SOUND.replace(b">~", b">", 1).replace(b"~", b"|"),
        SOUND.replace(b">~", b"> ~", 1).replace(b"~", b"\x15"),
        SOUND.replace(b"ACMECARDIO     *01*556012345      ", b"ACMECARDIO*01*556012345").replace(b">~", b"> ~", 1),
    ],
)
def test_a_slip_at_the_end_of_isa_is_read_on_with_a_warning(data: bytes) -> None:
    found = report(data)
    assert [one.set for one in found.sets] == ["850", "850"]
    assert max(f.severity for f in found.findings) is Severity.WARNING
    assert "ENV-ISA-SLIP" in {f.code for f in found.findings}
    assert found.interchanges[0].interchange.separators.component == ">"


@pytest.mark.parametrize(
    "data",
    [
        SOUND,
        LINES,
        SOUND.replace(b"~", b"\n"),
        SOUND.replace(b"~", b"\r\n"),
        SOUND.replace(b">~", b"~", 1),
        LINES.replace(b">~", b"~", 1),
        SOUND.replace(b"004010~", b"004010     ~").replace(b"~", b"\n"),
    ],
)
def test_what_is_no_slip_is_not_called_one(data: bytes) -> None:
    assert "ENV-ISA-SLIP" not in told(data)
    assert len(report(data).sets) == 2


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (SOUND.replace(b"000000001", b"00000A571"), {"ENV-INTERCHANGE-NUMBER"}),
        (SOUND.replace(b"000000001", b"         "), {"ENV-INTERCHANGE-NUMBER"}),
        (
            SOUND.replace(b"000000001*0", b"00000A571*0"),
            {"ENV-INTERCHANGE-NUMBER", "ENV-INTERCHANGE-NUMBER-MISMATCH"},
        ),
        (SOUND.replace(b"*000000001~", b"*00000000X~"), {"ENV-INTERCHANGE-NUMBER-MISMATCH"}),
        (SOUND.replace(b"*000000001~", b"*1~"), set()),
        (SOUND.replace(b"*7*X", b"*G7*X").replace(b"GE*2*7", b"GE*2*G7"), {"ENV-GROUP-NUMBER", "ENV-GROUP-INVALID"}),
        (SOUND.replace(b"*7*X", b"**X"), {"ENV-GROUP-NUMBER", "ENV-GROUP-INVALID"}),
        (SOUND.replace(b"GE*2*7", b"GE*2*007"), set()),
        (SOUND.replace(b"GE*2*7", b"GE*2*G7"), {"ENV-GROUP-NUMBER-MISMATCH"}),
        (SOUND.replace(b"*0001~", b"*AB1~"), set()),
        (SOUND.replace(b"850*0001~", b"850*~"), {"ENV-SET-NUMBER", "SYN-TRAILING-SEPARATOR"}),
        (SOUND.replace(b"GE*2*", b"GE*two*"), {"ENV-SET-COUNT-IN-GROUP"}),
        (SOUND.replace(b"IEA*1*", b"IEA**"), {"ENV-GROUP-COUNT-MISMATCH"}),
        (
            interchange(group(order("0001")), group(order("0002")))
            .replace(b"*7*X", b"*A*X", 1)
            .replace(b"*1*7", b"*1*A", 1),
            {"ENV-GROUP-NUMBER", "ENV-GROUP-INVALID"},
        ),
    ],
)
def test_a_number_that_could_not_be_read_is_compared_as_it_was_sent(data: bytes, codes: set[str]) -> None:
    assert set(told(data)) == codes


def test_the_comparison_names_what_was_sent() -> None:
    found = told(SOUND.replace(b"000000001*0", b"00000A571*0"))
    assert found["ENV-INTERCHANGE-NUMBER-MISMATCH"].message == "IEA02 is '000000001', but ISA13 is '00000A571'"


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (SOUND.replace(b"SE*5*0001", b"SE**0001"), "ENV-SEGMENT-COUNT-MISMATCH", "SE01 is empty, but 5 segments"),
        (SOUND.replace(b"GE*2*7", b"GE**7"), "ENV-SET-COUNT-IN-GROUP", "GE01 is empty, but 2 transaction sets"),
        (SOUND.replace(b"IEA*1*", b"IEA**"), "ENV-GROUP-COUNT-MISMATCH", "IEA01 is empty, but 1 functional groups"),
        (SOUND.replace(b"*0*P*>", b"*0* *>"), "ENV-USAGE", "(ISA15) is empty, none of T, P, I"),
        (SOUND.replace(b"SE*5*0001", b"SE5*0001"), "ENV-SET-NOT-CLOSED", "is the separator missing after SE?"),
        (SOUND.replace(b"SE*5*0001", b"SE50001"), "ENV-SET-NOT-CLOSED", "is the separator missing after SE?"),
        (SOUND.replace(b"*261120*0830", b"*20261120*0830"), "ENV-ISA-LENGTH", "ISA09 has 8 instead of 6"),
        (SOUND.replace(b"ACMECARDIO     *01", b"ACMECARDIO*01"), "ENV-ISA-LENGTH", "ISA06 has 10 instead of 15"),
        (SOUND.replace(b"CTT*1~", b"*1~CTT*1~"), "GDE-SEGMENT-NAMELESS", "it has no identifier"),
        (SOUND.replace(b"CTT*1~", b"P!D*1~CTT*1~"), "GDE-SEGMENT-UNKNOWN", "'P!D' is no segment"),
        (SOUND.replace(b"CTT*1~", b"CTT*1.0~"), "GDE-NUMBER-NOT-WHOLE", "must be a whole number"),
        (
            SOUND.replace(b"CTT*1~", b"SAC*C*D240***15.25~CTT*1~"),
            "GDE-NUMBER-IMPLIED-POINT",
            "has a decimal point, which is implied here",
        ),
        (SOUND.replace(b"CTT*1~", b"SAC*C*D240***15,25~CTT*1~"), "GDE-ELEMENT-NUMBER", "is not a number"),
        (SOUND.replace(b"CTT*1~", b"CTT*3~"), "GDE-LINES-MISSING", "a line may be missing"),
    ],
)
def test_a_fault_is_said_so_that_a_tired_reader_understands_it(data: bytes, code: str, said: str) -> None:
    assert said in told(data)[code].message


def test_a_set_that_ends_in_a_glued_trailer_names_no_element() -> None:
    fault = told(SOUND.replace(b"SE*5*0001", b"SE5*0001"))["ENV-SET-NOT-CLOSED"]
    assert str(fault.location) == "envelope 1 group 7 document 0001 segment 5"


@pytest.mark.parametrize("release", ["004010", "005010"])
def test_a_group_around_nothing_is_told_and_accepted(release: str) -> None:
    found = report(interchange(group()).replace(b"004010", release.encode()))
    assert [(f.code, f.severity) for f in found.findings] == [("ENV-GROUP-EMPTY", Severity.WARNING)]
    header = GroupHeader(functional_group="PO", control_number=7, release=release)
    written = acknowledge_group(header, [], found.findings, stated=0, control_number=1)
    assert written is not None
    assert written.segments[-1][:5] == ["AK9", "A", "0", "0", "0"]


WARNED = Diagnostic(code="GDE-COUNT", severity=Severity.WARNING, told="a count")
TOLD = Diagnostic(code="GDE-SEGMENT-ORDER", severity=Severity.WARNING, told="late", standard="7")
NOTED = Diagnostic(code="SYN-NOT-UTF-8", severity=Severity.NOTE, told="read so")
REFUSED = Diagnostic(code="GDE-ELEMENT-CODE", severity=Severity.VALUE, told="no code", standard="7")


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], "A"),
        ([NOTED], "A"),
        ([WARNED], "A"),
        ([WARNED, NOTED], "A"),
        ([TOLD], "E"),
        ([TOLD, WARNED], "E"),
        ([REFUSED], "R"),
        ([REFUSED, WARNED], "R"),
        ([REFUSED, TOLD], "R"),
    ],
)
def test_an_error_is_told_only_where_it_can_be_named(findings: list[Diagnostic], code: str) -> None:
    outcome = AcknowledgedSet(kind="850", control_number="0001", findings=findings)
    assert (outcome.code, group_code([outcome])) == (code, code)
    assert group_code([], [WARNED]) == "A"


@pytest.mark.parametrize(
    "body",
    [
        (BODY[0], "DTM*002*20261201~", "PER*BD*Jo*TE*1~", *BODY[1:]),
        (BODY[0], "N1*ST*Acme*92*DC04~", "N4*Memphis*TN~", "N3*100 Hub Way~", *BODY[1:]),
        (BODY[0], BODY[1], "SCH*100*EA***002*20261201~", "PID*F****Hub~", BODY[2]),
        (BODY[0], "DTM*002*20261201~", "REF*CO*1~", *BODY[1:]),
    ],
)
def test_segments_in_another_order_are_refused_or_forgiven(body: tuple[str, ...]) -> None:
    data = interchange(group(order("0001", body)))
    assert told(data)["GDE-SEGMENT-ORDER"].severity is Severity.PART
    forgiven = check(data, GUIDES.guide, agreed=Agreed(leniency=frozenset({"segments-out-of-order"})))
    late = [f for f in forgiven.findings if f.code == "GDE-SEGMENT-ORDER"]
    assert {(f.severity, f.standard) for f in late} == {(Severity.WARNING, "7")}
    assert not any(f.severity.is_reject for f in forgiven.findings)
