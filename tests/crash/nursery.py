"""Starts hubs quickly: one process that has imported everything forks a child for each start.

Two seconds of every start are imports, which no kill can reach; 40 starts would spend them 40 times. The child begins
where ``python -m hub`` would: nothing is open before the fork, no thread runs, and the arguments are the shell's own.

One line of JSON in, one out. ``{"start": {...}}`` gives the child's pid, ``{"poll": pid}`` its exit status or null,
``{"wait": pid}`` its exit status. At the end of input every child still there is killed: no orphan answers for a later
test.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent.parent


class Nursery:
    """Starts and awaits hubs. Used in a ``with``: left, nothing it started is alive."""

    def __enter__(self) -> Nursery:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def start(
        self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str], defect: str | None = None
    ) -> int:
        """Return the pid of a hub with these arguments; ``defect`` names what to plant in it."""
        wanted = {
            "arguments": list(arguments),
            "log": str(log),
            "environment": dict(environment),
            "defect": defect,
        }
        pid = self._ask("start", wanted)
        assert pid is not None
        return pid

    def run(self, arguments: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None) -> str:
        """Run another command to its end; return what it printed."""
        ended = self._ask("wait", self.start(arguments, log=log, environment=environment or {}))
        said = log.read_text()
        assert ended == 0, f"hub {' '.join(arguments)} ended with {ended}: {said}"
        return said

    def poll(self, pid: int) -> int | None:
        """Return how the process ended (a signal as a negative number); None while it runs."""
        return self._ask("poll", pid)

    def kill(self, pid: int) -> None:
        """End the process as a power cut would end it, and return when it has gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._ask("wait", pid)

    def _ask(self, what: str, value: object) -> int | None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({what: value}) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer


def main() -> None:
    """Import the hub, then serve the requests on standard input."""
    import hub.cli.serve  # noqa: F401  the imports are what is saved

    assert threading.active_count() == 1, "a fork would lose the other threads"
    ended: dict[int, int | None] = {}
    for line in sys.stdin:
        [(what, value)] = json.loads(line).items()
        answer: int | None
        if what == "start":
            answer = pid = _fork(value)
            ended[pid] = None
        else:
            if ended[value] is None:
                pid, status = os.waitpid(value, os.WNOHANG if what == "poll" else 0)
                ended[value] = os.waitstatus_to_exitcode(status) if pid else None
            answer = ended[value]
        print(json.dumps(answer), flush=True)
    for pid in (pid for pid, status in ended.items() if status is None):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(wanted: Mapping[str, object]) -> int:
    pid = os.fork()
    if pid == 0:
        _be_a_hub(wanted)
    return pid


def _be_a_hub(wanted: Mapping[str, object]) -> NoReturn:
    """Become the hub that was asked for."""
    from hub.cli.main import run
    from hub.platform import failpoints
    from tests.crash import planted

    log = os.open(str(wanted["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in ((0, nothing), (1, log), (2, log)):
        os.dup2(file, number)
    environment, arguments = wanted["environment"], wanted["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.environ.update(environment)
    if wanted["defect"]:
        planted.plant(str(wanted["defect"]))
    failpoints.arm(os.environ.get("HUB_FAILPOINT"))
    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
