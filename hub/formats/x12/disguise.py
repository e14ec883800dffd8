"""An interchange that arrives as something else made it: packed, enciphered, or written for another way of transport.

In: the head of a message. Out: what was done to it and what its sender can do, as one sentence; none for everything
else. Nothing is unpacked here: what a sender meant is said by the sender, in the bytes of the interchange itself.
"""

from __future__ import annotations

import base64
import binascii
import re

PACKED = (
    (b"\x1f\x8b", "the file is compressed (gzip); send it unpacked"),
    (b"BZh", "the file is compressed (bzip2); send it unpacked"),
    (b"\xfd7zXZ", "the file is compressed (xz); send it unpacked"),
    (b"\x28\xb5\x2f\xfd", "the file is compressed (zstd); send it unpacked"),
    (b"7z\xbc\xaf\x27\x1c", "the file is a 7z archive; send what is in it"),
    (b"Rar!", "the file is a RAR archive; send what is in it"),
    (b"%PDF-", "the file is a PDF document; send the interchange itself"),
    (b"\xd0\xcf\x11\xe0", "the file is a document of an office program; send the interchange itself"),
    (b"{\\rtf", "the file is a document of an office program; send the interchange itself"),
    (b"\x89PNG", "the file is a picture; send the interchange itself"),
    (b"\xff\xd8\xff", "the file is a picture; send the interchange itself"),
    (b"-----BEGIN PGP", "the file is enciphered or signed (PGP), and no key for it is set up; send it plain"),
    (b"-----BEGIN PKCS7", "the file is enciphered or signed (PKCS #7), and no key for it is set up; send it plain"),
    (b"EDI_DC", "the file is an IDoc of SAP; the hub takes X12 here"),
)
"""What a file begins with, and what to say of it."""

_EBCDIC_ISA = b"\xc9\xe2\xc1"  # I, S, A
_EBCDIC_BLANKS = b"\x40\x15\x25\x0d"  # blank, new line, line feed, carriage return
_URL_ENCODED = re.compile(rb"(?:^|[=&\s])ISA%[0-9A-Fa-f]{2}")
_HEXADECIMAL = re.compile(rb"\s*(?:0[xX])?49\s?53\s?41\s?[0-9A-Fa-f]{2}\s?[0-9A-Fa-f]{2}")
_LOWER_CASE = re.compile(rb"\s*isa[^A-Za-z0-9\s].{2}[^A-Za-z0-9\s]", re.DOTALL)
_SOFT_BREAK = re.compile(rb"ISA[^A-Za-z0-9\s](?:(?!GS\W).){10,120}?=\r?\n", re.DOTALL)
_ENTITY = re.compile(
    rb"ISA[^A-Za-z0-9\s](?:(?!GS\W).){80,110}?&(?:gt|lt|amp|quot|#\d{1,4}|#x[0-9A-Fa-f]{1,4});", re.DOTALL
)
_SAYS_BASE64 = re.compile(rb"content-transfer-encoding:[ \t]*base64", re.IGNORECASE)
_BASE64_OF_ISA = re.compile(rb"\s*SVNB[A-Za-z0-9+/\s]{8}")  # the first three bytes are the first four signs
_ENCIPHERED = re.compile(rb"content-type:[ \t]*application/(?:x-)?pkcs7-mime", re.IGNORECASE)

_WRITTEN = (
    (_URL_ENCODED, "the interchange is written for a web form (%2A for *); send it as the body, as it is"),
    (_HEXADECIMAL, "the interchange is written in hexadecimal digits; send it as it is"),
    (_LOWER_CASE, "the interchange is written in lower case; X12 has capitals: send it as it was before"),
    (_SOFT_BREAK, "the interchange is written for mail (quoted-printable); send it as it is, or have it decoded first"),
    (_ENTITY, "the interchange is written for a web page (&gt; for >); send it as it is"),
    (_ENCIPHERED, "the message is enciphered or signed (S/MIME), and no key for it is set up; send it plain"),
)


_PLAIN = re.compile(rb"ISA([^A-Za-z0-9\s]).{102}\s{0,2}(?:GS|TA1|IEA)\1", re.DOTALL)
"""A header of its right length, and the segment behind it: whatever is done to an interchange moves one of them."""


def disguise(head: bytes) -> str | None:
    """Return what was done to the interchange that ``head`` begins, and what to do about it; None when nothing was."""
    if _PLAIN.match(head):
        return None
    for mark, said in PACKED:
        if head.startswith(mark):
            return said
    if head.lstrip(_EBCDIC_BLANKS).startswith(_EBCDIC_ISA):
        return "the file is in EBCDIC; have it translated on the way (transfer it as text) and send it as UTF-8"
    for pattern, said in _WRITTEN:
        if pattern.search(head) if pattern in _ANYWHERE else pattern.match(head):
            return said
    return (
        "the interchange is written in base64; send it as it is, or have it decoded first" if _is_base64(head) else None
    )


_ANYWHERE = frozenset({_URL_ENCODED, _SOFT_BREAK, _ENTITY, _ENCIPHERED})


def _is_base64(head: bytes) -> bool:
    """Say whether an interchange stands in ``head`` as base64: at once, or behind the headers of a mail that say so."""
    if _BASE64_OF_ISA.match(head):
        return True
    if not _SAYS_BASE64.search(head):
        return False
    body = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[-1].lstrip()
    try:
        return base64.b64decode(body[:8]).startswith(b"ISA")
    except binascii.Error:
        return False
