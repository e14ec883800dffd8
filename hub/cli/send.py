"""``hub send FILE``: hand a file to a running hub exactly as a partner's system would, over HTTP.

In goes a file; out comes the message's id, and with ``--wait`` what the hub made of it, with its reasons. Exit code 1
when the hub refuses it or the verdict is a refusal, 2 when no hub answers, 3 when a person has to look first.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from hub.cli.named import NAMED_FILE, read_named
from hub.cli.output import Output, refuse, reports, shown
from hub.cli.stored import address_of, partner_ids, settings_for
from hub.transport.http import HubClient, Refused

WAIT_SECONDS_MAX = 30.0  # an order is answered within one second; half a minute covers a long queue
POLL_SECONDS = 0.1
NOT_FOUND = 404
REFUSING = {"validation": {"rejected", "unreadable"}, "outcome": {"refused", "quarantined"}}
WAITS_FOR_A_PERSON = 3
REASONS_SHOWN_MAX = 5


@click.command()
@click.argument("file", type=NAMED_FILE)
@click.option("--partner", required=True, metavar="ID", help="Who is sending.")
@click.option("--url", envvar="HUB_URL", help="Where the hub is. [default: where the hub of ./var serves]")
@click.option("--key", envvar="HUB_KEY", help="The partner's API key; better in HUB_KEY than here.")
@click.option("--idempotency-key", metavar="TEXT", help="Sent as Idempotency-Key: the same one twice is one message.")
@click.option("--wait", is_flag=True, help="Wait for the verdict and show it.")
@reports
def send(
    out: Output, file: Path, partner: str, url: str | None, key: str | None, idempotency_key: str | None, wait: bool
) -> None:
    """Hand FILE to a running hub as partner ID."""
    if not key:
        raise click.UsageError(
            f"there is no API key: set HUB_KEY, or give --key; `hub partner key {shown(partner)}` makes one"
        )
    with HubClient(url or address_of(settings_for(None)), key) as client:
        try:
            receipt = client.send(partner, read_named(file), file_name=file.name, idempotency_key=idempotency_key)
            verdict = _verdict(out, client, receipt) if wait else None
        except Refused as refused:
            out.note(f"refused: {refused.status} {refused.detail}{_remedy(refused.status, partner)}")
            out.value({"error": {"kind": "Refused", "status": refused.status, "message": refused.detail}})
            refuse()
    out.value({**receipt, **({"verdict": verdict} if verdict else {})}, _lines(receipt, verdict))
    if verdict is None:
        return
    for reason in _reasons(verdict):
        out.note(reason)
    if any(verdict.get(name) in bad for name, bad in REFUSING.items()):
        refuse()
    if verdict.get("outcome") == "held" or _waits(verdict):
        out.note("a person has to look at it first; its page and its timeline say why")
        raise click.exceptions.Exit(WAITS_FOR_A_PERSON)


def _remedy(status: int, partner: str) -> str:
    """Return what helps where the hub knows no such partner: those who are in the configuration here."""
    if status == NOT_FOUND:
        known = partner_ids(settings_for(None).config_path)
        if known and partner not in known:
            return f"; there is no partner {shown(partner)} in the configuration here; one of: {', '.join(known)}"
    return ""


def _verdict(out: Output, client: HubClient, receipt: dict[str, Any]) -> dict[str, Any]:
    """Return the message once it is judged, or waits for a person unjudged; exit code 1 when that takes too long."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    with out.progress("waiting for the verdict") as step:
        while (seen := client.message(receipt["message"])).get("validation") == "pending" and not _waits(seen):
            if time.monotonic() > until:
                out.note(f"no verdict within {WAIT_SECONDS_MAX:.0f} s; it will stand at {receipt['status']}")
                refuse()
            step()
            time.sleep(POLL_SECONDS)
    return seen


def _waits(seen: dict[str, Any]) -> bool:
    """Say whether a message stands still, unjudged, until a person has looked."""
    return seen.get("validation") == "pending" and bool(seen.get("attention"))


def _reasons(verdict: dict[str, Any]) -> list[str]:
    """Return why a message is not simply taken: the first findings that are more than remarks, else what calls us."""
    documents = verdict.get("documents") or []
    found = [*(verdict.get("findings") or []), *(each for one in documents for each in one.get("findings") or [])]
    told = [f"{each['code']}: {each['message']}" for each in found if each.get("severity")]
    called = verdict.get("attention")
    return list(dict.fromkeys(told))[:REASONS_SHOWN_MAX] or ([str(called)] if called else [])


def _lines(receipt: dict[str, Any], verdict: dict[str, Any] | None) -> dict[str, object]:
    lines: dict[str, object] = {"message": receipt["message"]}
    if receipt.get("duplicate"):
        lines["duplicate"] = "the same bytes came before; this is their first message"
    for name in ("document", "validation", "outcome", "acknowledgement"):
        lines[name] = (verdict or {}).get(name)
    return lines
