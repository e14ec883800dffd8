"""A partner's key opens its own door, as long as it lives."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from hub.access import keys
from hub.business.rooms import RIGHTS
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE, only
from hub.platform.database import Database
from hub.security import tokens
from tests.stored import FrozenClock, audited

SCOPES = RIGHTS.of_keys

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def make(database: Database, partner: str = "acme-cardio", expires_at: datetime | None = None) -> str:
    return database.write_now(
        lambda conn: keys.make_key(conn, partner, now=NOW, actor="person:kim", scopes=SCOPES, expires_at=expires_at)
    )


def check(database: Database, text_: str, now: datetime = NOW) -> str | None:
    presented = tokens.read_key(text_)
    assert presented is not None
    found = database.read_now(lambda conn: keys.check_key(conn, presented, now))
    return found.partner if found else None


def test_a_key_is_shown_once_and_only_its_hash_is_stored(database: Database) -> None:
    key = make(database)
    assert check(database, key) == "acme-cardio"
    stored = str(database.read_now(lambda conn: conn.execute(text("SELECT * FROM api_key")).all()))
    assert key not in stored
    assert key.rpartition("_")[2] not in stored
    assert [entry.action for entry in database.read_now(audited)] == ["key-made"]


def test_the_right_id_with_another_secret_is_no_key(database: Database) -> None:
    first, second = make(database), make(database, "borealis-ortho")
    assert check(database, first[:13] + second[13:]) is None
    assert check(database, "hub_aaaaaaaa_" + first[13:]) is None


def test_two_keys_live_at_once_and_a_third_must_wait(database: Database) -> None:
    old, new = make(database), make(database)
    assert check(database, old) == check(database, new) == "acme-cardio"
    with pytest.raises(Conflict, match="revoke one first"):
        make(database)
    assert database.write_now(lambda c: keys.revoke_key(c, EVERYONE, old[4:12], now=NOW, actor="person:kim"))
    assert check(database, old) is None
    make(database)


def test_an_expired_key_is_none(database: Database) -> None:
    key = make(database, expires_at=NOW + timedelta(days=1))
    assert check(database, key, NOW + timedelta(hours=23)) == "acme-cardio"
    assert check(database, key, NOW + timedelta(days=1)) is None


def test_keys_of_other_partners_are_neither_listed_nor_revoked(database: Database) -> None:
    theirs = make(database, "borealis-ortho")

    def work(conn: Connection) -> None:
        assert keys.list_keys(conn, only("acme-cardio")) == []
        assert not keys.revoke_key(conn, only("acme-cardio"), theirs[4:12], now=NOW, actor="x")
        assert [key.partner for key in keys.list_keys(conn, EVERYONE)] == ["borealis-ortho"]

    database.write_now(work)
    assert check(database, theirs) == "borealis-ortho"


def test_a_ring_remembers_a_key_and_forgets_a_revoked_one_at_once(sqlite_database: Database) -> None:
    clock = FrozenClock(NOW)

    async def story() -> None:
        ring = keys.KeyRing(sqlite_database, clock)
        key = await sqlite_database.write(lambda c: keys.make_key(c, "acme-cardio", now=NOW, actor="x", scopes=SCOPES))
        found = await ring.check(key)
        assert found is not None
        assert found.partner == "acme-cardio"
        assert await ring.check(key) == found
        assert await ring.check("hub_aaaaaaaa_" + "0" * 43) is None
        assert await ring.check("nonsense") is None
        await sqlite_database.write(lambda c: keys.revoke_key(c, EVERYONE, found.id, now=NOW, actor="x"))
        assert await ring.check(key) is None

    asyncio.run(story())
    [used] = sqlite_database.read_now(lambda conn: keys.keys_of(conn, "acme-cardio"))
    assert used.last_used_at == NOW


def test_a_revocation_written_elsewhere_takes_hold_within_seconds(sqlite_database: Database) -> None:
    clock = FrozenClock(NOW)

    async def story() -> None:
        ring = keys.KeyRing(sqlite_database, clock)
        key = await sqlite_database.write(lambda c: keys.make_key(c, "acme-cardio", now=NOW, actor="x", scopes=SCOPES))
        assert await ring.check(key)
        revoke = text("UPDATE api_key SET revoked_at = '2026-11-20T12:00:00.000000Z'")
        await sqlite_database.write(lambda c: c.execute(revoke) and None)
        clock.advance(timedelta(seconds=keys.REMEMBERED_SECONDS))
        assert await ring.check(key) is None

    asyncio.run(story())
