"""Every fault of the envelope: which code, which standard's code, on which event; and the siblings go on."""

from __future__ import annotations

import pytest

from hub.formats.x12.events import ServiceSegment, TransactionSet
from hub.formats.x12.faults import FAULTS
from hub.formats.x12.reader import read
from hub.kernel.diagnostics import Diagnostic, Severity
from tests.formats.x12.interchanges import GS, ISA, SOUND, group, interchange, order


def findings(data: bytes) -> list[Diagnostic]:
    return [f for event in read(data) if not isinstance(event, ServiceSegment) for f in event.findings]


def told(data: bytes) -> list[tuple[str, Severity, str | None]]:
    return [(f.code, f.severity, f.standard) for f in findings(data)]


def good_sets(data: bytes) -> list[str]:
    return [e.control_number for e in read(data) if isinstance(e, TransactionSet) and not e.findings]


SET, GROUP, INTERCHANGE, WARNING = Severity.DOCUMENT, Severity.GROUP, Severity.ENVELOPE, Severity.WARNING
NOT_CLOSED = [
    ("ENV-SET-NOT-CLOSED", SET, "2"),
    ("ENV-GROUP-NOT-CLOSED", GROUP, "3"),
    ("ENV-INTERCHANGE-NOT-CLOSED", INTERCHANGE, "023"),
]


@pytest.mark.parametrize(
    ("data", "expected", "good"),
    [
        pytest.param(
            interchange(group(order("0001", count=9), order("0002"))),
            [("ENV-SEGMENT-COUNT-MISMATCH", SET, "4")], ["0002"], id="SE01 does not count right",
        ),
        pytest.param(
            interchange(group(order("0001", closing="0009"), order("0002"))),
            [("ENV-SET-NUMBER-MISMATCH", SET, "3")], ["0002"], id="SE02 is not ST02",
        ),
        pytest.param(
            interchange(group(order("0001"), order("0001"), order("0002"))),
            [("ENV-SET-NUMBER-REPEATED", SET, "23")], ["0001", "0002"], id="ST02 comes twice",
        ),
        pytest.param(
            interchange(group(order("0001")[:-10], order("0002"), count=2)),
            [("ENV-SET-NOT-CLOSED", SET, "2")], ["0002"], id="SE is missing before the next ST",
        ),
        pytest.param(
            interchange(group(order("0001").replace("850", "85"), order("0002"))),
            [("ENV-SET-KIND", SET, "6")], ["0002"], id="ST01 is no set",
        ),
        pytest.param(
            interchange(group(order("0001").replace("*0001", ""), order("0002"))),
            [("ENV-SET-NUMBER", SET, "7")], ["0002"], id="ST02 is missing",
        ),
        pytest.param(
            interchange(group(order("0001", ("MSG*a\0b~",)), order("0002"))),
            [("SYN-NUL-IN-SET", SET, "5"), ("SYN-NUL", WARNING, "024")], ["0002"], id="NUL in a set",
        ),
        pytest.param(
            interchange(group(order("0001"), count=3), group(order("0002"), number=8)),
            [("ENV-SET-COUNT-IN-GROUP", GROUP, "5")], ["0001", "0002"], id="GE01 does not count right",
        ),
        pytest.param(
            interchange(group(order("0001"), closing=9), group(order("0002"), number=8)),
            [("ENV-GROUP-NUMBER-MISMATCH", GROUP, "4")], ["0001", "0002"], id="GE02 is not GS06",
        ),
        pytest.param(
            interchange(group(order("0001")), group(order("0002"))),
            [("ENV-GROUP-NUMBER-REPEATED", GROUP, "19")], ["0001", "0002"], id="GS06 comes twice",
        ),
        pytest.param(
            interchange(GS + order("0001"), group(order("0002"), number=8)),
            [("ENV-GROUP-NOT-CLOSED", GROUP, "3")], ["0001", "0002"], id="GS without GE before the next GS",
        ),
        pytest.param(
            interchange(GS + order("0001")),
            [("ENV-GROUP-NOT-CLOSED", GROUP, "3")], ["0001"], id="GS without GE before IEA",
        ),
        pytest.param(
            interchange(group(order()).replace("*7*X", "*seven*X").replace("GE*1*7", "GE*1*seven")),
            [("ENV-GROUP-NUMBER", GROUP, "6"), ("ENV-GROUP-INVALID", WARNING, "024")], ["0001"], id="GS06 is no number",
        ),
        pytest.param(
            interchange(group(order()).replace("*004010~", "~")),
            [("ENV-GROUP-RELEASE-MISSING", GROUP, "2")], ["0001"], id="GS08 is missing",
        ),
        pytest.param(
            interchange(group(order()).replace("GS*PO*", "GS*ORDERS*")),
            [("ENV-GROUP-KIND", GROUP, "1"), ("ENV-GROUP-INVALID", WARNING, "024")], ["0001"], id="GS01 is no group",
        ),
        pytest.param(
            interchange(order("0001"), group(order("0002")), count=1),
            [("ENV-SET-OUTSIDE-GROUP", INTERCHANGE, "024")] * 2, ["0002"], id="a set before any GS",
        ),
        pytest.param(
            interchange(group(order("0001")) + "GE*1*7~SE*1*1~", group(order("0002"), number=8)),
            [("ENV-SEGMENT-OUTSIDE", WARNING, "024")], ["0001", "0002"], id="trailers without headers",
        ),
        pytest.param(
            interchange(group(order()), count=2),
            [("ENV-GROUP-COUNT-MISMATCH", INTERCHANGE, "021")], ["0001"], id="IEA01 does not count right",
        ),
        pytest.param(
            interchange(group(order()), closing="000000002"),
            [("ENV-INTERCHANGE-NUMBER-MISMATCH", INTERCHANGE, "001")], ["0001"], id="IEA02 is not ISA13",
        ),
        pytest.param(SOUND[: SOUND.index(b"SE*5*0002")], NOT_CLOSED, ["0001"], id="the file is cut in a set"),
        pytest.param(SOUND[: SOUND.index(b"GE*")], NOT_CLOSED[1:], ["0001", "0002"], id="the file is cut before GE"),
        pytest.param(SOUND[: SOUND.index(b"IEA*")], NOT_CLOSED[2:], ["0001", "0002"], id="the file is cut before IEA"),
        pytest.param(
            SOUND[: SOUND.index(b"IEA*")] + SOUND,
            [("ENV-INTERCHANGE-RUN-OVER", INTERCHANGE, "022")], ["0001", "0002"] * 2, id="the next ISA comes first",
        ),
        pytest.param(
            SOUND.replace(b"*U*00401*000000001", b"*U*00401*00000000A"),
            [("ENV-INTERCHANGE-NUMBER", INTERCHANGE, "018"), ("ENV-INTERCHANGE-NUMBER-MISMATCH", INTERCHANGE, "001")],
            ["0001", "0002"], id="ISA13 is no number",
        ),
        pytest.param(
            SOUND.replace(b"*261120*0830*U", b"*269920*2530*U"),
            [("ENV-INTERCHANGE-DATE", WARNING, "014"), ("ENV-INTERCHANGE-TIME", WARNING, "015")],
            ["0001", "0002"], id="ISA09 and ISA10 are no date and time",
        ),
        pytest.param(
            SOUND.replace(b"*0*P*>", b"*2*X*>"),
            [("ENV-ACKNOWLEDGEMENT-REQUESTED", WARNING, "019"), ("ENV-USAGE", INTERCHANGE, "020")],
            ["0001", "0002"], id="ISA14 and ISA15 are unknown codes",
        ),
        pytest.param(
            SOUND.replace(b"ISA*00*          *00*          *", b"ISA*00*00*"),
            [("ENV-ISA-ELEMENTS", INTERCHANGE, "022")], ["0001", "0002"], id="ISA has too few elements",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_its_siblings_are_read(
    data: bytes, expected: list[tuple[str, Severity, str]], good: list[str]
) -> None:
    assert [one for one in told(data) if one in expected] == expected
    extra = {code for code, _, _ in told(data)} - {code for code, _, _ in expected}
    assert not extra or extra <= _CONSEQUENCES.get(expected[0][0], set())
    assert good_sets(data) == good


_CONSEQUENCES = {
    # a header in disorder has more to complain of than the test is about
    "ENV-ISA-ELEMENTS": {
        "ENV-INTERCHANGE-VERSION", "ENV-INTERCHANGE-NUMBER", "ENV-ACKNOWLEDGEMENT-REQUESTED", "ENV-USAGE",
        "ENV-INTERCHANGE-DATE", "ENV-INTERCHANGE-TIME", "ENV-INTERCHANGE-NUMBER-MISMATCH",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "standard"),
    [
        pytest.param(SOUND.replace(b"*", b"A"), "ENV-ELEMENT-SEPARATOR", "026", id="a letter separates elements"),
        pytest.param(SOUND.replace(b"*", b"7"), "ENV-ELEMENT-SEPARATOR", "026", id="a digit separates elements"),
        pytest.param(SOUND.replace(b"*", b"\0"), "ENV-ELEMENT-SEPARATOR", "026", id="NUL separates elements"),
        pytest.param(SOUND.replace(b"~", b"Q"), "ENV-SEGMENT-TERMINATOR", "004", id="a letter ends segments"),
        pytest.param(SOUND.replace(b"~", b"\0"), "ENV-SEGMENT-TERMINATOR", "004", id="NUL ends segments"),
        pytest.param(SOUND.replace(b"~", b"*"), "ENV-SEGMENT-TERMINATOR", "004", id="the same separates and ends"),
        pytest.param(SOUND.replace(b"*P*>", b"*P*X"), "ENV-COMPONENT-SEPARATOR", "027", id="ISA16 is a letter"),
        pytest.param(SOUND.replace(b"*P*>", b"*P*\0"), "ENV-COMPONENT-SEPARATOR", "027", id="ISA16 is NUL"),
        pytest.param(SOUND.replace(b"*P*>", b"*P**"), "ENV-COMPONENT-SEPARATOR", "027", id="ISA16 separates elements"),
        pytest.param(
            SOUND.replace(b"*U*00401", b"*>*00501"), "ENV-REPETITION-SEPARATOR", "022", id="ISA11 equals ISA16"
        ),
    ],
)
def test_separators_that_data_can_contain_refuse_the_interchange_alone(data: bytes, code: str, standard: str) -> None:
    assert (code, INTERCHANGE, standard) in told(data)
    assert [e for e in read(data) if isinstance(e, TransactionSet)] == []
    assert good_sets(data + b"\r\n" + SOUND) == ["0001", "0002"]


def test_nothing_is_said_of_the_body_of_a_refused_interchange() -> None:
    kinds = [type(event).__name__ for event in read(SOUND.replace(b"~", b"Q"))]
    assert kinds == ["InterchangeStart", "InterchangeEnd"]


def test_a_finding_names_its_place() -> None:
    found = findings(interchange(group(order("0001"), order("0002", count=9))))[0]
    assert str(found.location) == "envelope 1 group 7 document 0002 segment 5 SE01"
    assert (found.found, found.expected) == ("9", "5")
    assert found.message == "SE01 is '9', but 5 segments arrived (ST and SE counted)"


def test_a_stranger_cannot_write_into_our_log() -> None:
    found = findings(interchange(group(order("0001", closing="x\x1b[2J\x08"))))[0]
    assert found.message == r"SE02 is 'x\x1b[2J\x08', but ST02 is '0001'"


def test_empty_segments_are_not_counted() -> None:
    data = interchange(group(order("0001", ("REF*A~", "~", "~", "REF*B~"), count=4)))
    assert [f.code for f in findings(data)] == ["SYN-EMPTY-SEGMENT"]


def test_hundreds_of_faults_in_one_set_end_in_one_that_says_so() -> None:
    data = interchange(group(order("0001", ("MSG*a\r\nb~",) * 300)))
    codes = [f.code for f in findings(data)]
    assert (codes.count("SYN-LINE-END-IN-SEGMENT"), codes[-1]) == (100, "SYN-MORE-FINDINGS")


def test_only_a_header_before_the_end_of_the_file() -> None:
    assert told(ISA) == NOT_CLOSED[2:]


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_every_fault_says_what_to_do(code: str) -> None:
    fault = FAULTS[code]
    assert code.startswith(("ENV-", "SYN-", "GDE-"))
    assert fault.remedy
    assert not fault.message.endswith(".")
    no_code = code == "ENV-GROUP-PARTY"  # AK905 has none for a group that names somebody else
    assert fault.standard or fault.severity <= Severity.WARNING or no_code
