"""People's passwords: argon2id. A check takes a tenth of a second and 64 MiB on purpose.

So whoever calls ``verify`` from a server does it in a thread, ``CHECKS_AT_ONCE`` at a time, and limits the attempts.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_MIN = 12  # NIST SP 800-63B asks for 8 at least; no rules about signs, which make passwords worse
LENGTH_MAX = 1_000  # a passphrase fits, a body meant to tire us does not
CHECKS_AT_ONCE = 2  # 64 MiB each

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)  # OWASP's floor is m=46 MiB, t=1
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=1$dMtxez7KBCA38LPTpRgvyA$irS7FW2zjS0+FcGnexstmvVTX7yq9sGJiJtFEgcsDiY"
"""The hash that is checked when there is no such person, so that the answer takes as long."""


def fault(password: str) -> str | None:
    """Say in plain words why ``password`` cannot be one; None when it can."""
    if len(password) < LENGTH_MIN:
        return f"at least {LENGTH_MIN} characters"
    if len(password) > LENGTH_MAX:
        return f"at most {LENGTH_MAX} characters"
    if len(set(password)) < 4:
        return "more than three different characters"
    return None


def hash_password(password: str) -> str:
    """Return what is stored of ``password``."""
    return _HASHER.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Say whether ``password`` is the stored one; as slow for a person who does not exist, or has none."""
    try:
        matches = _HASHER.verify(stored or _NOBODY, password[:LENGTH_MAX])  # an endless one costs what any other costs
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored is not None and len(password) <= LENGTH_MAX


def is_outdated(stored: str) -> bool:
    """Say whether ``stored`` was made with weaker settings: hash again at the next login."""
    return _HASHER.check_needs_rehash(stored)
