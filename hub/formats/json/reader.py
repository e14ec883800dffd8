"""A JSON body opened safely: names once in an object, numbers exact as sent, no more than ``limits`` allows.

In: bytes. Out: ``JsonDocument`` and findings; nothing is raised, whatever the bytes. Values are read in one go by a
decoder in C; where each stands, by pointer, line and column, is looked up only when something is to be told about it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from functools import cached_property
from typing import Any

import msgspec

from hub.formats.json.faults import CUT, refusal
from hub.formats.json.limits import BODY_BYTES_MAX, DEPTH_MAX, VALUES_MAX
from hub.formats.json.parser_words import BEHIND_THE_END, in_words
from hub.formats.named_faults import unforeseen
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location

POINTER_CHARACTERS_MAX = 400  # of a pointer in a finding
DUPLICATES_MAX = 100  # told of one body

TOKEN = re.compile(r'[ \t\r\n]*+(?:([{}\[\],:])|("[^"\\]*+(?:\\.[^"\\]*+)*+")|([^\s{}\[\],:"]++))', re.DOTALL)
_BLANKS = " \t\r\n"
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_RAW: msgspec.json.Decoder[msgspec.Raw] = msgspec.json.Decoder(msgspec.Raw)
_BYTE = re.compile(r" \(byte (\d+)\)")


class Number(str):
    """A number as it was sent."""

    __slots__ = ()


class _Twice(Exception):
    """An object has a name twice."""


class JsonDocument:
    """A body: its value, its text, and where in it each value stands."""

    def __init__(self, text: str, value: Any) -> None:
        self.text = text
        self.value = value

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Where each value begins, by pointer."""
        return _scan(self.text)[0]

    @cached_property
    def _ends(self) -> list[int]:
        """Where each line ends, but the last."""
        return [found.start() for found in re.finditer("\n", self.text)]

    @cached_property
    def _beginning(self) -> Location:
        """Where the document itself stands: every one is asked for that, and few for anything in it."""
        before = self.text[: len(self.text) - len(self.text.lstrip(_BLANKS))]
        return Location(at="", line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))

    def at(self, pointer: str) -> Location:
        """Return the place of the value ``pointer``, or of the nearest above it that there is."""
        if not pointer:
            return self._beginning
        near = pointer
        while near and near not in self.offsets:
            near = near.rpartition("/")[0]
        offset = self.offsets.get(near, 0)
        line = bisect_left(self._ends, offset) + 1
        column = offset - (self._ends[line - 2] if line > 1 else -1)
        return Location(at=pointer[:POINTER_CHARACTERS_MAX], line=line, column=column)


def open_body(data: bytes) -> tuple[JsonDocument | None, list[Diagnostic]]:
    """Return the document in a JSON body, or the findings that say why there is none."""
    if len(data) > BODY_BYTES_MAX:
        return None, [refusal("SYN-JSON-BYTES", Location(), most=BODY_BYTES_MAX)]
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        return None, [refusal("SYN-JSON-EMPTY", Location(line=1))]
    if data.count(b",") > VALUES_MAX:
        return None, [refusal("SYN-JSON-VALUES", Location(), most=VALUES_MAX)]
    if _depth(data) > DEPTH_MAX:
        return None, [refusal("SYN-JSON-DEPTH", Location(), most=DEPTH_MAX)]
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        place = Location(line=data.count(b"\n", 0, fault.start) + 1, offset=fault.start)
        return None, [refusal("SYN-JSON-ENCODING", place, found=data[fault.start : fault.start + 4].hex())]
    try:
        _RAW.decode(data)
        value = _DECODER.decode(text)
    except _Twice:
        return None, _told_twice(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        half = _half_a_pair(text) if "\\u" in text else None
        return None, [_broken(str(fault), data) if half is None else half]
    if "\\u" in text and not _sound(value):
        return None, [_half_a_pair(text) or refusal("SYN-JSON-SURROGATE", Location(line=1))]
    document = JsonDocument(text, value)
    many = _many(document)
    return (document, []) if many is None else (None, [many])


def _many(document: JsonDocument) -> Diagnostic | None:
    """Return why a list of documents is none; a list of anything else is judged as what it is."""
    value = document.value
    if not isinstance(value, list) or (value and not any(isinstance(each, dict) for each in value)):
        return None
    if not value:
        return refusal("SYN-JSON-EMPTY/list", document.at(""))
    return refusal("SYN-JSON-MANY", document.at("/1" if len(value) > 1 else ""), most=len(value))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Twice
    return made


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=Number, parse_int=Number, parse_constant=_no_constant
)  # fmt: skip


def _depth(data: bytes) -> int:
    """Return how deep brackets nest, at most; those in texts count too when there are enough of all to matter."""
    if data.count(b"{") + data.count(b"[") <= DEPTH_MAX:
        return 0
    deep = most = 0
    text = False
    for token in _BRACKETS.finditer(data):
        sign = token[0]
        if sign == b'"':
            text = not text
        elif not text and len(sign) == 1:
            deep += 1 if sign in b"{[" else -1
            most = max(most, deep)
    return most


_BRACKETS = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


def _broken(message: str, data: bytes) -> Diagnostic:
    found = _BYTE.search(message)
    detail = _BYTE.sub("", message).rpartition(": ")[2]
    cut = not found and "truncated" in detail
    at = int(found[1]) if found else len(data.rstrip()) if cut else 0
    place = Location(
        line=data.count(b"\n", 0, at) + 1, column=at - data.rfind(b"\n", 0, at), offset=at if found or cut else None
    )
    if cut:
        return refusal("SYN-JSON-BROKEN", place, found=CUT)
    if detail == BEHIND_THE_END and data[at - 1 : at] == b"{":
        return refusal("SYN-JSON-MANY/lines", place)
    told = in_words(detail)
    if told is None:
        return unforeseen(refusal("SYN-JSON-BROKEN/unforeseen", place, found=detail))
    return refusal("SYN-JSON-BROKEN", place, found=told)


def _half_a_pair(text: str) -> Diagnostic | None:
    """Return the finding about half a character, where that is what no reader takes, at its place."""
    try:
        _DECODER.decode(text)
    except (_Twice, ValueError, RecursionError):
        return None
    half = _half(text)
    if half is None:
        return None
    at = half.start()
    place = Location(line=text.count("\n", 0, at) + 1, column=at - text.rfind("\n", 0, at))
    return refusal("SYN-JSON-SURROGATE", place, found=half[0])


def _half(text: str) -> re.Match[str] | None:
    """Return the first escape that is a surrogate without its other half."""
    waiting: re.Match[str] | None = None
    for found in _ESCAPE.finditer(text):
        code = int(found[1], 16) if found[1] else 0
        if waiting is not None:
            if not 0xDC00 <= code <= 0xDFFF or found.start() != waiting.end():
                return waiting
            waiting = None
        elif 0xD800 <= code <= 0xDBFF:
            waiting = found
        elif 0xDC00 <= code <= 0xDFFF:
            return found
    return waiting


def _told_twice(text: str) -> list[Diagnostic]:
    offsets, twice = _scan(text)
    document = JsonDocument(text, None)
    document.__dict__["offsets"] = offsets
    return [refusal("SYN-JSON-TWICE", document.at(pointer), found=_name(pointer)) for pointer in twice[:DUPLICATES_MAX]]


def _name(pointer: str) -> str:
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _sound(value: Any) -> bool:
    """Say whether every text in ``value`` is Unicode: half a pair of surrogates is none."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.keys()
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str) and not each.isascii():
            try:
                each.encode()
            except UnicodeEncodeError:
                return False
    return True


def _scan(text: str) -> tuple[dict[str, int], list[str]]:
    """Return where each value of a sound body begins, by pointer, and the pointers of names that come twice."""
    offsets: dict[str, int] = {}
    twice: list[str] = []
    stack: list[tuple[str, int]] = []  # pointer of each open object (-1) or array (number of its next item)
    name: str | None = None
    for token in TOKEN.finditer(text):
        sign, string = token[1], token[2]
        start = token.start(1) if sign else token.start(2) if string else token.start(3)
        above, count = stack[-1] if stack else ("", -1)
        if sign in (",", ":"):
            continue
        if sign in ("}", "]"):
            stack.pop()
            continue
        if string and stack and count < 0 and name is None:
            name = json.loads(string) if "\\" in string else string[1:-1]  # nearly every name is plain
            continue
        step = (name or "").replace("~", "~0").replace("/", "~1") if count < 0 else str(count)
        pointer = f"{above}/{step}" if stack else ""
        if pointer in offsets:
            twice.append(pointer)
        offsets.setdefault(pointer, start)
        if stack and count >= 0:
            stack[-1] = (above, count + 1)
        name = None
        if sign:
            stack.append((pointer, -1 if sign == "{" else 0))
    return offsets, twice
