"""What the hub keeps is its own: files and folders that no other account of the machine may enter.

``keep_to_ourselves`` closes what this process makes from then on; ``own_folder`` makes the data directory, or refuses
one that others may enter. What lies in a closed folder is closed, whatever modes its files have.
"""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from hub.kernel.errors import Misconfigured

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""All that the group and the others may do."""

PASSED_BY_ALL = stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH
"""0711: who knows a name below it may go there; nobody else sees what is there."""


def keep_to_ourselves() -> int:
    """Let whatever this process makes be open to its own account alone; return the mask that was in force."""
    return os.umask(OTHERS)


def own_folder(path: Path, what: str = "the data directory") -> None:
    """Make the folder ``path``, or see that it is ours alone. Raises ``Misconfigured`` with the command that mends it.

    A folder that an earlier version made open is refused as well: who closes it knows then what others could read.
    """
    try:
        make_way_to(path)
        path.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    except OSError as fault:
        raise Misconfigured(f"{what} cannot be made: {fault.strerror}", file=str(path)) from fault
    refuse_open(path, what)


def make_way_to(path: Path) -> None:
    """Make the folders above ``path`` that are not there, to be passed by all and looked into by none.

    The partners' folders lie beside the data directory: a way closed by our own mask would lead nobody to them.
    """
    missing = [above for above in Path(os.path.abspath(path)).parents if not above.exists()]
    for above in reversed(missing):
        above.mkdir(exist_ok=True)
        above.chmod(PASSED_BY_ALL)


def refuse_open(path: Path, what: str = "the data directory") -> None:
    """Raise ``Misconfigured`` when other accounts may enter ``path``; a folder that is not there is nobody's."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return
    if mode & OTHERS:
        raise Misconfigured(
            f"{what} is open to other accounts (mode {mode:04o}), and everything in it with it",
            file=str(path),
            remedy=f"chmod 700 {shlex.quote(str(path))}",
        )
