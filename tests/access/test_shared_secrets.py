"""A secret signs for its partner, as long as it lives; what it is stands nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from sqlalchemy import text

from hub.access import shared_secrets
from hub.access.shared_secrets import REMEMBERED_SECONDS, SecretRing
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE, only
from hub.platform.database import Database
from hub.security import passwords
from hub.security.passwords import hash_password
from tests.stored import FrozenClock, audited

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
PARTNER = "meridian-cath"


def make(
    database: Database, secret: str, partner: str = PARTNER, *, days: int | None = None, now: datetime = NOW
) -> str:
    ends = None if days is None else now + timedelta(days=days)
    hashed = hash_password(secret)
    return database.write_now(
        lambda conn: shared_secrets.put_secret(
            conn, partner, hashed, now=now, actor="shell:kim", label="of a test", expires_at=ends
        )
    )


def revoke(database: Database, secret_id: str) -> bool:
    return database.write_now(
        lambda conn: shared_secrets.revoke_secret(conn, EVERYONE, secret_id, now=NOW, actor="shell:kim")
    )


class Asking(Protocol):
    def __call__(self, ring: SecretRing, secret: str, partner: str = PARTNER) -> bool: ...


@pytest.fixture
def is_right(database: Database) -> Iterator[Asking]:
    """Ask a ring as a server does, all of a test on one event loop."""

    async def ask(ring: SecretRing, secret: str, partner: str) -> bool:
        judged = await ring.judged(partner, secret)
        return await ring.check(partner, secret) if judged is None else judged

    with asyncio.Runner() as runner:
        yield lambda ring, secret, partner=PARTNER: runner.run(ask(ring, secret, partner))
        if database.sqlite_path is None:
            runner.run(database.close())


def test_a_secret_signs_for_its_partner_alone_and_its_hash_alone_is_stored(
    database: Database, is_right: Asking
) -> None:
    make(database, "hush-hush-0815")
    ring = SecretRing(database, FrozenClock(NOW))
    assert is_right(ring, "hush-hush-0815")
    assert not is_right(ring, "hush-hush-0816")
    assert not is_right(ring, "hush-hush-0815", "borealis-ortho")
    assert not is_right(ring, "")
    stored = str(database.read_now(lambda conn: conn.execute(text("SELECT * FROM shared_secret")).all()))
    assert "hush" not in stored
    assert "argon2id" in stored
    assert [entry.action for entry in database.read_now(audited)] == ["secret-made"]


def test_two_live_at_once_so_that_a_partner_can_change_over_and_a_third_must_wait(
    database: Database, is_right: Asking
) -> None:
    old, new = make(database, "the old one"), make(database, "the new one")
    clock = FrozenClock(NOW)
    ring = SecretRing(database, clock)
    assert is_right(ring, "the old one")
    assert is_right(ring, "the new one")
    with pytest.raises(Conflict, match=f"{old}.*revoke one first"):
        make(database, "a third one")
    assert revoke(database, old)
    assert not revoke(database, old)
    clock.advance(timedelta(seconds=REMEMBERED_SECONDS))
    assert not is_right(ring, "the old one")
    assert is_right(ring, "the new one")
    make(database, "a third one")
    clock.advance(timedelta(seconds=REMEMBERED_SECONDS))
    assert is_right(ring, "a third one")
    listed = database.read_now(lambda conn: shared_secrets.list_secrets(conn, only(PARTNER)))
    assert {each.id for each in listed} >= {old, new}
    assert database.read_now(lambda conn: shared_secrets.list_secrets(conn, only("borealis-ortho"))) == []


def test_one_that_ends_by_itself_signs_no_more_and_hides_none_that_lives(database: Database, is_right: Asking) -> None:
    clock = FrozenClock(NOW)
    make(database, "without an end")
    make(database, "for a day only", days=1)
    ring = SecretRing(database, clock)
    assert is_right(ring, "for a day only")
    clock.advance(timedelta(days=2))
    assert not is_right(ring, "for a day only")
    make(database, "for another day", days=1, now=clock.now())
    assert is_right(ring, "without an end")


def test_each_secret_that_is_shown_is_hashed_once(
    database: Database, is_right: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(database, "hush-hush-0815")
    clock = FrozenClock(NOW)
    ring = SecretRing(database, clock)
    hashed: list[str] = []
    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda stored, said: hashed.append(said) or verify(stored, said))
    for _ in range(3):
        assert is_right(ring, "hush-hush-0815")
        assert not is_right(ring, "the same old one")
    assert sorted(set(hashed)) == ["hush-hush-0815", "the same old one"]
    assert len(hashed) == 4  # of each as many as a partner may have: nobody learns how many there are
    make(database, "the same old one")
    clock.advance(timedelta(seconds=REMEMBERED_SECONDS))
    assert is_right(ring, "the same old one")


def test_many_guesses_push_out_no_secret_that_is_in_use(
    database: Database, is_right: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(database, "hush-hush-0815")
    ring = SecretRing(database, FrozenClock(NOW))
    assert is_right(ring, "hush-hush-0815")
    monkeypatch.setattr("hub.access.shared_secrets.REMEMBERED_MAX", 3)
    monkeypatch.setattr(passwords, "verify", lambda stored, said: False)
    for number in range(10):
        assert not is_right(ring, f"guess {number}")
    assert is_right(ring, "hush-hush-0815")


def test_when_it_was_last_used_is_noted(database: Database, is_right: Asking) -> None:
    clock = FrozenClock(NOW)
    make(database, "hush-hush-0815")
    ring = SecretRing(database, clock)
    assert is_right(ring, "hush-hush-0815")
    [found] = database.read_now(lambda conn: shared_secrets.secrets_of(conn, PARTNER))
    assert found.last_used_at == NOW
    clock.advance(timedelta(minutes=6))
    assert is_right(ring, "hush-hush-0815")
    [found] = database.read_now(lambda conn: shared_secrets.secrets_of(conn, PARTNER))
    assert found.last_used_at == clock.now()


@pytest.mark.parametrize(
    "said", ["short", "x" * 201, " blanks around ", "aaaaaaaaaa", "a\x00bcdefghij", "line\nbreaks too"]
)
def test_what_cannot_be_a_secret_is_said_in_words(said: str) -> None:
    assert shared_secrets.fault_of(said)
    assert shared_secrets.fault_of("Welcome1") is None
