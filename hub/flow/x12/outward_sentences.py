"""What partners are told of findings of X12, where another sentence is for us."""

from __future__ import annotations

from hub.flow.outward_sentences import AGREED, WHICH, Said

TO_PARTNERS: dict[str, Said] = {
    # envelopes
    "ENV-NOTHING-AGREED": ("no X12 is agreed with you", "have the ids of your envelopes agreed with us first"),
    "ENV-SENDER-QUALIFIER": ("the sender's qualifier (ISA05) is {found}, '{expected}' was agreed with you", AGREED),
    "ENV-SENDER-NOT-PARTNER": ("the sender (ISA06) is {found}, '{expected}' was agreed with you", AGREED),
    "ENV-RECEIVER-QUALIFIER": (
        "the receiver's qualifier (ISA07) is {found}, '{expected}' was agreed with you",
        AGREED,
    ),
    "ENV-RECEIVER-NOT-US": (
        "the interchange is addressed (ISA08) to {found}, to us it would be '{expected}'",
        AGREED,
    ),
    "ENV-GROUP-PARTY": ("the group names {found} ({place}), '{expected}' was agreed", AGREED),
    "ENV-RELEASE-NOT-AGREED": ("release {found} (GS08) is not agreed, only {expected}", AGREED),
    "ENV-INTERCHANGE-NUMBER-RESTARTED": (
        "this number came before, in message {before}, and is taken as the first of a new count",
        "you need do nothing if your numbers have restarted",
    ),
    **dict.fromkeys(
        ("ENV-USAGE-DIFFERS", "ENV-USAGE-DIFFERS/meant"),
        (
            "ISA15 says something else than was agreed, and what is sent is taken as a test",
            "put ISA15 right, or tell us that you go live",
        ),
    ),
    # sets, and what a library says of a document
    "GDE-SET-NOT-AGREED": (
        "set {kind} is not agreed with you, who send {expected}",
        "send a set that was agreed, or have this one agreed with us first",
    ),
    **dict.fromkeys(
        ("GDE-NUMBER-PADDED", "GDE-DATE-PADDED", "GDE-TIME-PADDED"),
        (
            "{place} ({label}) = {found} has a blank behind it",
            "send the value alone, or have the blanks agreed with us",
        ),
    ),
    # what they say of ours
    "BUS-ACKNOWLEDGES-NOTHING": ("your acknowledgement names something that we have not sent you", WHICH),
    "BUS-ACKNOWLEDGES-RECEIPT": ("you acknowledge our acknowledgement; nothing waited for it", "nothing to do"),
    "BUS-ACKNOWLEDGES-RECEIPT/rejected": ("you reject our acknowledgement, group {number}", None),
    "ENV-OURS-REFUSED": ("you refused our interchange {number}, note {note}", None),
    "ENV-OURS-REFUSED/with-faults": ("you took our interchange {number} with faults, note {note}", None),
    "ENV-OURS-GROUP": ("you find fault with a group of ours", None),
    "ENV-OURS-CONTRADICTION": ("your acknowledgement contradicts itself; the worst of what it says counts", None),
    "ENV-TA1-UNREADABLE": ("{place} says {said}; it must be {expected}", None),
    "SYN-OURS-SET": ("you find fault with a document of ours", None),
    "SYN-OURS-SEGMENT": ("you find fault with our segment {named}", None),
    "SYN-OURS-ELEMENT": ("you find fault with our {named}", None),
    # what is replaced in what we write
    "SYN-SUBSTITUTED": ("in the value {found} we replaced separators or control characters by '{substitute}'", None),
    "SYN-OTHER-SEPARATORS": (
        "the data contains {characters}, which usually separates; we wrote other separators",
        "nothing to do: ISA says which",
    ),
    "SYN-HEADER-BROKEN": (
        "a value contained a whole interchange header; we replaced its first letter by '{substitute}'",
        None,
    ),
}
OF_ALL_CASES = ("BUS-ACKNOWLEDGES-NOTHING", "ENV-OURS-GROUP", "SYN-OURS-ELEMENT", "SYN-OURS-SEGMENT")
