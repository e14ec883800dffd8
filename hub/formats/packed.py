"""A document that did not come by itself: in parts, compressed, or as the value of a form, where its syntax has none.

In: a body that nobody could open as what was agreed. Out: the finding that says what it is, in the words of no syntax,
and what helps; None where it is nothing of the kind. Nothing is unpacked: what was in it nobody has seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.formats.named_faults import NamedFault, refused
from hub.formats.sniff import SNIFFED_BYTES
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import declared

_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"x\x01", "deflate"),
    (b"x\x9c", "deflate"),
    (b"x\xda", "deflate"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_IN_PARTS = re.compile(
    rb"\s*+(?:--[^\r\n]{1,70}\r?\n(?=[!-9;-~]{1,100}:|\r?\n)"
    rb"|(?:[!-9;-~]{1,100}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n){0,20}){0,50}?Content-Type:\s*multipart/)",
    re.IGNORECASE,
)
_FORM = re.compile(rb"\s*+[\w.%+-]{1,100}=[\w.%+~*!'()-]{4,}(?:&|\s*\Z|[\w.%+~*!'()-]{256})", re.ASCII)
_CODED = re.compile(rb"%[0-9A-Fa-f]{2}")

FAULTS: Mapping[str, NamedFault] = declared({
    "SYN-PACKED/parts": NamedFault(
        severity=Severity.ENVELOPE,
        message="the body is made of parts (multipart), and a document is taken by itself",
        remedy="send the document alone, under its own Content-Type; ask us where an attachment goes",
    ),
    "SYN-PACKED/compressed": NamedFault(
        severity=Severity.ENVELOPE,
        message="the body is compressed ({found}), and nothing here unpacks it",
        remedy="send the document as it is, not compressed",
    ),
    "SYN-PACKED/form": NamedFault(
        severity=Severity.ENVELOPE,
        message="the body is that of a web form, and a document is taken by itself",
        remedy="send the document as the body, as it is and under its own Content-Type",
    ),
})  # fmt: skip


def packed(body: bytes) -> Diagnostic | None:
    """Return what is said of a body that holds a document in something else."""
    head = bytes(body[:SNIFFED_BYTES])
    compressed = next((name for mark, name in _COMPRESSED if head.startswith(mark)), None)
    if compressed is not None:
        return _finding("compressed", compressed)
    if is_in_parts(head):
        return _finding("parts")
    return _finding("form") if is_form(head) else None


def is_in_parts(head: bytes) -> bool:
    """Say whether a body begins as a multipart one."""
    return _IN_PARTS.match(head[:SNIFFED_BYTES]) is not None


def is_form(head: bytes) -> bool:
    """Say whether a body begins as what a browser sends of a form: names, values, signs of a document in percent signs.

    >>> is_form(b"order=%3COrder%3E%3C%2FOrder%3E"), is_form(b"<Order a='b=c'/>"), is_form(b"a=1")
    (True, False, False)
    """
    return _FORM.match(head[:SNIFFED_BYTES]) is not None and _CODED.search(head[:SNIFFED_BYTES]) is not None


def _finding(case: str, found: str = "") -> Diagnostic:
    return refused(f"SYN-PACKED/{case}", FAULTS[f"SYN-PACKED/{case}"], Location(line=1), found=found)
