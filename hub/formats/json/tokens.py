"""A JSON text taken apart for people: names, values and brackets, each with its pointer. Nothing is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from hub.formats.json.reader import POINTER_CHARACTERS_MAX
from hub.formats.tokens import DEPTH_TOLD_MAX, Token, place_of

ROOT = "/"
"""How the value of the whole body is called."""

_PIECE = re.compile(
    r'([ \t\r\n]++)|([{\[])|([}\]])|([,:])|("[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"|\Z))|([^\s{}\[\],:"]++)|.', re.DOTALL
)


class _Frame:
    """An object or array that is open."""

    __slots__ = ("at", "count", "is_array", "name")

    def __init__(self, at: str, *, is_array: bool) -> None:
        self.at = at
        self.is_array = is_array
        self.count = 0  # items so far
        self.name: str | None = None  # of the member whose value is awaited


def tokens(text: str) -> Iterator[Token]:
    """Yield ``text`` piece by piece."""
    frames: list[_Frame] = []
    deeper = 0  # brackets open below the deepest that is told
    for found in _PIECE.finditer(text):
        said, frame = found[0], frames[-1] if frames else None
        if deeper or (found[2] and len(frames) >= DEPTH_TOLD_MAX):
            deeper += bool(found[2]) - bool(found[3])
            yield Token("sign", said)
        elif found[1]:
            yield Token("blank", said)
        elif found[2]:
            label, at = _step(frame)
            frames.append(_Frame(at, is_array=said == "["))
            breaks = frame is not None and frame.is_array
            yield Token("list" if said == "[" else "place", said, at or ROOT, label, breaks=breaks)
        elif found[3]:
            closed = frames.pop() if frames else None
            yield Token("end" if closed else "sign", said, closed.at if closed else "", breaks=True)
        elif found[5] and frame is not None and not frame.is_array and frame.name is None:
            frame.name = _read(said)
            yield Token("name", said, _beneath(frame.at, frame.name), frame.name, breaks=True)
        elif found[5] or found[6]:
            label, at = _step(frame)
            yield Token("value", said, at or ROOT, label, breaks=frame is not None and frame.is_array)
        else:
            yield Token("sign", said)


def said_by(text: str) -> str:
    """Return what a scalar of the text says: a text without its quotes."""
    return _read(text) if text.startswith('"') else text


def _step(frame: _Frame | None) -> tuple[str, str]:
    """Return the label and the pointer of the value that comes next in ``frame``."""
    if frame is None:
        return ROOT, ""
    if frame.is_array:
        label = str(frame.count)
        frame.count += 1
    else:
        label, frame.name = frame.name or "", None
    return label, _beneath(frame.at, label)


def _beneath(pointer: str, name: str) -> str:
    step = name.replace("~", "~0").replace("/", "~1")
    return place_of(f"{pointer}/{step}"[:POINTER_CHARACTERS_MAX])


def _read(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return quoted.strip('"')
