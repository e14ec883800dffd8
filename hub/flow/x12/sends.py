"""What ``[sends]`` and ``[receives]`` mean to X12: on the left the set that the map on the right reads or writes.

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

_SET = re.compile("[0-9]{3}")

declared(
    {
        "CFG-SENDS/is-another-set": Phrase(
            message="under [sends] {key} names {map}, which reads the set {set}", remedy='write {set} = "{map}"'
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
            remedy="leave {other} out of releases under [x12], or name a map of {other} and leave {release} out",
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
    for key, name in partner.sends.items():
        with suppress(Misconfigured):
            map_ = maps.map(name)
            found = _misnamed(partner, key, map_) or _of_another_release(partner, map_)
            if found is not None:
                yield _fault(partner, configuration, "sends", key, name, found)


def releases_unread(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield the sets under ``[sends]`` of which another release is agreed and has a guide: such a set is held."""
    guides = GuideLibrary(configuration.roots)
    agreed = sorted({each[:DIGITS] for each in partner.x12.releases}) if partner.x12 else []
    for key, name in partner.sends.items():
        with suppress(Misconfigured):
            map_ = maps.map(name)
            if map_.family.name != FAMILY or map_.schema.release not in agreed:
                continue
            for release in agreed:
                if release != map_.schema.release and guides.guide(release, map_.kind, partner.id) is not None:
                    words: dict[str, Word] = {"map": name, "release": map_.schema.release, "other": release, "set": key}
                    yield _fault(partner, configuration, "sends", key, name, ("release-unread", words))


def receives_at_fault(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield what of ``[receives]`` is misnamed, or is never used because a map before it writes the same document."""
    writers: dict[str, str] = {}
    for key, name in partner.receives.items():
        with suppress(Misconfigured):
            map_ = maps.map(name)
            first = writers.setdefault(map_.document, name)
            found = _misnamed(partner, key, map_)
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


def _misnamed(partner: Partner, key: str, map_: Map) -> Found | None:
    """Return what is wrong with the name on the left."""
    if map_.family.name != FAMILY:
        is_set = _SET.fullmatch(key) is not None
        return ("is-no-x12", {"syntax": FAMILIES[map_.family.name].called}) if is_set else None
    if key != map_.kind:
        return "is-another-set", {"set": map_.kind}
    if partner.x12 is None:
        return "no-x12-agreed", {}
    return None


def _of_another_release(partner: Partner, map_: Map) -> Found | None:
    """Return that a map of X12 reads a release that was not agreed."""
    release, agreed = map_.schema.release, partner.x12.releases if partner.x12 else []
    if map_.family.name != FAMILY or release in {each[:DIGITS] for each in agreed}:
        return None
    return "another-release", {"release": release, "releases": ", ".join(agreed)}
