"""Stored messages for ``hub map diff`` to try two maps on. Apart, because whoever asks for none needs no database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, exists, select

from hub.cli.map_diff import Sample
from hub.cli.stored import opened, settings_for
from hub.exchange.tables import document, message
from hub.mapping.library import Map
from hub.platform.blobs import Blobs


def stored(data: Path | None, maps: list[Map], last: int) -> list[Sample]:
    """Return the last ``last`` messages that hold a set of the maps; of their partner, if one of them has one."""
    settings = settings_for(data)
    partners = sorted({each.partner for each in maps if each.partner})
    with opened(settings) as database:
        blobs = Blobs(settings.data / "blobs")
        return database.read_now(lambda conn: _stored(conn, blobs, maps[-1].kind, partners, last))


def _stored(conn: Connection, blobs: Blobs, kind: str, partners: list[str], last: int) -> list[Sample]:
    """Return messages received as they came, and of those sent the documents they say."""
    holds = exists().where(document.c.message == message.c.id, document.c.kind == kind)
    wanted = select(message.c.id, message.c.sha256, message.c.direction).where(holds)
    if partners:
        wanted = wanted.where(message.c.partner.in_(partners))
    found: list[Sample] = []
    for row in conn.execute(wanted.order_by(message.c.id.desc()).limit(last)).all():
        if row.direction == "in":
            found.append(Sample(name=row.id, body=blobs.get(conn, row.sha256)))
            continue
        sent = select(document.c.canonical).where(document.c.message == row.id, document.c.kind == kind)
        found += [Sample(name=row.id, body=body) for body in conn.execute(sent).scalars() if body]
    return found
