"""Proof that a form came from our own page.

A person's session has a token of its own. Whoever is not logged in yet (login, first password, language) gets a random
value in a cookie no script can read, signed with a key of this server, and the same page's form carries another
signature of it: another site can send the one but never know the other, and none of ours was made elsewhere. What a
browser says comes from another site, also from a sibling of ours or from another port, is refused besides: such a site
may have planted a cookie that we gave to it. Over TLS the name of the cookie keeps that from happening (RFC 6265bis:
``__Host-``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from hub.security.tokens import same
from hub.web.problems import Problem

VISIT_COOKIE = "hub_visit"
SECURE_VISIT_COOKIE = "__Host-hub_visit"
FIELD = "csrf"
HEADER = "x-csrf-token"
VISIT_BYTES = 18
VISIT_LENGTH_MAX = 128  # ours have 24 and 64 characters, and a dot
SITE_HEADER = "sec-fetch-site"
ORIGIN_HEADER = "origin"
OTHER_SITES = frozenset({"cross-site", "same-site"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def visit_cookie_name(*, secure: bool) -> str:
    """Return the one name that is read and written: over TLS the one no sibling host can set."""
    return SECURE_VISIT_COOKIE if secure else VISIT_COOKIE


def new_visit(key: bytes) -> str:
    """Return the value of a new visitor's cookie."""
    random = secrets.token_urlsafe(VISIT_BYTES)
    return f"{random}.{_signed(key, 'visit', random)}"


def visit_of(key: bytes, cookies: Mapping[str, str], *, secure: bool) -> str:
    """Return the visitor's cookie; "" when there is none, or one we never gave."""
    visit = cookies.get(visit_cookie_name(secure=secure), "")
    random, _, signature = visit.partition(".")
    if len(visit) > VISIT_LENGTH_MAX or not same(_signed(key, "visit", random), signature):
        return ""
    return visit


def token_of(key: bytes, visit: str) -> str:
    """Return the token that a page for the holder of this cookie carries; "" for one who has none."""
    return _signed(key, "form", visit) if visit else ""


def refuse_other_sites(site: str, origin: str | None, ours: Iterable[str]) -> None:
    """Raise ``Problem`` 403 when the browser says that another site, or none of ``ours``, made the request.

    A browser that may not tell where a request comes from (our pages forbid it: ``Referrer-Policy``) writes ``null``,
    for our own forms too; it then says in ``Sec-Fetch-Site`` whether they are ours.
    """
    is_own = origin in (None, "null") or _authority(origin or "") in {_authority(each) for each in ours}
    if site in OTHER_SITES or not is_own:
        raise Problem(403, "this did not come from one of our own pages; reload the page", code="csrf")


def _authority(origin: str) -> str | None:
    """Return scheme, host and port of an origin, as one text; ``None`` when it is none."""
    try:
        parsed = urlsplit(origin.strip().lower())
        port = parsed.port or {"http": 80, "https": 443}.get(parsed.scheme)
    except ValueError:
        return None
    if not parsed.hostname or port is None or parsed.path.strip("/") or parsed.query or parsed.fragment:
        return None
    return None if "@" in parsed.netloc else f"{parsed.scheme}://{parsed.hostname}:{port}"


def require(expected: str, sent: str) -> None:
    """Raise ``Problem`` 403 unless the sent token is the expected one; compares in a time that tells nothing."""
    if not expected or not same(expected, sent):
        raise Problem(403, "this did not come from one of our own pages; reload the page", code="csrf")


def _signed(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(
        key, f"contract-hub {purpose} {text}".encode("utf-8", "surrogateescape"), hashlib.sha256
    ).hexdigest()
