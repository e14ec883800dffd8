"""Proof that a form came from our own page.

A person's session has a token of its own. Whoever is not logged in yet (login, first password, language) gets a random
value in a cookie no script can read, and the same page's form carries its digest: another site can send the one but
never know the other.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from hub.security.tokens import same
from hub.web.problems import Problem

VISIT_COOKIE = "hub_visit"
FIELD = "csrf"
HEADER = "x-csrf-token"
VISIT_BYTES = 18
VISIT_LENGTH_MAX = 64
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def new_visit() -> str:
    """Return the value of a new visitor's cookie."""
    return secrets.token_urlsafe(VISIT_BYTES)


def token_of(visit: str) -> str:
    """Return the token that a page for the holder of this cookie carries."""
    return hashlib.sha256(b"contract-hub visit " + visit.encode()).hexdigest()


def expected_of(cookies: Mapping[str, str]) -> str:
    """Return the token that a form from this visitor must carry; "" for one who has been to no page of ours."""
    visit = cookies.get(VISIT_COOKIE, "")[:VISIT_LENGTH_MAX]
    return token_of(visit) if visit else ""


def require(expected: str, sent: str) -> None:
    """Raise ``Problem`` 403 unless the sent token is the expected one; compares in a time that tells nothing."""
    if not expected or not same(expected, sent):
        raise Problem(403, "this did not come from one of our own pages; reload the page", code="csrf")
