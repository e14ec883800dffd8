"""``hub send FILE``: hand a file to a running hub exactly as a partner's system would, over HTTP.

In goes a file; out comes the message's id, and with ``--wait`` what the hub made of it. Exit code 1 when the hub
refuses it or the verdict is a refusal, 2 when no hub answers.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from hub.cli.named import NAMED_FILE, read_named
from hub.cli.output import Output, refuse, reports, shown
from hub.cli.stored import partner_ids, settings_for
from hub.transport.http import HubClient, Refused

WAIT_SECONDS_MAX = 30.0  # an order is answered within one second; half a minute covers a long queue
POLL_SECONDS = 0.1
NOT_FOUND = 404
REFUSING = {"validation": {"rejected", "unreadable"}, "outcome": {"refused", "quarantined"}}


@click.command()
@click.argument("file", type=NAMED_FILE)
@click.option("--partner", required=True, metavar="ID", help="Who is sending.")
@click.option("--url", default="http://127.0.0.1:8000", envvar="HUB_URL", show_default=True, help="Where the hub is.")
@click.option("--key", envvar="HUB_KEY", help="The partner's API key; better in HUB_KEY than here.")
@click.option("--idempotency-key", metavar="TEXT", help="Sent as Idempotency-Key: the same one twice is one message.")
@click.option("--wait", is_flag=True, help="Wait for the verdict and show it.")
@reports
def send(
    out: Output, file: Path, partner: str, url: str, key: str | None, idempotency_key: str | None, wait: bool
) -> None:
    """Hand FILE to a running hub as partner ID."""
    if not key:
        raise click.UsageError(
            f"there is no API key: set HUB_KEY, or give --key; `hub partner key {shown(partner)}` makes one"
        )
    with HubClient(url, key) as client:
        try:
            receipt = client.send(partner, read_named(file), idempotency_key=idempotency_key)
            verdict = _verdict(out, client, receipt) if wait else None
        except Refused as refused:
            out.note(f"refused: {refused.status} {refused.detail}{_remedy(refused.status, partner)}")
            out.value({"error": {"kind": "Refused", "status": refused.status, "message": refused.detail}})
            refuse()
    out.value({**receipt, **({"verdict": verdict} if verdict else {})}, _lines(receipt, verdict))
    if verdict and any(verdict.get(name) in bad for name, bad in REFUSING.items()):
        refuse()


def _remedy(status: int, partner: str) -> str:
    """Return what helps where the hub knows no such partner: those who are in the configuration here."""
    if status == NOT_FOUND:
        known = partner_ids(settings_for(None).config_path)
        if known and partner not in known:
            return f"; there is no partner {shown(partner)} in the configuration here; one of: {', '.join(known)}"
    return ""


def _verdict(out: Output, client: HubClient, receipt: dict[str, Any]) -> dict[str, Any]:
    """Return the message once it has been judged; exit code 1 when that takes too long."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    with out.progress("waiting for the verdict") as step:
        while (seen := client.message(receipt["message"])).get("validation") == "pending":
            if time.monotonic() > until:
                out.note(f"no verdict within {WAIT_SECONDS_MAX:.0f} s; it will stand at {receipt['status']}")
                refuse()
            step()
            time.sleep(POLL_SECONDS)
    return seen


def _lines(receipt: dict[str, Any], verdict: dict[str, Any] | None) -> dict[str, object]:
    lines: dict[str, object] = {"message": receipt["message"]}
    if receipt.get("duplicate"):
        lines["duplicate"] = "the same bytes came before; this is their first message"
    for name in ("document", "validation", "outcome", "acknowledgement"):
        lines[name] = (verdict or {}).get(name)
    return lines
