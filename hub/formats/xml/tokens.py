"""An XML text taken apart for people: tags, attributes and texts, each with its XPath. Nothing is refused."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from html import unescape

from hub.formats.tokens import DEPTH_TOLD_MAX, Kind, Token, place_of
from hub.formats.xml.reader import NAME_SHOWN_MAX

_PIECE = re.compile(
    r"(<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<![^>\[]*>?)"
    r"|<!\[CDATA\[(.*?)(?:\]\]>|\Z)"
    r"|</([^\s<>]*)\s*>?"
    r"|<([^\s<>/!?][^\s<>/]*)"
    r"|([^<]+)|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s<>/=]++)(\s*+=\s*+["'])?""")
_INSIDE = re.compile(r"[^\s<>/=]++|[\s=]++|/(?!>)")
_END = re.compile(r"/?>")
_VALUE = {'"': re.compile(r'[^"<]*+'), "'": re.compile(r"[^'<]*+")}  # no tag begins within one
_CDATA = "<![CDATA["


class _Frame:
    """An element that is open."""

    __slots__ = ("at", "counts", "name", "part")

    def __init__(self, name: str, at: str, *, part: bool) -> None:
        self.name = name
        self.at = at
        self.part = part
        self.counts: dict[str, int] = {}


def tokens(text: str) -> Iterator[Token]:
    """Yield ``text`` piece by piece."""
    frames = [_Frame("", "", part=False)]
    deeper = 0  # elements open below the deepest that is told
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        assert found is not None
        at, frame = found.end(), frames[-1]
        name = found[4]
        if name is None:
            if found[3] is not None and deeper:
                deeper -= 1
                yield Token("sign", found[0])
            elif found[3] is not None:
                closed = frames.pop() if len(frames) > 1 else None
                yield _closing(found[0], closed)
            elif found[2] is not None:
                yield Token("value", found[0], frame.at, ".")
            else:
                yield _between(found[0], found[5], frame)
        elif len(frames) > DEPTH_TOLD_MAX:
            yield Token("sign", found[0])
            at = yield from _inside(text, at, None)
            deeper += not text.startswith("/>", at - 2)
        else:
            opened = _opened(name, frame)
            beyond = text.find("<", at)
            opened.part = _is_part(text, at, beyond)
            kind: Kind = "part" if opened.part else "place"
            yield Token(kind, found[0], opened.at, opened.name, breaks=True)
            frames.append(opened)
            at = yield from _inside(text, at, opened)
            if text.startswith("/>", at - 2):
                frames.pop()
                yield Token("end", "", opened.at)


def said_by(text: str) -> str:
    """Return what a text or an attribute says."""
    if text.startswith(_CDATA):
        return text.removeprefix(_CDATA).removesuffix("]]>")
    return unescape(text)


def _opened(name: str, above: _Frame) -> _Frame:
    short = ":".join(step[:NAME_SHOWN_MAX] for step in name.split(":")[-2:])
    count = above.counts[short] = above.counts.get(short, 0) + 1
    step = f"{short}[{count}]" if count > 1 else short
    return _Frame(step, place_of(f"{above.at}/{step}"), part=False)


def _is_part(text: str, at: int, beyond: int) -> bool:
    """Say whether the element whose tag begins before ``at`` holds a value alone; ``beyond`` is the next tag."""
    if beyond < 0:
        return True
    return text.startswith("</", beyond) or text.rfind("/>", at, beyond) >= 0


def _closing(said: str, closed: _Frame | None) -> Token:
    if closed is None:
        return Token("sign", said)
    return Token("end", said, closed.at, breaks=not closed.part)


def _between(said: str, text: str | None, frame: _Frame) -> Token:
    if text is None:
        return Token("sign", said, breaks=len(said) > 1)
    if not text.strip():
        return Token("blank", text)
    return Token("value", text, frame.at, ".") if frame.at else Token("sign", text)


def _inside(text: str, at: int, frame: _Frame | None) -> Generator[Token, None, int]:
    """Yield the attributes of a tag; return where it ends."""
    while at < len(text) and text[at] != "<":
        end = _END.match(text, at)
        if end is not None:
            yield Token("sign", end[0])
            return end.end()
        found = _ATTRIBUTE.match(text, at)
        if frame is None or found is None or found[2] is None:
            other = _INSIDE.match(text, at)
            said = other[0] if other is not None else text[at]
            yield Token("sign", said)
            at += len(said)
            continue
        label = f"@{found[1].rpartition(':')[2][:NAME_SHOWN_MAX]}"
        place, quote = place_of(f"{frame.at}/{label}"), found[2][-1]
        value = _VALUE[quote].match(text, found.end())
        assert value is not None
        declares = found[1].partition(":")[0] == "xmlns"  # what a prefix means: nothing the document says
        yield Token("sign" if declares else "name", found[1], place, label)
        yield Token("sign", found[2])
        yield Token("sign" if declares else "value", value[0], place, label)
        at = value.end()
        if text.startswith(quote, at):
            yield Token("sign", quote)
            at += 1
    return at
