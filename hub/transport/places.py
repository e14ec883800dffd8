"""Where the files of folder partners lie, reached by descriptors: nothing is opened by name where somebody else writes.

    <root>/                      passed by all, looked into by none
    <root>/<partner>/in, out     the partner's side; their owner and mode are the operator's to say, and never changed
    <root>/.hub/                 the hub's alone, on the same file system, so that a rename is all it takes:
        writing/                 answers on their way out
        taking/<partner>/<id>/   files in hand, each in a folder of its own
        handed/<partner>/<id>…/  handed over, and watched until their sender has surely let go of them
        refused/<partner>/<id>/  what is no message

A partner may put anything into its folders, and may own them: links, pipes, folders, files with a second name. Every
step below the root goes from one open folder to the next and follows no link; a way that is barred is ``Blocked``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.kernel.errors import Misconfigured
from hub.platform.at_rest import OTHERS, PASSED_BY_ALL, WRITTEN_BY_OTHERS, make_way_to, refuse_foreign
from hub.platform.shortage import shortage
from hub.transport.blocked import HUB_AT_FAULT, HUB_SHORT, IS_CLOSED, IS_ELSEWHERE, IS_OPEN, Blocked, blocked

IN, OUT = "in", "out"
OURS = ".hub"  # no partner's id begins with a point
WRITING, TAKING, HANDED, REFUSED = "writing", "taking", "handed", "refused"

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
LEFT_AFTER_SECONDS = 3_600.0  # no answer takes so long to write


class Places:
    """The folders below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: tuple[int, int] | None = None  # device and number of the root that was prepared

    def inbox(self, partner: str) -> Path:
        """Return where ``partner`` drops files: to be shown, not to be opened."""
        return self.root / partner / IN

    def outbox(self, partner: str) -> Path:
        """Return where ``partner`` fetches files: to be shown, not to be opened."""
        return self.root / partner / OUT

    def prepare(self, partners: Iterable[str]) -> dict[str, Blocked]:
        """Make what is missing; return the partners whose folders are blocked.

        Raises ``Misconfigured`` when others than the hub may write into the root, or put another in its place: they
        could lead the hub elsewhere.
        """
        self.refuse_foreign()
        try:
            make_way_to(self.root)
            if not self.root.exists():
                self.root.mkdir(mode=stat.S_IRWXU)
                self.root.chmod(PASSED_BY_ALL)
            with self._root() as root:
                self._known = _identity(root)
                _make(root, OURS)
            for own in (WRITING, TAKING, HANDED, REFUSED):
                with self.own(own, make=True) as folder:
                    if own == WRITING:
                        _tidy(folder)
        except OSError as fault:
            raise Misconfigured.told(
                f"HUB_FOLDERS: the folders of partners cannot be prepared: {fault.strerror}",
                file=str(self.root),
                remedy="let the hub's account own the folder, or name another",
            ) from fault
        found = {partner: self._prepared(partner) for partner in partners}
        return {partner: barred for partner, barred in found.items() if barred is not None}

    def refuse_foreign(self) -> None:
        """Raise ``Misconfigured`` when the root, or the way to it, is in other hands than ours."""
        refuse_foreign(self.root, "HUB_FOLDERS, the root of the partners' folders")

    def fault_of(self, partner: str) -> Blocked | None:
        """Return what is in the way of the partner's folders now; None when all is well, or nothing was made yet."""
        try:
            with self.of(partner, IN):
                pass
            with self.of(partner, OUT) as out:
                return None if may_write(out) else Blocked(IS_CLOSED)
        except Blocked as fault:
            return None if fault.code == "TRN-FOLDER-GONE" else fault

    def fault_of_way_out(self, partner: str) -> Blocked | None:
        """Return what is in the way of every answer to the partner, as far as it can be seen without writing one.

        What is missing is made, as it is for an answer.
        """
        try:
            with self.own(WRITING, make=True) as writing, self.of(partner, OUT, make=True) as out:
                if not may_write(out):
                    return Blocked(IS_CLOSED)
                return None if os.fstat(writing).st_dev == os.fstat(out).st_dev else Blocked(IS_ELSEWHERE)
        except (Blocked, Misconfigured, OSError) as fault:
            return fault_of_place(fault)

    def remedy(self, partner: str, fault: Blocked) -> str:
        """Return what our people do about what is in the way: never told to the partner."""
        if str(fault) == IS_OPEN:
            own = shlex.quote(str(self.root / partner))
            return f"chmod o= {own}; then give it to the partner's account: docs/operations.md, Folders"
        return "see docs/operations.md, Folders"

    @contextmanager
    def of(self, partner: str, side: str, *, make: bool = False) -> Iterator[int]:
        """Give a side of the partner's folder, open. Raises ``Blocked`` when the way there is not one of folders.

        Nor when others may enter the partner's folder, at whatever moment it was opened to them. Also what the system
        says while it is in use is told as ``Blocked``: the fault is in the partner's folder.
        """
        try:
            with self._root() as root, walked(root, partner, make=make) as own:
                if os.fstat(own).st_mode & stat.S_IRWXO:
                    raise Blocked(IS_OPEN)
                with walked(own, side, make=make) as folder:
                    yield folder
        except OSError as fault:
            if fault.errno != errno.EDQUOT and shortage(fault) is not None:  # the machine's fault, not the folder's
                raise
            raise blocked(fault) from fault

    @contextmanager
    def own(self, *names: str, make: bool = False) -> Iterator[int]:
        """Give a folder of ours, open. Raises ``Misconfigured`` when it, or one that leads there, is another's."""
        with contextlib.ExitStack() as opened:
            here = opened.enter_context(self._root())
            for name in (OURS, *names):
                here = opened.enter_context(walked(here, name, make=make))
                self._refuse_anothers(here, name)
            yield here

    def refuse_fault_of_ours(self) -> None:
        """Raise ``Misconfigured`` when our own folders, as far as they were made, cannot be used."""
        for names in ((), (WRITING,), (TAKING,), (HANDED,), (REFUSED,)):
            try:
                with contextlib.suppress(FileNotFoundError), self.own(*names):
                    pass
            except OSError as fault:
                raise Misconfigured.told(
                    f"HUB_FOLDERS: the hub's own folder cannot be used: {fault.strerror}",
                    file=str(self.root.joinpath(OURS, *names)),
                    remedy="let it be a folder, and no link, that the hub's account owns",
                ) from fault

    def _refuse_anothers(self, folder: int, name: str) -> None:
        owner = os.fstat(folder).st_uid
        if owner not in (0, os.geteuid()):
            raise Misconfigured.told(
                f"HUB_FOLDERS: the hub's own folder {name} belongs to another account ({owner})",
                file=str(self.root / OURS),
                remedy=f"chown -R {os.geteuid()} {shlex.quote(str(self.root / OURS))}, or run the hub as that account",
            )

    @contextmanager
    def _root(self) -> Iterator[int]:
        root = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # the way to it is the operator's
        try:
            status = os.fstat(root)
            if (mode := stat.S_IMODE(status.st_mode)) & WRITTEN_BY_OTHERS:
                raise Misconfigured.told(
                    f"HUB_FOLDERS: others than the hub may write into the root of the partners' folders ({mode:04o})",
                    file=str(self.root),
                    remedy=f"chmod 711 {self.root}; what a partner writes into is a folder below it",
                )
            if status.st_uid not in (0, os.geteuid()):
                raise Misconfigured.told(
                    f"HUB_FOLDERS: the root of the partners' folders belongs to another account ({status.st_uid})",
                    file=str(self.root),
                    remedy=f"chown {os.geteuid()} {shlex.quote(str(self.root))}",
                )
            if self._known not in (None, _identity(root)):
                raise Misconfigured.told(
                    "HUB_FOLDERS: another folder stands where the root of the partners' folders was at the start",
                    file=str(self.root),
                    remedy="put the old one back, or start the hub anew if the change was yours",
                )
            yield root
        finally:
            os.close(root)

    def _prepared(self, partner: str) -> Blocked | None:
        try:
            for side in (IN, OUT):
                with self.of(partner, side, make=True):
                    pass
        except Blocked as fault:
            return fault
        return None


def fault_of_place(fault: Blocked | Misconfigured | OSError) -> Blocked:
    """Return what went wrong on the way to a partner's folder, as a partner may read it: our part by its kind alone."""
    if isinstance(fault, Blocked):
        return fault
    return Blocked(HUB_AT_FAULT if shortage(fault) is None else HUB_SHORT)


def may_write(folder: int) -> bool:
    """Tell whether the hub's account may make files in the folder, as far as the system says so."""
    known = os.access in os.supports_effective_ids and os.access in os.supports_dir_fd
    return not known or os.access(".", os.W_OK | os.X_OK, dir_fd=folder, effective_ids=True)


@contextmanager
def walked(start: int, *names: str, make: bool = False) -> Iterator[int]:
    """Give the folder that ``names`` lead to from ``start``, open, by no link."""
    here = os.dup(start)
    try:
        for name in names:
            if make:
                _make(here, name)
            there = os.open(name, FOLDER, dir_fd=here)
            os.close(here)
            here = there
        yield here
    finally:
        os.close(here)


def _identity(folder: int) -> tuple[int, int]:
    status = os.fstat(folder)
    return status.st_dev, status.st_ino


def _tidy(writing: int) -> None:
    """Remove what a crash left half written; another hub on the same folders may be writing what is younger."""
    for name in os.listdir(writing):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - os.stat(name, dir_fd=writing, follow_symlinks=False).st_mtime > LEFT_AFTER_SECONDS:
                os.unlink(name, dir_fd=writing)


def _make(folder: int, name: str) -> None:
    """Make a folder that is the hub's alone, unless something of the name is there."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, stat.S_IRWXU, dir_fd=folder)
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if name == OURS and stat.S_ISDIR(status.st_mode) and status.st_mode & OTHERS:  # a link is refused by who opens it
        os.chmod(name, stat.S_IRWXU, dir_fd=folder)
