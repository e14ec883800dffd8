"""The cXML among the parts of a multipart body, and what is attached to it (RFC 2046, 2387, 2392).

In: a body as it came, with the header lines of its MIME message or from its first boundary on, as HTTP bears it. Out:
the bytes of the part that is the cXML, and a finding for each other part: it is kept in the body, and nobody reads it.
What cannot be taken apart is a finding. Nothing but what may be XML is copied or decoded.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator, Sequence

from lxml import etree

from hub.formats.cxml.faults import FAULTS, refusal
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.formats.xml.reader import Paths, line_of
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.location import Location
from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.spelling import FOUND_CHARACTERS_MAX, visible
from hub.kernel.struct import Struct

PARTS_MAX = 200  # an order of a hundred lines with two drawings each
ATTACHMENTS_TOLD_MAX = 20
HEADER_BYTES_MAX = 8 * 1024  # of one part
REFERENCES_MAX = 100
NESTED_MAX = 5  # multiparts in one another
HEAD_BYTES = 64 * 1024  # of a part written for mail: decoded to see what it begins

_FIELD = rb"[!-9;-~]{1,100}:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+\r?\n"
_FIELDS = re.compile(rb"(?:" + _FIELD + rb")*+[ \t]*\r?\n")
_ON_TOP = re.compile(rb"\s*+((?:" + _FIELD + rb")++)[ \t]*\r?\n")
_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"""boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"\s*+--([^\r\n]{1,70}?)[ \t]*\r?\n(?=[!-9;-~]{1,100}:|\r?\n)")
_NAMED = re.compile(rb"""(?:file)?name\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
_MESSAGE = "message/rfc822"
_PLAIN = ("", "7bit", "8bit", "binary")
_BLANKS = re.compile(rb"[ \t\r\n]*+")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_OTHERS = re.compile(rb"\s*+ISA[^A-Za-z0-9\s]")
_DOCUMENT = re.compile(rb"<(?:[\w.-]+:)?cXML[\s/>]|urn:oasis:names:specification:ubl:schema:xsd:", re.IGNORECASE)
"""What only a document of ours has in it, wherever it begins: behind a remark, too."""
_CIDS = etree.XPath("//*[starts-with(normalize-space(text()),'cid:')]")

declared(
    {
        "multipart/no-boundary": Phrase(message="nothing says what parts it"),
        "multipart/no-parts": Phrase(message="there is no part between its boundaries"),
        "multipart/no-header": Phrase(message="the header of part {number} does not end with an empty line"),
        "multipart/too-many": Phrase(message="it has more than {most} parts"),
        "multipart/no-cxml": Phrase(message="none of its {count} parts is a cXML"),
        "multipart/nested": Phrase(message="more than {most} multiparts stand in one another"),
        "multipart/encoding": Phrase(message="part {number} is not written in {encoding}, as it says"),
    }
)


class CxmlPart(Struct):
    """The part that is the cXML."""

    text: bytes
    lines_before: int = 0  # in the body; 0 where the part had to be decoded
    until: int = 0  # where it ends in the body, likewise
    findings: list[Diagnostic] = []  # about the others
    ids: frozenset[str] = frozenset()  # by which the others can be named

    def missing(self, root: etree._Element, text: str) -> Iterator[Diagnostic]:
        """Yield each reference to an attachment that is not there; ``text`` is what ``root`` was read from."""
        found = _CIDS(root) if "cid:" in text else []
        paths = Paths()
        for each in found[:REFERENCES_MAX] if isinstance(found, list) else ():
            assert isinstance(each, etree._Element)
            named = (each.text or "").strip()
            if named.removeprefix("cid:") not in self.ids:
                place = Location(at=paths.of(each), line=line_of(each))
                yield refusal("SYN-ATTACHMENT-MISSING", place, found=named)


class _Part(Struct):
    """One part as it stands in the body; its content is not copied."""

    number: int
    fields: bytes
    start: int  # of its content
    end: int
    line: int  # of its content

    @property
    def type(self) -> str:
        return self.field("content-type").partition(";")[0].strip().lower() or "text/plain"

    @property
    def id(self) -> str:
        return self.field("content-id").strip().strip("<>")

    @property
    def encoding(self) -> str:
        return self.field("content-transfer-encoding").strip().lower()

    @property
    def name(self) -> str:
        named = _NAMED.search(self.fields)
        if named is not None:
            return (named[1] or named[2]).decode("utf-8", "replace")
        return f"cid:{self.id}" if self.id else f"{self.number}"

    def field(self, name: str) -> str:
        found = re.search(rb"^" + name.encode() + rb":[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", self.fields, re.I | re.M)
        return " ".join(found[1].decode("latin-1").split()) if found else ""


def is_multipart(data: bytes) -> bool:
    """Say whether a body begins as a multipart one."""
    head = data[:SNIFFED_BYTES]
    if head.startswith(b"<"):
        return False  # as nearly all
    on_top = _ON_TOP.match(head)
    return bool(on_top and _MULTIPART.search(on_top[1])) or _FIRST_LINE.match(head) is not None


def cxml_part(data: bytes) -> CxmlPart | Diagnostic:
    """Return the cXML of a multipart body: the one part that is one, else the first that is XML.

    Of two that are one neither is an attachment of the other: each is a document that somebody waits to have answered.
    """
    parts: list[_Part] = []
    ended = False
    for each in _parts(data):
        if isinstance(each, Wording):
            return refusal("SYN-MULTIPART", Location(line=1), found=each)
        if each is None:
            ended = True
        else:
            parts.append(each)
    found: dict[str, list[tuple[_Part, bytes]]] = {}
    documents: list[_Part] = []
    for part in parts:
        for text, is_own in _contents(data, part):
            if isinstance(text, Wording):
                return refusal("SYN-MULTIPART", Location(line=part.line), found=text)
            kind = sniff(text[:SNIFFED_BYTES]) or ""
            if kind == "cxml" or _DOCUMENT.search(text.replace(b"\0", b"")) or _is_of_another(text):
                documents.append(part)
            if is_own:
                found.setdefault(kind, []).append((part, text))
    if len(documents) > 1:
        return refusal("SYN-CXML-SEVERAL", Location(line=documents[1].line), most=len(documents))
    xml = found.get("xml", [])
    chosen = found.get("cxml") or [each for each in xml if each[0] in documents] or xml
    if not chosen:
        said = Wording(key="multipart/no-cxml", words={"count": len(parts)})
        return refusal("SYN-MULTIPART", Location(line=1), found=said)
    part, text = chosen[0]
    others = [each for each in parts if each is not part]
    findings = [*_told(others)]
    if not ended:
        findings.append(refusal("SYN-MULTIPART-END", Location(line=data.count(b"\n") + 1)))
    ids = frozenset(each.id for each in others if each.id)
    if part.encoding not in _PLAIN:
        return CxmlPart(text=text, findings=findings, ids=ids)
    return CxmlPart(text=text, lines_before=part.line - 1, until=part.end, findings=findings, ids=ids)


def _parts(data: bytes) -> Iterator[_Part | Wording | None]:
    """Yield the parts, None for the last boundary, and what is wrong where that ends the reading."""
    boundary, start = _boundary(data)
    if boundary is None:
        yield Wording(key="multipart/no-boundary")
        return
    lines = re.compile(rb"(?:\A|(?<=\n))[ \t]*--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    opened: tuple[int, int] | None = None  # where a part begins, and on which line
    number, counted, line = 0, 0, 1
    for found in lines.finditer(data, start):
        if opened is not None:
            number += 1
            yield _part(data, number, opened, found.start())
        if found[1]:
            yield None
            opened = None
            break
        if number >= PARTS_MAX:
            yield Wording(key="multipart/too-many", words={"most": PARTS_MAX})
            return
        line += data.count(b"\n", counted, found.end())
        counted = found.end()
        opened = (counted, line)
    if opened is not None:
        number += 1
        yield _part(data, number, opened, len(data))
    if not number:
        yield Wording(key="multipart/no-parts")


def _boundary(data: bytes) -> tuple[bytes | None, int]:
    """Return what parts the body, and from where on."""
    first = _FIRST_LINE.match(data[:SNIFFED_BYTES])
    if first is not None:
        return first[1], first.start(1) - 2
    on_top = _ON_TOP.match(data[:SNIFFED_BYTES])
    named = _BOUNDARY.search(on_top[1]) if on_top else None
    return (named[1] or named[2], on_top.end()) if named and on_top else (None, 0)


def _part(data: bytes, number: int, opened: tuple[int, int], end: int) -> _Part | Wording:
    start, line = opened
    fields = _FIELDS.match(data[start : min(end, start + HEADER_BYTES_MAX)])
    if fields is None:
        return Wording(key="multipart/no-header", words={"number": number})
    begins = start + fields.end()
    if end > begins and data[end - 1 : end] == b"\n":  # the line end before a boundary is the boundary's
        end -= 2 if data[end - 2 : end] == b"\r\n" and end - 2 >= begins else 1
    return _Part(number=number, fields=fields[0], start=begins, end=end, line=line + fields[0].count(b"\n"))


def _contents(data: bytes, part: _Part, depth: int = 1) -> Iterator[tuple[bytes | Wording, bool]]:
    """Yield what in a part may be a document, and whether it is the part itself; of a part that holds parts, of theirs.

    Of anything else nothing, for nobody reads it.
    """
    text: bytes | Wording = b""
    if part.type.startswith("multipart/"):
        text = part.fields + data[part.start : part.end]
    elif part.type == _MESSAGE:
        text = data[part.start : part.end]
    else:
        text = _content(data, part)
        if isinstance(text, Wording) or not is_multipart(text):
            yield text, True
            return
    if depth > NESTED_MAX:
        yield Wording(key="multipart/nested", words={"most": NESTED_MAX}), False
        return
    for each in _parts(text) if is_multipart(text) else (_part(text, 1, (0, 1), len(text)),):
        if isinstance(each, _Part):
            yield from ((found, False) for found, _ in _contents(text, each, depth + 1))


def _content(data: bytes, part: _Part) -> bytes | Wording:
    """Return the content of a part as it was before it was written for mail, where it may be a document."""
    blanks = _BLANKS.match(data, part.start, part.end)
    start = blanks.end() if blanks else part.start
    if part.encoding in _PLAIN:
        return (
            data[part.start : part.end] if _may_be_document(data[start : min(part.end, start + SNIFFED_BYTES)]) else b""
        )
    head = _head(data[part.start : min(part.end, part.start + HEAD_BYTES)], part.encoding)
    if not part.type.endswith("xml") and not _may_be_document(head.lstrip()):
        return b""
    decoded = _decoded(data[part.start : part.end], part.encoding)
    if decoded is None:
        encoding = visible(part.encoding[:FOUND_CHARACTERS_MAX])
        return Wording(key="multipart/encoding", words={"number": part.number, "encoding": encoding})
    return decoded


def _may_be_document(head: bytes) -> bool:
    return sniff(head) in ("cxml", "xml") or _is_of_another(head)


def _is_of_another(text: bytes) -> bool:
    """Say whether a text begins an interchange, of X12 or of EDIFACT."""
    return _OTHERS.match(text[:SNIFFED_BYTES]) is not None or sniff(text[:SNIFFED_BYTES]) == "edifact"


def _head(content: bytes, encoding: str) -> bytes:
    """Return what a part begins that may be cut anywhere."""
    if encoding != "base64":
        return _decoded(content, encoding) or b""
    signs = _NO_BASE64.sub(b"", content)
    return binascii.a2b_base64(signs[: len(signs) - len(signs) % 4])


def _decoded(content: bytes, encoding: str) -> bytes | None:
    if encoding == "quoted-printable":
        return quopri.decodestring(content)
    if encoding == "base64":
        try:
            return binascii.a2b_base64(content)
        except binascii.Error:
            return None
    return None


def _told(others: Sequence[_Part]) -> Iterator[Diagnostic]:
    """Yield a finding for each attachment; of many, how many more there are."""
    for each in others[:ATTACHMENTS_TOLD_MAX]:
        kind = visible(each.type[:FOUND_CHARACTERS_MAX])
        yield Diagnostic(
            code="SYN-ATTACHMENT",
            severity=FAULTS["SYN-ATTACHMENT"].severity,
            words={"found": visible(each.name), "type": kind, "count": each.end - each.start},
            location=Location(line=each.line),
            found=each.name[:FOUND_CHARACTERS_MAX],
        )
    more = len(others) - ATTACHMENTS_TOLD_MAX
    if more > 0:
        yield refusal("SYN-ATTACHMENT-MORE", Location(line=others[ATTACHMENTS_TOLD_MAX].line), most=more)
