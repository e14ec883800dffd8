"""The tables of who may come in. Rows are written and read by the file that bears the noun's name."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from hub.platform.columns import LONG, Instant, Json
from hub.platform.database import metadata

ID = String(36)  # UUIDv7 as text
PARTNER = String(40)

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("partner", PARTNER, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("scopes", Json(list[str]), nullable=False),
    Column("label", String(80)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
)

shared_secret = Table(
    "shared_secret",
    metadata,
    Column("id", String(8), primary_key=True),
    Column("partner", PARTNER, nullable=False, index=True),
    Column("hash", Text, nullable=False),  # argon2id: it may be one that a person thought of
    Column("label", String(80)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
)

person = Table(
    "person",
    metadata,
    Column("id", ID, primary_key=True),
    Column("login", String(120), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("roles", Json(list[str]), nullable=False),
    Column("partners", Json(list[str])),
    Column("language", String(20)),
    Column("zone", String(60)),
    Column("password", Text),  # argon2id; NULL until a one-time link has been followed
    Column("disabled_at", Instant),
    Column("created_at", Instant, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", ID, ForeignKey("person.id"), nullable=False, index=True),
    Column("csrf", String(43), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

login_link = Table(
    "login_link",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", ID, ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("number", LONG, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("partner", PARTNER),
    Column("detail", Json(dict[str, str]), nullable=False),
    sqlite_autoincrement=True,  # see hub.platform.schema.APPEND_ONLY: triggers refuse UPDATE, DELETE and TRUNCATE
)
