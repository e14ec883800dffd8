"""Where a document may stand in the beginning of a body: the body itself, or the parts of a multipart one (RFC 2046).

In: the first bytes of a body. Out: its pieces, each as it is written before it was made fit for a line of mail, with
the way back: what is changed in a piece is put into the body in as many bytes as it had. Nothing is judged here.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator

from hub.kernel.struct import Struct

PARTS_MAX = 100  # in 64 KiB; an order has a few attachments
PREAMBLE_BYTES_MAX = 4096  # before the first part: a remark for readers of mail
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_BOUNDARY = re.compile(rb"(?:\A|\n)--(?!\s)([^\r\n]{1,70})[ \t]*\r?\n")
_FIELDS = re.compile(rb"(?:[!-9;-~]{1,80}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*\r?\n")
_CODING = re.compile(rb"^content-transfer-encoding:\s*([a-z0-9-]{1,40})", re.IGNORECASE | re.MULTILINE)
_IN_BASE64 = re.compile(rb"[A-Za-z0-9+/]")
_IN_QUOTED = re.compile(rb"=([0-9A-Fa-f]{2})|=[ \t]*(?:\r?\n|\Z)|[\x00-\xff]")


class BodyPart(Struct):
    """A piece of a body."""

    start: int
    end: int
    content: bytes  # decoded
    coding: str = ""  # base64, quoted-printable; "": as it stands

    def written(self, content: bytes, body: bytes) -> bytes:
        """Return what stands in ``body`` between start and end, with ``content`` in it, which is as long as ours."""
        if self.coding == "base64":
            return _into_base64(body[self.start : self.end], content)
        if self.coding == "quoted-printable":
            return _into_quoted(body[self.start : self.end], self.content, content)
        return content


def pieces(head: bytes) -> Iterator[BodyPart]:
    """Yield the parts of a multipart body that begins with ``head``; of any other body all of it."""
    first = _BOUNDARY.search(head, 0, PREAMBLE_BYTES_MAX) if b"--" in head[:PREAMBLE_BYTES_MAX] else None
    if head[:PREAMBLE_BYTES_MAX].lstrip(_BLANKS).startswith(b"<"):
        first = None
    if first is None:
        yield BodyPart(start=0, end=len(head), content=head)
        return
    mark, at = b"\n--" + first[1].rstrip(), first.end()
    for _ in range(PARTS_MAX):
        fields = _FIELDS.match(head, at)
        start = fields.end() if fields is not None else at
        end = head.find(mark, max(at, start - 1))
        yield _piece(head, start, end if end >= 0 else len(head), fields[0] if fields is not None else b"")
        at = head.find(b"\n", end + len(mark)) + 1
        if end < 0 or not at or head.startswith(b"--", end + len(mark)):
            return


def _piece(head: bytes, start: int, end: int, fields: bytes) -> BodyPart:
    named = _CODING.search(fields)
    coding = named[1].decode().lower() if named is not None else ""
    written = head[start:end]
    if coding == "base64":
        return BodyPart(start=start, end=end, content=_from_base64(written), coding=coding)
    if coding == "quoted-printable":
        content = b"".join(_byte(each) for each in _IN_QUOTED.finditer(written))
        return BodyPart(start=start, end=end, content=content, coding=coding)
    return BodyPart(start=start, end=end, content=written)


def _from_base64(written: bytes) -> bytes:
    signs = b"".join(_IN_BASE64.findall(written))
    signs = signs[: len(signs) - (len(signs) % 4 == 1)]  # a sign alone is half a byte
    return b64decode(signs + b"=" * (-len(signs) % 4))


def _into_base64(written: bytes, content: bytes) -> bytes:
    """Put the signs of ``content`` in the place of those that stand there; what is no sign of base64 stays."""
    signs = iter(b64encode(content).rstrip(b"="))
    return bytes(next(signs, sign) if _IN_BASE64.match(bytes((sign,))) else sign for sign in written)


def _byte(unit: re.Match[bytes]) -> bytes:
    if unit[1] is not None:
        return bytes((int(unit[1], 16),))
    return b"" if unit[0].startswith(b"=") and len(unit[0]) > 1 else unit[0]


def _into_quoted(written: bytes, before: bytes, content: bytes) -> bytes:
    """Put the bytes of ``content`` that are others than ``before`` in the place of those, each as long as it was."""
    told: list[bytes] = []
    at = 0
    for unit in _IN_QUOTED.finditer(written):
        said = _byte(unit)
        changed = said and content[at] != before[at]
        told.append((b"=%02X" % content[at] if len(unit[0]) == 3 else content[at : at + 1]) if changed else unit[0])
        at += len(said)
    return b"".join(told)
