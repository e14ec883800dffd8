"""Other accounts of the machine, as root may become them: what they can do is tried, not computed."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from tests.conftest import missing

T = TypeVar("T")

PARTNER, STRANGER, HUB = 65_534, 65_533, 65_532  # no names are needed to be them


def only_as_root() -> None:
    """Skip by name where this process may not become others."""
    if os.geteuid() != 0:
        missing("only root can act as other accounts")


def as_account(uid: int, act: Callable[[], T]) -> T:
    """Return what ``act`` returns in a process of account ``uid``, or raise what it raises."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ours)
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.umask(0o022)
            try:
                told = pickle.dumps((act(), None))
            except BaseException as fault:  # noqa: BLE001 - raised again by who asked
                told = pickle.dumps((None, (fault, traceback.format_exc())))
            with os.fdopen(theirs, "wb") as answer:
                answer.write(told)
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    value, fault = pickle.loads(said)
    if fault is not None:
        raise fault[0] from RuntimeError(fault[1])
    result: T = value
    return result


@contextmanager
def place_for_all() -> Iterator[Path]:
    """Give a folder that every account may pass: pytest's own are closed."""
    made = Path(tempfile.mkdtemp(prefix="hub-accounts-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made)
