"""What ``[sends]`` means to X12: on the left the set that the map on the right reads. What is not so, is told here.

Other syntaxes route by what the document says itself, and the name on the left is free; but no set's: whatever stands
under ``850`` would be taken for the map of that set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hub.exchange.partners import Partner
from hub.formats.families import FAMILIES
from hub.formats.x12.agreed import DIGITS
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
    }
)


def sends_at_fault(partner: Partner, maps: MapLibrary, configuration: Configuration) -> Iterator[Misconfigured]:
    """Yield what of ``[sends]`` is not of X12 where it says so, or the other way round, with file and line.

    A map that is at fault itself is passed over: it is told with the maps, and stops its own documents.
    """
    for key, name in partner.sends.items():
        with suppress(Misconfigured):
            found = _at_fault(partner, key, maps.map(name))
            if found is not None:
                case, words = found
                path = configuration.find(f"partners/{partner.id}/partner.toml")
                yield Misconfigured(
                    f"CFG-SENDS/{case}", words, file=str(path), line=_line(path, key), key=key, map=name
                )


def _at_fault(partner: Partner, key: str, map_: Map) -> tuple[str, dict[str, Word]] | None:
    """Return the case of the fault and its words."""
    if map_.family.name != FAMILY:
        is_set = _SET.fullmatch(key) is not None
        return ("is-no-x12", {"syntax": FAMILIES[map_.family.name].called}) if is_set else None
    if key != map_.kind:
        return "is-another-set", {"set": map_.kind}
    if partner.x12 is None:
        return "no-x12-agreed", {}
    release = map_.schema.release
    if release not in {each[:DIGITS] for each in partner.x12.releases}:
        return "another-release", {"release": release, "releases": ", ".join(partner.x12.releases)}
    return None


def _line(path: Path | None, key: str) -> int | None:
    return read_toml(path)[1].of(("sends", key)) if path else None
