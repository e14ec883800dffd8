"""The DOCTYPE of a cXML: an external id of its DTD, of whatever version. It is looked at, and never fetched or read.

In: a text and where its DOCTYPE begins. Out: where it ends, or the finding that says why it is not taken. Nothing may
be declared in it: an internal subset is where entities come from.
"""

from __future__ import annotations

import re

from hub.formats.cxml.faults import refusal
from hub.formats.xml.reader import place_in
from hub.kernel.diagnostics import Diagnostic

SHOWN_CHARACTERS_MAX = 90
_PUBLIC = re.compile(r"<!DOCTYPE[ \t\r\n]+[A-Za-z][\w.-]{0,60}[ \t\r\n]+PUBLIC\b", re.IGNORECASE)

_DOCTYPE = re.compile(
    r"""<!DOCTYPE[ \t\r\n]+[A-Za-z][\w.-]{0,60}[ \t\r\n]+SYSTEM[ \t\r\n]+"""
    r"""(?:"([^"<>\[\]]{0,300})"|'([^'<>\[\]]{0,300})')"""
    r"""[ \t\r\n]*(?:>|(\[))"""
)
OF_CXML = re.compile(
    r"https?://xml\.cxml\.org/schemas/cxml/1\.[0-9]{1,2}(?:\.[0-9]{1,4}){0,2}/[a-z]{1,40}\.dtd", re.IGNORECASE
)
"""Each release has its own folder, and some DTDs (cXML, Fulfill, InvoiceDetail …) that hold the same envelope."""


def end_of_doctype(text: str, at: int) -> int | Diagnostic:
    """Return where a DOCTYPE that names a DTD of cXML ends; it is taken for the name alone."""
    found = _DOCTYPE.match(text, at)
    if found is not None and found[3]:
        return refusal("SYN-CXML-SUBSET", place_in(text, at))
    if found is None and _PUBLIC.match(text, at):
        return refusal("SYN-CXML-PUBLIC", place_in(text, at))
    named = (found[1] or found[2] or "").strip() if found is not None else _declared(text, at)
    if found is None or not OF_CXML.fullmatch(named):
        return refusal("SYN-CXML-DOCTYPE", place_in(text, at), found=named)
    return found.end()


def _declared(text: str, at: int) -> str:
    """Return the DOCTYPE that begins there, and nothing of what stands behind it."""
    shown = text[at : at + SHOWN_CHARACTERS_MAX]
    return shown[: shown.find(">") + 1] or shown
