"""Secrets we hand out: API keys, session cookies, one-time links. What is stored of them is a hash.

They are 256 random bits, so SHA-256 is enough and a check costs a microsecond; argon2 here would only be a lever for
those who want to tire the server. Randomness is passed in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Callable

from hub.kernel.struct import Struct

Random = Callable[[int], bytes]
"""Gives that many random bytes."""

KEY_PATTERN = re.compile(r"hub_([a-z2-7]{8})_([0-9A-Za-z]{43})\Z")
SECRET_BYTES = 32
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class NewKey(Struct):
    """A key that was just made: ``text`` is shown once and never stored."""

    id: str
    text: str
    digest: str


class PresentedKey(Struct):
    """A key as a caller sent it, well formed but not yet checked."""

    id: str
    digest: str


def new_key(random: Random = secrets.token_bytes) -> NewKey:
    """Return an API key ``hub_<8 base32>_<43 base62>``: id for the lookup, then 256 bits of secret."""
    key_id = b32encode(random(5)).decode().lower()
    text = f"hub_{key_id}_{_base62(random(SECRET_BYTES))}"
    return NewKey(id=key_id, text=text, digest=digest(text))


def read_key(text: str) -> PresentedKey | None:
    """Return id and digest of a key; None when it has not the form of one."""
    match = KEY_PATTERN.match(text)
    return PresentedKey(id=match[1], digest=digest(text)) if match else None


def new_token(random: Random = secrets.token_bytes) -> str:
    """Return 43 characters for a session cookie, a CSRF field or a one-time link."""
    return _base62(random(SECRET_BYTES))


def digest(text: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two digests or tokens in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))


def _base62(raw: bytes) -> str:
    """Write 32 bytes in 43 digits: 62⁴³ is just above 2²⁵⁶."""
    number = int.from_bytes(raw)
    digits = []
    for _ in range(43):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
