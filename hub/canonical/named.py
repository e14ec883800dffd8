"""What a name says that a buyer gave himself, or a value beside it, wherever a dialect lets him name things.

In: the name, as of an Extrinsic of cXML or of a property of an item, and the value. Out: a meaning as of ``Unweighed``,
or None. Names are compared by their words, without case, blanks and punctuation.
"""

from __future__ import annotations

import re

REVISION = "revision"
JOINED_MIN = 8
"""From so many letters on a name is known wherever it stands ("MUSTARRIVEBY"); a shorter one stands by itself."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_DAY = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\b\d{4}[/.]\d{1,2}[/.]\d{1,2}\b"
    r"|\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}\b|\d{4}年",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(r"\d\s*(?:%|percent\b|per cent\b)", re.IGNORECASE)
_NAMES_A_REVISION = re.compile(r"\b(?:rev|revision)(?:\b|[-_.])", re.IGNORECASE)

_NAMES = (
    (
        "date",
        "deadline|latest|earliest|cancel|cancels|cancellation|cancelled|canceled|cancel after|arrive by|arrive before"
        "|arrival|expiry|expires|expiration|until|no later than|not before|not after|not later|window|ship by|need by",
    ),
    (
        "price",
        "discount|discounts|rebate|surcharge|percent|percentage|allowance|deduction|penalty|penalties|markdown"
        "|price per|price basis|price unit|per price|pricing unit",
    ),
    (
        "place",
        "ship to|ship to id|deliver to|delivery place|place of delivery|delivery address|delivery location|"
        "delivery site|delivery point|consignee|drop ship",
    ),
    (
        "part number",
        "supplier part id|supplier part|supplier item|seller item|buyer part id|part number|part no|item number|item no"
        "|material number|catalogue number|catalog number|gtin|udi|udi di|device identifier",
    ),
    (
        "condition",
        "incoterm|incoterms|delivery terms|terms of delivery|partial delivery|partial shipment|backorder|lot|lot number"
        "|lot no|batch|batch number|batch no|serial number|line status|order status|item status|status|on hold",
    ),
    (REVISION, "rev|revision|revisions|rev level|issue|version|engineering level|change level|drawing level"),
)
_MEANT = tuple(
    (tuple(name.split()), name.replace(" ", ""), meaning) for meaning, names in _NAMES for name in names.split("|")
)


def words_of(name: str) -> list[str]:
    """Return the words of a name, however they are put together.

    >>> words_of("Requested ship_date"), words_of("@cancelAfter"), words_of("Last update")
    (['requested', 'ship', 'date'], ['cancel', 'after'], ['last', 'update'])
    """
    return [word.lower() for word in _WORDS.findall(name)]


def meaning_of_name(name: str) -> str | None:
    """Return what a name says.

    >>> meaning_of_name("revision "), meaning_of_name("MUSTARRIVEBY"), meaning_of_name("Review")
    ('revision', 'date', None)
    """
    said = words_of(name)
    together = "".join(said)
    for words, joined, meaning in _MEANT:
        if joined in together if len(joined) >= JOINED_MIN else _stand_in(words, said):
            return meaning
    return None


def meaning_of_value(value: str) -> str | None:
    """Return what a value says whatever it is called: a day, or so many per cent.

    >>> meaning_of_value("by 2026-12-01"), meaning_of_value("10 %"), meaning_of_value("D-4450")
    ('date', 'price', None)
    """
    if _DAY.search(value):
        return "date"
    return "price" if _PERCENTAGE.search(value) else None


def names_a_revision(text: str) -> bool:
    """Say whether a text that is something else speaks of a revision: "rev B please"."""
    return _NAMES_A_REVISION.search(text) is not None


def _stand_in(words: tuple[str, ...], said: list[str]) -> bool:
    return any(tuple(said[at : at + len(words)]) == words for at in range(len(said)))
