"""What partners are told where the sentence of a finding is written for people of ours, under its key. Pure.

Here is what is said of maps, documents and orders. What a syntax says of its own findings stands in its folder.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hub.kernel.sentence import Phrase, declared

Said = tuple[str, str | None]
"""What a partner is told, and what it can do; None as the remedy: nothing, and we look at it."""

TO_PARTNER = "to-partner"
"""The case of a sentence that is for partners, where another is for us."""

AGREED = "write what was agreed, or have the change agreed with us first"
BROKEN = ("the document is not well-formed here", "mend it where it is made, and send it again")
WHICH = "say which of our messages is meant, by the numbers it bears"
_UNREAD = "you need do nothing if it asks nothing of us; else have it agreed with us first"
_WITH_US = "you need do nothing: the factory looks at it"
OF_ALL_CASES: set[str] = set()
"""Codes whose sentence here stands for each of their cases that has none of its own."""

declared({"told/with-us": Phrase(message=_WITH_US)})


def said_to_partners(sentences: Mapping[str, Said], of_all_cases: Collection[str] = ()) -> None:
    """Declare what partners are told, under the keys of what we are; of codes in ``of_all_cases`` whatever the case."""
    OF_ALL_CASES.update(of_all_cases)
    declared(
        {
            own_key(key): Phrase(message=message, remedy=_WITH_US if remedy is None else remedy)
            for key, (message, remedy) in sentences.items()
        }
    )


def own_key(key: str) -> str:
    """Return the key under which the sentence for partners is declared."""
    return f"{key}{'-' if '/' in key else '/'}{TO_PARTNER}"


said_to_partners(
    {
        # what a map of ours makes of a document
        "MAP-VALUE": ("'{text}' is not {wanted}", "write {wanted}, or ask us what is meant here"),
        "MAP-CODE": ("'{text}' is no code that was agreed with us", "write an agreed code, or have it agreed"),
        "MAP-CURRENCY": ("an amount without a currency: neither it nor the document says one", "say the currency"),
        "MAP-REQUIRED": ("the {field} is missing, and nothing here stands without it", "say the {field}"),
        "MAP-CODE-PASSED": (
            "'{text}' is no code that was agreed with us, and is taken as it stands",
            "write an agreed code",
        ),
        "MAP-CONST": ("'{text}' stands where only '{expected}' was agreed", AGREED),
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
        # documents
        "GDE-SCHEMA/unforeseen": (
            "the schema that was agreed refuses {name}",
            "hold the document against that schema where it is made",
        ),
        # orders
        "BUS-NO-CATALOGUE": ("line {line}: nothing is set up yet that you can order", None),
        "BUS-UNSAID": ("our answer to it could not be written", None),
        "BUS-PRICE-TOLERATED": (
            "line {line}: ordered at {ordered}, contract {contract} says {agreed}; within the tolerance agreed",
            "nothing to do",
        ),
        **dict.fromkeys(
            ("BUS-ORDER-DUPLICATE", "BUS-ORDER-DUPLICATE/same", "BUS-ORDER-DUPLICATE/lines"),
            (
                "order {order} arrived again ({second}); the first ({first}) stands, and no further answer follows",
                "if both are meant, send this one under an order number of its own",
            ),
        ),
        "BUS-ACKNOWLEDGES-UNNAMED": ("your acknowledgement names no message of ours", WHICH),
    },
    of_all_cases=("MAP-NOT-ROUTED",),
)
