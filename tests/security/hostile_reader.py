"""A process beside the hub that a message has got hold of: it tries what it is told to, and says how that went.

Arguments: how it comes up (``confined``, or one of ``LIES``), the account it becomes.
"""

from __future__ import annotations

import ctypes
import importlib
import mmap
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import hub
from hub.platform.confinement import give_up
from hub.platform.subprocesses import LENGTH_BYTES, answer, taken

TOKEN = "the same rules"


def _fork(_: str) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _thread(_: str) -> None:
    threading.Thread(target=time.sleep, args=(0,)).start()


def _connect(port: str) -> None:
    socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()


def _listen(_: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))


def _write(path: str) -> None:
    with open(path, "wb") as file:
        file.write(b"x")


def _many(_: str) -> None:
    for _number in range(200):
        os.dup(2)


def _trace(process: str) -> None:
    ctypes.set_errno(0)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, int(process), 0, 0) != 0:  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "not traced")


def _raise_limits(_: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))


def _read_handed(expected: str) -> None:
    if os.pread(taken(), 100, 0).decode() != expected:
        raise ValueError("something else")


HANDED: dict[str, Callable[[int], object]] = {
    "write": lambda handed: os.write(handed, b"x"),
    "cut": lambda handed: os.ftruncate(handed, 0),
    "open anew": lambda handed: Path(f"/proc/self/fd/{handed}").write_bytes(b"x"),
    "open its folder": lambda handed: os.listdir(f"/proc/self/fd/{handed}/.."),
    "map to write": lambda handed: mmap.mmap(handed, 0, access=mmap.ACCESS_WRITE),
    "open to all": lambda handed: os.fchmod(handed, 0o777),
    "give away": lambda handed: os.fchown(handed, 12345, 12345),
}
"""What is tried with a descriptor that was handed over."""

TRICKS: dict[str, Callable[[str], object]] = {
    "read": lambda path: Path(path).read_bytes(),
    "list": os.listdir,
    "write": _write,
    "append": lambda path: open(path, "ab").close(),
    "remove": os.unlink,
    "rename": lambda path: os.rename(path, f"{path}.gone"),
    "link": lambda path: os.symlink(path, f"{path}.link"),
    "make a folder": lambda path: os.mkdir(f"{path}.folder"),
    "run": lambda path: os.execv(path, [path]),
    "fork": _fork,
    "start a thread": _thread,
    "connect": _connect,
    "listen": _listen,
    "signal": lambda process: os.kill(int(process), 0),
    "look into": lambda process: open(f"/proc/{process}/mem", "rb").close(),
    "read the environment of": lambda process: Path(f"/proc/{process}/environ").read_bytes(),
    "trace": _trace,
    "take memory": lambda size: bytearray(int(size)),
    "open many": _many,
    "raise its limits": _raise_limits,
    "become": lambda uid: os.setuid(int(uid)),
    "read what was handed over": _read_handed,
    "with what was handed over": lambda how: HANDED[how](taken()),
    "import late": importlib.import_module,
}


def work(items: list[str]) -> list[str]:
    return [_tried(*item.partition(": ")[::2]) for item in items]


def _tried(trick: str, at: str) -> str:
    if trick == "who are you":
        return f"{os.getuid()} {os.getgid()} {os.getgroups()}"
    if trick == "talk":
        for _ in range(int(at)):
            print("x" * 1023)
        return "done"
    if trick == "grow":
        return "x" * int(at)
    try:
        TRICKS[trick](at)
    except (OSError, MemoryError, RuntimeError, ValueError) as fault:
        return f"refused: {type(fault).__name__}"
    return "done"


def _say(length: int, body: bytes = b"") -> None:
    with socket.socket(fileno=os.dup(0)) as ours:
        ours.sendall(length.to_bytes(LENGTH_BYTES) + body)


def _for_ever(body: bytes) -> None:
    with socket.socket(fileno=os.dup(0)) as ours:
        while True:
            ours.sendall(body)


LIES: dict[str, Callable[[], object]] = {
    "a token without end": lambda: (_say(1 << 62), _for_ever(b"x" * 65536)),
    "an answer without end": lambda: (_say(len(TOKEN), TOKEN.encode()), _say(1 << 62), _for_ever(b"x" * 65536)),
    "an answer one byte too long": lambda: (
        _say(len(TOKEN), TOKEN.encode()),
        _say(32 * 1024 * 1024 + 1),
        _for_ever(b"x" * 65536),
    ),
    "answers to nobody": lambda: (_say(len(TOKEN), TOKEN.encode()), _for_ever(b"\0" * 65536)),
    "an answer that never ends": lambda: (_say(len(TOKEN), TOKEN.encode()), _say(32 * 1024 * 1024), time.sleep(600)),
    "lists within lists": lambda: (
        _say(len(TOKEN), TOKEN.encode()),
        _say(8 * 1024 * 1024, b"\x91" * (8 * 1024 * 1024)),
        time.sleep(600),
    ),
    "a list of four thousand million": lambda: (
        _say(len(TOKEN), TOKEN.encode()),
        _say(5, b"\xdd\xff\xff\xff\xff"),
        time.sleep(600),
    ),
    "a text of four thousand million": lambda: (
        _say(len(TOKEN), TOKEN.encode()),
        _say(6, b"\x91\xdb\xff\xff\xff\xff"),
        time.sleep(600),
    ),
    "noise": lambda: (_say(len(TOKEN), TOKEN.encode()), _say(1024, os.urandom(1024)), time.sleep(600)),
    "log lines without end": lambda: [os.write(2, b"x" * 65536) for _ in iter(int, 1)],
}


if __name__ == "__main__":
    how, account = sys.argv[1:]
    if how in LIES:
        LIES[how]()
    if how == "confined":
        give_up([Path(hub.__file__).parent], account=account, needs=lambda: None)
    answer(work, str, TOKEN)
