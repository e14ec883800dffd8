"""Identities: time-ordered ids, and the partner's id."""

from __future__ import annotations

import re

import uuid_utils

PARTNER_ID_PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
PARTNER_ID_LENGTH_MAX = 40  # fits a column, a URL segment and a folder name


def new_id() -> str:
    """Return a new UUIDv7 as text: sorts by the time it was made (RFC 9562, 5.7)."""
    return str(uuid_utils.uuid7())


def is_partner_id(text: str) -> bool:
    """Say whether ``text`` can name a partner: lower-case words joined by hyphens."""
    return len(text) <= PARTNER_ID_LENGTH_MAX and PARTNER_ID_PATTERN.match(text) is not None
