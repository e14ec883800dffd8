"""Partners' API keys: made, checked, revoked. Two may live at once, so that a partner can change over.

``KeyRing`` checks keys for a server: it remembers a sound key for ``REMEMBERED_SECONDS``, so that a burst of messages
does not ask the database each time. A revocation takes hold at once in the process that writes it, and elsewhere
after that time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.access import audit
from hub.access.model import ApiKey
from hub.access.tables import api_key
from hub.kernel.clock import Clock
from hub.kernel.errors import Conflict
from hub.kernel.scope import EVERYONE, Scope
from hub.platform.bells import ring
from hub.platform.columns import Instant
from hub.platform.database import Database
from hub.platform.scoped import visible
from hub.security import tokens
from hub.security.tokens import PresentedKey, Random

LIVE_KEYS_MAX = 2  # of one partner: the old and the new
FETCHES = "mailbox:read"
"""The right by which a mailbox is opened."""
REMEMBERED_SECONDS = 5.0
REMEMBERED_KEYS_MAX = 1_000
USED_EVERY = timedelta(minutes=5)  # ``last_used_at`` is written no oftener
BELL = "api-keys"


def make_key(
    conn: Connection,
    partner: str,
    *,
    now: datetime,
    actor: str,
    scopes: Iterable[str],
    label: str | None = None,
    expires_at: datetime | None = None,
    random: Random = secrets.token_bytes,
) -> str:
    """Make a key and return its text, which is nowhere else. Raises ``Conflict`` when two live already."""
    live = [key for key in keys_of(conn, partner) if is_live(key, now)]
    if len(live) >= LIVE_KEYS_MAX:
        raise Conflict(f"{partner} has {len(live)} live keys ({', '.join(key.id for key in live)}): revoke one first")
    made = tokens.new_key(random)
    values = {"id": made.id, "partner": partner, "digest": made.digest, "scopes": sorted(scopes), "label": label}
    conn.execute(insert(api_key), {**values, "created_at": now, "expires_at": expires_at})
    audit.add_entry(conn, at=now, actor=actor, action="key-made", subject=made.id, partner=partner)
    return made.text


def check_key(conn: Connection, presented: PresentedKey, now: datetime) -> ApiKey | None:
    """Return the key when it is ours and alive."""
    row = conn.execute(_BY_ID, {"wanted": presented.id}).one_or_none()
    if row is None or not tokens.same(row.digest, presented.digest):
        return None
    key = ApiKey(**{name: value for name, value in row._mapping.items() if name != "digest"})
    return key if is_live(key, now) else None


def is_live(key: ApiKey, now: datetime) -> bool:
    """Say whether the key is neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def keys_of(conn: Connection, partner: str) -> list[ApiKey]:
    """Return all keys of a partner, oldest first."""
    return [ApiKey(**row._mapping) for row in conn.execute(_ALL.where(api_key.c.partner == partner))]


def list_keys(conn: Connection, scope: Scope) -> list[ApiKey]:
    """Return the keys of all partners in scope, oldest first."""
    return [ApiKey(**row._mapping) for row in conn.execute(_ALL.where(visible(scope, api_key.c.partner)))]


def revoke_key(conn: Connection, scope: Scope, key_id: str, *, now: datetime, actor: str) -> bool:
    """End a key; False when there is none alive in scope."""
    row = conn.execute(_ALL.where(api_key.c.id == key_id, visible(scope, api_key.c.partner))).one_or_none()
    if row is None or row.revoked_at is not None:
        return False
    conn.execute(update(api_key).where(api_key.c.id == key_id).values(revoked_at=now))
    audit.add_entry(conn, at=now, actor=actor, action="key-revoked", subject=key_id, partner=row.partner)
    ring(conn, BELL)
    return True


def used(conn: Connection, key_id: str, now: datetime) -> None:
    """Remember when the key was last used, to a few minutes."""
    conn.execute(_USED, {"wanted": key_id, "now": now})


def partners_who_fetch(conn: Connection, now: datetime) -> set[str]:
    """Return the partners who have a key that lives and opens their mailbox."""
    return {each.partner for each in list_keys(conn, EVERYONE) if is_live(each, now) and FETCHES in each.scopes}


class KeyRing:
    """Checks keys that callers present."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, tuple[datetime, ApiKey]] = {}
        database.bells.listen(BELL, self._known.clear)

    def remembers(self, text: str) -> bool:
        """Say whether ``text`` was found to be a sound key, not long ago and not revoked since."""
        presented = tokens.read_key(text)
        return presented is not None and presented.digest in self._known

    async def check(self, text: str) -> ApiKey | None:
        """Return the key that ``text`` is, when it is ours and alive."""
        presented = tokens.read_key(text)
        if presented is None:
            return None
        now = self._clock.now()
        until, known = self._known.get(presented.digest, (now, None))
        if known is not None and now < until and is_live(known, now):
            return known
        key = await self._database.read(lambda conn: check_key(conn, presented, now))
        if key is None:
            self._known.pop(presented.digest, None)
            return None
        if key.last_used_at is None or now - key.last_used_at > USED_EVERY:
            await self._database.write(lambda conn: used(conn, key.id, now))
        if len(self._known) >= REMEMBERED_KEYS_MAX:
            self._known.clear()
        self._known[presented.digest] = (now + timedelta(seconds=REMEMBERED_SECONDS), key)
        return key


_ALL = select(*(column for column in api_key.c if column.name != "digest")).order_by(api_key.c.created_at, api_key.c.id)
_BY_ID = select(api_key).where(api_key.c.id == bindparam("wanted"))
_USED = update(api_key).where(api_key.c.id == bindparam("wanted")).values(last_used_at=bindparam("now", type_=Instant))
