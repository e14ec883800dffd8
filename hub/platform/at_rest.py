"""What the hub keeps is its own: files and folders that no other account of the machine may enter.

``keep_to_ourselves`` closes what this process makes from then on; ``own_folder`` makes the data directory, or refuses
one that others may enter. What lies in a closed folder is closed, whatever modes its files have: as long as nobody else
can put another in its place, which is what ``refuse_foreign`` sees to, for whatever the hub keeps.
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from hub.kernel.errors import Misconfigured

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""All that the group and the others may do."""

WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
LINKS_MAX = 40  # on the way to one place, as the system has it

PASSED_BY_ALL = stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH
"""0711: who knows a name below it may go there; nobody else sees what is there."""


def keep_to_ourselves() -> int:
    """Let whatever this process makes be open to its own account alone; return the mask that was in force."""
    return os.umask(OTHERS)


def own_folder(path: Path, what: str = "the data directory") -> None:
    """Make the folder ``path``, or see that it is ours alone. Raises ``Misconfigured`` with the command that mends it.

    A folder that an earlier version made open is refused as well: who closes it knows then what others could read.
    """
    refuse_foreign(path, what)
    try:
        make_way_to(path)
        path.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    except OSError as fault:
        raise Misconfigured.told(f"{what} cannot be made: {fault.strerror}", file=str(path)) from fault
    refuse_open(path, what)


def make_way_to(path: Path) -> None:
    """Make the folders above ``path`` that are not there, to be passed by all and looked into by none.

    The partners' folders lie beside the data directory: a way closed by our own mask would lead nobody to them.
    """
    missing = [above for above in (Path.cwd() / path).parents if not above.exists()]  # ``..`` as the system has it
    for above in reversed(missing):
        above.mkdir(exist_ok=True)
        above.chmod(PASSED_BY_ALL)


def refuse_foreign(path: Path, what: str) -> None:
    """Raise ``Misconfigured`` unless ``path``, and all that is passed on the way to it, is this account's or root's.

    Who owns a folder on the way, or may write into it, puts one of its own in the place of what lies below. Folders
    in which only the owner of a thing may move it (sticky, as ``/tmp``) are well, and so is a group of one. What is not
    there yet is made by us.
    """
    ours = {0, os.geteuid()}
    for at, status, is_end in _way_to(path):
        place = shlex.quote(str(at))
        if status.st_uid not in ours:
            raise Misconfigured.told(
                f"{what}: {at} belongs to another account ({_name_of(status.st_uid)}), which may put anything there",
                file=str(path),
                remedy=f"chown {_name_of(os.geteuid())} {place}, or run the hub as the account that owns it",
            )
        if not is_end and stat.S_ISDIR(status.st_mode) and _others_write(status):
            raise Misconfigured.told(
                f"{what}: others may write into {at} (mode {stat.S_IMODE(status.st_mode):04o}), and put anything there",
                file=str(path),
                remedy=f"chmod go-w {place}, or name a place that only the hub's account and root lead to",
            )


def _way_to(path: Path) -> Iterator[tuple[Path, os.stat_result, bool]]:
    """Give each folder and link that is stepped through on the way to ``path``, as far as they are there.

    And whether it is where the way ends. It goes as the system goes: name by name, into each link as it comes, and
    ``..`` leads out of the folder that was reached, not of the name that led there.
    """
    at, links = Path("/"), 0
    rest = deque((Path.cwd() / path).parts[1:])
    yield at, at.lstat(), not rest
    while rest:
        name = rest.popleft()
        if name == "..":
            at = at.parent  # no link is in ``at``: it was stepped through before, and judged
            continue
        there = at / name
        try:
            status = there.lstat()
            to = Path(os.readlink(there)) if stat.S_ISLNK(status.st_mode) else None
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as fault:
            raise Misconfigured.told(f"the way to {path} is closed: {fault.strerror}", file=str(there)) from fault
        yield there, status, not rest
        if to is None:
            at = there
            continue
        if (links := links + 1) > LINKS_MAX:
            raise Misconfigured.told(f"the way to {path} leads through too many links", file=str(there))
        at = Path("/") if to.is_absolute() else at
        rest.extendleft(reversed(to.parts[1:] if to.is_absolute() else to.parts))


def _others_write(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_ISVTX or not status.st_mode & WRITTEN_BY_OTHERS:
        return False
    return bool(status.st_mode & stat.S_IWOTH) or not _is_group_of_one(status)


def _is_group_of_one(status: os.stat_result) -> bool:
    """Tell whether the group is the owner's own: of the same name, and without other members."""
    try:
        group, owner = grp.getgrgid(status.st_gid), pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        return False
    return group.gr_name == owner and set(group.gr_mem) <= {owner}


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def refuse_open(path: Path, what: str = "the data directory") -> None:
    """Raise ``Misconfigured`` when other accounts may enter ``path``, or put another in its place.

    A folder that is not there is nobody's.
    """
    refuse_foreign(path, what)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return
    if mode & OTHERS:
        raise Misconfigured.told(
            f"{what} is open to other accounts (mode {mode:04o}), and everything in it with it",
            file=str(path),
            remedy=f"chmod 700 {shlex.quote(str(path))}",
        )
