"""Headers that every answer bears: what a browser may do with it, and that nobody keeps it.

No page needs an inline script or style, so none is allowed. What is hashed by name may be kept for ever; all else is
somebody's data and is kept by nobody.
"""

from __future__ import annotations

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"

_COMMON = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_PAGE = (*_COMMON, (b"content-security-policy", PAGE_POLICY.encode()))
_DATA = (*_COMMON, (b"content-security-policy", DATA_POLICY.encode()))
_NO_STORE = (b"cache-control", b"no-store")


async def guard_headers(message: Message, scope: Scope) -> None:
    """Add the headers to an answer that is about to start; what a route has said itself stands."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message).headers
    names = {name.lower(): value for name, value in headers}
    is_page = names.get(b"content-type", b"").startswith(b"text/html")
    headers.extend(pair for pair in (_PAGE if is_page else _DATA) if pair[0] not in names)
    if b"cache-control" not in names:
        headers.append(_NO_STORE)
    if scope["scheme"] == "https" or scope["litestar_app"].state.hub.settings.over_tls:
        headers.append((b"strict-transport-security", b"max-age=31536000"))
