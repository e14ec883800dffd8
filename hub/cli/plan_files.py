"""The files of ``hub plan``: problems, plans and changes come in, plans and pages go out.

A file that is not what it should be is a ``Misconfigured`` with its name, the line where the JSON breaks, and what to
do. A file is written beside its place and then renamed: whoever looks finds the whole of it, or the one before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from hub.cli.named import read_named
from hub.kernel.errors import Misconfigured
from planning.changes import Change, ChangeRefused, read_changes
from planning.parent import PlanOfAnotherProblem, make_sure_of_plan
from planning.plan import FORMAT as PLAN_FORMAT
from planning.plan import Plan, PlanUnreadable, read_plan
from planning.problem import FORMAT as PROBLEM_FORMAT
from planning.problem import Fault, Problem, ProblemUnreadable, read_problem

MAKE_PROBLEM = "docs/planning.md describes the format; `python -m planning.bench.generate` prints an example"
MAKE_PLAN = "make a plan with: hub plan solve PROBLEM.json -o PLAN.json"
OTHER_PLACE = "name a file in a folder that exists and may be written to"


def problem_in(file: Path) -> tuple[Problem, tuple[Fault, ...]]:
    """Read a problem and the faults of the orders that cannot be read; ``Misconfigured`` when it is none."""
    data = _bytes_of(file)
    try:
        return read_problem(data)
    except ProblemUnreadable as fault:
        raise _unreadable(file, data, "no planning problem", str(fault), PROBLEM_FORMAT, MAKE_PROBLEM) from fault


def plan_in(file: Path) -> Plan:
    """Read a plan; ``Misconfigured`` when it is none."""
    data = _bytes_of(file)
    try:
        return read_plan(data)
    except PlanUnreadable as fault:
        raise _unreadable(file, data, "no plan", str(fault), PLAN_FORMAT, MAKE_PLAN) from fault


def plan_of(file: Path, problem: Problem, problem_file: Path) -> Plan:
    """Read a plan and make sure that it is one of ``problem``: every operation has its place there, and no other."""
    made = plan_in(file)
    try:
        make_sure_of_plan(problem, made)
    except PlanOfAnotherProblem as misfit:
        raise Misconfigured.told(
            f"no plan of {problem_file}: {misfit.detail}",
            file=str(file),
            remedy="give the problem it was made from, or plan this one anew with: hub plan solve",
        ) from misfit
    return made


def changes_in(file: Path) -> tuple[Change, ...]:
    """Read a list of changes; ``Misconfigured`` when it is none."""
    data = _bytes_of(file)
    try:
        return read_changes(data)
    except (ChangeRefused, UnicodeDecodeError, RecursionError) as fault:
        known = ", ".join(str(kind.__struct_config__.tag) for kind in get_args(Change))
        raise _unreadable(file, data, "no list of changes", str(fault), None, f"changes are {known}") from fault


def make_sure_of(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Refuse, before any work is done, an output that cannot be written or that is a file the command reads."""
    taken = {file.resolve() for file in inputs if file is not None}
    for file in outputs:
        if file is None:
            continue
        target = file.resolve()
        if target in taken:
            raise Misconfigured.told(
                "is named twice, and would be overwritten", file=str(file), remedy="name another file"
            )
        taken.add(target)
        if not target.parent.is_dir():
            raise Misconfigured.told(
                f"cannot be written: there is no folder {target.parent}", file=str(file), remedy=OTHER_PLACE
            )
        if not os.access(target if target.exists() else target.parent, os.W_OK):
            raise Misconfigured.told("cannot be written: not allowed", file=str(file), remedy=OTHER_PLACE)


def write(file: Path, data: bytes) -> None:
    """Write ``data`` whole or not at all; ``Misconfigured`` when it cannot be written."""
    target = file.resolve()  # a link stays a link
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a pipe or a device: nothing to rename onto
            return
        unfinished = target.with_name(f".hub-plan-{os.getpid()}.unfinished")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as fault:
        raise Misconfigured.told(f"cannot be written: {fault.strerror}", file=str(file), remedy=OTHER_PLACE) from fault


def _bytes_of(file: Path) -> bytes:
    return read_named(file)


def _unreadable(file: Path, data: bytes, what: str, why: str, wanted: str | None, remedy: str) -> Misconfigured:
    """Say what is wrong: the line where the JSON breaks, or which other format the file says it has."""
    line = None
    try:
        seen = json.loads(data)
    except json.JSONDecodeError as broken:
        line, why = broken.lineno, f"no JSON: {broken.msg}, column {broken.colno}"
    except UnicodeDecodeError:
        why = "no JSON: not UTF-8 text"
    except RecursionError:
        why = "no JSON that can be read: nested too deep"
    else:
        said = seen.get("format") if isinstance(seen, dict) else None
        if isinstance(said, str) and wanted is not None and said != wanted:
            why = f"its format is {said}, and here {wanted} is wanted"
    return Misconfigured.told(f"{what}: {why}", file=str(file), line=line, remedy=remedy)
