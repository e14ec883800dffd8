"""``hub user``: the people who may sign in. They set their own password by a link that works once; there is no default.

Works on the database beside a running hub; a disabled person's sessions end at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy import Connection

from hub.access import people
from hub.access.model import Person
from hub.business.rooms import RIGHTS
from hub.cli.output import Output, refuse, reports
from hub.cli.stored import actor, address_of, data_option, opened, settings_for
from hub.kernel.clock import SystemClock
from hub.kernel.identity import new_id
from hub.kernel.struct import Struct
from hub.platform.settings import Settings
from hub.security.policy import ROLES


class AddedPerson(Struct):
    """A person and the link that lets them in."""

    login: str
    link: str
    link_hours: int


class Role(Struct):
    """A role by what it permits."""

    role: str
    permissions: list[str]


@click.group()
def user() -> None:
    """The people who may sign in, and their roles."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", "roles", multiple=True, type=click.Choice(list(ROLES)), required=True, help="Again for more.")
@click.option("--partner", "partners", multiple=True, metavar="ID", help="See only these partners. [default: all]")
@click.option("--language", type=click.Choice(["en", "zh-CN"]), help="Of the pages. [default: the browser's]")
@data_option
@reports
def add(
    out: Output, login: str, name: str, roles: list[str], partners: list[str], language: str | None, data: Path | None
) -> None:
    """Add LOGIN and print the link by which they set their password, once."""
    settings = settings_for(data)
    now = SystemClock().now()

    def work(conn: Connection) -> str:
        added = people.add_person(
            conn,
            person_id=new_id(),
            login=login,
            name=name,
            roles=list(roles),
            partners=list(partners) or None,
            language=language,
            now=now,
            actor=actor(),
        )
        return people.make_link(conn, added, now=now, actor=actor())

    with opened(settings) as database:
        token = database.write_now(work)
    _show_link(out, settings, people.fold_login(login), token)


@user.command()
@click.argument("login")
@data_option
@reports
def link(out: Output, login: str, data: Path | None) -> None:
    """Print a new link for LOGIN: for a forgotten password, or a link that was not used in time."""
    settings = settings_for(data)
    now = SystemClock().now()

    def work(conn: Connection) -> str | None:
        found = people.find_person(conn, login)
        return None if found is None else people.make_link(conn, found, now=now, actor=actor())

    with opened(settings) as database:
        token = database.write_now(work)
    if token is None:
        _unknown(out, login)
    _show_link(out, settings, people.fold_login(login), token)


@user.command("list")
@data_option
@reports
def list_(out: Output, data: Path | None) -> None:
    """List everyone who was ever added."""
    with opened(settings_for(data)) as database:
        found = database.read_now(people.list_people)
    out.items(
        found,
        {
            "login": lambda person: person.login,
            "name": lambda person: person.name,
            "roles": lambda person: ", ".join(person.roles),
            "partners": lambda person: "all" if person.partners is None else ", ".join(person.partners),
            "state": _state,
        },
        none="Nobody yet. Add someone: hub user add LOGIN",
    )


@user.command()
@click.argument("login")
@data_option
@reports
def disable(out: Output, login: str, data: Path | None) -> None:
    """Let LOGIN in no more; their sessions end now."""
    now = SystemClock().now()
    with opened(settings_for(data)) as database:
        known = database.write_now(lambda conn: people.disable_person(conn, login, now=now, actor=actor()))
    if not known:
        _unknown(out, login)
    out.value({"login": people.fold_login(login), "disabled_at": now})
    out.line(f"{people.fold_login(login)} is let in no more")


@user.command()
@reports
def roles(out: Output) -> None:
    """List the roles and what each permits."""
    out.items(
        [Role(role=role, permissions=sorted(permissions)) for role, permissions in RIGHTS.roles.items()],
        {"role": lambda row: row.role, "permits": lambda row: ", ".join(row.permissions)},
        none="",
    )


def _show_link(out: Output, settings: Settings, login: str, token: str) -> None:
    hours = int(people.LINK_LASTS.total_seconds() // 3600)
    added = AddedPerson(login=login, link=f"{address_of(settings)}/welcome?token={token}", link_hours=hours)
    out.value(added, {"link": added.link})
    out.note(f"It works once, within {hours} hours; {login} sets the password there.")


def _unknown(out: Output, login: str) -> NoReturn:
    out.note(f"there is no {people.fold_login(login)}; see: hub user list")
    refuse()


def _state(person: Person) -> str:
    if person.disabled_at:
        return f"disabled {person.disabled_at:%Y-%m-%d}"
    return "may sign in" if person.has_password else "has not followed the link"
