"""What stands in a broken JSON before its break: its values up to there, in whatever they stand.

In: the first bytes of a body. Out: a ``JsonDocument``, or None. A value that the break cuts short is left out, for half
a number is none. Best effort, and never a document: by it people find what was cut short on its way.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hub.formats.json.reader import TOKEN, JsonDocument, Number

_CLOSING = {"{": "}", "[": "]"}


def before_the_break(data: bytes) -> JsonDocument | None:
    """Return the object that stands before the break, closed there; None where no object begins."""
    text = _text(data.removeprefix(BOM_UTF8))
    with suppress(ValueError, RecursionError):
        try:
            value = _DECODER.decode(text)
        except json.JSONDecodeError as fault:
            text = _closed(text[: fault.pos])
            value = _DECODER.decode(text)
        return JsonDocument(text, value) if isinstance(value, dict) else None
    return None


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        return data[: fault.start].decode()


def _first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object that says each name once: the first time."""
    return dict(reversed(pairs))


_DECODER = json.JSONDecoder(object_pairs_hook=_first, parse_float=Number, parse_int=Number)


def _closed(text: str) -> str:
    """Return a text up to its last whole value, and everything closed that is open there."""
    whole = ""
    open_: list[str] = []
    named = False  # the name of a member has been said, and its value has not
    end = 0  # of a number or word, which is whole once something stands behind it
    for sign, string, at in _tokens(text):
        if end:
            whole, end = text[:end] + _rest(open_), 0
        if sign in _CLOSING:
            open_.append(sign)
        elif sign in ("}", "]"):
            del open_[-1:]
        elif sign or (string and open_[-1:] == ["{"] and not named):
            named = bool(string) or (named and sign == ":")
            continue
        elif not string:
            end, named = at, False
            continue
        named = False
        whole = text[:at] + _rest(open_)
    return whole


def _rest(open_: list[str]) -> str:
    return "".join(_CLOSING[each] for each in reversed(open_))


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the tokens of a text up to the first that is none: a sign, a string, and where it ends."""
    at = 0
    while (found := TOKEN.match(text, at)) is not None:
        at = found.end()
        yield found[1] or "", found[2] or "", at
