"""Blots out what nobody is to keep: what a cXML proves its sender by (a secret, a code of it), and cards to pay by.

In: the first bytes of a body, whatever it is. Out: as many bytes, the same but for the secrets, of which each sign is a
blot: a body has its size, its lines and its columns afterwards. It is looked for wherever it may be meant, in every
encoding and in every part of a multipart body: in what is broken, misspelt, escaped or commented out too, for such a
body is kept as well; and in whatever is named as a secret is, in letters of either case. What reads a header by the
rules is ``credentials``; what stands in a coding that nobody told of is found by ``coded``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from operator import itemgetter

from hub.formats.cxml.mime import pieces

BLOT = b"*"
NAMES = (
    "SharedSecret",
    "CredentialMac",
    "PCard",  # of cXML: a card to pay by, with its number and its last day
    "PrimaryAccountNumberID",  # of UBL: the number of a card
    "CV2ID",  # of UBL: what is printed behind it
)

_BLANKS = b"\xef\xbb\xbf \t\r\n"
_EBCDIC = "cp037"  # letters and the signs of a tag stand alike in all its pages
_LIKE = re.compile(r"secret(?!ar)|pass[\s_.-]?(?:w(?:or)?d|phrase|code)|\bpwd", re.IGNORECASE)
_LIKE_SIGNS = (b"secret", b"pass", b"pwd")
_WRITTEN = {
    width: [
        bytes(width - 1).join(bytes((sign,)) for sign in name)
        for name in (*(each.lower().encode() for each in NAMES), *_LIKE_SIGNS)
    ]
    for width in (1, 2, 4)
}
_NAMES = [name.lower().encode() for name in NAMES]
SPELT = [written for name in NAMES for written in (name, name.lower(), name.upper())]
IN_EBCDIC = [name.encode(_EBCDIC) for name in SPELT]

_ANY = "|".join(NAMES).encode()
ESCAPED = rb"&(?:amp;)*(?:lt|#0*60|#x0*3c);"  # what opens a tag, in a text
_PREFIX = rb"(?:[^\s<>/!?:\"'=]{1,60}:)?"
_BEFORE = re.compile(b"(?:<|(" + ESCAPED + b"))" + _PREFIX + rb"\Z", re.IGNORECASE)
_PREFIX_BYTES_MAX = 101
_BEHIND = re.compile(rb"[\s/>&]|\Z")
_NAMED = re.compile(
    rb"""<([^\s<>/!?"'=]{1,100})(?:\s[^<>]{0,400}?)?\sname\s*=\s*("[^"<]{0,200}"|'[^'<]{0,200}')""", re.IGNORECASE
)
_NAME_AND_VALUE = re.compile(
    rb"<(?:\w{1,60}:)?Name(?:\s[^<>]{0,200})?>([^<]{1,200})</[^<>]{1,100}>\s*<((?:\w{1,60}:)?Value)\b"
)
_NAMED_ESCAPED = re.compile(ESCAPED + rb"[^<]{1,400}?\bname\s*=([^<=]{1,200})", re.IGNORECASE)
_SECTIONS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_TAG = re.compile(rb"""(?:[^"'<>]|"[^"<]*+"|'[^'<]*+')*>""")
_QUOTED = re.compile(rb""""([^"<]*+)"|'([^'<]*+)'""")
_ENTITY = re.compile(rb"""<!ENTITY\s[^"'>]{1,400}(?:"([^"]*)"|'([^']*)')""")
_SIGN = re.compile(  # one sign of UTF-8, or a byte of something else
    rb"([\xc2-\xdf][\x80-\xbf])|([\xe0-\xef][\x80-\xbf]{2})|([\xf0-\xf4][\x80-\xbf]{3})|([\r\n])|[\x00-\xff]"
)
_WIDE = ("\u00b7".encode(), "\u2022".encode(), "\U0001f512".encode())  # blots of two, three and four bytes


def _inside(names: bytes) -> re.Pattern[bytes]:
    """Return what finds tags of such elements, and whatever a tag in which is none."""
    sections = rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    tags = rb"<(/?)" + _PREFIX + b"(" + names + rb")(?=[\s/>]|\Z)"
    return re.compile(sections + b"|" + tags, re.DOTALL | re.IGNORECASE)


_INSIDE = _inside(_ANY)


def blotted(head: bytes) -> tuple[bytes, bool]:
    """Return ``head``, the first bytes of a body, with every secret blotted out.

    With it, whether the last of them does not end there.
    """
    found, is_open = head, False
    for piece in pieces(head):
        content, open_here = _content(piece.content)
        if content != piece.content:
            found = found[: piece.start] + piece.written(content, head) + found[piece.end :]
        is_open = open_here and piece.end == len(head)
    return found, is_open


def _content(content: bytes) -> tuple[bytes, bool]:
    """Return the same without its secrets, whichever way it is written in bytes, and whether one does not end."""
    is_open = False
    lowered = content.lower()
    for width, written in _WRITTEN.items() if b"\x00" in content else [(1, _WRITTEN[1])]:
        places = [at for name in written if (at := lowered.find(name)) >= 0]
        if places:
            content, open_here = _of_width(content, min(places), width)
            is_open = is_open or open_here
    if not content.lstrip(_BLANKS).startswith(b"<") and any(name in content for name in IN_EBCDIC):
        text, is_open = _text(content.decode(_EBCDIC).encode("latin-1"), one_byte=True)
        content = text.decode("latin-1").encode(_EBCDIC)
    return content, is_open


def _of_width(content: bytes, at: int, width: int) -> tuple[bytes, bool]:
    """Return the same where a sign has ``width`` bytes; the first name's stands, or ends, ``at`` its place.

    What is no ASCII is some other sign, and never one of a tag.
    """
    if width == 1:
        return _text(content)
    low_at = at % width
    is_big = low_at == width - 1
    start = 0 if is_big else low_at
    units = [content[place : place + width] for place in range(start, len(content), width)]
    low, rest = (width - 1, slice(0, width - 1)) if is_big else (0, slice(1, width))
    text = bytes(unit[low] if len(unit) == width and not any(unit[rest]) else 0xFF for unit in units)
    told, is_open = _text(text, one_byte=True)
    blot = BLOT.rjust(width, b"\x00") if is_big else BLOT.ljust(width, b"\x00")
    made = [
        unit if before == after else blot[: len(unit)] for unit, before, after in zip(units, text, told, strict=True)
    ]
    return content[:start] + b"".join(made), is_open


def _text(text: bytes, *, one_byte: bool = False) -> tuple[bytes, bool]:
    """Return the same for a text that is ASCII where it matters."""
    spans = sorted(_spans(text))
    told: list[bytes] = []
    at = 0
    for start, end in spans:
        start = max(start, at)
        if end > start:
            told += (text[at:start], _blots(text[start:end], one_byte=one_byte))
            at = end
    return b"".join((*told, text[at:])), any(end == len(text) for _, end in spans)


def _blots(said: bytes, *, one_byte: bool) -> bytes:
    """Return blots in the place of signs; ends of lines stay."""
    return re.sub(rb"[^\r\n]", BLOT, said) if one_byte or said.isascii() else _SIGN.sub(_blot, said)


def _blot(sign: re.Match[bytes]) -> bytes:
    return sign[4] or next((wide for number, wide in enumerate(_WIDE, start=1) if sign[number]), BLOT)


def _spans(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield from where to where secrets stand."""
    if b"<!ENTITY" in text:  # what a secret may be said by
        for entity in _ENTITY.finditer(text):
            yield entity.span(1 if entity[1] is not None else 2)
    lowered = text.lower()
    names = _named(lowered)
    sections = _sections(text) if names else deque[tuple[int, int]]()
    at = inside_to = 0
    for name, place in names:
        while sections and sections[0][0] < place:
            inside_to = max(inside_to, sections.popleft()[1])
        if place < at:
            continue
        at = place + len(name)
        if place < inside_to:  # nothing has to be well formed in it
            if not text.startswith(b"/", place - 1):
                closed = lowered.find(b"/" + name, at, inside_to)
                end = closed if closed >= 0 else inside_to
                yield at, end
                at = end
        elif (before := _BEFORE.search(text, max(0, place - _PREFIX_BYTES_MAX), place)) and _BEHIND.match(text, at):
            spans = [_of_escaped(lowered, at, name)] if before[1] else _of_element(text, at, name)
            yield from spans
            at = spans[-1][1]
    yield from _called_secret(text, lowered)


def _called_secret(text: bytes, lowered: bytes) -> Iterator[tuple[int, int]]:
    """Yield the same of elements of any kind that have a name as secrets have, such as an Extrinsic; with the name."""
    if not any(sign in lowered for sign in _LIKE_SIGNS):
        return
    at = 0
    for each in _NAMED.finditer(text):
        if each.start() >= at and is_called_secret(each[2]):
            yield from (spans := _of_element(text, each.end(1), each[1].lower()))
            at = spans[-1][1]
    for each in _NAME_AND_VALUE.finditer(text):
        if is_called_secret(each[1]):
            yield from _of_element(text, each.end(2), each[2].lower())
    for each in _NAMED_ESCAPED.finditer(text):
        if is_called_secret(each[1]):
            yield _of_escaped(lowered, each.start(1), b"")


def is_called_secret(name: bytes) -> bool:
    """Say whether a name, as it stands in a body or beside it, is one that secrets have."""
    called = unescape(name.decode("latin-1"))
    return _LIKE.search(called) is not None or any(each.lower() in called.lower() for each in NAMES)


def _named(lowered: bytes) -> list[tuple[bytes, int]]:
    """Return where each name stands, in the order of the text."""
    found: list[tuple[bytes, int]] = []
    for name in _NAMES:
        at = lowered.find(name)
        while at >= 0:
            found.append((name, at))
            at = lowered.find(name, at + len(name))
    return sorted(found, key=itemgetter(1))


def _sections(text: bytes) -> deque[tuple[int, int]]:
    """Return from where to where comments, instructions and CDATA go, without what ends them."""
    found: list[tuple[int, int]] = []
    for opener, closer in _SECTIONS:
        at = text.find(opener)
        while at >= 0:
            end = text.find(closer, at + len(opener))
            found.append((at, end if end >= 0 else len(text)))
            at = text.find(opener, end) if end >= 0 else -1
    return deque(sorted(found))


def _of_escaped(lowered: bytes, at: int, name: bytes) -> tuple[int, int]:
    """Return an element that is escaped: up to its last end tag in the text around it, or all of that."""
    end = lowered.find(b"<", at)
    end = end if end >= 0 else len(lowered)
    closed = lowered.rfind(b"/" + name, at, end) if name else -1
    return at, closed if closed >= 0 else end


def _of_element(text: bytes, at: int, name: bytes) -> list[tuple[int, int]]:
    """Return the values of an element's attributes, and its content; ``at`` is behind its name."""
    tag = _TAG.match(text, at)
    if tag is None:  # no tag, and no XML: whatever stands there up to what may be its end
        end = text.lower().find(b"/" + name, at)
        return [(at, end if end >= 0 else len(text))]
    found = [each.span(1 if each[1] is not None else 2) for each in _QUOTED.finditer(text, at, tag.end())]
    is_empty = text.startswith(b"/>", tag.end() - 2)
    return [*found, (tag.end(), tag.end() if is_empty else _end_of(text, tag.end(), name))]


def _end_of(text: bytes, at: int, name: bytes) -> int:
    """Return where the element that is open at ``at`` has its closing tag; the end of the text where it has none."""
    depth = 1
    inside = _INSIDE if name in _NAMES else _inside(re.escape(name))
    for found in inside.finditer(text, at):
        if found[2] is None or found[2].lower() != name:
            continue
        tag = _TAG.match(text, found.end())
        if found[1]:
            depth -= 1
        elif tag is None or not text.startswith(b"/>", tag.end() - 2):
            depth += 1
        if not depth:
            return found.start()
    return len(text)
