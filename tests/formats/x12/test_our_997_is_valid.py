"""Whatever was sent to us, the 997 that answers it is valid by our own guide, with codes that its release has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.formats.x12.acknowledge import FORM_997, FORM_999, AcknowledgedSet, acknowledge_group
from hub.formats.x12.answer import answer
from hub.formats.x12.check import check
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.faults import FAULTS as ENVELOPE_FAULTS
from hub.formats.x12.guide_faults import FAULTS as GUIDE_FAULTS
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.headers import GroupHeader
from hub.formats.x12.reader import read
from hub.formats.x12.separators import USUAL_SEPARATORS
from hub.formats.x12.validate import compile_guide
from hub.formats.x12.writer import write_bare
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.platform.configuration import find_configuration

GUIDES = GuideLibrary(find_configuration(None).roots)
VALIDATOR = compile_guide(GUIDES.guide("004010", "997"))  # type: ignore[arg-type]  # it is there
HEAD = "ISA*00*          *00*          *01*123456789      *ZZ*MEDCM          *261120*0600*U*00401*000000101*0*P*>~"
GROUP = GroupHeader(functional_group="PO", control_number=7, release="004010")
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def judged(outcomes: list[AcknowledgedSet], findings: list[Diagnostic], header: GroupHeader = GROUP) -> list[list[str]]:
    """Return the 997 as a reader takes it, after our guide found nothing in it that rejects."""
    made = acknowledge_group(header, outcomes, findings, control_number=1)
    assert made is not None
    written = write_bare([made], USUAL_SEPARATORS)
    assert written.body is not None, written.findings
    (came,) = [event for event in read(written.body, bare=True) if isinstance(event, TransactionSet)]
    found = [str(each) for each in VALIDATOR.check(came).findings if each.severity > Severity.NOTE]
    assert not found, written.body
    return came.body


def fault(severity: Severity, code: str | None, **place: object) -> Diagnostic:
    found = place.pop("found", None)
    return Diagnostic(
        code="GDE-X",
        severity=severity,
        told="x",
        standard=code,
        found=found,
        location=Location(**place),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("A", "ZZZ"), ("", "ZZZ"), ("P!D", "ZZZ"), ("ABCDEFGHIJ", "ZZZ"), ("É1", "ZZZ"), (" N1", "ZZZ"), ("N ", "ZZZ"),
        ("12", "12"), ("N1", "N1"), ("PO1", "PO1"), ("po1", "po1"), ("\x07A", "ZZZ"), ("A*", "ZZZ"), ("ｎ１", "ZZZ"),
    ],
)  # fmt: skip
def test_a_segment_that_cannot_be_named_is_zzz(tag: str, told: str) -> None:
    one = AcknowledgedSet(kind="850", control_number="0001", findings=[fault(Severity.PART, "1", segment=3, tag=tag)])
    assert judged([one], [])[2][1] == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("1", "0001"), ("01", "0001"), ("123456789", "123456789"), ("1234567890", "0000"), ("", "0000"),
        ("A", "0000"), ("ABCD", "ABCD"), ("*", "0000"), ("  1", "0000"), ("é001", "0000"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("kind", "said"), [("850", "850"), ("85", "000"), ("8 0", "000"), ("", "000"), ("ABC", "ABC")])
def test_the_set_is_named_as_it_was_or_by_zeros(number: str, told: str, kind: str, said: str) -> None:
    one = AcknowledgedSet(kind=kind, control_number=number, findings=[fault(Severity.DOCUMENT, "7")])
    assert judged([one], [])[1] == ["AK2", said, told]


@pytest.mark.parametrize(
    ("release", "code", "told"),
    [("004010", "19", "6"), ("004030", "19", "6"), ("005010", "19", "19"), ("004010", "5", "5"), ("004010", "77", "")],
)
def test_a_fault_of_the_group_has_a_code_that_the_release_has(release: str, code: str, told: str) -> None:
    made = acknowledge_group(GROUP, [], [fault(Severity.GROUP, code)], control_number=1, release=release)
    assert made is not None
    assert not isinstance(made.segments, str)
    assert list(made.segments)[-1][5:] == ([told] if told else [])  # type: ignore[index, call-overload]


@pytest.mark.parametrize(("form", "told"), [(FORM_997, "3"), (FORM_999, "12")])
def test_too_many_repetitions_have_a_code_from_005010_on(form: object, told: str) -> None:
    one = AcknowledgedSet(
        kind="850", control_number="0001", findings=[fault(Severity.VALUE, "12", segment=3, tag="N1", element=2)]
    )
    made = acknowledge_group(GROUP, [one], control_number=1, form=form)  # type: ignore[arg-type]
    assert made is not None
    (note,) = [values for values in made.segments if values[0] in ("AK4", "IK4")]  # type: ignore[union-attr]
    assert note[3] == told


LISTS = {
    Severity.GROUP: "716",
    Severity.DOCUMENT: "718",
    Severity.PART: "720",
    Severity.VALUE: "723",
}
REJECTING = [
    (name, each.severity, each.standard)
    for name, each in {**ENVELOPE_FAULTS, **GUIDE_FAULTS}.items()
    if each.severity in LISTS and each.standard
]


@pytest.mark.parametrize(("name", "severity", "code"), REJECTING)
def test_every_code_of_ours_stands_in_the_list_of_the_latest_release(name: str, severity: Severity, code: str) -> None:
    guide = GUIDES.guide(GUIDES.releases()[-1], "997")  # earlier ones are told what comes nearest in theirs
    assert guide is not None
    assert code in guide.codes[LISTS[severity]], name


@pytest.mark.parametrize("sets", [0, 1, 2, 50])
def test_a_997_that_accepts_everything_has_the_one_shape_that_is_valid(sets: int) -> None:
    outcomes = [AcknowledgedSet(kind="850", control_number=f"{n:04d}") for n in range(1, sets + 1)]
    assert [each[0] for each in judged(outcomes, [])] == ["AK1", *["AK2", "AK5"] * sets, "AK9"]


ANY = st.text(max_size=12) | st.sampled_from(["850", "N1", "PO1", "0001", "1", "", " ", "*", "A*B", "\x00", "ß"])
CODES = st.none() | st.sampled_from([str(n) for n in range(30)] + ["I9", "022", ""])
FAULTS = st.builds(
    fault,
    st.sampled_from(Severity),
    CODES,
    segment=st.none() | st.integers(-1, 2_000_000),
    tag=st.none() | ANY,
    loop=st.none() | ANY,
    element=st.none() | st.integers(0, 300),
    component=st.none() | st.integers(0, 120),
    found=st.none() | ANY,
)
OUTCOMES = st.builds(AcknowledgedSet, kind=ANY, control_number=ANY, findings=st.lists(FAULTS, max_size=6))


@settings(max_examples=300, deadline=None)
@given(outcomes=st.lists(OUTCOMES, max_size=4), findings=st.lists(FAULTS, max_size=4), kind=ANY)
def test_whatever_was_found_the_997_is_valid(
    outcomes: list[AcknowledgedSet], findings: list[Diagnostic], kind: str
) -> None:
    judged(outcomes, findings, GroupHeader(functional_group=kind, control_number=7, release="004010"))


GARBAGE = st.text(
    st.sampled_from("ABN1PO8 5*~>\t\né'+-.0") | st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60
)


@settings(max_examples=200, deadline=None)
@given(bodies=st.lists(st.tuples(GARBAGE, GARBAGE), min_size=1, max_size=3))
def test_whatever_was_sent_the_997_is_valid(bodies: list[tuple[str, str]]) -> None:
    sets = "".join(f"ST*850*{n:04d}~BEG*00*SA*{text}~{more}~SE*4*{n:04d}~" for n, (text, more) in enumerate(bodies, 1))
    _assert_answers_valid(
        f"{HEAD}GS*PO*A*B*20261120*0600*7*X*004010~{sets}GE*{len(bodies)}*7~IEA*1*000000101~".encode()
    )


def test_what_others_have_met_in_the_field_is_answered_validly(shared: Path) -> None:
    for path in sorted((shared / "cases" / "x12").glob("*.edi")):
        _assert_answers_valid(path.read_bytes())


def _assert_answers_valid(body: bytes) -> None:
    for each in check(body, GUIDES.guide).interchanges:
        made = answer(each, AT)
        if made is None or made.body is None:
            continue
        for event in read(made.body):
            if isinstance(event, TransactionSet) and event.release.startswith("004010"):
                found = [str(one) for one in VALIDATOR.check(event).findings if one.severity.is_reject]
                assert not found, made.body
