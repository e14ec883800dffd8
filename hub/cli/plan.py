"""``hub plan``: the planning library from the shell. Problems and plans are JSON files; nothing is stored.

Exit codes: 0 every order planned (late or not), the plan is sound; 1 orders are unplanned, or the plan breaks rules;
2 wrong usage, a file that cannot be read or written, a plan of another problem, a change that names what is not there.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hub.cli.named import NAMED_FILE
from hub.cli.output import Output, refuse, reports
from hub.cli.plan_files import MAKE_PLAN, changes_in, make_sure_of, plan_in, plan_of, problem_in, write
from hub.kernel.errors import Misconfigured
from planning.bench.generate import SIZES
from planning.changes import ChangeRefused
from planning.plan import Plan, write_plan
from planning.problem import Fault, Problem, write_problem

if TYPE_CHECKING:  # the solver itself is imported by the command that needs it
    from planning.check import Violation
    from planning.impacts import Impact, Option
    from planning.scenarios import Scenario
    from planning.solver import Progress

QUIET_SECONDS = 2.0  # interfaces: progress is shown on work over two seconds
START_SECONDS = 0.3  # the command's own start, which --seconds covers too
FILE = NAMED_FILE
OUT = click.Path(dir_okay=False, path_type=Path)
LEAST_MB = 512  # what the compiled kernels and numba itself map before the first order is looked at, and some air
MAX_SECONDS = 7 * 86_400  # longer than any plan is waited for


def _finite(_ctx: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse what is no time at all: click's own range lets NaN pass."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds")
    return value


SECONDS = click.FloatRange(min=0, max=MAX_SECONDS)
EFFORT = click.IntRange(min=0)
SEED = click.IntRange(min=0)


@click.group()
def plan() -> None:
    """Solve, show and check production plans from the shell."""


@plan.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.option("-o", "--output", type=OUT, required=True, help="Where to write the plan.")
@click.option("--seconds", type=SECONDS, callback=_finite, help="Wall time for the whole command.")
@click.option("--effort", type=EFFORT, help="Search moves: a counted budget, repeatable.")
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="Where chance begins: the same seed, the same plan."
)
@click.option("--apart", is_flag=True, help="Solve in a process of its own, bounded in memory.")
@click.option(
    "--memory-mb", type=click.IntRange(min=LEAST_MB), default=2048, show_default=True, help="The bound of --apart."
)
@reports
def solve(
    out: Output,
    problem_file: Path,
    output: Path,
    seconds: float | None,
    effort: int | None,
    seed: int,
    apart: bool,
    memory_mb: int,
) -> None:
    """Plan a problem; orders that cannot be made are named, the others planned.

    Ctrl-C ends the search; the best plan so far is written. What is written has been checked: a plan that breaks a
    rule is told, and ends with 1.
    """
    began = time.monotonic()
    make_sure_of([output], [problem_file])
    problem, faults = problem_in(problem_file)
    began += _compiled(out)
    left = None if seconds is None else max(0.0, seconds - START_SECONDS - (time.monotonic() - began))
    with _stoppable() as stopped:
        if apart:
            from planning.process import SolverLost, solve_apart

            try:
                made = solve_apart(
                    problem, seconds=left, effort=effort, seed=seed, memory_mb=memory_mb, faults=faults, cancel=stopped
                )
            except SolverLost as lost:
                remedy = f"give it more than {memory_mb} MB with --memory-mb, or leave --apart out"
                out.fault(Misconfigured.told(str(lost), file=str(problem_file), remedy=remedy))
                refuse()
        else:
            from planning.solver import solve as solve_here

            made = solve_here(
                problem, seconds=left, effort=effort, seed=seed, faults=faults, progress=_meter(out), cancel=stopped
            )
    write(output, write_plan(made))
    if made.solver.stopped == "cancelled":
        out.note("stopped: this is the best plan so far")
    broken = _broken(out, problem, made, faults)
    _tell(out, made, output)
    if made.unplanned or broken:
        refuse()


@plan.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file", metavar="PLAN.json", type=FILE)
@reports
def check(out: Output, problem_file: Path, plan_file: Path) -> None:
    """Check a plan against its problem: every rule it breaks, or its key figures."""
    from planning.check import objective_terms, violations

    problem, faults = problem_in(problem_file)
    made = plan_in(plan_file)
    found = violations(problem, made, _unread(faults))
    terms = objective_terms(problem, made.assignments)
    if out.as_json:
        out.value({"feasible": not found, "violations": found, "objective": terms, "unplanned": made.unplanned})
    if _told_broken(out, found):
        refuse()
    if not out.as_json:
        _tell(out, msgspec.structs.replace(made, objective=terms), plan_file)


@plan.command()
@click.argument("plan_file", metavar="PLAN.json", type=FILE)
@click.option("-o", "--output", type=OUT, required=True, help="Where to write the page.")
@click.option("--problem", "problem_file", type=FILE, help="The problem: with it, closed times and loads in per cent.")
@reports
def show(out: Output, plan_file: Path, output: Path, problem_file: Path | None) -> None:
    """Write one page with the Gantt, by resource and by order, why orders are late, and the load.

    A plan does not say when its resources are closed. With --problem, the Gantt by resource hatches what calendars,
    maintenance and downtime close, and loads are in per cent of the time there is; without it nothing closed is drawn,
    and loads are in hours.
    """
    from planning.show.page import HOW_TO_BUILD, AssetsMissing, PlanIncomplete, page

    make_sure_of([output], [plan_file, problem_file])
    if problem_file is None:
        problem, made = None, plan_in(plan_file)
    else:
        problem, _ = problem_in(problem_file)
        made = plan_of(plan_file, problem, problem_file)
    try:
        text = page(made, problem)
    except AssetsMissing as missing:
        raise Misconfigured.told("the page's script is not built", remedy=HOW_TO_BUILD) from missing
    except PlanIncomplete as fault:
        raise Misconfigured.told(f"cannot be shown: {fault}", file=str(plan_file), remedy=MAKE_PLAN) from fault
    write(output, text.encode())
    out.value({"page": output}, {"page": output})


@plan.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file", metavar="PLAN.json", type=FILE)
@click.argument("changes_file", metavar="CHANGES.json", type=FILE)
@click.option("-o", "--output", type=OUT, help="Where to write the new plan.")
@click.option("--problem-output", type=OUT, help="Where to write the changed problem.")
@click.option("--effort", type=EFFORT, default=20_000, show_default=True, help="Search moves after the change.")
@click.option("--fence", type=int, default=0, show_default=True, help="Nothing that starts before this minute moves.")
@click.option("--promise", is_flag=True, help="One change: the dates that can be promised and who suffers.")
@reports
def whatif(
    out: Output,
    problem_file: Path,
    plan_file: Path,
    changes_file: Path,
    output: Path | None,
    problem_output: Path | None,
    effort: int,
    fence: int,
    promise: bool,
) -> None:
    """Plan again after changes, and say who is better or worse off.

    CHANGES.json is a list such as [{"change": "order-moved", "order": "O0007", "due": 9000}].
    """
    from planning.impacts import impact
    from planning.scenarios import what_if

    if promise and (output or problem_output):
        raise click.UsageError("--promise only answers: leave out -o and --problem-output, or --promise")
    make_sure_of([output, problem_output], [problem_file, plan_file, changes_file])
    problem, faults = problem_in(problem_file)
    made = plan_of(plan_file, problem, problem_file)
    changes = changes_in(changes_file)
    if promise and len(changes) != 1:
        raise click.UsageError(f"--promise answers one change at a time; {changes_file} has {len(changes)}")
    _compiled(out)
    try:
        if promise:
            _tell_promise(out, impact(problem, made, changes[0], fence=fence, overtime=True, faults=faults))
            return
        scenario = what_if(problem, made, *changes, effort=effort, fence=fence, faults=faults)
    except ChangeRefused as fault:
        raise Misconfigured.told(str(fault), file=str(changes_file), remedy=f"see what {problem_file} has") from fault
    new = scenario.plan
    if output is not None:
        write(output, write_plan(new))
    if problem_output is not None:
        write(problem_output, write_problem(scenario.problem))
    broken = _broken(out, scenario.problem, new, faults)
    _tell_scenario(out, scenario)
    if new.unplanned or broken:
        refuse()


@plan.command()
@click.option("--size", "sizes", type=click.Choice(list(SIZES)), multiple=True, default=list(SIZES), show_default=True)
@click.option("--seed", "seeds", type=SEED, multiple=True, default=(1, 2, 3), show_default=True)
@click.option("--calendars", is_flag=True, help="With shifts and maintenance.")
@click.option("--materials", is_flag=True, help="With scarce material by owner.")
@click.option("--extras", is_flag=True, help="With crews, gaps and frozen operations.")
@click.option("--seconds", type=SECONDS, callback=_finite, help="Per plan; default 60 at large, 30 below.")
@click.option("--effort", type=EFFORT, help="Search moves per plan instead of seconds.")
@click.option("--public", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Public instances.")
@click.option("--only-public", is_flag=True, help="Skip the generated problems.")
@reports
def bench(
    out: Output,
    sizes: tuple[str, ...],
    seeds: tuple[int, ...],
    calendars: bool,
    materials: bool,
    extras: bool,
    seconds: float | None,
    effort: int | None,
    public: Path | None,
    only_public: bool,
) -> None:
    """Measure the planner against three rules on generated problems, and on public instances."""
    from planning.bench.run import measure, measure_public, public_table, table

    if only_public and public is None:
        raise click.UsageError("--only-public needs the folder of the instances: --public DIRECTORY")
    if public is not None and not (public / "best-known.json").is_file():
        raise Misconfigured.told(
            "has no best-known.json", file=str(public), remedy="name the folder of the public instances"
        )
    _compiled(out)
    flags = {"calendars": calendars, "materials": materials, "extras": extras}
    rows = [] if only_public else list(measure(sizes, seeds, flags, seconds=seconds, effort=effort, tell=out.note))
    shops = (
        [] if public is None else list(measure_public(public, seconds=seconds or 60.0, effort=effort, tell=out.note))
    )
    if out.as_json:
        out.value({"rows": rows, "public": shops})
        return
    for line in "\n\n".join(text for text in (table(rows), public_table(shops)) if text).splitlines():
        out.line(line)


@plan.command()
@reports
def warm(out: Output) -> None:
    """Compile the planner's kernels once, so that the first plan need not wait for it."""
    from planning.warm import warm as compile_kernels

    out.note("compiling the planner's kernels, once: about a minute …")
    seconds = compile_kernels()
    out.value({"seconds": round(seconds, 1)}, {"compiled in": f"{seconds:.1f} s"})


def _compiled(out: Output) -> float:
    """Make sure that the kernels are compiled, which no budget is meant for; return the seconds that it took.

    It is said as soon as it is certain that there is something to compile: once for a version, and about a minute.
    """
    from planning.warm import warm_if_cold

    return warm_if_cold(lambda: out.note("compiling the planner's kernels, once: about a minute …"))


def _unread(faults: Iterable[Fault]) -> set[str]:
    return {fault.order for fault in faults if fault.order is not None}


def _broken(out: Output, problem: Problem, made: Plan, faults: Iterable[Fault]) -> bool:
    """Say every rule that a plan of our own breaks, and whether there is one: a fault of ours, never silent."""
    from planning.check import violations

    return _told_broken(out, violations(problem, made, _unread(faults)))


def _told_broken(out: Output, found: Sequence[Violation]) -> bool:
    for violation in found:
        out.note(f"{violation.rule}: {violation.text}")
    if found:
        out.note(f"{len(found)} rule(s) broken")
    return bool(found)


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether Ctrl-C was pressed; pressed again, it stops at once, and nothing is written."""
    asked = threading.Event()

    def stop(_signal: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _meter(out: Output) -> Callable[[Progress], None]:
    """Return a listener that says on stderr how far the solver is, not before two seconds and every two seconds."""
    last = 0.0

    def tell(progress: Progress) -> None:
        nonlocal last
        if progress.seconds - last >= QUIET_SECONDS:
            last = progress.seconds
            out.note(f"{progress.stage} {progress.share:.0%}, {progress.seconds:.0f} s, cost {progress.cost:,}")

    return tell


def _tell(out: Output, made: Plan, file: Path) -> None:
    terms = made.objective
    if out.as_json:
        out.value(
            {
                "plan": file,
                "plan_hash": made.plan_hash,
                "objective": terms,
                "unplanned": made.unplanned,
                "solver": made.solver,
            }
        )
        return
    _tell_unplanned(out, made)
    out.value(
        made,
        {
            "plan": file,
            "orders": f"{len(made.orders)} planned, {terms.late_orders} late, {len(made.unplanned)} unplanned",
            "weighted tardiness": f"{terms.weighted_tardiness / 60:,.1f} h",
            "setup": f"{terms.setup_minutes / 60:,.1f} h",
            "makespan": f"{terms.makespan:,} min",
            "plan hash": made.plan_hash,
        },
    )


def _tell_unplanned(out: Output, made: Plan) -> None:
    for unplanned in made.unplanned:
        out.note(f"unplanned {unplanned.order}: " + "; ".join(reason.text for reason in unplanned.reasons))


def _tell_scenario(out: Output, scenario: Scenario) -> None:
    c, new = scenario.comparison, scenario.plan
    if out.as_json:
        told = {"parent": scenario.parent, "plan_hash": new.plan_hash, "comparison": c, "unplanned": new.unplanned}
        out.value(told)
        return
    _tell_unplanned(out, new)
    out.value(
        c,
        {
            "better": _orders(len(c.better)),
            "worse": f"{_orders(len(c.worse))}, {len(c.newly_late)} newly late",
            "newly late": ", ".join(c.newly_late[:10]) or None,
            "operations moved over 4 h": c.operations_moved,
            "machine changes": c.machine_changes,
            "weighted tardiness": f"{c.weighted_tardiness_change / 60:+,.1f} h",
            "setup": f"{c.setup_minutes_change / 60:+,.1f} h",
        },
    )


def _tell_promise(out: Output, answer: Impact) -> None:
    if out.as_json:
        options = [
            {
                "kind": o.kind,
                "completion": o.completion,
                "tardiness": o.tardiness,
                "others": o.others,
                "changes": o.changes,
            }
            for o in answer.options
        ]
        out.value({"options": options, "refused": answer.refused})
    else:
        for reason in answer.refused:
            out.note(f"cannot be made: {reason.text}")
        for option in answer.options:
            out.line(_promised(option))
    if answer.refused:
        refuse()


def _promised(option: Option) -> str:
    others = option.others
    done = "" if option.completion is None else f"done at {option.completion:,}, {option.tardiness:,} min late; "
    worst = "; ".join(f"{s.order} {s.tardiness_shift:+,} min" for s in others.worse[:5])
    return (
        f"{option.kind}: {done}{_orders(len(others.worse))} worse off, {len(others.newly_late)} newly late, "
        f"{others.operations_moved} operations moved" + (f": {worst}" if worst else "")
    )


def _orders(count: int) -> str:
    return f"{count:,} order{'' if count == 1 else 's'}"
