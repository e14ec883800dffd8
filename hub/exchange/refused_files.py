"""Files of folders that are set aside: nobody has taken them in, and a person has to tell their sender.

A row is written before its file is set aside, under the id of the folder in which it is kept. Of each partner as many
are on record as are kept: a partner who drops what is refused all day fills neither.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from hub.exchange.model import RefusedFileRow
from hub.exchange.storable import storable, storable_name, storable_said, storable_text
from hub.exchange.tables import refused_file
from hub.kernel.pages import Cut, cut, page_size
from hub.kernel.scope import Scope
from hub.platform.scoped import visible
from hub.platform.statements import unless_there

KEPT_MAX = 1_000  # of one partner: as many as the folder of its refused files has
_OPEN = refused_file.c.dealt_with_at.is_(None)


def put_refused_file(conn: Connection, row: RefusedFileRow) -> bool:
    """Write down a file; False where it is on record already. The oldest beyond what is kept are forgotten."""
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    values |= {"name": storable_name(row.name), "reason": storable_said(row.reason)}
    if _PUT.run(conn, storable(refused_file, values)) == 0:
        return False
    of_theirs = select(refused_file.c.id).where(refused_file.c.partner == row.partner)
    last_kept = conn.execute(of_theirs.order_by(refused_file.c.id.desc()).offset(KEPT_MAX - 1).limit(1)).scalar()
    if last_kept is not None:
        conn.execute(delete(refused_file).where(refused_file.c.partner == row.partner, refused_file.c.id < last_kept))
    return True


def list_refused_files(
    conn: Connection,
    scope: Scope,
    *,
    partner: str | None = None,
    name: str | None = None,
    waiting: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Cut[RefusedFileRow]:
    """Return files that were set aside, newest first; ``name``: called so, or by a name that begins so; ``waiting``:
    only those that nobody has dealt with."""
    size = page_size(limit)
    wanted = select(refused_file).where(visible(scope, refused_file.c.partner)).order_by(refused_file.c.id.desc())
    if partner is not None:
        wanted = wanted.where(refused_file.c.partner == partner)
    if name is not None:
        wanted = wanted.where(_is_called(name))
    if waiting:
        wanted = wanted.where(_OPEN)
    if cursor:
        wanted = wanted.where(refused_file.c.id < cursor)
    found = (RefusedFileRow(**row._mapping) for row in conn.execute(wanted.limit(size + 1)))
    return cut(found, size, lambda each: each.id)


def count_files_called(conn: Connection, scope: Scope, partner: str | None, name: str, most: int) -> int:
    """Return how many files that were set aside are called so, dealt with or not; ``most`` at most."""
    wanted = select(refused_file.c.id).where(visible(scope, refused_file.c.partner), _is_called(name))
    if partner is not None:
        wanted = wanted.where(refused_file.c.partner == partner)
    return conn.execute(select(func.count()).select_from(wanted.limit(most).subquery())).scalar_one()


def _is_called(name: str) -> ColumnElement[bool]:
    """Of each partner there are no more than are kept: they are looked through."""
    return func.lower(refused_file.c.name).startswith(storable_text(name.strip()).lower(), autoescape=True)


def count_waiting_files(conn: Connection, scope: Scope, partner: str | None, most: int) -> int:
    """Return how many files wait for a person; ``most`` at most."""
    wanted = select(refused_file.c.id).where(visible(scope, refused_file.c.partner), _OPEN)
    if partner is not None:
        wanted = wanted.where(refused_file.c.partner == partner)
    return conn.execute(select(func.count()).select_from(wanted.limit(most).subquery())).scalar_one()


def deal_with_file(
    conn: Connection, scope: Scope, file: str, *, actor: str, now: datetime, remark: str | None = None
) -> bool:
    """Put down that a person has seen to a file, with their ``remark``; False where there is none in scope. The first
    is on record."""
    its_own = (refused_file.c.id == file, visible(scope, refused_file.c.partner))
    said = storable(refused_file, {"dealt_with_at": now, "dealt_with_by": actor, "remark": remark or None})
    conn.execute(update(refused_file).where(*its_own, _OPEN).values(said))
    return conn.execute(select(refused_file.c.id).where(*its_own)).scalar() is not None


_PUT = unless_there(refused_file)
