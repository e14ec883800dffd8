"""``hub db``: bring the database up to date, copy it, and bring a copy back."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.output import Output, reports
from hub.cli.stored import data_option, opened, settings_for
from hub.platform import schema


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
