"""Map files found, read and laid over one another: name → one ``Loaded`` map, or every fault of it.

Configuration roots and a name (``x12/004010/850``, ``north-spine/850``) enter. A later root wins, file by
file. What can go wrong: no such map, circles of ``extends``, faults in any file it is made of; they are
collected over all files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import FILE, read_own_text
from hub.kernel.sentence import EMPTY, Phrase, Wording, declared
from hub.mapping.faults import MapFault, as_map_fault, near_or
from hub.mapping.partner_values import with_partner_values
from hub.mapping.scan import KeyValue, Where, scan
from hub.mapping.spec import (
    CodeTable,
    SourceText,
    Spec,
    Table,
    merge,
    merge_codes,
    read_codes,
    read_shared,
    read_spec,
    resolve_likes,
)

EXTENDS_DEPTH_MAX = 8  # bases of bases; a partner of a convention of a standard has two
FOLDER = "mappings"
MAP_BYTES_MAX = 256 * 1024  # our largest file, the code tables of X12, has 13 KB
NAME_CHARACTERS_MAX = 200
MAP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*){0,5}")
"""How a map may name another: it never leads out of ``mappings/``."""


class Loaded:
    """A map with its bases, shared tables and codes, not yet bound to a guide."""

    def __init__(self, name: str, spec: Spec, wire: str, digest: str) -> None:
        self.name = name
        self.spec = spec
        self.wire = wire
        self.digest = digest

    def said(self, key: str) -> SourceText | None:
        """Return what the map, or its nearest base, says of itself under ``key``."""
        return self.spec.header.get(key)


class MapFiles:
    """The map files of some configuration roots."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [root / FOLDER for root in roots]
        self._configuration = list(roots)

    def names(self) -> list[str]:
        """Return the names of all maps, in order."""
        found: set[str] = set()
        for root in self._roots:
            for path in root.rglob("*.toml"):
                name = str(path.relative_to(root).with_suffix(""))
                if path.stem not in ("codes", "shared") and "cases" not in path.relative_to(root).parts[:-1]:
                    found.add(name)
        return sorted(found)

    def path(self, name: str) -> Path | None:
        """Return the file of the map ``name``: that of the last root that has one."""
        return self._find(f"{name}.toml")

    def cases(self, name: str) -> list[Path]:
        """Return the case folders beside the map, in order."""
        found: dict[str, Path] = {}
        for root in self._roots:
            for path in sorted((root / name / "cases").glob("*/")):
                found[path.name] = path
        return [found[key] for key in sorted(found)]

    def load(self, name: str) -> tuple[Loaded | None, list[MapFault]]:
        """Return the map ``name`` with all that it extends, and every fault in the files it is made of."""
        faults: list[MapFault] = []
        texts: list[str] = []
        spec = self._with_bases(name, faults, texts, ())
        if spec is None:
            return None, faults
        wire = spec.header.get("wire")
        family = _family(wire)
        codes = read_codes(self._entries(f"{family}/codes.toml", faults, texts), faults) if family else {}
        spec.codes = merge_codes(codes, spec.codes)
        partner = spec.header.get("partner")
        known = with_partner_values(
            spec.root, partner.text if partner else None, lambda file: self._of_partner(file, faults), faults
        )
        texts += [f"partner.currency\0{known}"] if known else []
        digest = sha256("\0".join(texts).encode()).hexdigest()
        return Loaded(name, spec, wire.text if wire else "", digest), faults

    def base(self, name: str) -> str | None:
        """Return the name of the map that ``name`` extends; None when it stands by itself."""
        loaded, _ = self.load(name)
        extends = loaded.said("extends") if loaded else None
        return self._base_name(extends, name) if extends else None

    def _with_bases(self, name: str, faults: list[MapFault], texts: list[str], above: tuple[str, ...]) -> Spec | None:
        path = self._find(f"{name}.toml")
        if path is None:
            raise self._no_map(name)
        if name in above or len(above) > EXTENDS_DEPTH_MAX:
            raise Misconfigured(
                "CFG-MAP/extends-itself", file=f"{name}.toml", name=name, list=" → ".join((*above, name))
            )
        spec = read_spec(self._entries(f"{name}.toml", faults, texts), f"{name}.toml")
        faults += spec.faults
        extends = spec.header.get("extends")
        base = self._base(extends, name, faults, texts, above) if extends else None
        wire = spec.header.get("wire") or (base.header.get("wire") if base else None)
        shared = self._shared(wire, faults, texts)
        spec.root = resolve_likes(spec.root, shared, faults)
        if base is None:
            spec.root = merge(Table(), spec.root)
            return spec
        spec.header = {**base.header, **spec.header}
        spec.root = merge(base.root, spec.root)
        spec.codes = merge_codes(base.codes, spec.codes)
        return spec

    def _base(
        self, extends: SourceText, name: str, faults: list[MapFault], texts: list[str], above: tuple[str, ...]
    ) -> Spec | None:
        wanted = None
        try:
            wanted = self._base_name(extends, name)
            return self._with_bases(wanted, faults, texts, (*above, name))
        except Misconfigured as fault:
            known = self._no_map(extends.text) if wanted and self._find(f"{wanted}.toml") is None else fault
            faults.append(as_map_fault(known, extends.where, "MAP-EXTENDS"))
            return None

    def _base_name(self, extends: SourceText, name: str) -> str:
        """Return the map that ``extends`` means: by its whole name, or one beside ``name``."""
        if len(extends.text) > NAME_CHARACTERS_MAX or not MAP_NAME.fullmatch(extends.text):
            raise self._no_map(extends.text)
        beside = f"{name.rpartition('/')[0]}/{extends.text}".lstrip("/")
        return extends.text if self._find(f"{extends.text}.toml") else beside

    def _shared(self, wire: SourceText | None, faults: list[MapFault], texts: list[str]) -> dict[str, Table]:
        family = _family(wire)
        return read_shared(self._entries(f"{family}/shared.toml", faults, texts), faults) if family else {}

    def _entries(self, relative: str, faults: list[MapFault], texts: list[str]) -> list[KeyValue]:
        path = self._find(relative)
        return [] if path is None else self._scanned(path, relative, faults, texts)

    def _scanned(self, path: Path, relative: str, faults: list[MapFault], texts: list[str]) -> list[KeyValue]:
        try:
            text = read_own_text(path, bytes_max=MAP_BYTES_MAX, name=relative)
            texts.append(f"{relative}\0{text}")
            return scan(text, relative)
        except Misconfigured as fault:
            where = Where(file=relative, line=fault.line or 1)
            code = "MAP-FILE" if fault.code == FILE else "MAP-TOML"
            faults.append(as_map_fault(fault, where, code))
            return []

    def _of_partner(self, relative: str, faults: list[MapFault]) -> list[KeyValue]:
        """Return the entries of a partner's file, as far as it is one: whether it is sound, its own reader says."""
        path = next((root / relative for root in reversed(self._configuration) if (root / relative).exists()), None)
        return [] if path is None else self._scanned(path, relative, faults, [])

    def _find(self, relative: str) -> Path | None:
        """Return what wins for ``relative``, file or not: what is no file is told when it is read."""
        return next((root / relative for root in reversed(self._roots) if os.path.lexists(root / relative)), None)

    def _no_map(self, name: str) -> Misconfigured:
        near = get_close_matches(name[:NAME_CHARACTERS_MAX], self.names(), 1, 0.5)
        advice = near_or(near, Wording(key="map/maps", words={"list": ", ".join(self.names()) or EMPTY}))
        return Misconfigured("CFG-MAP/unknown", name=name[:NAME_CHARACTERS_MAX], advice=advice)


declared(
    {
        "CFG-MAP/unknown": Phrase(message="no map '{name}'", remedy="{advice}"),
        "CFG-MAP/extends-itself": Phrase(message="'{name}' extends itself: {list}"),
        "map/maps": Phrase(message="maps are {list}"),
    }
)


def _family(wire: SourceText | None) -> str:
    """Return the dialect that ``wire`` names (x12, north-spine): the folder of what its maps share; "" for none."""
    family = wire.text.split("/")[0] if wire else ""
    return family if re.fullmatch("[a-z0-9][a-z0-9-]{0,40}", family) else ""


__all__ = ["CodeTable", "Loaded", "MapFiles"]
