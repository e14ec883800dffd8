"""What commands on stored state share: ``--data DIR``, the settings, and a database opened and let go of.

They work whether or not a server runs: SQLite lets a reader in beside it, and a writer waits its turn.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from hub.exchange.budgets import Usage, limit_of, usage_of, usages
from hub.exchange.partners import Partner, Partners
from hub.exchange.weights import Amount
from hub.kernel.clock import SystemClock
from hub.kernel.errors import Misconfigured
from hub.platform import schema
from hub.platform.at_rest import keep_to_ourselves
from hub.platform.configuration import find_configuration
from hub.platform.database import SQLITE_FILE, Database, open_database
from hub.platform.settings import Settings, load

R = TypeVar("R")

ADDRESS_FILE = "address"  # in the data directory: where the hub that serves it listens, or did last
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}", re.ASCII)


def _keep_to_ourselves(ctx: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    """Before anything is made: a command that works on the hub's data makes nothing that others may read."""
    before = keep_to_ourselves()
    ctx.call_on_close(lambda: os.umask(before))
    return value


data_option: Callable[[Callable[..., R]], Callable[..., R]] = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    is_eager=True,
    callback=_keep_to_ourselves,
    help="The hub's data. [default: ./var]",
)


def settings_for(data: Path | None, **arguments: object) -> Settings:
    """Return the settings of the environment with ``--data`` and other arguments over them."""
    return load(os.environ, data=data, **arguments)


def known_partner(partners: Partners, partner_id: str) -> Partner:
    """Return the partner; raises ``Misconfigured`` with the fault of its file, or that there is none."""
    if partner_id in partners.faults:
        raise partners.faults[partner_id]
    found = partners.get(partner_id)
    if found is None:
        known = ", ".join(each.id for each in partners.all()) or "none"
        raise Misconfigured.told(f"there is no partner {partner_id}", remedy=f"one of: {known}")
    return found


def partner_ids(config_path: str | None) -> list[str]:
    """Return the ids of the partners in the configuration, read or not."""
    return find_configuration(config_path).folders("partners")


def own_address(settings: Settings) -> str:
    """Return where a hub of these settings is reached, without a slash at the end."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    return (settings.public_url or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}").rstrip("/")


def address_of(settings: Settings) -> str:
    """Return where people reach the hub whose data these are: as the one that serves them has noted."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    try:
        noted = (settings.data / ADDRESS_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        noted = ""
    return noted if ADDRESS.fullmatch(noted) else own_address(settings)


def note_address(settings: Settings) -> str:
    """Note beside the data where this hub serves, for commands that print links; return it."""
    (settings.data / ADDRESS_FILE).write_text(f"{own_address(settings)}\n", encoding="utf-8")
    return own_address(settings)


def usages_of(settings: Settings, partners: Iterable[Partner]) -> list[Usage]:
    """Return the budget of each partner and what it has stored in 24 hours: nothing where there is no database yet."""
    limits = {each.id: limit_of(each, settings) for each in partners}
    if not settings.database_url and not (settings.data / SQLITE_FILE).is_file():
        return [usage_of(partner, Amount(), limits[partner]) for partner in sorted(limits)]
    now = SystemClock().now()
    with opened(settings) as database:
        return database.read_now(lambda conn: usages(conn, limits, now))


def usage_shown(usage: Usage) -> str:
    """Return what a person reads of it."""
    stored = f"{_bytes(usage.bytes)} of {_bytes(usage.bytes_per_day)}, {usage.rows:,} rows of {usage.rows_per_day:,}"
    return stored + (": over it, nothing more is taken meanwhile" if usage.is_over else "")


def _bytes(count: int) -> str:
    """Return a size as people read it.

    >>> [_bytes(n) for n in (999, 60_000, 8 * 2**30, 2**50)]
    ['999 B', '60.0 kB', '8.6 GB', '1,125.9 TB']
    """
    size, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1_000 and len(units) > 1:
        size, units = size / 1_000, units[1:]
    return f"{size:,.1f} {units[0]}" if units[0] != "B" else f"{count} B"


def actor() -> str:
    """Return who acts, for timelines and audit entries: the login on this machine, or the account's number."""
    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):  # an account that stands in no list, as in containers
        return f"shell:{os.getuid()}"


@contextmanager
def opened(settings: Settings, *, as_is: bool = False) -> Iterator[Database]:
    """Give the database of ``settings``, and let go of it at the end.

    Raises ``Misconfigured`` where no hub has kept anything yet, or when the tables are not of this hub's revision;
    ``as_is`` leaves both to the caller.
    """
    if not as_is and not settings.database_url and not (settings.data / SQLITE_FILE).is_file():
        raise Misconfigured.told(
            f"there is no hub's data in {settings.data}", remedy="name the folder with --data, or start with: hub serve"
        )
    database = open_database(settings.data, settings.database_url)
    try:
        if not as_is:
            schema.verify(database)
        yield database
    finally:
        database.close_now()
