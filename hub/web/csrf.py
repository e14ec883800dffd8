"""Proof that a form came from our own page.

A person's session has a token of its own. Whoever is not logged in yet (login, first password, language) gets a random
value in a cookie no script can read, and the same page's form carries its digest: another site can send the one but
never know the other.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

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


def matches(expected: str, sent: str) -> bool:
    """Say whether the sent token is the expected one, in time that tells nothing."""
    return bool(expected) and hmac.compare_digest(expected.encode(), sent.encode())
