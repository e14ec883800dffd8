"""Every sentence about what a partner acknowledges or notes of what we sent.

A key is a code, behind a slash the case where one code has several sentences. ``{why}`` and ``{then}`` are what a code
of the standard's lists says, and what to do about it (``hub.formats.x12.acknowledgement_codes``).
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Word, Wording, declared

_WHICH = "Ask the partner which message is meant"
SENTENCES = {
    "ENV-OURS-REFUSED": ("The partner refused our interchange {number}, note {note}: {why}", "{then}"),
    "ENV-OURS-REFUSED/with-faults": (
        "The partner took with faults our interchange {number}, note {note}: {why}",
        "{then}",
    ),
    "ENV-OURS-GROUP": ("The partner says of our group: {why}", "{then}"),
    "ENV-OURS-GROUP/no-reason": (
        "The partner rejects what we sent and gives no reason",
        "Ask the partner for the reason, and tell them by other means what this message says",
    ),
    "ENV-OURS-GROUP/errors-unnamed": (
        "The partner accepted what we sent with errors, and does not say which",
        "Ask the partner which errors they mean: the next document may be rejected for them",
    ),
    "ENV-OURS-CONTRADICTION": (
        "The acknowledgement contradicts itself: AK9 says {word}, but {why}; the worst counts",
        "Ask the partner which of the two is meant",
    ),
    "SYN-OURS-SET": ("The partner says of our {kind} {number}: {why}", "{then}"),
    "SYN-OURS-SEGMENT": ("The partner says of our segment {named}: {why}", "{then}"),
    "SYN-OURS-SEGMENT/called": ("The partner says of our segment {named}: {why}; they call it {other}", "{then}"),
    "SYN-OURS-ELEMENT": ("The partner says of our {named} = {found}: {why}", "{then}"),
    "SYN-OURS-ELEMENT/differs": ("The partner says of our {named} = {found}: {why}; we sent '{sent}'", "{then}"),
    "SYN-OURS-ELEMENT/nothing": ("The partner says of our {named}: {why}", "{then}"),
    "BUS-ACKNOWLEDGES-NOTHING": ("Interchange {number} was never sent to this partner", _WHICH),
    "BUS-ACKNOWLEDGES-NOTHING/dated": ("Interchange {number} of {day} was never sent to this partner", _WHICH),
    "BUS-ACKNOWLEDGES-NOTHING/group": ("Group {number} ({kind}) was never sent to this partner", _WHICH),
    "BUS-ACKNOWLEDGES-NOTHING/counts": (
        "The acknowledgement counts {received} sets in group {number}, and {sent} of ours are in it",
        _WHICH,
    ),
    "BUS-ACKNOWLEDGES-NOTHING/set": (
        "Set {kind} {number} was never sent in group {group}, but the acknowledgement names it",
        _WHICH,
    ),
    "BUS-ACKNOWLEDGES-RECEIPT": (
        "The partner acknowledges our acknowledgement, group {number}; nothing waited for it",
        "Nothing to do",
    ),
    "BUS-ACKNOWLEDGES-RECEIPT/rejected": (
        "The partner rejects our acknowledgement, group {number}",
        "Ask the partner for the reason: they may believe that we have not answered",
    ),
    "ENV-TA1-UNREADABLE": (
        "{place} says {said}; it must be {expected}",
        "Ask the partner which interchange is meant, and whether it was taken",
    ),
}
declared({key: Phrase(message=message, remedy=remedy) for key, (message, remedy) in SENTENCES.items()})
declared(
    {
        "theirs/named": Phrase(message="{place} ({label})"),
        "theirs/nothing": Phrase(message="nothing"),
        "theirs/ak5-rejects": Phrase(message="AK5 rejects {rejected} of {count} sets"),
        "theirs/ak5-accepts": Phrase(message="AK5 accepts every set it names"),
        "theirs/counts": Phrase(message="it counts {accepted} accepted and {received} received of the {sent} sent"),
        "theirs/none-note": Phrase(message="none"),
        "theirs/a-number": Phrase(message="a control number of up to nine digits"),
        "theirs/a-verdict": Phrase(message="A, E or R"),
    }
)
NOTHING = Wording(key="theirs/nothing")
NO_NOTE = Wording(key="theirs/none-note")
A_NUMBER, A_VERDICT = Wording(key="theirs/a-number"), Wording(key="theirs/a-verdict")


def finding(
    key: str,
    severity: Severity,
    location: Location,
    words: Mapping[str, Word],
    *,
    standard: str | None = None,
    found: str | None = None,
    expected: str | None = None,
) -> Diagnostic:
    """Return the finding whose sentence is ``key``, filled by ``words``."""
    code, _, case = key.partition("/")
    return Diagnostic(
        code=code, case=case or None, severity=severity, words={**words} or None, location=location,
        standard=standard, found=found, expected=expected,
    )  # fmt: skip


def named(place: str, label: str | None) -> Wording | str:
    """Return a place of what we sent, with the name that the guide has for it."""
    return Wording(key="theirs/named", words={"place": place, "label": label}) if label else place
