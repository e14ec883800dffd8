"""The guides at hand, by release, set and partner.

In: configuration roots (a later root wins, file by file) with ``schemas/x12/<release>/`` and a partner's narrowing in
``partners/<id>/guides/``. Out: a ``Guide``, or None where we have none. A faulty file raises ``Misconfigured``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from hub.formats.x12.guide import Guide
from hub.formats.x12.guide_file import Release, TomlFile, read_guide
from hub.formats.x12.narrowing import EXTENDS, later, narrow
from hub.kernel.errors import Misconfigured
from hub.kernel.sentence import Phrase, declared

SET = re.compile(r"[0-9A-Z]{3}")
RELEASE = re.compile(r"[0-9]{6}")
PARTNER = re.compile(r"[a-z0-9][a-z0-9-]*")


class GuideLibrary:
    """Finds guides and keeps what it has read; files are read once, on first use."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._releases: dict[str, Release] = {}
        self._guides: dict[tuple[str, str, str | None], Guide] = {}

    def guide(self, release: str, set: str, partner: str | None = None) -> Guide | None:
        """Return the guide for ``set`` in ``release``, narrowed for ``partner`` if that partner has a guide.

        ``release`` is GS08 as sent: what follows its six digits ("004010VICS") names a convention of the sender,
        whose set is the release's. None: no guide of ours, which is not a fault of the document.
        """
        digits = RELEASE.match(release)
        if not digits or not SET.fullmatch(set):
            return None
        own = partner if partner and PARTNER.fullmatch(partner) and self._narrowing(partner, set) else None
        key = (digits[0], set, own)
        if key not in self._guides:
            found = self._found(digits[0], set, own)
            if found is None:
                return None
            self._guides[key] = found
        return self._guides[key]

    def sets(self, release: str) -> list[str]:
        """Return the sets we have a guide for in ``release``, in order."""
        folders = [root / "schemas" / "x12" / release for root in self._roots]
        names = {path.stem for folder in folders for path in folder.glob("*.toml")}
        return sorted(name for name in names if SET.fullmatch(name))

    def releases(self) -> list[str]:
        """Return the releases we have guides for, in order."""
        folders = [root / "schemas" / "x12" for root in self._roots]
        return sorted({p.name for folder in folders for p in folder.glob("*") if RELEASE.fullmatch(p.name)})

    def faults(self) -> list[Misconfigured]:
        """Read every guide and every narrowing; return what is wrong with them."""
        wanted: list[tuple[str, str, str | None]] = [(r, s, None) for r in self.releases() for s in self.sets(r)]
        found: list[Misconfigured] = []
        for path in sorted(path for root in self._roots for path in root.glob("partners/*/guides/*.toml")):
            ours = [release for release, set, own in wanted if set == path.stem and not own]
            narrows = [(release, path.stem, path.parts[-3]) for release in ours]
            wanted += narrows
            if not narrows:
                found.append(Misconfigured("CFG-GUIDE/there-is-no-guide", file=str(path), line=1, stem=path.stem))
        for release, set, partner in wanted:
            try:
                self.guide(release, set, partner)
            except Misconfigured as fault:
                if str(fault) not in map(str, found):  # a file that several releases rest on is told once
                    found.append(fault)
        return found

    def _found(self, release: str, set: str, partner: str | None) -> Guide | None:
        """Read the files of one guide; whatever goes wrong with them is a fault of theirs, and of no other's."""
        file = f"partners/{partner}/guides/{set}.toml" if partner else f"schemas/x12/{release}/{set}.toml"
        try:
            return self._read(release, set, partner)
        except Exception as fault:
            told = Misconfigured.of(fault, file=file, code="CFG-GUIDE")
            if told.advice is None:
                told = Misconfigured("CFG-GUIDE/otherwise", file=told.file, line=told.line, found=told.said)
            raise told from fault

    def _read(self, release: str, set: str, partner: str | None) -> Guide | None:
        path = self._find(f"schemas/x12/{release}/{set}.toml")
        if path is None:
            return None
        shared = self._shared(release)
        base = self._of_release(TomlFile(path), release, shared)
        if base.set != set:
            raise Misconfigured("CFG-GUIDE/describes-not", file=str(path), line=1, set=base.set, set2=set)
        own = self._narrowing(partner, set) if partner else None
        return narrow(base, TomlFile(own), shared, partner) if own and partner else base

    def _of_release(self, file: TomlFile, release: str, shared: Release) -> Guide:
        """Return the guide of ``file``: written whole, or as the difference to the same set of an earlier release."""
        if "extends" not in file.values:
            return read_guide(file, release, shared)
        said = EXTENDS.fullmatch(file.text_of("extends"))
        if not said or not said[1] < release:
            raise file.fault("extends-must-name-set", "extends", release=release)
        earlier = self._of_release(self._file_of(said[1], f"{said[2]}.toml"), release, shared)
        return later(earlier, file, shared)

    def _shared(self, release: str) -> Release:
        if release not in self._releases:
            segments, codes = (self._file_of(release, name) for name in ("segments.toml", "codes.toml"))
            earlier = segments.text_of("extends") if "extends" in segments.values else None
            if earlier is not None and not (RELEASE.fullmatch(earlier) and earlier < release):
                raise segments.fault("is-no-earlier-release", "extends", earlier=repr(earlier), release=release)
            self._releases[release] = Release(segments, codes, self._shared(earlier) if earlier else None)
        return self._releases[release]

    def _file_of(self, release: str, name: str) -> TomlFile:
        path = self._find(f"schemas/x12/{release}/{name}")
        if path is None:
            raise Misconfigured(
                "CFG-GUIDE/release-has-no", file=f"schemas/x12/{release}/{name}", release=release, name=name
            )
        return TomlFile(path)

    def _narrowing(self, partner: str, set: str) -> Path | None:
        return self._find(f"partners/{partner}/guides/{set}.toml")

    def _find(self, name: str) -> Path | None:
        """Return what wins for ``name``, file or not: what is no file is told when it is read."""
        return next((root / name for root in reversed(self._roots) if os.path.lexists(root / name)), None)


declared(
    {
        "CFG-GUIDE/otherwise": Phrase(
            message="{found}", remedy="write it as the guides in schemas/x12 and docs/partners.md are written"
        ),
        "CFG-GUIDE/describes-not": Phrase(message="describes {set}, not {set2}"),
        "CFG-GUIDE/extends-must-name-set": Phrase(
            message="extends must name this set of an earlier release than {release}"
        ),
        "CFG-GUIDE/release-has-no": Phrase(message="release {release} has no {name}"),
        "CFG-GUIDE/is-no-earlier-release": Phrase(message="{earlier} is no earlier release than {release}"),
        "CFG-GUIDE/there-is-no-guide": Phrase(message="there is no guide {stem} to narrow"),
    }
)
