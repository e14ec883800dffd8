"""Trading partners, from ``partners/<id>/partner.toml``.

What enters is the configuration; what leaves is a directory that finds a partner by its id or by the ids on an
envelope. A faulty file stops its partner and no other: ``faults`` says why, with file and line. An unknown key is a
fault, named with the nearest known one.
"""

from __future__ import annotations

import difflib
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from hub.kernel.errors import Misconfigured
from hub.kernel.identity import is_partner_id
from hub.kernel.struct import Struct
from hub.platform.configuration import Configuration
from hub.platform.toml_lines import Key, Lines, read_toml

UNKNOWN_KEYS_MAX = 50  # of one file; whoever has more has the wrong file

LENIENCIES = {
    "usage-may-differ": "ISA15 may disagree with this file: a note instead of a warning",
    "group-sender-may-differ": "GS02 and GS03 may name other parties than the interchange",
    "test-in-production": "test interchanges are taken from a partner in production, and answered as test",
    "number-may-restart": "ISA13 may come again with other bytes, numbers_restart_after_days after it came before",
}
"""What can be forgiven a partner, each by its name and never by the partner's."""


class EnvelopeId(Struct):
    """How an envelope names a party: ISA05/06 or ISA07/08, and GS02 or GS03."""

    qualifier: str
    id: str
    group: str | None = None  # GS02/GS03; None: the same as ``id``

    @property
    def group_id(self) -> str:
        return self.group or self.id


class OutboundSeparators(Struct):
    """What we write between the parts."""

    element: str = "*"
    segment: str = "~"
    component: str = ">"
    repetition: str | None = None  # from 005010 on
    line_end: str = ""  # "\n" for partners who want one segment per line


class Envelope(Struct):
    """X12 envelopes with this partner."""

    ours: EnvelopeId
    theirs: EnvelopeId
    releases: list[str] = msgspec.field(
        default_factory=lambda: ["004010"]
    )  # GS08 that they may send; a suffix is tolerated
    separators: OutboundSeparators = OutboundSeparators()
    numbers_restart_after_days: int = 60  # with "number-may-restart": whoever sends again has done so long since


class Acknowledgements(Struct):
    """Which answers are owed, by whom, and by when."""

    functional: Literal["997", "999", "none"] = "997"  # what we send for each of their groups
    functional_due_minutes: int = 24 * 60  # theirs for our groups: overdue after this; 0: none is expected
    interchange: Literal["asked", "always", "never"] = "asked"  # TA1: when ISA14 asks (a refusal always gets one)


class Transport(Struct):
    """One way in or out. The first that serves a direction is the one used to send."""

    kind: Literal[
        "mailbox", "folder"
    ]  # mailbox: they POST to the hub and fetch; folder: they drop files and fetch them
    directions: list[Literal["in", "out"]] = msgspec.field(default_factory=lambda: ["in", "out"])


class Calendar(Struct):
    """The days on which the partner's dock takes goods."""

    weekdays: list[int] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5])  # ISO: Monday is 1
    holidays: list[date] = []


class Partner(Struct):
    """A trading partner as its file states it."""

    id: str
    name: str
    usage: Literal["T", "P"]  # T: still in test; everything is answered as test and nothing is planned
    time_zone: str  # IANA; for dates without a zone
    currency: str  # ISO 4217; of an order that names none
    envelope: Envelope | None = None
    sends: dict[str, str] = {}  # document → map: 850 = "north-spine/850"
    receives: dict[str, str] = {}
    acknowledgements: Acknowledgements = Acknowledgements()
    transports: list[Transport] = []
    calendar: Calendar = Calendar()
    leniency: list[str] = []  # names out of LENIENCIES

    @property
    def in_test(self) -> bool:
        return self.usage == "T"

    @property
    def numbers_restart_after(self) -> timedelta | None:
        """How long ago an ISA13 of theirs must have come to come again with other bytes; None: it never may."""
        if self.envelope is None or "number-may-restart" not in self.leniency:
            return None
        return timedelta(days=self.envelope.numbers_restart_after_days)

    def outbound(self) -> str:
        """Return the kind of transport by which messages leave; a mailbox when the file names none."""
        return next((way.kind for way in self.transports if "out" in way.directions), "mailbox")


class Partners:
    """All partners whose files are sound, and why the others are not."""

    def __init__(self, partners: dict[str, Partner], faults: dict[str, Misconfigured]) -> None:
        self.faults = faults
        self._partners = partners
        self._by_envelope: dict[tuple[str, str], Partner] = {}
        for partner in partners.values():
            if partner.envelope:
                self._by_envelope[partner.envelope.theirs.qualifier, partner.envelope.theirs.id] = partner

    def get(self, partner_id: str) -> Partner | None:
        """Return the partner; None for an unknown or a stopped one."""
        return self._partners.get(partner_id)

    def by_envelope(self, qualifier: str, sender: str) -> Partner | None:
        """Return the partner who signs envelopes with ISA05 and ISA06 (padding stripped)."""
        return self._by_envelope.get((qualifier.strip(), sender.strip()))

    def all(self) -> list[Partner]:
        """Return every partner alive, by id."""
        return [self._partners[name] for name in sorted(self._partners)]


def load_partners(configuration: Configuration) -> Partners:
    """Read every ``partners/<id>/partner.toml``; faults are collected, not raised."""
    partners: dict[str, Partner] = {}
    faults: dict[str, Misconfigured] = {}
    envelopes: dict[tuple[str, str], str] = {}
    for name in configuration.folders("partners"):
        path = configuration.find(f"partners/{name}/partner.toml")
        if path is None:
            continue  # a folder that only adds files to a partner defined elsewhere, or is being prepared
        try:
            partner = read_partner(path, name)
            _claim_envelope(partner, path, envelopes)
            partners[name] = partner
        except Misconfigured as fault:
            faults[name] = fault
    return Partners(partners, faults)


def read_partner(path: Path, partner_id: str) -> Partner:
    """Read one file. Raises ``Misconfigured`` with the line and all unknown keys of the file."""
    tables, lines = read_toml(path)
    _refuse_unknown_keys(tables, path, lines)
    try:
        partner = msgspec.convert(tables, Partner)
    except msgspec.ValidationError as fault:
        message, key = _place(fault)
        raise Misconfigured(message, file=str(path), line=lines.of(key) or 1, remedy="see docs/partners.md") from fault
    for key, message, remedy in _rules(partner, partner_id):
        raise Misconfigured(message, file=str(path), line=lines.of(key) or 1, remedy=remedy)
    return partner


def _rules(partner: Partner, partner_id: str) -> list[tuple[Key, str, str]]:
    """Return what types cannot say: the key, the fault and the remedy."""
    found: list[tuple[Key, str, str]] = []
    if partner.id != partner_id or not is_partner_id(partner.id):
        found.append((("id",), f"id is {partner.id!r} in the folder {partner_id!r}", "use the folder's name"))
    try:
        ZoneInfo(partner.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append((("time_zone",), f"{partner.time_zone!r} is no time zone", "an IANA name: America/Chicago"))
    if not re.fullmatch("[A-Z]{3}", partner.currency):
        found.append((("currency",), f"{partner.currency!r} is no currency", "three letters of ISO 4217: USD"))
    unheard = [name for name in partner.leniency if name not in LENIENCIES]
    if unheard:
        found.append((("leniency",), f"there is no leniency {unheard[0]!r}", f"one of {', '.join(LENIENCIES)}"))
    if partner.envelope:
        found += _separator_rules(partner.envelope.separators)
    if partner.envelope and partner.envelope.numbers_restart_after_days < 1:
        key: Key = ("envelope", "numbers_restart_after_days")
        found.append((key, "numbers_restart_after_days is less than a day", "whole days: 60"))
    return found


def _separator_rules(separators: OutboundSeparators) -> list[tuple[Key, str, str]]:
    key: Key = ("envelope", "separators")
    signs = [separators.element, separators.segment, separators.component, separators.repetition]
    used = [sign for sign in signs if sign is not None]
    if len(set(used)) < len(used):
        return [(key, "two separators are the same", "choose four different characters")]
    if any(len(sign) != 1 or sign.isalnum() or sign in " .-" for sign in used):
        return [(key, "a separator is one character that no data holds", "such as * ~ > ^")]
    if separators.line_end not in ("", "\n", "\r\n"):
        return [((*key, "line_end"), "line_end is neither empty nor a line end", r'"", "\n" or "\r\n"')]
    return []


def _claim_envelope(partner: Partner, path: Path, taken: dict[tuple[str, str], str]) -> None:
    if partner.envelope is None:
        return
    theirs = partner.envelope.theirs
    owner = taken.setdefault((theirs.qualifier, theirs.id), partner.id)
    if owner != partner.id:
        raise Misconfigured(
            f"envelope id {theirs.qualifier}/{theirs.id} is {owner}'s already", file=str(path), remedy="tell them apart"
        )


def _refuse_unknown_keys(tables: dict[str, Any], path: Path, lines: Lines) -> None:
    unknown = _unknown_keys(tables, Partner, ())[:UNKNOWN_KEYS_MAX]
    if not unknown:
        return
    told = []
    for key, known in unknown:
        nearest = difflib.get_close_matches(str(key[-1]), known, n=1)
        told.append(
            f"unknown key {key[-1]!r} in line {lines.of(key)}" + (f" (did you mean {nearest[0]!r}?)" if nearest else "")
        )
    known_here = ", ".join(unknown[0][1])
    raise Misconfigured(
        "; ".join(told), file=str(path), line=lines.of(unknown[0][0]), remedy=f"known here: {known_here}"
    )


def _unknown_keys(table: Any, shape: Any, at: Key) -> list[tuple[Key, list[str]]]:
    """Return each key of ``table`` that ``shape`` does not have, with those it has."""
    if isinstance(table, list):
        inner = get_args(shape)
        return [found for n, item in enumerate(table) for found in _unknown_keys(item, inner and inner[0], (*at, n))]
    struct = next((s for s in (shape, *get_args(shape)) if isinstance(s, type) and issubclass(s, Struct)), None)
    if not isinstance(table, dict) or struct is None:
        return []
    fields = {field.name: field.type for field in msgspec.structs.fields(struct)}
    found = [((*at, key), list(fields)) for key in table if key not in fields]
    for key in table.keys() & fields.keys():
        found += _unknown_keys(table[key], fields[key], (*at, key))
    return found


def _place(fault: msgspec.ValidationError) -> tuple[str, Key]:
    """Return msgspec's message and the key it speaks of."""
    message, _, path = str(fault).partition(" - at `$")
    parts = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", path)
    return message, tuple(int(number) if number else name for name, number in parts)
