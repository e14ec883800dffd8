"""The Response of a cXML: what is said at once to whoever sends one, as the answer to its HTTP request.

In: an HTTP status and a sentence. Out: the document, in which the status is one of cXML's (cXML 1.2, Response).
"""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from hub.formats.signs import UNFIT

CONTENT_TYPE = "text/xml"
"""As cXML has it; in UTF-8."""

DTD = "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd"
"""Old enough for everybody: a Response has not changed since."""

TEXT_CHARACTERS_MAX = 1_000

_TEXTS = {
    200: "OK",
    201: "Accepted",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    406: "Not Acceptable",
    409: "Conflict",
    500: "Internal Server Error",
    560: "Temporary Server Error",
}
_CODES = {202: 201, 404: 403, 408: 560, 413: 406, 415: 406, 422: 406, 429: 560, 503: 560}


def code_of(status: int) -> int:
    """Return cXML's code for an HTTP status: 201, it was taken in and is looked at later; 560, it may be sent again.

    >>> [code_of(status) for status in (200, 202, 401, 404, 413, 429, 418, 599)]
    [200, 201, 401, 403, 406, 560, 400, 500]
    """
    code = _CODES.get(status, status)
    return code if code in _TEXTS else 500 if code >= 500 else 400


def response(status: int, text: str, *, payload: str, at: datetime) -> bytes:
    """Return the Response to a request that HTTP would answer with ``status``; ``payload`` is its own payloadID."""
    code = code_of(status)
    said = escape(UNFIT.sub("\ufffd", text)[:TEXT_CHARACTERS_MAX])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<!DOCTYPE cXML SYSTEM "{DTD}">\n'
        f'<cXML payloadID={quoteattr(payload)} timestamp="{at.isoformat(timespec="seconds")}" xml:lang="en">'
        f'<Response><Status code="{code}" text="{_TEXTS[code]}" xml:lang="en">{said}</Status></Response></cXML>\n'
    ).encode()
