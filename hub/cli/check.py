"""``hub check``: every fault in what an operator or onboarding engineer wrote, with file and line, in one run.

Reads the configuration, and the database when there is one in ``--data``; changes nothing. Exit code 1 when there is
a fault.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from hub.access.keys import is_live, list_keys, partners_who_fetch
from hub.access.model import SharedSecret
from hub.access.shared_secrets import is_live as secret_is_live
from hub.access.shared_secrets import list_secrets
from hub.business.room import Check as RoomCheck
from hub.business.rooms import ROOMS
from hub.cli.output import Output, refuse, reports, shown
from hub.cli.stored import data_option, opened, settings_for, usage_shown, usages_of
from hub.exchange.budgets import Usage
from hub.exchange.partner_cxml import CXML, nobody_signs
from hub.exchange.partners import Partner, another_release, load_partners
from hub.flow.x12.framing import ACKNOWLEDGED_BY
from hub.flow.x12.sends import receives_at_fault, releases_unread, sends_at_fault
from hub.formats.families import SchemaLibrary
from hub.formats.x12.guides import GuideLibrary
from hub.kernel.clock import SystemClock
from hub.kernel.errors import HubError, Misconfigured
from hub.kernel.scope import EVERYONE
from hub.kernel.struct import Struct
from hub.mapping.faults import MapFault
from hub.mapping.library import MapLibrary
from hub.platform.at_rest import refuse_open
from hub.platform.configuration import Configuration, find_configuration
from hub.platform.database import SQLITE_FILE
from hub.platform.settings import Settings
from hub.transport.hand import READABLE_AGAIN, Hand
from hub.transport.places import IN, Places


class Fault(Struct):
    """One thing to mend."""

    what: str  # the name of the check
    code: str
    message: str
    file: str | None = None
    line: int | None = None
    remedy: str | None = None


MAPS_NAMED_MAX = 5

Check = Callable[[Settings, Configuration], list[HubError]]


@click.command()
@data_option
@reports
def check(out: Output, data: Path | None) -> None:
    """Find every fault in partners, maps, guides, tables, keys, secrets and the schema's version."""
    settings = settings_for(data)
    configuration = find_configuration(settings.config_path)
    faults: list[Fault] = []
    with out.progress("checking", len(CHECKS)) as step:
        for what, find in CHECKS.items():
            faults += [_fault(what, fault) for fault in _found(find, settings, configuration)]
            step()
    told = [*_never_acknowledged(configuration), *_whoever_is_named(configuration), *_releases_unread(configuration)]
    warnings = [_fault("partners", each) for each in told]
    budgets = _budgets(settings, configuration)
    out.value({"checked": list(CHECKS), "faults": faults, "warnings": warnings, "budgets": budgets})
    for usage in budgets:
        if usage.bytes or usage.rows:
            out.note(f"{usage.partner} has stored in 24 hours {usage_shown(usage)}")
    for warning in warnings:
        out.note(f"warning: {_place(warning)}{warning.message}; remedy: {warning.remedy}")
    for fault in faults:
        remedy = f"; remedy: {fault.remedy}" if fault.remedy else ""
        out.note(f"{fault.what}: {_place(fault)}{fault.code} {fault.message}{remedy}")
    if faults:
        out.note(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}")
        refuse()
    out.line(f"Sound: {', '.join(CHECKS)}")


def _budgets(settings: Settings, configuration: Configuration) -> list[Usage]:
    """Return the budget of each partner and what of it is used; nothing where a fault told above is in the way."""
    with contextlib.suppress(HubError):
        return usages_of(settings, load_partners(configuration).all())
    return []


def _partners(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return why partners are stopped."""
    return list(load_partners(configuration).faults.values())


def _never_acknowledged(configuration: Configuration) -> list[HubError]:
    """Return the partners of whom acknowledgements are awaited that could not be taken."""
    found: list[HubError] = []
    for partner in load_partners(configuration).all():
        x12 = partner.x12
        awaited = x12 is not None and x12.acknowledgements.functional_due_minutes > 0 and bool(partner.receives)
        if not awaited or any(kind in partner.sends for kind in ACKNOWLEDGED_BY):
            continue
        file = configuration.find(f"partners/{partner.id}/partner.toml")
        message = (
            "acknowledgements of what we send are awaited, and [sends] has neither a 997 nor a 999 to take them by"
        )
        remedy = 'add 997 = "x12/004010/997" under [sends], or functional_due_minutes = 0 under [x12.acknowledgements]'
        found.append(Misconfigured.told(message, code="CFG-NEVER-ACKNOWLEDGED", file=str(file), remedy=remedy))
    return found


def _whoever_is_named(configuration: Configuration) -> list[HubError]:
    """Return the customers whose orders say in the document alone whose they are, and are held against nothing."""
    library = MapLibrary(configuration.roots, SchemaLibrary(configuration.roots))
    found: list[HubError] = []
    for partner in load_partners(configuration).all():
        if partner.kind != "customer" or partner.parties or partner.x12 or partner.cxml:
            continue
        if any(_reads_parties(library, name) for name in partner.sends.values()):
            file = configuration.find(f"partners/{partner.id}/partner.toml")
            message = "its orders name a buyer and a seller, and nothing says whom they may name"
            remedy = "add [[parties]] with role, id and scheme for each number that was agreed"
            found.append(Misconfigured.told(message, code="CFG-WHOEVER-IS-NAMED", file=str(file), remedy=remedy))
    return found


def _releases_unread(configuration: Configuration) -> list[HubError]:
    """Return the sets that are agreed in a release which the map named for them does not read."""
    maps = MapLibrary(configuration.roots, SchemaLibrary(configuration.roots))
    partners = load_partners(configuration).all()
    return [each for partner in partners for each in releases_unread(partner, maps, configuration)]


def _reads_parties(library: MapLibrary, name: str) -> bool:
    """Say whether a map reads by which number somebody is named; one that is at fault is told with the maps."""
    with contextlib.suppress(Misconfigured):
        return any(field.startswith(("parties.id", "parties.endpoint")) for field, _ in library.map(name).fields)
    return False


def _guides(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return what is wrong with the guides and with partners' narrowings of them."""
    return list(GuideLibrary(configuration.roots).faults())


def _of_room(check: RoomCheck, settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return what is wrong in what a room reads of partners."""
    return [fault for partner in configuration.folders("partners") for fault in check(configuration, partner)]


def _maps(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return what is wrong with the maps, and which maps partners name that are not there."""
    library = MapLibrary(configuration.roots, SchemaLibrary(configuration.roots))
    found: list[HubError] = []
    known = set(library.names())
    of: dict[str, tuple[MapFault, list[str]]] = {}  # a base, a shared table and a guide are part of many maps
    for name in sorted(known):
        faults = library.faults(name)
        for each in faults:
            of.setdefault(str(each), (each, []))[1].append(name)
        if not faults and not library.files.cases(name):
            remedy = f"add mappings/{name}/cases/<sentence>/ with an input and what is expected of it"
            fault = Misconfigured.told("has no cases", code="MAP-CASES", file=f"mappings/{name}.toml", remedy=remedy)
            found.append(fault)
    found += [_map_fault(each, names) for each, names in of.values()]
    for partner in load_partners(configuration).all():
        for kind, name in {**partner.sends, **partner.receives}.items():
            if name not in known:
                file = configuration.find(f"partners/{partner.id}/partner.toml")
                found.append(
                    Misconfigured.told(
                        f"{kind} names the map {name}, which is not there", file=str(file), remedy="make it"
                    )
                )
        found += sends_at_fault(partner, library, configuration)
        found += receives_at_fault(partner, library, configuration)
        found += _other_releases(partner, library, configuration)
        found += _unsigned(partner, library, configuration)
    return found


def _unsigned(partner: Partner, library: MapLibrary, configuration: Configuration) -> list[HubError]:
    """Return that maps of cXML are named for a partner of whom nobody knows who signs it."""
    if partner.cxml is not None:
        return []
    spoken = set[str]()
    for name in (*partner.sends.values(), *partner.receives.values()):
        with contextlib.suppress(Misconfigured):  # of the map: told with the maps
            spoken.add(library.map(name).family.name)
    file = configuration.find(f"partners/{partner.id}/partner.toml")
    return [nobody_signs(str(file))] if CXML in spoken else []


def _other_releases(partner: Partner, library: MapLibrary, configuration: Configuration) -> Iterator[HubError]:
    """Yield what the partner's file says is written in another release than its map writes."""
    for kind, release in partner.x12.written_in.items() if partner.x12 else ():
        with contextlib.suppress(Misconfigured):  # of the map: told with the maps
            written = library.map(partner.receives[kind]).schema.release if kind in partner.receives else release
            if not release.startswith(written):
                file = configuration.find(f"partners/{partner.id}/partner.toml")
                yield another_release(partner, kind, release, written, file=str(file))


def _map_fault(fault: MapFault, names: list[str]) -> Misconfigured:
    """Return the fault, told once; where it stands in a file that maps share, with the maps it stops."""
    file, line = fault.where.file, fault.where.line
    others = [name for name in names if file != f"{name}.toml"]
    more = (
        f" (stops {', '.join(others[:MAPS_NAMED_MAX])}{' …' if len(others) > MAPS_NAMED_MAX else ''})" if others else ""
    )
    return Misconfigured.told(fault.message + more, code=fault.code, file=file, line=line, remedy=fault.remedy)


def _keys(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return the live API keys of partners who are not in the configuration any more."""
    if _is_new(settings):
        return []
    now = SystemClock().now()
    partners = load_partners(configuration)
    with opened(settings) as database:
        live = [key for key in database.read_now(lambda conn: list_keys(conn, EVERYONE)) if is_live(key, now)]
    return [
        Misconfigured.told(
            f"key hub_{key.id}_… opens for {key.partner}, who is no partner", remedy=f"hub partner revoke {key.id}"
        )
        for key in live
        if partners.get(key.partner) is None and key.partner not in partners.faults
    ]


def _secrets(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return the live secrets of nobody any more, who has to sign without one, and who signs and can fetch nothing."""
    partners = load_partners(configuration)
    signing = {each.id for each in partners.all() if each.cxml is not None and each.cxml.shared_secret}
    now = SystemClock().now()
    live: list[SharedSecret] = []
    fetching = set[str]()
    if not _is_new(settings):
        with opened(settings) as database:
            every = database.read_now(lambda conn: list_secrets(conn, EVERYONE))
            live = [each for each in every if secret_is_live(each, now)]
            fetching = database.read_now(lambda conn: partners_who_fetch(conn, now))
    signed = {each.partner for each in live} - fetching
    gone = [each for each in live if partners.get(each.partner) is None and each.partner not in partners.faults]
    return [
        *(
            Misconfigured.told(
                f"secret {each.id} signs for {each.partner}, who is no partner",
                remedy=f"hub partner revoke {each.id}",
            )
            for each in gone
        ),
        *(
            Misconfigured.told(
                f"{partner} has to sign its cXML and has no secret: all of it is refused",
                code="CFG-NO-SECRET",
                file=str(configuration.find(f"partners/{partner}/partner.toml")),
                remedy=f"hub partner secret {partner}, or leave out shared_secret under [cxml]",
            )
            for partner in sorted(signing - {each.partner for each in live})
        ),
        *(
            Misconfigured.told(
                f"{partner.id} has a secret and no key that reads its mailbox, and what it is sent waits there:"
                " nobody can fetch it",
                code="CFG-NOBODY-FETCHES",
                file=str(configuration.find(f"partners/{partner.id}/partner.toml")),
                remedy=f"hub partner key {partner.id}, or add [[transports]] by which it leaves, such as a folder",
            )
            for partner in partners.all()
            if partner.id in signed and any(partner.outbound(each) == "mailbox" for each in partner.receives)
        ),
    ]


def _schema(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return why this hub could not work on the database; nothing where there is none yet."""
    if _is_new(settings):
        return []

    with opened(settings):
        return []


def _data(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return whether others than the hub may enter what it keeps."""
    refuse_open(settings.data)
    return []


def _folders(settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return what is in the way of partners' folders; one that every account of the machine may enter is."""
    places = Places(settings.folders_root)
    places.refuse_foreign()
    if not places.root.is_dir():
        return []
    places.refuse_fault_of_ours()
    found: list[HubError] = []
    for partner in load_partners(configuration).all():
        own = places.root / partner.id
        if (barred := places.fault_of(partner.id)) is not None:
            found.append(Misconfigured.told(str(barred), file=str(own), remedy=places.remedy(partner.id, barred)))
        elif (unreadable := Hand(places, partner.id).unreadable(time.time())) is not None:
            found.append(Misconfigured.told(str(unreadable), file=str(own / IN), remedy=READABLE_AGAIN))
    return found


def _is_new(settings: Settings) -> bool:
    return not settings.database_url and not (settings.data / SQLITE_FILE).is_file()


def _found(find: Check, settings: Settings, configuration: Configuration) -> list[HubError]:
    """Return what ``find`` finds; a check that cannot go on is a fault itself."""
    try:
        return find(settings, configuration)
    except HubError as fault:
        return [fault]
    except Exception as fault:  # noqa: BLE001 - what is in a file may break a check in ways nobody foresaw
        return [Misconfigured.of(fault)]


def _fault(what: str, fault: HubError) -> Fault:
    if isinstance(fault, Misconfigured):
        file, remedy = fault.file and shown(fault.file), fault.remedy and shown(fault.remedy)
        return Fault(
            what=what, code=fault.code, message=shown(fault.message), file=file, line=fault.line, remedy=remedy
        )
    return Fault(what=what, code=type(fault).__name__, message=str(fault))


def _place(fault: Fault) -> str:
    return f"{fault.file}:{fault.line}: " if fault.file and fault.line else f"{fault.file}: " if fault.file else ""


CHECKS: dict[str, Check] = {
    "partners": _partners,
    "guides": _guides,
    "maps": _maps,
    **{name: partial(_of_room, check) for room in ROOMS for name, check in room.checks.items()},
    "schema": _schema,
    "keys": _keys,
    "secrets": _secrets,
    "data": _data,
    "folders": _folders,
}
