"""Every fault the reader can find, as a table: how much falls with it, the standard's code, the words, the remedy.

The standard's code is from TA105 for the interchange, AK905 for the group, AK502 for the set, AK304
for a segment and AK403 for an element.
"""

from __future__ import annotations

from hub.formats.x12.limits import FOUND_CHARACTERS_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.marks import marked
from hub.kernel.sentence import Phrase, Word, declared, quoted
from hub.kernel.struct import Struct


class X12Fault(Struct):
    """What is always the same about one kind of fault; ``message`` takes its numbers by name."""

    severity: Severity
    message: str
    remedy: str
    standard: str | None = None


def finding(
    key: str,
    location: Location,
    *,
    found: str | None = None,
    expected: str | None = None,
    **words: Word,
) -> Diagnostic:
    """Return the diagnostic for fault ``key`` of the table, at ``location``; ``words`` fill its sentence."""
    fault = FAULTS[key]
    code, _, case = key.partition("/")
    if found and len(found) > FOUND_CHARACTERS_MAX:
        words["found"] = quoted(found)  # of what is kept nobody could tell that there was more
    return Diagnostic(
        code=code,
        case=case or None,
        severity=fault.severity,
        words=words or None,
        location=location,
        standard=fault.standard,
        found=found[:FOUND_CHARACTERS_MAX] if found else None,
        expected=expected,
    )


_NOTE, _WARNING = Severity.NOTE, Severity.WARNING
_SET, _GROUP, _INTERCHANGE = Severity.DOCUMENT, Severity.GROUP, Severity.ENVELOPE


def _fault(severity: Severity, standard: str | None, message: str, remedy: str) -> X12Fault:
    return X12Fault(severity=severity, standard=standard, message=message, remedy=remedy)


_INTERCHANGE_FAULTS = {
    "ENV-ELEMENT-SEPARATOR": _fault(
        _INTERCHANGE, "026", "the element separator is {found}, which data can contain",
        "separate elements with a character that is no letter, digit, blank or NUL, usually *",
    ),
    "ENV-SEGMENT-TERMINATOR": _fault(
        _INTERCHANGE, "004", "the segment terminator is {found}, which data can contain or which separates elements",
        "end segments with a character of its own that is no letter, digit, blank or NUL, usually ~",
    ),
    "ENV-COMPONENT-SEPARATOR": _fault(
        _INTERCHANGE, "027", "the component separator (ISA16) is {found}, which data can contain or which is in use",
        "put a character of its own in ISA16, usually > or :",
    ),
    "ENV-REPETITION-SEPARATOR": _fault(
        _INTERCHANGE, "022", "the repetition separator (ISA11) is {found}, which already separates something else",
        "put a character of its own in ISA11, usually ^",
    ),
    "ENV-ISA-ELEMENTS": _fault(
        _INTERCHANGE, "022", "ISA has {count} elements instead of 16",
        "send all 16 elements of ISA, padded with blanks to their full length",
    ),
    "ENV-ISA-LENGTH": _fault(
        _WARNING, "022", "ISA is {length} bytes long instead of 106{which}; it was read by counting its elements",
        "send each element of ISA in its full length, no longer and no shorter",
    ),
    "ENV-ISA-SLIP": _fault(
        _WARNING, "004", "ISA does not end in the segment terminator at its place; {found}, which ends every segment "
        "that follows, was taken",
        "end ISA with ISA16 and the segment terminator, and nothing between them",
    ),
    "ENV-INTERCHANGE-NUMBER": _fault(
        _INTERCHANGE, "018", "the interchange control number (ISA13) is {found}, not a number of up to nine digits",
        "send nine digits in ISA13",
    ),
    "ENV-INTERCHANGE-DATE": _fault(
        _WARNING, "014", "the interchange date (ISA09) is {found}, not a date", "send YYMMDD in ISA09",
    ),
    "ENV-INTERCHANGE-TIME": _fault(
        _WARNING, "015", "the interchange time (ISA10) is {found}, not a time", "send HHMM in ISA10",
    ),
    "ENV-SENDER-MISSING": _fault(
        _WARNING, "006", "the interchange names no sender (ISA06)", "send the agreed sender id in ISA06",
    ),
    "ENV-RECEIVER-MISSING": _fault(
        _WARNING, "008", "the interchange names no receiver (ISA08)", "send the agreed receiver id in ISA08",
    ),
    "ENV-INTERCHANGE-VERSION": _fault(
        _WARNING, "017", "the interchange version (ISA12) is {found}, not five digits", "send 00401 or 00501 in ISA12",
    ),
    "ENV-ACKNOWLEDGEMENT-REQUESTED": _fault(
        _WARNING, "019", "ISA14 is {found}, neither 0 nor 1; taken as 0", "send 1 to ask for a TA1, else 0",
    ),
    "ENV-USAGE": _fault(
        _INTERCHANGE, "020", "the usage indicator (ISA15) is {found}, none of T, P, I",
        "send T for test or P for production: what may be either is not taken",
    ),
    "ENV-INTERCHANGE-NOT-CLOSED": _fault(
        _INTERCHANGE, "023", "the interchange ends without its IEA: the file is cut short",
        "send the whole file again, from ISA to IEA",
    ),
    "ENV-INTERCHANGE-RUN-OVER": _fault(
        _INTERCHANGE, "022", "the next ISA begins before this interchange was closed with IEA",
        "send the whole interchange again, from ISA to IEA",
    ),
    "ENV-INTERCHANGE-NUMBER-MISMATCH": _fault(
        _INTERCHANGE, "001", "IEA02 is {found}, but ISA13 is '{expected}'", "repeat the number of ISA13 in IEA02",
    ),
    "ENV-GROUP-COUNT-MISMATCH": _fault(
        _INTERCHANGE, "021", "IEA01 is {found}, but {expected} functional groups arrived",
        "send the interchange again with all its groups, and their count in IEA01",
    ),
    "ENV-SET-OUTSIDE-GROUP": _fault(
        _INTERCHANGE, "024", "the transaction set stands outside any functional group (GS is missing)",
        "open a functional group with GS before the first ST",
    ),
    "ENV-GROUP-INVALID": _fault(
        _WARNING, "024", "the functional group header (GS) cannot be used; see its own findings",
        "correct the GS segment",
    ),
    "ENV-SEGMENT-OUTSIDE": _fault(
        _WARNING, "024", "{count} segment(s) stand where only an envelope segment may stand, the first is {found}",
        "put every segment between its ST and SE, and every trailer after its header",
    ),
    "SYN-NUL": _fault(
        _WARNING, "024", "the interchange contains NUL bytes; the sets they stand in are refused",
        "send text only; NUL bytes come from a wrong encoding or from padding",
    ),
    "ENV-TOO-MANY-TA1": _fault(
        _WARNING, None, "there are more than {count} TA1; what comes after was not read",
        "spread them over several interchanges",
    ),
    "ENV-NOTHING-AGREED": _fault(
        _INTERCHANGE, "006", "no X12 envelope is agreed with this partner",
        "ask for the partner's file to be given its table [x12]",
    ),
    "ENV-SENDER-QUALIFIER": _fault(
        _INTERCHANGE, "005", "the sender's qualifier (ISA05) is {found}, '{expected}' was agreed with this partner",
        "send the ids that were agreed, or ask for the partner's file to be changed",
    ),
    "ENV-SENDER-NOT-PARTNER": _fault(
        _INTERCHANGE, "006", "the sender (ISA06) is {found}, another than the partner who handed it in ('{expected}')",
        "send the ids that were agreed, or ask for the partner's file to be changed",
    ),
    "ENV-RECEIVER-QUALIFIER": _fault(
        _INTERCHANGE, "007", "the receiver's qualifier (ISA07) is {found}, '{expected}' was agreed with this partner",
        "send the ids that were agreed, or ask for the partner's file to be changed",
    ),
    "ENV-RECEIVER-NOT-US": _fault(
        _INTERCHANGE, "008", "the interchange is addressed (ISA08) to {found}, to us it would be '{expected}'",
        "send the ids that were agreed, or ask for the partner's file to be changed",
    ),
    **dict.fromkeys(
        ("ENV-USAGE-DIFFERS", "ENV-USAGE-DIFFERS/meant"),  # as a test, by who sent it
        _fault(
            _WARNING, None, "ISA15 says {found}, the partner's file says '{expected}'; it is taken as a test",
            "put ISA15 right, or change usage in the partner's file once the partner goes live",
        ),
    ),
    "ENV-BYTES-OUTSIDE": _fault(
        _WARNING, None, "{count} bytes stand outside any interchange, beginning with {found}",
        "send nothing before ISA and nothing after IEA; if these bytes are data, send them in an interchange",
    ),
    "ENV-ISA-UNREADABLE": _fault(
        _WARNING, None, "an ISA begins here that cannot be read as an interchange header",
        "send that interchange again with all 16 elements of ISA",
    ),
    "ENV-BYTE-ORDER-MARK": _fault(
        _NOTE, None, "a byte order mark stands before ISA; it was skipped",
        "none needed; X12 has no use for the mark",
    ),
    "ENV-WRAPPED-LINES": _fault(
        _NOTE, None, "the file is broken into lines of fixed length; the line ends were taken out", "none needed",
    ),
    "ENV-NO-LAST-TERMINATOR": _fault(
        _NOTE, None, "the last segment of the interchange has no terminator", "end IEA with the segment terminator",
    ),
}  # fmt: skip

_GROUP_FAULTS = {
    "ENV-GROUP-KIND": _fault(
        _GROUP, "1", "the functional group (GS01) is {found}, not two letters",
        "send the group's two-letter code in GS01, for example PO",
    ),
    "ENV-GROUP-NUMBER": _fault(
        _GROUP, "6", "the group control number (GS06) is {found}, not a number of up to nine digits",
        "send one to nine digits in GS06",
    ),
    "ENV-GROUP-RELEASE-MISSING": _fault(
        _GROUP, "2", "the functional group names no release (GS08)", "send the release in GS08, for example 004010",
    ),
    "ENV-GROUP-PARTY": _fault(
        _GROUP, None, "the group names {found} ({place}), '{expected}' was agreed",
        "send what was agreed, or ask for the partner's file to be changed",
    ),
    "ENV-RELEASE-NOT-AGREED": _fault(
        _GROUP, "2", "release {found} (GS08) is not agreed, only {expected}",
        "send what was agreed, or ask for the partner's file to be changed",
    ),
    "ENV-GROUP-EMPTY": _fault(
        _WARNING, None, "the functional group holds no transaction set", "send a group only around sets",
    ),
    "ENV-GROUP-DATE": _fault(_WARNING, None, "the group date (GS04) is {found}, not a date", "send CCYYMMDD in GS04"),
    "ENV-GROUP-TIME": _fault(_WARNING, None, "the group time (GS05) is {found}, not a time", "send HHMM in GS05"),
    "ENV-GROUP-NOT-CLOSED": _fault(
        _GROUP, "3", "the functional group ends without its GE", "send the group again, closed with GE",
    ),
    "ENV-GROUP-NUMBER-MISMATCH": _fault(
        _GROUP, "4", "GE02 is {found}, but GS06 is '{expected}'", "repeat the number of GS06 in GE02",
    ),
    "ENV-SET-COUNT-IN-GROUP": _fault(
        _GROUP, "5", "GE01 is {found}, but {expected} transaction sets arrived",
        "send the group again with all its sets, and their count in GE01",
    ),
    "ENV-GROUP-NUMBER-REPEATED": _fault(
        _GROUP, "19", "the group control number {found} was used before in this interchange",
        "give each group of an interchange its own GS06",
    ),
    "SYN-TOO-MANY-SETS": _fault(
        _GROUP, "5", "the group has more than {count} transaction sets; those after were not read", "split the group",
    ),
}  # fmt: skip

_SET_FAULTS = {
    "ENV-SET-NOT-CLOSED": _fault(
        _SET, "2", "the transaction set ends without its SE", "send the set again, closed with SE",
    ),
    "ENV-SET-NOT-CLOSED/glued": _fault(
        _SET, "2", "the transaction set ends in {found} and without its SE: is the separator missing after SE?",
        "send SE, the separator, the count of segments and the number of ST02",
    ),
    "ENV-SET-NUMBER-MISMATCH": _fault(
        _SET, "3", "SE02 is {found}, but ST02 is '{expected}'", "repeat the number of ST02 in SE02",
    ),
    "ENV-SEGMENT-COUNT-MISMATCH": _fault(
        _SET, "4", "SE01 is {found}, but {expected} segments arrived (ST and SE counted)",
        "send the set again with all its segments, and their count in SE01",
    ),
    "ENV-SET-KIND": _fault(
        _SET, "6", "the transaction set identifier (ST01) is {found}, not three digits or letters",
        "send the set's number in ST01, for example 850",
    ),
    "ENV-SET-NUMBER": _fault(
        _SET, "7", "the transaction set control number (ST02) is {found}, not one to nine characters",
        "send four to nine digits in ST02",
    ),
    "ENV-SET-NUMBER-REPEATED": _fault(
        _SET, "23", "the control number {found} was used before in this group", "give each set of a group its own ST02",
    ),
    "SYN-SEGMENT-TOO-LONG": _fault(
        _SET, "5", "a segment is longer than {count} bytes: its terminator is missing",
        "end every segment with the terminator that follows ISA16",
    ),
    "SYN-SET-TOO-LONG": _fault(
        _SET, "5", "the set is longer than {count} {unit}", "split the set",
    ),
    "SYN-TOO-MANY-ELEMENTS": _fault(
        Severity.PART, "8", "the segment has {elements} elements, more than {count}",
        "end the segment with its terminator",
    ),
    "SYN-NUL-IN-SET": _fault(
        _SET, "5", "the set contains NUL bytes", "send text only; NUL bytes come from a wrong encoding or from padding",
    ),
    "GDE-NO-GUIDE": _fault(
        _SET, "1", "there is no guide here for set {kind} in release {release}",
        "send a set and release that were agreed, or ask for this one",
    ),
    "GDE-NO-GUIDE/not-handled": _fault(
        _SET, "1", "there is no guide here for set {kind} in release {release}; {why}",
        "send a set and release that were agreed, or ask for this one",
    ),
    "GDE-SET-NOT-AGREED": _fault(
        _SET, "1", "set {kind} is not agreed with this partner, who sends {expected}",
        "send a set that was agreed, or ask for this one to be set up",
    ),
    "GDE-TOO-MANY-LOOPS": _fault(
        _SET, "5", "the loop {tag} stands {count} times in the set, more than the {expected} that are taken at once",
        "spread the lines over several sets, each with a number of its own",
    ),
    "ENV-SET-NOT-OF-GROUP": _fault(
        _SET, "6", "the set {kind} may not stand in a functional group {found}, it belongs in '{expected}'",
        "send the set in a group of its own kind (GS01)",
    ),
    "SYN-LINE-END-IN-SEGMENT": _fault(
        _WARNING, None, "a line end inside the segment was taken out", "put line ends only after a segment terminator",
    ),
    "SYN-EMPTY-SEGMENT": _fault(
        _NOTE, None, "{count} empty segment(s) were skipped and not counted", "end each segment once",
    ),
    "SYN-TRAILING-BLANKS": _fault(
        _NOTE, None, "{count} segment(s) have blanks behind a value; those mean nothing and were taken off",
        "send values without padding",
    ),
    "SYN-TRAILING-SEPARATOR": _fault(
        _NOTE, None, "{count} segment(s) end in separators with nothing after them; those separators were dropped",
        "leave out the separators of trailing empty elements",
    ),
    "SYN-NOT-UTF-8": _fault(
        _NOTE, None, "the set is not UTF-8 and was read as Windows-1252",
        "if letters with accents look wrong, agree on UTF-8",
    ),
    "SYN-MORE-FINDINGS": _fault(
        _WARNING, None, "there are more faults of this kind than are listed", "correct those listed and send again",
    ),
}  # fmt: skip

FAULTS = declared(_INTERCHANGE_FAULTS | _GROUP_FAULTS | _SET_FAULTS)

WITHIN = {
    "envelope/lengths": Phrase(message=" ({lengths})"),
    "envelope/length": Phrase(message="{element} has {sent} instead of {due}"),
    "envelope/none": Phrase(message="(none)"),
    "envelope/bytes": Phrase(message="bytes"),
    "envelope/segments": Phrase(message="segments"),
}
declared(WITHIN)
marked("asked", "SYN-TOO-MANY-SETS")
marked("calling", "ENV-USAGE-DIFFERS")
