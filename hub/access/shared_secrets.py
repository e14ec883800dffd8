"""Secrets that partners sign their messages with, where a message says itself who sends it: made, checked, revoked.

Two may live at once, so that a partner can change over. A secret may be one of theirs, which a person has thought of:
so what is stored is its argon2id, as of a password, and checking one takes a tenth of a second. ``SecretRing`` does
that once for each that is shown, right or wrong, and remembers it under a key that dies with the process. What is
revoked or new takes hold at once in the process that writes it, and elsewhere after ``REMEMBERED_SECONDS``.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from base64 import b32encode
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from hub.access import audit
from hub.access.model import SharedSecret
from hub.access.tables import shared_secret
from hub.kernel.clock import Clock
from hub.kernel.errors import Conflict
from hub.kernel.scope import Scope
from hub.kernel.struct import Struct
from hub.platform.bells import ring
from hub.platform.columns import Instant
from hub.platform.database import Database
from hub.platform.scoped import visible
from hub.security import passwords

LIVE_SECRETS_MAX = 2  # of one partner: the old and the new
LENGTH_MIN, LENGTH_MAX = 8, 200  # of one that is given to us: networks let their members choose
REMEMBERED_SECONDS = 5.0
REMEMBERED_MAX = 1_000  # secrets that were judged, and partners whose secrets are known
USED_EVERY = timedelta(minutes=5)  # ``last_used_at`` is written no oftener
BELL = "shared-secrets"

_Name = TypeVar("_Name")
_Known = TypeVar("_Known")


def fault_of(text: str) -> str | None:
    """Say in plain words why ``text`` cannot be a secret; None when it can."""
    if not LENGTH_MIN <= len(text) <= LENGTH_MAX:
        return f"a secret has {LENGTH_MIN} to {LENGTH_MAX} characters"
    if text != text.strip() or not text.isprintable():
        return "a secret has no blanks around it, and only characters that can be seen"
    return "a secret has more than three different characters" if len(set(text)) < 4 else None


def put_secret(
    conn: Connection,
    partner: str,
    hashed: str,
    *,
    now: datetime,
    actor: str,
    label: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Store what is stored of a secret (``passwords.hash_password``) and return its id.

    Raises ``Conflict`` when two live already.
    """
    live = [each for each in secrets_of(conn, partner) if is_live(each, now)]
    if len(live) >= LIVE_SECRETS_MAX:
        named = ", ".join(each.id for each in live)
        raise Conflict(f"{partner} has {len(live)} live secrets ({named}): revoke one first")
    made = b32encode(secrets.token_bytes(5)).decode().lower()
    values = {"id": made, "partner": partner, "hash": hashed, "label": label}
    conn.execute(insert(shared_secret), {**values, "created_at": now, "expires_at": expires_at})
    audit.add_entry(conn, at=now, actor=actor, action="secret-made", subject=made, partner=partner)
    ring(conn, BELL)
    return made


def is_live(secret: SharedSecret, now: datetime) -> bool:
    """Say whether the secret is neither revoked nor expired."""
    return secret.revoked_at is None and (secret.expires_at is None or now < secret.expires_at)


def secrets_of(conn: Connection, partner: str) -> list[SharedSecret]:
    """Return all secrets of a partner, oldest first."""
    return [SharedSecret(**row._mapping) for row in conn.execute(_ALL.where(shared_secret.c.partner == partner))]


def list_secrets(conn: Connection, scope: Scope) -> list[SharedSecret]:
    """Return the secrets of all partners in scope, oldest first."""
    return [SharedSecret(**row._mapping) for row in conn.execute(_ALL.where(visible(scope, shared_secret.c.partner)))]


def revoke_secret(conn: Connection, scope: Scope, secret_id: str, *, now: datetime, actor: str) -> bool:
    """End a secret; False when there is none alive in scope."""
    found = _ALL.where(shared_secret.c.id == secret_id, visible(scope, shared_secret.c.partner))
    row = conn.execute(found).one_or_none()
    if row is None or row.revoked_at is not None:
        return False
    conn.execute(update(shared_secret).where(shared_secret.c.id == secret_id).values(revoked_at=now))
    audit.add_entry(conn, at=now, actor=actor, action="secret-revoked", subject=secret_id, partner=row.partner)
    ring(conn, BELL)
    return True


class _Stored(Struct):
    """A secret that is alive, with its hash."""

    secret: SharedSecret
    hash: str


class SecretRing:
    """Checks secrets that partners show."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._live: OrderedDict[str, tuple[datetime, list[_Stored]]] = OrderedDict()
        self._right: OrderedDict[bytes, str] = OrderedDict()  # the id of the secret that it is, as long as that lives
        self._hashing = asyncio.Lock()  # one at a time: a hash takes 64 MiB
        self._wrong: OrderedDict[bytes, frozenset[str]] = OrderedDict()
        """Among which living secrets it was none. Apart: guesses push out no secret that is in use."""
        database.bells.listen(BELL, self._live.clear)

    async def has_live(self, partner: str) -> bool:
        """Say whether the partner has a secret at all."""
        return bool(await self._living(partner))

    async def judged(self, partner: str, text: str) -> bool | None:
        """Say whether ``text`` is the partner's, if that was found out before; None: nobody has looked."""
        living = await self._living(partner)
        named = self._named(partner, text)
        known = self._right.get(named)
        found = next((each.secret for each in living if known is not None and each.secret.id == known), None)
        if found is not None:  # it stays right, whichever others are made or revoked
            await self._used(found)
            return True
        wrong_among = self._wrong.get(named)
        return False if wrong_among == frozenset(each.secret.id for each in living) else None

    async def check(self, partner: str, text: str) -> bool:
        """Say whether ``text`` is a secret of the partner's, and remember it. Slow, and as slow for who has none."""
        async with self._hashing:
            judged = await self.judged(partner, text)  # by who came before
            return await self._check(partner, text) if judged is None else judged

    async def _check(self, partner: str, text: str) -> bool:
        living = await self._living(partner)
        right = await asyncio.to_thread(_matching, living, text)
        named, among = self._named(partner, text), frozenset(each.secret.id for each in living)
        self._wrong.pop(named, None)
        self._right.pop(named, None)
        if right is None:
            self._wrong[named] = among
            _forget_first(self._wrong)
            return False
        self._right[named] = right.id
        _forget_first(self._right)
        await self._used(right)
        return True

    async def _living(self, partner: str) -> list[_Stored]:
        now = self._clock.now()
        until, known = self._live.get(partner, (now, []))
        if now >= until:
            known = await self._database.read(lambda conn: _live_with_hash(conn, partner, now))
            self._live[partner] = (now + timedelta(seconds=REMEMBERED_SECONDS), known)
            _forget_first(self._live)
        return [each for each in known if is_live(each.secret, now)]

    async def _used(self, secret: SharedSecret) -> None:
        now = self._clock.now()
        if secret.last_used_at is None or now - secret.last_used_at > USED_EVERY:
            await self._database.write(lambda conn: _note_use(conn, secret.id, now))
            self._live.pop(secret.partner, None)

    def _named(self, partner: str, text: str) -> bytes:
        """Return what a secret is remembered by: nothing that anybody could find it out from."""
        said = f"{partner}\x00{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, said, "sha256")


def _matching(living: list[_Stored], text: str) -> SharedSecret | None:
    """Return the secret that ``text`` is. As many hashes are made for everybody: who has none is not told apart."""
    right = None
    for number in range(LIVE_SECRETS_MAX):
        stored = living[number] if number < len(living) else None
        if passwords.verify(stored.hash if stored else None, text) and stored is not None:
            right = stored.secret
    return right


def _forget_first(remembered: OrderedDict[_Name, _Known]) -> None:
    while len(remembered) > REMEMBERED_MAX:
        remembered.popitem(last=False)


def _live_with_hash(conn: Connection, partner: str, now: datetime) -> list[_Stored]:
    rows = conn.execute(_WITH_HASH, {"wanted": partner, "now": now}).all()
    return [
        _Stored(
            secret=SharedSecret(**{name: value for name, value in row._mapping.items() if name != "hash"}),
            hash=row.hash,
        )
        for row in rows
    ]


def _note_use(conn: Connection, secret_id: str, now: datetime) -> None:
    conn.execute(_USED, {"wanted": secret_id, "now": now})


_ALL = select(*(column for column in shared_secret.c if column.name != "hash")).order_by(
    shared_secret.c.created_at, shared_secret.c.id
)
_WITH_HASH = (
    select(shared_secret)
    .where(
        shared_secret.c.partner == bindparam("wanted"),
        shared_secret.c.revoked_at.is_(None),
        or_(shared_secret.c.expires_at.is_(None), shared_secret.c.expires_at > bindparam("now", type_=Instant)),
    )
    .order_by(shared_secret.c.created_at.desc())
    .limit(LIVE_SECRETS_MAX)
)
_USED = (
    update(shared_secret)
    .where(shared_secret.c.id == bindparam("wanted"))
    .values(last_used_at=bindparam("now", type_=Instant))
)
