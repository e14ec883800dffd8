"""What the sender is told: the TA1 for an interchange, the 997 (or 999) for a functional group.

In: the headers as received and the findings of everyone who looked: reader, validator. Out: segments
to be written. Always a projection of the findings, never a second judgement: a finding's ``standard``
is the code, its ``severity`` the level, its location the segment and element it is told about.

A set is rejected (R) by any finding that rejects, accepted with errors (E) when there are only
warnings. A group is P when some of its sets were rejected and some not. A group at fault itself is
refused as one piece, and nothing is told of its sets. An acknowledgement is never acknowledged: a
group FA has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from msgspec.structs import replace

from hub.formats.tree import Value
from hub.formats.x12.acknowledgement_codes import ELEMENT, GROUP, SEGMENT, SET, Said
from hub.formats.x12.element_notes import SAFE, element_note, fits
from hub.formats.x12.guide import Guide
from hub.formats.x12.headers import GroupHeader, InterchangeHeader
from hub.formats.x12.separators import USUAL_SEPARATORS, Separators
from hub.formats.x12.writer import SET_NUMBER_DIGITS_MIN, OutboundSet
from hub.kernel.diagnostics import Diagnostic, Severity, worst
from hub.kernel.location import Location
from hub.kernel.struct import Struct

ACKNOWLEDGEMENT_GROUP = "FA"
SYNTAX_CODES_MAX = 5  # AK502 to AK506, AK905 to AK909
FAULTY_SEGMENTS_MAX = 500
"""Segments of one set that are told of. X12 has no limit; 500 keep the answer readable, AK5 covers the rest."""
NOTES_MAX = 5_000
"""AK3 and AK4 segments of one acknowledgement; sets that come after have their AK2 and AK5, which say enough."""
SETS_TOLD_MAX = 1_000
"""Sets of a group that are told of where all are refused; of more, AK9 alone says so, with their number."""
SHARED_MAX = 256  # lists of findings; what fails alike mostly stands together
SEGMENT_POSITION_MAX = 999_999  # AK302: N0 1/6
ELEMENT_POSITION_MAX = 99  # AK401: N0 1/2 each
UNNAMED_ELEMENT_FAULT = "6"  # AK403 must be there; of its codes this one says least of what was meant
ELEMENT_NOTES_MAX = 99  # AK4 in one AK3 loop: X12's limit in 004010

TA1_NO_ERROR = "000"
TA1_INVALID_STRUCTURE = "022"


class Form(Struct):
    """How one kind of functional acknowledgement is spelt."""

    kind: str  # ST01
    segment_note: str  # tag
    element_note: str
    set_trailer: str
    since_005010: bool = False  # AK103 and AK203 are there, and AK401 can name a repetition


FORM_997 = Form(kind="997", segment_note="AK3", element_note="AK4", set_trailer="AK5")
FORM_999 = Form(kind="999", segment_note="IK3", element_note="IK4", set_trailer="IK5", since_005010=True)
FORMS = {form.kind: form for form in (FORM_997, FORM_999)}


class _Speller(Struct):
    """How an answer is spelt, and with which characters a partner's own data may be repeated in it."""

    form: Form
    safe: frozenset[str]
    later: bool = False  # the code lists are those of 005010 and after

    def fits(self, text: str | None, length: int) -> bool:
        return bool(text) and fits(text or "", length, self.safe)

    def names(self, text: str | None, shortest: int, longest: int) -> bool:
        """Say whether ``text`` may stand where a code of that length names a group, a set or a segment."""
        return text is not None and shortest <= len(text) <= longest and text.isalnum() and self.fits(text, longest)

    def code(self, table: Mapping[str, Said], code: str | None) -> str | None:
        """Return ``code`` as the list of the release has it: itself, what comes nearest, or None."""
        if not self.later:
            code = _BEFORE_005010.get((id(table), code), code)
        known = code in table and (self.later or code not in _SINCE_005010) and not (code or "I").startswith("I")
        return code if known else None


_SINCE_005010 = {"12", "13", "18"}
"""Codes of AK403 and AK502 that no list before 005010 has as what they say there."""

_BEFORE_005010: dict[tuple[int, str | None], str] = {
    (id(GROUP), "19"): "6",  # "not unique" has no code: in 004010 a 19 speaks of a security trailer
    (id(ELEMENT), "12"): "3",
    (id(ELEMENT), "13"): "3",
    (id(SET), "18"): "6",
}
"""What comes nearest in the lists before 005010."""


class AcknowledgedSet(Struct):
    """One received set and everything found about it. ``guide`` gives AK402, the data element numbers."""

    kind: str  # ST01 as sent
    control_number: str  # ST02 as sent
    findings: Sequence[Diagnostic] = ()
    implementation: str | None = None  # ST03
    guide: Guide | None = None

    @property
    def code(self) -> str:
        """A accepted, E accepted with errors, R rejected (AK501).

        A warning the standard has no code for is ours alone: an E that names no error would help nobody.
        """
        return _code(worst([f for f in self.findings if f.severity.is_reject or f.standard]))


def as_told(findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return what an acknowledgement needs of a set's findings: one and the same value for all sets alike.

    Sentences are left out, and where the set stood in its message: of a file of faulty sets thousands are kept.
    """
    return _shared(tuple(map(_without_words, findings)))


def _without_words(finding: Diagnostic) -> Diagnostic:
    at = finding.location
    return Diagnostic(
        code=finding.code,
        severity=finding.severity,
        location=Location(
            segment=at.segment,
            tag=at.tag,
            loop=at.loop,
            element=at.element,
            component=at.component,
            repetition=at.repetition,
        ),
        standard=finding.standard,
        found=finding.found,
    )


@lru_cache(SHARED_MAX)
def _shared(findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return findings


def acknowledge_interchange(header: InterchangeHeader, findings: Sequence[Diagnostic]) -> list[str]:
    """Return the TA1 for an interchange: A, E (only warnings) or R, with the worst reason in TA105.

    ``findings`` are those of the interchange's start and end, not of its groups and sets. The segment
    stands right after ISA, before any group.
    """
    told = sorted(
        (f for f in findings if f.standard and (f.severity is Severity.WARNING or f.severity is Severity.ENVELOPE)),
        key=lambda f: -f.severity,
    )
    code = "A" if not told else _code(told[0].severity)
    return [
        "TA1",
        f"{header.control_number:09d}",
        f"{header.on:%y%m%d}" if header.on else "000000",
        f"{header.at:%H%M}" if header.at else "0000",
        code,
        (told[0].standard or TA1_INVALID_STRUCTURE) if told else TA1_NO_ERROR,
    ]


def wants_interchange_acknowledgement(header: InterchangeHeader, findings: Sequence[Diagnostic]) -> bool:
    """Say whether a TA1 is due: ISA14 asks for one, or the interchange is refused."""
    return header.acknowledgement_requested or worst(list(findings)) is Severity.ENVELOPE


def acknowledge_group(
    header: GroupHeader,
    outcomes: Sequence[AcknowledgedSet],
    findings: Sequence[Diagnostic] = (),
    *,
    stated: int | None = None,
    control_number: int,
    form: Form = FORM_997,
    separators: Separators = USUAL_SEPARATORS,
    release: str = "004010",
) -> OutboundSet | None:
    """Return the functional acknowledgement of a group, or ``None`` for a group of acknowledgements.

    ``findings`` are those of the group's start and end; ``stated`` is GE01, taken as the count
    received when it is missing. ``control_number`` is the acknowledgement's own ST02, ``separators``
    those it will be written with: nothing of the partner's data that contains one is repeated.
    ``release`` is its own: only codes are used that the lists of that release have.
    """
    if header.functional_group == ACKNOWLEDGEMENT_GROUP:
        return None
    later = form.since_005010 or release[:6] >= "005010"
    speller = _Speller(form=form, safe=SAFE - frozenset(separators.all), later=later)
    segments: list[list[Value]] = [_group_response(header, speller)]
    notes = 0
    for outcome in told_of(outcomes, findings):
        response = list(_set_response(outcome, speller, with_notes=notes < NOTES_MAX))
        notes += len(response) - 2
        segments += response
    segments.append(_group_trailer(outcomes, findings, stated, speller))
    return OutboundSet(kind=form.kind, control_number=control_number, segments=segments)


def told_of(outcomes: Sequence[AcknowledgedSet], findings: Sequence[Diagnostic]) -> Sequence[AcknowledgedSet]:
    """Return the sets of which AK2 loops tell: all, or none where the group itself is at fault.

    AK5 has no code for "sound, but not taken", and a set once told accepted is never sent again. None also where
    there are many and all are refused: AK9 says it of the whole group, and how many they were.
    """
    if len(outcomes) > SETS_TOLD_MAX and all(outcome.code == "R" for outcome in outcomes):
        return []
    return [] if worst(list(findings)).is_reject else outcomes


def group_code(outcomes: Sequence[AcknowledgedSet], findings: Sequence[Diagnostic] = ()) -> str:
    """Return AK901: A, E, P (some sets rejected) or R (all, or the group itself)."""
    codes = [outcome.code for outcome in outcomes]
    if _code(worst(list(findings))) == "R" or (codes and all(code == "R" for code in codes)):
        return "R"
    if "R" in codes:
        return "P"
    return "E" if "E" in codes else "A"  # what a group is only warned of has no code in AK9


def _code(severity: Severity) -> str:
    if severity.is_reject:
        return "R"
    return "E" if severity is Severity.WARNING else "A"


def _group_response(header: GroupHeader, speller: _Speller) -> list[Value]:
    kind = header.functional_group if speller.names(header.functional_group, 2, 2) else "ZZ"
    response: list[Value] = ["AK1", kind, str(header.control_number)]
    if speller.form.since_005010 and speller.fits(header.release, 12):
        response.append(header.release)
    return response


def _set_response(outcome: AcknowledgedSet, speller: _Speller, *, with_notes: bool) -> Iterator[list[Value]]:
    """AK2 … AK5 of one set. What cannot be echoed is replaced by zeros; AK5 says why."""
    opening: list[Value] = [
        "AK2",
        outcome.kind if speller.names(outcome.kind, 3, 3) else "000",
        _set_number(outcome.control_number, speller),
    ]
    if speller.form.since_005010 and outcome.implementation and speller.fits(outcome.implementation, 35):
        opening.append(outcome.implementation)
    yield opening
    faults = outcome.findings if with_notes else ()
    told = [f for f in faults if f.severity >= Severity.WARNING and f.severity <= Severity.PART]
    placed = sorted((f for f in told if f.standard and _can_be_placed(f)), key=_place)
    in_segments = [list(faults) for _, faults in groupby(placed, key=lambda f: f.location.segment)]
    for faults in in_segments[:FAULTY_SEGMENTS_MAX]:
        yield from _segment_notes(faults, outcome, speller)
    yield _set_trailer(outcome, speller)


def _can_be_placed(fault: Diagnostic) -> bool:
    """Say whether AK302 and AK401 have room for the place; AK5 covers what they have not."""
    at = fault.location
    room = 0 < (at.segment or 0) <= SEGMENT_POSITION_MAX
    return room and (at.element or 0) <= ELEMENT_POSITION_MAX and (at.component or 0) <= ELEMENT_POSITION_MAX


def _set_number(as_sent: str, speller: _Speller) -> str:
    """Return AK202, four characters at least; the same number where it is one."""
    if not speller.fits(as_sent, 9):
        return "0000"
    if as_sent.isdigit():
        return as_sent.zfill(SET_NUMBER_DIGITS_MIN)
    return as_sent if len(as_sent) >= SET_NUMBER_DIGITS_MIN else "0000"


def _place(fault: Diagnostic) -> tuple[int, int, int, int]:
    at = fault.location
    return at.segment or 0, at.element or 0, at.component or 0, at.repetition or 0


def _segment_notes(faults: list[Diagnostic], outcome: AcknowledgedSet, speller: _Speller) -> Iterator[list[Value]]:
    """AK3 for each fault of the segment itself, then one with code 8 and an AK4 for each element."""
    own = [f for f in faults if f.location.element is None]
    in_elements = [f for f in faults if f.location.element is not None]
    seen: set[tuple[str | None, str | None]] = set()
    for fault in own:
        if (fault.location.tag, fault.standard) not in seen:
            seen.add((fault.location.tag, fault.standard))
            yield _segment_note(fault, speller.code(SEGMENT, fault.standard) or "", speller)
    if in_elements:
        yield _segment_note(in_elements[0], "8", speller)
        for fault in in_elements[:ELEMENT_NOTES_MAX]:
            code = speller.code(ELEMENT, fault.standard) or UNNAMED_ELEMENT_FAULT
            yield element_note(
                speller.form.element_note,
                fault if fault.standard == code else replace(fault, standard=code),
                outcome.guide,
                safe=speller.safe,
                with_repetition=speller.form.since_005010,
            )


def _segment_note(fault: Diagnostic, code: str, speller: _Speller) -> list[Value]:
    at = fault.location
    tag = at.tag if at.tag and speller.names(at.tag, 2, 3) else "ZZZ"
    loop = at.loop if at.loop and speller.fits(at.loop, 4) else ""
    return [speller.form.segment_note, tag, str(at.segment), loop, code]


def _set_trailer(outcome: AcknowledgedSet, speller: _Speller) -> list[Value]:
    rejecting = [f for f in outcome.findings if f.severity.is_reject]
    of_set = [f for f in outcome.findings if f.severity is Severity.DOCUMENT or _warns_of_set(f)]
    codes = [code for f in of_set if (code := speller.code(SET, f.standard))]
    if any(f.severity <= Severity.PART for f in rejecting) or (rejecting and not codes):
        codes.append("5")
    return [speller.form.set_trailer, outcome.code, *_distinct(codes)]


def _warns_of_set(fault: Diagnostic) -> bool:
    return fault.severity is Severity.WARNING and fault.location.segment is None


def _group_trailer(
    outcomes: Sequence[AcknowledgedSet], findings: Sequence[Diagnostic], stated: int | None, speller: _Speller
) -> list[Value]:
    code = group_code(outcomes, findings)
    received = len(outcomes)
    accepted = 0 if code == "R" else sum(outcome.code != "R" for outcome in outcomes)
    codes = [each for f in findings if f.severity is Severity.GROUP and (each := speller.code(GROUP, f.standard))]
    return ["AK9", code, str(received if stated is None else stated), str(received), str(accepted), *_distinct(codes)]


def _distinct(codes: Sequence[str]) -> list[str]:
    """Return the codes once each, in the order found, at most as many as the trailer has room for."""
    return list(dict.fromkeys(codes))[:SYNTAX_CODES_MAX]
