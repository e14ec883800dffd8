"""Where configuration is read from: ``partners/``, ``mappings/``, ``schemas/``. Never written by the hub or a partner.

Roots, each winning over those before it, file by file: the checkout beside ``hub/`` (in a checkout) or the data
installed with the package (``hub/_data``), then every folder of ``HUB_CONFIG_PATH`` in its order. A folder named there
that does not exist is ``Misconfigured``: a deployment without its overlay would speak with the wrong voice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import hub
from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import read_own_bytes
from hub.kernel.sentence import Phrase, declared

CONTENTS = ("partners", "mappings", "schemas")


class Configuration:
    """Files under several roots, seen as one tree."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)
        """In rising order: a file under a later root hides the same file under an earlier one."""

    def find(self, name: str) -> Path | None:
        """Return what wins for ``name`` (``partners/north-spine/partner.toml``), or None where there is nothing.

        It may be a pipe, a folder or a link that leads nowhere: whoever reads it says so. Passed over, it would be
        a file that somebody wrote and nobody heeds.
        """
        relative = _relative(name)
        return next((root / relative for root in reversed(self.roots) if os.path.lexists(root / relative)), None)

    def read(self, name: str) -> bytes:
        """Return the winning file's bytes. Raises ``Misconfigured`` when there is none, or one beyond reason."""
        path = self.find(name)
        if path is None:
            raise Misconfigured("CFG/there-is-no-such-file", file=name, list=", ".join(map(str, self.roots)))
        return read_own_bytes(path)

    def folders(self, name: str) -> list[str]:
        """Return the names of the folders in folder ``name`` under any root, sorted."""
        return sorted({entry.name for entry in self._entries(name) if entry.is_dir()})

    def files(self, name: str, pattern: str = "*") -> dict[str, Path]:
        """Return the winning files in folder ``name`` that match ``pattern``, by name, sorted."""
        found = {entry.name: entry for entry in self._entries(name) if entry.is_file() and entry.match(pattern)}
        return dict(sorted(found.items()))

    def digest(self) -> str:
        """Return a digest of every file's name and bytes: it changes when anything in the configuration does."""
        found = hashlib.sha256()
        for root in self.roots:
            for folder in CONTENTS:
                for path in sorted(path for path in (root / folder).rglob("*") if not path.is_dir()):
                    found.update(os.fsencode(path) + b"\n")
                    found.update(_content(path))
        return found.hexdigest()

    def _entries(self, name: str) -> Iterator[Path]:
        relative = _relative(name)
        for root in self.roots:
            if (root / relative).is_dir():
                yield from (entry for entry in (root / relative).iterdir() if not entry.name.startswith("."))


def find_configuration(search_path: str | None) -> Configuration:
    """Return the configuration for a ``HUB_CONFIG_PATH``: folders joined as in ``PATH``, or None."""
    package = Path(hub.__file__).parent
    roots = [root for root in (package.parent, package / "_data") if (root / CONTENTS[0]).is_dir()]
    for folder in (search_path or "").split(os.pathsep):
        if folder and not Path(folder).is_dir():
            raise Misconfigured("CFG/hub-config-path-names", folder=folder)
        if folder:
            roots.append(Path(folder))
    if not roots:
        raise Misconfigured("CFG/there-is-no-configuration", package=str(package), contents=CONTENTS[0])
    return Configuration(roots)


def _content(path: Path) -> bytes:
    """Return the bytes of a file behind their number; of what cannot be read, why: that may change too."""
    try:
        data = read_own_bytes(path)
    except Misconfigured as fault:
        return f"{fault.message}\n".encode()
    return b"%d\n" % len(data) + data


def _relative(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise Misconfigured("CFG/configuration-file-is-named", file=name)
    return path


declared(
    {
        "CFG/there-is-no-such-file": Phrase(
            message="there is no such file in the configuration", remedy="looked in {list}"
        ),
        "CFG/there-is-no-configuration": Phrase(
            message="there is no configuration beside {package}",
            remedy="set HUB_CONFIG_PATH to a folder with {contents}/",
        ),
        "CFG/configuration-file-is-named": Phrase(message="a configuration file is named from its root, without .."),
        "CFG/hub-config-path-names": Phrase(
            message="HUB_CONFIG_PATH names {folder}, which is no folder", remedy="make it, or leave it out"
        ),
    }
)
