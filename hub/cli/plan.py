"""``hub plan``: the planning library from the shell. Problems and plans are JSON files; nothing is stored.

Exit codes: 0 every order planned (late or not), the plan is sound; 1 orders are unplanned, or the plan breaks rules;
2 the file cannot be read or the change names something that is not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hub.cli.output import Output, refuse, reports
from planning.plan import Plan, PlanUnreadable, read_plan, write_plan
from planning.problem import Fault, Problem, ProblemUnreadable, read_problem, write_problem

if TYPE_CHECKING:  # the solver itself is imported by the command that needs it
    from planning.impacts import Impact
    from planning.scenarios import Scenario
    from planning.solver import Progress

QUIET_SECONDS = 2.0  # interfaces: progress is shown on work over two seconds
START_SECONDS = 0.3  # the command's own start, which --seconds covers too
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def plan() -> None:
    """Solve, show and check production plans from the shell."""


@plan.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.option("-o", "--output", type=OUT, required=True, help="Where to write the plan.")
@click.option("--seconds", type=click.FloatRange(min=0), help="Wall time for the whole command.")
@click.option("--effort", type=click.IntRange(min=0), help="Search moves: a counted budget, repeatable.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--apart", is_flag=True, help="Solve in a process of its own.")
@click.option("--memory-mb", type=click.IntRange(min=256), default=2048, show_default=True, help="Bound of --apart.")
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
    """Plan a problem; orders that cannot be made are named, the others planned."""
    began = time.monotonic()
    problem, faults = _problem(problem_file)
    left = None if seconds is None else max(0.0, seconds - START_SECONDS - (time.monotonic() - began))
    if apart:
        from planning.process import SolverLost, solve_apart

        try:
            made = solve_apart(problem, seconds=left, effort=effort, seed=seed, memory_mb=memory_mb, faults=faults)
        except SolverLost as lost:
            out.note(f"hub: {lost}")
            refuse()
    else:
        from planning.solver import solve as solve_here

        made = solve_here(
            problem, seconds=left, effort=effort, seed=seed, faults=faults, progress=_meter(out), cancel=None
        )
    output.write_bytes(write_plan(made))
    _tell(out, made, output)
    if made.unplanned:
        refuse()


@plan.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file", metavar="PLAN.json", type=FILE)
@reports
def check(out: Output, problem_file: Path, plan_file: Path) -> None:
    """Check a plan against its problem: every rule it breaks, or its key figures."""
    from planning.check import objective_terms, violations

    problem, faults = _problem(problem_file)
    made = _plan(plan_file)
    found = violations(problem, made, {f.order for f in faults if f.order is not None})
    terms = objective_terms(problem, made.assignments)
    if out.as_json:
        out.value({"feasible": not found, "violations": found, "objective": terms, "unplanned": made.unplanned})
    for violation in found:
        out.note(f"{violation.rule}: {violation.text}")
    if found:
        out.note(f"{len(found)} rule(s) broken")
        refuse()
    if not out.as_json:
        _tell(out, msgspec.structs.replace(made, objective=terms), plan_file)


@plan.command()
@click.argument("plan_file", metavar="PLAN.json", type=FILE)
@click.option("-o", "--output", type=OUT, required=True, help="Where to write the page.")
@click.option("--problem", "problem_file", type=FILE, help="The problem, for closed times and loads in per cent.")
@reports
def show(out: Output, plan_file: Path, output: Path, problem_file: Path | None) -> None:
    """Write one page with the Gantt, by resource and by order, why orders are late, and the load."""
    from planning.show.page import AssetsMissing, page

    problem = _problem(problem_file)[0] if problem_file is not None else None
    try:
        text = page(_plan(plan_file), problem)
    except AssetsMissing as missing:
        raise click.ClickException(str(missing)) from missing
    output.write_text(text, encoding="utf-8")
    out.value({"page": output}, {"page": output})


@plan.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file", metavar="PLAN.json", type=FILE)
@click.argument("changes_file", metavar="CHANGES.json", type=FILE)
@click.option("-o", "--output", type=OUT, help="Where to write the new plan.")
@click.option("--problem-output", type=OUT, help="Where to write the changed problem.")
@click.option("--effort", type=click.IntRange(min=0), default=20_000, show_default=True)
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
    from planning.changes import ChangeRefused, read_changes
    from planning.impacts import impact
    from planning.scenarios import what_if

    problem, _faults = _problem(problem_file)
    made = _plan(plan_file)
    try:
        changes = read_changes(changes_file.read_bytes())
        if promise:
            if len(changes) != 1:
                raise ChangeRefused("--promise answers one change at a time")
            _tell_promise(out, impact(problem, made, changes[0], fence=fence, overtime=True))
            return
        scenario = what_if(problem, made, *changes, effort=effort, fence=fence)
    except ChangeRefused as fault:
        raise click.UsageError(str(fault)) from fault
    if output is not None:
        output.write_bytes(write_plan(scenario.plan))
    if problem_output is not None:
        problem_output.write_bytes(write_problem(scenario.problem))
    _tell_scenario(out, scenario)
    if scenario.plan.unplanned:
        refuse()


@plan.command()
@click.option("--size", "sizes", multiple=True, default=("small", "medium", "large"), show_default=True)
@click.option("--seed", "seeds", type=int, multiple=True, default=(1, 2, 3), show_default=True)
@click.option("--calendars", is_flag=True)
@click.option("--materials", is_flag=True)
@click.option("--extras", is_flag=True)
@click.option("--seconds", type=float, help="Per plan; default 60 at large, 30 below.")
@click.option("--effort", type=int, help="Search moves per plan instead of seconds.")
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

    flags = {"calendars": calendars, "materials": materials, "extras": extras}
    rows = [] if only_public else list(measure(sizes, seeds, flags, seconds=seconds, effort=effort, tell=out.note))
    shops = (
        [] if public is None else list(measure_public(public, seconds=seconds or 60.0, effort=effort, tell=out.note))
    )
    if out.as_json:
        out.value({"rows": rows, "public": shops})
        return
    out.line("\n\n".join(text for text in (table(rows), public_table(shops)) if text))


@plan.command()
@reports
def warm(out: Output) -> None:
    """Compile the planner's kernels once, so that the first plan need not wait for it."""
    from planning.warm import warm as compile_kernels

    out.note("compiling the planner's kernels (a minute or two the first time) …")
    seconds = compile_kernels()
    out.value({"seconds": round(seconds, 1)}, {"compiled in": f"{seconds:.1f} s"})


def _problem(file: Path) -> tuple[Problem, tuple[Fault, ...]]:
    try:
        return read_problem(file.read_bytes())
    except ProblemUnreadable as fault:
        raise click.UsageError(f"{file} is no planning problem: {fault}") from fault


def _plan(file: Path) -> Plan:
    try:
        return read_plan(file.read_bytes())
    except PlanUnreadable as fault:
        raise click.UsageError(f"{file} is no plan: {fault}") from fault


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
    for unplanned in made.unplanned:
        out.note(f"unplanned {unplanned.order}: " + "; ".join(reason.text for reason in unplanned.reasons))
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


def _tell_scenario(out: Output, scenario: Scenario) -> None:
    c = scenario.comparison
    if out.as_json:
        out.value({"parent": scenario.parent, "plan_hash": scenario.plan.plan_hash, "comparison": c})
        return
    out.value(
        c,
        {
            "better": f"{len(c.better)} orders",
            "worse": f"{len(c.worse)} orders, {len(c.newly_late)} newly late",
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
        return
    for reason in answer.refused:
        out.note(f"cannot be made: {reason.text}")
    for o in answer.options:
        worst = "; ".join(f"{s.order} {s.tardiness_shift:+,} min" for s in o.others.worse[:5])
        out.line(
            f"{o.kind}: done at {o.completion}, {o.tardiness} min late; {len(o.others.worse)} orders suffer, "
            f"{len(o.others.newly_late)} newly late, {o.others.operations_moved} operations moved"
            + (f": {worst}" if worst else "")
        )
    if answer.refused:
        refuse()
