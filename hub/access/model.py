"""Who may come in, as stored and shown: never a secret."""

from __future__ import annotations

from datetime import datetime

from hub.kernel.struct import Struct


class ApiKey(Struct):
    """A partner's key as stored: never its secret."""

    id: str  # the eight characters after hub_
    partner: str
    scopes: list[str]
    created_at: datetime
    label: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class SharedSecret(Struct):
    """A secret that a partner signs its messages with, as stored: never the secret."""

    id: str
    partner: str
    created_at: datetime
    label: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class Person(Struct):
    """Someone who logs in."""

    id: str
    login: str
    name: str
    roles: list[str]
    created_at: datetime
    partners: list[str] | None = None  # None: all of them
    language: str | None = None
    zone: str | None = None
    has_password: bool = False
    disabled_at: datetime | None = None


class Session(Struct):
    """A login that lasts until ``expires_at``."""

    person: Person
    csrf: str
    created_at: datetime
    expires_at: datetime
