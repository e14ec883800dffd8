"""``hub partner key``, ``keys``, ``secret``, ``secrets`` and ``revoke``: what partners' systems show to be let in.

What is made is printed once and stored nowhere; what is stored of it is a hash. A running hub knows it within seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from hub.access.keys import is_live, list_keys, make_key, revoke_key
from hub.access.shared_secrets import fault_of, list_secrets, put_secret, revoke_secret
from hub.access.shared_secrets import is_live as secret_is_live
from hub.business.rooms import RIGHTS
from hub.cli.output import Output, refuse, reports
from hub.cli.stored import actor, data_option, known_partner, opened, settings_for
from hub.exchange.partners import load_partners
from hub.kernel.clock import SystemClock
from hub.kernel.scope import EVERYONE, only
from hub.platform.configuration import find_configuration
from hub.security.passwords import hash_password
from hub.security.tokens import new_token

GIVEN_CHARACTERS_MAX = 1_000  # read of stdin: more is no secret, and is told so


OF_ACCESS: dict[str, Callable[[Any], object]] = {
    "partner": lambda each: each.partner,
    "label": lambda each: each.label,
    "made": lambda each: f"{each.created_at:%Y-%m-%d}",
    "last used": lambda each: each.last_used_at and f"{each.last_used_at:%Y-%m-%d %H:%M}",
}
"""What lists show of a key, and of a secret."""


@click.command()
@click.argument("partner_id", metavar="ID")
@click.option("--label", metavar="TEXT", help="What it is for, shown in lists.")
@click.option("--days", type=click.IntRange(1), help="Ends by itself after so many days. [default: never]")
@data_option
@reports
def key(out: Output, partner_id: str, label: str | None, days: int | None, data: Path | None) -> None:
    """Make an API key for partner ID and print it alone, once: it is stored nowhere."""
    settings = settings_for(data)
    known_partner(load_partners(find_configuration(settings.config_path)), partner_id)
    now = SystemClock().now()
    ends = None if days is None else now + timedelta(days=days)
    with opened(settings) as database:
        text = database.write_now(
            lambda conn: make_key(
                conn, partner_id, now=now, actor=actor(), scopes=RIGHTS.of_keys, label=label, expires_at=ends
            )
        )
    out.value({"partner": partner_id, "key": text, "expires_at": ends})
    if not out.as_json:
        out.line(text)


@click.command()
@click.argument("partner_id", metavar="[ID]", required=False)
@data_option
@reports
def keys(out: Output, partner_id: str | None, data: Path | None) -> None:
    """List the API keys of partner ID, or of all, by their ids; the keys themselves are stored nowhere."""
    now = SystemClock().now()
    scope = EVERYONE if partner_id is None else only(partner_id)
    with opened(settings_for(data)) as database:
        found = database.read_now(lambda conn: list_keys(conn, scope))
    out.items(
        found,
        {
            "key": lambda each: f"hub_{each.id}_…",
            **OF_ACCESS,
            "state": lambda each: _state(each.revoked_at, live=is_live(each, now)),
        },
        none="No keys. Make one: hub partner key ID",
    )


@click.command()
@click.argument("partner_id", metavar="ID")
@click.option(
    "--given", is_flag=True, help="Take one that the partner or its network has chosen: asked for, or on stdin."
)
@click.option("--label", metavar="TEXT", help="What it is for, shown in lists.")
@click.option("--days", type=click.IntRange(1), help="Ends by itself after so many days. [default: never]")
@data_option
@reports
def secret(out: Output, partner_id: str, given: bool, label: str | None, days: int | None, data: Path | None) -> None:
    """Make a shared secret that partner ID signs its cXML with, and print it alone, once: it is stored nowhere.

    Two may live at once: make the new one, let the partner change over, then revoke the old one.
    """
    settings = settings_for(data)
    known_partner(load_partners(find_configuration(settings.config_path)), partner_id)
    text = _given() if given else new_token()
    now = SystemClock().now()
    ends = None if days is None else now + timedelta(days=days)
    hashed = hash_password(text)
    with opened(settings) as database:
        made = database.write_now(
            lambda conn: put_secret(conn, partner_id, hashed, now=now, actor=actor(), label=label, expires_at=ends)
        )
    out.value({"partner": partner_id, "id": made, "expires_at": ends, **({} if given else {"secret": text})})
    if given:
        out.line(f"{made} signs what {partner_id} sends, from now on")
    elif not out.as_json:
        out.line(text)


def _given() -> str:
    """Return the secret that somebody types, unseen, or that comes on stdin."""
    if sys.stdin.isatty():
        text: str = click.prompt("Secret", hide_input=True, confirmation_prompt=True, err=True)
    else:
        text = sys.stdin.read(GIVEN_CHARACTERS_MAX).rstrip("\r\n")
    if (fault := fault_of(text)) is not None:
        raise click.UsageError(fault)
    return text


@click.command()
@click.argument("partner_id", metavar="[ID]", required=False)
@data_option
@reports
def secrets(out: Output, partner_id: str | None, data: Path | None) -> None:
    """List the shared secrets of partner ID, or of all, by their ids; the secrets themselves are stored nowhere."""
    now = SystemClock().now()
    scope = EVERYONE if partner_id is None else only(partner_id)
    with opened(settings_for(data)) as database:
        found = database.read_now(lambda conn: list_secrets(conn, scope))
    out.items(
        found,
        {
            "secret": lambda each: each.id,
            **OF_ACCESS,
            "state": lambda each: _state(each.revoked_at, live=secret_is_live(each, now)),
        },
        none="No secrets. Make one: hub partner secret ID",
    )


def _state(revoked_at: datetime | None, *, live: bool) -> str:
    return "live" if live else "revoked" if revoked_at else "expired"


@click.command()
@click.argument("key_id", metavar="KEY")
@data_option
@reports
def revoke(out: Output, key_id: str, data: Path | None) -> None:
    """End an API key or a shared secret, by its id; a running hub refuses it within seconds.

    Of a key the beginning will do: `hub_<id>`.
    """
    wanted = key_id.removeprefix("hub_").split("_")[0]
    now = SystemClock().now()
    with opened(settings_for(data)) as database:
        ended = database.write_now(
            lambda conn: (
                revoke_key(conn, EVERYONE, wanted, now=now, actor=actor())
                or revoke_secret(conn, EVERYONE, wanted, now=now, actor=actor())
            )
        )
    out.value({"key": wanted, "revoked": ended})
    if not ended:
        out.note(f"there is no live key or secret {wanted}; see: hub partner keys, hub partner secrets")
        refuse()
    out.line(f"{wanted} is revoked")
