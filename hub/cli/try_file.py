"""``hub try FILE --partner ID``: what the live hub would make of a file and send for it. Nothing is kept.

The very hub that serves processes the file, on tables of its own in a temporary folder, with the configuration as it
stands: nothing here decides or writes anything. In goes a file; out come the verdict with its findings, each document
with what became of it, and everything that would leave, to whom and in which bytes. Exit code 1 where something is
refused, rejected or unreadable, 3 where a person would have to look first.
"""

from __future__ import annotations

import asyncio
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.bootstrap import Hub, open_hub
from hub.cli.named import NAMED_FILE, read_named
from hub.cli.output import Output, refuse, reports
from hub.cli.sentences import know_every_sentence
from hub.cli.stored import known_partner, settings_for
from hub.exchange import messages
from hub.exchange.intake import Incoming
from hub.exchange.model import DocumentRow, Filters, MessageDetail, MessageRow
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.identity import new_id
from hub.kernel.scope import EVERYONE
from hub.kernel.struct import Struct

REFUSING = frozenset({"refused", "quarantined"})
WAITS_FOR_A_PERSON = 3
SENT_MAX = 200  # messages that are shown: who sends a thousand orders in one file sees what the first come to


class Sent(Struct):
    """A message that would leave."""

    to: str
    document: str | None  # canonical
    wire: str | None  # 855, ConfirmationRequest
    content_type: str | None
    file_name: str | None
    because: str | None  # what a listener is told of; None for what answers the file
    body: str  # as text
    base64: str | None = None  # of bytes that are no UTF-8: the body as it is


class ProcessedFile(Struct):
    """What the hub made of the file, and all that would leave."""

    validation: str
    outcome: str
    why: str | None  # a person would be called
    documents: list[DocumentRow]
    findings: list[Diagnostic]
    sends: list[Sent]


@click.command("try")
@click.argument("file", type=NAMED_FILE)
@click.option("--partner", required=True, metavar="ID", help="Who is sending.")
@reports
def try_file(out: Output, file: Path, partner: str) -> None:
    """Show what the hub would make of FILE from partner ID, and every message it would send; nothing is kept.

    As on a hub without any orders yet: what came before is not known here. Who signs with a secret is taken as signed.
    """
    body = read_named(file)
    know_every_sentence()
    tried = asyncio.run(_tried(partner, body, file.name))
    out.value(tried)
    if not out.as_json:
        _show(out, tried)
    if tried.validation in ("rejected", "unreadable") or tried.outcome in REFUSING:
        refuse()
    if tried.why is not None:
        raise click.exceptions.Exit(WAITS_FOR_A_PERSON)


async def _tried(partner: str, body: bytes, name: str) -> ProcessedFile:
    """Process the file on a hub of its own, which ends with it."""
    with tempfile.TemporaryDirectory(prefix="hub-try-") as folder:
        settings = replace(settings_for(Path(folder) / "data"), folders=None, database_url=None, redis_url=None)
        hub = open_hub(settings)
        try:
            known_partner(hub.partners, partner)
            message = await _taken(hub, partner, body, name)
            await hub.runner.drain()
            return await hub.database.read(lambda conn: _told(hub, conn, message))
        finally:
            await hub.database.close()


async def _taken(hub: Hub, partner: str, body: bytes, name: str) -> str:
    incoming = Incoming(
        id=new_id(),
        partner=partner,
        transport="try",
        body=hub.blobs.take_in(body),
        received_at=hub.clock.now(),
        file_name=name,
    )
    return (await hub.intake(incoming)).message_id


def _told(hub: Hub, conn: Connection, message: str) -> ProcessedFile:
    detail = messages.message_detail(conn, EVERYONE, message)
    assert detail is not None
    rows = messages.list_messages(conn, EVERYONE, Filters(direction="out"), limit=messages.PAGE_MAX).items
    return ProcessedFile(
        validation=detail.message.validation,
        outcome=detail.message.outcome,
        why=detail.message.why,
        documents=detail.documents,
        findings=_findings(detail),
        sends=[_sent(row, hub.blobs.get(conn, row.sha256)) for row in sorted(rows, key=lambda row: row.id)],
    )


def _findings(detail: MessageDetail) -> list[Diagnostic]:
    return [*detail.findings, *(found for document in detail.documents for found in document.findings)]


def _sent(row: MessageRow, body: bytes) -> Sent:
    text = body.decode("utf-8", "replace")
    return Sent(
        to=row.partner,
        document=row.document,
        wire=row.wire,
        content_type=row.content_type,
        file_name=row.file_name,
        because=row.cause if row.cause_kind != "message" else None,
        body=text,
        base64=None if text.encode() == body else b64encode(body).decode(),
    )


def _show(out: Output, tried: ProcessedFile) -> None:
    out.line(f"{tried.validation}, {tried.outcome}{f': {tried.why}' if tried.why else ''}")
    for each in tried.documents:
        out.line(f"   {each.document or each.kind} {each.subject or each.reference or ''}: {each.outcome}")
    for found in sorted(tried.findings, key=lambda found: -found.severity):
        out.line(f"   {found}")
    for message in tried.sends[:SENT_MAX]:
        what = f"{message.document or message.wire}, {message.content_type or 'bytes'}"
        out.line(f"-- to {message.to}: {what}, as {message.file_name or 'a body'}", apart=True)
        for piece in _pieces(message.body):
            out.line(f"   {piece}")
    if len(tried.sends) > SENT_MAX:
        out.line(f"and {len(tried.sends) - SENT_MAX} more; --json has all", apart=True)
    if not tried.sends:
        out.line("-- nothing would be sent", apart=True)


def _pieces(body: str) -> Iterator[str]:
    """Yield a body line by line; one that was written without lines, segment by segment."""
    lines = body.rstrip("\n").split("\n")
    if len(lines) > 1 or sniff(body[:SNIFFED_BYTES].encode()) is not None:
        yield from lines
        return
    terminator = body[-1:] or "\n"
    yield from (f"{piece}{terminator}" for piece in body.split(terminator) if piece)
