"""What msgspec says of a JSON text that is none, in words for whoever wrote the document."""

from __future__ import annotations

from hub.kernel.sentence import Phrase, Wording, declared

BEHIND_THE_END = "trailing characters"
_SAID = {
    "invalid character": "json/character",
    "invalid number": "json/number",
    "expected ',' or ']'": "json/in-list",
    "expected ',' or '}'": "json/in-object",
    "trailing comma in array": "json/last-comma",
    "trailing comma in object": "json/last-comma",
    "expected '\"'": "json/no-name",
    "object keys must be strings": "json/no-name",
    "expected ':'": "json/no-colon",
    BEHIND_THE_END: "json/behind-the-end",
    "invalid escape character in string": "json/escape",
    "invalid escaped character": "json/escape",
    "invalid character in unicode escape": "json/escape",
    "unexpected end of hex escape": "json/escape",
    "unexpected end of escaped utf-16 surrogate pair": "json/escape",
    "invalid utf-16 surrogate pair": "json/escape",
}
declared(
    {
        "json/character": Phrase(message="a sign stands here with which no value begins or goes on"),
        "json/number": Phrase(message="this is no number as JSON writes them"),
        "json/in-list": Phrase(message="a comma or the end of the list was expected here"),
        "json/in-object": Phrase(message="a comma or the end of the object was expected here"),
        "json/last-comma": Phrase(message="a comma stands behind the last value"),
        "json/no-name": Phrase(message="a name in quotation marks was expected here"),
        "json/no-colon": Phrase(message="a colon was expected here"),
        "json/behind-the-end": Phrase(message="something stands behind the end of the document"),
        "json/escape": Phrase(message="what stands behind a backslash here is no escape of JSON"),
    }
)


def in_words(said: str) -> Wording | None:
    """Return what it says as the sender of the document would put it; None for what was not foreseen."""
    return Wording(key=_SAID[said]) if said in _SAID else None
