"""``hub check``: every fault in what an operator or onboarding engineer wrote, with file and line, in one run.

Reads the configuration, and the database when there is one in ``--data``; changes nothing. Exit code 1 when there is
a fault.
"""

from __future__ import annotations

import contextlib
import difflib
import time
from collections.abc import Callable
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
from hub.exchange.partners import file_of, load_partners
from hub.flow.syntaxes import SYNTAXES
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
from hub.platform.toml_lines import read_toml
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
MAP_NEAR = 0.5  # how alike two names of maps are where one is suggested for the other

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
    told = [*_doubtful(configuration), *_whoever_is_named(configuration)]
    warnings = [_fault("partners", each) for each in told] + [
        _fault("maps", each) for each in _doubtful_maps(configuration)
    ]
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


def _whoever_is_named(configuration: Configuration) -> list[HubError]:
    """Return the customers whose orders say in the document alone whose they are, and are held against nothing."""
    library = MapLibrary(configuration.roots, SchemaLibrary(configuration.roots))
    found: list[HubError] = []
    for partner in load_partners(configuration).all():
        if partner.kind != "customer" or partner.parties or any(table.names for table in partner.tables):
            continue
        if any(_reads_parties(library, name) for name in partner.sends.values()):
            file = file_of(configuration, partner.id)
            message = "its orders name a buyer and a seller, and nothing says whom they may name"
            remedy = "add [[parties]] with role, id and scheme for each number that was agreed"
            found.append(Misconfigured.told(message, code="CFG-WHOEVER-IS-NAMED", file=file, remedy=remedy))
    return found


def _doubtful(configuration: Configuration) -> list[HubError]:
    """Return what each syntax finds doubtful in the files of partners."""
    maps = MapLibrary(configuration.roots, SchemaLibrary(configuration.roots))
    partners = load_partners(configuration).all()
    found = (syntax.doubts(each, maps, configuration) for syntax in SYNTAXES.values() for each in partners)
    return [fault for faults in found for fault in faults]


def _doubtful_maps(configuration: Configuration) -> list[HubError]:
    """Return what is allowed in maps and most likely a mistake."""
    maps = MapLibrary(configuration.roots, SchemaLibrary(configuration.roots))
    doubts = {str(each): each.misconfigured for name in maps.names() for each in maps.doubts(name)}
    return list(doubts.values())


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
        named = [("sends", *each) for each in partner.sends.items()]
        named += [("receives", *each) for each in partner.receives.items()]
        found += [
            _no_such_map(configuration, partner.id, (table, kind), name, known)
            for table, kind, name in named
            if name not in known
        ]
        found += [fault for syntax in SYNTAXES.values() for fault in syntax.faults(partner, library, configuration)]
    return found


def _no_such_map(
    configuration: Configuration, partner: str, key: tuple[str, str], name: str, known: set[str]
) -> Misconfigured:
    """Return that a partner's file names a map that is not there: in which line, and what may be meant."""
    near = difflib.get_close_matches(name, known, 1, MAP_NEAR)
    file = file_of(configuration, partner)
    line = read_toml(Path(file))[1].of(key)
    missing = f"{key[1]} names the map {name}, which is not there"
    remedy = f"did you mean {near[0]}? Else make it" if near else "make it"
    return Misconfigured.told(missing, file=file, line=line, remedy=remedy)


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
    signing = {each.id for each in partners.all() if each.must_sign}
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
                f"{partner} has to sign what it sends and has no secret: all of it is refused",
                code="CFG-NO-SECRET",
                file=file_of(configuration, partner),
                remedy=f"hub partner secret {partner}, or leave out shared_secret in its file",
            )
            for partner in sorted(signing - {each.partner for each in live})
        ),
        *(
            Misconfigured.told(
                f"{partner.id} has a secret and no key that reads its mailbox, and what it is sent waits there:"
                " nobody can fetch it",
                code="CFG-NOBODY-FETCHES",
                file=file_of(configuration, partner.id),
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
