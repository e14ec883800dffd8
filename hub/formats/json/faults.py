"""Why a JSON body is not opened: one code, one sentence and one remedy each."""

from __future__ import annotations

from collections.abc import Mapping

from hub.formats.named_faults import NamedFault, refused
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Word, Wording, declared

_WHOLE = Severity.ENVELOPE

FAULTS: Mapping[str, NamedFault] = declared({
    "SYN-JSON-BYTES": NamedFault(
        severity=_WHOLE, message="the JSON is larger than {most} bytes", remedy="send it in several documents"
    ),
    "SYN-JSON-EMPTY": NamedFault(
        severity=_WHOLE, message="there is nothing in the JSON", remedy="send one document, an object in braces"
    ),
    "SYN-JSON-EMPTY/list": NamedFault(
        severity=_WHOLE, message="there is nothing in the list", remedy="send one document, an object in braces"
    ),
    "SYN-JSON-MANY": NamedFault(
        severity=_WHOLE,
        message="the JSON is a list of {most}, and a message is one document",
        remedy="send one document at a time, each an object in braces",
    ),
    "SYN-JSON-MANY/lines": NamedFault(
        severity=_WHOLE,
        message="another document begins here behind the first, and a message is one document",
        remedy="send one document at a time, each an object in braces",
    ),
    "SYN-JSON-VALUES": NamedFault(
        severity=_WHOLE, message="the JSON has more than {most} values", remedy="send it in several documents"
    ),
    "SYN-JSON-DEPTH": NamedFault(
        severity=_WHOLE, message="the JSON nests deeper than {most}", remedy="send the document as it was agreed"
    ),
    "SYN-JSON-ENCODING": NamedFault(
        severity=_WHOLE, message="the bytes {found} are no UTF-8, and JSON is nothing else", remedy="write it in UTF-8"
    ),
    "SYN-JSON-BROKEN": NamedFault(
        severity=_WHOLE,
        message="the JSON is not well-formed: {found}",
        remedy="mend it where it is made, and send it again",
    ),
    "SYN-JSON-BROKEN/unforeseen": NamedFault(
        severity=_WHOLE,
        message="the JSON is not well-formed; its parser says: {found}",
        remedy="mend it where it is made, and send it again",
    ),
    "SYN-JSON-TWICE": NamedFault(
        severity=_WHOLE,
        message="{found} is said twice in one object",
        remedy="say it once: which of the two is meant, nobody can know",
    ),
    "SYN-JSON-SURROGATE": NamedFault(
        severity=_WHOLE,
        message="a text holds half a character: {found}, a surrogate without its other half",
        remedy="mend it where it is made, and send it again",
    ),
})  # fmt: skip


CUT = Wording(key="json/cut")
declared({"json/cut": Phrase(message="it ends before it is complete")})


def refusal(code: str, location: Location, *, found: Word = "", most: object = "") -> Diagnostic:
    """Return the finding ``code``."""
    return refused(code, FAULTS[code], location, found=found, most=most)
