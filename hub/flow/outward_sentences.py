"""What partners are told where the sentence of a finding is written for people of ours, under its key. Pure.

``None`` as the remedy says that the partner has nothing to do, and that we look at it.
"""

from __future__ import annotations

from collections.abc import Mapping

TO_PARTNER = "to-partner"
"""The case of a sentence that is for partners, where another is for us."""

_AGREED = "write what was agreed, or have the change agreed with us first"
_UNREAD = "nothing, if it asks nothing of us; else have it agreed with us first"
_WHICH = "say which of our messages is meant, by the numbers it bears"

SENTENCES: Mapping[str, tuple[str, str | None]] = {
    # what a map of ours makes of a document
    "MAP-VALUE": ("'{text}' is not {wanted}", "write {wanted}, or ask us what is meant here"),
    "MAP-CODE": ("'{text}' is no code that was agreed with us", "write an agreed code, or have it agreed"),
    "MAP-CURRENCY": ("an amount without a currency: neither it nor the document says one", "say the currency"),
    "MAP-REQUIRED": ("the {field} is missing, and nothing here stands without it", "say the {field}"),
    "MAP-CODE-PASSED": (
        "'{text}' is no code that was agreed with us, and is taken as it stands",
        "write an agreed code",
    ),
    "MAP-CONST": ("'{text}' stands where only '{expected}' was agreed", _AGREED),
    "MAP-HALF-SAID": ("{said} came without {missing}, and was not taken", "say {missing}, or leave out both"),
    "MAP-NUMBERED": (
        "the line has no number, and {running} is that of another; it is called {free}",
        "number every line, or none",
    ),
    "MAP-UNREAD": ("'{text}' was not read: what stands here was not agreed with us", _UNREAD),
    "MAP-UNREAD/foreign": ("'{text}' was not read: what stands here was not agreed with us", _UNREAD),
    "MAP-UNWEIGHED": ("'{text}' was not read, and what stands here says a {meaning}", None),
    "MAP-SAID-TWICE": ("'{text}' stands where the document has said '{expected}' already, and one is meant", None),
    "MAP-SAID-TWICE/same": ("'{text}' is said twice, alike", "say it once"),
    "MAP-TOTAL": ("states {text}, but the {operation} is {expected}", "say which of both is right"),
    "MAP-NOT-ROUTED": (
        "{found} is nothing that was agreed with us, and nothing has taken it",
        "send what was agreed, {expected}; a person of ours looks at this one",
    ),
    "MAP-NOT-ROUTED/nothing-agreed": (
        "{found} came, and nothing in {syntax} is agreed with you",
        "send what was agreed, or have {syntax} agreed with us first",
    ),
    "MAP-NOT-ROUTED/wrapped": (
        "{document} stands within {found}, an envelope that was not agreed with us, and nothing has taken it",
        "send {document} by itself, with no envelope around it; a person of ours looks at this one",
    ),
    "MAP-MORE": ("{count} more findings are not listed", "mend the first ones and send the document again"),
    # envelopes
    "ENV-NOTHING-AGREED": ("no X12 is agreed with you", "have the ids of your envelopes agreed with us first"),
    "ENV-SENDER-QUALIFIER": ("the sender's qualifier (ISA05) is {found}, '{expected}' was agreed with you", _AGREED),
    "ENV-SENDER-NOT-PARTNER": ("the sender (ISA06) is {found}, '{expected}' was agreed with you", _AGREED),
    "ENV-RECEIVER-QUALIFIER": (
        "the receiver's qualifier (ISA07) is {found}, '{expected}' was agreed with you",
        _AGREED,
    ),
    "ENV-RECEIVER-NOT-US": (
        "the interchange is addressed (ISA08) to {found}, to us it would be '{expected}'",
        _AGREED,
    ),
    "ENV-NOTHING-AGREED/cxml": ("no cXML is agreed with you", "have your domain and identity agreed with us first"),
    "ENV-SENDER-NOT-PARTNER/cxml": ("From is {found}, '{expected}' was agreed with you", _AGREED),
    "ENV-RECEIVER-NOT-US/cxml": ("To is {found}, to us it would be '{expected}'", _AGREED),
    "ENV-GROUP-PARTY": ("the group names {found} ({place}), '{expected}' was agreed", _AGREED),
    "ENV-RELEASE-NOT-AGREED": ("release {found} (GS08) is not agreed, only {expected}", _AGREED),
    "ENV-INTERCHANGE-NUMBER-RESTARTED": (
        "this number came before, in message {before}, and is taken as the first of a new count",
        "nothing, if your numbers have restarted",
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
    "GDE-SCHEMA/unforeseen": (
        "the schema that was agreed refuses {name}",
        "hold the document against that schema where it is made",
    ),
    **dict.fromkeys(
        ("SYN-XML-BROKEN/unforeseen", "SYN-JSON-BROKEN/unforeseen"),
        ("the document is not well-formed here", "mend it where it is made, and send it again"),
    ),
    # orders
    "BUS-NO-CATALOGUE": ("line {line}: nothing is set up yet that you can order", None),
    "BUS-PRICE-TOLERATED": (
        "line {line}: ordered at {ordered}, contract {contract} says {agreed}; within the tolerance agreed",
        "nothing to do",
    ),
    # what they say of ours
    "BUS-ACKNOWLEDGES-NOTHING": ("your acknowledgement names something that we have not sent you", _WHICH),
    "BUS-ACKNOWLEDGES-RECEIPT": ("you acknowledge our acknowledgement; nothing waited for it", "nothing to do"),
    "BUS-ACKNOWLEDGES-RECEIPT/rejected": ("you reject our acknowledgement, group {number}", None),
    "BUS-ACKNOWLEDGES-UNNAMED": ("your acknowledgement names no message of ours", _WHICH),
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


OF_ALL_CASES = frozenset(
    {"BUS-ACKNOWLEDGES-NOTHING", "ENV-OURS-GROUP", "MAP-NOT-ROUTED", "SYN-OURS-ELEMENT", "SYN-OURS-SEGMENT"}
)
"""Codes whose sentence here stands for each of their cases that has none of its own."""


def own_key(key: str) -> str:
    """Return the key under which the sentence for partners is declared."""
    return f"{key}{'-' if '/' in key else '/'}{TO_PARTNER}"
