"""Solve in a process of its own, with a bound on memory: should it die, the caller keeps the best plan so far."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from planning.plan import Plan, read_plan, write_plan
from planning.problem import Fault, Problem, read_problem, write_problem
from planning.solver import solve

GRACE_SECONDS = 5.0  # after its time is up the process may still be explaining and writing
POLL_SECONDS = 0.2


class SolverLost(RuntimeError):
    """The solver's process ended before it had any plan; the message says how it ended.

    ``told``: what the process wrote to its stderr, such as its traceback.
    """

    def __init__(self, message: str, told: str = "") -> None:
        super().__init__(message)
        self.told = told


def solve_apart(
    problem: Problem,
    *,
    seconds: float | None = None,
    effort: int | None = None,
    seed: int = 0,
    memory_mb: int | None = 2048,
    cancel: Callable[[], bool] | None = None,
    faults: Iterable[Fault] = (),
) -> Plan:
    """Like ``solve``, in its own process; a lost process yields the best plan it had sent.

    Args:
        memory_mb: address space the process may add to what it has when it starts; ``None``: unbounded.

    Raises:
        SolverLost: the process ended without a plan.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    settings = {"seconds": seconds, "effort": effort, "seed": seed, "memory_mb": memory_mb, "faults": tuple(faults)}
    with tempfile.TemporaryDirectory(prefix="hub-plan-") as folder:
        said = Path(folder) / "stderr"
        arguments = (theirs, write_problem(problem), settings, said)
        child = context.Process(target=_work, args=arguments, daemon=True)
        child.start()
        theirs.close()
        limit = None if seconds is None else time.monotonic() + seconds + GRACE_SECONDS
        try:
            best = _listen(ours, child, limit, cancel)
        finally:
            if child.is_alive():
                child.terminate()
            child.join()
        if best is None:
            raise _lost(child.exitcode, said)
        return best


def _lost(code: int | None, said: Path) -> SolverLost:
    told = said.read_text(encoding="utf-8", errors="replace").strip() if said.exists() else ""
    last = f": {told.splitlines()[-1]}" if told else ""
    return SolverLost(f"the solver's process ended without a plan (exit code {code}){last}", told)


def _listen(
    ours: Connection, child: multiprocessing.process.BaseProcess, limit: float | None, cancel: Callable[[], bool] | None
) -> Plan | None:
    """Return the last plan the process sent, None when it sent none."""
    best: Plan | None = None
    stopped = "process-lost"
    while True:
        if cancel is not None and cancel() and best is not None:
            stopped = "cancelled"
            break
        if limit is not None and time.monotonic() > limit:
            break
        if not ours.poll(POLL_SECONDS):
            continue
        try:
            final, text = ours.recv()
        except EOFError:
            break
        best = read_plan(text)
        if final:
            return best
    if best is None:
        child.join(POLL_SECONDS)
        return None
    solver = msgspec.structs.replace(best.solver, stopped=stopped)
    return msgspec.structs.replace(best, solver=solver)


def _work(pipe: Connection, text: bytes, settings: dict[str, Any], stderr: Path) -> None:
    told = os.open(stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(told, 2)  # a library that gives up writes there past Python, and the caller has its own words
    memory: int | None = settings.pop("memory_mb")
    if memory is not None:
        _bound_memory(memory)
    problem, _ = read_problem(text)
    plan = solve(
        problem,
        snapshot=lambda best: pipe.send((False, write_plan(best))),
        **settings,
    )
    pipe.send((True, write_plan(plan)))
    pipe.close()


def _bound_memory(megabytes: int) -> None:
    """Bound the address space to what is mapped now plus ``megabytes``; only where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    with open("/proc/self/statm", encoding="ascii") as statm:
        mapped = int(statm.read().split()[0]) * resource.getpagesize()
    bound = mapped + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
