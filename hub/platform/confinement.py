"""A process that takes foreign bytes apart, confined: whoever has got hold of it can compute there, and little else.

``give_up`` is called when everything has been read that is needed, before a thread is started; ``limit`` when no more
threads will be. Afterwards the process reads what it is told it may, writes no file, makes no connection, starts no
process, signals nobody, is looked into by nobody, and takes no more memory than is set aside for it. What a system does
not offer is left out: rlimits are everywhere, Landlock is in Linux from 5.13, an account of its own takes root.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

MEMORY_BYTES_MAX = 256 * 1024 * 1024  # beyond what it holds when it is ready; two of the largest messages take a tenth
DESCRIPTORS_MAX = 64  # its own few, and a file or two of the library at a time

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
ASK_VERSION, PATH_BENEATH = 1, 1
READ_FILES, READ_FOLDERS = 1 << 2, 1 << 3
# What can be forbidden, by version of Landlock: in files, on the net (bind and connect by TCP), and out of the process
# (abstract sockets and signals).
FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
NET_SINCE, NET = 4, 0b11
SCOPE_SINCE, SCOPE = 6, 0b11

SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/localtime")
"""Where libraries and time zones are read late: what every account may read."""

log = structlog.get_logger("hub.platform.confinement")


def give_up(
    readable: Iterable[Path],
    *,
    account: str | None = None,
    needs: Callable[[], object],
    memory_bytes_max: int = MEMORY_BYTES_MAX,
) -> None:
    """Give up every right but to read below ``readable``, and as root become ``account``.

    ``memory_bytes_max`` is what it may have beyond what it holds now. ``needs`` reads what may be read again later;
    where ``account`` cannot, the process keeps its own, and says so.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    if sys.platform == "linux":
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held = _data_bytes()
    if held is not None:
        _lower(resource.RLIMIT_DATA, held + memory_bytes_max)
    if account is not None and os.geteuid() == 0:
        _become(account, needs)
    if sys.platform == "linux":
        _die_with(libc, parent)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        _lock_files(libc, [*readable, *_own_library(), *map(Path, SYSTEM)])


def _die_with(libc: ctypes.CDLL, parent: int) -> None:
    """Have the system kill this process when its parent is gone, also one that is stopped and reads no end of input.

    A change of account takes the wish back: it is made after it. Whoever is an orphan by then ends at once.
    """
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def limit() -> None:
    """Set the limits of the process, for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # of any file; what it says goes through a pipe
    _lower(resource.RLIMIT_NOFILE, DESCRIPTORS_MAX)
    if hasattr(resource, "RLIMIT_NPROC"):
        _lower(resource.RLIMIT_NPROC, 0)


def _lower(what: int, most: int) -> None:
    _, allowed = resource.getrlimit(what)
    most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
    resource.setrlimit(what, (most, most))


def _data_bytes() -> int | None:
    """Return how much memory of its own the process has asked for; None where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return None


def _become(account: str, needs: Callable[[], object]) -> None:
    """Become ``account`` for good, if it can read what it will need."""
    try:
        person = pwd.getpwnam(account)
    except KeyError:
        log.warning("no account of its own: there is none of this name", account=account)
        return
    if person.pw_uid == 0:
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(person.pw_gid)
    os.seteuid(person.pw_uid)
    try:
        for folder in _own_library():
            os.listdir(folder)
        needs()
    except Exception as fault:  # noqa: BLE001 - whatever it cannot read, it would fail on later
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
        log.warning("no account of its own: it cannot read code or configuration", account=account, reason=str(fault))
        return
    os.seteuid(0)
    os.setresgid(person.pw_gid, person.pw_gid, person.pw_gid)
    os.setresuid(person.pw_uid, person.pw_uid, person.pw_uid)


def _own_library() -> list[Path]:
    """Return where Python's own modules and installed ones lie."""
    return [Path(path) for path in sorted({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})]


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scope", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def _lock_files(libc: ctypes.CDLL, readable: Iterable[Path]) -> None:
    """Let this process open nothing but what lies below ``readable``, and that to read."""
    libc.syscall.restype = ctypes.c_long
    version = _call(libc, CREATE_RULESET, None, 0, ASK_VERSION)
    if version < 1:  # the kernel has it not, or not switched on
        return
    wanted = _Ruleset(files=max(bits for since, bits in FILES.items() if since <= version))
    size = ctypes.sizeof(ctypes.c_uint64)
    if version >= NET_SINCE:
        wanted.net, size = NET, 2 * size
    if version >= SCOPE_SINCE:
        wanted.scope, size = SCOPE, ctypes.sizeof(wanted)
    ruleset = _call(libc, CREATE_RULESET, ctypes.byref(wanted), size, 0)
    if ruleset < 0:
        log.warning("files are not locked", reason=os.strerror(ctypes.get_errno()))
        return
    try:
        for path in readable:
            _allow(libc, ruleset, path)
        if _call(libc, RESTRICT_SELF, ruleset, 0) != 0:
            log.warning("files are not locked", reason=os.strerror(ctypes.get_errno()))
    finally:
        os.close(ruleset)


def _call(libc: ctypes.CDLL, *arguments: object) -> int:
    """Make a system call: numbers as wide as a register."""
    return int(libc.syscall(*(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)))


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    try:
        there = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    try:
        rights = READ_FILES | READ_FOLDERS if path.is_dir() else READ_FILES
        _call(libc, ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(_Beneath(allowed=rights, folder=there)), 0)
    finally:
        os.close(there)
