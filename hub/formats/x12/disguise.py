"""An interchange that arrives as something else made it: packed, enciphered, or written for another way of transport.

In: the head of a message. Out: what was done to it, by the case of its sentence in ``unreadable``; none for everything
else. Nothing is unpacked here: what a sender meant is said by the sender, in the bytes of the interchange itself.
"""

from __future__ import annotations

import base64
import binascii
import re

PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"{\\rtf", "office"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"-----BEGIN PGP", "pgp"),
    (b"-----BEGIN PKCS7", "pkcs7"),
    (b"EDI_DC", "idoc"),
)
"""What a file begins with, and what it is: a case of ``ENV-DISGUISED`` in ``unreadable``."""

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
    (_URL_ENCODED, "web-form"),
    (_HEXADECIMAL, "hexadecimal"),
    (_LOWER_CASE, "lower-case"),
    (_SOFT_BREAK, "mail"),
    (_ENTITY, "web-page"),
    (_ENCIPHERED, "s-mime"),
)


_PLAIN = re.compile(rb"ISA([^A-Za-z0-9\s]).{102}\s{0,2}(?:GS|TA1|IEA)\1", re.DOTALL)
"""A header of its right length, and the segment behind it: whatever is done to an interchange moves one of them."""


def disguise(head: bytes) -> str | None:
    """Return the case of ``ENV-DISGUISED`` that says what was done to the interchange; None when nothing was."""
    if _PLAIN.match(head):
        return None
    for mark, said in PACKED:
        if head.startswith(mark):
            return said
    if head.lstrip(_EBCDIC_BLANKS).startswith(_EBCDIC_ISA):
        return "ebcdic"
    for pattern, said in _WRITTEN:
        if pattern.search(head) if pattern in _ANYWHERE else pattern.match(head):
            return said
    return "base64" if _is_base64(head) else None


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
