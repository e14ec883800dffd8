"""``hub db``: bring the database up to date, copy it, and bring a copy back."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.output import Output, reports
from hub.cli.stored import data_option, opened, settings_for
from hub.platform import schema
from hub.platform.backup import back_up
from hub.platform.backup import restore as put_back


@click.group()
def db() -> None:
    """Upgrade, back up and restore the database."""


@db.command()
@data_option
@reports
def upgrade(out: Output, data: Path | None) -> None:
    """Bring the tables to this hub's revision; makes the database where there is none."""
    with opened(settings_for(data), as_is=True) as database:
        before = database.alone(schema.current)
        after = schema.upgrade(database)
    out.value({"before": before, "after": after})
    out.line(f"At revision {after} already" if before == after else f"From {before or 'nothing'} to revision {after}")


@db.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@data_option
@reports
def backup(out: Output, target: Path, data: Path | None) -> None:
    """Copy the database and the bodies beside it into the new folder TARGET, also while a hub runs."""
    settings = settings_for(data)
    with opened(settings, as_is=True) as database, out.progress("copying"):
        made = back_up(database, settings.data, target)
    out.value({"backup": made})
    out.line(f"Backed up {settings.data} into {made}")


@db.command()
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
@reports
def restore(out: Output, backup: Path, data: Path | None) -> None:
    """Put the folder BACKUP into a data folder that has no database yet."""
    settings = settings_for(data)
    with out.progress("copying"):
        put_back(backup, settings.data)
    out.value({"restored": settings.data})
    out.line(f"Restored {backup} into {settings.data}; if this hub is newer: hub db upgrade")
