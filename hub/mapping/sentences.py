"""Every sentence of a map that is applied: what is said about a document read or written, and what can be done.

A key is a code, behind a slash the case where one code has several sentences. ``{text}`` is the value at fault. Faults
of the map itself are told by ``Misconfigured``, and are not among these.
"""

from __future__ import annotations

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Word, declared

READING = {
    "MAP-VALUE": ("'{text}' is not {wanted}", "the sender should write {wanted}"),
    "MAP-CODE": ("'{text}' is not in table {table}", "add {text} to [codes.{table}] or ask the partner"),
    "MAP-CODE-PASSED": (
        "'{text}' is not in table {table} and passed as it is",
        "add {text} to [codes.{table}] if it should have a word",
    ),
    "MAP-CONST": (
        "'{text}' where only '{expected}' is meant",
        "ask the partner, or read the element instead of fixing it",
    ),
    "MAP-CURRENCY": (
        "an amount without a currency: neither it nor the document says one",
        "the sender should say the currency, or the map assume one (| assume:USD)",
    ),
    "MAP-HALF-SAID": (
        "{said} arrived without {missing}; it was not taken",
        "the sender should say {missing}, or leave out both",
    ),
    "MAP-REQUIRED": ("{field} was not said, and nothing stands without it", "the sender must say {field}"),
    "MAP-NUMBERED": (
        "says no number, and {running} is another's; it is called {free}",
        "the sender should number every line, or none",
    ),
    "MAP-MORE": ("{count} more findings are not listed", "mend the first ones and read the document again"),
    "MAP-UNREAD": ("'{text}' was not read by any rule", "add a rule if it means something to us"),
    "MAP-UNREAD/foreign": ("'{text}' was not read by any rule", "the guide has no place for this segment"),
    "MAP-UNWEIGHED": (
        "'{text}' was not read by any rule, and what stands here says a {meaning}",
        "add a rule for it, or say in [codes.unread] that it bears on nothing",
    ),
    "MAP-SAID-TWICE": (
        "'{text}' where the document has said '{expected}' already for {field}, of which there is one",
        "the sender should say one; a person decides which is meant",
    ),
    "MAP-SAID-TWICE/same": ("{field} is said again, alike: '{text}'", "say it once"),
    "MAP-TOTAL": ("states {text}, but the {operation} is {expected}", "ask the sender which is right"),
    "MAP-SET": ("{kind} where the map {map} reads {wanted}", "use a map of {kind}"),
}

WRITING = {
    "MAP-BLANKS": ("blanks behind a text mean nothing on this wire and are left off", "say it without them"),
    "MAP-TEXT": ("a control character stands in the text", "say it without, or leave the field out"),
    "MAP-TEXT/empty": ("an empty text cannot be told from none", "say it without, or leave the field out"),
    "MAP-CODE/no-word": ("'{text}' has no code in table {table}", "add a code for {text} to [codes.{table}]"),
    "MAP-CODE/loose": (
        "'{text}' is itself a code of table {table} and would be read as its word",
        "use the word, or add one to [codes.{table}]",
    ),
    "MAP-INEXACT": (
        "{text} does not fit the element without rounding",
        "round it where it is decided, not on the way out",
    ),
    "MAP-ASSUMED": ("not said, and its absence means '{word}' on this wire", "say it in the document"),
    "MAP-TWICE": (
        "{named} is '{standing}' already and cannot also be '{text}'",
        "say one of them, or give them places of their own",
    ),
    "MAP-TWICE/part": ("{named} is said twice", "say one"),
    "MAP-TWICE/absent": (
        "{named} says '{standing}' for another field, and would be read here too",
        "say both alike, or give them places of their own",
    ),
    "MAP-FULL/one": (
        "the wire has one place for this, and another item stands in it",
        "leave one of them out, or give each a place of its own",
    ),
    "MAP-FULL": ("{segment} has no room for another group", "leave one of them out"),
    "MAP-CLAIMED": (
        "this item would be read by the rule at {other} instead",
        "say it in that rule's field, or under another code",
    ),
    "MAP-CLAIMED/group": ("a group {text} would be read by the rule at {other} instead", "say it in that rule's field"),
    "MAP-SHARED": (
        "says '{said}' where an earlier item said '{earlier}', and the wire has one place",
        "send them in two documents",
    ),
    "MAP-WORD": ("must be '{word}' on this wire, not '{said}'", "use a map that can say it"),
    "MAP-UNSAID": (
        "{field} is said by the document and by no rule of the map",
        "add a rule if the partner wants to know",
    ),
    "MAP-UNSAID/nowhere": (
        "no place on this wire for an item of {listing} whose {field} is {said}",
        "add a place to [each.{listing}]",
    ),
    "MAP-UNSAID/like-this": (
        "no place on this wire for an item of {listing} like this",
        "add a place to [each.{listing}]",
    ),
    "MAP-UNSAID/guarded": ("is said though {guard} is not {said}", "add a rule for this case"),
    "MAP-UNSAID/guard-unsaid": ("is said though {guard} is not said", "add a rule for this case"),
    "MAP-UNSAID/time": ("its time of day has no place here", "add a rule for this case"),
    "MAP-CURRENCY/unsaid": (
        "{field} is in {currency}, and the document says no currency",
        "say the document's currency",
    ),
    "MAP-CURRENCY/other": (
        "{field} is in {currency}, the document in {agreed}",
        "one document, one currency",
    ),
    "MAP-NUMBER": (
        "is {said}, but this is place {place} on the wire",
        "number them in the order they stand",
    ),
    "MAP-FULL/values": (
        "{left} of {count} values have no place left",
        "say fewer, or read and write them elsewhere too",
    ),
    "MAP-DOCUMENT": ("{map} writes a {wanted}, not a {document}", "use a map of a {document}"),
}

declared({key: Phrase(message=message, remedy=remedy) for key, (message, remedy) in (READING | WRITING).items()})


def finding(
    key: str,
    severity: Severity,
    location: Location,
    words: dict[str, Word],
    *,
    found: str | None = None,
    expected: str | None = None,
    standard: str | None = None,
    rule: str | None = None,
) -> Diagnostic:
    """Return the finding whose sentence is ``key``, filled by ``words``."""
    code, _, case = key.partition("/")
    return Diagnostic(
        code=code, case=case or None, severity=severity, words=words or None, location=location, standard=standard,
        found=found, expected=expected, rule=rule,
    )  # fmt: skip
