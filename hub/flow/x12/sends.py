"""What ``[sends]`` and ``[receives]`` mean to X12: on the left the set that the map on the right reads or writes.

A set that comes in several releases stands once for each, with the release behind it: ``850-005010``.
What is not so, is told here. Other syntaxes route by what the document says itself, and the name on the left is free;
but no set's: whatever stands under ``850`` would be taken for the map of that set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from hub.exchange.partners import Partner
from hub.formats.families import FAMILIES
from hub.formats.x12.agreed import DIGITS
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.schema import FAMILY
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, Word, declared
from hub.mapping.library import Map, MapLibrary
from hub.platform.configuration import Configuration
from hub.platform.toml_lines import read_toml

_SET = re.compile("([0-9]{3})(?:-([0-9]{6}))?")

declared(
    {
        "CFG-SENDS/is-another-set": Phrase(
            message="under [sends] {key} names {map}, which reads the set {set}", remedy='write {set} = "{map}"'
        ),
        "CFG-SENDS/is-of-another-release": Phrase(
            message="under [sends] {key} names {map}, which reads release {release}",
            remedy='write {set}-{release} = "{map}"',
        ),
        "CFG-SENDS/is-read-already": Phrase(
            message="under [sends] {key} names {map} for what {first} reads already: set {set}, release {release}",
            remedy="leave one of the two out",
        ),
        "CFG-SENDS/is-no-x12": Phrase(
            message="under [sends] {key} is a set of X12, and {map} reads {syntax}",
            remedy='give it another name on the left, such as order = "{map}"',
        ),
        "CFG-SENDS/no-x12-agreed": Phrase(
            message="under [sends] {map} reads X12, and the file has no [x12]",
            remedy="add [x12.ours] and [[x12.theirs]], each with qualifier and id, or name a map of what they speak",
        ),
        "CFG-SENDS/another-release": Phrase(
            message="under [sends] {map} reads release {release}, and [x12] agrees {releases}",
            remedy="name a map of an agreed release, or add {release} to releases under [x12]",
        ),
        "CFG-SENDS/release-unread": Phrase(
            message="under [sends] {map} reads release {release}, and {other} is agreed too: a set {set} of it is held",
            remedy="add {set}-{other} with a map of it, or leave {other} out of releases under [x12]",
        ),
        "CFG-RECEIVES/is-another-set": Phrase(
            message="under [receives] {key} names {map}, which writes the set {set}", remedy='write {set} = "{map}"'
        ),
        "CFG-RECEIVES/is-no-x12": Phrase(
            message="under [receives] {key} is a set of X12, and {map} writes {syntax}",
            remedy='give it another name on the left, such as order-response = "{map}"',
        ),
        "CFG-RECEIVES/no-x12-agreed": Phrase(
            message="under [receives] {map} writes X12, and the file has no [x12]",
            remedy="add [x12.ours] and [[x12.theirs]], each with qualifier and id, or name a map of what they speak",
        ),
        "CFG-RECEIVES/is-written-already": Phrase(
            message="under [receives] {key} names {map} for what {first} writes already ({document}), "
            "so it never writes",
            remedy="leave one of the two out",
        ),
    }
)


def sends_at_fault(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield what of ``[sends]`` is not of X12 where it says so, or the other way round, with file and line.

    A map that is at fault itself is passed over: it is told with the maps, and stops its own documents.
    """
    readers: dict[tuple[str, str], str] = {}
    for key, name in partner.sends.items():
        with suppress(Misconfigured):
            map_ = maps.map(name)
            found = _misnamed(partner, key, map_, releases=True) or _of_another_release(partner, map_)
            first = readers.setdefault((map_.kind, map_.schema.release), name) if map_.family.name == FAMILY else name
            if found is None and first != name:
                found = "is-read-already", {"first": first, "set": map_.kind, "release": map_.schema.release}
            if found is not None:
                yield _fault(partner, configuration, "sends", key, name, found)


def releases_unread(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield the sets under ``[sends]`` of which a release is agreed, has a guide, and no map: such a set is held."""
    guides = GuideLibrary(configuration.roots)
    agreed = sorted({each[:DIGITS] for each in partner.x12.releases}) if partner.x12 else []
    read: dict[str, dict[str, tuple[str, str]]] = {}  # by set and release: the line
    for key, name in partner.sends.items():
        with suppress(Misconfigured):
            map_ = maps.map(name)
            if map_.family.name == FAMILY and map_.schema.release in agreed:
                read.setdefault(map_.kind, {}).setdefault(map_.schema.release, (key, name))
    for kind, lines in read.items():
        release, (key, name) = next(iter(lines.items()))
        for other in agreed:
            if other not in lines and guides.guide(other, kind, partner.id) is not None:
                words: dict[str, Word] = {"map": name, "release": release, "other": other, "set": kind}
                yield _fault(partner, configuration, "sends", key, name, ("release-unread", words))


def receives_at_fault(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield what of ``[receives]`` is misnamed, or is never used because a map before it writes the same document."""
    writers: dict[str, str] = {}
    for key, name in partner.receives.items():
        with suppress(Misconfigured):
            map_ = maps.map(name)
            first = writers.setdefault(map_.document, name)
            found = _misnamed(partner, key, map_, releases=False)
            if found is None and first != name:
                found = "is-written-already", {"first": first, "document": map_.document}
            if found is not None:
                yield _fault(partner, configuration, "receives", key, name, found)


Found = tuple[str, dict[str, Word]]
"""The case of a fault and its words."""


def _fault(
    partner: Partner, configuration: Configuration, table: str, key: str, map_: str, found: Found
) -> Misconfigured:
    """Return the fault of a line of the partner's file."""
    case, words = found
    path = configuration.find(f"partners/{partner.id}/partner.toml")
    line = read_toml(path)[1].of((table, key)) if path else None
    return Misconfigured(f"CFG-{table.upper()}/{case}", words, file=str(path), line=line, key=key, map=map_)


def set_named(key: str) -> str:
    """Return the set that a name on the left stands for, alone or with a release behind it; else the name."""
    found = _SET.fullmatch(key)
    return found[1] if found else key


def _misnamed(partner: Partner, key: str, map_: Map, *, releases: bool) -> Found | None:
    """Return what is wrong with the name on the left: a set, where ``releases`` are told apart with one behind it."""
    said = _SET.fullmatch(key)
    if map_.family.name != FAMILY:
        return ("is-no-x12", {"syntax": FAMILIES[map_.family.name].called}) if said else None
    if said is None or said[1] != map_.kind or (said[2] and not releases):
        return "is-another-set", {"set": map_.kind}
    if said[2] and said[2] != map_.schema.release:
        return "is-of-another-release", {"set": map_.kind, "release": map_.schema.release}
    if partner.x12 is None:
        return "no-x12-agreed", {}
    return None


def _of_another_release(partner: Partner, map_: Map) -> Found | None:
    """Return that a map of X12 reads a release that was not agreed."""
    release, agreed = map_.schema.release, partner.x12.releases if partner.x12 else []
    if map_.family.name != FAMILY or release in {each[:DIGITS] for each in agreed}:
        return None
    return "another-release", {"release": release, "releases": ", ".join(agreed)}
