"""``hub inspect``: what a file is, in any syntax, and what the hub would say to it. Nothing is stored.

In go paths; out come one verdict a file with its documents on stdout, findings with their places on stderr.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from hub.cli.named import NAMED_FILE, read_named
from hub.cli.output import Output, as_json, refuse, reports, shown
from hub.flow.inspecting import BodyReport, DocumentReport, inspect
from hub.flow.rules import Rules
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.platform.configuration import find_configuration
from hub.platform.settings import load

REFUSING = {"findings", "unreadable"}


@click.command("inspect")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=NAMED_FILE)
@click.option("--partner", metavar="P", help="Judge as the hub would that receives it from this partner.")
@reports
def inspect_files(out: Output, files: Sequence[Path], partner: str | None) -> None:
    """Say of each FILE what it is, who sent it, which documents it holds and by what they are judged.

    The verdict is valid, findings, unknown (nothing of ours says by what a document is judged) or unreadable. Who sent
    it is told by its envelope, or by the schemas agreed with partners. Exit code 1 when a file has findings or is
    unreadable.
    """
    rules = Rules(find_configuration(load(os.environ).config_path))
    refused = False
    for path in files:
        told = inspect(read_named(path), rules, partner)
        refused = refused or told.verdict in REFUSING
        if out.as_json:
            click.echo(as_json(_told_of(path, told)))
        else:
            _show(out, path, told)
    if refused:
        refuse()


def _show(out: Output, path: Path, told: BodyReport) -> None:
    out.line(f"{told.verdict:<10} {path}: {told.syntax}, {told.size_bytes} bytes, {_sender(told)}")
    for each in told.documents:
        out.line(f"           {_document(each)}")
    for finding in [*told.findings, *(found for each in told.documents for found in each.findings)]:
        out.note(f"{shown(str(path))}: {finding}")


def _sender(told: BodyReport) -> str:
    signed = f" (signed {told.sender})" if told.sender else ""
    if not told.partners:
        return f"of no partner of ours{signed}"
    others = f", or as agreed from {', '.join(told.partners[1:])}" if len(told.partners) > 1 else ""
    return f"from {told.partner}{signed}{others}"


def _document(each: DocumentReport) -> str:
    kind = each.kind.rpartition("}")[2] if each.schema else each.kind  # what nobody of ours knows, with its namespace
    said = f"{kind} {each.number}".rstrip()
    if each.document:
        said += f" = {each.document}"
    if each.about:
        said += f" {', '.join(each.about)}"
    if each.buyer:
        said += f", buyer {each.buyer}"
    judged = f"judged by {each.schema}" if each.schema else "judged by no schema of ours"
    judged += f", read by {each.map}" if each.map else ""
    return f"{said}: {each.verdict}, {judged}"


def _told_of(path: Path, told: BodyReport) -> dict[str, object]:
    made: dict[str, object] = msgspec.to_builtins(told)
    documents = [msgspec.to_builtins(each) | {"findings": _findings(each.findings)} for each in told.documents]
    always = {"partners": told.partners, "documents": documents, "findings": _findings(told.findings)}
    return {"file": shown(str(path))} | made | always


def _findings(findings: Sequence[Diagnostic]) -> list[dict[str, object]]:
    return [
        msgspec.to_builtins(found.spelled_out) | {"severity": Severity(found.severity).name.lower()}
        for found in findings
    ]
