"""Trading partners, from ``partners/<id>/partner.toml``.

What enters is the configuration; what leaves is a directory that finds a partner by its id or by the ids on an
envelope. A faulty file stops its partner and no other: ``faults`` says why, with file and line. An unknown key is a
fault, named with the nearest known one. Every number, text and list has its bounds, stated in its type.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from hub.exchange.partner_cxml import CxmlTable
from hub.exchange.partner_parties import PARTIES_MAX, NamedParty, parties_at_fault
from hub.exchange.partner_syntax import Fault, Signs, SyntaxTable
from hub.exchange.partner_tells import JsonTable, Tell, hears_of, tells_at_fault
from hub.exchange.partner_x12 import LENIENCIES, WRITTEN_BY_US, Minutes, X12Envelope
from hub.exchange.weights import Amount
from hub.kernel.errors import Misconfigured
from hub.kernel.identity import is_partner_id
from hub.kernel.sentence import Phrase, Word, Wording, as_written, declared
from hub.kernel.struct import Struct
from hub.platform.configuration import Configuration
from hub.platform.toml_lines import Key, Lines, read_toml

UNKNOWN_KEYS_MAX = 50  # of one file; whoever has more has the wrong file
KEY_CHARACTERS_SHOWN = 60
KEY, VALUE = "CFG-KEY", "CFG-VALUE"
FIRST_YEAR, LAST_YEAR = 2000, 2099

Kind = Literal["customer", "supplier", "plant", "carrier"]
"""What a partner is to us. Stated in every file: a plant that is taken for a customer would be answered like one."""

MOVED = ("envelope", "acknowledgements")  # tables that have other names now

ONE_LINE = r"\A[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+\Z"
Words = Annotated[str, Meta(min_length=1, max_length=120, pattern=ONE_LINE)]
"""What people call something: no sign that breaks a line, or turns the rest of it round."""

SetName = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z][0-9A-Za-z_.-]{0,31}\Z")]
MapName = Annotated[str, Meta(max_length=200, pattern=r"\A[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*)*\Z")]
Weekday = Annotated[int, Meta(ge=1, le=7)]  # ISO: Monday is 1


class Way(Struct, tag_field="kind"):
    """One way in or out. The first that serves a direction, and a document, is the one used to send it."""

    directions: Annotated[list[Literal["in", "out"]], Meta(min_length=1, max_length=2)] = msgspec.field(
        default_factory=lambda: ["in", "out"]
    )
    documents: Annotated[list[SetName], Meta(max_length=100)] = []  # out: these, by their names under [receives], and
    # no others; none: whatever no other way names

    @property
    def kind(self) -> str:
        """The word of the file: mailbox, folder."""
        return str(self.__struct_config__.tag)


class Mailbox(Way, tag="mailbox"):
    """They POST to the hub and fetch."""


class Folder(Way, tag="folder"):
    """They drop files and fetch them."""


Transport = Mailbox | Folder


class Budget(Struct):
    """What of theirs may be stored in 24 hours; None: as for everybody, see the settings."""

    bytes_per_day: Annotated[int, Meta(ge=1, le=2**50)] | None = None
    rows_per_day: Annotated[int, Meta(ge=1, le=2**50)] | None = None

    def over(self, *, bytes_per_day: int, rows_per_day: int) -> Amount:
        """Return what may be stored where everybody may store so much."""
        return Amount(bytes=self.bytes_per_day or bytes_per_day, rows=self.rows_per_day or rows_per_day)


class Calendar(Struct):
    """The days on which the partner's dock takes goods."""

    weekdays: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] = msgspec.field(
        default_factory=lambda: [1, 2, 3, 4, 5]
    )
    holidays: Annotated[list[date], Meta(max_length=1_000)] = []  # of some twenty years


class Partner(Struct):
    """A trading partner as its file states it."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Words
    kind: Kind
    usage: Literal["T", "P"]  # T: still in test; everything is answered as test and nothing is planned
    time_zone: Annotated[str, Meta(max_length=64, pattern=r"\A[A-Za-z0-9_+/-]*\Z")]  # IANA; for dates without a zone
    currency: Annotated[str, Meta(max_length=16)]  # ISO 4217; of an order that names none
    x12: X12Envelope | None = None  # None: no X12 at all was agreed on
    sends: Annotated[dict[SetName, MapName], Meta(max_length=100)] = {}  # document → map: 850 = "north-spine/850"
    receives: Annotated[dict[SetName, MapName], Meta(max_length=100)] = {}
    json: JsonTable | None = None
    cxml: CxmlTable | None = None  # None: what comes in cXML is nobody's of theirs, and none can be written to them
    parties: Annotated[list[NamedParty], Meta(max_length=PARTIES_MAX)] = []  # whom their documents may name, as what
    tells: Annotated[list[Tell], Meta(max_length=100)] = []
    transports: Annotated[list[Transport], Meta(max_length=10)] = []
    answers_due_minutes: Minutes = 24 * 60  # what waits for a person of ours: a person is called again; 0: never
    calendar: Calendar = Calendar()
    budget: Budget = Budget()
    same_bytes_minutes: Minutes = 10  # a body that comes again within so long is the first one; 0: never
    leniency: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=20)] = []  # names out of LENIENCIES

    @property
    def in_test(self) -> bool:
        return self.usage == "T"

    @property
    def same_bytes_window(self) -> timedelta:
        """For how long the same bytes are the same message, whatever they say."""
        return timedelta(minutes=self.same_bytes_minutes)

    @property
    def tables(self) -> list[SyntaxTable]:
        """What the file says of each syntax."""
        return [each for each in (self.x12, self.cxml, self.json) if each is not None]

    @property
    def must_sign(self) -> bool:
        """Whether some of what it sends is refused without a secret of its own."""
        return any(table.must_sign for table in self.tables)

    def takes_canonical(self, document: str) -> bool:
        """Whether a canonical document goes to them as our own JSON, where no map writes it."""
        return self.json is not None and document in self.json.canonical

    def outbound(self, document: str | None = None) -> str:
        """Return the kind of way by which a document leaves, by its name under ``[receives]``.

        It is the way that names the document, else the first that names none, else a mailbox.
        """
        ways = [way for way in self.transports if "out" in way.directions]
        named = next((way for way in ways if document in way.documents), None)
        chosen = named or next((way for way in ways if not way.documents), None)
        return chosen.kind if chosen else "mailbox"


class Partners:
    """All partners whose files are sound, and why the others are not."""

    def __init__(
        self,
        partners: dict[str, Partner],
        faults: dict[str, Misconfigured],
        missing: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self.faults = faults
        self._missing = missing  # by partner at fault: the kinds of events it would be told of
        self._partners = partners
        self._by_name = {
            (table.syntax, name.signs): partner
            for partner in partners.values()
            for table in partner.tables
            for name in table.names
        }

    def get(self, partner_id: str) -> Partner | None:
        """Return the partner; None for an unknown or a stopped one."""
        return self._partners.get(partner_id)

    def signed_by(self, syntax: str, signs: Signs) -> Partner | None:
        """Return the partner who signs envelopes of the syntax so."""
        return self._by_name.get((syntax, signs))

    def listeners(self, event: str) -> list[str]:
        """Return who is told each time of such an event; those at fault among them, to whom it is owed."""
        told = [each.id for each in self.all() if any(event in tell.on for tell in each.tells)]
        return told + sorted(name for name, events in self._missing.items() if event in events)

    def all(self) -> list[Partner]:
        """Return every partner alive, by id."""
        return [self._partners[name] for name in sorted(self._partners)]


def load_partners(configuration: Configuration) -> Partners:
    """Read every ``partners/<id>/partner.toml``; faults are collected, not raised."""
    partners: dict[str, Partner] = {}
    faults: dict[str, Misconfigured] = {}
    missing: dict[str, frozenset[str]] = {}
    taken: dict[tuple[str, Signs], str] = {}
    for name in configuration.folders("partners"):
        file, path = f"partners/{name}/partner.toml", None
        try:
            path = configuration.find(file)
            if path is None:
                continue  # a folder that only adds files to a partner defined elsewhere, or is being prepared
            partner = read_partner(path, name)
            _claim_names(partner, path, taken)
            partners[name] = partner
        except Exception as fault:  # noqa: BLE001 - one partner's file, whatever it does to its reader, stops that one
            faults[name] = Misconfigured.of(fault, file=file, code="CFG-PARTNER")
            if path is not None:
                missing[name] = hears_of(path)
    return Partners(partners, faults, missing)


def file_of(configuration: Configuration, partner_id: str) -> str:
    """Return where the file of a partner stands, for people."""
    name = f"partners/{partner_id}/partner.toml"
    return str(configuration.find(name) or name)


def read_partner(path: Path, partner_id: str) -> Partner:
    """Read one file. Raises ``Misconfigured`` with the line and all unknown keys of the file."""
    tables, lines = read_toml(path)
    _refuse_the_shape_of_before(tables, path, lines, partner_id)
    _refuse_unknown_keys(tables, path, lines)
    if "kind" not in tables:
        raise _kind_unsaid(path, lines)
    try:
        partner = msgspec.convert(tables, Partner)
    except msgspec.ValidationError as fault:
        message, key = _place(fault)
        why = Wording(key="partner/form") if " regex " in message else as_written(message)
        said = Wording(key="partner/at", words={"key": ".".join(map(str, key)), "found": why}) if key else why
        case = "one-table-each" if key == ("x12", "theirs") else "not-as-documented"
        raise Misconfigured(f"{VALUE}/{case}", file=str(path), line=lines.of(key) or 1, found=said) from fault
    for key, case, words in _rules(partner, partner_id):
        raise Misconfigured(f"{VALUE}/{case}", words, file=str(path), line=lines.of(key) or 1)
    return partner


def _rules(partner: Partner, partner_id: str) -> list[Fault]:
    """Return what types cannot say."""
    found: list[Fault] = []
    if partner.id != partner_id or not is_partner_id(partner.id):
        found.append((("id",), "id-is-folder", {"id": repr(partner.id), "partner_id": repr(partner_id)}))
    try:
        ZoneInfo(partner.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "America" is a folder of zones
        found.append((("time_zone",), "is-no-time-zone", {"time_zone": repr(partner.time_zone)}))
    if not re.fullmatch("[A-Z]{3}", partner.currency):
        found.append((("currency",), "is-no-currency", {"currency": repr(partner.currency)}))
    unheard = [name for name in partner.leniency if name not in LENIENCIES]
    if unheard:
        found.append(
            (("leniency",), "there-is-no-leniency", {"unheard": repr(unheard[0]), "list": ", ".join(LENIENCIES)})
        )
    canonical = partner.json.canonical if partner.json else []
    for table in partner.tables:
        found += table.faults(partner.receives)
    found += parties_at_fault(partner.parties)
    found += tells_at_fault(partner.tells, partner.kind, canonical, partner.receives)
    found += _ways_at_fault(partner)
    days = partner.calendar.weekdays
    if len(set(days)) < len(days):
        found.append((("calendar", "weekdays"), "weekday-stands-twice", {}))
    strange = [day for day in partner.calendar.holidays if not FIRST_YEAR <= day.year <= LAST_YEAR]
    if strange:
        found.append(
            (
                ("calendar", "holidays"),
                "is-no-holiday-our",
                {"strange": str(strange[0]), "first_year": FIRST_YEAR, "last_year": LAST_YEAR},
            )
        )
    return found


def _ways_at_fault(partner: Partner) -> list[Fault]:
    found: list[Fault] = []
    gone: set[str] = set()  # documents that have their way
    written = {*partner.receives, *WRITTEN_BY_US}
    for number, way in enumerate(partner.transports):
        key: Key = ("transports", number, "documents")
        if way.documents and "out" not in way.directions:
            found.append((key, "documents-go-out-way", {}))
        for name in way.documents:
            if name in gone:
                found.append((key, "has-way-already", {"name": name}))
            if name not in written and not partner.takes_canonical(name):
                found.append((key, "is-nothing-they-receive", {"name": name}))
            gone.add(name)
    return found


def _claim_names(partner: Partner, path: Path, taken: dict[tuple[str, Signs], str]) -> None:
    """Note under what they sign. Raises ``Misconfigured``, and notes nothing, where that is another's already."""
    named = {(table.syntax, name.signs): name for table in partner.tables for name in table.names}
    for key in sorted(named.keys() & taken.keys()):
        case, words = named[key].taken(taken[key])
        raise Misconfigured(f"CFG-ENVELOPE-TAKEN/{case}", words, file=str(path))
    taken.update(dict.fromkeys(named, partner.id))


def _refuse_the_shape_of_before(tables: dict[str, Any], path: Path, lines: Lines, partner_id: str) -> None:
    """Say what has to be written in a file of the shape that was understood before; nothing is guessed."""
    moved = next((key for key in MOVED if key in tables), None)
    if moved is not None:
        line = lines.of((moved,)) or 1
        raise Misconfigured("CFG-KEY/file-has-shape-before", file=str(path), line=line, partner_id=partner_id)


def _kind_unsaid(path: Path, lines: Lines) -> Misconfigured:
    line = lines.of(("name",)) or 1
    return Misconfigured("CFG-VALUE/is-not-said-what", file=str(path), line=line)


def _refuse_unknown_keys(tables: dict[str, Any], path: Path, lines: Lines) -> None:
    unknown = _unknown_keys(tables, Partner, ())[:UNKNOWN_KEYS_MAX]
    if not unknown:
        return
    told: list[str | int | Wording] = []
    for key, known in unknown:
        shown = str(key[-1])[:KEY_CHARACTERS_SHOWN]
        nearest = difflib.get_close_matches(shown, known, n=1)
        words: dict[str, Word] = {"shown": repr(shown), "of": lines.of(key) or 1}
        if nearest:
            words["nearest"] = repr(nearest[0])
        told.append(Wording(key="partner/unknown-near" if nearest else "partner/unknown", words=words))
    known_here = ", ".join(unknown[0][1])
    line = lines.of(unknown[0][0])
    raise Misconfigured(f"{KEY}/unknown", file=str(path), line=line, keys=told, known_here=known_here)


def _unknown_keys(table: Any, shape: Any, at: Key) -> list[tuple[Key, list[str]]]:
    """Return each key of ``table`` that ``shape`` does not have, with those it has."""
    if hasattr(shape, "__metadata__"):  # Annotated: the bounds are not looked at here
        shape = get_args(shape)[0]
    if isinstance(table, list):
        inner = get_args(shape)
        return [found for n, item in enumerate(table) for found in _unknown_keys(item, inner and inner[0], (*at, n))]
    structs = [s for s in (shape, *get_args(shape)) if isinstance(s, type) and issubclass(s, Struct)]
    if not isinstance(table, dict) or not structs:
        return []
    config = structs[0].__struct_config__
    struct = next((s for s in structs if s.__struct_config__.tag == table.get(config.tag_field)), structs[0])
    fields = _fields_of(struct)
    found = [((*at, key), list(fields)) for key in table if key not in fields]
    for key in table.keys() & fields.keys():
        found += _unknown_keys(table[key], fields[key], (*at, key))
    return found


@cache
def _fields_of(struct: type[Struct]) -> dict[str, Any]:
    """Return the type of each key that a table may have; worked out once for each kind of table there is."""
    fields: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(struct)}
    tag = struct.__struct_config__.tag_field
    return fields if tag is None else {**fields, tag: str}


def _place(fault: msgspec.ValidationError) -> tuple[str, Key]:
    """Return msgspec's message and the key it speaks of."""
    message, _, path = str(fault).replace(" - at `key` in `$", " - at `$").partition(" - at `$")
    parts = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", path)
    return message, tuple(int(number) if number else name for name, number in parts)


declared(
    {
        "CFG-KEY/unknown": Phrase(message="{keys:also}", remedy="known here: {known_here}"),
        "partner/unknown": Phrase(message="unknown key {shown} in line {of}"),
        "partner/unknown-near": Phrase(message="unknown key {shown} in line {of} (did you mean {nearest}?)"),
        "partner/form": Phrase(message="has not the form, or holds a sign that may not stand there"),
        "partner/at": Phrase(message="{key}: {found}"),
        "CFG-VALUE/not-as-documented": Phrase(message="{found}", remedy="see docs/partners.md"),
        "CFG-VALUE/one-table-each": Phrase(
            message="{found}", remedy="each identity of theirs has a table of its own: [[x12.theirs]]"
        ),
        "CFG-VALUE/is-not-said-what": Phrase(
            message="it is not said what they are to us",
            remedy='write the line kind = "customer" (or "supplier", "plant", "carrier")',
        ),
        "CFG-ENVELOPE-TAKEN/envelope-id-is-s": Phrase(
            message="envelope id {qualifier}/{id} is {owner}'s already", remedy="tell them apart"
        ),
        "CFG-KEY/file-has-shape-before": Phrase(
            message="the file has the shape of before: [envelope] is [x12] now, [envelope.theirs] is [[x12.theirs]], "
            "[acknowledgements] is [x12.acknowledgements], and kind says what they are to us",
            remedy="write them so, or let the file be rewritten: hub partner migrate {partner_id}",
        ),
        "CFG-VALUE/id-is-folder": Phrase(
            message="id is {id} in the folder {partner_id}", remedy="use the folder's name"
        ),
        "CFG-VALUE/is-no-currency": Phrase(
            message="{currency} is no currency", remedy="three letters of ISO 4217: USD"
        ),
        "CFG-VALUE/there-is-no-leniency": Phrase(message="there is no leniency {unheard}", remedy="one of {list}"),
        "CFG-VALUE/weekday-stands-twice": Phrase(message="a weekday stands twice", remedy="each once: [1, 2, 3, 4, 5]"),
        "CFG-VALUE/is-no-holiday-our": Phrase(
            message="{strange} is no holiday of our time", remedy="days from {first_year} to {last_year}"
        ),
        "CFG-VALUE/is-no-time-zone": Phrase(
            message="{time_zone} is no time zone", remedy="an IANA name: America/Chicago"
        ),
        "CFG-VALUE/documents-go-out-way": Phrase(
            message="documents go out, and this way leads in only", remedy='give it directions = ["out"]'
        ),
        "CFG-VALUE/has-way-already": Phrase(
            message="{name} has a way already", remedy="name each document with one way"
        ),
        "CFG-VALUE/is-nothing-they-receive": Phrase(
            message="{name} is nothing that they receive", remedy="name its map under [receives]: {name} ="
        ),
    }
)
