"""Every value from outside becomes one that can be stored, and is bounded, or is answered 400: here and nowhere else.

In: path, query, JSON body and form as they came. Out: texts in UTF-8 without NUL (PostgreSQL keeps none), numbers of
64 bits, instants within the years that every zone and engine has; else ``Problem`` 400 that says which rule was broken,
and never repeats the value. The gate asks for path and query before any handler runs; ``HubRequest`` reads bodies.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from litestar.params import QueryParameter
from litestar.types import Scope

from hub.web.problems import Problem

TARGET_BYTES_MAX = 8 * 1024  # of a path, and of a query
FIELDS_MAX = 64  # of a query or a form; the largest of ours has nine
VALUE_LENGTH_MAX = 2_000  # of a part of a path or a query; the longest is the page to go on to after a login
DEPTH_MAX = 20  # of a JSON body; ours have one level
POSITION_MAX = 10_000_000  # of a document in its message: a body of 100 MiB holds fewer
INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

Position = Annotated[int, QueryParameter(ge=1, le=POSITION_MAX)]
"""Which document of a message, from 1, as a query says it."""

AnyPosition = Annotated[int, QueryParameter(ge=0, le=POSITION_MAX)]
"""The same; 0 leaves the choice to us."""


def require_sound_target(scope: Scope) -> None:
    """Raise ``Problem`` 400 unless path and query hold storable texts of bounded length."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%" in raw or not raw.isascii():
        _text(raw, "path")
    path: str = scope["path"]
    if len(path) > VALUE_LENGTH_MAX or "\0" in path:
        raise _bad("the path is too long, or holds a NUL")
    query: bytes = scope.get("query_string") or b""
    if query:
        for _, value in _pairs(query, "query"):
            if len(value) > VALUE_LENGTH_MAX:
                raise _bad(f"a value in the query is at most {VALUE_LENGTH_MAX} characters")


def form_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form as browsers send it (application/x-www-form-urlencoded)."""
    fields: dict[str, str] = {}
    for name, value in _pairs(body, "form"):
        if name in fields:
            raise _bad("a field of the form is there twice")
        fields[name] = value
    return fields


def json_value(body: bytes) -> Any:
    """Return the value of a JSON body: no name twice, no text, number or depth that could not be kept."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant)
    except UnicodeDecodeError:
        raise _bad("the body is not UTF-8") from None
    except RecursionError:
        raise _bad(f"the body is nested deeper than {DEPTH_MAX}") from None
    except ValueError:
        raise _bad("the body is no JSON") from None
    _require_storable(value, DEPTH_MAX)
    return value


def instant(value: datetime | None, name: str) -> datetime | None:
    """Return an instant a query named, in UTC. It needs a zone, and a year that every engine has."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise _bad(f"{name} needs a zone: 2026-11-20T12:00:00Z")
    if not EARLIEST < value < LATEST:
        raise _bad(f"{name} lies between the years {EARLIEST.year} and {LATEST.year}")
    return value.astimezone(UTC)


def _pairs(encoded: bytes, what: str) -> list[tuple[str, str]]:
    if what == "query" and len(encoded) > TARGET_BYTES_MAX:
        raise _bad(f"the query is at most {TARGET_BYTES_MAX} bytes")
    parts = encoded.split(b"&", FIELDS_MAX)
    if len(parts) > FIELDS_MAX:
        raise _bad(f"the {what} has at most {FIELDS_MAX} fields")
    found = []
    for part in parts:
        name, _, value = part.partition(b"=")
        if name or value:
            found.append((_text(name.replace(b"+", b" "), what), _text(value.replace(b"+", b" "), what)))
    return found


def _text(encoded: bytes, what: str) -> str:
    """Return what percent-encoded bytes say."""
    if not encoded.isascii():
        raise _bad(f"what is not ASCII is percent-encoded in the {what}")
    try:
        text = unquote_to_bytes(encoded).decode("utf-8")
    except UnicodeDecodeError:
        raise _bad(f"the {what} is not UTF-8") from None
    if "\0" in text:
        raise _bad(f"the {what} holds a NUL")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _bad("a name is there twice in an object of the body")
    return found


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) <= 20 else INTEGER_MAX + 1
    if not INTEGER_MIN <= number <= INTEGER_MAX:
        raise _bad("an integer of the body has more than 64 bits")
    return number


def _constant(word: str) -> Any:
    raise _bad(f"{word} is no number in JSON")


def _require_storable(value: object, depth: int) -> None:
    if isinstance(value, str):
        if "\0" in value or not _is_unicode(value):
            raise _bad("a text of the body holds a NUL, or half a character")
    elif isinstance(value, dict | list):
        if depth <= 0:
            raise _bad(f"the body is nested deeper than {DEPTH_MAX}")
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            _require_storable(item, depth - 1)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _bad(detail: str) -> Problem:
    return Problem(400, detail, code="bad-value")
