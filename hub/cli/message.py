"""``hub message``: what was received and sent, by any number it carries; process it again, deliver it again.

Reads and writes the database beside a running hub. What is asked for here is a row that the hub's worker takes up.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click
from sqlalchemy import Connection

from hub.business.rooms import ROOMS
from hub.cli.output import Output, refuse, reports
from hub.cli.sentences import know_every_sentence
from hub.cli.stored import actor, data_option, opened, partner_ids, settings_for
from hub.exchange import messages, outbox
from hub.exchange.model import (
    Direction,
    DocumentRow,
    Filters,
    MessageDetail,
    MessagePage,
    MessageRow,
    RefusedFileRow,
)
from hub.exchange.refused_files import list_refused_files
from hub.exchange.replay import ask_replay
from hub.flow.syntaxes import CALLED_BY
from hub.kernel.clock import SystemClock
from hub.kernel.pages import PAGE_MAX
from hub.kernel.scope import EVERYONE
from hub.platform.blobs import Blobs
from hub.platform.settings import Settings

WHEN = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
CALLED = {kind: word for room in ROOMS for kind, word in room.keys.items()}
"""What people call each kind of number, the one they use first of each room."""


def _called(row: MessageRow) -> str:
    """Return the number that people call the message by; of one that bears none of theirs, that of its envelope."""
    kinds = (*CALLED, *CALLED_BY)
    found = next((key for kind in kinds for key in row.keys if key.kind == kind), None)
    return f"{CALLED.get(found.kind, found.kind)} {found.value}" if found else ""


COLUMNS: dict[str, Callable[[MessageRow], object]] = {
    "received (UTC)": lambda row: f"{row.received_at:%Y-%m-%d %H:%M:%S}",
    "message": lambda row: row.id,
    "partner": lambda row: row.partner,
    "way": lambda row: row.direction,
    "document": lambda row: row.document or row.wire,
    "number": _called,
    "validation": lambda row: row.validation,
    "outcome": lambda row: "" if row.outcome == "none" else row.outcome,
    "delivery": lambda row: "" if row.delivery == "none" else row.delivery,
    "acknowledged": lambda row: "" if row.acknowledgement == "none" else row.acknowledgement,
    "test": lambda row: "test" if row.test else "",
    "attention": lambda row: row.why,
}

FILE_COLUMNS: dict[str, Callable[[RefusedFileRow], object]] = {
    "set aside (UTC)": lambda row: f"{row.at:%Y-%m-%d %H:%M:%S}",
    "partner": lambda row: row.partner,
    "file": lambda row: row.name,
    "why": lambda row: str(row.reason),
    "bytes": lambda row: "" if row.size_bytes is None else row.size_bytes,
    "sha256": lambda row: row.sha256 or "",
    "kept as": lambda row: row.kept_as,
    "dealt with by": lambda row: row.dealt_with_by or "",
    "remark": lambda row: row.remark or "",
}

CAME_BEFORE = {
    "duplicate": "came before, with the same content; the first is message",
    "conflict": "came before, with other content; the first is message",
}
"""Judgements of an envelope's reference that name another message."""


@click.group()
def message() -> None:
    """What was received and sent; replay and resend."""


@message.command("list")
@click.argument("text", required=False)
@click.option("--partner", metavar="ID", help="Only this partner's.")
@click.option("--direction", type=click.Choice(get_args(Direction)), help="Received or sent.")
@click.option("--document", metavar="NAME", help="PurchaseOrder, or 850.")
@click.option("--status", metavar="WORD", help="attention, or a word of a status: rejected, overdue, held …")
@click.option("--test/--production", "test", default=None, help="Only test messages, or none of them.")
@click.option("--since", type=click.DateTime(WHEN), help="UTC, this instant or later.")
@click.option("--until", type=click.DateTime(WHEN), help="UTC, before this instant.")
@click.option("--limit", type=click.IntRange(1, messages.PAGE_MAX), default=50, show_default=True)
@click.option("--cursor", metavar="NEXT", help="The `next` of the page before.")
@data_option
@reports
def list_(
    out: Output,
    text: str | None,
    partner: str | None,
    direction: Direction | None,
    document: str | None,
    status: str | None,
    test: bool | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
    data: Path | None,
) -> None:
    """List messages, what needs attention first; TEXT is any number they carry: order, lot, control number …"""
    settings = settings_for(data)
    _refuse_unknown_status(status)
    filters = Filters(
        q=text,
        partner=partner,
        direction=direction,
        document=document,
        status=status,
        test=test,
        since=since and since.replace(tzinfo=UTC),
        until=until and until.replace(tzinfo=UTC),
    )

    def page(conn: Connection) -> MessagePage:
        return messages.list_messages(conn, EVERYONE, filters, cursor=cursor, limit=limit)

    with opened(settings) as database:
        try:
            found = database.read_now(page)
        except ValueError as fault:
            raise click.BadParameter(str(fault), param_hint="--cursor") from fault
    if partner is not None and not found.items:
        _refuse_unknown_partner(settings, partner)
    _list(out, found.items, none="No such messages.", following=found.next)


@message.command()
@click.option("--partner", metavar="ID", help="Only this partner's.")
@click.option("--waiting", is_flag=True, help="Only those that nobody has dealt with.")
@click.option("--limit", type=click.IntRange(1, PAGE_MAX), default=50, show_default=True)
@click.option("--cursor", metavar="NEXT", help="The `next` of the page before.")
@data_option
@reports
def aside(out: Output, partner: str | None, waiting: bool, limit: int, cursor: str | None, data: Path | None) -> None:
    """List files of folders that were set aside: they are no messages, and nobody has taken them in."""
    settings = settings_for(data)
    know_every_sentence()
    with opened(settings) as database:
        found = database.read_now(
            lambda conn: list_refused_files(
                conn, EVERYONE, partner=partner, waiting=waiting, cursor=cursor, limit=limit
            )
        )
    if partner is not None and not found.items:
        _refuse_unknown_partner(settings, partner)
    out.items(found.items, FILE_COLUMNS, none="No such files.", following=found.next)


@message.command()
@click.argument("text", metavar="MESSAGE")
@click.option("--raw", is_flag=True, help="Write the bytes exactly as they came or were sent.")
@data_option
@reports
def show(out: Output, text: str, raw: bool, data: Path | None) -> None:
    """Show everything about one MESSAGE: its id, or a number that only it carries."""
    settings = settings_for(data)
    with opened(settings) as database:
        message_id = _one(out, database.read_now(lambda conn: _named(conn, text)), text)
        detail = database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, message_id))
        if detail is None:
            refuse()
        if raw:
            blobs = Blobs(settings.data / "blobs")
            body = database.read_now(lambda conn: blobs.get(conn, detail.message.sha256))
            sys.stdout.buffer.write(body)
            return
    know_every_sentence()
    out.value(detail, _lines(detail.message))
    if not out.as_json:
        _tell(out, detail)


@message.command()
@click.argument("message_id", metavar="MESSAGE")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the message's timeline.")
@data_option
@reports
def replay(out: Output, message_id: str, reason: str | None, data: Path | None) -> None:
    """Process an inbound MESSAGE again; effects that stand are never repeated."""
    now = SystemClock().now()
    with opened(settings_for(data)) as database:
        _refuse_other(out, database.read_now(lambda conn: _named(conn, message_id)), message_id, "in")
        asked = database.write_now(
            lambda conn: ask_replay(conn, EVERYONE, message_id, actor=actor(), reason=reason, now=now)
        )
    _say_asked(out, message_id, asked, "a running hub processes it within a second, else the next one started")


@message.command()
@click.argument("message_id", metavar="MESSAGE")
@data_option
@reports
def resend(out: Output, message_id: str, data: Path | None) -> None:
    """Deliver an outbound MESSAGE again: the same bytes under the same numbers."""
    now = SystemClock().now()
    with opened(settings_for(data)) as database:
        _refuse_other(out, database.read_now(lambda conn: _named(conn, message_id)), message_id, "out")
        asked = database.write_now(lambda conn: outbox.resend(conn, message_id, now=now, actor=actor()))
    _say_asked(out, message_id, asked, "it is due for delivery")


def _refuse_unknown_status(status: str | None) -> None:
    """End the command when no status is called so: an empty list would look like news."""
    if status is not None and status not in messages.STATUS_WORDS:
        known = ", ".join(messages.STATUS_WORDS)
        raise click.BadParameter(f"no status is called '{status}'; one of: {known}", param_hint="--status")


def _refuse_unknown_partner(settings: Settings, partner: str) -> None:
    """End the command when there is no such partner, nor anything of one who was here."""
    known = partner_ids(settings.config_path)
    if partner not in known:
        raise click.BadParameter(
            f"there is no partner {partner}; one of: {', '.join(known) or 'none yet'}", param_hint="--partner"
        )


def _refuse_other(out: Output, found: list[MessageRow], text: str, direction: Direction) -> None:
    """End the command when ``text`` is no message's id, or one of the other direction; say which command is meant."""
    named = next((row for row in found if row.id == text), None)
    command, other = ("replay", "resend") if direction == "in" else ("resend", "replay")
    if named is None and found:
        out.note(
            f"{text} is not a message's id but a number of these; `hub message {command} ID` takes one of their ids"
        )
        for row in found:
            did = "replay" if row.direction == "in" else "resend"
            out.note(f"  hub message {did} {row.id}  ({row.document or row.wire}, {row.direction})")
        refuse()
    if named is not None and named.direction != direction:
        way = "received, to be processed again" if named.direction == "in" else "sent; resend it"
        out.note(f"{text} is a message we {way}: `hub message {other} {text}`")
        refuse()


def _named(conn: Connection, text: str) -> list[MessageRow]:
    """Return the message of this id, or those that carry ``text`` as a key."""
    by_id = messages.find_message(conn, EVERYONE, text)
    return [by_id] if by_id else [hit.message for hit in messages.search(conn, EVERYONE, text)]


def _one(out: Output, found: list[MessageRow], text: str) -> str:
    if len(found) == 1:
        return found[0].id
    _list(out, found, none=f"no message is or carries {text}")
    if found and not out.as_json:
        first = min(found, key=lambda row: row.id)
        what = "the first that came" if first.direction == "in" else "the first that was sent"
        out.note(f"{len(found)} messages carry {text}: `hub message show {first.id}` shows {what}, any other by its id")
    refuse()


def _list(out: Output, found: list[MessageRow], *, none: str, following: str | None = None) -> None:
    """List messages; why a person is called, in words."""
    if any(row.attention for row in found):
        know_every_sentence()
    out.items(found, COLUMNS, none=none, following=following)


def _say_asked(out: Output, message_id: str, asked: bool, then: str) -> None:
    out.value({"message": message_id, "asked": asked})
    if not asked:
        out.note(f"there is no message {message_id}")
        refuse()
    out.line(f"{message_id}: {then}")


def _lines(row: MessageRow) -> dict[str, object]:
    shown: dict[str, object] = {name: show(row) or None for name, show in COLUMNS.items()}
    shown["file"] = row.file_name
    shown["keys"] = ", ".join(f"{key.kind} {key.value}" for key in row.keys) or None
    return shown


def _tell(out: Output, detail: MessageDetail) -> None:
    """Say what a person asks next: what was wrong, what happened, what we answered."""
    _tell_envelopes(out, detail)
    for document in detail.documents:
        _tell_document(out, document)
    happened = [(entry.at, entry.stage, "") for entry in detail.stages]
    happened += [(entry.at, entry.event, f"{entry.text or ''} ({entry.actor})") for entry in detail.timeline]
    rows = [[f"{at:%Y-%m-%d %H:%M:%S}", event, text.strip()] for at, event, text in sorted(happened)]
    out.rows(["when (UTC)", "what", ""], rows)
    for answer in detail.answers:
        about = "".join(f" PO {key.value}" for key in answer.keys if key.kind == "purchase-order")
        out.line(f"answered by {answer.wire or answer.document}{about} {answer.id}, {answer.delivery}")


def _tell_envelopes(out: Output, detail: MessageDetail) -> None:
    """Say what was found about the whole message, and of a number that came before which message had it."""
    if detail.findings:
        out.line("the whole message", apart=True)
    for finding in detail.findings:
        out.line(f"  {finding}")
    for each in detail.envelopes:
        if each.judgement in CAME_BEFORE:
            first = each.first_message or "unknown"
            out.line(f"{each.kind} {each.reference}: {CAME_BEFORE[each.judgement]} {first}", apart=True)


def _tell_document(out: Output, document: DocumentRow) -> None:
    """Say which document it is, what became of it, and what was found."""
    about = document.about
    number = f"{CALLED.get(about.kind, about.kind)} {about.value}" if about else ""
    became = document.outcome if document.outcome != "none" else document.validation
    heading = " ".join(part for part in (document.kind, document.reference, number) if part)
    out.line(f"{heading}: {became}", apart=True)
    for finding in document.findings:
        out.line(f"  {finding}")
    if not document.findings:
        out.line("  no findings of this document")
