"""Places where a test can end the process as if the power had gone.

``HUB_FAILPOINT=before-commit`` kills this process (SIGKILL) the first time it gets there, ``before-commit:40`` the
fortieth. Unset, a point costs one comparison. An unknown name is refused at start: a crash test that never crashes
would pass for the wrong reason.
"""

from __future__ import annotations

import os
import signal

from hub.kernel.errors import Misconfigured

POINTS: dict[str, str] = {
    "before-commit": "works have run, COMMIT has not been sent: nothing of them may survive",
    "after-commit-before-answer": "COMMIT has returned, nobody has been told: all of them must survive, once",
    "after-blob-write": "a large body is a file, its row is not written: the file is an orphan",
    "before-blob-rename": "a large body is written under its temporary name only",
    "between-claim-and-effect": "a job is claimed and its handler has not begun: another worker must take it",
    "after-effect-before-release": "a job's effect and its completion are committed, the runner does not know yet",
    "between-attempt-and-send": "a delivery attempt is on record, nothing has been sent",
    "after-send-before-mark": "the receiver has the message, the delivery is still on record as ready",
}


def reach(name: str) -> None:
    """End the process here if the environment asked for it."""
    if name == _armed:
        _count_down()


def arm(request: str | None) -> None:
    """Set or clear the point that kills: ``name`` or ``name:n``. Raises ``Misconfigured`` for an unknown one."""
    global _armed, _left
    if not request:
        _armed = None
        return
    name, _, count = request.partition(":")
    if name not in POINTS or not (count.isdecimal() or not count):
        raise Misconfigured.told(f"HUB_FAILPOINT={request} names no failpoint", remedy=f"one of {', '.join(POINTS)}")
    _armed, _left = name, int(count or 1)


def _count_down() -> None:
    global _left
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


_armed: str | None = None
_left = 0
arm(os.environ.get("HUB_FAILPOINT"))
