"""``hub partner``: who the trading partners are, whether their files are sound, a new one, and their keys.

Partners are configuration: these commands read ``partners/`` and write it only for ``new``. Keys are stored state.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import click
from msgspec import structs

from hub.cli.output import Output, refuse, reports, shown
from hub.cli.partner_access import key, keys, revoke, secret, secrets
from hub.cli.partner_file import AgreedBody, CredentialIdentity, EnvelopeIdentity, new_partner
from hub.cli.partner_migration import Migration, files_at, id_meant, migrate_file
from hub.cli.stored import data_option, known_partner, settings_for, usage_shown, usages_of
from hub.exchange.partner_parties import NamedParty
from hub.exchange.partners import Kind, Partner, Way, load_partners, read_partner
from hub.kernel.errors import Misconfigured
from hub.kernel.identity import is_partner_id
from hub.platform.configuration import Configuration, find_configuration
from hub.transport.places import Places


@click.group()
def partner() -> None:
    """The trading partners and their keys."""


@partner.command("list")
@reports
def list_(out: Output) -> None:
    """List the partners; those whose file is at fault are said on stderr."""
    partners = load_partners(_configuration())
    out.items(
        partners.all(),
        {
            "partner": lambda found: found.id,
            "name": lambda found: found.name,
            "kind": lambda found: found.kind,
            "usage": lambda found: "test" if found.in_test else "production",
            "sends": lambda found: " ".join(sorted(found.sends)),
            "receives": lambda found: " ".join(sorted(found.receives)),
            "answers leave by": Partner.outbound,
        },
        none="No partners. Add one: hub partner new ID",
    )
    _tell(out, list(partners.faults.values()))


@partner.command()
@click.argument("partner_id", metavar="ID")
@data_option
@reports
def show(out: Output, partner_id: str, data: Path | None) -> None:
    """Show what the file of partner ID states, and what of its budget is used."""
    settings = settings_for(data)
    found = known_partner(load_partners(find_configuration(settings.config_path)), partner_id)
    [usage] = usages_of(settings, [found])
    out.value(
        {**structs.asdict(found), "stored_in_24_hours": usage},
        {
            "partner": found.id,
            "name": found.name,
            "kind": found.kind,
            "usage": "test: answered as test, never planned" if found.in_test else "production",
            **{label: said or None for table in found.tables for label, said in table.shown().items()},
            "parties": ", ".join(map(_named_party, found.parties)) or None,
            "sends": ", ".join(f"{kind} by {name}" for kind, name in sorted(found.sends.items())),
            "receives": ", ".join(f"{kind} by {name}" for kind, name in sorted(found.receives.items())),
            "transports": ", ".join(map(_way, found.transports)) or "mailbox",
            "leniency": ", ".join(found.leniency) or None,
            "time zone": found.time_zone,
            "currency": found.currency,
            "stored in a day": usage_shown(usage),
        },
    )


@partner.command()
@click.argument("partner_id", metavar="[ID]", required=False)
@reports
def check(out: Output, partner_id: str | None) -> None:
    """Find the faults in the files of partner ID, or of all; exit code 1 when there are any."""
    partners = load_partners(_configuration())
    if partner_id is not None and partner_id not in partners.faults:
        known_partner(partners, partner_id)
    faults = [fault for name, fault in sorted(partners.faults.items()) if partner_id in (None, name)]
    checked = len(faults) + (1 if partner_id and not faults else 0 if partner_id else len(partners.all()))
    out.value({"checked": checked, "faults": [_as_data(fault) for fault in faults]})
    _tell(out, faults)
    if faults:
        refuse()
    out.line(f"{checked} partner file{'' if checked == 1 else 's'} sound")


@partner.command()
@click.argument("partner_id", metavar="ID")
@click.option("--name", required=True, help="The company's name, as people say it.")
@click.option("--kind", type=click.Choice(get_args(Kind)), default="customer", show_default=True, help="To us.")
@click.option("--syntax", type=click.Choice(["x12", "xml", "cxml", "json"]), default="x12", show_default=True)
@click.option("--theirs", metavar="NAME", help="Of what they send. X12: ISA05:ISA06. cXML: From, as DOMAIN:IDENTITY.")
@click.option("--ours", metavar="NAME", help="Of what they send us. X12: ISA07:ISA08. cXML: To, as DOMAIN:IDENTITY.")
@click.option(
    "--sends", multiple=True, metavar="DOCUMENT=MAP", help="XML, JSON: order=north-spine/order. Again for more."
)
@click.option("--receives", multiple=True, metavar="DOCUMENT=MAP", help="XML, JSON: what we answer. Again for more.")
@click.option("--time-zone", default="UTC", show_default=True, help="IANA name, for dates without a zone.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217, of an order that names none.")
@data_option
@reports
def new(
    out: Output,
    partner_id: str,
    name: str,
    kind: Kind,
    syntax: str,
    theirs: str | None,
    ours: str | None,
    sends: tuple[str, ...],
    receives: tuple[str, ...],
    time_zone: str,
    currency: str,
    data: Path | None,
) -> None:
    """Write the folder of a new partner ID, in test, with a comment at each choice."""
    if not is_partner_id(partner_id):
        raise click.BadParameter("lower case letters, digits and hyphens, as in north-spine", param_hint="ID")
    agreed = _agreed(syntax, theirs, ours, sends, receives)
    settings = settings_for(data)
    configuration = find_configuration(settings.config_path)
    folder = _writable_root(configuration) / "partners" / partner_id
    _refuse_one_that_is_there(configuration, folder)
    before = load_partners(configuration).faults
    files = new_partner(
        partner_id,
        name=name,
        kind=kind,
        agreed=agreed,
        time_zone=time_zone,
        currency=currency,
    )
    folder.mkdir(parents=True)
    try:
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        read_partner(folder / "partner.toml", partner_id)
        for faulty, fault in load_partners(configuration).faults.items():
            if faulty not in before:  # it signs as somebody does who is there
                raise fault
    except Misconfigured:
        shutil.rmtree(folder)
        raise
    drops = Places(settings.folders_root)
    out.value(
        {
            "partner": partner_id,
            "folder": folder,
            "files": list(files),
            "drops": drops.inbox(partner_id),
            "fetches": drops.outbox(partner_id),
        }
    )
    out.line(f"Written: {folder}. Next: docs/partners.md")
    out.line(f"Files by folder (if they are to): into {drops.inbox(partner_id)}, out of {drops.outbox(partner_id)}")


@partner.command()
@click.argument("places", metavar="[ID|FILE|FOLDER]...", nargs=-1)
@click.option("--kind", type=click.Choice(get_args(Kind)), default="customer", show_default=True, help="Of the named.")
@reports
def migrate(out: Output, places: tuple[str, ...], kind: Kind) -> None:
    """Rewrite partner files of the shape before, all or the named: [envelope] becomes [x12], the kind is stated.

    Comments stay, and files that have the shape already are left as they are. Exit code 1 when one of them has to be
    rewritten by hand, or is at fault otherwise.
    """
    migrations: list[Migration] = []
    faults: list[Misconfigured] = []
    for file in _files(_configuration(), places):
        try:
            migrations.append(migrate_file(file, kind))
            read_partner(file, id_meant(file))
        except Misconfigured as fault:
            faults.append(fault)
    out.value({"files": migrations, "faults": [_as_data(fault) for fault in faults]})
    for each in migrations:
        out.line(f"{each.file}: {'; '.join(map(shown, each.done)) or 'has the new shape'}")
    _tell(out, faults)
    if faults:
        refuse()


def _files(configuration: Configuration, places: tuple[str, ...]) -> list[Path]:
    """Return the partner files that are meant: of a partner, at a path, or of all partners."""
    found: list[Path] = []
    for place in places or configuration.folders("partners"):
        own = configuration.find(f"partners/{place}/partner.toml") if is_partner_id(place) else None
        files = [own] if own else files_at(Path(place))
        if places and not files:
            raise Misconfigured.told(
                f"there is no partner file at {place}", remedy="name a partner, a file or a folder"
            )
        found += files
    return list(dict.fromkeys(found))


for command in (key, keys, secret, secrets, revoke):
    partner.add_command(command)


def _configuration() -> Configuration:
    return find_configuration(settings_for(None).config_path)


def _refuse_one_that_is_there(configuration: Configuration, folder: Path) -> None:
    """Refuse an id that is somebody's: in another folder of configuration, the new file would stand in front of his."""
    known = configuration.find(f"partners/{folder.name}/partner.toml")
    if known is not None and known.parent != folder:
        raise Misconfigured.told(
            f"partner {folder.name} is there already, and a new file would stand in front of it",
            file=str(known),
            remedy=f"choose another id; to change that partner, copy its file to {folder} and edit it there",
        )
    if folder.exists():
        raise Misconfigured.told(
            f"partner {folder.name} is there already", file=str(folder), remedy="edit its partner.toml"
        )


def _named_party(named: NamedParty) -> str:
    return f"{named.role} {named.id}" + (f" ({named.scheme})" if named.scheme else "")


def _way(way: Way) -> str:
    return " ".join([way.kind, "/".join(way.directions), *way.documents])


def _writable_root(configuration: Configuration) -> Path:
    root = configuration.roots[-1]
    if root.name == "_data":
        raise Misconfigured.told(
            "the installed package is not the place for partners", remedy="set HUB_CONFIG_PATH to a folder of yours"
        )
    return root


def _agreed(
    syntax: str, theirs: str | None, ours: str | None, sends: tuple[str, ...], receives: tuple[str, ...]
) -> EnvelopeIdentity | CredentialIdentity | AgreedBody:
    """Return what the syntax needs; what belongs to another one is a wrong command, not one that does nothing."""
    if syntax == "x12":
        if theirs is None or ours is None:
            raise click.UsageError("X12 needs --theirs and --ours; a partner of XML or JSON needs --syntax")
        if sends or receives:
            raise click.UsageError("--sends and --receives are of XML and JSON; X12 begins with the base maps")
        return EnvelopeIdentity(theirs=_party(theirs), ours=_party(ours))
    if syntax == "cxml":
        if theirs is None or ours is None or sends or receives:
            raise click.UsageError("cXML needs --theirs and --ours, and begins with the base maps")
        return CredentialIdentity(theirs=_credential(theirs), ours=_credential(ours))
    if theirs is not None or ours is not None:
        raise click.UsageError(f"{syntax.upper()} has no envelope that is signed: leave out --theirs and --ours")
    return AgreedBody(syntax=syntax, sends=_named_maps(sends), receives=_named_maps(receives))


def _named_maps(said: tuple[str, ...]) -> dict[str, str]:
    """Return map by document. Raises ``Misconfigured`` for a map that is not there: such a file would not start."""
    named: dict[str, str] = {}
    for each in said:
        document, sign, name = each.partition("=")
        if not (sign and document and name):
            raise click.BadParameter(f"{each!r} is not DOCUMENT=MAP, as in order=north-spine/order")
        if _configuration().find(f"mappings/{name}.toml") is None:
            raise Misconfigured(f"there is no map {name}", remedy=f"write mappings/{name}.toml first, or leave it out")
        named[document] = name
    return named


def _party(text: str) -> tuple[str, str]:
    qualifier, colon, identity = text.partition(":")
    if not (colon and len(qualifier) == 2 and 0 < len(identity) <= 15):
        raise click.BadParameter(f"{text!r} is not QUALIFIER:ID with 2 and at most 15 characters, as in ZZ:MEDCM")
    return qualifier, identity


def _credential(text: str) -> tuple[str, str]:
    domain, colon, identity = text.partition(":")
    if not (colon and domain and identity):
        raise click.BadParameter(f"{text!r} is not DOMAIN:IDENTITY, as in NetworkId:AN01000421977")
    return domain, identity


def _as_data(fault: Misconfigured) -> dict[str, object]:
    file, remedy = fault.file and shown(fault.file), fault.remedy and shown(fault.remedy)
    return {"code": fault.code, "message": shown(fault.message), "file": file, "line": fault.line, "remedy": remedy}


def _tell(out: Output, faults: list[Misconfigured]) -> None:
    for fault in faults:
        out.note(shown(str(fault)))
